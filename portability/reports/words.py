"""Words and figures that every report shares, so that they say the same thing the same way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from portability.discovery import READ_PLACES
from portability.model import (
    LOCK_IN,
    Assessment,
    Claims,
    Coverage,
    DaysRange,
    Equivalent,
    Finding,
    LockIn,
    Mention,
    Problem,
    Role,
)

OPERATED_BY = {"target": "they run it", "you": "you run it", "other": "a specialist runs it"}
FIDELITY = {
    "same-api": "same interface",
    "same-concept": "another interface",
    "partial": "lacks what is listed as lost",
}
ASKED = {
    "nothing": "leave as they are",
    "repoint": "repoint",
    "rewrite": "rewrite configuration",
    "re-engineer": "re-engineer",
    "decide": "replace or retain",
    "find out": "find out about",
}
"""What components ask, after “components to”."""
OF_USES = (
    "Uses: what has to be worked on, copies counted once. Callers: functions, manifests and blocks that lean on it in "
    "production. Places: where the code names it, tests and look-ups too. Under each target: person-days of the "
    "uses, without what is set up once; – where nothing is left to do."
)
"""What the columns of services mean."""
PERHAPS = "pinned with other packages, said by a name, or at an address that only a run could tell"
"""Why a service is no more than possible."""
ALL_CLEAR = "Nothing ties this code to AWS, Azure or Google Cloud."
ROLES: Mapping[Role, str] = {
    "primary": "used",
    "part": "part of a use",
    "permission": "permission to use",
    "look-up": "look-up",
    "provider-only": "falls away on leaving",
}


def level(lock_in: LockIn) -> str:
    """A level with its verb: ``proprietary: re-engineer``."""
    return f"{lock_in}: {LOCK_IN[lock_in]}"


def count(number: int, singular: str, plural: str = "") -> str:
    """``1 file``, ``1,024 files``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def asked(mix: Sequence[tuple[str, int]]) -> str:
    """``13 components to repoint``, or ``4 components: 3 to re-engineer, 1 to repoint``."""
    whole = count(sum(number for _, number in mix), "component")
    if len(mix) == 1:
        return f"{whole} to {ASKED[mix[0][0]]}"
    return f"{whole}: {', '.join(f'{number:,} to {ASKED[work]}' for work, number in mix)}"


def days(span: DaysRange | None) -> str:
    """Person-days as ``3–10``; what has no estimate is ``unknown``, what needs none is ``–``."""
    if span is None:
        return "unknown"
    if span.high == 0:
        return "–"
    return f"{_figure(span.low)}–{_figure(span.high)}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def claims(founded: Claims | None) -> str:
    """``oldest checked 2026-11-23, 40 % verified, 50 % partly, rest not``; empty where there is nothing claimed."""
    total = founded.verified + founded.partly + founded.no if founded else 0
    if founded is None or not total:
        return ""
    # Rounded down, so that 100 % is all of them.
    shares = f"{100 * founded.verified // total} % verified, {100 * founded.partly // total} % partly"
    return f"oldest checked {founded.oldest}, {shares}{', rest not' if founded.no else ''}"


def nothing_used(assessment: Assessment) -> str:
    """What to say where no service was found: an all-clear only where all was read that could hold one."""
    coverage = assessment.coverage
    if any(finding.kind == "jurisdiction" for finding in assessment.findings):
        return "No service is used here; endpoints or ARNs of a provider are spelt out."
    if not coverage.files:
        return "Nothing was read, so this says nothing about AWS, Azure or Google Cloud."
    if coverage.unread or coverage.unsupported or any(files.partly for files in coverage.files.values()):
        return "Nothing ties what was read to AWS, Azure or Google Cloud."
    return ALL_CLEAR


def answer(equivalent: Equivalent) -> str:
    """One line for an equivalent: product, fidelity and who runs it."""
    if equivalent.product is None:
        word = {"none": "no equivalent", "not-needed": "nothing needed"}.get(equivalent.fidelity, "unknown")
        return f"{word}. {equivalent.reason}"
    operator = OPERATED_BY.get(equivalent.operated_by or "", "")
    return f"{equivalent.product} · {equivalent.fidelity} · {operator}"


def grouped(problems: Sequence[Problem]) -> Iterator[str]:
    """Problems as lines; those that say the same of many places are one."""
    places: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        places.setdefault((problem.kind, problem.message), []).append(problem)
    for (_, message), same in places.items():
        files = len({problem.path for problem in same})
        more = f" ({count(len(same), 'place')} in {count(files, 'file')})" if len(same) > 1 else ""
        yield f"{same[0].path}:{same[0].line}: {message}{more}"


def unhealthy(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """What is retired, relicensed or unmaintained, with the findings of which that is said. A service that is no more
    than possible, as by a requirement that others pin, is nobody's task to leave."""
    together: dict[str, list[Finding]] = {}
    for finding in findings:
        said = finding.message if finding.kind == "health" else finding.retired
        if said and (finding.kind == "health" or finding.confidence != "possible"):
            together.setdefault(said, []).append(finding)
    return together


def coverage_lines(coverage: Coverage) -> list[str]:
    """What was read and what was not, a sentence a line; problems are apart."""
    lines = []
    for language, files in coverage.files.items():
        text = f"{language}: {count(files.read, 'file')} read"
        if files.partly:
            text += f", {files.partly:,} in part"
        if files.unread:
            text += f", {files.unread:,} NOT READ"
        lines.append(text)
    if not lines:
        lines.append("no file of a language that is read was found")
    if coverage.stopped:
        lines.append(
            f"{count(coverage.stopped, 'file')} NOT READ: the run was stopped, so this is a part of what there is"
        )
    lines.extend(_mentions(coverage))
    if coverage.unfollowed:
        first = ", ".join(f"{one.name} ({one.times:,}×, {one.sample})" for one in coverage.unfollowed[:3])
        lines.append(f"{count(len(coverage.unfollowed), 'source')} not in the tree and not read, most called: {first}")
    if coverage.skipped:
        listed = ", ".join(f"{name} ({files:,})" for name, files in coverage.skipped.items())
        lines.append(f"skipped as vendored or generated: {listed}; --include-skipped reads them")
    if coverage.elsewhere:
        lines.append(f"{count(coverage.elsewhere, 'use')} of a provider's API at somebody else's endpoint: no finding")
    if coverage.unclassified:
        whose = count(coverage.unclassified, "finding that tells", "findings that tell")
        lines.append(f"{whose} the provider, but not the service")
    if coverage.unresolved:
        lines.append(f"{count(coverage.unresolved, 'value')} that only a run could tell: features marked “perhaps”")
    return lines


def _mentions(coverage: Coverage) -> Iterator[str]:
    """Lines of a provider: how many files name it, by kind, and one of them; what no parser reads apart from what was
    read without finding a use."""
    for is_read, said in ((False, "not read, no parser, yet naming"), (True, "read, no use found, yet naming")):
        by_provider: dict[str, list[Mention]] = {}
        for mention in coverage.unsupported:
            if (mention.kind in READ_PLACES) == is_read:
                by_provider.setdefault(mention.provider, []).append(mention)
        for provider, mentions in by_provider.items():
            ranked = sorted(mentions, key=lambda mention: (-mention.files, mention.kind))
            kinds = ", ".join(f"{mention.kind} ({mention.files:,})" for mention in ranked)
            sample = ranked[0].sample
            yield f"{said} {provider}: {kinds}; such as {sample['path']}:{sample['line']}"
