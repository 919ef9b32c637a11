"""``portability rules``."""

from __future__ import annotations

from pathlib import Path

import click

from portability.cli.shared import DEFAULT_TARGETS, fail, open_catalogue, own_rules
from portability.gate import Exit


@click.group()
def rules() -> None:
    """List the rules, test them, look for what they miss, or print their JSON Schema."""


@rules.command("list")
@own_rules
def list_rules(extra: tuple[Path, ...]) -> None:
    """List every service with its level and capability."""
    known, _ = open_catalogue(extra, ())
    for id in known.service_ids:
        service = known.service(id)
        click.echo(f"{id:40} {service.lock_in:12} {service.capability:26} {service.name}")


@rules.command("test")
@click.argument("services", nargs=-1)
@own_rules
def test_rules(services: tuple[str, ...], extra: tuple[Path, ...]) -> None:
    """Run the examples in the rule files: each must be found on its lines and nowhere else."""
    from portability.examples import examples_of, run_examples, tested

    known, _ = open_catalogue(extra, ())
    if unknown := sorted(set(services) - set(tested(known))):
        fail(f"no such service: {', '.join(unknown)}; `portability rules list` shows those there are")
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
    from portability.reports.json import schema as schema_of_report

    click.echo(json.dumps(schema_of_report() if kind == "report" else schema_of(kind), indent=2))


@rules.command("coverage")
@own_rules
def rule_coverage(extra: tuple[Path, ...]) -> None:
    """Count the names that providers' own lists hold, those that a service claims, and the services judged.

    Exits 1 where a name has no service.
    """
    from portability.catalogue import completeness
    from portability.reports import completeness as shown

    known, _ = open_catalogue(extra, ())
    names = completeness.read()
    rows = completeness.coverage(known, names)
    counted = completeness.uses()
    judged = completeness.judged(known, DEFAULT_TARGETS, counted.uses)
    click.echo(shown.coverage(names, rows, judged, counted, DEFAULT_TARGETS), nl=False)
    raise SystemExit(Exit.FINDINGS if any(row.unclassified for row in rows) else Exit.OK)


@rules.command("stale")
@click.option("--before", "before", required=True, metavar="DATE", help="YYYY-MM or YYYY-MM-DD.")
@own_rules
def stale_rules(before: str, extra: tuple[Path, ...]) -> None:
    """List what was last checked before a date, or never, by file: services, products, lacks and the like."""
    from portability.catalogue import completeness

    try:
        day = completeness.first_day(before)
    except ValueError:
        fail(f"{before} is no date; write YYYY-MM or YYYY-MM-DD, as in --before 2026-06")
    known, _ = open_catalogue(extra, ())
    found = completeness.stale(known, day)
    for item in found:
        click.echo(f"{item.checked or 'never':10}  {item.file}  {item.what}".rstrip())
    click.echo(f"{len(found)} checked before {day} or never.", err=True)


@rules.command("reference")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The directory to write to.")
@own_rules
def write_reference(out: Path, extra: tuple[Path, ...]) -> None:
    """Write a Markdown page for each service and each capability, and an index of them."""
    from portability.reports import reference

    known, _ = open_catalogue(extra, ())
    written = reference.pages(known, DEFAULT_TARGETS)
    try:
        gone = reference.write(written, out)
    except OSError as error:
        fail(f"cannot write {error.filename}: {error.strerror}")
    click.echo(f"{len(written)} pages written to {out}, {len(gone)} of rules that are gone taken away.")
