"""``portability propose``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from portability.cli.command import Option, command
from portability.cli.console import fail, meant, say
from portability.cli.shared import OWN_RULES, assess, in_project, project_of, scope, with_project
from portability.gate import Exit
from portability.model import Assessment, Proposal
from portability.names.globs import matches_any


@command(
    "[PATH]",
    Option("--target", default="", metavar="ID", help="Where to go. [required]"),
    Option("--out", default="-", metavar="DIR", help="Write a tree there; by default, or with -, files are printed."),
    Option("--service", metavar="ID", help="Only this service, such as aws/s3."),
    Option(
        "--path", dest="only", action="append", metavar="GLOB", help="Only findings in these files; may be repeated."
    ),
    Option(
        "--finding",
        dest="ids",
        action="append",
        metavar="ID",
        help="Only this finding, by the start of its fingerprint; may be repeated.",
    ),
    Option("--force", action="store_true", help="Overwrite files that are there."),
    Option("--templates", type="path", metavar="DIR", help="Templates of your own, on top."),
    Option(
        "--validate", action="store_true", help="Let the tools that are installed (tofu, terraform, kubectl) check too."
    ),
    OWN_RULES,
)
def propose(
    path: str = ".",
    *,
    target: str,
    out: str,
    service: str | None,
    only: Sequence[str],
    ids: Sequence[str],
    force: bool,
    templates: Path | None,
    validate: bool,
    extra: Sequence[Path],
) -> None:
    """Render code for a target from what the scanned code says, with its gaps and open decisions.

    Ends with 1 where a proposal does not fit its schema: its header says why. Ends with 3 where a file could not be
    read, for which nothing is proposed, and with 4 where there was nothing to read.
    """
    from portability.proposals import ProposalError, manifest_edits, render_parts, source_edits
    from portability.proposals.rendering import Templates
    from portability.proposals.tools import check
    from portability.proposals.tree import counts, tree
    from portability.reports.words import grouped

    if not target:
        fail("--target is missing: say where to go; `portability targets list` shows the places there are")
    root, paths = scope([Path(path)])
    project = project_of(root)
    known, wanted = with_project(project, extra, (target,))
    if service is not None and service not in known.service_ids:
        hint = meant(service, known.service_ids) or "; `portability rules list` shows those there are"
        fail(f"no such service: {service}{hint}")
    whole = assess(project, known, wanted, in_project(root, paths, project), False, None)
    assessment = _narrowed(whole, service, only, ids)
    try:
        edited = source_edits(assessment, known, project.root, target)
        manifests = manifest_edits(assessment, known, project.root, target, templates)
        patches = [*edited.patches, *edited.added, *manifests.patches]
        rendered = render_parts(assessment, known, target, own=templates, left=edited.left, answered=manifests.answered)
        files = tree(rendered, patches, assessment, known, target, Templates(known, templates), manifests, edited.left)
    except ProposalError as error:
        fail(str(error))
    broken = [one.proposal for one in rendered if one.proposal.problems]
    if out == "-":
        for proposal in [one.proposal for one in rendered] + patches:
            say(proposal.text)
    else:
        _write(files, Path(out), force)
    said = check(files) if validate else []
    where = "" if out == "-" else f", written under {out}"
    say(f"For {target}{where}: {counts(assessment.findings, rendered, patches)}.", err=True)
    for line in [f"{one.path} is not ready: {'; '.join(one.problems)}" for one in broken] + said:
        say(line, err=True)
    for line in grouped(whole.coverage.problems):
        say(line, err=True)
    if whole.coverage.unread:
        raise SystemExit(Exit.UNREAD)
    if not whole.coverage.files:
        say(f"{path} holds nothing that could be read: no file of a language that is read.", err=True)
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
