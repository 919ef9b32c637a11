"""What somebody who reads for two minutes must know, as data for the templates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from portability.model import Assessment, Claims, Component, Finding, ServiceSummary
from portability.reports.html import answers
from portability.waves import WORK


class Wave(NamedTuple):
    """A wave: its number (0: nothing to move), what it asks at most, its components."""

    number: int
    work: str
    components: list[Component]


class Target(NamedTuple):
    """What the page's beginning says of one target. Shares are per cent, rounded down."""

    id: str
    fit: answers.Fit
    claims: Claims | None
    verified: int
    partly: int


class Summary(NamedTuple):
    """The beginning: how tied, to what, what goes first, what cannot go, how sure.

    ``aside`` counts the places in tests and examples, ``aside_services`` the services that need no new place; ``stuck``
    are the services that no target has an equivalent for;
    ``waves`` are those in which something moves.
    """

    places: int
    aside: int
    hard: int
    unknown: int
    hardest: list[ServiceSummary]
    stuck: list[ServiceSummary]
    aside_services: int
    waves: list[Wave]
    targets: list[Target]
    certain: int


def summary(assessment: Assessment) -> Summary:
    """The summary of an assessment."""
    services = assessment.services
    targets = [_target(assessment, target) for target in assessment.targets]
    without = [{service.service for service in target.fit.without} for target in targets]
    return Summary(
        places=sum(service.findings for service in services),
        aside=sum(one.context != "production" for one in assessment.findings if one.kind == "lock-in"),
        hard=sum(service.lock_in in ("proprietary", "captive") for service in services),
        unknown=sum(service.lock_in == "unknown" for service in services),
        hardest=[s for s in services if s.lock_in in ("captive", "proprietary")] or list(services),
        stuck=[service for service in services if without and all(service.service in some for some in without)],
        aside_services=len(services) - len(answers.in_use(assessment)),
        waves=[wave for wave in by_wave(assessment) if wave.number],
        targets=targets,
        certain=sum(finding.confidence == "certain" for finding in assessment.findings),
    )


def by_wave(assessment: Assessment) -> list[Wave]:
    """The waves that hold a component, in order; what has nothing to move comes last."""
    numbers = sorted({component.wave for component in assessment.components}, key=lambda n: (n == 0, n))
    return [
        Wave(
            number,
            max((c.work for c in assessment.components if c.wave == number), key=("nothing", *WORK).index),
            sorted(
                (component for component in assessment.components if component.wave == number),
                key=lambda component: (-component.findings, component.id, component.kind),
            ),
        )
        for number in numbers
    ]


def by_message(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """Findings that say the same, together."""
    together: dict[str, list[Finding]] = {}
    for finding in findings:
        together.setdefault(finding.message, []).append(finding)
    return list(together.items())


def _target(assessment: Assessment, target: str) -> Target:
    claims = assessment.claims.get(target)
    total = claims.verified + claims.partly + claims.no if claims else 0
    return Target(
        id=target,
        fit=answers.fit(assessment, target),
        claims=claims if total else None,
        verified=100 * claims.verified // total if claims and total else 0,
        partly=100 * claims.partly // total if claims and total else 0,
    )
