"""``portability audit``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from portability.cli.command import Option, command
from portability.cli.console import say
from portability.cli.shared import (
    OUTPUTS,
    OUTSIDE,
    PRESENTING,
    READING,
    TARGETS,
    assess,
    check_links,
    in_project,
    judged,
    parse_outputs,
    patches,
    presentation,
    project_of,
    scope,
    together,
    with_project,
    write_outputs,
)
from portability.gate import STOPPED, Exit
from portability.model import Assessment
from portability.reports import Report


@command(
    "[DIR]...",
    OUTPUTS,
    Option("--list", dest="every_finding", action="store_true", help="Show each finding in the text report."),
    TARGETS,
    *PRESENTING,
    *READING,
    *OUTSIDE,
)
def audit(
    *dirs: str,
    outputs: Sequence[str],
    every_finding: bool,
    extra: Sequence[Path],
    targets: Sequence[str],
    language: str,
    title: str,
    dated: bool,
    links: Sequence[str],
    plan: Path | None,
    compare: Path | None,
    include_skipped: bool,
    jobs: int | None,
    policy: str,
    no_inline: bool,
    no_config: bool,
    also: Sequence[Path],
    var_files: Sequence[Path],
    helm: bool,
) -> None:
    """Audit a repository: what ties it, how tightly, what there is instead, how much work.

    Of several repositories it makes one report, as `portability report` does of their JSON reports; the policy is that
    of the first. Exits 0, 3 when a file that should have been read could not be, or 4 when there was nothing to read.
    Ctrl-C ends the reading; the report then covers what was read, says so, and the exit code is 130.
    """
    from portability.gate.accept import Register

    parsed = parse_outputs(outputs, "text")
    roots = [Path(dir) for dir in dirs or (".",)]
    shown, before = presentation(language, title, dated, links, plan, compare, roots)
    parts: list[Assessment] = []
    notes: list[str] = []
    for path in roots:
        root, paths = scope([path])
        project = project_of(root, policy, ignore=no_config, also=also, var_files=var_files, helm=helm)
        known, wanted = with_project(project, extra, targets)
        register = Register(project, inline=not no_inline)
        inside = in_project(root, paths, project)
        parts.append(assess(project, known, wanted, inside, include_skipped, jobs, register.settle, stoppable=True))
        notes += register.notes(whole=inside is None)
        if parts[-1].coverage.stopped:
            break
    assessment = together(parts, known) if len(roots) > 1 else parts[0]
    check_links(shown["links"], assessment.root)
    report = Report(
        every_finding=every_finding,
        patches=patches(parsed, assessment, known, project.root, wanted) if len(roots) == 1 else (),
        **judged(assessment, before, known, notes),
        **shown,
    )
    write_outputs(parsed, report)
    for note in notes:
        say(note, err=True)
    if stopped := sum(part.coverage.stopped for part in parts):
        say(f"stopped: {stopped:,} files were not read, and the report says so", err=True)
        for path in roots[len(parts) :]:
            say(f"stopped: {path} was not read at all, and is not in the report", err=True)
        raise SystemExit(STOPPED)
    if assessment.coverage.unread:
        raise SystemExit(Exit.UNREAD)
    if not assessment.coverage.files:
        named = ", ".join(map(str, roots))
        say(f"{named} holds nothing that could be read: no file of a language that is read.", err=True)
        raise SystemExit(Exit.NOTHING)
