"""Imports and calls → usages: which of them some service claims, and what they say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Literal

import msgspec

from portability.interest import Interest
from portability.model import UNKNOWN, Location, Namespace, Usage
from portability.parsers.python import aws
from portability.parsers.python.answers import NOTHING_GIVEN, Given, Key
from portability.parsers.python.calls import constructor_class
from portability.parsers.python.digests import digest
from portability.parsers.python.evaluate import Evaluator
from portability.parsers.python.handing import arguments, called_later, changes, constructed
from portability.parsers.python.handles import BUILT, builds, is_built, is_request, is_silent
from portability.parsers.python.held import (
    Class,
    Client,
    Closure,
    Constant,
    Environment,
    Function,
    Held,
    Imported,
    Instance,
    Member,
    Parameter,
    Resource,
    Session,
    Template,
    Waiting,
    join,
    literal,
)
from portability.parsers.python.lines import Columns
from portability.parsers.python.makers import Makers
from portability.parsers.python.operations import all_operations, operations, resource_type, services_having
from portability.parsers.python.program import Program
from portability.parsers.python.scopes import Import, Module, Scope, Site
from portability.parsers.python.stand_ins import replaced
from portability.parsers.python.values import paths_of, said
from portability.parsers.python.words import words_for

UNKNOWN_SERVICE = "unknown"
"""The symbol of a client whose service only a run could tell."""

_NAMING = frozenset({Imported, Member, Class, Function})
"""What may name something of an SDK where it is called."""

_DEFINED = (Function, Class)
_PLATFORMS = ("azure.functions.", "azure.durable_functions.", "google.cloud.functions", "google.events.")
"""Packages of which a platform hands objects to the functions that it calls."""


Kind = Literal["import", "constructor", "call"]


class Named(msgspec.Struct, frozen=True):
    """One thing that an expression names, before anyone asked whether it is wanted."""

    namespace: Namespace
    symbol: str
    kind: Kind
    endpoint: Any = None
    sure: bool = True
    places: tuple[str, ...] = ()
    thing: Constant | Environment | Template | None = None
    guessed: bool = False
    """Whether the service of a client is known from the operation alone."""
    asked: Parameter | None = None
    """What a caller hands in, of which hangs what this is."""


class _Seen(msgspec.Struct):
    """What was found of one call: what is called, what hands it in, and the usages. ``continued`` are the calls that do
    its work, where it makes a paginator or a waiter."""

    possible: tuple[Held, ...]
    hangs_on: frozenset[Key]
    continued: list[ast.Call] | None = None
    usages: tuple[Usage, ...] | None = None


class Collector:
    """The usages of one module, and what its calls hand to functions: ``handed``. With more ``given`` only those calls
    are looked at again that hang on what is new."""

    def __init__(self, module: Module, program: Program, interest: Interest) -> None:
        self._path = module.scope.path
        self._module = module
        self._program = program
        self._interest = interest
        self._columns = Columns(program.parsed(self._path).text)
        self._evaluator = Evaluator(program)
        self._given = NOTHING_GIVEN
        self._frames = {
            method: name
            for method, name in words_for(interest).of_frames.items()
            if any(it.name.startswith(name.partition(".")[0]) for it in module.imports)
        }
        self._seen: dict[ast.Call, _Seen] = {}
        self._continued: dict[ast.Call, list[ast.Call]] = {}
        self._callers = {call.func: call for call, _ in module.calls if isinstance(call.func, ast.Call)}
        """What a call gives → the call of that: ``sync_to_async(table.put_item)(Item=item)``."""
        self.makers = Makers()
        self.handed: list[tuple[Scope, str, Held, Location]] = []

    def usages(self, given: Given) -> tuple[Usage, ...]:
        """All of them, by place. The same thing at the same place is one usage."""
        before, self._given = self._given, given
        self._evaluator, self.handed = Evaluator(self._program, given), []
        found = [*self._imports(), *self._handlers(), *self._calls(before)]
        self._evaluator.let_go()
        self._let_go()
        unique = {(usage.location, usage.namespace, usage.symbol, usage.kind): usage for usage in found}
        return tuple(usage for _, usage in sorted(unique.items(), key=lambda item: item[0]))

    # Imports

    def _imports(self) -> Iterator[Usage]:
        for imported in self._module.imports:
            wanted = self._interest.wants("python", imported.name)
            if wanted and self._program.find(self._path, imported.name) is None:
                yield self._import(imported)

    def _import(self, imported: Import) -> Usage:
        return Usage(
            language="python",
            namespace="python",
            symbol=imported.name,
            address=imported.site.scope.qualified_name,
            location=self._location(imported.node),
            kind="import",
            digest=digest(imported.name, ()),
        )

    # Handlers

    def _handlers(self) -> Iterator[Usage]:
        """Functions that a platform calls, told by the first parameter that says so, and by no decorator:
        ``def main(req: func.HttpRequest)``."""
        if not any(it.name.startswith(tuple(name.rstrip(".") for name in _PLATFORMS)) for it in self._module.imports):
            return
        for scope in self._module.scopes:
            if scope.kind == "function" and not scope.decorators:
                yield from islice(self._handed_by_platform(scope), 1)

    def _handed_by_platform(self, scope: Scope) -> Iterator[Usage]:
        for name in scope.parameters:
            binding = scope.names[name][0]
            if binding.how == "parameter" and binding.annotation is not None:
                for held in self._evaluator.annotations.promised(binding.annotation, binding.site):
                    if isinstance(held, Instance) and held.name.startswith(_PLATFORMS):
                        named = [Named("python", held.name, "call")]
                        bare = ast.Call(binding.annotation, [], [])
                        yield from self._call(named, 1, binding.annotation, bare, binding.site)

    # Calls

    def _calls(self, before: Given) -> Iterator[Usage]:
        evaluator = self._evaluator
        changed = changes(self._given, before)
        for call, site in self._module.calls:
            seen = self._seen.get(call)
            if seen is None or not changed.isdisjoint(seen.hangs_on):
                self._seen[call] = _Seen(evaluator.hold(call.func, site), evaluator.hung_on())
        self._continued = {}
        for call, seen in self._seen.items():
            for held in seen.possible:
                if isinstance(held, Member) and isinstance(held.owner, Waiting) and held.owner.origin in self._seen:
                    self._continued.setdefault(held.owner.origin, []).append(call)
        for call, site in self._module.calls:
            seen = self._seen[call]
            continued = self._continued.get(call)
            if seen.usages is None or seen.continued != continued:
                seen.usages = tuple(self._used(call, site, seen.possible))
                seen.continued = continued
                if not (hangs_on := evaluator.hung_on()) <= seen.hangs_on:
                    seen.hangs_on |= hangs_on
            yield from seen.usages

    def _let_go(self) -> None:
        """Forget the calls that come to nothing, whatever callers hand in: with what they hold of the syntax tree, they
        would be most of what a module keeps."""
        joined = {*self._continued, *(call for calls in self._continued.values() for call in calls)}
        for call, seen in self._seen.copy().items():
            if not (seen.hangs_on or seen.usages or call in joined or isinstance(call.func, ast.Call)):
                del self._seen[call]
        self._module.calls[:] = [(call, site) for call, site in self._module.calls if call in self._seen]

    def _used(self, call: ast.Call, site: Site, possible: tuple[Held, ...]) -> Iterator[Usage]:
        named = [it for held in possible if type(held) in _NAMING for it in self._named(held, call, site)]
        if not named and self._frames and isinstance(call.func, ast.Attribute) and call.func.attr in self._frames:
            named = [Named("python", self._frames[call.func.attr], "call", sure=False)]
        if named:
            yield from self._call(named, len(possible), call, call, site)
        yield from self._handed_on(call, site)
        if (stood_in := replaced(call)) is not None:
            yield from self._stood_in(*stood_in, call, site)
        self._note_arguments(possible, call, site)

    def _note_arguments(self, possible: tuple[Held, ...], call: ast.Call, site: Site) -> None:
        if call.args or call.keywords:
            for held in possible:
                if isinstance(held, _DEFINED):
                    self._note(held, call, call, site)
        later = called_later(call)
        if later is not None:
            for held in self._evaluator.hold(later.func, site):
                if isinstance(held, _DEFINED):
                    self._note(held, later, call, site)

    def _note(self, held: Held, handed: ast.Call, call: ast.Call, site: Site) -> None:
        for scope, name, value in arguments(held, handed, site, self._evaluator):
            self.handed.append((scope, name, value, self._location(call)))

    def _handed_on(self, call: ast.Call, site: Site) -> Iterator[Usage]:
        """Operations handed to what calls them later: ``asyncio.to_thread(s3.put_object, Bucket=name)``. One that is
        called at once is that call's."""
        handed = [argument for argument in call.args if isinstance(argument, ast.Attribute)]
        handed += [word.value for word in call.keywords if isinstance(word.value, ast.Attribute)]
        if not handed:
            return
        outer = self._callers.get(call)
        told = () if outer is None else self._seen[outer].possible
        for argument in handed:
            if argument.attr in all_operations():
                possible = self._evaluator.hold(argument, site)
                members = [held for held in possible if isinstance(held, Member) and held not in told]
                named = [it for held in members for it in self._named(held, None, site)]
                if named:
                    yield from self._call(named, len(possible), argument, call, site)

    def _stood_in(self, target: ast.expr, name: str, call: ast.Call, site: Site) -> Iterator[Usage]:
        """What of an SDK a test puts something else in the place of: ``patch("app.orders.boto3.client")``."""
        if name:
            possible = join(*(self._evaluator.member(held, name) for held in self._evaluator.hold(target, site)))
        else:
            written = literal(self._evaluator.hold(target, site))
            possible = self._evaluator.imported(written, self._path) if isinstance(written, str) else ()
        bare = ast.Call(call.func, [], [])
        named = [it for held in possible for it in self._named(held, bare, site)]
        for usage in self._call(named, len(possible), target, call, site):
            yield msgspec.structs.replace(usage, context="test")

    def _named(self, held: Held, call: ast.Call | None, site: Site) -> Iterator[Named]:
        match held:
            case Imported() if call is not None:
                yield from self._named_by_import(held.name, call, site)
            case Member(owner=Session() | Client() | Resource() | Waiting()):
                yield from self._named_by_sdk(held, call, site)
            case Member(owner=Instance() as instance) if is_built(instance.name):
                if call is not None and is_request(held.name, bool(call.keywords)):
                    yield Named("python", f"{instance.name}.{held.name}", "call", None, instance.sure)
            case Member(owner=Instance() as instance) if not is_silent(instance.name, held.name):
                yield Named("python", f"{instance.name}.{held.name}", "call", None, instance.sure)
            case Class(scope=scope) if call is not None:
                for name in sorted(filter(self._program.is_root, self._evaluator.classes.derived_from(scope))):
                    yield from self._named_by_import(name, call, site)
            case Function() if call is not None:
                yield from self._made_by_wrapper(held, call, site)
        if call is not None and (one := constructed(held)) is not None and self._program.names_sdk(one.path):
            self.makers.made(held, one, call, site, self._evaluator)

    def _named_by_sdk(self, held: Member, call: ast.Call | None, site: Site) -> Iterator[Named]:
        match held:
            case Member(owner=Session() as session) if call is not None:
                if held.name in aws.CLIENT_METHODS | aws.RESOURCE_METHODS:
                    yield from self._constructor(call, site, session, resources=held.name in aws.RESOURCE_METHODS)
            case Member(owner=Client() as client) if isinstance(client.service, str):
                for symbol, sure in self._client_symbols(client, client.service, held.name, call, site):
                    yield Named("boto3", symbol, "call", client.endpoint, client.sure and sure, client.places)
            case Member(owner=Client(service=None) as client) if call is not None:
                for service in _guesses(held.name, call):
                    symbol = f"{service}.{held.name}"
                    yield Named("boto3", symbol, "call", client.endpoint, False, client.places, guessed=True)
            case Member(owner=Resource() as resource) if isinstance(resource.service, str):
                if symbol := self._resource_symbol(resource, resource.service, held.name):
                    yield Named(
                        "boto3", symbol, "call", resource.endpoint, resource.sure, resource.places, resource.name
                    )
            case Member(owner=Waiting(client=client) as waiting) if held.name in ("paginate", "wait"):
                if not any(call in calls for calls in self._continued.values()):
                    yield Named("boto3", waiting.symbol, "call", client.endpoint, client.sure, client.places)

    def _named_by_import(self, name: str, call: ast.Call, site: Site) -> Iterator[Named]:
        if name in aws.CLIENTS or name in aws.RESOURCES:
            yield from self._constructor(call, site, Session(), resources=name in aws.RESOURCES)
        elif name in aws.SIGNERS:
            yield Named("python", self._signed_for(call, site) or name, "constructor")
        elif module := self._evaluator.calls.module_of(name, call, site):
            if self._program.find(self._path, module) is None:
                yield Named("python", module, "import")
        elif builds(name):
            for one in self._evaluator.calls.discovered(call, site):
                yield Named("python", name if one.name == BUILT else one.name, "constructor", None, one.sure)
        elif not aws.is_sdk(name):
            made = constructor_class(name) or name
            if any(map(aws.is_class, made.split(".")[:-2])):
                return  # a method of a class's attribute: which class that has cannot be told
            kind, _, method = made.rpartition(".")
            if aws.is_class(kind) and is_silent(kind, method):
                return
            yield Named("python", made, "constructor" if aws.is_class(made) else "call")

    def _constructor(self, call: ast.Call, site: Site, session: Session, *, resources: bool) -> Iterator[Named]:
        """A client's or resource's constructor: one for every service that it may be made for."""
        made = self._evaluator.sdk.clients(call, site, session, resources=resources)
        known = [client for client in made if isinstance(client.service, str)]
        for client in known or made[:1]:
            sure = session.sure and (not known or len(known) == len(made))
            service = client.service if isinstance(client.service, str) else UNKNOWN_SERVICE
            asked = client.service if isinstance(client.service, Parameter) else None
            yield Named("boto3", service, "constructor", client.endpoint, sure, client.places, asked=asked)

    def _signed_for(self, call: ast.Call, site: Site) -> str:
        """``sigv4=execute-api``, where a literal argument of a signer says for which service and a rule asks for it."""
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            written = literal(self._evaluator.hold(argument, site))
            if isinstance(written, str) and self._interest.wants("python", f"sigv4={written}"):
                return f"sigv4={written}"
        return ""

    def _made_by_wrapper(self, function: Function, call: ast.Call, site: Site) -> Iterator[Named]:
        """``get_client("s3")``, where a ``get_client`` of the tree makes a client for the service it is handed."""
        functions = self._evaluator.functions
        raw = functions.results(function.scope)
        if not any(map(_hangs_on_caller, raw)):
            inner = [held for held in raw if isinstance(held, Function) and held.scope.parent is function.scope]
            raw = join(*(functions.results(held.scope) for held in inner))
            if not any(map(_hangs_on_caller, raw)):
                return
            made = join(*(functions.closed(Closure(held, function, call, site), raw) for held in inner))
        else:
            made = functions.called(function, call, site)
        clients = [it for it in made if isinstance(it, Client | Resource)]
        if clients:
            self.makers.called(function.scope, call, [it.service for it in clients])
        for it in made:
            if it in raw:
                continue
            if isinstance(it, Client | Resource) and isinstance(it.service, str):
                yield Named("boto3", it.service, "constructor", it.endpoint, False, it.places)
            elif isinstance(it, Instance) and is_built(it.name):
                yield Named("python", it.name, "constructor", sure=False)

    def _client_symbols(
        self, client: Client, service: str, method: str, call: ast.Call | None, site: Site
    ) -> Iterator[tuple[str, bool]]:
        known = operations(service)
        if method in ("get_waiter", "get_paginator"):
            yield from self._evaluator.sdk.waited_for(client, method, call, site)
        elif method == aws.BY_NAME:
            yield f"{service}.{method}", False
        elif known is None:
            if method not in aws.NOT_OPERATIONS and not method.startswith("_"):
                yield f"{service}.{method}", False
        elif method in known:
            yield f"{service}.{method}", True

    def _resource_symbol(self, resource: Resource, service: str, method: str) -> str:
        """The operation that a resource's method sends, else its own name; a sub-resource only if a rule names it."""
        kind = resource_type(service, resource.kind)
        operation = kind.calls.get(method, ("", ""))[0] if kind else ""
        if operation:
            return "" if resource.listed and method != "delete" and kind and kind.items else f"{service}.{operation}"
        own_name = ".".join(part for part in (service, resource.kind, method) if part)
        return own_name if not method[:1].isupper() or self._is_named(own_name) else ""

    def _is_named(self, symbol: str) -> bool:
        table = self._interest.names.get("boto3")
        return symbol in self._interest.attributes or (table is not None and symbol in table.exact)

    def _call(
        self, named: Iterable[Named], possibilities: int, node: ast.expr, call: ast.Call, site: Site
    ) -> Iterator[Usage]:
        """One usage for every wanted symbol. Where the possibilities differ, confidence and endpoint say so."""
        by_symbol: dict[tuple[Namespace, str, Kind], list[Named]] = {}
        for it in named:
            by_symbol.setdefault((it.namespace, it.symbol, it.kind), []).append(it)
        for (namespace, symbol, kind), same in by_symbol.items():
            wraps = namespace == "python" and not self._interest.wants(namespace, symbol)
            if not (self._program.wraps(self._path, symbol) if wraps else self._interest.wants(namespace, symbol)):
                continue
            asked = [it.asked for it in same if it.asked is not None]
            for parameter in asked:
                self.makers.asks(self._location(node), parameter)
            endpoints = {it.endpoint for it in same}
            in_doubt = not all(it.sure for it in same) or len(same) < possibilities
            guessed = wraps or all(it.guessed for it in same)
            things = {it.thing for it in same}
            values, variables, templates = self._said(symbol, call, site, things, node is not call)
            yield Usage(
                language="python",
                namespace="wrapper" if wraps else namespace,
                symbol=symbol,
                address=site.scope.qualified_name,
                location=self._location(node),
                kind=kind,
                values=values,
                variables=variables,
                templates=templates,
                places=tuple(dict.fromkeys(place for it in same for place in it.places)),
                related=tuple(self._location(later) for later in self._continued.get(call, ())),
                endpoint=endpoints.pop() if len(endpoints) == 1 else UNKNOWN,
                digest=digest(symbol, call.keywords if node is not call else (*call.args, *call.keywords)),
                confidence="possible" if guessed else "likely" if in_doubt else "certain",
                evidence="callers" if len(asked) == len(same) else "code",
            )

    def _said(
        self,
        symbol: str,
        call: ast.Call,
        site: Site,
        things: set[Constant | Environment | Template | None],
        handed_on: bool,
    ) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
        later = self._continued.get(call, [None])[0]
        paths = paths_of(self._interest, symbol)
        return said(paths, call, site, self._evaluator, things, later, handed_on=handed_on)

    def _location(self, node: ast.expr | ast.alias) -> Location:
        return self._columns.location(self._path, node)


def _hangs_on_caller(held: Held) -> bool:
    """Whether only a caller can tell of which service a client is."""
    if isinstance(held, Client | Resource):
        return isinstance(held.service, Parameter)
    return isinstance(held, Instance) and held.api is not None


def _guesses(operation: str, call: ast.Call) -> tuple[str, ...]:
    """The one service that has such an operation, or else of those that do the one after which the client is called."""
    services = services_having(operation)
    if len(services) > 1 and isinstance(call.func, ast.Attribute):
        client = call.func.value
        name = getattr(client, "attr", None) or getattr(client, "id", None) or ""
        words = re.split(r"[\W_]+", name.lower())
        services = tuple(service for service in services if service in words)
    return services if len(services) == 1 else ()
