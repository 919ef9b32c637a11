"""What configuration hands to programs by variables of the environment.

A second look, after everything was judged: only at the variables that findings name, and only into files that hold one
of those names, so that reading costs no more than before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection

from portability.discovery import Tree, candidate, look
from portability.model import Handed, Problem, Source
from portability.parsers.kubernetes import environment as yaml_files
from portability.parsers.terraform import environment as terraform

_MOST_FILES = 2_000
"""Files that are looked into. Where more hold the names, the names tell little."""


def handed(tree: Tree, names: Collection[str]) -> list[Handed]:
    """Who hands in which of the variables, in the order of the paths."""
    if not names:
        return []
    word = re.compile(
        rb"(?<![A-Za-z0-9_])(?:%b)(?![A-Za-z0-9_])" % b"|".join(re.escape(n.encode()) for n in sorted(names))
    )
    modules: dict[str, list[Source]] = defaultdict(list)
    found: list[Handed] = []
    looked = 0
    for path in sorted(tree.paths):
        kind = candidate(path)
        if not (kind == "terraform" or path.endswith((".yaml", ".yml"))):
            continue
        seen = look(tree.root, path)
        if seen is None or isinstance(seen, Problem):
            continue
        if kind == "terraform" and seen.source is not None:
            modules[path.rpartition("/")[0]].append(seen.source)
        elif word.search(seen.data) and (looked := looked + 1) <= _MOST_FILES:
            found.extend(yaml_files.handed(seen.path, seen.data, names))
    for directory, sources in sorted(modules.items()):
        if any(word.search(source.data) for source in sources) and (looked := looked + len(sources)) <= _MOST_FILES:
            found.extend(terraform.handed(directory, sources, names))
    return found
