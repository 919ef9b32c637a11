"""Kinds of ties by the places where they stand, as small files: what is found is what is marked, no more and no less.

A file in ``matrix/`` holds several, each under a line ``#### NAME PATH``. A line that binds ends in ``#! tie``, and one
that binds and is not found yet in ``#! gap``, so that whoever closes it sees it here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from portability.audit import audit
from portability.catalogue import load
from portability.patterns import regex

MATRIX: Final = sorted((Path(__file__).parent / "matrix").glob("*.txt"))
_MARK = regex(r"[ \t]*#! (tie|gap)$")


def cells(text: str) -> Iterator[tuple[str, list[str], list[int]]]:
    """``(path, lines without their marks, numbers of the lines that bind)`` of each small file."""
    for cell in text.split("#### ")[1:]:
        head, *lines = cell.rstrip("\n").split("\n")
        found = [_MARK.search(line) for line in lines]
        bare = [line[: mark.start()] if mark else line for line, mark in zip(lines, found, strict=True)]
        yield "/".join(head.split()), bare, [at for at, mark in enumerate(found, 1) if mark and mark[1] == "tie"]


@pytest.mark.parametrize("file", MATRIX, ids=[one.stem for one in MATRIX])
def test_each_line_that_binds_is_found(tmp_path: Path, file: Path) -> None:
    wanted: dict[str, list[int]] = {}
    for path, lines, binding in cells(file.read_text()):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("\n".join(lines) + "\n")
        wanted[path] = binding
    found = audit(tmp_path, load(), (), jobs=1).findings
    lines_of = {path: sorted({one.location.line for one in found if one.location.path == path}) for path in wanted}
    assert lines_of == wanted


def test_the_marks_are_of_most_lines_that_bind() -> None:
    every = "".join(one.read_text() for one in MATRIX)
    assert every.count("#! gap\n") < 0.06 * every.count("#! tie\n")
