"""What the scalars of a manifest say by themselves: ARNs, hosts, buckets, commands, outputs of Fluent Bit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from yaml.nodes import Node, ScalarNode, SequenceNode

from portability.interest import Interest
from portability.model import Confidence, Namespace
from portability.parsers.kubernetes.nodes import PLACEHOLDER, scalars
from portability.parsers.strings import actions, commands, installed, ties
from portability.parsers.whereabouts import LABEL, STORES, place_of, said_together
from portability.patterns import regex

Path = tuple[str, ...]
_STARS = regex(r"\*+")

SILENT_BELOW: Final = frozenset(
    (
        *("apiGroups", "apiVersion", "description", "group", "key", "kind", "labels", "managedFields", "matchLabels"),
        *("message", "runbook_url"),
        *("ownerReferences", "status", "summary", "kubectl.kubernetes.io/last-applied-configuration"),
        *("icon", "images", "openAPIV3Schema", "nodeSelector", "topologyKey"),
    )
)
"""Keys below which nothing is an address: prose, names of other objects, and what another reader reads."""
SILENT: Final = SILENT_BELOW | {"image", "imageName"}
"""Keys of which no text is one."""
_DOCUMENTATION = regex(
    r"docs\.|learn\.|www\.(?!googleapis\.com)|console\.|portal\.|aws\.amazon\.com|cloud\.google\.com"
)
"""Where people read about a service. The names of storage drivers are told apart too: they stand in paths."""
_SCOPE: Final = "www.googleapis.com/auth/"
"""What is written like an address of Google's and is the name of a right."""
_BUCKET = regex(
    r"(?<![\w.-])(?:(s3[an]?|gs|wasbs?|abfss?|ref\+[a-z0-9]+|(?:aws|azure|gcp)kms|dynamodb|az(?:ure)?blob|bigquery|gcpsecretmanager"
    r"|awssecretsmanager|gcppubsub|azuresb)://(?=[\w$*{</-])|(sqs)://)"
)
_S3 = ("s3", "s3a", "s3n")
_ELSEWHERE = regex(r"[^\s\"'?]{0,300}\?[^\s\"']{0,300}\bendpoint=(?!\S*amazonaws)|[^\s\"'/@]{0,200}@")
"""How an address of a bucket goes on that says who keeps it, or how to sign in there."""
_MAYBE: Final[Confidence] = "possible"
_SURELY: Final[Confidence] = "certain"
_FLUENT_BIT = regex(r"^[ \t]*\[OUTPUT\][ \t]*$|^[ \t]*\[\w+\][ \t]*$|^[ \t]*Name[ \t]+(\w+)", re.MULTILINE | re.I)
_FLUENTD = regex(
    r"<(?:match|store)\b[^>\n]*>(?:\s*(?:#|@id|@label|@log_level)[^\n]*){0,9}\s*@?type[ \t]+[\"']?([\w-]+)"
)


_RCLONE = regex(
    r"^[ \t]*(?:type[ \t]*=[ \t]*(google cloud storage|azureblob)|provider[ \t]*=[ \t]*(AWS))[ \t]*$", re.MULTILINE
)
"""Remotes of rclone; one that speaks S3 says with whom."""
_COMMENT = regex(r"^[ \t]*#(?!!)[^\n]*", re.MULTILINE)
_KNOWN_HOST = regex(r"[ \t]+(?:ssh-|ecdsa-|sk-)")
_ID = regex(
    r"(?<![\w-])((?:vol|subnet|sg|vpc|eipalloc|fs|fsap|snap|eni)-)(?:[0-9a-f]{17}|[0-9a-f]{8})(?![\w-])"
    r"|(?<![\w-])(?<!kms://)projects/[^/\s]+/locations/[^/\s]+/(keyRings|workloadIdentityPools)/[^/\s]+"
    r"|(?<![\w-])projects/[^/\s]+/(?:zones|regions)/[^/\s]+/(disks)/[^/\s]+"
    r"|(?<![\w-])projects/[^/\s]+/(secrets|topics|subscriptions|serviceAccounts)/[^/\s]+"
    r"|/subscriptions/[^/\s]+/(resource[gG]roups)/[^/\s]+"
    r"|(?<![\w/.-])/aws/(containerinsights|eks|ecs|lambda|rds|vpc|codebuild|apigateway|vendedlogs)/[\w*$]"
)
_OF_IDS: Final = (
    "projects/",
    "/subscriptions/",
    "/aws/",
    *("vol-", "subnet-", "sg-", "vpc-", "eipalloc-", "fs-", "fsap-"),
)
_NODE = regex(
    r"(?<![\w.-])(?:(aks)-[a-z0-9]{1,12}-\d{8}-(?:vmss[0-9a-z]{0,6}|\d{1,3})|(gke)-[a-z0-9-]{3,50}-[0-9a-f]{8}-[0-9a-z]{4}"
    r"|(ip)-\d{1,3}(?:-\d{1,3}){3}\.(?:[a-z0-9-]{5,20}\.compute|ec2)\.internal)(?![\w-])"
)
"""A node, or a group of them, as its cloud calls it."""
_OF_NODES: Final = ("aks-", "gke-", ".internal")
_MODEL = regex(
    r"(?<![\w.:/-])(?:(?:us|eu|apac|global)\.)?(?:anthropic|amazon|meta|cohere|mistral|ai21|stability|deepseek|qwen)"
    r"\.[a-z][\w-]{2,60}?-v?\d+:\d(?![\w.])"
)
"""A model as Bedrock calls it."""
_CONNECTION = regex(
    r"(?:(?<![\w:/.@-])|(?<=/cloudsql/))(?:[a-z][a-z0-9.-]{2,40}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]:"
    r"((?:us|europe|asia|northamerica|southamerica|australia|me|africa)-[a-z]{4,9}\d{1,2}):[a-z][a-z0-9-]{0,80}(?![\w:/.])"
)
"""An instance of Cloud SQL: project, region and name."""
_OF_CONNECTIONS: Final = (":us-", ":europe-", ":asia-", ":northamerica-", ":southamerica-", ":australia-", ":me-")
_IN_CUE = regex(r"apiVersion:[ \t]*\"([\w.-]+)/v\w+\"\s*,?\s*kind:[ \t]*\"(\w+)\"")
_MIN_ID: Final = 10
_MACHINE = regex(
    r"(?<![\w./])(?<!\w-)[a-z]{1,4}\d[a-z0-9-]{0,6}\.(?:nano|micro|small|medium|\d{0,2}x?large|metal(?:-\d+xl)?)(?![\w./-])"
)
_OF_MACHINES: Final = ("xlarge", ".large", ".medium", ".small", ".micro", ".nano", ".metal")
_CLOUD = regex(r"^[ \t]*(?:project-id|network-name|node-tags|local-zone|multizone|token-url)[ \t]*=", re.MULTILINE)
"""What only the settings of Google's cloud provider have under ``[Global]``."""
_CACHE = regex(r"^[ \t]*\[runners\.cache\.(gcs|azure)\]", re.MULTILINE)
"""Where GitLab's runners keep what they cache; S3 may be anybody's."""
_SEAL = regex(r"^[ \t]*(?:seal|storage)[ \t]+\"(\w+)\"[ \t]*\{", re.MULTILINE)
_VARIABLE = regex(
    r"^[ \t]*(?:(?:export[ \t]+|ENV[ \t]+)?([A-Z][A-Z0-9_]{2,60})[ \t]{0,2}=(?!=)"
    r"|(?![\w.-]*[rR]egion)((?:[a-z][\w-]{0,40}\.){1,6}[\w-]{1,60})[ \t]*[=:])",
    re.MULTILINE,
)
"""Names in capitals as of the environment, and names of properties, at the beginning of lines."""
_PROPERTY = regex(r"(?<![\w-])-D((?:[a-z][\w-]{0,40}\.){1,6}[\w-]{1,60})(?==)")
_REGION = regex(
    r"^[ \t]*[\w.-]{0,40}?(?:[rR]egion(?:\.static)?|[zZ]one)[ \t]*[=:][ \t]*"
    r"[\"']?([a-z][a-z0-9-]{3,25})[\"']?[ \t]*$",
    re.MULTILINE,
)
_CLASS = regex(
    r"(?<![\w.])(?:com\.amazonaws\.(?:auth|services)|software\.amazon\.awssdk|com\.azure\.\w+|com\.microsoft\.azure"
    r"|com\.google\.cloud\.\w+|airflow\.providers|storages\.backends)\.[\w.$]{1,200}"
)
"""Classes of the providers' own libraries, by which software on the Java machine is told how to reach them."""
_OF_CLASSES: Final = (
    *("com.a", "amazon.awssdk", "com.google.cloud", "com.microsoft.azure"),
    *("airflow.providers", "storages.backends"),
)
_VECTOR = regex(
    r"^[ \t]*\[(sinks|sources)\.[^\]\n]+\](?:(?!\n[ \t]*\[)[\s\S]){0,2000}?\n[ \t]*type[ \t]*=[ \t]*\"(\w+)\"",
    re.MULTILINE,
)


class Said(NamedTuple):
    """A name in a scalar, and the characters that say it."""

    namespace: Namespace
    symbol: str
    scalar: ScalarNode
    start: int
    end: int
    confidence: Confidence = "certain"


def said(path: Path, node: Node, interest: Interest) -> Iterator[Said]:
    """Every name in the scalars of a value that is no mapping. ``interest`` says which commands have longer names."""
    found = list(scalars(node))
    for scalar in found:
        yield from _said_in(scalar)
    if path[-1].lower() == "action" or path[-1] == "NotAction":
        for scalar in found:
            yield from (Said(tie.namespace, tie.symbol, scalar, tie.start, tie.end) for tie in actions(scalar.value))
    if path[-1] in ("command", "args", "cmd"):
        for scalar in found:
            # A flag's value, or one that follows a flag.
            before, _, value = scalar.value.rpartition("=")
            symbol = place_of(value) or (said_together(before.lstrip("-"), value) if before else None)
            if symbol == "Store/s3" and any(_OWN_ENDPOINT.search(one.value) for one in found):
                continue
            if symbol is not None and (not before or before.startswith("-")):
                yield Said("kubernetes", symbol, scalar, len(scalar.value) - len(value), len(scalar.value), "likely")
        yield from _commands(found, interest)
    elif found and (path[-1].endswith(_SCRIPTS) or found[0].value.startswith("#!")):
        for scalar in found:
            yield from _run(scalar, interest)


_OWN_ENDPOINT = regex(r"endpoint[\w-]*=\S*(?::(?!443\b)\d{3,5}\b|\.svc\b)")
"""A flag that says where a store is, and has a port or a name of the cluster: ``-ruler.storage.s3.endpoint=…``."""
_SCRIPTS: Final = (
    ".sh",
    ".bash",
    "script",
    "Script",
    "scripts",
    "Scripts",
    "ommand",
    "ommands",
    "source",
    "run",
    "userData",
)
"""How keys end whose values are run."""


@lru_cache(maxsize=50_000)
def is_mute(text: str) -> bool:
    """Whether a line says nothing by itself, nor as the whole of a value. Manifests repeat what others hold, so most
    are looked at once."""
    if len(text) > _MAX_LINE or "\n" in text or text.startswith("#!"):
        return False
    scalar = ScalarNode("", text)
    return _at_all(scalar) is None and next(_said_in(scalar), None) is None


_MAX_LINE: Final = 200


@lru_cache(maxsize=4096)
def is_run(key: str) -> bool:
    """Whether the texts under a key are looked at for what they do, and not only for what they say."""
    return key in _RUN or key.lower() == "action" or key.endswith(_SCRIPTS)


_RUN: Final = ("command", "args", "cmd", "NotAction")


def command_line(pairs: Sequence[tuple[ScalarNode, Node]]) -> SequenceNode | None:
    """What stands under ``command`` and ``args`` side by side as the one sequence that it is, None without either."""
    parts = [list(scalars(value)) for name in ("command", "args") for key, value in pairs if key.value == name]
    if len(parts) < len(("command", "args")) or any("\n" in scalar.value for part in parts for scalar in part):
        return None
    return SequenceNode("", [scalar for part in parts for scalar in part])


def whole(path: Path, node: Node) -> Iterator[Said]:
    """Where something runs, as the whole of a value says it, or the first of several, which are one use."""
    first: Node = node.value[0] if isinstance(node, SequenceNode) and node.value and path[-1] != "values" else node
    is_named = path[-1] in _NAMES or "ndpoint" in path[-1] or path[-2:-1] == _MINIO
    if isinstance(first, ScalarNode) and not is_named and (symbol := _at_all(first)) is not None:
        yield Said("kubernetes", symbol, first, 0, len(first.value), "likely")


def _at_all(scalar: ScalarNode) -> str | None:
    """The symbol that the whole of a scalar is."""
    is_label = "/" in scalar.value and LABEL.fullmatch(scalar.value) is not None
    return scalar.value if is_label else place_of(scalar.value)


_MINIO: Final = ("minio",)
"""What calls its own region after Amazon's."""
_NAMES: Final = frozenset({"name", "namespace", "host", "hostname"})
"""Keys of what is called after a place at most; the region of an endpoint is of whoever answers there."""


def _uncommented(scalar: ScalarNode) -> str:
    """A scalar with blanks in the place of what a script or a file says in lines of comment."""
    text: str = scalar.value
    return _COMMENT.sub(lambda line: " " * len(line[0]), text) if "\n" in text and "#" in text else text


def _said_in(scalar: ScalarNode) -> Iterator[Said]:
    text = _uncommented(scalar)
    hosts: set[int] = set()
    if "." in text or "arn:" in text or "ami-" in text:
        # What somebody fills in keeps its length, so that places stay right.
        for tie in ties(PLACEHOLDER.sub(_stars, text)):
            symbol = _STARS.sub("*", tie.symbol)
            is_key = _KNOWN_HOST.match(text, tie.end) is not None  # a line of known_hosts, which names many
            is_read = _DOCUMENTATION.match(symbol) is not None or text.startswith(_SCOPE, tie.start)
            if not (is_read or is_key or ".csi." in symbol):
                hosts.add(tie.start)
                yield Said(tie.namespace, symbol, scalar, tie.start, tie.end)
    for match in _ID.finditer(text) if len(text) > _MIN_ID and any(map(text.__contains__, _OF_IDS)) else ():
        if match.start() in hosts:
            continue  # the host of what it is, which says as much
        named = "logGroup" if match[0].startswith("/aws/") else match[match.lastindex or 0]
        yield Said("kubernetes", f"ResourceId/{named}", scalar, *match.span())
    for match in _NODE.finditer(text) if any(map(text.__contains__, _OF_NODES)) else ():
        yield Said("kubernetes", f"NodeName/{match[match.lastindex or 0]}", scalar, *match.span(), "likely")
    if ":" in text:
        yield from _with_colons(scalar)
    if any(map(text.__contains__, _OF_CLASSES)):
        for match in _CLASS.finditer(text):
            yield Said("kubernetes", f"Class/{match[0]}", scalar, *match.span())
    if "Action" in text or "-D" in text:
        yield from _of_programs(text, scalar)
    if "\n" in text:
        yield from _settings(scalar)


def _of_programs(text: str, scalar: ScalarNode) -> Iterator[Said]:
    """What a policy lets a program do, and what a command line tells the Java machine."""
    if "Action" in text and ("Statement" in text or "Effect" in text):
        for tie in actions(text):
            yield Said(tie.namespace, tie.symbol, scalar, tie.start, tie.end)
    if "-D" in text:
        for match in _PROPERTY.finditer(text):
            yield Said("kubernetes", f"env/{match[1]}", scalar, *match.span(1))


def _with_colons(scalar: ScalarNode) -> Iterator[Said]:
    """Addresses of buckets and their like, and instances of Cloud SQL."""
    text = _uncommented(scalar)
    for match in _MODEL.finditer(text) if "." in text and "-v" in text else ():
        yield Said("kubernetes", "Model/bedrock", scalar, *match.span())
    if any(map(text.__contains__, _OF_CONNECTIONS)):
        for match in _CONNECTION.finditer(text):
            yield Said("kubernetes", "ResourceId/connectionName", scalar, *match.span())
    if "://" not in text:
        return
    for match in _BUCKET.finditer(text):
        # Others answer to s3:// too; the rest are one provider's.
        named = match[match.lastindex or 0]
        scheme, confidence = ("s3", _MAYBE) if named in _S3 else (named, _SURELY)
        if scheme != "s3" or not _ELSEWHERE.match(text, match.end()):
            yield Said("kubernetes", f"Scheme/{scheme}", scalar, match.start(), match.end(), confidence)


def _settings(scalar: ScalarNode) -> Iterator[Said]:
    """What a text says that is no YAML: where log shippers send to, and kinds that are written in CUE or its like."""
    text = _uncommented(scalar)
    if "apiVersion:" in text:
        for match in _IN_CUE.finditer(text):
            yield Said("kubernetes", f"{match[1]}/{match[2]}", scalar, match.start(1), match.end(1))
    yield from _assigned(scalar)
    upper = text.upper()
    if "[OUTPUT]" in upper or "[FILTER]" in upper:
        yield from _fluent_bit(scalar)
    elif "[sinks." in text or "[sources." in text:
        for match in _VECTOR.finditer(text):
            yield Said("kubernetes", f"Vector{match[1][:-1].title()}/{match[2]}", scalar, match.start(2), match.end(2))
    elif "<match" in text or "<store" in text:
        for match in _FLUENTD.finditer(text):
            yield Said("kubernetes", f"FluentBit/{match[1]}", scalar, match.start(1), match.end(1))
    if "type = " in text:
        for match in _RCLONE.finditer(text):
            found = match.lastindex or 0
            yield Said("kubernetes", f"Rclone/{match[found]}", scalar, *match.span(found))


def _assigned(scalar: ScalarNode) -> Iterator[Said]:
    """Variables of the environment that a script or a file sets, regions where no endpoint stands beside them, and
    what keeps the keys and the data of a Vault."""
    text = _uncommented(scalar)
    if "=" in text:
        for match in _VARIABLE.finditer(text):
            name = match.lastindex or 0
            yield Said("kubernetes", f"env/{match[name]}", scalar, *match.span(name))
    if ("egion" in text or "one=" in text) and "ndpoint" not in text:
        for match in _REGION.finditer(text):
            yield Said("kubernetes", f"Zone/{match[1]}", scalar, match.start(1), match.end(1), "likely")
    for match in _MACHINE.finditer(text) if any(map(text.__contains__, _OF_MACHINES)) else ():
        yield Said("kubernetes", f"InstanceType/{match[0]}", scalar, match.start(), match.end(), "likely")
    for match in _CACHE.finditer(text) if "[runners.cache." in text else ():
        yield Said("kubernetes", f"Store/{STORES[match[1]]}", scalar, match.start(1), match.end(1), "likely")
    for match in islice(_CLOUD.finditer(text), 1) if "[Global]" in text else ():
        yield Said("kubernetes", "CloudProvider/gce", scalar, *match.span())
    for match in _SEAL.finditer(text) if 'seal "' in text or 'storage "' in text else ():
        yield Said("kubernetes", f"Vault/{match[1]}", scalar, match.start(1), match.end(1))


def _stars(placeholder: re.Match[str]) -> str:
    if placeholder[1] is None:
        return "*" * len(placeholder[0])
    before = placeholder.start(1) - placeholder.start()
    return " " * before + placeholder[1] + " " * (len(placeholder[0]) - before - len(placeholder[1]))


def _fluent_bit(scalar: ScalarNode) -> Iterator[Said]:
    section = ""
    for match in _FLUENT_BIT.finditer(scalar.value):
        if match[1] is None:
            section = _SECTIONS.get(match[0].strip().upper(), "")
        elif section:
            yield Said("kubernetes", f"{section}/{match[1]}", scalar, match.start(1), match.end(1))


_SECTIONS: Final = {"[OUTPUT]": "FluentBit", "[FILTER]": "FluentBitFilter"}


def _commands(found: list[ScalarNode], interest: Interest) -> Iterator[Said]:
    words = [scalar for scalar in found if "\n" not in scalar.value]
    if words:
        for tie in commands(" ".join(scalar.value for scalar in words), interest.claims_command):
            first = next((scalar for scalar in words if tie.symbol.split()[0] in scalar.value), words[0])
            yield Said(tie.namespace, tie.symbol, first, 0, len(first.value), "likely")
    for scalar in found:
        if " " in scalar.value:
            yield from _run(scalar, interest)


def _run(scalar: ScalarNode, interest: Interest) -> Iterator[Said]:
    for tie in (*commands(scalar.value, interest.claims_command), *installed(scalar.value, interest.wants)):
        yield Said(tie.namespace, tie.symbol, scalar, tie.start, tie.end, "likely")
