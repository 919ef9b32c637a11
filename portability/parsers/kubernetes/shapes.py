"""What is asked of a mapping, by where it stands and which keys it has.

Manifests are alike: a tree has some thousand shapes of mappings, and tens of thousands of mappings that are of one. So
what a shape is asked is worked out once, and for most that is nothing but to look at their scalars. What is asked of a
key at a spot is worked out once too, as most shapes there share it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Final, NamedTuple, TypeVar

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
_NO_USE: Final = (("status",), ("spec", "schema"))
"""What an object became, and what a definition of kro or its like asks for."""
_SCHEMA: Final = "openAPIV3Schema"
"""What Crossplane's and others' definitions ask for, as those of custom resources do."""
_DATA: Final = (("data",), ("stringData",))
"""Where a ConfigMap or a Secret has its entries."""
_ANY: Final = "*"
_KINDS: Final = frozenset({*OF_VALUES, *(kind for place in PLACES for kind in place.kinds)})
"""Kinds of which something else is asked than of any."""
_REFERENCES: Final = ("Ref", "Refs", "ref", "Config", "parameters", "selector")
_IMAGES: Final = ("image", "Image")
_REMEMBERED: Final = 50_000
_MAX_KEYS: Final = 40
"""What has more keys is a list of its own, of which there is one."""

_Name = TypeVar("_Name")
_Made = TypeVar("_Made")


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
    """What the mappings with some keys at some spot are asked, in this order.

    ``is_image`` is one that may be written in parts, ``refers`` one that may name another object, ``settings`` are
    the keys that rules name, where it has one, ``is_command`` is one with a command beside its arguments. ``hints`` are
    asked where nothing else told. ``is_plain`` says that nothing but ``readers`` and ``texts`` is asked.
    """

    path: Path
    readers: tuple[Reader, ...]
    is_plain: bool
    is_image: bool
    refers: bool
    chosen: tuple[Together, ...]
    settings: Collection[str]
    values: tuple[Together, ...]
    hints: tuple[Together, ...]
    texts: tuple[Texts, ...]
    is_command: bool

    @property
    def above(self) -> str:
        """The key that the mapping stands under."""
        return self.path[-1] if self.path else ""


class _Key(NamedTuple):
    """What is asked of a key at a spot: what reads its value and as which path, whether its texts are looked at, and
    may be run, and what it lets a mapping be asked as a whole."""

    path: Path
    reads: tuple[tuple[Path, Read], ...]
    has_texts: bool
    may_run: bool
    is_option: bool
    asks: frozenset[Together]


class _Sort(NamedTuple):
    """Documents of a kind, or of any of which nothing else is asked; somebody's own or Kubernetes'."""

    kind: str
    is_custom: bool
    asked: Asked


class Spot:
    """Where a mapping can stand in documents of a sort: a path of keys. Sequences do not show in it."""

    __slots__ = ("_below", "_hints", "_is_silent", "_keys", "_memory", "_shapes", "_sort", "_values", "path")

    def __init__(self, path: Path, sort: _Sort, memory: _Memory) -> None:
        self.path = path
        self._sort, self._memory = sort, memory
        self._below: dict[str, Spot | None] = {}
        self._keys: dict[str, _Key] = {}
        self._shapes: dict[tuple[str, ...], Shape] = {}
        self._is_silent = not SILENT_BELOW.isdisjoint(path)
        is_values = sort.kind in OF_VALUES or not _VALUES.isdisjoint(path)
        self._values = VALUES if is_values else ()
        self._hints = HINTS if is_values else OF_RESOURCES if sort.is_custom and not self._is_silent else ()

    def below(self, key: str) -> Spot | None:
        """Where the mappings stand that a key holds, None where they say nothing of a use."""
        try:
            return self._below[key]
        except KeyError:
            path = (*self.path, key)
            is_read = path not in _NO_USE and key != _SCHEMA
            found = Spot(path, self._sort, self._memory) if is_read else None
            return self._memory.kept(self._below, key, found)

    def shape(self, keys: tuple[str, ...]) -> Shape:
        """The shape of a mapping with these keys here."""
        try:
            return self._shapes[keys]
        except KeyError:
            made = self._made(keys)
            return made if len(keys) > _MAX_KEYS else self._memory.kept(self._shapes, keys, made)

    def _made(self, keys: tuple[str, ...]) -> Shape:
        path, asked = self.path, self._sort.asked
        each = [self._keys.get(key) or self._memory.kept(self._keys, key, self._key(key)) for key in keys]
        above = path[-1] if path else ""
        has_pair = "name" in keys and "value" in keys
        told: list[Together] = []
        if has_pair or ("name" in keys and "valueFrom" in keys):
            told.append(set_by_name)
        if has_pair or above in OF_VARIABLES:
            told.append(choices)
        if has_pair or any(key.is_option for key in each):
            told.append(partial(chosen, options=asked.options))
        # Keys of data are names of files and of whatever somebody maps: a word alone says too little there.
        named = asked.compounds if path in _DATA else asked.settings
        is_image = above.endswith(_IMAGES) or path[-2:-1] == ("images",) or ("repository" in keys and "tag" in keys)
        refers = above.endswith(_REFERENCES)
        settings = () if named.isdisjoint(keys) else named
        asks = frozenset[Together]().union(*(key.asks for key in each)) if self._hints else ()
        values, hints = (tuple(read for read, _ in some if read in asks) for some in (self._values, self._hints))
        return Shape(
            path=path,
            readers=tuple([Reader(entry, *read) for entry, key in enumerate(each) for read in key.reads]),
            is_plain=bool(path) and not (is_image or refers or told or settings or values or hints),
            is_image=is_image,
            refers=refers,
            chosen=tuple(told),
            settings=settings,
            values=values,
            hints=hints,
            texts=tuple(
                [
                    Texts(entry, key.path, key.may_run)
                    for entry, key in enumerate(each)
                    if key.has_texts and not (keys[entry] == "volumeHandle" and "driver" in keys)
                ]
            ),
            is_command="command" in keys and "args" in keys,
        )

    def _key(self, key: str) -> _Key:
        plain = plainly(key)
        at = (*self.path, plain)
        return _Key(
            path=(*self.path, key),
            reads=tuple((at, place.read) for place in BY_LAST_KEY.get(plain, ()) if place.is_at(at, self._sort.kind)),
            has_texts=not self._is_silent and key not in SILENT,
            may_run=is_run(key),
            is_option=key.lower() in self._sort.asked.options,
            asks=frozenset(read for read, tells in (*self._values, *self._hints) if tells(key)),
        )


def top_of(kind: str, asked: Asked, *, is_custom: bool = False) -> Spot:
    """The spot of the root of documents of a kind, somebody's own one or Kubernetes'."""
    memory = _Latest.memory
    if memory is None or memory.asked is not asked or memory.is_full:
        memory = _Latest.memory = _Memory(asked)
    sort = _Sort(kind if kind in _KINDS else _ANY, is_custom, asked)
    if (found := memory.tops.get(sort[:2])) is None:
        found = memory.tops[sort[:2]] = Spot((), sort, memory)
    return found


class _Memory:
    """What was worked out by now of one interest. A hostile tree has spots and shapes without end."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.tops: dict[tuple[str, bool], Spot] = {}
        self._kept = 0

    @property
    def is_full(self) -> bool:
        """Whether no more is kept."""
        return self._kept >= _REMEMBERED

    def kept(self, known: dict[_Name, _Made], name: _Name, made: _Made) -> _Made:
        """Keep what was made, as long as there is room."""
        if self._kept < _REMEMBERED:
            self._kept += 1
            known[name] = made
        return made


class _Latest:
    memory: _Memory | None = None
