"""``portability baseline``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from portability.cli.command import Group, Option, command
from portability.cli.console import fail, say
from portability.cli.shared import OUTSIDE, assess, folder, project_of, with_project
from portability.configuration import Project
from portability.gate import Exit
from portability.gate.baseline import Baseline
from portability.gate.compare import Entry
from portability.model import Assessment

FILE = Option("--file", type="path", metavar="FILE", help="Where it is kept; .portability-baseline.json at the root.")
ALLOW_UNREAD = Option("--allow-unread", action="store_true", help="Leave out what could not be read.")


@command(
    "[DIR]",
    FILE,
    Option("--force", action="store_true", help="Take the place of one that is there."),
    ALLOW_UNREAD,
    *OUTSIDE,
)
def write(
    dir: str = ".",
    *,
    file: Path | None,
    force: bool,
    allow_unread: bool,
    also: Sequence[Path],
    var_files: Sequence[Path],
    helm: bool,
) -> None:
    """Take everything that is there now as known."""
    project = project_of(folder(dir), also=also, var_files=var_files, helm=helm)
    place = _place(project, file)
    if place.exists() and not force:
        fail(f"{place} is there already; `portability baseline update` keeps it current, --force writes it anew")
    count = _write(project, place, allow_unread=allow_unread)
    say(f"{count} findings written to {place}. Review and commit it.")


@command(
    "[DIR]",
    FILE,
    Option("--add", action="store_true", help="Take in what is new too."),
    ALLOW_UNREAD,
    *OUTSIDE,
)
def update(
    dir: str = ".",
    *,
    file: Path | None,
    add: bool,
    allow_unread: bool,
    also: Sequence[Path],
    var_files: Sequence[Path],
    helm: bool,
) -> None:
    """Take out what is gone and follow what moved; new findings stay new without --add."""
    from portability.gate import baseline as kept
    from portability.gate.compare import Comparison, entry

    project = project_of(folder(dir), also=also, var_files=var_files, helm=helm)
    place = _place(project, file)
    before = _read(place)
    assessment = _assess(project, allow_unread=allow_unread)
    found = assessment.findings
    comparison = Comparison(before.findings, found, existed=before.files.__contains__)
    stay = [finding for finding in found if add or finding.fingerprint in comparison.pairs]
    files = kept.contents(project.root, project.configuration.exclude)
    _save(place, map(entry, stay), assessment.catalogue, files)
    new = len(found) - len(comparison.pairs)
    told = f"{new} new ones taken in" if add else f"{new} new ones left out"
    say(f"{len(stay)} findings in {place}: {len(comparison.stale)} that are gone taken out, {told}.")


@command("[DIR]", FILE)
def show(dir: str = ".", *, file: Path | None) -> None:
    """List what is known, by service."""
    project = project_of(folder(dir))
    before = _read(_place(project, file))
    counts = Counter((one.service, one.lock_in) for one in before.findings)
    for (service, level), number in sorted(counts.items()):
        say(f"{service:40} {level:12} {number}")
    say(f"{len(before.findings)} findings, under catalogue {before.catalogue}.")


def _place(project: Project, file: Path | None) -> Path:
    return file or project.root / project.configuration.baseline


def _read(place: Path) -> Baseline:
    from portability.gate import baseline as kept

    try:
        return kept.read(place)
    except kept.BaselineError as error:
        fail(str(error))


def _write(project: Project, place: Path, *, allow_unread: bool) -> int:
    from portability.gate import baseline as kept
    from portability.gate.compare import entry

    assessment = _assess(project, allow_unread=allow_unread)
    found = [entry(finding) for finding in assessment.findings]
    _save(place, found, assessment.catalogue, kept.contents(project.root, project.configuration.exclude))
    return len(found)


def _save(place: Path, entries: Iterable[Entry], catalogue: str, files: Mapping[str, str]) -> None:
    from portability.gate import baseline as kept

    try:
        kept.write(place, entries, catalogue, files)
    except OSError as error:
        fail(f"cannot write {place}: {error.strerror}")


def _assess(project: Project, *, allow_unread: bool) -> Assessment:
    known, _ = with_project(project, (), ())
    assessment = assess(project, known, (), None, False, None)
    if assessment.coverage.unread and not allow_unread:
        for problem in assessment.coverage.problems:
            say(f"{problem.path}:{problem.line}: {problem.message}", err=True)
        say("A file could not be read, so a baseline would not know what is in it: --allow-unread.", err=True)
        raise SystemExit(Exit.UNREAD)
    return assessment


baseline = Group(
    "Keep what is there for now, so that a check fails only on what comes in.",
    {"show": show, "update": update, "write": write},
)
