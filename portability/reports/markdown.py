"""Markdown: of a check a comment for a merge request, of an audit a document to keep beside the code."""

from __future__ import annotations

from portability.reports import Report, comment, document


def report(report: Report) -> str:
    """The lines of the one or the other."""
    lines = comment.lines(report) if report.gate else document.lines(report)
    return "".join(f"{line}\n" for line in lines)
