"""What stands under a path in the plain data that literals say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from portability.model import UNKNOWN

ABSENT: Final = object()
"""What stands under a key that is not there."""

Get = Callable[[Mapping[str, Any], str], Any]


def get(mapping: Mapping[str, Any], key: str) -> Any:
    """The value of a key, or ``ABSENT``."""
    return mapping.get(key, ABSENT)


def under(value: Any, path: Sequence[str], get: Get = get) -> Any:
    """What stands under the keys of a path, in each mapping of a list too: one thing, a list of several, ``UNKNOWN`` or
    ``ABSENT``. ``get`` says what a mapping holds under a key."""
    if not path or value is UNKNOWN:
        return value
    if isinstance(value, list):
        found = [one for item in value if (one := under(item, path, get)) is not ABSENT]
        return found[0] if len(found) == 1 else found or ABSENT
    if not isinstance(value, Mapping):
        return ABSENT
    return under(get(value, path[0]), path[1:], get)
