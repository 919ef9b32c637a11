"""CSV (RFC 4180): a row a finding, for a spreadsheet. No cell can begin a formula."""

from __future__ import annotations

import csv
import io

from portability.reports import Report
from portability.reports.compare import Change

COLUMNS = (
    *("path", "line", "column", "kind", "service", "lock_in", "role", "confidence", "active", "context", "language"),
    *("symbol", "address", "component", "operator", "jurisdiction", "features", "standing", "why", "owner", "until"),
    *("fingerprint", "message"),
)
CHANGED = ("since", "before", "cause")
"""What a comparison adds. What is gone has rows of its own at the end."""


def report(report: Report) -> str:
    """A header and the findings in order."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    found = report.since
    columns = COLUMNS if found is None else (*COLUMNS, *CHANGED)
    writer.writerow(columns)
    changes = found.by_finding if found else {}
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
        if found is not None:
            row |= _said(changes.get(finding.fingerprint))
        writer.writerow(cell(row[name] if name in row else getattr(finding, name)) for name in columns)
    for gone in found.of("gone") if found is not None else ():
        row = {name: getattr(gone, name) for name in ("path", "service", "symbol", "fingerprint")} | _said(gone)
        writer.writerow(cell(row.get(name, "")) for name in columns)
    return buffer.getvalue()


def _said(change: Change | None) -> dict[str, str]:
    """What changed, for the columns of a comparison; empty where nothing did."""
    said = (change.kind, change.before or "", change.cause) if change else ("", "", "")
    return dict(zip(CHANGED, said, strict=True))


def cell(value: object) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
