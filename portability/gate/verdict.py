"""What fails a check, why, and with which exit code."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from portability.model import LOCK_IN, Assessment, Finding, Limit, LockIn, Policy, Selection
from portability.names.globs import matches_any
from portability.policy import accepts

Standing = Literal["fails", "told", "accepted", "known", "catalogue"]
"""What becomes of a finding. ``known`` was there before; ``catalogue`` is new only because the rules are."""
State = Literal["new", "unchanged", "updated"]
"""A finding against an earlier state; ``updated`` is one that binds harder than it did."""


class GateError(Exception):
    """A check cannot be done as it was asked: why, and what to do."""


class Exit(enum.IntEnum):
    """Exit codes, as the documentation has them."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    UNREAD = 3
    NOTHING = 4


STOPPED: Final = 130
"""The exit code of a run that somebody stopped, by the custom of shells: 128 and the signal's number."""


class Judged(msgspec.Struct, frozen=True):
    """A finding, what becomes of it, why, and how it compares with an earlier state (None: there was none to ask)."""

    finding: Finding
    standing: Standing
    why: str
    state: State | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a check says: every finding judged, what fails beside findings, notes for a person, and the exit code."""

    judged: tuple[Judged, ...]
    breaches: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    code: Exit

    def of(self, standing: Standing) -> tuple[Finding, ...]:
        """The findings that stand so."""
        return tuple(one.finding for one in self.judged if one.standing == standing)

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings that fail."""
        return self.of("fails")


class Earlier(NamedTuple):
    """What an earlier state says of a finding: what would become of it, why, and whether it was there."""

    standing: Standing
    why: str
    was_there: bool = True


Known = Callable[[Finding], Earlier | None]
"""What comparing with an earlier state says of a finding; None where it is new."""
Effort = Callable[[Sequence[Finding]], float | None]
"""Person-days of findings, at the high end, on the target that takes the fewest; None where nobody knows."""


def judge(
    assessment: Assessment,
    operators: Mapping[str, str],
    *,
    known: Known | None = None,
    effort: Effort = lambda _findings: None,
    unread: int | None = None,
    allow_unread: bool = False,
    notes: Sequence[str] = (),
) -> Verdict:
    """Hold an assessment against its policy.

    ``operators`` says who operates each provider by itself, by provider id. ``unread`` is how many files in scope
    could not be read, where that is not for the assessment to say; unread input beats findings.
    """
    policy = assessment.policy
    judged = []
    for finding in assessment.findings:
        standing, why = _standing(finding, policy, operators)
        earlier = known(finding) if known else None
        if earlier and standing == "fails" and not _expired(finding):
            standing, why = earlier.standing, earlier.why
        judged.append(Judged(finding, standing, why, _state(earlier) if known else None))
    judged, breaches = _limited(judged, policy.limits, effort)
    code = Exit.FINDINGS if breaches or any(one.standing == "fails" for one in judged) else Exit.OK
    if (assessment.coverage.unread if unread is None else unread) and not allow_unread:
        code = Exit.UNREAD
    return Verdict(judged=tuple(judged), breaches=tuple(breaches), notes=tuple(notes), code=code)


def selects(selection: Selection, finding: Finding) -> bool:
    """Whether one of a selection's lists names the finding."""
    return (
        matches_any(selection.services, finding.service)
        or matches_any(selection.paths, finding.location.path)
        or finding.context in selection.contexts
        or finding.role in selection.roles
    )


def _state(earlier: Earlier | None) -> State:
    if earlier is None or not earlier.was_there:
        return "new"
    return "unchanged" if earlier.standing == "known" else "updated"


def _standing(finding: Finding, policy: Policy, operators: Mapping[str, str]) -> tuple[Standing, str]:
    if finding.acceptance is not None:
        said = finding.acceptance
        if said.expired:
            return "fails", f"it was accepted until {said.until} ({said.place}), which is over"
        return "accepted", f"accepted: {said.reason}"
    if finding.active == "no":
        return "told", "it is switched off for good"
    if finding.confidence == "possible" or finding.evidence == "callers":
        return "told", "nobody can be sure of it from the code"
    if selects(policy.deny, finding):
        return "fails", f"the policy {policy.name} denies it"
    if finding.kind != "lock-in":
        return "told", f"a matter of {finding.kind}, which fails only where the policy denies it"
    if selects(policy.allow, finding):
        return "told", f"the policy {policy.name} allows it"
    if policy.operators and accepts(policy.operators, finding.jurisdiction):
        own = operators.get(finding.service.partition("/")[0])
        if policy.sovereign_offers or finding.operator == own:
            return "told", f"{finding.operator} ({finding.jurisdiction}) operates it, which the policy accepts"
    if _at_least(finding.lock_in, policy.fail_on):
        return "fails", f"{finding.lock_in} is at {policy.fail_on} or above"
    return "told", f"{finding.lock_in} is below {policy.fail_on}"


def _at_least(level: LockIn, fail_on: LockIn) -> bool:
    """Nothing is below portable, what nobody knows included."""
    order = list(LOCK_IN)
    return fail_on == "portable" or (level != "unknown" and order.index(level) >= order.index(fail_on))


def _expired(finding: Finding) -> bool:
    return finding.acceptance is not None and finding.acceptance.expired


def _limited(judged: list[Judged], limits: Sequence[Limit], effort: Effort) -> tuple[list[Judged], list[str]]:
    """Let findings pass within limits, and say which limits are broken."""
    breaches: list[str] = []
    within: set[str] = set()
    broken: set[str] = set()
    for limit in limits:
        inside = [one.finding for one in judged if one.standing == "fails" and _in(limit, one.finding)]
        where = _where(limit)
        if limit.max_findings is not None:
            fits = len(inside) <= limit.max_findings
            (within if fits else broken).update(finding.fingerprint for finding in inside if not _expired(finding))
            if not fits:
                breaches.append(f"{len(inside)} findings{where} that fail, more than {limit.max_findings}")
        if limit.max_effort is not None:
            days = effort([one.finding for one in judged if one.standing != "accepted" and _in(limit, one.finding)])
            if days is None:
                breaches.append(f"the effort{where} has no full estimate, so it may be over {limit.max_effort:g} days")
            elif days > limit.max_effort:
                breaches.append(f"leaving takes up to {days:g} person-days{where}, more than {limit.max_effort:g}")
    passing = within - broken
    told = [
        Judged(one.finding, "told", "within the limit of the policy", one.state)
        if one.standing == "fails" and one.finding.fingerprint in passing
        else one
        for one in judged
    ]
    return told, breaches


def _in(limit: Limit, finding: Finding) -> bool:
    return (not limit.services or matches_any(limit.services, finding.service)) and (
        not limit.paths or matches_any(limit.paths, finding.location.path)
    )


def _where(limit: Limit) -> str:
    named = [*limit.services, *limit.paths]
    return f" in {', '.join(named)}" if named else ""
