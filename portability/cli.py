"""The command line: options in, one call, an exit code out. What only one command needs is imported there."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from portability import __version__, catalogue
from portability.catalogue import Catalogue
from portability.gate import Exit, judge
from portability.model import LOCK_IN, Assessment, LockIn

DEFAULT_TARGETS = ("ovhcloud", "self-hosted")
SCHEMAS = ("service", "capability", "target", "product", "provider", "vendor", "health", "effort", "report")
CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def _shared(command: CommandT) -> CommandT:
    for option in (
        click.option("--jobs", type=click.IntRange(1), help="Processes at most; every core by default."),
        click.option("--include-skipped", is_flag=True, help="Read vendored and generated trees too."),
        click.option(
            "--rules", "extra", multiple=True, type=click.Path(path_type=Path), help="A directory of own rules."
        ),
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portability")
def main() -> None:
    """Find what ties cloud code to AWS, Azure and Google Cloud, and what there is instead.

    Reads Terraform, Kubernetes manifests and Python. Runs nothing of what it reads, and sends nothing anywhere.
    """


@main.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option(
    "-o", "--output", "outputs", multiple=True, metavar="FORMAT[=FILE]", help="text or json; may be repeated."
)
@click.option("--list", "every_finding", is_flag=True, help="Show each finding in the text report.")
@click.option("--target", "targets", multiple=True, metavar="ID", help="Where to go; may be repeated.")
@_shared
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
    known, wanted = _catalogue(extra, targets)
    parsed = [_output(output) for output in outputs or ("text",)]
    if sum(file is None for _, file in parsed) > 1:
        _fail("only one format can go to standard output; give the others a file, as in -o json=report.json")
    root, paths = _scope([path])
    assessment = _assess(root, known, wanted, paths, include_skipped, jobs)
    for name, file in parsed:
        _write(name, file, assessment, known, every_finding)
    if assessment.coverage.unread:
        raise SystemExit(Exit.UNREAD)
    if not assessment.coverage.files:
        click.echo(f"{path} holds nothing that could be read: no Terraform, Kubernetes or Python file.", err=True)
        raise SystemExit(Exit.NOTHING)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--fail-on",
    type=click.Choice([level for level in LOCK_IN if level != "unknown"]),
    default="proprietary",
    show_default=True,
    help="The lowest level that fails.",
)
@click.option("--allow-unread", is_flag=True, help="Do not fail on files that could not be read.")
@_shared
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

    known, _ = _catalogue(extra, ())
    root, inside = _scope(paths or (Path(),), from_here=True)
    assessment = _assess(root, known, (), inside, include_skipped, jobs)
    verdict = judge(assessment, fail_on, allow_unread=allow_unread)
    for problem in assessment.coverage.problems:
        click.echo(f"{problem.path}:{problem.line}: {problem.message}", err=True)
    click.echo(lines.render(verdict.failing), nl=False)
    if verdict.failing or verdict.told:
        click.echo(f"{len(verdict.failing)} at {fail_on} or above, {len(verdict.told)} more that do not fail.")
    raise SystemExit(verdict.code)


@main.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--target", required=True, metavar="ID", help="Where to go.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write files under this directory; by default they are printed."
)
@click.option("--service", help="Only this service, such as aws/s3.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@click.option("--rules", "extra", multiple=True, type=click.Path(path_type=Path), help="A directory of own rules.")
def propose(
    path: Path, target: str, out: Path | None, service: str | None, force: bool, extra: tuple[Path, ...]
) -> None:
    """Render code for a target from what the scanned code says, with its gaps and open decisions."""
    from portability.proposals import render, source_edits, write
    from portability.reports.words import count

    known, wanted = _catalogue(extra, (target,))
    if service is not None and service not in known.service_ids:
        close = get_close_matches(service, known.service_ids, n=3)
        _fail(f"no such service: {service}; " + (f"did you mean {' or '.join(close)}?" if close else "see rules list"))
    root, paths = _scope([path])
    assessment = _assess(root, known, wanted, paths, False, None)
    proposals = [*render(assessment, known, target, service), *source_edits(assessment, root, target, service)]
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
            _fail(f"{error.filename} is there already; {hint}")
        except ValueError as error:
            _fail(str(error))
        where = f", written under {out}"
    else:
        for proposal in proposals:
            click.echo(proposal.text)
    click.echo(f"{count(len(proposals), 'proposal')} for {target}{where}.", err=True)
    used = {s.service for s in assessment.services if s.uses and service in (None, s.service)}
    if without := sorted(used - {proposal.service for proposal in proposals}):
        click.echo(f"Without a template yet: {', '.join(without)}. `portability explain` says what there is.", err=True)


@main.command()
@click.argument("name")
@click.option("--target", "targets", multiple=True, metavar="ID", help="What this target has; may be repeated.")
@click.option("--rules", "extra", multiple=True, type=click.Path(path_type=Path), help="A directory of own rules.")
def explain(name: str, targets: tuple[str, ...], extra: tuple[Path, ...]) -> None:
    """Say what is known about a service, a symbol or a capability: aws/sqs, aws_sqs_queue, sqs.send_message, queue."""
    from portability.reports.explain import UnknownName, explain

    known, wanted = _catalogue(extra, targets)
    try:
        click.echo(explain(name, known, wanted))
    except UnknownName as error:
        _fail(str(error))


@main.group()
def rules() -> None:
    """List the rules, test them, look for what they miss, or print their JSON Schema."""


@rules.command("list")
@click.option("--rules", "extra", multiple=True, type=click.Path(path_type=Path), help="A directory of own rules.")
def list_rules(extra: tuple[Path, ...]) -> None:
    """List every service with its level and capability."""
    known, _ = _catalogue(extra, ())
    for id in known.service_ids:
        service = known.service(id)
        click.echo(f"{id:40} {service.lock_in:12} {service.capability:26} {service.name}")


@rules.command("test")
@click.argument("services", nargs=-1)
@click.option("--rules", "extra", multiple=True, type=click.Path(path_type=Path), help="A directory of own rules.")
def test_rules(services: tuple[str, ...], extra: tuple[Path, ...]) -> None:
    """Run the examples in the rule files: each must be found on its lines and nowhere else."""
    from portability.examples import examples_of, run_examples, tested

    known, _ = _catalogue(extra, ())
    if unknown := sorted(set(services) - set(tested(known))):
        _fail(f"no such service: {', '.join(unknown)}; `portability rules list` shows those there are")
    ids = list(services) or tested(known)
    failures = list(run_examples(known, ids))
    for id, number, message in failures:
        click.echo(f"{id}, example {number}: {message}")
    total = sum(len(examples_of(known, id)) for id in ids)
    click.echo(f"{len(ids)} rules, {total} examples, {len(failures)} failures.")
    raise SystemExit(Exit.FINDINGS if failures else Exit.OK)


@rules.command("schema")
@click.argument(
    "kind",
    type=click.Choice(
        ["service", "capability", "target", "product", "provider", "vendor", "health", "effort", "report"]
    ),
)
def schema(kind: str) -> None:
    """Print the JSON Schema of a kind of rule file, or of the JSON report, for editors and checks."""
    import json

    from portability.catalogue.json_schema import schema_of

    click.echo(json.dumps(schema_of(kind), indent=2))


@rules.command("coverage")
@click.option("--rules", "extra", multiple=True, type=click.Path(path_type=Path), help="A directory of own rules.")
def rule_coverage(extra: tuple[Path, ...]) -> None:
    """Count the names that providers' own lists hold, those that a service claims, and the services judged.

    Exits 1 where a name has no service.
    """
    from portability.catalogue import completeness
    from portability.reports import completeness as shown

    known, _ = _catalogue(extra, ())
    names = completeness.read()
    rows = completeness.coverage(known, names)
    click.echo(shown.coverage(names, rows, completeness.judged(known, DEFAULT_TARGETS), DEFAULT_TARGETS), nl=False)
    raise SystemExit(Exit.FINDINGS if any(row.unclassified for row in rows) else Exit.OK)


@rules.command("stale")
@click.option("--before", "before", required=True, metavar="DATE", help="YYYY-MM or YYYY-MM-DD.")
@click.option("--rules", "extra", multiple=True, type=click.Path(path_type=Path), help="A directory of own rules.")
def stale_rules(before: str, extra: tuple[Path, ...]) -> None:
    """List what was last checked before a date, or never, by file: services, products, lacks and the like."""
    from portability.catalogue import completeness

    try:
        day = completeness.first_day(before)
    except ValueError:
        _fail(f"{before} is no date; write YYYY-MM or YYYY-MM-DD, as in --before 2026-06")
    known, _ = _catalogue(extra, ())
    found = completeness.stale(known, day)
    for item in found:
        click.echo(f"{item.checked or 'never':10}  {item.file}  {item.what}".rstrip())
    click.echo(f"{len(found)} checked before {day} or never.", err=True)


@rules.command("reference")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The directory to write to.")
@click.option("--rules", "extra", multiple=True, type=click.Path(path_type=Path), help="A directory of own rules.")
def write_reference(out: Path, extra: tuple[Path, ...]) -> None:
    """Write a Markdown page for each service and each capability, and an index of them."""
    from portability.reports import reference

    known, _ = _catalogue(extra, ())
    written = reference.pages(known, DEFAULT_TARGETS)
    try:
        gone = reference.write(written, out)
    except OSError as error:
        _fail(f"cannot write {error.filename}: {error.strerror}")
    click.echo(f"{len(written)} pages written to {out}, {len(gone)} of rules that are gone taken away.")


@main.group("targets")
def target_group() -> None:
    """List the places to go, or describe one of your own."""


@target_group.command("list")
@click.option("--rules", "extra", multiple=True, type=click.Path(path_type=Path), help="A directory of own rules.")
def list_targets(extra: tuple[Path, ...]) -> None:
    """List every target with its operator and jurisdiction."""
    known, _ = _catalogue(extra, ())
    for id, target in known.targets.items():
        click.echo(f"{id:20} {target.jurisdiction:8} {target.name}, operated by {target.operator}")


@target_group.command("init")
@click.argument("id")
@click.option("--rules", "directory", type=click.Path(path_type=Path), default="rules", show_default=True)
def init_target(id: str, directory: Path) -> None:
    """Write a profile of a hoster to fill in, as a target of this id in a directory of own rules."""
    from portability.catalogue.profile import starter

    known, _ = _catalogue((), ())
    file = directory / "targets" / id / "target.yaml"
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", id) or id in known.targets:
        _fail(
            f"{id} cannot be the id of a new target; use lower case and hyphens, and none of {', '.join(known.targets)}"
        )
    if file.exists():
        _fail(f"{file} is there already")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(starter(id, known.capabilities), encoding="utf-8")
    click.echo(f"{file} is written. Fill it in, then: portability audit . --rules {directory} --target {id}")


def run() -> NoReturn:
    """The ``portability`` command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character gets its escape instead of an error.
            stream.reconfigure(errors="backslashreplace")
    try:
        main.main(standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as error:
        raise SystemExit(error.exit_code) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(Exit.USAGE) from None
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        raise SystemExit(130) from None
    except BrokenPipeError:
        # Whoever read our output has had enough.
        _let_go_of_output()
        raise SystemExit(Exit.OK) from None
    except OSError as error:
        _let_go_of_output()
        what = f"{error.filename}: " if error.filename else ""
        click.echo(f"portability: {what}{error.strerror or error}", err=True)
        raise SystemExit(Exit.USAGE) from None
    raise SystemExit(Exit.OK)


def _catalogue(extra: Sequence[Path], targets: Sequence[str]) -> tuple[Catalogue, tuple[str, ...]]:
    try:
        known = catalogue.load(extra)
    except catalogue.CatalogueError as error:
        _fail(f"the rules do not hold together:\n{error}")
    wanted = tuple(targets) or DEFAULT_TARGETS
    if unknown := [target for target in wanted if target not in known.targets]:
        _fail(f"no such target: {', '.join(unknown)}; there are {', '.join(known.targets)}")
    return known, wanted


def _scope(paths: Sequence[Path], *, from_here: bool = False) -> tuple[Path, list[Path] | None]:
    """The root to report against, and the paths in it when less than all of it is meant.

    A single directory is its own root, unless paths should read ``from_here``: then the working directory is the root
    of everything below it, so that a reader can open what a line names.
    """
    for path in paths:
        if not os.path.lexists(path):
            _fail(f"{path} does not exist")
    here = Path.cwd()
    # Links in the way are resolved, the last name is not: a link that is named is judged as one.
    whole = [Path(os.path.realpath(path.parent if path.name else path), path.name) for path in paths]
    inside = all(path.is_relative_to(here) for path in whole)
    if len(paths) == 1 and paths[0].is_dir() and not (from_here and inside):
        return paths[0].resolve(), None
    if whole == [here]:
        return here, None
    root = here if inside else Path(os.path.commonpath([path.parent for path in whole]))
    return root, whole


def _assess(
    root: Path,
    known: Catalogue,
    targets: tuple[str, ...],
    paths: list[Path] | None,
    include_skipped: bool,
    jobs: int | None,
) -> Assessment:
    from portability.audit import audit
    from portability.progress import watched

    with watched() as progress:
        return audit(root, known, targets, paths=paths, include_skipped=include_skipped, jobs=jobs, progress=progress)


def _output(output: str) -> tuple[str, Path | None]:
    name, named, file = output.partition("=")
    if name not in ("text", "json"):
        _fail(f"no such format: {name}; there are text and json, as in -o json=report.json")
    if named and not file:
        _fail(f"{output} names no file; write -o {name}=FILE, or -o {name} for standard output")
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
        _fail(f"cannot write {file}: {error.strerror}")


def _let_go_of_output() -> None:
    """What could not be written is dropped; Python would try again, and complain, while it closes the stream."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def _fail(message: str) -> NoReturn:
    click.echo(f"portability: {message}", err=True)
    raise SystemExit(Exit.USAGE)
