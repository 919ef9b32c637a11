"""``portability check``."""

from __future__ import annotations

from pathlib import Path

import click

from portability.cli.shared import assess, open_catalogue, reading, scope
from portability.gate import judge
from portability.model import LOCK_IN, LockIn


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--fail-on",
    type=click.Choice([level for level in LOCK_IN if level != "unknown"]),
    default="proprietary",
    show_default=True,
    help="The lowest level that fails.",
)
@click.option("--allow-unread", is_flag=True, help="Do not fail on files that could not be read.")
@reading
def check(
    paths: tuple[Path, ...],
    fail_on: LockIn,
    allow_unread: bool,
    extra: tuple[Path, ...],
    include_skipped: bool,
    jobs: int | None,
) -> None:
    """Check files or directories, quietly: a line for each finding that fails, one for the rest.

    Exits 1 on findings at --fail-on or above, and 3 when a file in scope could not be read.
    """
    from portability.reports import lines

    known, _ = open_catalogue(extra, ())
    root, inside = scope(paths or (Path(),), from_here=True)
    assessment = assess(root, known, (), inside, include_skipped, jobs)
    verdict = judge(assessment, fail_on, allow_unread=allow_unread)
    for problem in assessment.coverage.problems:
        click.echo(f"{problem.path}:{problem.line}: {problem.message}", err=True)
    click.echo(lines.render(verdict.failing), nl=False)
    if verdict.failing or verdict.told:
        click.echo(f"{len(verdict.failing)} at {fail_on} or above, {len(verdict.told)} more that do not fail.")
    raise SystemExit(verdict.code)
