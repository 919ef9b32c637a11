"""Files → usages: reads every unit once, and loses nothing silently."""

from __future__ import annotations

import gc
import importlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from portability.discovery import (
    READ_WHOLE,
    Finder,
    Hit,
    Straight,
    Tree,
    candidate,
    kind_of,
    look,
    placed,
    printable,
    read_place,
    real_folder,
)
from portability.interest import Interest
from portability.model import Language, Problem, Reading, Source
from portability.parsers.left_out import noted, with_notes
from portability.settings import Settings

TIDY_OBJECTS = 25_000
"""How many objects are made and not freed between two looks for garbage."""

Unit = tuple[str, ...]
"""Paths that are read together because what one says depends on the others. One that ends in ``/`` is a link to a
folder of the root; to the parser it is a source that holds the folder's own path."""


class Parser(Protocol):
    """What every language room exports."""

    def read(self, unit: Sequence[Source], interest: Interest, settings: Settings) -> dict[str, Reading]:
        """Path → what came of it. Never raises for what a file holds."""
        ...

    def units(self, paths: Sequence[str], tree: Tree, interest: Interest, settings: Settings) -> list[Unit]:
        """Group paths of this language, with whatever else in the tree must be read along, into units.

        A unit may hold paths that were not given: they are read, and not reported. Cheap: it may look at bytes, and
        parses nothing.
        """
        ...


class Batch(msgspec.Struct):
    """What a worker brings home."""

    readings: list[tuple[str, Language, Reading]] = []
    hits: list[Hit] = []
    problems: list[Problem] = []


def units(tree: Tree, interest: Interest, settings: Settings) -> list[Unit]:
    """What must be read together to understand the tree's files, in sorted order."""
    by_language: dict[Language | None, list[str]] = defaultdict(list)
    for path in sorted(tree.paths):
        by_language[candidate(path)].append(path)
    single: list[Unit] = [(path,) for path in by_language.pop(None, [])]
    if not tree.whole and (
        loose := [path for path in sorted(tree.paths) if tree.is_loose(path) or tree.is_outcome(path)]
    ):
        # A configuration or a kustomization that reads one of these, or came to it, may stand anywhere.
        by_language["terraform"] += loose
        by_language["kubernetes"] = [*{*by_language["kubernetes"], *loose}]
    found: list[Unit] = []
    along: set[str] = set()
    # What two rooms read along is Terraform's: a file stands in one unit.
    for language, paths in sorted(by_language.items(), key=lambda item: item[0] == "kubernetes"):
        if language is not None:
            own = _parser(language).units(paths, tree, interest, settings)
            units = [tuple(path for path in unit if path not in along) for unit in own]
            found.extend(unit for unit in units if unit)
            along.update(
                path for unit in units if len(unit) > 1 for path in unit if candidate(path) in (None, "kubernetes")
            )
    return sorted({*found, *(unit for unit in single if unit[0] not in along)})


def read_here(
    root: Path, todo: Sequence[Unit], interest: Interest, settings: Settings, progress: Callable[[int], None]
) -> Iterator[Batch]:
    """Read units in this process and yield what comes out. ``progress`` hears how many files each unit held."""
    reader = Reader(root, interest, settings)
    for unit in todo:
        yield reader.read([unit])
        progress(len(unit))


def size(root: Path, unit: Unit) -> int:
    """Bytes of a unit's files; what is gone or out of reach counts as nothing."""
    total = 0
    for path in unit:
        try:
            total += (root / path).lstat().st_size
        except OSError:
            continue
    return total


class Reader:
    """Reads units in this process."""

    def __init__(self, root: Path, interest: Interest, settings: Settings) -> None:
        self._root = root
        self._interest = interest
        self._settings = settings
        self._finder = Finder(interest.words)
        self._roots: dict[str, tuple[Path, Straight]] = {}

    def read(self, batch: Sequence[Unit]) -> Batch:
        """Read the files of some units. Never raises for what a file holds."""
        result = Batch()
        for unit in batch:
            self._tidy()
            by_language: dict[Language, list[Source]] = defaultdict(list)
            owner = _owner(unit)
            for path in unit:
                self._sort(path, owner, by_language, result)
            for language, sources in sorted(by_language.items()):
                with noted() as notes:
                    readings = _parser(language).read(sources, self._interest, self._settings)
                readings = with_notes(readings, notes) if notes else readings
                result.readings.extend((path, language, reading) for path, reading in sorted(readings.items()))
                result.hits.extend(self._words_left(sources, readings))
        return result

    def _tidy(self) -> None:
        """Look for garbage now and then. It is switched off besides, in an audit and in its workers: inside a unit
        everything is in use, and looking through it again and again takes longer than parsing."""
        if gc.get_count()[0] > TIDY_OBJECTS:
            gc.collect()
            gc.freeze()  # what is left is what was found, and stays to the end of the run

    def _words_left(self, sources: Sequence[Source], readings: dict[str, Reading]) -> Iterator[Hit]:
        """Mentions in files of CI, Docker and Compose that name a provider and in which nothing was found, and in what
        was read along and is of no language."""
        for source in sources:
            if source.path.endswith("/"):
                continue
            reading = readings.get(source.path)
            kind = kind_of(source.path, source.data) if reading is None else read_place(source.path)
            if kind is not None and kind not in READ_WHOLE and (reading is None or not reading.usages):
                yield from self._finder.hits(source.path, kind, source.data)

    def _sort(
        self, path: str, owner: Language | None, by_language: dict[Language, list[Source]], result: Batch
    ) -> None:
        root, inner = placed(str(self._root), path, self._settings.also)
        if path.endswith("/"):
            if owner is not None and (folder := real_folder(os.path.realpath(root), inner)) is not None:
                link = Source(path=printable(path), language=owner, data=printable(folder).encode())
                by_language[owner].append(link)
            return
        if root not in self._roots:
            self._roots[root] = Path(root), Straight(os.path.realpath(root))
        base, is_straight = self._roots[root]
        seen = look(base, inner, is_straight)
        if seen is not None and inner != path:
            seen = msgspec.structs.replace(seen, path=printable(path))
        if isinstance(seen, Problem):
            language = candidate(path)
            if language is not None and language != "kubernetes":
                result.readings.append((printable(path), language, Reading(state="unread", problems=(seen,))))
            else:
                result.problems.append(seen)
        elif seen is not None and seen.source is not None:
            by_language[seen.source.language].append(seen.source)
        elif seen is not None and owner is not None and (candidate(path) != owner or owner == "kubernetes"):
            by_language[owner].append(Source(path=seen.path, language=owner, data=seen.data))
        elif seen is not None and seen.kind is not None:
            result.hits.extend(self._finder.hits(seen.path, seen.kind, seen.data))


def _owner(unit: Unit) -> Language | None:
    """The language whose room takes files of none along: scripts and policies that a configuration reaches, patches
    and settings that a kustomization does."""
    languages = {candidate(path) for path in unit} if len(unit) > 1 else {candidate(unit[0])} - {"kubernetes"}
    return next((language for language in ("terraform", "kubernetes") if language in languages), None)


def _parser(language: Language) -> Parser:
    parser: Parser = importlib.import_module(f"portability.parsers.{language}")
    return parser
