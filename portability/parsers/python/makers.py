"""Functions that make a client for the service they are handed: whether every call of one tells which."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterable

from portability.model import Location
from portability.parsers.python.evaluate import Evaluator
from portability.parsers.python.handing import matched
from portability.parsers.python.held import NOTHING, Client, Constant, Held, Object, Parameter, Resource
from portability.parsers.python.scopes import Scope, Site

_MOST_STEPS = 5
"""How many functions may hand the name of a service on."""


class Makers:
    """What one file says of such functions, its own and those that it imports."""

    def __init__(self) -> None:
        self._calls: dict[Scope, dict[ast.Call, tuple[object, ...]]] = defaultdict(dict)
        self._asking: dict[Location, Scope] = {}
        self._keeping: dict[Scope, dict[str, Scope]] = {}
        """Class → the parameters of its constructor that name services of clients it keeps, and whose they are."""

    def asks(self, place: Location, parameter: Parameter) -> None:
        """Note that what is made at a place is for the service that a parameter names."""
        self._asking[place] = parameter.scope

    def called(self, maker: Scope, call: ast.Call, services: Iterable[object]) -> None:
        """Note a call of a function, and for what: names, parameters of those who call it, or anything else."""
        self._calls[maker][call] = tuple(services)

    def made(self, held: Held, one: Scope, call: ast.Call, site: Site, evaluator: Evaluator) -> None:
        """Note a call of a class, or of its constructor, which makes a client for the service it is handed:
        ``Store("s3")``, ``super().__init__("s3")``."""
        if one not in self._keeping:
            kept = [it for name in one.attributes for it in evaluator.classes.attribute(Object(one), name)]
            services = [it.service for it in kept if isinstance(it, Client | Resource)]
            self._keeping[one] = {it.name: it.scope for it in services if isinstance(it, Parameter)}
        if keeping := self._keeping[one]:
            given = {name: node for _, name, node in matched(held, call, evaluator)}
            for name, scope in keeping.items():
                named = evaluator.hold(given[name], site) if name in given else NOTHING
                self.called(scope, call, [it.value if isinstance(it, Constant) else it for it in named])


def told(files: Collection[Makers]) -> set[Location]:
    """The places whose service every call in these files tells."""
    calls: dict[Scope, list[tuple[object, ...]]] = defaultdict(list)
    for file in files:
        for scope, made in file._calls.items():
            calls[scope] += made.values()

    def is_told(scope: Scope, steps: int) -> bool:
        return scope in calls and all(it and all(tells(one, steps) for one in it) for it in calls[scope])

    def tells(service: object, steps: int) -> bool:
        if isinstance(service, Parameter):
            return steps > 0 and is_told(service.scope, steps - 1)
        return isinstance(service, str)

    return {place for file in files for place, scope in file._asking.items() if is_told(scope, _MOST_STEPS)}
