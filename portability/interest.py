"""What the catalogue asks of the parsers, as plain data: names to look for and attributes to evaluate.

Parsers know no rule. They are handed an :class:`Interest` and report the usages whose symbols it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from itertools import chain
from typing import Final, NamedTuple, TypeVar

import msgspec

from portability.model import Namespace, Role
from portability.names import hosts
from portability.names.globs import Wildcard
from portability.names.identifiers import words
from portability.patterns import regex

_Key = TypeVar("_Key")
_Answer = TypeVar("_Answer")
_REMEMBERED: Final = 50_000
DOTTED: frozenset[Namespace] = frozenset({"boto3", "python"})
"""Namespaces in which a name also covers everything below it: ``sqs`` covers ``sqs.send_message``."""

FOLDED: frozenset[Namespace] = frozenset({"arm"})
"""Namespaces in which letter case tells nothing apart."""

HOSTS: frozenset[Namespace] = frozenset({"string"})
"""Namespaces in which a name that is a DNS suffix also covers the hosts below it, in every region."""

WORDED: frozenset[Namespace] = frozenset({"wrapper"})
"""Namespaces in which a name covers all in which it is a word: ``sqs`` covers ``acme.queues.SqsConsumer``."""


_OWNED = regex(r"env/\w+?_(?=(?:AWS|AZURE|GOOGLE|GCP)_\w)")
"""A variable of the environment whose name begins with its owner's words: ``env/SHOP_AWS_KMS_KEY``."""

_VARIED = regex(
    r"\.with_(?:raw|streaming)_response(?=\.)|\.aio(?=\.)"
    r"|\.v\d{4}_\d\d_\d\d\w*(?=\.|$)|_v\d\w*(?=\.|$)|(?<=\.)Async(?=[A-Z])|Async(?=Client\b)"
)


@cache
def plainly(symbol: str) -> str:
    """One call of a Python SDK, however its client came: no ``aio`` module, ``Async`` class, version of the API or
    wrapper that gives the raw answer."""
    return _VARIED.sub("", symbol)


class Claim(msgspec.Struct, frozen=True, array_like=True):
    """Who claims a name: the service, the role its bearer plays, and the access path (``""`` is the direct one).

    ``stands_for`` is the Terraform type of what an operator's kind creates.
    """

    service: str
    role: Role
    path: str = ""
    stands_for: str = ""


class NameTable(msgspec.Struct, dict=True):
    """The names of one namespace. Looking one up is a handful of dictionary look-ups.

    A pattern is an exact name, a prefix (``aws_s3_*``) or a glob (``*.services.k8s.aws/*``). Exact names win over
    prefixes, longer prefixes over shorter ones, and prefixes over globs. ``last`` is asked when nothing here fits:
    what is visibly a provider's yields to every service, however its pattern is written. A name stands for the place of
    its claim in ``claims``: thousands of names share some hundreds of them, and load in a third of the time.
    """

    claims: list[Claim] = []
    exact: dict[str, int] = {}
    prefixes: dict[str, int] = {}
    globs: dict[str, int] = {}
    dotted: bool = False
    hosts: bool = False
    folded: bool = False
    worded: bool = False
    last: NameTable | None = None

    @classmethod
    def of(
        cls,
        claims: Iterable[tuple[str, Claim]],
        *,
        dotted: bool = False,
        hosts: bool = False,
        folded: bool = False,
        worded: bool = False,
    ) -> NameTable:
        """Sort ``(pattern, claim)`` pairs into a table. The caller sees to it that no pattern comes twice."""
        table = cls(dotted=dotted, hosts=hosts, folded=folded, worded=worded)
        places: dict[Claim, int] = {}
        for pattern, claim in claims:
            place = places.setdefault(claim, len(places))
            if "*" not in pattern:
                table.exact[pattern] = place
            elif pattern.index("*") == len(pattern) - 1:
                table.prefixes[pattern[:-1]] = place
            else:
                table.globs[pattern] = place
        table.claims = list(places)
        return table

    def find(self, symbol: str) -> Claim | None:
        """Who claims ``symbol``, or None."""
        if self.folded:
            return self._lower.find(symbol.lower())
        place = self._place(symbol)
        if symbol.startswith("env/") and (place is None or self.claims[place].role == "look-up"):
            place = self._within(symbol, place)
        if place is not None:
            return self.claims[place]
        return self.last.find(symbol) if self.last is not None else None

    def _within(self, variable: str, place: int | None) -> int | None:
        """The place of the service that a variable names behind its owner's words, else the one it has. Only patterns
        count: a name that is written out in full is a convention of an SDK, and means so as it stands."""
        inner = _OWNED.sub("env/", variable)
        found = self._of_patterns(inner) if inner != variable else None
        return place if found is None or self.claims[found].role not in ("part", "primary") else found

    def _place(self, symbol: str) -> int | None:
        place = self.exact.get(symbol)
        if place is None and self.dotted:
            place = self._place_above(symbol)
        if place is None and self.hosts and "." in symbol:
            place = next((self.exact[key] for key in hosts.keys(symbol) if key in self.exact), None)
        if place is None and self.worded:
            place = next((self.exact[word] for word in words(symbol) if word in self.exact), None)
        return place if place is not None else self._of_patterns(symbol)

    def _of_patterns(self, symbol: str) -> int | None:
        head = symbol.partition("/")[0]
        for length in self._lengths_of(head):
            place = self.prefixes.get(symbol[:length])
            if place is not None and len(symbol) >= length:
                return place
        globs = self._wildcards_of(head)
        if not any(map(symbol.__contains__, globs.pieces)):
            return None
        return next((place for piece, glob, place in globs.all if piece in symbol and glob.fits(symbol)), None)

    def patterns(self) -> Iterator[str]:
        """Every pattern, as the rules write it."""
        yield from self.exact
        yield from (f"{prefix}*" for prefix in self.prefixes)
        yield from self.globs
        if self.last is not None:
            yield from self.last.patterns()

    def _place_above(self, symbol: str) -> int | None:
        parent, dot, _ = symbol.rpartition(".")
        while dot:
            if (place := self.exact.get(parent)) is not None:
                return place
            parent, dot, _ = parent.rpartition(".")
        return None

    @cached_property
    def _lower(self) -> NameTable:
        exact, prefixes, globs = (
            {name.lower(): place for name, place in names.items()} for names in (self.exact, self.prefixes, self.globs)
        )
        return NameTable(self.claims, exact, prefixes, globs, last=self.last)

    def _lengths_of(self, head: str) -> tuple[int, ...]:
        """How long the prefixes are that may begin symbols whose first part this is, the longest first."""
        return self._lengths.get(head) or self._lengths[""]

    @cached_property
    def _lengths(self) -> dict[str, tuple[int, ...]]:
        """The same by first part, ``""`` for what has one that no prefix names in full."""
        found: dict[str, set[int]] = {"": set()}
        for prefix in self.prefixes:
            head, slash, _ = prefix.partition("/")
            found.setdefault(head if slash else "", set()).add(len(prefix))
        return {head: tuple(sorted(lengths | found[""], reverse=True)) for head, lengths in found.items()}

    def _wildcards_of(self, head: str) -> _Globs:
        """The globs that may fit symbols whose first part this is, the longest first."""
        if head not in self._heads:
            head = ""
        if head not in self._sorted:
            patterns = (*self._heads.get(head, ()), *(self._heads.get("", ()) if head else ()))
            piece_of = {pattern: max(pattern.split("*"), key=len) for pattern in patterns}
            pieces = set(piece_of.values())
            ordered = sorted(patterns, key=lambda pattern: (-len(pattern), pattern))
            self._sorted[head] = _Globs(
                tuple(piece for piece in pieces if not any(one in piece for one in pieces - {piece})),
                tuple((piece_of[pattern], Wildcard(pattern), self.globs[pattern]) for pattern in ordered),
            )
        return self._sorted[head]

    @cached_property
    def _heads(self) -> dict[str, list[str]]:
        """Globs by their first part, ``""`` where it is open itself: most begin with one of a few dozen words."""
        found: dict[str, list[str]] = {}
        for pattern in self.globs:
            head, slash, _ = pattern.partition("/")
            found.setdefault(head if slash and "*" not in head else "", []).append(pattern)
        return found

    @cached_property
    def _sorted(self) -> dict[str, _Globs]:
        return {}


class _Globs(NamedTuple):
    """Globs with a piece that what fits one holds and the place of its claim, the longest first, and pieces of which
    what fits any holds one: few symbols do, and to look for a piece takes a tenth of the time."""

    pieces: tuple[str, ...]
    all: tuple[tuple[str, Wildcard, int], ...]


class Interest(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What to look for. ``words`` are byte strings of which a file must hold one to be worth parsing.

    ``attributes`` maps a Terraform type (or any other symbol) to the dotted paths that some rule asks for; a parser
    evaluates those and no others. A key may end in ``*``. ``needles`` are words of which a manifest, or one document of
    it, must hold one. Answers are remembered: a run has one interest, and the same symbols come up in every file.
    """

    words: dict[str, tuple[str, ...]] = {}
    names: Mapping[Namespace, NameTable] = {}
    attributes: Mapping[str, tuple[str, ...]] = {}
    needles: tuple[str, ...] = ()

    def wants(self, namespace: Namespace, symbol: str) -> bool:
        """Whether some service or provider claims the symbol."""
        key = (namespace, symbol)
        wanted = self._wanted.get(key)
        if wanted is None:
            table = self.names.get(namespace)
            wanted = table is not None and table.find(symbol) is not None
            _remember(self._wanted, key, wanted)
        return wanted

    def knows(self, namespace: Namespace, symbol: str) -> bool:
        """Whether a service claims the symbol, and not only the provider that it visibly belongs to."""
        table = self.names.get(namespace)
        claim = table.find(symbol) if table is not None else None
        return table is not None and claim is not None and (table.last is None or table.last.find(symbol) != claim)

    def claims_command(self, name: str) -> bool:
        """Whether a service claims a command by exactly this name."""
        table = self.names.get("command")
        return table is not None and name in table.exact

    def service(self, namespace: Namespace, symbol: str) -> str:
        """Who claims the symbol; empty when nobody does."""
        table = self.names.get(namespace)
        claim = table.find(symbol) if table is not None else None
        return claim.service if claim is not None else ""

    def paths(self, symbol: str) -> tuple[str, ...]:
        """The dotted paths that rules ask for, under every key that covers the symbol."""
        known = self._paths.get(symbol)
        if known is None:
            exact = self.attributes.get(symbol, ())
            covering = (self._open.get(symbol[:length], ()) for length in self._lengths if length <= len(symbol))
            known = tuple(dict.fromkeys(chain(exact, *covering)))
            _remember(self._paths, symbol, known)
        return known

    @cached_property
    def _open(self) -> dict[str, tuple[str, ...]]:
        return {key[:-1]: paths for key, paths in self.attributes.items() if key.endswith("*")}

    @cached_property
    def _lengths(self) -> list[int]:
        return sorted({len(prefix) for prefix in self._open})

    @cached_property
    def _wanted(self) -> dict[tuple[Namespace, str], bool]:
        return {}

    @cached_property
    def _paths(self) -> dict[str, tuple[str, ...]]:
        return {}


def _remember(answers: dict[_Key, _Answer], key: _Key, answer: _Answer) -> None:
    """Keep an answer. A hostile tree has names without end."""
    if len(answers) >= _REMEMBERED:
        answers.clear()
    answers[key] = answer
