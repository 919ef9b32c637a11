"""A composed document → the usages in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.model import Location, Usage
from portability.parsers.kubernetes.asked import Asked
from portability.parsers.kubernetes.nodes import (
    ABSENT,
    Contents,
    digest_of,
    entries,
    get,
    is_open,
    look_up,
    mappings,
    text,
)
from portability.parsers.kubernetes.places import BY_LAST_KEY, Binding

_OWN_NAMES = frozenset({"name", "generateName", "namespace"})


class Manifest:
    """One object of Kubernetes. ``line`` is the number of lines before its document."""

    def __init__(self, root: MappingNode, api_version: ScalarNode, kind: str, path: str, line: int) -> None:
        self.kind = kind
        self._root, self._api_version = root, api_version
        self._path, self._line = path, line
        self._values_at: dict[str, Any] = {}
        self._contents = Contents()

    def usages(self, asked: Asked) -> Iterator[Usage]:
        """Every wanted symbol, at each key or scalar that names it."""
        for own in self._own_kind():
            if asked.wants(own.symbol):
                yield self._usage(own, "resource", self._nameless(), asked)
        for binding in self._bindings():
            if asked.wants(binding.symbol):
                yield self._usage(binding, "field", self._contents.digest(binding.content), asked)

    @cached_property
    def _address(self) -> str:
        name = get(self._root, "metadata", "name") or get(self._root, "metadata", "generateName")
        return "/".join(filter(None, (self.kind, text(get(self._root, "metadata", "namespace")), text(name))))

    def _nameless(self) -> str:
        """The hash of the object without its names, so that its copies share it."""
        rest = [(key, value) for key, value in self._root.value if text(key) != "metadata"]
        for metadata in mappings([value for key, value in self._root.value if text(key) == "metadata"]):
            rest.extend((key, value) for key, value in metadata.value if text(key) not in _OWN_NAMES)
        return self._contents.of_entries(rest)

    def _own_kind(self) -> Iterator[Binding]:
        group, slash, _ = self._api_version.value.rpartition("/")
        if slash and not is_open(group) and not is_open(self.kind):
            yield Binding(f"{group}/{self.kind}", self._api_version, self._root)

    def _bindings(self) -> Iterator[Binding]:
        todo: list[tuple[MappingNode, tuple[str, ...]]] = [(self._root, ())]
        while todo:
            mapping, above = todo.pop()
            for key, value in entries(mapping):
                path = (*above, key.value)
                for place in BY_LAST_KEY.get(key.value, ()):
                    if place.is_at(path, self.kind):
                        yield from place.read(value)
                if not isinstance(value, ScalarNode):
                    todo.extend((below, path) for below in mappings([value]))

    def _usage(self, binding: Binding, kind: Literal["resource", "field"], content: str, asked: Asked) -> Usage:
        return Usage(
            language="kubernetes",
            namespace="kubernetes",
            symbol=binding.symbol,
            address=self._address,
            location=_location(binding.node, self._path, self._line),
            kind=kind,
            values=self._values(binding.symbol, asked),
            digest=digest_of("kubernetes", binding.symbol, content),
        )

    def _values(self, symbol: str, asked: Asked) -> dict[str, Any]:
        found = {}
        for path in asked.paths(symbol):
            if path not in self._values_at:
                self._values_at[path] = look_up(self._root, path.split("."))
            if self._values_at[path] is not ABSENT:
                found[path] = self._values_at[path]
        return found


def manifests(root: Node | None, path: str, line: int) -> Iterator[Manifest]:
    """The objects in a document: itself, or the items of a ``List``; none where ``apiVersion`` or ``kind`` lacks.

    The items of a typed list (``DeploymentList``) take over what they leave out.
    """
    todo: list[tuple[Node | None, Node | None, str]] = [(root, None, "")]
    while todo:
        node, inherited_version, inherited_kind = todo.pop()
        if not isinstance(node, MappingNode):
            continue
        api_version = get(node, "apiVersion") or inherited_version
        kind = text(get(node, "kind")) or inherited_kind
        items = get(node, "items")
        if not isinstance(api_version, ScalarNode) or not kind or kind == "CustomResourceDefinition":
            continue
        if kind.endswith("List") and isinstance(items, SequenceNode):
            item_kind = kind.removesuffix("List")
            todo.extend((item, api_version if item_kind else None, item_kind) for item in reversed(items.value))
        else:
            yield Manifest(node, api_version, kind, path, line)


def _location(node: Node, path: str, line: int) -> Location:
    start, end = node.start_mark, node.end_mark
    return Location(
        path=path,
        line=line + start.line + 1,
        column=start.column + 1,
        end_line=line + end.line + 1,
        end_column=end.column + 1,
    )
