"""``portability effort``."""

from __future__ import annotations

from pathlib import Path

import click

from portability.catalogue import Catalogue
from portability.cli.shared import assess, fail, in_project, own_rules, project_of, scope, targets_option, with_project
from portability.model import Assessment

source_option = click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    default=".",
    help="A directory, or a JSON report of an audit.",
)


@click.group()
def effort() -> None:
    """Take person-days apart, and hold them against what work really took."""


@effort.command()
@click.argument("service")
@source_option
@targets_option
@own_rules
def explain(service: str, source: Path, targets: tuple[str, ...], extra: tuple[Path, ...]) -> None:
    """Print the arithmetic of a service, line by line: aws/sqs."""
    from portability.reports.effort import NotUsed
    from portability.reports.effort import explain as explained

    known, assessment = _assessment(source, targets, extra)
    if missing := [target for target in targets if target not in assessment.targets]:
        fail(f"{source} says nothing of {', '.join(missing)}; it has {', '.join(assessment.targets)}")
    try:
        click.echo(explained(assessment, known, service, targets), nl=False)
    except NotUsed as error:
        fail(str(error))


@effort.command()
@click.argument("actuals", type=click.Path(path_type=Path))
@source_option
@click.option("--out", type=click.Path(path_type=Path), help="A directory of own rules to write effort.yaml into.")
@targets_option
@own_rules
def calibrate(actuals: Path, source: Path, out: Path | None, targets: tuple[str, ...], extra: tuple[Path, ...]) -> None:
    """Hold estimates against a CSV file of actuals (service, target, days), and scale the table of sizes."""
    import msgspec
    import yaml

    from portability.assessment.calibration import ENOUGH, ActualsError, factor, read, scaled
    from portability.reports.words import count, days

    known, assessment = _assessment(source, targets, extra)
    try:
        found = read(actuals, assessment)
    except ActualsError as error:
        fail(str(error))
    for one in found:
        place = "inside" if one.inside else "below" if one.days < one.estimate.low else "above"
        said = f"{one.days:g} days, {place} {days(one.estimate)}, {one.ratio:.2f} of its middle"
        click.echo(f"{one.service} to {one.target}: {said}")
    by = factor(found)
    if by is None:
        click.echo(f"{count(len(found), 'actual')}: at least {ENOUGH} are needed to say anything about the table.")
        return
    within = sum(one.inside for one in found)
    click.echo(f"{within} of {len(found)} inside their range; the median is {by:g} of the middle.")
    fitting = msgspec.to_builtins(scaled(known.effort, by))
    table = yaml.safe_dump(fitting, sort_keys=False, allow_unicode=True, width=120)
    if out is None:
        click.echo("The table that fits, as effort.yaml for a directory of own rules:\n")
        click.echo(table, nl=False)
    else:
        out.mkdir(parents=True, exist_ok=True)
        (out / "effort.yaml").write_text(table, encoding="utf-8")
        click.echo(f"wrote {out / 'effort.yaml'}; use it with --rules {out}")


def _assessment(source: Path, targets: tuple[str, ...], extra: tuple[Path, ...]) -> tuple[Catalogue, Assessment]:
    """What a directory or a report of one says, with the sizes of now."""
    if source.is_file():
        from portability.assessment.estate import EstateError, merge
        from portability.cli.shared import open_catalogue
        from portability.reports.json import NotAReportError, load

        known, _ = open_catalogue(extra, ())
        try:
            return known, merge([load(source)], known, apart=False)
        except (EstateError, NotAReportError) as error:
            fail(str(error))
    root, paths = scope([source])
    project = project_of(root)
    known, wanted = with_project(project, extra, targets)
    return known, assess(project, known, wanted, in_project(root, paths, project), False, None)
