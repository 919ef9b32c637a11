"""What the expressions of a unit may take together, and the names that they work out: each once, however deep one leads
to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from portability.model import UNKNOWN

MAX_STEPS: Final = 400_000
"""Expressions that are evaluated for one unit."""
MAX_LEVEL: Final = 60
"""How deep one expression may lead to another: a level takes ten frames of the thousand, and a caller has some."""


Key = tuple[bool, str, str]
"""Whether defaults of variables are left out; the kind of a name; the name."""


class _Name(NamedTuple):
    """A name whose value is being worked out."""

    names: Names
    key: Key
    compute: Callable[[], Any]


class TooDeep(Exception):
    """Expressions lead to each other too deep: the last name must be worked out before those that lead to it."""

    def __init__(self, name: _Name) -> None:
        super().__init__()
        self.name = name


class Budget:
    """What all expressions of a unit may take together."""

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.level = 0
        self.cut = 0
        self.open: list[_Name] = []

    def enter(self) -> bool:
        """Whether one more expression may be evaluated now. Raises TooDeep where one has led to too many others."""
        if self.level >= MAX_LEVEL and self.steps > 0 and self.open:
            raise TooDeep(self.open[-1])
        if self.steps <= 0 or self.level >= MAX_LEVEL:
            self.cut += 1
            return False
        self.steps -= 1
        self.level += 1
        return True


class Names:
    """The values of a module's names, each worked out once and kept."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._values: dict[Key, Any] = {}

    def once(self, key: Key, compute: Callable[[], Any]) -> Any:
        """The value of a name. Those that it leads to too deep are worked out first."""
        if key in self._values:
            return self._values[key]
        todo = [_Name(self, key, compute)]
        if self._budget.open:
            return self._work_out(todo[0])
        while True:
            last = todo[-1]
            try:
                value = last.names._work_out(last)
            except TooDeep as deep:
                name = deep.name
                if any(one.names is name.names and one.key == name.key for one in todo):
                    name.names._values[name.key] = UNKNOWN  # too deep by itself
                else:
                    todo.append(name)
                continue
            todo.pop()
            if not todo:
                return value

    def _work_out(self, name: _Name) -> Any:
        if name.key in self._values:
            return self._values[name.key]
        self._values[name.key] = UNKNOWN  # what leads back to itself
        cut, done = self._budget.cut, False
        self._budget.open.append(name)
        try:
            value = name.compute()
            done = self._budget.cut == cut
        finally:
            self._budget.open.pop()
            del self._values[name.key]
        if done:
            self._values[name.key] = value
        return value
