"""Findings that say one thing: a list of forty API names in a block, a call that may reach any of ten operations."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Final

from msgspec.structs import replace

from portability.model import Finding, Language

BY_BLOCK: Final[frozenset[Language]] = frozenset({"terraform"})
"""Languages whose addresses name blocks. Elsewhere each call or field is a finding of its own."""
_MAX_NAMED: Final = 5


def together(findings: Iterable[Finding]) -> list[Finding]:
    """
    Of the places of one operator that a block spells out, and of what one call of a service may be, the first, with the
    names of the others.

    All other findings stay as they are.
    """
    kept: list[Finding | list[Finding]] = []
    groups: dict[Hashable, list[Finding]] = {}
    for finding in findings:
        key = _key(finding)
        if key is None:
            kept.append(finding)
            continue
        if key not in groups:
            kept.append(groups.setdefault(key, []))
        groups[key].append(finding)
    return [one if isinstance(one, Finding) else _as_one(*one) for one in kept]


def _key(finding: Finding) -> Hashable | None:
    """What findings share that say one thing; None for one that stands for itself."""
    if finding.kind == "jurisdiction" and finding.language in BY_BLOCK:
        return (finding.location.path, finding.address, finding.operator, finding.jurisdiction)
    if finding.kind == "lock-in" and finding.language == "python" and finding.confidence != "certain":
        needs = (finding.features, finding.features_unknown)
        return (finding.location, finding.service, finding.role, finding.lock_in, *needs)
    return None


def _as_one(first: Finding, *others: Finding) -> Finding:
    names = sorted({f"`{one.symbol}`" for one in others} - {f"`{first.symbol}`"})
    if not names:
        return first
    more = f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else ""
    says = "The same block spells out" if first.kind == "jurisdiction" else "The same place may also name"
    return replace(first, message=f"{first.message} {says} {', '.join(names[:_MAX_NAMED])}{more}.")
