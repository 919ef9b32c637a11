"""What somebody who reads for two minutes must know, as data for the templates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from portability.assessment.effort import Ledger
from portability.assessment.uses import hardness, is_used
from portability.model import Assessment, Claims, DaysRange, Finding, LockIn, Mention, ServiceSummary
from portability.reports.figures import Fit, Wave, by_wave, fit, in_use, is_hard, perhaps_in_use

_MOST = 3
Row = tuple[Literal["foundation", "once", "uses"], str, DaysRange]
"""A row of a ledger: the foundation, a product that is set up once, or the uses of a service, with its id."""


class Target(NamedTuple):
    """What the page's beginning says of one target: how it answers, which rows ask the ``most`` of its total, how well
    that is founded, and which services have no estimate. Shares are per cent, rounded down."""

    id: str
    unestimated: list[str]
    most: list[Row]
    fit: Fit
    claims: Claims | None
    verified: int
    partly: int


class Tie(NamedTuple):
    """A service in use, and in how many places production code binds as ``hard`` as its level says."""

    service: ServiceSummary
    hard: int


class Summary(NamedTuple):
    """The beginning: how tied, to what, what goes first, what cannot go, how sure.

    ``blind`` are kinds of files that name a provider and in which no use was recognised, the most frequent first,
    so that there are ``used`` services at least. ``used`` are the services that production code uses, and all
    figures but ``places`` count those; ``aside`` counts the places in tests and examples, ``perhaps`` are
    services that are no more than possible, ``aside_services`` counts the others; ``stuck`` are the services that
    no target has an equivalent for; ``waves`` are those in which something moves; ``certain`` counts places.
    """

    used: list[ServiceSummary]
    blind: list[str]
    users: list[str]
    places: int
    aside: int
    hard: int
    unknown: int
    hardest: list[Tie]
    stuck: list[ServiceSummary]
    perhaps: list[ServiceSummary]
    aside_services: int
    waves: list[Wave]
    targets: list[Target]
    certain: int


def summary(assessment: Assessment, ledgers: Iterable[Ledger]) -> Summary:
    """The summary of an assessment, with the rows behind the total of each target."""
    used, perhaps = in_use(assessment), perhaps_in_use(assessment)
    binding = [finding for finding in assessment.findings if finding.kind == "lock-in"]
    moving = {service.service for service in used}
    operators = Counter(finding.operator for finding in binding if finding.operator and finding.service in moving)
    targets = [_target(assessment, book) for book in ledgers]
    without = [{service.service for service in target.fit.without} for target in targets]
    return Summary(
        used=used,
        blind=_blind(assessment.coverage.unsupported),
        users=[name for name, _ in sorted(operators.items(), key=lambda item: (-item[1], item[0]))],
        places=len(binding),
        aside=sum(finding.context != "production" for finding in binding),
        hard=sum(map(is_hard, used)),
        unknown=sum(service.lock_in == "unknown" for service in used),
        hardest=_hardest([service for service in used if is_hard(service)] or used, binding),
        stuck=[service for service in used if without and all(service.service in some for some in without)],
        perhaps=perhaps,
        aside_services=len(assessment.services) - len(used) - len(perhaps),
        waves=[wave for wave in by_wave(assessment) if wave.number],
        targets=targets,
        certain=sum(finding.confidence == "certain" for finding in binding),
    )


def _blind(mentions: Iterable[Mention]) -> list[str]:
    files: Counter[str] = Counter()
    for mention in mentions:
        files[mention.kind] += mention.files
    return [kind for kind, _ in sorted(files.items(), key=lambda item: (-item[1], item[0]))]


def _hardest(services: Sequence[ServiceSummary], binding: Iterable[Finding]) -> list[Tie]:
    """Services by level, then by how often they bind that hard: one hard call among forty plain ones is not forty."""
    places: dict[str, Counter[LockIn]] = defaultdict(Counter)
    for finding in binding:
        if is_used(finding) and finding.role in ("primary", "part"):
            places[finding.service][finding.lock_in] += 1
    ties = [Tie(one, places[one.service][one.lock_in]) for one in services]
    return sorted(
        ties, key=lambda tie: (-hardness(tie.service.lock_in), -tie.hard, -tie.service.callers, tie.service.service)
    )


def _most(book: Ledger) -> list[Row]:
    rows: list[Row] = [("foundation", "", book.foundation)] if book.foundation else []
    rows += [("once", row.product, row.days) for row in book.products]
    rows += [("uses", service, days) for service, days in book.uses if days.high]
    return sorted(rows, key=lambda row: (-row[2].high, -row[2].low))[:_MOST]


def _target(assessment: Assessment, book: Ledger) -> Target:
    target = book.target
    claims = assessment.claims.get(target)
    total = claims.verified + claims.partly + claims.no if claims else 0
    return Target(
        id=target,
        unestimated=[one.name for one in assessment.services if one.service in book.unestimated],
        most=_most(book),
        fit=fit(assessment, target),
        claims=claims if total else None,
        verified=100 * claims.verified // total if claims and total else 0,
        partly=100 * claims.partly // total if claims and total else 0,
    )
