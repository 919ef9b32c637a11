"""Person-days and how they add up: the rows behind a total, so that every figure can be taken apart."""

from __future__ import annotations

from collections.abc import Sequence

from portability.catalogue import Catalogue
from portability.model import DaysRange, Noun, ServiceSummary, Size

NOTHING = DaysRange(low=0, high=0)


class ProductRow(Noun, frozen=True, kw_only=True):
    """What it takes to have a product at all, counted once however many services move to it."""

    product: str
    days: DaysRange
    services: tuple[str, ...]


class Ledger(Noun, frozen=True, kw_only=True):
    """The sum of one target: the foundation, each product once, the uses of each service.

    ``total`` is None where no service has an estimate. ``unestimated`` names the services whose uses are in no row.
    """

    target: str
    foundation: DaysRange | None
    products: tuple[ProductRow, ...]
    uses: tuple[tuple[str, DaysRange], ...]
    unestimated: tuple[str, ...]
    total: DaysRange | None


def ledger(services: Sequence[ServiceSummary], target: str, catalogue: Catalogue) -> Ledger:
    """The estate's person-days on a target, row by row."""
    used = [service for service in services if service.uses]
    known = [service for service in used if service.effort[target] is not None]
    foundation = days_of(catalogue, catalogue.targets[target].foundation)
    products: dict[str, DaysRange] = {}
    served: dict[str, list[str]] = {}
    for service in known:
        for product, days in service.once[target].items():
            products[product] = max(products.get(product, days), days, key=lambda span: span.high)
            served.setdefault(product, []).append(service.service)
    uses = tuple((service.service, work) for service in known if (work := service.each[target]) is not None)
    total: DaysRange | None = NOTHING
    if used:
        rows = (*products.values(), *(work for _, work in uses))
        total = sum(rows, foundation) if known and foundation is not None else None
    return Ledger(
        target=target,
        foundation=foundation if used else NOTHING,
        products=tuple(
            ProductRow(product=id, days=days, services=tuple(served[id])) for id, days in sorted(products.items())
        ),
        uses=uses,
        unestimated=tuple(service.service for service in used if service.effort[target] is None),
        total=total,
    )


def days_of(catalogue: Catalogue, size: Size) -> DaysRange | None:
    """What a size means, or None where nobody judged it."""
    span = catalogue.effort.sizes.get(size)
    return DaysRange(low=span[0], high=span[1]) if span is not None else None
