"""Objects of Kubernetes that a configuration makes, and the values that it hands to charts.

They become the nodes that a manifest in YAML would have, at their places in the file, and are read by the same rules:
``manifest`` and ``yaml_body`` as they stand, typed resources of the Kubernetes provider by the names that its fields
have in manifests, ``values`` and ``set`` of a Helm release as the values of a chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import yaml
from msgspec.structs import replace
from tree_sitter import Node as Syntax
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.interest import Interest
from portability.model import UNKNOWN, Usage
from portability.parsers.kubernetes.asked import Asked, asked_of
from portability.parsers.kubernetes.built import UNTOLD, field, mark, scalar, untold
from portability.parsers.kubernetes.manifest import Manifest, manifests, settings_in
from portability.parsers.kubernetes.origin import Origin
from portability.parsers.kubernetes.texts import manifests_of, object_of
from portability.parsers.kubernetes.ties import ties_of
from portability.parsers.terraform.body import Block, Body
from portability.parsers.terraform.conversion import to_string
from portability.parsers.terraform.evaluate import Scope, evaluate, key_of
from portability.parsers.terraform.files import File
from portability.parsers.terraform.text import Positions
from portability.parsers.terraform.values import MAX_DEPTH, elements, heredoc, string, unwrapped
from portability.patterns import regex

_MANIFESTS: Final = {"kubernetes_manifest": "manifest", "kubectl_manifest": "yaml_body", "k8s_manifest": "content"}
"""Types that take a whole object, and the attribute that it is."""
_RELEASE: Final = "helm_release"
_SETS: Final = ("set", "set_list", "set_sensitive")
_PREFIX: Final = "kubernetes_"
_VERSION = regex(r"_v\d+(?:(?:alpha|beta)\d+)?(?=_|$)")
_KINDS: Final = {
    "Daemonset": "DaemonSet",
    "CsiDriver": "CSIDriver",
    "ConfigMapData": "ConfigMap",
    "SecretData": "Secret",
    "DefaultServiceAccount": "ServiceAccount",
}
"""Kinds that the provider's types spell otherwise."""
_FIELDS: Final = {
    "container": "containers",
    "init_container": "initContainers",
    "volume": "volumes",
    "toleration": "tolerations",
    "subject": "subjects",
    "rule": "rules",
    "storage_provisioner": "provisioner",
}
"""Fields that the provider's blocks and attributes call otherwise than by other joints between their words."""
_WITHIN: Final = frozenset({"persistent_volume_source"})
"""Blocks whose fields manifests have one level up."""
_OF_RIGHTS: Final = frozenset({"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"})
_ENCODES: Final = frozenset({"yamlencode", "jsonencode"})
_JOINS: Final = frozenset({"merge", "concat", "tomap", "tolist", "try", "coalesce"})
_READS: Final = frozenset({"file", "templatefile"})
"""Functions whose texts lie in files of their own."""
_PLACEHOLDER: Final = 0xF0000
"""A character of nobody's stands for each hole while a text's escapes are read."""
_COST: Final = 5
"""Steps of the budget that a block's nodes take as long as."""


class Objects:
    """The objects that the blocks of one file make."""

    def __init__(self, file: File, interest: Interest) -> None:
        self._file = file
        self._lines = file.data.decode("utf-8", "replace").split("\n")
        self._asked = asked_of(interest)

    def usages(self, block: Block) -> Iterator[Usage]:
        """What the object of a block uses, each symbol of a place once, as uses of the block."""
        nodes = _Nodes(self._file, self._lines, block)
        found = {(one.location, one.symbol): one for one in _of_type(block, nodes, self._asked)}
        for usage in found.values():
            yield replace(usage, language="terraform", address=".".join(block.labels))


def _of_type(block: Block, nodes: _Nodes, asked: Asked) -> Iterator[Usage]:
    kind, body = block.labels[0], block.body
    if kind == _RELEASE:
        yield from _of_release(body, nodes, asked)
    elif kind in _MANIFESTS:
        node = nodes.attribute(body, _MANIFESTS[kind])
        if isinstance(node, ScalarNode):
            yield from manifests_of(node.value, nodes.origin.within(node), asked).usages
        else:
            yield from _used(manifests(node, nodes.origin), asked)
    else:
        root = nodes.mapping(body)
        name = "".join(word.capitalize() for word in _VERSION.sub("", kind.removeprefix(_PREFIX)).split("_"))
        name = _KINDS.get(name, name)
        version = nodes.scalar("rbac.authorization.k8s.io/v1" if name in _OF_RIGHTS else "v1", 0, 0)
        yield from ties_of(Manifest(root, version, name, nodes.origin, "", 0), asked).usages


def _of_release(body: Body, nodes: _Nodes, asked: Asked) -> Iterator[Usage]:
    given = nodes.attribute(body, "values")
    for node in given.value if isinstance(given, SequenceNode) else ():
        if isinstance(node, ScalarNode):
            yield from object_of(node.value, nodes.origin.within(node), asked, "values").usages
        elif isinstance(node, MappingNode):
            yield from _used(settings_in(node, "values", nodes.origin, "values"), asked)
    for key, value in nodes.mapping(body, only=_SETS).value:
        node = MappingNode("", [(nodes.named("set", key), value)], value.start_mark, value.end_mark)
        yield from _used(settings_in(node, "values", nodes.origin, "values"), asked)


def _used(objects: Iterable[Manifest], asked: Asked) -> Iterator[Usage]:
    return (usage for one in objects for usage in ties_of(one, asked).usages)


class _Nodes:
    """Expressions of one block → nodes of YAML. Marks count from the block's first line, as its text does; where that
    is not at hand, everything stands at the block itself. What only a run could tell is a placeholder."""

    def __init__(self, file: File, lines: Sequence[str], block: Block) -> None:
        line, _ = file.positions.at(block.start)
        text = file.data[block.start : block.end]
        self.origin = Origin(file.path, lines, line - 1)
        self._text = text
        self._positions = Positions(text)
        if block.body.data != text or block.body.parts.own_data:
            self.origin = self.origin._replace(whole=file.location(block))

    def attribute(self, body: Body, name: str) -> Node | None:
        """The value of an attribute, None where it is not set or nobody knows it."""
        expression = body.expression(name)
        return None if expression is None else self._value(expression, body.data_of(name), body.scope)

    def mapping(self, body: Body, depth: int = 0, only: Iterable[str] = ()) -> MappingNode:
        """A body as a mapping; blocks of one name are a list."""
        pairs: list[tuple[ScalarNode, Node]] = []
        listed: dict[str, list[Node]] = {}
        for name, attribute in body.attributes.items():
            value = self.attribute(body, name) if not only or name in only else None
            if value is not None:
                pairs.append((self.scalar(_field(name), attribute.start_byte, attribute.start_byte + len(name)), value))
        for name, begins, inner in body.nested() if depth < MAX_DEPTH else ():
            if only and name not in only:
                continue
            if not _is_affordable(inner):
                break
            below = self.mapping(inner, depth + 1)
            if name in _WITHIN:
                pairs += below.value
            elif name in listed:
                listed[name].append(below)
            else:
                listed[name] = [below]
                key = self.scalar(_field(name), begins, begins + len(name))
                pairs.append((key, SequenceNode("", listed[name], key.start_mark, below.end_mark)))
        start, end = (self._mark(0), self._mark(0)) if not pairs else (pairs[0][0].start_mark, pairs[-1][1].end_mark)
        return MappingNode("", pairs, start, end)

    def scalar(self, written: str, start: int, end: int, style: str = "") -> ScalarNode:
        """A scalar that stands between two offsets."""
        return scalar(written, self._mark(start), self._mark(end), style or None)

    def named(self, name: str, key: ScalarNode) -> ScalarNode:
        """A key of another name at the place of one."""
        return scalar(name, key.start_mark, key.end_mark)

    def _mark(self, offset: int) -> yaml.Mark:
        if self.origin.whole is not None:
            return mark(0, 0)
        line, column = self._positions.at(min(offset, len(self._text)))
        return mark(line - 1, column - 1)

    def _value(self, expression: Syntax, data: bytes, scope: Scope | None, depth: int = 0) -> Node | None:
        inner = unwrapped(expression)
        span = expression.start_byte, expression.end_byte
        if inner is None or depth > MAX_DEPTH:
            return self._plain(evaluate(expression, data, scope=scope), *span)
        match inner.type:
            case "object":
                pairs = []
                for key, value in elements(inner):
                    name = key_of(key, data, scope)
                    node = self._value(value, data, scope, depth + 1)
                    if name is not None and node is not None:
                        pairs.append((self.scalar(name, key.start_byte, key.end_byte), node))
                return MappingNode("", pairs, self._mark(span[0]), self._mark(span[1]))
            case "tuple":
                parts = [one for one in inner.named_children if one.type == "expression"]
                return self._sequence(parts, data, scope, depth, span)
            case "quoted_template" | "heredoc_template":
                return self._text_of(inner, data, scope)
            case "function_call":
                return self._called(inner, data, scope, depth, span)
            case "conditional":
                branches = [one for one in inner.named_children if one.type == "expression"][1:]
                return self._joined(branches, data, scope, depth, span)
            case _:
                return self._plain(evaluate(expression, data, scope=scope), *span)

    def _called(self, call: Syntax, data: bytes, scope: Scope | None, depth: int, span: tuple[int, int]) -> Node | None:
        name = data[call.named_children[0].start_byte : call.named_children[0].end_byte].decode()
        arguments = [one for held in call.named_children[1:] for one in held.named_children if one.type == "expression"]
        if name in _ENCODES and arguments:
            return self._value(arguments[0], data, scope, depth + 1)
        if name in _JOINS and arguments:
            return self._joined(arguments, data, scope, depth, span)
        return None if name in _READS else self._plain(evaluate(call, data, scope=scope), *span)

    def _joined(
        self, parts: list[Syntax], data: bytes, scope: Scope | None, depth: int, span: tuple[int, int]
    ) -> Node | None:
        """What several expressions come to together, or one of them: all entries, all elements, or the first text."""
        found = [node for part in parts if (node := self._value(part, data, scope, depth + 1)) is not None]
        mappings = [node for node in found if isinstance(node, MappingNode)]
        lists = [node for node in found if isinstance(node, SequenceNode)]
        if mappings:
            pairs = [pair for node in mappings for pair in node.value]
            return MappingNode("", pairs, self._mark(span[0]), self._mark(span[1]))
        if lists:
            items = [item for node in lists for item in node.value]
            return SequenceNode("", items, self._mark(span[0]), self._mark(span[1]))
        return found[0] if found else None

    def _sequence(
        self, parts: list[Syntax], data: bytes, scope: Scope | None, depth: int, span: tuple[int, int]
    ) -> SequenceNode:
        found = [node for part in parts if (node := self._value(part, data, scope, depth + 1)) is not None]
        return SequenceNode("", found, self._mark(span[0]), self._mark(span[1]))

    def _text_of(self, template: Syntax, data: bytes, scope: Scope | None) -> Node | None:
        """A text with what its holes come to, and placeholders of the same length for the rest. One that is nothing
        but a hole is what that comes to."""
        span = template.start_byte, template.end_byte
        raw = data[slice(*span)]
        holes = [one for one in template.named_children if one.type in ("template_interpolation", "template_directive")]
        quoted = template.type == "quoted_template"
        if quoted and len(holes) == 1 and holes[0].end_byte - holes[0].start_byte == len(raw) - 2:
            return self._plain(_filled(holes[0], data, scope), *span)
        pieces, position, filled = [], 0, {}
        for number, hole in enumerate(holes):
            value = to_string(_filled(hole, data, scope)) if hole.type == "template_interpolation" else ""
            length = hole.end_byte - hole.start_byte
            filled[_PLACEHOLDER + number] = untold(length) if value is UNKNOWN else value or " " * length
            pieces += [raw[position : hole.start_byte - span[0]].decode(), chr(_PLACEHOLDER + number)]
            position = hole.end_byte - span[0]
        whole = "".join((*pieces, raw[position:].decode()))
        written = string(whole[1:-1]) if quoted else heredoc(whole)
        if not isinstance(written, str):
            return None
        return self.scalar(written.translate(filled), *span, style='"' if quoted else "|")

    def _plain(self, value: Any, start: int, end: int) -> Node | None:
        """A value that an expression comes to."""
        if value is None:
            return None
        if value is UNKNOWN:
            return self.scalar(UNTOLD, start, end)
        if isinstance(value, dict):
            pairs = [(self.scalar(str(key), start, end), self._plain(one, start, end)) for key, one in value.items()]
            return MappingNode("", [pair for pair in pairs if pair[1]], self._mark(start), self._mark(end))
        if isinstance(value, list):
            items = [node for one in value if (node := self._plain(one, start, end)) is not None]
            return SequenceNode("", items, self._mark(start), self._mark(end))
        return self.scalar(str(to_string(value)), start, end, style='"' if isinstance(value, str) else "")


def _is_affordable(body: Body) -> bool:
    """Whether the unit's budget has room for one more block: ``dynamic`` ones multiply each other. It is charged."""
    if body.scope is None:
        return True
    if not body.scope.enter():
        return False
    body.scope.leave()
    body.scope.spend(_COST)
    return True


def _field(name: str) -> str:
    """A field as manifests call it."""
    return _FIELDS.get(name) or field(name)


def _filled(hole: Syntax, data: bytes, scope: Scope | None) -> Any:
    expressions = [one for one in hole.named_children if one.type == "expression"]
    return evaluate(expressions[0], data, scope=scope) if len(expressions) == 1 else UNKNOWN
