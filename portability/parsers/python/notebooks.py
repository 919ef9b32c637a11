"""Notebooks: the code cells as one module, and every place back in the file, with the number of its cell.

Magics and shell lines are left out, whole cells in another language too (``%%bash``). Outputs are not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import msgspec

from portability.model import Location, Problem, Reading, Source
from portability.parsers.guards import MAX_BYTES, too_deep
from portability.patterns import regex

_KEPT: Final = regex(r"%%(?:time|timeit|capture|prun|memit|snapshot)\b")
"""Magics of a whole cell that is Python all the same."""
_MAGIC: Final = regex(r"^\s*(?:[%!]|\?|.*\?\s*$)")
_ASSIGNED: Final = regex(r"^(\s*[\w.\[\]'\", ]+=\s*)[%!].*$")


class _Line(msgspec.Struct, frozen=True):
    """Where a line of the module stands in the notebook: line, column before its first character, and cell."""

    line: int
    column: int
    cell: int


def read(source: Source, read_module: Callable[[Source], Reading]) -> Reading:
    """Read a notebook through ``read_module``. Never raises for any bytes; numbers of cells count from 1, all cells."""
    if len(source.data) > MAX_BYTES or (deep := too_deep(source.data)) is not None:
        kind = "too-large" if len(source.data) > MAX_BYTES else "too-deep"
        return _unread(
            source.path, 1 if kind == "too-large" else deep or 1, kind, "it is too large or nests too deeply"
        )
    try:
        document = msgspec.json.decode(source.data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _unread(source.path, 1, "syntax", f"it is no JSON ({error})")
    code, places = _module(document, source.data.decode("utf-8", "replace"))
    if not places:
        return Reading()
    module = Source(path=source.path, language="python", data="\n".join(code).encode("utf-8", "replace"))
    reading = read_module(module)
    return msgspec.structs.replace(
        reading,
        usages=tuple(
            msgspec.structs.replace(
                usage,
                address=f"cell {_at(places, usage.location.line).cell}",
                location=_moved(usage.location, places),
                related=tuple(_moved(place, places) if place.path == source.path else place for place in usage.related),
            )
            for usage in reading.usages
        ),
        problems=tuple(
            msgspec.structs.replace(problem, line=_at(places, problem.line).line) for problem in reading.problems
        ),
        missing=tuple(msgspec.structs.replace(it, location=_moved(it.location, places)) for it in reading.missing),
    )


def _unread(path: str, line: int, kind: str, why: str) -> Reading:
    message = f"The notebook was not read: {why}. Save it again without outputs, or exclude it."
    return Reading(state="unread", problems=(Problem(path=path, line=line, kind=kind, message=message),))


def _module(document: Any, text: str) -> tuple[list[str], list[_Line]]:
    """The lines of all code cells, and where each stands. The cells' order in the file is followed once."""
    code: list[str] = []
    places: list[_Line] = []
    position, line, line_start = 0, 1, 0
    cells = document.get("cells", []) if isinstance(document, dict) else []
    for number, cell in enumerate(cells if isinstance(cells, list) else [], 1):
        if not isinstance(cell, dict):
            continue
        written = cell.get("source", "")
        parts = written if isinstance(written, list) else [written]
        parts = [part for part in parts if isinstance(part, str)]
        is_code = cell.get("cell_type") == "code" and not _is_foreign(parts)
        for part in parts:
            found = _written(part, text, position)
            if found >= 0:
                line += text.count("\n", position, found)
                line_start = text.rfind("\n", 0, found) + 1
                position = found
            if is_code:
                for piece in part.removesuffix("\n").split("\n"):
                    code.append(_plain(piece))
                    places.append(_Line(line, max(position - line_start + 1, 0), number))
    return code, places


def _written(part: str, text: str, position: int) -> int:
    """Where a string stands in the file, as either of the two ways in which JSON writes it; -1 when it is not found."""
    for ascii_only in (False, True):
        found = text.find(json.dumps(part, ensure_ascii=ascii_only), position)
        if found >= 0:
            return found
    return -1


def _is_foreign(parts: list[str]) -> bool:
    first = next((line for part in parts for line in part.splitlines() if line.strip()), "")
    return first.startswith("%%") and not _KEPT.match(first)


def _plain(line: str) -> str:
    """A line of Python: magics become ``pass``, what is assigned from one is unknown."""
    if assigned := _ASSIGNED.match(line):
        return f"{assigned[1]}input()"
    if _MAGIC.match(line) and not line.lstrip().startswith("#"):
        return f"{line[: len(line) - len(line.lstrip())]}pass"
    return line


def _at(places: list[_Line], line: int) -> _Line:
    return places[min(max(line, 1), len(places)) - 1]


def _moved(location: Location, places: list[_Line]) -> Location:
    start, end = _at(places, location.line), _at(places, location.end_line)
    return Location(
        path=location.path,
        line=start.line,
        column=start.column + location.column,
        end_line=end.line,
        end_column=end.column + location.end_column,
    )
