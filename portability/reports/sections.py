"""What the catalogue knows of a service, a capability or a product, in sections for whoever writes them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from portability.catalogue import Catalogue
from portability.catalogue.schema import Service, Variant
from portability.catalogue.validate import interfaces_of
from portability.engine import spoken
from portability.engine.equivalents import Question, does_some, ranked
from portability.model import Equivalent
from portability.reports.words import answer, level


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


def service_sections(
    id: str, catalogue: Catalogue, targets: Sequence[str], marks: Marks = PLAIN, *, products: bool = True
) -> Iterator[Section]:
    """What is known about a service; ``products`` adds what holds for the products whatever the use."""
    service = catalogue.service(id)
    head = [Line(level(service.lock_in)), Line(marks.prose(service.because))]
    for one in service.retired:
        what = f" ({_when(one.when, marks)})" if one.when else ""
        head.append(
            Line(
                f"Retired{what}: {marks.prose(one.text)} Checked {one.checked}, verified {one.verified}; "
                f"{marks.address(one.source)}"
            )
        )
    spoken = ", ".join(map(marks.code, service.speaks)) or "no interface of its own"
    head.append(Line(f"Gives: {marks.link(service.capability)}. Speaks: {spoken}."))
    for variant in service.variants:
        capability, lock_in = variant.capability or service.capability, variant.lock_in or service.lock_in
        head.append(Line(f"{_when(variant.when, marks)}: {marks.link(capability)}, {lock_in}", 1))
    for path, access in service.reached_by.items():
        head.append(Line(f"reached by {path}: {level(access.lock_in)}. {marks.prose(access.because)}", 1))
    yield Section("", head)
    yield from _answers(service.capability, service, catalogue, targets, marks, products=products)
    # Variants that give one thing are one answer, with what all of them need; what only some need is said below it.
    implied: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for variant in service.variants:
        capability = variant.capability or service.capability
        speaks = tuple(service.speaks if variant.speaks is None else variant.speaks)
        if capability and (capability, speaks) != (service.capability, tuple(service.speaks)):
            needs = {
                feature
                for feature, need in service.needs.items()
                if not isinstance(need, str) and _implies(variant.when, need.shown_by)
            }
            implied[capability, speaks] = implied.get((capability, speaks), needs) & needs
    for (capability, speaks), needs in implied.items():
        always = dict.fromkeys(needs, "always")
        other = msgspec.structs.replace(service, speaks=list(speaks), needs=service.needs | always)
        interfaces = ", ".join(speaks) or "no open interface"
        what = f" as {capability}" if capability != service.capability else f" over {interfaces}"
        yield from _answers(capability, other, catalogue, targets, marks, products=products, what=what)
    if service.needs:
        yield Section("Features", [Line(text, 1) for text in _features(service, marks)])
    names = [
        Line(f"{namespace}, {role}: {', '.join(map(marks.code, patterns))}", 1)
        for namespace, roles in service.names.items()
        for role, patterns in roles.items()
    ]
    yield Section("Names", names)
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


def product_sections(id: str, catalogue: Catalogue) -> Iterator[Section]:
    """What is known about a product of a target: what it gives, what it lacks of that, and who stands behind it."""
    product = catalogue.products[id]
    served = ", ".join(product.serves) or "no interface that rules name"
    head = [Line(f"Of {catalogue.targets[id.partition('/')[0]].name}. Serves: {served}.")]
    yield Section("", [*head, *(Line(f"Warning: {warning}") for warning in product.warnings)])
    for given in product.gives:
        features = catalogue.capabilities[given].features
        special = f"Only where one of these is used: {', '.join(product.only_for)}."
        lines = [Line(special, 1)] if {*features, *product.serves} & {*product.only_for} else []
        for title, those in (
            ("has", product.supports),
            ("not verified", product.unsure),
            ("lacks", [one for one in features if one not in (*product.supports, *product.unsure)]),
        ):
            labels = "; ".join(features[one].label for one in those if one in features)
            lines += [Line(f"{title}: {labels}", 1)] if labels else []
        yield Section(f"As {given}", lines)
    if product.limits:
        limits = [
            Line(f"{limit.kind}{f' ({about})' if about else ''}: {limit.text}", 1)
            for limit in product.limits
            for about in [", ".join(limit.concerns)]
        ]
        yield Section("Limits", limits)
    behind = f"Licence {product.licence}; steward {product.steward.name} ({product.steward.seat})"
    yield Section(
        "", [Line(behind), Line(f"Source: {product.source}, checked {product.checked}, verified {product.verified}")]
    )


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
    asked = catalogue.capabilities[capability].features.keys() & needs
    answering = dict[tuple[Line, ...], list[str]]()  # Targets that answer alike are told as one.
    for target in targets:
        question = Question(target, capability, speaks, needs)
        best, *others = ranked(catalogue, question, specialists=service is None)
        # What does nothing of what every use asks is no answer to tell behind one that does.
        useful = [one for one in others if does_some(catalogue, question, catalogue.products[one.product_id])]
        equivalents = [best, *(useful if asked else others)]
        lines = [
            line
            for equivalent in equivalents
            for line in _answer(equivalent, service, catalogue, marks, products=products)
        ]
        if service:
            lines += _by_path(best, question, service, catalogue, marks)
            lines += _by_feature(best, question, service, catalogue, marks)
        answering.setdefault(tuple(lines), []).append(catalogue.targets[target].name)
    for same, names in answering.items():
        yield Section(f"On {' and '.join(names)}{what}", list(same))


def _by_path(
    plain: Equivalent, question: Question, service: Service, catalogue: Catalogue, marks: Marks
) -> Iterator[Line]:
    """How the best answer changes where a use goes another way, as code that calls an API that nobody else serves."""
    others = dict[str, list[str]]()
    for path, access in service.reached_by.items():
        asked = msgspec.structs.replace(question, speaks=spoken(path, access, Variant(when={}), service))
        best = ranked(catalogue, asked)[0]
        if (best.product_id, best.fidelity) != (plain.product_id, plain.fidelity):
            others.setdefault(answer(best), []).append(path)
    for said, paths in others.items():
        yield Line(f"reached by {' or '.join(paths)}: {marks.prose(said)}", 1)


def _by_feature(
    plain: Equivalent, question: Question, service: Service, catalogue: Catalogue, marks: Marks
) -> Iterator[Line]:
    """How the best answer changes where a use shows a feature that not every use has."""
    features = catalogue.capabilities[question.capability].features
    missing, unsure, others = [], [], dict[str, list[str]]()
    for feature in service.needs:
        if feature not in features or feature in question.needs:
            continue
        asked = msgspec.structs.replace(question, needs=tuple(sorted((*question.needs, feature))))
        best = ranked(catalogue, asked)[0]
        label = features[feature].label
        if best.product_id != plain.product_id:
            doubt = " · not verified" if label in best.unknown_needs else ""
            others.setdefault(answer(best) + doubt, []).append(label)
        elif len(best.gaps) > len(plain.gaps):
            missing.append(label)
        elif len(best.unknown_needs) > len(plain.unknown_needs):
            unsure.append(label)
    for said, labels in others.items():
        yield Line(f"where a use needs {marks.prose('; '.join(labels))}: {marks.prose(said)}", 1)
    if missing:
        yield Line(f"lacking, where a use needs it: {marks.prose('; '.join(missing))}", 1)
    if unsure:
        yield Line(f"not verified, where a use needs it: {marks.prose('; '.join(unsure))}", 1)


def _answer(
    equivalent: Equivalent, service: Service | None, catalogue: Catalogue, marks: Marks, *, products: bool
) -> Iterator[Line]:
    yield Line(marks.prose(answer(equivalent)), 1)
    if equivalent.product is None:
        if products and equivalent.source:
            checked = f"checked {equivalent.checked}, verified {equivalent.verified}"
            yield Line(f"{checked}; {marks.address(equivalent.source)}", 2)
        return
    for gap in (*equivalent.gaps, *(equivalent.limits if products else ())):
        yield Line(f"{gap.kind}: {marks.prose(gap.text)}", 2)
    if products:
        yield from _at_times(equivalent, service, catalogue, marks)
    if equivalent.unknown_needs:
        yield Line(f"not verified: {marks.prose('; '.join(equivalent.unknown_needs))}", 2)
    if products:
        yield from (Line(f"Warning: {marks.prose(warning)}", 2) for warning in equivalent.warnings)
        yield Line(
            f"licence {equivalent.licence}; steward {marks.prose(equivalent.steward)} ({equivalent.seat}); "
            f"operator's jurisdiction {equivalent.jurisdiction}; checked {equivalent.checked}, "
            f"verified {equivalent.verified}; {marks.address(equivalent.source)}",
            2,
        )


def _at_times(equivalent: Equivalent, service: Service | None, catalogue: Catalogue, marks: Marks) -> Iterator[Line]:
    """The limits of a product that concern only some uses: of a service's, or of any."""
    features = catalogue.capabilities[equivalent.capability].features
    product = catalogue.products[equivalent.product_id]
    elsewhere = {one for given in product.gives for one in (given, *catalogue.capabilities[given].features)}
    asked = {*service.needs, *interfaces_of(service)} if service else None
    for limit in product.limits:
        concerned = [one for one in limit.concerns if one in features or one not in elsewhere]
        when = [one for one in concerned if asked is None or one in asked]
        if when and (limit.kind, limit.text) not in ((gap.kind, gap.text) for gap in equivalent.limits):
            needed = " or ".join(features[one].label if one in features else marks.code(one) for one in when)
            yield Line(f"{limit.kind}, where it is about {marks.prose(needed)}: {marks.prose(limit.text)}", 2)
