"""The exit plan, the services, their equivalents and the findings as a workbook. Needs the extra ``xlsx``."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from portability.model import Assessment
from portability.reports import MissingExtraError, Report
from portability.reports import plan as exit_plan
from portability.reports.compare import Difference
from portability.reports.workbook import PLAN

_WIDTHS = {
    "component": 40,
    "services": 50,
    "declared": 50,
    "place": 60,
    "message": 90,
    "note": 40,
    "test": 40,
    "product": 50,
    "lost": 50,
    "warnings": 50,
    "reason": 50,
}


def report(report: Report) -> bytes:
    """The workbook: its first sheet is what ``--plan`` reads back. The same report gives the same bytes."""
    try:
        import xlsxwriter
    except ModuleNotFoundError as error:
        raise MissingExtraError("xlsx") from error
    from datetime import datetime

    assessment = report.assessment
    buffer = io.BytesIO()
    # Text stays text: nothing of the scanned code becomes a formula or a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": f"portability: {assessment.root}", "created": datetime(1980, 1, 1)})
        bold, open_cell = book.add_format({"bold": True, "bottom": 1}), book.add_format({"bg_color": "#F5F2EC"})
        plan_columns, plan = exit_plan.table(report)
        sheets: list[tuple[str, Sequence[str], Iterable[Sequence[str | float]]]] = [
            (PLAN, plan_columns, plan),
            ("Services", *_services(assessment)),
            ("Equivalents", *_equivalents(assessment)),
            ("Findings", *_findings(assessment)),
        ]
        if report.since is not None:
            sheets += [("Changes", *_changes(report.since)), ("Changed effort", *_shifts(report.since))]
        for name, columns, lines in sheets:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            for column, title in enumerate(columns):
                editable = name == PLAN and title in exit_plan.EDITABLE
                sheet.set_column(column, column, _WIDTHS.get(title, 16), open_cell if editable else None)
                sheet.write_string(0, column, title, bold)
            count = 0
            for count, line in enumerate(lines, 1):
                for column, value in enumerate(line):
                    if isinstance(value, (int, float)):
                        sheet.write_number(count, column, value)
                    else:
                        # A cell holds 32,767 characters at most.
                        sheet.write_string(count, column, value[:32_000])
            if count:
                sheet.autofilter(0, 0, count, len(columns) - 1)
    return buffer.getvalue()


def _services(assessment: Assessment) -> tuple[Sequence[str], Iterable[Sequence[str | float]]]:
    spans = [f"{target} {end}" for target in assessment.targets for end in ("low", "high")]
    columns = ("service", "name", "level", "uses", "callers", "places", *spans)
    lines: list[list[str | float]] = []
    for service in assessment.services:
        counts = (service.uses, service.callers, service.findings)
        line: list[str | float] = [service.service, service.name, service.lock_in, *counts]
        for target in assessment.targets:
            span = service.each[target]
            line += [span.low, span.high] if span else ["", ""]
        lines.append(line)
    return columns, lines


def _equivalents(assessment: Assessment) -> tuple[Sequence[str], Iterable[Sequence[str | float]]]:
    names = ("target", "capability", "product", "fidelity", "operated_by")
    facts = ("licence", "steward", "seat", "jurisdiction", "source", "checked", "verified")
    lines = (
        [
            service.service,
            *(str(getattr(one, name) or "") for name in names),
            *("; ".join(texts) for texts in ([gap.text for gap in one.gaps], one.unknown_needs, one.warnings)),
            *(str(getattr(one, name)) for name in facts),
            one.refused or one.reason,
        ]
        for service in assessment.services
        for one in service.equivalents
    )
    return ("service", *names, "lost", "not_verified", "warnings", *facts, "reason"), lines


def _findings(assessment: Assessment) -> tuple[Sequence[str], Iterable[Sequence[str | float]]]:
    names = ("service", "lock_in", "role", "context", "confidence", "symbol", "component", "message")
    lines = ((str(one.location), *(str(getattr(one, name)) for name in names)) for one in assessment.findings)
    return ("place", *names), lines


def _changes(found: Difference) -> tuple[Sequence[str], Iterable[Sequence[str | float]]]:
    columns = ("change", "place", "service", "symbol", "before", "now", "cause")
    lines = (
        [
            one.kind,
            one.path if one.line is None else f"{one.path}:{one.line}",
            *(one.service, one.symbol, one.before or "", one.now or "", one.cause),
        ]
        for one in found.changes
    )
    return columns, lines


def _shifts(found: Difference) -> tuple[Sequence[str], Iterable[Sequence[str | float]]]:
    columns = ("target", "service", "low before", "high before", "low now", "high now", "cause")
    lines = []
    for one in found.shifts:
        spans = [end for span in (one.before, one.now) for end in ((span.low, span.high) if span else ("", ""))]
        lines.append([one.target, one.service or "in all", *spans, one.cause])
    return columns, lines
