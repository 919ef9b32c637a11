"""``portability check``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from portability.cli.command import Option, command
from portability.cli.console import fail, say
from portability.cli.shared import (
    OUTPUTS,
    OUTSIDE,
    READING,
    in_project,
    parse_outputs,
    patches,
    project_of,
    scope,
    with_project,
    write_outputs,
)
from portability.gate import GateError
from portability.model import LOCK_IN, Limit, LockIn
from portability.reports import Report


@command(
    "[PATH]...",
    Option(
        "--fail-on",
        choices=[level for level in LOCK_IN if level != "unknown"],
        help="The lowest level that fails; proprietary, unless the policy says otherwise.",
    ),
    Option("--against", default="", metavar="REF", help="Fail only on what is new since the merge base with REF."),
    Option("--staged", action="store_true", help="Fail only on what the staged change adds."),
    Option("--all", dest="every", action="store_true", help="With --staged or --against: judge old findings too."),
    Option("--baseline", type="path", metavar="FILE", help="Known findings; by default the project's file."),
    Option("--no-baseline", action="store_true", help="Know of no finding from before."),
    Option("--strict-catalogue", action="store_true", help="Fail on what is new only because the catalogue is."),
    Option("--max-findings", type="int from 0", metavar="N", help="Pass with up to this many that would fail."),
    Option("--max-effort", type="float from 0", metavar="DAYS", help="Fail when leaving takes more than this."),
    Option(
        "--service",
        dest="services",
        action="append",
        metavar="GLOB",
        help="Judge these services only; may be repeated.",
    ),
    Option(
        "--path",
        dest="globs",
        action="append",
        metavar="GLOB",
        help="Judge findings in these places only; may be repeated.",
    ),
    Option("--allow-unread", action="store_true", help="Do not fail on files that could not be read."),
    OUTPUTS,
    *READING,
    *OUTSIDE,
)
def check(
    *paths: str,
    fail_on: LockIn | None,
    against: str,
    staged: bool,
    every: bool,
    baseline: Path | None,
    no_baseline: bool,
    strict_catalogue: bool,
    max_findings: int | None,
    max_effort: float | None,
    services: Sequence[str],
    globs: Sequence[str],
    allow_unread: bool,
    outputs: Sequence[str],
    extra: Sequence[Path],
    include_skipped: bool,
    jobs: int | None,
    policy: str,
    no_inline: bool,
    no_config: bool,
    also: Sequence[Path],
    var_files: Sequence[Path],
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
    root, named = scope([Path(path) for path in paths or (".",)], from_here=True)
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
        services=tuple(services),
        globs=tuple(globs),
    )
    try:
        with watched() as progress:
            assessment, verdict = Check(project, project.settings(), known, request, progress).run()
    except GateError as error:
        fail(str(error))
    for problem in assessment.coverage.problems:
        say(f"{problem.path}:{problem.line}: {problem.message}", err=True)
    fixes = patches(parsed, assessment, known, project.root, wanted)
    write_outputs(parsed, Report(assessment=assessment, verdict=verdict, catalogue=known, gate=True, patches=fixes))
    for note in verdict.notes:
        say(note, err=True)
    raise SystemExit(verdict.code)
