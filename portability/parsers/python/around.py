"""What a Python file says besides its clients: literals, events, declared dependencies, and that it is a test.

All of it is in the one file, so nothing is followed here. Notebooks and dependency files come in here too, which are
no modules.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

import msgspec

from portability.interest import Interest
from portability.model import Reading, Source, Usage
from portability.names.contexts import STAND_INS
from portability.parsers.python import settings_names
from portability.parsers.python.imports import any_of, imported
from portability.parsers.python.literals import Wanted, literals, words_in_quotes
from portability.parsers.python.scopes import module_name
from portability.parsers.python.shapes import Shapes, shapes
from portability.parsers.python.source import Parsed

_MANIFESTS = (".txt", ".in", ".toml", ".cfg", "pipfile")
"""Endings of the files that declare dependencies, setup.py left aside."""
_MOCK_WORDS = tuple(
    sorted({name.partition(".")[0].encode() for name in STAND_INS} - {b"botocore"} | {b"botocore.stub"})
)


def is_module(path: str) -> bool:
    """Whether a path of this language is a module, and no notebook or list of dependencies."""
    return not path.lower().endswith((".ipynb", *_MANIFESTS))


def apart(source: Source, interest: Interest, clients: Callable[[Source], Reading]) -> Reading:
    """What came of a file that is no module. ``clients`` reads a module by itself."""
    if source.path.lower().endswith(".ipynb"):
        from portability.parsers.python import notebooks  # a run that meets none does not pay for it

        return notebooks.read(source, clients)
    from portability.parsers.python import dependencies

    return dependencies.read(source, interest)


def says_more(source: Source, interest: Interest) -> bool:
    """Whether a module may say something besides its clients, so that ``said`` is worth its syntax tree. Cheap."""
    return any(_more(source, interest))


def said(source: Source, parsed: Parsed, interest: Interest) -> tuple[Usage, ...]:
    """Everything else that a module says: literals, events, what it declares."""
    if parsed.tree is None:
        return ()
    found: tuple[Usage, ...] = ()
    name = module_name(source.path)
    quotes, events, makes_objects, is_setup = _more(source, interest)
    if quotes:
        found += literals(source.path, name, parsed.tree, parsed.text, interest)
    if events:
        found += shapes(source.path, name, parsed.tree, parsed.text, interest)
    if makes_objects:
        from portability.parsers.python import kubernetes

        for node, made in kubernetes.objects(source.path, parsed.tree, parsed.text, interest):
            # Its texts are read as those of a manifest, and by that only.
            found = tuple(usage for usage in found if not _is_within(usage, node)) + tuple(made)
    if is_setup:
        from portability.parsers.python import dependencies

        found += dependencies.declared_in_setup(source.path, parsed.tree, parsed.text, interest)
    return found


def marked(usages: tuple[Usage, ...], text: bytes) -> tuple[Usage, ...]:
    """The usages of a module, as a test's where it imports a stand-in for a provider."""
    if usages and any(word in text for word in _MOCK_WORDS) and any_of(STAND_INS, imported(text)):
        return tuple(msgspec.structs.replace(usage, context="test") for usage in usages)
    return usages


def _is_within(usage: Usage, node: ast.expr) -> bool:
    return node.lineno <= usage.location.line <= (node.end_lineno or node.lineno) and usage.namespace != "command"


def _more(source: Source, interest: Interest) -> tuple[bool, bool, bool, bool]:
    """Whether literals, events, objects of Kubernetes and a declaration of dependencies may be in a module."""
    data, quoted = source.data, words_in_quotes(source.data)
    literal, events = Wanted.of(interest).may_hold(data, quoted), Shapes.of(interest).may_hold(data, quoted)
    literal = literal or settings_names.may_hold(source.path, data)
    objects = interest.names.get("kubernetes") is not None and _may_make_objects(data)
    return literal, events, objects, source.path.rpartition("/")[2] == "setup.py"


def _may_make_objects(data: bytes) -> bool:
    """Whether a module may write manifests, or objects of Kubernetes by a client's classes. Cheap, and never wrong
    when it says no."""
    return (b"apiVersion" in data and b"kind" in data) or (
        b"kubernetes" in data and (b"V1" in data or b"PodOperator" in data)
    )
