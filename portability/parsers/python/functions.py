"""What functions of the tree give: before their parameters are known, and with the arguments of one call."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from portability.parsers.python.answers import Answers, Key
from portability.parsers.python.handles import BUILT, built
from portability.parsers.python.held import (
    NOTHING,
    Client,
    Closure,
    Constant,
    Function,
    Held,
    Instance,
    Object,
    Parameter,
    Resource,
    Session,
    doubted,
    join,
    names_service,
    tells,
)
from portability.parsers.python.program import Program
from portability.parsers.python.scopes import Scope, Site

if TYPE_CHECKING:
    from portability.parsers.python.evaluate import Evaluator

_MOST_ASKED = 200
_MOST_NESTED = 3
"""How many calls of one file are followed with their arguments, and how many of those inside each other."""


class Functions:
    """Asks an evaluator what functions return, and what their callers hand them."""

    def __init__(self, evaluator: Evaluator, program: Program, answers: Answers) -> None:
        self._evaluator = evaluator
        self._program = program
        self._answers = answers
        self._asked = 0

    def results(self, scope: Scope) -> tuple[Held, ...]:
        """What calling a function gives, before its parameters are known."""
        known = self._answers.known(scope)
        return self._answers.find(scope, self._returned) if known is None else known

    def _returned(self, scope: Scope) -> tuple[Held, ...]:
        found = join(*(self._evaluator.hold(node, site) for node, site in scope.results))
        if scope.returns is not None and scope.site is not None:
            found = self._evaluator.annotations.narrowed(found, scope.returns, scope.site)
        return found or NOTHING

    def called(self, function: Function, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """What this call of a function of this file gives, with the arguments put in for the parameters."""
        found = self._evaluator.classes.given_to_heir(function, self.results(function.scope))
        if not tells(found):
            found = self._called_with(function, call, site) or found
        for parameter in [held for held in found if isinstance(held, Parameter)]:
            # What other callers hand in is not what this one does.
            others = set(map(doubted, self._answers.handed_in(parameter.scope, parameter.name)))
            found = tuple(held for held in found if held not in others)
        made = join(*(self._substituted(held, function, call, site) for held in found))
        if any(map(names_service, made)):  # what a caller hands in, and not "some client"
            return tuple(held for held in made if not isinstance(held, Client) or held.service is not None)
        return made

    def _called_with(self, function: Function, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """What a function gives that goes on with what it is handed, as ``session.client("s3")`` does.

        The function is asked once more, with the arguments of this call; empty when those say nothing.
        """
        given: dict[tuple[Scope, str], tuple[Held, ...]] = {}
        for name in (*function.scope.parameters, *_keywords(call)):
            if name in function.scope.names and name != function.scope.receiver:
                held = self._handed_over(Parameter(function.scope, name), function, call, site)
                kept = tuple(it for it in held if self._goes_on(it, function))
                if kept:
                    given[function.scope, name] = kept
        key = (function.scope, tuple(given.items()))
        known = self._answers.known(key)
        if known is not None or not given:
            return known or ()
        if self._asked >= _MOST_ASKED or self._evaluator.nested >= _MOST_NESTED:
            self._answers.cut()
            return ()
        self._asked += 1
        return self._answers.find(key, lambda _: self._evaluator.given_more(function.scope, given))

    def _goes_on(self, held: Held, function: Function) -> bool:
        """Whether a function may get something of an SDK's from what it is handed."""
        match held:
            case Session() | Client() | Resource():
                return True
            case Instance(name=name):
                return self._program.is_root(name)
            case Object(scope=scope):
                return self._program.names_sdk(scope.path) or self._program.names_sdk(function.scope.path)
        return False

    def closed(self, held: Closure, given: tuple[Held, ...]) -> tuple[Held, ...]:
        """What a closure gives, by what its function gives: with the arguments of the call that made it put in."""
        return join(*(self._substituted(it, held.around, held.call, held.site) for it in given)) or NOTHING

    def _substituted(self, held: Held, function: Function, call: ast.Call, site: Site) -> tuple[Held, ...]:
        if isinstance(held, Function) and held.scope.parent is function.scope:
            return (Closure(held, function, call, site),)
        if isinstance(held, Parameter) and held.scope is function.scope:
            return self._handed_over(held, function, call, site)
        if isinstance(held, Client | Resource):
            parameter = held.service
            if isinstance(parameter, Parameter) and parameter.scope is function.scope:
                return self._evaluator.sdk.substituted(held, self._handed_over(parameter, function, call, site))
        if isinstance(held, Instance) and held.api is not None and held.api.scope is function.scope:
            handed = self._evaluator.in_code(self._handed_over(held.api, function, call, site))
            named = [it for it in handed if isinstance(it, Constant)]
            rest = held.name.removeprefix(BUILT)
            return tuple(Instance(built(it.value) + rest, sure=len(named) == 1) for it in named) or (held,)
        return (held,)

    def arguments(self, function: Function, call: ast.Call, site: Site) -> dict[Key, tuple[Held, ...]]:
        """What a call hands to each parameter of a function."""
        named = {it.name: it for bindings in function.scope.names.values() for it in bindings if it.how == "parameter"}
        return {
            (function.scope, name): self._handed_over(Parameter(function.scope, name), function, call, site)
            for name in named
        }

    def _handed_over(self, parameter: Parameter, function: Function, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """The argument for a parameter in a call, else the parameter's default."""
        names = function.scope.parameters
        index = names.index(parameter.name) - function.bound if parameter.name in names else None
        node = self._evaluator.argument(call, parameter.name, index)
        if node is not None:
            return self._evaluator.hold(node, site)
        binding = function.scope.names[parameter.name][0]
        return self._evaluator.hold(binding.node, binding.site) if binding.node is not None else NOTHING


def _keywords(call: ast.Call) -> Iterator[str]:
    return (keyword.arg for keyword in call.keywords if keyword.arg is not None)
