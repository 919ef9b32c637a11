"""The AWS SDK's facts: which services there are, what their clients can do, how resources lead to operations.

The data file is written by ``scripts/refresh_boto3.py`` and read when the first file that imports the SDK is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

DATA = Path(__file__).parents[2] / "data" / "boto3-operations.json"


class ResourceType(msgspec.Struct, frozen=True):
    """A resource class: method → (operation, class it returns), attribute → class, and what iterating yields."""

    calls: Mapping[str, tuple[str, str]] = {}
    attributes: Mapping[str, str] = {}
    items: str = ""


class Facts(msgspec.Struct, frozen=True):
    """The data file. ``services`` maps a service to its operations, separated by spaces."""

    source: str
    version: str
    services: Mapping[str, str]
    resources: Mapping[str, Mapping[str, ResourceType]]


@cache
def facts() -> Facts:
    """The data file, decoded once."""
    return msgspec.json.decode(DATA.read_bytes(), type=Facts)


@cache
def operations(service: str) -> frozenset[str] | None:
    """The operations of a service, or None when the data file does not know it (newer or retired)."""
    named = facts().services.get(service)
    return None if named is None else frozenset(named.split())


@cache
def all_operations() -> frozenset[str]:
    """The operations of any service."""
    return frozenset(name for named in facts().services.values() for name in named.split())


@cache
def _having() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for service, named in facts().services.items():
        for name in named.split():
            found.setdefault(name, []).append(service)
    return {name: tuple(services) for name, services in found.items()}


def services_having(operation: str) -> tuple[str, ...]:
    """The services that have an operation of this name, mostly one."""
    return _having().get(operation, ())


def resource_type(service: str, kind: str) -> ResourceType | None:
    """A resource class of a service (``""``: the service resource), or None when there is none of that name."""
    return facts().resources.get(service, {}).get(kind)


@cache
def _modules() -> Mapping[str, str]:
    return {service.replace("-", "_"): service for service in facts().services}


def service_of_module(name: str) -> str:
    """The service whose stubs are ``mypy_boto3_<name>``: ``iot_data`` is ``iot-data``."""
    return _modules().get(name, name.replace("_", "-"))
