"""``portability propose``."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import click
import msgspec

from portability.cli.shared import assess, fail, in_project, own_rules, project_of, scope, with_project
from portability.gate import Exit
from portability.model import Assessment, Proposal
from portability.names.globs import matches_any


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--target", required=True, metavar="ID", help="Where to go.")
@click.option("--out", metavar="DIR", default="-", help="Write a tree there; by default, or with -, files are printed.")
@click.option("--service", help="Only this service, such as aws/s3.")
@click.option("--path", "only", multiple=True, metavar="GLOB", help="Only findings in these files; may be repeated.")
@click.option("--finding", "ids", multiple=True, metavar="ID", help="Only this finding; the start of its fingerprint.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@click.option("--templates", type=click.Path(path_type=Path), metavar="DIR", help="Templates of your own, on top.")
@click.option("--validate", is_flag=True, help="Let the tools that are installed (tofu, terraform, kubectl) check too.")
@own_rules
def propose(
    path: Path,
    target: str,
    out: str,
    service: str | None,
    only: tuple[str, ...],
    ids: tuple[str, ...],
    force: bool,
    templates: Path | None,
    validate: bool,
    extra: tuple[Path, ...],
) -> None:
    """Render code for a target from what the scanned code says, with its gaps and open decisions.

    Ends with 1 where a proposal does not fit its schema: its header says why. Ends with 3 where a file could not be
    read, for which nothing is proposed, and with 4 where there was nothing to read.
    """
    from portability.proposals import ProposalError, manifest_edits, render_parts, source_edits
    from portability.proposals.rendering import Templates
    from portability.proposals.tools import check
    from portability.proposals.tree import counts, tree

    root, paths = scope([path])
    project = project_of(root)
    known, wanted = with_project(project, extra, (target,))
    if service is not None and service not in known.service_ids:
        close = get_close_matches(service, known.service_ids, n=3)
        fail(f"no such service: {service}; " + (f"did you mean {' or '.join(close)}?" if close else "see rules list"))
    whole = assess(project, known, wanted, in_project(root, paths, project), False, None)
    assessment = _narrowed(whole, service, only, ids)
    try:
        edited = source_edits(assessment, known, project.root, target)
        manifests = manifest_edits(assessment, known, project.root, target, templates)
        patches = [*edited.patches, *edited.added, *manifests.patches]
        rendered = render_parts(assessment, known, target, own=templates, left=edited.left, answered=manifests.answered)
        files = tree(rendered, patches, assessment, known, target, Templates(known, templates), manifests)
    except ProposalError as error:
        fail(str(error))
    broken = [one.proposal for one in rendered if one.proposal.problems]
    if out == "-":
        for proposal in [one.proposal for one in rendered] + patches:
            click.echo(proposal.text)
    else:
        _write(files, Path(out), force)
    said = check(files) if validate else []
    where = "" if out == "-" else f", written under {out}"
    click.echo(f"For {target}{where}: {counts(assessment.findings, rendered, patches)}.", err=True)
    for line in [f"{one.path} is not ready: {'; '.join(one.problems)}" for one in broken] + said:
        click.echo(line, err=True)
    for problem in whole.coverage.problems:
        click.echo(f"{problem.path}:{problem.line}: {problem.message}", err=True)
    if whole.coverage.unread:
        raise SystemExit(Exit.UNREAD)
    if not whole.coverage.files:
        click.echo(f"{path} holds nothing that could be read: no file of a language that is read.", err=True)
        raise SystemExit(Exit.NOTHING)
    if broken or said:
        raise SystemExit(1)


def _narrowed(whole: Assessment, service: str | None, only: Sequence[str], ids: Sequence[str]) -> Assessment:
    findings = tuple(
        one
        for one in whole.findings
        if service in (None, one.service)
        and (not only or matches_any(only, one.location.path))
        and (not ids or any(one.fingerprint.startswith(id) for id in ids))
    )
    if not findings and (only or ids):
        fail("nothing was found there; `portability audit -o json` lists findings with their paths and fingerprints")
    return msgspec.structs.replace(whole, findings=findings)


def _write(files: Sequence[Proposal], out: Path, force: bool) -> None:
    from portability.proposals import write

    try:
        write(files, out, force=force)
    except FileExistsError as error:
        plain = Path(error.filename).is_file()
        hint = "--force overwrites it" if plain else "it is no plain file; choose another place"
        fail(f"{error.filename} is there already; {hint}")
    except ValueError as error:
        fail(str(error))
