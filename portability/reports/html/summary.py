"""What somebody who reads for two minutes must know, as data for the templates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from portability.model import Assessment, Claims, Finding, ServiceSummary
from portability.reports.figures import Fit, Wave, by_wave, fit, in_use


class Target(NamedTuple):
    """What the page's beginning says of one target. Shares are per cent, rounded down."""

    id: str
    fit: Fit
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
        aside_services=len(services) - len(in_use(assessment)),
        waves=[wave for wave in by_wave(assessment) if wave.number],
        targets=targets,
        certain=sum(finding.confidence == "certain" for finding in assessment.findings),
    )


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
        fit=fit(assessment, target),
        claims=claims if total else None,
        verified=100 * claims.verified // total if claims and total else 0,
        partly=100 * claims.partly // total if claims and total else 0,
    )
