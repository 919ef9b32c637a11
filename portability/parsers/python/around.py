"""What a Python file says besides its clients: literals, events, declared dependencies, and that it is a test.

All of it is in the one file, so nothing is followed here. Notebooks and dependency files come in here too, which are
no modules.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from portability.interest import Interest
from portability.model import Reading, Source, Usage
from portability.parsers.python.shapes import Shapes, shapes
from portability.parsers.python.source import parse
from portability.parsers.python.strings import Wanted, imports_any, literals

_MANIFESTS = (".txt", ".in", ".toml", ".cfg", "pipfile")
"""Endings of the files that declare dependencies, setup.py left aside."""
_MOCKS = frozenset(
    {"moto", "placebo", "pytest_localstack", "localstack", "localstack_client", "localstack_utils", "botocore.stub"}
    | {"testcontainers.localstack", "testcontainers.azurite", "testcontainers.google", "pytest_moto", "mock_firestore"}
)
"""Stand-ins for a provider: a file that imports one is a test, whatever its name."""
_MOCK_WORDS = tuple(sorted({name.partition(".")[0].encode() for name in _MOCKS} - {b"botocore"} | {b"botocore.stub"}))


def is_module(path: str) -> bool:
    """Whether a path of this language is a module, and no notebook or list of dependencies."""
    return not path.lower().endswith((".ipynb", *_MANIFESTS))


def apart(source: Source, interest: Interest, clients: Callable[[Source], Reading]) -> Reading:
    """What came of a file that is no module. ``clients`` reads a module by itself."""
    if source.path.lower().endswith(".ipynb"):
        from portability.parsers.python import notebooks  # a run that meets none does not pay for it

        return notebooks.read(source, lambda module: with_rest(module, clients(module), interest))
    from portability.parsers.python import dependencies

    return dependencies.read(source, interest)


def with_rest(source: Source, reading: Reading, interest: Interest) -> Reading:
    """The reading of a module's clients, with everything else that the module says."""
    quotes, events = Wanted.of(interest).may_hold(source.data), Shapes.of(interest).may_hold(source.data)
    is_setup = source.path.rpartition("/")[2] == "setup.py"
    may_mock = any(word in source.data for word in _MOCK_WORDS)
    if reading.state == "unread" or not (quotes or events or is_setup or (may_mock and reading.usages)):
        return reading
    parsed = parse(source)
    if parsed.tree is None:
        return msgspec.structs.replace(reading, state=parsed.state, problems=parsed.problems)
    found: tuple[Usage, ...] = ()
    name = _module_name(source.path)
    if quotes:
        found += literals(source.path, name, parsed.tree, parsed.text, interest)
    if events:
        found += shapes(source.path, name, parsed.tree, parsed.text, interest)
    if is_setup:
        from portability.parsers.python import dependencies

        found += dependencies.declared_in_setup(source.path, parsed.tree, parsed.text, interest)
    usages = (*reading.usages, *found)
    if usages and may_mock and imports_any(parsed.text, _MOCKS):
        usages = tuple(msgspec.structs.replace(usage, context="test") for usage in usages)
    problems = reading.problems or parsed.problems
    return msgspec.structs.replace(reading, state=parsed.state, usages=usages, problems=problems)


def _module_name(path: str) -> str:
    """``orders`` for ``app/orders.py``, ``app`` for ``app/__init__.py``."""
    *folders, name = path.split("/")
    stem = name.partition(".")[0]
    return folders[-1] if stem == "__init__" and folders else stem
