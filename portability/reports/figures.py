"""Figures that several reports show: what must find a new place, how targets answer, what goes in which wave."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from portability.assessment.uses import is_used
from portability.assessment.waves import WORK
from portability.model import Assessment, Component, Finding, ServiceSummary

_ORDER = ("nothing", *WORK)


class Fit(NamedTuple):
    """Services that a target answers in full, with something lost, not at all, and of which nobody knows."""

    whole: list[ServiceSummary]
    lossy: list[ServiceSummary]
    without: list[ServiceSummary]
    unanswered: list[ServiceSummary]


class Wave(NamedTuple):
    """A wave: its number (0: nothing to move), what it asks at most, how many components ask what, the components."""

    number: int
    work: str
    mix: Sequence[tuple[str, int]]
    components: list[Component]


def in_use(assessment: Assessment) -> list[ServiceSummary]:
    """Services of which production code uses something, accepted or not. The others are only possible, looked up or
    permitted, stand in tests and examples, or fall away on leaving."""
    return _with(assessment, is_used)


def perhaps_in_use(assessment: Assessment) -> list[ServiceSummary]:
    """Services of which production code may use something, and nothing for sure."""
    known = {service.service for service in in_use(assessment)}
    active = _with(assessment, lambda finding: finding.context == "production" and finding.active != "no")
    return [service for service in active if service.service not in known]


def _with(assessment: Assessment, shows: Callable[[Finding], bool]) -> list[ServiceSummary]:
    binding = (f for f in assessment.findings if f.kind == "lock-in" and f.role in ("primary", "part"))
    found = {finding.service for finding in binding if shows(finding)}
    return [service for service in assessment.services if service.service in found]


def is_hard(service: ServiceSummary) -> bool:
    """Whether leaving a service asks for re-engineering or a decision."""
    return service.lock_in in ("proprietary", "captive")


def fit(assessment: Assessment, target: str) -> Fit:
    """How a target answers the services in use, each of which counts once, by the worst of its answers."""
    found: dict[str, list[ServiceSummary]] = {name: [] for name in Fit._fields}
    for service in in_use(assessment):
        fidelities = {answer.fidelity for answer in service.equivalents if answer.target == target}
        if "none" in fidelities:
            found["without"].append(service)
        elif not fidelities or "unknown" in fidelities:
            found["unanswered"].append(service)
        elif "partial" in fidelities:
            found["lossy"].append(service)
        else:
            found["whole"].append(service)
    return Fit(**found)


def by_wave(assessment: Assessment) -> list[Wave]:
    """The waves that hold a component, in order; what has nothing to move comes last."""
    inside: dict[int, list[Component]] = defaultdict(list)
    for component in sorted(assessment.components, key=lambda one: (-one.findings, one.id, one.kind)):
        inside[component.wave].append(component)
    found = []
    for number in sorted(inside, key=lambda n: (n == 0, n)):
        asked = Counter(component.work for component in inside[number])
        mix = sorted(asked.items(), key=lambda item: _ORDER.index(item[0]), reverse=True)
        found.append(Wave(number, mix[0][0], mix, inside[number]))
    return found
