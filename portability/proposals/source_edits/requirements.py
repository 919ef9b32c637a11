"""What edited programs import from now on, put beside what they install: in the files of the nearest folder that list
it, be it a ``requirements.txt``, a ``pyproject.toml`` (of any tool that keeps to the standard, or of Poetry) or a
``Pipfile``.

Files with locked hashes, and lists that a tool makes from others, are left to what makes them.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from portability.discovery import Seen, look
from portability.patterns import regex
from portability.proposals.inputs import is_secret
from portability.proposals.patches import unified

_NAME = regex(r"([A-Za-z0-9][\w.-]*)")
_LOCKED = ("--hash", "pip-compile", "uv pip compile", "\n-r", "\n-c", "\n-e", "\n--")
_ITEM = regex(r"\s*([\"'])([^\"']*)\1\s*(,?)\s*(?:#.*)?")
_ON_ONE_LINE = regex(r"\s*dependencies\s*=\s*\[(.*?),?\s*\]\s*")


def requirements(root: Path, needed: Mapping[str, Collection[str]]) -> dict[str, tuple[str, Sequence[str]]]:
    """Patches by the file of requirements, each with the programs that ask for it, of what programs need by their
    paths."""
    asked: dict[str, dict[str, None]] = defaultdict(dict)
    names: dict[str, set[str]] = defaultdict(set)
    for program, distributions in sorted(needed.items()):
        for path in _nearest(root, program) if distributions else ():
            asked[path][program] = None
            names[path] |= set(distributions)
    found = {path: (_patch(path, _text(root, path), names[path]), list(programs)) for path, programs in asked.items()}
    return {path: one for path, one in found.items() if one[0]}


def _nearest(root: Path, program: str) -> Sequence[str]:
    """The files of the nearest folder above a program that list what it installs."""
    folder = program
    while folder:
        folder = folder.rpartition("/")[0]
        within = [f"{folder}/{name}" if folder else name for name in _FORMS]
        found = [path for path in within if _form(path)(_text(root, path), ()) is not None]
        if found or isinstance(look(root, within[0]), Seen):  # a list that is left to others is still the nearest
            return found
    return ()


def _text(root: Path, path: str) -> str:
    """What a file says; empty where it is not there, or not UTF-8 with line ends as git has them."""
    seen = look(root, path)
    try:
        text = seen.data.decode() if isinstance(seen, Seen) else ""
    except UnicodeDecodeError:
        return ""
    return "" if "\r" in text else text


def _patch(path: str, before: str, names: Collection[str]) -> str:
    """A patch that adds what is not named; empty where all is, or where the patch would show a secret."""
    after = _form(path)(before, names)
    patch = unified(path, before, after) if after is not None and after.rstrip() != before.rstrip() else ""
    return "" if is_secret("", patch) else patch


def _in_lines(before: str, names: Collection[str]) -> str | None:
    """``requirements.txt``: a line each, in their order where they have one. None where it is not a plain list."""
    if not before or any(mark in f"\n{before}" for mark in _LOCKED):
        return None
    after = _with(before.splitlines(), names, _distribution, lambda name: name)
    return "\n".join(after) + "\n"


def _in_project(before: str, names: Collection[str]) -> str | None:
    """``pyproject.toml``: an item of ``project.dependencies``, or a key of Poetry's table. None where neither is."""
    said = _toml(before)
    listed = _held(said, "project", "dependencies")
    if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
        new = sorted(set(names) - {_distribution(one) for one in listed})
        after = _listed(before, new) if new else before
        return (
            after if sorted(_held(_toml(after), "project", "dependencies") or ()) == sorted([*listed, *new]) else None
        )
    return _in_table(before, names, "tool", "poetry", "dependencies")


def _in_packages(before: str, names: Collection[str]) -> str | None:
    """``Pipfile``: a key of its packages."""
    return _in_table(before, names, "packages")


def _in_table(before: str, names: Collection[str], *table: str) -> str | None:
    """TOML with a key for each name at the end of a table; None where it has no such table under a head of its own."""
    held = _held(_toml(before), *table)
    lines = before.splitlines()
    head = next((at for at, line in enumerate(lines) if line.strip() == f"[{'.'.join(table)}]"), None)
    if not isinstance(held, dict) or head is None:
        return None
    new = sorted(set(names) - {_distribution(name) for name in held})
    end = next((at for at in range(head + 1, len(lines)) if lines[at].startswith("[")), len(lines))
    while not lines[end - 1].strip() or lines[end - 1].startswith("#"):  # what stands before the next head is its own
        end -= 1
    after = "\n".join([*lines[:end], *(f'{name} = "*"' for name in new), *lines[end:]]) + "\n"
    return after if _held(_toml(after), *table) == held | dict.fromkeys(new, "*") else None


def _listed(before: str, new: Sequence[str]) -> str:
    """The text of a ``pyproject.toml`` with more items in its list, laid out as those there; as it was where that
    list is written in another way."""
    lines = before.splitlines()
    head = next((at for at, line in enumerate(lines) if line.strip() == "[project]"), len(lines))
    at = next((at for at in range(head, len(lines)) if re.match(r"\s*dependencies\s*=", lines[at])), len(lines))
    if at == len(lines):
        return before
    if on_one := _ON_ONE_LINE.fullmatch(lines[at]):
        items = [*filter(None, [on_one[1].strip()]), *map(json.dumps, new)]
        lines[at] = f"{lines[at].partition('[')[0]}[{', '.join(items)}]"
    else:
        end = next((n for n in range(at, len(lines)) if lines[n].strip().startswith("]")), at)
        inner = lines[at + 1 : end]
        found = [_ITEM.fullmatch(line) for line in inner]
        last = found[-1] if found else None
        if last is None:
            return before
        if not last[3]:
            inner[-1] = f"{inner[-1][: last.end(2) + 1]},{inner[-1][last.end(2) + 1 :]}"
        indent, quote = inner[-1][: last.start(1)], last[1]
        lines[at + 1 : end] = _with(inner, new, _of_item, lambda name: f"{indent}{quote}{name}{quote},")
    return "\n".join(lines) + "\n"


def _with(
    lines: Sequence[str], names: Collection[str], named: Callable[[str], str], written: Callable[[str], str]
) -> list[str]:
    """Lines with one more for each name that none of them has: in their order, where they have one, else at the end."""
    said = [named(line) for line in lines]
    in_order = said == sorted(said) and all(said)
    after = list(lines)
    for name in sorted(set(names) - set(said)):
        at = next((at for at, one in enumerate(map(named, after)) if one > name), len(after))
        after.insert(at if in_order else len(after), written(name))
    return after


def _of_item(line: str) -> str:
    item = _ITEM.fullmatch(line)
    return _distribution(item[2]) if item else ""


def _distribution(text: str) -> str:
    named = _NAME.match(text.strip())
    return named[1].lower().replace("_", "-").replace(".", "-") if named else ""


def _toml(text: str) -> Mapping[str, Any]:
    """What a text says; nothing where it is no TOML."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _held(said: Any, *keys: str) -> Any:
    for key in keys:
        said = said.get(key) if isinstance(said, Mapping) else None
    return said


_FORMS: Mapping[str, Callable[[str, Collection[str]], str | None]] = {
    "requirements.txt": _in_lines,
    "pyproject.toml": _in_project,
    "Pipfile": _in_packages,
}
"""How a file that lists what is installed says more: None where it lists nothing in a way that is known."""


def _form(path: str) -> Callable[[str, Collection[str]], str | None]:
    return _FORMS[path.rpartition("/")[2]]
