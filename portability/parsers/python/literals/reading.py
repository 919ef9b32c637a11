"""Literals → usages: what each names as a whole or holds in its text. One place and symbol are one usage."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Any, Final

from portability.interest import Interest
from portability.model import UNKNOWN, Confidence, Location, Namespace, Usage
from portability.parsers.python import command_lines, settings_names
from portability.parsers.python.digests import digest
from portability.parsers.python.imports import any_of, imported
from portability.parsers.python.lines import Columns
from portability.parsers.python.literals.endpoints import endpoint_in, endpoint_settings
from portability.parsers.python.literals.places import (
    Place,
    handed_on,
    is_action,
    is_protocol,
    is_run,
    is_setting,
    last,
    names_model,
)
from portability.parsers.python.literals.wanted import ENV, FORMAT, OPTION, PLAIN, Wanted
from portability.parsers.strings import Tie, ties
from portability.patterns import regex

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
_ACTION: Final = regex(r"[A-Za-z][A-Za-z0-9-]*:(?:[A-Z][A-Za-z0-9]*\*?|\*)")
_DOCUMENT: Final = regex(r"""["']?(?:Not)?Action["']?\s*:""")
_ACTION_IN_TEXT: Final = regex(r"""["']([A-Za-z][A-Za-z0-9-]*:(?:[A-Z][A-Za-z0-9]*\*?|\*))["']""")
_OF_S3: Final = regex(r"(?:spark\.hadoop\.)?fs\.s3[an]?\.")
_S3_ENDPOINT: Final = regex(rb"fs\.s3[an]?\.(?:bucket\.[\w.-]+\.)?endpoint\b")
_FILE_SYSTEM: Final = regex(r"(?:spark\.hadoop\.)?fs\.[a-z0-9]+\.[\w.-]+")
"""A setting of Hadoop's file systems, by which Spark reaches a store: ``fs.azure.account.key…``."""
_VARIABLE: Final = regex(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_MODEL: Final = regex(r"([a-z_-]+[/:])[\w./:@-]+")
_BACKEND_KEYS: Final = frozenset({"BACKEND", "backend", "class", "ENGINE", "()", "transport", "storage_backend"})
_TRANSPORT_KEYS: Final = frozenset({"broker_transport", "BROKER_TRANSPORT", "CELERY_BROKER_TRANSPORT", "transport"})
_ROUTERS: Final = frozenset(
    {"litellm", "dspy", "crewai", "smolagents", "instructor", "aider", "browser_use", "google.adk"}
)
"""Packages that take LiteLLM's names of models: ``bedrock/…``."""
_MAKERS: Final = frozenset({"langchain", "langgraph", "deepagents", "pydantic_ai", "pydantic_graph"})
"""Packages that make a client for a model by its name: ``bedrock:…``."""
_FLAG: Final = regex(r"(--[\w-]+)=([^\s'\"]+)")
_SPARK: Final = frozenset({"read", "write", "readStream", "writeStream"})
_MAGICS: Final = frozenset({"run_line_magic", "run_cell_magic"})
"""How IPython calls the magics of a notebook, by name: ``%bigquery``."""
_OPENERS: Final = frozenset({"fsspec"})
"""Packages that open what a scheme stands for, by its name too."""


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
        self._endpoints = endpoint_settings(tree)
        self._text = text

    def usages(self) -> tuple[Usage, ...]:
        found: dict[tuple[Location, str], Usage] = {}
        for node, place in handed_on(self._tree, self._name, self._lines.meet):
            for usage in self._read(node, place):
                found.setdefault((usage.location, usage.symbol), usage)
        for name, variable, address in settings_names.names(self._path, self._tree, self._wanted.is_variable):
            place = Place(f"{self._name}{address}")
            for usage in self._usage(name, place, "kubernetes", ENV + variable, "likely", self._endpoints):
                found.setdefault((usage.location, usage.symbol), usage)
        return tuple(usage for _, usage in sorted(found.items(), key=lambda item: item[0]))

    def _read(self, node: ast.expr, place: Place) -> Iterator[Usage]:
        if isinstance(node, ast.List | ast.Tuple):
            for tie in command_lines.in_line([_text(item) for item in node.elts], self._interest):
                yield from self._usage(node, place, tie.namespace, tie.symbol, "likely")
            return
        text = _text(node)
        if len(text) < 2 or len(text) > 20_000:
            return
        if place.kind == "variable" and text not in self._wanted.variables and _VARIABLE.fullmatch(text):
            if self._wanted.is_variable(text):
                yield from self._usage(node, place, "kubernetes", ENV + text, "likely")
            return
        if _FILE_SYSTEM.fullmatch(text):
            yield from self._read_file_system(node, text, place)
        else:
            yield from self._read_whole(node, text, place)
            yield from self._read_language(node, text, place)
        for path in self._wanted.paths:
            if path in text and place.kind != "question":
                yield from self._usage(node, place, "string", path)
        confidence: Confidence = "likely" if any(mark in text for mark in "\n ") else "certain"
        for tie in ties(text):
            if not _is_said(text, tie):
                yield from self._usage(node, place, tie.namespace, tie.symbol, confidence)
        if not place.kind and (text.startswith("#!") or is_run(place)):
            yield from self._read_script(node, text, place)

    def _read_script(self, node: ast.expr, text: str, place: Place) -> Iterator[Usage]:
        for tie in command_lines.in_text(text, self._interest):
            yield from self._usage(node, place, tie.namespace, tie.symbol, "likely")
        for flag in _FLAG.finditer(text):
            if option := self._wanted.options.get(f"{OPTION}{flag[0]}".lower()):
                yield from self._usage(node, place, "kubernetes", option, "likely")

    def _read_whole(self, node: ast.expr, text: str, place: Place) -> Iterator[Usage]:
        """What a literal names as a whole: an address by its scheme, a back end, a model."""
        if scheme := _SCHEME.match(text):
            if place.kind != "question" and f"{scheme[1]}://" in self._wanted.schemes:
                yield from self._usage(node, place, "string", f"{scheme[1]}://", endpoint=self._endpoint(place))
        elif isinstance(node, ast.Constant) and self._is_backend(text, place):
            yield from self._usage(node, place, "python", text, endpoint=self._endpoints)
        elif (made := _CALLED.fullmatch(text)) and is_setting(place) and self._wanted.is_backend(made[1]):
            yield from self._usage(node, place, "python", made[1])
        elif symbol := self._whole(text, place) if isinstance(node, ast.Constant) else "":
            endpoint = self._endpoint(place) if symbol.endswith("://") else None
            yield from self._usage(node, place, "string", symbol, endpoint=endpoint)
        elif option := self._wanted.options.get(_chosen(text, place)):
            yield from self._usage(node, place, "kubernetes", option, "likely")
        elif (model := _MODEL.fullmatch(text)) and names_model(place) and model[1][-1] in self._routes:
            yield from self._usage(node, place, "string", model[1])

    def _read_language(self, node: ast.expr, text: str, place: Place) -> Iterator[Usage]:
        """What a text says in another language: a statement of SQL, a policy of IAM's."""
        if _STATEMENT.match(text):
            schemes = dict.fromkeys(f"{scheme}://" for scheme in _QUOTED_SCHEME.findall(text))
            for symbol in (*(one for one in schemes if one in self._wanted.schemes), *self._wanted.engines(text)):
                yield from self._usage(node, place, "string", symbol, "likely")
        elif _DOCUMENT.search(text):
            for action in dict.fromkeys(_ACTION_IN_TEXT.findall(text)):
                yield from self._usage(node, place, "string", _folded(action), "likely")

    def _read_file_system(self, node: ast.expr, text: str, place: Place) -> Iterator[Usage]:
        """A setting of a store that Spark reaches; S3's may be anybody's where the file says where that is."""
        named = any(self._interest.wants(tie.namespace, tie.symbol) for tie in ties(text))
        if self._wanted.is_variable(text) and not named:
            yield from self._usage(node, place, "kubernetes", ENV + text, "likely")
        elif _OF_S3.match(text):
            endpoint = UNKNOWN if _S3_ENDPOINT.search(self._text) else None
            yield from self._usage(node, place, "string", "s3a://", "likely", endpoint)

    def _whole(self, text: str, place: Place) -> str:
        """What a literal names as a whole, by itself or by where it stands; empty when it names nothing so."""
        wanted, key = self._wanted, place.key.rpartition(".")[2]
        if text in wanted.variables:
            return text
        if header := wanted.headers.get(text.lower(), ""):  # HTTP does not tell cases apart
            return header
        if is_action(place) and _ACTION.fullmatch(text) is not None:
            return _folded(text)
        if key in _TRANSPORT_KEYS and f"{text.lower()}://" in wanted.schemes:
            return f"{text.lower()}://"
        if is_protocol(place) and f"{text}://" in wanted.schemes and any_of(_OPENERS, self._imported):
            return f"{text}://"
        if f"%{text}" in wanted.magics and place.call is not None and last(place.call.func) in _MAGICS:
            return f"%{text}"
        if text in wanted.formats and self._is_format(place):
            return f"{FORMAT}{text}"
        return f"{text}:" if key == "model_provider" and f"{text}:" in wanted.models else ""

    def _usage(
        self,
        node: ast.expr,
        place: Place,
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

    def _is_backend(self, text: str, place: Place) -> bool:
        """Whether a text names an adapter: under a key that takes a class, or in a setting."""
        if place.key.rpartition(".")[2] in _BACKEND_KEYS and _DOTTED.fullmatch(text) is not None:
            return True
        name = _DOTTED.fullmatch(text) or PLAIN.fullmatch(text)
        return name is not None and is_setting(place) and self._wanted.is_backend(text)

    def _is_format(self, place: Place) -> bool:
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

    def _endpoint(self, place: Place) -> Any:
        """Where the call that takes an address sends it: ``storage_options={"client_kwargs": {"endpoint_url": …}}``."""
        return endpoint_in(place.call) if place.call is not None else None


def _folded(action: str) -> str:
    """An action of IAM's, which does not tell cases apart in the name of the service."""
    service, mark, operation = action.partition(":")
    return f"{service.lower()}{mark}{operation}"


def _chosen(text: str, place: Place) -> str:
    """What a setting and its value, or a flag, choose together: ``api_type="azure"``, ``"--runner=DataflowRunner"``."""
    if _FLAG.fullmatch(text):
        return f"{OPTION}{text}".lower()
    return f"{OPTION}{place.key.rpartition('.')[2]}={text}".lower() if len(text) < 40 else ""


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
