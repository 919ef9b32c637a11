"""What stands at a place of a manifest, as symbols: the binding, and the readers that any place may have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from yaml.nodes import Node, ScalarNode

from portability.model import Confidence
from portability.parsers.kubernetes.nodes import entries, filled_in, get, is_empty, is_open, mappings, scalars, text
from portability.parsers.whereabouts import in_capitals, is_setting
from portability.patterns import regex

_HOST = regex(r"(?<![\w.*-])(?:[\w*-]+\.)+[a-z]{2,}(?![\w*-])", re.ASCII)
_FILE = regex(r"\.(?:json|ya?ml|toml|ini|conf|cfg|xml|properties|sh|py|txt|hcl|tf|pem|crt|key)$")
_SELECTED = regex(r"[ \t]*!?[ \t]*([\w.-]+/[\w.-]+)")
_DOT = regex(r"(?<!\\)\.")
_WORD = regex(r"(?:^|[\n,])[ \t]*([\w-]+)")


class Binding(NamedTuple):
    """A symbol, the key or scalar that names it, and what hangs on it (a key's value, or the scalar again).

    ``endpoint`` is the scalar that sends a storage client elsewhere, where there is one; ``source`` says where what is
    named comes from, when it stands elsewhere and was not read.
    """

    symbol: str
    node: ScalarNode
    content: Node
    confidence: Confidence = "certain"
    endpoint: Node | None = None
    source: str = ""


Read = Callable[[Node], Iterator[Binding]]


def keys(prefix: str = "") -> Read:
    """Keys of the mapping, or of the mappings in a sequence."""

    def read(node: Node) -> Iterator[Binding]:
        for mapping in mappings([node]):
            for key, value in entries(mapping):
                name = filled_in(key.value)
                if not name.startswith("*"):
                    yield Binding(prefix + name, key, value)

    return read


def values(prefix: str = "", confidence: Confidence = "certain") -> Read:
    """The scalar, or those in a sequence, as written."""

    def read(node: Node) -> Iterator[Binding]:
        for scalar in scalars(node):
            if scalar.value and not is_open(scalar.value):
                yield Binding(prefix + scalar.value, scalar, scalar, confidence)

    return read


def variable_names(node: Node) -> Iterator[Binding]:
    """Names of variables of the environment."""
    yield from (one for one in values("env/")(node) if is_setting(one.node.value))


def variables_set(node: Node) -> Iterator[Binding]:
    """Keys that become variables of the environment, where they are set to something."""
    for one in keys("env/")(node):
        if not is_empty(one.content) and is_setting(one.node.value) and _FILE.search(one.node.value) is None:
            written = one.node.value
            name = "" if written.isupper() or "." in written or "\n" in text(one.content) else in_capitals(written)
            yield one._replace(symbol=f"env/{name}", confidence="likely") if name else one


def settings(node: Node) -> Iterator[Binding]:
    """``NAME=value`` in literals of a generator."""
    for scalar in scalars(node):
        name, equals, _ = scalar.value.partition("=")
        if equals and not is_open(name):
            yield Binding(f"env/{name}", scalar, scalar)


def components(prefix: str, told_by: str = "") -> Read:
    """Keys that name a component and perhaps an instance of it: ``awss3/audit`` is ``awss3``. What stands under
    ``told_by`` says what it is for: ``sigv4auth=logs``."""

    def read(node: Node) -> Iterator[Binding]:
        for binding in keys()(node):
            use = text(get(binding.content, told_by)) if told_by else ""
            name = binding.symbol.partition("/")[0] + (f"={use}" if use and not is_open(use) else "")
            yield binding._replace(symbol=prefix + name)

    return read


def types_below(prefix: str, endpoint: str = "endpoint") -> Read:
    """The ``type`` of each mapping that a mapping holds, as of Vector's sinks; ``endpoint`` is beside it, or in what is
    called after the type."""

    def read(node: Node) -> Iterator[Binding]:
        for mapping in mappings([node]):
            for _, below in entries(mapping):
                if (kind := get(below, "type")) is not None:
                    elsewhere = get(below, endpoint) or get(below, text(kind), endpoint)
                    yield from (one._replace(endpoint=elsewhere) for one in values(prefix)(kind))

    return read


def first_words(prefix: str) -> Read:
    """What each of a list begins with, as plugins with their versions: ``ec2:1.0``."""

    def read(node: Node) -> Iterator[Binding]:
        for scalar in scalars(node):
            for word in _WORD.findall(scalar.value):
                yield Binding(prefix + word, scalar, scalar)

    return read


def own_name(node: Node) -> Iterator[Binding]:
    """The name of an object that the provider reads: ``ConfigMap/aws-auth``."""
    if isinstance(node, ScalarNode) and not is_open(node.value):
        yield Binding(f"ConfigMap/{node.value}", node, node)


def selected(node: Node) -> Iterator[Binding]:
    """Labels and annotations that a selector asks for in one text: ``a.example/b=c,d``."""
    for scalar in scalars(node):
        for term in scalar.value.split(","):
            name = _SELECTED.match(term)
            if name is not None:
                yield Binding(name[1], scalar, scalar)


def names_in_values(node: Node) -> Iterator[Binding]:
    """The last key of a path into values of a chart, with its dots escaped: an annotation or a label."""
    for scalar in scalars(node):
        last = _DOT.split(scalar.value)[-1].replace("\\", "")
        if "/" in last and "." in last and not is_open(last):
            yield Binding(last, scalar, scalar)


def hosts(node: Node) -> Iterator[Binding]:
    """Every host name in the scalars. Placeholders in it become ``*``: ``sqs.*.amazonaws.com``."""
    for scalar in scalars(node):
        if "." in scalar.value:
            written = filled_in(scalar.value).lower()
            for host in dict.fromkeys(_HOST.findall(written)):
                yield Binding(f"endpoint/{host}", scalar, scalar)
