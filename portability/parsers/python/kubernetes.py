"""Objects of Kubernetes that a module writes: dicts with ``apiVersion`` and ``kind``, manifests in texts, objects of
the Kubernetes client (``V1Container(image=…)``) and Airflow's tasks that are pods.

They become the nodes that a manifest in YAML would have, at their places in the file, and are read by the same rules.
What is no literal is a placeholder; what is done to an object later is not followed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final, Literal

import yaml
from msgspec.structs import replace
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.interest import Interest
from portability.model import Usage
from portability.parsers.kubernetes.asked import asked_of
from portability.parsers.kubernetes.built import UNTOLD, field, mark, scalar
from portability.parsers.kubernetes.manifest import Manifest, manifests
from portability.parsers.kubernetes.origin import Origin
from portability.parsers.kubernetes.texts import manifests_of
from portability.parsers.kubernetes.ties import ties_of
from portability.parsers.python.lines import Columns, Lines, unified
from portability.patterns import regex

_CLASS = regex(r"(?:V\d+(?:(?:alpha|beta)\d+)?|(?=\w*PodOperator$))([A-Z]\w+)")
"""A class of the Kubernetes client, ``V1PodSpec``, or of Airflow. The group is the kind."""
_SAID = regex(rb"apiVersion|V\d|PodOperator")
"""What every object says somewhere in it. Most of a file is passed by."""
_KINDS: Final[dict[str, Literal["resource"]]] = {"field": "resource"}
_MAX_DEPTH: Final = 60


def objects(path: str, tree: ast.Module, text: bytes, interest: Interest) -> Iterator[tuple[ast.expr, list[Usage]]]:
    """Each object that a module writes, with what it uses. A text may hold several."""
    asked = asked_of(interest)
    nodes = _Nodes(path, text)
    has_client = b"kubernetes" in text
    text = unified(text)
    lines = Lines(text, (found.start() for found in _SAID.finditer(text)))
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        found: list[Usage] | None = None
        if not lines.meet(node):
            continue
        if isinstance(node, ast.Dict) and {"apiVersion", "kind"} <= _keys(node):
            root = nodes.value(node)
            found = [usage for one in manifests(root, nodes.origin) for usage in ties_of(one, asked).usages]
        elif isinstance(node, ast.Call) and has_client and (kind := _class_of(node)):
            root, version = nodes.value(node), nodes.scalar("v1", node)
            if isinstance(root, MappingNode):
                found = ties_of(Manifest(root, version, kind, nodes.origin, kind, 0), asked).usages
        elif isinstance(node, ast.Constant | ast.JoinedStr) and _is_manifest(node):
            scalar = nodes.value(node)
            if isinstance(scalar, ScalarNode):
                reading = manifests_of(scalar.value, nodes.within(node, scalar), asked)
                found = list(reading.usages) if reading.state == "read" else None
        if found is None:
            todo.extend(ast.iter_child_nodes(node))
        elif isinstance(node, ast.expr):
            # What is written here is used here, not only handed on as what a client's class takes.
            yield node, [replace(one, language="python", kind=_KINDS.get(one.kind, one.kind)) for one in found]


def _keys(node: ast.Dict) -> set[str]:
    return {key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def _class_of(call: ast.Call) -> str:
    """The kind that a class of the client is for; empty for any other call."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    found = _CLASS.fullmatch(name)
    return found[1] if found and not call.args else ""


def _is_manifest(node: ast.AST) -> bool:
    """Whether a literal of several lines may be a manifest."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return all(any(word in text for text in texts) for word in ("apiVersion:", "kind:", "\n"))


class _Nodes:
    """Expressions → nodes of YAML, with the places that they have in the file."""

    def __init__(self, path: str, text: bytes) -> None:
        self._columns = Columns(text)
        lines = text.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.origin = Origin(path, lines)

    def value(self, node: ast.AST, depth: int = 0) -> Node:
        """The node that an expression is; a placeholder where it is no literal."""
        if depth > _MAX_DEPTH or not isinstance(node, ast.expr):
            return self.scalar(UNTOLD, node)
        match node:
            case ast.Dict():
                pairs = [
                    (self.scalar(key.value, key), self.value(value, depth + 1))
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant) and isinstance(key.value, str)
                ]
                return MappingNode("", pairs, *self._marks(node))
            case ast.Call() if _class_of(node):
                pairs = [
                    (self.scalar(field(one.arg), one), self.value(one.value, depth + 1))
                    for one in node.keywords
                    if one.arg is not None
                ]
                return MappingNode("", pairs, *self._marks(node))
            case ast.List() | ast.Tuple():
                return SequenceNode("", [self.value(item, depth + 1) for item in node.elts], *self._marks(node))
            case ast.Constant(value=bool() as flag):
                return self.scalar("true" if flag else "false", node)
            case ast.Constant(value=str() as written):
                return self.scalar(written, node, style='"')
            case ast.Constant(value=int() | float() as number):
                return self.scalar(str(number), node)
            case ast.JoinedStr():
                parts = (one.value if isinstance(one, ast.Constant) else UNTOLD for one in node.values)
                return self.scalar("".join(map(str, parts)), node, style='"')
            case _:
                return self.scalar(UNTOLD, node)

    def scalar(self, written: str, node: ast.AST, style: str | None = None) -> ScalarNode:
        """A scalar that stands where a node does."""
        return scalar(written, *self._marks(node), style=style)

    def within(self, node: ast.AST, scalar: ScalarNode) -> Origin:
        """The origin of what a literal holds, line by line where its lines are those of the file."""
        first, last = _line(node), getattr(node, "end_lineno", None) or _line(node)
        if scalar.value.count("\n") == last - first:
            return self.origin._replace(line=first - 1)
        return self.origin._replace(whole=self.origin.location(scalar))

    def _marks(self, node: ast.AST) -> tuple[yaml.Mark, yaml.Mark]:
        line, offset = _line(node), getattr(node, "col_offset", 0)
        end_line, end = getattr(node, "end_lineno", None) or line, getattr(node, "end_col_offset", None) or offset
        return self._mark(line, offset), self._mark(end_line, end)

    def _mark(self, line: int, offset: int) -> yaml.Mark:
        return mark(line - 1, self._columns.column(line, offset) - 1)


def _line(node: ast.AST) -> int:
    line: int = getattr(node, "lineno", 1)
    return line
