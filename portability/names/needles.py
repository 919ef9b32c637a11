"""Words of which a manifest must hold one before anything in it can be named: found once, when rules are compiled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from portability.names.manifests import is_place
from portability.patterns import regex

BEGINS: Final = " "
_BORDERS = regex(r"[*=]")
"""Between what must stand in a text, and not always side by side: a flag's value may follow as a word of its own."""
_NO_HELP = frozenset({"docker.io", "library", "kubernetes.io"})
"""Parts that manifests leave out of an image's name, or that nearly all of them hold."""
_SHARED = frozenset({"kubernetes.io", "k8s.io", "coreos.com", "external-secrets.io", "github.com"})
"""Domains below which groups of many makers lie, so that they tell nothing of one."""
_ENCODED: Final = ("dockerconfigjson", "dockercfg")
"""Beside these, registries are named in a form in which they cannot be looked for."""
_SYLLABLE = regex(r"\A[a-z]{2,3}(?![^*=])")
"""A name that is also part of words: ``ecr`` of every ``secret``, ``aci`` of ``capacity``, ``rds`` of ``records``."""
_NOT_HERE: Final = "role/"
"""How names begin that are not looked for in manifests: roles by the names that Azure gives them."""
_REGIONS: Final = ("-central", "-east", "-north", "-south", "-west")
_BY_LABEL = {
    "Zone": (
        *("kubernetes.io/zone", "kubernetes.io/region", "vailabilityZone", "zone", "egion:", "REGION", "LOCATION"),
        *_REGIONS,
    ),
    "InstanceType": (
        "/instance-type",
        "nstanceType",
        "nstance_type",
        "achineType",
        "achine_type",
        "vmSize",
        "achineSize",
        *(".metal", ".micro", ".small", ".medium", ".nano", ".large", "xlarge", "-highcpu-", "-highmem-", "-standard-"),
    ),
    "ResourceId": (
        *("projects/", "/subscriptions/", "/aws/"),
        *(f"{BEGINS}{kind}-" for kind in ("vol", "subnet", "sg", "vpc", "eipalloc", "fs", "fsap", "snap", "eni")),
        *_REGIONS,
    ),
    "NodeName": tuple(f"{BEGINS}{kind}-" for kind in ("aks", "gke", "ip")),
}
"""First parts whose names (there are hundreds) only stand beside a label or a key, or are not written as such."""


def needles(words: Iterable[str], manifests: Iterable[str], strings: Iterable[str]) -> tuple[str, ...]:
    """Words of which a text must hold one for a symbol to stand in it; the ones that come first are the likeliest.
    With ``BEGINS`` before it, a word stands where no letter does before it.

    ``words`` are the providers' own, ``manifests`` the patterns of symbols in manifests, and ``strings`` those of
    host names and ARNs.
    """
    given = set(words)
    domains = {domain for pattern in strings if not pattern.startswith(_NOT_HERE) and (domain := _domain(pattern))}
    found = {*given, *_ENCODED, *_not_covered(manifests, given), *domains}
    return tuple(sorted(_shortest(found), key=lambda word: (word not in given, word)))


def _domain(pattern: str) -> str:
    """The end of a host name that a pattern asks for (``windows.net``), or the beginning of an ARN, a role or address.
    Services of metadata go by short names too, so there what is asked of them says more."""
    host, slash, asked = pattern.partition("/")
    if host == "roles":
        return "roles/"
    if pattern.endswith("://"):
        return pattern
    if slash:
        return max(asked, host, key=len)
    if pattern.startswith("arn:"):
        return ":".join(pattern.split(":")[:2])
    labels = pattern.split(".")
    return ".".join(labels[-2:]) if len(labels) > 1 and "*" not in "".join(labels[-2:]) and ":" not in pattern else ""


def _shortest(words: Collection[str]) -> list[str]:
    """The words that contain no other: where a longer one stands, they stand too."""
    shortest: list[str] = []
    for word in sorted(words, key=len):
        if not any(map(word.__contains__, shortest)):
            shortest.append(word)
    return shortest


def _not_covered(patterns: Iterable[str], given: Collection[str]) -> set[str]:
    """For each pattern that can match where no given word stands, a piece that its symbols must hold: the domain of a
    group or label, which many share, or else the longest."""
    found: set[str] = set()
    groups: dict[str, list[str]] = defaultdict(list)
    others: list[str] = []
    schemes: list[str] = []
    for pattern in patterns:
        head, slash, rest = pattern.partition("/")
        if head in _BY_LABEL:
            found.update(_BY_LABEL[head])
        elif head == "Scheme":
            schemes.append(f"{rest}://")
        elif slash and not is_place(head) and head not in _NO_HELP:  # a group has many kinds
            groups[head].append(pattern)
        else:
            others.append(rest if slash and is_place(head) else pattern)
    for head in _without(given, groups):
        fixed = head.rpartition("*")[2]
        domain = ".".join(fixed.split(".")[-2:])
        domain = fixed if domain in _SHARED else domain
        if "." not in domain or domain in _SHARED:
            others.extend(groups[head])
        elif domain not in found and _without(given, map(_pieces, groups[head])):
            found.add(domain)
    found.update(_without(given, schemes))
    # What must hold several pieces often holds one that something else is known by.
    for pieces in sorted(_without(given, map(_pieces, others)), key=lambda pieces: (pieces.count("\n"), pieces)):
        if not any(map(pieces.__contains__, found)):
            found.add(max(pieces.split("\n"), key=len))
    return found


def _pieces(pattern: str) -> str:
    """What a symbol that matches the pattern must hold, a line each."""
    parts = (_SYLLABLE.sub(rf"{BEGINS}\g<0>", part) for part in pattern.split("/") if part not in _NO_HELP)
    return "\n".join(piece for part in parts for piece in _BORDERS.split(part))


def _without(words: Collection[str], texts: Iterable[str]) -> list[str]:
    """The texts that hold none of the words. To go through them word by word takes half as long as text by text."""
    rest = list(texts)
    for word in words:
        rest = [text for text in rest if word not in text]
    return rest
