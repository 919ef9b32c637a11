"""Unified diffs as edits of lines, for those who apply edits themselves: editors, and code scanning."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import NamedTuple

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")


class Edit(NamedTuple):
    """The lines from ``first`` (from 1) up to, but without, ``after`` become ``text``, which ends as they did."""

    first: int
    after: int
    text: str


def edits(patch: str) -> Iterator[Edit]:
    """Each run of changed lines of a patch to one file. The patch is one of ours: well-formed, with context."""
    at = first = gone = 0
    added: list[str] = []
    for line in io.StringIO(patch):  # only newlines end a line of a patch
        if hunk := _HUNK.match(line):
            yield from _edit(first, gone, added)
            at = first = int(hunk[1]) + (hunk[2] == "0")  # of no lines, the place is behind the one that is named
            gone, added = 0, []
        elif line.startswith("\\") and added:
            added[-1] = added[-1].removesuffix("\n")
        elif at and line.startswith("-"):
            gone += 1
            at += 1
        elif at and line.startswith("+"):
            added.append(line[1:])
        elif at:
            yield from _edit(first, gone, added)
            at += 1
            first, gone, added = at, 0, []
    yield from _edit(first, gone, added)


def _edit(first: int, gone: int, added: list[str]) -> Iterator[Edit]:
    if gone or added:
        yield Edit(first, first + gone, "".join(added))
