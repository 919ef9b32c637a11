"""Where the nodes of a composed text stand in the file, also when the text is a value within another document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from yaml.nodes import Node, ScalarNode

from portability.model import Location
from portability.parsers.kubernetes.nodes import part_of
from portability.parsers.kubernetes.templates import Fill, Filled


class Origin(NamedTuple):
    """A text that begins ``line`` lines and ``column`` characters into a file of these ``lines``.

    ``whole`` stands for every place of a text whose lines are not those of the file (a quoted or folded value).
    ``fills`` are what was put into lines, counted from 0, before the text was composed; ``is_guess`` says that some was
    taken out which may choose or repeat.
    """

    path: str
    lines: Sequence[str]
    line: int = 0
    column: int = 0
    whole: Location | None = None
    fills: Mapping[int, Sequence[Fill]] = MappingProxyType({})
    is_guess: bool = False

    def location(self, node: Node) -> Location:
        """The span of a node."""
        start, end = node.start_mark, node.end_mark
        return self.whole or self._span(start.line, start.column, end.line, end.column)

    def of_document(self, line: int, template: Filled | None = None) -> Origin:
        """The origin of a document after ``line`` lines of the text, whose actions ``template`` replaced."""
        is_guess = self.is_guess or (template is not None and template.is_guess)
        at = self._replace(line=self.line + line, is_guess=is_guess)
        if template is None or not template.fills or at.whole is not None:
            return at
        before = at.column
        lines = list(at.lines)
        filled = [" " * before + one for one in template.text.removesuffix("\n").split("\n")]
        lines[at.line : at.line + len(filled)] = filled
        moved = {
            at.line + number: [Fill(*(column + before for column in fill)) for fill in fills] if before else fills
            for number, fills in template.fills.items()
        }
        return at._replace(lines=lines, fills={**at.fills, **moved})

    def within(self, scalar: ScalarNode) -> Origin:
        """The origin of what a scalar's text holds."""
        if self.whole is not None or scalar.style != "|":
            return self._replace(whole=self.location(scalar))
        first = self.line + scalar.start_mark.line + 1
        line = next((line for line in self.lines[first:] if line.strip()), "")
        indent = len(line) - len(line.lstrip(" ")) - (len(scalar.value) - len(scalar.value.lstrip(" ")))
        return self._replace(line=first, column=max(indent, 0))

    def part(self, scalar: ScalarNode, start: int, end: int) -> Location:
        """The span of some characters of a scalar's text; the scalar's own where its text is not as in the file."""
        if self.whole is None and not scalar.style and scalar.start_mark.line == scalar.end_mark.line:
            line, column = scalar.start_mark.line, scalar.start_mark.column
            return self._span(line, column + start, line, column + end)
        if self.whole is None and scalar.style != "|" and scalar.start_mark.line != scalar.end_mark.line:
            # Marks count from this origin, the lines of the file do not.
            here = self.line + scalar.start_mark.line
            written = [line[self.column :] for line in self.lines[here : self.line + scalar.end_mark.line + 1]]
            if (found := part_of(scalar, start, end, written)) is not None:
                row = scalar.start_mark.line + found[0]
                return self._span(row, found[1], row, found[2])
        inner = self.within(scalar)
        line = scalar.value.count("\n", 0, start)
        column = start - (scalar.value.rfind("\n", 0, start) + 1)
        return inner.whole or inner._span(line, column, line, column + end - start)

    def _span(self, line: int, column: int, end_line: int, end_column: int) -> Location:
        line, end_line = self.line + line, self.line + end_line
        start, end = self.column + column, self.column + end_column
        if self.fills:
            start, end = self._in_file(line, start, is_end=False), self._in_file(end_line, end, is_end=True)
        return Location(path=self.path, line=line + 1, column=start + 1, end_line=end_line + 1, end_column=end + 1)

    def _in_file(self, line: int, column: int, *, is_end: bool) -> int:
        """The column of the file for one of the text; within a fill, where the action begins or ends."""
        moved = 0
        for fill in self.fills.get(line, ()):
            if column < fill.start or (is_end and column == fill.start):
                break
            if column < fill.end:
                return fill.old_end if is_end else fill.old_start
            moved = fill.old_end - fill.end
        return column + moved
