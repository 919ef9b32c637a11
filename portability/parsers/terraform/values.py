"""Literals of HCL and JSON → values, and what helps to walk their nodes. No reference is followed here.

A value is a literal (``str``, ``int``, ``float``, ``bool``, ``None``), a list or dict of values, or ``UNKNOWN``.
Lists and dicts may be known in part: ``{"arn": UNKNOWN, "retries": 5}``.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import Any, Final

from tree_sitter import Node

from portability.model import UNKNOWN
from portability.patterns import regex

MAX_DEPTH: Final = 60
"""Values nested deeper than this are unknown. Nobody asks for what is down there, and Python's stack is short."""

_NUMBER = regex(rb"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_PLAIN_STRING = regex(rb'"([^"\\$%\n]*)"')
_KEYWORDS: Final[dict[bytes, bool | None]] = {b"true": True, b"false": False, b"null": None}
_ESCAPE = regex(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)|(\$+|%+)\{", re.DOTALL)
_TEMPLATE_SIGN = regex(r"(\$+|%+)\{")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
_HEREDOC = regex(r"<<(-?)[^\n]*\n(?:(.*)\n)?[ \t]*\S+\s*", re.DOTALL)
_WRAPPERS = frozenset({"expression", "literal_value", "template_expr", "collection_value", "operation"})
OTHER: Final = object()
"""What is no plain literal."""


class _NotLiteral(Exception):
    """A string that holds a template sequence, or an escape that HCL does not have."""


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


def unwrapped(node: Node) -> Node | None:
    """What stands inside wrapper nodes and parentheses; None for a node of several parts, such as ``a.b``."""
    inner: Node | None = node
    for _ in range(MAX_DEPTH):
        if inner is None or inner.type not in _WRAPPERS:
            return inner
        inner = sole(inner)
    return None


def literal(text: bytes) -> Any:
    """The value of the commonest expressions, told from their text alone, or ``OTHER``."""
    if text in _KEYWORDS:
        return _KEYWORDS[text]
    if plain := _PLAIN_STRING.fullmatch(text):
        return plain[1].decode()
    return _number(text) if _NUMBER.fullmatch(text) else OTHER


def _number(text: bytes) -> Any:
    if len(text) > 300:
        return UNKNOWN
    try:
        return int(text)
    except ValueError:
        number = float(text)
        return number if isfinite(number) else UNKNOWN


def string(text: str) -> Any:
    """What stands between the quotes of a string; UNKNOWN when a template sequence does."""
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


def heredoc(text: str) -> Any:
    """A heredoc from its ``<<``; UNKNOWN when a template sequence stands in it."""
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
