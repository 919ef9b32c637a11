"""Globs: over paths and ids with ``/``, the subset of ``.gitignore``'s that settings need, and over plain names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


def matches(pattern: str, path: str) -> bool:
    """Whether a glob matches a path or a folder above it.

    ``*`` and ``?`` stay within a name, ``**`` crosses ``/``. A glob without ``/`` matches a name at any depth; one that
    ends in ``/`` matches what lies below such a folder.
    """
    return _compiled(pattern).match(path) is not None


def matches_any(patterns: Iterable[str], path: str) -> bool:
    """Whether one of the globs matches."""
    return any(matches(pattern, path) for pattern in patterns)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    plain = pattern.removeprefix("./")
    below = plain.endswith("/")
    plain = plain.strip("/")
    anchored = "/" in plain or pattern.startswith("/")
    parts = re.split(r"(\*\*/|\*+|\?)", plain)
    signs = {"**/": "(?:[^/]+/)*", "*": "[^/]*", "?": "[^/]"}
    regex = "".join(signs.get(part) or (".*" if part.startswith("**") else re.escape(part)) for part in parts)
    return re.compile(("" if anchored else "(?:.*/)?") + regex + ("/" if below else r"(?:/|\Z)"), re.DOTALL)


@lru_cache(maxsize=4096)
def wildcard(pattern: str) -> re.Pattern[str]:
    """A regular expression for a name in which ``*`` is any run of characters, and nothing else is special."""
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)
