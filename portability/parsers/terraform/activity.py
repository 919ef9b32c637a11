"""Whether a block makes anything: ``count``, ``for_each`` and ``enabled``, and what switches them."""

from __future__ import annotations

from typing import Any, Final

from portability.model import UNKNOWN, Active
from portability.parsers.terraform.body import Body

Activity = tuple[Active, str]
"""Whether it is there, and if only a run can tell, the expression that decides."""

_SWITCH_LENGTH: Final = 80


def active_of(body: Body) -> Activity:
    """Whether a block is there by itself.

    A number that follows from literals decides. One that follows from the default of a variable does not: whoever
    runs the code may set it.
    """
    switch = ""
    for owner, name in [
        (body, "count"),
        (body, "for_each"),
        *((inner, "enabled") for inner in body.children("lifecycle")),
    ]:
        empty = [_is_empty(outcome) for outcome in owner.outcomes(name)]
        if None in empty or len(set(empty)) > 1:
            empty = [_is_empty(owner.firmly(name))]
        if empty and all(empty):
            return "no", ""
        if any(answer is not False for answer in empty):
            switch = switch or _short(owner.source(name))
    return ("unknown", switch) if switch else ("yes", "")


def both_active(one: Activity, other: Activity) -> Activity:
    """Of a block, and of the calls that lead to it: it is there when both are."""
    if "no" in (one[0], other[0]):
        return "no", ""
    return one if one[0] == "unknown" else other


def either_active(calls: list[Activity]) -> Activity:
    """Of several calls one is enough."""
    order: dict[Active, int] = {"yes": 0, "unknown": 1, "no": 2}
    return min(calls, key=lambda call: order[call[0]], default=("yes", ""))


def _is_empty(value: Any) -> bool | None:
    """Whether a ``count``, ``for_each`` or ``enabled`` of this value makes nothing; None when it cannot be told."""
    return None if value is UNKNOWN else not value or value == "0"


def _short(source: str) -> str:
    source = " ".join(source.split())
    return source if len(source) <= _SWITCH_LENGTH else source[: _SWITCH_LENGTH - 1] + "…"
