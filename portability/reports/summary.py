"""GitHub's step summary: the comment's Markdown without the mark that a bot looks for."""

from __future__ import annotations

from portability.reports import Report
from portability.reports.markdown import MARK, lines


def report(report: Report) -> str:
    """Append it to ``$GITHUB_STEP_SUMMARY``."""
    return "".join(f"{line}\n" for line in lines(report) if line != MARK)
