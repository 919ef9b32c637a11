"""Keep the compiled catalogue of a checkout as new as its rules."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from portability.catalogue.index import Catalogue, encode


def is_current(compiled: Path, rules: Path) -> bool:
    """Whether no rule file or folder is newer than the compiled form, nor the package that it is made with."""
    try:
        stamp = compiled.stat().st_mtime_ns
    except OSError:
        return False
    package = Path(__file__).parents[1]
    return all(time < stamp for folder in (rules, package) for time in _times(folder, skip=compiled.name))


def compile_into(compiled: Path, rules: Path) -> Catalogue:
    """Compile a checkout's rules now, and keep the result for the next run where the checkout can be written."""
    from portability.catalogue.compile import compile_rules

    index = compile_rules(rules)
    _write(compiled, encode(index))
    return Catalogue(index)


def _write(path: Path, data: bytes) -> None:
    import tempfile

    # Written beside and renamed, so that a run at the same time never reads half a file.
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".compiled-", delete=False) as file:
            file.write(data)
        os.replace(file.name, path)
    except OSError:
        return


def _times(folder: Path, skip: str) -> Iterator[int]:
    pending = [os.fspath(folder)]
    while pending:
        directory = pending.pop()
        # A folder's time changes when a file in it comes or goes; ours also when the compiled form is written.
        if not directory.endswith("catalogue"):
            yield os.stat(directory).st_mtime_ns
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        pending.append(entry.path)
                elif entry.name != skip and not entry.name.startswith(".compiled-"):
                    yield entry.stat(follow_symlinks=False).st_mtime_ns
