"""What a name can hold, as far as this parser tells things apart."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from portability.model import UNKNOWN

if TYPE_CHECKING:
    import ast

    from portability.parsers.python.scopes import Scope, Site


class Opaque(msgspec.Struct, frozen=True):
    """Anything else."""


class Constant(msgspec.Struct, frozen=True):
    """A literal string, number, truth value or None."""

    value: Any


class Environment(msgspec.Struct, frozen=True):
    """The value of an environment variable."""

    name: str


class Template(msgspec.Struct, frozen=True):
    """A text of which some is known, with ``HOLE`` for the rest: ``{}-orders``."""

    text: str


class Imported(msgspec.Struct, frozen=True):
    """Something by its dotted real name: ``boto3.client``, ``azure.cosmos.CosmosClient``. Leading dots: relative.

    ``origin`` is the importing file where a longer name may still lead to a file of the tree (``import app.aws``).
    """

    name: str
    origin: str = ""


class Local(msgspec.Struct, frozen=True):
    """A module of the scanned tree, by its path."""

    path: str


class Session(msgspec.Struct, frozen=True):
    """A session of boto3, botocore, aioboto3 or aiobotocore: makes clients. ``places``: its region as written."""

    sure: bool = True
    places: tuple[str, ...] = ()


class Client(msgspec.Struct, frozen=True):
    """An AWS client. ``service`` is None when only a run could tell; ``endpoint`` is None when none is given."""

    service: str | Parameter | None
    endpoint: Any = None
    sure: bool = True
    places: tuple[str, ...] = ()


class Resource(msgspec.Struct, frozen=True):
    """A boto3 resource object: ``kind`` is its class (``""``: the service resource, ``Bucket``, ``Table``).

    ``listed`` marks a collection whose request is counted already: ``bucket.objects.all().limit(3)`` is one use.
    ``name`` is what it was made for: ``Bucket("uploads")``.
    """

    service: str | Parameter | None
    kind: str = ""
    endpoint: Any = None
    sure: bool = True
    listed: bool = False
    places: tuple[str, ...] = ()
    name: Constant | Environment | Template | None = None


class Waiting(msgspec.Struct, frozen=True):
    """A paginator or waiter. ``origin`` is the call that made it, of which it does the work."""

    client: Client
    symbol: str
    origin: ast.Call

    @property
    def sure(self) -> bool:
        """Whether nothing else is possible."""
        return self.client.sure


class Instance(msgspec.Struct, frozen=True):
    """An object of an imported class that is not boto3's, by the class's dotted name. ``api``: who names the API of an
    object of Google's discovery client. ``own``: the class of the tree that inherits it."""

    name: str
    sure: bool = True
    api: Parameter | None = None
    own: Scope | None = None


class Member(msgspec.Struct, frozen=True):
    """``owner.name``, not called yet. Of an :class:`Instance` the name may be dotted: ``models.generate_content``."""

    owner: Session | Client | Resource | Waiting | Instance | Display | Gathered
    name: str


class Function(msgspec.Struct, frozen=True):
    """A function, method or lambda of the tree. ``heir``: what it is asked of, where the class
    that has it does not tell all about it."""

    scope: Scope
    bound: bool = False
    heir: Object | None = None


class Class(msgspec.Struct, frozen=True):
    """A class of the tree; ``above``: only what it inherits, as ``super()`` has it."""

    scope: Scope
    above: bool = False


class Object(msgspec.Struct, frozen=True):
    """An instance of a class of the tree; ``above``: only what it inherits, as ``super()`` has it. ``made``: the call
    that made it, and where, if it names a service."""

    scope: Scope
    sure: bool = True
    above: bool = False
    made: tuple[ast.Call, Site] | None = None


class Parameter(msgspec.Struct, frozen=True):
    """What a caller hands in."""

    scope: Scope
    name: str


class Display(msgspec.Struct, frozen=True):
    """A list, tuple, set or dict as written, and where its names are looked up."""

    node: ast.List | ast.Tuple | ast.Set | ast.Dict
    site: Site


class Gathered(msgspec.Struct, frozen=True):
    """What a comprehension gathers: each value is this expression, whatever its key. ``promised``: the collection is
    known from an annotation, and the expression is the type of its values."""

    node: ast.expr
    site: Site
    promised: bool = False


class View(msgspec.Struct, frozen=True):
    """What is iterated over beside a collection itself: ``mapping.items()``, ``mapping.values()``, ``enumerate(x)``."""

    of: Display | Gathered
    what: str


class Partial(msgspec.Struct, frozen=True):
    """``functools.partial(function, …)``: a call of ``function`` that still gains arguments."""

    function: Held
    call: ast.Call
    site: Site


class Closure(msgspec.Struct, frozen=True):
    """A function that a call of the function around it gave, whose parameters it goes on to see."""

    function: Function
    around: Function
    call: ast.Call
    site: Site


Held: TypeAlias = (
    Opaque
    | Constant
    | Environment
    | Template
    | Imported
    | Local
    | Session
    | Client
    | Resource
    | Waiting
    | Instance
    | Member
    | Function
    | Class
    | Object
    | Parameter
    | Display
    | Gathered
    | View
    | Partial
    | Closure
)

OPAQUE = Opaque()
_NONE = Constant(None)
NOTHING: tuple[Held, ...] = (OPAQUE,)

_MOST = 12
"""No name is followed into more possibilities than this."""


def doubted(held: Held) -> Held:
    """The same thing, known from an annotation or a default only."""
    if isinstance(held, Session | Client | Resource | Instance | Object):
        return msgspec.structs.replace(held, sure=False)
    if isinstance(held, Waiting):
        return msgspec.structs.replace(held, client=msgspec.structs.replace(held.client, sure=False))
    return held


def join(*many: tuple[Held, ...]) -> tuple[Held, ...]:
    """Everything that may be held, once each. ``None`` says nothing about the other possibilities and is left out."""
    if len(many) == 1 and len(many[0]) < 2:
        return many[0]
    found = dict.fromkeys(chain.from_iterable(many))
    if len(found) > 1:
        found.pop(_NONE, None)
    kept = tuple(found)
    return kept if len(kept) <= _MOST else (*kept[:_MOST], OPAQUE)


def named(possible: tuple[Held, ...]) -> Constant | Environment | Template | None:
    """The one literal, template or variable of the environment that it must be."""
    return possible[0] if len(possible) == 1 and isinstance(possible[0], Constant | Environment | Template) else None


def literal(possible: tuple[Held, ...]) -> Any:
    """The one literal that it must be, or ``UNKNOWN``."""
    if len(possible) == 1 and isinstance(possible[0], Constant):
        return possible[0].value
    return UNKNOWN


def names_service(held: Held) -> bool:
    """Whether something is a client or a resource of a service that is known."""
    return isinstance(held, Client | Resource) and isinstance(held.service, str)


def is_named(held: Held) -> bool:
    """Whether something is known, and no client of a service that nobody knows."""
    return not isinstance(held, Client | Resource | Opaque | Parameter) or names_service(held)


def tells(possible: tuple[Held, ...]) -> bool:
    """Whether anything is known besides ``None``."""
    return any(not isinstance(held, Opaque | Parameter) and held != _NONE for held in possible)
