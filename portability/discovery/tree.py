"""The files of a root by name, and their bytes on demand: what a room looks at to tell which files belong together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from portability.discovery.languages import candidate, is_binary, language_of
from portability.discovery.load import placed, read, small
from portability.discovery.paths import Straight, is_inside, real_folder
from portability.discovery.walk import named
from portability.model import Problem


class Tree:
    """A root, and the files in it that are in scope. Nothing outside is ever opened, but for folders that whoever runs
    the tool named: what lies in one goes by ``../NAME/…``."""

    def __init__(
        self,
        root: Path,
        paths: Iterable[str],
        *,
        whole: bool = True,
        include_skipped: bool = False,
        also: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.root = root
        self.paths = frozenset(paths)
        self.whole = whole
        self._include_skipped = include_skipped
        self._also = also

    def read(self, path: str) -> bytes | None:
        """A file's bytes, or None when there is no such file inside the root, or it could not be read."""
        if self._is_straight(path.rpartition("/")[0]):
            data = read(self._real, path, straight=True)
            if not isinstance(data, Problem):
                return data
        # It may be a link that stays inside, or lie in a folder that was named beside the root.
        data = read(*placed(self._real, path, self._also))
        return data if isinstance(data, bytes) else None

    def each(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Many files and what ``read`` gives of them, in less time where those of a folder follow each other."""
        real, folder, straight = self._real, "", True
        for path in paths:
            if (above := path.rpartition("/")[0]) != folder:
                folder, straight = above, self._is_straight(above)
            data = small(f"{real}/{path}") if straight else None
            yield path, self.read(path) if data is None else data

    def is_file(self, path: str) -> bool:
        """Whether a path is a file inside the root that can be read, in scope or not."""
        return path in self.paths or (not self.whole and self.read(path) is not None)

    def is_loose(self, path: str) -> bool:
        """Whether a file is text that no parser reads by itself: a script, a policy, a template, prose."""
        if candidate(path) not in (None, "kubernetes"):
            return False
        data = self.read(path)
        return data is not None and language_of(path, data) is None and not is_binary(data)

    def is_outcome(self, path: str) -> bool:
        """Whether a file whose name says nothing is a plan or a state of Terraform."""
        if not path.endswith(".json") or candidate(path) != "kubernetes":
            return False
        data = self.read(path)
        return data is not None and language_of(path, data) == "terraform"

    def beside(self, directory: str) -> list[str]:
        """Paths of the regular files in a directory of the root (``""`` is the root), in scope or not, sorted."""
        names = sorted(entry.name for entry in self._entries(directory) if _is(entry.is_file))
        return [f"{directory}/{name}" if directory else name for name in names]

    def real(self, directory: str) -> str | None:
        """Where a directory of the root lies once links are followed; None where that is no directory of the root."""
        return directory if self._is_straight(directory) else real_folder(self._real, directory)

    def folders(self, directory: str) -> list[str]:
        """Names of the directories in a directory of the root (``""`` is the root), in scope or not, sorted."""
        return sorted(entry.name for entry in self._entries(directory) if _is(entry.is_dir))

    def _entries(self, directory: str) -> list[os.DirEntry[str]]:
        root, inner = placed(self._real, directory, self._also)
        place = os.path.join(root, inner)
        if not self._is_straight(directory):
            place = os.path.realpath(place)
            if not is_inside(place, root):
                return []
        try:
            with os.scandir(place) as entries:
                return list(entries)
        except OSError:
            return []

    def everywhere(self, endings: tuple[str, ...]) -> list[str]:
        """The paths of the whole root with one of these endings, also when less of it is in scope, sorted.

        Outside the scope they are not looked at: ``read`` gives None for one that leads out, or is gone.
        """
        if self.whole:
            return sorted(path for path in self.paths if path.endswith(endings))
        return named(self.root, endings, include_skipped=self._include_skipped)

    @cached_property
    def _is_straight(self) -> Straight:
        return Straight(self._real)

    @cached_property
    def _real(self) -> str:
        return os.path.realpath(self.root)


def _is(asked: Callable[[], bool]) -> bool:
    try:
        return asked()
    except OSError:  # links in a circle
        return False
