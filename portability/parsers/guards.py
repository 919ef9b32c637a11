"""Limits between hostile files and parsers written in C, which end the whole process when nesting is deep."""

from __future__ import annotations

import re
from itertools import islice

from portability.patterns import regex

MAX_BYTES = 5_000_000
"""Files of more bytes than this are not read. Hand-written files are far smaller."""

MAX_OUTCOME_BYTES = 50_000_000
"""A plan, a state or a notebook with its outputs is written by a machine, as JSON, and may be this large."""

_NOT_BRACKETS = bytes(set(range(256)) - set(b"()[]{}"))
_ONE_SHAPE = bytes.maketrans(b"[{]}", b"(())")
_MOST_ROUNDS = 40
_BRACKET = regex(rb"[()\[\]{}]")
_OPENERS = b"([{"
_SLACK = 10
_HIDDEN = regex(
    rb'"[^"\\\n]*(?:\\.[^"\\\n]*)*"?'  # strings; an unfinished one ends with its line, or this would be quadratic
    rb"|(?<![\w'])'[^'\n]*'?"
    rb"|(?:^|(?<=[\s,(\[{]))(?:\#|//)[^\n]*",  # comments
    re.MULTILINE,
)


def too_deep(data: bytes, limit: int = 200) -> int | None:
    """The line (from 1) on which brackets of any kind nest deeper than ``limit``, or None.

    Bytes are counted, not tokens: a closer takes back the last opener whatever its shape, and brackets in strings and
    comments count too. A file could hide its depth by closers in comments, so files with very many openers are counted
    a second time without what looks like a string or a comment; that look is rough, and so the second limit is ten
    times the first. Block scalars and strings over several lines can still hide depth: a parser whose *own* recursion
    can end the process needs an exact bound of its own, and this guard in front of it.
    """
    openers = data.count(b"(") + data.count(b"[") + data.count(b"{")
    if openers <= limit:
        return None
    line = _line_deeper(data, limit)
    if line is None and openers > _SLACK * limit:
        line = _line_deeper(_HIDDEN.sub(b"", data), _SLACK * limit)
    return line


def _is_shallow(data: bytes, limit: int) -> bool:
    """Whether brackets visibly nest no deeper: innermost pairs are taken away as long as there are some, and that is
    done a few dozen times. Most files are told so ten times as fast as by counting."""
    brackets = data.translate(_ONE_SHAPE, _NOT_BRACKETS)
    for depth in range(_MOST_ROUNDS):
        rest = brackets.replace(b"()", b"")
        if len(rest) == len(brackets):
            return depth + rest.count(b"(") <= limit
        brackets = rest
    return False


def _line_deeper(data: bytes, limit: int) -> int | None:
    if _is_shallow(data, limit):
        return None
    depth = 0
    for index, byte in enumerate(data.translate(None, _NOT_BRACKETS)):
        if byte in _OPENERS:
            depth += 1
            if depth > limit:
                bracket = next(islice(_BRACKET.finditer(data), index, None))
                return data.count(b"\n", 0, bracket.start()) + 1
        elif depth:
            depth -= 1
    return None
