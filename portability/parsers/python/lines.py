"""Which lines of a file say something that matters: most nodes of its syntax tree stand on none, and are passed by."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable


def unified(text: bytes) -> bytes:
    """The text with every line ended as the compiler counts lines: by one newline."""
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


class Lines:
    """The lines, from 1, on which some places of a text lie. Its lines must be :func:`unified`."""

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
