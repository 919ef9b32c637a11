"""The files of one unit as modules: parsed when they are first asked for, and found by the names that others import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from portability.interest import Interest
from portability.model import Problem, Source, Usage
from portability.parsers.python.answers import Answer
from portability.parsers.python.imports import Copied, Layout
from portability.parsers.python.scopes import Module
from portability.parsers.python.source import Parsed, parse
from portability.parsers.python.survey import survey
from portability.parsers.python.words import words_for

ALONG = "./"
"""How the paths of files begin that are read along with others, and are not reported."""

Aside = Callable[[Source, Parsed], tuple[Usage, ...]]
"""What else a syntax tree is asked, while there is one."""


_KEPT_BYTES: Final = 1_000_000


class _Shelf:
    """Modules of units that are done. What units lean on together is asked for by one after another, so the last ones
    are kept, up to a bound of their bytes, for as long as their files are the same. Each has one owner at a time."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, bytes], tuple[Module, Parsed]] = {}
        self._bytes = 0

    def take(self, path: str, data: bytes) -> tuple[Module, Parsed] | None:
        """A module of just this text, if it is here."""
        found = self._kept.pop((path, data), None)
        if found is not None:
            self._bytes -= len(data)
        return found

    def put(self, path: str, data: bytes, module: Module, parsed: Parsed) -> None:
        """Keep a module, in the place of those that have been here longest."""
        if (path, data) in self._kept:
            return module.let_go()
        self._kept[path, data] = module, parsed
        self._bytes += len(data)
        return self.shrink(_KEPT_BYTES)

    def shrink(self, most: int) -> None:
        """Let modules go until at most so many bytes are here."""
        while self._bytes > max(most, 0):
            oldest = next(iter(self._kept))
            self._bytes -= len(oldest[1])
            self._kept.pop(oldest)[0].let_go()


_shelf = _Shelf()


class Program:
    """Modules by path. A syntax tree is dropped as soon as its names and calls are noted, and ``aside`` was answered
    for a file that is reported."""

    def __init__(self, sources: Sequence[Source], interest: Interest, aside: Aside) -> None:
        # What is kept beside a unit must not add to the memory that the largest ones take.
        _shelf.shrink(_KEPT_BYTES - sum(len(source.data) for source in sources))
        self._sources = {source.path.removeprefix(ALONG): source for source in sources}
        self._modules: dict[str, Module | None] = {}
        self._parsed: dict[str, Parsed] = {}
        self._naming: dict[str, bool] = {}
        self.settled: dict[object, Answer] = {}
        self._wrappers: dict[str, set[str]] = {}
        self._aside = aside
        self._said: dict[str, tuple[Usage, ...]] = {}
        folders = {""}
        for path in self._sources:
            while path := path.rpartition("/")[0]:
                folders.add(path)
        words = words_for(interest)
        self._own = {part for path in self._sources for part in path.removesuffix(".py").split("/")}
        self._words = words
        self.is_root = words.is_root
        copied = cache(lambda: Copied(self._sources))
        self.layout = Layout(self._sources.__contains__, folders.__contains__, words.is_foreign, words.yields, copied)

    def module(self, path: str) -> Module | None:
        """The names and calls of a file; None when nothing of it could be read. May raise ``RecursionError``."""
        if path not in self._modules:
            source = self._sources[path]
            self._modules[path] = None
            is_along = source.path.startswith(ALONG)
            if is_along and (kept := _shelf.take(path, source.data)) is not None:
                self._modules[path], self._parsed[path] = kept
                return self._modules[path]
            parsed = parse(source)
            self._parsed[path] = parsed._replace(tree=None)
            if parsed.tree is not None:
                module = survey(parsed.tree, path)
                # Calls in what is only read along are never asked for, and are a quarter of what a module holds.
                self._modules[path] = module._replace(calls=[]) if is_along else module
                if not is_along:
                    self._said[path] = self._aside(source, parsed)
        return self._modules[path]

    def names_sdk(self, path: str) -> bool:
        """Whether a module imports something that is asked for."""
        if path not in self._naming:
            module = self._modules.get(path)
            self._naming[path] = module is not None and any(self.is_root(it.name) for it in module.imports)
        return self._naming[path]

    def wraps(self, path: str, name: str) -> bool:
        """Whether what a module calls is of a package outside the tree, imported by a name that tells a service."""
        if path not in self._wrappers:
            module = self._modules.get(path)
            self._wrappers[path] = {
                it.name
                for it in (module.imports if module is not None else ())
                if self._words.is_wrapper(it.name) and it.name.partition(".")[0] not in self._own
            }
        return any(name == one or name.startswith(f"{one}.") for one in self._wrappers[path])

    def parsed(self, path: str) -> Parsed:
        """Text, state and problems of a file that was asked for; its tree is gone."""
        return self._parsed[path]

    def said(self, path: str) -> tuple[Usage, ...]:
        """What ``aside`` answered for a file that was asked for."""
        return self._said.get(path, ())

    def let_go(self) -> None:
        """Forget every module; nothing is asked for any more. What was only read along is the likeliest to be asked for
        again by the next unit."""
        for path, module in sorted(self._modules.items(), key=lambda item: self._sources[item[0]].path[:2] == ALONG):
            if module is not None:
                _shelf.put(path, self._sources[path].data, module, self._parsed[path])
        self._modules.clear()
        self.settled.clear()

    def find(self, path: str, name: str) -> tuple[str, tuple[str, ...]] | None:
        """The file of the unit that a name imported by ``path`` leads to, and what of the name lies inside it."""
        return self.layout.find(path, name)


def given_up(path: str) -> Problem:
    """What is said of a file whose definitions cannot be followed."""
    message = "Definitions refer to each other too deeply to be followed, so this file was given up."
    return Problem(path=path, line=1, kind="too-deep", message=message)
