"""Runs the examples inside service files: code that must be flagged, on these lines and no others."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from portability.catalogue import HEALTH, Catalogue
from portability.catalogue.schema import Example
from portability.engine import Engine
from portability.model import Finding, Language, Source
from portability.settings import DEFAULT

_LANGUAGES: tuple[tuple[Language, str], ...] = (
    ("terraform", "main.tf"),
    ("kubernetes", "manifest.yaml"),
    ("python", "app.py"),
    ("containers", "Dockerfile"),
    ("delivery", ".github/workflows/deploy.yaml"),
)


def run_examples(catalogue: Catalogue, ids: list[str] | None = None) -> Iterator[tuple[str, int, str]]:
    """Yield ``(service id, example number from 1, what is wrong)`` for each example that does not hold."""
    for id in ids if ids is not None else tested(catalogue):
        for number, example in enumerate(examples_of(catalogue, id), start=1):
            for failure in _failures(catalogue, id, example):
                yield id, number, failure


def tested(catalogue: Catalogue) -> list[str]:
    """Ids of all that have examples: services, and ``health/…``."""
    return [*catalogue.service_ids, *sorted(HEALTH + id for id in catalogue.health)]


def examples_of(catalogue: Catalogue, id: str) -> list[Example]:
    """The examples of one of them."""
    known = catalogue.health[id.removeprefix(HEALTH)] if id.startswith(HEALTH) else catalogue.service(id)
    return known.examples


def _failures(catalogue: Catalogue, id: str, example: Example) -> Iterator[str]:
    written = [(language, path) for language, path in _LANGUAGES if getattr(example, language) is not None]
    if len(written) != 1:
        known = ", ".join(language for language, _ in _LANGUAGES)
        yield f"an example holds code of one language; write one of {known}"
        return
    language, path = written[0]
    code: str = getattr(example, language)
    findings: dict[int, list[Finding]] = {}
    parser = importlib.import_module(f"portability.parsers.{language}")
    engine = Engine(catalogue, ())
    reading = parser.read([Source(path=path, language=language, data=code.encode())], catalogue.interest, DEFAULT)[path]
    yield from (f"line {problem.line} is not read: {problem.message}" for problem in reading.problems)
    for usage in reading.usages:
        finding = engine.judge(usage)
        # A spelt-out place is found for every service alike; an example is about what its rules say.
        if finding is not None and finding.service == id and finding.kind != "jurisdiction":
            findings.setdefault(finding.location.line, []).append(finding)
    if sorted(findings) != sorted(example.flags):
        yield f"flags lines {sorted(findings)}, and the example says {sorted(example.flags)}"
    for line, wanted in example.features.items():
        shown = {feature for finding in findings.get(line, []) for feature in finding.features}
        if missing := sorted(set(wanted) - shown):
            yield f"line {line} does not show {', '.join(missing)}; it shows {', '.join(sorted(shown)) or 'nothing'}"
    for line, level in example.lock_in.items():
        levels = {finding.lock_in for finding in findings.get(line, [])}
        if level not in levels:
            yield f"line {line} is {', '.join(sorted(levels)) or 'not found'}, and the example says {level}"
