"""Half sentences that templates would be clumsy at, in the report's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from portability.model import Component, FileCounts, Finding, Mention, ServiceSummary
from portability.reports.html.answers import Running
from portability.reports.html.words import Words

_FEW = 2
"""Services of a component that the first page names."""


class Moved(NamedTuple):
    """A component as the first page names it, and the services in it."""

    shown: str
    gives: str


class Phrases:
    """The phrases of a report in one language. Templates call them by their names."""

    def __init__(self, words: Words, root: str) -> None:
        self._words = words
        self._root = root

    def _counted(self, pairs: Iterable[tuple[str, int]]) -> str:
        return ", ".join(f"{name} ({self._words.number(number)})" for name, number in pairs)

    def mentioned(self, mentions: Iterable[Mention]) -> str:
        """Kinds of files that no parser reads, and how many."""
        ranked = sorted(mentions, key=lambda mention: (-mention.files, mention.kind))
        return self._counted((self._words.known(mention.kind), mention.files) for mention in ranked)

    def languages(self, files: Mapping[str, FileCounts]) -> str:
        """How many files there are of each language, the most first."""
        numbers = {language: one.read + one.partly + one.unread for language, one in files.items()}
        ranked = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
        return self._counted((self._words(f"language.{language}"), number) for language, number in ranked)

    def together(self, names: Iterable[str]) -> str:
        """``one, two and three``."""
        *most, last = names
        return " ".join([", ".join(most), self._words("page.and"), last]) if most else last

    def listed(self, numbers: Mapping[str, int]) -> str:
        """Names, and how many there are of each."""
        return self._counted(numbers.items())

    def seats(self, numbers: Iterable[tuple[str, int]]) -> str:
        """Countries, and how many are seated in each."""
        return self._counted(
            (self._words("page.unknown") if seat == "unknown" else seat, number) for seat, number in numbers
        )

    def named(self, components: Iterable[Component]) -> list[str]:
        """Components by their directory; the topmost goes by the root's name."""
        return [self._root if component.id == "." else component.id for component in components]

    def moved(self, components: Iterable[Component], used: Sequence[ServiceSummary]) -> list[Moved]:
        """Components by their directory, and what the services are called that they use."""
        return [
            Moved(
                self._root if one.id == "." else one.id,
                self._few([service.name for service in used if service.service in one.services]),
            )
            for one in components
        ]

    def _few(self, said: list[str]) -> str:
        more = [self._words("page.more", n=len(said) - _FEW)] if len(said) > _FEW else []
        return " ".join([", ".join(said[:_FEW]), *more])

    def kinds(self, known: Iterable[str]) -> str:
        """Kinds of files, by name alone."""
        return ", ".join(map(self._words.known, known))

    def laws(self, products: Iterable[Running]) -> str:
        """The countries under whose law others operate products."""
        found = sorted({row.product.jurisdiction for row in products} - {"yours"}) or ["unknown"]
        return self.together(self._words("page.unknown") if law == "unknown" else law for law in found)

    def lost(self, service: ServiceSummary, target: str) -> str:
        """The first thing that a service loses on a target."""
        gaps = (gap.text for answer in service.equivalents if answer.target == target for gap in answer.gaps)
        return next(gaps, "")

    def tail(self, path: str, letters: int) -> str:
        """As many of a path's last parts as fit into so many letters."""
        parts = path.split("/")
        shown = parts.pop()
        while parts and len(parts[-1]) + 1 + len(shown) <= letters:
            shown = f"{parts.pop()}/{shown}"
        return shown

    def notes(self, finding: Finding) -> str:
        """What there is to say of a finding beside its level."""
        said = [self._words(f"kind.{finding.kind}")] if finding.kind != "lock-in" else []
        said += [self._words(f"role.{finding.role}")] if finding.role != "primary" else []
        said += [self._words(f"confidence.{finding.confidence}")] if finding.confidence != "certain" else []
        said += [self._words(f"context.{finding.context}")] if finding.context != "production" else []
        said += [self._words("findings.switched", active=finding.active)] if finding.active != "yes" else []
        said += [self._words("findings.accepted")] if finding.accepted else []
        said += finding.features
        said += [self._words("deep.perhaps", feature=feature) for feature in finding.features_unknown]
        return ", ".join(said)
