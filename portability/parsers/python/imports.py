"""Which names a file imports, by its bytes alone, and which file of the tree a dotted name stands for."""

from __future__ import annotations

import re
import sys
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from portability.names.contexts import context_of
from portability.patterns import regex

_IMPORTS = regex(
    rb"(?m)(?:^|[;:])[ \t]*(?:"
    rb"from[ \t]+(\.*[ \t]*[\w.]*)(?:[ \t]|\\\r?\n)+import\b[ \t\\]*(\([^)]*\)|(?:[^\n;#\\]|\\\r?\n)*)"
    rb"|import[ \t]+((?:[^\n;#\\]|\\\r?\n)+))"
)
_BY_NAME = regex(rb"""\b(?:import_module|importorskip)\(\s*["']([A-Za-z_][\w.]*)["']""")
_COMMENT = regex(rb"#[^\n]*")
_NAME = regex(rb"([A-Za-z_.][\w.]*)(?:\s+as\s+(\w+))?")
_SOURCE_ROOTS = ("src", "lib", "python")
"""Directories beside a project's file from which its packages are imported by convention."""

_MOST_IMPORTS = 2_000


class Bound(NamedTuple):
    """A name that an import statement binds: its dotted name (relative with leading dots), the word that code then
    says, and the module that it is taken from. A star import binds ``*``."""

    name: str
    word: bytes
    module: str


def bound(data: bytes) -> list[Bound]:
    """What the import statements of a file bind, in order. Text in strings may slip in."""
    found: list[Bound] = []
    for statement in _statements(data.removeprefix(BOM_UTF8)):
        module, names, plain = statement.groups()
        if plain is not None:
            for name, alias in _named(plain):
                found.append(Bound(name, alias or name.rpartition(".")[2].encode(), name))
        else:
            owner = module.replace(b" ", b"").replace(b"\t", b"").decode("ascii", "ignore")
            dot = "" if owner.endswith(".") else "."
            for name, alias in _named(_COMMENT.sub(b"", names).strip(b"()")):
                found.append(Bound(f"{owner}{dot}{name}", alias or name.encode(), owner))
            if b"*" in names:
                found.append(Bound(owner, b"*", owner))
        if len(found) > _MOST_IMPORTS:
            break
    found += [Bound(name, b"import_module", name) for name in imported_by_name(data)]
    return found


def imported_by_name(data: bytes) -> list[str]:
    """The modules that ``import_module("azure.functions")`` imports."""
    if b"import_module" not in data and b"importorskip" not in data:
        return []
    return [name.decode() for name in _BY_NAME.findall(data)]


def _statements(data: bytes) -> Iterator[re.Match[bytes]]:
    """The import statements, in order: looked for only from lines that hold the word, which is six times as fast."""
    position = 0
    while (hit := data.find(b"import", position)) >= 0:
        line = data.rfind(b"\n", position, hit) + 1
        while data.endswith((b"\\\n", b"\\\r\n"), position, line):
            line = data.rfind(b"\n", position, line - 1) + 1
        statement = _IMPORTS.search(data, max(line, position))
        if statement is None:
            return
        yield statement
        position = statement.end()


def imported(data: bytes) -> list[str]:
    """The dotted names in the import statements of a file, with the modules that they are taken from."""
    names = dict.fromkeys(name for one in bound(data) for name in (one.module, one.name))
    names.pop("", None)
    return list(names)


def any_of(packages: frozenset[str], names: Iterable[str]) -> bool:
    """Whether any of these dotted names lies in one of these packages."""
    return any(name == package or name.startswith(f"{package}.") for name in names for package in packages)


def _named(text: bytes) -> Iterator[tuple[str, bytes]]:
    for part in text.split(b","):
        if name := _NAME.match(part.strip()):
            yield name[1].decode("ascii", "ignore"), name[2] or b""


class Layout:
    """Which file a dotted name stands for, seen from another file.

    ``has`` tells whether there is a file of that path, ``has_folder`` the same of a directory. ``foreign`` tells which
    names are an SDK's, whatever lies beside the code, but for those that ``yields`` gives to a package of the tree
    which has the module. Directories above a file, and the source roots beside those, are looked at first; what is
    found in none of them is looked for among ``copied``, where a build may take it from.
    """

    def __init__(
        self,
        has: Callable[[str], bool],
        has_folder: Callable[[str], bool],
        foreign: Callable[[str], bool],
        yields: Callable[[str], bool],
        copied: Callable[[], Copied],
    ) -> None:
        self._has = has
        self._has_folder = has_folder
        self._foreign = foreign
        self._yields = yields
        self._copied = copied
        self.locate = cache(self._locate)
        self._roots = cache(self._roots_of)
        self._starts = cache(self._starts_of)

    def find(self, path: str, name: str) -> tuple[str, tuple[str, ...]] | None:
        """The file that ``name`` leads to from the file ``path``, and the parts of the name that lie inside it."""
        return self.locate(path.rpartition("/")[0], name)

    def several(self, path: str, name: str) -> list[str]:
        """Files of the tree without which an absolute name that leads to none of them would lead to one."""
        root = name.partition(".")[0]
        if not root or root in sys.stdlib_module_names or self._foreign(name) or not _is_built(path.rpartition("/")[0]):
            return []
        return self._copied().several(path.rpartition("/")[0], root)

    def below(self, path: str, name: str) -> str | None:
        """The module ``name`` in the package whose ``__init__.py`` is ``path``."""
        folder, _, file = path.rpartition("/")
        return self._module(folder, [name]) if file == "__init__.py" else None

    def fixtures(self, path: str) -> Iterator[str]:
        """The ``conftest.py`` files that a test sees, nearest first."""
        for folder in _above(path.rpartition("/")[0]):
            if self._has(conftest := _join(folder, "conftest.py")) and conftest != path:
                yield conftest

    def _locate(self, folder: str, name: str) -> tuple[str, tuple[str, ...]] | None:
        bare = name.lstrip(".")
        parts = bare.split(".") if bare else []
        if level := len(name) - len(bare):
            for _ in range(level - 1):
                if not folder:
                    return None
                folder = folder.rpartition("/")[0]
            return self._longest(folder, parts, relative=True)
        if not parts or parts[0] in sys.stdlib_module_names:
            return None
        if (foreign := self._foreign(bare)) and not self._yields(bare):
            return None
        for root in self._starts(folder, parts[0]):
            if (found := self._longest(root, parts)) and not (foreign and len(parts) - len(found[1]) < 2):
                return found
        if foreign or not _is_built(folder):
            return None
        beside = self._copied().root(folder, parts[0])
        return None if beside is None else self._longest(beside, parts)

    def _longest(self, folder: str, parts: list[str], relative: bool = False) -> tuple[str, tuple[str, ...]] | None:
        for length in range(min(len(parts), 12), 0, -1):
            if found := self._module(folder, parts[:length]):
                return found, tuple(parts[length:])
        init = _join(folder, "__init__.py")
        return (init, tuple(parts)) if relative and self._has(init) else None

    def _module(self, folder: str, parts: list[str]) -> str | None:
        base = _join(folder, "/".join(parts))
        return next((path for path in (f"{base}/__init__.py", f"{base}.py") if self._has(path)), None)

    def _starts_of(self, folder: str, name: str) -> list[str]:
        """The roots below which there is something of this name."""
        return [
            root
            for root in self._roots(folder)
            if self._has(_join(root, f"{name}.py")) or self._has_folder(_join(root, name))
        ]

    def _roots_of(self, folder: str) -> list[str]:
        """Where absolute imports start: above the file's package, its own directory, the others above it."""
        above = list(_above(folder))
        package_root = next((at for at in above if not self._has(_join(at, "__init__.py"))), "")
        beside = [_join(at, root) for at in above for root in _SOURCE_ROOTS]
        return [root for root in dict.fromkeys([package_root, *above, *beside]) if self._has_folder(root)]


class Copied:
    """Modules and packages that a build may copy beside others: Lambda layers, a ``COPY`` of a sibling's package.

    Each lies in a directory that is no package itself. A name leads to the one nearest to the file that says it, by
    the first directory above that file below which there is one; to none where there are several.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._text = "\n".join(["", *sorted(path for path in paths if path.endswith(".py")), ""])
        """One path a line: most names are packages' and stand in none, which is told at once."""
        self._found: dict[str, dict[str, str]] = {}

    def root(self, folder: str, name: str) -> str | None:
        """The directory that has the module or package which a file in ``folder`` means by ``name``."""
        near = self._near(folder, name)
        return near[0] if len(near) == 1 else None

    def several(self, folder: str, name: str) -> list[str]:
        """Two files of those that a name may lead to, where it therefore leads to none."""
        near = self._near(folder, name)
        return [self._roots(name)[root] for root in near[:2]] if len(near) > 1 else []

    def _near(self, folder: str, name: str) -> list[str]:
        roots = self._roots(name)
        for above in _above(folder) if roots else ():
            if near := [root for root in roots if not above or root == above or root.startswith(f"{above}/")]:
                return near
        return []

    def _roots(self, name: str) -> dict[str, str]:
        """The directories that have something of this name, and a file of it."""
        if name not in self._found:
            found: dict[str, str] = {}
            for end in (f"/{name}.py\n", f"/{name}/"):
                for line in self._lines_with(end):
                    root, _, inside = line.rpartition(end.rstrip("\n"))
                    if "/" not in inside and f"\n{root}/__init__.py\n" not in self._text:
                        found.setdefault(root, line)
            self._found[name] = found
        return self._found[name]

    def _lines_with(self, part: str) -> Iterator[str]:
        place = self._text.find(part)
        while place >= 0:
            end = self._text.index("\n", place)
            yield self._text[self._text.rindex("\n", 0, place + 1) + 1 : end]
            place = self._text.find(part, end)


def _is_built(folder: str) -> bool:
    """Whether something may be built of what is in a folder: tests and examples are run beside what is installed."""
    return context_of(f"{folder}/module.py") == "production"


def _above(folder: str) -> Iterator[str]:
    """The directory and those above it, the root (``""``) last."""
    yield folder
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
