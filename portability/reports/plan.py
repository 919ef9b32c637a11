"""The exit plan: a row a component, some cells of which are a person's to fill in. As CSV, and read back."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from portability.assessment import spreadsheet
from portability.assessment.uses import counts_for_effort
from portability.model import Assessment, Finding, LockIn, Work
from portability.reports import Report, workbook
from portability.reports.csv import cell

EDITABLE = ("owner", "treatment", "wave", "trigger", "test", "note")
COLUMNS = (
    *("component", "kind", "level", "places", "services", "asks", "computed_wave"),
    *("waits_for", "moves_with", "declared", *EDITABLE),
)
SINCE, GONE = "since", "gone"
"""The column that a comparison adds, and what it says of a component that is not there any more."""
Edits = Mapping[tuple[str, str], Mapping[str, str]]
"""Component and kind → the editable cells that somebody filled in."""

_SIZES = ("_gb", "_mb", "_count", "_min", "_max", "_days", "_h")
_DECLARED = (
    "size",
    "version",
    "replicas",
    "nodes",
    "partitions",
    "high_availability",
    "versioning",
    "schedule",
    "region",
)
_TREATMENTS: Mapping[Work, str] = {
    "nothing": "",
    "repoint": "rehost",
    "rewrite": "replatform",
    "re-engineer": "refactor",
    "decide": "repurchase or retain",
    "find out": "",
}
"""The seven Rs that leaving amounts to, where nobody decided otherwise."""


class PlanError(Exception):
    """A plan that cannot be read back: why, and what to do."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A component and what becomes of it. ``edited`` names the cells that a person filled in."""

    component: str
    kind: str
    level: LockIn
    places: int
    services: tuple[str, ...]
    asks: Work
    computed_wave: str
    waits_for: tuple[str, ...]
    moves_with: tuple[str, ...]
    declared: str
    owner: str = ""
    treatment: str = ""
    wave: str = ""
    trigger: str = ""
    test: str = ""
    note: str = ""
    edited: tuple[str, ...] = ()

    def cells(self) -> list[str]:
        """The row in the order of ``COLUMNS``."""
        return [_text(getattr(self, name)) for name in COLUMNS]


def rows(assessment: Assessment, edits: Edits = {}) -> list[Row]:  # noqa: B006 - never written to
    """The plan by wave; what was edited stands above what was computed."""
    declared = _declared(assessment.findings)
    plan = []
    for one in assessment.components:
        wave = str(one.wave) if one.wave else ""
        given = {name: text for name, text in edits.get((one.id, one.kind), {}).items() if text}
        computed = {"wave": wave, "treatment": _TREATMENTS[one.work]}
        plan.append(
            Row(
                component=one.id,
                kind=one.kind,
                level=one.lock_in,
                places=one.findings,
                services=one.services,
                asks=one.work,
                computed_wave=wave,
                waits_for=one.waits_for,
                moves_with=one.moves_with,
                declared="; ".join(declared.get((one.id, one.kind), ())),
                edited=tuple(name for name, text in given.items() if text != computed.get(name)),
                **(computed | given),
            )
        )
    return sorted(plan, key=lambda row: (_number(row.wave), row.component, row.kind))


def unmatched(assessment: Assessment, edits: Edits) -> list[str]:
    """Rows of a plan whose component is not there (any more)."""
    known = {(one.id, one.kind) for one in assessment.components}
    return [f"{id} ({kind})" for id, kind in sorted(edits.keys() - known)]


def report(report: Report) -> str:
    """The plan as CSV (RFC 4180), to fill in and hand back."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    columns, lines = table(report)
    writer.writerow(columns)
    writer.writerows([cell(text) for text in line] for line in lines)
    return buffer.getvalue()


def table(report: Report) -> tuple[list[str], list[list[str]]]:
    """Columns and rows of the plan. A comparison adds what became of each component since, and rows for those that are
    gone."""
    plan = rows(report.assessment, report.plan)
    if report.since is None:
        return list(COLUMNS), [row.cells() for row in plan]
    before = {(row.component, row.kind): row for row in rows(report.since.before, {})}
    lines = [[*row.cells(), _since(row, before.pop((row.component, row.kind), None))] for row in plan]
    lines += [[*row.cells(), GONE] for row in before.values()]
    return [*COLUMNS, SINCE], lines


def _since(row: Row, before: Row | None) -> str:
    """``new``, or what was otherwise of what is computed: ``level was convertible; places was 3``."""
    if before is None:
        return "new"
    names = ("level", "places", "asks")
    was = {name: _text(getattr(before, name)) for name in names if getattr(before, name) != getattr(row, name)}
    return "; ".join(f"{name} was {text}" for name, text in was.items())


def read(path: Path) -> Edits:
    """The edits in a plan, a CSV file or a workbook. Raises PlanError, or OSError where it cannot be opened."""
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            filled = spreadsheet.by_name(workbook.table(path))
        else:
            filled = spreadsheet.rows(path)
    except spreadsheet.TableError as error:
        raise PlanError(str(error)) from error
    return _edits(filled, path)


def _edits(filled: Sequence[Mapping[str, str]], path: Path) -> Edits:
    columns = filled[0].keys() if filled else ()
    if missing := [name for name in ("component", "kind") if name not in columns]:
        raise PlanError(f"{path} has no column {' or '.join(missing)}; start from one that -o plan wrote")
    edits: dict[tuple[str, str], dict[str, str]] = {}
    for row in filled:
        given = {name: _plain(text) for name, text in row.items()}
        key = given["component"], given["kind"]
        if not given["component"] or given.get(SINCE) == GONE:
            continue
        if key in edits:
            raise PlanError(f"{path} has two rows for {key[0]} ({key[1]}); keep one")
        computed = {"wave": given.get("computed_wave", ""), "treatment": _treatment(given.get("asks", ""))}
        # What was computed then and left alone is computed again.
        edits[key] = {name: given[name] for name in EDITABLE if name in given and given[name] != computed.get(name)}
    return edits


def _treatment(work: str) -> str:
    return next((treatment for asked, treatment in _TREATMENTS.items() if asked == work), "")


def _plain(text: str) -> str:
    """A cell without the apostrophe that keeps it from being a formula."""
    return text[1:] if text[:1] == "'" and cell(text[1:]) == text else text


def _text(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _number(wave: str) -> tuple[int, str]:
    return (int(wave), "") if wave.isdecimal() else (10**6, wave)


def _declared(findings: Iterable[Finding]) -> dict[tuple[str, str], list[str]]:
    """What the code declares of sizes, copies and retention, by component, in order of the code."""
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for finding in findings:
        if finding.role == "primary" and counts_for_effort(finding):
            said = [
                f"{name} {_shown(value)}" for name, value in finding.inputs.items() if _tells(name) and _is_plain(value)
            ]
            if said:
                text = f"{finding.service.partition('/')[2]} {finding.address.rpartition('.')[2]}: {', '.join(said)}"
                found[finding.component, finding.language][text] = None
    return {key: list(texts) for key, texts in found.items()}


def _tells(name: str) -> bool:
    return name in _DECLARED or name.endswith(_SIZES) or name.startswith(("retention", "backup"))


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int, float)) and value != ""
