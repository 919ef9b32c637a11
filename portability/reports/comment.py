"""Markdown for a comment on a merge request: what fails first, the rest folded away."""

from __future__ import annotations

from collections.abc import Iterator

from portability.gate import Exit, Judged
from portability.reports import Report, compare
from portability.reports.markup import code, head, row, text
from portability.reports.words import answer, count, coverage_lines, level

MARK = "<!-- portability -->"
"""Stands first, so that a bot finds its own comment again."""
_SHOWN = 50
_TITLES = {
    "fails": "Fails",
    "catalogue": "New only because the catalogue is",
    "accepted": "Accepted",
    "told": "Told, does not fail",
    "known": "Known from before",
}


def lines(report: Report) -> Iterator[str]:
    """A heading, what fails as a table, the rest in folds, what was not read."""
    verdict, policy = report.verdict, report.assessment.policy
    yield MARK
    yield f"### portability: {_outcome(report)}"
    yield ""
    source = f" ({text(policy.source)})" if policy.source else ""
    yield f"Policy: **{text(policy.name)}**{source}, fails at `{policy.fail_on}` or above."
    for breach in verdict.breaches:
        yield f"- :x: {text(breach)}"
    for standing, title in _TITLES.items():
        chosen = [one for one in verdict.judged if one.standing == standing]
        if chosen:
            yield ""
            yield from _section(title, chosen, folded=standing != "fails")
    if report.since is not None:
        first, *rest = compare.lines(report.since)
        yield ""
        yield f"<details><summary>{text(first)}</summary>"
        yield ""
        yield from (f"- {text(line)}" for line in rest[:_SHOWN])
        if len(rest) > _SHOWN:
            yield f"- … and {count(len(rest) - _SHOWN, 'more change')}"
        yield ""
        yield "</details>"
    coverage = report.assessment.coverage
    yield ""
    yield "<details><summary>What was read</summary>"
    yield ""
    yield from (f"- {text(line)}" for line in coverage_lines(coverage))
    yield from (f"- {text(f'{one.path}:{one.line}: {one.message}')}" for one in coverage.problems[:_SHOWN])
    yield from (f"- {text(note)}" for note in verdict.notes)
    yield ""
    yield "</details>"


def _outcome(report: Report) -> str:
    if report.verdict.code == Exit.UNREAD:
        return "a file in scope could not be read"
    failing = len(report.verdict.failing)
    if failing:
        return f"{count(failing, 'finding')} that fail" if failing > 1 else "1 finding that fails"
    return "a limit is broken" if report.verdict.breaches else "nothing fails"


def _section(title: str, chosen: list[Judged], *, folded: bool) -> Iterator[str]:
    counted = f"{title} ({len(chosen)})"
    yield f"<details><summary>{counted}</summary>" if folded else f"#### {counted}"
    yield ""
    yield from head("where", "what", "leaving asks to", "why")
    for one in chosen[:_SHOWN]:
        finding = one.finding
        what = f"{text(finding.service)} {code(finding.symbol)}"
        why = " ".join([finding.message, *([f"({one.why})"] if not one.why.startswith(finding.lock_in) else [])])
        instead = [f"{known.target}: {answer(known)}" for known in finding.equivalents if known.product]
        said = text(" ".join([why, *(f"Instead, {one}." for one in instead)]))
        yield row((code(str(finding.location)), what, level(finding.lock_in), said))
    if len(chosen) > _SHOWN:
        yield row(("…", f"{len(chosen) - _SHOWN} more", "", ""))
    if folded:
        yield ""
        yield "</details>"
