"""Is the catalogue complete? Every name that a provider's own lists hold, against the services that claim it.

The names are ``portability/data/known-names.json``, written by ``scripts/refresh_names.py``.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from portability.catalogue import Catalogue
from portability.catalogue.schema import Lack, Product, Target

KNOWN_NAMES = Path(__file__).parents[1] / "data" / "known-names.json"
USES = Path(__file__).parents[1] / "data" / "uses.json"


class Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The names of one list, with where it comes from.

    ``names`` maps a name to what the list says of it. For Terraform: the kinds it exists as (``data resource``), each
    with ``@`` and the newest version that had it where it is gone since; older code still uses those. For Python: the
    distributions that hold the import root. For Azure Resource Manager: the newest API version. For boto3: nothing.
    ``namespaces`` are import roots that hold only other packages, and ``others`` are names of the list that are no
    service of the provider; neither is counted.
    """

    provider: str
    source: Literal["terraform", "boto3", "python", "arm"]
    origin: str
    version: str
    names: dict[str, str]
    namespaces: dict[str, str] = {}
    others: dict[str, str] = {}


class KnownNames(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every list, and the day on which they were read."""

    date: str
    groups: list[Group]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One provider's names in one source: how many are known, and which of them no service claims."""

    provider: str
    source: str
    known: int
    unclassified: tuple[str, ...]

    @property
    def classified(self) -> int:
        """How many a service claims."""
        return self.known - len(self.unclassified)


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One provider's services, and those whose level is unknown or for which some target has no sourced answer."""

    provider: str
    services: int
    not_judged: tuple[str, ...]
    uses: int
    uses_judged: int

    @property
    def judged(self) -> int:
        """How many are judged."""
        return self.services - len(self.not_judged)


class Uses(msgspec.Struct, frozen=True):
    """How often public code uses each service: the repositories with their commits, the day, and counts by id."""

    sources: tuple[str, ...]
    date: str
    uses: dict[str, int]


class Stale(msgspec.Struct, frozen=True, order=True):
    """Something that was looked at too long ago: the day or month (empty: never), and its file."""

    checked: str
    file: str
    what: str = ""


def read(path: Path = KNOWN_NAMES) -> KnownNames:
    """The known names of a file. Raises msgspec.DecodeError where it does not hold them."""
    return msgspec.json.decode(path.read_bytes(), type=KnownNames)


def uses(path: Path = USES) -> Uses:
    """The counted uses of a file. Raises msgspec.DecodeError where it does not hold them."""
    return msgspec.json.decode(path.read_bytes(), type=Uses)


def encode(known: KnownNames) -> bytes:
    """The file's bytes: sorted, a name a line, the same for the same names."""
    groups = sorted(known.groups, key=lambda group: (group.provider, group.source, group.origin))
    ordered = [
        {field: dict(sorted(value.items())) if isinstance(value, dict) else value for field, value in fields.items()}
        for fields in map(msgspec.structs.asdict, groups)
    ]
    return msgspec.json.format(msgspec.json.encode({"date": known.date, "groups": ordered}), indent=1) + b"\n"


def coverage(catalogue: Catalogue, known: KnownNames) -> list[Row]:
    """A row a provider and source, sorted. A name in several lists counts once."""
    names: dict[tuple[str, Literal["terraform", "boto3", "python", "arm"]], set[str]] = {}
    for group in known.groups:
        names.setdefault((group.provider, group.source), set()).update(group.names)
    services = set(catalogue.service_ids)
    return [
        Row(
            provider=provider,
            source=source,
            known=len(listed),
            unclassified=tuple(
                name
                for name in sorted(listed)
                # A provider's ``unclassified`` is no service, and neither is a vendor or a word about health.
                if (claim := catalogue.claim(source, name)) is None or claim.service not in services
            ),
        )
        for (provider, source), listed in sorted(names.items())
    ]


def judged(catalogue: Catalogue, targets: Sequence[str], counted: Mapping[str, int]) -> list[Judged]:
    """A row a provider: which services have a known level and an answer with a source on every target, and what part of
    the counted uses those are. What no service claims counts as not judged."""
    by_provider: dict[str, list[str]] = {provider: [] for provider in sorted(catalogue.providers)}
    for id in catalogue.service_ids:
        by_provider[id.partition("/")[0]].append(id)
    rows = []
    for provider, ids in by_provider.items():
        not_judged = tuple(id for id in ids if not _is_judged(catalogue, id, targets))
        answered = set(ids).difference(not_judged)
        rows.append(
            Judged(
                provider=provider,
                services=len(ids),
                not_judged=not_judged,
                uses=sum(count for id, count in counted.items() if id.startswith(f"{provider}/")),
                uses_judged=sum(count for id, count in counted.items() if id in answered),
            )
        )
    return rows


def _is_judged(catalogue: Catalogue, id: str, targets: Sequence[str]) -> bool:
    service = catalogue.service(id)
    capabilities = {service.capability, *(variant.capability or service.capability for variant in service.variants)}
    return service.lock_in != "unknown" and all(
        _is_answered(catalogue, target, capability) for target in targets for capability in capabilities
    )


def _is_answered(catalogue: Catalogue, target: str, capability: str) -> bool:
    """Whether the target, or what one runs on it oneself, has a sourced product, or a sourced reason why not."""
    fallback = catalogue.targets[target].falls_back_to
    places = [target, fallback] if fallback else [target]
    products = (product for place in places for _, product in catalogue.giving(place, capability))
    lack = catalogue.lack(target, capability)
    return any(product.source for product in products) or (lack is not None and bool(lack.reason and lack.source))


def first_day(date: str) -> datetime.date:
    """The day of ``YYYY-MM-DD``, or the first of ``YYYY-MM``. Raises ValueError for anything else."""
    if not re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", date, re.ASCII):
        raise ValueError(f"{date!r} is no date")
    return datetime.date.fromisoformat(date if len(date) > len("2026-11") else f"{date}-01")


def stale(catalogue: Catalogue, before: datetime.date) -> list[Stale]:
    """What was checked before a day, or never, the oldest first. A month without a day counts as its first day."""
    return sorted(item for item in _dated(catalogue) if not item.checked or first_day(item.checked) < before)


def _dated(catalogue: Catalogue) -> Iterator[Stale]:
    for id in catalogue.service_ids:
        service = catalogue.service(id)
        yield Stale(service.checked or "", f"services/{id}")
        for retirement in service.retired:
            yield Stale(retirement.checked, f"services/{id}", "retired")
    for id, vendor in catalogue.vendors.items():
        yield Stale(vendor.checked, f"vendors/{id}")
    for id, health in catalogue.health.items():
        yield Stale(health.checked, f"health/{id}")
    for id, product in catalogue.products.items():
        if not _follows(product, catalogue.targets[id.partition("/")[0]]):
            yield Stale(product.checked, f"targets/{id}")
    for id, target in catalogue.targets.items():
        file = f"targets/{id}/target"
        if target.profile is not None:
            yield Stale(target.profile.checked, file, "profile")
        for risk in target.risks:
            yield Stale(risk.checked, file, f"risk: {risk.kind}")
        for capability, lack in target.lacks.items():
            if not _follows(lack, target):
                yield Stale(lack.checked, file, f"lacks {capability}")


def _follows(answer: Product | Lack, target: Target) -> bool:
    """Whether an answer was made from its target's profile, which is looked at as one."""
    profile = target.profile
    return profile is not None and (answer.source, answer.checked) == (profile.source, profile.checked)
