"""Risks that somebody took, beside the code or in the project's list, and the findings that they cover."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from portability.configuration import Project
from portability.discovery import Seen, look
from portability.model import MAX_RELATED, Acceptance, Finding, Language, Location
from portability.names.globs import matches
from portability.patterns import regex

if TYPE_CHECKING:
    from portability.gate.comments import Comment

MARK = b"portability:"
_SAID = regex(
    r"portability:\s*accept\s+(?P<services>[\w*./,\- ]+?)\s+--\s+(?P<reason>.*?)"
    r"\s*(?:\(until\s+(?P<until>[^)]*)\)\s*)?$"
)


class Inline(msgspec.Struct, frozen=True, kw_only=True):
    """One comment that accepts services. It speaks of what ``line`` belongs to or, at the head of a document, of
    everything down to ``last``."""

    services: tuple[str, ...]
    acceptance: Acceptance
    line: int
    last: int = 0

    def covers(self, place: Location) -> bool:
        """Whether it speaks of this place."""
        if self.last:
            return self.line <= place.line <= self.last
        return place.line <= self.line <= max(place.line, place.end_line)


def today() -> datetime.date:
    """The day by which acceptances expire; ``SOURCE_DATE_EPOCH`` fixes it, so that a run can be repeated."""
    if (epoch := os.environ.get("SOURCE_DATE_EPOCH", "")).isdigit():
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    return datetime.datetime.now(datetime.UTC).date()


class Register:
    """Everything that is accepted in a project. ``notes`` says afterwards what was unused or not understood."""

    def __init__(self, project: Project, *, inline: bool = True) -> None:
        self._project = project
        self._root = project.root
        self._inline = inline
        self._day = today()
        self._used: set[str] = set()
        self._said: dict[str, list[Inline]] = {}
        self._wrong: list[str] = []

    def settle(self, findings: Sequence[Finding], root: Path | None = None) -> list[Finding]:
        """The findings in a copy of the project (``root``) or in itself, with who accepted them.

        An inline comment comes before the list; what is in force before what has expired.
        """
        self._root = root or self._root
        if self._inline:
            self._read({(f.location.path, f.language) for f in findings})
        return [self._settled(finding) for finding in findings]

    def notes(self, *, whole: bool) -> list[str]:
        """What is wrong with acceptances. Only a ``whole`` run can say that an entry of the list is unused."""
        lines = list(self._wrong)
        for path in sorted(self._said):
            places = (said.acceptance.place for said in self._said[path])
            unused = (place for place in places if place not in self._used)
            lines.extend(f"{place}: nothing here needs this acceptance; take it away" for place in unused)
        for number, risk in enumerate(self._project.configuration.accept, 1):
            if whole and self._place(number) not in self._used:
                lines.append(f"{self._place(number)}: nothing needs this acceptance of {risk.service}; take it away")
        return lines

    def _settled(self, finding: Finding) -> Finding:
        found = [*self._beside(finding), *self._listed(finding)]
        self._used.update(one.place for one in found)
        chosen = next((one for one in found if not one.expired), found[0] if found else None)
        if chosen is None:
            return finding
        return msgspec.structs.replace(finding, accepted=not chosen.expired, acceptance=chosen)

    def _listed(self, finding: Finding) -> Iterable[Acceptance]:
        for number, risk in enumerate(self._project.configuration.accept, 1):
            if matches(risk.service, finding.service) and matches(risk.path, finding.location.path):
                yield Acceptance(
                    kind="central",
                    reason=risk.reason,
                    owner=risk.owner,
                    until=risk.until.isoformat() if risk.until else "",
                    expired=risk.until is not None and risk.until < self._day,
                    place=self._place(number),
                )

    def _place(self, number: int) -> str:
        return f"{self._project.source}, accept {number}"

    def _beside(self, finding: Finding) -> list[Acceptance]:
        own = self._at(finding, finding.location)
        if own or finding.language != "terraform" or not 0 < len(finding.related) < MAX_RELATED:
            return own
        # Accepting a module call accepts what it brings, where every call that leads here is known and accepted.
        above = [self._at(finding, place) for place in finding.related]
        return above[0] if all(above) else []

    def _at(self, finding: Finding, place: Location) -> list[Acceptance]:
        if self._inline and place.path not in self._said:
            self._read({(place.path, finding.language)})
        return [
            said.acceptance
            for said in self._said.get(place.path, ())
            if said.covers(place) and any(matches(service, finding.service) for service in said.services)
        ]

    def _read(self, files: Iterable[tuple[str, Language]]) -> None:
        for path, language in sorted(files):
            if path in self._said:
                continue
            self._said[path] = []
            seen = look(self._root, path)
            if isinstance(seen, Seen) and MARK in seen.data:
                self._said[path] = list(self._understood(path, language, seen.data))

    def _understood(self, path: str, language: Language, data: bytes) -> Iterable[Inline]:
        from portability.gate.comments import comments  # few files hold one

        said = comments(language, path, data)
        own_lines = {comment.line for comment in said if not comment.trailing}
        lines = data.decode("utf-8", "replace").splitlines()
        for comment in said:
            if not re.match(r"portability:\s*accept\b", comment.text):
                continue
            found = _SAID.match(comment.text)
            until = _day(found["until"]) if found else None
            if found is None or not found["reason"] or (found["until"] is not None and until is None):
                how = "write # portability: accept aws/sqs -- reason (until 2027-06-30)"
                self._wrong.append(f"{path}:{comment.line}: this acceptance is not understood; {how}")
                continue
            yield Inline(
                services=tuple(part for part in re.split(r"[,\s]+", found["services"]) if part),
                acceptance=Acceptance(
                    kind="inline",
                    reason=found["reason"],
                    until=found["until"] or "",
                    expired=until is not None and until < self._day,
                    place=f"{path}:{comment.line}",
                ),
                line=_line(comment, own_lines),
                last=_document(comment, own_lines, lines) if language == "kubernetes" else 0,
            )


def _line(comment: Comment, own_lines: set[int]) -> int:
    """The line that a comment speaks of: its own where code stands before it, else the one below its comments."""
    line = comment.line
    while not comment.trailing and line in own_lines:
        line += 1
    return line


def _document(comment: Comment, own_lines: set[int], lines: Sequence[str]) -> int:
    """The last line of the document that a comment heads, or 0 where something else stands above it."""
    if comment.trailing or not lines[comment.line - 1].startswith("#"):
        return 0
    above = comment.line - 1
    while above and (above in own_lines or not lines[above - 1].strip()):
        above -= 1
    if above and not lines[above - 1].startswith("---"):
        return 0
    below = comment.line
    while below < len(lines) and (below + 1 in own_lines or lines[below].startswith("---") or not lines[below].strip()):
        below += 1
    while below < len(lines) and not lines[below].startswith("---"):
        below += 1
    return max(below, comment.line)


def _day(text: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text.strip()) if text else None
    except ValueError:
        return None
