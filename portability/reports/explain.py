"""What the catalogue knows about a name, in words. Its sections are those of the generated reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from textwrap import fill
from typing import Literal, NamedTuple

from portability.catalogue import HEALTH, VENDOR, Catalogue, completeness, is_catch_all
from portability.catalogue.validate import NAMESPACES
from portability.interest import WORDED, Claim
from portability.model import Namespace
from portability.parsers.python import aws
from portability.parsers.python.operations import facts, operations
from portability.patterns import regex
from portability.reports.sections import Section, capability_sections, product_sections, service_sections

_WIDTH = 80
_CLOSE = 0.75
"""How alike two names must be for one to be meant by the other."""
_CALL = regex(r"[a-z][a-z0-9-]*(?:\.\w+)?")
"""How boto3 names its services and their operations."""


class UnknownName(Exception):
    """No service, symbol or capability goes by this name."""


def explain(name: str, catalogue: Catalogue, targets: Sequence[str]) -> str:
    """A page about a service, a symbol of any namespace, a capability or a product. Raises UnknownName with a hint."""
    found = [*_by_name(name, catalogue), *_by_symbol(name, catalogue)]
    if found:
        # What is called just so comes first; what else goes by the name is said at the end.
        others = [other for other in dict.fromkeys(found) if other.id != found[0].id]
        lines = [*_page(found[0], catalogue, targets)]
        if others:
            lines += ["", _wrapped(f"Also called so: {', '.join(f'{other.kind} {other.id}' for other in others)}.")]
        return "\n".join(lines)
    symbols = (symbol for table in catalogue.interest.names.values() for symbol in table.exact)
    names = [*catalogue.service_ids, *catalogue.capabilities, *catalogue.products, *symbols]
    close = dict.fromkeys(get_close_matches(name, names, n=3, cutoff=_CLOSE))
    hint = f"did you mean {' or '.join(close)}?" if close else "`portability rules list` shows every service"
    visible = [claim for _, claim in _claims(name, catalogue)]
    if visible:
        provider = catalogue.providers[visible[0].service.partition("/")[0]]
        return f"{name} visibly belongs to {provider.name}, and no service of the catalogue claims it yet; {hint}"
    raise UnknownName(f"{name} is not known; {hint}")


class _Found(NamedTuple):
    """Something that goes by a name: what it is, its id, and how the name led there."""

    kind: Literal["service", "capability", "product", "vendor", "health"]
    id: str
    head: str = ""


def _by_name(name: str, catalogue: Catalogue) -> Iterator[_Found]:
    """What is called so itself: by its id, the end of its id or its name."""
    word = name.strip().lower()
    if word in catalogue.service_ids:
        yield _Found("service", word)
    if word in catalogue.capabilities:
        yield _Found("capability", word)
    for id in catalogue.service_ids:
        called = catalogue.service(id).name.lower()
        # Words of a name are enough: Amazon RDS is called Amazon RDS and Aurora.
        is_phrase = " " in word and f" {word} " in f" {called} "
        if is_phrase or called == word or word.replace(" ", "") == id.partition("/")[2].replace("-", ""):
            yield _Found("service", id)
    for id, product in catalogue.products.items():
        if word in (id, id.partition("/")[2], product.product.lower()):
            yield _Found("product", id)
    yield from (_Found("vendor", id) for id, vendor in catalogue.vendors.items() if word in (id, vendor.name.lower()))
    yield from (_Found("health", id) for id, health in catalogue.health.items() if word in (id, health.name.lower()))


def _by_symbol(name: str, catalogue: Catalogue) -> Iterator[_Found]:
    """What claims a symbol that is spelt so, or to which it belongs."""
    for form, worded in (*((form, False) for form in _forms(name)), (name, True)):
        claims = [
            (namespace, claim) for namespace, claim in _claims(form, catalogue, worded) if not is_catch_all(claim)
        ]
        for namespace, claim in claims:
            if claim.service.startswith(VENDOR):
                yield _Found("vendor", claim.service.removeprefix(VENDOR))
            elif claim.service.startswith(HEALTH):
                yield _Found("health", claim.service.removeprefix(HEALTH))
            else:
                head = f"{form} ({namespace}) is a {claim.role} name of {claim.service}"
                if claim.path:
                    head = f"{head}, reached by {claim.path}"
                yield _Found("service", claim.service, _doubt(namespace, form, catalogue) or f"{head}.")
        if claims:
            return


def _doubt(namespace: Namespace, symbol: str, catalogue: Catalogue) -> str:
    """What to say of a name that only its beginning leads to a service, where the provider's own list lacks it."""
    if symbol in catalogue.interest.names[namespace].exact:
        return ""
    head, dot, rest = symbol.partition(".")
    if namespace == "boto3" and dot:
        known = operations(head)
        if known is None or rest in known | aws.NOT_OPERATIONS or rest in facts().resources.get(head, {}):
            return ""
        what, wanted = f"no operation of {head} that boto3 {facts().version} knows", [f"{head}.{one}" for one in known]
    elif namespace == "terraform":
        prefix = symbol.partition("_")[0] + "_"
        groups = [group for group in completeness.read().groups if group.source == "terraform"]
        lists = [group for group in groups if any(name.startswith(prefix) for name in group.names)]
        wanted = [name for group in lists for name in group.names]
        if not lists or symbol in wanted:
            return ""
        what = "no type that " + " or ".join(f"{group.origin} {group.version}" for group in lists) + " knows"
    else:
        return ""
    close = get_close_matches(symbol, wanted, n=3, cutoff=_CLOSE)
    meant = f"; did you mean {' or '.join(close)}?" if close else "."
    return _wrapped(f"{symbol} is {what}{meant} What it seems to belong to follows.")


def _claims(symbol: str, catalogue: Catalogue, worded: bool = False) -> list[tuple[Namespace, Claim]]:
    """Who claims a symbol, in which namespace; ``worded``: by a word in it. Any word at all could be an SDK's, so only
    its own operations count."""
    return [
        (namespace, claim)
        for namespace in NAMESPACES
        if (namespace in WORDED) == worded
        and (claim := catalogue.claim(namespace, symbol))
        and (namespace != "boto3" or (_CALL.fullmatch(symbol) and not is_catch_all(claim)))
    ]


def _forms(name: str) -> Iterator[str]:
    """A symbol, and what it belongs to: the type of an address, the module of a call, the service of an ARN."""
    yield name
    if name.startswith("arn:"):
        yield ":".join(name.split(":")[:3])
        return
    address = name.partition("[")[0].removeprefix("data.")
    while address:
        if address != name:
            yield address
        address = address.rpartition(".")[0]


def _page(found: _Found, catalogue: Catalogue, targets: Sequence[str]) -> Iterator[str]:
    if found.kind == "service":
        yield from [found.head, ""] if found.head else []
        yield from _service_text(found.id, catalogue, targets)
    elif found.kind == "capability":
        yield f"{catalogue.capabilities[found.id].name} ({found.id})"
        yield from _text(capability_sections(found.id, catalogue, targets))
    elif found.kind == "product":
        product = catalogue.products[found.id]
        yield f"{product.product} ({found.id})"
        yield from _text(product_sections(found.id, catalogue))
    elif found.kind == "vendor":
        vendor = catalogue.vendors[found.id]
        yield f"{vendor.name}, of {vendor.steward.name} ({vendor.steward.seat}): listed, not assessed."
        yield _wrapped(vendor.sells)
    else:
        health = catalogue.health[found.id]
        yield f"{health.name}: a finding about health, wherever it runs."
        yield _wrapped(health.because)
        yield _wrapped(health.instead)
        yield f"Source: {health.source}, checked {health.checked}, verified {health.verified}"


def _service_text(id: str, catalogue: Catalogue, targets: Sequence[str]) -> list[str]:
    return [f"{catalogue.service(id).name} ({id})", *_text(service_sections(id, catalogue, targets))]


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
