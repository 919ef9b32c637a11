"""Terraform's JSON syntax → the same blocks as from HCL.

The grammar of HCL's expressions takes JSON, once escapes and template signs in strings are out of its sight. So one
parser gives the places in both syntaxes, and one evaluator the values.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from tree_sitter import Node

from portability.parsers.terraform.body import Block, Body, children, objects
from portability.parsers.terraform.evaluate import key_of
from portability.parsers.terraform.syntax import LABELS, NESTED, Parsed, first_error, tree_of
from portability.parsers.terraform.values import elements
from portability.patterns import regex

PREFIX: Final = b"x="
"""Makes an attribute of a JSON document. Offsets in what :func:`parse` returns are in the document with it."""

_HIDDEN = regex(rb"\\[ -~]|[$%]\{")


def parse(document: bytes) -> Parsed:
    """Read ``PREFIX`` and a JSON document. The document is valid UTF-8 and not deeply nested."""
    tree = tree_of(_HIDDEN.sub(b"__", document))
    error = max(first_error(tree), len(PREFIX)) if tree.root_node.has_error else None
    value = _value(tree.root_node)
    if value is None:
        return Parsed([], len(PREFIX) if error is None else error)
    if error is None and not objects(value) and document[len(PREFIX) :].strip() != b"[]":
        error = len(PREFIX)
    return Parsed(list(_blocks(value, document)), error)


def attributes(document: bytes) -> Body:
    """The attributes of ``PREFIX`` and a JSON object, as in ``terraform.tfvars.json``."""
    value = _value(tree_of(_HIDDEN.sub(b"__", document)).root_node)
    given = objects(value) if value is not None else []
    return Body.of_object(given[0], document) if given else Body(document, broken=True)


def _value(root: Node) -> Node | None:
    """What the prefix is given for a value, if that is all there is."""
    body = next(children(root), None)
    parts = list(islice(children(body), 2)) if body is not None else []
    if len(parts) != 1 or parts[0].type != "attribute":
        return None
    return next((part for part in children(parts[0]) if part.type == "expression"), None)


def _blocks(document: Node, data: bytes) -> Iterator[Block]:
    for top in objects(document):
        for key_node, value in elements(top):
            keyword = key_of(key_node, data)
            if keyword is not None and keyword != "//":
                yield from _of_keyword(keyword, key_node, value, data)


def _of_keyword(keyword: str, key_node: Node, value: Node, data: bytes) -> Iterator[Block]:
    for names, name_node, node in _labelled(key_node, value, LABELS.get(keyword, 0), data):
        body = Body.of_object(node, data)
        yield Block(keyword, names, body, name_node.start_byte, node.start_byte, node.end_byte)
        for nested in NESTED.get(keyword, ()):
            for key, inner in elements(node):
                if key_of(key, data) == nested:
                    yield from _of_keyword(nested, key, inner, data)


def _labelled(key_node: Node, value: Node, levels: int, data: bytes) -> Iterator[tuple[tuple[str, ...], Node, Node]]:
    """The labels, the node of the last key and the object of every block under ``value``."""
    for node in objects(value):
        if levels == 0:
            yield (), key_node, node
            continue
        for key, inner in elements(node):
            label = key_of(key, data)
            if label is not None and label != "//":
                for names, name_node, found in _labelled(key, inner, levels - 1, data):
                    yield (label, *names), name_node, found
