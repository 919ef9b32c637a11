"""The pure functions of Terraform that configurations use most, over values that may be known in part.

A function is handed values and gives one back, or UNKNOWN where what it was given does not say enough. Results are
bounded: an expression of a few bytes must not come to megabytes.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from typing import Any, Final

from portability.model import UNKNOWN
from portability.parsers.terraform.conversion import (
    MAX_SIZE,
    Set,
    as_it_is,
    bounded,
    distinct,
    known,
    list_of,
    map_of,
    nullable,
    same,
    set_of,
    to_bool,
    to_number,
    to_string,
)

_MAX_LENGTH: Final = 100_000
"""Characters that a function may make."""


def call(name: str, arguments: list[Any]) -> Any:
    """What a function comes to; UNKNOWN for one that is not in the table, or is not called as Terraform allows."""
    found = _FUNCTIONS.get(name)
    if found is None:
        return UNKNOWN
    function, least, most, whole = found
    if not least <= len(arguments) <= most or (whole and not all(map(known, arguments))):
        return UNKNOWN
    try:
        return bounded(function(*arguments))
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError):
        return UNKNOWN


def _strings(items: Any) -> list[str]:
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise TypeError
    return items


def _join(separator: str, *lists: list[Any]) -> str:
    parts = [to_string(item) for items in lists for item in items]
    if UNKNOWN in parts or sum(map(len, parts)) + len(separator) * len(parts) > _MAX_LENGTH:
        raise ValueError
    return separator.join(parts)


def _replace(whole: str, old: str, new: str) -> Any:
    if (len(old) > 1 and old[0] == old[-1] == "/") or len(whole) * max(1, len(new)) > _MAX_LENGTH:
        return UNKNOWN
    return whole.replace(old, new)


def _concat(*lists: Any) -> Any:
    if not all(isinstance(items, list) for items in lists) or sum(map(len, lists)) > MAX_SIZE:
        return UNKNOWN
    return [item for items in lists for item in items]


def _merge(*maps: Any) -> Any:
    if not all(isinstance(entries, dict) or entries is None for entries in maps):
        return UNKNOWN
    merged: dict[str, Any] = {}
    for entries in maps:
        merged |= entries or {}
    return merged


def _lookup(entries: Any, key: Any, default: Any = UNKNOWN) -> Any:
    return entries.get(key, default) if isinstance(entries, dict) and key is not UNKNOWN else UNKNOWN


def _length(value: Any) -> Any:
    if isinstance(value, Set) and not known(value):
        return UNKNOWN  # two of its elements may be one
    return len(value) if isinstance(value, (str, list, dict)) else UNKNOWN


def _element(items: Any, index: Any) -> Any:
    if not isinstance(items, list) or not items or type(index) is not int or index < 0:
        return UNKNOWN
    return items[index % len(items)]


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if value is UNKNOWN or (value is not None and value != "")), UNKNOWN)


def _extreme(choose: Callable[..., Any]) -> Callable[..., Any]:
    def of(*numbers: Any) -> Any:
        if any(isinstance(number, bool) or not isinstance(number, (int, float)) for number in numbers):
            return UNKNOWN
        return choose(numbers)

    return of


def _try(*values: Any) -> Any:
    """The first that does not fail. Whether an unknown one does, only a run could tell."""
    return values[0]


def _contains(items: Any, item: Any) -> Any:
    return any(same(one, item) for one in items) if isinstance(items, list) else UNKNOWN


def _flatten(items: Any) -> Any:
    if not isinstance(items, list):
        return UNKNOWN
    flat: list[Any] = []
    for item in items:
        if item is UNKNOWN:
            return UNKNOWN
        inner = _flatten(item) if isinstance(item, list) else [item]
        if inner is UNKNOWN or len(flat) + len(inner) > MAX_SIZE:
            return UNKNOWN
        flat += inner
    return flat


def _json(value: Any) -> Any:
    """A document counts as what it holds: that is what anybody asks for."""
    return value if isinstance(value, (list, dict)) else UNKNOWN


def _substr(whole: str, offset: int, length: int) -> str:
    offset = offset + len(whole) if offset < 0 else offset
    return whole[offset:] if length < 0 else whole[offset : offset + length]


def _keys(entries: Any) -> Any:
    return sorted(entries) if isinstance(entries, dict) else UNKNOWN


def _values(entries: Any) -> Any:
    return [entries[key] for key in sorted(entries)] if isinstance(entries, dict) else UNKNOWN


def _one(items: Any) -> Any:
    return UNKNOWN if not isinstance(items, list) or len(items) > 1 else items[0] if items else None


_FUNCTIONS: Final[dict[str, tuple[Callable[..., Any], int, int, bool]]] = {
    "lower": (str.lower, 1, 1, True),
    "upper": (str.upper, 1, 1, True),
    "trimspace": (str.strip, 1, 1, True),
    "trim": (str.strip, 2, 2, True),
    "trimprefix": (str.removeprefix, 2, 2, True),
    "trimsuffix": (str.removesuffix, 2, 2, True),
    "startswith": (str.startswith, 2, 2, True),
    "endswith": (str.endswith, 2, 2, True),
    "replace": (_replace, 3, 3, True),
    "substr": (_substr, 3, 3, True),
    "split": (lambda separator, whole: whole.split(separator) if separator else UNKNOWN, 2, 2, True),
    "join": (_join, 2, 99, True),
    "concat": (_concat, 1, 99, False),
    "merge": (_merge, 1, 99, False),
    "lookup": (_lookup, 2, 3, False),
    "length": (_length, 1, 1, False),
    "element": (_element, 2, 2, False),
    "coalesce": (_coalesce, 1, 99, False),
    "compact": (lambda items: [item for item in _strings(items) if item], 1, 1, True),
    "distinct": (distinct, 1, 1, True),
    "flatten": (_flatten, 1, 1, False),
    "contains": (_contains, 2, 2, True),
    "keys": (_keys, 1, 1, False),
    "values": (_values, 1, 1, False),
    "reverse": (lambda items: items[::-1] if isinstance(items, list) else UNKNOWN, 1, 1, False),
    "sort": (lambda items: sorted(_strings(items)), 1, 1, True),
    "zipmap": (lambda names, items: dict(zip(_strings(names), items, strict=True)), 2, 2, False),
    "one": (_one, 1, 1, False),
    "abs": (abs, 1, 1, True),
    "ceil": (math.ceil, 1, 1, True),
    "floor": (math.floor, 1, 1, True),
    "min": (_extreme(min), 1, 99, True),
    "max": (_extreme(max), 1, 99, True),
    "toset": (set_of(as_it_is), 1, 1, False),
    "try": (_try, 1, 99, False),
    "tolist": (list_of(as_it_is), 1, 1, False),
    "tomap": (map_of(as_it_is), 1, 1, False),
    "jsonencode": (_json, 1, 1, False),
    "tostring": (nullable(to_string), 1, 1, True),
    "tonumber": (nullable(to_number), 1, 1, True),
    "tobool": (nullable(to_bool), 1, 1, True),
    "base64encode": (lambda whole: base64.b64encode(whole.encode()).decode(), 1, 1, True),
}
"""Name → the function, how few and how many arguments it takes, and whether all of them must be known."""
