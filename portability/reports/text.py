"""The report for a terminal: what was read, what matters, what there is instead, where, and how much work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from portability.assessment.uses import hardness
from portability.catalogue import Catalogue
from portability.model import Assessment, Equivalent, Finding, ServiceSummary
from portability.reports import Report
from portability.reports.figures import by_wave, fit, in_use, is_hard, perhaps_in_use
from portability.reports.words import (
    ALL_CLEAR,
    FIDELITY,
    OF_USES,
    PERHAPS,
    ROLES,
    answer,
    asked,
    claims,
    count,
    coverage_lines,
    days,
    grouped,
    level,
    nothing_used,
    unhealthy,
)

_STYLE = {
    "captive": "bold red",
    "proprietary": "red",
    "unknown": "magenta",
    "convertible": "yellow",
    "compatible": "cyan",
    "portable": "green",
}
_PROBLEMS = 10
_COMPONENTS = 15
_GAPS = 4
_BAR = 36


def render(assessment: Assessment, catalogue: Catalogue, *, width: int = 80, every_finding: bool = False) -> str:
    """The report as plain text of at most ``width`` columns."""
    buffer = StringIO()
    show(assessment, catalogue, Console(file=buffer, width=width, no_color=True), every_finding=every_finding)
    # Cells are padded to their column, which leaves blanks at line ends.
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())


def report(report: Report) -> str:
    """The report of a run as plain text."""
    text = render(report.assessment, report.catalogue, every_finding=report.every_finding)
    return text + "".join(f"{line}\n" for line in changes(report))


def changes(report: Report) -> Iterator[str]:
    """What changed since an earlier report, where one is given."""
    if report.since is not None:
        from portability.reports.compare import lines

        yield ""
        yield from lines(report.since)


def show(assessment: Assessment, catalogue: Catalogue, console: Console, *, every_finding: bool = False) -> None:
    """Print the report on a console."""
    report = _Report(assessment, catalogue, console)
    report.coverage()
    if not assessment.services:
        report.nothing()
        console.print("What code cannot tell: contracts, data already stored, licences held, skills.", highlight=False)
        report.beside()
        return
    report.summary()
    report.services()
    report.instead()
    report.where()
    if every_finding:
        report.findings(assessment.findings)
    report.beside()
    report.effort()
    if not every_finding:
        console.print("\n--list shows each finding; -o json holds everything; explain SERVICE says why.", style="dim")


class _Report:
    def __init__(self, assessment: Assessment, catalogue: Catalogue, console: Console) -> None:
        self.assessment = assessment
        self.console = console
        self.names = {id: catalogue.targets[id].name for id in assessment.targets}
        self.table = catalogue.effort

    def line(self, text: str | Text, indent: int = 0, style: str = "") -> None:
        shown = Text(text, style) if isinstance(text, str) else text
        self.console.print(Padding(shown, (0, 0, 0, indent), expand=False))

    def heading(self, text: str) -> None:
        self.console.print()
        self.console.print(Text(text, "bold"))

    def coverage(self) -> None:
        self.console.print(Text(f"Read: {self.assessment.root}", "bold"))
        policy = self.assessment.policy
        source = f" ({policy.source})" if policy.source else ""
        self.line(f"policy: {policy.name}{source}, fails at {policy.fail_on} or above", 2, "dim")
        for line in coverage_lines(self.assessment.coverage):
            self.line(line, 2, "bold red" if "NOT READ" in line else "")
        told = list(grouped(self.assessment.coverage.problems))
        for text in told[:_PROBLEMS]:
            self.line(text, 2, "yellow")
        if len(told) > _PROBLEMS:
            self.line(f"… and {count(len(told) - _PROBLEMS, 'more kind')} of problem, all in -o json", 2, "yellow")
        self.console.print()

    def nothing(self) -> None:
        said = nothing_used(self.assessment)
        self.console.print(said, style="bold green" if said == ALL_CLEAR else "bold")

    def summary(self) -> None:
        """What somebody who reads ten lines must know."""
        found = in_use(self.assessment)
        hard = sum(map(is_hard, found))
        verdict = f", {hard:,} of them hard to leave" if hard else ", none of them hard to leave" if found else ""
        part = self.assessment.coverage.stopped + self.assessment.coverage.unread
        of = "In short, of the part that was read" if part else "In short"
        self.console.print(Text(f"{of}: {count(len(found), 'service')} in use{verdict}", "bold"))
        most = max(Counter(service.lock_in for service in found).values(), default=1)
        table = Table.grid(padding=(0, 2, 0, 0))
        for lock_in, services in groupby(found, key=lambda service: service.lock_in):
            number = len(list(services))
            table.add_row(
                Text(level(lock_in), _STYLE[lock_in], no_wrap=True),
                Text(f"{number:,}", "bold", justify="right"),
                Text("█" * max(1, round(_BAR * number / most)), _STYLE[lock_in], no_wrap=True),
            )
        self.console.print(Padding(table, (0, 0, 0, 2), expand=False))
        if perhaps := perhaps_in_use(self.assessment):
            self.line(f"{count(len(perhaps), 'more service')} perhaps: {PERHAPS}", 2, "dim")
        if aside := len(self.assessment.services) - len(found) - len(perhaps):
            where = "looked up or permitted, in tests or examples, or falling away on leaving"
            self.line(f"{count(aside, 'more service')} only {where}", 2, "dim")
        self.console.print()
        self._targets()
        waves = [wave for wave in by_wave(self.assessment) if wave.number]
        if waves:
            steps = [asked(wave.mix) for wave in waves]
            first = waves[0].components[0].id
            self.line(f"Goes first: {steps[0]}, such as {self.assessment.root if first == '.' else first}", 2)
            for step in steps[1:]:
                self.line(f"then {step}", 2)
        self.console.print()

    def _targets(self) -> None:
        """How far each target answers, and how much work it is."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=False)
        for name in ("to", "person-days", "in full", "with loss", "not at all", "nobody knows"):
            table.add_column(name, justify="left" if name == "to" else "right", overflow="fold")
        least = False
        for target, name in self.names.items():
            answered = fit(self.assessment, target)
            unknown = self.assessment.unestimated[target]
            least = least or bool(unknown)
            table.add_row(
                escape(name),
                Text(("≥ " if unknown else "") + days(self.assessment.effort[target]), "bold"),
                *(f"{len(services):,}" for services in answered),
            )
        self.console.print(Padding(table, (0, 0, 0, 2), expand=False))
        if least:
            self.line("≥: at least, since a service has no estimate", 2, "dim")
        self.console.print()

    def services(self) -> None:
        found = self.assessment.services
        figures = f"{count(sum(s.findings for s in found), 'finding')} of {count(len(found), 'service')}"
        self.console.print(Text(f"What ties it: {figures}", "bold"))
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=False)
        table.add_column("service", overflow="fold", min_width=30)
        table.add_column("uses", justify="right")
        table.add_column("callers", justify="right")
        table.add_column("places", justify="right")
        for target in self.names:
            table.add_column(target, justify="right")
        for lock_in, services in groupby(found, key=lambda service: service.lock_in):
            table.add_row(Text(lock_in, _STYLE[lock_in]))
            for service in services:
                table.add_row(
                    escape(f"  {service.service}"),
                    f"{service.uses:,}",
                    f"{service.callers:,}",
                    f"{service.findings:,}",
                    *(days(service.each[target]) for target in self.names),
                )
        self.console.print(Padding(table, (0, 0, 0, 2), expand=False))
        self.line(OF_USES, 2, "dim")

    def instead(self) -> None:
        self.heading("What there is instead")
        self.line("; ".join(f"{word}: {means}" for word, means in FIDELITY.items()) + ".", 2, "dim")
        for service in in_use(self.assessment):
            text = Text.assemble((service.name, "bold"), "  ", (service.service, "dim"))
            self.line(text, 2)
            for equivalent in service.equivalents:
                self._equivalent(service, equivalent)

    def _equivalent(self, service: ServiceSummary, equivalent: Equivalent) -> None:
        several = len({e.capability for e in service.equivalents}) > 1
        kind = f" ({equivalent.capability})" if several else ""
        self.line(f"{self.names[equivalent.target]}{kind}: {answer(equivalent)}", 4)
        if equivalent.gaps:
            texts = [gap.text for gap in equivalent.gaps]
            rest = f"; {len(texts) - _GAPS} more" if len(texts) > _GAPS else ""
            self.line(f"lost: {'; '.join(texts[:_GAPS])}{rest}", 6, "yellow")
        if equivalent.refused:
            self.line(f"not acceptable: {equivalent.refused}", 6, "yellow")
        if equivalent.unknown_needs:
            self.line(f"not verified: {'; '.join(equivalent.unknown_needs[:_GAPS])}", 6, "dim")

    def where(self) -> None:
        self.heading("Where")
        components = sorted(self.assessment.components, key=lambda c: (-hardness(c.lock_in), -c.findings, c.id))
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column("component", overflow="fold")
        table.add_column("hardest")
        table.add_column("places", justify="right")
        for component in components[:_COMPONENTS]:
            name = f"{component.id} ({component.kind})"
            table.add_row(escape(name), Text(component.lock_in, _STYLE[component.lock_in]), f"{component.findings:,}")
        self.console.print(Padding(table, (0, 0, 0, 2), expand=False))
        if len(components) > _COMPONENTS:
            self.line(f"… and {count(len(components) - _COMPONENTS, 'more component')}", 2, "dim")

    def operators(self) -> None:
        """Under whose hands and law the code runs, and where it spells that out."""
        found = [finding for finding in self.assessment.findings if finding.operator]
        if not found:
            return
        self.heading("Who operates it")
        for (operator, seat), places in Counter((one.operator, one.jurisdiction) for one in found).most_common():
            self.line(f"{operator} ({seat}): {count(places, 'finding')}", 2)
        if fixed := [one for one in found if one.kind == "jurisdiction"]:
            what = "spells" if len(fixed) == 1 else "spell"
            self.line(f"{count(len(fixed), 'place')} {what} out an ARN or endpoint of theirs, such as", 2)
            self.line(f"{fixed[0].location}: {fixed[0].message}", 4, "dim")

    def beside(self) -> None:
        """What is no lock-in to a provider and still worth knowing."""
        self.operators()
        if ailing := unhealthy(self.assessment.findings):
            self.heading("Health: retired, relicensed or unmaintained, wherever it runs")
            for message, same in ailing.items():
                more = f" ({count(len(same), 'place')})" if len(same) > 1 else ""
                self.line(f"{same[0].location}: {message}{more}", 2, "yellow")
        if self.assessment.also_seen:
            self.heading("Also seen, not assessed")
            for seen in self.assessment.also_seen:
                where = f"{count(seen.places, 'place')}, such as {seen.sample}"
                self.line(f"{seen.name}, of {seen.steward} ({seen.seat}): {where}", 2)

    def findings(self, findings: Iterable[Finding]) -> None:
        self.heading("Findings")
        for path, found in groupby(findings, key=lambda finding: finding.location.path):
            self.line(path, 2, "bold")
            for finding in found:
                notes = [ROLES[finding.role]] if finding.role != "primary" else []
                notes += [finding.confidence] if finding.confidence != "certain" else []
                notes += [finding.context] if finding.context != "production" else []
                notes += [f"active: {finding.active}"] if finding.active != "yes" else []
                notes += [f"accepted: {finding.acceptance.reason}"] if finding.accepted and finding.acceptance else []
                notes += list(finding.features) + [f"perhaps {feature}" for feature in finding.features_unknown]
                text = Text(f"{finding.location.line}: ")
                text.append(finding.lock_in, _STYLE[finding.lock_in])
                text.append(f" {finding.service} {finding.symbol}")
                text.append(f" ({', '.join(notes)})" if notes else "", "dim")
                self.line(text, 4)

    def effort(self) -> None:
        self.heading("Effort")
        for target, name in self.names.items():
            unknown = self.assessment.unestimated[target]
            least = f", at least: {count(unknown, 'service')} without an estimate" if unknown else ""
            self.line(f"{name}: {days(self.assessment.effort[target])} person-days{least}", 2)
        self.line(f"{self.table.estimate_class} {self.table.a_day_contains}", 2, "dim")
        self.line("With the foundation, and each product set up once however many services move to it.", 2, "dim")
        self.line(f"Left out: {'; '.join(self.assessment.excluded)}.", 2, "dim")
        for target, name in self.names.items():
            if text := claims(self.assessment.claims.get(target)):
                self.line(f"Claims about {name}: {text}.", 2, "dim")
