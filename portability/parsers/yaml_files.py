"""What the rooms that read other people's YAML share: documents as nodes, places as locations, images as symbols."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.model import Location, Problem, Reading, Source, Usage
from portability.parsers.guards import MAX_BYTES
from portability.parsers.kubernetes.documents import Refused, compose, decode, split
from portability.parsers.kubernetes.images import images
from portability.parsers.kubernetes.nodes import entries


class Text(NamedTuple):
    """A file's text, and what was wrong with its bytes."""

    text: str
    problems: list[Problem]


def text_of(source: Source) -> Text:
    """The file as text. Raises Refused where it is none, or too large."""
    if len(source.data) > MAX_BYTES:
        message = f"larger than {MAX_BYTES // 1_000_000} MB and not read. Split it, or leave it out of the scan."
        raise Refused(1, "too-large", message)
    text, replaced = decode(source.data)
    if replaced is None:
        return Text(text, [])
    message = "bytes here are no text in the file's encoding and were read as a replacement. Save it as UTF-8."
    return Text(text, [Problem(path=source.path, line=replaced, kind="encoding", message=message)])


def roots(source: Source, text: str, problems: list[Problem]) -> Iterator[tuple[Node, int]]:
    """Root node of each document, and the lines before it. A document that is refused becomes a problem."""
    for document in split(text):
        try:
            root = compose(document)
        except Refused as refused:
            problems.append(problem(source.path, refused))
        else:
            if root is not None:
                yield root, document.line


def problem(path: str, refused: Refused) -> Problem:
    """What was refused, as a problem of a file."""
    return Problem(path=path, line=refused.line, kind=refused.kind, message=refused.message)


def unread(source: Source, refused: Refused) -> Reading:
    """The reading of a file that was refused whole."""
    return Reading(state="unread", problems=(problem(source.path, refused),))


def reading(usages: list[Usage], problems: list[Problem]) -> Reading:
    """A reading of what was found. A file is unread when it is broken and nothing in it was found."""
    broken = any(one.kind not in ("template", "encoding") for one in problems)
    return Reading(
        state="unread" if broken and not usages else "partly" if problems else "read",
        usages=tuple(sorted(usages, key=lambda usage: (usage.location, usage.symbol))),
        problems=tuple(sorted(problems)),
    )


def walk(root: Node) -> Iterator[tuple[tuple[str, ...], ScalarNode, Node]]:
    """Every entry of every mapping, in document order: the keys above it, its key, its value. Sequences do not show."""
    todo: list[tuple[tuple[str, ...], Node]] = [((), root)]
    while todo:
        path, node = todo.pop()
        if isinstance(node, MappingNode):
            below = []
            for key, value in entries(node):
                yield path, key, value
                below.append(((*path, key.value), value))
            todo.extend(reversed(below))
        elif isinstance(node, SequenceNode):
            todo.extend((path, child) for child in reversed(node.value))


def location(node: Node, path: str, line: int) -> Location:
    """Where a node stands in a file; ``line`` is the number of lines before its document."""
    start, end = node.start_mark, node.end_mark
    return Location(
        path=path,
        line=line + start.line + 1,
        column=start.column + 1,
        end_line=line + end.line + 1,
        end_column=end.column + 1,
    )


class Lines:
    """A text by its lines, to tell places in it."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def location(self, start: int, end: int) -> Location:
        """Where the characters from ``start`` to before ``end`` stand."""
        line, end_line = bisect_right(self._starts, start), bisect_right(self._starts, end)
        return Location(
            path=self._path,
            line=line,
            column=start - self._starts[line - 1] + 1,
            end_line=end_line,
            end_column=end - self._starts[end_line - 1] + 1,
        )


def image_symbol(written: str) -> str | None:
    """``image/<registry host>/<repository>``, or None where the host is not known."""
    return next((binding.symbol for binding in images(ScalarNode("", written))), None)
