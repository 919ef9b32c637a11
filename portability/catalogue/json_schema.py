"""JSON Schemas of the rule files, so that editors complete them."""

from __future__ import annotations

from typing import Any

import msgspec

from portability.catalogue.schema import Capability, EffortTable, Health, Product, Provider, Service, Target, Vendor

_KINDS = {
    "service": Service,
    "capability": Capability,
    "target": Target,
    "product": Product,
    "provider": Provider,
    "vendor": Vendor,
    "health": Health,
    "effort": EffortTable,
}


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a kind of rule file."""
    described = msgspec.json.schema(_KINDS[kind])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"portability {kind}", **described}
