"""Half sentences that templates would be clumsy at, in the report's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from portability.model import Component, FileCounts, Finding, Mention
from portability.reports.html.words import Words


def phrases(words: Words, root: str) -> dict[str, Callable[..., str | list[str]]]:
    """The phrases by the name under which templates call them."""

    def counted(pairs: Iterable[tuple[str, int]]) -> str:
        return ", ".join(f"{name} ({words.number(number)})" for name, number in pairs)

    def mentioned(mentions: Iterable[Mention]) -> str:
        """Kinds of files that no parser reads, and how many."""
        ranked = sorted(mentions, key=lambda mention: (-mention.files, mention.kind))
        return counted((words.known(mention.kind), mention.files) for mention in ranked)

    def languages(files: Mapping[str, FileCounts]) -> str:
        """How many files there are of each language, the most first."""
        numbers = {language: one.read + one.partly + one.unread for language, one in files.items()}
        ranked = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
        return counted((words(f"language.{language}"), number) for language, number in ranked)

    def together(names: Iterable[str]) -> str:
        """``one, two and three``."""
        *most, last = names
        return " ".join([", ".join(most), words("page.and"), last]) if most else last

    def listed(numbers: Mapping[str, int]) -> str:
        return counted(numbers.items())

    def seats(numbers: Iterable[tuple[str, int]]) -> str:
        return counted((words("page.unknown") if seat == "unknown" else seat, number) for seat, number in numbers)

    def named(components: Iterable[Component]) -> list[str]:
        """Components by their directory; the topmost goes by the root's name."""
        return [root if component.id == "." else component.id for component in components]

    def tail(path: str, letters: int) -> str:
        """As many of a path's last parts as fit into so many letters."""
        parts = path.split("/")
        shown = parts.pop()
        while parts and len(parts[-1]) + 1 + len(shown) <= letters:
            shown = f"{parts.pop()}/{shown}"
        return shown

    def notes(finding: Finding) -> str:
        """What there is to say of a finding beside its level."""
        said = [words(f"kind.{finding.kind}")] if finding.kind != "lock-in" else []
        said += [words(f"role.{finding.role}")] if finding.role != "primary" else []
        said += [words(f"confidence.{finding.confidence}")] if finding.confidence != "certain" else []
        said += [words(f"context.{finding.context}")] if finding.context != "production" else []
        said += [words("findings.switched", active=finding.active)] if finding.active != "yes" else []
        said += [words("findings.accepted")] if finding.accepted else []
        said += finding.features
        said += [words("deep.perhaps", feature=feature) for feature in finding.features_unknown]
        return ", ".join(said)

    return {
        "mentioned": mentioned,
        "languages": languages,
        "listed": listed,
        "together": together,
        "seats": seats,
        "named": named,
        "tail": tail,
        "notes": notes,
    }
