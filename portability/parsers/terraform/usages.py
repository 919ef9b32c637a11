"""Blocks → usages: what each names, what it says about what was asked, and whether it is there at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b
from itertools import chain
from typing import Any, Final, Literal, NamedTuple

from portability.interest import Interest
from portability.model import UNKNOWN, Active, Location, Namespace, Usage
from portability.parsers.terraform.body import Block, Body
from portability.parsers.terraform.text import Positions, normalised

Kind = Literal["resource", "data", "ephemeral", "block", "module"]

_TYPED: Final[dict[str, tuple[Kind, str]]] = {
    "resource": ("resource", ""),
    "data": ("data", "data."),
    "ephemeral": ("ephemeral", "ephemeral."),
    "action": ("block", "action."),
}
"""Blocks whose first label is a type of the provider, with what their addresses begin with."""

_REGISTRY = re.compile(
    r"(?:registry\.(?:terraform\.io|opentofu\.org)/)?(?!github\.com/|bitbucket\.org/)"
    r"((?:[\w-]+(?:\.[\w-]+)+/)?[\w-]+/[\w-]+/[\w-]+)(//[^?]+)?"
)
_GITHUB = re.compile(
    r"(?:git::)?(?:(?:https?|ssh)://)?(?:[^/@]+@)?github\.com[/:]"
    r"([\w.-]+)/terraform-([a-z0-9]+)-([\w-]+?)(?:\.git)?(//[^?]+)?(?:\?.*)?"
)
_PROVIDER_REFERENCE = re.compile(r"[\w-]+(?:\.[\w-]+)?")
_SWITCH_LENGTH: Final = 80


class Named(NamedTuple):
    """What a block names: the namespace, the symbol in it, the block's kind and its address."""

    namespace: Namespace
    symbol: str
    kind: Kind
    address: str


class Question:
    """An interest, with answers per symbol remembered: the same types come up in every directory."""

    def __init__(self, interest: Interest) -> None:
        self.interest = interest
        self._prefixes = {key[:-1]: paths for key, paths in interest.attributes.items() if key.endswith("*")}
        self._lengths = sorted({len(prefix) for prefix in self._prefixes})
        self._wanted: dict[tuple[Namespace, str], bool] = {}
        self._paths: dict[str, tuple[str, ...]] = {}

    def wants(self, namespace: Namespace, symbol: str) -> bool:
        """Whether anybody claims the symbol."""
        key = (namespace, symbol)
        if key not in self._wanted:
            self._wanted[key] = self.interest.wants(namespace, symbol)
        return self._wanted[key]

    def paths(self, symbol: str) -> tuple[str, ...]:
        """The attribute paths asked for under every key that covers the symbol."""
        if symbol not in self._paths:
            exact = self.interest.attributes.get(symbol, ())
            prefixed = (self._prefixes.get(symbol[:length], ()) for length in self._lengths if length <= len(symbol))
            self._paths[symbol] = tuple(dict.fromkeys(chain(exact, *prefixed)))
        return self._paths[symbol]


_questions: list[Question] = []


def question_of(interest: Interest) -> Question:
    """The question for an interest. The last is kept: one interest asks about many directories."""
    if not _questions or _questions[0].interest is not interest:
        _questions[:] = [Question(interest)]
    return _questions[0]


class Providers:
    """The providers that a directory configures, over all of its files."""

    def __init__(self, blocks: list[Block]) -> None:
        self._sources: dict[str, str] = {}
        self._endpoints: dict[str, Any] = {}
        for block in blocks:
            if block.keyword == "required_providers":
                self._sources |= _sources(block.body)
            elif block.keyword == "provider" and block.labels and (endpoints := _endpoints(block.body)) is not None:
                self._endpoints[_configuration(block)] = endpoints

    def type_of(self, local_name: str) -> str:
        """The provider's own name: a directory may call ``hashicorp/aws`` what it likes."""
        return self._sources.get(local_name, local_name)

    def endpoints(self, block: Block) -> Any:
        """Where the provider that serves a resource is told to go, by service, if it is told."""
        if not self._endpoints:
            return None
        reference = _PROVIDER_REFERENCE.match(block.body.source("provider"))
        return self._endpoints.get(reference[0] if reference else block.labels[0].partition("_")[0])


class File(NamedTuple):
    """The blocks of one file, the bytes that their offsets count in, and where those lie."""

    path: str
    data: bytes
    positions: Positions
    blocks: list[Block]


def usages(file: File, providers: Providers, question: Question) -> Iterator[Usage]:
    """The wanted usages of one file, in the order of the file."""
    for block in file.blocks:
        named = _named(block, providers)
        if named is None or not question.wants(named.namespace, named.symbol):
            continue
        active, switch = _active(block.body)
        line, column = file.positions.at(block.start)
        end_line, end_column = file.positions.at(block.end)
        yield Usage(
            language="terraform",
            namespace=named.namespace,
            symbol=named.symbol,
            address=named.address,
            location=Location(path=file.path, line=line, column=column, end_line=end_line, end_column=end_column),
            kind=named.kind,
            values={name: found[0] for name in question.paths(named.symbol) if (found := block.body.value(name))},
            endpoint=_endpoint(block, providers),
            digest=_digest(named, file.data[block.opens : block.end]),
            active=active,
            switch=switch,
        )


def _named(block: Block, providers: Providers) -> Named | None:
    match block.keyword, block.labels:
        case ("resource" | "data" | "ephemeral" | "action") as keyword, (type_, name):
            kind, prefix = _TYPED[keyword]
            return Named("terraform", type_, kind, f"{prefix}{type_}.{name}")
        case "module", (name,):
            symbol = module_symbol(block.body)
            return Named("terraform-module", symbol, "module", f"module.{name}") if symbol else None
        case "provider", (name,):
            return Named(
                "terraform", f"provider.{providers.type_of(name)}", "block", f"provider.{_configuration(block)}"
            )
        case "backend", (name,):
            return Named("terraform", f"backend.{name}", "block", f"backend.{name}")
        case "cloud", ():
            return Named("terraform", "backend.cloud", "block", "backend.cloud")
        case _:
            return None


def module_symbol(body: Body) -> str:
    """A module's name in the public registry, lower-case and without version; empty when it has none.

    The registry takes its modules from GitHub, from repositories named after provider and module, so that a source
    that points there names the same module.
    """
    source = next(iter(body.value("source")), None)
    if not isinstance(source, str):
        return ""
    if registry := _REGISTRY.fullmatch(source):
        return (registry[1] + (registry[2] or "")).lower()
    if github := _GITHUB.fullmatch(source):
        owner, provider, name, inner = github.groups()
        return f"{owner}/{name}/{provider}{inner or ''}".lower()
    return ""


def _configuration(block: Block) -> str:
    """How resources refer to a provider block: ``aws``, or with its alias ``aws.eu``."""
    alias = next(iter(block.body.value("alias")), None)
    return f"{block.labels[0]}.{alias}" if isinstance(alias, str) else block.labels[0]


def _sources(required: Body) -> dict[str, str]:
    """Local name → provider's own name, from a ``required_providers`` block."""
    sources = {}
    for local_name in required.attributes:
        for source in required.find([local_name, "source"]):
            if isinstance(source, str):
                sources[local_name] = source.rpartition("/")[2].lower()
    return sources


def _endpoint(block: Block, providers: Providers) -> Any:
    match block.keyword:
        case "resource" | "data" | "ephemeral" | "action":
            return providers.endpoints(block)
        case "provider":
            return _endpoints(block.body)
        case "backend":
            given = _endpoints(block.body)
            own = block.body.find(["endpoint"])
            return {block.labels[0]: own[0]} | (given if isinstance(given, dict) else {}) if own else given
        case _:
            return None


def _endpoints(body: Body) -> Any:
    """Service → address from ``endpoints``, UNKNOWN when it cannot be told which, None when there are none."""
    merged: dict[str, Any] = {}
    for found in body.find(["endpoints"]):
        for endpoints in found if isinstance(found, list) else [found]:
            if not isinstance(endpoints, dict):
                return UNKNOWN
            merged |= endpoints
    return merged or None


def _active(body: Body) -> tuple[Active, str]:
    """Whether the block makes anything, and if only a run can tell, the expression that decides."""
    switch = ""
    for owner, name in [
        (body, "count"),
        (body, "for_each"),
        *((inner, "enabled") for inner in body.children("lifecycle")),
    ]:
        empty = [_is_empty(outcome) for outcome in owner.outcomes(name)]
        if empty and all(empty):
            return "no", ""
        if any(answer is not False for answer in empty):
            switch = switch or _short(owner.source(name))
    return ("unknown", switch) if switch else ("yes", "")


def _is_empty(value: Any) -> bool | None:
    """Whether a ``count``, ``for_each`` or ``enabled`` of this value makes nothing; None when it cannot be told."""
    return None if value is UNKNOWN else not value or value == "0"


def _short(source: str) -> str:
    source = " ".join(source.split())
    return source if len(source) <= _SWITCH_LENGTH else source[: _SWITCH_LENGTH - 1] + "…"


def _digest(named: Named, content: bytes) -> str:
    parts = b"\0".join((b"terraform", named.kind.encode(), named.symbol.encode(), normalised(content)))
    return blake2b(parts, digest_size=8).hexdigest()
