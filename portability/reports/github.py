"""Workflow commands of GitHub Actions: an annotation a finding, on the line of the change that it belongs to."""

from __future__ import annotations

from portability.reports import Report
from portability.reports.levels import severity, told

_COMMAND = {"error": "error", "warning": "warning", "note": "notice"}


def report(report: Report) -> str:
    """``::error file=…,line=…,title=…::message``; what was there before is not annotated."""
    lines = []
    changes = report.since.by_finding if report.since else None
    for one in report.verdict.judged:
        if one.standing == "known" or (changes is not None and one.finding.fingerprint not in changes):
            continue
        place = one.finding.location
        where = {"file": place.path, "line": place.line, "endLine": place.end_line, "title": f"{one.finding.service}"}
        said = ",".join(f"{key}={_property(str(value))}" for key, value in where.items())
        lines.append(f"::{_COMMAND[severity(one)]} {said}::{_data(f'{one.finding.lock_in}: {told(one)}')}")
    lines += [
        f"::warning file={_property(one.path)},line={one.line},title=not read::{_data(one.message)}"
        for one in report.assessment.coverage.problems
    ]
    lines += [f"::error title=portability::{_data(text)}" for text in report.verdict.breaches]
    notes = [*report.verdict.notes, *([report.since.head] if report.since else [])]
    lines += [f"::notice title=portability::{_data(text)}" for text in notes]
    return "".join(f"{line}\n" for line in lines)


def _data(text: str) -> str:
    """A message as the runner takes it: what would end it, or begin another command, is escaped."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
