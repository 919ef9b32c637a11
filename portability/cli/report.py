"""``portability report``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from portability.cli.command import command
from portability.cli.console import fail
from portability.cli.shared import (
    OUTPUTS,
    OWN_RULES,
    PRESENTING,
    check_links,
    judged,
    open_catalogue,
    parse_outputs,
    presentation,
    together,
    write_outputs,
)
from portability.reports import Report


@command("FILE...", OUTPUTS, *PRESENTING, OWN_RULES)
def report(
    *files: str,
    outputs: Sequence[str],
    language: str,
    title: str,
    dated: bool,
    links: Sequence[str],
    plan: Path | None,
    compare: Path | None,
    extra: Sequence[Path],
) -> None:
    """Write a report of JSON reports: one again in another format, or several as one estate.

    In an estate the foundation of a target, and each product, is set up once.
    """
    from portability.reports.json import NotAReportError, load

    parsed = parse_outputs(outputs, "text")
    known, _ = open_catalogue(extra, ())
    try:
        assessment = together([load(Path(file)) for file in files], known)
    except NotAReportError as error:
        fail(str(error))
    shown, before = presentation(language, title, dated, links, plan, compare)
    check_links(shown["links"], assessment.root)
    write_outputs(parsed, Report(**judged(assessment, before, known), **shown))
