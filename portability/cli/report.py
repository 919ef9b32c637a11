"""``portability report``."""

from __future__ import annotations

from pathlib import Path

import click

from portability.cli.shared import (
    check_links,
    fail,
    judged,
    open_catalogue,
    outputs_option,
    own_rules,
    parse_outputs,
    presentation,
    presenting,
    together,
    write_outputs,
)
from portability.reports import Report


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@outputs_option
@presenting
@own_rules
def report(
    files: tuple[Path, ...],
    outputs: tuple[str, ...],
    language: str,
    title: str,
    links: dict[str, str],
    plan: Path | None,
    compare: Path | None,
    extra: tuple[Path, ...],
) -> None:
    """Write a report of JSON reports: one again in another format, or several as one estate.

    In an estate the foundation of a target, and each product, is set up once.
    """
    from portability.reports.json import NotAReportError, load

    parsed = parse_outputs(outputs, "text")
    known, _ = open_catalogue(extra, ())
    try:
        assessment = together([load(file) for file in files], known)
    except NotAReportError as error:
        fail(str(error))
    check_links(links, assessment.root)
    shown, before = presentation(language, title, links, plan, compare)
    write_outputs(parsed, Report(**judged(assessment, before, known), **shown))
