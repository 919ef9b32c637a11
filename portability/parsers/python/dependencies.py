"""Declared dependencies: the distributions that a project asks for, as evidence of the SDKs it uses.

Requirements files, pyproject.toml (PEP 621, dependency groups, Poetry, PDM, uv, Hatch), setup.cfg, setup.py and
Pipfile. Lock files repeat them and are not read. A symbol is the distribution's normalised name; one that is asked for
with an extra is also ``name[extra]``.
"""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Iterator, Mapping, Set
from typing import Any, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from portability.digests import blake2b
from portability.interest import Interest
from portability.model import Location, Problem, Reading, Source, Usage
from portability.parsers.guards import too_deep
from portability.patterns import regex

_LISTED: Final = (
    "project.dependencies",
    "project.optional-dependencies.*",
    "dependency-groups.*",
    "tool.pdm.dev-dependencies.*",
    "tool.uv.dev-dependencies",
    "tool.hatch.envs.*.dependencies",
    "tool.hatch.envs.*.extra-dependencies",
)
"""Where pyproject.toml lists requirements; ``*`` is any key."""
_NAMED: Final = (
    "tool.poetry.dependencies",
    "tool.poetry.dev-dependencies",
    "tool.poetry.group.*.dependencies",
    "packages",
    "dev-packages",
)
"""Where pyproject.toml and Pipfile have tables whose keys are the names of distributions."""
_LISTS: Final = frozenset({"install_requires", "extras_require", "tests_require", "setup_requires"})
_OPTION: Final = regex(r"\s+(?:--?[a-z]|#|\\$)")

_MOST_BY_HAND: Final = 30
"""A longer list in which every version is exact was written by a program."""


def read(source: Source, interest: Interest) -> Reading:
    """The dependencies that a file declares and some service claims. Never raises for any bytes."""
    text = source.data.decode("utf-8", "replace")
    if (line := too_deep(source.data)) is not None:
        return _partly(source.path, line, "too-deep", "it nests too deeply")
    name = source.path.lower().rpartition("/")[2]
    pulled_in: Set[str] = frozenset()
    try:
        if name.endswith((".toml", "pipfile")):
            found = list(_from_tables(tomllib.loads(text)))
        elif name.endswith(".cfg"):
            found = list(_from_setup_cfg(text))
        else:
            found = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(("#", "-"))]
            pulled_in = _pulled_in(text)
    except (tomllib.TOMLDecodeError, configparser.Error, RecursionError) as error:
        return _partly(source.path, 1, "syntax", str(error).splitlines()[0])
    return Reading(usages=_usages(source.path, text, found, interest, pulled_in))


def declared_in_setup(path: str, tree: ast.Module, text: bytes, interest: Interest) -> tuple[Usage, ...]:
    """The dependencies that the ``setup(…)`` call of a setup.py lists as literals, or by names of the module's own."""
    bound = {
        target.id: statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    asked = [node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg in _LISTS]
    named = [bound[it.id] for value in asked for it in ast.walk(value) if isinstance(it, ast.Name) and it.id in bound]
    found = [
        it.value
        for value in (*asked, *named)
        for it in ast.walk(value)
        if isinstance(it, ast.Constant) and isinstance(it.value, str)
    ]
    return _usages(path, text.decode("utf-8", "replace"), found, interest)


def _partly(path: str, line: int, kind: str, why: str) -> Reading:
    message = f"The dependencies in this file were not read: {why}. Correct it, or exclude the file."
    return Reading(state="partly", problems=(Problem(path=path, line=line, kind=kind, message=message),))


def _from_tables(document: Mapping[str, Any]) -> Iterator[str]:
    for path in _LISTED:
        for listed in _below(document, path.split(".")):
            yield from (item for item in listed if isinstance(item, str)) if isinstance(listed, list) else ()
    for path in _NAMED:
        for table in _below(document, path.split(".")):
            for name, wanted in table.items() if isinstance(table, dict) else ():
                extras = wanted.get("extras") if isinstance(wanted, dict) else None
                yield f"{name}[{','.join(map(str, extras))}]" if isinstance(extras, list) and extras else name


def _below(value: Any, path: list[str]) -> Iterator[Any]:
    """What stands at a path of keys."""
    if not path:
        yield value
    elif isinstance(value, dict):
        for key in value if path[0] == "*" else (path[0],):
            if key in value:
                yield from _below(value[key], path[1:])


def _from_setup_cfg(text: str) -> Iterator[str]:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    for section in parser.sections():
        for key, value in parser.items(section):
            if section == "options.extras_require" or (section == "options" and key in _LISTS):
                yield from (value or "").splitlines()


def _pulled_in(text: str) -> Set[str]:
    """The distributions that only others in the file ask for, where a comment ``# via`` says who asks: on the line of
    a requirement or in those below it, as pip-compile and uv write them."""
    listed: set[str] = set()
    asking: dict[str, set[str]] = {}
    name, is_told = "", False
    for line in text.splitlines():
        written, _, comment = (part.strip() for part in line.partition("#"))
        if (requirement := _parsed(written)) is not None:
            name, is_told = canonicalize_name(requirement.name), False
            listed.add(name)
        is_told = is_told or comment.partition(" ")[0] == "via"
        asker = comment.removeprefix("via").strip()
        if is_told and asker and not asker.startswith("-c "):
            asking.setdefault(name, set()).add(canonicalize_name(asker))
    return {name for name, by in asking.items() if by <= listed}


def _usages(
    path: str, text: str, found: list[str], interest: Interest, pulled_in: Set[str] = frozenset()
) -> tuple[Usage, ...]:
    usages: dict[str, Usage] = {}
    lines = text.splitlines()
    # A frozen environment lists what its packages ask for as well; where nothing tells which is which, all may be that.
    frozen = not pulled_in and len(found) > _MOST_BY_HAND and all("==" in written for written in found)
    for written in found:
        requirement = _parsed(written)
        if requirement is None:
            continue
        name = canonicalize_name(requirement.name)
        for symbol in (name, *(f"{name}[{extra}]" for extra in sorted(requirement.extras))):
            if symbol not in usages and interest.wants("package", symbol):
                location = _find(path, requirement.name, lines)
                digest = blake2b(f"python\0{symbol}".encode(), digest_size=8).hexdigest()
                usages[symbol] = Usage(
                    language="python",
                    namespace="package",
                    symbol=symbol,
                    address=symbol,
                    location=location,
                    kind="dependency",
                    digest=digest,
                    confidence="possible" if frozen or name in pulled_in else "certain",
                )
    return tuple(sorted(usages.values(), key=lambda usage: (usage.location, usage.symbol)))


def _parsed(written: str) -> Requirement | None:
    if written.lstrip()[:1] in ("", "-", "#"):
        return None  # an option, such as each of a requirement's many hashes
    try:
        return Requirement(_OPTION.split(written.strip(), maxsplit=1)[0])
    except InvalidRequirement:
        return None


def _find(path: str, name: str, lines: list[str]) -> Location:
    """The first line that names the distribution as a word of its own."""
    word = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])")
    for number, line in enumerate(lines, 1):
        if name in line and not line.lstrip().startswith("#") and (match := word.search(line)):
            return Location(
                path=path, line=number, column=match.start() + 1, end_line=number, end_column=match.end() + 1
            )
    return Location(path=path, line=1, column=1, end_line=1, end_column=1)
