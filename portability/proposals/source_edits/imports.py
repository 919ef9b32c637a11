"""Imports where a reader looks for them: the standard library's in the first group, others in theirs, in order."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import takewhile

import libcst as cst
from libcst.helpers import get_full_name_for_node

Statement = cst.BaseStatement | cst.SimpleStatementLine


def with_imports(module: cst.Module, needed: Iterable[tuple[str, str | None]]) -> cst.Module:
    """A module with imports in the group that they belong to; what has no plain place is left out."""
    for name, part in sorted(needed, key=lambda one: (one[0], one[1] or "")):
        if not _has(module.body, name, part):
            module = module.with_changes(body=_put(module, name, part))
    return module


def in_groups(before: cst.Module, after: cst.Module) -> cst.Module:
    """A module that imports less than before, with what stood above the first import of a group above what is left of
    the group: a blank line, a heading."""
    left = {_code(one): at for at, one in enumerate(after.body)}
    body, above = list(after.body), ()
    for old in takewhile(_opens, before.body):
        at = left.get(_code(old))
        if at is None:
            above = above or getattr(old, "leading_lines", ())
        else:
            if above and not _apart(body[at]) and _import(body[at]) is not None:
                body[at] = body[at].with_changes(leading_lines=above)
            above = ()
    return after.with_changes(body=body) if len(body) < len(before.body) else after


def _code(statement: Statement) -> str:
    return cst.Module([]).code_for_node(statement.with_changes(leading_lines=[]))


def _put(module: cst.Module, name: str, part: str | None) -> Sequence[Statement]:
    code = f"import {name}" if part is None else f"from {name} import {part}"
    new = cst.parse_statement(code, module.config_for_parsing)
    body = list(module.body)
    top = [at for at, one in enumerate(takewhile(_opens, body)) if _name(one) not in (None, "__future__")]
    alike = [at for at in top if _is_standard(_name(body[at]) or "") == _is_standard(name)]
    if not top or not isinstance(new, cst.SimpleStatementLine):
        return body
    if alike:
        return _among(body, alike[0], new)
    blank = cst.EmptyLine(indent=False)
    if not _is_standard(name):
        behind = next((at for at in range(top[0], len(body)) if not _is_standard(_name(body[at]) or "")), len(body))
        return [*body[:behind], new.with_changes(leading_lines=[blank]), *body[behind:]]
    first = top[0]
    lines = getattr(body[first], "leading_lines", ())
    if any(line.comment is not None for line in lines):
        return body
    below = body[first].with_changes(leading_lines=[blank])
    return [*body[:first], new.with_changes(leading_lines=lines), below, *body[first + 1 :]]


def _among(body: Sequence[Statement], first: int, new: cst.SimpleStatementLine) -> Sequence[Statement]:
    """A module's statements with one more in the group of imports that begins at ``first``, in its order."""
    at = first
    while at < len(body) and (known := _name(body[at])) is not None and (at == first or not _apart(body[at])):
        if known != "__future__" and _order(body[at]) > _order(new):
            break
        at += 1
    if at == first:
        above = body[at]
        lines = getattr(above, "leading_lines", ())
        if any(line.comment is not None for line in lines):
            return [*body[: at + 1], new, *body[at + 1 :]]
        return [
            *body[:at], new.with_changes(leading_lines=lines), above.with_changes(leading_lines=[]), *body[at + 1 :]
        ]  # fmt: skip
    return [*body[:at], new, *body[at:]]


def _order(statement: Statement) -> tuple[bool, str]:
    return isinstance(_import(statement), cst.ImportFrom), _name(statement) or ""


def _opens(statement: Statement) -> bool:
    """Whether a statement is a docstring or an import, as those at the top of a module are."""
    return _import(statement) is not None or (
        isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[0], cst.Expr)
    )


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
