"""What an interest asks of this room, worked out once: words to look for in a text, symbols, and paths to read."""

from __future__ import annotations

from portability.interest import Interest
from portability.model import Namespace
from portability.names.operators import place

_REMEMBERED = 50_000


class Asked:
    """One interest, quick to ask: a symbol is looked up in the catalogue's names once."""

    def __init__(self, interest: Interest) -> None:
        self.interest = interest
        table = interest.names.get("kubernetes")
        self._words = list(interest.needles)
        exact = table.exact if table else {}
        self.settings = frozenset(name.removeprefix("Setting/") for name in exact if name.startswith("Setting/"))
        """Keys of charts' values that some rule asks for by name."""
        self.options: dict[str, dict[str, str]] = {}
        """Settings that some rule asks for by name and value, both in small letters, and their symbols."""
        for symbol in (name for name in exact if name.startswith("Option/")):
            name, _, value = symbol.lower().removeprefix("option/").partition("=")
            self.options.setdefault(name, {})[value] = symbol
        self._paths: dict[str, tuple[str, ...]] = {}

    def is_in(self, text: str) -> bool:
        """Whether a text holds a word without which no wanted symbol can be in it."""
        # A plain loop: a generator costs three times as much, and this is asked of every document. What one document
        # holds the next mostly holds too, so a word that was found is asked first from then on.
        for index, word in enumerate(self._words):
            if word in text:
                if index:
                    self._words.insert(0, self._words.pop(index))
                return True
        return False

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
