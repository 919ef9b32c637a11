"""What changed between two reports, and why: the code or the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from portability.assessment.effort import NOTHING
from portability.catalogue import Catalogue
from portability.catalogue.validate import NAMESPACES
from portability.gate.compare import Comparison, entry
from portability.gate.verdict import Earlier, Known
from portability.model import Assessment, DaysRange, Finding, LockIn, ServiceSummary, harder
from portability.reports.words import days

Kind = Literal["new", "gone", "changed"]
Cause = Literal["code", "rules", "either"]
CAUSES: Mapping[Cause, str] = {"code": "code", "rules": "catalogue", "either": "code or tool"}


class Change(NamedTuple):
    """A finding that is new, gone, or judged differently; a level is None where there was or is no finding."""

    kind: Kind
    path: str
    line: int | None
    service: str
    symbol: str
    before: LockIn | None
    now: LockIn | None
    cause: Cause
    fingerprint: str


class Shift(NamedTuple):
    """Person-days of a service (None: the whole estate) on a target, before and now; none where it was or is not used,
    None where there is no estimate."""

    target: str
    service: str | None
    before: DaysRange | None
    now: DaysRange | None
    cause: Cause


class Difference(NamedTuple):
    """Everything that changed; ``kept`` counts the findings that did not."""

    before: Assessment
    same_tool: bool
    changes: list[Change]
    kept: int
    shifts: list[Shift]

    def of(self, kind: Kind) -> list[Change]:
        """The changes of one kind."""
        return [change for change in self.changes if change.kind == kind]

    @property
    def by_finding(self) -> dict[str, Change]:
        """Fingerprint → what changed, for the findings that are there now."""
        return {change.fingerprint: change for change in self.changes if change.kind != "gone"}

    @property
    def head(self) -> str:
        """How many changed, in one sentence."""
        made_by = f"version {self.before.version}, catalogue {self.before.catalogue}"
        earlier = "the same catalogue" if self.same_tool else made_by
        counts = ", ".join(f"{len(self.of(kind)):,} {kind}" for kind in ("new", "gone", "changed"))
        return f"Since {self.before.root}, {earlier}: {counts}, {self.kept:,} as before"


def difference(before: Assessment, now: Assessment, catalogue: Catalogue) -> Difference:
    """Findings are paired as a baseline pairs them, so that a renamed file is no change.

    With the same catalogue and version of the tool every change comes from the code. Otherwise equal content (its
    digest) shows that the rules changed. With the same version, a new name that the earlier report has too was known
    then, and one that is gone and that the catalogue of now still has was not forgotten: there the code changed.
    """
    same_version = before.version == now.version
    same = same_version and before.catalogue == now.catalogue
    comparison = Comparison(map(entry, before.findings), now.findings)
    old = {finding.fingerprint: finding for finding in before.findings}
    known_before = {one.symbol for one in before.findings}
    changes: list[Change] = []
    kept = 0
    for finding in now.findings:
        paired = comparison.pairs.get(finding.fingerprint)
        if paired is None:
            cause = _cause(same, same_version and finding.symbol in known_before)
            changes.append(_change("new", finding, None, finding.lock_in, cause))
        elif (then := old[paired.fingerprint]).lock_in != finding.lock_in or then.service != finding.service:
            cause = "code" if same or (then.digest != finding.digest and finding.digest) else "rules"
            changes.append(_change("changed", finding, then.lock_in, finding.lock_in, cause))
        else:
            kept += 1
    for stale in comparison.stale:
        claims = (catalogue.claim(namespace, stale.symbol) for namespace in NAMESPACES)
        still_known = any(claim is not None and claim.service == stale.service for claim in claims)
        cause = _cause(same, same_version and still_known)
        changes.append(_change("gone", old[stale.fingerprint], stale.lock_in, None, cause))
    return Difference(before, same, changes, kept, _shifts(before, now, same))


def _cause(same_tool: bool, both_know_it: bool) -> Cause:
    return "code" if same_tool or both_know_it else "either"


def _change(kind: Kind, finding: Finding, before: LockIn | None, now: LockIn | None, cause: Cause) -> Change:
    # What is gone has a line no more.
    line = None if kind == "gone" else finding.location.line
    place = (finding.location.path, line, finding.service, finding.symbol)
    return Change(kind, *place, before, now, cause, finding.fingerprint)


def _shifts(before: Assessment, now: Assessment, same: bool) -> list[Shift]:
    """Changed person-days: first the estate's, then each service's, by target."""
    shifts: list[Shift] = []
    then = {service.service: service for service in before.services}
    today = {service.service: service for service in now.services}
    for target in now.targets:
        if target not in before.targets:
            continue
        rows = []
        for id in sorted(then.keys() | today.keys()):
            was, is_now = then.get(id), today.get(id)
            # What is not used asks nothing; that is not an estimate which nobody has.
            old, new = (side.effort[target] if side else NOTHING for side in (was, is_now))
            if old != new:
                cause: Cause = "code" if same else "rules" if _alike(was, is_now) else "either"
                rows.append(Shift(target, id, old, new, cause))
        if before.effort[target] != now.effort[target]:
            cause = "code" if same else "rules" if rows and all(row.cause == "rules" for row in rows) else "either"
            shifts.append(Shift(target, None, before.effort[target], now.effort[target], cause))
        shifts.extend(rows)
    return shifts


def _alike(was: ServiceSummary | None, now: ServiceSummary | None) -> bool:
    """Whether a service is used as it was, so that only the rules can have changed its days."""
    if was is None or now is None:
        return False
    names = ("uses", "copies", "findings", "features", "roles")
    return all(getattr(was, name) == getattr(now, name) for name in names)


def known(found: Difference) -> Known:
    """What becomes of a finding that would fail: as with a baseline, only what is new or was made harder does."""
    changes = found.by_finding

    def said(finding: Finding) -> Earlier | None:
        change = changes.get(finding.fingerprint)
        if change is not None and change.before is None:
            return None
        was = change.before if change else None
        if was is None or harder(was, finding.lock_in) == was:
            return Earlier("known", "it was in the earlier report")
        if change is not None and change.cause == "rules":
            return Earlier("catalogue", f"it was in the earlier report as {was}; the catalogue judges it harder now")
        return Earlier("fails", f"it was {was} in the earlier report")

    return said


def lines(found: Difference) -> Iterator[str]:
    """The comparison as sentences: how many changed, person-days, then each change."""
    yield found.head
    for shift in found.shifts:
        what = shift.service or "in all"
        yield f"person-days to {shift.target}, {what}: {days(shift.before)} → {days(shift.now)} ({CAUSES[shift.cause]})"
    for change in found.changes:
        place = change.path if change.line is None else f"{change.path}:{change.line}"
        levels = " → ".join(level for level in (change.before, change.now) if level)
        yield f"{change.kind}: {place}: {levels} {change.service} {change.symbol} ({CAUSES[change.cause]})"
