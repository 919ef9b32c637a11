"""What there is instead: answers by service and target, what has none, what one would run, and what to watch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from portability.assessment.uses import moves, uses_of
from portability.catalogue import Catalogue
from portability.model import Assessment, Equivalent, Finding, ServiceSummary
from portability.policy import accepts, is_open
from portability.reports.figures import in_use

HOME = ("EU",)
"""Seats that the count of stewards outside leaves out."""


class Side(NamedTuple):
    """A service that is used, and its answers by target, each with the places whose uses it answers."""

    service: ServiceSummary
    answers: dict[str, list[tuple[Equivalent, int]]]


class Lacking(NamedTuple):
    """A service for which a target has nothing, or (no answers) of which nobody knows what it gives; and specialists
    elsewhere who sell it (name, seat)."""

    service: ServiceSummary
    answers: list[Equivalent]
    elsewhere: list[tuple[str, str]]


class Running(NamedTuple):
    """A product on the other side, and the services that it takes the place of."""

    product: Equivalent
    services: list[str]


class Warned(NamedTuple):
    """A product on the other side, what is warned of, and known limits."""

    product: Equivalent
    warned: list[str]
    limits: list[str]


class After(NamedTuple):
    """What one would have on a target."""

    target: str
    products: list[Running]
    yours: int
    stewards: int
    outside: int
    open: int
    seats: list[tuple[str, int]]


def sides(assessment: Assessment) -> list[Side]:
    """Services in use with the answers of each target, side by side."""
    places = Counter(
        (finding.service, answer.target, answer.capability, answer.product_id)
        for finding in filter(moves, assessment.findings)
        for answer in finding.equivalents
    )
    return [
        Side(
            one,
            {
                target: [
                    (answer, places[one.service, target, answer.capability, answer.product_id])
                    for answer in one.equivalents
                    if answer.target == target
                ]
                for target in assessment.targets
            },
        )
        for one in in_use(assessment)
        if one.equivalents
    ]


def lacking(assessment: Assessment, catalogue: Catalogue) -> list[Lacking]:
    """Services for which some target has nothing, or of which nobody has looked."""
    rows = []
    for service in in_use(assessment):
        nothing = [answer for answer in service.equivalents if answer.fidelity in ("none", "unknown")]
        if nothing or not service.equivalents:
            specialists = {
                (one.name, one.seat): None
                for answer in nothing
                for one in catalogue.capabilities[answer.capability].elsewhere
            }
            rows.append(Lacking(service, nothing, list(specialists)))
    return rows


def after(assessment: Assessment) -> list[After]:
    """Products, stewards and licences by target."""
    given = _given(assessment)
    found = []
    for target in assessment.targets:
        running: dict[str, tuple[Equivalent, list[str]]] = {}
        for service, answer in given:
            if answer.target == target:
                known, served = running.get(answer.product_id, (answer, []))
                running[answer.product_id] = _limited(known, answer), [*served, service]
        products = [Running(answer, sorted(set(served))) for answer, served in running.values()]
        products.sort(key=lambda row: (row.product.operated_by or "", row.product.product or ""))
        # The seat is that of the steward who is named first.
        stewards = {(row.product.steward.partition(";")[0], row.product.seat) for row in products}
        seats = Counter(seat for _, seat in stewards)
        found.append(
            After(
                target=target,
                products=products,
                yours=sum(row.product.operated_by == "you" for row in products),
                stewards=len(stewards),
                outside=sum(not accepts(HOME, seat) for _, seat in stewards),
                open=sum(is_open(row.product.licence) for row in products),
                seats=sorted(seats.items(), key=lambda item: (-item[1], item[0])),
            )
        )
    return found


def _given(assessment: Assessment) -> list[tuple[str, Equivalent]]:
    """Service and product, of all uses and not of the most demanding one only: effort has a row for each of them."""
    by_service: dict[str, list[Finding]] = defaultdict(list)
    for finding in assessment.findings:
        if finding.kind == "lock-in":
            by_service[finding.service].append(finding)
    given: dict[tuple[str, str, str], tuple[str, Equivalent]] = {}
    for service, found in by_service.items():
        for use in uses_of(found):
            for answer in use.places[0].equivalents:
                if answer.product is not None:
                    key = (service, answer.target, answer.product_id)
                    given[key] = service, _limited(answer, given[key][1] if key in given else answer)
    return list(given.values())


def _limited(one: Equivalent, other: Equivalent) -> Equivalent:
    """A product's answer to one use, with the limits that concern another too."""
    return msgspec.structs.replace(one, limits=tuple(dict.fromkeys((*one.limits, *other.limits))))


def warnings(afters: Iterable[After]) -> list[Warned]:
    """What is warned of and known to be limited, each product once."""
    products = {row.product.product_id: row.product for one in afters for row in one.products}
    said = [Warned(it, list(it.warnings), [limit.text for limit in it.limits]) for it in products.values()]
    return sorted((one for one in said if one.warned or one.limits), key=lambda one: one.product.product or "")


def reasons(assessment: Assessment) -> dict[str, list[tuple[str, int]]]:
    """Service → why its hardest uses bind, in the words of the rules, and in how many places."""
    hardest = {service.service: service.lock_in for service in assessment.services}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for finding in assessment.findings:
        if finding.kind == "lock-in" and finding.lock_in == hardest[finding.service]:
            # What switches a block is said beside the finding.
            counts[finding.service][finding.message.partition(" It is switched by `")[0]] += 1
    return {service: sorted(found.items(), key=lambda item: (-item[1], item[0])) for service, found in counts.items()}
