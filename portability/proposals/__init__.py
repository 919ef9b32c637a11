"""Findings → code for a target, with what is lost and what is left to decide. Nothing is run and nothing is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from portability.catalogue import Catalogue
from portability.model import Assessment, Equivalent, Finding, Gap, Proposal
from portability.proposals import page as pages
from portability.proposals.inputs import inputs_of
from portability.proposals.literals import comment, slug
from portability.proposals.rendering import ProposalError, Renderer, check, language_of
from portability.proposals.source_edits import source_edits
from portability.proposals.writing import write

__all__ = ["ProposalError", "render", "source_edits", "write"]

MOST_PLACES = 8
_FILES = {"hcl": "/main.tf", "yaml": ".yaml", "markdown": ".md"}


class _Work(msgspec.Struct):
    """One proposal to be: the findings of one content, what it becomes, and what was found around them."""

    findings: list[Finding]
    equivalent: Equivalent
    template: str
    declared: bool
    parts: list[Finding] = []
    near: list[Finding] = []
    users: list[Finding] = []


def render(assessment: Assessment, catalogue: Catalogue, target: str, service: str | None = None) -> list[Proposal]:
    """A proposal for each definition in production code that a target has a template for, in the findings' order.

    Copies (equal digests) share one. Uses that define nothing, such as an API call, are named on the proposals of
    their service, and get one of their own where nothing defines it. Raises ProposalError for a template at fault.
    """
    mine = [finding for finding in assessment.findings if service in (None, finding.service) and _wanted(finding)]
    works = _gather([finding for finding in mine if finding.role == "primary"], catalogue, target)
    _attach([finding for finding in mine if finding.role == "part"], works)
    renderer = Renderer(catalogue.templates)
    taken: set[str] = set()
    return [_proposal(work, catalogue, renderer, taken) for work in works]


def _wanted(finding: Finding) -> bool:
    return finding.context == "production" and finding.active != "no" and not finding.accepted


def _gather(findings: Iterable[Finding], catalogue: Catalogue, target: str) -> list[_Work]:
    works: dict[tuple[str, ...], _Work] = {}
    for finding in findings:
        for equivalent in finding.equivalents:
            product = catalogue.products.get(equivalent.product_id)
            file = product.templates.get(equivalent.capability) if product else None
            if equivalent.target != target or file is None:
                continue
            declared = finding.language == "terraform" or bool(finding.inputs)
            same = (finding.digest or finding.fingerprint) if declared else ""
            key = (finding.service, equivalent.capability, equivalent.product_id if declared else "", same)
            template = f"{equivalent.product_id.partition('/')[0]}/{file}"
            work = works.setdefault(key, _Work([], equivalent, template, declared))
            work.findings.append(finding)
    kept: list[_Work] = []
    for work in works.values():
        of_service = [other for other in works.values() if other.declared and _kind(other) == _kind(work)]
        if work.declared or not of_service:
            kept.append(work)
        else:
            for other in of_service:
                other.users.extend(work.findings)
    return kept


def _kind(work: _Work) -> tuple[str, str]:
    return work.findings[0].service, work.equivalent.capability


def _attach(parts: Iterable[Finding], works: list[_Work]) -> None:
    """Give parts to the definition of their service that bears the same label, or to the only one there is.

    Where several are near and none bears the label, each is told of the part and none takes it.
    """
    near: dict[tuple[str, str], list[_Work]] = defaultdict(list)
    for work in works:
        if work.declared:
            for component in {finding.component for finding in work.findings}:
                near[work.findings[0].service, component].append(work)
    for part in parts:
        if part.language != "terraform" or part.symbol.startswith("backend."):
            continue
        candidates = near[part.service, part.component]
        labelled = [work for work in candidates if _label(part) in map(_label, work.findings)]
        for work in labelled or candidates:
            (work.parts if labelled or len(candidates) == 1 else work.near).append(part)


def _label(finding: Finding) -> str:
    return finding.address.rpartition(".")[2]


def _proposal(work: _Work, catalogue: Catalogue, renderer: Renderer, taken: set[str]) -> Proposal:
    finding, equivalent = work.findings[0], work.equivalent
    capability = catalogue.capabilities[equivalent.capability]
    inputs, notes = inputs_of(finding, capability)
    language = language_of(work.template)
    name = _free(_name(work, inputs.get("name")), equivalent.capability, taken)
    page = pages.Page(language, name, inputs, [comment(note) for note in (*notes, *_notes(work))])
    features = frozenset(feature for one in (finding, *work.parts) for feature in one.features)
    clean = msgspec.structs.replace(finding, inputs=inputs)
    page.parts = pages.parts_of(work.parts, capability)
    body = renderer.body(work.template, page.context(clean, equivalent, features))
    gaps = tuple(dict.fromkeys(gap.text for gap in _gaps(work)))
    title = comment(f"{equivalent.product} for {finding.service}: {name}")
    places = [f"{one.location} {one.address}" for one in work.findings[:MOST_PLACES]]
    if more := len(work.findings) - MOST_PLACES:
        places += [f"{more} more places with the same content"] if more > 0 else []
    text = page.finish(body, pages.header(page, title, places, equivalent, gaps))
    check(work.template, language, text)
    return Proposal(
        target=equivalent.target,
        capability=equivalent.capability,
        service=finding.service,
        title=title,
        path=f"{equivalent.capability}-{name}{_FILES[language]}",
        text=text,
        language=language,
        replaces=tuple(sorted({one.location for one in work.findings})),
        gaps=gaps,
        decisions=tuple(page.decisions),
    )


def _gaps(work: _Work) -> Iterable[Gap]:
    yield from work.equivalent.gaps
    for part in work.parts:
        for equivalent in part.equivalents:
            if (equivalent.target, equivalent.capability) == (work.equivalent.target, work.equivalent.capability):
                yield from equivalent.gaps


def _name(work: _Work, name: object) -> str:
    if isinstance(name, str) and any(c.isalnum() and c.isascii() for c in name):
        return slug(name)
    finding = work.findings[0]
    return slug(_label(finding) if finding.language == "terraform" else finding.service.rpartition("/")[2])


def _free(name: str, capability: str, taken: set[str]) -> str:
    free, number = name, 1
    while f"{capability}-{free}" in taken:
        number += 1
        free = f"{slug(name, 36)}-{number}"
    taken.add(f"{capability}-{free}")
    return free


def _notes(work: _Work) -> list[str]:
    finding = work.findings[0]
    notes = []
    if finding.confidence != "certain":
        notes.append(f"This use is {finding.confidence}, not certain; look at it first.")
    if finding.active == "unknown":
        switch = finding.message.partition("It is switched by ")[2] or "a condition."
        notes.append(f"Whether this exists at all is switched by {switch}")
    if len(finding.capabilities) > 1:
        others = [one for one in finding.capabilities if one != work.equivalent.capability]
        notes.append(f"The code does not tell what this is: it may be {', '.join(others)} instead; keep one proposal.")
    if not work.declared:
        notes.append("Only code that uses it was found, nothing that defines it; merge this with what defines it.")
    if work.parts:
        notes.append(f"Set beside it, carry over what this file does not hold yet: {_places(work.parts)}.")
    if work.near:
        notes.append(f"The code does not tell to which definition these belong: {_places(work.near)}.")
    if work.users:
        notes.append(f"Code uses this service at {_places(work.users)}; point it here where it means this one.")
    return notes


def _places(findings: list[Finding]) -> str:
    shown = list(dict.fromkeys(f"{one.location} ({one.symbol})" for one in findings))
    more = f" and {len(shown) - MOST_PLACES} more" if len(shown) > MOST_PLACES else ""
    return ", ".join(shown[:MOST_PLACES]) + more
