"""The bytes of one file, read so that no name can make the reader leave the root, wait, or fill the memory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from portability.discovery.languages import is_outcome, kind_of, language_of
from portability.discovery.paths import Straight, is_inside, link_out, printable, problem, special_file, unreadable
from portability.model import Language, Noun, Problem, Source
from portability.parsers.guards import MAX_BYTES, MAX_OUTCOME_BYTES

_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY")
)
"""A FIFO opens at once instead of waiting for a writer; a link that appears after it was resolved is refused."""
_NOFOLLOW = hasattr(os, "O_NOFOLLOW")
_SMALL = 65_536

_GIT_CRYPT = b"\0GITCRYPT\0"

_unsaved: ContextVar[Mapping[str, bytes]] = ContextVar("unsaved", default=MappingProxyType({}))


@contextmanager
def unsaved(texts: Mapping[Path, bytes]) -> Iterator[None]:
    """For as long as the context lasts, these files hold what an editor shows, not what the disk has.

    For this process and thread only. The files exist, and their paths are absolute.
    """
    before = _unsaved.set({os.path.realpath(path): text for path, text in texts.items()})
    try:
        yield
    finally:
        _unsaved.reset(before)


class Seen(Noun, frozen=True, kw_only=True):
    """A file's bytes and what they are: one of our languages, or else a kind that may be a mention, or neither.

    ``path`` is printable; it is not always the name on disk.
    """

    path: str
    language: Language | None
    kind: str | None
    data: bytes

    @property
    def source(self) -> Source | None:
        """What a parser is handed, when there is a parser for it."""
        return Source(path=self.path, language=self.language, data=self.data) if self.language else None


def load(root: Path, path: str) -> Source | Problem | None:
    """A file of one of our languages; a problem when it could not be read; None when it is not ours, or gone."""
    seen = look(root, path)
    return seen.source if isinstance(seen, Seen) else seen


def look(root: Path, path: str, is_straight: Straight | None = None) -> Seen | Problem | None:
    """Read a file once, for the parsers and the mentions alike. ``path`` is relative to ``root``, as discovered.

    None when the file is gone. Problem kinds: ``link``, ``special-file``, ``unreadable``, and for files of our
    languages ``encrypted`` and ``too-large``; of a larger file of another kind the first ``MAX_BYTES`` are given.
    Whoever looks at many files of a root says of which folders it knows that no link leads there.
    """
    resolved = _resolved(os.fspath(root))
    data: bytes | Problem | None = None
    if is_straight is not None and is_straight(path.rpartition("/")[0]):
        data = read(resolved, path, straight=True)
    if not isinstance(data, bytes):  # it may be a link that stays inside
        data = read(resolved, path)
    if not isinstance(data, bytes):
        return data
    language, limit = language_of(path, data), MAX_BYTES
    if language is not None and data.startswith(_GIT_CRYPT):
        message = "This file is encrypted by git-crypt and was not read. Unlock the repository, or exclude the file."
        return problem(path, "encrypted", message)
    if len(data) > MAX_BYTES and (path.endswith(".ipynb") or (language == "terraform" and is_outcome(path))):
        limit = MAX_OUTCOME_BYTES
        data = read(resolved, path, limit=limit)
        if not isinstance(data, bytes):
            return data
    if len(data) <= limit:
        kind = kind_of(path, data) if language is None else None
        return Seen(path=printable(path), language=language, kind=kind, data=data)
    if language is None:
        return Seen(path=printable(path), language=None, kind=kind_of(path, data), data=data[:MAX_BYTES])
    return problem(
        path,
        "too-large",
        f"This file has more than {limit // 1_000_000} MB and was not read. Split it, or do not scan it.",
    )


def small(real: str) -> bytes | None:
    """All of a small file; None for everything of which ``read`` has more to say.

    For a look through thousands of files, where each call to the system tells. What is shorter than what was asked for
    is whole. What is empty is left to ``read``: a pipe that nobody writes to gives nothing too.
    """
    if (kept := _unsaved.get()) and real in kept:
        return kept[real]
    try:
        descriptor = os.open(real, _FLAGS)
    except OSError:
        return None
    try:
        data = os.read(descriptor, _SMALL)
        return data if 0 < len(data) < _SMALL else None
    except OSError:
        return None
    finally:
        os.close(descriptor)


def placed(root: str, path: str, also: Mapping[str, str]) -> tuple[str, str]:
    """The folder that a path is read in, and the path from there: ``../NAME/…`` lies in a folder of ``also``."""
    if path.startswith("../"):
        name, _, rest = path.removeprefix("../").partition("/")
        if name in also:
            return _resolved(also[name]), rest
    return root, path


@lru_cache(maxsize=8)
def _resolved(root: str) -> str:
    return os.path.realpath(root)


def read(root: str, path: str, *, straight: bool = False, limit: int = MAX_BYTES) -> bytes | Problem | None:
    """Up to one byte more than ``limit`` of a file. ``root`` is resolved.

    ``straight`` says that no folder on the way is a link; then a path that is one itself is not followed either.
    """
    if straight and _NOFOLLOW:
        real = f"{root}/{path}"
    else:
        real = os.path.realpath(os.path.join(root, path))
        if not is_inside(real, root):
            return link_out(path)
    if (kept := _unsaved.get()) and real in kept:
        return kept[real][: limit + 1]
    try:
        descriptor = os.open(real, _FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return unreadable(path, error)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return special_file(path)
        wanted, data = min(status.st_size, limit + 1), b""
        while wanted > len(data) and (part := os.read(descriptor, wanted - len(data))):
            data += part
        return data
    except OSError as error:
        return unreadable(path, error)
    finally:
        os.close(descriptor)
