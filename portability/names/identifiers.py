"""The words of which names in code are made, however they are joined."""

from __future__ import annotations

from collections.abc import Iterator

from portability.patterns import regex

_WORD = regex(r"[A-Z]+\d*(?![a-z])|[A-Z]?[a-z]+\d*|\d+")
_MOST_TOGETHER = 3


def words(name: str) -> Iterator[str]:
    """The words of a dotted name in small letters, those of its last part first; neighbours in one part also as one
    word: ``dynamodb`` of ``acme.DynamoDBTable`` and ``secretsmanager`` of ``get_secrets_manager``."""
    for part in reversed(name.split(".")):
        found = [word.lower() for word in _WORD.findall(part)]
        for together in range(min(_MOST_TOGETHER, len(found)), 0, -1):
            yield from ("".join(found[at : at + together]) for at in range(len(found) - together + 1))
