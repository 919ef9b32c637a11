"""What annotations promise: ``S3Client``, ``"mypy_boto3_s3.S3Client"``, ``dict[str, BlobServiceClient]``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from portability.parsers.python import aws
from portability.parsers.python.held import (
    NOTHING,
    Class,
    Gathered,
    Held,
    Imported,
    Object,
    doubted,
    is_named,
    join,
    names_service,
    tells,
)
from portability.parsers.python.scopes import Scope, Site
from portability.patterns import regex

if TYPE_CHECKING:
    from portability.parsers.python.evaluate import Evaluator

_MOST_PROMISED = 12
_ENUMERATIONS = frozenset({"Enum", "StrEnum", "IntEnum"})

_WRAPPERS = frozenset(
    {"Optional", "Union", "Annotated", "ClassVar", "Final", "Required", "NotRequired"}
    | {"Iterator", "Generator", "AsyncIterator", "AsyncGenerator", "Awaitable"}
    | {"ContextManager", "AbstractContextManager", "AsyncContextManager", "AbstractAsyncContextManager"}
)
"""Annotations that say something about the type in their brackets, and leave it what it is."""

_MAPPINGS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict"})

_COLLECTIONS = _MAPPINGS | frozenset(
    {"list", "List", "tuple", "Tuple", "set", "Set", "frozenset", "FrozenSet", "deque", "Deque"}
    | {"Sequence", "MutableSequence", "Iterable", "Collection"}
)

_DOTTED = regex(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


class Annotations:
    """Asks an evaluator what the names in annotations mean."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def promised(self, node: ast.expr, site: Site) -> tuple[Held, ...]:
        """What an annotation promises; empty when it names nothing that matters here."""
        found: list[tuple[Held, ...]] = []
        todo = [node]
        while todo and len(found) < _MOST_PROMISED:
            part = todo.pop()
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                found.extend(self._objects(self._dotted(name, site)) for name in _DOTTED.findall(part.value[:500]))
            elif isinstance(part, ast.BinOp):
                todo += [part.left, part.right]
            elif isinstance(part, ast.Call):
                found.append(self._evaluator.calls.injected(part, site))
            elif isinstance(part, ast.Subscript):
                name = getattr(part.value, "attr", None) or getattr(part.value, "id", "")
                inside = part.slice.elts[:3] if isinstance(part.slice, ast.Tuple) else [part.slice]
                if name in _WRAPPERS:
                    todo += inside
                elif name in _COLLECTIONS and (of := inside[name in _MAPPINGS and len(inside) > 1]):
                    found.append((Gathered(of, site, promised=True),) if self.promised(of, site) else ())
                elif name not in _COLLECTIONS:
                    todo.append(part.value)  # a class that says what it holds: ``func.Out[str]``
            elif isinstance(part, ast.Name | ast.Attribute):
                found.append(self._objects(self._evaluator.hold(part, site)))
        return join(*found)

    def narrowed(self, found: tuple[Held, ...], annotation: ast.expr, site: Site) -> tuple[Held, ...]:
        """What is held, or what its annotation promises, where that says more. Of two promises the nearer one counts:
        ``store: S3Store = self._store``."""
        supposed = all(isinstance(held, Object) and not held.sure for held in found)
        if not supposed and tells(found) and any(map(is_named, found)):
            return found
        promised = self.promised(annotation, site)
        says_more = supposed or not tells(found) or any(map(names_service, promised))
        return promised if promised and says_more else found

    def _dotted(self, name: str, site: Site) -> tuple[Held, ...]:
        root, *rest = name.split(".")
        found = self._evaluator.name(root, site)
        if found == NOTHING and rest:
            return (Imported(name),)
        for part in rest:
            found = join(*(self._evaluator.member(held, part) for held in found))
        return found

    def _objects(self, possible: tuple[Held, ...]) -> tuple[Held, ...]:
        """Objects of the classes that an annotation names."""
        found: list[Held] = []
        for held in possible:
            if isinstance(held, Imported) and (instance := aws.instance_of(held.name)):
                found.append(doubted(instance))
            elif isinstance(held, Class) and not _is_enumeration(held.scope):  # a member of that is a value
                found.append(Object(held.scope, sure=False))
        return tuple(found)


def _is_enumeration(scope: Scope) -> bool:
    return any((getattr(base, "attr", None) or getattr(base, "id", "")) in _ENUMERATIONS for base in scope.bases)
