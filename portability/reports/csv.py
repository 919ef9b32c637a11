"""CSV (RFC 4180): a row a finding, for a spreadsheet. No cell can begin a formula."""

from __future__ import annotations

import csv
import io

from portability.reports import Report

COLUMNS = (
    *("path", "line", "column", "kind", "service", "lock_in", "role", "confidence", "active", "context", "language"),
    *("symbol", "address", "component", "operator", "jurisdiction", "features", "standing", "why", "owner", "until"),
    *("fingerprint", "message"),
)


def report(report: Report) -> str:
    """A header and the findings in order."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for one in report.verdict.judged:
        finding = one.finding
        said = finding.acceptance
        row = {
            "path": finding.location.path,
            "line": finding.location.line,
            "column": finding.location.column,
            "features": " ".join(finding.features),
            "standing": one.standing,
            "why": one.why,
            "owner": said.owner if said else "",
            "until": said.until if said else "",
        }
        writer.writerow(cell(row[name] if name in row else getattr(finding, name)) for name in COLUMNS)
    return buffer.getvalue()


def cell(value: object) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
