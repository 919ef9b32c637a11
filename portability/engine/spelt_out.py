"""Findings about places that code spells out, one for each block: a list of forty API names says one thing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from portability.model import Finding, Language

BY_BLOCK: Final[frozenset[Language]] = frozenset({"terraform"})
"""Languages whose addresses name blocks. Elsewhere each call or field is a finding of its own."""
_MAX_NAMED: Final = 5


def together(findings: Iterable[Finding]) -> list[Finding]:
    """Of the places of one operator that a block spells out, the first, with the names of the others.

    All other findings stay as they are.
    """
    kept: list[Finding | list[Finding]] = []
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        if finding.kind != "jurisdiction" or finding.language not in BY_BLOCK:
            kept.append(finding)
            continue
        key = (finding.location.path, finding.address, finding.operator, finding.jurisdiction)
        if key not in groups:
            kept.append(groups.setdefault(key, []))
        groups[key].append(finding)
    return [one if isinstance(one, Finding) else _as_one(*one) for one in kept]


def _as_one(first: Finding, *others: Finding) -> Finding:
    names = sorted({f"`{one.symbol}`" for one in others} - {f"`{first.symbol}`"})
    if not names:
        return first
    more = f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else ""
    return replace(first, message=f"{first.message} The same block spells out {', '.join(names[:_MAX_NAMED])}{more}.")
