"""Which files are worth parsing: those with an import statement that names a wanted root package."""

from __future__ import annotations

from portability.interest import Interest
from portability.parsers.python import aws
from portability.patterns import regex

_IMPORT = regex(rb"\b(?:import|from)[ \t\\](?>(?:[^\n#;\\]|\\\r?\n)*)")
_WORD = regex(rb"\w+")


class Words:
    """The roots of all wanted dotted names (``azure``, ``google``, ``boto3``), as a question to bytes."""

    def __init__(self, interest: Interest) -> None:
        table = interest.names.get("python")
        heads = {pattern.partition(".")[0] for pattern in table.patterns()} if table is not None else set()
        roots = {head for head in heads if "*" not in head}
        openings = {head.partition("*")[0] for head in heads - roots}
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


class _Latest:
    interest: Interest | None = None
    words: Words | None = None


def words_for(interest: Interest) -> Words:
    """The words of an interest. A run has one interest and many files, so the last answer is kept."""
    if _Latest.words is None or _Latest.interest is not interest:
        _Latest.interest, _Latest.words = interest, Words(interest)
    return _Latest.words
