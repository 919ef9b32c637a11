"""What the texts of an object say by themselves → usages, once all else of it was read.

A text says nothing that a place, a name or a command told of it before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

from yaml.nodes import Node, ScalarNode

from portability.model import Usage
from portability.parsers.kubernetes.asked import Asked
from portability.parsers.kubernetes.endpoints import Endpoints
from portability.parsers.kubernetes.images import images
from portability.parsers.kubernetes.literals import Said, said
from portability.parsers.kubernetes.manifest import Manifest
from portability.parsers.kubernetes.nodes import digest_of
from portability.patterns import regex

_KINDS: Final[Mapping[str, Literal["command", "dependency"]]] = {"command": "command", "package": "dependency"}
"""What a name in a text is, where it is more than the text."""
_COPIES: Final = frozenset({"aws s3", "gsutil", "gcloud storage"})
"""Commands that are about the buckets that they name."""
_OCI: Final = "oci://"
"""How addresses of charts begin that lie in a registry of images."""
_NAMED = regex(r"(?<!/)(?:[a-z0-9-]{1,63}\.){1,8}[a-z0-9-]{1,63}/(?!v\d)[A-Za-z0-9][\w.-]{0,100}(?![\w/:.-])")
"""A label or an annotation in a text, and no path of an address, image or version of an API."""
_IMAGE = regex(
    r"(?:^|(?<=oci://)|(?<=[\s\"'=,(]))(?P<host>[\w.-]+)/[\w./-]*[\w-](?::[\w.-]*\w)?(?:@sha256:[0-9a-f]{64})?"
)
"""An image or an address of a chart, as a text says it."""


class Sayings:
    """Names in the texts of one object, kept until it is known what else told of them."""

    def __init__(self, manifest: Manifest, endpoints: Endpoints, asked: Asked) -> None:
        self._manifest, self._endpoints, self._asked = manifest, endpoints, asked
        self._kept: list[tuple[str, Said]] = []
        """Each with the first key on its path."""

    def keep(self, section: str, names: Iterable[Said]) -> None:
        """Keep names from below the first key of a path."""
        self._kept.extend((section, one) for one in names)

    def read(self, path: tuple[str, ...], value: Node, told: Iterable[Usage] = ()) -> None:
        """Keep the names in a value, but those on lines of which something was ``told``."""
        lines = {usage.location.line for usage in told}
        names = said(path, value, self._asked.interest)
        self.keep(path[0], (one for one in names if not lines or self._line(one) not in lines))

    def usages(self, bound: set[int]) -> Iterator[Usage]:
        """What is wanted of it, once for each text; ``bound`` are the ids of nodes that something else told of."""
        seen: set[tuple[int, str]] = set()
        copied = {(id(one.scalar), self._line(one)) for _, one in self._kept if one.symbol in _COPIES}
        for section, one in ((section, _as_named(one, self._asked)) for section, one in self._kept):
            key = (id(one.scalar), one.symbol)
            if copied and one.symbol.startswith("Scheme/") and (id(one.scalar), self._line(one)) in copied:
                continue  # The command told of the bucket's service.
            if id(one.scalar) not in bound and key not in seen and self._asked.wants(one.symbol, one.namespace):
                seen.add(key)
                yield Usage(
                    language="kubernetes",
                    namespace=one.namespace,
                    symbol=one.symbol,
                    address=self._manifest.address,
                    location=self._manifest.origin.part(one.scalar, one.start, one.end),
                    endpoint=self._endpoints.own(section) if one.symbol == "Scheme/s3" else None,
                    kind=_KINDS.get(one.namespace, "string"),
                    digest=digest_of("kubernetes", one.symbol, one.scalar.value[one.start : one.end]),
                    confidence=one.confidence,
                )

    def _line(self, one: Said) -> int:
        return self._manifest.origin.part(one.scalar, one.start, one.end).line


def _as_named(one: Said, asked: Asked) -> Said:
    """A host that a rule names for manifests is more than an address in passing, and so is an image. What looks like
    one and is the domain of a label or an annotation is that label: ``iam.gke.io/gcp-service-account``."""
    whole: str = one.scalar.value
    label = _NAMED.match(whole, one.start) if one.namespace == "string" else None
    if label is not None and asked.has_rule(label[0]):
        return one._replace(namespace="kubernetes", symbol=label[0], end=label.end())
    image = _IMAGE.match(whole, one.start) if one.namespace == "string" else None
    # A name without a tag may be anything that is called after a domain, unless a provider's registry has it.
    is_whole = image is not None and (one.start, image.end()) == (len(_OCI) * whole.startswith(_OCI), len(whole))
    if image is not None and ((is_whole and ":" in image[0]) or asked.wants(image["host"], "string")):
        for named in images(ScalarNode("", image[0], one.scalar.start_mark, one.scalar.end_mark)):
            if asked.has_rule(named.symbol):
                return one._replace(namespace="kubernetes", symbol=named.symbol, end=image.end())
    is_named = one.namespace == "string" and asked.wants(f"endpoint/{one.symbol}")
    return one._replace(namespace="kubernetes", symbol=f"endpoint/{one.symbol}") if is_named else one
