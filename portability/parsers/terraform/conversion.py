"""Values of one type made values of another, as Terraform does it, and what it means by equal.

A conversion takes a value, which may be known in part or not at all, and gives UNKNOWN where Terraform would refuse it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from portability.model import UNKNOWN
from portability.parsers.terraform.values import MAX_DEPTH, literal

Conversion = Callable[[Any], Any]

MAX_SIZE: Final = 5_000
"""Values of more parts than this are unknown."""
_PART: Final = 50
"""Characters of a text that count as one part."""
_MAX_BITS: Final = 1_000
_LARGE: Final = 10**15
"""Whole numbers from here on may have been rounded."""
_MAX_NESTED: Final = 2 * MAX_DEPTH


class Set(list[Any]):
    """Elements in order, none twice, that have no index."""


class Field(NamedTuple):
    """An attribute of an object type: how it is converted, and what stands for it when it is not given."""

    convert: Conversion
    default: Any = None
    optional: bool = False


def known(value: Any) -> bool:
    """Whether nothing in a value is unknown."""
    if isinstance(value, dict):
        return all(map(known, value.values()))
    return all(map(known, value)) if isinstance(value, list) else value is not UNKNOWN


def same(one: Any, other: Any) -> bool:
    """Whether two known values are equal as Terraform has it: ``1`` is not ``true``, and not ``"1"``."""
    return bool(_identity(one) == _identity(other))


def _identity(value: Any) -> Any:
    """What equals that of another value, and can be looked up, if the two are the same."""
    if isinstance(value, dict):
        return frozenset((key, _identity(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return tuple(map(_identity, value))
    return (value, isinstance(value, bool))


def distinct(items: Any) -> Any:
    """The elements of a known list, none twice."""
    if not isinstance(items, list):
        return UNKNOWN
    found: dict[Any, Any] = {}
    for item in items:
        found.setdefault(_identity(item), item)
    return list(found.values())


def size(value: Any) -> int:
    """How many values lie in one, long texts by their length, up to a little more than the bound. What is nested very
    deep is beyond it too: locals that hold each other nest without end, and Python's stack is short."""
    level, total = [value], 0
    for _ in range(_MAX_NESTED):
        inner: list[Any] = []
        for item in level:
            if isinstance(item, list):
                inner += item
            elif isinstance(item, dict):
                inner += item.values()
            elif isinstance(item, str):
                total += len(item) // _PART
            elif isinstance(item, int) and item.bit_length() > _MAX_BITS:
                return MAX_SIZE + 1
            if total + len(level) + len(inner) > MAX_SIZE:
                return MAX_SIZE + 1
        total += len(level)
        if not inner:
            return total
        level = inner
    return MAX_SIZE + 1


def bounded(value: Any) -> Any:
    """The value, or UNKNOWN when it grew too large, counting all that lies in it."""
    return value if size(value) <= MAX_SIZE else UNKNOWN


def to_string(value: Any) -> Any:
    """A value as it stands in a template; UNKNOWN for null, which cannot stand in one, and for collections."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _LARGE else repr(value)
    return str(value) if isinstance(value, (str, int)) else UNKNOWN


def to_number(value: Any) -> Any:
    """A number, or a text that holds one."""
    found = literal(value.encode("utf-8", "replace")) if isinstance(value, str) else value
    return found if isinstance(found, (int, float)) and not isinstance(found, bool) else UNKNOWN


def computed(compute: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    """What comes of two numbers as Terraform counts, in decimals: 60 × 1.1 is 66."""
    found = compute(*(number if isinstance(number, int) else Decimal(repr(number)) for number in (one, other)))
    if isinstance(found, (bool, int)):
        return found
    return int(found) if found == int(found) and abs(found) < _LARGE else float(found)


def to_bool(value: Any) -> Any:
    """A boolean, or a text that holds one."""
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value, UNKNOWN)
    return value if isinstance(value, bool) else UNKNOWN


def as_it_is(value: Any) -> Any:
    """What ``any`` makes of a value."""
    return value


def nullable(convert: Conversion) -> Conversion:
    """A conversion that leaves null alone."""
    return lambda value: None if value is None else convert(value)


def list_of(convert: Conversion) -> Conversion:
    """To a list, from any kind of sequence."""
    return lambda value: list(_converted(value, convert)) if isinstance(value, list) else UNKNOWN


def set_of(convert: Conversion) -> Conversion:
    """To a set: of texts and numbers Terraform knows the order, of others the order of the code is kept."""

    def to_set(value: Any) -> Any:
        if not isinstance(value, list):
            return UNKNOWN
        items = _converted(value, convert)
        if not known(items):
            return Set(items)
        unique = distinct(items)
        ordered = all(isinstance(item, str) for item in unique) or all(to_number(item) is item for item in unique)
        return Set(sorted(unique) if ordered else unique)

    return to_set


def map_of(convert: Conversion) -> Conversion:
    """To a map, from an object too."""
    return lambda value: (
        dict(zip(value, _converted(list(value.values()), convert), strict=False))
        if isinstance(value, dict)
        else UNKNOWN
    )


def object_of(fields: Mapping[str, Field]) -> Conversion:
    """To an object that has these attributes and no other."""

    def to_object(value: Any) -> Any:
        if not isinstance(value, dict):
            return UNKNOWN
        found = {}
        for name, (convert, default, optional) in fields.items():
            if name not in value and not optional:
                return UNKNOWN
            given = value.get(name)
            found[name] = default if given is None else convert(given)
        return found

    return to_object


def tuple_of(converts: Sequence[Conversion]) -> Conversion:
    """To a sequence of just these types."""

    def to_tuple(value: Any) -> Any:
        if not isinstance(value, list) or len(value) != len(converts):
            return UNKNOWN
        return [convert(item) for convert, item in zip(converts, value, strict=True)]

    return to_tuple


def _converted(items: list[Any], convert: Conversion) -> list[Any]:
    """Elements of one type: those of ``any`` become texts where one of them is."""
    if convert is as_it_is and any(isinstance(item, str) for item in items):
        convert = _likewise
    found: list[Any] = []
    total = 0
    for item in items:
        found.append(convert(item) if total <= MAX_SIZE else UNKNOWN)
        total += size(found[-1])
    return found


def _likewise(item: Any) -> Any:
    return item if item is None or isinstance(item, (list, dict)) else to_string(item)
