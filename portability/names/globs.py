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


class Wildcard:
    """A name in which ``*`` is any run of characters, and nothing else is special.

    There are hundreds of them and most are asked once or never, so none becomes a regular expression: to compile one
    costs as much as to ask it a hundred times.
    """

    __slots__ = ("_first", "_last", "_length", "_middle")

    def __init__(self, pattern: str) -> None:
        self._first, *self._middle = pattern.split("*")
        self._last = self._middle.pop() if self._middle else None
        self._length = len(pattern) - pattern.count("*")

    def fits(self, name: str) -> bool:
        """Whether the whole name is such a name."""
        if self._last is None:
            return name == self._first
        if len(name) < self._length or not (name.startswith(self._first) and name.endswith(self._last)):
            return False
        at, end = len(self._first), len(name) - len(self._last)
        for part in self._middle:
            at = name.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return True


@lru_cache(maxsize=4096)
def wildcard(pattern: str) -> Wildcard:
    """The same wildcard for the same pattern."""
    return Wildcard(pattern)
