"""What is asked of literals: which words of a file's bytes may be in one, and what a text may name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import ClassVar, Final

from portability.discovery.mentions import merged
from portability.interest import Interest, NameTable
from portability.parsers.python import command_lines
from portability.parsers.python.lines import Lines, unified
from portability.parsers.whereabouts import is_setting
from portability.patterns import regex

_QUOTED: Final = regex(rb"""["']([A-Za-z_][\w-]*)(?=["'.])""")
_BEFORE_SCHEME: Final = regex(rb"([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?\Z")
_LABEL: Final = regex(rb"[\w-]+\Z")
PLAIN: Final = regex(r"[A-Za-z_][\w-]{2,60}")
_QUOTED_ACTION: Final = regex(rb"""["'][A-Za-z][A-Za-z0-9-]*:[A-Z*][A-Za-z0-9]*\*?["']""")
_QUOTED_VARIABLE: Final = regex(rb"""["']([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)["']""")
_OF_VARIABLES: Final = (b"environ", b"getenv", b"setenv", b"env(", b"env=", b"config(", b"alias=", b"envvar", b"env_")
"""What a file says that looks variables of the environment up, or sets them."""
_OF_MODELS: Final = (b"model", b"llm", b"embedding", b"gent")
"""What a file says that names models, in the calls and keys that take them."""
FORMAT: Final = "spark-format/"
ENV: Final = "env/"
OPTION: Final = "Option/"
_SQL: Final = "sql/"
"""What precedes a word that only one engine's SQL has."""
_OF_FILE_SYSTEMS: Final = regex(rb"""["'](?:spark\.hadoop\.)?fs\.[a-z0-9]""")


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
        self.options = {name.lower(): name for name in settings if name.startswith(OPTION)}
        table = interest.names.get("string")
        names = set(table.patterns()) if table is not None else set()
        self.schemes = frozenset(name for name in names if name.endswith("://"))
        self.variables = frozenset(name for name in names if PLAIN.fullmatch(name) and name != "ami")
        self.headers = {name.lower(): name for name in self.variables if "-" in name}
        self.models = frozenset(name for name in names if name.endswith(("/", ":")) and name[0] != "/")
        self.magics = frozenset(name for name in names if name.startswith("%"))
        self.paths = tuple(sorted(name for name in names if name.startswith("/")))
        self.formats = frozenset(name.removeprefix(FORMAT) for name in names if name.startswith(FORMAT))
        self.sql = {name.removeprefix(_SQL): name for name in names if name.startswith(_SQL)}
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
        self._headers = frozenset(name.encode() for name in self.headers)
        self._schemes = frozenset(word.encode() for word in schemes)
        hosts = [name.encode().split(b".")[-2:] for name in names if "." in name and "/" not in name]
        self._hosts = frozenset(b".".join(labels) for labels in hosts)
        domains = b"|".join(sorted({re.escape(labels[-1]) for labels in hosts}))
        self._domain = re.compile(rb"\.(?:%b)(?![\w-])" % domains) if domains else None
        flags = [name.removeprefix(OPTION) for name in self.options.values() if "/--" in name]
        phrases = (spelled for word in self.sql for spelled in (word, word.lower()))
        fixed = ("arn:", "ami-", "169.254.", "fd00:ec2", *self.paths, *flags, *phrases)
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
        if (
            not self._quoted.isdisjoint(quoted)
            or any(map(self._is_header, quoted))
            or next(self._others(data), None) is not None
        ):
            return True
        variables = any(word.isupper() and b"_" in word for word in quoted)
        return variables and next(self._variables(data), None) is not None

    def lines(self, data: bytes) -> Lines:
        """The lines on which a word stands without which nothing wanted can be said."""
        data = unified(data)
        quoted = (it.start() for it in _QUOTED.finditer(data) if it[1] in self._quoted or self._is_header(it[1]))
        return Lines(data, {*quoted, *self._others(data), *self._variables(data)})

    def _is_header(self, word: bytes) -> bool:
        return b"-" in word and word.lower() in self._headers

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
        if b"fs." in data and self._environment is not None:
            yield from (found.end() for found in _OF_FILE_SYSTEMS.finditer(data))
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
        return self._environment is not None and is_setting(name) and self._environment.find(ENV + name) is not None

    def engines(self, statement: str) -> list[str]:
        """The names that rules give to words of a statement which only one engine's SQL has."""
        upper = statement.upper()
        return [name for word, name in self.sql.items() if word in upper]

    def is_backend(self, text: str) -> bool:
        """Whether a dotted name is an adapter's, or lies in one."""
        while text:
            if text in self.backends:
                return True
            text = text.rpartition(".")[0]
        return False
