"""``.gitignore`` files where git cannot be asked."""

from __future__ import annotations

import os
from typing import NamedTuple

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

from portability.discovery.load import read

_STARS = 6
"""A pattern with more wildcards than this is dropped: matching one can take time without end. To drop one lists more
files, never fewer."""


class Rules(NamedTuple):
    """The ignore files from the root down to a folder, each with the folder that it stands in."""

    specs: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def joined(self, root: str, folder: str) -> Rules:
        """These rules and those of the folder's own ``.gitignore``, if it has one."""
        prefix = f"{folder}/" if folder else ""
        if not os.path.lexists(os.path.join(root, f"{prefix}.gitignore")):
            return self
        data = read(root, f"{prefix}.gitignore")
        if not isinstance(data, bytes):
            return self
        patterns = [line for line in data.decode("utf-8", "replace").splitlines() if _is_sound(line)]
        return Rules((*self.specs, (prefix, GitIgnoreSpec.from_lines(patterns))))

    def ignore(self, path: str, *, is_folder: bool) -> bool:
        """Whether the path is ignored: the deepest file with an opinion decides, and in it the last pattern."""
        for prefix, spec in reversed(self.specs):
            below = path[len(prefix) :]
            opinion = spec.check_file(f"{below}/" if is_folder else below).include
            if opinion is not None:
                return opinion
        return False


def _is_sound(pattern: str) -> bool:
    """Whether a pattern can be compiled, and matched in bounded time. Git, too, lets a broken pattern match nothing."""
    try:
        GitIgnoreSpec.from_lines([pattern])
    except GitIgnorePatternError:
        return False
    return pattern.count("*") <= _STARS
