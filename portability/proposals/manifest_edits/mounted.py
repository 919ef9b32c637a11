"""What a class of the Secrets Store CSI driver mounts: a file for each object, listed in its provider's own form.

https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/,
https://github.com/aws/secrets-store-csi-driver-provider-aws, and
https://github.com/GoogleCloudPlatform/secrets-store-csi-driver-provider-gcp, read 2026-11-30.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import yaml
from yaml.nodes import ScalarNode

from portability.parsers.kubernetes.nodes import get, text
from portability.patterns import regex
from portability.proposals.manifest_edits.spots import Spot, Unedited

KIND = "SecretProviderClass"
_LATEST = regex(r"projects/[^/]+/secrets/([^/]+)/versions/latest")
_KEY = regex(r"[\"']?([\w-]+)[\"']?")
_WHOLE = "value"
"""The key that a secret's text stands under in the new store, as in the patches of programs."""


class Mounted(NamedTuple):
    """A file, and where what it holds is kept in the new store."""

    file: str
    path: str
    key: str


def mounted(spot: Spot) -> list[Mounted]:
    """The files of the class whose provider was found. Raises Unedited where they are not all plain secrets, as they
    are now."""
    read = _READERS.get(spot.node.value)
    parameters = get(spot.steps[-1].container, "parameters")
    if read is None or parameters is None or spot.region.shown:
        raise Unedited("" if spot.region.shown else "What it mounts is not written out beside it.")
    listed = get(parameters, "secrets" if spot.node.value in ("gcp", "gke") else "objects")
    try:
        rows = list(read(yaml.safe_load(text(listed)))) if isinstance(listed, ScalarNode) else []
    except (yaml.YAMLError, AttributeError, TypeError, ValueError):
        rows = []
    if not rows or not all(isinstance(part, str) and part for row in rows for part in row):
        raise Unedited("It mounts versions, keys or certificates, or says what it mounts in a way that is not plain.")
    return rows


def as_texts(entries: Any) -> Any:
    """The parameters of a class as the driver takes them: each a text, be it a list in YAML."""
    if isinstance(entries, Mapping) and isinstance(parameters := entries.get("parameters"), Mapping):
        given = {
            key: value if isinstance(value, str) else yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
            for key, value in parameters.items()
        }
        return {**entries, "parameters": given}
    return entries


def _azure(listed: Any) -> Iterator[Mounted]:
    for written in listed["array"]:
        one = yaml.safe_load(written) if isinstance(written, str) else written
        _plain(one, {"objectName", "objectAlias", "objectType", "objectVersion"}, "objectVersion")
        if one.get("objectType", "secret") != "secret":
            raise ValueError(one)
        yield Mounted(one.get("objectAlias") or one["objectName"], one["objectName"], _WHOLE)


def _aws(listed: Any) -> Iterator[Mounted]:
    for one in listed:
        _plain(one, {"objectName", "objectAlias", "objectType", "jmesPath"})
        name = one["objectName"]
        if name.startswith("arn:"):
            raise ValueError(name)
        if not one.get("jmesPath"):
            yield Mounted(one.get("objectAlias") or name.replace("/", "_"), name.strip("/"), _WHOLE)
        for part in one.get("jmesPath") or ():
            if (key := _KEY.fullmatch(part["path"])) is None:
                raise ValueError(part)
            yield Mounted(part["objectAlias"], name.strip("/"), key[1])


def _google(listed: Any) -> Iterator[Mounted]:
    for one in listed:
        _plain(one, {"resourceName", "path", "fileName"})
        if (latest := _LATEST.fullmatch(one["resourceName"])) is None:
            raise ValueError(one)
        yield Mounted(one.get("path") or one["fileName"], latest[1], _WHOLE)


def _plain(one: Mapping[str, Any], known: set[str], unset: str = "") -> None:
    if not one.keys() <= known or one.get(unset):
        raise ValueError(one)


_READERS: Mapping[str, Callable[[Any], Iterator[Mounted]]] = {
    "azure": _azure,
    "aws": _aws,
    "gcp": _google,
    "gke": _google,
}
