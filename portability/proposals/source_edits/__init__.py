"""Edits to Python sources, as patches that ``git apply`` takes: one patch a file, with all its edits.

What is edited, and how, says one module each in ``edits/``; what no edit understood is left as it is, with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from portability.catalogue import Catalogue
from portability.discovery import Seen, look
from portability.model import Assessment, Finding, Location, Proposal
from portability.proposals.literals import comment, slug, unique
from portability.proposals.source_edits.edits import EDITS, Edit
from portability.proposals.source_edits.file import SourceFile, Unreadable
from portability.proposals.work import wanted


class Edited(NamedTuple):
    """Patches in the order of their files, and why other places that an edit looked at are left as they are."""

    patches: list[Proposal]
    left: Mapping[Location, str]


def source_edits(assessment: Assessment, catalogue: Catalogue, root: Path, target: str) -> Edited:
    """Edit the Python files whose findings an edit knows, where the target serves the interface that it edits for."""
    by_path: dict[str, dict[Edit, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in assessment.findings:
        if finding.location.path.endswith(".py") and wanted(finding):
            for edit in EDITS:
                if finding.service in edit.SERVICES and edit.INTERFACE in _served(finding, catalogue, target):
                    by_path[finding.location.path][edit].append(finding)
    left: dict[Location, str] = {}
    files: list[SourceFile] = []
    for path, asked in sorted(by_path.items()):
        try:
            files.append(_looked_at(root, path, asked))
        except Unreadable as error:
            left |= {finding.location: str(error) for findings in asked.values() for finding in findings}
    borrowed = {name for file in files for name in file.borrowed}
    patches: list[Proposal] = []
    names: set[str] = set()
    for file in files:
        left |= file.left
        try:
            patch = file.patch(borrowed)
        except Unreadable as error:
            left |= {finding.location: str(error) for finding in file.edited}
            continue
        if patch:
            name = unique("/".join(slug(part, 60) for part in file.path.removesuffix(".py").split("/")), names)
            patches.append(_proposal(file, patch, f"python/{name}.patch", target))
    return Edited(patches, left)


def _looked_at(root: Path, path: str, asked: Mapping[Edit, Sequence[Finding]]) -> SourceFile:
    """A file with all that edits ask of it. Raises Unreadable."""
    seen = look(root, path)
    if not isinstance(seen, Seen):
        raise Unreadable("The file cannot be read by the name that it is shown by.")
    file = SourceFile(path, seen.data)
    for edit, findings in asked.items():
        edit.edit(file, findings)
    return file


def _served(finding: Finding, catalogue: Catalogue, target: str) -> Iterable[str]:
    """The interfaces that the target's products for a finding serve."""
    for equivalent in finding.equivalents:
        product = catalogue.products.get(equivalent.product_id) if equivalent.target == target else None
        if product is not None:
            yield from product.serves


def _proposal(file: SourceFile, patch: str, path: str, target: str) -> Proposal:
    services = dict.fromkeys(finding.service for finding in file.edited)
    capabilities = dict.fromkeys(one.capability for finding in file.edited for one in finding.equivalents)
    return Proposal(
        target=target,
        capability=next(iter(capabilities), ""),
        service=next(iter(services), ""),
        title=comment(f"{', '.join(services)} in {file.path}"),
        path=path,
        text=patch,
        language="patch",
        replaces=tuple(finding.location for finding in file.edited),
        decisions=tuple(file.decisions),
    )
