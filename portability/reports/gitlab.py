"""GitLab's Code Quality report: a JSON list that a merge request shows. What is accepted or known is ``info``."""

from __future__ import annotations

import json
from collections.abc import Mapping

from portability.gate import Judged
from portability.model import LockIn
from portability.reports import Report
from portability.reports.levels import told
from portability.reports.sarif import rule_id

_SEVERITY: Mapping[LockIn, str] = {
    "captive": "critical",
    "proprietary": "major",
    "convertible": "minor",
    "unknown": "minor",
    "compatible": "info",
    "portable": "info",
}


def report(report: Report) -> str:
    """Every finding, with a fingerprint that no other has."""
    issues = [
        {
            "description": f"{one.finding.lock_in}: {told(one)}",
            "check_name": rule_id(one.finding),
            "fingerprint": one.finding.fingerprint,
            "severity": severity_of(one),
            "location": {
                "path": one.finding.location.path,
                "lines": {"begin": one.finding.location.line, "end": one.finding.location.end_line},
            },
        }
        for one in report.verdict.judged
    ]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def severity_of(one: Judged) -> str:
    """What fails keeps at least ``major``; what somebody accepted, or was there, is ``info``."""
    if one.standing in ("accepted", "known"):
        return "info"
    severity = _SEVERITY[one.finding.lock_in]
    return "major" if one.standing == "fails" and severity in ("minor", "info") else severity
