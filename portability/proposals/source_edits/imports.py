"""Imports of the standard library where a reader looks for them: in the first group, in their order."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import libcst as cst
from libcst.helpers import get_full_name_for_node

Statement = cst.BaseStatement | cst.SimpleStatementLine


def with_imports(module: cst.Module, needed: Iterable[tuple[str, str | None]]) -> cst.Module:
    """A module with imports of the standard library; what is from elsewhere, or has no plain place, is left out."""
    for name, part in sorted(needed, key=lambda one: (one[0], one[1] or "")):
        at = _first(module.body)
        if at is not None and _is_standard(name) and not _has(module.body, name, part):
            module = module.with_changes(body=_put(module, at, name, part))
    return module


def _put(module: cst.Module, first: int, name: str, part: str | None) -> Sequence[Statement]:
    code = f"import {name}" if part is None else f"from {name} import {part}"
    new = cst.parse_statement(code, module.config_for_parsing)
    body = list(module.body)
    if not _is_standard(_name(body[first]) or ""):
        lines = getattr(body[first], "leading_lines", ())
        if not isinstance(new, cst.SimpleStatementLine) or any(line.comment is not None for line in lines):
            return body
        below = body[first].with_changes(leading_lines=[cst.EmptyLine(indent=False)])
        return [*body[:first], new.with_changes(leading_lines=lines), below, *body[first + 1 :]]
    at = first
    while at < len(body) and (known := _name(body[at])) is not None and (at == first or not _apart(body[at])):
        is_from = isinstance(_import(body[at]), cst.ImportFrom)
        if known != "__future__" and (is_from, known) > (part is not None, name):
            break
        at += 1
    if at == first and isinstance(new, cst.SimpleStatementLine):
        above, below = body[at], new
        lines = getattr(above, "leading_lines", ())
        if any(line.comment is not None for line in lines):
            return [*body[: at + 1], new, *body[at + 1 :]]
        body[at], below = above.with_changes(leading_lines=[]), new.with_changes(leading_lines=lines)
        return [*body[:at], below, *body[at:]]
    return [*body[:at], new, *body[at:]]


def _first(body: Sequence[Statement]) -> int | None:
    return next((at for at, one in enumerate(body) if _name(one) not in (None, "__future__")), None)


def _import(statement: Statement) -> cst.Import | cst.ImportFrom | None:
    match statement:
        case cst.SimpleStatementLine(body=[cst.Import() | cst.ImportFrom() as one]):
            return one
    return None


def _name(statement: Statement) -> str | None:
    """What a statement imports, or imports from; None where it is something else, or relative."""
    match _import(statement):
        case cst.Import(names=[alias, *_]):
            return get_full_name_for_node(alias.name)
        case cst.ImportFrom(module=cst.BaseExpression() as module, relative=[]):
            return get_full_name_for_node(module)
    return None


def _has(body: Sequence[Statement], name: str, part: str | None) -> bool:
    """Whether a module imports from the same place already, so that nothing, or only a name, is to be added."""
    if part is not None:
        return any(isinstance(_import(one), cst.ImportFrom) and _name(one) == name for one in body)
    plain = [one for one in map(_import, body) if isinstance(one, cst.Import)]
    aliases = [alias for one in plain for alias in one.names if alias.asname is None]
    return any(get_full_name_for_node(alias.name) == name for alias in aliases)


def _apart(statement: Statement) -> bool:
    """Whether a blank line or a comment sets a statement apart from the one before."""
    return bool(getattr(statement, "leading_lines", ()))


def _is_standard(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names
