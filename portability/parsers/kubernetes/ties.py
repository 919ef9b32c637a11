"""An object → the usages in it, and in the manifests, settings and programs that its values hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

from msgspec.structs import replace
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.model import OWN, Missing, Usage
from portability.parsers.kubernetes.asked import Asked
from portability.parsers.kubernetes.bindings import Binding
from portability.parsers.kubernetes.endpoints import Endpoints, is_elsewhere
from portability.parsers.kubernetes.images import image_in_parts
from portability.parsers.kubernetes.literals import Said, command_line, is_mute, whole
from portability.parsers.kubernetes.manifest import Manifest, Pairs
from portability.parsers.kubernetes.nodes import (
    ABSENT,
    Contents,
    digest_of,
    get,
    is_empty,
    is_null,
    is_open,
    look_up,
    mappings,
    plain,
    says_no,
    scalars,
    text,
)
from portability.parsers.kubernetes.programs import usages_in
from portability.parsers.kubernetes.references import kinds_referred_to
from portability.parsers.kubernetes.said import Sayings
from portability.parsers.kubernetes.shapes import Shape, top_of
from portability.parsers.kubernetes.stores import object_store
from portability.parsers.kubernetes.values import endpoint_in, settings_of
from portability.parsers.kubernetes.within import held_in
from portability.parsers.whereabouts import LABEL, in_capitals
from portability.patterns import regex

_OWN_NAMES: Final = frozenset({"name", "generateName", "namespace"})
_OF_S3 = regex(r"(?:^|_)(?:S3|AWS)_")


class Ties(NamedTuple):
    """What an object uses, and the charts that it names and nobody claims."""

    usages: list[Usage]
    missing: list[Missing]


def ties_of(manifest: Manifest, asked: Asked) -> Ties:
    """Every wanted symbol, at each key or scalar that names it. What a patch takes away binds nothing."""
    walk = _Walk(manifest, asked)
    found = [] if manifest.is_of_policy else list(walk.usages())
    return Ties([guessed(one) for one in found] if manifest.origin.is_guess else found, walk.missing)


def guessed(usage: Usage) -> Usage:
    """The use as one that whoever fills in a template or sets values may still change."""
    return replace(usage, confidence="likely") if usage.confidence == "certain" else usage


_LABELS: Final = frozenset(
    ("labels", "matchLabels", "nodeSelector", "nodeLabels", "matchExpressions", "requirements", "tolerations", "taints")
)
"""Keys below which people give names of their own, in whatever domain: ``my-platform.azure.com/purpose``. What no rule
knows there is nobody's."""


class _Walk:
    """One way through an object, mapping by mapping."""

    def __init__(self, manifest: Manifest, asked: Asked) -> None:
        self.missing: list[Missing] = []
        self._manifest, self._asked = manifest, asked
        self._endpoints = Endpoints(manifest, asked)
        self._sayings = Sayings(manifest, self._endpoints, asked)
        self._bound: set[int] = set()
        """The nodes, by their id, that something told of."""
        self._is_bound = False
        """Whether the object itself is a provider's."""
        self._is_of_rights = manifest.group == "rbac.authorization.k8s.io"
        self._contents = Contents()
        self._values_at: dict[str, Any] = {}

    def usages(self) -> Iterator[Usage]:
        own = self._own_kind()
        if own is not None and self._asked.wants(own.symbol):
            self._is_bound = True
            yield self._usage(own, self._nameless(), kind="resource")
        is_custom = self._manifest.is_custom and not self._is_bound
        top = top_of(self._manifest.kind, self._asked, is_custom=is_custom)
        for shape, mapping, pairs in self._manifest.mappings(top):
            if shape.readers or not shape.is_plain:
                for binding in self._bindings(shape, mapping, pairs):
                    yield from self._bind(binding, mapping)
            if shape.texts and not (self._is_of_rights and shape.path[:1] != ("subjects",)):
                yield from self._below(shape, mapping, pairs)
            if id(mapping) in self._bound:
                self._bound.update(id(below) for _, value in pairs for below in mappings([value]))
        yield from self._sayings.usages(self._bound)

    def _bind(self, binding: Binding, mapping: MappingNode) -> Iterator[Usage]:
        named = _by_registry(binding, self._asked) if binding.source else _as_variable(binding, self._asked)
        if self._asked.wants(named.symbol):
            self._bound.add(id(named.node))
            if not binding.source:
                self._bound.update((id(named.content), *map(id, mappings([named.content]))))
            if not (is_elsewhere(named, mapping, self._asked) or self._endpoints.is_for_another(named)):
                yield self._usage(named, self._contents.digest(named.content))
        elif binding.source:
            place = self._manifest.origin.location(binding.node)
            self.missing.append(Missing(kind="chart", name=binding.source, location=place))

    def _bindings(self, shape: Shape, mapping: MappingNode, pairs: Pairs) -> Iterator[Binding]:
        for entry, path, read in shape.readers:
            for one in read(pairs[entry][1]):
                if not (self._is_left_out(one) or self._is_own(path, one)):
                    yield one
        if not shape.is_plain:
            yield from self._said_together(shape, mapping, pairs)

    def _said_together(self, shape: Shape, mapping: MappingNode, pairs: Pairs) -> Iterator[Binding]:
        """What several entries say together."""
        above, bound = shape.above, self._bound
        if shape.is_image:
            yield from image_in_parts(mapping)
        if shape.refers and not self._is_bound:
            yield from kinds_referred_to(mapping)
        if mapping is self._manifest.root and self._manifest.api_version is None:
            yield from object_store(mapping)
        for together in shape.chosen:
            yield from (one for one in together(above, mapping) if id(one.node) not in bound)
        if shape.settings and not self._is_bound and id(mapping) not in bound:
            yield from (one for one in settings_of(mapping, shape.settings) if id(one.node) not in bound)
        for together in shape.values:
            found = (one for one in together(above, mapping) if id(one.node) not in bound)
            yield from (one for one in found if not self._is_own((above,), one))
        for together in shape.hints:
            # What something said by now is asked no more.
            if id(mapping) not in bound and not _names_it(pairs, bound):
                yield from (one for one in together(above, mapping) if id(one.node) not in bound)

    def _below(self, shape: Shape, mapping: MappingNode, pairs: Pairs) -> Iterator[Usage]:
        """What the texts of a mapping use that are YAML again; what others say by themselves is kept, where they run
        only if nothing around told that, nor that they are somebody else's."""
        line = command_line(pairs) if shape.is_command else None
        places: list[tuple[str, Said]] = []
        for entry, path, may_run in shape.texts:
            value = pairs[entry][1]
            if isinstance(value, MappingNode) or (not may_run and _is_mute(value)):
                continue
            if not self._is_bound:
                places.extend((path[0], one) for one in whole(path, value) if self._asked.has_rule(one.symbol))
            if line is not None and path[-1] in ("command", "args"):
                if path[-1] == "args":
                    self._sayings.read(path, line)
                continue
            for each in _texts(value):
                yield from self._in_text(path, each)
        is_told = not places or id(mapping) in self._bound or _names_it(pairs, self._bound)
        if not (is_told or endpoint_in(mapping) is not None or self._is_somebody_elses(mapping)):
            for section, one in places:
                self._sayings.keep(section, [one])

    def _in_text(self, path: tuple[str, ...], value: Node) -> Iterator[Usage]:
        """What the objects in a text use, or the program that it is; what other texts say is kept."""
        used: list[Usage] = []
        if isinstance(value, ScalarNode) and "\n" in value.value:
            if (held := held_in(value, path, self._manifest, self._asked)) is not None:
                for inner in (ties_of(one, self._asked) for one in held):
                    self.missing.extend(inner.missing)
                    yield from inner.usages
                return
            if self._asked.is_in(value.value):
                origin, owner = self._manifest.origin.within(value), self._manifest.address
                used = usages_in(path[-1], value, origin, owner, self._asked.interest)
        self._sayings.read(path, value, used)
        yield from used

    def _is_left_out(self, binding: Binding) -> bool:
        """Whether a patch takes something away, or values leave an annotation to whoever installs the chart. In the
        configuration of a program an empty part is one as it comes."""
        if self._manifest.is_patch and is_null(binding.content):
            return True
        is_for_others = self._manifest.api_version is None and LABEL.fullmatch(binding.symbol) is not None
        return is_for_others and (is_null(binding.content) or is_empty(binding.content))

    def _is_somebody_elses(self, mapping: MappingNode) -> bool:
        return bool(_OF_S3.search(text(get(mapping, "name")))) and self._endpoints.is_of_another("AWS_")

    def _is_own(self, path: tuple[str, ...], binding: Binding) -> bool:
        """Whether an annotation tells an operator about its own object, which is a finding itself, or a label is called
        as somebody liked."""
        if not _LABELS.isdisjoint(path):
            return not self._asked.has_rule(binding.symbol)
        group = self._manifest.group or None
        return path == ("metadata", "annotations") and binding.symbol.startswith(f"{group}/")

    def _own_kind(self) -> Binding | None:
        # What a patch changes is where it was written first.
        one = self._manifest
        if one.api_version is None or not one.group or is_open(one.group + one.kind) or one.is_patch:
            return None
        return Binding(f"{one.group}/{one.kind}", one.api_version, one.root)

    def _nameless(self) -> str:
        """The hash of the object without its names, so that its copies share it."""
        root = self._manifest.root
        rest = [(key, value) for key, value in root.value if text(key) != "metadata"]
        for metadata in mappings([value for key, value in root.value if text(key) == "metadata"]):
            rest.extend((key, value) for key, value in metadata.value if text(key) not in _OWN_NAMES)
        return self._contents.of_entries(rest)

    def _usage(self, binding: Binding, content: str, *, kind: Literal["resource", "field"] = "field") -> Usage:
        return Usage(
            language="kubernetes",
            namespace="kubernetes",
            symbol=binding.symbol,
            address=self._manifest.address,
            location=self._manifest.origin.location(binding.node),
            kind=kind,
            values=self._values(binding) | ({OWN: False} if says_no(binding.content) else {}),
            endpoint=self._endpoints.of(binding),
            digest=digest_of("kubernetes", binding.symbol, content),
            confidence="possible" if self._endpoints.may_be_for_another(binding) else binding.confidence,
        )

    def _values(self, binding: Binding) -> dict[str, Any]:
        found = {}
        for path in self._asked.paths(binding.symbol):
            if path == OWN:
                found[path] = plain(binding.content)
                continue
            if path not in self._values_at:
                self._values_at[path] = look_up(self._manifest.root, path.split("."))
            if self._values_at[path] is not ABSENT:
                found[path] = self._values_at[path]
        return found


def _names_it(pairs: Pairs, bound: set[int]) -> bool:
    """Whether a variable's name says already what its value does, as ``AWS_REGION``."""
    return any(key.value == "name" and id(value) in bound for key, value in pairs)


def _by_registry(binding: Binding, asked: Asked) -> Binding:
    """A chart of a name that several registries have, where the one it comes from is known by itself."""
    host, _, _ = binding.source.rpartition("://")[2].partition("/")
    own = f"chart/{host}/{binding.symbol.partition('/')[2]}"
    return binding._replace(symbol=own) if asked.has_rule(own) else binding


def _as_variable(binding: Binding, asked: Asked) -> Binding:
    """A variable that nobody claims as it is written goes by the capitals that most are written in."""
    prefix, _, name = binding.symbol.partition("/")
    if prefix != "env" or name.isupper() or not name.isidentifier() or asked.wants(binding.symbol):
        return binding
    if not (capitals := in_capitals(name)):
        return binding
    return binding._replace(symbol=f"env/{capitals}", confidence="likely")


def _is_mute(value: Node) -> bool:
    if isinstance(value, ScalarNode):
        return value.value.isalnum() or is_mute(value.value)
    return all(is_mute(one.value) for one in scalars(value))


def _texts(value: Node) -> Iterator[Node]:
    """A value's long texts one by one; a command line stays together."""
    if isinstance(value, SequenceNode) and any("\n" in text(one) for one in value.value):
        yield from value.value
    else:
        yield value
