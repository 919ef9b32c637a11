"""What was found out once: answers that hold for whoever asks, and those of one evaluator alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias, TypeVar

from portability.parsers.python.held import Held
from portability.parsers.python.scopes import Scope

DEEPEST: Final = 40
"""How many steps a value is followed through before it counts as opaque."""

Key: TypeAlias = tuple[Scope, str]
"""A function and one of its parameters, or a class and one of its fields."""

Given = Mapping[Key, tuple[Held, ...]]
"""What the callers of functions hand in, by function and parameter."""

NOTHING_GIVEN: Given = {}

_NO_KEYS: Final[frozenset[Key]] = frozenset()
"""The one that nearly all answers share: each of their own would take more room than the rest of an answer."""

_Asked = TypeVar("_Asked")


class Answer(NamedTuple):
    """What something may hold, how many steps that took, and for which parameters it asked what callers hand in.
    ``is_whole``: nothing was left out for want of steps, or because it was being answered already."""

    held: tuple[Held, ...]
    steps: int
    hangs_on: frozenset[Key]
    is_whole: bool


_BEING_ANSWERED = Answer((), 0, _NO_KEYS, is_whole=False)


class Answers:
    """One evaluator's answers. Those that are whole and hang on nothing that is given to it are ``settled``: every
    other evaluator of the program would come to the same, so they are kept for all."""

    def __init__(self, settled: dict[object, Answer], given: Given) -> None:
        self.given = given
        self.depth = 0
        self._settled = settled
        self._own: dict[object, Answer] = {}
        self._deepest = 0
        self._hangs_on = _NO_KEYS
        self._is_whole = True

    def step(self) -> bool:
        """Go one step deeper; False where that is too deep. Whoever takes a step goes back by ``depth``."""
        if self.depth >= DEEPEST:
            self._is_whole = False
            return False
        self.depth += 1
        self._deepest = max(self._deepest, self.depth)
        return True

    def handed_in(self, scope: Scope, name: str) -> tuple[Held, ...]:
        """What callers are known to hand in for a parameter."""
        key = (scope, name)
        self._hangs_on |= {key}
        return self.given.get(key, ())

    def cut(self) -> None:
        """Note that what is being answered may come out otherwise for somebody else."""
        self._is_whole = False

    def lean_on(self, other: Answers) -> None:
        """Note that what is being answered came from an evaluator with more given to it."""
        self._hangs_on |= {key for key in other._hangs_on if other.given.get(key) == self.given.get(key)}
        self._is_whole = False

    def hung_on(self) -> frozenset[Key]:
        """The parameters on which hangs what was asked since the last call of this."""
        keys, self._hangs_on = self._hangs_on, _NO_KEYS
        return keys

    def take_over(self, other: Answers) -> None:
        """Note that what is being answered came from an evaluator that anyone would have asked the same."""
        self._hangs_on |= other.hung_on()
        if not other._is_whole:
            self._is_whole, other._is_whole = False, True

    def known(self, asked: object) -> tuple[Held, ...] | None:
        """An answer that is there already, or that is on its way, as far as it got: that is nothing."""
        answer = self._own.get(asked)
        if answer is None:
            answer = self._settled.get(asked)
            if answer is None or self.depth + answer.steps >= DEEPEST or not self._is_free(answer.hangs_on):
                return None
            self._own[asked] = answer  # from now on it counts however deep it is asked for, as if worked out here
        self._note(answer)
        return answer.held

    def find(self, asked: _Asked, work: Callable[[_Asked], tuple[Held, ...]]) -> tuple[Held, ...]:
        """Work an answer out that is not known, and keep it."""
        self._own[asked] = _BEING_ANSWERED
        answer = self._own[asked] = self._answer(asked, work)
        self._settle(asked, answer)
        return answer.held

    def found(self, asked: _Asked, work: Callable[[_Asked], tuple[Held, ...]]) -> tuple[Held, ...]:
        """An answer that is there already, else worked out: of what may be asked again inside itself, as is an
        attribute that is made of what it held before. It is kept where it is whole."""
        answer = self._own.get(asked)
        if answer is None:
            answer = self._settled.get(asked)
            if answer is not None and not self._is_free(answer.hangs_on):
                answer = None
        if answer is not None and self.depth + answer.steps < DEEPEST:
            self._note(answer)
            return answer.held
        answer = self._answer(asked, work)
        if answer.is_whole:
            self._own[asked] = answer
            self._settle(asked, answer)
        return answer.held

    def _answer(self, asked: _Asked, work: Callable[[_Asked], tuple[Held, ...]]) -> Answer:
        before = self._deepest, self._hangs_on, self._is_whole
        self._deepest, self._hangs_on, self._is_whole = self.depth, _NO_KEYS, True
        held = work(asked)
        answer = Answer(held, self._deepest - self.depth, self._hangs_on, self._is_whole)
        self._deepest, self._hangs_on, self._is_whole = before
        self._note(answer)
        return answer

    def _settle(self, asked: object, answer: Answer) -> None:
        if answer.is_whole and self._is_free(answer.hangs_on):
            self._settled[asked] = answer

    def let_go(self) -> None:
        """Forget what only this evaluator found."""
        self._own.clear()

    def _is_free(self, keys: frozenset[Key]) -> bool:
        return not keys or self.given.keys().isdisjoint(keys)

    def _note(self, answer: Answer) -> None:
        self._deepest = max(self._deepest, self.depth + answer.steps)
        if answer.hangs_on:
            self._hangs_on = self._hangs_on | answer.hangs_on if self._hangs_on else answer.hangs_on
        if not answer.is_whole:
            self._is_whole = False
