"""Where a tie stands in a manifest, by one word: what templates under ``_manifests`` say by it what stands there."""

from __future__ import annotations

from yaml.nodes import ScalarNode

from portability.model import Finding
from portability.names.manifests import is_place
from portability.parsers.kubernetes.nodes import get
from portability.parsers.kubernetes.places import plainly
from portability.proposals.manifest_edits.spots import Spot


def place_of(finding: Finding, spot: Spot) -> str:
    """The word for a place: what a symbol begins with (``IngressClass``, ``image``), else the key that the tie stands
    under (``annotations``, ``nodeSelector``, ``topologyKey``); ``object`` for an object of the provider's own kind."""
    head, slash, _ = finding.symbol.partition("/")
    if slash and is_place(head):
        kind = spot.region.is_manifest and get(spot.region.root, "kind")
        # The class itself, and not a use of it.
        own = isinstance(kind, ScalarNode) and kind.value == head and "Class" in head
        return f"{head}Object" if own and head in ("IngressClass", "GatewayClass") else head
    if spot.operation is not None:
        words = spot.node.value.split("/")
        return plainly(words[-2]) if len(words) > 2 else ""
    keys = spot.keys
    if keys == ("apiVersion",):
        return "object"
    if spot.is_key:
        return plainly(keys[-2]) if len(keys) > 1 else ""
    if keys[-1:] == ("key",) and len(keys) > 1:
        return keys[-2]
    return keys[-1] if keys else ""
