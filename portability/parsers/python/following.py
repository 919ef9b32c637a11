"""The files of a unit, one after another: first by themselves, then with what their callers hand in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial

import msgspec

from portability.interest import Interest
from portability.model import Missing, Reading, Source, Usage
from portability.names.contexts import context_of
from portability.parsers.python.answers import NOTHING_GIVEN, Given
from portability.parsers.python.around import marked, said, says_more
from portability.parsers.python.constructs import declared
from portability.parsers.python.handing import HandedIn
from portability.parsers.python.held import Constant
from portability.parsers.python.makers import told
from portability.parsers.python.program import ALONG, Program, given_up
from portability.parsers.python.scopes import Scope
from portability.parsers.python.source import parse
from portability.parsers.python.usages import UNKNOWN_SERVICE, Collector
from portability.parsers.python.words import words_for

_ROUNDS = 3
"""How often what is handed in may be handed on."""


class Following:
    """One unit. Every file is asked by an evaluator of its own, so that none changes what is found in another.

    What a file hands to its own functions is its own evidence. What only other files hand in is found afterwards, in
    addition, and marked as the callers' evidence.
    """

    def __init__(self, unit: Sequence[Source], interest: Interest) -> None:
        self._interest = interest
        self._unit = unit
        self._handed = HandedIn()
        self._usages: dict[str, dict[object, Usage]] = {}
        self._given: dict[str, Given] = {}
        self._collectors: dict[str, Collector] = {}

    def readings(self) -> dict[str, Reading]:
        """Path → reading. Of what is read along with others, an empty one."""
        asked = {source.path: source for source in self._unit if not source.path.startswith(ALONG)}
        found = {source.path: Reading() for source in self._unit}
        worth_it = self._worth_reading(asked)
        for path in sorted(worth_it):
            found[path] = self._read(path)
        for _ in range(_ROUNDS):
            if not self._follow_callers(asked, found):
                break
        self._drop_told(found)
        if worth_it:
            self._program.let_go()
        return found | {path: self._with_rest(found[path], source, path in worth_it) for path, source in asked.items()}

    @cached_property
    def _program(self) -> Program:
        """The unit's modules. Most units are one file that is not worth reading."""
        return Program(self._unit, self._interest, partial(said, interest=self._interest))

    def _with_rest(self, reading: Reading, source: Source, was_read: bool) -> Reading:
        """The reading of a module's clients, with everything else that the module says."""
        if reading.state == "unread":
            return reading
        path = source.path
        if was_read:
            parsed, more = self._program.parsed(path), self._program.said(path)
        elif says_more(source, self._interest):
            parsed = parse(source)
            more = said(source, parsed, self._interest)
        else:
            return reading
        usages = marked((*reading.usages, *more), parsed.text)
        problems = reading.problems or parsed.problems
        missing = tuple(
            Missing(kind="package", name=usage.symbol.partition(".")[0], location=usage.location)
            for usage in usages
            if usage.namespace == "wrapper"
        )
        return msgspec.structs.replace(reading, state=parsed.state, usages=usages, problems=problems, missing=missing)

    def _worth_reading(self, asked: dict[str, Source]) -> set[str]:
        words = words_for(self._interest)
        if len(self._unit) == 1:
            return {path for path, source in asked.items() if words.may_import(source.data)}
        return set(asked)

    def _read(self, path: str) -> Reading:
        given: Given = NOTHING_GIVEN
        usages: tuple[Usage, ...] = ()
        try:
            if self._program.module(path) is None:
                parsed = self._program.parsed(path)
                return Reading(state=parsed.state, problems=parsed.problems)
            for _ in range(_ROUNDS):
                usages = self._collect(path, given)
                before, given = given, self._handed.within(path)
                if not self._handed.is_new(path, given, before):
                    break
        except RecursionError:
            return Reading(state="unread", problems=(given_up(path),))
        self._usages[path] = {_key(usage): usage for usage in usages}
        self._given[path] = given
        parsed = self._program.parsed(path)
        return Reading(state=parsed.state, usages=usages, problems=parsed.problems)

    def _collect(self, path: str, given: Given) -> tuple[Usage, ...]:
        module = self._program.module(path)
        if module is None:
            return ()
        if path not in self._collectors:
            self._collectors[path] = Collector(module, self._program, self._interest)
        collector = self._collectors[path]
        usages = collector.usages(given)
        for scope, name, held, location in collector.handed:
            if not (isinstance(held, Constant) and _is_tried(scope.path, location.path)):
                self._handed.add(scope, name, held, location)
        text = self._program.parsed(path).text
        return declared(usages, (call for call, _ in module.calls), text, self._interest)

    def _follow_callers(self, asked: dict[str, Source], found: dict[str, Reading]) -> bool:
        """Ask the files again whose functions receive something from other files; whether anything was new."""
        given = self._handed.everywhere()
        any_new = False
        for path in sorted(self._handed.paths() & asked.keys()):
            before = self._given.get(path, NOTHING_GIVEN)
            if found[path].state == "unread" or not self._handed.is_new(path, given, before):
                continue
            any_new = True
            self._given[path] = given
            try:
                usages = self._collect(path, given)
            except RecursionError:
                continue
            known = self._usages.setdefault(path, {})
            for usage in usages:
                if _key(usage) not in known:
                    known[_key(usage)] = self._from_callers(usage)
            ordered = sorted(known.values(), key=lambda usage: (usage.location, usage.namespace, usage.symbol))
            found[path] = msgspec.structs.replace(found[path], usages=tuple(ordered))
        return any_new

    def _drop_told(self, found: dict[str, Reading]) -> None:
        """Leave out the clients of nobody knows what where each call of their maker tells which, and shows it."""
        places = told([collector.makers for collector in self._collectors.values()])
        for path in {place.path for place in places}:
            kept = [
                usage for usage in found[path].usages if usage.symbol != UNKNOWN_SERVICE or usage.location not in places
            ]
            found[path] = msgspec.structs.replace(found[path], usages=tuple(kept))

    def _from_callers(self, usage: Usage) -> Usage:
        places = {
            location
            for (scope, _), values in self._handed.at(usage.location.path).items()
            if _holds(scope, usage.address)
            for location in values.values()
            if location.path != usage.location.path
        }
        confidence = "possible" if usage.confidence == "possible" else "likely"
        return msgspec.structs.replace(
            usage, evidence="callers", confidence=confidence, related=(*usage.related, *sorted(places)[:5])
        )


def _is_tried(path: str, given_in: str) -> bool:
    """Whether code receives it from tests: clients there are of the kind that it takes, but names are made up."""
    return context_of(given_in) == "test" and context_of(path) != "test"


def _key(usage: Usage) -> object:
    return usage.location, usage.namespace, usage.symbol, usage.kind


def _holds(scope: Scope, address: str) -> bool:
    """Whether what is at an address sees what a function receives: in the function, or in a method of its class."""
    owner = scope.parent if scope.kind == "function" and scope.parent and scope.parent.kind == "class" else scope
    name = owner.qualified_name
    return address == name or address.startswith(f"{name}.")
