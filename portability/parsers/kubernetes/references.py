"""Objects, charts and repositories that something else keeps, as symbols."""

from __future__ import annotations

from collections.abc import Iterator

from yaml.nodes import Node, ScalarNode

from portability.parsers.kubernetes.bindings import Binding, Read, values
from portability.parsers.kubernetes.nodes import get, is_open, mappings, scalars, text
from portability.patterns import regex

_REPOSITORY = regex(r"(?:(?:https?|oci)://)?([\w.-]+\.\w+(?:/[\w.-]+)?)")
_ON_GITHUB = regex(
    r"(?:github\.com[/:]|raw\.githubusercontent\.com/)[\w.-]+/"
    r"(?:[\w.-]+/(?:[\w.-]+/)?(?:stable|charts)/)?([\w.-]+)"
)


def charts(name: str, repository: str) -> Read:
    """Mappings that name a chart, and mostly the repository that has it. A path is no name."""

    def read(node: Node) -> Iterator[Binding]:
        for mapping in mappings([node]):
            named, where = get(mapping, name), text(get(mapping, repository)).rstrip("/")
            if isinstance(named, ScalarNode) and not is_open(named.value) and not where.startswith("file:"):
                written = named.value.rstrip("/")
                last = written.rpartition("/")[2].partition(":")[0]
                if last and not written.startswith((".", "/")):
                    source = f"{where}/{written}" if where else written
                    yield Binding(f"chart/{last}", named, mapping, source=source)

    return read


def repositories(node: Node) -> Iterator[Binding]:
    """Repositories of charts by their hosts, and the first of their folders where many share a host."""
    for scalar in scalars(node):
        found = _REPOSITORY.match(scalar.value)
        if found is not None:
            yield Binding(f"ChartRepository/{found[1]}", scalar, scalar)


def kept_elsewhere(node: Node) -> Iterator[Binding]:
    """Bases in repositories on GitHub, as charts of the repository's name, or of their own where it keeps several."""
    for scalar in scalars(node):
        found = _ON_GITHUB.search(scalar.value)
        if found is not None:
            yield Binding(f"chart/{found[1].lower().removesuffix('.git')}", scalar, scalar)


def cluster_providers(node: Node) -> Iterator[Binding]:
    """Providers of Cluster API in values of its operator's chart: ``azure:v1.19.2``, or several with ``;``."""
    for scalar in scalars(node):
        for one in scalar.value.split(";"):
            yield Binding(f"ClusterAPI/{one.strip().partition(':')[0]}", scalar, scalar)


def kinds_referred_to(node: Node) -> Iterator[Binding]:
    """References to objects of a group, ``{group, kind, name}`` or ``{apiVersion, kind, name}``: as the kind itself."""
    for mapping in mappings([node]):
        said = get(mapping, "group") or get(mapping, "apiGroup") or get(mapping, "apiVersion")
        group, kind = text(said).partition("/")[0], text(get(mapping, "kind"))
        if isinstance(said, ScalarNode) and group and kind and not is_open(group + kind):
            yield Binding(f"{group}/{kind}", said, mapping)


def machine_of(node: Node) -> Iterator[Binding]:
    """A mapping with ``apiVersion`` and ``kind`` but no body of its own, as OpenShift's machines have it."""
    for mapping in mappings([node]):
        version, kind = get(mapping, "apiVersion"), text(get(mapping, "kind"))
        if isinstance(version, ScalarNode) and kind:
            yield Binding(f"{version.value.partition('/')[0]}/{kind}", version, mapping)


def audiences(node: Node) -> Iterator[Binding]:
    """For whom a token is. One that is an address is told by its host."""
    yield from (one for one in values("Audience/")(node) if not one.node.value.startswith(("https://", "http://")))
