"""The files of a root by name, and their bytes on demand: what a room looks at to tell which files belong together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from portability.discovery.languages import candidate
from portability.discovery.load import Seen, look
from portability.discovery.paths import is_inside


class Tree:
    """A root, and the files in it that are in scope. Nothing outside the root is ever opened."""

    def __init__(self, root: Path, paths: Iterable[str]) -> None:
        self.root = root
        self.paths = frozenset(paths)

    def read(self, path: str) -> bytes | None:
        """A file's bytes, or None when there is no such file inside the root, or it could not be read."""
        seen = look(self.root, path)
        return seen.data if isinstance(seen, Seen) else None

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

    def of(self, language: str) -> list[str]:
        """The paths in scope whose name promises a language, sorted."""
        return sorted(path for path in self.paths if candidate(path) == language)

    @cached_property
    def _real(self) -> str:
        return os.path.realpath(self.root)
