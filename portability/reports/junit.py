"""JUnit XML: a test case a finding, a suite a service. What fails is a failure, what is accepted is skipped.

The shape is the one that Jenkins published and most CI systems read. There is no time in it: the same input gives the
same bytes.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from portability.gate import Exit, Judged
from portability.patterns import regex
from portability.reports import Report
from portability.reports.compare import lines
from portability.reports.lines import line
from portability.reports.sarif import rule_id

_NOT_XML = regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report(report: Report) -> str:
    """One suite, in the shape that CI systems read."""
    cases = [_case(one) for one in report.verdict.judged]
    # Readers agree on failures and skipped cases; what they make of an error differs.
    unread = report.verdict.code == Exit.UNREAD
    problems = [
        _element("reading", f"{one.path}:{one.line}", "failure" if unread else "skipped", one.message)
        for one in report.assessment.coverage.problems
    ]
    breaches = [_element("limits", text, "failure", text) for text in report.verdict.breaches]
    failures = len(report.verdict.failing) + len(breaches) + (len(problems) if unread else 0)
    skipped = sum(one.standing in ("accepted", "known") for one in report.verdict.judged)
    skipped += 0 if unread else len(problems)
    everything = cases + breaches + problems
    head = (
        f'<testsuite name="portability" tests="{len(everything)}" failures="{failures}" errors="0" '
        f'skipped="{skipped}">\n'
        f'  <properties><property name="policy" value={_quoted(report.assessment.policy.name)}/></properties>\n'
    )
    said = "".join(f"{text}\n" for text in lines(report.since)) if report.since else ""
    tail = f"  <system-out>{escape(_plain(said))}</system-out>\n" if said else ""
    body = f"<testsuites>\n{head}{''.join(everything)}{tail}</testsuite>\n</testsuites>\n"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'


def _case(one: Judged) -> str:
    finding = one.finding
    name = f"{finding.location} {finding.symbol} {finding.address}"
    kind = {"fails": "failure", "accepted": "skipped", "known": "skipped"}.get(one.standing, "")
    return _element(rule_id(finding), name, kind, one.why if kind == "skipped" else line(finding))


def _element(suite: str, name: str, kind: str, message: str) -> str:
    head = f"  <testcase classname={_quoted('portability.' + suite.replace('/', '.'))} name={_quoted(name)}"
    if not kind:
        return f"{head}/>\n"
    return f"{head}>\n    <{kind} message={_quoted(message)}>{escape(_plain(message))}</{kind}>\n  </testcase>\n"


def _quoted(text: str) -> str:
    return quoteattr(_plain(text))


def _plain(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
