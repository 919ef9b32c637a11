"""What a name in a file stands for: the one statement that binds it, and everything that uses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import libcst as cst
from libcst.metadata import Assignment, GlobalScope, ImportAssignment, QualifiedNameSource

from portability.proposals.source_edits.file import SourceFile


class Binding(NamedTuple):
    """A name that is bound once, by a plain assignment. ``uses`` are all other places that say it.

    ``lent`` is the name by which another file may use it too; empty where none can."""

    statement: cst.Assign
    uses: Sequence[cst.CSTNode]
    lent: str


def binding(file: SourceFile, node: cst.BaseExpression) -> Binding | None:
    """What binds a name or an attribute of ``self``; None where that is elsewhere, several, or not plain."""
    if isinstance(node, cst.Name):
        return _of_name(file, node)
    if (name := _of_self(node)) is not None:
        return _of_attribute(file, node, name)
    return None


def bindings(file: SourceFile, node: cst.BaseExpression) -> Sequence[cst.BaseExpression]:
    """The values that plain assignments give a name or an attribute of ``self``; none where something else does too."""
    if isinstance(node, cst.Name):
        scope = file.scope(node)
        assigned = list(scope[node.value]) if scope is not None else []
        targets = [one.node for one in assigned if isinstance(one, Assignment)]
        if len(targets) < len(assigned):
            return []
    else:
        targets = _targets(file, node)
    plain = [_plain(file, target) if isinstance(target, cst.Name | cst.Attribute) else None for target in targets]
    return [one.value for one in plain if one is not None] if None not in plain else []


def imported(file: SourceFile, node: cst.BaseExpression) -> bool:
    """Whether a name comes from another module."""
    scope = file.scope(node) if isinstance(node, cst.Name) else None
    return scope is not None and any(isinstance(one, ImportAssignment) for one in scope[said(node)])


def meaning(file: SourceFile, node: cst.BaseExpression) -> str:
    """The dotted name, from its package on, of what is imported; empty for what is not."""
    first = _first(node)
    scope = file.scope(first) if isinstance(first, cst.Name) else None
    names = scope.get_qualified_names_for(node) if scope is not None else ()
    return next((one.name for one in names if one.source is QualifiedNameSource.IMPORT), "")


def said(node: cst.BaseExpression) -> str:
    """The word by which another file would borrow what this is: a name, or the last attribute."""
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _of_name(file: SourceFile, node: cst.Name) -> Binding | None:
    scope = file.scope(node)
    assigned = list(scope[node.value]) if scope is not None else []
    if len(assigned) != 1 or not isinstance(assigned[0], Assignment) or not isinstance(assigned[0].node, cst.Name):
        return None
    statement = _plain(file, assigned[0].node)
    uses = [_first(access.node) for access in assigned[0].references]
    lent = node.value if isinstance(assigned[0].scope, GlobalScope) else ""
    return Binding(statement, uses, lent) if statement is not None else None


def _of_attribute(file: SourceFile, node: cst.BaseExpression, name: str) -> Binding | None:
    home = _class(file, node)
    if home is None or any(said(base.value) == home.name.value for one in file.all(cst.ClassDef) for base in one.bases):
        return None
    same = [one for one in file.all(cst.Attribute) if _of_self(one) == name and _class(file, one) is home]
    bound = _targets(file, node)
    statement = _plain(file, bound[0]) if len(bound) == 1 else None
    return Binding(statement, [one for one in same if one is not bound[0]], name) if statement is not None else None


def _targets(file: SourceFile, node: cst.BaseExpression) -> list[cst.CSTNode]:
    """Where the class of an attribute of ``self`` gives it a value."""
    name, home = _of_self(node), _class(file, node)
    same = [one for one in file.all(cst.Attribute) if name is not None and _of_self(one) == name]
    bound = (cst.AssignTarget, cst.AnnAssign, cst.AugAssign)
    return [one for one in same if _class(file, one) is home and isinstance(file.parent(one), bound)]


def _plain(file: SourceFile, target: cst.CSTNode) -> cst.Assign | None:
    """The statement ``target = …``, with nothing else before the sign."""
    statement = file.parent(file.parent(target))
    return statement if isinstance(statement, cst.Assign) and len(statement.targets) == 1 else None


def _first(node: cst.CSTNode) -> cst.CSTNode:
    while isinstance(node, cst.Attribute):
        node = node.value
    return node


def _of_self(node: cst.CSTNode) -> str | None:
    if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name) and node.value.value == "self":
        return node.attr.value
    return None


def _class(file: SourceFile, node: cst.CSTNode) -> cst.ClassDef | None:
    return next((one for one in file.ancestors(node) if isinstance(one, cst.ClassDef)), None)
