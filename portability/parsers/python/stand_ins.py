"""What tests put in the place of an SDK's."""

from __future__ import annotations

import ast

from portability.patterns import regex

_DOTTED = regex(r"[A-Za-z_]\w*(?:\.\w+)+")
_REPLACING = frozenset({"patch", "setattr", "object"})


def replaced(call: ast.Call) -> tuple[ast.expr, str] | None:
    """What a call of ``mock.patch`` or its like replaces: a dotted name in a literal, or an object and an attribute."""
    function = call.func
    last = getattr(function, "attr", None) or getattr(function, "id", "")
    if last not in _REPLACING:
        return None
    of = getattr(function, "value", None)
    within = getattr(of, "attr", None) or getattr(of, "id", "")
    first, second = (*call.args, None, None)[:2]
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        named = _DOTTED.fullmatch(first.value) is not None
        return (first, "") if named and (last == "patch" or (last == "setattr" and within == "monkeypatch")) else None
    replaces = (last == "object" and within == "patch") or (last == "setattr" and within == "monkeypatch")
    if replaces and first is not None and isinstance(second, ast.Constant) and isinstance(second.value, str):
        return first, second.value
    return None
