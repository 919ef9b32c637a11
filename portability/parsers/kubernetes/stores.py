"""Which store keeps something, as symbols: of objects, of backups, of secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from yaml.nodes import Node

from portability.parsers.kubernetes.bindings import Binding, Read, keys, values
from portability.parsers.kubernetes.nodes import entries, get, mappings, text

_STORES: Final = frozenset({"s3", "gcs", "azure", "swift", "filesystem"})


def store(prefix: str, key: str, *endpoint: str) -> Read:
    """A mapping that says by ``key`` which provider keeps something, and under ``endpoint`` where else it is."""

    def read(node: Node) -> Iterator[Binding]:
        for mapping in mappings([node]):
            for name, named in entries(mapping):  # a template has the key once in each of its branches
                for binding in values(prefix)(named) if name.value == key else ():
                    yield binding._replace(content=mapping, endpoint=get(mapping, *endpoint))

    return read


def stores(prefix: str, *endpoint: str) -> Read:
    """A mapping whose keys are kinds of stores, each with its own settings; ``endpoint`` is in or beside them. Where
    the mapping has several and says which is in use, the others are what could be."""

    def read(node: Node) -> Iterator[Binding]:
        for mapping in mappings([node]):
            backend = text(get(mapping, "backend"))
            is_choice = backend and sum(key.value in _STORES for key, _ in entries(mapping)) > 1
            for binding in keys(prefix)(mapping):
                if is_choice and binding.symbol != prefix + backend:
                    continue
                elsewhere = get(binding.content, *endpoint) or get(mapping, *endpoint)
                yield binding._replace(endpoint=elsewhere)

    return read


def object_store(node: Node) -> Iterator[Binding]:
    """The file by which Thanos and its like find a bucket: ``type`` beside a ``config`` that names one."""
    if any(get(node, "config", key) is not None for key in ("bucket", "container")):
        yield from store("ObjectStore/", "type", "config", "endpoint")(node)


def secret_stores(node: Node) -> Iterator[Binding]:
    """The provider that keeps secrets, and which of its services where it says so."""
    for binding in keys("SecretStore/")(node):
        service = text(get(binding.content, "service"))
        yield binding._replace(symbol=f"{binding.symbol}/{service}") if service == "ParameterStore" else binding
