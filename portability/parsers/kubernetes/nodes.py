"""What PyYAML's nodes say: entries in order, scalars as Kubernetes types them, and a form that equal content shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.digests import blake2b
from portability.model import UNKNOWN
from portability.patterns import regex

PLACEHOLDER = regex(
    r"\{\{[^{}]{0,200}\}\}|\$\{(?:\w{1,100}:[-=]([^{}]{1,200})|[^{}]{0,200})\}|\$\([\w.-]{0,200}\)|\$[A-Z][A-Z0-9_]{1,100}\b"
)
"""What someone fills in later: Helm's ``{{ … }}``, ``${…}`` and ``$NAME`` of envsubst and Flux, ``$(…)`` of kubelet and
kustomize; the command of a shell in there is none. The group is what stands there otherwise: ``${NAME:-web}``."""

ABSENT = object()
"""What a path leads to where a document does not set it."""

_OPENS_PLACEHOLDER = regex(r"\{\{|\$\{|\$\(")
_LONGEST_FOLDED = 20_000
"""Characters of a folded scalar in which parts are looked for in the file."""
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {word: value for value in (True, False) for word in (str(value), str(value).lower(), str(value).upper())}
_INTEGER = regex(r"[-+]?[0-9]{1,18}")
_FLOAT = regex(r"[-+]?(?:[0-9]{1,300}\.[0-9]{0,300}|\.[0-9]{1,300}|[0-9]{1,300}(?=[eE]))(?:[eE][-+]?[0-9]{1,3})?")


def entries(mapping: MappingNode) -> Sequence[tuple[ScalarNode, Node]]:
    """A mapping's entries under scalar keys, then those that it takes in by ``<<`` and does not have yet."""
    pairs: list[tuple[ScalarNode, Node]] = mapping.value
    for key, _ in pairs:
        if key.value == "<<" or not isinstance(key, ScalarNode):
            return list(_own_and_merged(mapping))
    return pairs


def _own_and_merged(mapping: MappingNode) -> Iterator[tuple[ScalarNode, Node]]:
    merged: list[Node] = []
    for key, value in mapping.value:
        if isinstance(key, ScalarNode):
            if key.value == "<<" and not key.style:
                merged.append(value)
            else:
                yield key, value
    if merged:
        own = {key.value for key, _ in mapping.value if isinstance(key, ScalarNode)}
        for base in mappings(merged):
            new = [(key, value) for key, value in entries(base) if key.value not in own]
            yield from new
            own.update(key.value for key, _ in new)


def mappings(nodes: Sequence[Node]) -> Iterator[MappingNode]:
    """The mappings among nodes and in the sequences among them."""
    for node in nodes:
        if isinstance(node, SequenceNode):
            yield from mappings(node.value)
        elif isinstance(node, MappingNode):
            yield node


def get(node: Node | None, *keys: str) -> Node | None:
    """The node under a path of keys, or None. The last of equal keys counts, a merged one only without an own."""
    for name in keys:
        found = None
        if isinstance(node, MappingNode):
            is_merged = False
            for key, value in node.value:
                if key.value == name:  # the value of a key that is no scalar is a list
                    found = value
                elif key.value == "<<":
                    is_merged = True
            if found is None and is_merged:
                found = next((value for key, value in entries(node) if key.value == name), None)
        node = found
    return node


def text(node: Node | None) -> str:
    """A scalar as it is written, without its quotes; ``""`` for anything else."""
    return node.value if isinstance(node, ScalarNode) else ""


def is_null(node: Node) -> bool:
    """Whether the node is YAML's null."""
    return isinstance(node, ScalarNode) and not node.style and node.value in _NULL


def is_empty(node: Node) -> bool:
    """Whether the node is a text of nothing, as charts and settings have what somebody is to fill in."""
    return isinstance(node, ScalarNode) and node.style in ("'", '"') and not node.value


def says_no(node: Node) -> bool:
    """Whether the node says no or is yet to be filled in, in quotes as annotations must or without."""
    return is_empty(node) or (isinstance(node, ScalarNode) and node.value in ("false", "False", "FALSE"))


def scalars(node: Node) -> Iterator[ScalarNode]:
    """The scalar, or those in a sequence."""
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, SequenceNode):
        for child in node.value:
            yield from scalars(child)


def part_of(scalar: ScalarNode, start: int, end: int, lines: Sequence[str]) -> tuple[int, int, int] | None:
    """Row and columns, from 0, of some characters of a scalar that is written over several lines, whose breaks are
    folded away; of their first word where a break is among them. None where neither is written as it reads, and in
    very long scalars. ``lines`` are those that it stands on."""
    if len(scalar.value) > _LONGEST_FOLDED:
        return None
    for sought in dict.fromkeys((scalar.value[start:end], *scalar.value[start:end].split()[:1])):
        before = scalar.value.count(sought, 0, start)
        for row, line in enumerate(lines):
            at = line.find(sought, 0 if row else scalar.start_mark.column)
            while at >= 0 and before:
                before -= 1
                at = line.find(sought, at + len(sought))
            if at >= 0:
                return row, at, at + len(sought)
    return None


def filled_in(written: str) -> str:
    """A scalar with what stands there unless somebody says otherwise, and ``*`` where nothing does."""
    return PLACEHOLDER.sub(lambda match: match[1] or "*", written) if "$" in written or "{" in written else written


def is_open(written: str) -> bool:
    """Whether a scalar holds a placeholder, so that only a rendering tells what it says."""
    return _OPENS_PLACEHOLDER.search(written) is not None


def is_hole(node: Node) -> bool:
    """Whether the node is a template's bare ``{{ … }}``, which YAML reads as a mapping whose key is a mapping."""
    return isinstance(node, MappingNode) and bool(node.value) and isinstance(node.value[0][0], MappingNode)


def plain(node: Node) -> Any:
    """The node as Python data: dicts, lists and typed scalars, with ``UNKNOWN`` for what a template fills in."""
    if isinstance(node, ScalarNode):
        return _typed(node)
    if isinstance(node, SequenceNode):
        return [plain(child) for child in node.value]
    if is_hole(node) or not isinstance(node, MappingNode):
        return UNKNOWN
    return {key.value: plain(value) for key, value in entries(node)}


def look_up(node: Node, path: Sequence[str]) -> Any:
    """The value under a path of keys, or ABSENT. A sequence on the way gives one list of what its elements hold."""
    if not path:
        return plain(node)
    if isinstance(node, SequenceNode):
        found: list[Any] = []
        for value in (look_up(child, path) for child in node.value):
            found.extend(value if isinstance(value, list) else [] if value is ABSENT else [value])
        return found or ABSENT
    if is_hole(node):
        return UNKNOWN
    below = get(node, path[0])
    return ABSENT if below is None else look_up(below, path[1:])


def first_hole(node: Node) -> Node | None:
    """The first bare ``{{ … }}`` in document order, or None."""
    if is_hole(node):
        return node
    children: list[Node] = []
    if isinstance(node, SequenceNode):
        children = node.value
    elif isinstance(node, MappingNode):
        children = [part for pair in node.value for part in pair]
    return next((hole for child in children if (hole := first_hole(child)) is not None), None)


class Contents:
    """Hashes of what nodes say, equal whatever the layout, the style and the order of keys. Each is worked out once."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def digest(self, node: Node) -> str:
        """The hash of a node."""
        known = self._known.get(id(node))
        if known is None:
            if isinstance(node, MappingNode):
                known = self.of_entries(node.value)
            elif isinstance(node, SequenceNode):
                known = digest_of("sequence", *(self.digest(child) for child in node.value))
            else:
                known = digest_of("scalar", text(node))
            self._known[id(node)] = known
        return known

    def of_entries(self, pairs: Iterable[tuple[Node, Node]]) -> str:
        """The hash of a mapping of these entries."""
        return digest_of("mapping", *sorted(self.digest(key) + self.digest(value) for key, value in pairs))


def digest_of(*parts: str) -> str:
    """16 hex digits that tell parts and their borders apart."""
    return blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def _typed(node: ScalarNode) -> Any:
    written: str = node.value
    if is_open(written):
        return UNKNOWN
    if node.style or node.tag:
        return written
    if written in _NULL:
        return None
    if written in _BOOL:
        return _BOOL[written]
    if _INTEGER.fullmatch(written):
        return int(written)
    return float(written) if _FLOAT.fullmatch(written) else written
