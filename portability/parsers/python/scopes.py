"""Scopes, the names that are bound in them, and where names are looked up."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import msgspec

How = Literal[
    "value", "annotated", "parameter", "receiver", "element", "item", "entered", "import", "function", "class", "opaque"
]
"""How a name gets what it holds: the expression's value, its annotation, one of its elements, what ``with`` enters…"""


CONSTRUCTED: Final = "__init__()"
"""The name under which a method binds each call of a constructor from above: ``super().__init__("ssm")``."""


MOST_BINDINGS: Final = 12
"""No name is looked for in more of the places where it is bound than this."""


class Block:
    """A suite of statements. What is bound in a suite that encloses a read was bound before it, come what may."""

    __slots__ = ("parent",)

    def __init__(self, parent: Block | None = None) -> None:
        self.parent = parent

    def encloses(self, other: Block) -> bool:
        """Whether the other is this suite or lies in it."""
        block: Block | None = other
        while block is not None:
            if block is self:
                return True
            block = block.parent
        return False


class Site:
    """Where names are looked up: a scope, the suite within it, and the statement's place in the file."""

    __slots__ = ("block", "order", "scope")

    def __init__(self, scope: Scope, block: Block, order: int) -> None:
        self.scope = scope
        self.block = block
        self.order = order


class Binding(msgspec.Struct, eq=False):
    """One way in which a name comes to hold something. ``name`` is the dotted name of an import.

    ``index`` is the element of what is bound that the name gets, as in ``for name, client in clients.items()``.
    """

    how: How
    site: Site
    node: ast.expr | None = None
    annotation: ast.expr | None = None
    index: int | str | None = None
    name: str = ""
    scope: Scope | None = None


def order_of(binding: Binding) -> int:
    """Where in the file the binding happens."""
    return binding.site.order


def module_name(path: str) -> str:
    """``orders`` for ``app/orders.py``, ``app`` for ``app/__init__.py``."""
    *folders, name = path.split("/")
    stem = name.partition(".")[0]
    return folders[-1] if stem == "__init__" and folders else stem


class Scope(msgspec.Struct, eq=False):
    """A module, class, function, lambda or comprehension, and the names that are bound in it.

    ``attributes`` holds what methods assign to ``self.x``; a name of the form ``x[key]`` is what is stored in ``x``
    under a literal key, ``x[*]`` under any other, and ``x.y`` what is put into an attribute of it. ``results`` are the
    expressions that a function returns or yields.
    ``path`` is the file; ``stars`` are the modules of which everything is imported,
    and ``inner`` is where the bodies of its lambdas and comprehensions look names up.
    """

    kind: Literal["module", "class", "function", "comprehension"]
    name: str
    parent: Scope | None = None
    names: dict[str, list[Binding]] = {}
    attributes: dict[str, list[Binding]] = {}
    elsewhere: dict[str, Scope] = {}
    results: list[tuple[ast.expr, Site]] = []
    bases: Sequence[ast.expr] = ()
    parameters: list[str] = []
    returns: ast.expr | None = None
    site: Site | None = None
    receiver: str = ""
    decorators: frozenset[str] = frozenset()
    path: str = ""
    stars: list[str] = []
    inner: dict[ast.expr, Site] = {}

    @property
    def home(self) -> Scope:
        """The scope to which ``yield`` and ``:=`` in a comprehension belong."""
        scope = self
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def qualified_name(self) -> str:
        """``orders.Store.put``"""
        names: list[str] = []
        scope: Scope | None = self
        while scope is not None:
            if scope.kind != "comprehension":
                names.append(scope.name)
            scope = scope.parent
        return ".".join(reversed(names))

    @property
    def is_property(self) -> bool:
        """Whether naming the function calls it."""
        return not _PROPERTIES.isdisjoint(self.decorators)

    def owning(self, name: str) -> Scope:
        """The scope in which a name is bound that is said here: this one where no other is known by now."""
        if name in self.elsewhere:
            return self.elsewhere[name]
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and (scope.kind != "class" or scope is self):
                return scope
            scope = scope.parent
        return self

    def bind(self, name: str, binding: Binding) -> None:
        """Add a way in which the name is bound, in the scope that ``global`` or ``nonlocal`` sends it to."""
        self.elsewhere.get(name, self).names.setdefault(name, []).append(binding)


class Import(NamedTuple):
    """One alias of an import statement, with the dotted name that it stands for."""

    name: str
    node: ast.alias
    site: Site


class Module(NamedTuple):
    """What one pass found."""

    scope: Scope
    imports: list[Import]
    calls: list[tuple[ast.Call, Site]]
    scopes: list[Scope]
    parts: frozenset[str]
    """What is assigned to, of what names hold: ``x[key]``, ``x.y``."""

    def let_go(self) -> None:
        """Forget what is bound. Scopes and what is bound in them hold each other, and with them the syntax tree, until
        somebody looks for garbage; taking them apart costs a tenth of that."""
        for scope in self.scopes:
            for held in (scope.names, scope.attributes, scope.elsewhere, scope.results, scope.inner):
                if held:
                    held.clear()


_PROPERTIES = frozenset({"property", "cached_property", "classproperty", "cachedproperty"})
