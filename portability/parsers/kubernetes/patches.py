"""Patches of kustomizations: what they set, and what they replace or take away in the objects that they are for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.model import Location
from portability.names.globs import wildcard
from portability.parsers.kubernetes.nodes import entries, get, is_null, mappings, text
from portability.parsers.kubernetes.origin import Origin


class Span(NamedTuple):
    """Part of a file, as lines and columns from 1, and the place that puts something else there."""

    start: tuple[int, int]
    end: tuple[int, int]
    by: Location

    def holds(self, place: Location) -> bool:
        """Whether a place begins in it."""
        return self.start <= (place.line, place.column) < self.end


class Object(NamedTuple):
    """An object as it stands in a file."""

    root: MappingNode
    origin: Origin

    @property
    def kind(self) -> str:
        """Its kind, empty where it says none."""
        return text(get(self.root, "kind"))

    @property
    def name(self) -> str:
        """Its name, empty where it has none."""
        return text(get(self.root, "metadata", "name"))


class Patch:
    """What a kustomization changes: a strategic patch (a mapping) or a JSON patch (a sequence of operations).

    ``target`` is what its entry says of the objects that it is for; a strategic patch without one names its object.
    """

    def __init__(self, body: Node, origin: Origin, target: Node | None) -> None:
        self.path = origin.path
        self._body, self._origin, self._target = body, origin, target

    @cached_property
    def kind(self) -> str:
        """The kind of the objects that it is for, empty for any."""
        return text(get(self._target or self._body, "kind"))

    def spans(self, one: Object) -> Iterator[Span]:
        """The parts of an object that it replaces, none where it is for others."""
        if not self._is_for(one):
            return
        if isinstance(self._body, SequenceNode):
            found = _operated(one.root, self._body)
        elif text(get(self._body, "$patch")) == "delete":
            found = iter([(one.root, one.root, self._body)])
        else:
            found = _merged(one.root, self._body)
        for first, last, by in found:
            start, end = one.origin.location(first), one.origin.location(last)
            at = self._origin.location(by)
            yield Span((start.line, start.column), (end.end_line, end.end_column), at)

    def _is_for(self, one: Object) -> bool:
        if self._target is None:
            return bool(self._name) and self.kind == one.kind and self._name == one.name
        if get(self._target, "labelSelector") is not None or get(self._target, "annotationSelector") is not None:
            return False  # Which objects these are, only a build tells.
        return self.kind in ("", one.kind) and (not self._name or _is_named(self._name, one.name))

    @cached_property
    def _name(self) -> str:
        return text(get(self._target, "name") if self._target is not None else get(self._body, "metadata", "name"))


def operations(root: Node) -> Iterator[MappingNode]:
    """Each operation of a JSON patch (RFC 6902) that sets something, as the mapping that it makes: its path's words
    are the keys, and stand where the path stands. Nothing where the node is no such patch."""
    if not isinstance(root, SequenceNode):
        return
    for operation in root.value:
        path, value = get(operation, "path"), get(operation, "value")
        if text(get(operation, "op")) in ("add", "replace") and isinstance(path, ScalarNode) and value is not None:
            node = value
            for word in reversed([word for word in _words(path) if word != "-" and not word.isdecimal()]):
                key = ScalarNode("", word, path.start_mark, path.end_mark, style=path.style)
                node = MappingNode("", [(key, node)], path.start_mark, value.end_mark)
            if isinstance(node, MappingNode):
                yield node


def _words(path: ScalarNode) -> list[str]:
    """The words of a JSON pointer (RFC 6901)."""
    return [word.replace("~1", "/").replace("~0", "~") for word in path.value.split("/")[1:]]


def _is_named(pattern: str, name: str) -> bool:
    """Whether a target's name is a name. It may be a regular expression; of those the plain ones are understood."""
    return any(wildcard(one.replace(".*", "*")).fits(name) for one in pattern.strip("^$").split("|"))


Change = tuple[Node, Node, Node]
"""The first and the last node of what is replaced, and the node of the patch that does."""


def _merged(base: MappingNode, patch: Node) -> Iterator[Change]:
    """A strategic merge: mappings by their keys, lists of what has names by these, other lists as a whole."""
    own = dict(_by_key(base))
    for key, value in entries(patch) if isinstance(patch, MappingNode) else ():
        if key.value not in own:
            continue
        name, old = own[key.value]
        if isinstance(value, MappingNode) and isinstance(old, MappingNode) and not _replaces(value):
            yield from _merged(old, value)
        elif isinstance(value, SequenceNode) and isinstance(old, SequenceNode) and _has_mappings(value):
            for element in mappings([value]):
                same = next((one for one in mappings([old]) if _name(one) and _name(one) == _name(element)), None)
                if same is not None and text(get(element, "$patch")) == "delete":
                    yield same, same, element
                elif same is not None:
                    yield from _merged(same, element)
        elif key.value not in ("apiVersion", "kind", "name"):
            yield name, old, key if is_null(value) else value


def _replaces(value: MappingNode) -> bool:
    return text(get(value, "$patch")) in ("replace", "delete")


def _has_mappings(value: SequenceNode) -> bool:
    return any(isinstance(one, MappingNode) for one in value.value)


def _name(element: MappingNode) -> str:
    return text(get(element, "name"))


def _by_key(mapping: MappingNode) -> Iterator[tuple[str, tuple[ScalarNode, Node]]]:
    for key, value in entries(mapping):
        yield key.value, (key, value)


def _operated(base: Node, operations: SequenceNode) -> Iterator[Change]:
    """Operations of a JSON patch (RFC 6902), each where its path leads."""
    for operation in mappings([operations]):
        path, does = get(operation, "path"), text(get(operation, "op"))
        if does in ("add", "replace", "remove") and isinstance(path, ScalarNode) and path.value.startswith("/"):
            found = _at(base, _words(path), may_be_element=does != "add")
            if found is not None:
                yield *found, get(operation, "value") or path


def _at(node: Node, words: list[str], *, may_be_element: bool) -> tuple[Node, Node] | None:
    first: Node = node
    for number, word in enumerate(words):
        is_last = number == len(words) - 1
        if isinstance(node, MappingNode):
            found = dict(_by_key(node)).get(word)
            if found is None:
                return None
            first, node = found
        elif isinstance(node, SequenceNode) and word.isdecimal() and int(word) < len(node.value):
            if is_last and not may_be_element:
                return None  # What is added to a list moves the others on.
            first = node = node.value[int(word)]
        else:
            return None
    return first, node
