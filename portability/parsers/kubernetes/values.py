"""What values of charts say: keys and blocks that no table of places has, since every chart has its own.

A mapping is read with the key that it stands under. Nothing here is sure, as whoever installs a chart sets values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import chain
from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.parsers.kubernetes.bindings import Binding, values
from portability.parsers.kubernetes.nodes import entries, get, is_empty, is_null, is_open, text
from portability.parsers.whereabouts import (
    LABEL,
    STORES,
    in_capitals,
    is_setting,
    may_say_together,
    place_of,
    said_together,
)
from portability.patterns import regex

Read = Callable[[str, MappingNode], Iterator[Binding]]
Tells = Callable[[str], bool]

_EXTERNAL_DNS: Final = ("txtOwnerId", "domainFilters", "zoneIdFilters", "txtPrefix", "annotationFilter")
_DNS_CHARTS: Final = frozenset({"external-dns", "externaldns", "external_dns"})
_STORES: Final = STORES | {"aws": "aws", "gcp": "gcp", "google": "gcp", "azure": "azure"}
"""Keys of blocks of which a chart has one for each provider, and what each is called here."""
_CHOSEN: Final = (
    "type",
    "backend",
    "provider",
    "store",
    "activeStoreId",
    "active",
    "cloudProvider",
    "cloud",
    "kind",
    "controller",
)
"""Keys that say which of several such blocks counts."""
_ENDPOINTS: Final = (
    "endpoint",
    "endpointURL",
    "endpointUrl",
    "endpoint_url",
    "s3Url",
    "s3Endpoint",
    "regionendpoint",
    "host",
)
_OF_ADDRESSES: Final = (".", ":", "/", "$", "{")
_NOTHING: Final = regex(r"(?:true|false|null|nil|none|~|[\d.]+[a-zA-Z%]{0,2}|sha256:[0-9a-f]{64})?", re.IGNORECASE)
"""Values that say nothing by themselves: what is empty, switches, numbers, durations and digests of images."""
_ACCOUNT: Final = regex(r"\d{12}")
_IS_KEY: Final = regex(r"(?i)key|secret|token|^enabled$")
_MAX_DEPTH: Final = 4
_CLOUDS: Final = frozenset(
    {"provider", "cloud", "platform", "cloudPlatform", "cloudProvider", "cloud_provider", "cloudType"}
)
_GUID: Final = regex(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_IDENTIFIERS: Final = {"tenantid": "azureTenantId", "subscriptionid": "azureSubscriptionId"}


def variables(_key: str, node: MappingNode) -> Iterator[Binding]:
    """Keys and names in capitals, as values of charts have them that become variables of the environment."""
    for key, value in entries(node):
        if key.value.isupper() and not is_empty(value):
            yield Binding(f"env/{key.value}", key, value)
    for told_by in _NAMED:
        if isinstance(name := get(node, told_by), ScalarNode) and name.value.isupper():
            yield Binding(f"env/{name.value}", name, node)


_NAMED: Final = ("name", "alias")


def labelled(_key: str, node: MappingNode) -> Iterator[Binding]:
    """Labels and annotations under whatever key a chart has for them: ``a.example/b: c``. What is empty is for whoever
    installs it."""
    for key, value in entries(node):
        if "/" in key.value and LABEL.fullmatch(key.value) and not (is_empty(value) or is_null(value)):
            yield Binding(key.value, key, value, "likely")


def as_variables(_key: str, node: MappingNode) -> Iterator[Binding]:
    """Keys that say in small letters what variables say in capitals: ``awsSecretAccessKey``, ``ecr_host``."""
    for key, value in entries(node):
        is_list = isinstance(value, SequenceNode) and any(isinstance(one, MappingNode) for one in value.value)
        if not is_list and _becomes_variable(key.value) and _says_something(value):
            yield Binding(f"env/{in_capitals(key.value)}", key, value, "likely")


def _becomes_variable(key: str) -> bool:
    name = in_capitals(key)
    return bool(name) and not key.isupper() and is_setting(name) and _NO_NAME.search(key) is None


_NO_NAME: Final = regex(r"\.(?:py|sh|rb|js|ya?ml|toml|xml|hcl|tf)$|^(?:module|data)\.|^[a-z]+_\w+\.\w+|[\[\]]")
"""Keys under which charts take programs and settings (what others hold is often what to sign in with), and addresses of
Terraform's, by which plans are compared."""


def name_servers(key: str, node: MappingNode) -> Iterator[Binding]:
    """The provider in values of external-dns, which are told by their chart's name or by what else stands there."""
    provider = get(node, "provider")
    if provider is not None and (
        key.lower() in _DNS_CHARTS or any(get(node, one) is not None for one in _EXTERNAL_DNS)
    ):
        named = get(provider, "name") or provider
        yield from values("DNSChart/")(named)


def blocks(_key: str, node: MappingNode) -> Iterator[Binding]:
    """Settings for one provider, ``s3: {bucket: …}``. Of several side by side the one that something chooses counts,
    and none where nothing does: then they are what a chart offers."""
    named = [(key, value) for key, value in entries(node) if key.value.lower() in _STORES]
    filled = [(key, value) for key, value in named if isinstance(value, MappingNode) and _says_something(value)]
    if len(named) > 1 or get(node, "controller") is not None:
        chosen = {text(get(node, key)).lower() for key in _CHOSEN}
        filled = [(key, value) for key, value in filled if key.value.lower() in chosen]
    for key, value in filled:
        elsewhere = endpoint_in(value) or endpoint_in(node)
        if all(_IS_KEY.search(one.value) for one, _ in entries(value)):
            continue  # who answers to these is said elsewhere
        yield Binding(f"Store/{_STORES[key.value.lower()]}", key, value, "likely", endpoint=elsewhere)


def own_blocks(key: str, node: MappingNode) -> Iterator[Binding]:
    """The same in somebody's own resource, where an address that only a run tells is mostly of another store, and one
    without a bucket is of the store that is there."""
    for one in blocks(key, node):
        is_known = one.endpoint is None or not is_open(text(one.endpoint))
        if is_known and (one.symbol != "Store/s3" or any(get(one.content, each) is not None for each in _OF_BUCKETS)):
            yield one


def regions(above: str, node: MappingNode) -> Iterator[Binding]:
    """A region where nothing beside it leads to somebody else's address. MinIO calls its own after Amazon's."""
    if above.lower() == "minio":
        return
    for key, value in entries(node):
        if isinstance(value, ScalarNode) and value.value:
            is_region = key.value.endswith(("egion", "_region")) or key.value in ("zone", "location")
            symbol = f"Zone/{value.value}" if is_region else place_of(value.value)
            if symbol is not None and endpoint_in(node) is None:
                yield Binding(symbol, value, value, "likely")


def endpoint_in(node: MappingNode) -> Node | None:
    """The address that a mapping gives of what it is about."""
    told = {key.value: value for key, value in entries(node) if key.value in _OF_ENDPOINTS}
    if not told:
        return None
    said = (told[one] for one in _ENDPOINTS if one in told)
    named = (told[one] for one in BUCKETS if one in told)
    return next(
        chain(
            (one for one in said if any(mark in text(one) for mark in _OF_ADDRESSES)),
            (one for one in named if WITH_PORT.match(text(one))),
        ),
        None,
    )


BUCKETS: Final = ("name", "bucket", "bucketName")
_OF_ENDPOINTS: Final = frozenset((*_ENDPOINTS, *BUCKETS))
WITH_PORT: Final = regex(r"[\w.-]+:\d{2,5}/")
"""A bucket that is written behind the address of whoever keeps it."""


def machines(_key: str, node: MappingNode) -> Iterator[Binding]:
    """Kinds of machines by the names that providers give them; of several the first stands for all."""
    for key, value in entries(node):
        first = value.value[0] if isinstance(value, SequenceNode) and value.value else value
        if isinstance(first, ScalarNode) and (_is_machine(first.value) or _plain(key.value) in _MACHINES):
            yield Binding(f"InstanceType/{first.value}", first, value, "likely")


def _is_machine(written: str) -> bool:
    return (place_of(written) or "").startswith("InstanceType/")


_MACHINES: Final = frozenset(
    ("instancetype", "instancetypes", "machinetype", "vmsize", "virtualmachinesize", "nodetype", "instancesize")
)


def clouds(_key: str, node: MappingNode) -> Iterator[Binding]:
    """The provider that a chart is told to expect: ``provider: aws``."""
    for key, value in entries(node):
        said = get(value, "name") or value
        if key.value in _CLOUDS and isinstance(said, ScalarNode) and (said.value != "s3" or endpoint_in(node) is None):
            yield Binding(f"Provider/{said.value.lower()}", said, said, "likely")


def options(_key: str, node: MappingNode) -> Iterator[Binding]:
    """Settings that say by name and value together which provider or kind of store is meant."""
    for key, value in entries(node):
        said = get(value, "value") or value
        if not isinstance(said, ScalarNode):
            continue
        symbol = said_together(key.value, said.value)
        if symbol is None and key.value in _KINDS and (store := STORES.get(said.value.lower())) is not None:
            symbol = f"Store/{store}" if any(get(node, one) is not None for one in _OF_BUCKETS) else None
        extra = get(node, "extra") if symbol is not None else None  # where Airflow's connections have it
        is_elsewhere = isinstance(extra, MappingNode) and endpoint_in(extra) is not None
        if symbol is not None and endpoint_in(node) is None and not is_elsewhere:
            yield Binding(symbol, said, said, "possible" if symbol == "Store/s3" else "likely")


_KINDS: Final = frozenset({*_CHOSEN, "source", "driver", "scheme"})
_OF_BUCKETS: Final = ("bucket", "bucketName", "container", "containerName")
"""What stands beside the kind of a store."""


def identifiers(_key: str, node: MappingNode) -> Iterator[Binding]:
    """A tenant or subscription of Azure, whose ids are GUIDs."""
    for key, value in entries(node):
        name = _IDENTIFIERS.get(_plain(key.value))
        if name is not None and _GUID.fullmatch(text(value)):
            yield Binding(f"Setting/{name}", key, value, "likely")


def _plain(key: str) -> str:
    return key.lower().replace("_", "")


def choices(above: str, node: MappingNode) -> Iterator[Binding]:
    """What variables say by name and value together: ``{name: CLOUD_PROVIDER, value: aws}``, ``storageType: gcs``."""
    name: Node | None = None
    value: Node | None = None
    for key, written in entries(node):
        if key.value == "name":
            name = written
        elif key.value == "value":
            value = written
    pairs: list[tuple[Node, Node]] = [(name, value)] if name is not None and value is not None else []
    for called, said in pairs or (entries(node) if above in OF_VARIABLES else ()):
        scalar = get(said, "value") or said
        if isinstance(called, ScalarNode) and isinstance(scalar, ScalarNode):
            symbol = said_together(called.value, scalar.value) or _directory(called.value, scalar.value)
            if symbol is not None:
                yield Binding(symbol, scalar, scalar, "possible" if symbol == "Store/s3" else "likely")


def set_by_name(_key: str, node: MappingNode) -> Iterator[Binding]:
    """A variable by its capitals, whatever list it stands in: ``{name: AWS_REGION, value: …}``."""
    for key, name in entries(node):
        if key.value != "name" or not isinstance(name, ScalarNode):
            continue
        if _IN_CAPITALS.fullmatch(name.value) and is_setting(name.value):
            yield Binding(f"env/{name.value}", name, node)


_IN_CAPITALS: Final = regex(r"[A-Z][A-Z0-9]*_[A-Z0-9_]+")


def chosen(_key: str, node: MappingNode, options: Mapping[str, Mapping[str, str]]) -> Iterator[Binding]:
    """What rules name by a setting's or a variable's name and value together: ``OPENAI_API_TYPE=azure``. ``options``
    holds the symbols by these, in small letters."""
    pairs: list[tuple[str, Node]] = []
    name = ""
    for key, said in entries(node):
        if key.value == "name":
            name = text(said)
        elif key.value == "value" and name:
            pairs.append((name, said))
        pairs.append((key.value, said))
    for called, said in pairs:
        by_value = options.get(called.lower())
        symbol = by_value.get(text(said).lower()) if by_value is not None else None
        if symbol is not None and isinstance(said, ScalarNode):
            yield Binding(symbol, said, said, "likely")


def _directory(name: str, value: str) -> str | None:
    """The symbol of a variable that holds the id of a tenant or subscription of Azure."""
    is_one = len(value) == _GUID_LENGTH and name.upper().replace("_", "").endswith(_DIRECTORIES)
    return "Setting/azureTenantId" if is_one and _GUID.fullmatch(value) else None


_DIRECTORIES: Final = ("TENANTID", "SUBSCRIPTIONID")
_GUID_LENGTH: Final = 36
OF_VARIABLES: Final = frozenset({"data", "stringData", "env", "environment", "envVars", "substitute", "config"})


def settings_of(node: MappingNode, names: Collection[str]) -> Iterator[Binding]:
    """Keys that rules ask for by name, where they are set to something."""
    for key, value in entries(node):
        if key.value in names and (_says_something(value) or text(value) == "true" or _ACCOUNT.fullmatch(text(value))):
            yield Binding(f"Setting/{key.value}", key, value, "likely")


def _says_something(node: Node, depth: int = 0) -> bool:
    """Whether a value, or one in it, is more than empty, a switch or a number. What is switched off says nothing."""
    if isinstance(node, ScalarNode):
        return is_open(node.value) or _NOTHING.fullmatch(node.value) is None
    if depth >= _MAX_DEPTH:
        return False
    if isinstance(node, SequenceNode):
        return any(_says_something(child, depth + 1) for child in node.value)
    if not isinstance(node, MappingNode) or "false" in (text(get(node, "enabled")), text(get(node, "create"))):
        return False
    return any(_says_something(value, depth + 1) for _, value in entries(node)) or text(get(node, "enabled")) == "true"


def _always(_key: str) -> bool:
    return True


def _is_variable(key: str) -> bool:
    return key.isupper() or key in _NAMED


def _is_label(key: str) -> bool:
    return "/" in key


def _is_provider(key: str) -> bool:
    return key == "provider"


def _is_block(key: str) -> bool:
    return key.lower() in _STORES


def _is_cloud(key: str) -> bool:
    return key in _CLOUDS


def _is_identifier(key: str) -> bool:
    return _plain(key) in _IDENTIFIERS


def _is_option(key: str) -> bool:
    return key in _OF_BUCKETS or may_say_together(key)


VALUES: Final[tuple[tuple[Read, Tells], ...]] = (
    (variables, _is_variable),
    (labelled, _is_label),
    (name_servers, _is_provider),
    (blocks, _is_block),
)
"""What a mapping among values is asked, and the keys of which it has one where that says something."""
HINTS: Final[tuple[tuple[Read, Tells], ...]] = (
    (regions, _always),
    (machines, _always),
    (clouds, _is_cloud),
    (options, _is_option),
    (identifiers, _is_identifier),
    (as_variables, _becomes_variable),
)
"""What it is asked besides where nothing told already whose it is."""
OF_RESOURCES: Final[tuple[tuple[Read, Tells], ...]] = (
    (own_blocks, _is_block),
    (clouds, _is_cloud),
    (options, _is_option),
)
"""What a mapping of somebody's own resource is asked, which takes settings as a chart takes values."""
