"""What lies open in an editor, judged like a check: the same policy, baseline and comments, the unsaved text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from portability.catalogue import Catalogue
from portability.configuration import Project
from portability.discovery import candidate, unsaved
from portability.gate import Judged
from portability.gate.checking import Check, Request
from portability.model import Assessment, Location, Problem, Proposal
from portability.proposals import ProposalError, manifest_edits, render_parts, source_edits


class Sheet(msgspec.Struct, frozen=True):
    """One open file: what was found in it, and what could not be read."""

    judged: tuple[Judged, ...]
    problems: tuple[Problem, ...]

    def at(self, first: int, last: int) -> list[Judged]:
        """Findings that some of these lines (from 1) belong to."""
        return [one for one in self.judged if one.finding.location.line <= last and first <= _end(one)]


class Desk:
    """The open files of one project. Raises GateError where its baseline is broken."""

    def __init__(self, project: Project, catalogue: Catalogue, targets: Sequence[str]) -> None:
        self.project = project
        self._catalogue = catalogue
        self._targets = tuple(targets)
        self._texts: dict[Path, bytes] = {}
        self._assessment: Assessment | None = None

    def judge(self, texts: Mapping[Path, bytes]) -> dict[Path, Sheet]:
        """Judge the open files together: what one of them says may depend on another."""
        ours = {path: text for path, text in texts.items() if candidate(path.name) is not None and path.is_file()}
        if not ours:
            return {path: Sheet((), ()) for path in texts}
        request = Request(
            paths=sorted(ours), targets=self._targets, baseline=self.project.known_baseline, allow_unread=True, jobs=1
        )
        with unsaved(ours):
            assessment, verdict = Check(self.project, self.project.settings(), self._catalogue, request).run()
        self._texts, self._assessment = dict(ours), assessment
        judged: dict[str, list[Judged]] = {}
        for one in verdict.judged:
            judged.setdefault(one.finding.location.path, []).append(one)
        problems: dict[str, list[Problem]] = {}
        for problem in assessment.coverage.problems:
            problems.setdefault(problem.path, []).append(problem)
        return {
            path: Sheet(tuple(judged.get(name, ())), tuple(problems.get(name, ())))
            for path in texts
            for name in [self.name_of(path)]
        }

    def has(self, path: Path, text: bytes) -> bool:
        """Whether a file was judged with this text."""
        return self._texts.get(path) == text

    def proposals(self, place: Location) -> list[Proposal]:
        """What there is for the finding at a place, a proposal a target and file."""
        if self._assessment is None:
            return []
        found: list[Proposal] = []
        with unsaved(self._texts):
            for target in self._targets:
                known, root = self._catalogue, self.project.root
                edited = source_edits(self._assessment, known, root, target)
                try:
                    manifests = manifest_edits(self._assessment, known, root, target)
                    made = render_parts(self._assessment, known, target, left=edited.left, answered=manifests.answered)
                except ProposalError:
                    continue  # a template at fault is for `portability propose` to say
                found += [*(one.proposal for one in made), *edited.patches, *manifests.patches]
        return [proposal for proposal in found if place in proposal.replaces]

    def name_of(self, path: Path) -> str:
        """A file's path as findings have it."""
        return path.relative_to(self.project.root).as_posix() if path.is_relative_to(self.project.root) else ""


def _end(one: Judged) -> int:
    return max(one.finding.location.line, one.finding.location.end_line)
