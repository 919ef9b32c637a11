"""What attributes of classes of the tree hold, and of their instances."""

from __future__ import annotations

import ast
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from portability.parsers.python import aws
from portability.parsers.python.answers import Answers, Key
from portability.parsers.python.environment_fields import SETTINGS, variable
from portability.parsers.python.held import (
    NOTHING,
    Class,
    Client,
    Constant,
    Environment,
    Function,
    Held,
    Imported,
    Instance,
    Member,
    Object,
    Parameter,
    Resource,
    Session,
    doubted,
    join,
)
from portability.parsers.python.program import Program
from portability.parsers.python.scopes import CONSTRUCTED, MOST_BINDINGS, Binding, Scope

if TYPE_CHECKING:
    from portability.parsers.python.evaluate import Evaluator

_MOST_ASKED = 200
_MOST_NESTED = 3
"""How many attributes of one file are asked for a class that inherits them, and how many inside each other."""
_MOST_BASES = 20

_NO_REQUESTS = frozenset(
    {"log", "logger", "set_upstream", "set_downstream", "render_template", "render_template_fields"}
    | {"xcom_push", "xcom_pull", "get_template_env"}
)
"""What classes hand down beside their parts, and sends nothing."""


class Heir(NamedTuple):
    """A class, the classes above it of which something is asked, and what their constructors are handed on its way to
    them."""

    scope: Scope
    above: frozenset[Scope]
    handed: dict[Key, tuple[Held, ...]]


class Classes:
    """Asks an evaluator what the bodies of classes and their methods bind."""

    def __init__(self, evaluator: Evaluator, program: Program, answers: Answers) -> None:
        self._evaluator = evaluator
        self._program = program
        self._answers = answers
        self._derived: dict[Scope, frozenset[str]] = {}
        self._heirs: dict[Object, Evaluator] = {}
        self._asked = 0

    def let_go(self) -> None:
        """Forget what was found out."""
        self._derived.clear()
        for inner in self._heirs.values():
            inner.let_go()
        self._heirs.clear()

    def attribute(self, held: Object | Class, name: str) -> tuple[Held, ...]:
        """An attribute of a class of the tree or of its instances, looked for in its bases too."""
        return self._answers.found((held, name), self._attribute_of)

    def _attribute_of(self, asked: tuple[Object | Class, str]) -> tuple[Held, ...]:
        held, name = asked
        todo: list[Held] = [held]
        above = held.scope if held.above else None
        seen: set[Scope] = set()
        inherited: list[Held] = []
        empty: tuple[Held, ...] = ()
        while todo and len(seen) < _MOST_BASES:
            owner = todo.pop(0)
            if isinstance(owner, Imported):
                instance = aws.instance_of(owner.name)
                if isinstance(instance, Session):
                    return (Member(instance, name),)
                plain = name.startswith("_") or name in _NO_REQUESTS
                if isinstance(instance, Instance) and not plain and self._program.is_root(instance.name):
                    inherited.append(Member(msgspec.structs.replace(instance, own=held.scope), name))
            elif isinstance(owner, Object | Class) and owner.scope not in seen:
                scope = owner.scope
                seen.add(scope)
                own = [*scope.attributes.get(name, ()), *scope.names.get(name, ())]
                if own and scope is not above:
                    if len(own) == 1 and (field := variable(scope, name, own[0])) and self._is_settings(scope):
                        return (Environment(field),)
                    given = self._answers.handed_in(scope, name)
                    found = join(*(self._bound_to(it, held) for it in own[-MOST_BINDINGS:]), given) or NOTHING
                    if _is_open(found) and (heir := self._heir_of(held, scope)) is not None:
                        found = self._seen_by(heir, scope, name, found)
                    if not _is_empty(found):
                        return found if getattr(held, "sure", True) else tuple(map(doubted, found))
                    empty = empty or found  # a class above may fill it
                todo.extend(self._bases(scope))
        return empty or tuple(inherited) or NOTHING

    def _is_settings(self, scope: Scope) -> bool:
        """Whether a class of the tree has a base that fills its fields from the environment."""
        return not SETTINGS.isdisjoint(self.derived_from(scope))

    def derived_from(self, scope: Scope) -> frozenset[str]:
        """The classes of packages, by dotted names, that a class of the tree has for bases, near and far."""
        found = self._derived.get(scope)
        if found is None:
            bases = [held for one in self._lineage(scope) for held in self._bases(one)]
            found = self._derived[scope] = frozenset(held.name for held in bases if isinstance(held, Imported))
        return found

    def _lineage(self, scope: Scope) -> list[Scope]:
        """A class and those of the tree above it."""
        found, todo = list[Scope](), [scope]
        while todo and len(found) < _MOST_BASES:
            one = todo.pop(0)
            if one not in found:
                found.append(one)
                todo.extend(held.scope for held in self._bases(one) if isinstance(held, Class))
        return found

    def _bases(self, scope: Scope) -> list[Held]:
        """What a class names as its bases."""
        site = scope.site
        return [] if site is None else [held for base in scope.bases[:5] for held in self._evaluator.hold(base, site)]

    def _bound_to(self, binding: Binding, owner: Object | Class) -> tuple[Held, ...]:
        found: list[tuple[Held, ...]] = []
        for held in self._evaluator.binding(binding):
            if isinstance(held, Function) and binding.how == "function":
                heir = self._heir_of(owner, held.scope.parent)
                if held.scope.is_property and isinstance(owner, Object):
                    of = Function(held.scope, heir=heir)
                    found.append(self.given_to_heir(of, self._evaluator.functions.results(held.scope)))
                else:
                    bound = isinstance(owner, Object) or "classmethod" in held.scope.decorators
                    found.append((Function(held.scope, bound and bool(held.scope.receiver), heir),))
            else:
                found.append((held,))
        return join(*found)

    # What a class makes of what it inherits

    def given_to_heir(self, function: Function, found: tuple[Held, ...]) -> tuple[Held, ...]:
        """What a method gives that a class has from above; ``found`` is what it gives whoever calls it."""
        if function.heir is None or function.scope.parent is None or not _is_open(found):
            return found
        return self._seen_by(function.heir, function.scope.parent, function.scope, found)

    def _seen_by(self, heir: Object, owner: Scope, asked: Scope | str, found: tuple[Held, ...]) -> tuple[Held, ...]:
        """An attribute or a function of a class, for an object of it or of a class below: a constructor makes clients
        for the service that it is handed, or that stands in an attribute of the class below."""
        key = (heir, owner, asked)
        known = self._answers.known(key)
        if known is not None:
            return known
        if self._asked >= _MOST_ASKED or self._evaluator.nested >= _MOST_NESTED:
            self._answers.cut()
            return found
        self._asked += 1
        return self._answers.find(key, lambda _: self._for_heir(heir, owner, asked, found))

    def _heir_of(self, owner: Object | Class, scope: Scope | None) -> Object | None:
        """What something of a class is asked of, where that may tell more about it than the class itself."""
        seen_by = self._evaluator.seen_by
        if seen_by is not None and owner.scope in seen_by.above:
            return None  # it is asked for an heir already
        made = owner.made if isinstance(owner, Object) else None
        return Object(owner.scope, made=made) if made or scope is not owner.scope else None

    def _for_heir(self, heir: Object, owner: Scope, asked: Scope | str, found: tuple[Held, ...]) -> tuple[Held, ...]:
        inner = self._heirs.get(heir)
        if inner is None:
            above = self._lineage(heir.scope)
            seen_by = Heir(heir.scope, frozenset(above), self._handed_up(heir, above))
            inner = self._heirs[heir] = self._evaluator.for_heir(seen_by)
        if isinstance(asked, str):
            made = inner.classes.attribute(Object(owner), asked)
        else:
            made = inner.functions.results(asked)
        self._evaluator.take_over(inner)
        known = tuple(it for it in made if not (_is_open((it,)) or _is_empty((it,))))
        return known or (found if _is_empty(made) else made)

    def _handed_up(self, heir: Object, above: list[Scope]) -> dict[Key, tuple[Held, ...]]:
        """What constructors are handed: the first by the call that makes the object, others by those below them."""
        handed: dict[Key, tuple[Held, ...]] = {}
        first = next((names[0].scope for one in above if (names := one.names.get("__init__"))), None)
        constructors = [first] if first is not None else []
        if first is not None and heir.made is not None:
            handed |= self._evaluator.functions.arguments(Function(first, bound=True), *heir.made)
        for constructor in islice(constructors, _MOST_BASES):  # they grow
            inner = self._evaluator.for_heir(Heir(heir.scope, frozenset(above), handed))
            for call in constructor.names.get(CONSTRUCTED, ())[:_MOST_BASES]:
                if isinstance(call.node, ast.Call):
                    for function in inner.hold(call.node.func, call.site):
                        if isinstance(function, Function) and function.scope not in constructors:
                            handed |= inner.functions.arguments(function, call.node, call.site)
                            constructors.append(function.scope)
            self._evaluator.take_over(inner)
            inner.let_go()
        return handed


def _is_open(found: tuple[Held, ...]) -> bool:
    """Whether there is a client of which a class below may tell the service, or one of several names is its own."""
    if any(isinstance(it, Parameter) for it in found) and any(isinstance(it, Constant) for it in found):
        return True
    return any(
        (isinstance(it, Client | Resource) and not isinstance(it.service, str))
        or (isinstance(it, Instance) and it.api is not None)
        for it in found
    )


def _is_empty(found: tuple[Held, ...]) -> bool:
    """Whether nothing is known but that there may be nothing."""
    return all(it in (*NOTHING, Constant(None)) for it in found)
