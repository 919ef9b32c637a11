"""Nodes of tree-sitter and those of ``ast``: what may be read of the former, and where the latter stand."""

from __future__ import annotations

import ast
import re
from typing import Any, Final, TypeVar

from tree_sitter import Node

BESIDE: Final = frozenset({"comment", "line_continuation"})
_SUITES: Final = frozenset(
    {"block", "elif_clause", "else_clause", "except_clause", "finally_clause", "case_clause"}
    | {"function_definition", "class_definition"}
)
"""What may hold an error, and is looked into all the same."""

_Made = TypeVar("_Made", bound=ast.AST)


class UnreadableError(Exception):
    """A node is no Python, or none that is known here."""


class Piece:
    """Some lines of a file: its bytes, and how many lines stand before it."""

    def __init__(self, data: bytes, lines_before: int) -> None:
        self.data = data
        self.lines_before = lines_before

    def text(self, node: Node) -> str:
        """What a node spans."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def placed(self, made: _Made, node: Node, last: Node | None = None) -> _Made:
        """A node of ``ast`` with the place of one of tree-sitter, or up to the end of ``last``."""
        first, end = node.start_point, (last or node).end_point
        places = (first[0] + 1 + self.lines_before, first[1], end[0] + 1 + self.lines_before, end[1])
        for name, place in zip(ast.expr._attributes, places, strict=True):
            setattr(made, name, place)
        return made


def children(node: Node) -> list[Node]:
    """The named children, comments left aside."""
    return [child for child in node.named_children if child.type not in BESIDE]


def unbracketed(node: Node) -> Node:
    """What stands in brackets that may hold ``a as b``."""
    while node.type == "parenthesized_expression" and children(node)[0].type == "as_pattern":
        node = children(node)[0]
    return node


def check(node: Node) -> None:
    """Whether nothing is wrong with a simple statement, or with what is no suite in a compound one."""
    if node.has_error and any(it.is_error or (it.has_error and it.type not in _SUITES) for it in node.children):
        raise UnreadableError


def needed(node: Node, name: str) -> Node:
    """The child in a field. Raises UnreadableError where there is none."""
    found = node.child_by_field_name(name)
    if found is None:
        raise UnreadableError
    return found


def last_line(node: Node) -> int:
    """The line, from 1, on which a node ends."""
    row, column = node.end_point
    return row + (column > 0 or row == node.start_point[0])


def joined(name: str) -> str:
    """A dotted name without the blanks in it."""
    return re.sub(r"\s+", "", name)


def store(target: Any) -> Any:
    """A target as the compiler marks it, with everything in it."""
    return stored([target], ast.Store)[0]


def stored(targets: list[Any], context: type[ast.expr_context]) -> list[Any]:
    """Targets with what they are for, and everything in them."""
    todo = [*targets]
    while todo:
        target = todo.pop()
        if hasattr(target, "ctx"):
            target.ctx = context()
        if isinstance(target, ast.Tuple | ast.List):
            todo += target.elts
        elif isinstance(target, ast.Starred):
            todo.append(target.value)
    return targets
