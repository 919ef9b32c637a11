"""The bytes of a file: what they say as UTF-8, where in it an offset lies, and what they come to without the layout."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

from portability.patterns import regex

_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""UTF-32 comes first: its little-endian mark begins with that of UTF-16."""

_NEWLINE = regex(rb"\n")
_BLOCK_COMMENT = regex(rb"(?<!\S)/\*.*?\*/", re.DOTALL)
_TOKEN = regex(rb'(?<!\S)(?:#|//)[^\n]*|("(?>(?:[^"\\\n]|\\.)*)"?|[\w-]+|[^\s\w])')


class Decoded(NamedTuple):
    """Valid UTF-8 without a byte order mark, and the line on which bytes first had to be replaced, if any."""

    data: bytes
    replaced: int | None = None


def decode(data: bytes) -> Decoded | None:
    """The file as UTF-8, or None when it is not text: a NUL byte is in none."""
    encoding = next((name for mark, name in _WIDE_MARKS if data.startswith(mark)), "utf-8")
    data = data.removeprefix(codecs.BOM_UTF8)
    replaced = None
    if encoding != "utf-8" or not data.isascii():
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            text = data.decode(encoding, "replace")
            replaced = data[: error.start].decode(encoding, "replace").count("\n") + 1
        data = text.encode()
    return None if b"\0" in data else Decoded(data, replaced)


class Positions:
    """Lines and columns, from 1, of byte offsets in UTF-8. Columns count code points.

    Offsets are asked for mostly in rising order, and each answer starts from the one before: a line of megabytes that
    holds thousands of blocks is counted through once.
    """

    def __init__(self, data: bytes, start: int = 0) -> None:
        self._data = data
        self._ascii = data.isascii()
        self._start = start
        self._last = (start, 1)

    @cached_property
    def _lines(self) -> list[int]:
        return [self._start, *(newline.end() for newline in _NEWLINE.finditer(self._data))]

    def at(self, offset: int) -> tuple[int, int]:
        """``(line, column)`` of a byte offset."""
        line = bisect_right(self._lines, offset)
        start = self._lines[line - 1]
        if self._ascii:
            return line, offset - start + 1
        seen, column = self._last
        if not start <= seen <= offset:
            seen, column = start, 1
        column += len(self._data[seen:offset].decode())
        self._last = (offset, column)
        return line, column


def normalised(code: bytes) -> bytes:
    """The tokens of a piece of HCL or JSON, so that copies compare equal whatever their layout and comments.

    Cheap rather than exact: a comment counts as one only after white space (``https://`` and ``$#`` stay whole), and
    text in a heredoc is taken for code.
    """
    if b"/*" in code:
        closed = code.rfind(b"*/") + 2
        code = _BLOCK_COMMENT.sub(b" ", code[:closed]) + code[closed:]
    return b" ".join(filter(None, _TOKEN.findall(code)))
