"""Which files are worth parsing: those with an import statement that names a wanted root package."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portability.interest import Interest
from portability.parsers.python import aws

_IMPORT = re.compile(rb"\b(?:import|from)[ \t\\](?:[^\n#;\\]|\\\r?\n)*+")
_WORD = re.compile(rb"\w+")


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
        self._roots = frozenset(roots - openings)
        self._openings = tuple(sorted(openings))
        self._plain_roots = frozenset(root.encode() for root in self._roots)
        self._plain_openings = tuple(opening.encode() for opening in self._openings)

    def may_import(self, data: bytes) -> bool:
        """Cheap, and never wrong when it says no."""
        for statement in _IMPORT.finditer(data):
            words = _WORD.findall(statement[0])
            if not self._plain_roots.isdisjoint(words):
                return True
            if self._plain_openings and any(word.startswith(self._plain_openings) for word in words):
                return True
        return False

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
