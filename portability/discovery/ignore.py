"""``.gitignore`` files where git cannot be asked."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

from portability.discovery.load import read
from portability.patterns import regex

_STARS = 6
"""A pattern with more wildcards than this is dropped: matching one can take time without end. To drop one lists more
files, never fewer."""


_GROUP_NAME = regex(r"\(\?P<\w+>")


class _Spec(NamedTuple):
    """An ignore file: the folder that it stands in, its patterns, and all of them as one expression. Most paths are
    matched by none of them, and are told so a dozen times as fast."""

    prefix: str
    patterns: GitIgnoreSpec
    any: re.Pattern[str]

    @classmethod
    def of(cls, prefix: str, lines: list[str]) -> _Spec:
        spec = GitIgnoreSpec.from_lines(lines)
        expressions = (it.regex.pattern for it in spec.patterns if it.include is not None and it.regex is not None)
        every = "|".join(f"(?:{_GROUP_NAME.sub('(?:', one)})" for one in expressions)
        return cls(prefix, spec, re.compile(every or r"(?!)"))


class Rules(NamedTuple):
    """The ignore files from the root down to a folder."""

    specs: tuple[_Spec, ...] = ()

    def joined(self, root: str, folder: str) -> Rules:
        """These rules and those of the folder's own ``.gitignore``, if it has one."""
        prefix = f"{folder}/" if folder else ""
        if not os.path.lexists(os.path.join(root, f"{prefix}.gitignore")):
            return self
        data = read(root, f"{prefix}.gitignore")
        if not isinstance(data, bytes):
            return self
        patterns = [line for line in data.decode("utf-8", "replace").splitlines() if _is_sound(line)]
        return Rules((*self.specs, _Spec.of(prefix, patterns)))

    def ignore(self, path: str, *, is_folder: bool) -> bool:
        """Whether the path is ignored: the deepest file with an opinion decides, and in it the last pattern."""
        for spec in reversed(self.specs):
            below = path[len(spec.prefix) :] + "/" * is_folder
            if spec.any.search(below) and (opinion := spec.patterns.check_file(below).include) is not None:
                return opinion
        return False


def _is_sound(pattern: str) -> bool:
    """Whether a pattern can be compiled, and matched in bounded time. Git, too, lets a broken pattern match nothing."""
    try:
        GitIgnoreSpec.from_lines([pattern])
    except GitIgnorePatternError:
        return False
    return pattern.count("*") <= _STARS
