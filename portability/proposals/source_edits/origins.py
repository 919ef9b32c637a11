"""Which call made the client that an expression leads back to, as far as one file says it plainly."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import libcst as cst
import libcst.matchers as m
from libcst.metadata import Assignment

from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.names import bindings

_FAR = 12
"""Names and functions between a use and what made it; code that is written by hand has fewer."""


def origin(file: SourceFile, node: cst.CSTNode, makes: Callable[[cst.Call], bool], far: int = _FAR) -> cst.Call | None:
    """The call that made what an expression begins with: ``boto3.client("s3")`` for ``files.get_object``.

    It follows names, attributes of ``self``, ``with … as``, and functions of the file with one ``return``. None where
    that is elsewhere; where several statements bind a name, all must lead to such a call, and the first one is given.
    """
    if far == 0:
        return None
    if isinstance(node, cst.Call) and makes(node):
        return node
    found = [origin(file, one, makes, far - 1) for one in _before(file, node)]
    return found[0] if found and all(found) else None


def _before(file: SourceFile, node: cst.CSTNode) -> Sequence[cst.CSTNode]:
    """What an expression leads back to by one step; several where it may be either."""
    match node:
        case cst.Call(func=cst.Name() as name):
            return _returned(file, name)
        case cst.Call(func=cst.Attribute(value=inner)) | cst.Subscript(value=inner) | cst.Await(expression=inner):
            return [inner]
        case cst.Name():
            return _bound(file, node)
        case cst.Attribute(value=inner):
            return bindings(file, node) or [inner]
    return []


def _bound(file: SourceFile, name: cst.Name) -> Sequence[cst.CSTNode]:
    if values := bindings(file, name):
        return values
    place = _only(file, name)
    held = file.parent(place) if isinstance(place, cst.Name) else None
    item = file.parent(held) if isinstance(held, cst.AsName) else None
    return [item.item] if isinstance(item, cst.WithItem) else []


def _returned(file: SourceFile, name: cst.Name) -> Sequence[cst.CSTNode]:
    """What a function of this file gives back: whatever its ``return`` statements say."""
    function = _only(file, name)
    if not isinstance(function, cst.FunctionDef):
        return []
    given = [one.value for one in m.findall(function.body, m.Return()) if isinstance(one, cst.Return)]
    return [one for one in given if one is not None] if None not in given else []


def _only(file: SourceFile, name: cst.Name) -> cst.CSTNode | None:
    """The one node that gives a name its meaning."""
    scope = file.scope(name)
    assigned = list(scope[name.value]) if scope is not None else []
    return assigned[0].node if len(assigned) == 1 and isinstance(assigned[0], Assignment) else None
