"""What a program reads from its environment, as a list of names with their values, without secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from portability.interest import Interest
from portability.parsers.whereabouts import in_capitals, place_of
from portability.patterns import regex

_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]{0,120}")
_OLD = regex(r"\barn:aws|amazonaws\.com|googleapis\.com|gserviceaccount\.com|azure\.(?:com|net)|\.windows\.net")
_PLAIN = {"name", "value"}


class Setting(NamedTuple):
    """One variable of the environment; ``value`` is None where it comes from elsewhere, looks like a secret, or only a
    run could tell it."""

    name: str
    value: str | None


def settings_of(value: Any, is_secret: Callable[[str, Any], bool]) -> list[Setting]:
    """The variables of a mapping from names, or of rows with a name and a value; each name once, the last counts."""
    found = {name: one for name, one in _pairs(value) if _NAME.fullmatch(name)}
    return [Setting(name, None if is_secret(name, one) else _text(one)) for name, one in found.items()]


def names_provider(setting: Setting, interest: Interest) -> bool:
    """Whether a variable binds to the old provider by its name or by its value, so that it must not be carried over."""
    names = {setting.name, in_capitals(setting.name) or setting.name}
    place = place_of(setting.value or "")
    return (
        any(interest.wants("kubernetes", f"env/{name}") for name in names)
        or (place is not None and interest.wants("kubernetes", place))
        or _OLD.search(setting.value or "") is not None
    )


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _pairs(item)
    elif isinstance(value, Mapping):
        row = {str(key).lower(): one for key, one in value.items()}  # a task definition takes Name and Value too
        if isinstance(row.get("name"), str) and not row.keys().isdisjoint(("value", "value_source", "secret_name")):
            yield row["name"], row.get("value") if row.keys() <= _PLAIN else None
        else:
            yield from ((name, one) for name, one in value.items() if isinstance(name, str))


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else None
