"""How far clients get by imports, told by words alone: no file is parsed to learn that it has nothing to do with one.

A statement in column 1 that says a word bound by an SDK's import is *touched*, and so is one that says what a touched
statement defines. Another file is reached where it imports something touched. So a helper that makes a client reaches
those that import the helper, and not those that import its neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from string import ascii_letters, digits
from typing import Final, NamedTuple

from portability.parsers.python.imports import Bound
from portability.patterns import regex

MOST_STEPS: Final = 4
"""Imports between a file that names an SDK and one that uses what it makes."""

_STATEMENT = regex(rb"(?m)^(?=[A-Za-z_@])")
_WORD = regex(rb"[A-Za-z_]\w*")
_BETWEEN_WORDS: Final = bytes(byte if chr(byte) in f"{ascii_letters}{digits}_" else 32 for byte in range(256))
"""Every byte that no word has, as a space."""
_OWN = regex(rb"(?m)^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
_DEFINED = regex(
    rb"(?m)^[ \t]*(?:(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|(\w+)\b[^\n=()]*=(?!=))|\b(?:as|for)[ \t]+(\w+)"
)
_GLOBAL = regex(rb"(?m)^[ \t]+global[ \t]+([\w, \t]+)")
STAR: Final = b"*"


class Taken(NamedTuple):
    """What a file imports from another: the name there (``*`` for the module or all of it), the word here."""

    path: str
    name: bytes
    word: bytes


class File:
    """One file's top-level statements that define something: the words of each, with its decorators', and those that
    it defines.

    Of the words only those are kept that are ``imported`` or defined here. All of them would take four times the room
    of the text, for every file that is looked at.
    """

    def __init__(self, data: bytes, imported: Iterable[bytes]) -> None:
        statements = []
        decorators = b""
        for text in _STATEMENT.split(data):
            if text.startswith(b"@"):
                decorators += text
                continue
            if names := _defined(text):
                statements.append((frozenset((decorators + text).translate(_BETWEEN_WORDS).split()), names))
            decorators = b""
        self.words = frozenset(imported).union(*(defined for _, defined in statements))
        self._statements = [(words & self.words, defined) for words, defined in statements]

    def touched(self, words: Iterable[bytes]) -> set[bytes]:
        """What the file defines with these words, and with what it defines with them; themselves too."""
        found = set(words)
        rest = self._statements
        while True:
            before = len(found)
            found.update(*(defined for words, defined in rest if not found.isdisjoint(words)))
            if len(found) == before:
                return found
            rest = [one for one in rest if not one[1] <= found]


def _defined(text: bytes) -> frozenset[bytes]:
    if (own := _OWN.match(text)) is not None:
        names = {own[1]}
        for line in _GLOBAL.findall(text):
            names.update(_WORD.findall(line))
        return frozenset(names)
    return frozenset(word for found in _DEFINED.findall(text) for word in found if word)


def reached(
    data: Callable[[str], bytes | None],
    seeds: Mapping[str, set[bytes]],
    taken: Mapping[str, Iterable[Taken]],
) -> set[str]:
    """The files that name an SDK (``seeds``, with the words for it), and those that import, over a few steps, what is
    made with one."""
    importers: dict[str, list[str]] = defaultdict(list)
    for path, parts in taken.items():
        for one in parts:
            importers[one.path].append(path)
    files: dict[str, File] = {}
    touched: dict[str, set[bytes]] = {}

    def touch(path: str, words: set[bytes]) -> bool:
        before = touched.setdefault(path, set())
        if path not in files or not words <= files[path].words:  # the latter where everything is imported
            files[path] = File(data(path) or b"", before | words | {one.word for one in taken.get(path, ())})
        size = len(before)
        before |= files[path].touched(before | words)
        return len(before) > size

    recent = set()
    for path, words in sorted(seeds.items()):
        touch(path, words)
        recent.add(path)
    for _ in range(MOST_STEPS):
        following = set()
        for path in sorted({importer for one in recent for importer in importers[one]}):
            words = set()
            for one in taken[path]:
                there = touched.get(one.path, set())
                if one.path in recent and (one.name == STAR or one.name in there):
                    words |= {one.word} if one.word != STAR else there
            if words and touch(path, words):
                following.add(path)
        recent = following
    return set(touched)


def words_of(names: Iterable[Bound]) -> set[bytes]:
    """The words that code says for what import statements bind."""
    return {word for one in names for word in (one.word, one.name.partition(".")[0].encode())} - {STAR}
