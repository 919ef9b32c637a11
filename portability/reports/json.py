"""The JSON report: versioned, deterministic, with its own schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from portability.gate import Exit, Verdict
from portability.gate.verdict import Standing
from portability.model import Assessment, Language, LockIn, Work
from portability.reports import Report
from portability.reports.figures import by_wave

if TYPE_CHECKING:
    from portability.reports.compare import Difference

SCHEMA_VERSION = "1.0"
_OF_THE_TOOL = ("version", "catalogue")
"""What an assessment says of who made it; in JSON under ``tool``."""
_TEXTS = {"type": "array", "items": {"type": "string"}}
_JUDGED = {
    "fingerprint": {"type": "string"},
    "standing": {"enum": list(get_args(Standing))},
    "why": {"type": "string"},
}
_GATE = {
    "type": "object",
    "properties": {
        "code": {"enum": [int(code) for code in Exit]},
        "breaches": _TEXTS,
        "notes": _TEXTS,
        "judged": {"type": "array", "items": {"type": "object", "properties": _JUDGED, "required": list(_JUDGED)}},
    },
    "required": ["code", "breaches", "notes", "judged"],
}
"""What ``check`` adds."""


_COMPONENT = {"id": {"type": "string"}, "kind": {"enum": list(get_args(Language))}}
_WAVE = {
    "number": {"type": "integer"},
    "work": {"enum": list(get_args(Work))},
    "components": {
        "type": "array",
        "items": {"type": "object", "properties": _COMPONENT, "required": list(_COMPONENT)},
    },
}
_WAVES = {"type": "array", "items": {"type": "object", "properties": _WAVE, "required": list(_WAVE)}}
"""Components in order of leaving; wave 0 has nothing to move and comes last."""


_LEVEL = {"enum": [*get_args(LockIn), None]}
_SPAN = {"anyOf": [{"type": "null"}, {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}]}
_CAUSE = {"enum": ["code", "rules", "either"]}
_CHANGE = {
    "kind": {"enum": ["new", "gone", "changed"]},
    "path": {"type": "string"},
    "line": {"type": ["integer", "null"]},
    "service": {"type": "string"},
    "symbol": {"type": "string"},
    "before": _LEVEL,
    "now": _LEVEL,
    "cause": _CAUSE,
    "fingerprint": {"type": "string"},
}
_SHIFT = {
    "target": {"type": "string"},
    "service": {"type": ["string", "null"]},
    "before": _SPAN,
    "now": _SPAN,
    "cause": _CAUSE,
}
_DIFFERENCE = {
    "type": "object",
    "properties": {
        "root": {"type": "string"},
        "catalogue": {"type": "string"},
        "kept": {"type": "integer"},
        "changes": {"type": "array", "items": {"type": "object", "properties": _CHANGE, "required": list(_CHANGE)}},
        "shifts": {"type": "array", "items": {"type": "object", "properties": _SHIFT, "required": list(_SHIFT)}},
    },
    "required": ["root", "catalogue", "kept", "changes", "shifts"],
}
"""What ``--compare`` adds."""


def as_data(assessment: Assessment) -> dict[str, Any]:
    """The report as data, in the order in which it is written."""
    data: dict[str, Any] = msgspec.structs.asdict(assessment)
    tool = {"name": "portability", **{name: data.pop(name) for name in _OF_THE_TOOL}}
    waves = [
        {
            "number": wave.number,
            "work": wave.work,
            "components": [{"id": c.id, "kind": c.kind} for c in wave.components],
        }
        for wave in by_wave(assessment)
    ]
    return {"schema_version": SCHEMA_VERSION, "tool": tool, **data, "waves": waves}


def render(assessment: Assessment, verdict: Verdict | None = None, since: Difference | None = None) -> str:
    """The report as JSON text, two spaces an indent, ending in a newline. A verdict is told under ``gate``, what
    changed since an earlier report under ``difference``."""
    data = as_data(assessment)
    if since is not None:
        data["difference"] = {
            "root": since.before.root,
            "catalogue": since.before.catalogue,
            "kept": since.kept,
            "changes": [change._asdict() for change in since.changes],
            "shifts": [shift._asdict() for shift in since.shifts],
        }
    if verdict is not None:
        data["gate"] = {
            "code": int(verdict.code),
            "breaches": verdict.breaches,
            "notes": verdict.notes,
            "judged": [
                {"fingerprint": one.finding.fingerprint, "standing": one.standing, "why": one.why}
                for one in verdict.judged
            ],
        }
    return (msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n").decode()


class NotAReportError(Exception):
    """A file that this tool did not write as a JSON report: why, and what to do."""


def load(path: Path) -> Assessment:
    """The assessment that a JSON report holds. Raises NotAReportError, or OSError where it cannot be opened."""
    try:
        data = msgspec.json.decode(path.read_bytes())
        if not isinstance(data, dict) or data.get("schema_version") != SCHEMA_VERSION:
            raise NotAReportError(f"{path} is no report of schema {SCHEMA_VERSION}; write one with -o json=FILE")
        return msgspec.convert({**data, **{name: data["tool"][name] for name in _OF_THE_TOOL}}, Assessment)
    except (msgspec.DecodeError, msgspec.ValidationError, KeyError, TypeError) as error:
        raise NotAReportError(f"{path} is no JSON report of this version: {error}; audit again") from error


def report(report: Report) -> str:
    """The report of a run; a check says what its gate did."""
    verdict = report.verdict if report.gate else None
    return render(report.assessment, verdict, report.since)


def schema() -> dict[str, Any]:
    """The report's JSON Schema (2020-12)."""
    described = msgspec.json.schema(Assessment)
    definition = described["$defs"]["Assessment"]
    properties = {name: value for name, value in definition["properties"].items() if name not in _OF_THE_TOOL}
    tool = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("name", *_OF_THE_TOOL)},
        "required": ["name", *_OF_THE_TOOL],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "portability report",
        "type": "object",
        "properties": {
            "schema_version": {"const": SCHEMA_VERSION},
            "tool": tool,
            **properties,
            "waves": _WAVES,
            "gate": _GATE,
            "difference": _DIFFERENCE,
        },
        "required": [
            *("schema_version", "tool", "waves"),
            *(name for name in definition["required"] if name not in _OF_THE_TOOL),
        ],
        "$defs": {name: value for name, value in described["$defs"].items() if name != "Assessment"},
    }
