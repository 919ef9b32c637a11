"""What a block names: a type of a provider, a module of the registry, a provider, a place for the state.

Configurations, Terragrunt's files, stacks and queries say the same in blocks of other keywords.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from portability.model import Namespace
from portability.parsers.terraform.body import Block, Body
from portability.parsers.terraform.providers import Providers, configuration
from portability.patterns import regex

Kind = Literal["resource", "data", "ephemeral", "block", "module"]

_TYPED: Final[dict[str, tuple[Kind, str]]] = {
    "resource": ("resource", ""),
    "data": ("data", "data."),
    "ephemeral": ("ephemeral", "ephemeral."),
    "action": ("block", "action."),
    "list": ("data", "list."),
}
"""Blocks whose first label is a type of the provider, with what their addresses begin with."""

_REGISTRY = regex(
    r"(?:tfr://[\w.-]*/|registry\.(?:terraform\.io|opentofu\.org)/)?(?!github\.com/|bitbucket\.org/)"
    r"((?:[\w-]+(?:\.[\w-]+)+/)?[\w-]+/[\w-]+/[\w-]+)(//[^?]+)?(?:\?.*)?"
)
_GITHUB = regex(
    r"(?:git::)?(?:(?:https?|ssh)://)?(?:[^/@]+@)?github\.com[/:]"
    r"([\w.-]+)/terraform-([a-z0-9]+)-([\w-]+?)(?:\.git)?(//[^?]+)?(?:\?.*)?"
)


DEFAULT_NAME: Final = "terragrunt.hcl"
"""What a unit of Terragrunt is called, and what it includes where it does not say which file."""

_SOURCE_LENGTH: Final = 80


class Named(NamedTuple):
    """The namespace, the symbol in it, the block's kind and its address."""

    namespace: Namespace
    symbol: str
    kind: Kind
    address: str


def names(block: Block, providers: Providers) -> list[Named]:
    """What a block names, the most telling first: what nobody claims yields to the next."""
    match block.keyword, block.labels:
        case ("resource" | "data" | "ephemeral" | "action" | "list") as keyword, (type_, name):
            kind, prefix = _TYPED[keyword]
            address = f"{prefix}{type_}.{name}"
            found = [Named("terraform", type_, kind, address)]
            if type_.startswith("azapi_") and isinstance(own := block.body.evaluated("type"), str):
                found.insert(0, Named("arm", own.partition("@")[0], kind, address))
            if type_ == "helm_release" and isinstance(chart := block.body.evaluated("chart"), str):
                symbols = _chart(chart, block.body.evaluated("repository"))
                found[:0] = [Named("kubernetes", symbol, kind, address) for symbol in symbols]
            if (keyword, type_) == ("data", "terraform_remote_state"):
                found = [*_state(block.body, "data", address), *found]
            return found
        case ("module" | "component" | "unit" | "stack") as keyword, (name,):
            return _module(block.body, f"{keyword}.{name}")
        case "terraform", ():
            return _module(block.body, "terraform")
        case "remote_state", ():
            return _state(block.body, "block", "remote_state")
        case "provider", (name, *_):
            symbol = f"provider.{providers.type_of(name)}"
            return [Named("terraform", symbol, "block", f"provider.{configuration(block)}")]
        case "backend", (name,):
            return [Named("terraform", f"backend.{name}", "block", f"backend.{name}")]
        case "cloud", ():
            return [Named("terraform", "backend.cloud", "block", "backend.cloud")]
        case _:
            return []


def _chart(chart: str, repository: object) -> list[str]:
    """A chart as one of the registry that it comes from, where that is told, and by its name alone."""
    name = chart.rpartition("/")[2]
    source = repository if isinstance(repository, str) else chart
    host = source.partition("://")[2].partition("/")[0]
    return [*([f"chart/{host}/{name}"] if host else []), f"chart/{name}"]


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


def source_name(body: Body) -> str:
    """What a source is called where nobody reads it: without its version, or as written where only a run could tell."""
    source = body.evaluated("source")
    text = source.partition("?")[0] if isinstance(source, str) else " ".join(body.source("source").split()).strip('"')
    return text if len(text) <= _SOURCE_LENGTH else text[: _SOURCE_LENGTH - 1] + "…"


def _module(body: Body, address: str) -> list[Named]:
    symbol = module_symbol(body)
    return [Named("terraform-module", symbol, "module", address)] if symbol else []


def _state(body: Body, kind: Kind, address: str) -> list[Named]:
    """Where the state lies that is read, or that Terragrunt writes a backend for."""
    backend = next(iter(body.value("backend")), None)
    return [Named("terraform", f"backend.{backend}", kind, address)] if isinstance(backend, str) else []
