"""Reads Terraform and OpenTofu: ``.tf``, ``.tofu`` and their ``.json`` forms, and what stands beside them (``forms``).

``opening`` makes blocks of bytes (``text``, ``syntax``, ``json_syntax``), ``overrides`` merges what changes them,
``body`` says what is in them, ``configuration`` what their names stand for, ``evaluate`` what expressions come to (with
``functions`` and, for variables, ``types``), ``usages`` reports what was asked for, ``faults`` what cannot be meant.
Directories that call each other are read together (``grouping``), with the texts that they read (``companions``) and
what they came to (``outcomes``); modules that were installed, or lie beside the tree, once for each call (``sources``,
``foreign``). No expression is run, and nothing is downloaded. Where ``x.tofu`` stands beside ``x.tf``, it is read in
its place, as OpenTofu does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from msgspec.structs import replace

from portability.discovery import Tree
from portability.discovery.languages import is_outcome
from portability.interest import Interest
from portability.model import Problem, Reading, Source, Usage
from portability.parsers.terraform import backends, companions, foreign, forms, grouping
from portability.parsers.terraform.body import Body
from portability.parsers.terraform.budget import Budget
from portability.parsers.terraform.configuration import Around, Module, configure
from portability.parsers.terraform.faults import faults
from portability.parsers.terraform.files import File
from portability.parsers.terraform.literals import companion, literals
from portability.parsers.terraform.opening import attributes, open_file, values_of
from portability.parsers.terraform.overrides import merged
from portability.parsers.terraform.providers import providers_of
from portability.parsers.terraform.sources import INSTALLED, Sources, is_foreign, is_manifest
from portability.parsers.terraform.usages import as_active, not_followed, usages
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
    return grouping.units(paths, tree, settings)


def read(unit: Sequence[Source], interest: Interest, settings: Settings = DEFAULT) -> dict[str, Reading]:
    """Read the files of some directories together. Path → what was made of the file; never raises for any bytes."""
    apart: dict[str, Reading] = {}
    ran, opened, links = [], {}, {}
    for source in unit:
        if source.path.endswith("/"):
            links[source.path.rstrip("/")] = source.data.decode()
        elif companions.is_companion(source):
            apart[source.path] = companion(source, interest) if settings.asks(source.path) else Reading()
        elif is_outcome(source.path):
            ran.append(source)
        else:
            opened[source.path] = open_file(source)
    files = _sorted([file for path, (file, _) in opened.items() if file is not None and not _is_replaced(path, opened)])
    around = _around([source for source in unit if source.path in apart], links, settings)
    torn = {path.rpartition("/")[0] for path, (_, problems) in opened.items() if problems}
    strings = {
        path: tuple(literals(file, interest))
        for path, (file, _) in opened.items()
        if file is not None and not _is_replaced(path, opened) and (settings.asks(path) or is_foreign(path))
    }
    modules, found = _declared(files, around, interest, settings, strings)
    strings |= _as_active(strings, modules.values())
    readings = apart
    for path, (file, problems) in opened.items():
        reading = found.get(path, Reading())
        state: Literal["read", "partly", "unread"] = "unread" if file is None else "partly" if problems else "read"
        readings[path] = replace(
            reading, state=state, usages=(*reading.usages, *strings.get(path, ())), problems=tuple(problems)
        )
    for module in modules.values():
        asked = any(settings.asks(file.path) for file in module.files)
        for problem in faults(module, whole=module.directory not in torn) if asked else ():
            told = readings[problem.path]
            readings[problem.path] = replace(told, problems=(*told.problems, problem))
        if module.overspent:
            path = module.files[0].path
            readings[path] = _overspent(path, readings[path])
    if ran:
        from portability.parsers.terraform import outcomes  # most runs meet none

        readings |= {
            source.path: _beyond(modules, source.path, outcomes.read(source, interest))
            for source in ran
            if settings.asks(source.path)
        }
    return readings


def _around(along: Sequence[Source], links: Mapping[str, str], settings: Settings) -> Around:
    """What the modules of a unit share. ``links`` lead to directories by other names."""
    manifests = {
        source.path.removesuffix(INSTALLED).rstrip("/"): source for source in along if is_manifest(source.path)
    }
    installed = {directory: source.data for directory, source in manifests.items()}
    return Around(
        Sources(settings.modules, settings.also, installed, lambda directory: links.get(directory, directory)),
        [values_of(name, data) for name, data in settings.var_files],
        {source.path: source.data.decode("utf-8", "replace") for source in along},
        Budget(),
    )


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
    files: Sorted,
    around: Around,
    interest: Interest,
    settings: Settings,
    strings: Mapping[str, Sequence[Usage]],
) -> tuple[dict[str, Module], dict[str, Reading]]:
    """Directory → its module, and what those of their files that somebody asks about declare and bring in."""
    declaring = {directory: merged(found) for directory, found in files.declaring.items()}
    stock = {directory: found for directory, found in declaring.items() if is_foreign(directory)}
    modules = configure({one: found for one, found in declaring.items() if one not in stock}, files.values, around)
    read_forms = forms.opened(files.forms, around)
    calls = forms.calls(read_forms, around)
    for target, call in calls:
        if target in modules:
            modules[target].callers.append(call)
            if call.block.keyword == "component":
                call.caller.calls[call.block.labels[0]] = (call, modules[target])
    followed = foreign.follow(modules.values(), calls, stock, around, interest)
    # What was installed and nobody follows counts as the tree's own: somebody asked to read it.
    known = {one.module.directory for one in followed}
    modules |= configure({one: found for one, found in stock.items() if one not in known}, files.values, around)
    callers = [form.module for form in read_forms]
    providers = providers_of([*modules.values(), *callers, *(one.module for one in followed)])
    found: dict[str, Reading] = {}
    for directory, module in modules.items():
        below = f"{directory}/" if directory else ""
        complete = [body for where, body in files.partial if f"{where}/".startswith(below)]
        complete += [body for call in module.callers if (body := forms.completed_by(call)) is not None]
        for file in module.files:
            if not settings.asks(file.path):
                continue
            uses = tuple(usages(file, module, providers[module], interest, complete))
            found[file.path] = Reading(usages=uses, missing=tuple(not_followed(file, module, interest)))
    folders = {*modules, *stock, *(form.module.directory for form in read_forms)}
    for form in read_forms:
        if settings.asks(path := form.file.path):
            missing = forms.unfollowed(form, folders, around, interest)
            found[path] = Reading(usages=tuple(forms.form_usages(form, interest)), missing=tuple(missing))
    for one in followed:
        if not settings.asks(one.call.path):
            continue
        reading = found[one.call.path]
        uses = (*reading.usages, *foreign.brought(one, providers[one.module], interest, strings))
        found[one.call.path] = replace(
            reading, usages=uses, missing=(*reading.missing, *foreign.unfollowed(one, interest))
        )
    return modules, found


def _as_active(strings: Mapping[str, Sequence[Usage]], modules: Iterable[Module]) -> dict[str, tuple[Usage, ...]]:
    """The ties in the texts of modules' files, each there when its block is."""
    files = [(module, file) for module in modules for file in module.files if strings.get(file.path)]
    return {file.path: tuple(as_active(strings[file.path], file, module)) for module, file in files}


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
