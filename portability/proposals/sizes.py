"""Machine types of the old provider → vCPU and memory → the smallest flavour of a target that holds them.

EC2 types come from a table; Google's and most of Azure's names tell their size. What neither tells stays unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from portability.patterns import regex

_DATA = Path(__file__).parents[1] / "data"
_AMAZON = regex(r"(?:db\.|cache\.|ml\.)?([a-z][a-z0-9-]*)\.([a-z0-9-]+?)(?:\.(?:search|elasticsearch))?")
_GOOGLE = regex(r"(?:db-|redis-)?([a-z][a-z0-9]*)-(standard|highmem|highcpu)-(\d{1,3})(?:-lssd)?")
_CUSTOM = regex(r"(?:db-)?(?:[a-z][a-z0-9]*-)?custom-(\d{1,3})-(\d{3,7})(?:-ext)?")
_AZURE = regex(r"(?:[A-Z]{1,2}_)?(?:Standard_)?([A-Z])[A-Z]?(\d{1,3})(?:-\d+)?([a-z]*)(?:_v(\d))?")
_GOOGLE_GIB = {"standard": 4.0, "highmem": 8.0, "highcpu": 1.0}
_GOOGLE_FAMILIES = frozenset({"e2", "n2", "n2d", "t2d", "c2", "c2d"})
_OLD = {"standard": 3.75, "highmem": 6.5, "highcpu": 0.9}
_GOOGLE_NAMED = {
    "e2-micro": (2, 1.0), "e2-small": (2, 2.0), "e2-medium": (2, 4.0), "f1-micro": (1, 0.6), "g1-small": (1, 1.7),
}  # fmt: skip
_GLUE = {"G.1X": (4, 16.0), "G.2X": (8, 32.0), "G.4X": (16, 64.0), "G.8X": (32, 128.0)}
"""Workers of AWS Glue: https://docs.aws.amazon.com/glue/latest/dg/worker-types.html, checked 2026-11-30."""
_AZURE_GIB = {"D": 4.0, "E": 8.0, "F": 2.0}
_AZURE_NAMED = {
    "B1ls": (1, 0.5), "B1s": (1, 1.0), "B1ms": (1, 2.0), "B2s": (2, 4.0), "B2ms": (2, 8.0), "B4ms": (4, 16.0),
    "B8ms": (8, 32.0), "B12ms": (12, 48.0), "B16ms": (16, 64.0), "B20ms": (20, 80.0),
}  # fmt: skip
_ENOUGH = 0.85
"""The part of the old memory that is enough: 7 GiB stand for 8, since what the system keeps differs more."""


class Size(NamedTuple):
    """What a machine type holds; memory in GiB."""

    vcpus: int
    gib: float


class Flavor(NamedTuple):
    """A flavour (empty: none fits or none was asked for), why it is that one, and the old machine's size."""

    name: str
    why: str
    vcpus: int
    gib: float

    @property
    def memory(self) -> str:
        """The old machine's memory as Kubernetes writes it."""
        return f"{self.gib:g}Gi"


def size_of(name: str) -> Size | None:
    """The size of a machine type of any of the three providers, as it is written; None where nothing tells."""
    return _amazon(name) or _google(name) or _azure(name)


def flavor_of(name: object, of: str = "") -> Flavor | None:
    """The smallest flavour that holds a machine type: ``of`` is ``ovhcloud``, ``database``, or empty for its size."""
    size = size_of(name) if isinstance(name, str) and len(name) < 80 else None
    if size is None:
        return None
    has = f"{name} has {size.vcpus} vCPU and {size.gib:g} GiB"
    fits = [
        (gib, vcpus, flavor)
        for flavor, vcpus, gib in _flavors(of)
        if gib >= size.gib * _ENOUGH and (vcpus is None or vcpus >= size.vcpus)
    ]
    if not fits:
        return Flavor("", has, *size)
    gib, vcpus, flavor = min(fits, key=lambda one: (one[0], one[1] or 0))
    cores = "" if vcpus is None else f"{vcpus} vCPU and "
    near = "is the smallest that holds them" if gib >= size.gib else "comes nearest, a little below"
    why = f"{has}; {flavor} {near}, with {cores}{gib:g} GiB. See what is used."
    return Flavor(flavor, why, *size)


@cache
def _table() -> Mapping[str, Mapping[str, tuple[int, float]]]:
    table: Mapping[str, Mapping[str, tuple[int, float]]] = _read("machine-sizes.json")["ec2"]
    return table


@cache
def _read(name: str) -> Mapping[str, Any]:
    data: Mapping[str, Any] = json.loads((_DATA / name).read_text("utf-8"))
    return data


def _flavors(of: str) -> Iterator[tuple[str, int | None, float]]:
    """Name, vCPU where it is known, and GiB."""
    if not of:
        return
    for family, facts in _read("ovhcloud-flavors.json")["databases" if of == "database" else "machines"].items():
        ratio = facts.get("gib_per_vcpu")
        for gib in facts["gib"]:
            yield f"{family}-{gib}", gib // ratio if ratio else None, gib


def _amazon(name: str) -> Size | None:
    if named := _GLUE.get(name):
        return Size(*named)
    match = _AMAZON.fullmatch(name)
    found = _table().get(match[1], {}).get(match[2]) if match else None
    return Size(*found) if found else None


def _google(name: str) -> Size | None:
    if match := _CUSTOM.fullmatch(name):
        return Size(int(match[1]), int(match[2]) / 1024)
    if named := _GOOGLE_NAMED.get(name.removeprefix("db-")):
        return Size(*named)
    match = _GOOGLE.fullmatch(name)
    if match is None or not (match[1] == "n1" or match[1] in _GOOGLE_FAMILIES):
        return None
    ratio = (_OLD if match[1] == "n1" else _GOOGLE_GIB)[match[2]]
    return Size(int(match[3]), int(match[3]) * ratio)


def _azure(name: str) -> Size | None:
    short = name.rpartition("Standard_")[2]
    if named := _AZURE_NAMED.get(short):
        return Size(*named)
    match = _AZURE.fullmatch(name)
    # Before their third version the D and E families number their sizes, not their cores.
    if match is None or match[1] not in _AZURE_GIB or int(match[4] or 1) < (2 if match[1] == "F" else 3):
        return None
    ratio = 2.0 if "l" in match[3] and match[1] == "D" else _AZURE_GIB[match[1]]
    return Size(int(match[2]), int(match[2]) * ratio)
