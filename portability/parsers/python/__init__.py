"""Python: source bytes → usages of cloud SDKs. The code is read, never run or imported.

A file passes four stations: the words of its import statements (:mod:`.words`), its syntax tree (:mod:`.source`), one
walk that notes names and calls (:mod:`.scopes`), and the question what those names hold (:mod:`.evaluate`), asked for
every call (:mod:`.usages`).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from portability.discovery import Tree
from portability.interest import Interest
from portability.model import Problem, Reading, Source, Usage
from portability.parsers.python.constructs import declared
from portability.parsers.python.scopes import survey
from portability.parsers.python.shapes import Shapes, shapes
from portability.parsers.python.source import parse
from portability.parsers.python.strings import Wanted, imports_any, literals
from portability.parsers.python.usages import Collector
from portability.parsers.python.words import words_for
from portability.settings import DEFAULT, Settings

__all__ = ["read", "units"]

_MOCKS = frozenset(
    {"moto", "placebo", "pytest_localstack", "localstack", "localstack_client", "localstack_utils", "botocore.stub"}
    | {"testcontainers.localstack", "testcontainers.azurite", "testcontainers.google", "pytest_moto", "mock_firestore"}
)
"""Stand-ins for a provider: a file that imports one is a test, whatever its name."""
_MANIFESTS = (".txt", ".in", ".toml", ".cfg", "pipfile")
"""Endings of the files that declare dependencies, setup.py left aside."""


def units(paths: Sequence[str], tree: Tree, interest: Interest, settings: Settings) -> list[tuple[str, ...]]:
    """Each file is read by itself."""
    return [(path,) for path in paths]


def read(unit: Sequence[Source], interest: Interest, settings: Settings = DEFAULT) -> dict[str, Reading]:
    """Read each file by itself. Never raises for any bytes; what was not read is a problem in the file's reading."""
    return {source.path: _read(source, interest) for source in unit}


def _read(source: Source, interest: Interest) -> Reading:
    if source.path.endswith(".ipynb"):
        from portability.parsers.python import notebooks  # few runs meet one, and `check` of a module never does

        return notebooks.read(source, lambda module: _read_module(module, interest))
    if source.path.lower().endswith(_MANIFESTS):
        from portability.parsers.python import dependencies

        return dependencies.read(source, interest)
    return _read_module(source, interest)


def _read_module(source: Source, interest: Interest) -> Reading:
    words = words_for(interest)
    imports, quotes = words.may_import(source.data), Wanted.of(interest).may_hold(source.data)
    events = Shapes.of(interest).may_hold(source.data)
    is_setup = source.path.rpartition("/")[2] == "setup.py"
    if not imports and not quotes and not events and not is_setup:
        return Reading()
    parsed = parse(source)
    if parsed.tree is None:
        return Reading(state=parsed.state, problems=parsed.problems)
    name = _module_name(source.path)
    usages: tuple[Usage, ...] = ()
    try:
        if imports:
            module = survey(parsed.tree, name)
            if any(words.is_root(imported.name) for imported in module.imports):
                usages = Collector(source.path, module, parsed.text, interest).usages()
                usages = declared(usages, parsed.tree, parsed.text, interest)
    except RecursionError:
        message = "Definitions refer to each other too deeply to be followed, so this file was given up."
        problem = Problem(path=source.path, line=1, kind="too-deep", message=message)
        return Reading(state="unread", problems=(*parsed.problems, problem))
    if quotes:
        usages += literals(source.path, name, parsed.tree, parsed.text, interest)
    if is_setup:
        from portability.parsers.python import dependencies

        usages += dependencies.declared_in_setup(source.path, parsed.tree, parsed.text, interest)
    if events:
        usages += shapes(source.path, name, parsed.tree, parsed.text, interest)
    if usages and imports_any(parsed.tree, _MOCKS):
        usages = tuple(msgspec.structs.replace(usage, context="test") for usage in usages)
    return Reading(state=parsed.state, usages=usages, problems=parsed.problems)


def _module_name(path: str) -> str:
    """``orders`` for ``app/orders.py``, ``app`` for ``app/__init__.py``."""
    *folders, name = path.split("/")
    stem = name.partition(".")[0]
    return folders[-1] if stem == "__init__" and folders else stem
