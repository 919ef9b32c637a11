"""Secrets in the lines that a patch would show. A patch copies lines as they are, so such a patch is not made."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from portability.patterns import regex
from portability.proposals.inputs import is_secret

_HUNK = regex(r"^@@ -(\d+)(?:,(\d+))? ")
_NAMES_ONE = regex(r"(id|name|arn|path|url|uri|file|key|version)s?$", re.IGNORECASE)
_IS_KEY = regex(r"(secret|private|api|access|account).?key$", re.IGNORECASE)


def exposed(before: str, patch: str) -> int:
    """The first line, from 1, of a file that a patch to it shows and that holds what looks like a secret; else 0."""
    shown: set[int] = set()
    for line in io.StringIO(patch):
        if hunk := _HUNK.match(line):
            shown.update(range(int(hunk[1]), int(hunk[1]) + int(hunk[2] or 1)))
    return min((line for line, name, text in _texts(before) if line in shown and _secret(name, text)), default=0)


def _secret(name: str, text: str) -> bool:
    """What a name like ``secret_name`` holds only leads to a secret."""
    plain = _NAMES_ONE.search(name) is not None and _IS_KEY.search(name) is None
    return len(text) > 3 and is_secret("" if plain else name, text)


def _texts(source: str) -> Iterator[tuple[int, str, str]]:
    """The lines of texts and comments: which line, the name that is given to the text, and what the line says."""
    for node in ast.walk(ast.parse(source)):
        for name, value in _named(node):
            if isinstance(value, ast.Constant) and isinstance(value.value, str | bytes):
                text = value.value if isinstance(value.value, str) else value.value.decode(errors="replace")
                last = value.end_lineno or value.lineno
                for at, line in enumerate(text.split("\n")):
                    yield min(value.lineno + at, last), name, line
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], "", token.string


def _named(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    match node:
        case ast.keyword(arg=str() as name, value=value):
            yield name, value
        case ast.Assign(targets=targets, value=value):
            yield from ((_word(target), value) for target in targets)
        case ast.AnnAssign(target=target, value=value):
            yield _word(target), value
        case ast.Dict(keys=keys, values=values):
            yield from ((_word(key), value) for key, value in zip(keys, values, strict=True))
        case ast.Constant():
            yield "", node


def _word(node: ast.AST | None) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str() as name):
            return name
        case ast.Subscript(slice=index):
            return _word(index)
    return ""
