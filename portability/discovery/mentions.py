"""Files that no parser reads but whose bytes name a provider: counted, so that nothing is silently less."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import NamedTuple

from portability.discovery.paths import printable
from portability.model import Mention

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Hit(NamedTuple):
    """A file of some kind names a provider, first on this line. Hits are small, so that workers can hand them over."""

    kind: str
    provider: str
    path: str
    line: int


class Finder:
    """Searches bytes for the words of every provider.

    Most files name nobody, which one regex over all words tells in a single pass. Where somebody is named, the search
    goes on for the others. The words are merged by their common beginnings, which makes the pass
    twice as fast as a plain alternation. A word inside another one (``laws``) does not count.
    """

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        self._words = {
            provider: sorted({word.encode() for word in words[provider]} - {b""}) for provider in sorted(words)
        }
        self._any: dict[frozenset[str], re.Pattern[bytes]] = {}

    @cached_property
    def _providers(self) -> dict[str, re.Pattern[bytes]]:
        return {provider: re.compile(merged(found)) for provider, found in self._words.items() if found}

    def providers(self, data: bytes) -> dict[str, int]:
        """Provider → the line (from 1) of its first word in the bytes."""
        if data.startswith(_UTF16):
            data = data.decode("utf-16", "replace").encode()
        lines: dict[str, int] = {}
        missing, place = frozenset(self._providers), 0
        while missing and (match := self._any_of(missing).search(data, place)) is not None:
            place = match.start() + 1
            if _begins(data, match.start()):
                named = {it for it in missing if self._providers[it].match(data, match.start())}
                lines |= dict.fromkeys(named, data.count(b"\n", 0, match.start()) + 1)
                missing -= named
        return dict(sorted(lines.items()))

    def _any_of(self, providers: frozenset[str]) -> re.Pattern[bytes]:
        if providers not in self._any:
            words = sorted({word for provider in providers for word in self._words[provider]})
            self._any[providers] = re.compile(merged(words))
        return self._any[providers]

    def hits(self, path: str, kind: str, data: bytes) -> list[Hit]:
        """One hit per provider that the file names. ``path`` is made printable."""
        return [Hit(kind, provider, printable(path), line) for provider, line in self.providers(data).items()]


def gather(hits: Iterable[Hit]) -> tuple[Mention, ...]:
    """Hits, in any order, as mentions sorted by kind and provider; the sample is the first path in sort order."""
    groups: defaultdict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for hit in hits:
        groups[hit.kind, hit.provider].append((hit.path, hit.line))
    return tuple(_mention(kind, provider, found) for (kind, provider), found in sorted(groups.items()))


def mentions(files: Iterable[tuple[str, str, bytes]], words: Mapping[str, Iterable[str]]) -> tuple[Mention, ...]:
    """What ``(path, kind, bytes)`` files say of the providers whose words (provider → strings) they hold."""
    finder = Finder(words)
    return gather(hit for path, kind, data in files for hit in finder.hits(path, kind, data))


def _mention(kind: str, provider: str, found: Sequence[tuple[str, int]]) -> Mention:
    path, line = min(found)
    return Mention(kind=kind, provider=provider, files=len(found), sample={"path": path, "line": line})


def _begins(data: bytes, start: int) -> bool:
    """Whether a word begins here: no letter of the same case stands before it."""
    before, at = data[max(start - 1, 0) : start], data[start : start + 1]
    return not (before.islower() and at.islower()) and not (before.isupper() and at.isupper())


def merged(words: Sequence[bytes]) -> bytes:
    """A regex for any of the words, in which common beginnings stand once."""
    if b"" in words:
        return b""
    tails: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for word in words:
        tails[word[:1]].append(word[1:])
    branches = [_escaped(head) + merged(rest) for head, rest in tails.items()]
    return branches[0] if len(branches) == 1 else b"(?:" + b"|".join(branches) + b")"


_escaped = cache(re.escape)
