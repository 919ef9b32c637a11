"""Whether a use fits the conditions of a rule: three-valued, since code does not say everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portability.catalogue.schema import Condition, Matcher, Not
from portability.catalogue.twins import covers
from portability.model import OWN, UNKNOWN, Usage
from portability.names.globs import wildcard

_BELOW = {"terraform": "_*", "python": ".*"}
"""How names go on that belong to a name."""


def holds(condition: Condition, usage: Usage) -> bool | None:
    """Whether a use shows a condition: True, False, or None where only a run could tell.

    What says no (an annotation that is ``"false"``) does not show what its own name stands for.
    What shows it by being there shows it in its parts too: ``aws_vpn_connection`` in its routes, a Python class in the
    calls on it.
    """
    answer: bool | None = False
    for symbol, sign in condition.get(usage.namespace, {}).items():
        if not covers(symbol, usage.symbol):
            below = _BELOW.get(usage.namespace)
            if sign == "present" and below and covers(symbol + below, usage.symbol):
                return True
            continue
        if sign == "present":
            if symbol == usage.symbol and usage.values.get(OWN) is False:
                continue
            return True
        if sign == "perhaps":
            answer = None
            continue
        results = [
            None if path in usage.nullable and matcher in ("set", "unset") else matches(matcher, usage.values, path)
            for path, matcher in sign.items()
        ]
        if all(result is True for result in results):
            return True
        if False not in results:
            answer = None
    return answer


def shows(condition: Condition, likenesses: Sequence[Usage]) -> bool | None:
    """Whether any of the ways to speak of a use shows a condition; None where only a run could tell."""
    answers = [holds(condition, usage) for usage in likenesses]
    return True if True in answers else None if None in answers else False


def matches(matcher: Matcher, values: Mapping[str, Any], path: str) -> bool | None:
    """Whether the value at a path fits a matcher. Of several values (repeated blocks) one is enough."""
    if path not in values or values[path] is None:
        return matcher == "unset" or (isinstance(matcher, list) and "unset" in matcher)
    value = values[path]
    if isinstance(value, (list, tuple)) and matcher not in ("set", "unset"):
        answers = [_fits(matcher, item) for item in value]
        return True if True in answers else None if None in answers else False
    return _fits(matcher, value)


def _fits(matcher: Matcher, value: Any) -> bool | None:
    if matcher in ("set", "unset"):
        # An expression may come out null, but whoever writes one means to set the attribute.
        present = value is UNKNOWN or value not in (None, "", False, [], {})
        return present if matcher == "set" else not present
    if value is UNKNOWN:
        return None
    if isinstance(value, Mapping):
        return _fits_document(matcher, value)
    if isinstance(matcher, Not):
        unwanted = matcher.not_ if isinstance(matcher.not_, list) else [matcher.not_]
        return value is not None and not any(_equal(item, value) for item in unwanted)
    return any(_equal(item, value) for item in (matcher if isinstance(matcher, list) else [matcher]))


def _fits_document(matcher: Matcher, value: Mapping[str, Any]) -> bool | None:
    """Whether what was written as a document (``jsonencode``) has a pattern in its text."""
    import json  # few runs need it

    unknown = False

    def mark(_: Any) -> str:
        nonlocal unknown
        unknown = True
        return ""

    text = json.dumps(value, default=mark, ensure_ascii=False)
    wanted = matcher if isinstance(matcher, list) else [matcher]
    if any(isinstance(one, str) and len(one) > 1 and "*" in one and wildcard(one).fits(text) for one in wanted):
        return True
    return None if unknown else isinstance(matcher, Not)


def _equal(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, str) and isinstance(value, str) and "*" in wanted:
        return wildcard(wanted).fits(value)
    if isinstance(wanted, bool) or isinstance(value, bool):
        # Terraform takes "true" for true.
        return str(wanted).lower() == str(value).lower()
    return bool(wanted == value) or (isinstance(wanted, str) != isinstance(value, str) and str(wanted) == str(value))
