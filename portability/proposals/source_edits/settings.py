"""Settings as programs write them: ``NAME = value``, an entry of a dict, an argument by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import libcst as cst

from portability.proposals.source_edits.calls import text
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.names import said

Holder: TypeAlias = cst.Assign | cst.AnnAssign | cst.DictElement | cst.Arg


class Setting(NamedTuple):
    """One setting: its name as it is written, its value, and what holds both."""

    name: str
    value: cst.BaseExpression
    holder: Holder


def setting(file: SourceFile, value: cst.BaseExpression) -> Setting | None:
    """The setting that a value is given to."""
    holder = file.parent(value)
    return _setting(holder) if isinstance(holder, Holder) else None


def settings(node: cst.CSTNode) -> Iterator[Setting]:
    """The settings of a dict, a call, or a block of statements."""
    match node:
        case cst.Dict(elements=parts) | cst.Call(args=parts):
            holders = list(parts)
        case cst.Module(body=body) | cst.IndentedBlock(body=body):
            lines = [line for line in body if isinstance(line, cst.SimpleStatementLine)]
            holders = [part for line in lines for part in line.body]
        case _:
            holders = []
    for holder in holders:
        found = _setting(holder) if isinstance(holder, Holder) else None
        if found is not None:
            yield found


def beside(file: SourceFile, one: Setting, *names: str) -> Setting | None:
    """The setting of one of these names, in any case and behind any prefix, that stands beside another."""
    holder: cst.CSTNode = one.holder
    place = file.parent(holder)
    if isinstance(place, cst.SimpleStatementLine):
        place = file.parent(place)
    for other in settings(place):
        if any(other.name.lower().endswith(name) for name in names) and other.holder is not holder:
            return other
    return None


def _setting(holder: Holder) -> Setting | None:
    match holder:
        case cst.Assign(targets=[cst.AssignTarget(target=target)], value=value):
            return Setting(said(target), value, holder)
        case cst.AnnAssign(target=target, value=cst.BaseExpression() as value):
            return Setting(said(target), value, holder)
        case cst.DictElement(key=key, value=value) if (name := text(key)) is not None:
            return Setting(name, value, holder)
        case cst.Arg(keyword=cst.Name(value=name), value=value):
            return Setting(name, value, holder)
    return None
