"""Notebooks: the code cells as one module, and every place back in the file, with the number of its cell.

Magics and shell lines are read as the calls that IPython makes of them (``get_ipython().system("gcloud …")``), a cell
of a shell line by line. What a cell writes to a file (``%%writefile train.py``) is a module of its own. Cells in other
languages are left out, and outputs are not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Final

import msgspec

from portability.model import Location, Problem, Reading, Source
from portability.parsers.guards import MAX_OUTCOME_BYTES
from portability.patterns import regex

_KEPT: Final = regex(r"%%(?:time|timeit|capture|prun|memit|snapshot)\b")
"""Magics of a whole cell that is Python all the same."""
_SHELL: Final = regex(r"%%(?:bash|sh|shell|script[ \t]+(?:\S*/)?(?:ba|z)?sh|!)(?!\w)|!!")
"""Magics of a whole cell that a shell runs."""
_WRITTEN: Final = regex(r"%%(?:writefile|file|writetemplate)[ \t]+(?:-a[ \t]+)?[\"']?\S+\.py[\"']?\s*$")
"""A magic that writes its cell as a module of Python."""
_CELL: Final = regex(r"%%(\w+)(.*)")
_LINE: Final = regex(r"(\s*)(?:!!?|%(?:sh|sx|system)\b)(.*)")
_PACKAGES: Final = regex(r"(\s*)%((?:pip|conda|mamba|uv)\b.*)")
_MAGIC: Final = regex(r"(\s*)%(\w+)(.*)")
_IS_MAGIC: Final = regex(r"\s*(?:!|%\w)")
_HELP: Final = regex(r"(\s*)(?:\?|[^#\"']*\?\s*$)")
_ASSIGNED: Final = regex(r"(\s*[\w.\[\]'\", ]+=\s*)([%!])(.*)")
_NO_CODE: Final = regex(r"\s*(?:#|$)")


_MOST_LOST: Final = 100
"""Strings that a notebook may write otherwise than JSON is written, so that each is looked for in vain through all of
it, before no more are looked for."""


class _Line(msgspec.Struct, frozen=True):
    """Where a line of the module stands in the notebook: line, column before its first character, and cell. Of a line
    that was no Python the columns are those of all of it, ``width`` characters."""

    line: int
    column: int
    cell: int
    width: int = 0


def read(source: Source, read_module: Callable[[Source], Reading]) -> Reading:
    """Read a notebook through ``read_module``. Never raises for any bytes; numbers of cells count from 1, all cells."""
    if len(source.data) > MAX_OUTCOME_BYTES:
        return _unread(source.path, "too-large", f"it has more than {MAX_OUTCOME_BYTES // 1_000_000} MB")
    try:
        document = msgspec.json.decode(source.data)
    except RecursionError:
        return _unread(source.path, "too-deep", "it nests too deeply")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _unread(source.path, "syntax", f"it is no JSON ({error})")
    readings = [
        _placed(read_module(Source(path=source.path, language="python", data=_joined(code))), places, source.path)
        for code, places in _modules(document, source.data.decode("utf-8", "replace"))
        if places
    ]
    if not readings:
        return Reading()
    return msgspec.structs.replace(
        readings[0],
        state=next((one.state for one in readings if one.state != "read"), "read"),
        usages=tuple(sorted(_all(one.usages for one in readings), key=lambda it: (it.location, it.symbol))),
        problems=tuple(_all(one.problems for one in readings)),
        missing=tuple(_all(one.missing for one in readings)),
    )


_all = chain.from_iterable


def _joined(code: list[str]) -> bytes:
    return "\n".join(code).encode("utf-8", "replace")


def _placed(reading: Reading, places: list[_Line], path: str) -> Reading:
    """A module's reading with every place back in the notebook."""
    return msgspec.structs.replace(
        reading,
        usages=tuple(
            msgspec.structs.replace(
                usage,
                address=f"cell {_at(places, usage.location.line).cell}",
                location=_moved(usage.location, places),
                related=tuple(_moved(place, places) if place.path == path else place for place in usage.related),
            )
            for usage in reading.usages
        ),
        problems=tuple(
            msgspec.structs.replace(problem, line=_at(places, problem.line).line) for problem in reading.problems
        ),
        missing=tuple(msgspec.structs.replace(it, location=_moved(it.location, places)) for it in reading.missing),
    )


def _unread(path: str, kind: str, why: str) -> Reading:
    message = f"The notebook was not read: {why}. Save it again without outputs, or exclude it."
    return Reading(state="unread", problems=(Problem(path=path, line=1, kind=kind, message=message),))


def _modules(document: Any, text: str) -> list[tuple[list[str], list[_Line]]]:
    """The lines of all code cells, and where each stands, and then those of each module that a cell writes. The cells'
    order in the file is followed once."""
    modules: list[tuple[list[str], list[_Line]]] = [([], [])]
    position, line, line_start, lost = 0, 1, 0, 0
    cells = document.get("cells", []) if isinstance(document, dict) else []
    for number, cell in enumerate(cells if isinstance(cells, list) else [], 1):
        if not isinstance(cell, dict):
            continue
        written = cell.get("source", "")
        parts = written if isinstance(written, list) else [written]
        pieces: list[str] = []
        places: list[_Line] = []
        for part in (part for part in parts if isinstance(part, str)):
            found = _written(part, text, position) if lost < _MOST_LOST else -1
            lost += found < 0
            if found >= 0:
                line += text.count("\n", position, found)
                line_start = text.rfind("\n", 0, found) + 1
                position = found
            for piece in part.removesuffix("\n").split("\n"):
                pieces.append(piece)
                places.append(_Line(line, max(position - line_start + 1, 0), number))
        if cell.get("cell_type") != "code":
            continue
        first = next((index for index, piece in enumerate(pieces) if not _NO_CODE.match(piece)), 0)
        if pieces and _WRITTEN.match(pieces[first].lstrip()):
            modules.append((pieces[first + 1 :], places[first + 1 :]))
            continue
        code, lines = modules[0]
        for piece, place, width in _read_as_python(pieces, places, first):
            code.append(piece)
            lines.append(msgspec.structs.replace(place, width=width))
    return modules


def _read_as_python(pieces: list[str], places: list[_Line], first: int) -> Iterator[tuple[str, _Line, int]]:
    """The lines of a cell as Python. ``first`` is the one that says what cell it is; lines of a shell that go on in the
    next are one. The number is how wide a line is that was none of Python."""
    head = pieces[first].lstrip() if pieces else ""
    of_shell = _SHELL.match(head) is not None
    if (cell := _CELL.match(head)) and not of_shell and not _KEPT.match(head):
        yield f"get_ipython().run_cell_magic({cell[1]!r}, {cell[2].strip()!r}, '')", places[first], len(pieces[first])
        return
    index = first + 1 if cell or of_shell else 0
    while index < len(pieces):
        piece, place = pieces[index], places[index]
        index += 1
        if of_shell or _IS_MAGIC.match(piece) or _ASSIGNED.match(piece):
            while piece.endswith("\\") and index < len(pieces):
                piece = f"{piece[:-1].rstrip()} {pieces[index].strip()}"
                index += 1
            python = f"get_ipython().system({piece.strip()!r})" if of_shell else _called(piece)
            yield python, place, len(piece)
        else:
            yield ("pass" if _HELP.match(piece) else piece), place, 0


def _called(piece: str) -> str:
    """A magic or a line of a shell, as the call that IPython makes of it."""
    if assigned := _ASSIGNED.match(piece):
        what = "getoutput" if assigned[2] == "!" else "run_line_magic"
        return f"{assigned[1]}get_ipython().{what}({assigned[3].strip()!r})"
    if line := _LINE.match(piece) or _PACKAGES.match(piece):
        return f"{line[1]}get_ipython().system({line[2].strip()!r})"
    if magic := _MAGIC.match(piece):
        return f"{magic[1]}get_ipython().run_line_magic({magic[2]!r}, {magic[3].strip()!r})"
    return piece


def _written(part: str, text: str, position: int) -> int:
    """Where a string stands in the file, as either of the two ways in which JSON writes it; -1 when it is not found."""
    for ascii_only in (False, True):
        found = text.find(json.dumps(part, ensure_ascii=ascii_only), position)
        if found >= 0:
            return found
    return -1


def _at(places: list[_Line], line: int) -> _Line:
    return places[min(max(line, 1), len(places)) - 1]


def _moved(location: Location, places: list[_Line]) -> Location:
    start, end = _at(places, location.line), _at(places, location.end_line)
    if start.width:
        column = start.column + 1
        return Location(
            path=location.path, line=start.line, column=column, end_line=start.line, end_column=column + start.width
        )
    return Location(
        path=location.path,
        line=start.line,
        column=start.column + location.column,
        end_line=end.line,
        end_column=end.column + location.end_column,
    )
