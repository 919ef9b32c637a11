"""What a call gives: of the SDKs, of what the standard library hands on, of functions and classes of the tree."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import msgspec

from portability.parsers.python import aws
from portability.parsers.python.handles import (
    builds,
    built,
    gives_own,
    handed_out,
    is_built,
    is_request,
    made_by,
    made_by_class,
)
from portability.parsers.python.held import (
    NOTHING,
    Class,
    Client,
    Closure,
    Constant,
    Display,
    Environment,
    Function,
    Gathered,
    Held,
    Imported,
    Instance,
    Member,
    Object,
    Parameter,
    Partial,
    Resource,
    Session,
    Template,
    View,
    doubted,
    join,
    literal,
)
from portability.parsers.python.operations import operations
from portability.parsers.python.scopes import Scope, Site
from portability.patterns import regex

if TYPE_CHECKING:
    from portability.parsers.python.evaluate import Evaluator

_HANDING_ON = {
    "contextlib.closing": 0, "contextlib.aclosing": 0, "copy.copy": 0, "copy.deepcopy": 0, "typing.cast": 1,
    "functools.lru_cache": 0, "functools.cache": 0, "asgiref.sync.sync_to_async": 0,
}  # fmt: skip
"""Functions that give back an argument, and which."""

_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault", "decouple.config"})
"""Functions that look a variable of the environment up by their first argument."""

IMPORTING = frozenset({"importlib.import_module", "pytest.importorskip"})
"""Functions that import the module that their first argument names."""

_RUNNING = frozenset({"asyncio.to_thread", "anyio.to_thread.run_sync"})
"""Functions that call their first argument with the others."""

_INJECTING = frozenset({"Depends", "Security", "Provide", "Inject"})
"""Markers of frameworks that call a function and hand in what it gives."""

_FIELDS = frozenset(
    {"dataclasses.field", "attr.ib", "attrs.field", "attr.field", "pydantic.Field", "pydantic.PrivateAttr"}
)


_ELSEWHERE = {"openai.OpenAI": "openai.AzureOpenAI", "openai.AsyncOpenAI": "openai.AsyncAzureOpenAI"}
"""Clients that take any address, and what they are where it is Azure's."""
_AT_AZURE = regex(r"\.(?:openai|cognitiveservices)\.azure\.(?:com|us)\b|\.services\.ai\.azure\.com\b")


class Calls:
    """Asks an evaluator what functions and arguments hold."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def made(self, held: Held, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """What calling ``held`` gives."""
        match held:
            case Imported():
                return self._made_by_import(held.name, call, site)
            case Member(owner=Session() | Client() | Resource()):
                return self._evaluator.sdk.made_by_member(held, call, site)
            case Member(owner=Instance() as instance) if is_built(instance.name):
                if is_request(held.name, bool(call.keywords)):
                    return NOTHING
                return (msgspec.structs.replace(instance, name=f"{instance.name}.{held.name}"),)
            case Member(owner=Instance(own=Scope() as own) as instance) if gives_own(instance.name, held.name):
                return (Object(own),)
            case Member(owner=Instance() as instance):
                made_class = handed_out(instance.name, held.name)
                return NOTHING if made_class is None else (Instance(made_class, instance.sure, own=instance.own),)
            case Member(owner=Display() | Gathered()):
                return self._evaluator.displays.looked_up(held, call, site)
            case Function() | Closure():
                return self._given(held, call, site)
            case Class():
                return (Object(held.scope, made=(call, site) if _names_service(call) else None),)
            case Object():
                methods = self._evaluator.classes.attribute(held, "__call__")
                return (
                    join(
                        *(
                            self._evaluator.functions.called(it, call, site)
                            for it in methods
                            if isinstance(it, Function)
                        )
                    )
                    or NOTHING
                )
            case Partial():
                return self.made(held.function, _gaining(held.call, call), held.site)
        return NOTHING

    def _given(self, held: Function | Closure, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """What a function of the tree gives; a closure with the arguments of the call that made it."""
        functions = self._evaluator.functions
        if isinstance(held, Closure):
            return functions.closed(held, functions.called(held.function, call, site))
        return functions.called(held, call, site)

    def _made_by_import(self, name: str, call: ast.Call, site: Site) -> tuple[Held, ...]:
        if made := self._evaluator.sdk.made_by_name(name, call, site):
            return made
        if name in _HANDING_ON and len(call.args) > _HANDING_ON[name]:
            return self._evaluator.hold(call.args[_HANDING_ON[name]], site)
        if name in _ENVIRONMENT and call.args:
            key = literal(self._evaluator.hold(call.args[0], site))
            return (Environment(key),) if isinstance(key, str) else NOTHING
        if module := self.module_of(name, call, site):
            return self._evaluator.imported(module, site.scope.path)
        if name in _RUNNING and call.args:
            later = ast.Call(call.func, call.args[1:], call.keywords)
            return join(*(self.made(held, later, site) for held in self._evaluator.hold(call.args[0], site))) or NOTHING
        if name == "functools.partial" and call.args:
            later = ast.Call(call.func, call.args[1:], call.keywords)
            return tuple(Partial(held, later, site) for held in self._evaluator.hold(call.args[0], site))
        if name.startswith("builtins."):
            return self._built_in(name, call, site)
        if name in _FIELDS:
            return self._default_of_field(call, site)
        if name.rpartition(".")[2] in _INJECTING:
            return self.injected(call, site)
        if builds(name):
            return self.discovered(call, site)
        known = made_by(name) or constructor_class(name) or self._sent_elsewhere(name, call, site)
        if not known and (own := made_by_class(name)):
            return (Instance(own, sure=False),) if aws.instance_of(own) is not None else NOTHING
        instance = aws.instance_of(known or name)
        return (instance,) if instance is not None else NOTHING

    def _sent_elsewhere(self, name: str, call: ast.Call, site: Site) -> str:
        """The class that a client is in effect whose address is a provider's; empty for any other."""
        node = self._evaluator.argument(call, "base_url") if name in _ELSEWHERE else None
        for held in self._evaluator.hold(node, site) if node is not None else ():
            text = held.text if isinstance(held, Template) else held.value if isinstance(held, Constant) else ""
            if isinstance(text, str) and _AT_AZURE.search(text):
                return _ELSEWHERE[name]
        return ""

    def _built_in(self, name: str, call: ast.Call, site: Site) -> tuple[Held, ...]:
        if name == "builtins.super":
            scope: Scope | None = site.scope
            while scope is not None and scope.kind != "class":
                scope = scope.parent
            return NOTHING if scope is None else (Object(scope, above=True),)
        first = self._evaluator.hold(call.args[0], site) if call.args else NOTHING
        if name == "builtins.getattr" and len(call.args) > 1:
            names = self._evaluator.hold(call.args[1], site)
            return join(*(self._attribute(held, name) for name in names for held in first)) or NOTHING
        if name == "builtins.enumerate":
            return tuple(View(held, "enumerate") for held in first if isinstance(held, Display | Gathered)) or NOTHING
        if name == "builtins.next":
            return join(*(self._evaluator.iterated(held, None) for held in first)) or NOTHING
        if name in ("builtins.list", "builtins.tuple", "builtins.sorted", "builtins.iter", "builtins.reversed"):
            return first
        return NOTHING

    def _attribute(self, held: Held, name: Held) -> tuple[Held, ...]:
        """``getattr(client, operation)``: which operation that is, only a run may tell."""
        if isinstance(name, Constant):
            return self._evaluator.member(held, name.value) if isinstance(name.value, str) else NOTHING
        if isinstance(held, Client) or (isinstance(held, Instance) and is_built(held.name)):
            return (Member(held, aws.BY_NAME),)
        return NOTHING

    def module_of(self, name: str, call: ast.Call, site: Site) -> str:
        """The module that ``import_module("azure.functions")`` imports; empty for other calls."""
        if name not in IMPORTING or not call.args:
            return ""
        module = literal(self._evaluator.hold(call.args[0], site))
        return module if isinstance(module, str) and module[:1].isalpha() else ""

    def discovered(self, call: ast.Call, site: Site) -> tuple[Instance, ...]:
        """``build("drive", "v3")``: an object for each API that it may be."""
        node = self._evaluator.argument(call, "serviceName", 0)
        possible = self._evaluator.hold(node, site) if node is not None else NOTHING
        found = []
        for held in self._evaluator.in_code(possible):
            api = held.value if isinstance(held, Constant) else None
            who = held if isinstance(held, Parameter) else None
            found.append(Instance(built(api), len(possible) == 1, who))
        return tuple(found)

    def injected(self, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """``Depends(get_client)``: what the function gives that a framework will call; empty for other calls."""
        names = {
            held.name.rpartition(".")[2] for held in self._evaluator.hold(call.func, site) if isinstance(held, Imported)
        }
        if names.isdisjoint(_INJECTING) or not call.args:
            return ()
        given = self._evaluator.hold(call.args[0], site)
        made = join(*(self.made(held, ast.Call(call.func, [], []), site) for held in given))
        return tuple(map(doubted, made))

    def _default_of_field(self, call: ast.Call, site: Site) -> tuple[Held, ...]:
        """``field(default_factory=lambda: boto3.client("s3"))``"""
        for name in ("default_factory", "factory"):
            if (factory := self._evaluator.argument(call, name)) is not None:
                bare = ast.Call(factory, [], [])
                return join(*(self.made(held, bare, site) for held in self._evaluator.hold(factory, site))) or NOTHING
        default = self._evaluator.argument(call, "default")
        return self._evaluator.hold(default, site) if default is not None else ()


def constructor_class(name: str) -> str:
    """The class that ``package.Class.from_connection_string`` makes an object of, else ``""``."""
    owner, _, method = name.rpartition(".")
    return owner if method.startswith("from_") and aws.is_class(owner) else ""


def _names_service(call: ast.Call) -> bool:
    """Whether an argument is the name of a service, as ``Store("s3")`` has it."""
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    written = (it.value for it in given if isinstance(it, ast.Constant) and isinstance(it.value, str))
    return any(operations(value) is not None for value in written)


def _gaining(partial: ast.Call, call: ast.Call) -> ast.Call:
    """The call that a partial call becomes with more arguments."""
    return ast.Call(call.func, [*partial.args, *call.args], [*call.keywords, *partial.keywords])
