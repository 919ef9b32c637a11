"""What an interest asks of this room, worked out once: words to look for in a text, symbols, and paths to read."""

from __future__ import annotations

import re

from portability.interest import Interest
from portability.model import Namespace
from portability.names.needles import BEGINS
from portability.names.operators import place
from portability.patterns import regex

_REMEMBERED = 50_000
_MAX_REMEMBERED = 5_000_000
"""Characters. A hostile tree has parts without end."""
_MAX_TELLING = 100
_FIRST = 3
_SHORT = 250
"""Characters from which on a text is searched for each word."""
_COMMENT = regex(r"\n[ \t]*#[^\n]*")


class Asked:
    """One interest, quick to ask: a symbol is looked up in the catalogue's names once."""

    def __init__(self, interest: Interest) -> None:
        self.interest = interest
        table = interest.names.get("kubernetes")
        self._words = [word for word in interest.needles if not word.startswith(BEGINS)]
        self._by_first: dict[str, list[str]] = {}
        self._shorter = [word for word in self._words if len(word) < _FIRST]
        for word in self._words:
            if len(word) >= _FIRST:
                self._by_first.setdefault(word[:_FIRST], []).append(word)
        self._phrases = [word for word in self._words if " " in word]
        self._begin_phrases = {phrase.partition(" ")[0] + " " for phrase in self._phrases}
        begun = [re.escape(word.removeprefix(BEGINS)) for word in interest.needles if word.startswith(BEGINS)]
        self._begins = regex(f"(?<![A-Za-z])(?:{'|'.join(begun)})") if begun else None
        self._telling: set[str] = set()
        self._silent: set[str] = set()
        """Parts of texts between blanks that hold a word, and such that hold none."""
        self._remembered = 0
        exact = table.exact if table else {}
        self.settings = frozenset(name.removeprefix("Setting/") for name in exact if name.startswith("Setting/"))
        """Keys of charts' values that some rule asks for by name."""
        self.compounds = frozenset(name for name in self.settings if not (name.isalnum() and name.islower()))
        """Those of them that are more than one word."""
        self.options: dict[str, dict[str, str]] = {}
        """Settings that some rule asks for by name and value, both in small letters, and their symbols."""
        for symbol in (name for name in exact if name.startswith("Option/")):
            name, _, value = symbol.lower().removeprefix("option/").partition("=")
            self.options.setdefault(name, {})[value] = symbol
        self._paths: dict[str, tuple[str, ...]] = {}

    def is_in(self, text: str) -> bool:
        """Whether a text holds a word without which no wanted symbol can be in it."""
        # This is asked of every document, and to look for each word takes longer than to compose it. But documents
        # repeat what others hold, so what they hold is looked at once.
        written = _COMMENT.sub("\n", f"\n{text}").split() if "#" in text else text.split()
        if not self._telling.isdisjoint(written) or self._holds_phrase(text):
            return True
        parts = set(written) - self._silent
        together = "\n".join(parts)
        for word in self._words if len(together) > _SHORT else self._words_beginning_in(together):
            if word in together:  # a generator costs three times as much
                self._telling.update(part for part in parts if word in part and len(part) <= _MAX_TELLING)
                return True
        if self._begins is not None and self._begins.search(together):
            return True
        self._remembered += len(together)
        if self._remembered > _MAX_REMEMBERED:
            self._silent.clear()
            self._remembered = len(together)
        self._silent.update(parts)
        return False

    def _words_beginning_in(self, text: str) -> list[str]:
        """The words whose first letters a text holds. Few do, and a short text is sooner taken apart than searched for
        each of some hundred words."""
        held = {text[at : at + _FIRST] for at in range(len(text))}
        return [word for first in held & self._by_first.keys() for word in self._by_first[first]] + self._shorter

    def _holds_phrase(self, text: str) -> bool:
        return any(map(text.__contains__, self._begin_phrases)) and any(map(text.__contains__, self._phrases))

    def wants(self, symbol: str, namespace: Namespace = "kubernetes") -> bool:
        """Whether some service or provider claims the symbol."""
        return self.interest.wants(namespace, symbol)

    def has_rule(self, symbol: str) -> bool:
        """Whether the rule of a service names the symbol, and it is not only visibly a provider's."""
        return self.interest.knows("kubernetes", symbol)

    def paths(self, symbol: str) -> tuple[str, ...]:
        """The dotted paths of a document that some rule asks for where it finds the symbol, or what it stands for."""
        known = self._paths.get(symbol)
        if known is None:
            found = set(self.interest.paths(symbol))
            table = self.interest.names.get("kubernetes")
            claim = table.find(symbol) if table else None
            if claim is not None and claim.stands_for:
                found.update(filter(None, (place(symbol, path) for path in self.interest.paths(claim.stands_for))))
            if len(self._paths) >= _REMEMBERED:
                self._paths.clear()
            known = self._paths[symbol] = tuple(sorted(found))
        return known


class _Latest:
    asked: Asked | None = None


def asked_of(interest: Interest) -> Asked:
    """What an interest asks. A run has one interest and hands it over with every file, so the last one is kept."""
    if _Latest.asked is None or _Latest.asked.interest is not interest:
        _Latest.asked = Asked(interest)
    return _Latest.asked
