"""An audit as a Markdown document: what was read, what matters, what there is instead, where, and how much work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

from portability import __version__
from portability.assessment.estate import SEPARATOR
from portability.model import Equivalent, Finding, ServiceSummary
from portability.reports import Report, compare
from portability.reports.figures import by_wave, fit, in_use, is_hard, perhaps_in_use
from portability.reports.links import linker
from portability.reports.markup import code, head, row, text
from portability.reports.words import (
    FIDELITY,
    OF_USES,
    PERHAPS,
    answer,
    asked,
    count,
    coverage_lines,
    days,
    grouped,
    level,
    nothing_used,
    unhealthy,
)

_SHOWN = 50
_PLACES = 5


def lines(report: Report) -> Iterator[str]:
    """The document, line by line. Every word of the scanned code stands as text."""
    return _Document(report).lines()


class _Document:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.assessment = report.assessment
        self.names = {id: report.catalogue.targets[id].name for id in self.assessment.targets}
        self.used = in_use(self.assessment)
        self.link = linker(report.links)

    def lines(self) -> Iterator[str]:
        yield f"# {text(self.report.title or f'What ties {self.assessment.root} to its clouds')}"
        yield ""
        if dated := self.report.dated:
            of = SEPARATOR in self.assessment.root
            commits = (
                f", {f'{text(name)} ' if of else ''}commit {id} ({day})" for name, (id, day) in dated.commits.items()
            )
            yield f"Made on {dated.day}{''.join(commits)}."
            yield ""
        targets = ", ".join(self.names.values())
        yield f"portability {__version__}, catalogue {self.assessment.catalogue}. Compared with {targets}."
        yield from self._section("What was read, and what was not", self._read())
        if self.used:
            yield from self._section("In short", self._short())
        yield from self._section("What is in use", self._services())
        if self.used:
            yield from self._section("What goes first", self._waves())
            yield from self._section("What there is instead", self._instead())
            yield from self._section("Where it is", self._where())
        if ailing := unhealthy(self.assessment.findings):
            yield from self._section("Retired, relicensed or unmaintained", self._ailing(ailing))
        if self.used:
            yield from self._section("How much work", self._effort())
        if self.report.since is not None:
            yield from self._section("Since the earlier report", self._changes())

    def _section(self, title: str, content: Iterator[str]) -> Iterator[str]:
        yield ""
        yield f"## {title}"
        yield ""
        yield from content

    def _read(self) -> Iterator[str]:
        coverage = self.assessment.coverage
        yield from (f"- {text(line)}" for line in coverage_lines(coverage))
        told = list(grouped(coverage.problems))
        yield from (f"- {text(line)}" for line in told[:_SHOWN])
        if len(told) > _SHOWN:
            yield f"- … and {count(len(told) - _SHOWN, 'more kind')} of problem, all in `-o json`"

    def _short(self) -> Iterator[str]:
        hard = sum(map(is_hard, self.used))
        coverage = self.assessment.coverage
        of = "Of the part that was read: " if coverage.stopped + coverage.unread else ""
        yield f"{of}{count(len(self.used), 'service')} in use, {hard or 'none'} of them hard to leave."
        if perhaps := perhaps_in_use(self.assessment):
            yield f"{count(len(perhaps), 'more service')} perhaps: {PERHAPS}."
        yield ""
        yield from head("leaving asks to", "services", right=1)
        for lock_in, services in groupby(self.used, key=lambda service: service.lock_in):
            yield row((level(lock_in), f"{len(list(services)):,}"))
        yield ""
        yield from head("to", "person-days", "in full", "with loss", "not at all", "nobody knows", right=5)
        for target, name in self.names.items():
            least = "≥ " if self.assessment.unestimated[target] else ""
            figures = (f"{len(services):,}" for services in fit(self.assessment, target))
            yield row((text(name), least + days(self.assessment.effort[target]), *figures))

    def _services(self) -> Iterator[str]:
        if not self.assessment.services:
            yield nothing_used(self.assessment)
            return
        columns = ("service", "level", "uses", "callers", "places", *map(text, self.names.values()))
        yield from head(*columns, right=3 + len(self.names))
        for service in self.assessment.services:
            figures = (f"{figure:,}" for figure in (service.uses, service.callers, service.findings))
            efforts = (days(service.each[target]) for target in self.names)
            yield row((self._named(service), service.lock_in, *figures, *efforts))
        yield ""
        yield OF_USES

    def _waves(self) -> Iterator[str]:
        for wave in by_wave(self.assessment):
            if not wave.number:
                continue
            root = self.assessment.root
            shown = [code(root if component.id == "." else component.id) for component in wave.components[:_SHOWN]]
            if len(wave.components) > _SHOWN:
                shown.append(f"{len(wave.components) - _SHOWN:,} more")
            yield f"{wave.number}. {asked(wave.mix)}. {', '.join(shown)}"

    def _instead(self) -> Iterator[str]:
        yield f"{'; '.join(f'{word}: {means}' for word, means in FIDELITY.items())}."
        yield ""
        yield from head("service", *map(text, self.names.values()))
        for service in self.used:
            yield row((self._named(service), *(self._answers(service, target) for target in self.names)))

    def _answers(self, service: ServiceSummary, target: str) -> str:
        several = len(service.capabilities) > 1
        return "<br>".join(_answer(one, several=several) for one in service.equivalents if one.target == target)

    def _where(self) -> Iterator[str]:
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.assessment.findings:
            if finding.role in ("primary", "part") and finding.context == "production" and finding.active != "no":
                found[finding.service].append(finding)
        for service in self.used:
            places = sorted(found[service.service], key=lambda one: (one.role != "primary", one.location))
            shown = ", ".join(self._place(one) for one in places[:_PLACES])
            rest = f", {len(places) - _PLACES:,} more" if len(places) > _PLACES else ""
            yield f"- {self._named(service)}: {shown}{rest}"

    def _place(self, finding: Finding) -> str:
        place = code(str(finding.location))
        address = self.link(finding.location)
        return f"[{place}]({address})" if address else place

    def _ailing(self, ailing: dict[str, list[Finding]]) -> Iterator[str]:
        for said, findings in ailing.items():
            places = count(len(findings), "place")
            yield f"- {text(said)} {places}, such as {self._place(findings[0])}."

    def _effort(self) -> Iterator[str]:
        table = self.report.catalogue.effort
        yield f"{text(table.estimate_class)} {text(table.a_day_contains)}"
        yield ""
        yield f"Left out: {text('; '.join(self.assessment.excluded))}."

    def _changes(self) -> Iterator[str]:
        if self.report.since is not None:
            first, *rest = compare.lines(self.report.since)
            yield text(first)
            yield ""
            yield from (f"- {text(line)}" for line in rest)

    def _named(self, service: ServiceSummary) -> str:
        return f"{text(service.name)} {code(service.service)}"


def _answer(equivalent: Equivalent, *, several: bool) -> str:
    kind = f"{equivalent.capability}: " if several else ""
    lost = f" Lost: {'; '.join(gap.text for gap in equivalent.gaps)}." if equivalent.gaps else ""
    refused = f" Not acceptable: {equivalent.refused}." if equivalent.refused else ""
    unsure = f" Not verified: {'; '.join(equivalent.unknown_needs)}." if equivalent.unknown_needs else ""
    said = f"{kind}{answer(equivalent)}".rstrip(".")
    return text(f"{said}.{lost}{refused}{unsure}")
