"""The providers that a module configures, or is handed by the modules that call it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

from portability.model import UNKNOWN
from portability.parsers.terraform.body import Block, Body, objects
from portability.parsers.terraform.configuration import Module
from portability.parsers.terraform.steps import joined
from portability.parsers.terraform.values import elements
from portability.patterns import regex

_REFERENCE = regex(r"[\w-]+(?:\.[\w-]+)?")
_PLACES: Final = ("region", "universe_domain", "environment", "metadata_host", "location")
"""Arguments of a provider that say where it works."""


class Configured(NamedTuple):
    """What a provider block says: addresses by service, UNKNOWN when it cannot be told which, or None; and places."""

    endpoints: Any
    places: tuple[str, ...]


_DEFAULT: Final = Configured(None, ())


class Providers:
    """The providers of one module, by the names that its blocks use for them."""

    def __init__(self, module: Module, unit: Mapping[Module, Providers]) -> None:
        self._module = module
        self._unit = unit
        self._known: dict[str, Configured] = {}

    def type_of(self, local_name: str) -> str:
        """The provider's own name: a directory may call ``hashicorp/aws`` what it likes."""
        return self._sources.get(local_name, local_name)

    def endpoints(self, block: Block) -> Any:
        """Where the provider that serves a block is told to go, by service, if it is told."""
        return self._serving(block).endpoints

    def places(self, block: Block) -> tuple[str, ...]:
        """Regions and other words for a place that the provider of a block, or the block itself, names."""
        own = block.body.evaluated("region") if "region" in block.body.attributes else UNKNOWN
        return ((own,) if isinstance(own, str) else ()) + self._serving(block).places

    def _serving(self, block: Block) -> Configured:
        if block.keyword == "provider":
            return _configured(block.body)
        if block.keyword not in ("resource", "data", "ephemeral", "action") or not block.labels:
            return _DEFAULT
        reference = _REFERENCE.match(block.body.source("provider"))
        return self.named(reference[0] if reference else block.labels[0].partition("_")[0])

    def named(self, name: str) -> Configured:
        """The provider that goes by a name here: ``aws``, or ``aws.eu``."""
        if name not in self._known:
            self._known[name] = _DEFAULT  # of modules that call each other
            if name in self._bodies:
                self._known[name] = _configured(self._bodies[name])
            else:
                self._known[name] = self._handed_in(name)
        return self._known[name]

    def _handed_in(self, name: str) -> Configured:
        handed = [
            self._unit[call.caller].named(_passed(call.block.body).get(name, name)) for call in self._module.callers
        ]
        if not handed or self._module.is_root:
            return handed[0] if handed and len({repr(one) for one in handed}) == 1 else _DEFAULT
        given = [one.endpoints for one in handed]
        endpoints = None if all(one is None for one in given) else joined(given)
        return Configured(endpoints, tuple(dict.fromkeys(place for one in handed for place in one.places)))

    @cached_property
    def _sources(self) -> Mapping[str, str]:
        """Local name → provider's own name, from ``required_providers``."""
        sources = {}
        for block in self._module.blocks:
            if block.keyword == "required_providers":
                for local_name in block.body.attributes:
                    for source in block.body.find([local_name, "source"]):
                        if isinstance(source, str):
                            sources[local_name] = source.rpartition("/")[2].lower()
        return sources

    @cached_property
    def _bodies(self) -> Mapping[str, Body]:
        blocks = (block for block in self._module.blocks if block.keyword == "provider" and block.labels)
        return {configuration(block): block.body for block in blocks}


def providers_of(modules: Iterable[Module]) -> Mapping[Module, Providers]:
    """The providers of each module of a unit."""
    unit: dict[Module, Providers] = {}
    unit.update((module, Providers(module, unit)) for module in modules)
    return unit


def configuration(block: Block) -> str:
    """How resources refer to a provider block: ``aws``, or with its alias ``aws.eu``. In a stack each has a name."""
    if len(block.labels) > 1:
        return ".".join(block.labels)
    alias = next(iter(block.body.value("alias")), None)
    return f"{block.labels[0]}.{alias}" if isinstance(alias, str) else block.labels[0]


def settings(provider: Body) -> Body:
    """Where the arguments of a provider stand: in its block, or in a stack's in a block of that."""
    return next(iter(provider.children("config")), provider)


def endpoints_in(body: Body) -> Any:
    """Service → address from ``endpoints``, UNKNOWN when it cannot be told which, None when there are none."""
    merged: dict[str, Any] = {}
    for found in body.find(["endpoints"]):
        for endpoints in found if isinstance(found, list) else [found]:
            if not isinstance(endpoints, dict):
                return UNKNOWN
            merged |= endpoints
    return merged or None


def _configured(body: Body) -> Configured:
    body = settings(body)
    values: Sequence[Any] = [body.evaluated(name) for name in _PLACES if name in body.attributes]
    return Configured(endpoints_in(body), tuple(value for value in values if isinstance(value, str)))


def _passed(call: Body) -> Mapping[str, str]:
    """Name in the called module → name in the caller, from ``providers = { aws.peer = aws.eu }``."""
    node = call.expression("providers")
    if node is None:
        return {}
    text = {}
    for inner in objects(node):
        for key, value in elements(inner):
            names = [
                call.data_of("providers")[part.start_byte : part.end_byte].decode().strip('"') for part in (key, value)
            ]
            text[names[0]] = names[1].removeprefix("${").removesuffix("}").removeprefix("provider.").partition("[")[0]
    return text
