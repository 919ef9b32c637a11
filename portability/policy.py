"""Where the line is drawn: presets, and what a policy says of an operator, a steward and a licence."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from portability.model import Equivalent, Policy

PRESETS = Path(__file__).parent / "data" / "policies.toml"
_EU = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
GROUPS: Mapping[str, frozenset[str]] = {"EU": _EU, "EEA": _EU | {"IS", "LI", "NO"}}
"""Names for several ISO 3166 codes."""

_NOT_OPEN = frozenset({"", "proprietary", "unknown", "SSPL-1.0", "BUSL-1.1", "Elastic-2.0"})
"""Licences, as the rules write them, that the Open Source Initiative does not list."""


def presets() -> dict[str, dict[str, Any]]:
    """The policies that come along, by name, as their file has them."""
    import tomllib

    return tomllib.loads(PRESETS.read_text(encoding="utf-8"))


def accepts(named: Collection[str], code: str) -> bool:
    """Whether a jurisdiction or seat is among those that a list names; an empty list takes every one."""
    return not named or code in named or any(code in GROUPS.get(name, ()) for name in named)


def is_open(licence: str) -> bool:
    """Whether an SPDX expression leaves a way that is open source throughout."""
    choices = re.split(r"\s+OR\s+", licence.strip("() "))
    return any(all(_is_open(part.strip("() ")) for part in re.split(r"\s+AND\s+", choice)) for choice in choices)


def refusal(policy: Policy, answer: Equivalent) -> str:
    """Why the policy does not accept an equivalent, as half a sentence; empty where it does, or where there is none."""
    if answer.product is None:
        return ""
    if not accepts(policy.operators, answer.jurisdiction):
        return f"the policy {policy.name} does not accept an operator in {answer.jurisdiction or 'an unknown place'}"
    free = is_open(answer.licence)
    if policy.open_source_only and not free:
        return (
            f"the policy {policy.name} accepts open source only, and this is {answer.licence or 'of unknown licence'}"
        )
    if not accepts(policy.stewards, answer.seat) and not (free and policy.open_source_anywhere):
        return f"the policy {policy.name} does not accept a steward in {answer.seat or 'an unknown place'}"
    return ""


def _is_open(licence: str) -> bool:
    return licence not in _NOT_OPEN and not licence.startswith("LicenseRef-")
