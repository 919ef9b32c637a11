"""Blocks → usages: what each names, what it says about what was asked, and whether it is there at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b
from itertools import chain
from typing import Any, Final, Literal, NamedTuple

from portability.interest import Interest
from portability.model import Namespace, Usage
from portability.parsers.terraform.activity import active_of, both_active
from portability.parsers.terraform.body import Block, Body
from portability.parsers.terraform.configuration import File, Module
from portability.parsers.terraform.providers import Providers, configuration, endpoints_in
from portability.parsers.terraform.text import normalised

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


def usages(file: File, module: Module, providers: Providers, question: Question) -> Iterator[Usage]:
    """The wanted usages of one file of a module, in the order of the file."""
    called, gate = module.called_when
    for block in file.blocks:
        named = _named(block, providers)
        if named is None or not question.wants(named.namespace, named.symbol):
            continue
        active, switch = both_active(active_of(block.body), (called, gate))
        yield Usage(
            language="terraform",
            namespace=named.namespace,
            symbol=named.symbol,
            address=named.address,
            location=file.location(block),
            kind=named.kind,
            values={name: found[0] for name in question.paths(named.symbol) if (found := block.body.value(name))},
            endpoint=_endpoint(block, providers),
            digest=_digest(named, file.data[block.opens : block.end]),
            active=active,
            switch=switch,
            places=providers.places(block),
            related=module.related,
        )


def _named(block: Block, providers: Providers) -> Named | None:
    match block.keyword, block.labels:
        case ("resource" | "data" | "ephemeral" | "action") as keyword, (type_, name):
            kind, prefix = _TYPED[keyword]
            address = f"{prefix}{type_}.{name}"
            if type_.startswith("azapi_") and isinstance(own := block.body.evaluated("type"), str):
                return Named("arm", own.partition("@")[0], kind, address)
            return Named("terraform", type_, kind, address)
        case "module", (name,):
            symbol = module_symbol(block.body)
            return Named("terraform-module", symbol, "module", f"module.{name}") if symbol else None
        case "provider", (name,):
            return Named(
                "terraform", f"provider.{providers.type_of(name)}", "block", f"provider.{configuration(block)}"
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


def _endpoint(block: Block, providers: Providers) -> Any:
    match block.keyword:
        case "resource" | "data" | "ephemeral" | "action":
            return providers.endpoints(block)
        case "provider":
            return endpoints_in(block.body)
        case "backend":
            given = endpoints_in(block.body)
            own = block.body.find(["endpoint"])
            return {block.labels[0]: own[0]} | (given if isinstance(given, dict) else {}) if own else given
        case _:
            return None


def _digest(named: Named, content: bytes) -> str:
    parts = b"\0".join((b"terraform", named.kind.encode(), named.symbol.encode(), normalised(content)))
    return blake2b(parts, digest_size=8).hexdigest()
