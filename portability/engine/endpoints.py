"""Whose address an endpoint is: a provider's own, one of its sovereign offers', or somebody else's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from portability.catalogue.schema import Offer, Provider, Service
from portability.names.globs import wildcard


def endpoint_of(endpoint: Any, service: Service) -> Any:
    """The endpoint of a service, of one for all or one for each; None where it has its ordinary one."""
    if isinstance(endpoint, Mapping):
        names = [name for patterns in service.names.get("boto3", {}).values() for name in patterns]
        return next((endpoint[name] for name in names if name in endpoint), None)
    return endpoint


def is_own(endpoint: str, provider: Provider) -> bool:
    """Whether an address lies in a domain of the provider, or of a cloud that it offers apart."""
    host = re.sub(r"^[a-z0-9+.-]*://", "", endpoint.strip().lower()).partition("/")[0].rpartition("@")[2]
    host = host.partition(":")[0]
    if any(host == domain or host.endswith("." + domain) for domain in provider.domains):
        return True
    return any(is_named(host, offer) for offer in provider.offers.values())


def addresses(endpoint: Any) -> list[str]:
    """The addresses that are known of an endpoint."""
    if isinstance(endpoint, Mapping):
        return [address for address in endpoint.values() if isinstance(address, str)]
    return [endpoint] if isinstance(endpoint, str) else []


def is_named(place: str, offer: Offer) -> bool:
    """Whether a host, region or partition is one by which an offer is recognised."""
    name = re.sub(r"^[a-z0-9+.-]*://", "", place.strip().lower()).partition("/")[0]
    return any(wildcard(pattern).fits(name) for pattern in offer.recognised_by)
