"""Findings → an assessment: services by lock-in, effort ranges, components, and the coverage that it all rests on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from portability.assessment.effort import NOTHING, days_of, ledger
from portability.assessment.graph import Place, callers, callers_of_services, edges, links, ordered
from portability.assessment.uses import (
    Use,
    counts_for_effort,
    finding_level,
    hardness,
    is_used,
    moves,
    size_of,
    uses_of,
)
from portability.assessment.waves import waves
from portability.catalogue import UNCLASSIFIED, Catalogue
from portability.model import (
    FIDELITY,
    Assessment,
    Claims,
    Component,
    Coverage,
    DaysRange,
    Equivalent,
    Finding,
    Link,
    Location,
    Missing,
    Policy,
    Seen,
    ServiceSummary,
    Unfollowed,
)


def assess(
    root: str,
    findings: Iterable[Finding],
    coverage: Coverage,
    catalogue: Catalogue,
    targets: Sequence[str],
    vendors: Mapping[str, Sequence[Location]] = MappingProxyType({}),
    policy: Policy | None = None,
    join: Callable[[Sequence[Finding]], Iterable[Link]] = links,
) -> Assessment:
    """Put findings in order and add them up. The same findings give the same assessment, in any order. ``join`` says
    which of those about lock-in lean on which."""
    in_order = tuple(sorted(findings, key=lambda f: (f.location, f.symbol, f.address)))
    binding = [finding for finding in in_order if finding.kind == "lock-in"]
    joined = ordered(join(binding), binding)
    by_service: dict[str, list[Finding]] = defaultdict(list)
    for finding in binding:
        by_service[finding.service].append(finding)
    called = callers(binding, joined)
    leaning = callers_of_services(binding, called)
    services = tuple(
        sorted(
            (_summary(id, found, catalogue, targets, len(leaning[id])) for id, found in by_service.items()),
            key=lambda s: (-hardness(s.lock_in), -s.uses, -s.findings, s.service),
        )
    )
    effort = {target: ledger(services, target, catalogue).total for target in targets}
    unestimated = {target: sum(s.uses > 0 and s.effort[target] is None for s in services) for target in targets}
    return Assessment(
        root=root,
        catalogue=catalogue.version,
        targets=tuple(targets),
        coverage=coverage_with(coverage, in_order),
        services=services,
        findings=in_order,
        components=_components(in_order, joined, called),
        graph=edges(binding, joined),
        links=joined,
        also_seen=_also_seen(vendors, catalogue),
        effort=effort,
        unestimated=unestimated,
        claims={target: claims_about(target, services) for target in targets},
        policy=policy or Policy(),
        excluded=tuple(catalogue.effort.leaves_out),
    )


def unfollowed(missing: Iterable[Missing]) -> tuple[Unfollowed, ...]:
    """What was not read because it stands elsewhere, the most leant on first."""
    places: dict[tuple[str, str], list[Location]] = defaultdict(list)
    for one in set(missing):
        places[one.kind, one.name].append(one.location)
    ranked = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(Unfollowed(kind=kind, name=name, times=len(at), sample=min(at)) for (kind, name), at in ranked)


def coverage_with(coverage: Coverage, findings: Sequence[Finding]) -> Coverage:
    """The coverage, with what the findings themselves tell of it."""
    return msgspec.structs.replace(
        coverage,
        unresolved=sum(len(f.features_unknown) for f in findings),
        unclassified=sum(f.service.endswith(f"/{UNCLASSIFIED}") for f in findings),
    )


def _summary(
    id: str, findings: list[Finding], catalogue: Catalogue, targets: Sequence[str], callers: int
) -> ServiceSummary:
    counted = [finding for finding in findings if counts_for_effort(finding)]
    primaries = [f for f in counted if f.role == "primary"]
    parts = [f for f in counted if f.role == "part"]
    uses = uses_of(findings)
    binding = [f for f in findings if f.role in ("primary", "part")]
    used = list(filter(is_used, binding)) or binding
    once = {target: _once(uses, target, catalogue) for target in targets}
    each = {target: _each(uses, target, catalogue) for target in targets}
    return ServiceSummary(
        service=id,
        provider=id.partition("/")[0],
        name=catalogue.service(id).name,
        capabilities=tuple(dict.fromkeys(c for f in findings for c in f.capabilities)),
        lock_in=finding_level(used or findings),
        findings=len(findings),
        roles=dict(sorted(Counter(finding.role for finding in findings).items())),
        uses=len(uses),
        copies=sum(len(use.places) for use in uses) - len(uses),
        callers=callers,
        features=tuple(sorted({feature for finding in findings for feature in finding.features})),
        effort={target: _with(each[target], once[target].values()) for target in targets},
        each=each,
        once=once,
        equivalents=_answers([*primaries, *parts] or used or findings, targets),
    )


def claims_about(target: str, services: Iterable[ServiceSummary]) -> Claims:
    """How well founded a target's answers to services in use are. What nobody has looked at is no answer."""
    answers = {
        answer.product_id or f"no {answer.capability}": answer
        for service in services
        if service.roles.keys() & {"primary", "part"}
        for answer in service.equivalents
        if answer.target == target and answer.checked
    }
    verified = Counter(answer.verified for answer in answers.values())
    return Claims(
        oldest=min((answer.checked for answer in answers.values()), default=""),
        verified=verified["yes"],
        partly=verified["partly"],
        no=verified["no"],
    )


def _answers(findings: Iterable[Finding], targets: Sequence[str]) -> tuple[Equivalent, ...]:
    """For each target and capability the products that uses are answered by, each as its most demanding use has it and
    with what any of them loses or leaves unverified: that is the honest answer for the service."""
    found: dict[tuple[str, str, str], list[Equivalent]] = defaultdict(list)
    for finding in findings:
        for answer in finding.equivalents:
            found[answer.target, answer.capability, answer.product_id].append(answer)
    order = sorted(found, key=lambda key: (targets.index(key[0]), key[1], -len(found[key]), key[2]))
    return tuple(_together(found[key]) for key in order)


def _together(answers: Sequence[Equivalent]) -> Equivalent:
    hardest = max(answers, key=lambda one: (FIDELITY.index(one.fidelity), len(one.gaps)))
    ranked = [hardest, *answers]
    gaps = tuple(dict.fromkeys(gap for one in ranked for gap in one.gaps))
    lost = tuple(gap.text.removeprefix("no ") for gap in gaps)
    unsure = dict.fromkeys(need for one in ranked for need in one.unknown_needs if not need.endswith(lost))
    return msgspec.structs.replace(hardest, gaps=gaps, unknown_needs=tuple(unsure))


def _once(uses: Iterable[Use], target: str, catalogue: Catalogue) -> dict[str, DaysRange]:
    """Product → what it takes to have it at all."""
    answers = (answer for use in uses for answer in use.places[0].equivalents if answer.target == target)
    return {
        answer.product_id: days
        for answer in answers
        if (days := days_of(catalogue, answer.effort.get("once", "unknown"))) is not None
    }


def _each(uses: Iterable[Use], target: str, catalogue: Catalogue) -> DaysRange | None:
    """What the uses take, or None where one of them has no estimate."""
    total = NOTHING
    for use in uses:
        days = days_of(catalogue, size_of(use, target, catalogue))
        if days is None:
            return None
        total += days
    return total


def _with(each: DaysRange | None, once: Iterable[DaysRange]) -> DaysRange | None:
    return None if each is None else sum(once, each)


def _also_seen(vendors: Mapping[str, Sequence[Location]], catalogue: Catalogue) -> tuple[Seen, ...]:
    known = ((id, catalogue.vendors[id], places) for id, places in vendors.items())
    seen = (
        Seen(
            vendor=id,
            name=vendor.name,
            steward=vendor.steward.name,
            seat=vendor.steward.seat,
            places=len(places),
            sample=min(places),
        )
        for id, vendor, places in known
    )
    return tuple(sorted(seen, key=lambda one: (-one.places, one.vendor)))


def _components(
    findings: Sequence[Finding], links: Iterable[Link], called: Mapping[str, set[Place]]
) -> tuple[Component, ...]:
    by_component: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.kind == "lock-in":
            by_component[finding.component, finding.language].append(finding)
    moving = {f.fingerprint for f in findings if moves(f)}
    place = waves([finding for found in by_component.values() for finding in found], moving, links)
    return tuple(
        Component(
            id=id,
            kind=found[0].language,
            lock_in=finding_level([finding for finding in found if finding.fingerprint in moving] or found),
            findings=len(found),
            services=tuple(sorted({f.service for f in found})),
            wave=place[id, language].wave,
            work=place[id, language].work,
            waits_for=place[id, language].waits_for,
            moves_with=place[id, language].moves_with,
            callers=_from_elsewhere(found, called),
        )
        for (id, language), found in sorted(by_component.items())
    )


def _from_elsewhere(findings: Iterable[Finding], called: Mapping[str, set[Place]]) -> int:
    """How many places of other files than a component's own lean on what is in it."""
    own = {finding.location.path for finding in findings}
    return len({place for finding in findings for place in called.get(finding.fingerprint, ()) if place[0] not in own})
