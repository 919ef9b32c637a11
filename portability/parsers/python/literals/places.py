"""Where literals stand: the walk to each that code hands on, and what its place says of it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from portability.parsers.python import command_lines
from portability.patterns import regex

_SETTING: Final = regex(r"[A-Z][A-Z0-9_]*")
_LOOKING_UP: Final = regex(
    r"(?:get|set|del)env|config|env"
    r"|(?:get|read|load|fetch|require|must_get|set)_?(?:os_)?env(?:iron(?:ment)?)?(?:_?(?:var(?:iable)?|value|setting|or_\w+))?"
)
"""Functions that take the name of a variable first: ``getenv``, ``get_env_variable``, ``require_env``."""
_SAID_AS: Final = frozenset({"env", "envvar", "validation_alias", "alias"})
"""Arguments that name a variable; of calls that make a field or an option."""
_SET_IN: Final = frozenset({"env", "environ", "environment", "env_vars", "environment_variables"})
"""What is given a dict of variables."""
_TALK: Final = frozenset(
    {"print", "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "echo", "secho", "help"}
)
"""What says something to a person."""
_PROSE: Final = frozenset(
    {"help", "description", "epilog", "doc", "message", "help_text", "verbose_name", "title", "summary"}
)
_QUESTIONS: Final = frozenset(
    {"startswith", "endswith", "removeprefix", "removesuffix", "replace", "split", "partition", "rpartition", "lstrip"}
    | {"strip", "match", "search", "fullmatch", "compile", "sub", "find", "getLogger"}
)
"""What asks about a text, or takes it apart: what is asked for need not be there."""
_MODEL_KEYS: Final = frozenset({"model", "model_name", "model_id", "embedding_model", "llm"})
_MADE: Final = frozenset({"init_chat_model", "init_embeddings", "infer_model", "Agent", "create_agent"})
"""What takes such a name in the first place."""
_ACTION_KEYS: Final = frozenset({"Action", "NotAction", "actions", "not_actions"})
_ADDING_ACTIONS: Final = frozenset({"add_actions", "add_not_actions"})


class Place(msgspec.Struct, frozen=True):
    """Where a literal stands: the scope, the name or key that it is given to, and the call that takes it."""

    scope: str
    key: str = ""
    call: ast.Call | None = None
    kind: str = ""


def handed_on(tree: ast.Module, scope: str, meets: Callable[[ast.AST], bool]) -> Iterator[tuple[ast.expr, Place]]:
    """Every literal, f-string and command line that code hands on, below the nodes that ``meets`` lets in. The walk
    keeps its own stack."""
    todo: list[tuple[ast.AST, Place]] = [(tree, Place(scope))]
    while todo:
        node, place = todo.pop()
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            if place.kind != "talk":
                yield node, place
            continue
        if not place.kind and (line := command_lines.line_in(node)) is not None:
            yield line, place
            place = msgspec.structs.replace(place, kind="word")
        if not isinstance(node, ast.Constant) and meets(node):
            todo.extend(_parts(node, place))


def _parts(node: ast.AST, place: Place) -> Iterator[tuple[ast.AST, Place]]:
    """What lies directly in a node, and where that stands."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            inner = Place(f"{place.scope}.{node.name}")
            arguments = [] if isinstance(node, ast.ClassDef) else [node.args]
            return ((child, inner) for child in (*node.decorator_list, *arguments, *node.body))
        case ast.Expr(value=ast.Constant() | ast.JoinedStr()) | ast.Raise() | ast.Assert() | ast.arg():
            return iter(())
        case ast.Assign(targets=[to, *_], value=value) | ast.AnnAssign(target=to, value=ast.expr() as value):
            set_there = [(to, place)] if isinstance(to, ast.Subscript) and last(to.value) == "environ" else []
            return iter([*set_there, (value, Place(place.scope, target(to)))])
        case ast.Call():
            return _arguments(node, place)
        case ast.Subscript(value=value, slice=ast.Constant() as key) if _is_variable(node):
            return iter([(value, place), (key, Place(place.scope, "", place.call, "variable"))])
        case ast.Compare(left=left, comparators=[of]) if last(of) == "environ":
            return iter([(left, Place(place.scope, "", place.call, "variable"))])
        case ast.Tuple() | ast.List() | ast.Set() if any(map(_is_bare_scheme, node.elts)):  # what a text may begin with
            return ((item, Place(place.scope, place.key, place.call, "question")) for item in node.elts)
        case ast.Compare():
            asked = Place(place.scope, "", place.call, "question")
            return ((item, asked) for item in (node.left, *node.comparators))
        case ast.Dict():
            return _entries(node, place)
        case _:
            return ((child, place) for child in ast.iter_child_nodes(node))


def _arguments(call: ast.Call, place: Place) -> Iterator[tuple[ast.AST, Place]]:
    name = last(call.func)
    kind = "talk" if name in _TALK else "question" if name in _QUESTIONS else ""
    yield call.func, place
    for index, argument in enumerate(call.args):
        looked_up = not index and _looks_up(call.func)
        key = "environ" if index == 1 and last(call.args[0]) == "environ" else ""
        yield argument, Place(place.scope, key, call, "variable" if looked_up else kind)
    for keyword in call.keywords:
        named = "variable" if keyword.arg in _SAID_AS else "talk" if keyword.arg in _PROSE else kind
        yield keyword.value, Place(place.scope, keyword.arg or "", call, named)


def _is_variable(node: ast.AST) -> bool:
    """``os.environ["AWS_REGION"]``"""
    return isinstance(node, ast.Subscript) and last(node.value) == "environ"


def _is_bare_scheme(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith("://")


def _looks_up(function: ast.expr) -> bool:
    """Whether a function takes the name of a variable of the environment: ``os.environ.get``, ``getenv``."""
    of_environ = isinstance(function, ast.Attribute) and last(function.value) == "environ"
    return of_environ or _LOOKING_UP.fullmatch(last(function)) is not None


def _entries(node: ast.Dict, place: Place) -> Iterator[tuple[ast.AST, Place]]:
    for key, value in zip(node.keys, node.values, strict=True):
        known = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
        kind = "talk" if known in _PROSE else place.kind
        yield value, Place(place.scope, f"{place.key}.{known}" if known else place.key, place.call, kind)
        if key is not None:
            sets = place.key.rpartition(".")[2] in _SET_IN
            yield key, Place(place.scope, "", place.call, "variable" if sets else place.kind)


def last(node: ast.expr) -> str:
    """The last word of a name: ``environ`` of ``os.environ``."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def target(node: ast.expr) -> str:
    """The name or key that is given something."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return last(node)


def is_setting(place: Place) -> bool:
    """Whether the literal is, or lies in, what a name in capitals is given, as settings modules do."""
    return _SETTING.fullmatch(place.key.partition(".")[0]) is not None


def is_run(place: Place) -> bool:
    """``subprocess.run("gcloud run deploy …", shell=True)``, ``bash_command="aws s3 sync …"``"""
    by = "" if place.key or place.call is None else last(place.call.func)
    return command_lines.runs(place.key or by)


def is_action(place: Place) -> bool:
    """``{"Action": ["s3:GetObject"]}``, ``PolicyStatement(actions=["s3:Get*"])``, ``add_actions("s3:GetObject")``"""
    adds = not place.key and place.call is not None and last(place.call.func) in _ADDING_ACTIONS
    return adds or place.key.rpartition(".")[2] in _ACTION_KEYS


def is_protocol(place: Place) -> bool:
    """``fsspec.filesystem("s3")``"""
    return (
        place.call is not None
        and place.key in ("", "protocol")
        and last(place.call.func) in ("filesystem", "get_filesystem_class")
    )


def names_model(place: Place) -> bool:
    """``model="bedrock/…"``, ``init_chat_model("bedrock:…")``"""
    key = place.key.rpartition(".")[2]
    made = not key and place.call is not None and last(place.call.func) in _MADE
    return key in _MODEL_KEYS or "model" in key.lower() or made
