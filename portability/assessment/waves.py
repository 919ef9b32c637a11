"""Components in order of leaving: what asks least goes first, and nothing goes before what it leans on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from portability.model import Finding, Link, LockIn, Work

WORK: tuple[Work, ...] = ("repoint", "rewrite", "re-engineer", "decide", "find out")
"""What leaving asks, in the order of the waves. What nobody could judge comes last."""
_OF_LEVEL: Mapping[LockIn, Work] = {
    "portable": "repoint",
    "compatible": "repoint",
    "convertible": "rewrite",
    "proprietary": "re-engineer",
    "captive": "decide",
    "unknown": "find out",
}
_MOST_TOGETHER = 20
"""Components that move with each other because of one thing. What more of them use is everybody's."""
Key = tuple[str, str]
"""A component: its id and its language."""


class Place(NamedTuple):
    """Where a component stands: its wave (0: nothing of it has to move), what it asks itself, whom it waits for, and
    who uses the same things."""

    wave: int
    work: Work
    waits_for: tuple[str, ...]
    moves_with: tuple[str, ...]


def waves(findings: Sequence[Finding], moving: Collection[str], links: Iterable[Link]) -> dict[Key, Place]:
    """The place of every component. ``moving`` are the fingerprints of the findings that ask for work.

    A component asks what its hardest finding asks; one without an answer on any target asks for a decision. It waits
    for the components that it calls and whose things it uses, and those that do so to each other come out in the same
    wave. Components that use one thing move with each other, and what one configuration alone calls moves with it.
    """
    work = _asked(findings, moving)
    called_by = _callers(findings)
    leans_on: dict[Key, set[Key]] = {key: set() for key in work}
    for key, callers in called_by.items():
        for caller in callers:
            leans_on[caller].add(key)
    component = {finding.fingerprint: _key(finding) for finding in findings}
    users: dict[str, set[Key]] = defaultdict(set)
    for link in links:
        source, target = component[link.source], component[link.target]
        if source != target:
            leans_on[source].add(target)
            users[link.target].add(source)
    together: dict[Key, set[Key]] = defaultdict(set)
    for those in users.values():
        if len(those) <= _MOST_TOGETHER:
            for one in those:
                together[one] |= those - {one}
    needs = {key: set(others) for key, others in leans_on.items()}
    for key, callers in called_by.items():
        # Those that nothing calls are what somebody applies; modules between it and them are called too.
        applied = [one for one in callers if one not in called_by]
        if len(applied) == 1:
            needs[key].add(applied[0])
            together[key].add(applied[0])
            together[applied[0]].add(key)
    number = {key: _rank(asked) for key, asked in work.items()}
    while raised := {
        key: highest
        for key, others in needs.items()
        if number[key] and (highest := max((number[other] for other in others), default=0)) > number[key]
    }:
        number |= raised
    # Waves that nothing is in are no waves.
    dense = {rank: place for place, rank in enumerate(sorted({0, *number.values()}))}
    number = {key: dense[rank] for key, rank in number.items()}
    return {
        key: Place(
            number[key],
            work[key],
            tuple(sorted({id for id, kind in leans_on[key] if number[id, kind]})),
            tuple(sorted({id for id, _ in together[key]})),
        )
        for key in work
    }


def _asked(findings: Iterable[Finding], moving: Collection[str]) -> dict[Key, Work]:
    """What each component asks by its own hardest finding."""
    work: dict[Key, Work] = {}
    for finding in findings:
        key = _key(finding)
        asked = _work(finding) if finding.fingerprint in moving else "nothing"
        work[key] = max(work.get(key, "nothing"), asked, key=_rank)
    return work


def _callers(findings: Sequence[Finding]) -> dict[Key, set[Key]]:
    """The components in which the calls that lead to a component stand, where any do."""
    of_place = {(one.location.path, one.language): _key(one) for one in findings}
    found: dict[Key, set[Key]] = defaultdict(set)
    for finding in findings:
        callers = {of_place.get((place.path, finding.language)) for place in finding.related}
        if others := callers - {None, _key(finding)}:
            found[_key(finding)] |= {one for one in others if one is not None}
    return found


def _key(finding: Finding) -> Key:
    return finding.component, finding.language


def _work(finding: Finding) -> Work:
    answers = finding.equivalents
    if answers and all(answer.fidelity == "none" for answer in answers):
        return "decide"
    return _OF_LEVEL[finding.lock_in]


def _rank(work: Work) -> int:
    return 0 if work == "nothing" else WORK.index(work) + 1
