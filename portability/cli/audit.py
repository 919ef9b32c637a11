"""``portability audit``."""

from __future__ import annotations

from pathlib import Path

import click

from portability.cli.shared import (
    assess,
    in_project,
    outputs_option,
    outside,
    parse_outputs,
    patches,
    presentation,
    presenting,
    project_of,
    reading,
    scope,
    targets_option,
    with_project,
    write_outputs,
)
from portability.gate import Exit, judge
from portability.reports import Report


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@outputs_option
@click.option("--list", "every_finding", is_flag=True, help="Show each finding in the text report.")
@targets_option
@presenting
@reading
@outside
def audit(
    path: Path,
    outputs: tuple[str, ...],
    every_finding: bool,
    extra: tuple[Path, ...],
    targets: tuple[str, ...],
    language: str,
    title: str,
    link: str,
    plan: Path | None,
    compare: Path | None,
    include_skipped: bool,
    jobs: int | None,
    policy: str,
    no_inline: bool,
    no_config: bool,
    also: tuple[Path, ...],
    var_files: tuple[Path, ...],
) -> None:
    """Audit a repository: what ties it, how tightly, what there is instead, how much work.

    Exits 0, 3 when a file that should have been read could not be, or 4 when there was nothing to read. Ctrl-C ends the
    reading; the report then covers what was read, says so, and the exit code is 130.
    """
    from portability.gate.accept import Register

    parsed = parse_outputs(outputs, "text")
    shown = presentation(language, title, link, plan, compare)
    root, paths = scope([path])
    project = project_of(root, policy, ignore=no_config, also=also, var_files=var_files)
    known, wanted = with_project(project, extra, targets)
    register = Register(project, inline=not no_inline)
    inside = in_project(root, paths, project)
    assessment = assess(project, known, wanted, inside, include_skipped, jobs, register.settle, stoppable=True)
    operators = {id: provider.operator for id, provider in known.providers.items()}
    verdict = judge(assessment, operators, notes=register.notes(whole=inside is None))
    report = Report(
        assessment=assessment,
        verdict=verdict,
        catalogue=known,
        every_finding=every_finding,
        patches=patches(parsed, assessment, known, project.root, wanted),
        **shown,
    )
    write_outputs(parsed, report)
    for note in verdict.notes:
        click.echo(note, err=True)
    if stopped := assessment.coverage.stopped:
        click.echo(f"stopped: {stopped:,} files were not read, and the report says so", err=True)
        raise SystemExit(130)
    if assessment.coverage.unread:
        raise SystemExit(Exit.UNREAD)
    if not assessment.coverage.files:
        click.echo(f"{path} holds nothing that could be read: no file of a language that is read.", err=True)
        raise SystemExit(Exit.NOTHING)
