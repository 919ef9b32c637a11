"""The report's words in a language: one data file each, flat keys such as ``section.read``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from portability.model import DaysRange

_FILES = Path(__file__).parent / "languages"
LANGUAGES = tuple(sorted(path.stem for path in _FILES.glob("*.toml")))


class Words:
    """Words by key, with numbers written as the language writes them."""

    def __init__(self, language: str) -> None:
        """Raises KeyError for a language without a file."""
        self.language = language
        self._words, self._facts = _load(language)

    def __call__(self, key: str, **values: Any) -> str:
        """The words of a key. A list is singular and plural and takes ``n``. Raises KeyError for an unknown key."""
        found = self._words[key]
        if isinstance(found, list):
            found = found[0 if values["n"] == 1 else 1]
        return str(found).format_map({name: self.shown(value) for name, value in values.items()})

    def items(self, key: str) -> list[str]:
        """A list of phrases."""
        return list(self._words[key])

    def shown(self, value: object) -> str:
        """A value as text; whole numbers with separators."""
        return self.number(value) if isinstance(value, (int, float)) else str(value)

    def number(self, value: float) -> str:
        """``1,024`` or ``2.5``; in Dutch ``1.024`` and ``2,5``."""
        text = f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
        return text.translate(str.maketrans(",.", ".,")) if self.language == "nl" else text

    def days(self, span: DaysRange | None) -> str:
        """Person-days as ``3–10``; ``unknown`` without an estimate, a dash where nothing is left to do."""
        if span is None:
            return self("page.unknown")
        if span.high == 0:
            return "–"
        return self("page.days", low=self.number(span.low), high=self.number(span.high))

    def fact(self, sentence: str) -> str | None:
        """A sentence of the rules in this language, or None where it is there in English only."""
        return sentence if self.language == "en" else self._facts.get(sentence)

    def known(self, name: str) -> str:
        """A name of the rules in this language, where it has one there."""
        return self._facts.get(name, name)


def flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys and their words."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


@cache
def _load(language: str) -> tuple[dict[str, Any], dict[str, str]]:
    if language not in LANGUAGES:
        raise KeyError(language)
    table = tomllib.loads((_FILES / f"{language}.toml").read_text(encoding="utf-8"))
    facts = table.pop("facts", {})
    return dict(flat(table)), facts
