"""``portability check``."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from portability.cli.shared import (
    fail,
    in_project,
    outputs_option,
    outside,
    parse_outputs,
    patches,
    project_of,
    reading,
    scope,
    with_project,
    write_outputs,
)
from portability.gate import GateError
from portability.model import LOCK_IN, Limit, LockIn
from portability.reports import Report


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--fail-on",
    type=click.Choice([level for level in LOCK_IN if level != "unknown"]),
    help="The lowest level that fails; proprietary, unless the policy says otherwise.",
)
@click.option("--against", default="", metavar="REF", help="Fail only on what is new since the merge base with REF.")
@click.option("--staged", is_flag=True, help="Fail only on what the staged change adds.")
@click.option("--all", "every", is_flag=True, help="With --staged or --against: judge old findings too.")
@click.option("--baseline", type=click.Path(path_type=Path), help="Known findings; by default the project's file.")
@click.option("--no-baseline", is_flag=True, help="Know of no finding from before.")
@click.option("--strict-catalogue", is_flag=True, help="Fail on what is new only because the catalogue is.")
@click.option("--max-findings", type=click.IntRange(0), metavar="N", help="Pass with up to this many that would fail.")
@click.option("--max-effort", type=click.FloatRange(0), metavar="DAYS", help="Fail when leaving takes more than this.")
@click.option("--service", "services", multiple=True, metavar="GLOB", help="Judge these services only.")
@click.option("--path", "globs", multiple=True, metavar="GLOB", help="Judge findings in these places only.")
@click.option("--allow-unread", is_flag=True, help="Do not fail on files that could not be read.")
@outputs_option
@reading
@outside
def check(
    paths: tuple[Path, ...],
    fail_on: LockIn | None,
    against: str,
    staged: bool,
    every: bool,
    baseline: Path | None,
    no_baseline: bool,
    strict_catalogue: bool,
    max_findings: int | None,
    max_effort: float | None,
    services: tuple[str, ...],
    globs: tuple[str, ...],
    allow_unread: bool,
    outputs: tuple[str, ...],
    extra: tuple[Path, ...],
    include_skipped: bool,
    jobs: int | None,
    policy: str,
    no_inline: bool,
    no_config: bool,
    also: tuple[Path, ...],
    var_files: tuple[Path, ...],
    helm: bool,
) -> None:
    """Check files or directories, quietly: a line for each finding that fails, one for the rest.

    Exits 1 on findings that the policy does not allow, and 3 when a file in scope could not be read.
    """
    from portability.cli.progress import watched
    from portability.gate.checking import Check, Request

    parsed = parse_outputs(outputs, "lines")
    if staged and against:
        fail("--staged compares with the last commit and --against with a ref; choose one")
    root, named = scope(paths or (Path(),), from_here=True)
    project = project_of(root, policy, ignore=no_config, also=also, var_files=var_files, helm=helm)
    drawn = project.policy
    if max_findings is not None or max_effort is not None:
        more = Limit(max_findings=max_findings, max_effort=max_effort)
        drawn = msgspec.structs.replace(drawn, limits=(*drawn.limits, more))
    if fail_on is not None:
        drawn = msgspec.convert({**msgspec.to_builtins(drawn), "fail-on": fail_on}, type(drawn))
    project = msgspec.structs.replace(project, policy=drawn)
    known, wanted = with_project(project, extra, ())
    needs_targets = bool(outputs) or any(limit.max_effort is not None for limit in drawn.limits)
    request = Request(
        paths=in_project(root, named, project),
        targets=wanted if needs_targets else (),
        against=against,
        staged=staged,
        every=every,
        baseline=None if no_baseline else baseline or project.known_baseline,
        inline=not no_inline,
        allow_unread=allow_unread,
        strict_catalogue=strict_catalogue,
        include_skipped=include_skipped,
        jobs=jobs,
        services=services,
        globs=globs,
    )
    try:
        with watched() as progress:
            assessment, verdict = Check(project, project.settings(), known, request, progress).run()
    except GateError as error:
        fail(str(error))
    for problem in assessment.coverage.problems:
        click.echo(f"{problem.path}:{problem.line}: {problem.message}", err=True)
    fixes = patches(parsed, assessment, known, project.root, wanted)
    write_outputs(parsed, Report(assessment=assessment, verdict=verdict, catalogue=known, gate=True, patches=fixes))
    for note in verdict.notes:
        click.echo(note, err=True)
    raise SystemExit(verdict.code)
