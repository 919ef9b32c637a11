"""What the catalogue knows about a name, in words. The generated reference is made of the same sections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from textwrap import fill
from typing import NamedTuple

import msgspec

from portability.catalogue import HEALTH, UNCLASSIFIED, VENDOR, Catalogue
from portability.catalogue.schema import Service
from portability.catalogue.validate import NAMESPACES
from portability.engine.equivalents import Question, ranked
from portability.model import Equivalent
from portability.reports.words import answer, level

_WIDTH = 80


class UnknownName(Exception):
    """No service, symbol or capability goes by this name."""


class Marks(NamedTuple):
    """How a medium writes a name of code, prose out of a rule, an address, and the id of a service or capability."""

    code: Callable[[str], str] = str
    prose: Callable[[str], str] = str
    address: Callable[[str], str] = str
    link: Callable[[str], str] = str


PLAIN = Marks()
"""As a terminal has them."""


class Line(NamedTuple):
    """A sentence, or an item of a list: at depth 1 in a list, at depth 2 under the item before it."""

    text: str
    depth: int = 0


class Section(NamedTuple):
    """Lines under a title. Those without a title stand at the page's beginning and end."""

    title: str
    lines: list[Line]


def explain(name: str, catalogue: Catalogue, targets: Sequence[str]) -> str:
    """A page about a service id, a symbol of any namespace or a capability. Raises UnknownName with a hint."""
    if name in catalogue.service_ids:
        return "\n".join(_service_text(name, catalogue, targets))
    if name in catalogue.capabilities:
        head = f"{catalogue.capabilities[name].name} ({name})"
        return "\n".join([head, *_text(capability_sections(name, catalogue, targets))])
    for id in catalogue.service_ids:
        if name.lower() in (id, id.partition("/")[2], catalogue.service(id).name.lower()):
            return "\n".join(_service_text(id, catalogue, targets))
    claims = [(namespace, claim) for namespace in NAMESPACES if (claim := catalogue.claim(namespace, name))]
    known = [(namespace, claim) for namespace, claim in claims if not claim.service.endswith(f"/{UNCLASSIFIED}")]
    if known:
        namespace, claim = known[0]
        if claim.service.startswith((VENDOR, HEALTH)):
            return "\n".join(_beside(name, claim.service, catalogue))
        head = f"{name} ({namespace}) is a {claim.role} name of {claim.service}"
        head += f", reached by {claim.path}." if claim.path else "."
        return "\n".join([head, "", *_service_text(claim.service, catalogue, targets)])
    # Any word at all could be an SDK's service name, so that namespace alone says nothing.
    visible = [claim for namespace, claim in claims if namespace != "boto3"]
    symbols = (symbol for table in catalogue.interest.names.values() for symbol in table.exact)
    close = get_close_matches(name, [*catalogue.service_ids, *catalogue.capabilities, *symbols], n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else "`portability rules list` shows every service"
    if visible:
        provider = catalogue.providers[visible[0].service.partition("/")[0]]
        return f"{name} visibly belongs to {provider.name}, and no service of the catalogue claims it yet; {hint}"
    raise UnknownName(f"{name} is not known; {hint}")


def _service_text(id: str, catalogue: Catalogue, targets: Sequence[str]) -> list[str]:
    return [f"{catalogue.service(id).name} ({id})", *_text(service_sections(id, catalogue, targets))]


def _beside(name: str, claimed_by: str, catalogue: Catalogue) -> Iterator[str]:
    """What is known about a name that is no lock-in to a provider."""
    if claimed_by.startswith(VENDOR):
        vendor = catalogue.vendors[claimed_by.removeprefix(VENDOR)]
        yield f"{name} is {vendor.name}, of {vendor.steward.name} ({vendor.steward.seat}): listed, not assessed."
        yield _wrapped(vendor.sells)
    else:
        health = catalogue.health[claimed_by.removeprefix(HEALTH)]
        yield f"{name} is {health.name}: a finding about health, wherever it runs."
        yield _wrapped(health.because)
        yield _wrapped(health.instead)
        yield f"Source: {health.source}, checked {health.checked}, verified {health.verified}"


def service_sections(
    id: str, catalogue: Catalogue, targets: Sequence[str], marks: Marks = PLAIN, *, products: bool = True
) -> Iterator[Section]:
    """What is known about a service; ``products`` adds what holds for the products whatever the use."""
    service = catalogue.service(id)
    head = [Line(level(service.lock_in)), Line(marks.prose(service.because))]
    if service.retired:
        head.append(Line(f"Retired: {marks.prose(service.retired)}"))
    spoken = ", ".join(map(marks.code, service.speaks)) or "no interface of its own"
    head.append(Line(f"Gives: {marks.link(service.capability)}. Speaks: {spoken}."))
    for variant in service.variants:
        capability, lock_in = variant.capability or service.capability, variant.lock_in or service.lock_in
        head.append(Line(f"{_when(variant.when, marks)}: {marks.link(capability)}, {lock_in}", 1))
    for path, access in service.reached_by.items():
        head.append(Line(f"reached by {path}: {level(access.lock_in)}. {marks.prose(access.because)}", 1))
    yield Section("", head)
    names = [
        Line(f"{namespace}, {role}: {', '.join(map(marks.code, patterns))}", 1)
        for namespace, roles in service.names.items()
        for role, patterns in roles.items()
    ]
    yield Section("Names", names)
    if service.needs:
        yield Section("Features", [Line(text, 1) for text in _features(service, marks)])
    yield from _answers(service.capability, service, catalogue, targets, marks, products=products)
    seen = {(service.capability, tuple(service.speaks))}
    for variant in service.variants:
        capability = variant.capability or service.capability
        speaks = tuple(service.speaks if variant.speaks is None else variant.speaks)
        if capability and (capability, speaks) not in seen:
            seen.add((capability, speaks))
            implied = {
                feature: "always"
                for feature, need in service.needs.items()
                if not isinstance(need, str) and _implies(variant.when, need.shown_by)
            }
            other = msgspec.structs.replace(service, speaks=list(speaks), needs=service.needs | implied)
            what = f" as {capability}" if capability != service.capability else f" over {', '.join(speaks)}"
            yield from _answers(capability, other, catalogue, targets, marks, products=products, what=what)
    if service.source:
        yield Section("", [Line(f"Source: {marks.address(service.source)}, checked {service.checked or 'unknown'}")])


def capability_sections(
    id: str, catalogue: Catalogue, targets: Sequence[str], marks: Marks = PLAIN
) -> Iterator[Section]:
    """What is known about a capability: what it means, who gives it, and what each target has."""
    capability = catalogue.capabilities[id]
    givers = [s for s in catalogue.service_ids if catalogue.service(s).capability == id]
    features = "; ".join(marks.prose(feature.label) for feature in capability.features.values())
    given = ", ".join(map(marks.link, givers)) or "no service of the catalogue"
    yield Section("", [Line(marks.prose(capability.means)), Line(f"Features: {features}"), Line(f"Given by: {given}")])
    yield from _answers(id, None, catalogue, targets, marks, products=True)
    if capability.elsewhere:
        specialists = ", ".join(f"{s.name} ({s.seat})" for s in capability.elsewhere)
        yield Section("", [Line(f"Specialists elsewhere: {marks.prose(specialists)}")])


def _features(service: Service, marks: Marks) -> Iterator[str]:
    for feature, need in service.needs.items():
        if need == "always":
            yield f"{feature}: always"
        else:
            raised = f" → {need.lock_in}: {marks.prose(need.because or '')}" if need.lock_in else ""
            yield f"{feature}: shown by {_when(need.shown_by, marks)}{raised}"


def _when(condition: object, marks: Marks) -> str:
    parts = []
    if isinstance(condition, dict):
        for symbols in condition.values():
            for symbol, sign in symbols.items():
                if isinstance(sign, str):
                    parts.append(marks.code(symbol) if sign == "present" else f"perhaps {marks.code(symbol)}")
                else:
                    asked = (marks.code(f"{path}: {_matcher(value)}") for path, value in sign.items())
                    parts.append(f"{marks.code(symbol)} with {', '.join(asked)}")
    return " or ".join(parts) or "otherwise"


def _matcher(value: object) -> str:
    unwanted = getattr(value, "not_", None)
    if unwanted is not None:
        return f"not {_matcher(unwanted)}"
    return "|".join(map(str, value)) if isinstance(value, list) else str(value)


def _implies(condition: object, other: object) -> bool:
    """Whether whatever holds for the first condition is seen to hold for the other: each symbol stands there too."""
    if not isinstance(condition, dict) or not isinstance(other, dict):
        return False
    return all(
        other.get(namespace, {}).get(symbol) in ("present", sign)
        for namespace, symbols in condition.items()
        for symbol, sign in symbols.items()
    )


def _answers(
    capability: str,
    service: Service | None,
    catalogue: Catalogue,
    targets: Sequence[str],
    marks: Marks,
    *,
    products: bool,
    what: str = "",
) -> Iterator[Section]:
    needs = tuple(sorted(f for f, need in service.needs.items() if need == "always")) if service else ()
    speaks = tuple(service.speaks) if service else ()
    for target in targets:
        equivalents = ranked(catalogue, Question(target, capability, speaks, needs), specialists=service is None)
        lines = [line for equivalent in equivalents for line in _answer(equivalent, marks, products=products)]
        yield Section(f"On {catalogue.targets[target].name}{what}", lines)


def _answer(equivalent: Equivalent, marks: Marks, *, products: bool) -> Iterator[Line]:
    yield Line(marks.prose(answer(equivalent)), 1)
    if equivalent.product is None:
        if products and equivalent.source:
            checked = f"checked {equivalent.checked}, verified {equivalent.verified}"
            yield Line(f"{checked}; {marks.address(equivalent.source)}", 2)
        return
    for gap in (*equivalent.gaps, *(equivalent.limits if products else ())):
        yield Line(f"{gap.kind}: {marks.prose(gap.text)}", 2)
    if equivalent.unknown_needs:
        yield Line(f"not verified: {marks.prose('; '.join(equivalent.unknown_needs))}", 2)
    if products:
        yield Line(
            f"licence {equivalent.licence}; steward {marks.prose(equivalent.steward)} ({equivalent.seat}); "
            f"operator's jurisdiction {equivalent.jurisdiction}; checked {equivalent.checked}, "
            f"verified {equivalent.verified}; {marks.address(equivalent.source)}",
            2,
        )


def _text(sections: Iterator[Section]) -> Iterator[str]:
    for place, section in enumerate(sections):
        if section.title:
            yield ""
            yield section.title
        for line in section.lines:
            if place and not section.title:
                yield line.text  # Mostly one address, which is copied whole.
            elif section.title in ("Names", "Features"):
                yield _wrapped(line.text, 2)
            elif line.depth == 1:
                yield _wrapped(f"- {line.text}", 2 if section.title else 0)
            else:
                yield _wrapped(line.text, 6 if line.depth else 0)


def _wrapped(text: str, indent: int = 0) -> str:
    pad = " " * indent
    return fill(
        text, _WIDTH, initial_indent=pad, subsequent_indent=pad + "  ", break_long_words=False, break_on_hyphens=False
    )
