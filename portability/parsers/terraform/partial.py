"""Texts of which only a run could tell a part: what is known of them, and what those say that are JSON."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from tree_sitter import Node

from portability.model import HOLE, UNKNOWN
from portability.parsers.terraform import conversion
from portability.parsers.terraform.evaluate import Scope, filled_in, in_hole
from portability.parsers.terraform.steps import MAX_ELEMENTS
from portability.parsers.terraform.values import MAX_DEPTH, unwrapped
from portability.patterns import regex

_OPEN: Final = "\uf8ff"
_TOKEN = regex(r'"(?:[^"\\]|\\.)*"|' + _OPEN)
_LONGEST: Final = 200_000
"""Characters of a document; what is longer is no definition that somebody wrote."""


def template(node: Node, data: bytes, scope: Scope) -> str:
    """What is known of a quoted text, with ``HOLE`` for what only a run could tell: ``{}-orders``. Empty where the
    expression is something else, or says nothing."""
    inner = unwrapped(node)
    if inner is None or inner.type != "quoted_template" or HOLE.encode() in data[inner.start_byte : inner.end_byte]:
        return ""
    text = _with_holes(inner, data, scope, HOLE)
    return text if text.replace(HOLE, "") else ""


def document(value: Any, node: Node, data: bytes, scope: Scope | None) -> Any:
    """What an expression says whose value is a text that is JSON, with UNKNOWN for what only a run could tell; else
    the value."""
    text = value if isinstance(value, str) else ""
    if value is UNKNOWN and scope is not None and (inner := unwrapped(node)) is not None:
        text = _with_holes(inner, data, scope, _OPEN)
    if len(text) > _LONGEST or not text.lstrip().startswith(("{", "[")):
        return value
    quoted = _TOKEN.sub(lambda found: f'"{_OPEN}"' if found[0] == _OPEN else found[0], text)
    try:
        return _opened(msgspec.json.decode(quoted))
    except (msgspec.DecodeError, RecursionError):
        return value


def _with_holes(node: Node, data: bytes, scope: Scope, hole: str) -> str:
    """A template's text with a word for each interpolation that is not known; empty where it has none, or branches."""
    if node.type not in ("quoted_template", "heredoc_template"):
        return ""
    holes = [child for child in node.named_children if child.type in ("template_interpolation", "template_directive")]
    if not holes or len(holes) > MAX_ELEMENTS:
        return ""
    if hole == _OPEN and any(one.type == "template_directive" for one in holes):
        return ""
    words = [conversion.to_string(in_hole(one, data, 0, scope)) for one in holes]
    text = filled_in(node, data[node.start_byte : node.end_byte], holes, [hole if w is UNKNOWN else w for w in words])
    return text if isinstance(text, str) else ""


def _opened(value: Any, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        return UNKNOWN
    if isinstance(value, str):
        return UNKNOWN if _OPEN in value else value
    if isinstance(value, dict):
        return {key: _opened(item, depth + 1) for key, item in value.items() if _OPEN not in key}
    return [_opened(item, depth + 1) for item in value] if isinstance(value, list) else value
