"""The catalogue as a run uses it: one small file that loads in milliseconds, decoded only where it is asked."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import msgspec

from portability.catalogue.schema import (
    Capability,
    EffortTable,
    Health,
    Lack,
    Product,
    Provider,
    Service,
    Target,
    Vendor,
)
from portability.digests import blake2b
from portability.interest import DOTTED, FOLDED, HOSTS, WORDED, Claim, Interest, NameTable
from portability.model import Namespace
from portability.names.modules import called_after

UNCLASSIFIED = "unclassified"
VENDOR = "vendor/"
"""Claims of this prefix are listed and not assessed."""
HEALTH = "health/"
"""Claims of this prefix are findings about health, not lock-in."""


class Index(msgspec.Struct, kw_only=True):
    """The compiled form. What a run rarely needs stays encoded until then, in a view that is stepped over at once."""

    version: str
    words: dict[str, tuple[str, ...]]
    attributes: dict[str, tuple[str, ...]]
    needles: tuple[str, ...]
    names: dict[Namespace, memoryview]
    providers: dict[str, Provider]
    effort: EffortTable
    services: dict[str, memoryview]
    vendors: memoryview
    health: memoryview
    capabilities: memoryview
    targets: memoryview
    products: memoryview
    templates: memoryview


class _Tables(Mapping[Namespace, NameTable]):
    """Name tables, each decoded when somebody asks for it: a check of one file needs few."""

    def __init__(self, encoded: Mapping[Namespace, memoryview | bytes]) -> None:
        self._encoded = encoded
        self._decoded: dict[Namespace, NameTable] = {}

    def __reduce__(self) -> tuple[type[_Tables], tuple[dict[Namespace, bytes]]]:
        """For processes that are not forked: views of a file do not travel."""
        return _Tables, ({namespace: bytes(encoded) for namespace, encoded in self._encoded.items()},)

    def __getitem__(self, namespace: Namespace) -> NameTable:
        if namespace not in self._decoded:
            self._decoded[namespace] = msgspec.msgpack.decode(self._encoded[namespace], type=NameTable)
        return self._decoded[namespace]

    def __iter__(self) -> Iterator[Namespace]:
        return iter(self._encoded)

    def __len__(self) -> int:
        return len(self._encoded)


class Catalogue:
    """What is known about services, capabilities and targets. Read-only; every look-up is by id."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._services: dict[str, Service] = {}

    @classmethod
    def decode(cls, data: bytes | mmap.mmap) -> Catalogue:
        """Make a catalogue from its compiled bytes. Raises msgspec.DecodeError where they are not that."""
        return cls(_decoder().decode(data))

    @property
    def version(self) -> str:
        """A hash of the rules' content."""
        return self._index.version

    @cached_property
    def interest(self) -> Interest:
        """What the parsers should look for."""
        index = self._index
        names = _Tables(index.names)
        return Interest(words=index.words, attributes=index.attributes, needles=index.needles, names=names)

    @property
    def providers(self) -> Mapping[str, Provider]:
        """Sellers of cloud services by id."""
        return self._index.providers

    @property
    def effort(self) -> EffortTable:
        """What sizes mean."""
        return self._index.effort

    @cached_property
    def vendors(self) -> Mapping[str, Vendor]:
        """Whom else code may lean on, by id."""
        return msgspec.msgpack.decode(self._index.vendors, type=dict[str, Vendor])

    @cached_property
    def health(self) -> Mapping[str, Health]:
        """What is retired, relicensed or unmaintained, by id."""
        return msgspec.msgpack.decode(self._index.health, type=dict[str, Health])

    @cached_property
    def capabilities(self) -> Mapping[str, Capability]:
        """The vendor-neutral vocabulary by id."""
        return msgspec.msgpack.decode(self._index.capabilities, type=dict[str, Capability])

    @cached_property
    def targets(self) -> Mapping[str, Target]:
        """Places to go by id."""
        return msgspec.msgpack.decode(self._index.targets, type=dict[str, Target])

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """What targets have, by ``<target>/<product>``."""
        return msgspec.msgpack.decode(self._index.products, type=dict[str, Product])

    @cached_property
    def templates(self) -> Mapping[str, str]:
        """Template sources by ``<target>/<file>``."""
        return msgspec.msgpack.decode(self._index.templates, type=dict[str, str])

    @property
    def service_ids(self) -> list[str]:
        """Every service there is, sorted."""
        return sorted(self._index.services)

    def claim(self, namespace: Namespace, symbol: str) -> Claim | None:
        """Who claims a symbol: a service, or a provider's ``<provider>/unclassified``."""
        table = self.interest.names.get(namespace)
        return table.find(symbol) if table else None

    def claim_after(self, module: str, provider: str) -> Claim | None:
        """The claim on the type, the SDK's client or the service after which a provider's Terraform module is called,
        None where it is called after nothing that is known."""
        kind = module.partition("//")[0].rpartition("/")[2]
        for word in called_after(module):
            sdk: list[tuple[Namespace, str]] = [("boto3", word.replace("_", ""))] if provider == "aws" else []
            for namespace, symbol in (("terraform", f"{kind}_{word}"), *sdk):
                claim = self.claim(namespace, symbol)
                if claim is not None and not is_catch_all(claim):
                    return claim
            if (id := f"{provider}/{word.replace('_', '-')}") in self._index.services:
                return Claim(id, "primary")
        return None

    def service(self, id: str) -> Service:
        """A service by id. Raises KeyError for one that is not there."""
        if id not in self._services:
            provider, _, name = id.partition("/")
            if name == UNCLASSIFIED and provider in self.providers:
                self._services[id] = _unclassified(self.providers[provider])
            else:
                self._services[id] = msgspec.msgpack.decode(self._index.services[id], type=Service)
        return self._services[id]

    def giving(self, target: str, capability: str) -> list[tuple[str, Product]]:
        """A target's products for a capability, sorted by id."""
        return self._giving.get((target, capability), [])

    def lack(self, target: str, what: str) -> Lack | None:
        """Why a target has nothing for a capability, or for one of its features, where that was looked up."""
        return self.targets[target].lacks.get(what)

    @cached_property
    def _giving(self) -> dict[tuple[str, str], list[tuple[str, Product]]]:
        giving: dict[tuple[str, str], list[tuple[str, Product]]] = {}
        for id, product in sorted(self.products.items()):
            for capability in product.gives:
                giving.setdefault((id.partition("/")[0], capability), []).append((id, product))
        return giving


def _unclassified(provider: Provider) -> Service:
    return Service(
        name=f"{provider.name}, service not known to this catalogue",
        capability="",
        lock_in="unknown",
        because=f"It visibly belongs to {provider.name}, and no service of the catalogue claims it yet.",
        names={},
        examples=[],
    )


@cache
def _decoder() -> msgspec.msgpack.Decoder[Index]:
    return msgspec.msgpack.Decoder(Index)


def encode(index: Index) -> bytes:
    """The compiled bytes of an index."""
    return msgspec.msgpack.encode(index)


def encoded(value: Any) -> memoryview:
    """A part of the index that stays encoded until it is asked for."""
    return memoryview(msgspec.msgpack.encode(value))


def content_hash(parts: list[bytes]) -> str:
    """12 hex digits over the given parts, in order."""
    digest = blake2b(digest_size=6)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def name_tables(claimed: Mapping[Namespace, Mapping[str, Claim]]) -> dict[Namespace, NameTable]:
    """One table a namespace; what belongs to a provider and no service is asked last."""
    tables = {}
    for namespace, names in sorted(claimed.items()):
        known = [(pattern, claim) for pattern, claim in sorted(names.items()) if not is_catch_all(claim)]
        rest = [(pattern, claim) for pattern, claim in sorted(names.items()) if is_catch_all(claim)]
        kind = {
            "dotted": namespace in DOTTED,
            "hosts": namespace in HOSTS,
            "folded": namespace in FOLDED,
            "worded": namespace in WORDED,
        }
        tables[namespace] = NameTable.of(known, **kind)
        tables[namespace].last = NameTable.of(rest, **kind) if rest else None
    return tables


def is_catch_all(claim: Claim) -> bool:
    """Whether a claim names a provider, and no service of it."""
    return claim.service.endswith(f"/{UNCLASSIFIED}")


def read(path: Path) -> Catalogue:
    """Load a compiled catalogue from a file."""
    with path.open("rb") as file:
        return Catalogue.decode(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
