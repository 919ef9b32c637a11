"""What an interest asks of this room, worked out once: words to look for in a text, symbols, and paths to read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from msgspec.structs import replace

from portability.interest import Interest
from portability.model import Namespace
from portability.names.operators import place

_HEADS = frozenset(
    (
        *("argument", "endpoint", "env", "image", "resource", "Issuer", "PersistentVolume", "SecretProviderClass"),
        *("SecretStore", "StorageClass", "StorageClassName", "Volume", "VolumeSnapshotClass", "CSIDriver"),
        *("GatewayClass", "IngressClass", "LoadBalancerClass", "ConfigMap", "Zone", "InstanceType", "OperatingSystem"),
        *("KedaTrigger", "KedaAuthentication", "KedaIdentity", "FluxBucket", "FluxRegistry", "FluxAlert"),
        *("BackupStorage", "VolumeSnapshots", "ObjectStore", "RemoteWrite", "Telemetry", "VectorSink", "VectorSource"),
        *("FluentBit", "Scheme", "DNSProvider", "DNSChart", "chart", "ResourceId", "Scrape"),
        *("Setting", "ClusterAPI", "LogOutput", "MeshRevision", "CloudProvider", "Store", "Platform", "Datasource"),
        *("Connector", "ProfilePlugin", "Jenkins", "Skaffold", "Vault", "Provider", "SignIn", "Artifact", "Dapr"),
        *("EventSource", "VeleroPlugin", "SecurityContext", "IngressController", "Addon", "Class"),
    )
)
"""First parts of symbols that stand for a place and are not in the text."""
_NO_HELP = frozenset({"docker.io", "library", "kubernetes.io"})
"""Parts that manifests leave out of an image's name, or that nearly all of them hold."""
_BY_LABEL = {
    "Zone": ("kubernetes.io/zone", "kubernetes.io/region", "vailabilityZone", "zone", "egion:"),
    "InstanceType": (
        "/instance-type",
        "nstanceType",
        "nstance_type",
        "achineType",
        "achine_type",
        "vmSize",
        "achineSize",
        *(".metal", ".micro", ".small", ".medium", ".nano", "large"),
    ),
}
"""First parts whose names (there are hundreds) only stand beside a label or a key."""
_REMEMBERED = 50_000


class Asked:
    """One interest, quick to ask: a symbol is looked up in the catalogue's names once."""

    def __init__(self, interest: Interest) -> None:
        self.interest = interest
        given = {word for words in interest.words.values() for word in words}
        table = interest.names.get("kubernetes")
        patterns = list(table.patterns()) if table else []
        strings = interest.names.get("string")
        literals = {_domain(pattern) for pattern in (strings.patterns() if strings else ())}
        words = _shortest(given | _not_covered(patterns, given) | literals - {""})
        self._words = sorted(words, key=lambda word: (word not in given, word))
        self._rules = replace(table, last=None) if table else None
        exact = table.exact if table else {}
        self.settings = frozenset(name.removeprefix("Setting/") for name in exact if name.startswith("Setting/"))
        """Keys of charts' values that some rule asks for by name."""
        attributes = interest.attributes.items()
        self._open_paths = [(name[:-1], paths) for name, paths in attributes if name.endswith("*")]
        self._paths: dict[str, tuple[str, ...]] = {}
        self._wanted: dict[tuple[str, str], bool] = {}

    def is_in(self, text: str) -> bool:
        """Whether a text holds a word without which no wanted symbol can be in it."""
        # A plain loop: a generator costs three times as much, and this is asked of every document. What one document
        # holds the next mostly holds too, so a word that was found is asked first from then on.
        for index, word in enumerate(self._words):
            if word in text:
                if index:
                    self._words.insert(0, self._words.pop(index))
                return True
        return False

    def wants(self, symbol: str, namespace: Namespace = "kubernetes") -> bool:
        """Whether some service or provider claims the symbol."""
        wanted = self._wanted.get((namespace, symbol))
        if wanted is None:
            if len(self._wanted) >= _REMEMBERED:
                self._wanted.clear()
            wanted = self._wanted[namespace, symbol] = self.interest.wants(namespace, symbol)
        return wanted

    def has_rule(self, symbol: str) -> bool:
        """Whether the rule of a service names the symbol, and it is not only visibly a provider's."""
        return self._rules is not None and self._rules.find(symbol) is not None

    def _paths_of(self, symbol: str) -> set[str]:
        found = set(self.interest.attributes.get(symbol, ()))
        for prefix, paths in self._open_paths:
            if symbol.startswith(prefix):
                found.update(paths)
        return found

    def paths(self, symbol: str) -> tuple[str, ...]:
        """The dotted paths of a document that some rule asks for where it finds the symbol, or what it stands for."""
        known = self._paths.get(symbol)
        if known is None:
            found = self._paths_of(symbol)
            table = self.interest.names.get("kubernetes")
            claim = table.find(symbol) if table else None
            if claim is not None and claim.stands_for:
                found.update(filter(None, (place(symbol, path) for path in self._paths_of(claim.stands_for))))
            if len(self._paths) >= _REMEMBERED:
                self._paths.clear()
            known = self._paths[symbol] = tuple(sorted(found))
        return known


class _Latest:
    asked: Asked | None = None


def asked_of(interest: Interest) -> Asked:
    """What an interest asks. A run has one interest and hands it over with every file, so the last one is kept."""
    if _Latest.asked is None or _Latest.asked.interest is not interest:
        _Latest.asked = Asked(interest)
    return _Latest.asked


def _domain(pattern: str) -> str:
    """The end of a host name that a pattern asks for (``windows.net``), or the beginning of an ARN."""
    if pattern.startswith("arn:"):
        return ":".join(pattern.split(":")[:2])
    labels = pattern.split(".")
    return ".".join(labels[-2:]) if len(labels) > 1 and "*" not in "".join(labels[-2:]) and ":" not in pattern else ""


def _shortest(words: Collection[str]) -> list[str]:
    """The words that contain no other: where a longer one stands, they stand too."""
    shortest: list[str] = []
    for word in sorted(words, key=len):
        if not any(map(word.__contains__, shortest)):
            shortest.append(word)
    return shortest


def _not_covered(patterns: Iterable[str], given: Collection[str]) -> set[str]:
    """For each pattern that can match where no given word stands, a piece that its symbols must hold: the domain of a
    group or label, which many share, or else the longest."""
    found: set[str] = set()
    groups: dict[str, list[str]] = defaultdict(list)
    others: list[str] = []
    for pattern in patterns:
        head, slash, rest = pattern.partition("/")
        if head in _BY_LABEL:
            found.update(_BY_LABEL[head])
        elif slash and head not in _HEADS and head not in _NO_HELP:  # a group has many kinds
            groups[head].append(pattern)
        else:
            others.append(rest if slash and head in _HEADS else pattern)
    for head in _without(given, groups):
        domain = ".".join(head.rpartition("*")[2].split(".")[-2:])
        if "." not in domain:
            others.extend(groups[head])
        elif domain not in found and _without(given, map(_pieces, groups[head])):
            found.add(domain)
    return found | {max(pieces.split("\n"), key=len) for pieces in _without(given, map(_pieces, others))}


def _pieces(pattern: str) -> str:
    """What a symbol that matches the pattern must hold, a line each."""
    return "\n".join(piece for part in pattern.split("/") if part not in _NO_HELP for piece in part.split("*"))


def _without(words: Collection[str], texts: Iterable[str]) -> list[str]:
    """The texts that hold none of the words. To go through them word by word takes half as long as text by text."""
    rest = list(texts)
    for word in words:
        rest = [text for text in rest if word not in text]
    return rest
