"""How a target gives a capability, computed for one use: fidelity and gaps follow from needs and supports."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from portability.catalogue import Catalogue
from portability.catalogue.schema import Lack, Limit, Product
from portability.model import FIDELITY, SIZES, Equivalent, Fidelity, Gap


class Question(msgspec.Struct, frozen=True):
    """What one use asks of a target: a capability, over some interfaces, with features that it needs or may need."""

    target: str
    capability: str
    speaks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


def ranked(catalogue: Catalogue, question: Question, *, specialists: bool = False) -> list[Equivalent]:
    """What a target answers, one answer at least.

    The best comes first: by missing essentials, whether a specialist is called for by more than a perhaps, fidelity,
    gaps, what is not verified, the target's preference, and what it takes to run. A product that the target runs beats
    a better one that one would run oneself (``falls_back_to``): those are asked only where the target sells nothing, or
    where nothing that it sells has an essential feature of the use. Where nothing is left, fidelity is ``none`` with
    the reason, ``not-needed`` where the use falls away on leaving, or ``unknown`` where nobody has looked.
    ``specialists`` are listed too when no use is asked about, but the capability as such.
    """
    target, capability = question.target, question.capability
    features = catalogue.capabilities[capability].features
    lack = catalogue.lack(target, capability)
    reason = lack.reason if lack else ""
    offered = catalogue.giving(target, capability)
    products = offered if specialists else _called_for(catalogue, question, offered)
    if lack and not products:
        offered = []  # what a target lacks on the whole, a specialist does not make good
    fallback = catalogue.targets[target].falls_back_to
    if fallback is not None and all(_lacking(catalogue, question, product) for _, product in products):
        if products:
            lacking = min((_lacking(catalogue, question, product) for _, product in products), key=len)
            missed = ", ".join(_bare(features[one].label) for one in lacking)
            reason = f"What {catalogue.targets[target].name} sells for this has no {missed}."
        others = catalogue.giving(fallback, capability)
        why = catalogue.lack(fallback, capability)
        called_for = others if specialists else _called_for(catalogue, question, others)
        offered = [*offered, *([] if why and not called_for else others)]
        products = [*products, *called_for]
        if not offered and why:
            if why.falls_away:
                lack, reason = why, ""
            if why.reason != reason:
                reason = f"{reason} {why.reason}".strip()
    products = products or offered
    if products and all(_lacking(catalogue, question, product) for _, product in products):
        closest = min((product for _, product in products), key=lambda item: len(_lacking(catalogue, question, item)))
        missing = _lacking(catalogue, question, closest)
        known = _looked_up(catalogue, question, missing)
        missed = " or ".join(_bare(features[one].label) for one in missing)
        return [
            Equivalent(
                target=target,
                capability=capability,
                product=None,
                fidelity="none",
                reason=known.reason if known else f"No product known here for this has {missed}.",
                source=known.source if known else "",
                checked=known.checked if known else closest.checked,
                verified=known.verified if known else "no",
            )
        ]
    if not products:
        essential = [need for need in question.needs if need in features and features[need].essential]
        if detail := _looked_up(catalogue, question, essential):
            lack, reason = detail, detail.reason
        return [
            Equivalent(
                target=target,
                capability=capability,
                product=None,
                fidelity="unknown" if lack is None else "not-needed" if lack.falls_away else "none",
                effort={"each": lack.falls_away} if lack and lack.falls_away else {},
                reason=reason or f"Nobody has looked yet what {target} offers for this.",
                source=lack.source if lack else "",
                checked=lack.checked if lack else "",
                verified=lack.verified if lack else "no",
            )
        ]
    # Without an essential it is another thing: worth a word where the target runs it and it does something else of what
    # is asked, no answer where you would run it.
    answers = [
        (_answer(catalogue, question, id, product, reason), len(_lacking(catalogue, question, product)), product, id)
        for id, product in products
        if not _lacking(catalogue, question, product)
        or (product.operated_by == "target" and does_some(catalogue, question, product))
    ]
    preferred = {f"{place}/{catalogue.targets[place].prefers.get(capability)}" for place in (target, fallback) if place}
    answers.sort(
        key=lambda item: (
            item[1],
            _perhaps_called_for(catalogue, question, item[2]),
            *_merit(item[0]),
            {*question.speaks}.isdisjoint(item[2].serves),  # of two that lack as much, the one that clients can talk to
            item[3] not in preferred,
            SIZES.index(item[2].run.size),
            item[3],
        )
    )
    return [answer for answer, *_ in answers]


def _looked_up(catalogue: Catalogue, question: Question, features: Sequence[str]) -> Lack | None:
    """Why a target, or the one that it falls back to, has none of these features, where that was looked up."""
    places = (question.target, catalogue.targets[question.target].falls_back_to)
    found = (catalogue.lack(place, f"{question.capability}/{one}") for one in features for place in places if place)
    return next((lack for lack in found if lack), None)


def _called_for(
    catalogue: Catalogue, question: Question, products: Sequence[tuple[str, Product]]
) -> list[tuple[str, Product]]:
    """Products without the specialists for what the use needs nothing of.

    Who is a specialist in one capability (sessions in a browser, as a VPN) may be an answer like others in another; who
    is one for an interface (the runtime of one seller's functions) is one wherever it serves it.
    """
    asked = {*question.needs, *question.unsure, *question.speaks}
    kept = []
    for id, product in products:
        special = _specialty(catalogue, question, product)
        if not special or special & asked:
            kept.append((id, product))
    return kept


def _specialty(catalogue: Catalogue, question: Question, product: Product) -> set[str]:
    """What of this capability a product would be chosen for alone; nothing of one that answers like others."""
    features = catalogue.capabilities[question.capability].features
    return {*features, *product.serves} & {*product.only_for}


def _perhaps_called_for(catalogue: Catalogue, question: Question, product: Product) -> bool:
    """Whether a specialist is listed for what a use may need and nothing shows: a word, and not the first answer."""
    special = _specialty(catalogue, question, product)
    return bool(special) and special.isdisjoint({*question.needs, *question.speaks})


def _lacking(catalogue: Catalogue, question: Question, product: Product) -> list[str]:
    """The essential features that a use needs and a product is known to lack."""
    features = catalogue.capabilities[question.capability].features
    has = {*product.supports, *product.unsure}
    return [need for need in question.needs if need in features.keys() - has and features[need].essential]


def does_some(catalogue: Catalogue, question: Question, product: Product) -> bool:
    """Whether a product has a feature that a use needs or may need, or serves an interface that it speaks."""
    has = {*product.supports, *product.unsure, *product.serves}
    features = catalogue.capabilities[question.capability].features
    return not has.isdisjoint({*question.speaks, *features.keys() & {*question.needs, *question.unsure}})


def _concerned(limit: Limit, asked: Collection[str]) -> bool:
    """Whether a limit of a product matters to a use that asks for these: a capability, interfaces, features."""
    return not limit.concerns or any(one in asked for one in limit.concerns)


def _bare(label: str) -> str:
    """A label without its article, to stand behind “no”."""
    article, _, rest = label.partition(" ")
    return rest if article in ("a", "an", "one", "the") else label


def _merit(answer: Equivalent) -> tuple[int, int, int]:
    return FIDELITY.index(answer.fidelity), len(answer.gaps), len(answer.unknown_needs)


def _answer(catalogue: Catalogue, question: Question, id: str, product: Product, reason: str) -> Equivalent:
    # A need may belong to another capability of the same service; only this capability's are asked of its products.
    features = catalogue.capabilities[question.capability].features
    needs = [need for need in question.needs if need in features]
    missing = [need for need in needs if need not in product.supports and need not in product.unsure]
    perhaps = [need for need in needs if need in product.unsure]
    perhaps += [need for need in question.unsure if need in features and need not in product.supports]
    fidelity: Fidelity
    if missing:
        fidelity = "partial"
    elif set(question.speaks) & set(product.serves):
        fidelity = "same-api"
    else:
        fidelity = "same-concept"
    asked = {question.capability, *question.speaks, *features.keys() & {*needs, *question.unsure}}
    operator = catalogue.targets[id.partition("/")[0]]
    return Equivalent(
        target=question.target,
        capability=question.capability,
        product=product.product,
        fidelity=fidelity,
        operated_by=product.operated_by,
        gaps=tuple(Gap(kind=features[need].gap, text=f"no {_bare(features[need].label)}") for need in missing),
        unknown_needs=tuple(features[need].label for need in perhaps),
        limits=tuple(Gap(kind=one.kind, text=one.text) for one in product.limits if _concerned(one, asked)),
        effort={"once": product.effort.once, "each": product.effort.each},
        run={"skills": product.run.skills, "size": product.run.size},
        licence=product.licence,
        steward=product.steward.name,
        seat=product.steward.seat,
        jurisdiction=product.jurisdiction or operator.jurisdiction,
        reason=reason,
        warnings=tuple(product.warnings),
        source=product.source,
        checked=product.checked,
        verified=product.verified,
        product_id=id,
    )
