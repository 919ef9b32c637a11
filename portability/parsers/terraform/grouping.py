"""Which directories are read together: those that lead to each other by calls of local modules."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence, Set
from typing import Final

from portability.discovery import Tree, candidate
from portability.parsers.terraform.backends import is_partial
from portability.parsers.terraform.configuration import called_directory

MAX_FILES: Final = 3_000
"""More files than this are not read together; then each directory is read by itself."""

_ENDINGS: Final = (".tf", ".tofu", ".tf.json", ".tofu.json", ".hcl", ".tfbackend", ".backend")
_SOURCE = re.compile(rb'\bsource"?\s*[=:]\s*"(\.{1,2}/[^"$\n]{0,400})"')


def is_values(path: str) -> bool:
    """Whether a file sets variables and declares nothing."""
    return path.endswith((".tfvars", ".tfvars.json"))


def declares_nothing(path: str) -> bool:
    """Whether a file holds attributes only: values of variables, or what completes a backend."""
    return is_values(path) or is_partial(path)


def units(paths: Sequence[str], tree: Tree) -> list[tuple[str, ...]]:
    """Group files by directory, and directories by the calls between them, wherever in the root these stand."""
    directories: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        directories[_directory(path)].add(path)
    everywhere = {*tree.everywhere(_ENDINGS), *paths}
    neighbours = _neighbours(tree, everywhere)
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for directory in sorted(directories):
        if directory in seen:
            continue
        group = _connected(directory, neighbours)
        seen |= group
        files = {one: directories[one] | set(_beside(one, tree)) for one in sorted(group)}
        if sum(map(len, files.values())) > MAX_FILES:
            found.extend(tuple(sorted(files[one])) for one in files if one in directories)
        else:
            found.append(tuple(sorted(path for inside in files.values() for path in inside)))
    return found


def _neighbours(tree: Tree, paths: Set[str]) -> dict[str, set[str]]:
    """Directory → those that it calls, and those that call it: callers may stand anywhere in the root."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    known = {_directory(path) for path in paths}
    for path in sorted(paths):
        directory = _directory(path)
        targets: list[str | None] = []
        if is_partial(path):
            targets.append(_configured_above(directory, known))
        elif not is_values(path):
            sources = _SOURCE.findall(tree.read(path) or b"")
            targets += [called_directory(directory, source.decode("utf-8", "replace")) for source in sources]
        for target in targets:
            if target is not None:
                neighbours[directory].add(target)
                neighbours[target].add(directory)
    return neighbours


def _configured_above(directory: str, directories: Set[str]) -> str | None:
    """The nearest directory above that may be a module; files that complete its backend may stand below it."""
    while directory:
        directory = _directory(directory)
        if directory in directories:
            return directory
    return None


def _connected(directory: str, neighbours: dict[str, set[str]]) -> set[str]:
    group, todo = {directory}, [directory]
    while todo:
        for other in neighbours.get(todo.pop(), ()):
            if other not in group:
                group.add(other)
                todo.append(other)
    return group


def _beside(directory: str, tree: Tree) -> list[str]:
    return [path for path in tree.beside(directory) if candidate(path) == "terraform"]


def _directory(path: str) -> str:
    return path.rpartition("/")[0]
