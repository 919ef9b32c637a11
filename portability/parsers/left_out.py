"""What is left out of a text within a text, told past the rooms between: in Terraform stands a manifest, in that a
program, and the one that knows what was not read of it is not asked for more than what it uses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from msgspec.structs import replace

from portability.model import Problem, Reading

_noted: ContextVar[list[Problem] | None] = ContextVar("noted", default=None)


@contextmanager
def noted() -> Iterator[list[Problem]]:
    """Collects what is noted meanwhile, of whatever files are read."""
    found: list[Problem] = []
    before = _noted.set(found)
    try:
        yield found
    finally:
        _noted.reset(before)


def note(problem: Problem) -> None:
    """Tell whoever reads the file of a problem."""
    if (found := _noted.get()) is not None:
        found.append(problem)


def with_notes(readings: Mapping[str, Reading], notes: Sequence[Problem]) -> dict[str, Reading]:
    """Readings by path, with what was noted of them: such a file is partly read at most."""
    by_path: dict[str, set[Problem]] = defaultdict(set)
    for problem in notes:
        by_path[problem.path].add(problem)
    return {path: _with(reading, by_path.get(path)) for path, reading in readings.items()}


def _with(reading: Reading, notes: set[Problem] | None) -> Reading:
    if not notes:
        return reading
    state = "partly" if reading.state == "read" else reading.state
    return replace(reading, state=state, problems=tuple(sorted({*reading.problems, *notes})))
