"""Asking git for the names of files, in a way that a hostile repository cannot turn into running anything."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from portability.patterns import regex

SECONDS = 60
"""Git's own matching of a hostile ``.gitignore`` file may never end."""

_LIST = ("ls-files", "-z", "--others", "--exclude-standard")
_SETTINGS = (
    "core.fsmonitor=false",  # may name a program
    "core.hooksPath=/dev/null",
    "protocol.allow=never",  # a partial clone may want to fetch what it lacks
    "safe.bareRepository=explicit",
)
_ENVIRONMENT = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
_ELSEWHERE = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"}
)
"""Variables that a git hook finds set; they would make git answer for another tree than the one asked for."""


_COMMIT = regex(rb"([0-9a-f]{40,64}) commit \d+\n(?:[^\n]+\n)*?committer [^\n]*> (\d{1,12}) ([+-]\d\d)(\d\d)\n")


class Listing(NamedTuple):
    """Paths below the scanned root. A submodule or an inner repository is one name in ``files``.

    ``ignored`` holds what git ignores, a wholly ignored folder as one name.
    """

    files: frozenset[str]
    ignored: frozenset[str]


class Failure(NamedTuple):
    """Why git did not answer, as half a sentence that is the same on every machine. If ``final``, do not ask again."""

    reason: str
    final: bool = False


def top(folder: str, *, above: bool) -> str | None:
    """The top of the work tree: the folder itself or, with ``above``, the nearest one over it that has a ``.git``."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = str(Path(folder).parent)
        if not above or parent == folder:
            return None
        folder = parent
    return folder


def listing(work_tree: str, folder: str, prefix: str, *, ignored: bool = True) -> Listing | Failure:
    """What git knows below the folder: tracked files, files not yet tracked and, when asked, what it ignores.

    ``work_tree`` is its top, said aloud because a repository's own settings could name another and so hide this one.
    ``prefix`` is put before every path. Tracked files are listed whether or not they are still there.
    """
    answers = []
    for more in (("--cached",), ("--ignored", "--directory"))[: 1 + ignored]:
        answer = ask(work_tree, *_LIST, *more, folder=folder)
        if isinstance(answer, Failure):
            return answer
        answers.append(frozenset(prefix + name.rstrip("/") for name in os.fsdecode(answer).split("\0") if name))
    return Listing(answers[0], answers[1] if ignored else frozenset())


def ask(
    work_tree: str,
    *arguments: str,
    folder: str = "",
    given: bytes = b"",
    more: Mapping[str, str] = MappingProxyType({}),
) -> bytes | Failure:
    """What one git command prints, run in ``folder`` (else at the top) with ``given`` as its input.

    Only for commands that compare, list or print objects: one that touches content of the work tree would run the
    filters that a repository's settings name. ``more`` adds variables.
    """
    import subprocess  # single files are checked without git, so they do not pay for this import

    if (program := _program()) is None:
        return Failure("git is not installed", final=True)
    settings = (part for setting in _SETTINGS for part in ("-c", setting))
    command = [program, "-C", folder or work_tree, f"--work-tree={work_tree}", *settings, *arguments]
    environment = (
        {name: value for name, value in os.environ.items() if name not in _ELSEWHERE} | _ENVIRONMENT | dict(more)
    )
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the command is ours but for the names in it
            command, check=False, capture_output=True, input=given, env=environment, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return Failure(f"it took more than {SECONDS} seconds", final=True)
    except OSError as error:
        return Failure(error.strerror or "it could not be started")
    if done.returncode == 0:
        return done.stdout
    if b"dubious ownership" in done.stderr:
        return Failure("the repository belongs to another user and is not in git's safe.directory")
    return Failure(f"it ended with code {done.returncode}")


def commit(folder: str) -> tuple[str, str] | None:
    """The commit that is checked out in a folder's work tree, as twelve digits and its day; None where there is none.
    What was changed since and not committed is not asked for."""
    from datetime import datetime, timedelta, timezone

    work_tree = top(os.path.realpath(folder), above=True)
    # Of the commands that tell this, `git log` may run a program that checks signatures.
    answer = ask(work_tree, "cat-file", "--batch", given=b"HEAD\n") if work_tree else b""
    if isinstance(answer, Failure) or not (head := _COMMIT.match(answer)):
        return None
    moment, hours, minutes = int(head[2]), int(head[3]), int(head[3][:1] + head[4])
    try:
        day = datetime.fromtimestamp(moment, timezone(timedelta(hours=hours, minutes=minutes))).date()
    except (ValueError, OverflowError, OSError):
        return None
    return head[1][:12].decode(), day.isoformat()


def _program() -> str | None:
    """Where git is. A relative folder of the search path could be one of the scanned tree."""
    name = "git.exe" if os.name == "nt" else "git"
    paths = (os.path.join(folder, name) for folder in os.get_exec_path() if Path(folder).is_absolute())
    return next((path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)), None)
