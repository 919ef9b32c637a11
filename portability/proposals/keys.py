"""What kind of key the old provider kept, by the words that each has for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from portability.patterns import regex

_DIGEST = regex(r"SHA[-_]?\d+")
_SIZE = regex(r"(?<!\d)(2048|3072|4096)(?!\d)")
_CURVE = regex(r"(?<![\dA-Z])(?:P[-_]?)?(256|384|521)(?![\dK])")


class Key(NamedTuple):
    """``kind`` is ``RSA``, ``EC`` or empty for a symmetric key, or one whose kind the code does not tell; ``size`` is
    in bits of an RSA key, ``curve`` one of NIST's, as ``P-256``; ``signs`` says that it does nothing else. ``words``
    are what the code says."""

    kind: str
    size: int
    curve: str
    signs: bool
    words: str


def key_of(inputs: Mapping[str, Any]) -> Key:
    """The key that the inputs of a capability tell of."""
    words = " ".join(str(inputs[name]) for name in ("algorithm", "size", "curve") if inputs.get(name) is not None)
    uses = " ".join(map(str, inputs.get("usage") or ())).upper()
    plain = _DIGEST.sub("", words.upper())
    kind = "RSA" if "RSA" in plain else "EC" if "EC" in plain else ""
    size, curve = _SIZE.search(plain), _CURVE.search(plain)
    return Key(
        kind,
        int(size[1]) if size and kind == "RSA" else 0,
        f"P-{curve[1]}" if curve and kind == "EC" else "",
        "SIGN" in uses and "CRYPT" not in uses and "WRAP" not in uses,
        words,
    )
