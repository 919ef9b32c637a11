"""What a use of each single name of a service is answered, for whoever writes its rules.

A name is taken from the providers' own lists and used with nothing beside it. Names that get the same answer stand
together, so that one among them which does something else is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portability.catalogue import Catalogue, completeness
from portability.engine import Engine
from portability.model import Finding, Location, Namespace, Usage
from portability.parsers.python.operations import operations
from portability.reports.words import ROLES, answer, count

_NOWHERE = Location(path="", line=1, column=1, end_line=1, end_column=1)


def by_name(services: Sequence[str], catalogue: Catalogue, targets: Sequence[str]) -> Iterator[str]:
    """Lines for each service: its names by how they are judged and answered, those of most names first."""
    engine = Engine(catalogue, targets)
    alike: dict[str, dict[tuple[str, ...], list[str]]] = {id: {} for id in services}
    for namespace, symbol in _names():
        claim = catalogue.claim(namespace, symbol)
        if claim is not None and claim.service in alike:
            finding = engine.judge(_use(namespace, symbol))
            if finding is not None:
                alike[claim.service].setdefault(tuple(_told(finding, catalogue)), []).append(symbol)
    for id, answers in alike.items():
        yield f"{catalogue.service(id).name} ({id})"
        for told, symbols in sorted(answers.items(), key=lambda item: -len(item[1])):
            yield ""
            yield from told
            yield f"  {count(len(symbols), 'name')}: {', '.join(symbols)}"
        yield ""


def _names() -> Iterator[tuple[Namespace, str]]:
    """Every name of every list; of a client of boto3 its operations."""
    for group in completeness.read().groups:
        for name in group.names:
            if group.source == "boto3":
                yield from (("boto3", f"{name}.{operation}") for operation in sorted(operations(name) or ()))
            else:
                yield group.source, name


def _use(namespace: Namespace, symbol: str) -> Usage:
    is_code = namespace in ("boto3", "python")
    return Usage(
        language="python" if is_code else "terraform",
        namespace=namespace,
        symbol=symbol,
        address=symbol,
        location=_NOWHERE,
        kind="call" if is_code else "resource",
    )


def _told(finding: Finding, catalogue: Catalogue) -> Iterator[str]:
    yield f"{finding.lock_in}, {ROLES[finding.role]}"
    for one in finding.equivalents:
        yield f"  {catalogue.targets[one.target].name}: {answer(one)}"
        lost = "; ".join(gap.text for gap in one.gaps)
        yield from [f"    lost: {lost}"] if lost else []
        yield from [f"    not verified: {'; '.join(one.unknown_needs)}"] if one.unknown_needs else []
