"""Which objects of Flux and Argo CD deploy what was found. In audits of a whole tree alone: they may stand anywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from posixpath import dirname, join

from msgspec.structs import replace

from portability.model import MAX_RELATED, Location, Pointer, Usage
from portability.names.globs import wildcard


def deployed(paths: Collection[str], usages: Sequence[Usage], pointers: Sequence[Pointer]) -> list[Usage]:
    """The uses in manifests and charts, with the objects that deploy them as ``related`` besides the overlays."""
    if not pointers:
        return list(usages)
    pointing = _Pointing(paths, pointers)
    return [_with(usage, pointing) if usage.language == "kubernetes" else usage for usage in usages]


def _with(usage: Usage, pointing: _Pointing) -> Usage:
    if usage.active == "no":
        return usage
    found = {*usage.related, *pointing.at(usage.location.path, is_overlay=False)}
    for place in usage.related:
        found.update(pointing.at(place.path, is_overlay=True))
    found -= {place for place in found if place.path == usage.location.path}
    return replace(usage, related=tuple(sorted(found))[:MAX_RELATED]) if found != set(usage.related) else usage


class _Pointing:
    """The objects of a tree that point at folders in it."""

    def __init__(self, paths: Collection[str], pointers: Sequence[Pointer]) -> None:
        from portability.parsers.kubernetes.kustomize import NAMES  # only a tree with manifests pays for the room

        self._paths = paths
        self._whole = ("Chart.yaml", *NAMES)
        """What makes the folders below a folder part of it."""
        self._to: dict[str, list[Pointer]] = defaultdict(list)
        for pointer in pointers:
            self._to[pointer.folder].append(pointer)
        self._open = [folder for folder in self._to if "*" in folder]
        self._known: dict[tuple[str, bool], list[Location]] = {}

    def at(self, path: str, *, is_overlay: bool) -> list[Location]:
        """The objects that deploy a file. An overlay is deployed only by what points at its own folder."""
        folder = dirname(path)
        key = (folder, is_overlay)
        if key not in self._known:
            found = self._at(folder) if is_overlay else (*self._at(folder), *self._above(folder))
            self._known[key] = [one.location for one in found]
        return self._known[key]

    def _at(self, folder: str) -> Iterator[Pointer]:
        yield from self._to.get(folder, ())
        for pattern in self._open:
            if pattern != folder and pattern.count("/") == folder.count("/") and wildcard(pattern).fits(folder):
                yield from self._to[pattern]

    def _above(self, folder: str) -> Iterator[Pointer]:
        while folder:
            folder = dirname(folder)
            is_whole = any(join(folder, name) in self._paths for name in self._whole)
            yield from (pointer for pointer in self._at(folder) if pointer.is_deep or is_whole)
