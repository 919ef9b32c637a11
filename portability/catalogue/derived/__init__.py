"""Names that follow from names that rule files claim, one file a source. What a rule file says itself wins."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from portability.catalogue import index
from portability.catalogue.derived import (
    cloud_control,
    constructs,
    discovery,
    operators,
    packages,
    sdks,
    verified_modules,
)
from portability.catalogue.schema import Service
from portability.interest import Claim
from portability.model import Namespace

Claimed = dict[Namespace, dict[str, Claim]]


def extend(claimed: Claimed, services: Mapping[str, Service]) -> None:
    """Add to the claims of rule files those that follow from them."""
    for pattern, claim in list(cloud_control.types(claimed)):
        claimed.setdefault("terraform", {}).setdefault(pattern, claim)
    for symbol, claim in list(operators.names(index.name_tables(claimed))):
        kinds = claimed.setdefault("kubernetes", {})
        said = kinds.get(symbol)
        kinds[symbol] = msgspec.structs.replace(said, stands_for=claim.stands_for) if said else claim
    for name, claim in list(constructs.names(index.name_tables(claimed))):
        claimed.setdefault("python", {}).setdefault(name, claim)
    for name, claim in list(packages.names(index.name_tables(claimed))):
        claimed.setdefault("package", {}).setdefault(name, claim)
    for module, claim in list(verified_modules.names(claimed.get("arm", {}))):
        claimed.setdefault("terraform-module", {}).setdefault(module, claim)
    for namespace, pattern, claim in [*discovery.names(claimed.get("string", {})), *sdks.names(services)]:
        claimed.setdefault(namespace, {}).setdefault(pattern, claim)
