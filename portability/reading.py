"""Files → usages: reads every unit once, and loses nothing silently."""

from __future__ import annotations

import importlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from portability.discovery import Finder, Hit, candidate, look, printable
from portability.interest import Interest
from portability.model import Language, Problem, Reading, Source

Unit = tuple[str, ...]
"""Paths that are read together: a directory's Terraform files, or one file of anything else."""


class Parser(Protocol):
    """What every language room exports."""

    def read(self, unit: Sequence[Source], interest: Interest) -> dict[str, Reading]:
        """Path → what came of it. Never raises for what a file holds."""
        ...


class Batch(msgspec.Struct):
    """What a worker brings home."""

    readings: list[tuple[str, Language, Reading]] = []
    hits: list[Hit] = []
    problems: list[Problem] = []


def units(paths: Iterable[str]) -> list[Unit]:
    """Group paths into what must be read together, in sorted order."""
    directories: dict[str, list[str]] = defaultdict(list)
    single: list[Unit] = []
    for path in sorted(paths):
        if candidate(path) == "terraform":
            directories[path.rpartition("/")[0]].append(path)
        else:
            single.append((path,))
    return sorted([*(tuple(found) for found in directories.values()), *single])


def neighbours(root: Path, paths: Iterable[str]) -> set[str]:
    """The files that must be read to understand the given ones: the rest of their Terraform modules."""
    modules = {path.rpartition("/")[0] for path in paths if candidate(path) == "terraform"}
    found: set[str] = set()
    for module in modules:
        try:
            names = os.listdir(root / module)
        except OSError:
            continue
        beside = (f"{module}/{name}" if module else name for name in names)
        found.update(path for path in beside if candidate(path) == "terraform" and not (root / path).is_dir())
    return found


def read_here(root: Path, todo: Sequence[Unit], interest: Interest, progress: Callable[[int], None]) -> Iterator[Batch]:
    """Read units in this process and yield what comes out. ``progress`` hears how many files each unit held."""
    reader = Reader(root, interest)
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

    def __init__(self, root: Path, interest: Interest) -> None:
        self._root = root
        self._interest = interest
        self._finder = Finder(interest.words)

    def read(self, batch: Sequence[Unit]) -> Batch:
        """Read the files of some units. Never raises for what a file holds."""
        result = Batch()
        for unit in batch:
            by_language: dict[Language, list[Source]] = defaultdict(list)
            for path in unit:
                self._sort(path, by_language, result)
            for language, sources in sorted(by_language.items()):
                readings = _parser(language).read(sources, self._interest)
                result.readings.extend((path, language, reading) for path, reading in sorted(readings.items()))
        return result

    def _sort(self, path: str, by_language: dict[Language, list[Source]], result: Batch) -> None:
        seen = look(self._root, path)
        if isinstance(seen, Problem):
            language = candidate(path)
            if language in ("terraform", "python"):
                result.readings.append((printable(path), language, Reading(state="unread", problems=(seen,))))
            else:
                result.problems.append(seen)
        elif seen is not None and seen.source is not None:
            by_language[seen.source.language].append(seen.source)
        elif seen is not None and seen.kind is not None:
            result.hits.extend(self._finder.hits(seen.path, seen.kind, seen.data))


def _parser(language: Language) -> Parser:
    parser: Parser = importlib.import_module(f"portability.parsers.{language}")
    return parser
