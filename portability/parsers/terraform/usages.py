"""Blocks → usages: what each names, what it says about what was asked, and whether it is there at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from portability.digests import blake2b
from portability.interest import Interest
from portability.model import UNKNOWN, Missing, Usage
from portability.parsers.terraform import backends
from portability.parsers.terraform.activity import active_of, both_active
from portability.parsers.terraform.body import Block, Body
from portability.parsers.terraform.configuration import File, Module
from portability.parsers.terraform.names import Named, module_symbol, names, source_name
from portability.parsers.terraform.providers import Providers, endpoints_in, settings
from portability.parsers.terraform.text import normalised


def usages(
    file: File, module: Module, providers: Providers, interest: Interest, partial: Sequence[Body] = ()
) -> Iterator[Usage]:
    """The wanted usages of one file of a module, in the order of the file. ``partial`` are files that complete its
    backend."""
    called, gate = module.called_when
    for block in file.blocks:
        wanted = (
            named for named in names(block, providers, module.called) if interest.wants(named.namespace, named.symbol)
        )
        if (named := next(wanted, None)) is None or (block.keyword == "module" and block.labels[0] in module.calls):
            continue  # what a module that is read makes, its blocks say
        content = normalised(file.data[block.opens : block.end])
        active, switch = both_active(active_of(block.body), (called, gate))
        values = {name: found[0] for name in interest.paths(named.symbol) if (found := block.body.value(name))}
        yield Usage(
            language="terraform",
            namespace=named.namespace,
            symbol=named.symbol,
            address=named.address,
            location=file.location(block),
            kind=named.kind,
            values=values,
            nullable=tuple(name for name, value in values.items() if value is UNKNOWN and block.body.may_be_null(name)),
            endpoint=_endpoint(block, providers, partial),
            digest=_digest(named, content),
            active=active,
            switch=switch,
            places=tuple(dict.fromkeys((*providers.places(block), *backends.places(block)))),
            references=module.references(named.address, content),
            related=module.related,
        )


def not_followed(file: File, module: Module, interest: Interest) -> Iterator[Missing]:
    """The modules that a file calls, that are not in the tree, and of which nobody says what they make."""
    for block in file.blocks:
        if block.keyword != "module" or len(block.labels) != 1 or block.labels[0] in module.calls:
            continue
        symbol = module_symbol(block.body, module.called)
        if not (symbol and interest.knows("terraform-module", symbol)):
            yield Missing(kind="module", name=source_name(block.body), location=file.location(block))


def _endpoint(block: Block, providers: Providers, partial: Sequence[Body]) -> Any:
    if (state := backends.kept_by(block)) is not None:
        return backends.endpoint(*state, partial if block.keyword == "backend" else None)
    match block.keyword:
        case "resource" | "data" | "ephemeral" | "action" | "list":
            return providers.endpoints(block)
        case "provider":
            return endpoints_in(settings(block.body))
        case _:
            return None


def _digest(named: Named, content: bytes) -> str:
    parts = b"\0".join((b"terraform", named.kind.encode(), named.symbol.encode(), content))
    return blake2b(parts, digest_size=8).hexdigest()
