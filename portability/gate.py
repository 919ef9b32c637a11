"""What fails a check, and with which exit code."""

from __future__ import annotations

import enum
from collections.abc import Sequence

import msgspec

from portability.model import LOCK_IN, Assessment, Finding, LockIn


class Exit(enum.IntEnum):
    """Exit codes, as the documentation has them."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    UNREAD = 3
    NOTHING = 4


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a check says: what fails, what is only told, and the exit code."""

    failing: tuple[Finding, ...]
    told: tuple[Finding, ...]
    code: Exit


def judge(assessment: Assessment, fail_on: LockIn, *, allow_unread: bool = False) -> Verdict:
    """Fail on production findings at ``fail_on`` or above that are not merely possible; unread input beats them."""
    failing = tuple(finding for finding in assessment.findings if _fails(finding, fail_on))
    told = tuple(finding for finding in assessment.findings if not _fails(finding, fail_on))
    code = Exit.FINDINGS if failing else Exit.OK
    if assessment.coverage.unread and not allow_unread:
        code = Exit.UNREAD
    return Verdict(failing=failing, told=told, code=code)


def _fails(finding: Finding, fail_on: LockIn) -> bool:
    order: Sequence[str] = list(LOCK_IN)
    return (
        finding.kind == "lock-in"
        and finding.lock_in != "unknown"
        and order.index(finding.lock_in) >= order.index(fail_on)
        and finding.context == "production"
        and finding.confidence != "possible"
        and finding.active != "no"
        and not finding.accepted
    )
