"""Which files are read together: kustomizations and what they lead to, templates of charts and their values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from posixpath import basename, dirname, join, normpath
from typing import Final

from portability.discovery import Tree, candidate, language_of, read_place
from portability.parsers.kubernetes.charts import CHART, chart_of, files_of, folders_of, topmost, vendored
from portability.parsers.kubernetes.gitops import words_of
from portability.parsers.kubernetes.kustomize import NAMES
from portability.patterns import regex

MAX_FILES: Final = 3_000
"""More files than this are not read together; then each is read by itself."""

_YAML: Final = (".yaml", ".yml")
_WORD = regex(r"[^\s\"'=,\[\]{}#]+")


def units(paths: Sequence[str], tree: Tree, *, whole_charts: bool = False) -> list[tuple[str, ...]]:
    """Group files, with those that nobody asked for but one of a group leans on. Paths of no language, as a
    kustomization may read them, stand in no group of their own."""
    wanted = sorted(set(paths))
    edges = _Edges(tree, wanted) if wanted else None
    if edges is not None and whole_charts:
        edges.bind_charts()
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    asked_for = set(wanted)
    for path in wanted:
        group = edges.connected(path) if edges is not None and path not in seen else set()
        seen |= group
        if 1 < len(group) <= MAX_FILES:
            found.append(tuple(sorted(group)))
        else:
            found.extend((one,) for one in sorted(group & asked_for) if candidate(one) == "kubernetes")
    return found


class _Edges:
    """What binds files to each other, both ways."""

    def __init__(self, tree: Tree, wanted: Sequence[str]) -> None:
        self._tree, self._wanted = tree, wanted
        self._paths = paths = {*tree.everywhere(NAMES), *wanted}
        self._bound: dict[str, set[str]] = defaultdict(set)
        self._is_file = lru_cache(maxsize=None)(lambda path: path in paths or tree.is_file(path))
        self._layers = {dirname(path): path for path in sorted(paths) if basename(path) in NAMES}
        for path in sorted(self._layers.values()):
            for other in self._named_in(path):
                self._bind(path, other)
        for path, other in self._values_named():
            self._bind(path, other)
        for path in wanted:
            for folder in folders_of(path, self._is_file):
                for other in files_of(folder, self._is_file):
                    self._bind(path, other)
            if basename(path) == CHART:
                for other in vendored(dirname(path), tree):
                    self._bind(path, other)

    def bind_charts(self) -> None:
        """Bind all files of a chart to it, as whoever renders it needs them."""
        every = [path for path in self._tree.everywhere(("",)) if candidate(path) in (None, "kubernetes")]
        for folder in topmost(every):
            within = f"{folder}/" if folder else ""
            for path in every:
                if path.startswith(within):
                    self._bind(within + CHART, path)

    def connected(self, path: str) -> set[str]:
        """The path, and all that is bound to it by however many steps."""
        group: set[str] = set()
        todo = [path]
        while todo:
            one = todo.pop()
            if one not in group:
                group.add(one)
                todo.extend(self._bound.get(one, ()))
        return group

    def _bind(self, one: str, other: str) -> None:
        self._bound[one].add(other)
        self._bound[other].add(one)

    def _values_named(self) -> Iterator[tuple[str, str]]:
        """Files by which a file of values is one that nothing else tells, and that file."""
        tree, some = self._tree, self._wanted
        if not tree.whole:
            # Which file names it, and whether one does, is asked only for what else nobody reads.
            some = tree.everywhere(_YAML) if any(map(tree.is_loose, self._wanted)) else []
        named = (
            (path, other)
            for path, data in tree.each(one for one in some if one.endswith(_YAML))
            for other in words_of(path, data or b"", self._is_file)
        )
        within = ((chart_of(path, self._is_file), path) for path in self._wanted if path.endswith(_YAML))
        loose: dict[str, bool] = {}
        for path, other in chain(named, within):
            if path is not None and other not in loose:
                loose[other] = read_place(other) is None and language_of(other, tree.read(other) or b"") is None
            if path is not None and loose[other]:
                yield path, other

    def _named_in(self, path: str) -> Iterator[str]:
        """Files that the words of a kustomization lead to. Words that mean something else lead to none, mostly."""
        directory = dirname(path)
        data = self._tree.read(path) or b""
        for word in dict.fromkeys(_WORD.findall(data.decode("utf-8", "replace"))):
            if word.endswith(":") or word == "-":
                continue  # A key, or the next of a list.
            place = normpath(join(directory, word)) if "\0" not in word else ".."
            place = "" if place == "." else place
            if place.startswith(("..", "/")):
                continue
            if place in self._layers:
                yield self._layers[place]
            elif "." in word and candidate(place) in (None, "kubernetes") and self._is_file(place):
                yield place
