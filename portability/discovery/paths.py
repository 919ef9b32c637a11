"""Names of files: printing any of them, and keeping every one of them inside the scanned root."""

from __future__ import annotations

import os
from pathlib import Path

from portability.model import Problem


def printable(path: str) -> str:
    """The path as it may be shown and put into JSON: every odd byte, control and format character escaped.

    Two different paths never print alike, because a backslash is doubled.
    """
    if path.isprintable() and "\\" not in path:
        return path
    return "".join(_escaped(char) for char in path)


def problem(path: str, kind: str, message: str) -> Problem:
    """A problem of a whole file or folder."""
    return Problem(path=printable(path), line=1, kind=kind, message=message)


def link_out(path: str) -> Problem:
    """A link whose target lies outside the root."""
    return problem(
        path, "link", "This link leads out of the scanned folder and was not followed. Scan its target by itself."
    )


def special_file(path: str) -> Problem:
    """A FIFO, socket or device: reading it could wait for ever."""
    return problem(path, "special-file", "This is a FIFO, socket or device and was not read. Leave it out of the scan.")


def unreadable(path: str, error: OSError) -> Problem:
    """A file or folder that the system did not let us open."""
    reason = error.strerror or type(error).__name__
    return problem(path, "unreadable", f"This could not be opened: {reason}. Give whoever scans the right to read it.")


def is_inside(path: str, root: str) -> bool:
    """Whether a resolved path is ``root`` (resolved too) or lies below it."""
    return path == root or path.startswith(root if root.endswith(os.sep) else root + os.sep)


def real_folder(root: str, folder: str) -> str | None:
    """Where a folder lies once links are followed, as a path from ``root`` (resolved); None where that is no folder of
    the root."""
    real = os.path.realpath(os.path.join(root, folder))
    if not is_inside(real, root) or not Path(real).is_dir():
        return None
    return "" if real == root else os.path.relpath(real, root).replace(os.sep, "/")


class Straight:
    """Whether a folder below a resolved root is reached through no link, asked once a folder: of each, its parent's
    answer and one look, where resolving would look at every folder on the way."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._known = {"": True}

    def __call__(self, folder: str) -> bool:
        """``folder`` is relative to the root, with ``/``; one that steps up or stands still is never straight."""
        known = self._known.get(folder)
        if known is None:
            above, _, name = folder.rpartition("/")
            known = name not in ("", ".", "..") and self(above) and not _is_link(os.path.join(self._root, folder))
            self._known[folder] = known
        return known


def _is_link(full: str) -> bool:
    if hasattr(os, "O_NOFOLLOW"):
        return os.path.islink(full)  # noqa: PTH114 - asked of every folder, and a Path costs twice as much
    return os.path.realpath(full) != os.path.normpath(full)  # elsewhere there are more kinds of links


def _escaped(char: str) -> str:
    if "\udc80" <= char <= "\udcff":  # a byte that is not UTF-8, as os.fsdecode keeps it
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char if char.isprintable() and char != "\\" else char.encode("unicode_escape").decode()
