"""SARIF 2.1.0, for code scanning: a rule a service and kind, fingerprints, suppressions, what may be used instead."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from portability import __version__
from portability.catalogue import HEALTH, Catalogue
from portability.gate import Judged
from portability.model import LOCK_IN, Finding, Location, Proposal
from portability.proposals.patches import edits
from portability.reports import Report
from portability.reports.compare import Change, Difference
from portability.reports.levels import severity, told
from portability.reports.words import answer

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "portability/v1"


def report(report: Report) -> str:
    """One run; problems of reading are notifications of its invocation."""
    rules: dict[str, dict[str, Any]] = {}
    for one in report.verdict.judged:
        if (id := rule_id(one.finding)) not in rules:
            rules[id] = _rule(one.finding, report.catalogue)
    order = {id: index for index, id in enumerate(rules)}
    changes = report.since.by_finding if report.since else {}
    fixes = _fixes(report.patches)
    run = {
        "tool": {
            "driver": {
                "name": "portability",
                "semanticVersion": __version__,
                "informationUri": "https://github.com/cloud-portability/portability",
                "rules": list(rules.values()),
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": report.verdict.code not in (2, 3),
                "exitCode": int(report.verdict.code),
                "toolExecutionNotifications": _notifications(report),
            }
        ],
        "properties": {
            "policy": report.assessment.policy.name,
            "catalogue": report.assessment.catalogue,
            **({"comparison": _comparison(report.since)} if report.since else {}),
        },
        "results": [_result(one, order, report, changes, fixes) for one in report.verdict.judged],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def rule_id(finding: Finding) -> str:
    """A service by its id; what is no lock-in says so in front."""
    plain = finding.kind == "lock-in" or finding.service.startswith(HEALTH)
    return finding.service if plain else f"{finding.kind}/{finding.service}"


def _rule(finding: Finding, catalogue: Catalogue) -> dict[str, Any]:
    if finding.service.startswith(HEALTH):
        health = catalogue.health[finding.service.removeprefix(HEALTH)]
        name, because, level = health.name, f"{health.because} {health.instead}", "warning"
    else:
        service = catalogue.service(finding.service)
        name, level = service.name, "error" if service.lock_in in ("proprietary", "captive") else "warning"
        because = f"{service.because} Leaving asks to: {LOCK_IN[service.lock_in]}."
    more = f"`portability explain {finding.service}` says what there is instead."
    return {
        "id": rule_id(finding),
        "name": "".join(part.capitalize() for part in name.replace("/", " ").split() if part),
        "shortDescription": {"text": name},
        "fullDescription": {"text": because},
        "help": {"text": f"{because} {more}", "markdown": f"**{name}**: {because}\n\n{more}"},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["portability", finding.kind, *finding.capabilities]},
    }


def _comparison(found: Difference) -> dict[str, Any]:
    """What a comparison found beside the results. What is gone is no result: a reader that knows no ``baselineState``
    would show it as there."""
    gone = (
        {
            "path": one.path,
            "ruleId": one.service,
            "symbol": one.symbol,
            "lockIn": one.before,
            "cause": one.cause,
            "fingerprint": one.fingerprint,
        }
        for one in found.of("gone")
    )
    counts = {kind: len(found.of(kind)) for kind in ("new", "changed")}
    return {
        "root": found.before.root,
        "catalogue": found.before.catalogue,
        **counts,
        "unchanged": found.kept,
        "gone": list(gone),
    }


def _result(
    one: Judged,
    order: Mapping[str, int],
    report: Report,
    changes: Mapping[str, Change],
    fixes: Mapping[Location, list[dict[str, Any]]],
) -> dict[str, Any]:
    finding = one.finding
    instead = [f"{known.target}: {answer(known)}" for known in finding.equivalents if known.product]
    result: dict[str, Any] = {
        "ruleId": rule_id(finding),
        "ruleIndex": order[rule_id(finding)],
        "kind": "fail",
        "level": severity(one),
        "message": {"text": " ".join([told(one), *(f"Instead on {line}." for line in instead)])},
        "locations": [{**_location(finding.location), "logicalLocations": [{"fullyQualifiedName": finding.address}]}],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {
            "lockIn": finding.lock_in,
            "confidence": finding.confidence,
            "context": finding.context,
            "features": list(finding.features),
            "standing": one.standing,
            "why": one.why,
        },
    }
    if finding.related:
        result["relatedLocations"] = [_location(place) for place in finding.related]
    if finding.location in fixes:
        result["fixes"] = fixes[finding.location]
    if report.since is not None:
        change = changes.get(finding.fingerprint)
        result["baselineState"] = {"new": "new", "changed": "updated"}[change.kind] if change else "unchanged"
        if change is not None:
            result["properties"] |= {"before": change.before, "cause": change.cause}
    elif one.state is not None:
        result["baselineState"] = one.state
    if finding.accepted and finding.acceptance is not None:
        said = finding.acceptance
        kind = "inSource" if said.kind == "inline" else "external"
        result["suppressions"] = [{"kind": kind, "status": "accepted", "justification": said.reason}]
    elif one.standing in ("known", "catalogue"):
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": one.why}]
    return result


def _fixes(patches: Iterable[Proposal]) -> dict[Location, list[dict[str, Any]]]:
    """The fixes of each place that a patch changes."""
    found: dict[Location, list[dict[str, Any]]] = defaultdict(list)
    for patch in patches:
        fix = _fix(patch)
        for place in dict.fromkeys(patch.replaces):
            found[place].append(fix)
    return dict(found)


def _fix(patch: Proposal) -> dict[str, Any]:
    """A patch as replacements of whole lines; all its places are in one file."""
    replacements = [
        {
            "deletedRegion": {"startLine": edit.first, "startColumn": 1, "endLine": edit.after, "endColumn": 1},
            "insertedContent": {"text": edit.text},
        }
        for edit in edits(patch.text)
    ]
    file = {"uri": quote(patch.replaces[0].path), "uriBaseId": "%SRCROOT%"}
    return {
        "description": {"text": " ".join([patch.title, *patch.decisions])},
        "artifactChanges": [{"artifactLocation": file, "replacements": replacements}],
    }


def _location(place: Location) -> dict[str, Any]:
    region = {"startLine": place.line, "startColumn": place.column}
    if (place.end_line, place.end_column) >= (place.line, place.column):
        region |= {"endLine": place.end_line, "endColumn": place.end_column}
    file = {"uri": quote(place.path), "uriBaseId": "%SRCROOT%"}
    return {"physicalLocation": {"artifactLocation": file, "region": region}}


def _notifications(report: Report) -> list[dict[str, Any]]:
    problems = [
        {
            "level": "warning",
            "message": {"text": problem.message},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(problem.path), "uriBaseId": "%SRCROOT%"},
                        "region": {"startLine": max(1, problem.line)},
                    }
                }
            ],
        }
        for problem in report.assessment.coverage.problems
    ]
    said = [("error", text) for text in report.verdict.breaches] + [("note", text) for text in report.verdict.notes]
    return problems + [{"level": level, "message": {"text": text}} for level, text in said]
