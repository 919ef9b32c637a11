"""What the shapes cannot say: rules that refer to each other must fit, and no name may belong to two services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from difflib import get_close_matches
from typing import get_args

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from portability.catalogue.index import HEALTH, UNCLASSIFIED, VENDOR
from portability.catalogue.schema import AccessPath, Condition, Names, Product, Service, Variant
from portability.catalogue.source import Document, Rules
from portability.interest import Claim
from portability.model import LOCK_IN, Namespace, Problem

Claimed = dict[Namespace, dict[str, Claim]]
NAMESPACES: tuple[Namespace, ...] = get_args(Namespace)
DERIVED_PATHS = ("airflow", "permission")
"""Access paths that derived names have without a rule file naming them."""
MAX_STARS = 4


def validate(rules: Rules) -> list[Problem]:
    """Every way in which the rules contradict themselves or name what does not exist."""
    interfaces = _interfaces(rules)
    return [
        *_claim_problems(rules),
        *(problem for id in rules.services for problem in _service_problems(id, rules)),
        *(problem for id in rules.products for problem in _product_problems(id, rules, interfaces)),
        *(problem for id in rules.targets for problem in _target_problems(id, rules)),
        *(problem for id in rules.targets for problem in _profile_problems(id, rules)),
        *_effort_problems(rules),
    ]


def claims(rules: Rules) -> Iterator[tuple[Document, Namespace, str, Claim, tuple[str, ...]]]:
    """Every name of every service and provider: its document, namespace, pattern, claim and key path in the file."""
    for id, service in rules.services.items():
        document = rules.document(f"services/{id}")
        yield from _named(document, service.names, id, "", ("names",))
        for path, access in service.reached_by.items():
            yield from _named(document, access.names, id, path, ("reached_by", path, "names"))
    for id, vendor in rules.vendors.items():
        yield from _named(rules.document(f"vendors/{id}"), vendor.names, VENDOR + id, "", ("names",))
    for id, health in rules.health.items():
        yield from _named(rules.document(f"health/{id}"), health.names, HEALTH + id, "", ("names",))
    for id, provider in rules.providers.items():
        document = rules.document(f"providers/{id}")
        yield from _named(document, provider.names, f"{id}/{UNCLASSIFIED}", "", ("names",))


def _named(
    document: Document, names: Names, service: str, path: str, keys: tuple[str, ...]
) -> Iterator[tuple[Document, Namespace, str, Claim, tuple[str, ...]]]:
    for namespace, roles in names.items():
        for role, patterns in roles.items():
            for pattern in patterns:
                yield document, namespace, pattern, Claim(service, role, path), (*keys, namespace, role, pattern)


def _claim_problems(rules: Rules) -> Iterator[Problem]:
    seen: dict[tuple[Namespace, str], str] = {}
    for document, namespace, pattern, claim, keys in claims(rules):
        owner = seen.setdefault((namespace, pattern), claim.service + claim.path)
        if owner != claim.service + claim.path:
            message = f"`{pattern}` already belongs to {owner}; a name has one service, so take it out of one of them"
            yield document.problem(message, *keys)
        elif pattern.count("*") > MAX_STARS:
            yield document.problem(f"`{pattern}` holds more than {MAX_STARS} `*`; split it into plainer names", *keys)


def _service_problems(id: str, rules: Rules) -> Iterator[Problem]:
    service, document = rules.services[id], rules.document(f"services/{id}")
    provider = id.partition("/")[0]
    if provider not in rules.providers:
        yield document.problem(_unknown("provider", provider, rules.providers))
    capabilities: dict[str, tuple[str | int, ...]] = {service.capability: ("capability",)}
    for number, variant in enumerate(service.variants):
        if variant.capability:
            capabilities.setdefault(variant.capability, ("variants", number, "capability"))
    features: set[str] = set()
    inputs: set[str] = set()
    for capability, keys in capabilities.items():
        if capability not in rules.capabilities:
            yield document.problem(_unknown("capability", capability, rules.capabilities), *keys)
        else:
            features |= set(rules.capabilities[capability].features)
            inputs |= set(rules.capabilities[capability].inputs)
    for need in service.needs:
        if need not in features:
            yield document.problem(_unknown(f"feature of {service.capability}", need, features), "needs", need)
    for name in service.inputs:
        if name not in inputs:
            yield document.problem(_unknown(f"input of {service.capability}", name, inputs), "inputs", name)
    for path, access in service.reached_by.items():
        if not access.names and path not in (*NAMESPACES, *DERIVED_PATHS):
            message = f"`{path}` has no names and is no namespace, so nothing can be reached by it; add names"
            yield document.problem(message, "reached_by", path)


def _product_problems(id: str, rules: Rules, interfaces: Set[str]) -> Iterator[Problem]:
    product, document = rules.products[id], rules.document(f"products/{id}")
    target = id.partition("/")[0]
    if target not in rules.targets:
        yield document.problem(f"targets/{target}/target.yaml is missing; it says what the target is")
    for capability in product.gives:
        if capability not in rules.capabilities:
            yield document.problem(_unknown("capability", capability, rules.capabilities), "gives", capability)
    yield from _support_problems(product, document, rules, interfaces)
    if product.licence != "proprietary":
        try:
            canonicalize_license_expression(product.licence)
        except InvalidLicenseExpression:
            message = f"`{product.licence}` is no SPDX licence expression; see spdx.org/licenses, or write proprietary"
            yield document.problem(message, "licence")
    for capability, template in product.templates.items():
        if f"{target}/{template}" not in rules.templates:
            message = f"there is no template `{template}` beside this file; add it or take the line out"
            yield document.problem(message, "templates", capability)
        if capability not in product.gives:
            message = f"a template for `{capability}`, which this product does not give"
            yield document.problem(message, "templates", capability)


def _interfaces(rules: Rules) -> set[str]:
    """Every interface that a service speaks or a product serves."""
    spoken = {one for service in rules.services.values() for one in interfaces_of(service)}
    return spoken | {one for product in rules.products.values() for one in product.serves}


def interfaces_of(service: Service) -> set[str]:
    """Every interface that some use of a service speaks."""
    ways: tuple[Variant | AccessPath, ...] = (*service.variants, *service.reached_by.values())
    return {*service.speaks, *(one for way in ways for one in way.speaks or ())}


def _support_problems(product: Product, document: Document, rules: Rules, interfaces: Set[str]) -> Iterator[Problem]:
    known = [rules.capabilities[capability] for capability in product.gives if capability in rules.capabilities]
    features = {feature for capability in known for feature in capability.features}
    for key, named in (("supports", product.supports), ("unsure", product.unsure)):
        for feature in named:
            if feature not in features:
                message = _unknown(f"feature of {', '.join(product.gives)}", feature, features)
                yield document.problem(message, key, feature)
    for both in sorted(set(product.supports) & set(product.unsure)):
        yield document.problem(f"`{both}` is both supported and unsure; keep one", "unsure", both)
    for number, limit in enumerate(product.limits):
        for one in sorted({*limit.concerns} - interfaces - features - {*product.gives}):
            message = _unknown(f"feature of {', '.join(product.gives)} nor interface", one, interfaces | features)
            yield document.problem(message, "limits", number, "concerns", one)
    for alone in sorted({*product.only_for} - {*product.supports, *product.serves}):
        yield document.problem(
            f"`{alone}` is not supported; add it to `supports` or `serves` or take it out", "only_for", alone
        )


def _target_problems(id: str, rules: Rules) -> Iterator[Problem]:
    target, document = rules.targets[id], rules.document(f"targets/{id}")
    if target.falls_back_to is not None and target.falls_back_to not in rules.targets:
        yield document.problem(_unknown("target", target.falls_back_to, rules.targets), "falls_back_to")
    for capability, product in target.prefers.items():
        if product_file := rules.products.get(f"{id}/{product}"):
            if capability not in product_file.gives:
                yield document.problem(f"`{product}` does not give `{capability}`", "prefers", capability)
        else:
            mine = [key.partition("/")[2] for key in rules.products if key.startswith(f"{id}/")]
            yield document.problem(_unknown(f"product of {id}", product, mine), "prefers", capability)
    given = {
        capability
        for key, product in rules.products.items()
        if key.startswith(f"{id}/")
        for capability in product.gives
        if capability in rules.capabilities
        and {*rules.capabilities[capability].features, *product.serves}.isdisjoint(product.only_for)
    }
    for capability in target.lacks:
        if "/" in capability:
            yield from _featureless_problems(id, capability, rules)
        elif capability not in rules.capabilities:
            yield document.problem(_unknown("capability", capability, rules.capabilities), "lacks", capability)
        elif capability in given:
            message = f"`{capability}` is said to lack, yet a product of this target gives it"
            yield document.problem(message, "lacks", capability)


def _featureless_problems(id: str, lacking: str, rules: Rules) -> Iterator[Problem]:
    document = rules.document(f"targets/{id}")
    capability, _, feature = lacking.partition("/")
    known = rules.capabilities[capability].features if capability in rules.capabilities else {}
    essential = [name for name in known if known[name].essential]
    if feature not in essential:
        what = f"essential feature of {capability}" if known else "capability with features"
        yield document.problem(_unknown(what, feature if known else capability, essential), "lacks", lacking)
    for name, product in rules.products.items():
        if (
            name.startswith(f"{id}/")
            and capability in product.gives
            and feature in (*product.supports, *product.unsure)
        ):
            yield document.problem(f"`{lacking}` is said to lack, yet {name} has it", "lacks", lacking)


def _profile_problems(id: str, rules: Rules) -> Iterator[Problem]:
    profile, document = rules.targets[id].profile, rules.document(f"targets/{id}")
    for capability in profile.offers if profile else ():
        if capability not in rules.capabilities:
            message = _unknown("capability", capability, rules.capabilities)
            yield document.problem(message, "profile", "offers", capability)


def _effort_problems(rules: Rules) -> Iterator[Problem]:
    if rules.effort is None:
        return
    document = rules.document("effort/effort")
    for size, (low, high) in rules.effort.sizes.items():
        if not 0 <= low <= high:
            message = f"the range of {size} is upside down: {low} to {high}; write the lower figure first"
            yield document.problem(message, "sizes", size)
    for size in ("XS", "S", "M", "L", "XL"):
        if size not in rules.effort.sizes:
            yield document.problem(f"size {size} has no range; give it [low, high] in person-days", "sizes")
    for table in ("at_least", "at_least_with_loss"):
        for level in LOCK_IN:
            if level != "unknown" and level not in getattr(rules.effort, table):
                yield document.problem(f"level {level} has no smallest size; add it", table)


def conditions(service: Service) -> Iterator[Condition]:
    """Every condition that a service states."""
    yield from (variant.when for variant in service.variants)
    yield from (retirement.when for retirement in service.retired)
    yield from (need.shown_by for need in service.needs.values() if need != "always")


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    hint = f"did you mean `{close[0]}`?" if close else "see `portability rules list` for those there are"
    return f"`{name}` is no {what}; {hint}"
