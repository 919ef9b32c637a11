"""GitHub's step summary: the Markdown without the mark that a bot looks for."""

from __future__ import annotations

from portability.reports import Report, markdown
from portability.reports.comment import MARK


def report(report: Report) -> str:
    """Append it to ``$GITHUB_STEP_SUMMARY``."""
    return markdown.report(report).removeprefix(f"{MARK}\n")
