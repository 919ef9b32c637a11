"""What configuration hands to programs by variables of the environment.

A second look, after everything was judged: only at the variables that may lead somewhere, and only into files that hold
the name of one and what these lean on, so that reading costs no more than before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from importlib import import_module

from portability.discovery import Tree, candidate, look
from portability.model import Handed, Language, Problem, Source
from portability.patterns import regex

_MOST_FILES = 2_000
"""Files that are looked into. Where more hold the names, the names tell little."""
_WORD = regex(rb"[A-Za-z_]\w*")
"""How variables of the environment are called."""


_DOTENV = regex(r"\.env|\.env\.(?!example|sample|template|dist|test)[\w-]+|[\w-]+\.env")
"""Files of variables. What is only an example of one fills nothing."""
_ASSIGNED = regex(rb"^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^#\n]*))", re.M)


def handed(tree: Tree, names: Collection[str]) -> list[Handed]:
    """Who hands in which of the variables."""
    if not names:
        return []
    wanted = {name.encode() for name in names}
    modules: dict[str, list[Source]] = defaultdict(list)
    naming: dict[Language, dict[str, Source]] = {"terraform": {}, "kubernetes": {}}
    found: list[Handed] = []
    for path in sorted(tree.paths):
        if _DOTENV.fullmatch(path.rpartition("/")[2]):
            seen = look(tree.root, path)
            if seen is not None and not isinstance(seen, Problem):
                found.extend(_of_dotenv(seen.path, seen.data, names))
            continue
        if candidate(path) != "terraform" and not path.endswith((".yaml", ".yml")):
            continue
        seen = look(tree.root, path)
        if seen is None or isinstance(seen, Problem):
            continue
        language: Language = "terraform" if seen.language == "terraform" else "kubernetes"
        source = Source(path=seen.path, language=language, data=seen.data)
        if language == "terraform":
            modules[seen.path.rpartition("/")[0]].append(source)
        if len(naming[language]) < _MOST_FILES and (mentioned := wanted.intersection(_WORD.findall(seen.data))):
            naming[language][seen.path] = source
            found.extend(Handed(name=name.decode(), path=seen.path, mentioned=True) for name in sorted(mentioned))
    if texts := naming["kubernetes"]:
        read = import_module("portability.parsers.kubernetes.environment").handed
        found.extend(one for source in texts.values() for one in read(source, names))
    if named := naming["terraform"]:
        directories = sorted({path.rpartition("/")[0] for path in named})
        found.extend(import_module("portability.parsers.terraform.environment").handed(modules, directories, names))
    return found


def _of_dotenv(path: str, data: bytes, names: Collection[str]) -> Iterator[Handed]:
    """What a file of variables says. A value that is put together of others tells nothing."""
    for match in _ASSIGNED.finditer(data):
        name = match[1].decode()
        value = next((part for part in match.groups()[1:] if part is not None), b"").decode(errors="replace").strip()
        if name in names and value and "$" not in value:
            yield Handed(name=name, path=path, value=value, by_default=True)
