"""BLAKE2b, of which fingerprints and digests are made: ``hashlib``'s, without the OpenSSL that ``hashlib`` loads for
other sums, a third of what Python takes to start."""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # another Python than CPython
    from hashlib import blake2b

__all__ = ["blake2b"]
