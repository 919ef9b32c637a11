"""Declared types: ``list(string)``, ``object({ size = optional(number, 3) })`` → how a value is converted to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tree_sitter import Node

from portability.parsers.terraform.conversion import (
    Conversion,
    Field,
    as_it_is,
    list_of,
    map_of,
    nullable,
    object_of,
    set_of,
    to_bool,
    to_number,
    to_string,
    tuple_of,
)
from portability.parsers.terraform.evaluate import evaluate, key_of
from portability.parsers.terraform.grammar import tree_of
from portability.parsers.terraform.values import MAX_DEPTH, elements, unwrapped

_WORDS: Final[Mapping[str, Conversion]] = {
    "string": to_string,
    "number": to_number,
    "bool": to_bool,
    "list": list_of(as_it_is),
    "map": map_of(as_it_is),
}
"""Types of one word; collections are written so in old code."""
_COLLECTIONS: Final[Mapping[str, Callable[[Conversion], Conversion]]] = {"list": list_of, "set": set_of, "map": map_of}


def declared(written: str) -> Conversion:
    """The conversion to a type as it is written; what is no type changes nothing."""
    if written in _WORDS:
        return nullable(_WORDS[written])
    source = b"x=" + written.encode()
    root = tree_of(source).root_node
    return _conversion(root.descendant_for_byte_range(2, len(source)), source) if not root.has_error else as_it_is


def _conversion(node: Node | None, data: bytes, depth: int = 0) -> Conversion:
    inner = unwrapped(node) if node is not None and depth <= MAX_DEPTH else None
    if inner is None:
        return as_it_is
    if inner.type != "function_call":
        word = data[inner.start_byte : inner.end_byte].decode()
        return nullable(_WORDS[word]) if word in _WORDS else as_it_is
    name, of = _called(inner, data)
    part = unwrapped(of[0]) if of else None
    if part is None:
        return as_it_is
    if name in _COLLECTIONS:
        return nullable(_COLLECTIONS[name](_conversion(part, data, depth + 1)))
    if name == "object" and part.type == "object":
        pairs = ((key_of(key, data) or "", value) for key, value in elements(part))
        return nullable(object_of({key: _field(value, data, depth + 1) for key, value in pairs}))
    if name == "tuple" and part.type == "tuple":
        items = (item for item in part.named_children if item.type == "expression")
        return nullable(tuple_of([_conversion(item, data, depth + 1) for item in items]))
    return as_it_is


def _field(node: Node, data: bytes, depth: int) -> Field:
    inner = unwrapped(node)
    name, of = _called(inner, data) if inner is not None and inner.type == "function_call" else ("", [])
    if name != "optional" or not of:
        return Field(_conversion(node, data, depth))
    convert = _conversion(of[0], data, depth)
    default: Any = convert(evaluate(of[1], data)) if len(of) > 1 else None
    return Field(convert, default, optional=True)


def _called(node: Node, data: bytes) -> tuple[str, list[Node]]:
    """The name and the arguments of a call."""
    name, *rest = (child for child in node.named_children if child.type != "comment")
    arguments = [part for holder in rest for part in holder.named_children if part.type == "expression"]
    return data[name.start_byte : name.end_byte].decode(), arguments
