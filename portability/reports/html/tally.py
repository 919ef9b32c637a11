"""Counts for the sections on what is in use and how deep it goes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from portability.assessment import assess
from portability.assessment.effort import NOTHING
from portability.assessment.estate import SEPARATOR
from portability.assessment.uses import counts_for_effort, hardness
from portability.catalogue import Catalogue
from portability.model import LOCK_IN, Assessment, Coverage, DaysRange, Finding, LockIn, ServiceSummary
from portability.reports.figures import in_use, is_hard

LEVELS: tuple[LockIn, ...] = ("portable", "compatible", "convertible", "proprietary", "captive", "unknown")
"""From easy to hard, as they are drawn."""
_NAMES = 30


class CapabilityRow(NamedTuple):
    """What several services give."""

    name: str
    lock_in: LockIn
    services: tuple[ServiceSummary, ...]
    uses: int
    places: int


class FeatureRow(NamedTuple):
    """A service, and its features that are in use, surely or perhaps: (label, places), the most used first."""

    service: ServiceSummary
    sure: list[tuple[str, int]]
    perhaps: list[tuple[str, int]]


class NameRow(NamedTuple):
    """A name that binds: in how many places of production code."""

    symbol: str
    service: str
    lock_in: LockIn
    places: int


class RepositoryRow(NamedTuple):
    """What one repository of an estate holds, and by target the person-days of its uses (None: there is no estimate),
    without what is set up once for all. ``least`` names the targets where a use has no estimate."""

    name: str
    lock_in: LockIn
    services: int
    hard: int
    uses: int
    places: int
    days: dict[str, DaysRange | None]
    least: set[str]


def repositories(assessment: Assessment, catalogue: Catalogue) -> list[RepositoryRow]:
    """The repositories of an estate, the hardest first; none where there is but one."""
    names = assessment.root.split(SEPARATOR)
    rows = []
    for name in names if len(names) > 1 else ():
        inside = [finding for finding in assessment.findings if finding.location.path.startswith(f"{name}/")]
        alone = assess(name, inside, Coverage(), catalogue, assessment.targets)
        used = in_use(alone)
        known = {target: [days for one in used if (days := one.each[target])] for target in alone.targets}
        rows.append(
            RepositoryRow(
                name=name,
                lock_in=max((one.lock_in for one in used), key=hardness, default="portable"),
                services=len(used),
                hard=sum(map(is_hard, used)),
                uses=sum(one.uses for one in used),
                places=sum(one.findings for one in alone.services),
                days={target: sum(days, NOTHING) if days or not used else None for target, days in known.items()},
                least={target for target in alone.targets if any(one.each[target] is None for one in used)},
            )
        )
    return sorted(rows, key=lambda row: (-hardness(row.lock_in), -row.hard, -row.places, row.name))


def by_level(assessment: Assessment) -> list[tuple[LockIn, int]]:
    """Services in use by level, easiest first, levels without any left out."""
    counts = Counter(service.lock_in for service in in_use(assessment))
    return [(level, counts[level]) for level in LEVELS if counts[level]]


def capabilities(assessment: Assessment, catalogue: Catalogue) -> list[CapabilityRow]:
    """Services by what they give, the hardest first."""
    by_id: dict[str, list[ServiceSummary]] = defaultdict(list)
    for service in assessment.services:
        for id in service.capabilities:
            by_id[id].append(service)
    rows = [
        CapabilityRow(
            name=catalogue.capabilities[id].name,
            lock_in=max((service.lock_in for service in services), key=hardness),
            services=tuple(services),
            uses=sum(service.uses for service in services),
            places=sum(service.findings for service in services),
        )
        for id, services in by_id.items()
    ]
    return sorted(rows, key=lambda row: (-hardness(row.lock_in), -row.places, row.name))


def features(assessment: Assessment, catalogue: Catalogue) -> list[FeatureRow]:
    """Features that uses show, by service."""
    sure: dict[str, Counter[str]] = defaultdict(Counter)
    perhaps: dict[str, Counter[str]] = defaultdict(Counter)
    for finding in lock_in(assessment):
        labels = {
            id: feature.label
            for capability in finding.capabilities
            for id, feature in catalogue.capabilities[capability].features.items()
        }
        sure[finding.service].update(labels.get(id, id) for id in finding.features)
        perhaps[finding.service].update(labels.get(id, id) for id in finding.features_unknown)
    rows = (FeatureRow(one, _ranked(sure[one.service]), _ranked(perhaps[one.service])) for one in assessment.services)
    return [row for row in rows if row.sure or row.perhaps]


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def hard_names(assessment: Assessment) -> tuple[list[NameRow], int]:
    """The proprietary and captive names of production code that are used most, and how many others there are."""
    counts = Counter(
        (finding.symbol, finding.service, finding.lock_in)
        for finding in lock_in(assessment)
        if finding.lock_in in ("proprietary", "captive") and counts_for_effort(finding)
    )
    rows = [NameRow(symbol, service, level, places) for (symbol, service, level), places in counts.items()]
    rows.sort(key=lambda row: (-list(LOCK_IN).index(row.lock_in), -row.places, row.service, row.symbol))
    return rows[:_NAMES], max(0, len(rows) - _NAMES)


class Operator(NamedTuple):
    """Who operates what is used, the country that binds it, in how many places the code uses a service of it, and in
    how many it spells out an address or a name of it."""

    name: str
    seat: str
    places: int
    spelt: int


def operators(assessment: Assessment) -> list[Operator]:
    """All whom the code names, the most used first."""
    kinds = {
        kind: Counter((one.operator, one.jurisdiction) for one in of_kind(assessment, kind) if one.operator)
        for kind in ("lock-in", "jurisdiction")
    }
    used, spelt = kinds["lock-in"], kinds["jurisdiction"]
    found = [Operator(name, seat, used[name, seat], spelt[name, seat]) for name, seat in used | spelt]
    return sorted(found, key=lambda one: (-one.places, -one.spelt, one.name))


def lock_in(assessment: Assessment) -> Sequence[Finding]:
    """The findings that are about lock-in."""
    return of_kind(assessment, "lock-in")


def of_kind(assessment: Assessment, kind: str) -> list[Finding]:
    """The findings of one kind."""
    return [finding for finding in assessment.findings if finding.kind == kind]
