"""What configuration hands to programs by variables of the environment.

A second look, after everything was judged: only at the variables that may lead somewhere, and only into files that hold
the name of one and what these lean on, so that reading costs no more than before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from importlib import import_module

from portability.discovery import Tree, candidate, look
from portability.model import Handed, Problem, Source

_MOST_FILES = 2_000
"""Files that are looked into. Where more hold the names, the names tell little."""


def handed(tree: Tree, names: Collection[str]) -> list[Handed]:
    """Who hands in which of the variables."""
    if not names:
        return []
    written = b"|".join(re.escape(name.encode("utf-8", "replace")) for name in sorted(names))
    word = re.compile(rb"(?<![A-Za-z0-9_])(?:%b)(?![A-Za-z0-9_])" % written)
    modules: dict[str, list[Source]] = defaultdict(list)
    loose: list[Source] = []
    for path in sorted(tree.paths):
        if candidate(path) != "terraform" and not path.endswith((".yaml", ".yml")):
            continue
        seen = look(tree.root, path)
        if seen is None or isinstance(seen, Problem):
            continue
        if seen.source is not None and seen.source.language == "terraform":
            modules[path.rpartition("/")[0]].append(seen.source)
        elif word.search(seen.data):
            loose.append(Source(path=seen.path, language="kubernetes", data=seen.data))
    naming = [directory for directory, sources in modules.items() if any(word.search(one.data) for one in sources)]
    found: list[Handed] = []
    if loose:
        for source in loose[:_MOST_FILES]:
            found.extend(import_module("portability.parsers.kubernetes.environment").handed(source, names))
    if naming:
        found.extend(import_module("portability.parsers.terraform.environment").handed(modules, naming, names))
    return found
