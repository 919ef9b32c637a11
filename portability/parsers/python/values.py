"""What a call says: the arguments that rules ask for, as values, and what brings those that are unknown."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from itertools import chain
from typing import Any

from portability.interest import Interest, plainly
from portability.model import UNKNOWN
from portability.parsers.python.evaluate import Evaluator
from portability.parsers.python.held import Constant, Environment, Template
from portability.parsers.python.held import named as named_by
from portability.parsers.python.plain import ABSENT, under
from portability.parsers.python.scopes import Site

SELF = "self"
"""The path that stands for what the object was made for on which a call is made."""


def paths_of(interest: Interest, symbol: str) -> tuple[str, ...]:
    """The dotted paths that rules ask for of a symbol, however its client came."""
    names = dict.fromkeys((symbol, plainly(symbol)))
    return tuple(dict.fromkeys(chain.from_iterable(map(interest.paths, names))))


def said(
    paths: Iterable[str],
    call: ast.Call,
    site: Site,
    evaluator: Evaluator,
    things: set[Constant | Environment | Template | None],
    later: ast.Call | None,
    *,
    handed_on: bool,
) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """The values under ``paths``; of those that are unknown, the variables of the environment that bring them, and the
    templates that they fill.

    ``things``: what the object was made for. ``later``: the call that does the work of this one, which then has the
    arguments. ``handed_on``: the call is made by another, so that places of arguments say nothing.
    """
    values: dict[str, Any] = {}
    variables, templates = {}, {}
    for path in paths:
        if later is not call and (found := _value(path, later or call, site, evaluator, handed_on)) is not ABSENT:
            values[path] = found
        if path == SELF:
            brought = things.pop() if len(things) == 1 else None
            if isinstance(brought, Constant):
                values[path] = brought.value
        elif path in values and values[path] is UNKNOWN and not handed_on:
            place = int(path) if path.isdecimal() else None
            node = evaluator.argument(call, path, place)
            brought = named_by(evaluator.hold(node, site)) if node is not None else None
        else:
            continue
        if isinstance(brought, Environment):
            variables[path] = brought.name
        elif isinstance(brought, Template):
            templates[path] = brought.text
    return values, variables, templates


def _value(path: str, call: ast.Call, site: Site, evaluator: Evaluator, handed_on: bool) -> Any:
    """What a call says under a path, which begins with an argument; ``0`` and ``1`` are those in the first places."""
    name, *rest = path.split(".")
    place = int(name) if name.isdecimal() else None
    if place is not None and handed_on:
        return ABSENT
    node = evaluator.argument(call, name, place)
    if node is not None:
        return under(evaluator.displays.literal(node, site), rest)
    if place is not None:
        return UNKNOWN if any(isinstance(it, ast.Starred) for it in call.args) else ABSENT
    return _unpacked(name, rest, call, site, evaluator)


def _unpacked(name: str, rest: list[str], call: ast.Call, site: Site, evaluator: Evaluator) -> Any:
    """A value that a ``**mapping`` brings, ``UNKNOWN`` when the mapping cannot be seen."""
    found: Any = ABSENT
    for mapping, display in evaluator.unpacked(call, site):
        if display is None:
            found = UNKNOWN
        else:
            whole = evaluator.displays.literal(mapping, site)
            if isinstance(whole, dict) and name in whole:
                return under(whole[name], rest)
    return found
