"""What the catalogue knows about a name, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from textwrap import fill

from portability.catalogue import UNCLASSIFIED, Catalogue
from portability.catalogue.schema import Service
from portability.catalogue.validate import NAMESPACES
from portability.equivalents import Question, ranked
from portability.model import Equivalent
from portability.reports.words import answer, level

_WIDTH = 80


class UnknownName(Exception):
    """No service, symbol or capability goes by this name."""


def explain(name: str, catalogue: Catalogue, targets: Sequence[str]) -> str:
    """A page about a service id, a symbol of any namespace or a capability. Raises UnknownName with a hint."""
    if name in catalogue.service_ids:
        return "\n".join(_service(name, catalogue, targets))
    if name in catalogue.capabilities:
        return "\n".join(_capability(name, catalogue, targets))
    claims = [(namespace, claim) for namespace in NAMESPACES if (claim := catalogue.claim(namespace, name))]
    known = [(namespace, claim) for namespace, claim in claims if not claim.service.endswith(f"/{UNCLASSIFIED}")]
    if known:
        namespace, claim = known[0]
        head = f"{name} ({namespace}) is a {claim.role} name of {claim.service}"
        head += f", reached by {claim.path}." if claim.path else "."
        return "\n".join([head, "", *_service(claim.service, catalogue, targets)])
    if claims and name.partition("/")[0] not in catalogue.providers:
        provider = catalogue.providers[claims[0][1].service.partition("/")[0]]
        return f"{name} visibly belongs to {provider.name}, and no service of the catalogue claims it yet."
    close = get_close_matches(name, [*catalogue.service_ids, *catalogue.capabilities], n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else "`portability rules list` shows every service"
    raise UnknownName(f"{name} is not known; {hint}")


def _service(id: str, catalogue: Catalogue, targets: Sequence[str]) -> Iterator[str]:
    service = catalogue.service(id)
    yield f"{service.name} ({id})"
    yield f"{level(service.lock_in)}"
    yield _wrapped(service.because)
    if service.retired:
        yield _wrapped(f"Retired: {service.retired}")
    yield f"Gives: {service.capability}. Speaks: {', '.join(service.speaks) or 'no interface of its own'}."
    for variant in service.variants:
        capability, lock_in = variant.capability or service.capability, variant.lock_in or service.lock_in
        yield _wrapped(f"- {_when(variant.when)}: {capability}, {lock_in}")
    for path, access in service.reached_by.items():
        yield _wrapped(f"- reached by {path}: {level(access.lock_in)}. {access.because}")
    yield ""
    yield "Names"
    for namespace, roles in service.names.items():
        for role, patterns in roles.items():
            yield _wrapped(f"{namespace}, {role}: {', '.join(patterns)}", 2)
    if service.needs:
        yield ""
        yield "Features"
        yield from _features(service)
    yield from _answers(service.capability, service, catalogue, targets)
    if service.source:
        yield f"Source: {service.source}, checked {service.checked or 'unknown'}"


def _features(service: Service) -> Iterator[str]:
    for feature, need in service.needs.items():
        if need == "always":
            yield f"  {feature}: always"
        else:
            raised = f" → {need.lock_in}: {need.because}" if need.lock_in else ""
            yield _wrapped(f"{feature}: shown by {_when(need.shown_by)}{raised}", 2)


def _when(condition: object) -> str:
    parts = []
    if isinstance(condition, dict):
        for symbols in condition.values():
            for symbol, sign in symbols.items():
                if sign == "present":
                    parts.append(symbol)
                else:
                    parts.append(
                        f"{symbol} with " + ", ".join(f"{path}: {_matcher(value)}" for path, value in sign.items())
                    )
    return " or ".join(parts) or "otherwise"


def _matcher(value: object) -> str:
    unwanted = getattr(value, "not_", None)
    if unwanted is not None:
        return f"not {_matcher(unwanted)}"
    return "|".join(map(str, value)) if isinstance(value, list) else str(value)


def _capability(id: str, catalogue: Catalogue, targets: Sequence[str]) -> Iterator[str]:
    capability = catalogue.capabilities[id]
    yield f"{capability.name} ({id})"
    yield _wrapped(capability.means)
    yield _wrapped("Features: " + "; ".join(f.label for f in capability.features.values()))
    givers = [s for s in catalogue.service_ids if catalogue.service(s).capability == id]
    yield _wrapped(f"Given by: {', '.join(givers) or 'no service of the catalogue'}")
    yield from _answers(id, None, catalogue, targets)
    if capability.elsewhere:
        yield "Specialists elsewhere: " + ", ".join(f"{s.name} ({s.seat})" for s in capability.elsewhere)


def _answers(capability: str, service: Service | None, catalogue: Catalogue, targets: Sequence[str]) -> Iterator[str]:
    needs = tuple(sorted(f for f, need in service.needs.items() if need == "always")) if service else ()
    speaks = tuple(service.speaks) if service else ()
    for target in targets:
        yield ""
        yield f"On {catalogue.targets[target].name}"
        for equivalent in ranked(catalogue, Question(target, capability, speaks, needs)):
            yield from _answer(equivalent)


def _answer(equivalent: Equivalent) -> Iterator[str]:
    yield _wrapped(f"- {answer(equivalent)}", 2)
    if equivalent.product is None:
        return
    for gap in (*equivalent.gaps, *equivalent.limits):
        yield _wrapped(f"{gap.kind}: {gap.text}", 6)
    if equivalent.unknown_needs:
        yield _wrapped(f"not verified: {'; '.join(equivalent.unknown_needs)}", 6)
    yield _wrapped(
        f"licence {equivalent.licence}; steward {equivalent.steward} ({equivalent.seat}); operator's jurisdiction "
        f"{equivalent.jurisdiction}; checked {equivalent.checked}, verified {equivalent.verified}; {equivalent.source}",
        6,
    )


def _wrapped(text: str, indent: int = 0) -> str:
    pad = " " * indent
    return fill(
        text, _WIDTH, initial_indent=pad, subsequent_indent=pad + "  ", break_long_words=False, break_on_hyphens=False
    )
