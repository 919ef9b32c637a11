"""Terraform's JSON syntax → the same blocks as from HCL.

The grammar of HCL's expressions takes JSON, once escapes and template signs in strings are out of its sight. So one
parser gives the places in both syntaxes, and one evaluator the values.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

import msgspec
from tree_sitter import Node

from portability.parsers.terraform.body import Block, Body, Parts, children, objects
from portability.parsers.terraform.evaluate import key_of
from portability.parsers.terraform.grammar import tree_of
from portability.parsers.terraform.syntax import LABELS, MAX_WHOLE, NESTED, Parsed, first_error
from portability.parsers.terraform.values import elements
from portability.patterns import regex

PREFIX: Final = b"x="
"""Makes an attribute of a JSON document. Offsets in what :func:`parse` returns are in the document with it."""

_KEY = regex(rb'("(?>(?:[^"\\]|\\.)*)")\s*:\s*')
_BETWEEN = regex(rb"[\s,]*")
_HIDDEN = regex(rb"\\[ -~]|[$%]\{")


def parse(document: bytes) -> Parsed:
    """Read ``PREFIX`` and a JSON document. The document is valid UTF-8 and not deeply nested."""
    if len(document) > MAX_WHOLE and (pieces := _in_pieces(document)):
        return Parsed(pieces)
    tree = tree_of(_HIDDEN.sub(b"__", document))
    error = max(first_error(tree), len(PREFIX)) if tree.root_node.has_error else None
    value = _value(tree.root_node)
    if value is None:
        return Parsed([], len(PREFIX) if error is None else error)
    if error is None and not objects(value) and document[len(PREFIX) :].strip() != b"[]":
        error = len(PREFIX)
    return Parsed(list(_blocks(value, document)), error)


class _OutOfStepError(Exception):
    """A document says a name twice, so that what it holds cannot be placed by order."""


class _Span(NamedTuple):
    """A value, and the key that leads to it, by offsets in the document."""

    key: int
    start: int
    end: int


def _in_pieces(document: bytes) -> list[Block]:
    """The blocks of a large document, of which each is parsed when somebody asks for what is in it: a syntax tree of
    all would take a hundred times the memory of the text. None of a document that is no JSON, or says a name twice."""
    whole = _Span(0, _next(document, len(PREFIX)), len(document.rstrip()))
    try:
        return [
            block
            for top in _object_spans(document, whole)
            for keyword, span in _members(document, top)
            for block in _pieces_of(document, keyword, span)
        ]
    except (msgspec.DecodeError, RecursionError, _OutOfStepError):
        return []


def _pieces_of(document: bytes, keyword: str, span: _Span) -> Iterator[Block]:
    if keyword == "//":
        return
    for names, found in _labelled_spans(document, span, LABELS.get(keyword, 0)):
        text = document[found.start : found.end]
        body = Body(b"", parse=partial(_parts, text))
        if keyword == "locals":  # of which every expression may ask, at any time
            body.keep()
        yield Block(keyword, names, body, found.key, found.start, found.end)
        for nested in NESTED.get(keyword, ()):
            for key, inner in _members(document, found):
                if key == nested:
                    yield from _pieces_of(document, nested, inner)


def _labelled_spans(document: bytes, span: _Span, levels: int) -> Iterator[tuple[tuple[str, ...], _Span]]:
    for found in _object_spans(document, span):
        if levels == 0:
            yield (), found
            continue
        for label, inner in _members(document, found):
            if label != "//":
                for names, lowest in _labelled_spans(document, inner, levels - 1):
                    yield (label, *names), lowest


def _object_spans(document: bytes, span: _Span) -> Iterator[_Span]:
    """The objects that a value is, or that stand in its arrays."""
    first = document[span.start : span.start + 1]
    if first == b"{":
        yield span
    elif first == b"[":
        position = span.start + 1
        for raw in msgspec.json.decode(document[span.start : span.end], type=list[msgspec.Raw]):
            start = _next(document, position)
            position = start + len(bytes(raw))
            yield from _object_spans(document, _Span(span.key, start, position))


def _members(document: bytes, span: _Span) -> Iterator[tuple[str, _Span]]:
    """Keys of an object with the spans of their values."""
    position = span.start + 1
    for name, raw in msgspec.json.decode(document[span.start : span.end], type=dict[str, msgspec.Raw]).items():
        key = _next(document, position)
        found = _KEY.match(document, key)
        if found is None or msgspec.json.decode(found[1]) != name:
            raise _OutOfStepError
        position = found.end() + len(bytes(raw))
        yield name, _Span(key, found.end(), position)
    if _next(document, position) != span.end - 1:
        raise _OutOfStepError


def _next(document: bytes, position: int) -> int:
    """Where the next key or value begins, or what they stand in ends."""
    found = _BETWEEN.match(document, position)
    return found.end() if found else position


def _parts(text: bytes) -> Parts:
    """What an object holds, from its text."""
    document = PREFIX + text
    value = _value(tree_of(_HIDDEN.sub(b"__", document)).root_node)
    found = objects(value) if value is not None else []
    return (Body.of_object(found[0], document) if found else Body(document, broken=True)).parts


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
