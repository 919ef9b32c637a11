"""Python: source bytes → usages of cloud SDKs. The code is read, never run or imported.

Import statements, found by bytes, tell which files are read together (:mod:`.grouping`). A file then passes four
stations: its syntax tree (:mod:`.source`), one walk that notes names and calls (:mod:`.survey`), and the question what
those names hold (:mod:`.evaluate`), which may lead to other files (:mod:`.program`). It is asked for every call
(:mod:`.usages`). What a file says besides (its literals, the events that it takes apart) is read by itself
(:mod:`.around`), and so are notebooks and lists of dependencies.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from portability.discovery import Tree
from portability.interest import Interest
from portability.model import Reading, Source
from portability.parsers.python import grouping
from portability.parsers.python.around import apart, is_module
from portability.parsers.python.following import Following
from portability.settings import DEFAULT, Settings

__all__ = ["read", "units"]


def units(paths: Sequence[str], tree: Tree, interest: Interest, settings: Settings) -> list[tuple[str, ...]]:
    """Files that import one another, in parts of bounded size, each with what else it leans on."""
    others = [(path,) for path in paths if not is_module(path)]
    return [*grouping.units([path for path in paths if is_module(path)], tree, interest), *others]


def read(unit: Sequence[Source], interest: Interest, settings: Settings = DEFAULT) -> dict[str, Reading]:
    """Read files that belong together. Never raises for any bytes; what was not read is a problem in a reading."""
    modules = [source for source in unit if is_module(source.path)]
    readings = Following(modules, interest).readings()
    for source in unit:
        if not is_module(source.path):
            readings[source.path] = apart(source, interest, lambda module: _alone(module, interest))
    return readings


def _alone(module: Source, interest: Interest) -> Reading:
    """A notebook's module. What lies beside it is not read along, so nobody knows which packages are the tree's own."""
    reading = Following([module], interest).readings()[module.path]
    known = tuple(usage for usage in reading.usages if usage.namespace != "wrapper")
    return msgspec.structs.replace(reading, usages=known, missing=())
