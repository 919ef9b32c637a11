"""One line a finding, as compilers write them. Imports nothing heavy: this is what a hook prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from portability.gate import Verdict
from portability.model import Assessment, Finding
from portability.reports import Report


def render(findings: Iterable[Finding]) -> str:
    """``path:line:column: level service: message``, a line each."""
    return "".join(f"{one}\n" for one in map(line, findings))


def line(finding: Finding) -> str:
    """A finding as one line."""
    place = f"{finding.location.path}:{finding.location.line}:{finding.location.column}"
    return f"{place}: {finding.lock_in} {finding.service} ({finding.symbol}): {finding.message}"


def report(report: Report) -> str:
    """What fails, a line each with the reason where it is not the level alone, and one line for the rest."""
    said = "".join(f"{one}\n" for one in _lines(report.assessment, report.verdict))
    return said + (f"{report.since.head}\n" if report.since else "")


def _lines(assessment: Assessment, verdict: Verdict) -> Iterator[str]:
    policy = assessment.policy
    for one in verdict.judged:
        if one.standing == "fails":
            plain = one.why.startswith(one.finding.lock_in)
            yield line(one.finding) + ("" if plain else f" [{one.why}]")
    for one in verdict.judged:
        if one.standing == "catalogue":
            yield f"{line(one.finding)} [{one.why}; fails with --strict-catalogue only]"
    yield from (f"fails: {breach}" for breach in verdict.breaches)
    if not verdict.judged:
        return
    known, accepted, told = (len(verdict.of(standing)) for standing in ("known", "accepted", "told"))
    parts = [f"{len(verdict.failing)} at {policy.fail_on} or above, {told} more that do not fail"]
    parts += [f"{known} known from before"] if known else []
    parts += [f"{accepted} accepted"] if accepted else []
    source = f" ({policy.source})" if policy.source else ""
    named = "" if policy.name == "default" else f" Policy: {policy.name}{source}."
    yield f"{', '.join(parts)}.{named}"
