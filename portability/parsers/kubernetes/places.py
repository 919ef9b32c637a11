"""Where in a manifest a provider is named, as one table: a path of keys, and how to read what stands there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from types import EllipsisType
from typing import NamedTuple

from yaml.nodes import Node, ScalarNode, SequenceNode

from portability.parsers.kubernetes.nodes import PLACEHOLDER, entries, is_open, mappings

_HOST = re.compile(r"(?<![\w.*-])(?:[\w*-]+\.)+[a-z]{2,}(?![\w*-])", re.ASCII)
_FLAG = re.compile(r"--?[A-Za-z][\w.-]*=\S+")


class Binding(NamedTuple):
    """A symbol, the key or scalar that names it, and what hangs on it (a key's value, or the scalar again)."""

    symbol: str
    node: ScalarNode
    content: Node


Read = Callable[[Node], Iterator[Binding]]
Path = tuple[str | EllipsisType, ...]


class Place(NamedTuple):
    """``path`` holds keys from the document's root, or from anywhere if it begins with ``...``; sequences do not show
    in it. ``kinds`` are the kinds it is for, empty for any."""

    path: Path
    read: Read
    kinds: tuple[str, ...] = ()

    def is_at(self, path: tuple[str, ...], kind: str) -> bool:
        """Whether this is the place of a path in a document of a kind."""
        if self.kinds and kind not in self.kinds:
            return False
        if self.path[0] is ...:
            return path[1 - len(self.path) :] == self.path[1:]
        return path == self.path


def keys(prefix: str = "") -> Read:
    """Keys of the mapping, or of the mappings in a sequence."""

    def read(node: Node) -> Iterator[Binding]:
        for mapping in mappings([node]):
            for key, value in entries(mapping):
                if not is_open(key.value):
                    yield Binding(prefix + key.value, key, value)

    return read


def values(prefix: str = "") -> Read:
    """The scalar, or those in a sequence, as written."""

    def read(node: Node) -> Iterator[Binding]:
        for scalar in _scalars(node):
            if scalar.value and not is_open(scalar.value):
                yield Binding(prefix + scalar.value, scalar, scalar)

    return read


def images(node: Node) -> Iterator[Binding]:
    """A container image: registry host and repository. Placeholders behind the host become ``*``."""
    for scalar in _scalars(node):
        name = PLACEHOLDER.sub("*", scalar.value).partition("@")[0]
        host, slash, repository = name.partition("/")
        if not slash or not ("." in host or ":" in host or host == "localhost"):
            host, repository = "docker.io", name if slash else f"library/{name}"
        parent, slash, last = repository.rpartition("/")
        repository = parent + slash + last.partition(":")[0]
        if last and not name.startswith("*") and not is_open(name) and "*" not in host:
            yield Binding(f"image/{host}/{repository}", scalar, scalar)


def arguments(node: Node) -> Iterator[Binding]:
    """Each ``--flag=value`` of a command line that is a sequence, and the hosts in it."""
    for scalar in _scalars(node):
        if _FLAG.fullmatch(scalar.value) and not is_open(scalar.value):
            yield Binding(f"argument/{scalar.value}", scalar, scalar)
    yield from hosts(node)


def hosts(node: Node) -> Iterator[Binding]:
    """Every host name in the scalars. Placeholders in it become ``*``: ``sqs.*.amazonaws.com``."""
    for scalar in _scalars(node):
        if "." in scalar.value:
            written = PLACEHOLDER.sub("*", scalar.value).lower()
            for host in dict.fromkeys(_HOST.findall(written)):
                yield Binding(f"endpoint/{host}", scalar, scalar)


def hosts_below(node: Node) -> Iterator[Binding]:
    """The hosts in the values of a mapping, as of a ConfigMap's data."""
    for mapping in mappings([node]):
        for _, value in entries(mapping):
            yield from hosts(value)


PLACES: tuple[Place, ...] = (
    # Metadata, of the document and of the templates in it, and what selects by it.
    Place((..., "annotations"), keys()),
    Place((..., "labels"), keys()),
    Place((..., "commonAnnotations"), keys()),
    Place((..., "commonLabels"), keys()),
    Place((..., "matchLabels"), keys()),
    # Nodes: which of them, and how they are told apart.
    Place((..., "nodeSelector"), keys()),
    Place((..., "matchExpressions", "key"), values()),
    Place((..., "matchLabelExpressions", "key"), values()),
    Place((..., "requirements", "key"), values()),
    Place((..., "tolerations", "key"), values()),
    Place((..., "taints", "key"), values()),
    Place((..., "topologyKey"), values()),
    # Containers, wherever a pod is described.
    Place((..., "image"), images),
    Place(("images", "newName"), images, kinds=("Kustomization",)),
    Place((..., "args"), arguments),
    Place((..., "command"), arguments),
    Place((..., "env", "name"), values("env/")),
    Place((..., "env", "value"), hosts),
    Place((..., "resources", "limits"), keys("resource/")),
    Place((..., "resources", "requests"), keys("resource/")),
    Place((..., "volumes"), keys("Volume/")),
    Place((..., "volumes", "csi", "driver"), values("Volume/")),
    # Storage.
    Place((..., "storageClassName"), values("StorageClassName/")),
    Place((..., "storageClass"), values("StorageClassName/")),
    Place(("provisioner",), values("StorageClass/"), kinds=("StorageClass",)),
    Place(("driver",), values("VolumeSnapshotClass/"), kinds=("VolumeSnapshotClass",)),
    Place(("spec",), keys("Volume/"), kinds=("PersistentVolume",)),
    Place(("spec", "csi", "driver"), values("PersistentVolume/"), kinds=("PersistentVolume",)),
    # The way in.
    Place((..., "annotations", "kubernetes.io/ingress.class"), values("IngressClass/")),
    Place((..., "ingressClassName"), values("IngressClass/")),
    Place(("spec", "controller"), values("IngressClass/"), kinds=("IngressClass",)),
    Place((..., "gatewayClassName"), values("GatewayClass/")),
    Place(("spec", "controllerName"), values("GatewayClass/"), kinds=("GatewayClass",)),
    Place((..., "loadBalancerClass"), values("LoadBalancerClass/")),
    # Secrets and certificates.
    Place(("spec", "provider"), values("SecretProviderClass/"), kinds=("SecretProviderClass",)),
    Place(("spec", "provider"), keys("SecretStore/"), kinds=("SecretStore", "ClusterSecretStore")),
    Place(("spec", "acme", "solvers", "dns01"), keys("Issuer/"), kinds=("Issuer", "ClusterIssuer")),
    # Endpoints that software is told of.
    Place(("data",), hosts_below, kinds=("ConfigMap",)),
    Place(("stringData",), hosts_below, kinds=("Secret",)),
    Place(("spec", "externalName"), hosts, kinds=("Service",)),
    Place(("spec", "hosts"), hosts, kinds=("ServiceEntry",)),
)


def _by_last_key(places: tuple[Place, ...]) -> Mapping[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        found[str(place.path[-1])].append(place)
    return {key: tuple(same) for key, same in found.items()}


BY_LAST_KEY = _by_last_key(PLACES)
"""The table by the key that a walk stands at, so that other keys cost one look-up."""


def _scalars(node: Node) -> Iterator[ScalarNode]:
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, SequenceNode):
        for child in node.value:
            yield from _scalars(child)
