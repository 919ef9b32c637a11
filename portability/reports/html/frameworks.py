"""What a reviewer may take from this report for frameworks, each with what it does not show. No score, no level."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from portability.model import Assessment
from portability.reports.figures import in_use, is_hard
from portability.reports.html import tally
from portability.reports.html.words import Words

INFRASTRUCTURE = frozenset(
    {
        *("virtual-machine", "bare-metal", "block-storage", "private-network", "public-ip", "load-balancer"),
        *("security-group", "vpn", "dedicated-connection"),
    }
)
"""Capabilities that are infrastructure in the sense of the Data Act's Article 30(1): servers, networks, and the virtual
resources to run them."""
KEYS = frozenset({"key-management", "hardware-security-module"})
LOGS = frozenset({"logs", "audit-log"})


class Row(NamedTuple):
    """A part of a framework: what it asks after, what the report shows of it (empty: nothing), and what it does not."""

    name: str
    asks: str
    shows: str
    misses: str


class Framework(NamedTuple):
    """A framework, what it is and how much of its text was read, where that is, of which date, and when it was read."""

    name: str
    basis: str
    source: str
    dated: str
    checked: str
    verified: str
    rows: list[Row]


def frameworks(assessment: Assessment, words: Words) -> list[Framework]:
    """The annotations, with the figures of this assessment."""
    figures = _figures(assessment)
    return [
        Framework(
            name=words(f"framework.{id}.name"),
            basis=words(f"framework.{id}.basis"),
            rows=[_row(f"framework.{id}.{row}", words, figures) for row in facts["rows"]],
            **{name: facts[name] for name in ("source", "dated", "checked", "verified")},
        )
        for id, facts in _facts().items()
    ]


def _row(key: str, words: Words, figures: dict[str, object]) -> Row:
    name, asks, misses = (words(f"{key}.{part}") for part in ("name", "asks", "misses"))
    return Row(name, asks, words(f"{key}.shows", **figures), misses)


@cache
def _facts() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "frameworks.toml").read_text(encoding="utf-8"))


def _figures(assessment: Assessment) -> dict[str, object]:
    used = in_use(assessment)
    infrastructure = [service for service in used if not INFRASTRUCTURE.isdisjoint(service.capabilities)]
    alike = [s for s in used if s.equivalents and all(a.fidelity == "same-api" for a in s.equivalents)]
    return {
        "used": len(used),
        "alike": len(alike),
        "hard": sum(map(is_hard, used)),
        "open": sum(service.lock_in in ("portable", "compatible") for service in used),
        "operators": sum(one.places > 0 for one in tally.operators(assessment)),
        "spelt": len(tally.of_kind(assessment, "jurisdiction")),
        "keys": sum(not KEYS.isdisjoint(s.capabilities) for s in used),
        "logs": sum(not LOGS.isdisjoint(s.capabilities) for s in used),
        "infrastructure": len(infrastructure),
        "other": len(used) - len(infrastructure),
        "components": len(assessment.components),
        "seen": len(assessment.also_seen),
    }
