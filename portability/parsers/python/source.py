"""Bytes → syntax tree, whole or in part, with a problem for every line that could not be read."""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import warnings
from collections.abc import Iterator
from typing import Literal, NamedTuple

from portability.model import Problem, Source
from portability.parsers.guards import MAX_BYTES, too_deep
from portability.patterns import regex

_STATEMENT = regex(rb"(?m)^(?!(?:elif|else|except|finally)\b)[A-Za-z_@\x80-\xff]")
"""Where a statement may begin in column 1."""

_TRIPLE_QUOTED = regex(
    rb"""#[^\n]*|('''|\"\"\")(?:\\.|[^\\])*?(?:\1|\Z)|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*\"""", re.DOTALL
)
_ENCODING = regex(r"codec can't decode|unknown encoding|encoding problem|Non-UTF-8|not a text encoding")
_PYTHON_2 = regex(r"Missing parentheses in call|leading zeros")

_MOST_ATTEMPTS = 5_000
"""How often the compiler is asked about parts of one broken file."""

_REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError)


class Parsed(NamedTuple):
    """A syntax tree, its text, and what is missing from it. ``tree`` is None when nothing could be read."""

    tree: ast.Module | None
    text: bytes
    state: Literal["read", "partly", "unread"] = "read"
    problems: tuple[Problem, ...] = ()


def parse(source: Source) -> Parsed:
    """Parse one file. What another Python takes is read too, and of what none takes the rest, at its own lines."""
    data = source.data
    if refused := _refusal(source):
        return Parsed(None, data, "unread", (refused,))
    try:
        return Parsed(_tree(data), data)
    except SyntaxError as error:
        if _is_about_encoding(error):
            return _parse_as_latin_1(source, error)
        return _parse_foreign(source, _decoded(data), error)
    except (RecursionError, MemoryError, ValueError) as error:
        return _parse_foreign(source, _decoded(data), error)


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
    return _ENCODING.search(str(error.msg)) is not None


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
    except _REFUSALS as refusal:
        parsed = _parse_foreign(source, text, refusal)
        return parsed._replace(state="partly" if parsed.tree else "unread", problems=(problem, *parsed.problems))


def _decoded(data: bytes) -> str:
    """The text in the encoding that it declares, byte by byte where that is none or what it holds is not in it."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError:
        encoding = "latin-1"
    return data.decode(encoding, "replace")


def _parse_foreign(source: Source, text: str, error: Exception) -> Parsed:
    """Read what the running Python refuses: at once where some Python takes it, otherwise by top-level statements."""
    from portability.parsers.python.foreign import MAX_PIECE, statements  # most runs meet no such file

    data = re.sub("\r\n?", "\n", text).encode("utf-8", "replace")
    tree = ast.Module(body=[], type_ignores=[])
    lost = [(1, 1)]
    if len(data) <= MAX_PIECE:
        tree.body, lost = statements(data)
    if lost:
        tree, lost = _parse_parts(data)
    lines = sum(end - start + 1 for start, end in lost)
    line = getattr(error, "lineno", None) or min(lost, default=(1, 1))[0]
    kind = "syntax" if isinstance(error, SyntaxError) else "too-deep"
    problem = _problem(source, line, kind, _explain(error, lines if tree.body else None))
    if not tree.body:
        return Parsed(None, data, "unread", (problem,))
    return Parsed(tree, data, "partly" if lost else "read", (problem,))


def _parse_parts(data: bytes) -> tuple[ast.Module, list[tuple[int, int]]]:
    """Read top-level statements that do not compile by themselves, so that an error costs no more than one, and the
    rest at once; with the spans of lines that were left out."""
    from portability.parsers.python.foreign import MAX_PIECE, statements

    rest = bytearray(data)
    body: list[ast.stmt] = []
    lost: list[tuple[int, int]] = []
    line, position = 0, 0
    for start, end in _broken(data):
        piece = data[start:end]
        rest[start:end] = re.sub(rb"[^\n]", b" ", piece)
        line += data.count(b"\n", position, start)
        position = start
        if len(piece) <= MAX_PIECE:
            read = statements(piece, line)
            body += read.body
            lost += read.lost
        else:
            lost.append((line + 1, line + piece.rstrip().count(b"\n") + 1))
    try:
        tree = _tree(rest.decode())
    except _REFUSALS:
        tree = ast.Module(body=[], type_ignores=[])
        lost = [(1, data.count(b"\n") + 1)]
    tree.body = sorted([*tree.body, *body], key=lambda node: (node.lineno, node.col_offset))
    return tree, lost


def _broken(data: bytes) -> Iterator[tuple[int, int]]:
    """Spans of top-level statements that do not compile, found by halving what does not."""
    chunks = _chunks(data)
    todo = [(0, len(chunks))]
    attempts = 0
    while todo:
        first, last = todo.pop()
        if first == last:
            continue
        start, end = chunks[first][0], chunks[last - 1][1]
        attempts += 1
        if attempts > _MOST_ATTEMPTS:
            yield start, end
        elif not _compiles(data[start:end]):
            if last - first == 1:
                yield start, end
            else:
                middle = (first + last) // 2
                todo += [(middle, last), (first, middle)]


def _chunks(data: bytes) -> list[tuple[int, int]]:
    """Spans between the lines in column 1 at which a statement begins, decorators kept with what they decorate."""
    inside = [found.span() for found in _TRIPLE_QUOTED.finditer(data) if found[1]]
    starts = [0]
    decorated = False
    span = 0
    for found in _STATEMENT.finditer(data):
        at = found.start()
        while span < len(inside) and inside[span][1] <= at:
            span += 1
        if span < len(inside) and inside[span][0] < at:
            continue
        if not decorated and at:
            starts.append(at)
        decorated = data[at : at + 1] == b"@"
    return list(zip(starts, [*starts[1:], len(data)], strict=True))


def _compiles(chunk: bytes) -> bool:
    try:
        _tree(chunk)
    except _REFUSALS:
        return False
    return True


def _explain(error: Exception, lost: int | None) -> str:
    message = (
        error.msg.rstrip(".?") if isinstance(error, SyntaxError) else "an expression nests too deeply to be read safely"
    )
    version = "{}.{}".format(*sys.version_info)
    what = "looks like Python 2" if _PYTHON_2.search(message) else f"could not be read as Python {version}"
    if lost is None:
        return f"The file {what}: {message}. Nothing of it was read."
    if not lost:
        return (
            f"The file {what}: {message}. It was read by the grammar of all Pythons, and nothing was left out. "
            "If this is a mistake in the file, correct it."
        )
    return (
        f"The file {what}: {message}. The statements that are affected, {lost} lines, were left out; "
        "the rest was read. Correct them, scan with the Python that they are written for, or exclude the file."
    )


def _problem(source: Source, line: int, kind: str, message: str) -> Problem:
    return Problem(path=source.path, line=max(line, 1), kind=kind, message=message)
