"""Distributions: whoever claims what a distribution is imported as claims its name, as a part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from portability.catalogue import completeness
from portability.catalogue.derived.owners import owner
from portability.catalogue.index import HEALTH, VENDOR
from portability.catalogue.twins import STUBS
from portability.interest import Claim, NameTable
from portability.model import Namespace


def names(tables: Mapping[Namespace, NameTable]) -> Iterator[tuple[str, Claim]]:
    """Distribution → claim. What one is imported as is in the known names; else a root that is spelled like it."""
    for group in completeness.read().groups:
        if group.source == "python":
            for root, distributions in sorted(group.names.items()):
                if (claim := owner(tables, "python", root)) is not None:
                    yield from ((name, _part(claim)) for name in re.split(r"[,\s]+", distributions) if name)
    for root in _roots(tables, "python"):
        claim = owner(tables, "python", root)
        if claim is not None and not claim.service.startswith((VENDOR, HEALTH)):
            yield root.lower().replace("_", "-"), _part(claim)
    for name in _roots(tables, "boto3"):
        if (claim := owner(tables, "boto3", name)) is not None:
            yield from ((f"{stubs}-{name}", _part(claim)) for stubs in STUBS)


def _roots(tables: Mapping[Namespace, NameTable], namespace: Namespace) -> list[str]:
    table = tables.get(namespace)
    return sorted(name for name in (table.exact if table is not None else ()) if "." not in name)


def _part(claim: Claim) -> Claim:
    return Claim(claim.service, claim.role if claim.role in ("look-up", "provider-only") else "part", claim.path)
