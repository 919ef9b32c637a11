"""What leans on what, as rows and as a picture's nodes: things where they are few, else services and components."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from portability.assessment.graph import callers
from portability.model import Assessment, Finding, Link, LockIn

FEW = 24
"""Nodes of a picture in which each thing is its own."""
_PROGRAMS = 12
"""Components that a picture holds; the others are one node together."""
_LINES = 22
"""Lines that a picture holds of components, and as many between services."""
_ROWS = 200
_THINGS = 15

Kind = Literal["component", "service", "thing", "others"]
Key = tuple[Kind, str, str]
"""What a node is, its id, and what tells it from another of that id: a language, a fingerprint."""


class Node(NamedTuple):
    """A node: ``note`` is its language, or the service that a thing is of; ``stands_for`` counts what it stands for."""

    key: Key
    label: str
    note: str
    lock_in: LockIn
    callers: int = 0
    stands_for: int = 1

    @property
    def is_program(self) -> bool:
        """Whether it stands for what people wrote, and not for what they use."""
        return self.key[0] in ("component", "others")


class Row(NamedTuple):
    """That one node leans on another: in how many pairs of places, how, and whether one of them is certain."""

    source: Node
    target: Node
    times: int
    how: tuple[str, ...]
    certain: bool


class Thing(NamedTuple):
    """What is leant on: its name or address, and from how many places of how many components."""

    label: str
    finding: Finding
    callers: int
    components: int


def rows(assessment: Assessment) -> list[Row]:
    """Every connection between services, things and components, the most frequent first."""
    by_id = {finding.fingerprint: finding for finding in assessment.findings}
    nodes = _Nodes(assessment, by_id)
    pairs: dict[tuple[Node, Node], list[Link]] = defaultdict(list)
    for link in assessment.links:
        source, target = nodes.source(link), nodes.target(link)
        if source != target:
            pairs[source, target].append(link)
    found = [
        Row(
            source,
            target,
            len(links),
            tuple(sorted({link.how for link in links})),
            any(link.confidence == "certain" for link in links),
        )
        for (source, target), links in pairs.items()
    ]
    return sorted(found, key=lambda row: (-row.times, row.source.key, row.target.key))


def shortened(found: Sequence[Row]) -> tuple[Sequence[Row], int]:
    """The rows that a table shows, and how many others there are."""
    return found[:_ROWS], max(0, len(found) - _ROWS)


def drawn(found: Sequence[Row]) -> tuple[list[Row], int]:
    """The rows that a picture shows, and how many it leaves out: many components are one node together, and only what
    is frequent is drawn."""
    weight: Counter[Node] = Counter()
    for row in found:
        if row.source.is_program:
            weight[row.source] += row.times
    ranked = sorted(weight, key=lambda node: (-weight[node], node.key))
    rest = ranked[_PROGRAMS - 1 :] if len(ranked) > _PROGRAMS else []
    others = Node(("others", "", ""), "", "", "unknown", stands_for=len(rest))
    instead = dict.fromkeys(rest, others)
    merged: dict[tuple[Node, Node], list[Row]] = defaultdict(list)
    for row in found:
        merged[instead.get(row.source, row.source), row.target].append(row)
    rows = [
        Row(source, target, sum(row.times for row in same), (), any(row.certain for row in same))
        for (source, target), same in merged.items()
    ]
    rows.sort(key=lambda row: (-row.times, row.source.key, row.target.key))
    of_programs = [row for row in rows if row.source.is_program][:_LINES]
    of_services = [row for row in rows if not row.source.is_program][:_LINES]
    shown = [*of_programs, *of_services]
    return shown, len(found) - sum(len(merged[row.source, row.target]) for row in shown)


def things(assessment: Assessment) -> list[Thing]:
    """What most places lean on."""
    by_id = {finding.fingerprint: finding for finding in assessment.findings}
    called = callers(assessment.findings, assessment.links)
    component = {(one.location.path, one.address): one.component for one in assessment.findings}
    found = [
        Thing(_label(by_id[fingerprint]), by_id[fingerprint], len(places), len({component[place] for place in places}))
        for fingerprint, places in called.items()
    ]
    return sorted(found, key=lambda thing: (-thing.callers, thing.finding.location))[:_THINGS]


class _Nodes:
    """Which node each end of a link belongs to."""

    def __init__(self, assessment: Assessment, by_id: Mapping[str, Finding]) -> None:
        self._by_id = by_id
        self._services = {service.service: service for service in assessment.services}
        self._components = {(one.id, str(one.kind)): one for one in assessment.components}
        self._called = callers(assessment.findings, assessment.links)
        self._root = assessment.root
        sources = {self._of_source(link, few=True).key for link in assessment.links}
        self._few = len(sources | {("thing", "", link.target) for link in assessment.links}) <= FEW

    def source(self, link: Link) -> Node:
        """What leans: a component that uses a name or a variable, or whatever a referring block makes."""
        return self._of_source(link, few=self._few)

    def target(self, link: Link) -> Node:
        """What is leant on."""
        return self._made(self._by_id[link.target], few=self._few)

    def _of_source(self, link: Link, *, few: bool) -> Node:
        finding = self._by_id[link.source]
        if link.how == "reference":
            return self._made(finding, few=few)
        component = self._components[finding.component, finding.language]
        label = component.id if component.id != "." else self._root
        return Node(("component", component.id, component.kind), label, component.kind, component.lock_in)

    def _made(self, finding: Finding, *, few: bool) -> Node:
        if few:
            callers = len(self._called.get(finding.fingerprint, ()))
            key: Key = ("thing", "", finding.fingerprint)
            return Node(key, _label(finding), finding.service, finding.lock_in, callers)
        service = self._services[finding.service]
        return Node(("service", service.service, ""), service.service, "", service.lock_in, service.callers)


def _label(finding: Finding) -> str:
    return finding.name or finding.address
