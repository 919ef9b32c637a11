"""A composed document → the usages in it, and in the manifests and settings that its values hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Literal

from msgspec.structs import replace
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.model import OWN, UNKNOWN, Missing, Pointer, Usage
from portability.parsers.kubernetes.asked import Asked
from portability.parsers.kubernetes.bindings import (
    Binding,
    hosts,
    image_in_parts,
    images,
    kinds_referred_to,
    object_store,
)
from portability.parsers.kubernetes.documents import split
from portability.parsers.kubernetes.gitops import pointers
from portability.parsers.kubernetes.kustomize import operations
from portability.parsers.kubernetes.literals import Said, command_line, is_mute, said, whole
from portability.parsers.kubernetes.nodes import (
    ABSENT,
    Contents,
    digest_of,
    entries,
    filled_in,
    get,
    is_null,
    is_open,
    look_up,
    mappings,
    plain,
    says_no,
    scalars,
    text,
)
from portability.parsers.kubernetes.opening import opened_of
from portability.parsers.kubernetes.origin import Origin
from portability.parsers.kubernetes.programs import usages_in
from portability.parsers.kubernetes.shapes import OF_VALUES, Shape, shape_of
from portability.parsers.kubernetes.values import (
    BUCKETS,
    WITH_PORT,
    endpoint_in,
    settings_of,
)
from portability.parsers.whereabouts import in_capitals
from portability.patterns import regex

Pairs = Sequence[tuple[ScalarNode, Node]]
"""The entries of a mapping."""

_OWN_NAMES: Final = frozenset({"name", "generateName", "namespace"})
_BODIES: Final = (
    "spec",
    "metadata",
    "data",
    "stringData",
    "parameters",
    "provisioner",
    "rules",
    "subjects",
    "forProvider",
)
"""Keys that tell an object from a reference to one, which has ``apiVersion`` and ``kind`` too."""
_POLICIES: Final = ("kyverno.io", "gatekeeper.sh", "admissionregistration.k8s.io", "policies.kubewarden.io")
"""Groups whose objects hold patterns of manifests, and no workload."""
_S3_ENDPOINTS: Final = frozenset({"endpointURL", "endpointUrl", "endpoint_url", "endpoint", "s3Url", "s3Endpoint"})
_S3_VARIABLE = regex(r"(?:^|_)(?:S3|AWS|MINIO|OBJECT|BUCKET|STORAGE)_(?:\w+_)?(?:ENDPOINT|URL|HOST)|ENDPOINT_URL")
_SIGNS_IN = regex(r"env/(\w*AWS_)(?:ACCESS_KEY|SECRET|SESSION|REGION|DEFAULT_REGION)\w*")
_SAYS_WHERE = regex(r"(\w*AWS_)(?:S3_)?ENDPOINT(?:_URL)?(?:_S3)?")
_SAYS_WHERE_S3 = regex(r"(?:\w+_)?S3_ENDPOINT(?:_URL)?")
_OF_S3 = regex(r"(?:^|_)(?:S3|AWS)_")
_PORT = regex(r":(?!443\b)\d{3,5}(?:/|$)|\.svc(?:[.:/]|$)")
"""What only somebody's own address has: a port, or the name of a service in the cluster."""
_TO_FILL_IN = regex(r"<[\w ./-]{1,80}>")
"""What an example leaves to whoever copies it."""
_MAY_BE_ELSEWHERE = regex(r"Store/s3$|env/(?:\w+_)?S3_|env/(?:\w+_)?AWS_BUCKET|Setting/s3")
"""What speaks of S3 and not of who answers."""
_PATCHES: Final = ("patch", "patches", "patchesStrategicMerge")
"""Keys of kustomizations, Kustomize's and Flux's, under which patches stand as texts."""
_NO_USE: Final = (("status",), ("spec", "schema"))
"""What an object became, and what a definition of kro or its like asks for."""
_SCHEMA: Final = "openAPIV3Schema"
"""What Crossplane's and others' definitions ask for, as those of custom resources do."""
_LISTED: Final = {"env": "env", "ars": "env", "mes": "volumes"}
"""What lists are of, by how the keys end that charts have for them: ``extraEnvVars``, ``extraVolumes``."""
_KINDS: Final[Mapping[str, Literal["command", "dependency"]]] = {"command": "command", "package": "dependency"}
"""What a name in a text is, where it is more than the text."""
_COPIES: Final = frozenset({"aws s3", "gsutil", "gcloud storage"})
"""Commands that are about the buckets that they name."""
_MAX_WITHIN = 3
"""Texts within texts."""
_OCI: Final = "oci://"
"""How addresses of charts begin that lie in a registry of images."""
_IMAGE = regex(r"[\w.-]+/[\w./-]+(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?")
_IS_VALUES = regex(r"^valuesContent$|(?:^|[-_.])values(?:[-_.][\w.-]*)?\.ya?ml$")
"""Keys of texts that are the values of a chart."""
_SETTINGS = regex(
    r"(?>(?:[ \t]*(?:#[^\n]*|---[^\n]*|\{\{[^\n]*)?\n)*)[ \t]*(?:-[ \t]+)?[\w.\"'/$-]{1,200}:(?=[ \t\n]|\Z)"
)
"""How a text begins that may be a mapping in YAML."""


class Manifest:
    """One object of Kubernetes, or a file of settings (then without ``api_version``), or a patch of either.

    ``missing`` holds the charts that it names and nobody claims, once its ``usages`` were asked for.
    """

    def __init__(
        self,
        root: MappingNode,
        api_version: ScalarNode | None,
        kind: str,
        origin: Origin,
        owner: str,
        depth: int,
        *,
        is_patch: bool = False,
    ) -> None:
        self.kind = kind
        self.missing: list[Missing] = []
        self._root, self._api_version, self._origin = root, api_version, origin
        self._owner, self._depth, self._is_patch = owner, depth, is_patch
        self._group: str = api_version.value.rpartition("/")[0] if api_version else ""
        self._is_of_rights = self._group == "rbac.authorization.k8s.io"
        self._is_bound = False
        self._own_endpoints: dict[str, Any] = {}
        self._values_at: dict[str, Any] = {}
        self._contents = Contents()

    def usages(self, asked: Asked) -> Iterator[Usage]:
        """Every wanted symbol, at each key or scalar that names it. What a patch takes away binds nothing."""
        return map(guessed, self._found(asked)) if self._origin.is_guess else self._found(asked)

    def pointers(self) -> Iterator[Pointer]:
        """The folders that it deploys."""
        return pointers(text(self._api_version), self.kind, self._root, self._origin)

    def _found(self, asked: Asked) -> Iterator[Usage]:
        if self._group.endswith(_POLICIES):
            return
        for own in self._own_kind(self._group):
            if asked.wants(own.symbol):
                self._is_bound = True
                yield self._usage(own, self._nameless(), asked, kind="resource")
        bound: set[int] = set()
        strings: list[tuple[str, Said]] = []
        for path, mapping, pairs in self._mappings():
            shape = shape_of(path, self.kind, tuple([key.value for key, _ in pairs]), asked)
            for binding in self._bindings(shape, mapping, pairs, bound):
                named = _by_registry(binding, asked) if binding.source else _as_variable(binding, asked)
                if asked.wants(named.symbol):
                    bound.add(id(named.node))
                    if not binding.source:
                        bound.update((id(named.content), *map(id, mappings([named.content]))))
                    if not (_is_elsewhere(named, mapping, asked) or self._is_for_another(named, asked)):
                        yield self._usage(named, self._contents.digest(named.content), asked)
                elif binding.source:
                    place = self._origin.location(binding.node)
                    self.missing.append(Missing(kind="chart", name=binding.source, location=place))
            if shape.texts and not (self._is_of_rights and path[:1] != ("subjects",)):
                yield from self._below(shape, mapping, pairs, asked, bound, strings)
            if id(mapping) in bound:
                bound.update(id(below) for _, value in pairs for below in mappings([value]))
        yield from self._said(strings, bound, asked)

    def _below(
        self,
        shape: Shape,
        mapping: MappingNode,
        pairs: Pairs,
        asked: Asked,
        bound: set[int],
        strings: list[tuple[str, Said]],
    ) -> Iterator[Usage]:
        """What the texts of a mapping use that are YAML again; what others say by themselves goes into ``strings``,
        where they run only if nothing around told that, nor that they are somebody else's."""
        line = command_line(pairs) if shape.is_command else None
        places: list[tuple[str, Said]] = []
        for entry, field, may_run in shape.texts:
            value = pairs[entry][1]
            if isinstance(value, MappingNode) or (not may_run and _is_mute(value)):
                continue
            if not self._is_bound:
                places.extend((field[0], one) for one in whole(field, value) if asked.has_rule(one.symbol))
            if line is not None and field[-1] in ("command", "args"):
                if field[-1] == "args":
                    strings.extend((field[0], one) for one in said(field, line, asked.interest))
                continue
            for scalar in _texts(value):
                if (inner := self._within(field, scalar, asked)) is None:
                    inner = self._program(field[-1], scalar, asked)
                    lines = {usage.location.line for usage in inner}
                    others = said(field, scalar, asked.interest)
                    strings.extend((field[0], one) for one in others if not lines or self._line(one) not in lines)
                yield from inner
        is_told = not places or id(mapping) in bound or _names_it(pairs, bound) or endpoint_in(mapping) is not None
        if not (is_told or (_OF_S3.search(text(get(mapping, "name"))) and self._is_of_another("AWS_", asked))):
            strings.extend(places)

    def _bindings(self, shape: Shape, mapping: MappingNode, pairs: Pairs, bound: set[int]) -> Iterator[Binding]:
        for entry, path, read in shape.readers:
            for one in read(pairs[entry][1]):
                if not (self._is_patch and is_null(one.content)) and not self._is_own(path, one):
                    yield one
        # What several entries say together.
        if shape.is_image:
            yield from image_in_parts(mapping)
        if shape.refers and not self._is_bound:
            yield from kinds_referred_to(mapping)
        if mapping is self._root and self._api_version is None:
            yield from object_store(mapping)
        for together in shape.chosen:
            yield from (one for one in together(shape.above, mapping) if id(one.node) not in bound)
        if shape.settings and not self._is_bound and id(mapping) not in bound:
            yield from (one for one in settings_of(mapping, shape.settings) if id(one.node) not in bound)
        for together in shape.values:
            yield from (one for one in together(shape.above, mapping) if id(one.node) not in bound)
        for together in shape.hints:
            # What something said by now is asked no more.
            if id(mapping) not in bound and not _names_it(pairs, bound):
                yield from (one for one in together(shape.above, mapping) if id(one.node) not in bound)

    def _is_own(self, path: tuple[str, ...], binding: Binding) -> bool:
        """Whether an annotation tells an operator about its own object, which is a finding itself."""
        return path == ("metadata", "annotations") and binding.symbol.startswith(f"{self._group or None}/")

    @cached_property
    def _address(self) -> str:
        if self._api_version is None:
            return self._owner
        name = get(self._root, "metadata", "name") or get(self._root, "metadata", "generateName")
        return "/".join(filter(None, (self.kind, text(get(self._root, "metadata", "namespace")), text(name))))

    def _is_for_another(self, binding: Binding, asked: Asked) -> bool:
        """Whether a variable that signs in to S3 is for whoever another of its prefix names: ``AWS_ENDPOINT_URL``."""
        found = _SIGNS_IN.fullmatch(binding.symbol)
        return found is not None and self._is_of_another(found[1], asked)

    def _is_of_another(self, prefix: str, asked: Asked) -> bool:
        address = self._addresses.get(prefix)
        return address is not None and not _is_wanted(address, asked)

    def _may_be_for_another(self, binding: Binding) -> bool:
        """Whether such a variable stands beside one that says where S3 is, and only a run tells where."""
        return _SIGNS_IN.fullmatch(binding.symbol) is not None and self._is_told_where

    @cached_property
    def _is_told_where(self) -> bool:
        named = (get(mapping, "name") for _, mapping, _ in self._mappings())
        return any(_S3_VARIABLE.search(text(name)) for name in named)

    @cached_property
    def _addresses(self) -> dict[str, Node]:
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
                said = _SAYS_WHERE.fullmatch(called)
                if said is not None and "://" in address and not address.startswith("{"):
                    found[said[1]] = value
                elif said is None and _PORT.search(address) and _SAYS_WHERE_S3.fullmatch(called):
                    for_all.append(value)
        return {"AWS_": for_all[0], **found} if for_all and not is_amazons else found

    def _own_endpoint(self, section: str) -> Any:
        """Where the object says that its S3 is, if it does: ``s3://`` alone names no provider. Values of a chart are of
        many things, so theirs is asked of a section, and of what holds for all."""
        if self.kind not in ("values", "Helmfile"):
            section = ""
        if section not in self._own_endpoints:
            sections = (section, "global") if section else ()
            found = (
                address
                for path, _, pairs in self._mappings()
                if not sections or not path or path[0] in sections
                for address in _s3_endpoints(pairs)
            )
            self._own_endpoints[section] = next(found, None)
        return self._own_endpoints[section]

    def _nameless(self) -> str:
        """The hash of the object without its names, so that its copies share it."""
        rest = [(key, value) for key, value in self._root.value if text(key) != "metadata"]
        for metadata in mappings([value for key, value in self._root.value if text(key) == "metadata"]):
            rest.extend((key, value) for key, value in metadata.value if text(key) not in _OWN_NAMES)
        return self._contents.of_entries(rest)

    def _own_kind(self, group: str) -> Iterator[Binding]:
        # What a patch changes is where it was written first.
        if self._api_version is not None and group and not is_open(group + self.kind) and not self._is_patch:
            yield Binding(f"{group}/{self.kind}", self._api_version, self._root)

    def _mappings(self) -> Iterator[tuple[tuple[str, ...], MappingNode, Pairs]]:
        """Every mapping with the keys that lead to it and its entries, the root first. Objects within are read by
        themselves."""
        todo: list[tuple[tuple[str, ...], MappingNode]] = [((), self._root)]
        while todo:
            path, mapping = todo.pop()
            pairs = list(entries(mapping))
            if "$patch" in [key.value for key, _ in pairs] and text(get(mapping, "$patch")) == "delete":
                continue
            yield path, mapping, pairs
            for key, value in pairs:
                if isinstance(value, ScalarNode):
                    continue
                below = (*path, key.value)
                if below not in _NO_USE and key.value != _SCHEMA:
                    todo.extend((below, inner) for inner in mappings([value]) if not _is_object(inner))

    def _within(self, path: tuple[str, ...], scalar: Node, asked: Asked) -> list[Usage] | None:
        """What the manifests, settings, values or patches in a text use; None where it is none of these."""
        if not isinstance(scalar, ScalarNode) or "\n" not in scalar.value or self._depth >= _MAX_WITHIN:
            return None
        is_values = path[-2:] == ("helm", "values") or _IS_VALUES.search(path[-1]) is not None
        if not is_values and not asked.is_in(scalar.value):
            return None
        inner = self._origin.within(scalar)
        if path[-1] in _PATCHES:
            objects = _patches_in(scalar, inner, self._depth + 1)
        else:
            is_file = path[-1].endswith((".yaml", ".yml", ".json"))
            objects = _of_text(
                scalar, inner, self._address, self._depth + 1, path[-1], is_values=is_values, is_file=is_file
            )
        return [usage for found in objects for usage in found.usages(asked)] if objects else None

    def _program(self, key: str, scalar: Node, asked: Asked) -> list[Usage]:
        """What the program uses that a text is, if it is one."""
        if not isinstance(scalar, ScalarNode) or "\n" not in scalar.value or not asked.is_in(scalar.value):
            return []
        return usages_in(key, scalar, self._origin.within(scalar), self._address, asked.interest)

    def _line(self, one: Said) -> int:
        return self._origin.part(one.scalar, one.start, one.end).line

    def _said(self, strings: list[tuple[str, Said]], bound: set[int], asked: Asked) -> Iterator[Usage]:
        seen: set[tuple[int, str]] = set()
        copied = {(id(one.scalar), self._line(one)) for _, one in strings if one.symbol in _COPIES}
        for section, one in ((section, _endpoint(said_there, asked)) for section, said_there in strings):
            key = (id(one.scalar), one.symbol)
            if copied and one.symbol.startswith("Scheme/") and (id(one.scalar), self._line(one)) in copied:
                continue  # The command told of the bucket's service.
            if id(one.scalar) not in bound and key not in seen and asked.wants(one.symbol, one.namespace):
                seen.add(key)
                yield Usage(
                    language="kubernetes",
                    namespace=one.namespace,
                    symbol=one.symbol,
                    address=self._address,
                    location=self._origin.part(one.scalar, one.start, one.end),
                    endpoint=self._own_endpoint(section) if one.symbol == "Scheme/s3" else None,
                    kind=_KINDS.get(one.namespace, "string"),
                    digest=digest_of("kubernetes", one.symbol, one.scalar.value[one.start : one.end]),
                    confidence=one.confidence,
                )

    def _usage(
        self, binding: Binding, content: str, asked: Asked, *, kind: Literal["resource", "field"] = "field"
    ) -> Usage:
        return Usage(
            language="kubernetes",
            namespace="kubernetes",
            symbol=binding.symbol,
            address=self._address,
            location=self._origin.location(binding.node),
            kind=kind,
            values=self._values(binding, asked) | ({OWN: False} if says_no(binding.content) else {}),
            endpoint=self._endpoint(binding),
            digest=digest_of("kubernetes", binding.symbol, content),
            confidence="possible" if self._may_be_for_another(binding) else binding.confidence,
        )

    def _endpoint(self, binding: Binding) -> Any:
        if binding.endpoint is not None:
            return _address(binding.endpoint) or None
        # Values of a chart are of many things, an object of one.
        may_be = self.kind not in OF_VALUES and _MAY_BE_ELSEWHERE.match(binding.symbol)
        return self._own_endpoint("") if may_be else None

    def _values(self, binding: Binding, asked: Asked) -> dict[str, Any]:
        found = {}
        for path in asked.paths(binding.symbol):
            if path == OWN:
                found[path] = plain(binding.content)
                continue
            if path not in self._values_at:
                self._values_at[path] = look_up(self._root, path.split("."))
            if self._values_at[path] is not ABSENT:
                found[path] = self._values_at[path]
        return found


def manifests(root: Node | None, origin: Origin, depth: int = 0, *, nested: bool = True) -> Iterator[Manifest]:
    """The objects in a document: itself, the items of a ``List``, and the objects that its fields hold in full.

    The items of a typed list (``DeploymentList``) take over what they leave out. None where ``apiVersion`` or
    ``kind`` lacks. Whoever knows that there is but one ``apiVersion`` says ``nested=False`` and saves a walk.
    """
    todo: list[tuple[Node | None, Node | None, str]] = [(root, None, "")]
    while todo:
        node, inherited_version, inherited_kind = todo.pop()
        if not isinstance(node, MappingNode):
            continue
        api_version = get(node, "apiVersion") or inherited_version
        kind = text(get(node, "kind")) or inherited_kind
        items = get(node, "items")
        if not isinstance(api_version, ScalarNode) or not kind or kind == "CustomResourceDefinition":
            continue
        if kind.endswith("List") and isinstance(items, SequenceNode):
            item_kind = kind.removesuffix("List")
            todo.extend((item, api_version if item_kind else None, item_kind) for item in reversed(items.value))
            continue
        yield Manifest(node, api_version, kind, origin, "", depth)
        if nested and not api_version.value.rpartition("/")[0].endswith(_POLICIES):
            todo.extend((inner, None, "") for inner in _objects_in(node))


def settings_in(root: MappingNode, kind: str, origin: Origin, owner: str, depth: int = 0) -> Iterator[Manifest]:
    """What is no object itself: settings of a kind, and the objects that they hold, as ``extraObjects`` of a chart."""
    yield Manifest(root, None, kind, origin, owner, depth)
    for inner in _objects_in(root):
        yield from manifests(inner, origin, depth)


def patched(root: Node | None, origin: Origin, kind: str, depth: int = 0) -> Iterator[Manifest]:
    """What a patch sets: a strategic one as the manifest that it is a part of, a JSON patch operation by operation, and
    the objects that either puts into what it changes."""
    parts = [root] if isinstance(root, MappingNode) else operations(root) if root is not None else ()
    for part in parts:
        api_version = get(part, "apiVersion") if part is root else None
        version = api_version if isinstance(api_version, ScalarNode) else None
        own_kind = (text(get(part, "kind")) if part is root else "") or kind
        yield Manifest(part, version, own_kind, origin, kind or "patch", depth, is_patch=True)
        for inner in _objects_in(part):
            yield from manifests(inner, origin, depth)


def guessed(usage: Usage) -> Usage:
    """The use as one that whoever fills in a template or sets values may still change."""
    return replace(usage, confidence="likely") if usage.confidence == "certain" else usage


def _objects_in(root: MappingNode) -> Iterator[MappingNode]:
    todo: list[Node] = [value for _, value in entries(root)]
    while todo:
        for mapping in mappings([todo.pop()]):
            if _is_object(mapping):
                yield mapping
            else:
                todo.extend(value for _, value in entries(mapping) if not isinstance(value, ScalarNode))


def _is_object(mapping: MappingNode) -> bool:
    if len(mapping.value) < len(("apiVersion", "kind", "spec")):
        return False
    keys = {key.value for key, _ in mapping.value if isinstance(key, ScalarNode)}
    return "apiVersion" in keys and "kind" in keys and not keys.isdisjoint(_BODIES)


def _s3_endpoints(pairs: Pairs) -> Iterator[Any]:
    """The addresses in a mapping that say where S3 is, by their keys or as variables."""
    written = {key.value: value for key, value in pairs}
    name = text(written.get("name"))
    if "value" not in written and _S3_VARIABLE.search(name):
        yield UNKNOWN  # A secret says it, or whoever fills in the template.
    for key, value in pairs:
        is_named = key.value in _S3_ENDPOINTS or _S3_VARIABLE.search(name if key.value == "value" else key.value)
        is_said = is_named or (key.value in BUCKETS and WITH_PORT.match(text(value)))
        if is_said and isinstance(value, ScalarNode) and value.value:
            yield _address(value)


def _address(node: Node) -> Any:
    """The address that a scalar says, or what only a run tells. One with a port of its own is nobody's cloud."""
    if _TO_FILL_IN.search(text(node)):
        return UNKNOWN
    return filled_in(text(node)) if is_open(text(node)) and _PORT.search(text(node)) else plain(node)


def _is_elsewhere(binding: Binding, mapping: MappingNode, asked: Asked) -> bool:
    """Whether what stands beside a name says that somebody else is meant: an address, or a region of theirs."""
    if binding.symbol.startswith("env/") and "ENDPOINT" in binding.symbol:
        value = get(mapping, "value") or binding.content
        written = text(value)
        if "://" not in written or is_open(written):
            return False
        return not _is_wanted(value, asked)
    if binding.symbol.startswith(("Store/", "ObjectStore/")):
        region = text(get(binding.content, "region"))
        is_said = bool(region) and not is_open(region) and not _TO_FILL_IN.search(region)
        return is_said and not asked.wants(f"Zone/{region}")
    return False


def _is_wanted(address: Node, asked: Asked) -> bool:
    return any(asked.wants(one.symbol.partition("/")[2], "string") for one in hosts(address))


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


def _endpoint(one: Said, asked: Asked) -> Said:
    """A host that a rule names for manifests is more than an address in passing, and so is an image."""
    whole: str = one.scalar.value
    written = whole.removeprefix(_OCI)
    begins = len(whole) - len(written)
    is_image = one.start == begins and one.namespace == "string" and _IMAGE.fullmatch(written) is not None
    # A name without a tag may be anything that is called after a domain, unless a provider's registry has it.
    if is_image and (":" in written or asked.wants(written.partition("/")[0], "string")):
        for image in images(ScalarNode("", written, one.scalar.start_mark, one.scalar.end_mark)):
            if asked.has_rule(image.symbol):
                return one._replace(namespace="kubernetes", symbol=image.symbol, end=len(whole))
    is_named = one.namespace == "string" and asked.wants(f"endpoint/{one.symbol}")
    return one._replace(namespace="kubernetes", symbol=f"endpoint/{one.symbol}") if is_named else one


def _is_mute(value: Node) -> bool:
    if isinstance(value, ScalarNode):
        return is_mute(value.value)
    return all(is_mute(one.value) for one in scalars(value))


def _texts(value: Node) -> Sequence[Node]:
    """A value's long texts one by one; a command line stays together."""
    if isinstance(value, SequenceNode) and any("\n" in text(one) for one in value.value):
        return list(value.value)
    return (value,)


def _of_text(
    scalar: ScalarNode, origin: Origin, owner: str, depth: int, key: str, *, is_values: bool, is_file: bool
) -> list[Manifest]:
    """The manifests in a value that is YAML again, or settings of software that keeps things with a provider."""
    written: str = scalar.value
    holds_manifests = "apiVersion:" in written and "kind:" in written
    if not (is_values or is_file or holds_manifests or _SETTINGS.match(written)):
        return []
    found: list[Manifest] = []
    for root, inner in _roots(written, origin):
        objects = list(manifests(root, inner, depth))
        held = _under(key, root) if isinstance(root, SequenceNode) else root
        if not objects and isinstance(held, MappingNode):
            objects = list(settings_in(held, "values" if is_values else "", inner, owner, depth))
        found.extend(objects)
    return found


def _under(key: str, listed: SequenceNode) -> MappingNode:
    """A list as the value of what its key says, as charts take variables and volumes in."""
    named = ScalarNode("", _LISTED.get(key.lower()[-3:], key), listed.start_mark, listed.start_mark)
    return MappingNode("", [(named, listed)], listed.start_mark, listed.end_mark)


def _patches_in(scalar: ScalarNode, origin: Origin, depth: int) -> list[Manifest]:
    return [found for root, inner in _roots(scalar.value, origin) for found in patched(root, inner, "", depth)]


def _roots(written: str, origin: Origin) -> list[tuple[Node | None, Origin]]:
    opened = [(opened_of(document), document.line) for document in split(written)]
    if any(one.refused is not None and one.root is None for one, _ in opened):
        return []  # Not YAML after all: the text is looked at for what it says.
    return [(one.root, origin.of_document(line, one.template)) for one, line in opened]
