"""Which objects of Flux and Argo CD deploy what was found.

A second look, in audits of a whole tree alone: such an object may stand anywhere, and only those that point at a folder
in which something was found are of interest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from posixpath import dirname
from typing import TYPE_CHECKING

from msgspec.structs import replace

from portability.discovery import Tree
from portability.model import MAX_RELATED, Location, Source, Usage
from portability.names.globs import wildcard

if TYPE_CHECKING:
    from portability.parsers.kubernetes.gitops import Pointer

_YAML = (".yaml", ".yml")


def deployed(tree: Tree, usages: Sequence[Usage]) -> list[Usage]:
    """The uses in manifests and charts, with the objects that deploy them as ``related`` besides the overlays. Where
    less than the whole tree is in scope they stay as they are."""
    if not tree.whole or not any(usage.language == "kubernetes" for usage in usages):
        return list(usages)
    pointing = _Pointing(tree)
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

    def __init__(self, tree: Tree) -> None:
        from portability.parsers.kubernetes.kustomize import NAMES  # only a tree with manifests pays for the room

        self._tree = tree
        self._whole = ("Chart.yaml", *NAMES)
        """What makes the folders below a folder part of it."""
        self._pointers = list(self._read())
        self._known: dict[tuple[str, bool], list[Location]] = {}

    def at(self, path: str, *, is_overlay: bool) -> list[Location]:
        """The objects that deploy a file. An overlay is deployed only by what points at its own folder."""
        folder = dirname(path)
        key = (folder, is_overlay)
        if key not in self._known:
            self._known[key] = [one.location for one in self._pointers if self._leads(one, folder, is_overlay)]
        return self._known[key]

    def _leads(self, pointer: Pointer, folder: str, is_overlay: bool) -> bool:
        if _is(pointer.folder, folder):
            return True
        if is_overlay:
            return False
        above = folder
        while above:
            above = dirname(above)
            if _is(pointer.folder, above):
                return pointer.is_deep or any(
                    (f"{above}/{name}" if above else name) in self._tree.paths for name in self._whole
                )
        return False

    def _read(self) -> Iterator[Pointer]:
        from portability.parsers.kubernetes.gitops import may_deploy, pointers
        from portability.parsers.kubernetes.kustomize import Documents

        for path, data in self._tree.each(sorted(one for one in self._tree.paths if one.endswith(_YAML))):
            if data is not None and may_deploy(data):
                source = Source(path=path, language="kubernetes", data=data)
                yield from pointers(path, Documents({path: source}))


def _is(pattern: str, folder: str) -> bool:
    return wildcard(pattern).fits(folder) and pattern.count("/") == folder.count("/")
