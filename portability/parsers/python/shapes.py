"""Shapes without an SDK: functions that take a provider's event apart by its keys, and its way of calling them.

A shape is a name of the namespace ``string``, written ``event/<key>/<key>…``: a function that looks up all of these
keys takes such an event. ``event/handler`` is the signature ``def handler(event, context)``. Rules list the shapes, so
another event is one line in a service's file. A shape is likely, never certain; dicts that are built show nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain
from typing import ClassVar, Final

from portability.interest import Interest
from portability.model import Usage
from portability.parsers.python.digests import digest
from portability.parsers.python.lines import Columns, unified
from portability.parsers.python.literals import words_in_quotes
from portability.patterns import regex

PREFIX: Final = "event/"
HANDLER: Final = "event/handler"
_WORD: Final = regex(r"([A-Za-z_][\w-]*)(?:\..*)?")
"""A key, by the word that opens it: ``CodePipeline`` of ``CodePipeline.job``."""
_SUITES: Final = ("body", "orelse", "finalbody", "handlers", "cases")
_CONTEXTS: Final = frozenset({"context", "ctx", "lambda_context"})
_HANDLERS: Final = frozenset({"handler", "lambda_handler"})
_OF_HANDLERS: Final = (b"context", b"ctx", *(f"def {name}".encode() for name in sorted(_HANDLERS)))
_LOOK_UPS: Final = frozenset({"get", "pop", "__getitem__"})


class Shapes:
    """The shapes of an interest, the most telling first."""

    latest: ClassVar[tuple[Interest, Shapes] | None] = None

    def __init__(self, interest: Interest) -> None:
        table = interest.names.get("string")
        names = sorted(name for name in (table.patterns() if table is not None else ()) if name.startswith(PREFIX))
        shapes = [(name, tuple(name.split("/")[1:])) for name in names if name != HANDLER]
        self.shapes = sorted(shapes, key=lambda shape: (-len(shape[1]), shape[0]))
        self.handler = HANDLER in names
        words = ([_WORD.fullmatch(key) for key in keys] for _, keys in self.shapes)
        self._needed = [frozenset(word[1].encode() for word in found if word) for found in words]

    @classmethod
    def of(cls, interest: Interest) -> Shapes:
        """What an interest asks. A run has one interest and many files, so the last answer is kept."""
        if cls.latest is None or cls.latest[0] is not interest:
            cls.latest = interest, cls(interest)
        return cls.latest[1]

    def may_hold(self, data: bytes, quoted: frozenset[bytes]) -> bool:
        """Cheap, and never wrong when it says no. ``quoted``: the words that open a literal."""
        if self.handler and b"handler" in data and b"event" in data and any(word in data for word in _OF_HANDLERS):
            return True
        return self.may_show(quoted)

    def may_show(self, quoted: frozenset[bytes]) -> bool:
        """Whether code with these words in quotes may look up every key of some shape."""
        return any(needed <= quoted for needed in self._needed)


def shapes(path: str, name: str, tree: ast.Module, text: bytes, interest: Interest) -> tuple[Usage, ...]:
    """The events that a module's functions take, by place. ``name`` is the module's."""
    wanted = Shapes.of(interest)
    columns = Columns(text)
    found: dict[tuple[int, int], Usage] = {}
    lines = unified(text).split(b"\n")
    for function, address in _functions(tree, name):
        may_show = wanted.may_show(words_in_quotes(b"\n".join(lines[function.lineno - 1 : function.end_lineno])))
        looked_up = _looked_up(function) if may_show else {}
        for symbol, keys in wanted.shapes if may_show else ():
            if all(key in looked_up for key in keys):
                node = looked_up[keys[1]]
                found.setdefault((node.lineno, node.col_offset), _usage(path, symbol, address, node, columns))
        if wanted.handler and _is_handler(function):
            found.setdefault((function.lineno, 0), _usage(path, HANDLER, address, function.args.args[0], columns))
    return tuple(usage for _, usage in sorted(found.items()))


def _functions(tree: ast.Module, name: str) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]]:
    """The outermost functions, methods too, with their addresses."""
    todo: list[tuple[ast.AST, str]] = [(tree, name)]
    while todo:
        node, address = todo.pop()
        for child in chain.from_iterable(getattr(node, field, ()) for field in _SUITES):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield child, f"{address}.{child.name}"
            else:
                todo.append((child, f"{address}.{child.name}" if isinstance(child, ast.ClassDef) else address))


def _looked_up(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, ast.expr]:
    """Keys that a function looks up, each with the first place: ``x["key"]``, ``x.get("key")``, ``"key" in x``."""
    found: dict[str, ast.expr] = {}
    for node in ast.walk(function):
        match node:
            case ast.Subscript(slice=ast.Constant(value=str() as key), ctx=ast.Load()):
                place: ast.expr = node
            case ast.Call(func=ast.Attribute(attr=name), args=[ast.Constant(value=str() as key), *_]) if (
                name in _LOOK_UPS
            ):
                place = node
            case ast.Compare(left=ast.Constant(value=str() as key), ops=[ast.In() | ast.NotIn()]):
                place = node
            case _:
                continue
        known = found.get(key)
        if known is None or (place.lineno, place.col_offset) < (known.lineno, known.col_offset):
            found[key] = place
    return found


def _is_handler(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function is one that Lambda calls: ``def handler(event, context)``. What else it takes has defaults;
    a context that is thrown away says nothing, so that the whole name must."""
    taken = function.args
    names = [argument.arg.strip("_") for argument in taken.args]
    if names[:1] != ["event"] or len(names) < 2 or len(names) - len(taken.defaults) > 2:
        return False
    return "handler" in function.name if names[1] in _CONTEXTS else not names[1] and function.name in _HANDLERS


def _usage(path: str, symbol: str, address: str, node: ast.expr | ast.arg, columns: Columns) -> Usage:
    return Usage(
        language="python",
        namespace="string",
        symbol=symbol,
        address=address,
        location=columns.location(path, node),
        kind="field",
        digest=digest(symbol, ()),
        confidence="likely",
    )
