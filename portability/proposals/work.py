"""Findings → what is to be proposed: copies together, parts beside their definition, calls beside what they use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import msgspec

from portability.model import Equivalent, Finding, Location
from portability.proposals.links import Block, Blocks, block_of
from portability.proposals.literals import slug
from portability.proposals.rendering import Templates, serves_all, serves_component, speaks_for

MOST_PLACES = 8
MOST_NAMES = 40
SET_ON = "set_on"
"""The input that says which definition a part is set beside, by its address."""
_TELLS_NOTHING = frozenset({"this", "main", "default"})
"""Labels of blocks that say no more than that there is one of its kind in its module."""
_REWRITTEN = ("proprietary", "captive")


class Work(msgspec.Struct):
    """One proposal to be: the findings of one content, what it becomes, and what was found around them.

    ``template`` is empty where there is none for it: then it gets a guide.
    """

    findings: list[Finding]
    equivalent: Equivalent
    template: str
    declared: bool
    parts: list[Finding] = []
    near: list[Finding] = []
    users: list[Finding] = []

    def name(self, name: object) -> str:
        """A DNS label: the name in the code, else its label or service; the product's for what serves all."""
        if serves_all(self.template):
            return slug(self.equivalent.product_id.rpartition("/")[2])
        if serves_component(self.template):
            own = self.findings[0].component.rpartition("/")[2]
            return slug(own if any(c.isalnum() for c in own) else self.equivalent.product_id.rpartition("/")[2])
        if isinstance(name, str) and any(c.isalnum() and c.isascii() for c in name):
            return slug(name)
        finding = self.findings[0]
        if finding.language == "kubernetes" and "/" in finding.address:
            own = finding.address.rpartition("/")[2]
            # A name that a template makes says nothing; the chart that it is in does.
            return slug(own if any(c.isalnum() and c.isascii() for c in own) else finding.component.rpartition("/")[2])
        if finding.language != "terraform":
            return slug(finding.service.rpartition("/")[2])
        own, modules = label(finding), {one.component.rpartition("/")[2] for one in self.findings}
        module = next(iter(modules)) if len(modules) == 1 else ""
        return slug(module if own in _TELLS_NOTHING and any(c.isalnum() for c in module) else own)

    def gaps(self) -> tuple[str, ...]:
        """What is lost, by the definition and by what is set beside it."""
        return tuple(dict.fromkeys(gap.text for answer in self._answers() for gap in answer.gaps))

    def limits(self) -> tuple[str, ...]:
        """What holds for the product and concerns the definition or what is set beside it."""
        product = self.equivalent.product_id
        told = (answer.limits for answer in self._answers() if answer.product_id == product)
        return tuple(dict.fromkeys(limit.text for limits in told for limit in limits))

    def _answers(self) -> Iterable[Equivalent]:
        yield self.equivalent
        for part in self.parts:
            for equivalent in part.equivalents:
                if (equivalent.target, equivalent.capability) == (self.equivalent.target, self.equivalent.capability):
                    yield equivalent

    def uses(self) -> list[tuple[str, str, int]]:
        """Each name that is used: where first, the name, and how often. The most used come first."""
        places: dict[str, list[Finding]] = defaultdict(list)
        for finding in (*self.findings, *self.users):
            places[finding.symbol].append(finding)
        ranked = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST_NAMES]
        return [(str(found[0].location), symbol, len(found)) for symbol, found in ranked]

    def left(self, why: Mapping[Location, str]) -> list[tuple[str, list[str]]]:
        """The reasons why no patch changes some of the places, each with these: files, each with its lines."""
        found: dict[str, list[Location]] = defaultdict(list)
        for place in dict.fromkeys(finding.location for finding in (*self.findings, *self.users)):
            if place in why:
                found[why[place]].append(place)
        return [(reason, _by_file(places)) for reason, places in list(found.items())[:MOST_NAMES]]

    def notes(self, carried: Collection[str] = ()) -> list[str]:
        """What a person should know of the evidence. ``carried`` are addresses of parts that the proposal holds."""
        finding = self.findings[0]
        notes = []
        if finding.confidence != "certain":
            notes.append(f"This use is {finding.confidence}, not certain; look at it first.")
        if finding.active == "unknown":
            switch = finding.message.partition("It is switched by ")[2] or "a condition."
            notes.append(f"Whether this exists at all is switched by {switch}")
        if len(finding.capabilities) > 1:
            others = [one for one in finding.capabilities if one != self.equivalent.capability]
            notes.append(
                f"The code does not tell what this is: it may be {', '.join(others)} instead; keep one proposal."
            )
        if not self.declared and self.template and not speaks_for(self.template, finding.language):
            notes.append("Only code that uses it was found, nothing that defines it; merge this with what defines it.")
        beside = [one for one in self.parts if one.address not in carried and one.role != "permission"]
        if beside and not serves_component(self.template):
            notes.append(f"Set beside it, carry over what this file does not hold yet: {_places(beside)}.")
        if near := [one for one in self.near if one.role != "permission"]:
            notes.append(f"The code does not tell to which definition these belong: {_places(near)}.")
        if self.users:
            notes.append(f"Code uses this service; point it here where it means this one: {_places(self.users)}.")
        return notes


def guides(works: Iterable[Work]) -> list[Work]:
    """What programs must be told beside the code for a service: one a service whose API they call, with its calls."""
    calls: dict[tuple[str, str], Work] = {}
    for work in works:
        used = [one for one in (*work.findings, *work.users) if one.language == "python" and one.lock_in in _REWRITTEN]
        if work.template and used:
            calls.setdefault(_kind(work), Work(used, work.equivalent, "", False))
    return list(calls.values())


def gather(findings: Iterable[Finding], templates: Templates, target: str) -> list[Work]:
    """The work that findings of production code ask for, in their order. Copies (equal digests) share one."""
    mine = [finding for finding in findings if wanted(finding)]
    works = _gather([finding for finding in mine if finding.role == "primary"], templates, target)
    alone = _attach([finding for finding in mine if finding.role in ("part", "permission")], works, Blocks(mine))
    return [*works, *_beside(alone, templates, target)]


def wanted(finding: Finding) -> bool:
    """Whether a finding asks for a replacement: production code that is not switched off, and nobody accepted."""
    return (
        finding.kind == "lock-in"
        and finding.context == "production"
        and finding.active != "no"
        and not finding.accepted
    )


def label(finding: Finding) -> str:
    """The last word of an address."""
    return finding.address.rpartition(".")[2]


def _gather(findings: Iterable[Finding], templates: Templates, target: str) -> list[Work]:
    works: dict[tuple[str, ...], Work] = {}
    for finding in findings:
        for equivalent in finding.equivalents:
            if equivalent.target != target:
                continue
            told = finding.language == "terraform" or any(value is not None for value in finding.inputs.values())
            # A call of a program that tells nothing of what it means is one of many, and defines nothing.
            declared = told if finding.language == "python" else told or bool(finding.inputs)
            template = templates.of(equivalent.product_id, equivalent.capability, finding.language, finding.features)
            own = speaks_for(template, finding.language)
            if serves_component(template) and not told and not own:
                template = ""  # programs that call its API declare nothing that a component could have
            elif not declared and templates.operates(finding):
                template = ""  # nor does one that operates what others made: it lists databases, and stops some
            # Where there is only a guide, one speaks for all uses of the service.
            same = (finding.digest or finding.fingerprint) if declared and template else ""
            key: tuple[str, ...] = (finding.service, equivalent.capability, equivalent.product_id * declared, same)
            if serves_all(template):
                key, declared = (template,), True
            elif (declared or own) and serves_component(template):
                key = (template, finding.component)
            work = works.setdefault(key, Work([], equivalent, template, declared))
            work.findings.append(finding)
    kept: list[Work] = []
    for work in works.values():
        of_service = [other for other in works.values() if other.declared and _kind(other) == _kind(work)]
        if work.declared or not of_service:
            kept.append(work)
        else:
            for other in of_service:
                other.users.extend(work.findings)
    return kept


def _kind(work: Work) -> tuple[str, str]:
    return work.findings[0].service, work.equivalent.capability


def _beside(parts: Iterable[Finding], templates: Templates, target: str) -> list[Work]:
    """What is set beside definitions of another module, such as records of its zone: one work a service, component and
    capability, where the code says anything of one of them and there is a template."""
    found: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for part in parts:
        found[part.service, part.component, part.capabilities].append(part)
    works = []
    for mine in found.values():
        told = [one for one in mine if one.role == "part" and one.inputs]
        for equivalent in told[0].equivalents if told else ():
            template = templates.beside(equivalent.product_id, equivalent.capability)
            if equivalent.target == target and template:
                works.append(Work(told, equivalent, template, True, [one for one in mine if one not in told]))
    return works


def _attach(parts: Iterable[Finding], works: list[Work], blocks: Blocks) -> list[Finding]:
    """Give parts to the definition of their service that they name, that names them, that bears the same label, or to
    the only one there is; those whose component has none come back.

    Where several are near and nothing tells which is meant, each is told of the part and none takes it.
    """
    near: dict[tuple[str, str], list[Work]] = defaultdict(list)
    for work in works:
        if work.declared:
            for component in {finding.component for finding in work.findings}:
                near[work.findings[0].service, component].append(work)
    mine = [part for part in parts if part.language == "terraform" and not part.symbol.startswith("backend.")]
    services = {block_of(part): part.service for part in mine}
    alone: list[Finding] = []
    for part in mine:
        candidates = near[part.service, part.component]
        if not candidates:
            alone.append(part)
        chosen = _related(part, candidates, blocks, services) or [
            work for work in candidates if label(part) in map(label, work.findings)
        ]
        if len(chosen) > 1:  # it names one as its own, and others for what it says: a zone that it delegates to
            own = Block(part.component, str(part.inputs.get(SET_ON)))
            chosen = [work for work in chosen if own in map(block_of, work.findings)] or chosen
        for work in chosen or candidates:
            (work.parts if chosen or len(candidates) == 1 else work.near).append(part)
    return alone


def _related(part: Finding, candidates: list[Work], blocks: Blocks, services: Mapping[Block, str]) -> list[Work]:
    """The definitions that a part leads to, itself or through others of its service; else those that lead to it."""

    def alike(block: Block) -> bool:
        return services.get(block) == part.service

    made = [(work, {block_of(one) for one in work.findings}) for work in candidates]
    for levels in (blocks.below([block_of(part)], alike), blocks.above([block_of(part)], alike)):
        for level in levels:
            if found := [work for work, own in made if not own.isdisjoint(level)]:
                return found
    return []


def _by_file(places: Iterable[Location]) -> list[str]:
    """``path:3, 7 and 9 more`` for each file."""
    lines: dict[str, dict[int, None]] = defaultdict(dict)
    for place in places:
        lines[place.path][place.line] = None
    shown = {path: ", ".join(map(str, list(own)[:MOST_PLACES])) for path, own in lines.items()}
    more = {path: f" and {len(own) - MOST_PLACES} more" for path, own in lines.items() if len(own) > MOST_PLACES}
    return [f"{path}:{text}{more.get(path, '')}" for path, text in shown.items()]


def _places(findings: list[Finding]) -> str:
    shown = list(dict.fromkeys(f"{one.location} ({one.symbol})" for one in findings))
    more = f" and {len(shown) - MOST_PLACES} more" if len(shown) > MOST_PLACES else ""
    return ", ".join(shown[:MOST_PLACES]) + more
