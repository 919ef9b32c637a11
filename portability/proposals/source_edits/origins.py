"""Which call made the client that an expression leads back to, as far as one file says it plainly."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst
import libcst.matchers as m
from libcst.metadata import Assignment

from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.names import binding

_FAR = 12
"""Names and functions between a use and what made it; code that is written by hand has fewer."""


def origin(file: SourceFile, node: cst.CSTNode, makes: Callable[[cst.Call], bool], far: int = _FAR) -> cst.Call | None:
    """The call that made what an expression begins with: ``boto3.client("s3")`` for ``files.get_object``.

    It follows names that are bound once, attributes of ``self``, ``with … as``, and functions of the file with one
    ``return``. None where that is elsewhere, or several.
    """
    if far == 0:
        return None
    match node:
        case cst.Call() if makes(node):
            return node
        case cst.Call(func=cst.Name() as name):
            made = _returned(file, name)
        case cst.Call(func=cst.Attribute(value=inner)) | cst.Subscript(value=inner) | cst.Await(expression=inner):
            made = inner
        case cst.Name():
            made = _bound(file, node)
        case cst.Attribute(value=inner):
            bound = binding(file, node)
            made = bound.statement.value if bound is not None else inner
        case _:
            made = None
    return origin(file, made, makes, far - 1) if made is not None else None


def _bound(file: SourceFile, name: cst.Name) -> cst.CSTNode | None:
    bound = binding(file, name)
    if bound is not None:
        return bound.statement.value
    place = _only(file, name)
    held = file.parent(place) if isinstance(place, cst.Name) else None
    item = file.parent(held) if isinstance(held, cst.AsName) else None
    return item.item if isinstance(item, cst.WithItem) else None


def _returned(file: SourceFile, name: cst.Name) -> cst.CSTNode | None:
    """What a function of this file gives back, where it has one ``return`` alone."""
    function = _only(file, name)
    if not isinstance(function, cst.FunctionDef):
        return None
    given = m.findall(function.body, m.Return())
    return given[0].value if len(given) == 1 and isinstance(given[0], cst.Return) else None


def _only(file: SourceFile, name: cst.Name) -> cst.CSTNode | None:
    """The one node that gives a name its meaning."""
    scope = file.scope(name)
    assigned = list(scope[name.value]) if scope is not None else []
    return assigned[0].node if len(assigned) == 1 and isinstance(assigned[0], Assignment) else None
