"""Where things stand in the documents of a manifest: collections, texts, and the way from the root to each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.parsers.kubernetes.documents import Document, Refused, compose
from portability.parsers.kubernetes.nodes import get, text
from portability.parsers.kubernetes.templates import neutralised


class Unedited(ValueError):
    """Something that is not edited, and why."""


class Gone(Exception):
    """What was asked for went with an edit that was made already."""


class Step(NamedTuple):
    """A collection and which of its entries or items leads on."""

    container: MappingNode | SequenceNode
    at: int

    @property
    def key(self) -> str:
        """The key of an entry; empty for an item."""
        return text(self.container.value[self.at][0]) if isinstance(self.container, MappingNode) else ""


class Region(NamedTuple):
    """One composed document: of the file, or of a text that is written as a block (``|``) in it.

    ``shown`` are its lines as they were composed, where actions of a template language had to be put out of the way.
    """

    document: int
    outer: tuple[int, ...] | None
    inner: int
    root: Node
    line: int
    column: int
    shown: Sequence[str] = ()

    @property
    def is_manifest(self) -> bool:
        """Whether it is an object of Kubernetes or a patch of one, rather than settings."""
        return get(self.root, "kind") is not None or isinstance(self.root, SequenceNode)


class Spot(NamedTuple):
    """A scalar and the way to it; ``is_key`` where it is a key."""

    region: Region
    steps: tuple[Step, ...]
    node: ScalarNode
    is_key: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that lead to it, its own last where it is one; items do not show."""
        return tuple(step.key for step in self.steps if step.key)

    @property
    def operation(self) -> MappingNode | None:
        """The operation of a JSON patch whose path this is."""
        holder = self.steps[-1].container
        is_path = not self.is_key and self.steps[-1].key == "path" and get(holder, "op") is not None
        return holder if is_path and isinstance(holder, MappingNode) else None


def composed(document: Document) -> tuple[Node, Sequence[str]]:
    """The root of a document, and the lines that were composed where they are not its own. Raises Refused and
    LookupError."""
    shown: Sequence[str] = ()
    try:
        root = compose(document)
    except Refused:
        if not document.is_template:
            raise
        read = neutralised(document.text, {}).text
        root, shown = compose(document._replace(text=read)), read.split("\n")
    if root is None:
        raise LookupError
    return root, shown


def scalar_at(region: Region, line: int, column: int) -> Spot | None:
    """The scalar that begins at a place of a document."""
    seen: set[int] = set()
    todo: list[tuple[Node, tuple[Step, ...]]] = [(region.root, ())]
    while todo:
        node, steps = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if not isinstance(node, MappingNode | SequenceNode):
            continue
        pairs = node.value if isinstance(node, MappingNode) else [(None, item) for item in node.value]
        for index, (key, value) in enumerate(pairs):
            below = (*steps, Step(node, index))
            for one, is_key in ((key, True), (value, False)):
                if isinstance(one, ScalarNode) and (one.start_mark.line, one.start_mark.column) == (line, column):
                    return Spot(region, below, one, is_key)
            todo.append((value, below))
    return None


def texts_over(root: Node, line: int) -> Iterator[tuple[tuple[int, ...], ScalarNode]]:
    """The texts written as blocks that cover a line, each with the way to it."""
    todo: list[tuple[Node, tuple[int, ...]]] = [(root, ())]
    while todo:
        node, path = todo.pop()
        if isinstance(node, ScalarNode):
            if node.style == "|" and node.start_mark.line < line <= node.end_mark.line:
                yield path, node
            continue
        below = [pair[1] for pair in node.value] if isinstance(node, MappingNode) else node.value
        covering = [(one, (*path, at)) for at, one in enumerate(below) if one.start_mark.line <= line]
        todo.extend(covering)


def reached(root: Node, path: tuple[int, ...]) -> Any:
    """What a way from the root leads to."""
    for index in path:
        root = root.value[index][1] if isinstance(root, MappingNode) else root.value[index]
    return root
