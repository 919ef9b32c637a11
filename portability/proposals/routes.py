"""Routes of an API: those that the code writes out, and those that it puts together of parts of paths and methods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol, TypeVar

_DEEPEST = 40


class Told(Protocol):
    """A part of an API, as far as it matters here."""

    @property
    def address(self) -> str:
        """The address of its block."""

    @property
    def inputs(self) -> Mapping[str, object]:
        """What the block says."""


P = TypeVar("P", bound=Told)


class Route(NamedTuple):
    """One route, as ``GET /orders/{id}``; ``part`` says it, ``answers`` leads to what answers, ``within`` are the parts
    that it is put together of. ``is_mock`` says that the old gateway answers itself."""

    text: str
    part: Told
    answers: Told
    within: tuple[Told, ...] = ()
    is_mock: bool = False


def routes_of(parts: Iterable[P]) -> list[Route]:
    """The routes that are told in full, in the order of the code."""
    told = list(parts)
    return list(_routes(told, {part.address: part for part in told if "path_part" in part.inputs}))


def _routes(parts: list[P], pieces: Mapping[str, P]) -> Iterator[Route]:
    for part in parts:
        route, method, at = (part.inputs.get(name) for name in ("route", "method", "beneath"))
        if isinstance(route, str):
            yield Route(route, part, part)
        elif isinstance(method, str) and isinstance(at, str) and "answered_by" not in part.inputs:
            path = _path(at, pieces)
            if path is None:
                continue
            text = "/" + "/".join(str(piece.inputs["path_part"]) for piece in path)
            answers = [one for one in parts if "answered_by" in one.inputs and _is_of(one, at, method)]
            answer = answers[0] if len(answers) == 1 else part
            is_mock = answer.inputs.get("answered_by") == "MOCK"
            yield Route(f"{method.upper()} {text}", part, answer, (*path, *answers), is_mock)


def _is_of(answer: Told, at: str, method: str) -> bool:
    return answer.inputs.get("beneath") == at and answer.inputs.get("method") == method


def _path(address: str, pieces: Mapping[str, P]) -> list[P] | None:
    """The parts of a path from its root; None where one is not known, or leads around in a circle."""
    path: list[P] = []
    at: object = address
    while isinstance(at, str) and at in pieces:
        path.insert(0, pieces[at])
        if len(path) > _DEEPEST or not isinstance(pieces[at].inputs["path_part"], str):
            return None
        at = pieces[at].inputs.get("beneath")
    return path if isinstance(at, str) else None
