"""What the AWS SDKs' objects give: clients of sessions, tables of resources, pages of clients."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from portability.parsers.python import aws
from portability.parsers.python.held import (
    NOTHING,
    Client,
    Constant,
    Environment,
    Held,
    Member,
    Parameter,
    Resource,
    Session,
    Template,
    Waiting,
    literal,
    named,
)
from portability.parsers.python.operations import ResourceType, operations, resource_type
from portability.parsers.python.scopes import Site

if TYPE_CHECKING:
    from portability.parsers.python.evaluate import Evaluator

Service = str | Parameter | None


class Sdk:
    """Asks an evaluator what the arguments hold, and says what the SDK makes of them."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def member(self, held: Session | Client | Resource | Waiting, name: str) -> tuple[Held, ...]:
        """An attribute of an SDK's object."""
        if not isinstance(held, Resource) or name == "meta":
            return (Member(held, name),)
        kind = kind_of(held)
        if kind is None:
            return NOTHING
        if name in kind.attributes:
            return (msgspec.structs.replace(held, kind=kind.attributes[name], listed=False),)
        return (Member(held, name),) if name in kind.calls else NOTHING

    def made_by_name(self, name: str, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """What calling something of the SDK's modules gives; empty when the name says nothing here."""
        if name in aws.CLIENTS:
            return self.clients(call, site, Session())
        if name in aws.RESOURCES:
            return self._resources(call, site, Session())
        if name in aws.SESSIONS:
            return (Session(places=self.places(call, site, 3 if name.startswith("boto3") else None)),)
        if name in aws.TRANSFERS:
            node = self._evaluator.argument(call, "client", 0)
            held = self._evaluator.hold(node, site) if node is not None else ()
            return tuple(it for it in held if isinstance(it, Client)) or (Client("s3"),)
        return ()

    def made_by_member(self, member: Member, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """What calling a method of an SDK's object gives."""
        match member.owner:
            case Session() as session if member.name in aws.CLIENT_METHODS:
                return self.clients(call, site, session)
            case Session() as session if member.name in aws.RESOURCE_METHODS:
                return self._resources(call, site, session)
            case Client(service=str()) as client if member.name in ("get_paginator", "get_waiter"):
                symbols = self.waited_for(client, member.name, call, site)
                return tuple(Waiting(client, symbol, call) for symbol, _ in symbols)
            case Resource() as resource:
                kind = kind_of(resource)
                if kind is not None and member.name in kind.calls and (made := kind.calls[member.name][1]):
                    name = resource.name if resource.kind else self._made_for(call, site)
                    return (msgspec.structs.replace(resource, kind=made, listed=bool(kind.items), name=name),)
        return NOTHING

    def _made_for(self, call: ast.Call, site: Site) -> Constant | Environment | Template | None:
        """What a resource is made for: ``Bucket("uploads")``, ``get_queue_by_name(QueueName="orders")``."""
        given = [*call.args[:1], *(keyword.value for keyword in call.keywords if not call.args)]
        return named(self._evaluator.hold(given[0], site)) if len(given) == 1 else None

    def iterated(self, held: Resource) -> tuple[Held, ...]:
        """What a collection yields; of the instances that a resource's method lists, each."""
        kind = kind_of(held)
        return (msgspec.structs.replace(held, kind=kind.items, listed=False) if kind and kind.items else held,)

    def waited_for(self, client: Client, method: str, call: ast.Call | None, site: Site) -> Iterator[tuple[str, bool]]:
        """The symbols of ``get_paginator`` and ``get_waiter``, each with whether it is the only one."""
        if method == "get_waiter" or not isinstance(client.service, str):
            yield f"{client.service}.{method}", True
            return
        known = operations(client.service)
        node = self._evaluator.argument(call, "operation_name", 0) if call is not None else None
        possible = self._evaluator.hold(node, site) if node is not None else ()
        names = [it.value for it in possible if isinstance(it, Constant) and (known is None or it.value in known)]
        for name in names or [method]:
            yield f"{client.service}.{name}", len(names) <= 1

    def services(self, call: ast.Call, site: Site, *, resources: bool = False) -> tuple[Service, ...]:
        """The services that a client may be made for; None stands for those that only a run could tell. Of several
        only those count that have ``resources``, where such are asked for."""
        found: dict[Service, None] = {}
        possible = self._argument(call, "service_name", 0, site)
        for held in NOTHING if possible is None else possible:
            if isinstance(held, Constant) and isinstance(held.value, str) and aws.SERVICE.fullmatch(held.value):
                found[held.value] = None
            else:
                found[held if isinstance(held, Parameter) else None] = None
        if resources and len(found) > 1:
            return tuple(it for it in found if not isinstance(it, str) or resource_type(it, "") is not None)
        return tuple(found)

    def endpoint(self, call: ast.Call, site: Site) -> Any:
        """Where a client is told to go: a literal, ``UNKNOWN``, or None when the call does not say."""
        possible = self._argument(call, "endpoint_url", None, site)
        return None if possible is None else literal(possible)

    def places(self, call: ast.Call, site: Site, index: int | None = 1) -> tuple[str, ...]:
        """The region that a call names, as written; empty when it does not or only a run could tell."""
        possible = self._argument(call, "region_name", index, site)
        return tuple(
            it.value for it in possible or () if isinstance(it, Constant) and isinstance(it.value, str) and it.value
        )

    def substituted(self, held: Client | Resource, services: tuple[Held, ...]) -> tuple[Held, ...]:
        """The client with the service that a caller hands in."""
        return tuple(
            msgspec.structs.replace(held, service=it.value)
            if isinstance(it, Constant) and isinstance(it.value, str) and aws.SERVICE.fullmatch(it.value)
            else msgspec.structs.replace(held, service=it if isinstance(it, Parameter) else None)
            for it in services
        )

    def clients(self, call: ast.Call, site: Site, session: Session, *, resources: bool = False) -> tuple[Client, ...]:
        """The clients, or ``resources`` with a client inside, that a call makes: one for every service it may be."""
        services, endpoint = self.services(call, site, resources=resources), self.endpoint(call, site)
        places = self._governing(call, site, session, endpoint)
        sure = session.sure and len(services) == 1
        return tuple(Client(service, endpoint, sure, places) for service in services)

    def _resources(self, call: ast.Call, site: Site, session: Session) -> tuple[Held, ...]:
        made = self.clients(call, site, session, resources=True)
        return tuple(Resource(one.service, "", one.endpoint, one.sure, places=one.places) for one in made)

    def _governing(self, call: ast.Call, site: Site, session: Session, endpoint: Any) -> tuple[str, ...]:
        region = self.places(call, site) or session.places
        return (*region, endpoint) if isinstance(endpoint, str) else region

    def _argument(self, call: ast.Call, name: str, index: int | None, site: Site) -> tuple[Held, ...] | None:
        """What an argument may hold, by name, place or ``**mapping``; None when the call does not say."""
        evaluator = self._evaluator
        node = evaluator.argument(call, name, index)
        if node is not None:
            return evaluator.hold(node, site)
        for mapping, display in evaluator.unpacked(call, site):
            if display is not None and (possible := evaluator.stored(mapping, display, name, site)) != NOTHING:
                return possible
        return None


def kind_of(held: Resource) -> ResourceType | None:
    """The resource class of what is held, when service and class are known."""
    return resource_type(held.service, held.kind) if isinstance(held.service, str) else None
