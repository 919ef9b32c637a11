"""Findings → an assessment: services by lock-in, effort ranges, components, and the coverage that it all rests on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from portability.catalogue import UNCLASSIFIED, Catalogue
from portability.model import (
    LOCK_IN,
    Assessment,
    Component,
    Coverage,
    DaysRange,
    Equivalent,
    Finding,
    LockIn,
    ServiceSummary,
    Size,
    harder,
)

_ORDER = list(LOCK_IN)
_SIZES: tuple[Size, ...] = ("XS", "S", "M", "L", "XL", "unknown")


def assess(
    root: str, findings: Iterable[Finding], coverage: Coverage, catalogue: Catalogue, targets: Sequence[str]
) -> Assessment:
    """Put findings in order and add them up. The same findings give the same assessment, in any order."""
    ordered = tuple(sorted(findings, key=lambda f: (f.location, f.symbol, f.address)))
    by_service: dict[str, list[Finding]] = defaultdict(list)
    for finding in ordered:
        by_service[finding.service].append(finding)
    services = tuple(
        sorted(
            (_summary(id, found, catalogue, targets) for id, found in by_service.items()),
            key=lambda s: (-hardness(s.lock_in), -s.uses, -s.findings, s.service),
        )
    )
    effort: dict[str, DaysRange | None] = {}
    unestimated: dict[str, int] = {}
    for target in targets:
        counted = [s for s in services if s.roles.get("primary") or s.roles.get("part")]
        known = [days for s in counted if (days := s.effort[target]) is not None]
        unestimated[target] = len(counted) - len(known)
        foundation = _days(catalogue, catalogue.targets[target].foundation) if counted else None
        total = sum(known, foundation) if foundation is not None else None
        effort[target] = total
    return Assessment(
        root=root,
        catalogue=catalogue.version,
        targets=tuple(targets),
        coverage=coverage_with(coverage, ordered),
        services=services,
        findings=ordered,
        components=_components(ordered),
        effort=effort,
        unestimated=unestimated,
        excluded=tuple(catalogue.effort.leaves_out),
    )


def hardness(level: LockIn) -> int:
    """Rank of a level from easy to hard. ``unknown`` ranks just below proprietary: neither hidden nor shouted."""
    return _ORDER.index("convertible") * 2 + 1 if level == "unknown" else _ORDER.index(level) * 2


def coverage_with(coverage: Coverage, findings: Sequence[Finding]) -> Coverage:
    """The coverage, with what the findings themselves tell of it."""
    return msgspec.structs.replace(
        coverage,
        unresolved=sum(len(f.features_unknown) for f in findings),
        unclassified=sum(f.service.endswith(f"/{UNCLASSIFIED}") for f in findings),
    )


def counts_for_effort(finding: Finding) -> bool:
    """Whether a finding takes part in effort: production code that is not switched off for good."""
    return finding.context == "production" and finding.active != "no" and not finding.accepted


def distinct_uses(findings: Iterable[Finding]) -> dict[object, list[Finding]]:
    """Findings by what must be worked on once.

    In configuration that is a definition: copies (environments, ``for_each``) of one content are one use. In code it
    is a component's way of using the service: forty calls of one feature in one distribution are one use.
    """
    uses: dict[object, list[Finding]] = defaultdict(list)
    for finding in findings:
        place = finding.component if finding.language == "python" else finding.digest or finding.fingerprint
        uses[finding.service, finding.features, finding.language, place].append(finding)
    return uses


def _summary(id: str, findings: list[Finding], catalogue: Catalogue, targets: Sequence[str]) -> ServiceSummary:
    counted = [finding for finding in findings if counts_for_effort(finding)]
    primaries = [f for f in counted if f.role == "primary"]
    # Parts without a primary in sight (a client made here and called elsewhere) are one use together.
    parts = [f for f in counted if f.role == "part"][:1]
    uses = distinct_uses(primaries or parts)
    level = finding_level([f for f in findings if f.role in ("primary", "part")] or findings)
    return ServiceSummary(
        service=id,
        provider=id.partition("/")[0],
        name=catalogue.service(id).name,
        capabilities=tuple(dict.fromkeys(c for f in findings for c in f.capabilities)),
        lock_in=level,
        findings=len(findings),
        roles=dict(sorted(Counter(finding.role for finding in findings).items())),
        uses=len(uses),
        copies=sum(len(same) for same in uses.values()) - len(uses),
        features=tuple(sorted({feature for finding in findings for feature in finding.features})),
        effort={target: _service_effort(uses, target, catalogue) for target in targets},
        equivalents=_worst_per_target(primaries or counted or findings, targets),
    )


def _worst_per_target(findings: list[Finding], targets: Sequence[str]) -> tuple[Equivalent, ...]:
    """For each target and capability the answer to the most demanding use, which is the honest one for the service."""
    order = ("same-api", "same-concept", "partial", "none", "unknown")
    worst: dict[tuple[str, str], Equivalent] = {}
    for finding in findings:
        for answer in finding.equivalents:
            key = (answer.target, answer.capability)
            known = worst.get(key)
            rank = (order.index(answer.fidelity), len(answer.gaps))
            if known is None or rank > (order.index(known.fidelity), len(known.gaps)):
                worst[key] = answer
    return tuple(worst[key] for key in sorted(worst, key=lambda key: (targets.index(key[0]), key[1])))


def _service_effort(uses: Mapping[object, list[Finding]], target: str, catalogue: Catalogue) -> DaysRange | None:
    if not uses:
        return DaysRange(low=0, high=0)
    total = DaysRange(low=0, high=0)
    once: Size = "XS"
    for same in uses.values():
        answers = [answer for answer in same[0].equivalents if answer.target == target]
        sizes = [size_of_use(finding_level(same), answer, catalogue) for answer in answers]
        days = _days(catalogue, _largest(sizes)) if sizes else None
        if days is None:
            return None
        total += days
        once = _largest([once, *(answer.effort.get("once", "unknown") for answer in answers)])
    first = _days(catalogue, once)
    return total + first if first is not None else None


def finding_level(findings: Sequence[Finding]) -> LockIn:
    """The hardest level among findings."""
    level: LockIn = "unknown"
    for finding in findings:
        level = harder(level, finding.lock_in)
    return level


def size_of_use(level: LockIn, answer: Equivalent, catalogue: Catalogue) -> Size:
    """A use costs what its equivalent says, and never less than its level."""
    if level == "unknown" or answer.product is None:
        return "unknown"
    return _largest([answer.effort.get("each", "unknown"), catalogue.effort.at_least[level]])


def _largest(sizes: Iterable[Size]) -> Size:
    return max(sizes, key=_SIZES.index)


def _days(catalogue: Catalogue, size: Size) -> DaysRange | None:
    span = catalogue.effort.sizes.get(size)
    return DaysRange(low=span[0], high=span[1]) if span is not None else None


def _components(findings: Sequence[Finding]) -> tuple[Component, ...]:
    by_component: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        by_component[finding.component, finding.language].append(finding)
    return tuple(
        Component(
            id=id,
            kind=found[0].language,
            lock_in=finding_level(found),
            findings=len(found),
            services=tuple(sorted({f.service for f in found})),
        )
        for (id, _), found in sorted(by_component.items())
    )
