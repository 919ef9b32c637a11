"""Reads Terraform and OpenTofu: ``.tf``, ``.tofu`` and their ``.json`` forms, and what stands beside them (``forms``).

``text`` makes UTF-8 of the bytes, ``syntax`` and ``json_syntax`` find the blocks, ``body`` says what is in them,
``configuration`` what their names stand for and ``evaluate`` what expressions come to, ``usages`` reports what was
asked for. Directories that call each other are read together (``grouping``). No expression is run, and nothing is
downloaded. Where ``x.tofu`` stands beside ``x.tf``, it is read in its place, as OpenTofu does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from portability.discovery import Tree
from portability.interest import Interest
from portability.model import Missing, Problem, Reading, Source, Usage
from portability.parsers.guards import MAX_BYTES, too_deep
from portability.parsers.terraform import backends, forms, grouping, json_syntax, outcomes, syntax
from portability.parsers.terraform.body import Body
from portability.parsers.terraform.configuration import File, configure
from portability.parsers.terraform.literals import literals
from portability.parsers.terraform.providers import providers_of
from portability.parsers.terraform.syntax import Parsed
from portability.parsers.terraform.text import Positions, decode
from portability.parsers.terraform.usages import not_followed, question_of, usages
from portability.settings import DEFAULT, Settings

__all__ = ["read", "units"]


def units(paths: Sequence[str], tree: Tree, interest: Interest, settings: Settings) -> list[tuple[str, ...]]:
    """Directories that call each other's modules are read together, with the files that were not asked for too."""
    return grouping.units(paths, tree)


def read(unit: Sequence[Source], interest: Interest, settings: Settings = DEFAULT) -> dict[str, Reading]:
    """Read the files of some directories together. Path → what was made of the file; never raises for any bytes."""
    question = question_of(interest)
    ran = {source.path: outcomes.read(source, question) for source in unit if outcomes.is_outcome(source.path)}
    opened = {source.path: _open(source) for source in unit if source.path not in ran}
    files: dict[str, list[File]] = {}
    values: dict[str, list[tuple[str, Body]]] = {}
    partial: list[tuple[str, Body]] = []
    for path, (file, _) in opened.items():
        directory = path.rpartition("/")[0]
        if file is None or _is_replaced(path, opened) or forms.is_form(path):
            continue
        if backends.is_partial(path):
            partial.append((directory, _values(file)))
        elif grouping.is_values(path):
            values.setdefault(directory, []).append((path, _values(file)))
        else:
            files.setdefault(directory, []).append(file)
    modules = configure(files, values)
    providers = providers_of(modules)
    readings = ran
    for path, (file, problems) in opened.items():
        directory = path.rpartition("/")[0]
        found: tuple[Usage, ...] = ()
        missing: tuple[Missing, ...] = ()
        if file is not None and not _is_replaced(path, opened):
            if forms.is_form(path):
                found = tuple(forms.form_usages(file, question))
            elif not grouping.declares_nothing(path):
                complete = [
                    body for where, body in partial if f"{where}/".startswith(f"{directory}/" if directory else "")
                ]
                found = tuple(usages(file, modules[directory], providers[directory], question, complete))
                missing = tuple(not_followed(file, modules[directory], question))
            found += tuple(literals(file, question))
        state: Literal["read", "partly", "unread"] = "unread" if file is None else "partly" if problems else "read"
        readings[path] = Reading(state=state, usages=found, problems=tuple(problems), missing=missing)
    return readings


def _is_replaced(path: str, opened: Collection[str]) -> bool:
    """Whether OpenTofu reads another file in the place of this one."""
    stem, dot, rest = path.partition(".tf")
    return bool(dot) and rest in ("", ".json") and f"{stem}.tofu{rest}" in opened


def _values(file: File) -> Body:
    read_attributes = json_syntax.attributes if file.path.endswith(".json") else syntax.attributes
    return read_attributes(file.data)


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
    lost = parsed.error is not None and not parsed.blocks and not grouping.declares_nothing(path)
    return (None if lost else file), problems


def _parse(path: str, data: bytes) -> tuple[File, Parsed]:
    if not data.strip():
        return File(path, data, Positions(data), []), Parsed([])
    if grouping.declares_nothing(path) and not path.endswith(".json"):
        tree = syntax.tree_of(data)
        error = syntax.first_error(tree) if tree.root_node.has_error else None
        return File(path, data, Positions(data), []), Parsed([], error)
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
