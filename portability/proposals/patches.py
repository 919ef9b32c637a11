"""Unified diffs: made of a file before and after, and read as edits of lines by those who apply these themselves."""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterator
from typing import NamedTuple

from portability.patterns import regex

_HUNK = regex(r"^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")


def unified(path: str, before: str, after: str, context: int = 3) -> str:
    """A unified diff of one file. Git ends lines at newlines only, and a path with blanks at a tab."""
    end = "\t" if " " in path else ""
    old, new = list(io.StringIO(before)), list(io.StringIO(after))
    lines = difflib.unified_diff(old, new, f"a/{path}{end}", f"b/{path}{end}", n=context)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


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
