"""Blocks → usages: what each names, what it says about what was asked, and whether it is there at all."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from portability.digests import blake2b
from portability.interest import Interest
from portability.model import UNKNOWN, Missing, Usage
from portability.parsers.terraform import backends
from portability.parsers.terraform.activity import Activity, active_of, both_active
from portability.parsers.terraform.body import Block, Body
from portability.parsers.terraform.configuration import Module
from portability.parsers.terraform.files import File
from portability.parsers.terraform.names import Named, makes_objects, module_symbol, names, source_name
from portability.parsers.terraform.providers import Providers, endpoints_in, settings
from portability.parsers.terraform.scopes import values_at
from portability.parsers.terraform.text import normalised
from portability.patterns import regex

if TYPE_CHECKING:
    from portability.parsers.terraform.kubernetes import Objects

NAMED = "@"
"""What a path ends with that asks which block is named there, rather than for a value."""
TEXT = "~"
"""What a path ends with that asks for what is known of a text, with ``HOLE`` for the rest."""
_LOCAL = regex(r"local\.([\w-]+)")


def usages(
    file: File, module: Module, providers: Providers, interest: Interest, partial: Sequence[Body] = ()
) -> Iterator[Usage]:
    """The wanted usages of one file of a module, in the order of the file. ``partial`` are files that complete its
    backend."""
    called, gate = module.called_when
    objects: Objects | None = None
    for block in file.blocks:
        if block.keyword == "module" and block.labels and block.labels[0] in module.calls:
            continue  # what a module that is read makes, its blocks say
        named = _named(block, module, providers, interest)
        has_objects = makes_objects(block)
        if named is None and not has_objects:
            continue
        content = normalised(file.data[block.opens : block.end])
        active, switch = both_active(active_of(block.body), (called, gate))
        references = module.references(".".join(block.labels) if named is None else named.address, content)
        if named is not None:
            paths = interest.paths(named.symbol)
            values = {path: found[0] for path in paths if (found := _values(block.body, module, path))}
            nullable = (name for name, value in values.items() if value is UNKNOWN and block.body.may_be_null(name))
            yield Usage(
                language="terraform",
                namespace=named.namespace,
                symbol=named.symbol,
                address=named.address,
                location=file.location(block),
                kind=named.kind,
                values=values,
                templates=_templates(block.body, module, values),
                nullable=tuple(nullable),
                endpoint=_endpoint(block, providers, partial),
                digest=_digest(named, content),
                active=active,
                switch=switch,
                places=tuple(dict.fromkeys((*providers.places(block), *backends.places(block)))),
                references=references,
                related=module.related,
            )
        if has_objects:
            if objects is None:
                from portability.parsers.terraform.kubernetes import Objects  # most configurations make none

                objects = Objects(file, interest)
            for used in objects.usages(block):
                yield replace(used, active=active, switch=switch, references=references, related=module.related)


def as_active(ties: Iterable[Usage], file: File, module: Module) -> Iterator[Usage]:
    """The ties in the texts of a file, each there when the block is that it stands in."""
    blocks = sorted(file.blocks, key=lambda block: block.start)
    starts = [file.location(block).line for block in blocks]
    known: dict[int, Activity] = {}
    for tie in ties:
        at = bisect_right(starts, tie.location.line) - 1
        if at not in known:
            known[at] = both_active(active_of(blocks[at].body), module.called_when) if at >= 0 else ("yes", "")
        active, switch = known[at]
        yield tie if active == "yes" else replace(tie, active=active, switch=switch)


def _named(block: Block, module: Module, providers: Providers, interest: Interest) -> Named | None:
    """What a block names and somebody claims: a service rather than nothing but a provider."""
    found = names(block, providers, module.called)
    wanted = [one for one in found if interest.wants(one.namespace, one.symbol)]
    if len(wanted) > 1:
        wanted.sort(key=lambda one: not interest.knows(one.namespace, one.symbol))
    return wanted[0] if wanted else None


def not_followed(file: File, module: Module, interest: Interest) -> Iterator[Missing]:
    """The modules that a file calls, that are not in the tree, and of which nobody says what they make."""
    for block in file.blocks:
        if block.keyword != "module" or len(block.labels) != 1 or block.labels[0] in module.calls:
            continue
        symbol = module_symbol(block.body, module.called)
        if not (symbol and interest.knows("terraform-module", symbol)):
            yield Missing(kind="module", name=source_name(block.body), location=file.location(block))


def _values(body: Body, module: Module, path: str) -> list[Any]:
    """As :func:`values_at`; for a path that ends with ``@`` the address of the one block that is named there, for one
    that ends with ``~`` what is known of the text."""
    if not path.endswith((NAMED, TEXT)):
        return values_at(body, path)
    *blocks, name = path[:-1].split(".")
    holders = [body]
    for block in blocks:
        holders = [inner for holder in holders for inner in holder.children(block)]
    if path.endswith(TEXT):
        known = [text for holder in holders if (text := holder.template(name))]
        return known if len(known) == 1 else values_at(body, path[:-1])
    named = module.references("", normalised("\n".join(holder.source(name) for holder in holders).encode()))
    return list(named) if len(named) == 1 else []


def _templates(body: Body, module: Module, names: Iterable[str]) -> dict[str, str]:
    """What is known of attributes' texts, whoever runs the code; through one local where they are that."""
    found = {}
    for name in names:
        local = _LOCAL.fullmatch(body.source(name))
        held, called = (module.locals.get(local[1]), local[1]) if local else (body, name)
        if held is not None and (text := held.template(called)):
            found[name] = text
    return found


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
