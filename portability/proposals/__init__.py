"""Findings → code for a target, with what is lost and what is left to decide. Nothing is run and nothing is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from portability.catalogue import Catalogue
from portability.model import Assessment, Location, Proposal
from portability.proposals import modules, validation
from portability.proposals import page as pages
from portability.proposals.drafts import SHARED, Draft, Drafts
from portability.proposals.literals import comment
from portability.proposals.manifest_edits import manifest_edits
from portability.proposals.page import SETTINGS, Variable
from portability.proposals.pods import take_pods
from portability.proposals.rendering import ProposalError, Renderer, Templates
from portability.proposals.source_edits import source_edits
from portability.proposals.work import MOST_PLACES, gather, guides
from portability.proposals.writing import write

__all__ = [
    "SHARED", "ProposalError", "Rendered", "manifest_edits", "render", "render_parts", "source_edits", "write",
]  # fmt: skip

_FOLDERS = {"hcl": "terraform", "yaml": "kubernetes", "markdown": "guides"}
_FILES = {"hcl": "/main.tf", "yaml": ".yaml", "markdown": ".md"}


class Rendered(msgspec.Struct, frozen=True):
    """A proposal, and what it is made of: ``body`` is its text without what a module declares once, ``variables``
    what it asks for. ``component`` is what it belongs to, ``fingerprints`` are its findings, its parts and users too.
    ``folder`` is where a tree has it; ``limits`` are those of its product, which a tree tells once."""

    proposal: Proposal
    component: str
    body: str
    variables: Sequence[Variable]
    fingerprints: frozenset[str]
    folder: str
    product: str
    limits: Sequence[str]


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
    answered: Collection[str] = (),
) -> list[Rendered]:
    """A proposal for each definition in production code, in the findings' order.

    Copies (equal digests) share one. Uses that define nothing, such as an API call, are named on the proposals of
    their service, and get one of their own where nothing defines it. Where no template is, there is a guide, one a
    service; so there is beside code where programs call the service's API. ``own`` is a folder of templates on top.
    ``left`` says of places in programs why there is no patch; a guide repeats it. ``answered`` are fingerprints of
    findings that an edit serves by itself. Raises ProposalError for a template at fault.
    """
    templates = Templates(catalogue, own)
    findings = [finding for finding in assessment.findings if service in (None, finding.service)]
    works = gather([one for one in findings if one.fingerprint not in answered], templates, target)
    take_pods(works, templates, findings)
    drafts = Drafts((*works, *guides(works)), findings, catalogue, Renderer(templates), left)
    return [_finished(draft, drafts) for draft in drafts.all]


def _finished(draft: Draft, drafts: Drafts) -> Rendered:
    work, page = draft.work, draft.page
    finding, equivalent = work.findings[0], work.equivalent
    capability = drafts.catalogue.capabilities[equivalent.capability]
    body, gaps = drafts.body(draft), work.gaps()
    title = comment(f"{page.instead or equivalent.product or capability.name} for {finding.service}: {draft.name}")
    places = [f"{one.location} {one.address}" for one in work.findings[:MOST_PLACES]]
    if (more := len(work.findings) - MOST_PLACES) > 0:
        places += [f"{more} more places of the same"]
    settings = next((folder for ending, folder in SETTINGS.items() if draft.template.endswith(ending)), "")
    parts = [] if page.language != "hcl" else [modules.providers([body]), modules.declarations(page.variables.values())]
    found = validation.problems(page.language, "\n".join([page.finish(body, []), *parts]), settings=bool(settings))
    limits = work.limits()
    whole, short = (
        page.finish(body, pages.header(page, title, places, equivalent, gaps, found, told))
        for told in (list(limits), [f"See the README for those of {equivalent.product}."] if limits else [])
    )
    proposal = Proposal(
        target=equivalent.target,
        capability=equivalent.capability,
        service=finding.service,
        title=title,
        path=f"{equivalent.capability}-{draft.name}{_FILES[page.language]}",
        text="\n".join([whole, *filter(None, parts)]),
        language=page.language,
        replaces=tuple(sorted({one.location for one in work.findings})),
        gaps=gaps,
        decisions=tuple(page.decisions),
        problems=found,
    )
    fingerprints = frozenset(one.fingerprint for one in (*work.findings, *work.parts, *work.users))
    variables = list(page.variables.values())
    folder = settings or _FOLDERS[page.language]
    product = equivalent.product or ""
    return Rendered(proposal, draft.component, short, variables, fingerprints, folder, product, limits)
