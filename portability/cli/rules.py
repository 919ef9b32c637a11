"""``portability rules``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from portability.cli.command import Group, Option, command
from portability.cli.console import fail, say
from portability.cli.shared import DEFAULT_TARGETS, OWN_RULES, open_catalogue
from portability.gate import Exit

KINDS = ("service", "capability", "target", "product", "provider", "vendor", "health", "effort", "report")


@command("", OWN_RULES)
def list_rules(*, extra: Sequence[Path]) -> None:
    """List every service with its level and capability."""
    known, _ = open_catalogue(extra, ())
    for id in known.service_ids:
        service = known.service(id)
        say(f"{id:40} {service.lock_in:12} {service.capability:26} {service.name}")


@command("[SERVICE]...", OWN_RULES)
def test_rules(*services: str, extra: Sequence[Path]) -> None:
    """Run the examples in the rule files: each must be found on its lines and nowhere else."""
    from portability.examples import examples_of, run_examples, tested

    known, _ = open_catalogue(extra, ())
    if unknown := sorted(set(services) - set(tested(known))):
        fail(f"no such service: {', '.join(unknown)}; `portability rules list` shows those there are")
    ids = list(services) or tested(known)
    failures = list(run_examples(known, ids))
    for id, number, message in failures:
        say(f"{id}, example {number}: {message}")
    total = sum(len(examples_of(known, id)) for id in ids)
    say(f"{len(ids)} rules, {total} examples, {len(failures)} failures.")
    raise SystemExit(Exit.FINDINGS if failures else Exit.OK)


@command("SERVICE...", OWN_RULES)
def answers(*services: str, extra: Sequence[Path]) -> None:
    """Show what a use of each single name of a service is answered; names that are answered alike stand together."""
    from portability.reports.by_name import by_name

    known, _ = open_catalogue(extra, ())
    if unknown := sorted(set(services) - set(known.service_ids)):
        fail(f"no such service: {', '.join(unknown)}; `portability rules list` shows those there are")
    for line in by_name(services, known, DEFAULT_TARGETS):
        say(line)


@command("|".join(KINDS))
def schema(kind: str) -> None:
    """Print the JSON Schema of a kind of rule file, or of the JSON report, for editors and checks."""
    import json

    from portability.catalogue.json_schema import schema_of
    from portability.reports.json import schema as schema_of_report

    if kind not in KINDS:
        fail(f"no such kind: {kind}; there are {', '.join(KINDS)}")
    say(json.dumps(schema_of_report() if kind == "report" else schema_of(kind), indent=2))


@command("", OWN_RULES)
def rule_coverage(*, extra: Sequence[Path]) -> None:
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
    say(shown.coverage(names, rows, judged, counted, DEFAULT_TARGETS), nl=False)
    raise SystemExit(Exit.FINDINGS if any(row.unclassified for row in rows) else Exit.OK)


@command("", Option("--before", default="", metavar="DATE", help="YYYY-MM or YYYY-MM-DD. [required]"), OWN_RULES)
def stale_rules(*, before: str, extra: Sequence[Path]) -> None:
    """List what was last checked before a date, or never, by file: services, products, lacks and the like."""
    from portability.catalogue import completeness

    try:
        day = completeness.first_day(before)
    except ValueError:
        wrong = f"{before} is no date" if before else "--before is missing"
        fail(f"{wrong}; write YYYY-MM or YYYY-MM-DD, as in --before 2026-06")
    known, _ = open_catalogue(extra, ())
    found = completeness.stale(known, day)
    for item in found:
        say(f"{item.checked or 'never':10}  {item.file}  {item.what}".rstrip())
    say(f"{len(found)} checked before {day} or never.", err=True)


@command("", Option("--out", type="path", metavar="DIR", help="The directory to write to. [required]"), OWN_RULES)
def write_reference(*, out: Path | None, extra: Sequence[Path]) -> None:
    """Write a Markdown page for each service and each capability, and an index of them."""
    from portability.reports import reference

    known, _ = open_catalogue(extra, ())
    if out is None:
        fail("--out is missing: the directory to write to, as in --out docs/reference")
    written = reference.pages(known, DEFAULT_TARGETS)
    try:
        gone = reference.write(written, out)
    except OSError as error:
        fail(f"cannot write {error.filename}: {error.strerror}")
    say(f"{len(written)} pages written to {out}, {len(gone)} of rules that are gone taken away.")


rules = Group(
    "List the rules, test them, look for what they miss, or print their JSON Schema.",
    {
        "answers": answers,
        "coverage": rule_coverage,
        "list": list_rules,
        "reference": write_reference,
        "schema": schema,
        "stale": stale_rules,
        "test": test_rules,
    },
)
