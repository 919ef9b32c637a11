"""Markdown for a comment on a merge request: what fails first, the rest folded away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portability.gate import Exit, Judged
from portability.reports import Report, compare
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


def report(report: Report) -> str:
    """A heading, what fails as a table, the rest in folds, what was not read."""
    return "".join(f"{line}\n" for line in lines(report))


def lines(report: Report) -> Iterator[str]:
    """The comment, line by line."""
    verdict, policy = report.verdict, report.assessment.policy
    yield MARK
    yield f"### portability: {_outcome(report)}"
    yield ""
    source = f" ({_text(policy.source)})" if policy.source else ""
    yield f"Policy: **{_text(policy.name)}**{source}, fails at `{policy.fail_on}` or above."
    for breach in verdict.breaches:
        yield f"- :x: {_text(breach)}"
    for standing, title in _TITLES.items():
        chosen = [one for one in verdict.judged if one.standing == standing]
        if chosen:
            yield ""
            yield from _section(title, chosen, folded=standing != "fails")
    if report.since is not None:
        head, *rest = compare.lines(report.since)
        yield ""
        yield f"<details><summary>{_text(head)}</summary>"
        yield ""
        yield from (f"- {_text(line)}" for line in rest[:_SHOWN])
        if len(rest) > _SHOWN:
            yield f"- … and {count(len(rest) - _SHOWN, 'more change')}"
        yield ""
        yield "</details>"
    coverage = report.assessment.coverage
    yield ""
    yield "<details><summary>What was read</summary>"
    yield ""
    yield from (f"- {_text(line)}" for line in coverage_lines(coverage))
    yield from (f"- {_text(f'{one.path}:{one.line}: {one.message}')}" for one in coverage.problems[:_SHOWN])
    yield from (f"- {_text(note)}" for note in verdict.notes)
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
    head = f"{title} ({len(chosen)})"
    yield f"<details><summary>{head}</summary>" if folded else f"#### {head}"
    yield ""
    yield "| where | what | leaving asks to | why |"
    yield "|---|---|---|---|"
    for one in chosen[:_SHOWN]:
        finding = one.finding
        what = f"{_text(finding.service)} {_code(finding.symbol)}"
        why = " ".join([finding.message, *([f"({one.why})"] if not one.why.startswith(finding.lock_in) else [])])
        instead = [f"{known.target}: {answer(known)}" for known in finding.equivalents if known.product]
        said = _text(" ".join([why, *(f"Instead, {text}." for text in instead)]))
        yield f"| {_code(str(finding.location))} | {what} | {level(finding.lock_in)} | {said} |"
    if len(chosen) > _SHOWN:
        yield f"| … | {len(chosen) - _SHOWN} more | | |"
    if folded:
        yield ""
        yield "</details>"


def _text(text: str) -> str:
    """Text without markup, links, mentions or HTML of its own."""
    plain = re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(text.split()))
    return plain.replace("@", "@&#8203;").replace("\\<", "&lt;").replace("\\>", "&gt;")


def _code(text: str) -> str:
    return "`" + " ".join(text.split()).replace("`", "'").replace("|", "\\|") + "`"
