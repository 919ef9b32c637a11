"""Words of which a manifest must hold one before anything in it can be named: found once, when rules are compiled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from portability.names.manifests import is_place
from portability.patterns import regex

_BORDERS = regex(r"[*=]")
"""Between what must stand in a text, and not always side by side: a flag's value may follow as a word of its own."""
_NO_HELP = frozenset({"docker.io", "library", "kubernetes.io"})
"""Parts that manifests leave out of an image's name, or that nearly all of them hold."""
_BY_LABEL = {
    "Zone": (
        *("kubernetes.io/zone", "kubernetes.io/region", "vailabilityZone", "zone", "egion:", "REGION", "LOCATION"),
        *("-central", "-east", "-north", "-south", "-west"),
    ),
    "InstanceType": (
        "/instance-type",
        "nstanceType",
        "nstance_type",
        "achineType",
        "achine_type",
        "vmSize",
        "achineSize",
        *(".metal", ".micro", ".small", ".medium", ".nano", "large", "-highcpu-", "-highmem-", "-standard-"),
    ),
}
"""First parts whose names (there are hundreds) only stand beside a label or a key."""


def needles(words: Iterable[str], manifests: Iterable[str], strings: Iterable[str]) -> tuple[str, ...]:
    """Words of which a text must hold one for a symbol to stand in it; the ones that come first are the likeliest.

    ``words`` are the providers' own, ``manifests`` the patterns of symbols in manifests, and ``strings`` those of
    host names and ARNs.
    """
    given = set(words)
    found = _shortest(given | _not_covered(manifests, given) | {_domain(pattern) for pattern in strings} - {""})
    return tuple(sorted(found, key=lambda word: (word not in given, word)))


def _domain(pattern: str) -> str:
    """The end of a host name that a pattern asks for (``windows.net``), or the beginning of an ARN."""
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
    for pattern in patterns:
        head, slash, rest = pattern.partition("/")
        if head in _BY_LABEL:
            found.update(_BY_LABEL[head])
        elif slash and not is_place(head) and head not in _NO_HELP:  # a group has many kinds
            groups[head].append(pattern)
        else:
            others.append(rest if slash and is_place(head) else pattern)
    for head in _without(given, groups):
        domain = ".".join(head.rpartition("*")[2].split(".")[-2:])
        if "." not in domain:
            others.extend(groups[head])
        elif domain not in found and _without(given, map(_pieces, groups[head])):
            found.add(domain)
    return found | {max(pieces.split("\n"), key=len) for pieces in _without(given, map(_pieces, others))}


def _pieces(pattern: str) -> str:
    """What a symbol that matches the pattern must hold, a line each."""
    parts = (part for part in pattern.split("/") if part not in _NO_HELP)
    return "\n".join(piece for part in parts for piece in _BORDERS.split(part))


def _without(words: Collection[str], texts: Iterable[str]) -> list[str]:
    """The texts that hold none of the words. To go through them word by word takes half as long as text by text."""
    rest = list(texts)
    for word in words:
        rest = [text for text in rest if word not in text]
    return rest
