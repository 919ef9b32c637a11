"""Which directories are read together: those that lead to each other by calls of local modules."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
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
    neighbours = _neighbours(tree, _everything(directories, tree))
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


def _everything(directories: Iterable[str], tree: Tree) -> list[str]:
    """Every directory of the root that holds Terraform: callers may stand anywhere."""
    return sorted({*directories, *(_directory(path) for path in tree.everywhere(_ENDINGS))})


def _neighbours(tree: Tree, directories: Sequence[str]) -> dict[str, set[str]]:
    neighbours: dict[str, set[str]] = defaultdict(set)
    known = frozenset(directories)
    for directory in directories:
        for path in _beside(directory, tree):
            if is_partial(path) and (above := _configured_above(directory, known)) is not None:
                neighbours[directory].add(above)
                neighbours[above].add(directory)
            if declares_nothing(path):
                continue
            for source in _SOURCE.findall(tree.read(path) or b""):
                target = called_directory(directory, source.decode("utf-8", "replace"))
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
