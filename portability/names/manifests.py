"""How rules name what binds in a manifest: ``GROUP/Kind``, an annotation or label, or ``PLACE/what stands there``."""

from __future__ import annotations

from typing import Final

_LOWER: Final = frozenset({"image", "argument", "env", "resource", "endpoint", "chart"})


def is_place(head: str) -> bool:
    """Whether the first part of a symbol stands for a place (``StorageClass``, ``image``), which no text has: places
    have capitals and no domain, but for the six oldest."""
    return head in _LOWER or (head[:1].isupper() and "." not in head)
