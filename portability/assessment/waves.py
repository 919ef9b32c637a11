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
    wave. Components that use one thing move with each other.
    """
    components = _of_places(findings)
    work: dict[Key, Work] = dict.fromkeys(components.values(), "nothing")
    leans_on: dict[Key, set[Key]] = {key: set() for key in work}
    for finding in findings:
        key = (finding.component, finding.language)
        if finding.fingerprint in moving and key in work:
            work[key] = max(work[key], _work(finding), key=_rank)
        for place in finding.related:
            caller = components.get((place.path, finding.language))
            if caller is not None and caller != key and key in leans_on:
                leans_on[caller].add(key)
    component = {finding.fingerprint: (finding.component, finding.language) for finding in findings}
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
    number = {key: _rank(asked) for key, asked in work.items()}
    while raised := {
        key: highest
        for key, others in leans_on.items()
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


def _of_places(findings: Iterable[Finding]) -> dict[tuple[str, str], Key]:
    """File and language → its component."""
    return {(one.location.path, one.language): (one.component, one.language) for one in findings}


def _work(finding: Finding) -> Work:
    answers = finding.equivalents
    if answers and all(answer.fidelity == "none" for answer in answers):
        return "decide"
    return _OF_LEVEL[finding.lock_in]


def _rank(work: Work) -> int:
    return 0 if work == "nothing" else WORK.index(work) + 1
