"""How bad a finding is in the words of other tools: ``error``, ``warning`` or ``note``."""

from __future__ import annotations

from typing import Literal

from portability.gate import Judged

Severity = Literal["error", "warning", "note"]


def severity(one: Judged) -> Severity:
    """What fails is an error; of the rest, what is proprietary or captive is a warning while nobody accepted it."""
    if one.standing == "fails":
        return "error"
    hard = one.finding.lock_in in ("proprietary", "captive")
    return "warning" if hard and one.standing in ("told", "catalogue") else "note"


def told(one: Judged) -> str:
    """The message of a finding, with what was decided about it where that is no matter of course."""
    if one.standing in ("accepted", "known", "catalogue") or "accepted until" in one.why:
        return f"{one.finding.message} ({one.why})"
    return one.finding.message
