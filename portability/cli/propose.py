"""``portability propose``."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import click

from portability.cli.shared import assess, fail, in_project, own_rules, project_of, scope, with_project


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--target", required=True, metavar="ID", help="Where to go.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write files under this directory; by default they are printed."
)
@click.option("--service", help="Only this service, such as aws/s3.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@own_rules
def propose(
    path: Path, target: str, out: Path | None, service: str | None, force: bool, extra: tuple[Path, ...]
) -> None:
    """Render code for a target from what the scanned code says, with its gaps and open decisions."""
    from portability.proposals import render, source_edits, write
    from portability.reports.words import count

    root, paths = scope([path])
    project = project_of(root)
    known, wanted = with_project(project, extra, (target,))
    if service is not None and service not in known.service_ids:
        close = get_close_matches(service, known.service_ids, n=3)
        fail(f"no such service: {service}; " + (f"did you mean {' or '.join(close)}?" if close else "see rules list"))
    assessment = assess(project, known, wanted, in_project(root, paths, project), False, None)
    proposals = [*render(assessment, known, target, service), *source_edits(assessment, project.root, target, service)]
    where = ""
    if out is not None:
        try:
            write(proposals, out, force=force)
        except FileExistsError as error:
            hint = (
                "--force overwrites it"
                if Path(error.filename).is_file()
                else "it is no plain file; choose another place"
            )
            fail(f"{error.filename} is there already; {hint}")
        except ValueError as error:
            fail(str(error))
        where = f", written under {out}"
    else:
        for proposal in proposals:
            click.echo(proposal.text)
    click.echo(f"{count(len(proposals), 'proposal')} for {target}{where}.", err=True)
    used = {s.service for s in assessment.services if s.uses and service in (None, s.service)}
    if without := sorted(used - {proposal.service for proposal in proposals}):
        click.echo(f"Without a template yet: {', '.join(without)}. `portability explain` says what there is.", err=True)
