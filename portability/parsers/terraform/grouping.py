"""Which directories are read together: those that lead to each other by calls of local modules."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence, Set
from typing import Final

from portability.discovery import Tree, candidate
from portability.parsers.terraform.backends import is_partial
from portability.parsers.terraform.companions import companions, reached
from portability.parsers.terraform.sources import INSTALLED, Sources, is_foreign
from portability.settings import Settings

MAX_FILES: Final = 3_000
"""More files than this are not read together; then each directory is read by itself."""

_DECLARING: Final = (".tf", ".tofu", ".tf.json", ".tofu.json")
_ENDINGS: Final = (*_DECLARING, ".hcl", ".tfbackend", ".backend", ".tfstate")
_SOURCE = re.compile(rb'\bsource"?\s*[=:]\s*"([^"$\n]{1,400})"')


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
    everywhere = {*tree.everywhere(_ENDINGS), *paths} - loose
    sources = Sources(settings.modules, settings.also, _manifests(tree, everywhere))
    neighbours, along = _neighbours(tree, everywhere, sources)
    for directory, taken in along.items():
        if not taken.isdisjoint(loose):
            directories.setdefault(directory, set())
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for directory in sorted(directories):
        if directory in seen:
            continue
        group = _connected(directory, neighbours)
        seen |= group
        files = {one: directories.get(one, set()) | set(_beside(one, tree)) for one in sorted(group)}
        whole = sorted({path for one in group for path in files[one] | along.get(one, set())})
        if len(whole) > MAX_FILES:
            found.extend(tuple(sorted(files[one])) for one in files if one in directories)
        else:
            found.append(tuple(whole))
    return found


def manifest_of(directory: str) -> str:
    """The path of what says which modules were installed for a directory."""
    return f"{directory}/{INSTALLED}" if directory else INSTALLED


def _manifests(tree: Tree, paths: Set[str]) -> dict[str, bytes]:
    found = ((one, tree.read(manifest_of(one))) for one in {_directory(path) for path in paths})
    return {directory: data for directory, data in found if data is not None}


def _neighbours(tree: Tree, paths: Set[str], sources: Sources) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Directory → those that it calls, that call it, or that read the same files, wherever in the root they stand; and
    directory → files that come along: those that it reads at a run, and foreign modules."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    along: dict[str, set[str]] = defaultdict(set)
    readers: dict[str, str] = {}
    foreign: dict[str, set[str]] = defaultdict(set)
    known = {_directory(path) for path in paths if path.endswith(_DECLARING)}
    for path in sorted(paths):
        directory = _directory(path)
        targets: list[str | None] = []
        if is_partial(path) or path.endswith(".tfstate"):
            targets.append(nearest(directory, known))
        elif not is_values(path):
            data = tree.read(path) or b""
            along[directory].update(companions(directory, reached(data), tree))
            targets += _targets(directory, data, sources)
        for target in targets:
            if target is not None and is_foreign(target):
                foreign[directory].add(target)
            elif target is not None:
                neighbours[directory].add(target)
                neighbours[target].add(directory)
    for directory, taken in along.items():
        for path in taken:
            first = readers.setdefault(path, directory)
            neighbours[first].add(directory)
            neighbours[directory].add(first)
    for directory, called in foreign.items():
        along[directory].update(_foreign(called, tree, sources), [manifest_of(directory)])
    return neighbours, along


def _targets(directory: str, data: bytes, sources: Sources) -> Iterator[str | None]:
    for found in _SOURCE.findall(data):
        source = found.decode("utf-8", "replace")
        if sources.leads_far or source.startswith("."):
            yield sources.target(directory, source)


def _foreign(directories: Set[str], tree: Tree, sources: Sources) -> Set[str]:
    """The files of foreign modules, and of those that they call."""
    seen, todo = set(directories), sorted(directories)
    files: set[str] = set()
    while todo and len(files) < MAX_FILES:
        directory = todo.pop()
        for path in _beside(directory, tree):
            files.add(path)
            more = {one for one in _targets(directory, tree.read(path) or b"", sources) if one is not None}
            todo += sorted(one for one in more - seen if is_foreign(one))
            seen |= more
    return files


def nearest(directory: str, modules: Collection[str]) -> str | None:
    """The directory, or the nearest above, that is a module: what completes its backend, and what it came to, may
    stand below it."""
    while directory not in modules:
        if not directory:
            return None
        directory = _directory(directory)
    return directory


def _connected(directory: str, neighbours: dict[str, set[str]]) -> set[str]:
    group, todo = {directory}, [directory]
    while todo:
        for other in neighbours.get(todo.pop(), ()):
            if other not in group:
                group.add(other)
                todo.append(other)
    return group


def _beside(directory: str, tree: Tree) -> list[str]:
    return [path for path in tree.beside(directory) if candidate(path) == "terraform" or tree.is_outcome(path)]


def _directory(path: str) -> str:
    return path.rpartition("/")[0]
