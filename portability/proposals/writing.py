"""Proposals → files under one directory, and nowhere else."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from portability.model import Proposal


def write(proposals: Sequence[Proposal], out: Path, *, force: bool) -> list[Path]:
    """Write proposals under ``out`` and tell the files, in order. Nothing is written when one of them is refused.

    Raises FileExistsError for a file that is there unless ``force``, and ValueError for a path that leaves ``out``,
    itself or through a link.
    """
    root = Path(os.path.realpath(out))
    places = [(_inside(root, proposal.path), proposal) for proposal in proposals]
    for path, _ in places:
        if os.path.lexists(path) and not (force and path.is_file()):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    for path, proposal in places:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL) | getattr(os, "O_NOFOLLOW", 0)
        with open(os.open(path, flags, 0o644), "w", encoding="utf-8", newline="\n") as file:
            file.write(proposal.text)
    return [path for path, _ in places]


def _inside(root: Path, path: str) -> Path:
    parts = PurePosixPath(path).parts
    if not parts or ".." in parts or "\\" in path or "\0" in path or ":" in path or path.startswith("/"):
        raise ValueError(f"`{path}` is no path under the output directory")
    whole = root.joinpath(*parts)
    if os.path.realpath(whole) != str(whole):
        raise ValueError(f"`{path}` leaves the output directory through a link")
    return whole
