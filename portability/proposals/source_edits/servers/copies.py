"""Copies of servers: the text of one for a handler, where it is put, and how it imports the handler."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from keyword import iskeyword
from pathlib import Path
from typing import NamedTuple

import libcst as cst
import libcst.matchers as m

from portability.discovery import look
from portability.model import Finding
from portability.patterns import regex
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.results import NotPlain

_REMARK = regex(r"  # (?:type: ignore|a copy names).*$", re.MULTILINE)


class Plan(NamedTuple):
    """A server that could be added: its path, its text, the findings that it answers, and what is left to decide."""

    path: str
    text: str
    findings: Sequence[Finding]
    decisions: Sequence[str]


def stem(path: str) -> str:
    """The name of a file without its folder and ending."""
    return path.rpartition("/")[2].removesuffix(".py")


def beside(file: SourceFile, stem: str) -> str:
    """Where the server of a file stands."""
    folder, slash, _ = file.path.rpartition("/")
    return f"{folder}{slash}{stem}_server.py"


def importing(file: SourceFile, name: str, root: Path) -> str:
    """The statement that imports a handler, as its module imports others. Raises NotPlain where none can."""
    module = stem(file.path)
    if not module.isidentifier() or iskeyword(module) or module == "__init__":
        raise NotPlain("Its file has no name that a module beside it could import.")
    package = "." if any(one.relative for one in file.all(cst.ImportFrom)) else _package(file, root)
    return f"from {package}{module} import {name if name == 'handler' else f'{name} as handler'}"


def _package(file: SourceFile, root: Path) -> str:
    """The packages that a module is in, as it names them itself when it imports from its own; with a dot behind."""
    named = {one.partition(".")[0] for one in file.imported}
    folders = file.path.split("/")[:-1]
    for at, folder in enumerate(folders):
        own = ["/".join(folders[: end + 1]) for end in range(at, len(folders))]
        if folder in named and all(look(root, f"{one}/__init__.py") is not None for one in own):
            return "".join(f"{one}." for one in folders[at:])
    return ""


def copy(server: str, statement: str, calls: Mapping[str, str]) -> str:
    """A server's text for one handler, with nothing that it does not need."""
    text = _REMARK.sub("", files(__name__.rpartition(".")[0]).joinpath(f"{server}.py").read_text(encoding="utf-8"))
    for old, new in {"from HANDLER import handler": statement, **calls}.items():
        text = text.replace(old, new, 1)
    module = cst.parse_module(text)
    while (shorter := _needed(module)) is not module:
        module = shorter
    return module.code


def _needed(module: cst.Module) -> cst.Module:
    """A module without the definitions and imports that nothing in it names; itself where there are none."""
    names = Counter(one.value for one in m.findall(module, m.Name()) if isinstance(one, cst.Name))
    kept = [one for one in module.body if not any(names[name] == 1 for name in _defined(one))]
    return module if len(kept) == len(module.body) else module.with_changes(body=kept)


def _defined(statement: cst.CSTNode) -> Iterator[str]:
    """The names that a statement of a module gives a meaning, unless others ask for them by name."""
    match statement:
        case cst.FunctionDef(name=name) | cst.ClassDef(name=name) if name.value != "application":
            yield name.value
        case cst.SimpleStatementLine(
            body=[cst.Import(names=[cst.ImportAlias(name=cst.Name(value=name), asname=None)])]
        ):
            yield name
        case cst.SimpleStatementLine(
            body=[cst.ImportFrom(names=[cst.ImportAlias(name=cst.Name(value=name), asname=None)])]
        ) if name != "annotations":
            yield name
        case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name))]):
            yield name


def leave(file: SourceFile, findings: Sequence[Finding], why: str) -> None:
    """Say of several findings why they have no server."""
    for finding in findings:
        file.leave(finding, why)
