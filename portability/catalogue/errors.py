"""What is raised when rules do not hold together."""

from __future__ import annotations

from collections.abc import Iterable

from portability.model import Problem


class CatalogueError(Exception):
    """The rules do not hold together. ``problems`` says where and what to do; printing it gives a line for each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(f"{p.path}:{p.line}: {p.message}" for p in self.problems))
