"""Expressions → values, as far as the code alone says them. Nothing is run, and no reference is followed.

A value is a literal (``str``, ``int``, ``float``, ``bool``, ``None``), a list or dict of values, or ``UNKNOWN``.
Lists and dicts may be known in part: ``{"arn": UNKNOWN, "retries": 5}``.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import Any, Final

from tree_sitter import Node

from portability.model import UNKNOWN

MAX_DEPTH: Final = 60
"""Values nested deeper than this are unknown. Nobody asks for what is down there, and Python's stack is short."""

_NUMBER = re.compile(rb"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_PLAIN_STRING = re.compile(rb'"([^"\\$%\n]*)"')
_KEYWORDS: Final[dict[bytes, bool | None]] = {b"true": True, b"false": False, b"null": None}
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)|(\$+|%+)\{", re.DOTALL)
_TEMPLATE_SIGN = re.compile(r"(\$+|%+)\{")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
_HEREDOC = re.compile(r"<<(-?)[^\n]*\n(?:(.*)\n)?[ \t]*\S+\s*", re.DOTALL)
_WRAPPERS = frozenset({"expression", "literal_value", "template_expr", "collection_value", "operation"})
_KEEPS_CONTENT = frozenset({b"jsonencode", b"toset", b"tolist", b"tomap"})
"""Functions that only change the shape of the list or object they are given."""

_OTHER: Final = object()


class _NotLiteral(Exception):
    """A string that holds a template sequence, or an escape that HCL does not have."""


def evaluate(node: Node, data: bytes, depth: int = 0) -> Any:
    """The value of an expression node of a tree over ``data``."""
    literal = _literal(data[node.start_byte : node.end_byte])
    if literal is not _OTHER or depth > MAX_DEPTH:
        return UNKNOWN if literal is _OTHER else literal
    if (inner := _unwrapped(node)) is None:
        return UNKNOWN
    match inner.type:
        case "string_lit":
            return _string(data[inner.start_byte + 1 : inner.end_byte - 1].decode())
        case "heredoc_template":
            return _heredoc(data[inner.start_byte : inner.end_byte].decode())
        case "tuple":
            return [evaluate(item, data, depth + 1) for item in inner.named_children if item.type == "expression"]
        case "object":
            return _object(inner, data, depth)
        case "unary_operation":
            return _unary(inner, data, depth)
        case "function_call":
            return _call(inner, data, depth)
        case "numeric_lit" | "bool_lit" | "null_lit":
            literal = _literal(data[inner.start_byte : inner.end_byte])
            return UNKNOWN if literal is _OTHER else literal
        case _:
            return UNKNOWN


def outcomes(node: Node, data: bytes, depth: int = 0) -> list[Any]:
    """What the expression can come to: its value, or for a conditional the values of its branches."""
    inner = _unwrapped(node)
    if inner is None or inner.type != "conditional" or depth > MAX_DEPTH:
        return [evaluate(node, data)]
    branches = [child for child in inner.named_children if child.type == "expression"][1:]
    return [value for branch in branches for value in outcomes(branch, data, depth + 1)]


def key_of(node: Node, data: bytes) -> str | None:
    """The key that the left side of an object's element stands for, or None when only a run could tell."""
    text = data[node.start_byte : node.end_byte].decode()
    if text.isidentifier() or text.replace("-", "_").isidentifier():
        return text
    value = evaluate(node, data)
    if isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, int) else None


def elements(node: Node) -> list[tuple[Node, Node]]:
    """Keys and values of an object node, in order. Elements that are broken are left out."""
    pairs = []
    for element in node.named_children:
        if element.type == "object_elem":
            key, value = element.child_by_field_name("key"), element.child_by_field_name("val")
            if key is not None and value is not None:
                pairs.append((key, value))
    return pairs


def sole(node: Node) -> Node | None:
    """The only named child, comments apart, or None when there are none or several."""
    children = node.named_children
    if len(children) > 1:
        children = [child for child in children if child.type != "comment"]
    return children[0] if len(children) == 1 else None


def _unwrapped(node: Node) -> Node | None:
    """What stands inside wrapper nodes and parentheses; None for a node of several parts, such as ``a.b``."""
    inner: Node | None = node
    for _ in range(MAX_DEPTH):
        if inner is None or inner.type not in _WRAPPERS:
            return inner
        inner = sole(inner)
    return None


def _literal(text: bytes) -> Any:
    """The value of the commonest expressions, told from their text alone, or ``_OTHER``."""
    if text in _KEYWORDS:
        return _KEYWORDS[text]
    if plain := _PLAIN_STRING.fullmatch(text):
        return plain[1].decode()
    return _number(text) if _NUMBER.fullmatch(text) else _OTHER


def _number(text: bytes) -> Any:
    if len(text) > 300:
        return UNKNOWN
    try:
        return int(text)
    except ValueError:
        number = float(text)
        return number if isfinite(number) else UNKNOWN


def _string(text: str) -> Any:
    try:
        plain = _ESCAPE.sub(_unescape, text)
    except _NotLiteral:
        return UNKNOWN
    return _joined_surrogates(plain)


def _unescape(found: re.Match[str]) -> str:
    escape = found[1]
    if escape is None:
        return _template_sign(found[0], found[2])
    if escape in _ESCAPED:
        return _ESCAPED[escape]
    if len(escape) == 1 or int(escape[1:], 16) > 0x10FFFF:
        raise _NotLiteral
    return chr(int(escape[1:], 16))


def _template_sign(whole: str, signs: str) -> str:
    """``$${`` is how to write ``${``; one sign alone opens a template sequence."""
    if len(signs) != 2:
        raise _NotLiteral
    return whole[1:]


def _joined_surrogates(text: str) -> str:
    """JSON writes characters beyond U+FFFF as two escapes. A lone half is no character."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _heredoc(text: str) -> Any:
    parts = _HEREDOC.fullmatch(text)
    if parts is None:
        return UNKNOWN
    flush, content = parts.groups()
    if content is None:
        return ""
    try:
        content = _TEMPLATE_SIGN.sub(lambda found: _template_sign(found[0], found[1]), content)
    except _NotLiteral:
        return UNKNOWN
    return (_flushed(content) if flush else content) + "\n"


def _flushed(content: str) -> str:
    """Without the indentation that all lines share; blank lines have no say in it."""
    lines = content.split("\n")
    written = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    shared = min(written, default=0)
    return "\n".join(line[shared:] if line.strip() else line for line in lines)


def _object(node: Node, data: bytes, depth: int) -> Any:
    values: dict[str, Any] = {}
    for key_node, value_node in elements(node):
        key = key_of(key_node, data)
        if key is None:
            return UNKNOWN
        values[key] = evaluate(value_node, data, depth + 1)
    return values


def _unary(node: Node, data: bytes, depth: int) -> Any:
    operand = sole(node)
    if operand is None:
        return UNKNOWN
    value = evaluate(operand, data, depth + 1)
    match data[node.start_byte : node.start_byte + 1], value:
        case b"!", bool():
            return not value
        case b"-", int() | float() if not isinstance(value, bool):
            return -value
        case _:
            return UNKNOWN


def _call(node: Node, data: bytes, depth: int) -> Any:
    """``jsonencode({…})`` and its like count as what they are given; other calls are unknown."""
    name, *rest = [child for child in node.named_children if child.type != "comment"]
    if len(rest) != 1 or data[name.start_byte : name.end_byte] not in _KEEPS_CONTENT:
        return UNKNOWN
    argument = sole(rest[0])
    value = UNKNOWN if argument is None else evaluate(argument, data, depth + 1)
    return value if isinstance(value, (list, dict)) else UNKNOWN
