"""What stands at a place of a manifest, as symbols: one reader for each way in which a provider is named."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Final, NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode

from portability.model import Confidence
from portability.parsers.kubernetes.nodes import entries, filled_in, get, is_empty, is_open, mappings, scalars, text
from portability.parsers.whereabouts import in_capitals, is_setting
from portability.patterns import regex

_HOST = regex(r"(?<![\w.*-])(?:[\w*-]+\.)+[a-z]{2,}(?![\w*-])", re.ASCII)
_FLAG = regex(r"--?[A-Za-z][\w.-]*=\S+")
_FLAG_NAME = regex(r"--?[A-Za-z][\w.-]*")
_FLAGS = regex(r"(?<=[ \n\t])--[a-z][\w.-]{2,60}=[^\s\"';|&]{1,200}")
_MAX_SCRIPT: Final = 10_000
_MAX_FLAGS: Final = 200
_BLANK = regex(r"\s")
_SIGN_IN = regex(r"--?(?:client-id|oidc-|upstream|email-domain|cookie-|redirect-url|azure-tenant|skip-provider-button)")
"""Flags of a proxy that has people sign in, which has a ``--provider`` too."""
_NO_HOST = regex(r"[@=]")
_FILE = regex(r"\.(?:json|ya?ml|toml|ini|conf|cfg|xml|properties|sh|py|txt|hcl|tf|pem|crt|key)$")
_REPOSITORY = regex(r"(?:https?|oci)://([\w.-]+\.\w+(?:/[\w.-]+)?)")
_ON_GITHUB = regex(r"(?:github\.com[/:]|raw\.githubusercontent\.com/)[\w.-]+/([\w.-]+)")
_MACHINE_IMAGE = regex(r"ami-(?:[0-9a-f]{17}|[0-9a-f]{8})|\d{12}/[\w./ -]+")
_SELECTED = regex(r"[ \t]*!?[ \t]*([\w.-]+/[\w.-]+)")
_DOT = regex(r"(?<!\\)\.")
_WORD = regex(r"(?:^|[\n,])[ \t]*([\w-]+)")
_OPEN_HOST = regex(r"[\w.*-]*\.[\w-]+\.[a-z]{2,}")
"""A registry of which somebody fills in the first labels: ``*.azurecr.io``."""
_STORES: Final = frozenset({"s3", "gcs", "azure", "swift", "filesystem"})
_LISTED = regex(r"[a-z][a-z0-9-]+")
_OF_A_STAND_IN: Final = ("minio", "bWluaW")
"""How users and passwords begin that MinIO comes with, plain and encoded."""
_MAX_SECRET: Final = 100_000
_MAX_ARGUMENT: Final = 1_000
_NODE_LABELS = {
    "topology.kubernetes.io/zone": "Zone/",
    "topology.kubernetes.io/region": "Zone/",
    "failure-domain.beta.kubernetes.io/zone": "Zone/",
    "failure-domain.beta.kubernetes.io/region": "Zone/",
    "node.kubernetes.io/instance-type": "InstanceType/",
    "beta.kubernetes.io/instance-type": "InstanceType/",
    "kubernetes.io/os": "OperatingSystem/",
    "os": "OperatingSystem/",
    "type": "NodeLabel/type=",
    "beta.kubernetes.io/os": "OperatingSystem/",
}
"""Labels that every cluster's nodes carry, whose value says whose node it is."""
_POOL: Final = "agentpool"
"""A label of AKS without its domain, so that it says something of nodes alone."""


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


def variable_names(node: Node) -> Iterator[Binding]:
    """Names of variables of the environment."""
    yield from (one for one in values("env/")(node) if is_setting(one.node.value))


def variables_set(node: Node) -> Iterator[Binding]:
    """Keys that become variables of the environment, where they are set to something."""
    for one in keys("env/")(node):
        if not is_empty(one.content) and is_setting(one.node.value) and _FILE.search(one.node.value) is None:
            if text(one.content).startswith(_OF_A_STAND_IN):
                continue
            written = one.node.value
            name = "" if written.isupper() or "." in written or "\n" in text(one.content) else in_capitals(written)
            yield one._replace(symbol=f"env/{name}", confidence="likely") if name else one


def values(prefix: str = "", confidence: Confidence = "certain") -> Read:
    """The scalar, or those in a sequence, as written."""

    def read(node: Node) -> Iterator[Binding]:
        for scalar in scalars(node):
            if scalar.value and not is_open(scalar.value):
                yield Binding(prefix + scalar.value, scalar, scalar, confidence)

    return read


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


def node_labels(node: Node) -> Iterator[Binding]:
    """What a selector asks of the labels that say where and on what a node runs."""
    for mapping in mappings([node]):
        for key, value in entries(mapping):
            if key.value in _NODE_LABELS:
                yield from values(_NODE_LABELS[key.value], "likely")(value)
            elif key.value == _POOL:
                yield Binding(f"NodeLabel/{_POOL}", key, value, "likely")


def node_expressions(node: Node) -> Iterator[Binding]:
    """The same, where it is written as an expression: ``{key, operator, values}``."""
    for mapping in mappings([node]):
        wanted, named = get(mapping, "values"), get(mapping, "key")
        label = text(named)
        if label == _POOL and isinstance(named, ScalarNode):
            yield Binding(f"NodeLabel/{_POOL}", named, mapping, "likely")
        if wanted is not None and label in _NODE_LABELS and text(get(mapping, "operator")) != "NotIn":
            # A list may hold a hundred instance types; they are one provider's and one use.
            yield from islice(values(_NODE_LABELS[label], "likely")(wanted), 1)


def node_tolerations(node: Node) -> Iterator[Binding]:
    """The same, where nodes are tainted by it."""
    for mapping in mappings([node]):
        value, label = get(mapping, "value"), text(get(mapping, "key"))
        if value is not None and label in _NODE_LABELS:
            yield from values(_NODE_LABELS[label], "likely")(value)


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


def own_name(node: Node) -> Iterator[Binding]:
    """The name of an object that the provider reads: ``ConfigMap/aws-auth``."""
    if isinstance(node, ScalarNode) and not is_open(node.value):
        yield Binding(f"ConfigMap/{node.value}", node, node)


def images(node: Node) -> Iterator[Binding]:
    """A container image: registry host and repository. Placeholders behind the host become ``*``."""
    for scalar in scalars(node):
        name = filled_in(scalar.value).partition("@")[0]
        host, slash, repository = name.partition("/")
        if not slash or not ("." in host or ":" in host or host == "localhost"):
            host, repository = "docker.io", name if slash else f"library/{name}"
        parent, slash, last = repository.rpartition("/")
        repository = parent + slash + last.partition(":")[0]
        is_host = host.strip(".") != "" and ("*" not in host or _OPEN_HOST.fullmatch(host) is not None)
        if last and is_host and not name.startswith("*/") and not is_open(name):
            is_default = "$" in scalar.value and ":" in scalar.value.partition("}")[0]
            yield Binding(f"image/{host}/{repository}", scalar, scalar, "likely" if is_default else "certain")


def machine_images(node: Node) -> Iterator[Binding]:
    """The image of a machine, by its id or by its owner's account and its name."""
    for scalar in scalars(node):
        if _MACHINE_IMAGE.fullmatch(scalar.value):
            yield Binding("MachineImage/aws", scalar, scalar)


def images_with_host(node: Node) -> Iterator[Binding]:
    """An image whose registry is written before it, where a name alone may mean anything. Charts list theirs by name,
    too."""
    named = [value for _, value in entries(node)] if isinstance(node, MappingNode) else [node]
    for scalar in (scalar for one in named for scalar in scalars(one)):
        host, slash, _ = filled_in(scalar.value).partition("/")
        if slash and "." in host and not _NO_HOST.search(host) and "://" not in scalar.value:
            yield from images(scalar)


def image_in_parts(node: MappingNode) -> Iterator[Binding]:
    """An image as charts write it: ``{registry, repository, tag}``, where either may stand elsewhere, or as ``name``
    with its registry."""
    parts = {key.value.lower(): value for key, value in entries(node)}
    if "repository" not in parts and "name" in parts:
        yield from images_with_host(parts["name"])
    repository, registry = parts.get("repository"), parts.get("registry")
    host = text(registry).rstrip("/")
    if isinstance(repository, ScalarNode) and repository.value:
        # That an image is on Docker Hub ties to nobody; which one it is may.
        where = registry if isinstance(registry, ScalarNode) and host not in ("", "docker.io") else repository
        name = f"{host}/{repository.value}" if host else repository.value
        whole = ScalarNode("", name, where.start_mark, where.end_mark)
        yield from (binding._replace(node=where, content=node) for binding in images(whole))
    elif isinstance(registry, ScalarNode) and "." in host and not is_open(host):
        yield Binding(f"image/{host}/*", registry, registry)


def renamed_images(node: Node) -> Iterator[Binding]:
    """What an image is called instead: ``web=registry.example/web:1``."""
    for scalar in scalars(node):
        _, equals, new = scalar.value.rpartition("=")
        if equals:
            whole = ScalarNode("", new, scalar.start_mark, scalar.end_mark)
            yield from (binding._replace(node=scalar, content=scalar) for binding in images_with_host(whole))


def pull_secret(node: Node) -> Iterator[Binding]:
    """The registries that a pull secret signs in to, encoded or not. What it signs in with is not looked at."""
    import json  # few files hold one

    for scalar in scalars(node):
        written = scalar.value.strip()
        with suppress(ValueError, RecursionError):
            if not written.startswith("{") and len(written) <= _MAX_SECRET:
                written = base64.b64decode(written, validate=True).decode()
            found = json.loads(written)
            auths = found.get("auths", found) if isinstance(found, dict) else None
            for registry in auths if isinstance(auths, dict) else ():
                host = registry.removeprefix("https://").partition("/")[0]
                if "." in host and not is_open(host):
                    yield Binding(f"image/{host}/*", scalar, scalar)


def registries(node: Node) -> Iterator[Binding]:
    """Registries that a mapping has by their hosts, as ``credHelpers`` of Docker's settings."""
    for mapping in mappings([node]):
        for key, value in entries(mapping):
            host = key.value.removeprefix("https://").partition("/")[0]
            if "." in host and not is_open(host):
                yield Binding(f"image/{host}/*", key, value)


def first_words(prefix: str) -> Read:
    """What each of a list begins with, as plugins with their versions: ``ec2:1.0``."""

    def read(node: Node) -> Iterator[Binding]:
        for scalar in scalars(node):
            for word in _WORD.findall(scalar.value):
                yield Binding(prefix + word, scalar, scalar)

    return read


def zones(node: Node) -> Iterator[Binding]:
    """Zones that somebody lists; they are one provider's and one use."""
    for scalar in islice(scalars(node), 1):
        for zone in _LISTED.findall(scalar.value)[:1]:
            yield Binding(f"Zone/{zone}", scalar, scalar, "likely")


def cluster_providers(node: Node) -> Iterator[Binding]:
    """Providers of Cluster API in values of its operator's chart: ``azure:v1.19.2``, or several with ``;``."""
    for scalar in scalars(node):
        for one in scalar.value.split(";"):
            yield Binding(f"ClusterAPI/{one.strip().partition(':')[0]}", scalar, scalar)


def secret_stores(node: Node) -> Iterator[Binding]:
    """The provider that keeps secrets, and which of its services where it says so."""
    for binding in keys("SecretStore/")(node):
        service = text(get(binding.content, "service"))
        yield binding._replace(symbol=f"{binding.symbol}/{service}") if service == "ParameterStore" else binding


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
    """Bases in repositories on GitHub, as charts of the repository's name."""
    for scalar in scalars(node):
        found = _ON_GITHUB.search(scalar.value)
        if found is not None:
            yield Binding(f"chart/{found[1].lower().removesuffix('.git')}", scalar, scalar)


def settings(node: Node) -> Iterator[Binding]:
    """``NAME=value`` in literals of a generator."""
    for scalar in scalars(node):
        name, equals, _ = scalar.value.partition("=")
        if equals and not is_open(name):
            yield Binding(f"env/{name}", scalar, scalar)


def arguments_in_text(node: Node) -> Iterator[Binding]:
    """The same in a command line that a shell takes as one text."""
    for scalar in scalars(node):
        for flag in islice(_FLAGS.findall(scalar.value[:_MAX_SCRIPT]), _MAX_FLAGS) if " --" in scalar.value else ():
            yield Binding(f"argument/{filled_in(flag)}", scalar, scalar, "likely")


def arguments(node: Node) -> Iterator[Binding]:
    """Each ``--flag=value``, flag and value, or flag alone of a command line that is a sequence, or a mapping of flags
    to their values."""
    for mapping in mappings([node]):
        for key, value in entries(mapping):
            flag = key.value if key.value.startswith("-") else f"--{key.value}"
            if isinstance(value, ScalarNode) and not is_open(flag):
                yield Binding(f"argument/{flag}={filled_in(value.value)}", key, value)
    words = [scalar for scalar in scalars(node) if len(scalar.value) <= _MAX_ARGUMENT]
    before: ScalarNode | None = None
    for scalar in words:
        written = filled_in(scalar.value)
        flag = filled_in(before.value) if before is not None else ""
        is_flag = _FLAG_NAME.fullmatch(flag) is not None
        said = ""
        if _FLAG.fullmatch(written):
            said = written
        elif is_flag and not written.startswith("-") and not _BLANK.search(written):
            said, is_flag = f"{flag}={written}", False
        if before is not None and is_flag:
            yield Binding(f"argument/{flag}", before, before)
        if said.startswith("--provider=") and any(_SIGN_IN.match(one.value) for one in words):
            yield Binding(f"SignIn/{said.partition('=')[2]}", scalar, scalar)
        elif said:
            yield Binding(f"argument/{said}", scalar, scalar)
        before = scalar
    if before is not None and _FLAG_NAME.fullmatch(before.value):
        yield Binding(f"argument/{before.value}", before, before)


def hosts(node: Node) -> Iterator[Binding]:
    """Every host name in the scalars. Placeholders in it become ``*``: ``sqs.*.amazonaws.com``."""
    for scalar in scalars(node):
        if "." in scalar.value:
            written = filled_in(scalar.value).lower()
            for host in dict.fromkeys(_HOST.findall(written)):
                yield Binding(f"endpoint/{host}", scalar, scalar)
