"""``portability audit``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portability.catalogue import Catalogue
from portability.cli.shared import assess, fail, open_catalogue, reading, scope
from portability.gate import Exit
from portability.model import Assessment


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option(
    "-o", "--output", "outputs", multiple=True, metavar="FORMAT[=FILE]", help="text or json; may be repeated."
)
@click.option("--list", "every_finding", is_flag=True, help="Show each finding in the text report.")
@click.option("--target", "targets", multiple=True, metavar="ID", help="Where to go; may be repeated.")
@reading
def audit(
    path: Path,
    outputs: tuple[str, ...],
    every_finding: bool,
    extra: tuple[Path, ...],
    targets: tuple[str, ...],
    include_skipped: bool,
    jobs: int | None,
) -> None:
    """Audit a repository: what ties it, how tightly, what there is instead, how much work.

    Exits 0, 3 when a file that should have been read could not be, or 4 when there was nothing to read.
    """
    known, wanted = open_catalogue(extra, targets)
    parsed = [_output(output) for output in outputs or ("text",)]
    if sum(file is None for _, file in parsed) > 1:
        fail("only one format can go to standard output; give the others a file, as in -o json=report.json")
    root, paths = scope([path])
    assessment = assess(root, known, wanted, paths, include_skipped, jobs)
    for name, file in parsed:
        _write(name, file, assessment, known, every_finding)
    if assessment.coverage.unread:
        raise SystemExit(Exit.UNREAD)
    if not assessment.coverage.files:
        click.echo(f"{path} holds nothing that could be read: no Terraform, Kubernetes or Python file.", err=True)
        raise SystemExit(Exit.NOTHING)


def _output(output: str) -> tuple[str, Path | None]:
    name, named, file = output.partition("=")
    if name not in ("text", "json"):
        fail(f"no such format: {name}; there are text and json, as in -o json=report.json")
    if named and not file:
        fail(f"{output} names no file; write -o {name}=FILE, or -o {name} for standard output")
    return name, Path(file) if file else None


def _write(name: str, file: Path | None, assessment: Assessment, known: Catalogue, every_finding: bool) -> None:
    if name == "json":
        from portability.reports import json as json_report

        text = json_report.render(assessment)
    else:
        from rich.console import Console

        from portability.reports import text as text_report

        if file is None and _is_terminal():
            text_report.show(assessment, known, Console(highlight=False), every_finding=every_finding)
            return
        text = text_report.render(assessment, known, every_finding=every_finding)
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"cannot write {file}: {error.strerror}")


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()
