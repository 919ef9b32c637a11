"""Rendered charts beside their templates: what came out says which uses are there, and which nobody saw before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from portability.discovery import HELPERS, read_place
from portability.model import Location, Problem, Reading, Source, Usage
from portability.parsers.kubernetes.asked import Asked
from portability.parsers.kubernetes.charts import CHART, VALUES, is_archive, topmost
from portability.parsers.kubernetes.documents import decode
from portability.parsers.kubernetes.origin import Origin
from portability.parsers.kubernetes.rendering import NotRenderedError, rendered
from portability.parsers.kubernetes.templates import HOLE, lines_with_holes
from portability.parsers.kubernetes.texts import manifests_of, switched
from portability.parsers.left_out import noted
from portability.patterns import regex

_LETTERS: Final = regex(r"\w{2}")


def settled(
    readings: Mapping[str, Reading], unit: Sequence[Source], asked: Asked, renderer: tuple[str, ...]
) -> dict[str, Reading]:
    """The readings of a unit with what its charts come to when Helm renders them. One that cannot be rendered keeps
    what was read, and says why."""
    found = dict(readings)
    paths = {source.path for source in unit}
    for folder in sorted(topmost(paths)):
        within = f"{folder}/" if folder else ""
        files = {one.path.removeprefix(within): one.data for one in unit if one.path.startswith(within)}
        own = {path: found[path] for path in found if path.startswith(within)}
        try:
            made = rendered(files, _brought(files), renderer)
        except NotRenderedError as error:
            own = _refused(own, within + CHART, str(error))
        else:
            own = _Chart(within, files, own, asked).settled(made)
        found.update(own)
    return found


def _brought(files: Mapping[str, bytes]) -> set[str]:
    """Names of the charts within a chart."""
    inside = [path.split("/") for path in files if path.startswith("charts/")]
    unpacked = {parts[1] for parts in inside if parts[2:] == [CHART]}
    return unpacked | {re.sub(r"-v?\d.*", "", parts[1]) for parts in inside if len(parts) == 2}


def _refused(own: Mapping[str, Reading], path: str, why: str) -> dict[str, Reading]:
    message = f"this chart was not rendered, since {why}; its templates were read as they stand."
    problem = Problem(path=path, line=1, kind="template", message=message)
    reading = own.get(path, Reading())
    state = "partly" if reading.state == "read" else reading.state
    return {**own, path: replace(reading, state=state, problems=tuple(sorted([*reading.problems, problem])))}


class _Chart:
    """A chart as it was read, and as it is rendered."""

    def __init__(self, within: str, files: Mapping[str, bytes], own: Mapping[str, Reading], asked: Asked) -> None:
        self._within, self._files, self._own, self._asked = within, files, own, asked
        self._known = {usage.symbol for reading in own.values() for usage in reading.usages}

    def settled(self, made: Mapping[str, str]) -> dict[str, Reading]:
        """The readings: uses that came out are there, others wait for other values, and new ones are added."""
        found = {path: self._usages(path, text) for path, text in made.items()}
        anywhere = {usage.symbol for usages in found.values() for usage in usages}
        readings = dict(self._own)
        for path, reading in self._own.items():
            if path.startswith(f"{self._within}templates/") or "/templates/" in path:
                here = {usage.symbol for usage in found.get(path.removeprefix(self._within), ())}
                # What is defined for others comes out of those.
                readings[path] = _seen(reading, anywhere if read_place(path) == HELPERS else here)
            elif path.endswith((f"/{VALUES}", self._within + VALUES)) or is_archive(path):
                readings[path] = replace(reading, usages=tuple(_there(reading.usages, anywhere)))
        for path, usages in found.items():
            new = {usage.symbol: usage for usage in reversed(usages) if usage.symbol not in self._known}
            if new and (place := self._within + path) in readings:
                told = [*readings[place].usages, *self._placed(path, made[path], new.values())]
                ordered = sorted(told, key=lambda usage: (usage.location, usage.symbol))
                readings[place] = replace(readings[place], usages=tuple(ordered))
        return readings

    def _usages(self, path: str, text: str) -> tuple[Usage, ...]:
        with noted():  # What is left out of the template was told at its lines.
            return manifests_of(text, Origin(self._within + path, text.split("\n")), self._asked).usages

    def _placed(self, path: str, text: str, usages: Iterable[Usage]) -> Iterator[Usage]:
        """The uses at the line of the template that they came from."""
        template = _Template(self._files[path])
        lines = text.split("\n")
        for usage in usages:
            place = template.place(lines, usage.location.line - 1)
            yield replace(usage, location=replace(place, path=self._within + path), confidence="likely")


class _Template:
    """A template by what its lines are made of."""

    def __init__(self, data: bytes) -> None:
        text, _ = decode(data)
        self._lines = text.split("\n")
        self._marked = [line.strip() for line in lines_with_holes(text)]

    def place(self, rendered_lines: Sequence[str], number: int) -> Location:
        """The line that a rendered one came from: the one that has most of it word by word, or else the action after
        the one that an earlier line came from. Without any, the first line."""
        for above in range(number, -1, -1):
            found = self._same(rendered_lines[above].strip())
            if found is not None:
                return self._whole(found if above == number else self._next_action(found))
        return self._whole(self._next_action(-1))

    def _same(self, line: str) -> int | None:
        best, most = None, 0
        for number, marked in enumerate(self._marked):
            pieces = marked.split(HOLE)
            length = sum(map(len, pieces))
            if length > most and _LETTERS.search(marked) and re.fullmatch(".*".join(map(re.escape, pieces)), line):
                best, most = number, length
        return best

    def _next_action(self, number: int) -> int:
        after = (n for n in range(number + 1, len(self._marked)) if HOLE in self._marked[n])
        return next(after, max(number, 0))

    def _whole(self, number: int) -> Location:
        line = self._lines[number] if self._lines else ""
        start, end = len(line) - len(line.lstrip()) + 1, len(line.rstrip()) + 1
        return Location(path="", line=number + 1, column=min(start, end), end_line=number + 1, end_column=end)


def _seen(reading: Reading, here: set[str]) -> Reading:
    """What was read in a template that was rendered: what did not come out waits for other values."""
    usages = tuple(
        replace(usage, active="yes", switch="") if usage.symbol in here else switched(usage, usage.switch)
        for usage in reading.usages
    )
    problems = tuple(problem for problem in reading.problems if problem.kind != "template")
    state = "read" if reading.state == "partly" and not problems else reading.state
    return replace(reading, state=state, usages=usages, problems=problems)


def _there(usages: Iterable[Usage], anywhere: set[str]) -> Iterator[Usage]:
    """What a file of values says, with what came out of some template for certain to be there."""
    for usage in usages:
        is_there = usage.symbol in anywhere and usage.active == "unknown"
        yield replace(usage, active="yes", switch="") if is_there else usage
