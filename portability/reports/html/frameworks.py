"""What a reviewer may take from this report for frameworks, each with what it does not show. No score, no level."""

from __future__ import annotations

from typing import NamedTuple

from portability.model import Assessment
from portability.reports.html import answers, tally
from portability.reports.html.words import Words

_ROWS = (
    *("sov1", "sov2", "sov3", "sov4", "sov5", "sov6", "sov7", "sov8"),
    *("data_act_iaas", "data_act_other", "dora", "iso19941", "nl_cloud"),
)
_INFRASTRUCTURE = frozenset(
    {
        *("virtual-machine", "bare-metal", "block-storage", "private-network", "public-ip", "load-balancer"),
        *("security-group", "vpn", "dedicated-connection"),
    }
)
"""Capabilities that are infrastructure in the sense of the Data Act's Article 30(1): computing, storage, network."""


class Row(NamedTuple):
    """A part of a framework, what the report shows for it, and what it does not."""

    name: str
    shows: str
    misses: str


def frameworks(assessment: Assessment, words: Words) -> list[Row]:
    """The annotations, with the figures of this assessment."""
    figures = _figures(assessment)
    return [
        Row(words(f"{row}.name"), words(f"{row}.shows", **figures), words(f"{row}.misses"))
        for row in (f"framework.{name}" for name in _ROWS)
    ]


def _figures(assessment: Assessment) -> dict[str, object]:
    used = answers.in_use(assessment)
    infrastructure = [service for service in used if set(service.capabilities) & _INFRASTRUCTURE]
    alike = [s for s in used if s.equivalents and all(a.fidelity == "same-api" for a in s.equivalents)]
    return {
        "used": len(used),
        "alike": len(alike),
        "hard": sum(service.lock_in in ("proprietary", "captive") for service in used),
        "operators": len(tally.operators(assessment)),
        "spelt": len(tally.of_kind(assessment, "jurisdiction")),
        "keys": sum(bool({"key-management", "hardware-security-module"} & {*s.capabilities}) for s in used),
        "logs": sum(bool({"logs", "audit-log"} & {*s.capabilities}) for s in used),
        "infrastructure": len(infrastructure),
        "other": len(used) - len(infrastructure),
        "components": len(assessment.components),
        "seen": len(assessment.also_seen),
    }
