"""What a template may know of a finding: its inputs, each of the kind that the capability asks for, without secrets."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from portability.catalogue.schema import Capability
from portability.model import Finding
from portability.patterns import regex
from portability.proposals.rights import Right, rights_of
from portability.proposals.settings import settings_of

_SECRET_NAME = regex(
    r"pass(word|wd|phrase)?$|passw|pwd|secret|token|credential|private.?key|api.?key|access.?key|key.?material|connection.?string",
    re.IGNORECASE,
)
_SECRET_VALUE = regex(
    r"-----BEGIN |\b(AKIA|ASIA|AIza|gh[ops]_|github_pat_|glpat-|xox[abprs]-|sk[-_]|hvs\.|dckr_pat_)[\w-]{10,}"
    r"|\beyJ[\w-]{10,}\.[\w-]{5,}|://[^/\s:@]*:[^/\s@]+@"
    r"|\b(password|passwd|pwd|secret|token|accountkey|sharedaccesskey|api_?key)\s*[=:]\s*\S",
    re.IGNORECASE,
)
_AMOUNT = regex(r"(\d{1,9}(?:\.\d{1,3})?)\s*([MG])(?:i|iB|B)?", re.IGNORECASE)
_SECONDS = regex(r"(\d{1,9})s")
_NUMBER = regex(r"(-?\d{1,15})(?:-\1)?")
"""A number, or a range that is one: ``443-443``."""
_DENSE = regex(r"[A-Za-z0-9+/=_]{32,}")
_YES = frozenset(
    {"true", "yes", "on", "enabled", "zoneredundant", "samezone", "regional", "internal", "internal_managed"}
)
_NO = frozenset(
    {"false", "no", "off", "disabled", "suspended", "zonal", "internet-facing", "external", "external_managed"}
)


class _Unfit(ValueError):
    """A value that is known and is not of the kind asked for; the message says what it is."""


def inputs_of(finding: Finding, capability: Capability) -> tuple[dict[str, Any], list[str]]:
    """The inputs as a template may use them, and what a person should know about those that were no use.

    A value is of its kind (string, number, bool, list, map), or None where the code sets it and it cannot be told
    here: only a run could, it looks like a secret, or it is of another kind. What the code does not set is absent.
    """
    found: dict[str, Any] = {}
    notes: list[str] = []
    for name, value in sorted(finding.inputs.items()):
        if value in ("", [], ()):
            continue
        kind = capability.inputs[name].type if name in capability.inputs else ""
        if kind == "rights":  # words of a closed form alone, so no secret among them
            found[name] = _rights(value)
            continue
        if kind == "settings":  # each by its own name, so that one secret hides no other value
            found[name] = None if value is None else settings_of(value, is_secret)
            continue
        if is_secret(name, value):
            found[name] = None
            notes.append(f"{name}: the code holds what looks like a secret; it was left out. Hand it over by itself.")
            continue
        if kind == "map" and isinstance(value, Mapping):  # one that is not known of several hides no other
            found[name] = {_known(str(key)): _row(one) if _is_row(one) else _or_none(one) for key, one in value.items()}
            continue
        try:
            said = (
                _in_unit(name, value) if kind == "number" else [value] if kind == "list" and _is_row(value) else value
            )
            found[name] = _FIT.get(kind, _anything)(_known(said))
        except _Unfit as unfit:
            found[name] = None
            if str(unfit):
                notes.append(f"{name}: {unfit}")
    return found, notes


def _rights(value: Any) -> list[Right] | None:
    return None if value is None else rights_of(value)


def is_secret(name: str, value: Any) -> bool:
    """Whether a value looks like a secret, or is named like one, or holds either."""
    if _SECRET_NAME.search(name):
        return True
    if isinstance(value, Mapping):
        return any(is_secret(str(key), item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return any(is_secret("", item) for item in value)
    return isinstance(value, str) and (_SECRET_VALUE.search(value) is not None or _is_dense(value))


def _is_dense(text: str) -> bool:
    """Whether a run of characters looks drawn by lot, as keys do: long, with capitals, small letters and digits."""
    return any(
        re.search("[A-Z]", run) and re.search("[a-z]", run) and len(re.findall("[0-9]", run)) >= 4
        for run in _DENSE.findall(text)
    )


def _known(value: Any) -> Any:
    """The value with plain types. Raises _Unfit without a message where a part of it is not known."""
    if isinstance(value, str):
        return "".join("\ufffd" if 0xD800 <= ord(c) < 0xE000 else c for c in value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _Unfit
        return int(value) if value.is_integer() else value
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, Mapping):
        return {_known(str(key)): _known(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_row(item) if _is_row(item) else _known(item) for item in value]
    raise _Unfit


def _is_row(value: Any) -> bool:
    return isinstance(value, Mapping)


def _row(value: Mapping[Any, Any]) -> dict[str, Any]:
    """One of several mappings, such as a rule of a packet filter: what is not known of it, or of a list in it, does not
    hide the rest."""
    row: dict[str, Any] = {}
    for key, item in value.items():
        row[_known(str(key))] = [_or_none(one) for one in item] if isinstance(item, (list, tuple)) else _or_none(item)
    return row


def _or_none(value: Any) -> Any:
    try:
        return _known(value)
    except _Unfit:
        return None


def _anything(value: Any) -> Any:
    return value


def _one(value: Any) -> Any:
    if isinstance(value, list):
        if len(value) != 1:
            raise _Unfit(f"the code gives several values ({_shown(value)}); choose one.")
        return value[0]
    return value


def _string(value: Any) -> str:
    one = _one(value)
    if isinstance(one, bool):
        return "true" if one else "false"
    if isinstance(one, (str, int, float)):
        return str(one)
    if isinstance(one, dict) and one:  # what ``jsonencode`` makes a text of
        return json.dumps(one, ensure_ascii=False, separators=(",", ":"))
    raise _Unfit(f"the code says {_shown(value)}, which is no text.")


def _number(value: Any) -> int | float:
    one = _one(value)
    if isinstance(one, str) and (number := _NUMBER.fullmatch(one.strip())):
        return int(number[1])
    if isinstance(one, bool) or not isinstance(one, (int, float)):
        raise _Unfit(f"the code says {_shown(value)}, which is no number.")
    return one


def _in_unit(name: str, value: Any) -> Any:
    """An amount with a unit as the number that an input in megabytes, gigabytes or seconds asks for; else as it is."""
    if name.endswith("_s") and isinstance(value, str) and (seconds := _SECONDS.fullmatch(value.strip())):
        return int(seconds[1])
    amount = _AMOUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    if amount is None or not name.endswith(("_mb", "_gb")):
        return value
    size = float(amount[1]) * (1024 if amount[2] in "Gg" else 1) / (1024 if name.endswith("_gb") else 1)
    return int(size) if size.is_integer() else value


def _bool(value: Any) -> bool:
    one = _one(value)
    if isinstance(one, bool):
        return one
    word = str(one).strip().lower()
    if word in _YES | _NO:
        return word in _YES
    raise _Unfit(f"the code says {_shown(value)}; whether that means yes is yours to say.")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _map(value: Any) -> dict[str, Any]:
    one = _one(value)
    if isinstance(one, dict):
        return one
    raise _Unfit(f"the code says {_shown(value)}, which is no mapping.")


def _shown(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 80 else text[:79] + "…"


_FIT: Mapping[str, Callable[[Any], Any]] = {
    "string": _string,
    "number": _number,
    "bool": _bool,
    "list": _list,
    "map": _map,
}
