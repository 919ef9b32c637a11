"""The pure functions of Terraform that configurations use most, over values that may be known in part.

A function is handed values and gives one back, or UNKNOWN where what it was given does not say enough. Results are
bounded: an expression of a few bytes must not come to megabytes.
"""

from __future__ import annotations

import math
import operator
import posixpath
import re
from collections.abc import Callable
from functools import partial, reduce
from itertools import product
from typing import Any, Final

from portability.model import UNKNOWN
from portability.parsers.terraform.conversion import (
    MAX_SIZE,
    Set,
    as_it_is,
    bounded,
    computed,
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
from portability.patterns import regex

_MAX_LENGTH: Final = 100_000
"""Characters that a function may make."""
_CHARACTERS = regex(r"\[\^?[^][\\&|~]+\]\+?|[\w -]+")
"""Patterns that ask for one kind of character, or for a plain text."""
_VERB = regex(r"%([-0]?\d{0,3})(.)", re.DOTALL)


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
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, re.error):
        return UNKNOWN


def _number(value: Any) -> Any:
    if (number := to_number(value)) is UNKNOWN:
        raise TypeError
    return number


def _listed(items: Any) -> list[Any]:
    if not isinstance(items, list):
        raise TypeError
    return items


def _slice(items: Any, start: int, end: int) -> Any:
    return items[start:end] if type(items) is list and 0 <= start <= end <= len(items) else UNKNOWN


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
    if len(whole) * max(1, len(new)) > _MAX_LENGTH:
        return UNKNOWN
    if len(old) > 1 and old[0] == old[-1] == "/":
        # Only what takes time by the text's length, and means the same to Go: a hostile pattern takes for ever.
        plain = "$" not in new and "\\" not in new and _CHARACTERS.fullmatch(old[1:-1])
        return re.sub(old[1:-1], new, whole) if plain else UNKNOWN
    return whole.replace(old, new)


def _format(pattern: str, *values: Any) -> Any:
    """``%s``, ``%d`` and ``%v`` of texts, numbers and booleans, padded or not; UNKNOWN for any other verb."""
    rest = list(values)

    def fill(found: re.Match[str]) -> str:
        flags, verb = found.groups()
        if verb == "%":
            return "%"
        value = rest.pop(0)
        if verb == "d" and isinstance(number := to_number(value), int):
            return f"%{flags}d" % number
        if verb in ("s", "v") and not flags.startswith("0") and isinstance(text := to_string(value), str):
            return f"%{flags}s" % text
        raise ValueError(verb)

    text = _VERB.sub(fill, pattern)
    return UNKNOWN if rest else text


def _format_each(pattern: str, *values: Any) -> Any:
    """``format`` for each element of the lists, which are as long as each other; what is no list stays the same."""
    lengths = {len(value) for value in values if isinstance(value, list)}
    if len(lengths) != 1 or (length := lengths.pop()) > MAX_SIZE // 10:
        return UNKNOWN
    rows = [[value[n] if isinstance(value, list) else value for value in values] for n in range(length)]
    return [_format(pattern, *row) for row in rows]


def _range(*numbers: Any) -> Any:
    if any(type(number) is not int for number in numbers):
        return UNKNOWN
    start, stop, *step = numbers if len(numbers) > 1 else (0, *numbers)
    found = range(start, stop, *(step or [1 if stop >= start else -1]))
    return list(found) if len(found) <= MAX_SIZE else UNKNOWN


def _booleans(decide: Callable[[Any], bool], ends: bool) -> Callable[..., Any]:
    """``alltrue`` and ``anytrue``: one element that says ``ends`` is enough."""

    def of(items: list[Any]) -> Any:
        values = [to_bool(item) for item in _listed(items)]
        return ends if ends in values else UNKNOWN if UNKNOWN in values else decide(values)

    return of


def _sets(combine: Callable[[list[Any], list[Any]], list[Any]]) -> Callable[..., Any]:
    """A set of what is chosen from one list and another, and so on."""

    def of(*lists: Any) -> Any:
        if not all(isinstance(items, list) for items in lists) or sum(map(len, lists)) > MAX_SIZE // 10:
            return UNKNOWN
        return set_of(as_it_is)(reduce(combine, lists))

    return of


def _product(*lists: Any) -> Any:
    if not all(isinstance(items, list) for items in lists) or math.prod(map(len, lists)) > MAX_SIZE:
        return UNKNOWN
    found = [list(one) for one in product(*lists)]
    return Set(found) if any(isinstance(items, Set) for items in lists) else found


def _subnet(prefix: str, bits: int, number: int) -> Any:
    from ipaddress import ip_network

    network = ip_network(prefix)
    length = network.prefixlen + bits
    if bits < 0 or length > network.max_prefixlen or not 0 <= number < 1 << bits:
        return UNKNOWN
    first = int(network.network_address) + (number << (network.max_prefixlen - length))
    return str(ip_network((first, length)))


def _host(prefix: str, number: int) -> Any:
    from ipaddress import ip_network

    network = ip_network(prefix, strict=False)
    return str(network[number])


def _netmask(prefix: str) -> Any:
    from ipaddress import IPv4Network

    return str(IPv4Network(prefix, strict=False).netmask)


def _decoded(whole: str) -> str:
    from base64 import b64decode

    return b64decode(whole, validate=True).decode()


def _encoded(whole: str) -> str:
    from base64 import b64encode

    return b64encode(whole.encode()).decode()


def _hash(name: str) -> Callable[[str], str]:
    def hashed(whole: str) -> str:
        import hashlib  # loads OpenSSL, which most configurations need not

        return hashlib.new(name, whole.encode(), usedforsecurity=False).hexdigest()

    return hashed


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


def _contains(items: Any, item: Any) -> Any:
    if not isinstance(items, list) or not known(item):
        return UNKNOWN
    if any(known(one) and same(one, item) for one in items):
        return True
    return False if known(items) else UNKNOWN


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
    "contains": (_contains, 2, 2, False),
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
    "tolist": (list_of(as_it_is), 1, 1, False),
    "tomap": (map_of(as_it_is), 1, 1, False),
    "jsonencode": (_json, 1, 1, False),
    "tostring": (nullable(to_string), 1, 1, True),
    "tonumber": (nullable(to_number), 1, 1, True),
    "tobool": (nullable(to_bool), 1, 1, True),
    "base64decode": (_decoded, 1, 1, True),
    "md5": (_hash("md5"), 1, 1, True),
    "sha1": (_hash("sha1"), 1, 1, True),
    "sha256": (_hash("sha256"), 1, 1, True),
    "format": (_format, 1, 99, True),
    "formatlist": (_format_each, 1, 99, True),
    "title": (lambda whole: re.sub(r"(?<!\w)\w", lambda found: found[0].upper(), whole), 1, 1, True),
    "strcontains": (lambda whole, part: part in whole, 2, 2, True),
    "chomp": (lambda whole: whole.rstrip("\r\n"), 1, 1, True),
    "basename": (lambda path: posixpath.basename(path.rstrip("/")) if path.strip("/") else UNKNOWN, 1, 1, True),
    "dirname": (lambda path: posixpath.dirname(posixpath.normpath(path)) or ".", 1, 1, True),
    "nonsensitive": (as_it_is, 1, 1, False),
    "alltrue": (_booleans(all, ends=False), 1, 1, False),
    "anytrue": (_booleans(any, ends=True), 1, 1, False),
    "sum": (lambda items: reduce(partial(computed, operator.add), map(_number, _listed(items))), 1, 1, True),
    "range": (_range, 1, 3, True),
    "slice": (_slice, 3, 3, False),
    "index": (lambda items, item: [same(one, item) for one in _listed(items)].index(True), 2, 2, True),
    "chunklist": (lambda items, n: [items[at : at + n] for at in range(0, len(_listed(items)), n)], 2, 2, True),
    "coalescelist": (lambda *lists: next((items for items in lists if _listed(items)), UNKNOWN), 1, 99, True),
    "setunion": (_sets(lambda one, other: [*one, *other]), 1, 99, True),
    "setintersection": (_sets(lambda one, other: [item for item in one if _contains(other, item)]), 1, 99, True),
    "setsubtract": (_sets(lambda one, other: [item for item in one if not _contains(other, item)]), 2, 2, True),
    "setproduct": (_product, 2, 99, False),
    "cidrsubnet": (_subnet, 3, 3, True),
    "cidrhost": (_host, 2, 2, True),
    "cidrnetmask": (_netmask, 1, 1, True),
    "base64encode": (_encoded, 1, 1, True),
}
"""Name → the function, how few and how many arguments it takes, and whether all of them must be known."""
