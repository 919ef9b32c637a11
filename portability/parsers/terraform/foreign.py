"""Modules that are not the tree's own: installed ones, and those in checkouts beside it.

They are read once for each call, with that call's arguments, and what they make stands at the call: that is the code
that somebody here can change. ``related`` says where it is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from typing import Final, NamedTuple

from msgspec.structs import replace

from portability.interest import Interest
from portability.model import MAX_RELATED, Location, Missing, Usage
from portability.parsers.terraform.body import Block
from portability.parsers.terraform.configuration import Around, Call, Module
from portability.parsers.terraform.files import File
from portability.parsers.terraform.names import module_symbol
from portability.parsers.terraform.providers import Providers
from portability.parsers.terraform.usages import as_active, not_followed, usages

MAX_MODULES: Final = 300
"""Foreign modules that are read for one unit; calls beyond are said to be unfollowed."""


class Foreign(NamedTuple):
    """A module, the call in the tree that brings it in, and the address of the call that leads to it."""

    module: Module
    call: Location
    address: str


def follow(
    modules: Collection[Module],
    calls: Collection[tuple[str, Call]],
    stock: Mapping[str, Sequence[File]],
    around: Around,
    interest: Interest,
) -> list[Foreign]:
    """The foreign modules that a unit's calls lead to, with their own calls. ``calls`` are those that no ``module``
    block makes, ``stock`` are files by directory."""
    found: list[Foreign] = []
    todo: list[tuple[Module, File, Foreign | None]] = [(one, file, None) for one in modules for file in one.files]

    def add(target: str, call: Call, above: Foreign | None) -> Module:
        module = Module(target, [_anew(one) for one in stock[target]], (), around)
        module.callers.append(call)
        address = ".".join((call.block.keyword, *call.block.labels))
        if above is None:
            found.append(Foreign(module, call.location, address))
        else:
            found.append(Foreign(module, above.call, f"{above.address}.{address}"))
        todo.extend((module, one, found[-1]) for one in module.files)
        return module

    for target, call in calls:
        if target in stock and len(found) < MAX_MODULES and not _is_known(call.block, interest):
            add(target, call, None)
    for caller, file, above in todo:  # it grows
        for block in file.blocks:
            if block.keyword != "module" or len(block.labels) != 1 or block.labels[0] in caller.calls:
                continue
            lead = around.sources.target(caller.directory, block.body.literal("source"))
            if lead is not None and lead in stock and len(found) < MAX_MODULES and not _is_known(block, interest):
                call = Call(caller, block, file.location(block))
                caller.calls[block.labels[0]] = (call, add(lead, call, above))
    return found


def brought(
    foreign: Foreign, providers: Providers, interest: Interest, strings: Mapping[str, Sequence[Usage]]
) -> Iterator[Usage]:
    """What a foreign module makes and names, at the call that brings it in. ``strings`` are ties in texts by file."""
    for file in foreign.module.files:
        made = (use for use in usages(file, foreign.module, providers, interest) if use.kind != "block")
        for use in (*made, *as_active(strings.get(file.path, ()), file, foreign.module)):
            above = [one for one in use.related if one != foreign.call]
            yield replace(
                use,
                location=foreign.call,
                address=f"{foreign.address}.{use.address}",
                related=(use.location, *above)[:MAX_RELATED],
            )


def unfollowed(foreign: Foreign, interest: Interest) -> Iterator[Missing]:
    """The modules that a foreign one calls and nobody knows."""
    for file in foreign.module.files:
        for missing in not_followed(file, foreign.module, interest):
            yield replace(missing, location=foreign.call)


def _anew(file: File) -> File:
    """The same blocks, in which names may stand for something else."""
    return file._replace(blocks=[block._replace(body=copy(block.body)) for block in file.blocks])


def _is_known(block: Block, interest: Interest) -> bool:
    """Whether the name of what a block calls says already what it makes."""
    return interest.knows("terraform-module", module_symbol(block.body))
