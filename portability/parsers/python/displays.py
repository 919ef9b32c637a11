"""What lists, dicts, comprehensions and texts hold: their elements, what is stored in them, and plain data."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from portability.model import HOLE, UNKNOWN
from portability.parsers.python.held import (
    NOTHING,
    OPAQUE,
    Constant,
    Display,
    Environment,
    Gathered,
    Held,
    Imported,
    Member,
    Resource,
    Template,
    View,
    doubted,
    join,
    literal,
)
from portability.parsers.python.scopes import Site
from portability.patterns import regex

if TYPE_CHECKING:
    from portability.parsers.python.evaluate import Evaluator

_MOST_ELEMENTS = 100
_MOST_TEXTS = 12
_LONGEST_TEXT = 2_000
_VIEWS = frozenset({"items", "values", "keys"})
_LOOK_UPS = frozenset({"get", "pop", "setdefault"})
_HALF_CHARACTER = regex("[\ud800-\udfff]")


class Displays:
    """Asks an evaluator what the parts of collections hold."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self.dicts: dict[ast.Dict, dict[Any, ast.expr]] = {}

    def literal(self, node: ast.expr, site: Site, budget: list[int] | None = None) -> Any:
        """The value as plain data, with ``UNKNOWN`` for it or for what is unknown or too much inside it."""
        budget = budget if budget is not None else [_MOST_ELEMENTS]
        possible = self._evaluator.hold(node, site)
        if len(possible) != 1 or not isinstance(display := possible[0], Display):
            return literal(possible)
        elements = len(list(ast.iter_child_nodes(display.node)))
        budget[0] -= elements + 1
        if budget[0] < 0:
            return UNKNOWN
        if isinstance(display.node, ast.Dict):
            values = self._keys(display.node)
            return {key: self.literal(value, display.site, budget) for key, value in values.items()}
        return [self.literal(element, display.site, budget) for element in display.node.elts]

    def element(self, held: Held, key: str | int | None) -> tuple[Held, ...]:
        """What a collection holds under a key or index; every value, in doubt, when the key is None: not known."""
        match held:
            case Resource():
                return (held,) if not isinstance(key, str) else NOTHING
            case Imported(name="os.environ") if isinstance(key, str):
                return (Environment(key),)
            case Gathered():
                return tuple(map(doubted, self._values(held)))
            case Display() if key is None:
                return tuple(map(doubted, self._values(held)))
            case Display(node=ast.Dict() as node):
                value = self._keys(node).get(key)
                return self._evaluator.hold(value, held.site) if value is not None else NOTHING
            case Display(node=ast.List() | ast.Tuple() | ast.Set() as node) if isinstance(key, int):
                if -len(node.elts) <= key < len(node.elts):
                    return self._evaluator.hold(node.elts[key], held.site)
        return NOTHING

    def iterated(self, held: Held, index: int | str | None) -> tuple[Held, ...]:
        """What a loop over a collection yields, or the element ``index`` of it."""
        match held:
            case View(what="items"):
                return NOTHING if index is None else self._keyed(held.of) if index == 0 else self._values(held.of)
            case View(what="values"):
                return self._inside(self._values(held.of), index)
            case View(what="keys"):
                return self._keyed(held.of)
            case View(what="enumerate"):
                return self._values(held.of) if index == 1 else NOTHING
            case Display(node=ast.Dict()):
                return self._keyed(held)
            case Display() | Gathered():
                return self._inside(self._values(held), index)
        return NOTHING

    def looked_up(self, member: Member, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """What calling a method of a collection gives: ``clients.get(name)``, ``clients.items()``."""
        owner = member.owner
        if isinstance(owner, Display | Gathered):
            if member.name in _VIEWS:
                return (View(owner, member.name),)
            if member.name in _LOOK_UPS and call.args:
                key = literal(self._evaluator.hold(call.args[0], site))
                found = self.element(owner, key if isinstance(key, str | int) else None)
                default = self._evaluator.hold(call.args[1], site) if len(call.args) > 1 else ()
                return join(tuple(it for it in found if it != OPAQUE), default) or NOTHING
        return NOTHING

    def concatenated(self, node: ast.JoinedStr | ast.BinOp, site: Site) -> tuple[Held, ...]:
        """The texts that an f-string or a sum may make."""
        if isinstance(node, ast.BinOp):
            parts = [node.left, node.right]
        else:
            parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
        choices = [self._evaluator.hold(part, site) for part in parts[:21]]
        whole: list[Held] = []
        if len(choices) > 20:
            return NOTHING
        for chosen in product(*choices):
            if len(whole) >= _MOST_TEXTS:
                return NOTHING
            whole.append(_joined(chosen))
        return join(tuple(whole))

    def _inside(self, values: tuple[Held, ...], index: int | str | None) -> tuple[Held, ...]:
        if index is None:
            return values
        return join(*(self.element(value, index) for value in values)) or NOTHING

    def _values(self, held: Display | Gathered) -> tuple[Held, ...]:
        if isinstance(held, Gathered):
            read = self._evaluator.annotations.promised if held.promised else self._evaluator.hold
            return read(held.node, held.site) or NOTHING
        elements = held.node.values if isinstance(held.node, ast.Dict) else held.node.elts
        return self._each(elements, held.site)

    def _keyed(self, held: Display | Gathered) -> tuple[Held, ...]:
        if isinstance(held, Gathered) or not isinstance(held.node, ast.Dict):
            return NOTHING
        return self._each(held.node.keys, held.site)

    def _each(self, elements: list[ast.expr] | list[ast.expr | None], site: Site) -> tuple[Held, ...]:
        if len(elements) > _MOST_ELEMENTS:
            return NOTHING
        return join(*(self._evaluator.hold(element, site) for element in elements)) or NOTHING

    def _keys(self, node: ast.Dict) -> dict[Any, ast.expr]:
        """A dict's values by their literal keys."""
        if node not in self.dicts:
            self.dicts[node] = dict(self._literal_keys(node))
        return self.dicts[node]

    def _literal_keys(self, node: ast.Dict) -> Iterator[tuple[Any, ast.expr]]:
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and is_plain(key.value):
                yield key.value, value


def _joined(parts: Sequence[Held]) -> Held:
    """The text that parts make, or the template where only some are known and none looks as if it had holes itself."""
    known = [part.value for part in parts if isinstance(part, Constant) and isinstance(part.value, str)]
    templates = [part.text for part in parts if isinstance(part, Template)]
    if sum(map(len, (*known, *templates))) > _LONGEST_TEXT:
        return OPAQUE
    if len(known) == len(parts):
        return Constant("".join(known))
    if not (known or templates) or any("{" in text or "}" in text for text in known):
        return OPAQUE
    texts = (
        part.value if isinstance(part, Constant) else part.text if isinstance(part, Template) else HOLE
        for part in parts
    )
    return Template("".join(text if isinstance(text, str) else HOLE for text in texts))


def named(node: ast.AST | None) -> Iterator[tuple[str, ast.expr]]:
    """What a dict says under keys that are strings, or a call by its keywords; nothing of other nodes."""
    if isinstance(node, ast.Call):
        yield from ((keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg is not None)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value


def is_plain(value: object) -> bool:
    """Whether a literal can stand in every output: no bytes, no half characters, no numbers beyond 64 bits."""
    if isinstance(value, str):
        return value.isascii() or not _HALF_CHARACTER.search(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None or isinstance(value, float)
