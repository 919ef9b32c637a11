"""Calls as edits ask about them: what is called, with what, and which SDK client it makes."""

from __future__ import annotations

import libcst as cst

_MAKERS = ("client", "resource")


def called(call: cst.Call) -> str:
    """The last word of what is called: ``client`` of ``boto3.client(…)``; empty where it has none."""
    name = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    return name.value if isinstance(name, cst.Name) else ""


def keyword(call: cst.Call, name: str) -> cst.BaseExpression | None:
    """The argument of a name."""
    return next((one.value for one in call.args if one.keyword is not None and one.keyword.value == name), None)


def keywords(call: cst.Call) -> dict[str, cst.BaseExpression] | None:
    """The arguments by name; None where some have none, or come from a collection."""
    if any(one.keyword is None for one in call.args):
        return None
    return {one.keyword.value: one.value for one in call.args if one.keyword is not None}


def entries(node: cst.BaseExpression | None) -> dict[str, cst.BaseExpression]:
    """What a dict that is written out holds, by its keys; empty where not all of them are plain texts."""
    found: dict[str, cst.BaseExpression] = {}
    for element in node.elements if isinstance(node, cst.Dict) else ():
        key = text(element.key) if isinstance(element, cst.DictElement) else None
        if key is None:
            return {}
        found[key] = element.value
    return found


def text(node: cst.BaseExpression | None) -> str | None:
    """The value of a plain string."""
    value = node.evaluated_value if isinstance(node, cst.SimpleString | cst.ConcatenatedString) else None
    return value if isinstance(value, str) else None


def quoted(value: str) -> str:
    """A text as Python writes it, in double quotes where these will do."""
    plain = value.isprintable() and not set(value) & {'"', "\\"}
    return f'"{value}"' if plain else repr(value)


def made(call: cst.Call) -> str:
    """The boto3 service whose client or resource a call makes; empty where it makes none that it names."""
    if called(call) not in _MAKERS:
        return ""
    first = call.args[0].value if call.args and call.args[0].keyword is None else keyword(call, "service_name")
    return text(first) or ""
