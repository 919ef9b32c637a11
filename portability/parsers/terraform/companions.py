"""Scripts, policies and templates that a configuration reads: ``file("${path.module}/run.sh")`` and its like.

They are read along with the configuration, and what they name is found where they say it. What is taken apart at once,
as in ``yamldecode(file("rules.yaml"))``, is a table of the configuration's own and no text that goes anywhere.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Final

from portability.discovery import Tree, language_of
from portability.model import Source
from portability.patterns import regex

MAX_FILES: Final = 50
"""Files that one path known in part may stand for."""

_NAMES = b"|".join(
    rb"%s(?<=\b%s)" % (name, name) for name in (b"file", b"templatefile", b"filebase64", b"base64gzip", b"script")
)  # a search for words is six times as fast as one for their edges, so these are looked at last
_REACHED = regex(rb"(?:" + _NAMES + rb")\"?[ \t]*[(=:][ \t\n]*\"((?:[^\"\\\n$]|\$\{[^{}\n]{1,200}\}){1,400})\"")
_TAKEN_APART = regex(rb"decode\(\s*\Z")
_HERE = regex(r"\$\{(?:path\.(?:module|root|cwd)|get_terragrunt_dir\(\))\}/?")
_HOLE = regex(r"\$\{[^{}]*\}")


def reached(data: bytes) -> Iterator[str]:
    """Paths in a configuration's text, from its directory, with ``*`` for what only a run could tell."""
    for found in _REACHED.finditer(data):
        path = _HOLE.sub("*", _HERE.sub("", found[1].decode("utf-8", "replace")))
        # Of a path without a known folder anything could be meant.
        if not path.strip("*/") or path.startswith(("/", "~")) or "*" in posixpath.dirname(path):
            continue
        if not _TAKEN_APART.search(data, max(0, found.start() - 40), found.start()):
            yield path


def companions(directory: str, paths: Iterable[str], tree: Tree) -> Iterator[str]:
    """The files of the tree that such paths lead to, but for those that a parser reads by themselves."""
    for path in sorted(set(paths)):
        target = posixpath.normpath(posixpath.join(directory, path))
        if target.startswith("../"):
            continue
        beside = tree.beside(posixpath.dirname(target))
        found = [one for one in beside if fnmatchcase(one, target.replace("[", "[[]").replace("?", "[?]"))]
        yield from (one for one in found[:MAX_FILES] if tree.is_loose(one))


def is_companion(source: Source) -> bool:
    """Whether a file is none of Terraform's own."""
    return language_of(source.path, source.data) != "terraform"
