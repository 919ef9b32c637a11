"""Proposals while they are made: each has its name before any is rendered, so that one may refer to another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from portability.catalogue import Catalogue
from portability.model import Finding, Location
from portability.proposals import page as pages
from portability.proposals.inputs import inputs_of
from portability.proposals.links import Block, Blocks, block_of
from portability.proposals.literals import comment, slug, unique
from portability.proposals.page import Page, Part, Way
from portability.proposals.rendering import Renderer, language_of, serves_all, serves_component
from portability.proposals.rights import Right
from portability.proposals.settings import names_provider
from portability.proposals.work import Work

GUIDE = "_guide.md.j2"
SHARED = "shared"
"""The component of what serves all the others."""
_TWICE = (
    "Another definition of this module bears the same name: where only one of them exists at a time, by a switch or an "
    "environment, keep one of the two proposals; else give them different names."
)


class Draft(msgspec.Struct, eq=False):
    """One proposal: what it is for, its name (a DNS label), its page, and its text once that is rendered."""

    work: Work
    name: str
    template: str
    page: Page
    inputs: Mapping[str, Any]
    body: str | None = None

    @property
    def component(self) -> str:
        """Where it is placed. The copies that it stands for too may lie elsewhere."""
        return SHARED if serves_all(self.template) else self.work.findings[0].component


class Drafts:
    """The proposals of one run. A template is rendered when it is its turn, or when another asks what it declares."""

    def __init__(
        self,
        works: Iterable[Work],
        findings: Sequence[Finding],
        catalogue: Catalogue,
        renderer: Renderer,
        left: Mapping[Location, str],
    ) -> None:
        self.catalogue = catalogue
        self._renderer = renderer
        self._left = left
        self._blocks = Blocks(findings)
        self._found: dict[Block, list[Finding]] = defaultdict(list)
        for finding in findings:
            if finding.language == "terraform":
                self._found[block_of(finding)].append(finding)
        taken: set[str] = set()
        self._called: set[tuple[str, ...]] = set()
        self.all = [self._draft(work, taken) for work in works]
        self._at: dict[Block, list[Draft]] = defaultdict(list)
        self._parts: dict[Block, list[Draft]] = defaultdict(list)
        for draft in self.all:
            if draft.page.language != "markdown" and not serves_all(draft.template):
                for found, place in ((draft.work.findings, self._at), (draft.work.parts, self._parts)):
                    for finding in found:
                        place[block_of(finding)].append(draft)

    def body(self, draft: Draft) -> str:
        """The text of a template. Who asks in a circle sees what has been declared so far. Raises ProposalError."""
        if draft.body is None:
            draft.body = ""
            work, equivalent = draft.work, draft.work.equivalent
            features = frozenset(feature for one in (work.findings[0], *work.parts) for feature in one.features)
            clean = msgspec.structs.replace(work.findings[0], inputs=draft.inputs)
            capability = self.catalogue.capabilities[equivalent.capability]
            context = draft.page.context(clean, equivalent, features)
            context |= {"gaps": work.gaps(), "limits": work.limits(), "uses": work.uses(), "capability": capability}
            draft.body = self._renderer.body(draft.template, {**context, "left": work.left(self._left)})
            told = [comment(note) for note in work.notes(draft.page.carried)]
            draft.page.decisions = list(dict.fromkeys([*told, *draft.page.decisions]))
        return draft.body

    def _draft(self, work: Work, taken: set[str]) -> Draft:
        equivalent = work.equivalent
        capability = self.catalogue.capabilities[equivalent.capability]
        inputs, notes = inputs_of(work.findings[0], capability)
        if serves_all(work.template) or serves_component(work.template):
            others = [inputs_of(one, capability)[0] for one in work.findings]
            inputs = {name: value for name, value in inputs.items() if all(one.get(name) == value for one in others)}
        for kind in capability.inputs:
            if capability.inputs[kind].type == "settings" and inputs.get(kind) is not None:
                inputs[kind] = [
                    one._replace(value=None) if names_provider(one, self.catalogue.interest) else one
                    for one in inputs[kind]
                ]
        template = work.template or GUIDE
        language = language_of(template)
        name = _free(work.name(inputs.get("name")), equivalent.capability, language, taken)
        finding = work.findings[0]
        if isinstance(inputs.get("name"), str) and not serves_component(template):
            called = (finding.component, finding.symbol, equivalent.capability, inputs["name"])
            notes += [_TWICE] if called in self._called and work.template else []
            self._called.add(called)
        label = _label(name, equivalent.capability, language, taken)
        page = Page(
            language,
            label.replace("_", "-") if language == "yaml" else name,
            label,
            inputs,
            [comment(note) for note in notes],
        )
        draft = Draft(work, name, template, page, inputs)
        # A copy elsewhere has its own parts, which say the same once more.
        own = [one for one in work.parts if draft.component in (SHARED, one.component)]
        page.parts = pages.parts_of(own, capability)
        page.members = pages.parts_of(work.findings, capability)
        page.rights = lambda member, beside: self._rights(draft, member, beside)
        page.led_to = lambda kind, right: self._led_to(draft, kind, right)
        page.offered = lambda kind, part, way: self._offered(draft, kind, part, way)
        page.alike = lambda: self._alike(draft)
        page.declared = lambda kind, address: list(self._declared(Block(draft.component, address), draft, kind))
        return draft

    def _rights(self, draft: Draft, member: Part, beside: bool) -> list[Right] | None:
        """What a policy allows, or what those allow that are put beside an identity; None where the code tells of none.

        What an identity names itself says who may act as it, and gives it nothing.
        """
        start = Block(draft.component, member.address)
        service = draft.work.findings[0].service
        others = {block_of(one) for one in draft.work.findings if one.symbol == member.symbol} - {start}

        def through(block: Block) -> bool:
            return block not in others and any(one.service == service for one in self._found[block])

        starts = [start]
        if beside:
            near = next(self._blocks.above([start], through), [])
            starts = [block for block in near if any(one.role == "part" for one in self._found[block])]
        levels = self._blocks.below(starts, lambda block: block != start and through(block))
        reached = dict.fromkeys([start, *starts, *(block for level in levels for block in level)])
        capability = self.catalogue.capabilities[draft.work.equivalent.capability]
        told = [
            [msgspec.structs.replace(right, address=one.address) for right in rights]
            for block in reached
            if block not in others
            for one in self._found[block]
            if one.service == service and (rights := inputs_of(one, capability)[0].get("rights")) is not None
        ]
        return [right for rights in told for right in rights] if told else None

    def _led_to(self, draft: Draft, kind: str, right: Right) -> Any:
        """What is declared for the only thing of a kind that a block names, if one statement alone may mean it."""
        block = Block(draft.component, right.address)
        named = next(self._blocks.below([block], lambda _: False), [])
        found = list(dict.fromkeys(one for other in named for one in self._declared(other, draft, kind)))
        return found[0] if len(found) == 1 and right.is_alone else ""

    def _offered(self, draft: Draft, kind: str, part: Part | None, way: Way) -> list[Any]:
        """What the nearest proposals of the same module declare of a kind: of those that the blocks of one lean on
        (below), or of those that lean on them (above). There is none where the code leads to none."""
        own = [one for one in (*draft.work.findings, *draft.work.parts) if one.component == draft.component]
        start = [block_of(one) for one in own if part is None or (one.address == part.address)]
        search = self._blocks.below if way == "below" else self._blocks.above
        for level in search(start, lambda block: block not in self._at):
            if found := list(dict.fromkeys(one for block in level for one in self._declared(block, draft, kind))):
                return found
        return []

    def _alike(self, draft: Draft) -> list[str]:
        """The names of the nearest proposals by the same template that a draft leans on. None of them is rendered."""
        for level in self._blocks.below(map(block_of, draft.work.findings), lambda block: block not in self._at):
            found = [other for block in level for other in self._at.get(block, ()) if other is not draft]
            if names := [other.page.name for other in found if other.template == draft.template]:
                return names
        return []

    def _declared(self, block: Block, asking: Draft, kind: str) -> Iterator[Any]:
        for other in (*self._at.get(block, ()), *self._parts.get(block, ())):
            alike = other.component == asking.component and other.page.language == asking.page.language
            if other is not asking and alike:
                self.body(other)
                offers = [(address, one) for offered, address, one in other.page.offers if offered == kind]
                own = [one for address, one in offers if address == block.address]
                yield from own or [one for address, one in offers if not address]


def _free(name: str, capability: str, language: str, taken: set[str]) -> str:
    """A name that no other proposal of its kind has; a guide may bear that of the code that it stands beside."""
    kind = f"{capability}-" if language != "markdown" else f"guide {capability}-"
    free, number = name, 1
    while f"{kind}{free}" in taken:
        number += 1
        free = f"{slug(name, 36)}-{number}"
    taken.add(f"{kind}{free}")
    return free


def _label(name: str, capability: str, language: str, taken: set[str]) -> str:
    """An identifier that no other of its language has: its name, with its capability where two of different kinds bear
    one name."""
    label, kind = name.replace("-", "_"), f"label {language} "
    if f"{kind}{label}" in taken:
        label = f"{label}_{capability}".replace("-", "_")
    return unique(f"{kind}{label}", taken, "_").removeprefix(kind)
