"""What a module's literals say: addresses, URL schemes, back ends by dotted name, variables that a platform sets.

A literal counts where code hands it on: in a call, an assignment, a dict, a default. Docstrings, messages that are
raised, logged or printed, and comparisons with a bare scheme do not. One place and symbol are one usage.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Any, ClassVar, Final

import msgspec

from portability.discovery.mentions import merged
from portability.interest import Interest, NameTable
from portability.model import UNKNOWN, Confidence, Location, Namespace, Usage
from portability.parsers.python import command_lines, settings_names
from portability.parsers.python.displays import named
from portability.parsers.python.imports import imported
from portability.parsers.python.lines import Lines, unified
from portability.parsers.python.usages import Columns, digest
from portability.parsers.strings import Tie, ties
from portability.parsers.whereabouts import is_setting
from portability.patterns import regex

_QUOTED: Final = regex(rb"""["']([A-Za-z_][\w-]*)(?=["'.])""")
_BEFORE_SCHEME: Final = regex(rb"([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?\Z")
_LABEL: Final = regex(rb"[\w-]+\Z")
_SCHEME: Final = regex(r"([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?://")
_STATEMENT: Final = regex(
    r"\s*(?:--[^\n]*\n\s*|/\*[^*]{0,500}\*/\s*)?"
    r"(?:COPY|CREATE|UNLOAD|EXPORT|LOAD|INSERT|SELECT|WITH|ALTER|MERGE|INSTALL|ATTACH|READ_FILES|SET)\s",
    re.IGNORECASE,
)
_QUOTED_SCHEME: Final = regex(r"""['"`]([a-z][a-z0-9]*)://""")
"""How a statement of SQL names what it reads and writes: ``COPY t FROM 's3://bucket/key'``."""
_DOTTED: Final = regex(r"[A-Za-z_]\w*(?:\.\w+)+")
_CALLED: Final = regex(r"([A-Za-z_]\w*(?:\.\w+)+)\(.*\)", re.DOTALL)
"""A setting that says what is made, and of what: ``"opencensus.trace.samplers.ProbabilitySampler(rate=1)"``."""
_PLAIN: Final = regex(r"[A-Za-z_][\w-]{2,60}")
_ACTION: Final = regex(r"([A-Za-z][A-Za-z0-9-]*):(?:[A-Z][A-Za-z0-9]*\*?|\*)")
_QUOTED_ACTION: Final = regex(rb"""["'][A-Za-z][A-Za-z0-9-]*:[A-Z*][A-Za-z0-9]*\*?["']""")
_SETTING: Final = regex(r"[A-Z][A-Z0-9_]*")
_VARIABLE: Final = regex(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_QUOTED_VARIABLE: Final = regex(rb"""["']([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)["']""")
_OF_VARIABLES: Final = (b"environ", b"getenv", b"setenv", b"env(", b"env=", b"config(", b"alias=", b"envvar", b"env_")
"""What a file says that looks variables of the environment up, or sets them."""
_LOOKING_UP: Final = frozenset({"getenv", "setenv", "delenv", "env", "config", "get_env", "get_env_var"})
_SAID_AS: Final = frozenset({"env", "envvar", "validation_alias", "alias"})
"""Arguments that name a variable; of calls that make a field or an option."""
_SET_IN: Final = frozenset({"env", "environ", "environment", "env_vars", "environment_variables"})
"""What is given a dict of variables."""
_MODEL: Final = regex(r"([a-z_-]+[/:])[\w./:@-]+")
_TALK: Final = frozenset(
    {
        "print",
        "debug",
        "info",
        "warning",
        "warn",
        "error",
        "exception",
        "critical",
        "log",
        "echo",
        "secho",
        "help",
    }
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
_BACKEND_KEYS: Final = frozenset({"BACKEND", "backend", "class", "ENGINE", "()", "transport", "storage_backend"})
_TRANSPORT_KEYS: Final = frozenset({"broker_transport", "BROKER_TRANSPORT", "CELERY_BROKER_TRANSPORT", "transport"})
_MODEL_KEYS: Final = frozenset({"model", "model_name", "model_id", "embedding_model", "llm"})
_ROUTERS: Final = frozenset(
    {"litellm", "dspy", "crewai", "smolagents", "instructor", "aider", "browser_use", "google.adk"}
)
"""Packages that take LiteLLM's names of models: ``bedrock/…``."""
_MAKERS: Final = frozenset({"langchain", "langgraph", "deepagents", "pydantic_ai", "pydantic_graph"})
"""Packages that make a client for a model by its name: ``bedrock:…``."""
_MADE: Final = frozenset({"init_chat_model", "init_embeddings", "infer_model", "Agent", "create_agent"})
"""What takes such a name in the first place."""
_OF_MODELS: Final = (b"model", b"llm", b"embedding", b"gent")
"""What a file says that names models, in the calls and keys that take them."""
_FORMAT: Final = "spark-format/"
_ENV: Final = "env/"
_OPTION: Final = "Option/"
_FLAG: Final = regex(r"(--[\w-]+)=([^\s'\"]+)")
_SPARK: Final = frozenset({"read", "write", "readStream", "writeStream"})
_MAGICS: Final = frozenset({"run_line_magic", "run_cell_magic"})
"""How IPython calls the magics of a notebook, by name: ``%bigquery``."""
_OPENERS: Final = frozenset({"fsspec"})
"""Packages that open what a scheme stands for, by its name too."""
_ACTION_KEYS: Final = frozenset({"Action", "NotAction", "actions", "not_actions"})
_ENDPOINT_KEYS: Final = frozenset({"endpoint_url", "endpoint", "endpoint_override", "account_host", "api_endpoint"})
_ENDPOINT_SETTINGS: Final = frozenset({"AWS_S3_ENDPOINT_URL", "GS_CUSTOM_ENDPOINT", "AZURE_ENDPOINT_SUFFIX"})


def words_in_quotes(data: bytes) -> frozenset[bytes]:
    """The words that open literals, up to a dot if there is one."""
    return frozenset(_QUOTED.findall(data))


def _everywhere(word: bytes, data: bytes) -> Iterator[int]:
    place = data.find(word)
    while place >= 0:
        yield place
        place = data.find(word, place + 1)


class Wanted:
    """What is asked of literals, taken from an interest once a run, as questions to bytes and to text."""

    latest: ClassVar[tuple[Interest, Wanted] | None] = None

    def __init__(self, interest: Interest) -> None:
        self._commands = interest.names.get("command") is not None
        self._environment = interest.names.get("kubernetes")
        settings = self._environment.exact if self._environment is not None else ()
        self.options = {name.lower(): name for name in settings if name.startswith(_OPTION)}
        table = interest.names.get("string")
        names = set(table.patterns()) if table is not None else set()
        self.schemes = frozenset(name for name in names if name.endswith("://"))
        self.variables = frozenset(name for name in names if _PLAIN.fullmatch(name) and name != "ami")
        self.models = frozenset(name for name in names if name.endswith(("/", ":")) and name[0] != "/")
        self.magics = frozenset(name for name in names if name.startswith("%"))
        self.paths = tuple(sorted(name for name in names if name.startswith("/")))
        self.formats = frozenset(name.removeprefix(_FORMAT) for name in names if name.startswith(_FORMAT))
        python = interest.names.get("python", NameTable())
        self.backends = frozenset(
            name.partition("*")[0]
            for name, place in python.exact.items()
            if python.claims[place].path not in ("", "airflow", "terraform")
        )
        schemes = {scheme.removesuffix("://") for scheme in self.schemes}
        quoted = {name.partition(".")[0] for name in (*python.exact, *self.formats)} | schemes | self.variables
        quoted |= {name.removesuffix(":") for name in self.models if name.endswith(":")}
        quoted |= {name.removeprefix("%") for name in self.magics}
        quoted |= {name.rpartition("=")[2] for name in self.options.values()}
        self._quoted = frozenset(word.encode() for word in quoted)
        self._schemes = frozenset(word.encode() for word in schemes)
        hosts = [name.encode().split(b".")[-2:] for name in names if "." in name and "/" not in name]
        self._hosts = frozenset(b".".join(labels) for labels in hosts)
        domains = b"|".join(sorted({re.escape(labels[-1]) for labels in hosts}))
        self._domain = re.compile(rb"\.(?:%b)(?![\w-])" % domains) if domains else None
        flags = [name.removeprefix(_OPTION) for name in self.options.values() if "/--" in name]
        fixed = ("arn:", "ami-", "169.254.", "fd00:ec2", *self.paths, *flags)
        self._words = tuple(word.encode() for word in fixed)
        models = merged(sorted(word.encode() for word in self.models))
        self._models = re.compile(rb"[\"'](?=%b)" % models) if self.models else None

    @classmethod
    def of(cls, interest: Interest) -> Wanted:
        """What an interest asks. A run has one interest and many files, so the last answer is kept."""
        if cls.latest is None or cls.latest[0] is not interest:
            cls.latest = interest, cls(interest)
        return cls.latest[1]

    def may_hold(self, data: bytes, quoted: Collection[bytes]) -> bool:
        """Cheap, and never wrong when it says no. ``quoted``: the words that open a literal."""
        if not self._quoted.isdisjoint(quoted) or next(self._others(data), None) is not None:
            return True
        variables = any(word.isupper() and b"_" in word for word in quoted)
        return variables and next(self._variables(data), None) is not None

    def lines(self, data: bytes) -> Lines:
        """The lines on which a word stands without which nothing wanted can be said."""
        data = unified(data)
        quoted = (it.start() for it in _QUOTED.finditer(data) if it[1] in self._quoted)
        return Lines(data, {*quoted, *self._others(data), *self._variables(data)})

    def _others(self, data: bytes) -> Iterator[int]:
        """Where a word stands that need not open a literal. Each is looked for by what is rare in it: one expression
        for all of them takes ten times as long."""
        for word in self._words:
            yield from _everywhere(word, data)
        for place in _everywhere(b"://", data):
            scheme = _BEFORE_SCHEME.search(data, max(place - 40, 0), place)
            if scheme is not None and scheme[1] in self._schemes:
                yield place
        if self._domain is not None:
            for found in self._domain.finditer(data):
                label = _LABEL.search(data, max(found.start() - 64, 0), found.start())
                if label is not None and label[0] + found[0] in self._hosts:
                    yield found.start()
        if b"Action" in data or b"actions" in data:
            yield from (found.start() for found in _QUOTED_ACTION.finditer(data))
        if self._models is not None and any(word in data for word in _OF_MODELS):
            yield from (found.end() for found in self._models.finditer(data))
        if self._commands:
            yield from command_lines.places(data)

    def _variables(self, data: bytes) -> Iterator[int]:
        """Where a variable of the environment is named, in a file that may look some up."""
        if self._environment is not None and any(hint in data for hint in _OF_VARIABLES):
            for found in _QUOTED_VARIABLE.finditer(data):
                if self.is_variable(found[1].decode()):
                    yield found.start()

    def is_variable(self, name: str) -> bool:
        """Whether a variable of the environment is one of a provider's, as manifests set them."""
        return self._environment is not None and is_setting(name) and self._environment.find(_ENV + name) is not None

    def is_backend(self, text: str) -> bool:
        """Whether a dotted name is an adapter's, or lies in one."""
        while text:
            if text in self.backends:
                return True
            text = text.rpartition(".")[0]
        return False


class _Place(msgspec.Struct, frozen=True):
    """Where a literal stands: the scope, the name or key that it is given to, and the call that takes it."""

    scope: str
    key: str = ""
    call: ast.Call | None = None
    kind: str = ""


def literals(path: str, name: str, tree: ast.Module, text: bytes, interest: Interest) -> tuple[Usage, ...]:
    """The usages in a module's literals, by place. ``name`` is the module's."""
    return _Literals(path, name, tree, text, interest).usages()


class _Literals:
    def __init__(self, path: str, name: str, tree: ast.Module, text: bytes, interest: Interest) -> None:
        self._path = path
        self._interest = interest
        self._wanted = Wanted.of(interest)
        self._columns = Columns(text)
        self._lines = self._wanted.lines(text)
        self._tree = tree
        self._name = name
        self._endpoints = _endpoint_settings(tree)
        self._text = text

    def usages(self) -> tuple[Usage, ...]:
        found: dict[tuple[Location, str], Usage] = {}
        for node, place in self._strings():
            for usage in self._read(node, place):
                found.setdefault((usage.location, usage.symbol), usage)
        for target, variable, address in settings_names.names(self._path, self._tree, self._wanted.is_variable):
            place = _Place(f"{self._name}{address}")
            for usage in self._usage(target, place, "kubernetes", _ENV + variable, "likely", self._endpoints):
                found.setdefault((usage.location, usage.symbol), usage)
        return tuple(usage for _, usage in sorted(found.items(), key=lambda item: item[0]))

    def _strings(self) -> Iterator[tuple[ast.expr, _Place]]:
        """Every literal or f-string that is handed on. The walk keeps its own stack."""
        todo: list[tuple[ast.AST, _Place]] = [(self._tree, _Place(self._name))]
        while todo:
            node, place = todo.pop()
            if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                if place.kind != "talk":
                    yield node, place
                continue
            if not place.kind and (line := command_lines.line_in(node)) is not None:
                yield line, place
                place = msgspec.structs.replace(place, kind="word")
            if not isinstance(node, ast.Constant) and self._lines.meet(node):
                todo.extend(_parts(node, place))

    def _read(self, node: ast.expr, place: _Place) -> Iterator[Usage]:
        if isinstance(node, ast.List | ast.Tuple):
            for tie in command_lines.in_line([_text(item) for item in node.elts], self._interest):
                yield from self._usage(node, place, tie.namespace, tie.symbol, "likely")
            return
        text = _text(node)
        if len(text) < 2 or len(text) > 20_000:
            return
        if place.kind == "variable" and text not in self._wanted.variables and _VARIABLE.fullmatch(text):
            if self._wanted.is_variable(text):
                yield from self._usage(node, place, "kubernetes", _ENV + text, "likely")
            return
        yield from self._read_whole(node, text, place)
        for path in self._wanted.paths:
            if path in text and place.kind != "question":
                yield from self._usage(node, place, "string", path)
        confidence: Confidence = "likely" if any(mark in text for mark in "\n ") else "certain"
        for tie in ties(text):
            if not _is_said(text, tie):
                yield from self._usage(node, place, tie.namespace, tie.symbol, confidence)
        if not place.kind and (text.startswith("#!") or _is_run(place)):
            yield from self._read_script(node, text, place)

    def _read_script(self, node: ast.expr, text: str, place: _Place) -> Iterator[Usage]:
        for tie in command_lines.in_text(text, self._interest):
            yield from self._usage(node, place, tie.namespace, tie.symbol, "likely")
        for flag in _FLAG.finditer(text):
            if option := self._wanted.options.get(f"{_OPTION}{flag[0]}".lower()):
                yield from self._usage(node, place, "kubernetes", option, "likely")

    def _read_whole(self, node: ast.expr, text: str, place: _Place) -> Iterator[Usage]:
        """What a literal names as a whole: an address by its scheme, a back end, a model."""
        if scheme := _SCHEME.match(text):
            if place.kind != "question" and f"{scheme[1]}://" in self._wanted.schemes:
                yield from self._usage(node, place, "string", f"{scheme[1]}://", endpoint=self._endpoint(place))
        elif isinstance(node, ast.Constant) and self._is_backend(text, place):
            yield from self._usage(node, place, "python", text, endpoint=self._endpoints)
        elif (made := _CALLED.fullmatch(text)) and _is_setting(place) and self._wanted.is_backend(made[1]):
            yield from self._usage(node, place, "python", made[1])
        elif "://" in text and _STATEMENT.match(text):
            for scheme in dict.fromkeys(_QUOTED_SCHEME.findall(text)):
                if f"{scheme}://" in self._wanted.schemes:
                    yield from self._usage(node, place, "string", f"{scheme}://", "likely")
        elif symbol := self._whole(text, place) if isinstance(node, ast.Constant) else "":
            endpoint = self._endpoint(place) if symbol.endswith("://") else None
            yield from self._usage(node, place, "string", symbol, endpoint=endpoint)
        elif option := self._wanted.options.get(_chosen(text, place)):
            yield from self._usage(node, place, "kubernetes", option, "likely")
        elif (model := _MODEL.fullmatch(text)) and _names_model(place) and model[1][-1] in self._routes:
            yield from self._usage(node, place, "string", model[1])

    def _whole(self, text: str, place: _Place) -> str:
        """What a literal names as a whole, by itself or by where it stands; empty when it names nothing so."""
        wanted, key = self._wanted, place.key.rpartition(".")[2]
        if text in wanted.variables:
            return text
        if _is_action(place) and (action := _ACTION.fullmatch(text)) is not None:
            return action[1].lower() + text[action.end(1) :]  # IAM does not tell cases apart
        if key in _TRANSPORT_KEYS and f"{text.lower()}://" in wanted.schemes:
            return f"{text.lower()}://"
        if _is_protocol(place) and f"{text}://" in wanted.schemes and any_of(_OPENERS, self._imported):
            return f"{text}://"
        if f"%{text}" in wanted.magics and place.call is not None and _last(place.call.func) in _MAGICS:
            return f"%{text}"
        if text in wanted.formats and self._is_format(place):
            return f"{_FORMAT}{text}"
        return f"{text}:" if key == "model_provider" and f"{text}:" in wanted.models else ""

    def _usage(
        self,
        node: ast.expr,
        place: _Place,
        namespace: Namespace,
        symbol: str,
        confidence: Confidence = "certain",
        endpoint: Any = None,
    ) -> Iterator[Usage]:
        if self._interest.wants(namespace, symbol):
            yield Usage(
                language="python",
                namespace=namespace,
                symbol=symbol,
                address=place.scope,
                location=self._columns.location(self._path, node),
                kind="command" if namespace == "command" else "field" if namespace == "kubernetes" else "string",
                endpoint=endpoint,
                digest=digest(symbol, (node,)),
                confidence=confidence,
            )

    def _is_backend(self, text: str, place: _Place) -> bool:
        """Whether a text names an adapter: under a key that takes a class, or in a setting."""
        if place.key.rpartition(".")[2] in _BACKEND_KEYS and _DOTTED.fullmatch(text) is not None:
            return True
        name = _DOTTED.fullmatch(text) or _PLAIN.fullmatch(text)
        return name is not None and _is_setting(place) and self._wanted.is_backend(text)

    def _is_format(self, place: _Place) -> bool:
        """``spark.read.format("bigquery")``, ``frame.write.mode("append").save(path, format="redshift")``"""
        if place.call is None or place.key not in ("", "format", "source"):
            return False
        node = place.call.func
        if not isinstance(node, ast.Attribute) or node.attr not in ("format", "load", "save", "saveAsTable"):
            return False
        return _reads_or_writes(node, self._readers)

    @cached_property
    def _imported(self) -> list[str]:
        return imported(self._text)

    @cached_property
    def _routes(self) -> str:
        """The marks behind a provider's name, in the names of models that what is imported takes."""
        names = self._imported
        return ("/" if any_of(_ROUTERS, names) else "") + (":" if any_of(_MAKERS, names) else "")

    @cached_property
    def _readers(self) -> set[str]:
        """The names that are given a reader or writer of Spark: ``reader = spark.read.option("header", True)``."""
        return {
            target.id
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Assign) and _reads_or_writes(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    def _endpoint(self, place: _Place) -> Any:
        """Where the call that takes an address sends it: ``storage_options={"client_kwargs": {"endpoint_url": …}}``."""
        return _endpoint_in(place.call) if place.call is not None else None


def _parts(node: ast.AST, place: _Place) -> Iterator[tuple[ast.AST, _Place]]:
    """What lies directly in a node, and where that stands."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            inner = _Place(f"{place.scope}.{node.name}")
            arguments = [] if isinstance(node, ast.ClassDef) else [node.args]
            return ((child, inner) for child in (*node.decorator_list, *arguments, *node.body))
        case ast.Expr(value=ast.Constant() | ast.JoinedStr()) | ast.Raise() | ast.Assert() | ast.arg():
            return iter(())
        case ast.Assign(targets=[target, *_], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
            set_there = (
                [(target, place)] if isinstance(target, ast.Subscript) and _last(target.value) == "environ" else []
            )
            return iter([*set_there, (value, _Place(place.scope, _target(target)))])
        case ast.Call():
            return _arguments(node, place)
        case ast.Subscript(value=value, slice=ast.Constant() as key) if _is_variable(node):
            return iter([(value, place), (key, _Place(place.scope, "", place.call, "variable"))])
        case ast.Compare(left=left, comparators=[of]) if _last(of) == "environ":
            return iter([(left, _Place(place.scope, "", place.call, "variable"))])
        case ast.Compare():
            asked = _Place(place.scope, "", place.call, "question")
            return ((item, asked) for item in (node.left, *node.comparators))
        case ast.Dict():
            return _entries(node, place)
        case _:
            return ((child, place) for child in ast.iter_child_nodes(node))


def _arguments(call: ast.Call, place: _Place) -> Iterator[tuple[ast.AST, _Place]]:
    name = _last(call.func)
    kind = "talk" if name in _TALK else "question" if name in _QUESTIONS else ""
    yield call.func, place
    for index, argument in enumerate(call.args):
        looked_up = not index and _looks_up(call.func)
        key = "environ" if index == 1 and _last(call.args[0]) == "environ" else ""
        yield argument, _Place(place.scope, key, call, "variable" if looked_up else kind)
    for keyword in call.keywords:
        named = "variable" if keyword.arg in _SAID_AS else "talk" if keyword.arg in _PROSE else kind
        yield keyword.value, _Place(place.scope, keyword.arg or "", call, named)


def _is_variable(node: ast.AST) -> bool:
    """``os.environ["AWS_REGION"]``"""
    return isinstance(node, ast.Subscript) and _last(node.value) == "environ"


def _looks_up(function: ast.expr) -> bool:
    """Whether a function takes the name of a variable of the environment: ``os.environ.get``, ``getenv``."""
    of_environ = isinstance(function, ast.Attribute) and _last(function.value) == "environ"
    return of_environ or _last(function) in _LOOKING_UP


def _entries(node: ast.Dict, place: _Place) -> Iterator[tuple[ast.AST, _Place]]:
    for key, value in zip(node.keys, node.values, strict=True):
        known = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
        kind = "talk" if known in _PROSE else place.kind
        yield value, _Place(place.scope, f"{place.key}.{known}" if known else place.key, place.call, kind)
        if key is not None:
            sets = place.key.rpartition(".")[2] in _SET_IN
            yield key, _Place(place.scope, "", place.call, "variable" if sets else place.kind)


def _is_said(text: str, tie: Tie) -> bool:
    """Whether a host is only spoken of: in a sentence, as the domain of a mail address, or in the name of a type."""
    if tie.symbol.startswith(("arn:", "ami", "169.")) or text[: tie.start].endswith("://"):
        return False
    before, after = text[: tie.start], text[tie.end : tie.end + 1]
    if tie.symbol.endswith("googleapis.com") and after == "/" and "://" not in before:
        return True  # a metric's or an asset's type
    return (before.endswith("@") and "://" not in before) or (text.count(" ") > 2 and text.lstrip()[:1] not in "{[<")


def _text(node: ast.expr) -> str:
    """The text of a literal, with ``{}`` for what is filled in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if not isinstance(node, ast.JoinedStr):
        return "{}"
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _target(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return _last(node)


def _is_setting(place: _Place) -> bool:
    """Whether the literal is, or lies in, what a name in capitals is given, as settings modules do."""
    return _SETTING.fullmatch(place.key.partition(".")[0]) is not None


def _chosen(text: str, place: _Place) -> str:
    """What a setting and its value, or a flag, choose together: ``api_type="azure"``, ``"--runner=DataflowRunner"``."""
    if _FLAG.fullmatch(text):
        return f"{_OPTION}{text}".lower()
    return f"{_OPTION}{place.key.rpartition('.')[2]}={text}".lower() if len(text) < 40 else ""


def _is_run(place: _Place) -> bool:
    """``subprocess.run("gcloud run deploy …", shell=True)``, ``bash_command="aws s3 sync …"``"""
    by = "" if place.key or place.call is None else _last(place.call.func)
    return command_lines.runs(place.key or by)


def _is_action(place: _Place) -> bool:
    """``{"Action": ["s3:GetObject"]}``, ``PolicyStatement(actions=["s3:GetObject"])``"""
    return place.key.rpartition(".")[2] in _ACTION_KEYS


def _is_protocol(place: _Place) -> bool:
    """``fsspec.filesystem("s3")``"""
    return (
        place.call is not None
        and place.key in ("", "protocol")
        and _last(place.call.func) in ("filesystem", "get_filesystem_class")
    )


def _reads_or_writes(node: ast.expr, names: Collection[str] = ()) -> bool:
    """Whether a chain of calls goes through ``frame.read`` or its like, which nobody calls, or begins with one of these
    names."""
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            if node.attr in _SPARK:
                return True
            node = node.value
        else:
            node = node.func.value if isinstance(node.func, ast.Attribute) and node.func.attr in _SPARK else node.func
    return isinstance(node, ast.Name) and node.id in names


def _names_model(place: _Place) -> bool:
    key = place.key.rpartition(".")[2]
    made = not key and place.call is not None and _last(place.call.func) in _MADE
    return key in _MODEL_KEYS or "model" in key.lower() or made


def _endpoint_in(call: ast.expr) -> Any:
    found: Any = None
    for node in ast.walk(call):
        for key, value in named(node):
            if key in _ENDPOINT_KEYS:
                found = value.value if isinstance(value, ast.Constant) else UNKNOWN
            elif key in ("storage_options", "client_kwargs", "transport_params") and not isinstance(value, ast.Dict):
                found = UNKNOWN if found is None else found
    return found


def _endpoint_settings(tree: ast.Module) -> Any:
    """The endpoint that a settings module gives beside its storage back end; None when it gives none."""
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        name = _target(node.targets[0])
        if name in _ENDPOINT_SETTINGS:
            return node.value.value if isinstance(node.value, ast.Constant) else UNKNOWN
        if name == "STORAGES" and (found := _endpoint_in(node.value)) is not None:
            return found
    return None


def any_of(packages: frozenset[str], names: Iterable[str]) -> bool:
    """Whether any of these dotted names lies in one of these packages."""
    return any(name == package or name.startswith(f"{package}.") for name in names for package in packages)
