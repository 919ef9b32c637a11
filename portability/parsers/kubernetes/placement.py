"""Which nodes something runs on, as symbols: their labels, zones and types."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from yaml.nodes import Node, ScalarNode

from portability.parsers.kubernetes.bindings import Binding, values
from portability.parsers.kubernetes.nodes import entries, get, mappings, scalars, text
from portability.patterns import regex

_LISTED = regex(r"[a-z][a-z0-9-]+")
_NODE_LABELS = {
    "topology.kubernetes.io/zone": "Zone/",
    "topology.kubernetes.io/region": "Zone/",
    "failure-domain.beta.kubernetes.io/zone": "Zone/",
    "failure-domain.beta.kubernetes.io/region": "Zone/",
    "node.kubernetes.io/instance-type": "InstanceType/",
    "beta.kubernetes.io/instance-type": "InstanceType/",
    "kubernetes.io/os": "OperatingSystem/",
    "os": "OperatingSystem/",
    "type": "NodeLabel/type=",
    "beta.kubernetes.io/os": "OperatingSystem/",
}
"""Labels that every cluster's nodes carry, whose value says whose node it is."""
_POOL: Final = "agentpool"
"""A label of AKS without its domain, so that it says something of nodes alone."""


def node_labels(node: Node) -> Iterator[Binding]:
    """What a selector asks of the labels that say where and on what a node runs."""
    for mapping in mappings([node]):
        for key, value in entries(mapping):
            if key.value in _NODE_LABELS:
                yield from values(_NODE_LABELS[key.value], "likely")(value)
            elif key.value == _POOL:
                yield Binding(f"NodeLabel/{_POOL}", key, value, "likely")


def node_expressions(node: Node) -> Iterator[Binding]:
    """The same, where it is written as an expression: ``{key, operator, values}``."""
    for mapping in mappings([node]):
        wanted, named = get(mapping, "values"), get(mapping, "key")
        label = text(named)
        if label == _POOL and isinstance(named, ScalarNode):
            yield Binding(f"NodeLabel/{_POOL}", named, mapping, "likely")
        if wanted is not None and label in _NODE_LABELS and text(get(mapping, "operator")) != "NotIn":
            # A list may hold a hundred instance types; they are one provider's and one use.
            yield from islice(values(_NODE_LABELS[label], "likely")(wanted), 1)


def node_tolerations(node: Node) -> Iterator[Binding]:
    """The same, where nodes are tainted by it."""
    for mapping in mappings([node]):
        value, label = get(mapping, "value"), text(get(mapping, "key"))
        if value is not None and label in _NODE_LABELS:
            yield from values(_NODE_LABELS[label], "likely")(value)


def zones(node: Node) -> Iterator[Binding]:
    """Zones that somebody lists; they are one provider's and one use."""
    for scalar in islice(scalars(node), 1):
        for zone in _LISTED.findall(scalar.value)[:1]:
            yield Binding(f"Zone/{zone}", scalar, scalar, "likely")
