"""How a call's result is read, and which of its errors are caught: what must change with the call itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import libcst as cst
import libcst.matchers as m

from portability.proposals.source_edits.calls import text
from portability.proposals.source_edits.file import Change, SourceFile
from portability.proposals.source_edits.names import Binding, binding, said

_ERRORS = frozenset(
    {"ClientError", "BotoCoreError", "AzureError", "HttpResponseError", "GoogleAPICallError", "GoogleAPIError"}
)
_FINER = frozenset({"ResourceNotFoundError", "ClientAuthenticationError", "NotFound", "PermissionDenied"})


class NotPlain(ValueError):
    """A use that an edit does not understand in full; the message says what is in the way."""


def readings(file: SourceFile, call: cst.Call, steps: Sequence[str]) -> list[cst.CSTNode]:
    """Every place that reads a call's result by these steps: ``["Key"]`` or ``.attribute``, as they are written.

    The places hold the steps too. A result that nobody reads has none, and neither have :func:`branches`. Raises
    NotPlain where it is read otherwise, or handed on.
    """
    parent = file.parent(call)
    if isinstance(parent, cst.Expr):
        return []
    if isinstance(parent, cst.Assign):
        target = parent.targets[0].target
        bound = binding(file, target) if isinstance(target, cst.Name) else None
        if bound is None:
            raise NotPlain(f"Its result in line {file.line(call)} goes into a name that means several things.")
        others = [use for branch in branches(file, call, steps) for use in _left_out(file, branch, bound)]
        return [_read(file, use, steps) for use in bound.uses if use not in others]
    return [_read(file, call, steps)]


def branches(file: SourceFile, call: cst.Call, steps: Sequence[str]) -> list[cst.If]:
    """Where a call's result is asked whether it has what the first step reads, ``if "Key" in result:``, and otherwise
    nothing is read of it but ``["SecretBinary"]``: of a store of texts the answer is yes."""
    parent = file.parent(call)
    bound = binding(file, parent.targets[0].target) if isinstance(parent, cst.Assign) else None
    found: list[cst.If] = []
    for use in bound.uses if bound is not None else ():
        test = file.parent(file.parent(use))
        branch = file.parent(test)
        if (
            m.matches(test, m.Comparison(m.SimpleString(), [m.ComparisonTarget(m.In())]))
            and isinstance(test, cst.Comparison)
            and f'["{text(test.left)}"]' == steps[0]
            and isinstance(branch, cst.If)
            and isinstance(branch.body, cst.IndentedBlock)
            and not isinstance(branch.orelse, cst.If)
            and not isinstance(file.parent(branch), cst.If)
        ):
            found.append(branch)
    return found


def taken(node: cst.If) -> cst.FlattenSentinel[cst.BaseStatement]:
    """What stands in the place of a branch that is always taken."""
    first, *others = cst.ensure_type(node.body, cst.IndentedBlock).body
    lines = [*node.leading_lines, *getattr(first, "leading_lines", ())]
    return cst.FlattenSentinel([first.with_changes(leading_lines=lines), *others])


def _left_out(file: SourceFile, branch: cst.If, bound: Binding) -> list[cst.CSTNode]:
    """The uses of a result that go with the test of a branch and with what it does otherwise. Raises NotPlain where
    that reads more."""
    otherwise = [use for use in bound.uses if any(one is branch.orelse for one in file.ancestors(use))]
    for use in otherwise:
        _read(file, use, ['["SecretBinary"]'])
    return [*otherwise, *(use for use in bound.uses if any(one is branch.test for one in file.ancestors(use)))]


def caught(file: SourceFile, call: cst.Call, error: str) -> bool:
    """Let what catches the provider's errors around a call catch another error as well, and say whether any does.

    Raises NotPlain where :func:`catching` does.
    """
    handlers, messages = catching(file, call)
    for place, name in messages:
        file.replace(place, f"str({name})")
    for handler in handlers:
        kind = handler.type
        if kind is not None:
            elements = kind.elements if isinstance(kind, cst.Tuple) else [cst.Element(kind)]
            file.change(kind, _also([one for one in elements if isinstance(one, cst.Element)], error))
    return bool(handlers)


def catching(file: SourceFile, call: cst.Call) -> tuple[list[cst.ExceptHandler], list[tuple[cst.CSTNode, str]]]:
    """What catches the provider's errors around a call, and where that reads their message, by the error's name.

    Raises NotPlain where it catches single errors of the provider, or takes them apart.
    """
    within: cst.CSTNode = call
    handlers: list[cst.ExceptHandler] = []
    for one in file.ancestors(call):
        if isinstance(one, cst.FunctionDef | cst.Lambda):
            break
        if isinstance(one, cst.Try) and one.body is within:
            handlers += [handler for handler in one.handlers if _catches(file, handler)]
        within = one
    return handlers, [(place, name) for handler in handlers for place, name in _messages(file, handler)]


def _read(file: SourceFile, node: cst.CSTNode, steps: Sequence[str]) -> cst.CSTNode:
    for step in steps:
        outer = file.parent(node)
        if isinstance(outer, cst.Attribute) and isinstance(file.parent(outer), cst.Call):
            outer = file.parent(outer)
        if _step(outer) != step:
            raise NotPlain(f"Line {file.line(node)} does more with its result than to take the value out.")
        node = outer
    return node


def without(steps: int) -> Change:
    """What takes so many steps off the end of an expression."""

    def change(node: Any) -> Any:
        inner = node
        for _ in range(steps):
            outer: Any = inner.func if isinstance(inner, cst.Call) else inner
            inner = outer.value
        return inner.with_changes(lpar=[*node.lpar, *inner.lpar], rpar=[*inner.rpar, *node.rpar])

    return change


def _step(node: cst.CSTNode) -> str:
    """The last step of ``result["key"]``, ``result.get("key")``, ``result.attribute`` or ``result.method(…)``."""
    match node:
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            return f'["{text(key)}"]'
        case cst.Call(func=cst.Attribute(attr=cst.Name("get")), args=[cst.Arg(value=key)]):
            return f'["{text(key)}"]'
        case cst.Call(func=cst.Attribute(attr=cst.Name(name))):
            return f".{name}()"
        case cst.Attribute(attr=cst.Name(name)):
            return f".{name}"
    return ""


def _catches(file: SourceFile, handler: cst.ExceptHandler) -> bool:
    """Whether a handler names an error of a provider in general."""
    if handler.type is None:
        return False
    types = [one.value for one in handler.type.elements] if isinstance(handler.type, cst.Tuple) else [handler.type]
    if any(said(one) in _FINER or ".exceptions." in f".{file.source(one)}" for one in types if not _ours(one)):
        raise NotPlain(f"Line {file.line(handler)} catches one error of the provider's own.")
    return any(said(one) in _ERRORS for one in types)


def _messages(file: SourceFile, handler: cst.ExceptHandler) -> Iterator[tuple[cst.CSTNode, str]]:
    """Where a handler reads the message of boto3's error, and the error's name. Raises NotPlain where it reads more."""
    name = handler.name.name if handler.name is not None else None
    if not isinstance(name, cst.Name):
        return
    for one in m.findall(handler.body, m.Name(name.value)):
        if not isinstance(file.parent(one), cst.Attribute):
            continue
        try:
            yield _read(file, one, [".response", '["Error"]', '["Message"]']), name.value
        except NotPlain:
            raise NotPlain(f"Line {file.line(handler)} takes the provider's error apart.") from None


def _ours(node: cst.BaseExpression) -> bool:
    """Whether an error is a general one, by whatever path: ``botocore.exceptions.ClientError``."""
    return said(node) in _ERRORS


def _also(elements: Sequence[cst.Element], error: str) -> Change:
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    kept = [one.with_changes(comma=comma) for one in elements]
    return lambda _: cst.Tuple([*kept, cst.Element(cst.parse_expression(error))])
