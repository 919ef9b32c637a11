"""The baseline: what a team has and keeps for now, in a file that is reviewed and merged like code.

One finding a line, sorted, so that two branches seldom meet on one. Below them stand the files that were read, each
with the first digits of its content's hash as git computes it: what is new in a file that has not changed since comes
from the catalogue.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from portability.discovery import Seen, discover, look
from portability.gate.compare import Entry
from portability.gate.verdict import GateError
from portability.names.globs import matches_any

VERSION = 1
_DIGITS = 12
_MODE = 0o644
"""A temporary file is its maker's alone; a baseline is read by all who work on the code."""


class BaselineError(GateError):
    """A baseline cannot be used: which, why, and what to do."""


class Baseline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found, under which catalogue, in which files (path → content)."""

    version: int
    catalogue: str
    findings: tuple[Entry, ...]
    files: Mapping[str, str]


class _Written(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The file. The closing nulls keep the last line like every other, so that one can be added below it."""

    version: int
    catalogue: str
    findings: list[Entry | None]
    files: dict[str, str | None]


class _Head(msgspec.Struct):
    version: int


def read(file: Path) -> Baseline:
    """Raises BaselineError."""
    try:
        data = file.read_bytes()
    except OSError as error:
        what = f"{file} cannot be read: {error.strerror}"
        raise BaselineError(f"{what}; `portability baseline write` makes one") from None
    if any(line.startswith((b"<<<<<<< ", b">>>>>>> ")) for line in data.splitlines()):
        raise BaselineError(
            f"{file} holds the marks of a merge; keep the lines of both sides, then `portability baseline update`"
        )
    try:
        if (version := msgspec.json.decode(data, type=_Head).version) > VERSION:
            raise BaselineError(f"{file} is of version {version}, and this tool knows {VERSION}; use a newer one")
        written = msgspec.json.decode(data, type=_Written)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BaselineError(f"{file} is broken: {error}; restore it, or `portability baseline write`") from None
    files = {path: content for path, content in written.files.items() if content is not None}
    findings = tuple(sorted({one for one in written.findings if one is not None}))
    return Baseline(version=written.version, catalogue=written.catalogue, findings=findings, files=files)


def write(file: Path, entries: Iterable[Entry], catalogue: str, files: Mapping[str, str]) -> None:
    """Write a baseline whole or not at all. The same content gives the same bytes."""
    findings = [msgspec.json.encode(one).decode() for one in sorted(set(entries))]
    read = [
        f"{msgspec.json.encode(path).decode()}:{msgspec.json.encode(files[path]).decode()}" for path in sorted(files)
    ]
    lines = ["{", f'"version":{VERSION},', f'"catalogue":"{catalogue}",', '"findings":[']
    lines += [f"{one}," for one in findings] + ["null],", '"files":{']
    lines += [f"{one}," for one in read] + ['"":null}', "}"]
    # Under a name of its own, so that no link that lies there is followed.
    with tempfile.NamedTemporaryFile(
        "w", dir=file.parent, prefix=".portability-", delete=False, encoding="utf-8", newline="\n"
    ) as part:
        part.write("".join(f"{line}\n" for line in lines))
    Path(part.name).chmod(_MODE)
    os.replace(part.name, file)


def contents(root: Path, exclude: Iterable[str] = ()) -> dict[str, str]:
    """The files of our languages below a root, with their content as 12 hex digits."""
    found = discover(root)
    paths = (path for path, language in found.files if language is not None and not matches_any(exclude, path))
    return {path: digits for path in paths if (digits := content(root, path))}


def content(root: Path, path: str) -> str:
    """The first digits of the hash that git gives a file's content; empty where it is not one of ours, or unreadable.

    Line ends are those of the checkout as git stores them by default: CRLF counts as LF.
    """
    seen = look(root, path)
    if not isinstance(seen, Seen) or seen.language is None:
        return ""
    import hashlib  # loads OpenSSL, which most checks need not

    data = seen.data.replace(b"\r\n", b"\n")
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()[:_DIGITS]
