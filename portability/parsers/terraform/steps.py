"""Where steps lead to from a value, what a ``for`` goes through, and what several values agree on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, Final

from portability.model import UNKNOWN
from portability.parsers.terraform import conversion

SPLAT: Final = object()
"""The step of ``a[*].b`` and ``a.*.b``: what follows is asked of every element."""

Step = Any
"""A name, an index (``str`` or ``int``), SPLAT, or UNKNOWN for an index that only a run could tell."""

MAX_ELEMENTS: Final = 1_000


def after(value: Any, steps: Sequence[Step]) -> Any:
    """What steps lead to from a value. A key that is not there is unknown: a type may supply it."""
    for number, step in enumerate(steps):
        if value is UNKNOWN or step is UNKNOWN:
            return UNKNOWN
        if step is SPLAT:
            items = [] if value is None else value if isinstance(value, list) else [value]
            return [after(item, steps[number + 1 :]) for item in items[:MAX_ELEMENTS]]
        if isinstance(value, dict):
            value = value.get(step if isinstance(step, str) else conversion.to_string(step), UNKNOWN)
        elif isinstance(value, list) and type(value) is list and str(step).isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return UNKNOWN
    return value


def misses(value: Any, step: Step) -> bool:
    """Whether a step leads nowhere from a value."""
    if isinstance(value, dict):
        return conversion.to_string(step) not in value
    if isinstance(value, list):
        return str(step).isdecimal() and int(step) >= len(value)
    return True


def entries(value: Any) -> list[tuple[Any, Any]] | None:
    """Keys and values of what a ``for`` or ``for_each`` goes through; None when that is not known, or too much."""
    if isinstance(value, dict):
        pairs = sorted(value.items())
    elif isinstance(value, conversion.Set):
        pairs = [(item, item) for item in value]
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    else:
        return None
    return pairs if len(pairs) <= MAX_ELEMENTS else None


def joined(values: Sequence[Any]) -> Any:
    """What all of them agree on: UNKNOWN where they do not, all of it or parts."""
    return reduce(_common, values) if values else UNKNOWN


def _common(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return {key: _common(value, other[key]) for key, value in one.items()}
    if type(one) is list and type(other) is list and len(one) == len(other):
        return list(map(_common, one, other))
    return one if conversion.known([one, other]) and conversion.same(one, other) else UNKNOWN
