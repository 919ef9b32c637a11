"""What attributes of classes of the tree hold, and of their instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from portability.parsers.python import aws
from portability.parsers.python.answers import Answers
from portability.parsers.python.environment_fields import SETTINGS, variable
from portability.parsers.python.held import (
    NOTHING,
    Class,
    Environment,
    Function,
    Held,
    Imported,
    Instance,
    Member,
    Object,
    Session,
    doubted,
    join,
)
from portability.parsers.python.program import Program
from portability.parsers.python.scopes import Binding, Scope

if TYPE_CHECKING:
    from portability.parsers.python.evaluate import Evaluator

_MOST_BASES = 20
_MOST_BINDINGS = 12

_NO_REQUESTS = frozenset(
    {"log", "logger", "set_upstream", "set_downstream", "render_template", "render_template_fields"}
    | {"xcom_push", "xcom_pull", "get_template_env"}
)
"""What classes hand down beside their parts, and sends nothing."""


class Classes:
    """Asks an evaluator what the bodies of classes and their methods bind."""

    def __init__(self, evaluator: Evaluator, program: Program, answers: Answers) -> None:
        self._evaluator = evaluator
        self._program = program
        self._answers = answers
        self.derived: dict[Scope, frozenset[str]] = {}

    def attribute(self, held: Object | Class, name: str) -> tuple[Held, ...]:
        """An attribute of a class of the tree or of its instances, looked for in its bases too."""
        return self._answers.found((held, name), self._attribute_of)

    def _attribute_of(self, asked: tuple[Object | Class, str]) -> tuple[Held, ...]:
        held, name = asked
        todo: list[Held] = [held]
        above = held.scope if held.above else None
        seen: set[Scope] = set()
        inherited: list[Held] = []
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
                    found = join(*(self._bound_to(it, held) for it in own[-_MOST_BINDINGS:]), given) or NOTHING
                    return found if getattr(held, "sure", True) else tuple(map(doubted, found))
                if scope.site is not None:
                    todo.extend(it for base in scope.bases[:5] for it in self._evaluator.hold(base, scope.site))
        return tuple(inherited) or NOTHING

    def _is_settings(self, scope: Scope) -> bool:
        """Whether a class of the tree has a base that fills its fields from the environment."""
        return not SETTINGS.isdisjoint(self.derived_from(scope))

    def derived_from(self, scope: Scope) -> frozenset[str]:
        """The classes of packages, by dotted names, that a class of the tree has for bases, near and far."""
        found = self.derived.get(scope)
        if found is None:
            todo, seen, names = [scope], {scope}, set()
            while todo and len(seen) < _MOST_BASES:
                one = todo.pop()
                bases = (
                    [held for base in one.bases[:5] for held in self._evaluator.hold(base, one.site)]
                    if one.site
                    else []
                )
                names |= {held.name for held in bases if isinstance(held, Imported)}
                new = {held.scope for held in bases if isinstance(held, Class)} - seen
                seen |= new
                todo.extend(new)
            found = self.derived[scope] = frozenset(names)
        return found

    def _bound_to(self, binding: Binding, owner: Object | Class) -> tuple[Held, ...]:
        found: list[tuple[Held, ...]] = []
        for held in self._evaluator.binding(binding):
            if isinstance(held, Function) and binding.how == "function":
                if held.scope.is_property and isinstance(owner, Object):
                    found.append(self._evaluator.functions.results(held.scope))
                else:
                    bound = isinstance(owner, Object) or "classmethod" in held.scope.decorators
                    found.append((Function(held.scope, bound and bool(held.scope.receiver)),))
            else:
                found.append((held,))
        return join(*found)
