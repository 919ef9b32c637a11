"""The files of a root by name, and their bytes on demand: what a room looks at to tell which files belong together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from portability.discovery.load import read
from portability.discovery.paths import Straight, is_inside
from portability.discovery.walk import discover
from portability.model import Problem


class Tree:
    """A root, and the files in it that are in scope. Nothing outside the root is ever opened."""

    def __init__(self, root: Path, paths: Iterable[str], *, whole: bool = True, include_skipped: bool = False) -> None:
        self.root = root
        self.paths = frozenset(paths)
        self._whole = whole
        self._include_skipped = include_skipped

    def read(self, path: str) -> bytes | None:
        """A file's bytes, or None when there is no such file inside the root, or it could not be read."""
        data = read(self._real, path, straight=self._is_straight(path.rpartition("/")[0]))
        if isinstance(data, Problem):  # it may be a link that stays inside
            data = read(self._real, path)
        return data if isinstance(data, bytes) else None

    def beside(self, directory: str) -> list[str]:
        """Paths of the regular files in a directory of the root (``""`` is the root), in scope or not, sorted."""
        if not is_inside(os.path.realpath(self.root / directory), self._real):
            return []
        try:
            with os.scandir(self.root / directory) as entries:
                names = sorted(entry.name for entry in entries if os.path.isfile(entry.path))
        except OSError:
            return []
        return [f"{directory}/{name}" if directory else name for name in names]

    def folders(self, directory: str) -> list[str]:
        """Names of the directories in a directory of the root (``""`` is the root), in scope or not, sorted."""
        if not is_inside(os.path.realpath(self.root / directory), self._real):
            return []
        try:
            with os.scandir(self.root / directory) as entries:
                return sorted(entry.name for entry in entries if entry.is_dir())
        except OSError:
            return []

    def everywhere(self, endings: tuple[str, ...]) -> list[str]:
        """The paths of the whole root with one of these endings, also when less of it is in scope, sorted.

        Outside the scope they are not looked at: ``read`` gives None for one that leads out, or is gone.
        """
        if self._whole:
            return sorted(path for path in self.paths if path.endswith(endings))
        found = discover(self.root, include_skipped=self._include_skipped, endings=endings)
        return [path for path, _ in found.files if path.endswith(endings)]

    @cached_property
    def _is_straight(self) -> Straight:
        return Straight(self._real)

    @cached_property
    def _real(self) -> str:
        return os.path.realpath(self.root)
