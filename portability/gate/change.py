"""What a change is: the paths that differ from an earlier state, and that state's files, out of git's objects.

Nothing is checked out: filters, hooks and attributes of the repository never run. Files are written as they are stored
to a directory that is gone afterwards.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from portability.discovery import git
from portability.gate.verdict import GateError
from portability.parsers.guards import MAX_BYTES
from portability.patterns import regex

_LINK, _SUBMODULE = "120000", "160000"
_MEMORY = "/dev/shm"  # noqa: S108 - the folder made in it is this process's own
_STAMP = regex(
    r"(\d{6}) [0-9a-f]+ \d\t([^\0]+)\0\s+ctime: \d+:\d+\s+mtime: (\d+):(\d+)\s+dev: .*\s+uid: .*\s+"
    r"size: (\d+)\s+flags: .*\n"
)
"""An entry of ``git ls-files --stage --debug -z``: mode, path, seconds and nanoseconds of its time, size."""


class ChangeError(GateError):
    """The change cannot be told: why, and what to do."""


class Entry(NamedTuple):
    """A file of a stored tree: its mode, the object that holds it, and the repository that has the object."""

    mode: str
    object: str
    repository: str


class Change:
    """Paths that may differ, relative to ``root``, and both states as directories."""

    def __init__(self, root: Path, paths: frozenset[str], before: Callable[[], dict[str, Entry]]) -> None:
        self.root = root
        self.paths = paths
        self._before = before
        self.now: Callable[[], dict[str, Entry]] | None = None
        """The state to judge, where that is not the work tree."""

    @contextmanager
    def judged(self) -> Iterator[Path]:
        """The directory of what is judged."""
        if self.now is None:
            yield self.root
        else:
            with _written(self.now()) as directory:
                yield directory

    @contextmanager
    def earlier(self, keep: Callable[[str], bool]) -> Iterator[tuple[Path, frozenset[str]]]:
        """The directory of the earlier state, with the files to ``keep``, and the paths that there were in all."""
        entries = self._before()
        with _written({path: entry for path, entry in entries.items() if keep(path)}) as directory:
            yield directory, frozenset(entries)


def against(root: Path, ref: str) -> Change:
    """The work tree, what is not committed included, against where its history left that of ``ref``."""
    top = _top(root)
    if _asked(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}") is None:
        raise ChangeError(f"git knows no {ref} here; {_deeper(top)}fetch it, or name another ref")
    base = _asked(top, "merge-base", "--end-of-options", ref, "HEAD")
    if base is None:
        raise ChangeError(f"{ref} and what is checked out have no common history here; {_deeper(top)}name another ref")
    commit = base.decode().strip()
    prefix = _prefix(root, top)
    paths = _changed(top, commit, "")
    return Change(root, _below(paths, prefix), lambda: _placed(_tree(top, commit, ""), prefix))


def staged(root: Path) -> Change | None:
    """The index against the last commit; None where nothing is staged."""
    top = _top(root)
    index = os.environ.get("GIT_INDEX_FILE")  # of a commit under way, which may have one of its own
    more = {"GIT_INDEX_FILE": os.path.abspath(index)} if index else {}
    head = _asked(top, "rev-parse", "--verify", "--quiet", "HEAD")
    last = head.decode().strip() if head else _empty_tree(top)
    differs = _need(top, git.ask(top, "diff-index", "--cached", "--raw", "-z", "--no-renames", last, more=more))
    paths = {path for path, old, new in _raw(differs) if _SUBMODULE not in (old, new)}
    if not paths:
        return None
    prefix = _prefix(root, top)
    change = Change(root, _below(paths, prefix), lambda: _placed(_tree(top, last, ""), prefix))
    # Under pre-commit the work tree is what the index says. Run by hand, it may hold more, which is not judged.
    if _touched(top, more):
        change.now = lambda: _placed(_index(top, more), prefix)
    return change


def _top(root: Path) -> str:
    top = git.top(os.path.realpath(root), above=True)
    if top is None:
        raise ChangeError(f"{root} lies in no git repository; compare with a baseline instead (--baseline)")
    return top


def _asked(top: str, *arguments: str) -> bytes | None:
    """An answer, or None where git says no."""
    answer = git.ask(top, *arguments)
    if isinstance(answer, git.Failure) and not answer.reason.startswith("it ended"):
        raise ChangeError(f"git did not answer in {top}: {answer.reason}")
    return None if isinstance(answer, git.Failure) else answer


def _need(top: str, answer: bytes | git.Failure) -> bytes:
    if isinstance(answer, git.Failure):
        raise ChangeError(f"git did not answer in {top}: {answer.reason}")
    return answer


def _deeper(top: str) -> str:
    """What to do first where the clone is shallow."""
    shallow = _asked(top, "rev-parse", "--is-shallow-repository")
    return "this clone is shallow: `git fetch --unshallow` (fetch-depth: 0), " if shallow == b"true\n" else ""


def _empty_tree(top: str) -> str:
    return _need(top, git.ask(top, "hash-object", "-t", "tree", "--stdin")).decode().strip()


def _changed(top: str, commit: str, prefix: str) -> set[str]:
    """Paths that may differ from a commit: committed, staged, unstaged or not yet tracked; in submodules too."""
    staged = _raw(_need(top, git.ask(top, "diff-index", "--cached", "--raw", "-z", "--no-renames", commit)))
    paths: set[str] = set()
    for path, old, new in staged:
        if _SUBMODULE not in (old, new):
            paths.add(prefix + path)
    inner = {path: entry.object for path, entry in _listed(top, commit).items() if entry.mode == _SUBMODULE}
    for path, then in inner.items():
        below = os.path.join(top, path)
        if os.path.lexists(os.path.join(below, ".git")) and _asked(below, "cat-file", "-e", then) is not None:
            paths |= _changed(below, then, f"{prefix}{path}/")
        elif os.path.lexists(os.path.join(below, ".git")):
            raise ChangeError(f"the submodule {prefix}{path} does not hold {then[:12]}; `git -C {path} fetch`")
    others = os.fsdecode(_need(top, git.ask(top, "ls-files", "--others", "--exclude-standard", "-z")))
    names = {name for name in others.split("\0") if name and not name.endswith("/")} | _touched(top, {})
    paths |= {prefix + name for name in names}
    return paths


def _touched(top: str, more: Mapping[str, str]) -> set[str]:
    """Tracked files that are not, byte for byte, certain to be what the index holds.

    Told by size and time alone: git itself would hand a file that looks changed to the filters of the repository.
    """
    index = Path(
        more.get("GIT_INDEX_FILE") or os.fsdecode(_need(top, git.ask(top, "rev-parse", "--git-path", "index")))
    )
    try:
        written = os.stat(os.path.join(top, str(index).rstrip("\n"))).st_mtime_ns
    except OSError:
        return set()
    touched = set()
    listed = os.fsdecode(_need(top, git.ask(top, "ls-files", "--stage", "--debug", "-z", more=more)))
    entries = _STAMP.findall(listed)
    if len(entries) != listed.count("\0"):
        raise ChangeError("git lists its index in a way that is not known here; compare with a baseline instead")
    for mode, path, seconds, rest, size in entries:
        try:
            status = os.lstat(os.path.join(top, path))
        except OSError:
            touched.add(path)
            continue
        stamp = int(seconds) * 1_000_000_000 + int(rest)
        if mode != _SUBMODULE and ((status.st_mtime_ns, status.st_size) != (stamp, int(size)) or stamp >= written):
            touched.add(path)
    return touched


def _raw(answer: bytes) -> Iterator[tuple[str, str, str]]:
    """Path, mode before and mode after, from ``--raw -z``."""
    parts = os.fsdecode(answer).split("\0")
    for head, path in zip(parts[::2], parts[1::2], strict=False):
        old, new, *_ = head.lstrip(":").split(" ")
        yield path, old, new


def _listed(top: str, commit: str) -> dict[str, Entry]:
    entries = {}
    for line in os.fsdecode(_need(top, git.ask(top, "ls-tree", "-r", "-z", "--full-tree", commit))).split("\0"):
        if line:
            head, _, path = line.partition("\t")
            mode, _, object = head.split(" ")
            entries[path] = Entry(mode, object, top)
    return entries


def _tree(top: str, commit: str, prefix: str) -> dict[str, Entry]:
    """Every file of a commit, and of the commits of its submodules that are here."""
    entries: dict[str, Entry] = {}
    for path, entry in _listed(top, commit).items():
        below = os.path.join(top, path)
        if entry.mode != _SUBMODULE:
            entries[prefix + path] = entry
        elif os.path.lexists(os.path.join(below, ".git")) and _asked(below, "cat-file", "-e", entry.object) is not None:
            entries |= _tree(below, entry.object, f"{prefix}{path}/")
    return entries


def _index(top: str, more: Mapping[str, str]) -> dict[str, Entry]:
    entries = {}
    for line in os.fsdecode(_need(top, git.ask(top, "ls-files", "--stage", "-z", more=more))).split("\0"):
        if line:
            head, _, path = line.partition("\t")
            mode, object, stage = head.split(" ")
            if stage != "0":
                raise ChangeError(f"{path} is in a merge that is not resolved; resolve it and `git add` it")
            if mode != _SUBMODULE:
                entries[path] = Entry(mode, object, top)
    return entries


def _prefix(root: Path, top: str) -> str:
    inside = os.path.relpath(os.path.realpath(root), top).replace(os.sep, "/")
    return "" if inside == "." else f"{inside}/"


def _below(paths: set[str], prefix: str) -> frozenset[str]:
    return frozenset(path.removeprefix(prefix) for path in paths if path.startswith(prefix))


def _placed(entries: Mapping[str, Entry], prefix: str) -> dict[str, Entry]:
    return {path.removeprefix(prefix): entry for path, entry in entries.items() if path.startswith(prefix)}


@contextmanager
def _written(entries: Mapping[str, Entry]) -> Iterator[Path]:
    """The files of a stored tree in a directory of their own, for as long as the context lasts."""
    by_repository: dict[str, list[tuple[str, Entry]]] = {}
    for path, entry in sorted(entries.items()):
        if all(part not in ("", ".", "..") and part.lower() != ".git" for part in path.split("/")):
            by_repository.setdefault(entry.repository, []).append((path, entry))
    answers = {top: _objects(top, wanted) for top, wanted in by_repository.items()}
    with tempfile.TemporaryDirectory(prefix="portability-", dir=_place(sum(map(len, answers.values())))) as made:
        root = Path(os.path.realpath(made))
        links: list[tuple[str, bytes]] = []
        folders: set[str] = set()
        for top, wanted in by_repository.items():
            for (path, entry), data in zip(wanted, _split(answers[top], wanted), strict=True):
                folder = path.rpartition("/")[0]
                if folder not in folders:
                    (root / folder).mkdir(parents=True, exist_ok=True)
                    folders.add(folder)
                if entry.mode == _LINK:
                    links.append((path, data))
                else:
                    # Thousands of small files: the plain calls take half the time of a file object.
                    descriptor = os.open(f"{root}/{path}", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
                    os.write(descriptor, data)
                    os.close(descriptor)
        for path, data in links:  # last, so that no file is written through one
            (root / path).symlink_to(os.fsdecode(data))
        yield root


def _place(size: int) -> str | None:
    """Memory where the system offers much of it as a folder, else the usual place for temporary files."""
    try:
        free = os.statvfs(_MEMORY)
    except (OSError, AttributeError):
        return None
    return _MEMORY if os.access(_MEMORY, os.W_OK) and free.f_bavail * free.f_frsize > 10 * size else None


def _objects(top: str, wanted: list[tuple[str, Entry]]) -> bytes:
    given = "".join(f"{entry.object}\n" for _, entry in wanted).encode()
    return _need(top, git.ask(top, "cat-file", "--batch", "--buffer", given=given))


def _split(answer: bytes, wanted: list[tuple[str, Entry]]) -> Iterator[bytes]:
    """The bytes of objects, in order. A file over the limit stays over it, so that it is unread then as now."""
    at = 0
    for path, _ in wanted:
        end = answer.find(b"\n", at)
        head = answer[at:end].split(b" ")
        if len(head) != 3:
            raise ChangeError(f"git does not hold {path} as it was; a partial clone must fetch it first")
        size = int(head[2])
        yield answer[end + 1 : end + 1 + min(size, MAX_BYTES + 1)]
        at = end + 1 + size + 1
