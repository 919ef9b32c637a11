"""Reads Terraform and OpenTofu: ``.tf``, ``.tofu`` and their ``.json`` forms, and what stands beside them (``forms``).

``opening`` makes blocks of bytes (``text``, ``syntax``, ``json_syntax``), ``overrides`` merges what changes them,
``body`` says what is in them, ``configuration`` what their names stand for and ``evaluate`` what expressions come to,
``usages`` reports what was asked for. Directories that call each other are read together (``grouping``), with the texts
that they read (``companions``) and what they came to (``outcomes``). No expression is run, and nothing is downloaded.
Where ``x.tofu`` stands beside ``x.tf``, it is read in its place, as OpenTofu does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from msgspec.structs import replace

from portability.discovery import Tree
from portability.discovery.languages import is_outcome
from portability.interest import Interest
from portability.model import Problem, Reading, Source
from portability.parsers.terraform import backends, companions, forms, grouping, outcomes
from portability.parsers.terraform.body import Body
from portability.parsers.terraform.configuration import File, Module, configure
from portability.parsers.terraform.literals import companion, literals
from portability.parsers.terraform.opening import attributes, open_file
from portability.parsers.terraform.overrides import merged
from portability.parsers.terraform.providers import Providers, providers_of
from portability.parsers.terraform.usages import Question, not_followed, question_of, usages
from portability.settings import DEFAULT, Settings

__all__ = ["read", "units"]


class Sorted(NamedTuple):
    """Files by what they are. ``declaring`` and ``values`` by directory; ``partial`` complete a backend."""

    declaring: dict[str, list[File]]
    values: dict[str, list[tuple[str, Body]]]
    partial: list[tuple[str, Body]]
    forms: list[File]


def units(paths: Sequence[str], tree: Tree, interest: Interest, settings: Settings) -> list[tuple[str, ...]]:
    """Directories that call each other's modules are read together, with the files that were not asked for too."""
    return grouping.units(paths, tree)


def read(unit: Sequence[Source], interest: Interest, settings: Settings = DEFAULT) -> dict[str, Reading]:
    """Read the files of some directories together. Path → what was made of the file; never raises for any bytes."""
    question = question_of(interest)
    along = [source for source in unit if companions.is_companion(source)]
    taken = {source.path for source in along}
    readings = {source.path: companion(source, question) for source in along}
    came = {source.path for source in unit if source.path not in taken and is_outcome(source.path)}
    opened = {source.path: open_file(source) for source in unit if source.path not in taken | came}
    files = _sorted([file for path, (file, _) in opened.items() if file is not None and not _is_replaced(path, opened)])
    texts = {source.path: source.data.decode("utf-8", "replace") for source in along}
    declaring = {directory: merged(found) for directory, found in files.declaring.items()}
    modules = configure(declaring, files.values, texts)
    found = dict(_declared(modules, providers_of(modules), files.partial, question))
    found |= {file.path: Reading(usages=tuple(forms.form_usages(file, question))) for file in files.forms}
    for path, (file, problems) in opened.items():
        reading = found.get(path, Reading())
        strings = literals(file, question) if file is not None and not _is_replaced(path, opened) else ()
        state: Literal["read", "partly", "unread"] = "unread" if file is None else "partly" if problems else "read"
        readings[path] = replace(reading, state=state, usages=(*reading.usages, *strings), problems=tuple(problems))
    for module in modules.values():
        if module.overspent:
            path = module.files[0].path
            readings[path] = _overspent(path, readings[path])
    for source in unit:
        if source.path in came:
            readings[source.path] = _beyond(modules, source.path, outcomes.read(source, question))
    return readings


def _sorted(opened: Sequence[File]) -> Sorted:
    found = Sorted({}, {}, [], [])
    for file in opened:
        directory = file.path.rpartition("/")[0]
        if forms.is_form(file.path):
            found.forms.append(file)
        elif backends.is_partial(file.path):
            found.partial.append((directory, attributes(file)))
        elif grouping.is_values(file.path):
            found.values.setdefault(directory, []).append((file.path, attributes(file)))
        else:
            found.declaring.setdefault(directory, []).append(file)
    return found


def _declared(
    modules: Mapping[str, Module],
    providers: Mapping[str, Providers],
    partial: Sequence[tuple[str, Body]],
    question: Question,
) -> Iterator[tuple[str, Reading]]:
    """What the files of modules declare."""
    for directory, module in modules.items():
        below = f"{directory}/" if directory else ""
        complete = [body for where, body in partial if f"{where}/".startswith(below)]
        for file in module.files:
            found = tuple(usages(file, module, providers[directory], question, complete))
            yield file.path, Reading(usages=found, missing=tuple(not_followed(file, module, question)))


def _overspent(path: str, reading: Reading) -> Reading:
    what = "Names multiply each other here beyond any bound, so that values count as unknown. Exclude the directory."
    problem = Problem(path=path, line=1, kind="budget", message=what)
    return replace(reading, state="partly", problems=(*reading.problems, problem))


def _beyond(modules: Mapping[str, Module], path: str, reading: Reading) -> Reading:
    """Of a plan or a state only what its configuration does not say itself."""
    configured = grouping.nearest(path.rpartition("/")[0], modules)
    if configured is None:
        return reading
    module = modules[configured]
    return replace(reading, usages=tuple(use for use in reading.usages if not module.declares(use.address)))


def _is_replaced(path: str, opened: Collection[str]) -> bool:
    """Whether OpenTofu reads another file in the place of this one."""
    stem, dot, rest = path.partition(".tf")
    return bool(dot) and rest in ("", ".json") and f"{stem}.tofu{rest}" in opened
