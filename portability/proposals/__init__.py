"""Findings → code for a target, with what is lost and what is left to decide. Nothing is run and nothing is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from portability.catalogue import Catalogue
from portability.model import Assessment, Location, Proposal
from portability.proposals import modules, validation
from portability.proposals import page as pages
from portability.proposals.inputs import inputs_of
from portability.proposals.literals import comment, slug, unique
from portability.proposals.page import SETTINGS, Variable
from portability.proposals.rendering import ProposalError, Renderer, Templates, language_of, serves_all
from portability.proposals.source_edits import source_edits
from portability.proposals.work import MOST_PLACES, Work, gather, guides
from portability.proposals.writing import write

__all__ = ["ProposalError", "Rendered", "render", "render_parts", "source_edits", "write"]

GUIDE = "_guide.md.j2"
SHARED = "shared"
"""The component of what serves all the others."""
_FOLDERS = {"hcl": "terraform", "yaml": "kubernetes", "markdown": "guides"}
_FILES = {"hcl": "/main.tf", "yaml": ".yaml", "markdown": ".md"}


class Rendered(msgspec.Struct, frozen=True):
    """A proposal, and what it is made of: ``body`` is its text without what a module declares once, ``variables``
    what it asks for. ``component`` is what it belongs to, ``fingerprints`` are its findings, its parts and users too.
    ``folder`` is where a tree has it."""

    proposal: Proposal
    component: str
    body: str
    variables: Sequence[Variable]
    fingerprints: frozenset[str]
    folder: str


def render(
    assessment: Assessment, catalogue: Catalogue, target: str, service: str | None = None, own: Path | None = None
) -> list[Proposal]:
    """A proposal, whole by itself, for each definition in production code, in the findings' order; guides too."""
    return [one.proposal for one in render_parts(assessment, catalogue, target, service, own)]


def render_parts(
    assessment: Assessment,
    catalogue: Catalogue,
    target: str,
    service: str | None = None,
    own: Path | None = None,
    left: Mapping[Location, str] = {},
) -> list[Rendered]:
    """A proposal for each definition in production code, in the findings' order.

    Copies (equal digests) share one. Uses that define nothing, such as an API call, are named on the proposals of
    their service, and get one of their own where nothing defines it. Where no template is, there is a guide, one a
    service; so there is beside code where programs call the service's API. ``own`` is a folder of templates on top.
    ``left`` says of places in programs why there is no patch; a guide repeats it. Raises ProposalError for a template
    at fault.
    """
    templates = Templates(catalogue, own)
    findings = [finding for finding in assessment.findings if service in (None, finding.service)]
    renderer = Renderer(templates)
    taken: set[str] = set()
    works = gather(findings, templates, target)
    return [_proposal(work, catalogue, renderer, taken, left) for work in (*works, *guides(works))]


def _proposal(
    work: Work, catalogue: Catalogue, renderer: Renderer, taken: set[str], left: Mapping[Location, str]
) -> Rendered:
    finding, equivalent = work.findings[0], work.equivalent
    capability = catalogue.capabilities[equivalent.capability]
    inputs, notes = inputs_of(finding, capability)
    once = serves_all(work.template)
    if once:
        others = [inputs_of(one, capability)[0] for one in work.findings]
        inputs = {name: value for name, value in inputs.items() if all(one.get(name) == value for one in others)}
    template = work.template or GUIDE
    language = language_of(template)
    name = _free(work.name(inputs.get("name")), equivalent.capability, taken)
    label = _label(name, equivalent.capability, taken)
    page = pages.Page(
        language,
        label.replace("_", "-") if language == "yaml" else name,
        label,
        inputs,
        [comment(note) for note in (*notes, *work.notes())],
    )
    features = frozenset(feature for one in (finding, *work.parts) for feature in one.features)
    clean = msgspec.structs.replace(finding, inputs=inputs)
    page.parts = pages.parts_of(work.parts, capability)
    gaps = work.gaps()
    context = page.context(clean, equivalent, features)
    context |= {"gaps": gaps, "uses": work.uses(), "capability": capability, "left": work.left(left)}
    body = renderer.body(template, context)
    title = comment(f"{equivalent.product or capability.name} for {finding.service}: {name}")
    places = [f"{one.location} {one.address}" for one in work.findings[:MOST_PLACES]]
    if (more := len(work.findings) - MOST_PLACES) > 0:
        places += [f"{more} more places of the same"]
    settings = next((folder for ending, folder in SETTINGS.items() if template.endswith(ending)), "")
    parts = [] if language != "hcl" else [modules.providers([body]), modules.declarations(page.variables.values())]
    found = validation.problems(language, "\n".join([page.finish(body, []), *parts]), settings=bool(settings))
    text = page.finish(body, pages.header(page, title, places, equivalent, gaps, found))
    proposal = Proposal(
        target=equivalent.target,
        capability=equivalent.capability,
        service=finding.service,
        title=title,
        path=f"{equivalent.capability}-{name}{_FILES[language]}",
        text="\n".join([text, *filter(None, parts)]),
        language=language,
        replaces=tuple(sorted({one.location for one in work.findings})),
        gaps=gaps,
        decisions=tuple(page.decisions),
        problems=found,
    )
    fingerprints = frozenset(one.fingerprint for one in (*work.findings, *work.parts, *work.users))
    variables = list(page.variables.values())
    return Rendered(
        proposal, SHARED if once else finding.component, text, variables, fingerprints, settings or _FOLDERS[language]
    )


def _free(name: str, capability: str, taken: set[str]) -> str:
    free, number = name, 1
    while f"{capability}-{free}" in taken:
        number += 1
        free = f"{slug(name, 36)}-{number}"
    taken.add(f"{capability}-{free}")
    return free


def _label(name: str, capability: str, taken: set[str]) -> str:
    """An identifier that no other has: its name, with its capability where two of different kinds bear one name."""
    label = name.replace("-", "_")
    if f"label {label}" in taken:
        label = f"{label}_{capability}".replace("-", "_")
    return unique(f"label {label}", taken, "_").removeprefix("label ")
