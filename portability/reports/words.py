"""Words and figures that every report shares, so that they say the same thing the same way."""

from __future__ import annotations

from collections.abc import Mapping

from portability.model import LOCK_IN, Coverage, DaysRange, Equivalent, LockIn

OPERATED_BY = {"target": "they run it", "you": "you run it", "other": "a specialist runs it"}
ROLES = {"primary": "used", "part": "part of a use", "look-up": "look-up", "provider-only": "falls away on leaving"}


def level(lock_in: LockIn) -> str:
    """A level with its verb: ``proprietary: re-engineer``."""
    return f"{lock_in}: {LOCK_IN[lock_in]}"


def count(number: int, singular: str, plural: str = "") -> str:
    """``1 file``, ``1,024 files``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def days(span: DaysRange | None) -> str:
    """Person-days as ``3–10``; what has no estimate is ``unknown``, what needs none is ``–``."""
    if span is None:
        return "unknown"
    if span.high == 0:
        return "–"
    return f"{_figure(span.low)}–{_figure(span.high)}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def answer(equivalent: Equivalent) -> str:
    """One line for an equivalent: product, fidelity and who runs it."""
    if equivalent.product is None:
        word = "no equivalent" if equivalent.fidelity == "none" else "unknown"
        return f"{word}. {equivalent.reason}"
    operator = OPERATED_BY.get(equivalent.operated_by or "", "")
    return f"{equivalent.product} · {equivalent.fidelity} · {operator}"


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
        lines.append("no Terraform, Kubernetes or Python file was found")
    lines.extend(_mentions(coverage))
    if coverage.skipped:
        listed = ", ".join(f"{name} ({files:,})" for name, files in coverage.skipped.items())
        lines.append(f"skipped as vendored or generated: {listed}; --include-skipped reads them")
    if coverage.elsewhere:
        lines.append(f"{count(coverage.elsewhere, 'use')} of a provider's API at somebody else's endpoint: no finding")
    if coverage.unclassified:
        lines.append(f"{count(coverage.unclassified, 'finding')} of services that the catalogue does not know yet")
    if coverage.unresolved:
        lines.append(f"{count(coverage.unresolved, 'value')} that only a run could tell: features marked “perhaps”")
    return lines


def _mentions(coverage: Coverage) -> Iterator[str]:
    """A line a provider: ``not read, no parser, yet naming aws: 2 of shell, 1 of Go; first scripts/deploy.sh:3``."""
    for provider, of_provider in groupby(sorted(coverage.unsupported, key=_provider), key=_provider):
        mentions = list(of_provider)
        sample = mentions[-1].sample
        kinds = ", ".join(f"{mention.kind} ({mention.files:,})" for mention in mentions)
        files = count(sum(mention.files for mention in mentions), "file")
        yield (
            f"no parser for {files} that {'name' if files[:2] != '1 ' else 'names'} {provider}, such as "
            f"{sample['path']}:{sample['line']}: {kinds}"
        )
