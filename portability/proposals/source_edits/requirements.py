"""What edited programs import from now on, put beside what they install: a line of the nearest ``requirements.txt``.

Other ways of saying what is installed (a ``pyproject.toml``, files with locked hashes) are left to those who keep them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from portability.discovery import Seen, look
from portability.patterns import regex
from portability.proposals.inputs import is_secret
from portability.proposals.patches import unified

NAME = "requirements.txt"
_LINE = regex(r"([A-Za-z0-9][\w.-]*)")
_LOCKED = ("--hash", "pip-compile", "uv pip compile", "\n-r", "\n-c", "\n-e", "\n--")


def requirements(root: Path, needed: Mapping[str, Collection[str]]) -> dict[str, tuple[str, Sequence[str]]]:
    """Patches by the file of requirements, each with the programs that ask for it, of what programs need by their
    paths."""
    asked: dict[str, dict[str, None]] = defaultdict(dict)
    names: dict[str, set[str]] = defaultdict(set)
    for program, distributions in sorted(needed.items()):
        nearest = next((path for path in _above(program) if isinstance(look(root, path), Seen)), "")
        if nearest and distributions:
            asked[nearest][program] = None
            names[nearest] |= set(distributions)
    found = {path: (_patch(root, path, names[path]), list(programs)) for path, programs in asked.items()}
    return {path: one for path, one in found.items() if one[0]}


def _above(program: str) -> Iterator[str]:
    """Where requirements of a program may stand, the nearest first."""
    folder = program
    while folder:
        folder = folder.rpartition("/")[0]
        yield f"{folder}/{NAME}" if folder else NAME


def _patch(root: Path, path: str, names: Collection[str]) -> str:
    """A patch that adds what is not named; empty where all is, or where the file is not a plain list."""
    seen = look(root, path)
    try:
        before = seen.data.decode() if isinstance(seen, Seen) else ""
    except UnicodeDecodeError:
        return ""
    if any(mark in f"\n{before}" for mark in _LOCKED) or "\r" in before or is_secret("", before):
        return ""
    lines = before.splitlines()
    said = [_distribution(line) for line in lines]
    after, order = list(lines), [name for name in said if name]
    for name in sorted(set(names) - set(said)):
        sorted_there = order == sorted(order) and len(order) == len(lines)
        at = next((at for at, one in enumerate(map(_distribution, after)) if one > name), len(after))
        after.insert(at if sorted_there else len(after), name)
    return unified(path, before, "\n".join(after) + "\n") if after != lines else ""


def _distribution(line: str) -> str:
    named = _LINE.match(line.strip())
    return named[1].lower().replace("_", "-").replace(".", "-") if named else ""
