"""Which files are worth parsing: those with an import statement that names a wanted root package."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portability.interest import Interest
from portability.parsers.python import aws


class Words:
    """The roots of all wanted dotted names (``azure``, ``google``, ``boto3``), as a question to bytes."""

    def __init__(self, interest: Interest) -> None:
        table = interest.names.get("python")
        patterns = list(table.patterns()) if table is not None else []
        roots = {pattern.partition(".")[0] for pattern in patterns if "*" not in pattern.partition(".")[0]}
        openings = {pattern.partition("*")[0] for pattern in patterns if "*" in pattern.partition(".")[0]}
        if interest.names.get("boto3") is not None:
            roots |= aws.ROOTS
            openings |= set(aws.STUBS)
        roots -= openings
        self._roots = frozenset(roots)
        self._openings = tuple(sorted(openings))
        endings = [*(re.escape(root) + r"\b" for root in sorted(roots)), *map(re.escape, self._openings)]
        self._found = re.compile(
            rb"\b(?:import|from)[ \t\\](?:[^\n#;\\]|\\\r?\n)*?\b(?:" + "|".join(endings).encode() + rb")"
            if endings
            else rb"(?!)"
        )
        self._plain = [word.encode() for word in (*sorted(roots), *self._openings)]

    def may_import(self, data: bytes) -> bool:
        """Cheap, and never wrong when it says no."""
        return any(word in data for word in self._plain) and self._found.search(data) is not None

    def is_root(self, name: str) -> bool:
        """Whether an imported dotted name begins as a wanted one does."""
        return name.partition(".")[0] in self._roots or name.startswith(self._openings)


@dataclass
class _Latest:
    interest: Interest | None = None
    words: Words | None = None


_LATEST = _Latest()


def words_for(interest: Interest) -> Words:
    """The words of an interest. A run has one interest and many files, so the last answer is kept."""
    if _LATEST.words is None or _LATEST.interest is not interest:
        _LATEST.interest, _LATEST.words = interest, Words(interest)
    return _LATEST.words
