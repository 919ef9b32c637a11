"""What is asked of a mapping, by where it stands and which keys it has.

Manifests are alike: a tree has some thousand shapes of mappings, and tens of thousands of mappings that are of one. So
what a shape is asked is worked out once, and for most that is nothing but to look at their scalars.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Final, NamedTuple

from yaml.nodes import MappingNode

from portability.parsers.kubernetes.asked import Asked
from portability.parsers.kubernetes.bindings import Binding, Read
from portability.parsers.kubernetes.literals import SILENT, SILENT_BELOW, Path, is_run
from portability.parsers.kubernetes.places import BY_LAST_KEY, PLACES, plainly
from portability.parsers.kubernetes.values import (
    HINTS,
    OF_RESOURCES,
    OF_VARIABLES,
    VALUES,
    choices,
    chosen,
    set_by_name,
)

Together = Callable[[str, MappingNode], Iterator[Binding]]
"""What reads several entries of a mapping, with the key that it stands under."""

OF_VALUES: Final = ("values", "Helmfile", "")
"""Kinds of files that are values or settings, or hold nothing else."""
_VALUES: Final = frozenset({"values", "valuesObject", "valuesInline"})
"""Keys under which Flux, Argo CD, Kustomize and Helmfile say the values of a chart."""
_DATA: Final = (("data",), ("stringData",))
"""Where a ConfigMap or a Secret has its entries."""
_ANY: Final = "*"
_KINDS: Final = frozenset({*OF_VALUES, *(kind for place in PLACES for kind in place.kinds)})
"""Kinds of which something else is asked than of any."""
_REFERENCES: Final = ("Ref", "Refs", "ref", "Config", "parameters", "selector")
_IMAGES: Final = ("image", "Image")
_REMEMBERED: Final = 20_000
_MAX_KEYS: Final = 40
"""What has more keys is a list of its own, of which there is one."""


class Reader(NamedTuple):
    """What reads the value of an entry: the entry's number, its path as the table of places has it, and how."""

    entry: int
    path: Path
    read: Read


class Texts(NamedTuple):
    """An entry whose texts are looked at: its number, its path, and whether they may be run."""

    entry: int
    path: Path
    may_run: bool


class Shape(NamedTuple):
    """What the mappings with some keys at some place are asked, in this order.

    ``is_image`` is one that may be written in parts, ``refers`` one that may name another object, ``settings`` are
    the keys that rules name, where it has one, ``is_command`` is one with a command beside its arguments. ``hints`` are
    asked where nothing else told.
    """

    above: str
    readers: tuple[Reader, ...]
    is_image: bool
    refers: bool
    chosen: tuple[Together, ...]
    settings: Collection[str]
    values: tuple[Together, ...]
    hints: tuple[Together, ...]
    texts: tuple[Texts, ...]
    is_command: bool


def shape_of(path: Path, kind: str, keys: tuple[str, ...], asked: Asked, *, is_custom: bool = False) -> Shape:
    """The shape of a mapping with these keys at a path of a document of a kind, somebody's own one or Kubernetes'."""
    if kind not in _KINDS:
        kind = _ANY
    if len(keys) > _MAX_KEYS:
        return _made(path, kind, keys, asked, is_custom)
    known = _known(asked)
    found = known.get((path, kind, keys, is_custom))
    if found is None:
        if len(known) >= _REMEMBERED:
            known.clear()  # A hostile tree has shapes without end.
        found = known[path, kind, keys, is_custom] = _made(path, kind, keys, asked, is_custom)
    return found


_Key = tuple[Path, str, tuple[str, ...], bool]


class _Latest:
    asked: Asked | None = None
    known: dict[_Key, Shape]


def _known(asked: Asked) -> dict[_Key, Shape]:
    if _Latest.asked is not asked:
        _Latest.asked, _Latest.known = asked, {}
    return _Latest.known


def _made(path: Path, kind: str, keys: tuple[str, ...], asked: Asked, is_custom: bool) -> Shape:
    above = path[-1] if path else ""
    has_pair = "name" in keys and "value" in keys
    told: list[Together] = []
    if has_pair or ("name" in keys and "valueFrom" in keys):
        told.append(set_by_name)
    if has_pair or above in OF_VARIABLES:
        told.append(choices)
    if has_pair or not asked.options.keys().isdisjoint(key.lower() for key in keys):
        told.append(partial(chosen, options=asked.options))
    # Keys of data are names of files and of whatever somebody maps: a word alone says too little there.
    named = asked.compounds if path in _DATA else asked.settings
    is_values = kind in OF_VALUES or not _VALUES.isdisjoint(path)
    hints = HINTS if is_values else OF_RESOURCES if is_custom and SILENT_BELOW.isdisjoint(path) else ()
    return Shape(
        above=above,
        readers=tuple(_readers(path, kind, keys)),
        is_image=above.endswith(_IMAGES) or path[-2:-1] == ("images",) or ("repository" in keys and "tag" in keys),
        refers=above.endswith(_REFERENCES),
        chosen=tuple(told),
        settings=() if named.isdisjoint(keys) else named,
        values=tuple(read for read, tells in VALUES if any(map(tells, keys))) if is_values else (),
        hints=tuple(read for read, tells in hints if any(map(tells, keys))),
        texts=tuple(
            Texts(entry, (*path, key), is_run(key))
            for entry, key in enumerate(keys if SILENT_BELOW.isdisjoint(path) else ())
            if key not in SILENT and not (key == "volumeHandle" and "driver" in keys)
        ),
        is_command="command" in keys and "args" in keys,
    )


def _readers(path: Path, kind: str, keys: tuple[str, ...]) -> Iterator[Reader]:
    for entry, key in enumerate(map(plainly, keys)):
        if (places := BY_LAST_KEY.get(key)) is not None:
            at = (*path, key)
            yield from (Reader(entry, at, place.read) for place in places if place.is_at(at, kind))
