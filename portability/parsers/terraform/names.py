"""What a block names: a type of a provider, a module of the registry, a provider, a place for the state.

Configurations, Terragrunt's files, stacks and queries say the same in blocks of other keywords.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
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

_CHANGES = frozenset({"azapi_update_resource", "azapi_resource_action"})
"""Blocks about something that another block, or nobody here, makes."""
_REGISTRY = regex(
    r"(?:tfr://[\w.-]*/|registry\.(?:terraform\.io|opentofu\.org)/)?(?!github\.com/|bitbucket\.org/)"
    r"((?:[\w-]+(?:\.[\w-]+)+/)?[\w-]+/[\w-]+/[\w-]+)(//[^?]+)?(?:\?.*)?"
)
_GIT = regex(
    r"(?:git::)?(?:(?:https?|ssh)://)?(?:[^/@]+@)?[\w-]+(?:\.[\w-]+)+(?::\d+)?[/:](?:[\w.%-]+/)*?"
    r"([\w.-]+)/terraform-([a-z0-9]+)-([\w-]+?)(?:\.git)?(//[^?]+)?(?:\?.*)?"
)
_INSTALLED = regex(r"(?:\./)?\.terraform/modules/([\w-]+)/(.+)")

_MAKES_OBJECTS = regex(r"kubernetes_\w+|kubectl_manifest|k8s_manifest|helm_release")

DEFAULT_NAME: Final = "terragrunt.hcl"
"""What a unit of Terragrunt is called, and what it includes where it does not say which file."""

_SOURCE_LENGTH: Final = 80


class Named(NamedTuple):
    """The namespace, the symbol in it, the block's kind and its address."""

    namespace: Namespace
    symbol: str
    kind: Kind
    address: str


def arm(named: Named, own: str) -> Named:
    """A block of azapi by the type of Azure's own that it names: ``Microsoft.Storage/storageAccounts@2023-01-01``.
    One that updates what is there, or acts on it, makes nothing."""
    kind: Kind = "block" if named.symbol in _CHANGES and named.kind == "resource" else named.kind
    return Named("arm", own.partition("@")[0], kind, named.address)


def makes_objects(block: Block) -> bool:
    """Whether a block makes objects of Kubernetes, or has a chart make them."""
    return (
        block.keyword == "resource" and len(block.labels) == 2 and _MAKES_OBJECTS.fullmatch(block.labels[0]) is not None
    )


def names(block: Block, providers: Providers, beside: Mapping[str, Body]) -> list[Named]:
    """What a block names, the most telling first: what nobody claims yields to the next. ``beside`` are the modules
    that its directory calls."""
    match block.keyword, block.labels:
        case ("resource" | "data" | "ephemeral" | "action" | "list") as keyword, (type_, name):
            kind, prefix = _TYPED[keyword]
            address = f"{prefix}{type_}.{name}"
            found = [Named("terraform", type_, kind, address)]
            if type_.startswith("azapi_") and isinstance(own := block.body.evaluated("type"), str):
                found.insert(0, arm(found[0], own))
            if type_ == "helm_release" and isinstance(chart := block.body.evaluated("chart"), str):
                symbols = _chart(chart, block.body.evaluated("repository"))
                found[:0] = [Named("kubernetes", symbol, kind, address) for symbol in symbols]
            if (keyword, type_) == ("data", "terraform_remote_state"):
                found = [*_state(block.body, "data", address), *found]
            return found
        case ("module" | "component" | "unit" | "stack") as keyword, (name,):
            return _module(block.body, f"{keyword}.{name}", beside)
        case "terraform", ():
            return _module(block.body, "terraform", beside)
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


def module_symbol(body: Body, beside: Mapping[str, Body] = MappingProxyType({})) -> str:
    """A module's name in the public registry, lower-case and without version; empty when it has none.

    The registry takes its modules from repositories named after provider and module, so that a source that points to
    such a repository names the same module. A source in the folder where `init` puts the modules that are called
    ``beside`` names a part of one of those.
    """
    source = next(iter(body.value("source")), None)
    if not isinstance(source, str):
        return ""
    if (installed := _INSTALLED.fullmatch(source)) and (package := beside.get(installed[1])) is not None:
        symbol = module_symbol(package)
        return symbol and f"{symbol}{'/' if '//' in symbol else '//'}{installed[2]}".lower()
    if registry := _REGISTRY.fullmatch(source):
        return (registry[1] + (registry[2] or "")).lower()
    if repository := _GIT.fullmatch(source):
        owner, provider, name, inner = repository.groups()
        return f"{owner}/{name}/{provider}{inner or ''}".lower()
    return ""


def source_name(body: Body) -> str:
    """What a source is called where nobody reads it: without its version, or as written where only a run could tell."""
    source = body.evaluated("source")
    text = source.partition("?")[0] if isinstance(source, str) else " ".join(body.source("source").split()).strip('"')
    return text if len(text) <= _SOURCE_LENGTH else text[: _SOURCE_LENGTH - 1] + "…"


def _module(body: Body, address: str, beside: Mapping[str, Body]) -> list[Named]:
    symbol = module_symbol(body, beside)
    return [Named("terraform-module", symbol, "module", address)] if symbol else []


def _state(body: Body, kind: Kind, address: str) -> list[Named]:
    """Where the state lies that is read, or that Terragrunt writes a backend for."""
    backend = next(iter(body.value("backend")), None)
    return [Named("terraform", f"backend.{backend}", kind, address)] if isinstance(backend, str) else []
