"""A check from end to end: what is in scope, what it was before, what somebody accepted, and the verdict."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from portability.assessment import assess
from portability.audit import audit
from portability.catalogue import Catalogue
from portability.configuration import Project
from portability.discovery import candidate
from portability.gate.accept import Register
from portability.gate.compare import Comparison, entry
from portability.gate.verdict import Earlier, Verdict, judge
from portability.model import Assessment, Coverage, Finding
from portability.names.globs import matches_any
from portability.settings import Settings

if TYPE_CHECKING:
    from portability.gate.change import Change

FROM_REF = "PRE_COMMIT_FROM_REF"
"""Set by pre-commit when it runs over the commits since a ref instead of over what is staged."""


_NEVER = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".pdf", ".zip", ".gz", ".woff", ".woff2", ".ico", ".mp4", ".jar")
"""Files that no parser asks for, and that are large."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a check was asked to do. ``paths`` None is the whole project; without ``against``, ``staged`` and
    ``baseline`` nothing counts as known."""

    paths: Sequence[Path] | None = None
    targets: tuple[str, ...] = ()
    against: str = ""
    staged: bool = False
    every: bool = False
    baseline: Path | None = None
    inline: bool = True
    allow_unread: bool = False
    strict_catalogue: bool = False
    include_skipped: bool = False
    jobs: int | None = None
    services: tuple[str, ...] = ()
    globs: tuple[str, ...] = ()


class Check:
    """One run over a project. Raises GateError where it cannot be done as asked."""

    def __init__(
        self,
        project: Project,
        settings: Settings,
        catalogue: Catalogue,
        request: Request,
        progress: Callable[[int, int, int], None] = lambda _done, _total, _found: None,
    ) -> None:
        self._project = project
        self._settings = settings
        self._catalogue = catalogue
        self._request = request
        self._progress = progress
        self._register = Register(project, inline=request.inline)
        self._notes: list[str] = []

    def run(self) -> tuple[Assessment, Verdict]:
        """Read what is in scope and judge it."""
        changed = self._change()
        if changed is None:
            assessment = self._audit(self._project.root, self._request.paths)
            return assessment, self._verdict(
                assessment, [], assessment.coverage.unread, whole=self._request.paths is None
            )
        with changed.judged() as root:
            wanted = self._reported(root, changed)
            assessment = self._audit(root, wanted)
            unread = self._unread(root, changed, wanted, assessment)
            known = [self._since(root, changed, assessment)] if self._would_fail(assessment) else []
            return assessment, self._verdict(assessment, known, unread, whole=False)

    def _change(self) -> Change | None:
        request = self._request
        if not (request.staged or request.against) or request.every:
            return None
        from portability.gate import change

        if ref := request.against or (os.environ.get(FROM_REF, "") if request.staged else ""):
            return change.against(self._project.root, ref)
        staged = change.staged(self._project.root)
        if staged is None:
            self._notes.append("nothing is staged, so what is named was judged as a whole")
        return staged

    def _audit(self, root: Path, paths: Sequence[Path] | None, *, settle: bool = True) -> Assessment:
        return audit(
            root,
            self._catalogue,
            self._request.targets,
            paths=paths,
            include_skipped=self._request.include_skipped,
            jobs=self._request.jobs,
            settings=self._settings,
            policy=self._project.policy,
            settle=(lambda findings: self._settle(findings, root)) if settle else tuple,
            progress=self._progress,
        )

    def _settle(self, findings: Sequence[Finding], root: Path) -> Sequence[Finding]:
        request = self._request
        chosen = [
            finding
            for finding in findings
            if (not request.services or matches_any(request.services, finding.service))
            and (not request.globs or matches_any(request.globs, finding.location.path))
        ]
        return self._register.settle(chosen, root)

    def _reported(self, root: Path, changed: Change) -> list[Path]:
        """The changed files that were named, and the rest of their Terraform modules, which a change may reach.

        Of a module whose files come in several batches, the one with the first changed file reports the others.
        """
        named = {path for path in changed.paths if self._is_named(path)}
        firsts = {min(same) for same in _modules(changed.paths).values()}
        paths = named | {
            path
            for folder, same in _modules(named).items()
            if same & firsts
            for path in _beside(root, folder) - changed.paths
        }
        return [Path(path) for path in sorted(paths) if os.path.lexists(root / path)]

    def _is_named(self, path: str) -> bool:
        if self._request.paths is None:
            return True
        full = self._project.root / path
        return any(full == one or full.is_relative_to(one) for one in self._request.paths)

    def _all_changed(self, root: Path, changed: Change) -> list[Path]:
        beside = {path for folder in _modules(changed.paths) for path in _beside(root, folder)}
        return [Path(path) for path in sorted(changed.paths | beside) if os.path.lexists(root / path)]

    def _unread(self, root: Path, changed: Change, wanted: Sequence[Path], assessment: Assessment) -> int:
        """Files that count as unread: those that changed, and those beside them that were readable before."""
        if not assessment.coverage.unread:
            return 0
        touched = [path for path in wanted if path.as_posix() in changed.paths]
        rest = [path for path in wanted if path.as_posix() not in changed.paths]
        unread = self._audit(root, touched, settle=False).coverage.unread
        if now := assessment.coverage.unread - unread:
            with changed.earlier(_needed_by(changed.paths)) as (before, _):
                then = self._audit(before, rest, settle=False).coverage.unread
            unread += max(0, now - then)
            if now <= then:
                self._notes.append(f"{now} files that this change does not touch could not be read before it either")
        return unread

    def _would_fail(self, assessment: Assessment) -> bool:
        return bool(judge(assessment, self._operators).failing)

    def _since(self, root: Path, changed: Change, assessment: Assessment) -> Comparison:
        """Compare the whole change, whatever part of it was named, so that every batch sees the same moves."""
        everything = self._all_changed(root, changed)
        whole = set(everything) == set(self._reported(root, changed))
        now = assessment if whole else self._audit(root, everything, settle=False)
        with changed.earlier(_needed_by(changed.paths)) as (before, existed):
            then = self._audit(before, self._all_changed(before, changed), settle=False)
        return Comparison(
            map(entry, then.findings), now.findings, existed=existed.__contains__, whence="before this change"
        )

    @property
    def _operators(self) -> dict[str, str]:
        return {id: provider.operator for id, provider in self._catalogue.providers.items()}

    def _verdict(self, assessment: Assessment, known: list[Comparison], unread: int, *, whole: bool) -> Verdict:
        whole = whole and not self._request.globs and not self._request.services
        if (comparison := self._baseline(assessment)) is not None:
            known = [*known, comparison]
            if comparison.stale and whole:
                count = len(comparison.stale)
                self._notes.append(f"{count} of the baseline are gone; `portability baseline update` takes them out")

        def before(finding: Finding) -> Earlier | None:
            answers = [answer for one in known if (answer := one.known(finding)) is not None]
            best = next((answer for answer in answers if answer.standing == "known"), answers[0] if answers else None)
            if best is not None and best.standing == "catalogue" and self._request.strict_catalogue:
                return best._replace(standing="fails")
            return best

        verdict = judge(
            assessment,
            self._operators,
            known=before if known else None,
            effort=self._effort,
            unread=unread,
            allow_unread=self._request.allow_unread,
        )
        notes = (*self._notes, *self._register.notes(whole=whole))
        return msgspec.structs.replace(verdict, notes=notes)

    def _baseline(self, assessment: Assessment) -> Comparison | None:
        if self._request.baseline is None:
            return None
        from portability.gate import baseline

        root = self._project.root
        kept = baseline.read(self._request.baseline)
        changed_rules = kept.catalogue != self._catalogue.version

        def same_code(path: str) -> bool:
            then = kept.files.get(path)
            return changed_rules and then is not None and baseline.content(root, path) == then

        return Comparison(
            kept.findings,
            assessment.findings,
            looked_at=lambda path: self._is_named(path) or not os.path.lexists(root / path),
            existed=kept.files.__contains__,
            same_code=same_code,
            whence="when the baseline was written",
        )

    def _effort(self, findings: Sequence[Finding]) -> float | None:
        found = assess("", findings, Coverage(), self._catalogue, self._request.targets).services
        used = [service for service in found if service.uses]
        totals = [
            sum(days.high for service in used if (days := service.effort[target]) is not None)
            for target in self._request.targets
            if all(service.effort[target] is not None for service in used)
        ]
        return min(totals, default=None)


def _needed_by(paths: Iterable[str]) -> Callable[[str], bool]:
    """Whether reading some paths may take a file: one of their languages, or of no language that its name tells."""
    languages: set[str | None] = {candidate(path) for path in paths}
    if languages & {None, "kubernetes", "terraform"}:
        languages |= {"kubernetes", "terraform"}  # scripts and policies are read by the configurations that name them
    languages.add(None)
    return lambda path: candidate(path) in languages and not path.endswith(_NEVER)


def _modules(paths: Iterable[str]) -> dict[str, set[str]]:
    """Terraform files by folder."""
    found: dict[str, set[str]] = {}
    for path in paths:
        if candidate(path) == "terraform":
            found.setdefault(path.rpartition("/")[0], set()).add(path)
    return found


def _beside(root: Path, folder: str) -> set[str]:
    try:
        names = os.listdir(root / folder)
    except OSError:
        return set()
    paths = (f"{folder}/{name}" if folder else name for name in names)
    return {path for path in paths if candidate(path) == "terraform"}
