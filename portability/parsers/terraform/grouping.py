"""Which directories are read together: those that lead to each other by calls of local modules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from itertools import accumulate
from typing import Final

from portability.discovery import Tree, candidate
from portability.discovery.languages import LANGUAGES
from portability.parsers.terraform.backends import is_partial
from portability.parsers.terraform.companions import companions, reached
from portability.parsers.terraform.names import DEFAULT_NAME
from portability.parsers.terraform.sources import INSTALLED, Sources, is_foreign
from portability.patterns import regex
from portability.settings import Settings

MAX_FILES: Final = 3_000
"""More files than this are not read together; then each directory is read by itself."""

_DECLARING: Final = (".tf", ".tofu", ".tf.json", ".tofu.json")
_ENDINGS: Final = (*_DECLARING, ".hcl", ".tfbackend", ".backend", ".tfstate")
_MAYBE: Final = (*(ending for ending, language in LANGUAGES.items() if language == "terraform"), ".json")
_SOURCE = regex(
    rb'source(?<=\bsource)"?\s*[=:]\s*"(?:([^"$\n?]{1,400})(?:\?[^"\n]*)?"'
    rb'|\$\{[^\n]{1,800}?[?:] *"(\.\.?/[^"$\n]{1,400})")'
)
"""A source, or the first local one of several between which a condition decides."""
_NAMED = regex(rb'([\w./-]*/[\w.-]+|[\w-]+\.hcl)/*(?:\?[^"\n]*)?"|find_in_parent_folders\(\s*\)')
"""What a file of Terragrunt may include, read or run: the end of a path, or the default."""


def is_values(path: str) -> bool:
    """Whether a file sets variables and declares nothing."""
    return path.endswith((".tfvars", ".tfvars.json"))


def declares_nothing(path: str) -> bool:
    """Whether a file holds attributes only: values of variables, or what completes a backend."""
    return is_values(path) or is_partial(path)


def units(paths: Sequence[str], tree: Tree, settings: Settings) -> list[tuple[str, ...]]:
    """Group files by directory, and directories by the calls between them, wherever in the root these stand.

    Paths of no language come with the configurations that read them.
    """
    loose = {path for path in paths if candidate(path) != "terraform" and not tree.is_outcome(path)}
    directories: dict[str, set[str]] = {}
    for path in set(paths) - loose:
        directories.setdefault(_directory(path), set()).add(path)
    # Where no file is asked for that a configuration only reads, nobody asks who else reads it.
    edges = _Edges(tree, {*tree.everywhere(_ENDINGS), *paths} - loose, settings, readers=tree.whole or bool(loose))
    for directory, taken in edges.along.items():
        if not taken.isdisjoint(loose):
            directories.setdefault(directory, set())
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for directory in sorted(directories):
        if directory in seen:
            continue
        group = edges.connected(directory)
        seen |= group
        files = {one: directories.get(one, set()) | set(_beside(one, tree)) for one in sorted(group)}
        whole = sorted({path for one in group for path in files[one] | edges.along.get(one, set())})
        if len(whole) > MAX_FILES:
            found.extend(tuple(sorted(files[one])) for one in files if one in directories)
        else:
            found.append(tuple(whole))
    return found


class _Edges:
    """What binds directories to each other: calls of modules, what completes a backend and, with ``readers``, files
    that several read.

    Callers may stand anywhere in the root, so all of it is looked through. ``along`` are files that come with a
    directory, once it is among the ``connected``: those that it reads at a run, and modules from elsewhere.
    """

    def __init__(self, tree: Tree, paths: Set[str], settings: Settings, *, readers: bool) -> None:
        self.along: dict[str, set[str]] = defaultdict(set)
        self._neighbours: dict[str, set[str]] = defaultdict(set)
        self._unasked: set[str] = set()
        self._tree = tree
        self._links: set[str] = set()
        called: dict[str, set[str]] = defaultdict(set)
        declaring = {path for path in paths if path.endswith(_DECLARING)}
        others = {path for path in paths - declaring if not is_values(path)}
        below = {path for path in others if is_partial(path) or path.endswith(".tfstate")}
        looked_at = declaring | others - below
        named: dict[str, set[str]] = {}
        for path, data in tree.each(sorted(looked_at)):
            if data and path.endswith(".hcl"):
                names = ((found[1] or DEFAULT_NAME.encode()).decode() for found in _NAMED.finditer(data))
                named[path] = {name.replace("//", "/").lstrip("./") for name in names}
            if data and data.count(b"source") != data.count(b"resource"):  # else none stands by itself
                called[_directory(path)].update(_sources(data))
            if data and readers:
                directory = _directory(path)
                self.along[directory].update(companions(directory, reached(data), tree))
        if not readers:
            self._unasked = looked_at
        modules = set(map(_directory, declaring))
        for directory in map(_directory, below):
            self._join(directory, nearest(directory, modules))
        for path in named:
            self._bind_named(path, named, modules)
        if readers:
            self._bind_readers()
        far = {one for one, sources in called.items() if any(source.count("/") > 1 for source in sources)}
        manifests = {one: found for one in far if (found := tree.read(_manifest_of(one))) is not None}
        self._lead = Sources(settings.modules, settings.also, manifests, self._real)
        for directory, sources in called.items():
            self._follow(directory, sources)
        for directory in manifests:
            self.along[directory].add(_manifest_of(directory))

    def connected(self, directory: str) -> set[str]:
        """The directories that must be read together with one."""
        group, todo = {directory}, [directory]
        while todo:
            for other in self._neighbours.get(todo.pop(), ()):
                if other not in group:
                    group.add(other)
                    todo.append(other)
        for one in group:
            for path in self._unasked and self._unasked.intersection(_beside(one, self._tree)):
                self.along[one].update(companions(one, reached(self._tree.read(path) or b""), self._tree))
        return group

    def _join(self, one: str, other: str | None) -> None:
        if other is not None:
            self._neighbours[one].add(other)
            self._neighbours[other].add(one)

    def _bind_named(self, path: str, named: Mapping[str, Set[str]], modules: Set[str]) -> None:
        """Bind what a file of Terragrunt includes, reads or runs, wherever above it that lies; what is included looks
        for files from there too. ``named`` are ends of paths by file."""
        directory = _directory(path)
        folders = ["", *accumulate(directory.split("/"), "{}/{}".format)]
        todo, seen = list(named[path]), {path}
        for name in todo:  # it grows
            for folder in folders:
                found = f"{folder}/{name}" if folder else name
                if found in modules:
                    self._join(directory, found)
                elif found in named and found not in seen:
                    seen.add(found)
                    self._join(directory, _directory(found))
                    todo += named[found] - set(todo)

    def _bind_readers(self) -> None:
        """Bind the directories that read the same file."""
        first: dict[str, str] = {}
        for directory, taken in self.along.items():
            for path in taken:
                self._join(directory, first.setdefault(path, directory))

    def _real(self, directory: str) -> str | None:
        if (real := self._tree.real(directory)) != directory:
            self._links.add(directory)
        return real

    def _follow(self, directory: str, sources: Set[str]) -> None:
        """Bind what a directory calls, and take modules from elsewhere along with all that they call."""
        seen: set[str] = set()
        self._links.clear()
        todo = [(directory, sources)]
        while todo and len(seen) < MAX_FILES:
            caller, sources = todo.pop()
            targets = {self._lead.target(caller, source) for source in sources} - {None} - seen
            for target in sorted(one for one in targets if one is not None):
                seen.add(target)
                if is_foreign(target):
                    files = _beside(target, self._tree)
                    self.along[directory].update(files)
                    todo.append((target, {one for path in files for one in _sources(self._tree.read(path) or b"")}))
                elif caller == directory:
                    self._join(directory, target)
        self.along[directory].update(f"{link}/" for link in self._links)


def _sources(data: bytes) -> list[str]:
    return [(found[1] or found[2]).decode("utf-8", "replace") for found in _SOURCE.finditer(data)]


def _manifest_of(directory: str) -> str:
    """The path of what says which modules were installed for a directory."""
    return f"{directory}/{INSTALLED}" if directory else INSTALLED


def nearest(directory: str, modules: Collection[str]) -> str | None:
    """The directory, or the nearest above, that is a module: what completes its backend, and what it came to, may
    stand below it."""
    while directory not in modules:
        if not directory:
            return None
        directory = _directory(directory)
    return directory


def _beside(directory: str, tree: Tree) -> list[str]:
    # The ending first: of most other files nobody needs to know what they are.
    beside = (path for path in tree.beside(directory) if path.endswith(_MAYBE))
    return [path for path in beside if candidate(path) == "terraform" or tree.is_outcome(path)]


def _directory(path: str) -> str:
    return path.rpartition("/")[0]
