"""The JSON report: versioned, deterministic, with its own schema."""

from __future__ import annotations

from typing import Any

import msgspec

from portability import __version__
from portability.model import Assessment

SCHEMA_VERSION = "1.0"


def as_data(assessment: Assessment) -> dict[str, Any]:
    """The report as plain data, in the order in which it is written."""
    data: dict[str, Any] = msgspec.to_builtins(assessment)
    tool = {"name": "portability", "version": __version__, "catalogue": data.pop("catalogue")}
    return {"schema_version": SCHEMA_VERSION, "tool": tool, **data}


def render(assessment: Assessment) -> str:
    """The report as JSON text, two spaces an indent, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(as_data(assessment)), indent=2).decode() + "\n"


def schema() -> dict[str, Any]:
    """The report's JSON Schema (2020-12)."""
    described = msgspec.json.schema(Assessment)
    definition = described["$defs"]["Assessment"]
    properties = {name: value for name, value in definition["properties"].items() if name != "catalogue"}
    tool = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("name", "version", "catalogue")},
        "required": ["name", "version", "catalogue"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "portability report",
        "type": "object",
        "properties": {"schema_version": {"const": SCHEMA_VERSION}, "tool": tool, **properties},
        "required": ["schema_version", "tool", *(name for name in definition["required"] if name != "catalogue")],
        "$defs": {name: value for name, value in described["$defs"].items() if name != "Assessment"},
    }
