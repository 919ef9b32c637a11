"""Edits to Python sources, as patches that ``git apply`` takes: one patch a file, with all its edits.

What is edited, and how, says one module each in ``edits/``; what no edit understood is left as it is, with the reason.
``servers/`` adds files beside handlers, so that a container can serve these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from portability.catalogue import Catalogue
from portability.discovery import Seen, look
from portability.model import Assessment, Finding, Location, Proposal
from portability.proposals.literals import comment, slug, unique
from portability.proposals.source_edits import servers
from portability.proposals.source_edits.edits import EDITS, Edit
from portability.proposals.source_edits.file import SourceFile, Unreadable
from portability.proposals.source_edits.requirements import requirements
from portability.proposals.work import wanted

_MOST_FILES = 5


class Edited(NamedTuple):
    """Patches in the order of their files, patches that go along (files that are added, what is installed), and why
    other places that were looked at are left as they are."""

    patches: list[Proposal]
    added: list[Proposal]
    left: Mapping[Location, str]


def source_edits(
    assessment: Assessment, catalogue: Catalogue, root: Path, target: str, *, with_servers: bool = True
) -> Edited:
    """Edit the Python files whose findings an edit knows, where the target serves the interface that it edits for.
    Without ``with_servers`` nothing is added beside handlers, which takes half of the time where there are many."""
    by_path: dict[str, list[Finding]] = defaultdict(list)
    asked: dict[str, dict[Edit, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    handlers: set[str] = set()
    for finding in assessment.findings:
        path = finding.location.path
        if not path.endswith(".py") or not wanted(finding):
            continue
        by_path[path].append(finding)
        served = set(_served(finding, catalogue, target))
        for edit in EDITS:
            if finding.service in edit.SERVICES and edit.INTERFACE in served:
                asked[path][edit].append(finding)
        if with_servers and finding.service in servers.SERVICES and _has(servers.INTERFACE, finding, catalogue, target):
            handlers.add(path)
    left: dict[Location, str] = {}
    files: list[SourceFile] = []
    added: list[Proposal] = []
    names: set[str] = set()
    for path in sorted(asked.keys() | handlers):
        try:
            file = _looked_at(root, path, asked[path])
        except Unreadable as error:
            left |= {finding.location: str(error) for findings in asked[path].values() for finding in findings}
            continue
        files.append(file)
        for one in servers.servers(file, by_path[path], root) if path in handlers else ():
            title = f"A server for {path}"
            added.append(_proposal(one.findings, title, one.decisions, one.patch, _named(one.path, names), target))
    made = _made(files, left)
    patches: list[Proposal] = []
    for file, patch in made:
        services = ", ".join(dict.fromkeys(finding.service for finding in file.edited))
        decisions = [*file.decisions, *_left_behind(file, by_path, left), *_repeated(file, [one for one, _ in made])]
        title = f"{services} in {file.path}"
        patches.append(_proposal(file.edited, title, decisions, patch, _named(file.path, names), target))
    edited = {file.path: file for file, _ in made}
    added += _installs(root, edited, names, target)
    return Edited(patches, added, left)


def _made(files: Sequence[SourceFile], left: dict[Location, str]) -> list[tuple[SourceFile, str]]:
    """The files that change, each with its patch; why other places stay goes into ``left``."""
    borrowed = {name for file in files for name in file.borrowed}
    made: list[tuple[SourceFile, str]] = []
    for file in files:
        left |= file.left
        try:
            patch = file.patch(borrowed)
        except Unreadable as error:
            left |= {finding.location: str(error) for finding in file.edited}
            continue
        if patch:
            made.append((file, patch))
    return made


def _left_behind(
    file: SourceFile, by_path: Mapping[str, Sequence[Finding]], left: Mapping[Location, str]
) -> Iterator[str]:
    """What a person must know where a file goes to another store and others of its program do not."""
    component = file.edited[0].component
    others = sorted(
        path
        for path, findings in by_path.items()
        if any(one.service in file.moved and one.component == component and one.location in left for one in findings)
    )
    if others:
        more = f" and {len(others) - _MOST_FILES} more" if len(others) > _MOST_FILES else ""
        yield (
            f"{', '.join(others[:_MOST_FILES])}{more} of the same program still read and write at the old store: "
            "change by hand what means the same objects, and let both go at once."
        )


def _repeated(file: SourceFile, others: Iterable[SourceFile]) -> Iterator[str]:
    """What patches of one program define alike, each for itself: whoever takes them all wants it once."""
    component = file.edited[0].component
    for name in file.defines:
        alike = sum(name in one.defines and one.edited[0].component == component for one in others)
        if alike > 1:
            yield (
                f"{alike} patches of this program bring a `{name}` of their own, so that each applies by itself: put "
                "it into one module that all import once they have."
            )


def _installs(root: Path, edited: Mapping[str, SourceFile], names: set[str], target: str) -> Iterator[Proposal]:
    """Patches of what edited files need to be installed."""
    found = requirements(root, {path: file.installs for path, file in edited.items()})
    for path, (patch, programs) in sorted(found.items()):
        mine = [finding for program in programs for finding in edited[program].edited]
        decision = f"Pin what is added to {path} as the rest is, and lock it where something locks it."
        yield _proposal(mine, f"What {path} installs", [decision], patch, _named(path, names), target)


def _named(path: str, names: set[str]) -> str:
    bare = path.removesuffix(".py").removesuffix(".txt").removesuffix(".toml")
    name = unique("/".join(slug(part, 60) for part in bare.split("/")), names)
    return f"python/{name}.patch"


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


def _has(interface: str, finding: Finding, catalogue: Catalogue, target: str) -> bool:
    """Whether products that stand beside the target's own for a finding serve an interface, be they its answer or not:
    a runtime that runs a function as it is is one way, a server of its own another."""
    mine = [one for one in finding.equivalents if one.target == target]
    beside = {(one.capability, one.product_id.partition("/")[0]) for one in mine}
    return any(
        interface in product.serves and any((given, id.partition("/")[0]) in beside for given in product.gives)
        for id, product in catalogue.products.items()
    )


def _proposal(
    findings: Sequence[Finding], title: str, decisions: Sequence[str], patch: str, path: str, target: str
) -> Proposal:
    services = dict.fromkeys(finding.service for finding in findings)
    capabilities = dict.fromkeys(one.capability for finding in findings for one in finding.equivalents)
    return Proposal(
        target=target,
        capability=next(iter(capabilities), ""),
        service=next(iter(services), ""),
        title=comment(title),
        path=path,
        text=patch,
        language="patch",
        replaces=tuple(finding.location for finding in findings),
        decisions=tuple(decisions),
    )
