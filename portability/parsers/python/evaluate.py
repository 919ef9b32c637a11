"""Names → what they hold. What cannot be told is opaque, and no chain is followed for ever."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from portability.model import UNKNOWN
from portability.parsers.python import aws
from portability.parsers.python.handles import handed_out
from portability.parsers.python.held import (
    NOTHING,
    OPAQUE,
    Class,
    Client,
    Constant,
    Display,
    Function,
    Held,
    Imported,
    Instance,
    Member,
    Object,
    Opaque,
    Parameter,
    Resource,
    Session,
    doubted,
    join,
    literal,
)
from portability.parsers.python.operations import resource_type
from portability.parsers.python.scopes import Binding, Module, Scope, Site

_DEEPEST = 40
"""How many steps a value is followed through before it counts as opaque."""

_MOST_BINDINGS = 12
_MOST_BASES = 20
_MOST_ELEMENTS = 100
_LONGEST_TEXT = 2_000

_ENTERING = frozenset({"enter_context", "enter_async_context"})
_HANDING_ON = {"contextlib.closing": 0, "contextlib.aclosing": 0, "copy.copy": 0, "typing.cast": 1}
"""Functions that give back an argument, and which."""

_FIELDS = frozenset(
    {"dataclasses.field", "attr.ib", "attrs.field", "attr.field", "pydantic.Field", "pydantic.PrivateAttr"}
)
_WRAPPERS = frozenset(
    {"Optional", "Union", "Annotated", "ClassVar", "Final", "Required", "NotRequired"}
    | {"Iterator", "Generator", "AsyncIterator", "AsyncGenerator", "Awaitable"}
    | {"ContextManager", "AbstractContextManager", "AsyncContextManager", "AbstractAsyncContextManager"}
)
"""Annotations that say something about the type in their brackets, and leave it what it is."""

_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


class Evaluator:
    """Answers what an expression of one module may hold. Nothing is run; every answer is kept."""

    def __init__(self, module: Module) -> None:
        self._lambdas = module.lambdas
        self._depth = 0
        self._bound: dict[Binding, tuple[Held, ...]] = {}
        self._called: dict[ast.Call, tuple[Held, ...]] = {}
        self._results: dict[Scope, tuple[Held, ...]] = {}
        self._dicts: dict[ast.Dict, dict[Any, ast.expr]] = {}
        self._sorted: set[int] = set()

    def hold(self, node: ast.expr | None, site: Site) -> tuple[Held, ...]:
        """Everything the expression may hold at this place."""
        if isinstance(node, ast.Name):
            return self._name(node.id, site)
        if isinstance(node, ast.Constant):
            return (Constant(node.value),) if _is_plain(node.value) else NOTHING
        if self._depth >= _DEEPEST:
            return NOTHING
        self._depth += 1
        try:
            return self._compound(node, site)
        finally:
            self._depth -= 1

    def _compound(self, node: ast.expr | None, site: Site) -> tuple[Held, ...]:
        match node:
            case ast.Attribute():
                return join(*(self._member(held, node.attr) for held in self.hold(node.value, site)))
            case ast.Call():
                return self._call(node, site)
            case ast.Await() | ast.NamedExpr():
                return self.hold(node.value, site)
            case ast.IfExp():
                return join(self.hold(node.body, site), self.hold(node.orelse, site))
            case ast.BoolOp():
                return join(*(self.hold(value, site) for value in node.values))
            case ast.Subscript():
                return self._subscript(node, site)
            case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
                return (Display(node, site),)
            case ast.JoinedStr():
                parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
                return self._concatenated(parts, site)
            case ast.BinOp(op=ast.Add()):
                return self._concatenated([node.left, node.right], site)
            case ast.Lambda() if node in self._lambdas:
                return (Function(self._lambdas[node]),)
        return NOTHING

    def literal(self, node: ast.expr, site: Site) -> Any:
        """The value as plain data, with ``UNKNOWN`` for it or for what is unknown or too much inside it."""
        return self._literal(node, site, [_MOST_ELEMENTS])

    def _literal(self, node: ast.expr, site: Site, budget: list[int]) -> Any:
        possible = self.hold(node, site)
        if len(possible) != 1 or not isinstance(display := possible[0], Display):
            return literal(possible)
        elements = len(list(ast.iter_child_nodes(display.node)))
        budget[0] -= elements + 1
        if budget[0] < 0:
            return UNKNOWN
        if isinstance(display.node, ast.Dict):
            values = self._keys(display.node)
            return {key: self._literal(value, display.site, budget) for key, value in values.items()}
        return [self._literal(element, display.site, budget) for element in display.node.elts]

    def argument(self, call: ast.Call, name: str, index: int | None = None) -> ast.expr | None:
        """The expression that is handed over by this keyword, or in this place."""
        for keyword in call.keywords:
            if keyword.arg == name:
                return keyword.value
        if index is not None and index < len(call.args):
            before = call.args[: index + 1]
            return None if any(isinstance(argument, ast.Starred) for argument in before) else call.args[index]
        return None

    def unpacked(self, call: ast.Call, site: Site) -> Iterator[tuple[ast.expr, Display | None]]:
        """Each ``**mapping`` of a call, with the dict that it is when the file shows it."""
        for keyword in call.keywords:
            if keyword.arg is None:
                shown = [held for held in self.hold(keyword.value, site) if isinstance(held, Display)]
                yield keyword.value, shown[0] if len(shown) == 1 else None

    def stored(self, mapping: ast.expr, display: Display, key: str, site: Site) -> tuple[Held, ...]:
        """What a visible dict holds under a key, or what was stored there since; empty when nothing is."""
        later = self._stored(mapping, key, site)
        return later if later else self._element(display, key)

    def results(self, scope: Scope) -> tuple[Held, ...]:
        """What calling a function gives, before its parameters are known."""
        if scope not in self._results:
            self._results[scope] = ()
            found = join(*(self.hold(node, site) for node, site in scope.results))
            if not _tells(found) and scope.returns is not None and scope.site is not None:
                found = self.annotated(scope.returns, scope.site) or found
            self._results[scope] = found or NOTHING
        return self._results[scope]

    def called(self, function: Function, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """What this call of a function of this file gives, with the arguments put in for the parameters."""
        return join(*(self._substituted(held, function, call, site) for held in self.results(function.scope)))

    def annotated(self, node: ast.expr, site: Site) -> tuple[Held, ...]:
        """What an annotation promises; empty when it names nothing that matters here."""
        found: list[tuple[Held, ...]] = []
        todo = [node]
        while todo and len(found) < _MOST_BINDINGS:
            part = todo.pop()
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                found.extend(self._promised(self._dotted(name, site)) for name in _DOTTED.findall(part.value[:500]))
            elif isinstance(part, ast.BinOp):
                todo += [part.left, part.right]
            elif isinstance(part, ast.Subscript):
                if (getattr(part.value, "attr", None) or getattr(part.value, "id", "")) in _WRAPPERS:
                    todo += part.slice.elts[:3] if isinstance(part.slice, ast.Tuple) else [part.slice]
            elif isinstance(part, ast.Name | ast.Attribute):
                found.append(self._promised(self.hold(part, site)))
        return join(*found)

    # Names

    def _name(self, name: str, site: Site | None) -> tuple[Held, ...]:
        scope: Scope | None = site.scope if site else None
        while scope is not None:
            if scope.kind != "class" or (site is not None and site.scope is scope):
                owner = scope.elsewhere.get(name, scope)
                if bindings := owner.names.get(name):
                    here = site if site is not None and owner is site.scope else None
                    return self._read(bindings, here)
            site = scope.site if scope.kind == "comprehension" else None
            scope = scope.parent
        return NOTHING

    def _read(self, bindings: list[Binding], site: Site | None) -> tuple[Held, ...]:
        """Join the bindings that a read at this place can see: back to the last one that must have happened."""
        if len(bindings) == 1:
            return self._binding(bindings[0])
        if id(bindings) not in self._sorted:
            bindings.sort(key=_order)
            self._sorted.add(id(bindings))
        chosen: list[Binding] = []
        if site is not None:
            for index in range(bisect_left(bindings, site.order, key=_order) - 1, -1, -1):
                chosen.append(bindings[index])
                if bindings[index].site.block.encloses(site.block) or len(chosen) > _MOST_BINDINGS:
                    break
        seen = [self._binding(binding) for binding in (chosen or bindings[-_MOST_BINDINGS:])]
        if len(chosen or bindings) > _MOST_BINDINGS:
            seen.append(NOTHING)
        return join(*seen) or NOTHING

    def _binding(self, binding: Binding) -> tuple[Held, ...]:
        known = self._bound.get(binding)
        if known is None:
            if self._depth >= _DEEPEST:
                return NOTHING
            self._bound[binding] = ()
            self._depth += 1
            try:
                known = self._bound[binding] = self._bind(binding)
            finally:
                self._depth -= 1
        return known

    def _bind(self, binding: Binding) -> tuple[Held, ...]:
        match binding.how:
            case "import":
                return (Imported(binding.name),)
            case "function" if binding.scope:
                return (Function(binding.scope),)
            case "class" if binding.scope:
                return (Class(binding.scope),)
            case "receiver" if binding.scope and binding.scope.parent:
                return (Object(binding.scope.parent),)
            case "parameter" if binding.scope:
                return self._parameter(binding, binding.scope)
            case "value":
                return self.hold(binding.node, binding.site)
            case "annotated":
                found = self.hold(binding.node, binding.site) if binding.node else ()
                if not _tells(found) and binding.annotation is not None:
                    return self.annotated(binding.annotation, binding.site) or found or NOTHING
                return found
            case "item":
                return join(*(self._element(held, binding.index) for held in self.hold(binding.node, binding.site)))
            case "element":
                return join(*(self._iterated(held) for held in self.hold(binding.node, binding.site)))
            case "entered":
                return join(*(self._entered(held) for held in self.hold(binding.node, binding.site)))
        return NOTHING

    def _parameter(self, binding: Binding, scope: Scope) -> tuple[Held, ...]:
        if binding.annotation is not None and (promised := self.annotated(binding.annotation, binding.site)):
            return promised
        parameter = Parameter(scope, binding.name)
        if binding.node is None:
            return (parameter,)
        return join((parameter,), tuple(map(doubted, self.hold(binding.node, binding.site))))

    def _dotted(self, name: str, site: Site) -> tuple[Held, ...]:
        root, *rest = name.split(".")
        found = self._name(root, site)
        if found == NOTHING and rest:
            return (Imported(name),)
        for part in rest:
            found = join(*(self._member(held, part) for held in found))
        return found

    def _promised(self, possible: tuple[Held, ...]) -> tuple[Held, ...]:
        """Objects of the classes that an annotation names."""
        found: list[Held] = []
        for held in possible:
            if isinstance(held, Imported) and (instance := aws.instance_of(held.name)):
                found.append(doubted(instance))
            elif isinstance(held, Class):
                found.append(Object(held.scope, sure=False))
        return tuple(found)

    # Parts

    def _member(self, held: Held, name: str) -> tuple[Held, ...]:
        match held:
            case Imported():
                return (Imported(f"{held.name}.{name}"),)
            case Session() | Client() | Instance():
                return (Member(held, name),)
            case Resource():
                return self._resource_member(held, name)
            case Member(owner=Resource() as owner, name="meta") if name == "client":
                return (Client(owner.service, owner.endpoint, owner.sure),)
            case Member(owner=Instance()):
                return (Member(held.owner, f"{held.name}.{name}"),)
            case Object() | Class():
                return self._attribute(held, name)
        return NOTHING

    def _resource_member(self, held: Resource, name: str) -> tuple[Held, ...]:
        if name == "meta":
            return (Member(held, name),)
        kind = resource_type(held.service, held.kind) if isinstance(held.service, str) else None
        if kind is None:
            return NOTHING
        if name in kind.attributes:
            return (replace(held, kind=kind.attributes[name], listed=False),)
        return (Member(held, name),) if name in kind.calls else NOTHING

    def _attribute(self, held: Object | Class, name: str) -> tuple[Held, ...]:
        """An attribute of a class of this file or of its instances, looked for in its bases too."""
        todo: list[Held] = [held]
        seen: set[Scope] = set()
        while todo and len(seen) < _MOST_BASES:
            owner = todo.pop(0)
            if isinstance(owner, Imported):
                instance = aws.instance_of(owner.name)
                if isinstance(instance, Session):
                    return (Member(instance, name),)
            elif isinstance(owner, Object | Class) and owner.scope not in seen:
                scope = owner.scope
                seen.add(scope)
                if bindings := [*scope.attributes.get(name, ()), *scope.names.get(name, ())]:
                    found = join(*(self._bound_to(it, held) for it in bindings[-_MOST_BINDINGS:])) or NOTHING
                    return found if getattr(held, "sure", True) else tuple(map(doubted, found))
                if scope.site is not None:
                    todo.extend(it for base in scope.bases[:5] for it in self.hold(base, scope.site))
        return NOTHING

    def _bound_to(self, binding: Binding, owner: Object | Class) -> tuple[Held, ...]:
        found: list[tuple[Held, ...]] = []
        for held in self._binding(binding):
            if isinstance(held, Function) and binding.how == "function":
                if held.scope.is_property and isinstance(owner, Object):
                    found.append(self.results(held.scope))
                else:
                    bound = isinstance(owner, Object) or "classmethod" in held.scope.decorators
                    found.append((Function(held.scope, bound and bool(held.scope.receiver)),))
            else:
                found.append((held,))
        return join(*found)

    def _subscript(self, node: ast.Subscript, site: Site) -> tuple[Held, ...]:
        key = literal(self.hold(node.slice, site))
        if not isinstance(key, str | int):
            return NOTHING
        if stored := self._stored(node.value, key, site):
            return stored
        return join(*(self._element(held, key) for held in self.hold(node.value, site))) or NOTHING

    def _stored(self, place: ast.expr, key: str | int, site: Site) -> tuple[Held, ...]:
        """What was assigned to ``place[key]``."""
        name = f"[{key!r}]"
        if isinstance(place, ast.Name):
            found = self._name(place.id + name, site)
            return () if found == NOTHING else found
        if isinstance(place, ast.Attribute):
            owners = [held for held in self.hold(place.value, site) if isinstance(held, Object)]
            found = join(*(self._attribute(held, place.attr + name) for held in owners))
            return () if found == NOTHING else found
        return ()

    def _element(self, held: Held, key: str | int | None) -> tuple[Held, ...]:
        """What a display holds under a key or index; of the instances that a resource's method lists, each."""
        if isinstance(held, Resource) and isinstance(key, int):
            return (held,)
        if not isinstance(held, Display):
            return NOTHING
        if isinstance(held.node, ast.Dict):
            value = self._keys(held.node).get(key)
            return self.hold(value, held.site) if value is not None else NOTHING
        if isinstance(key, int) and -len(held.node.elts) <= key < len(held.node.elts):
            return self.hold(held.node.elts[key], held.site)
        return NOTHING

    def _keys(self, node: ast.Dict) -> dict[Any, ast.expr]:
        """A dict's values by their literal keys."""
        if node not in self._dicts:
            pairs = zip(node.keys, node.values, strict=True)
            self._dicts[node] = {
                key.value: value for key, value in pairs if isinstance(key, ast.Constant) and _is_plain(key.value)
            }
        return self._dicts[node]

    def _iterated(self, held: Held) -> tuple[Held, ...]:
        if isinstance(held, Display):
            elements = held.node.keys if isinstance(held.node, ast.Dict) else held.node.elts
            if len(elements) > _MOST_ELEMENTS:
                return NOTHING
            return join(*(self.hold(element, held.site) for element in elements)) or NOTHING
        if isinstance(held, Resource) and isinstance(held.service, str):
            kind = resource_type(held.service, held.kind)
            return (replace(held, kind=kind.items, listed=False) if kind and kind.items else held,)
        return NOTHING

    def _entered(self, held: Held) -> tuple[Held, ...]:
        if isinstance(held, Object):
            methods = (*self._attribute(held, "__enter__"), *self._attribute(held, "__aenter__"))
            return join(*(self.results(it.scope) for it in methods if isinstance(it, Function))) or NOTHING
        return (held,)

    def _concatenated(self, parts: list[ast.expr], site: Site) -> tuple[Held, ...]:
        choices = [self.hold(part, site) for part in parts]
        whole: list[Held] = []
        for chosen in product(*choices[:20]):
            if len(whole) >= _MOST_BINDINGS or len(choices) > 20:
                return NOTHING
            texts = [held.value for held in chosen if isinstance(held, Constant) and isinstance(held.value, str)]
            known = len(texts) == len(parts) and sum(map(len, texts)) <= _LONGEST_TEXT
            whole.append(Constant("".join(texts)) if known else OPAQUE)
        return join(tuple(whole))

    # Calls

    def _call(self, node: ast.Call, site: Site) -> tuple[Held, ...]:
        known = self._called.get(node)
        if known is None:
            self._called[node] = ()
            made = [self._made(held, node, site) for held in self.hold(node.func, site)]
            known = self._called[node] = join(*made) or NOTHING
        return known

    def _made(self, held: Held, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """What calling ``held`` gives."""
        match held:
            case Imported():
                return self._made_by_import(held.name, call, site)
            case Member(owner=Session() as session):
                if held.name in aws.CLIENT_METHODS:
                    return self._clients(call, site, session.sure)
                if held.name in aws.RESOURCE_METHODS:
                    return self._resources(call, site, session.sure)
            case Member(owner=Resource() as owner):
                kind = resource_type(owner.service, owner.kind) if isinstance(owner.service, str) else None
                if kind is not None and held.name in kind.calls and (made := kind.calls[held.name][1]):
                    return (replace(owner, kind=made, listed=bool(kind.items)),)
            case Member(owner=Instance() as instance):
                made_class = handed_out(instance.name, held.name)
                return NOTHING if made_class is None else (Instance(made_class, instance.sure),)
            case Function():
                return self.called(held, call, site)
            case Class() | Object():
                return (Object(held.scope),)
            case Opaque() | Parameter():
                if isinstance(call.func, ast.Attribute) and call.func.attr in _ENTERING and call.args:
                    return join(*(self._entered(it) for it in self.hold(call.args[0], site)))
        return NOTHING

    def _made_by_import(self, name: str, call: ast.Call, site: Site) -> tuple[Held, ...]:
        if name in aws.CLIENTS:
            return self._clients(call, site)
        if name in aws.RESOURCES:
            return self._resources(call, site)
        if name in aws.SESSIONS:
            return (Session(),)
        if name in _HANDING_ON and len(call.args) > _HANDING_ON[name]:
            return self.hold(call.args[_HANDING_ON[name]], site)
        if name in _FIELDS:
            return self._default_of_field(call, site)
        instance = aws.instance_of(constructor_class(name) or name)
        return (instance,) if instance is not None else NOTHING

    def _default_of_field(self, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """``field(default_factory=lambda: boto3.client("s3"))``"""
        for name in ("default_factory", "factory"):
            if (factory := self.argument(call, name)) is not None:
                made = (self.results(held.scope) for held in self.hold(factory, site) if isinstance(held, Function))
                return join(*made) or NOTHING
        default = self.argument(call, "default")
        return self.hold(default, site) if default is not None else ()

    def _clients(self, call: ast.Call, site: Site, sure: bool = True) -> tuple[Held, ...]:
        endpoint = self.endpoint(call, site)
        services = self.services(call, site)
        return tuple(Client(service, endpoint, sure and len(services) == 1) for service in services)

    def _resources(self, call: ast.Call, site: Site, sure: bool = True) -> tuple[Held, ...]:
        endpoint = self.endpoint(call, site)
        services = self.services(call, site)
        return tuple(Resource(service, "", endpoint, sure and len(services) == 1) for service in services)

    def services(self, call: ast.Call, site: Site) -> tuple[str | Parameter | None, ...]:
        """The services that a client may be made for; None stands for those that only a run could tell."""
        node = self.argument(call, "service_name", 0)
        found: dict[str | Parameter | None, None] = {}
        for held in self.hold(node, site) if node is not None else NOTHING:
            if isinstance(held, Constant) and isinstance(held.value, str) and aws.SERVICE.fullmatch(held.value):
                found[held.value] = None
            else:
                found[held if isinstance(held, Parameter) else None] = None
        return tuple(found)

    def endpoint(self, call: ast.Call, site: Site) -> Any:
        """Where a client is told to go: a literal, ``UNKNOWN``, or None when the call does not say."""
        node = self.argument(call, "endpoint_url")
        if node is not None:
            return literal(self.hold(node, site))
        for mapping, display in self.unpacked(call, site):
            if display is not None and (possible := self.stored(mapping, display, "endpoint_url", site)) != NOTHING:
                return literal(possible)
        return None

    def _substituted(self, held: Held, function: Function, call: ast.Call, site: Site) -> tuple[Held, ...]:
        if isinstance(held, Parameter) and held.scope is function.scope:
            return self._handed_over(held, function, call, site)
        if isinstance(held, Client | Resource):
            parameter = held.service
            if isinstance(parameter, Parameter) and parameter.scope is function.scope:
                return tuple(
                    replace(held, service=it.value)
                    if isinstance(it, Constant) and isinstance(it.value, str) and aws.SERVICE.fullmatch(it.value)
                    else replace(held, service=it if isinstance(it, Parameter) else None)
                    for it in self._handed_over(parameter, function, call, site)
                )
        return (held,)

    def _handed_over(self, parameter: Parameter, function: Function, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """The argument for a parameter in a call, else the parameter's default."""
        names = function.scope.parameters
        index = names.index(parameter.name) - function.bound if parameter.name in names else None
        node = self.argument(call, parameter.name, index)
        if node is not None:
            return self.hold(node, site)
        binding = function.scope.names[parameter.name][0]
        return self.hold(binding.node, binding.site) if binding.node is not None else NOTHING


def constructor_class(name: str) -> str:
    """The class that ``package.Class.from_connection_string`` makes an object of, else ``""``."""
    owner, _, method = name.rpartition(".")
    return owner if method.startswith("from_") and aws.is_class(owner) else ""


def _order(binding: Binding) -> int:
    return binding.site.order


def _tells(possible: tuple[Held, ...]) -> bool:
    """Whether anything is known besides ``None``."""
    return any(not isinstance(held, Opaque | Parameter) and held != Constant(None) for held in possible)


def _is_plain(value: object) -> bool:
    """Whether a literal can stand in every output: no bytes, no half characters, no numbers beyond 64 bits."""
    if isinstance(value, str):
        return value.isascii() or not _HALF_CHARACTER.search(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None or isinstance(value, float)
