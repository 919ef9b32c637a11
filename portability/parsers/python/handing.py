"""What calls hand in: clients that reach a function or a constructor as arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from portability.model import Location
from portability.parsers.python.answers import Given, Key
from portability.parsers.python.displays import named
from portability.parsers.python.evaluate import Evaluator
from portability.parsers.python.held import (
    Class,
    Client,
    Constant,
    Function,
    Held,
    Instance,
    Member,
    Object,
    Resource,
    Session,
    Waiting,
)
from portability.parsers.python.operations import operations
from portability.parsers.python.scopes import Scope, Site

_MOST = 12
"""No parameter is followed into more possibilities than this."""

_LATER: Final = {
    "submit": 0,
    "to_thread": 0,
    "run_sync": 0,
    "run_in_executor": 1,
    "start_soon": 0,
    "add_task": 0,
    "partial": 0,
}
"""Methods that call one of their arguments with those behind it, and which."""

_TELLING = (Session, Client, Resource, Waiting, Instance, Object)


class HandedIn:
    """What arrives at parameters (of a dataclass: at fields), and from where."""

    def __init__(self) -> None:
        self._by_file: dict[str, dict[Key, dict[Held, Location]]] = {}
        """File → what its functions receive."""

    def add(self, scope: Scope, name: str, held: Held, location: Location) -> None:
        """Note one thing."""
        known = self._by_file.setdefault(scope.path, {}).setdefault((scope, name), {})
        if len(known) < _MOST:
            known.setdefault(held, location)

    def at(self, path: str) -> Mapping[Key, Mapping[Held, Location]]:
        """What the functions of a file receive."""
        return self._by_file.get(path, {})

    def within(self, path: str) -> Given:
        """What one file hands to its own functions."""
        return {
            key: kept
            for key, found in self.at(path).items()
            if (kept := tuple(it for it, at in found.items() if at.path == path))
        }

    def everywhere(self) -> Given:
        """Everything that is handed in anywhere."""
        return {key: tuple(found) for received in self._by_file.values() for key, found in received.items()}

    def paths(self) -> set[str]:
        """The files whose functions receive something."""
        return set(self._by_file)

    def is_new(self, path: str, given: Given, before: Given) -> bool:
        """Whether a file's functions receive more than before."""
        return any(given.get(key) != before.get(key) for key in self.at(path))


def changes(given: Given, before: Given) -> set[Key]:
    """The parameters for which something else is given than before."""
    return {key for key in given.keys() | before.keys() if given.get(key) != before.get(key)}


def arguments(held: Held, call: ast.Call, site: Site, evaluator: Evaluator) -> Iterator[tuple[Scope, str, Held]]:
    """The function, parameter and value of each argument that tells something."""
    for scope, name, node in matched(held, call, evaluator):
        if not isinstance(node, ast.Constant) or isinstance(node.value, str):
            for value in evaluator.hold(node, site):
                if _is_telling(value, constructed(held) is not None):
                    yield scope, name, value


def constructed(held: Held) -> Scope | None:
    """The class whose constructor a call calls, by its name or from one below it: ``super().__init__("ssm")``."""
    match held:
        case Class(scope=scope):
            return scope
        case Function(scope=Scope(name="__init__", parent=Scope(kind="class") as scope)):
            return scope
    return None


def called_later(call: ast.Call) -> ast.Call | None:
    """The call that another one makes: ``executor.submit(put, client)``, ``Thread(target=put, args=(client,))``."""
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
    at = _LATER.get(name or "")
    if at is not None and len(call.args) > at + (not call.keywords):
        return ast.Call(call.args[at], call.args[at + 1 :], call.keywords)
    if name in ("Thread", "Process"):
        given = {word.arg: word.value for word in call.keywords}
        args, more = given.get("args"), given.get("kwargs")
        if (target := given.get("target")) is not None:
            keywords = [ast.keyword(key, value) for key, value in named(more)]
            return ast.Call(target, args.elts if isinstance(args, ast.Tuple | ast.List) else [], keywords)
    return None


def matched(held: Held, call: ast.Call, evaluator: Evaluator) -> Iterator[tuple[Scope, str, ast.expr]]:
    """The function, parameter and expression of each argument of a call, of a class those of its constructor."""
    if isinstance(held, Class):
        made = [it for it in evaluator.member(Object(held.scope), "__init__") if isinstance(it, Function)]
        if not made:
            yield from _fields(held.scope, call)
        for function in made[:1]:
            yield from _parameters(function, call)
    elif isinstance(held, Function):
        yield from _parameters(held, call)


def _parameters(function: Function, call: ast.Call) -> Iterator[tuple[Scope, str, ast.expr]]:
    names = function.scope.parameters[int(function.bound) :]
    yield from _by_place(function.scope, names, call)
    for keyword in call.keywords:
        bindings = function.scope.names.get(keyword.arg or "", ())
        if keyword.arg is not None and any(it.how == "parameter" for it in bindings):
            yield function.scope, keyword.arg, keyword.value


def _fields(scope: Scope, call: ast.Call) -> Iterator[tuple[Scope, str, ast.expr]]:
    """The fields of a class that has no constructor of its own, as dataclasses have them."""
    names = [name for name, bindings in scope.names.items() if bindings[0].how == "annotated"]
    yield from _by_place(scope, names, call)
    yield from ((scope, word.arg, word.value) for word in call.keywords if word.arg in names and word.arg)


def _by_place(scope: Scope, names: list[str], call: ast.Call) -> Iterator[tuple[Scope, str, ast.expr]]:
    for name, node in zip(names, call.args, strict=False):
        if isinstance(node, ast.Starred):
            return
        yield scope, name, node


def _is_telling(held: Held, kept: bool) -> bool:
    """Whether something is worth following; the name of a service only where an object keeps it."""
    if isinstance(held, Member):
        return isinstance(held.owner, _TELLING)
    if isinstance(held, Constant):
        return kept and isinstance(held.value, str) and operations(held.value) is not None
    return isinstance(held, _TELLING)
