"""The arithmetic behind a service's person-days, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from portability.assessment.effort import days_of
from portability.assessment.uses import Use, finding_level, least, size_of, uses_of
from portability.catalogue import Catalogue
from portability.model import Assessment, Finding, ServiceSummary
from portability.reports.words import count, days


class NotUsed(Exception):
    """A service that an assessment has no finding of."""


def explain(assessment: Assessment, catalogue: Catalogue, name: str, targets: Sequence[str] = ()) -> str:
    """How a service's figures come about, for ``targets`` or else every target. Raises NotUsed, naming what is there
    instead."""
    wanted = name.lower()
    service = next((one for one in assessment.services if wanted in (one.service, one.name.lower())), None)
    if service is None:
        ids = [one.service for one in assessment.services]
        alike = [id for id in ids if wanted in id] or get_close_matches(wanted, ids)
        used = ", ".join(alike or ids) or "no service at all"
        raise NotUsed(f"{name} is not used here; {'did you mean' if alike else 'what was read uses'} {used}")
    findings = [one for one in assessment.findings if one.service == service.service and one.kind == "lock-in"]
    shown = targets or assessment.targets
    return "".join(f"{line}\n" for line in _lines(service, findings, shown, catalogue))


def _lines(
    service: ServiceSummary, findings: Sequence[Finding], targets: Sequence[str], catalogue: Catalogue
) -> Iterator[str]:
    uses = uses_of(findings)
    inside = sum(len(use.places) for use in uses)
    yield f"{service.name} ({service.service}): {count(len(findings), 'place')}, {count(len(uses), 'use')}"
    rest = len(findings) - inside
    without = (
        f"; {rest:,} more without effort (parts, permissions, look-ups, tests, what is switched off)" if rest else ""
    )
    yield f"  {count(inside, 'place')} in those uses{without}"
    if service.callers:
        yield f"  {count(service.callers, 'caller')}, switched with it: no figure below counts them"
    for target in targets:
        yield ""
        yield f"To {catalogue.targets[target].name}: {days(service.effort[target])} person-days"
        for use in uses:
            yield from _use(use, target, catalogue)
        yield f"  uses together: {days(service.each[target])}"
        for product, span in sorted(service.once[target].items()):
            size = catalogue.products[product].effort.once
            yield f"  once, {size} {days(span)}: {catalogue.products[product].product}"
        if service.effort[target] is None:
            yield "  so the service has no estimate, and stands in no total"
        else:
            yield f"  uses and once: {days(service.effort[target])}"
    yield ""
    sizes = ", ".join(f"{size} {low:g}–{high:g}" for size, (low, high) in catalogue.effort.sizes.items())
    yield f"Sizes in person-days: {sizes}"
    yield "In the estate's total each product counts once, however many services move to it."


def _use(use: Use, target: str, catalogue: Catalogue) -> Iterator[str]:
    first, level, size = use.places[0], finding_level(use.places), size_of(use, target, catalogue)
    copies = f" and {count(len(use.places) - 1, 'copy', 'copies')}" if len(use.places) > 1 else ""
    yield f"  {first.location} {first.symbol}{copies}: {size} {days(days_of(catalogue, size))}"
    for answer in first.equivalents:
        if answer.target != target:
            continue
        asked = answer.effort.get("each", "unknown")
        if answer.fidelity == "not-needed":
            yield f"    {answer.capability} falls away: to take it out asks {asked}"
        elif answer.product is None:
            yield f"    no product for {answer.capability}, so nobody can say"
        elif level == "unknown":
            yield f"    {answer.product} asks {asked}; nobody has judged how hard the use binds"
        else:
            lost = " and loses something" if answer.fidelity == "partial" else ""
            floor = least(level, answer, catalogue)
            yield f"    {answer.product} asks {asked}; a use that is {level}{lost}: at least {floor}"
    if use.again and size != "unknown":
        yield f"    one like it stands before it in {first.component}: one size less, XS at least"
