"""Which Python files are read together: those that name an SDK, those that reach one by imports, and what they lean on.

A file that calls ``session().client("s3")`` and imports ``session`` names no SDK. Import statements are found by bytes;
nothing is parsed here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache

from portability.discovery import Tree
from portability.interest import Interest
from portability.parsers.python.handles import TELLING
from portability.parsers.python.imports import Bound, Copied, Layout, bound
from portability.parsers.python.operations import all_operations
from portability.parsers.python.program import ALONG
from portability.parsers.python.reach import STAR, Taken, reached, words_of
from portability.parsers.python.words import Words, words_for
from portability.patterns import regex

_UNIT_BYTES = 4_000_000
"""About how much is read and reported together. What belongs together and is larger is read in several parts: each
part reads again what others read too, and no caller in one part hands anything to another."""

_ALONG_BYTES = 4_000_000
_ALONG_FILES = 400
_MOST_STEPS = 600
"""How many files are followed from files that were named by themselves."""

_METHOD = regex(rb"\.([a-z]\w*)\(")
_TEST = regex(r"(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")


class Graph:
    """Files and what they import. ``data`` gives the bytes of a file; none are kept. ``elsewhere`` gives a file of the
    tree that a name may mean which leads to none from where it is said."""

    def __init__(
        self,
        data: Callable[[str], bytes | None],
        layout: Layout,
        words: Words,
        elsewhere: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        self._data = data
        self._layout = layout
        self._words = words
        self._elsewhere = elsewhere
        self.own: dict[str, set[str]] = {}
        """By the files that say so: files of the tree to which names lead that could be packages' as well."""
        self.taken: dict[str, tuple[Taken, ...]] = {}
        self.sizes: dict[str, int] = {}
        self._seeds: dict[str, set[bytes]] = {}

    def follow(self, paths: Iterable[str], most: int | None = None) -> None:
        """Note these files, and what they import as far as it goes, nearest first."""
        todo = list(paths)
        for path in todo:
            if path in self.taken:
                continue
            if most is not None and len(self.taken) >= most:
                break
            data = self._data(path)
            names = bound(data) if data else []
            self.taken[path] = tuple(dict.fromkeys(self._from(path, names)))
            self.sizes[path] = len(data or b"")
            if data and (named := [one for one in names if self._is_seed(path, one.name, data)]):
                self._seeds[path] = words_of(named)
            todo.extend(self.targets(path))

    def targets(self, path: str) -> list[str]:
        """The files that a file imports from, in order."""
        return list(dict.fromkeys(one.path for one in self.taken.get(path, ())))

    def reached(self) -> set[str]:
        """The files that name an SDK, and those that import what is made with one."""
        return reached(self._data, self._seeds, self.taken)

    def _is_seed(self, path: str, name: str, data: bytes) -> bool:
        if self._words.is_seed(name, data):
            return True
        if not self._words.is_wrapper(name):
            return False
        found = self._layout.find(path, name)
        own = found[0] if found is not None else self._elsewhere(name.partition(".")[0])
        if own is not None:
            self.own.setdefault(path, set()).add(own)
        return own is None

    def _from(self, path: str, names: Iterable[Bound]) -> Iterator[Taken]:
        before: str | None = None
        for one in names:
            if one.module != before:
                before, module = one.module, self._led_to(path, one.module)
                if module is not None and one.name != before:  # read, and nothing of it is bound
                    yield Taken(module[0], module[1][0].encode() if module[1] else b"", one.word)
            if one.name == before or module is None or module[0].endswith("__init__.py"):
                found = self._led_to(path, one.name)
            else:
                found = module[0], (*module[1], one.name[len(before) :].lstrip("."))
            if found is not None:
                yield Taken(found[0], found[1][0].encode() if found[1] else STAR, one.word)
        if _TEST.search(path):
            yield from (Taken(fixtures, STAR, STAR) for fixtures in self._layout.fixtures(path))

    def _led_to(self, path: str, name: str) -> tuple[str, tuple[str, ...]] | None:
        """The file that a name leads to, other than the one that says it, and what of the name lies inside it."""
        found = self._layout.find(path, name) if name else None
        if found is None and (several := self._layout.several(path, name)):
            self.own.setdefault(path, set()).update(several)
        return None if found is None or found[0] == path else found


def units(paths: Sequence[str], tree: Tree, interest: Interest) -> list[tuple[str, ...]]:
    """Group paths; a path that begins with ``./`` is read along and not reported."""
    words = words_for(interest)
    listed: dict[str, frozenset[str]] = {}

    folders: dict[str, frozenset[str]] = {}

    def has(path: str) -> bool:
        folder = path.rpartition("/")[0]
        if folder not in listed:
            listed[folder] = frozenset(tree.beside(folder)) if has_folder(folder) else frozenset()
        return path in listed[folder]

    def has_folder(path: str) -> bool:
        above, _, name = path.rpartition("/")
        if not path:
            return True
        if above not in folders:
            folders[above] = frozenset(tree.folders(above)) if has_folder(above) else frozenset()
        return name in folders[above]

    @cache
    def everywhere() -> list[str]:
        return tree.everywhere((".py",))

    @cache
    def elsewhere() -> dict[str, str]:
        return {part: path for path in reversed(everywhere()) for part in path.removesuffix(".py").split("/")}

    copied = cache(lambda: Copied(everywhere()))
    layout = Layout(has, has_folder, words.is_foreign, words.yields, copied)
    graph = Graph(tree.read, layout, words, lambda name: elsewhere().get(name))
    graph.follow(paths, None if len(paths) > _MOST_STEPS else _MOST_STEPS)
    reaching = graph.reached()
    asked = set(paths)
    receiving = _receiving(graph, reaching, asked, tree)
    together = sorted((asked & reaching) | receiving)
    alone = [[path] for path in paths if path not in reaching and path not in receiving]
    parts = [(part, _along(part, graph, reaching)) for part in _parts(together, graph)]
    return [
        (*part, *(ALONG + path for path in dict.fromkeys((*along, *_own(part, graph)))))
        for part, along in (*((path, []) for path in alone), *parts)
    ]


def _own(part: Collection[str], graph: Graph) -> list[str]:
    """Files without which what these import would look like a package's."""
    return sorted({file for path in part for file in graph.own.get(path, ())}.difference(part))


def _receiving(graph: Graph, reaching: set[str], asked: set[str], tree: Tree) -> set[str]:
    """Files that only receive clients: imported by one that reaches an SDK, and calling what clients are called for."""
    candidates = {target for path in reaching for target in graph.targets(path)} & asked - reaching
    return {path for path in candidates if _calls_operations(tree.read(path) or b"")}


def _calls_operations(data: bytes) -> bool:
    known = all_operations()
    called = {found.decode("ascii", "ignore") for found in _METHOD.findall(data)}
    return not (called.isdisjoint(known) and called.isdisjoint(TELLING))


def _parts(paths: Sequence[str], graph: Graph) -> Iterator[list[str]]:
    """Files that are connected by imports, in parts of bounded size."""
    for connected in _connected(paths, graph):
        part: list[str] = []
        total = 0
        for path in connected:
            if part and total + graph.sizes.get(path, 0) > _UNIT_BYTES:
                yield part
                part, total = [], 0
            part.append(path)
            total += graph.sizes.get(path, 0)
        yield part


def _connected(paths: Sequence[str], graph: Graph) -> list[list[str]]:
    leader = {path: path for path in paths}

    def find(path: str) -> str:
        while leader[path] != path:
            leader[path] = leader[leader[path]]
            path = leader[path]
        return path

    for path in paths:
        for target in graph.targets(path):
            if target in leader:
                one, other = sorted((find(path), find(target)))
                leader[other] = one
    groups: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        groups[find(path)].append(path)
    return list(groups.values())


def _along(part: Sequence[str], graph: Graph, reaching: Collection[str]) -> list[str]:
    """What these files import, and what that imports where an SDK may come of it, nearest first up to a bound."""
    inside = set(part)
    found: dict[str, None] = {}
    total = 0
    todo = list(part)
    for path in todo:
        for target in graph.targets(path):
            total += graph.sizes.get(target, 0) if target not in found else 0
            if len(found) >= _ALONG_FILES or total > _ALONG_BYTES:
                return list(found)
            if target not in inside and target not in found:
                found[target] = None
                if target in reaching or target.endswith("__init__.py"):
                    todo.append(target)
    return list(found)
