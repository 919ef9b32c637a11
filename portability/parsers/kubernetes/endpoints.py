"""Whose a store is: what an object says of where its S3 is, which others answer to as well as Amazon."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import takewhile
from typing import Any, Final

from yaml.nodes import MappingNode, Node, ScalarNode

from portability.model import UNKNOWN, Usage
from portability.parsers.kubernetes.asked import Asked
from portability.parsers.kubernetes.bindings import Binding, hosts
from portability.parsers.kubernetes.manifest import Manifest, Pairs
from portability.parsers.kubernetes.nodes import entries, filled_in, get, is_open, plain, text
from portability.parsers.kubernetes.shapes import OF_VALUES, Shape, top_of
from portability.parsers.kubernetes.values import BUCKETS, WITH_PORT
from portability.parsers.whereabouts import in_capitals
from portability.patterns import regex

_KEYS: Final = frozenset({"endpointURL", "endpointUrl", "endpoint_url", "endpoint", "s3Url", "s3Endpoint"})
_VARIABLE = regex(r"(?:^|_)(?:S3|AWS|MINIO|OBJECT|BUCKET|STORAGE)_(?:\w+_)?(?:ENDPOINT|URL|HOST)|ENDPOINT_URL")
_SIGNS_IN = regex(
    r"env/(\w*AWS_)(?:ACCESS_KEY|SECRET|SESSION|REGION|DEFAULT_REGION|ENDPOINT_URL)\w*"
    r"|env/(\w*AMAZON_)S3_(?:ACCESS_KEY|SECRET|REGION|BUCKET|ENDPOINT)\w*"
)
_IS_KEY = regex(r"AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)$")
_SAYS_WHERE = regex(r"(\w*(?:AWS|AMAZON)_)(?:S3_)?ENDPOINT(?:_URL)?(?:_S3)?")
_SAYS_WHERE_S3 = regex(r"(?:\w+_)?S3_ENDPOINT(?:_URL)?")
_PORT = regex(r":(?!443\b)\d{3,5}(?:/|$)|\.svc(?:[.:/]|$)")
"""What only somebody's own address has: a port, or the name of a service in the cluster."""
_TO_FILL_IN = regex(r"<[\w ./-]{1,80}>")
"""What an example leaves to whoever copies it."""
_MAY_BE_ELSEWHERE = regex(r"Store/s3$|env/(?:\w+_)?S3_|env/(?:\w+_)?AWS_BUCKET|Setting/s3")
"""What speaks of S3 and not of who answers."""

_OF_A_STAND_IN: Final = ("minio", "bWluaW")
"""How users and passwords begin that MinIO comes with, plain and encoded."""
_MADE_UP: Final = frozenset({"test", "dummy", "fake", "local", "localstack", "key", "secret", "foo", "xxx"})
"""Keys that only stand-ins of a service take."""
_FOR_ALL: Final = ("common", "global")
"""How sections of values begin that hold for the others too."""
_STORES: Final = frozenset({"Store/s3", "Store/aws", "ObjectStore/s3", "ObjectStore/aws"})
_STAND_IN = regex(r"minio|seaweed|garage|rustfs|\bceph|\brook\b", re.IGNORECASE)
_MOST_LINES: Final = 6
"""Lines of an entry at most that takes a variable from somewhere."""
_OF_SERVERS: Final = frozenset(
    {"enableAuth", "existingConfigSecret", "createBuckets", "nameOverride", "fullnameOverride", "replicaCount", "image"}
)
"""Settings of a store that a chart brings along, which one that is elsewhere has none of."""
_OTHERS: Final = {"env/GCS_": "s3://", "env/S3_": "gs://"}
"""How addresses of the other store begin, by what a name says: ``gcs_configuration: {bucket: s3://…}`` of Prow's."""


class Endpoints:
    """Where one object says that its stores are, worked out when it is asked for."""

    def __init__(self, manifest: Manifest, asked: Asked) -> None:
        self._manifest, self._asked = manifest, asked
        self._known: dict[str, Any] = {}

    def of(self, binding: Binding) -> Any:
        """The address beside a binding, or the object's own for what speaks of S3 and not of who answers; or None."""
        if binding.endpoint is not None:
            return _address(binding.endpoint) or None
        # Values of a chart are of many things, an object of one.
        may_be = self._manifest.kind not in OF_VALUES and _MAY_BE_ELSEWHERE.match(binding.symbol)
        return self.own("") if may_be else None

    def own(self, section: str) -> Any:
        """Where the object says that its S3 is, if it does: ``s3://`` alone names no provider. Values of a chart are of
        many things, so theirs is asked of a section, and of what holds for all."""
        if self._manifest.kind not in ("values", "Helmfile"):
            section = ""
        if section not in self._known:
            sections = (section, "global") if section else ()
            found = (
                address
                for shape, _, pairs in self._mappings()
                if not sections or not shape.path or shape.path[0] in sections
                for address in _addresses_in(pairs)
            )
            self._known[section] = next(found, None)
        return self._known[section]

    def is_for_another(self, binding: Binding) -> bool:
        """Whether a variable that signs in to S3 is for whoever another of its prefix names: ``AWS_ENDPOINT_URL``."""
        found = _SIGNS_IN.fullmatch(binding.symbol)
        return found is not None and self.is_of_another(found[1] or found[2])

    def is_of_another(self, prefix: str) -> bool:
        """Whether variables of a prefix are for an address that is no provider's."""
        address = self._by_prefix.get(prefix)
        return address is not None and not _is_wanted(address, self._asked)

    def may_be_for_another(self, binding: Binding) -> bool:
        """Whether such a variable, or one that names a bucket, stands beside one that says where S3 is, and only a run
        tells where; or a store of which nothing is said, where one that holds for all values is somebody's own."""
        if binding.symbol in _STORES and binding.endpoint is None and self._has_a_store_of_its_own:
            return True
        is_of_s3 = _SIGNS_IN.fullmatch(binding.symbol) or _MAY_BE_ELSEWHERE.match(binding.symbol)
        return is_of_s3 is not None and self._is_told_where

    def _mappings(self) -> Iterator[tuple[Shape, MappingNode, Pairs]]:
        return self._manifest.mappings(top_of(self._manifest.kind, self._asked))

    @cached_property
    def _has_a_store_of_its_own(self) -> bool:
        return self._manifest.kind in OF_VALUES and any(
            key.value in _KEYS and (_STAND_IN.search(text(value)) or _PORT.search(text(value)))
            for shape, _, pairs in self._mappings()
            if shape.path[-1:] == ("s3",) and shape.path[0].startswith(_FOR_ALL)
            for key, value in pairs
        )

    @cached_property
    def _is_told_where(self) -> bool:
        is_values = self._manifest.kind in OF_VALUES
        return any(
            _VARIABLE.search(text(get(mapping, "name"))) or (not is_values and any(map(_leaves_open, pairs)))
            for _, mapping, pairs in self._mappings()
        )

    @cached_property
    def _by_prefix(self) -> dict[str, Node]:
        """What variables say of where S3 is, by the prefix of those that sign in there. Where nothing else is Amazon's,
        the keys are for whoever ``S3_ENDPOINT`` names."""
        found: dict[str, Node] = {}
        for_all: list[Node] = []
        is_amazons = False
        for _, _, pairs in self._mappings():
            name = next((text(value) for key, value in pairs if key.value == "name"), "")
            for key, value in pairs:
                called, address = name if key.value == "value" and name else key.value, text(value)
                is_amazons = is_amazons or "arn:aws" in address or "amazonaws" in address
                said = _SAYS_WHERE.fullmatch(called if called.isupper() else in_capitals(called))
                is_address = ("://" in address and not address.startswith("{")) or _PORT.search(address)
                if said is not None and is_address:
                    found[said[1]] = value
                elif said is None and _PORT.search(address) and _SAYS_WHERE_S3.fullmatch(called):
                    for_all.append(value)
        return {"AWS_": for_all[0], **found} if for_all and not is_amazons else found


def is_elsewhere(binding: Binding, mapping: Node, asked: Asked) -> bool:
    """Whether what stands beside a name says that somebody else is meant: an address, a region of theirs, or the keys
    that MinIO comes with."""
    if binding.symbol.startswith("env/"):
        value = get(mapping, "value") or binding.content
        written = filled_in(text(value))
        if written.startswith(_OF_A_STAND_IN) or (written.lower() in _MADE_UP and _IS_KEY.search(binding.symbol)):
            return True
        if "ENDPOINT" in binding.symbol:
            return "://" in written and not is_open(written) and not _is_wanted(value, asked)
        other = next((scheme for name, scheme in _OTHERS.items() if binding.symbol.startswith(name)), None)
        settings = entries(value) if other is not None and isinstance(value, MappingNode) else ()
        return any(text(one).startswith(other or "") for _, one in settings)
    if binding.symbol.startswith(("Store/", "ObjectStore/")):
        if _is_brought(binding.content if isinstance(binding.content, MappingNode) else mapping):
            return True
        region = text(get(binding.content, "region"))
        is_said = bool(region) and not is_open(region) and not _TO_FILL_IN.search(region)
        return is_said and not asked.wants(f"Zone/{region}")
    return False


def not_for_stand_ins(usages: tuple[Usage, ...], lines: Sequence[str]) -> tuple[Usage, ...]:
    """The usages of a file without those of keys that its own lines say to be of a store which speaks S3 and is not
    Amazon's: ``AWS_SECRET_ACCESS_KEY: {{ include "shop.minio.secret" . }}``."""
    return tuple(usage for usage in usages if not (signs_in(usage) and _names_stand_in(usage, lines)))


def signs_in(usage: Usage) -> bool:
    """Whether a usage is a variable that signs in to S3, wherever that is."""
    return _SIGNS_IN.fullmatch(usage.symbol) is not None


def _names_stand_in(usage: Usage, lines: Sequence[str]) -> bool:
    first = usage.location.line - 1
    head = lines[first] if first < len(lines) else ""
    indent = len(head) - len(head.lstrip())
    below = takewhile(lambda line: len(line) - len(line.lstrip()) > indent, lines[first + 1 : first + _MOST_LINES])
    return any(_STAND_IN.search(line) for line in (head, *below))


def _is_brought(store: Node) -> bool:
    """Whether a chart runs the store of these settings itself."""
    signs_in = get(store, "auth")
    own = {key.value for one in (store, signs_in) if isinstance(one, MappingNode) for key, _ in entries(one)}
    is_root = any(key.startswith("root") for key in own)
    return text(get(store, "deploy")) == "true" or is_root or not own.isdisjoint(_OF_SERVERS)


def _leaves_open(pair: tuple[ScalarNode, Node]) -> bool:
    """Whether a key is a variable that says where S3 is, and only a run tells what it says."""
    key, value = pair
    return is_open(text(value)) and _VARIABLE.search(in_capitals(key.value) or key.value) is not None


def _addresses_in(pairs: Pairs) -> Iterator[Any]:
    """The addresses in a mapping that say where S3 is, by their keys or as variables."""
    written = {key.value: value for key, value in pairs}
    name = text(written.get("name"))
    if "value" not in written and _VARIABLE.search(name):
        yield UNKNOWN  # A secret says it, or whoever fills in the template.
    for key, value in pairs:
        is_named = key.value in _KEYS or _VARIABLE.search(name if key.value == "value" else key.value)
        is_said = is_named or (key.value in BUCKETS and WITH_PORT.match(text(value)))
        if is_said and isinstance(value, ScalarNode) and value.value:
            yield _address(value)


def _address(node: Node) -> Any:
    """The address that a scalar says, or what only a run tells. One with a port of its own is nobody's cloud."""
    if _TO_FILL_IN.search(text(node)):
        return UNKNOWN
    return filled_in(text(node)) if is_open(text(node)) and _PORT.search(text(node)) else plain(node)


def _is_wanted(address: Node, asked: Asked) -> bool:
    return any(asked.wants(one.symbol.partition("/")[2], "string") for one in hosts(address))
