"""Which files there are: what git knows of, or a walk that honours ``.gitignore`` files where there is no git."""

from __future__ import annotations

import os
import stat
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from portability.discovery import git
from portability.discovery.languages import candidate
from portability.discovery.paths import Straight, is_inside, link_out, problem, special_file, unreadable
from portability.model import Language, Noun, Problem

if TYPE_CHECKING:
    from portability.discovery.ignore import Rules

TREES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (".terraform", ".terragrunt-cache", "cdk.out", ".serverless"), "cache of an infrastructure tool"
        ),
        **dict.fromkeys(("node_modules", "bower_components", "vendor", "site-packages"), "other people's code"),
        **dict.fromkeys((".venv", "venv", ".tox", ".nox"), "Python environment"),
        **dict.fromkeys(("__pycache__",), "compiled code"),
    }
)
"""Folders that are skipped and counted, by name, each with what it holds. So is any folder with a ``pyvenv.cfg``."""

GENERATED = frozenset({"build", "dist"})
"""Folders that are skipped and counted where git ignores them; elsewhere they are somebody's source."""

STORES = frozenset({".git", ".hg", ".svn"})
"""Stores of version control: no part of the tree, so never read and never counted."""

REPOSITORIES = 500
"""How many repositories inside the root git is asked about. Each costs two processes; the rest are walked."""

TOO_MANY = git.Failure("there are too many repositories")

VIRTUALENV = "virtualenv"
"""The name under which a Python environment of any name is counted; only its ``pyvenv.cfg`` gives it away."""


class Discovered(Noun, frozen=True, kw_only=True):
    """The files below a root, sorted: ``(path, language that the name promises)``.

    Paths are relative to the root, with ``/``, and as the disk has them: show them with ``printable`` only.
    ``skipped`` counts the files in trees that were not entered, by the tree's name.
    """

    files: tuple[tuple[str, Language | None], ...]
    skipped: Mapping[str, int]
    problems: tuple[Problem, ...]


def discover(root: Path, *, paths: Sequence[Path] | None = None, include_skipped: bool = False) -> Discovered:
    """List the files below ``root``, or of them only ``paths`` (absolute, or relative to ``root``; files and folders).

    A file that is named in ``paths`` is listed even where git ignores it; skipped trees stay skipped either way until
    ``include_skipped`` opens them. A submodule with files checked out is part of the tree, one without is a problem.
    Nothing is opened but ``.gitignore`` files, no link leads out of ``root``, and no content can make this fail.
    Problem kinds: ``link``, ``special-file``, ``unreadable``, ``submodule``, ``git``, ``missing``, ``outside``.
    """
    search = _Search(os.path.realpath(root), include_skipped=include_skipped)
    if paths is None:
        search.folder("")
    else:
        search.named(paths)
    return Discovered(
        files=tuple((path, candidate(path)) for path in sorted(search.files)),
        skipped=dict(sorted(search.skipped.items())),
        problems=tuple(sorted(search.problems)),
    )


def named(root: Path, endings: tuple[str, ...], *, include_skipped: bool = False) -> list[str]:
    """The paths below ``root`` with one of these endings, sorted. None is looked at: one may be gone, or a link out."""
    search = _Search(os.path.realpath(root), include_skipped=include_skipped, endings=endings)
    search.folder("")
    return sorted(path for path in search.files if path.endswith(endings))


class _Search:
    """One run: what was found so far."""

    def __init__(self, root: str, *, include_skipped: bool, endings: tuple[str, ...] = ()) -> None:
        self.root = root
        self.endings = endings
        self.include_skipped = include_skipped
        self.files: set[str] = set()
        self.skipped: Counter[str] = Counter()
        self.problems: set[Problem] = set()
        self._trees: dict[str, str | None] = {"": None}
        self._is_straight = Straight(root)
        self._real = cache(os.path.realpath)
        self._pending: deque[str] = deque()
        self._asked = 0
        self._refused: git.Failure | None = None

    def named(self, paths: Iterable[Path]) -> None:
        """List these files, and what is below these folders."""
        given = {path for path in map(self._placed, paths) if path is not None}
        folders = {path for path in given if self._is_folder(path)}
        for folder in sorted(folders):
            if not _is_below(folder, folders):
                self.folder(folder)
        for path in sorted(given - folders):
            if not os.path.lexists(self._full(path)):
                self.problems.add(problem(path, "missing", "There is no such file. Check the name."))
            elif not (_is_below(path, folders) and self._tree(_parent(path))):  # else it was counted with its folder
                self._add_all((path,))

    def _placed(self, given: Path) -> str | None:
        """A given path as one below the root. Links before its last name are resolved, and a link to a folder is."""
        full = os.path.join(self.root, given)
        parent, name = os.path.split(full)
        full = os.path.realpath(full) if Path(full).is_dir() else os.path.join(self._real(parent), name)
        if is_inside(full, self.root):
            return "" if full == self.root else os.path.relpath(full, self.root).replace(os.sep, "/")
        self.problems.add(problem(str(given), "outside", "This lies outside the scanned folder. Scan it by itself."))
        return None

    def folder(self, top: str) -> None:
        """List a folder, and every repository that is checked out in it."""
        self._pending.append(top)
        while self._pending:
            folder = self._pending.popleft()
            if tree := self._tree(folder):
                self._skip(tree, self._everything(folder))
            elif folder != top and not self._is_checked_out(folder):
                continue
            elif (listing := self._ask_git(folder, above=folder == top)) is None:
                self._add_all(self._unignored(folder))
            else:
                self._add_all(listing.files)
                for path in listing.ignored:
                    self._add_ignored(path)

    def _add_all(self, paths: Iterable[str]) -> None:
        """List files, or count them where their tree is skipped. Files that are gone are nothing to speak of."""
        folders: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            folder, _, name = path.rpartition("/")
            if not self.endings or name.endswith(self.endings) or "." not in name:  # which may be a submodule
                folders[folder].append(path)
        for folder, same in folders.items():
            if tree := self._tree(folder):
                for path in same:
                    self._skip(tree, self._everything(path) if self._is_folder(path) else (path,))
            elif self._is_straight(folder):  # git may list files behind a link that came later
                for path in same:
                    if self.endings and path.endswith(self.endings):
                        self.files.add(path)  # whoever looks for some opens them all, and sees then
                    else:
                        self._look_at(path)

    def _look_at(self, path: str) -> None:
        full = self._full(path)
        try:
            status = os.lstat(full)
            if stat.S_ISDIR(status.st_mode):  # git names a submodule, or a repository in this one, like a file
                self._pending.append(path)
                return
            if stat.S_ISLNK(status.st_mode):
                if not is_inside(os.path.realpath(full), self.root):
                    self.problems.add(link_out(path))
                    return
                status = os.stat(full)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            if not Path(full).is_symlink():  # a link in a loop leads nowhere, like one whose target is gone
                self.problems.add(unreadable(path, error))
            return
        if stat.S_ISREG(status.st_mode):
            self.files.add(path)
        elif not stat.S_ISDIR(status.st_mode):  # a link to a folder: the folder is read under its own name
            self.problems.add(special_file(path))

    def _skip(self, tree: str, paths: Iterable[str]) -> None:
        if self.endings:  # who looks for some files counts no others
            return
        self.skipped[tree] += sum(1 for _ in paths)

    def _add_ignored(self, path: str) -> None:
        """Of what git ignores, skipped trees are counted, or read when asked for; the rest is nobody's source."""
        is_folder = self._is_folder(path)
        folder = path if is_folder else _parent(path)
        tree = self._named_tree(folder) or next((part for part in folder.split("/") if part in GENERATED), None)
        if tree is None:
            return
        inside = self._everything(path) if is_folder else (path,)
        if self.include_skipped:
            self._add_all(inside)
        else:
            self._skip(tree, inside)

    def _tree(self, folder: str) -> str | None:
        """The skipped tree that the folder is or lies in, by name; None when it may be read."""
        return None if self.include_skipped else self._named_tree(folder)

    def _named_tree(self, folder: str) -> str | None:
        if folder not in self._trees:
            tree, above = None, ""
            for part in folder.split("/"):
                above = f"{above}/{part}" if above else part
                if above not in self._trees:
                    is_environment = os.path.lexists(self._full(f"{above}/pyvenv.cfg"))
                    self._trees[above] = tree or (part if part in TREES else VIRTUALENV if is_environment else None)
                tree = self._trees[above]
        return self._trees[folder]

    def _is_folder(self, path: str) -> bool:
        full = Path(self._full(path))
        return full.is_dir() and not full.is_symlink()

    def _is_checked_out(self, folder: str) -> bool:
        """Whether a submodule, or a repository inside this one, has files."""
        if self._entries(folder):
            return True
        what = "No files are checked out here, so nothing was read. For a submodule: git submodule update --init"
        self.problems.add(problem(folder, "submodule", what))
        return False

    def _full(self, path: str) -> str:
        return os.path.join(self.root, path)

    def _ask_git(self, folder: str, *, above: bool) -> git.Listing | None:
        """What git lists below the folder, or None where the folder must be walked."""
        within = os.path.normpath(self._full(folder))
        work_tree = git.top(within, above=above)
        if work_tree is None:
            return None
        listing = self._refused or git.listing(
            work_tree, within, f"{folder}/" if folder else "", ignored=self.include_skipped or not self.endings
        )
        self._asked += 1
        if self._asked == REPOSITORIES:
            self._refused = TOO_MANY
        if isinstance(listing, git.Failure):
            self._refused = listing if listing.final else self._refused
            message = f"git did not list the files: {listing.reason}. They were walked with .gitignore files instead."
            self.problems.add(problem(folder or ".", "git", message))
            return None
        return listing if listing.files else None  # nothing: the folder itself is ignored, and still was asked for

    def _everything(self, top: str) -> Iterator[str]:
        """Every file below a folder, whoever ignores it. Follows no link."""
        pending = [top]
        while pending:
            folder = pending.pop()
            for entry in self._entries(folder):
                path = f"{folder}/{entry.name}" if folder else entry.name
                if not entry.is_dir(follow_symlinks=False):
                    yield path
                else:
                    pending.append(path)

    def _unignored(self, top: str) -> Iterator[str]:
        """Every file below a folder that no ``.gitignore`` file at or below it ignores."""
        pending = [(top, self._rules_above(top))]
        while pending:
            folder, rules = pending.pop()
            if tree := self._tree(folder):
                self._skip(tree, self._everything(folder))
                continue
            rules = rules.joined(self.root, folder)
            for entry in self._entries(folder):
                path = f"{folder}/{entry.name}" if folder else entry.name
                is_folder = entry.is_dir(follow_symlinks=False)
                if rules.ignore(path, is_folder=is_folder):
                    self._add_ignored(path)
                elif is_folder and git.top(self._full(path), above=False):
                    self._pending.append(path)
                elif is_folder:
                    pending.append((path, rules))
                else:
                    yield path

    def _rules_above(self, folder: str) -> Rules:
        """The rules of the folders over this one, or none if they ignore it: it was asked for."""
        from portability.discovery.ignore import Rules  # imports pathspec, which few runs need

        rules = Rules()
        parts = folder.split("/") if folder else []
        for depth in range(len(parts)):
            rules = rules.joined(self.root, "/".join(parts[:depth]))
            if rules.ignore("/".join(parts[: depth + 1]), is_folder=True):
                return Rules()
        return rules

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._full(folder)) as entries:
                return [entry for entry in entries if entry.name not in STORES]
        except FileNotFoundError:
            return []
        except OSError as error:
            if not self._tree(folder):
                self.problems.add(unreadable(folder or ".", error))
            return []


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _is_below(path: str, folders: set[str]) -> bool:
    """Whether one of the folders lies over the path."""
    while path:
        path = _parent(path)
        if path in folders:
            return True
    return False
