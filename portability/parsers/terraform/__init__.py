"""Reads Terraform and OpenTofu: ``.tf``, ``.tofu`` and their ``.json`` forms.

``text`` makes UTF-8 of the bytes, ``syntax`` and ``json_syntax`` find the blocks, ``body`` and ``values`` say what is
in them, ``usages`` reports what was asked for. No expression is run and no module or variable file is followed.
Where ``x.tofu`` stands beside ``x.tf``, OpenTofu reads only the first and Terraform only the second; here both count.
"""

from __future__ import annotations

from collections.abc import Sequence

from portability.discovery import Tree, candidate
from portability.interest import Interest
from portability.model import Problem, Reading, Source
from portability.parsers.guards import MAX_BYTES, too_deep
from portability.parsers.terraform import json_syntax, syntax
from portability.parsers.terraform.literals import literals
from portability.parsers.terraform.syntax import Parsed
from portability.parsers.terraform.text import Positions, decode
from portability.parsers.terraform.usages import File, Providers, Question, question_of, usages
from portability.settings import DEFAULT, Settings

__all__ = ["read", "units"]


def units(paths: Sequence[str], tree: Tree, interest: Interest, settings: Settings) -> list[tuple[str, ...]]:
    """A directory's files are read together, those that were not asked for too."""
    directories: dict[str, set[str]] = {}
    for path in paths:
        directories.setdefault(path.rpartition("/")[0], set()).add(path)
    for directory, found in directories.items():
        found.update(path for path in tree.beside(directory) if candidate(path) == "terraform")
    return [tuple(sorted(found)) for _, found in sorted(directories.items())]


def read(unit: Sequence[Source], interest: Interest, settings: Settings = DEFAULT) -> dict[str, Reading]:
    """Read the files of one directory together. Path → what was made of the file; never raises for any bytes."""
    opened = {source.path: _open(source) for source in unit}
    files = [file for file, _ in opened.values() if file is not None]
    providers = Providers([block for file in files for block in file.blocks])
    question = question_of(interest)
    return {path: _reading(file, problems, providers, question) for path, (file, problems) in opened.items()}


def _reading(file: File | None, problems: list[Problem], providers: Providers, question: Question) -> Reading:
    if file is None:
        return Reading(state="unread", problems=tuple(problems))
    found = (*usages(file, providers, question), *literals(file, question))
    return Reading(state="partly" if problems else "read", usages=found, problems=tuple(problems))


def _open(source: Source) -> tuple[File | None, list[Problem]]:
    """The file's blocks, or None if nothing of it can be read, and what stood in the way."""
    path = source.path
    if len(source.data) > MAX_BYTES:
        what = (
            f"The file has {len(source.data):,} bytes; more than {MAX_BYTES:,} are not read. Split it, or exclude it."
        )
        return None, [Problem(path=path, line=1, kind="too-large", message=what)]
    decoded = decode(source.data)
    if decoded is None:
        what = "The file holds NUL bytes, so it is not text. Exclude it, or save it as UTF-8."
        return None, [Problem(path=path, line=1, kind="binary", message=what)]
    if (line := too_deep(decoded.data)) is not None:
        what = "Brackets nest so deep here that the file is not read: it could bring the parser down. Exclude it."
        return None, [Problem(path=path, line=line, kind="too-deep", message=what)]
    problems = []
    if decoded.replaced is not None:
        what = "Bytes from here on are not UTF-8; they were read as replacement characters. Save the file as UTF-8."
        problems.append(Problem(path=path, line=decoded.replaced, kind="encoding", message=what))
    file, parsed = _parse(path, decoded.data)
    if parsed.error is not None:
        line, _ = file.positions.at(parsed.error)
        problems.append(_syntax_problem(path, line, len(parsed.blocks)))
    return (None if parsed.error is not None and not parsed.blocks else file), problems


def _parse(path: str, data: bytes) -> tuple[File, Parsed]:
    if not data.strip():
        return File(path, data, Positions(data), []), Parsed([])
    if path.endswith(".json"):
        document = json_syntax.PREFIX + data
        parsed = json_syntax.parse(document)
        return File(path, document, Positions(document, len(json_syntax.PREFIX)), parsed.blocks), parsed
    parsed = syntax.parse(data)
    return File(path, data, Positions(data), parsed.blocks), parsed


def _syntax_problem(path: str, line: int, blocks: int) -> Problem:
    read_around = f"{blocks} blocks around it were read" if blocks else "no block of the file could be read"
    what = f"This is not valid Terraform; {read_around}. `terraform validate` or `tofu validate` says what is wrong."
    return Problem(path=path, line=line, kind="syntax", message=what)
