"""``portability effort``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from portability.catalogue import Catalogue
from portability.cli.command import Group, Option, command
from portability.cli.console import fail, say
from portability.cli.shared import OWN_RULES, TARGETS, assess, in_project, project_of, scope, with_project
from portability.model import Assessment

SOURCE = Option(
    "--from",
    dest="source",
    type="path",
    default=".",
    metavar="PATH",
    help="A directory, or a JSON report of an audit.",
)


@command("SERVICE", SOURCE, TARGETS, OWN_RULES)
def explain(service: str, *, source: Path, targets: Sequence[str], extra: Sequence[Path]) -> None:
    """Print the arithmetic of a service, line by line: aws/sqs."""
    from portability.reports.effort import NotUsed
    from portability.reports.effort import explain as explained

    known, assessment = _assessment(source, targets, extra)
    if missing := [target for target in targets if target not in assessment.targets]:
        fail(f"{source} says nothing of {', '.join(missing)}; it has {', '.join(assessment.targets)}")
    try:
        say(explained(assessment, known, service, targets), nl=False)
    except NotUsed as error:
        fail(str(error))


@command(
    "ACTUALS",
    SOURCE,
    Option("--out", type="path", metavar="DIR", help="A directory of own rules to write effort.yaml into."),
    TARGETS,
    OWN_RULES,
)
def calibrate(actuals: str, *, source: Path, out: Path | None, targets: Sequence[str], extra: Sequence[Path]) -> None:
    """Hold estimates against a CSV file of actuals (service, target, days), and scale the table of sizes."""
    import msgspec
    import yaml

    from portability.assessment.calibration import ENOUGH, ActualsError, factor, read, scaled
    from portability.reports.words import count, days

    known, assessment = _assessment(source, targets, extra)
    try:
        found = read(Path(actuals), assessment)
    except ActualsError as error:
        fail(str(error))
    for one in found:
        place = "inside" if one.inside else "below" if one.days < one.estimate.low else "above"
        said = f"{one.days:g} days, {place} {days(one.estimate)}, {one.ratio:.2f} of its middle"
        say(f"{one.service} to {one.target}: {said}")
    by = factor(found)
    if by is None:
        say(f"{count(len(found), 'actual')}: at least {ENOUGH} are needed to say anything of the table; none is made.")
        return
    within = sum(one.inside for one in found)
    say(f"{within} of {len(found)} inside their range; the median is {by:g} of the middle.")
    fitting = msgspec.to_builtins(scaled(known.effort, by))
    table = yaml.safe_dump(fitting, sort_keys=False, allow_unicode=True, width=120)
    if out is None:
        say("The table that fits, as effort.yaml for a directory of own rules:\n")
        say(table, nl=False)
    else:
        out.mkdir(parents=True, exist_ok=True)
        (out / "effort.yaml").write_text(table, encoding="utf-8")
        say(f"wrote {out / 'effort.yaml'}; use it with --rules {out}")


def _assessment(source: Path, targets: Sequence[str], extra: Sequence[Path]) -> tuple[Catalogue, Assessment]:
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


effort = Group(
    "Take person-days apart, and hold them against what work really took.",
    {"calibrate": calibrate, "explain": explain},
)
