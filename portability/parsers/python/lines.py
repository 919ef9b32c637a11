"""Places in a text: which lines say something that matters, and where the nodes of its syntax tree stand."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable

from portability.model import Location


def unified(text: bytes) -> bytes:
    """The text with every line ended as the compiler counts lines: by one newline."""
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


class Lines:
    """The lines, from 1, on which some places of a text lie: most nodes stand on none of those that matter, and are
    passed by. The text's lines must be :func:`unified`."""

    def __init__(self, text: bytes, places: Iterable[int]) -> None:
        self.numbers: list[int] = []
        """In order, each once."""
        line, position = 1, 0
        for place in sorted(places):
            line += text.count(b"\n", position, place)
            position = place
            if self.numbers[-1:] != [line]:
                self.numbers.append(line)

    def meet(self, node: ast.AST) -> bool:
        """Whether a node, its decorators with it, stands on one of them; True for nodes that have no place."""
        first: int | None = getattr(node, "lineno", None)
        if first is None:
            return True
        if decorators := getattr(node, "decorator_list", None):
            first = decorators[0].lineno
        at = bisect_left(self.numbers, first)
        return at < len(self.numbers) and self.numbers[at] <= (getattr(node, "end_lineno", None) or first)


class Columns:
    """Columns of one text in code points. The compiler counts bytes of UTF-8."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._is_plain = text.isascii()
        self._lines: list[bytes] | None = None

    def column(self, line: int, offset: int) -> int:
        """The column, from 1, of a byte offset in a line."""
        if self._is_plain:
            return offset + 1
        if self._lines is None:
            text = self._text.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            self._lines = text.split(b"\n")
        before = self._lines[line - 1][:offset] if line <= len(self._lines) else b""
        return len(before.decode("utf-8", "replace")) + 1 + max(offset - len(before), 0)

    def location(self, path: str, node: ast.expr | ast.arg | ast.alias) -> Location:
        """Where a node of the text stands, in the file of that path."""
        end_line = node.end_lineno or node.lineno
        return Location(
            path=path,
            line=node.lineno,
            column=self.column(node.lineno, node.col_offset),
            end_line=end_line,
            end_column=self.column(end_line, node.end_col_offset or 0),
        )
