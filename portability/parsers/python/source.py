"""Bytes → syntax tree, whole or in part, with a problem for every line that could not be read."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from typing import Literal

from portability.model import Problem, Source
from portability.parsers.guards import MAX_BYTES, too_deep

_STATEMENT = re.compile(rb"(?m)^(?!(?:elif|else|except|finally)\b)[A-Za-z_@\x80-\xff]")
"""Where a statement may begin in column 1."""

_TRIPLE_QUOTED = re.compile(
    rb"""#[^\n]*|('''|\"\"\")(?:\\.|[^\\])*?(?:\1|\Z)|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*\"""", re.DOTALL
)
_PYTHON_2 = re.compile(r"Missing parentheses in call|multiple exception types must be parenthesized|leading zeros")

_MAX_CHUNKS = 5_000


@dataclass(frozen=True)
class Parsed:
    """A syntax tree, its text, and what is missing from it. ``tree`` is None when nothing could be read."""

    tree: ast.Module | None
    text: bytes
    state: Literal["read", "partly", "unread"] = "read"
    problems: tuple[Problem, ...] = ()


def parse(source: Source) -> Parsed:
    """Parse one file. What is broken is left out between statements of the top level; the rest keeps its lines."""
    data = source.data
    if refused := _refusal(source):
        return Parsed(None, data, "unread", (refused,))
    try:
        return Parsed(_tree(data), data)
    except SyntaxError as error:
        if _is_about_encoding(error):
            return _parse_as_latin_1(source, error)
        return _parse_parts(source, error)
    except (RecursionError, MemoryError):
        return Parsed(None, data, "unread", (_too_deep(source, 1),))
    except ValueError as error:
        return Parsed(None, data, "unread", (_problem(source, 1, "syntax", f"Python refuses this file: {error}."),))


def _tree(data: bytes | str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(data)


def _refusal(source: Source) -> Problem | None:
    """Why the bytes must not be handed to the compiler, if so."""
    if len(source.data) > MAX_BYTES:
        message = (
            f"The file has {len(source.data):,} bytes and at most {MAX_BYTES:,} are read. "
            "It is probably generated: leave it out, or split it."
        )
        return _problem(source, 1, "too-large", message)
    if (nul := source.data.find(b"\0")) >= 0:
        line = source.data.count(b"\n", 0, nul) + 1
        return _problem(source, line, "binary", "The file holds NUL bytes, so it is not Python source text.")
    if (line_too_deep := too_deep(source.data)) is not None:
        return _too_deep(source, line_too_deep)
    return None


def _too_deep(source: Source, line: int) -> Problem:
    message = "Expressions nest too deeply to be read safely. Generated data belongs in a data file."
    return _problem(source, line, "too-deep", message)


def _is_about_encoding(error: SyntaxError) -> bool:
    return bool(re.search(r"codec can't decode|unknown encoding|encoding problem|Non-UTF-8", str(error.msg)))


def _parse_as_latin_1(source: Source, error: SyntaxError) -> Parsed:
    """Names are ASCII nearly always, so a wrong encoding costs the spelling of strings and no more."""
    message = (
        f"The file is not in the encoding that it declares (UTF-8 when it declares none): {error.msg}. "
        "It was read byte by byte as Latin-1; save it as UTF-8."
    )
    problem = _problem(source, error.lineno or 1, "encoding", message)
    text = source.data.decode("latin-1")
    try:
        return Parsed(_tree(text), text.encode(), "partly", (problem,))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Parsed(None, source.data, "unread", (problem,))


def _parse_parts(source: Source, error: SyntaxError) -> Parsed:
    """Blank every top-level statement that does not compile and parse what is left, at its own lines."""
    kept = bytearray(source.data)
    lost = 0
    for start, end in _chunks(source.data):
        chunk = source.data[start:end]
        if not _compiles(chunk):
            kept[start:end] = re.sub(rb"[^\r\n]", b" ", chunk)
            lost += chunk.strip().count(b"\n") + 1
    try:
        tree = _tree(bytes(kept))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = ast.Module(body=[], type_ignores=[])
    problem = _problem(source, error.lineno or 1, "syntax", _explain(error, lost if tree.body else None))
    return Parsed(tree, bytes(kept), "partly", (problem,)) if tree.body else Parsed(None, kept, "unread", (problem,))


def _chunks(data: bytes) -> list[tuple[int, int]]:
    """Spans between the lines in column 1 at which a statement begins, decorators kept with what they decorate."""
    inside = [found.span() for found in _TRIPLE_QUOTED.finditer(data) if found[1]]
    starts: list[int] = []
    decorated = False
    span = 0
    for found in _STATEMENT.finditer(data):
        at = found.start()
        while span < len(inside) and inside[span][1] <= at:
            span += 1
        if span < len(inside) and inside[span][0] < at:
            continue
        if not decorated:
            starts.append(at)
        decorated = data[at : at + 1] == b"@"
    if len(starts) > _MAX_CHUNKS:
        starts = starts[:: len(starts) // _MAX_CHUNKS + 1]
    return list(zip(starts, [*starts[1:], len(data)], strict=True))


def _compiles(chunk: bytes) -> bool:
    try:
        _tree(chunk)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _explain(error: SyntaxError, lost: int | None) -> str:
    what = f"This is not valid Python: {error.msg}"
    if _PYTHON_2.search(str(error.msg)):
        what = f"This looks like Python 2: {error.msg}"
    if lost is None:
        return f"{what}. Nothing of the file could be read."
    return f"{what}. {lost} lines in top-level statements that do not compile were left out; the rest was read."


def _problem(source: Source, line: int, kind: str, message: str) -> Problem:
    return Problem(path=source.path, line=max(line, 1), kind=kind, message=message)
