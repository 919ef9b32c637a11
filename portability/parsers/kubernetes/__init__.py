"""Kubernetes manifests, YAML or JSON: bytes → the keys and scalars that name a provider's things.

A document counts when it has ``apiVersion`` and ``kind``; CI files, Compose files and OpenAPI have not. Templates are
not rendered: they are read around their holes and actions. Kustomizations, charts, their values and helmfiles are read
by the file's name, patches and what a ConfigMap is made of where a kustomization names them (``kustomize``).

Which files are read together: ``grouping``, by ``kustomize``, ``charts``, ``archives``, ``gitops``.
Bytes → nodes: ``documents``, ``opening``; ``templates`` and ``expressions`` around what a chart leaves open; ``nodes``
and ``origin`` say what a node is and where it stands.
A text → objects → usages: ``texts``, ``manifest``, ``ties``; ``within`` and ``programs`` for texts in an object's
fields, ``said`` and ``literals`` for what others say, ``endpoints`` for whose a store is.
What is asked where: ``places`` is the table, ``shapes`` works it out for a mapping, and the readers are ``bindings``,
``images``, ``stores``, ``placement``, ``references``, ``arguments``, and ``values`` for values of charts.
Charts that a program renders: ``rendering``, ``rendered``. For other languages: ``built``, ``environment``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from portability.discovery import (
    CHART,
    CHART_VALUES,
    HELMFILE,
    HELPERS,
    KUSTOMIZE,
    Tree,
    chart_place,
    language_of,
    read_place,
)
from portability.interest import Interest
from portability.model import Location, Problem, Reading, Source, Usage
from portability.parsers.guards import MAX_BYTES
from portability.parsers.kubernetes.archives import unpacked
from portability.parsers.kubernetes.asked import Asked, asked_of
from portability.parsers.kubernetes.charts import Charts, chart_of, is_archive
from portability.parsers.kubernetes.documents import Refused, compose, decode, split
from portability.parsers.kubernetes.endpoints import not_for_stand_ins, signs_in
from portability.parsers.kubernetes.gitops import values_of
from portability.parsers.kubernetes.grouping import units as grouped
from portability.parsers.kubernetes.kustomize import Documents, Generated, Layer, Overlays
from portability.parsers.kubernetes.origin import Origin
from portability.parsers.kubernetes.templates import defined, is_template
from portability.parsers.kubernetes.texts import (
    Defaults,
    generated_of,
    helpers_of,
    manifests_of,
    object_of,
    patch_of,
    problem,
    switched,
)
from portability.parsers.left_out import noted, with_notes
from portability.settings import DEFAULT, Settings

__all__ = ["manifests_of", "read", "units"]


class Around(NamedTuple):
    """What the files of a unit are to each other: patches, with the kind that each is for, values of charts by
    the word of another file, texts that a ConfigMap or a Secret is made of, and charts."""

    patches: dict[str, str]
    values: frozenset[str]
    generated: dict[str, Generated]
    charts: Charts
    readings: dict[str, Reading]
    """What was read by now: values are asked for by the templates that they fill."""


def units(paths: Sequence[str], tree: Tree, interest: Interest, settings: Settings) -> list[tuple[str, ...]]:
    """Kustomizations are read with what they lead to, charts with their values, other files alone."""
    return grouped(paths, tree, whole_charts=bool(settings.helm))


def read(unit: Sequence[Source], interest: Interest, settings: Settings = DEFAULT) -> dict[str, Reading]:
    """Read the files of a unit. Never raises for what a file holds. What was read along in vain is left out."""
    asked = asked_of(interest)
    files = Documents({source.path: source for source in unit})
    layers: list[Layer] = []
    refused: dict[str, Refused] = {}
    for source in unit:
        try:
            if (layer := _layer(source, files)) is not None:
                layers.append(layer)
        except Refused as error:
            refused[source.path] = error
    values = _values(unit, files) if len(unit) > 1 else frozenset[str]()
    around = Around({}, values, {}, Charts(unit), {})
    for layer in layers:
        around.patches.update(layer.patches)
        around.generated.update(layer.generated)
    ours = [source for source in unit if len(unit) == 1 or _is_ours(source, around)]
    readings = {source.path: _read_file(source, asked, around) for source in ours}
    archives = [source for source in unit if is_archive(source.path)]
    readings |= {source.path: _read_archive(source, unit, asked) for source in archives}
    # What a kustomization that cannot be read leads to is not known, whether or not a provider is named in it.
    for path, why in refused.items():
        if readings[path].state == "read":
            unread = _unread(path, why)
            readings[path] = replace(unread, state="partly") if why.kind == "template" else unread
    if settings.helm:
        from portability.parsers.kubernetes.rendered import settled

        readings = settled(readings, unit, asked, settings.helm)
    if layers:
        overlays = Overlays(layers, files)
        readings = {path: overlays.settled(path, reading) for path, reading in readings.items()}
    return readings


def _values(unit: Sequence[Source], files: Documents) -> frozenset[str]:
    """The files that are values of a chart because others name them, or because they lie in its folder."""
    named = (one for each in unit for one in values_of(each.path, each.data, files))
    yaml = (one for one in unit if one.path.endswith((".yaml", ".yml")))
    loose = (one.path for one in yaml if chart_of(one.path, files.__contains__) and not _may_be_ours(one))
    return frozenset((*named, *loose))


def _may_be_ours(source: Source) -> bool:
    return read_place(source.path) is not None or language_of(source.path, source.data) is not None


def _is_ours(source: Source, around: Around) -> bool:
    if source.path in around.patches or source.path in around.generated or source.path in around.values:
        return True
    return language_of(source.path, source.data) == "kubernetes"


def _layer(source: Source, files: Documents) -> Layer | None:
    if read_place(source.path) != KUSTOMIZE or len(source.data) > MAX_BYTES:
        return None
    text, _ = decode(source.data)
    document = next(split(text), None)
    root = compose(document) if document is not None else None
    return Layer(root, Origin(source.path, text.split("\n")), files) if root is not None else None


def _read_archive(source: Source, unit: Sequence[Source], asked: Asked) -> Reading:
    """What a packed chart uses and what of it was not read, each told once: there are no lines to point to."""
    try:
        files = unpacked(source)
    except Refused as refused:
        return _unread(source.path, refused)
    around = Around({}, frozenset(), {}, Charts([*unit, *files]), {})
    place = Location(path=source.path, line=1, column=1, end_line=1, end_column=1)
    found: dict[str, Usage] = {}
    problems: set[Problem] = set()
    is_whole = True
    with noted() as notes:
        ours = [file for file in files if language_of(file.path, file.data) == "kubernetes"]
        readings = {file.path: _read_file(file, asked, around) for file in ours}
    for path, reading in with_notes(readings, notes).items():
        is_whole = is_whole and reading.state == "read"
        problems |= {replace(problem, path=source.path, line=1) for problem in reading.problems}
        for usage in reading.usages:
            inner = path.removeprefix(source.path.rpartition("/")[0] + "/")
            found.setdefault(usage.symbol, replace(usage, location=place, address=f"{inner}: {usage.address}"))
    return Reading(
        state="read" if is_whole else "partly",
        usages=tuple(sorted(found.values(), key=lambda usage: usage.symbol)),
        problems=tuple(sorted(problems)),
    )


def _read_file(source: Source, asked: Asked, around: Around) -> Reading:
    if source.path not in around.readings:
        around.readings[source.path] = _read_anew(source, asked, around)
    return around.readings[source.path]


def _read_anew(source: Source, asked: Asked, around: Around) -> Reading:
    if len(source.data) > MAX_BYTES:
        message = f"larger than {MAX_BYTES // 1_000_000} MB and not read. Split it, or leave it out of the scan."
        return _unread(source.path, Refused(1, "too-large", message))
    try:
        text, replaced = decode(source.data)
    except Refused as refused:
        return _unread(source.path, refused)
    place, lines = _place(source, text), text.split("\n")
    reading = _read_text(text, Origin(source.path, lines), asked, around, place)
    usages = not_for_stand_ins(reading.usages, lines)
    if any(map(signs_in, usages)) and around.charts.says_where(source.path):
        usages = tuple(replace(one, confidence="possible") if signs_in(one) else one for one in usages)
    reading = replace(reading, usages=usages)
    if reading.state == "unread" and place != read_place(source.path):
        reading = replace(reading, state="partly")  # Nobody said that it is ours.
    if (switch := around.charts.gate(source.path)) is not None:
        reading = replace(reading, usages=tuple(switched(usage, switch) for usage in reading.usages))
    if replaced is None:
        return reading
    message = "bytes here are no text in the file's encoding and were read as a replacement. Save it as UTF-8."
    damage = Problem(path=source.path, line=replaced, kind="encoding", message=message)
    state = "partly" if reading.state == "read" else reading.state
    return replace(reading, state=state, problems=tuple(sorted([damage, *reading.problems])))


def _place(source: Source, text: str) -> str | None:
    """The kind of a file that is no manifest, by its name or else by its keys."""
    place = read_place(source.path)
    if place is not None or source.path.endswith(".json") or text.startswith("apiVersion") or "\napiVersion" in text:
        return place
    return None if any(one.may_be_manifest for one in split(text)) else chart_place(source.data)


def _read_text(text: str, origin: Origin, asked: Asked, around: Around, place: str | None) -> Reading:
    if origin.path in around.patches:
        return patch_of(text, origin, asked, around.patches[origin.path])
    if origin.path in around.generated and place != CHART_VALUES:
        return generated_of(text, origin, asked, around.generated[origin.path])
    if place == CHART_VALUES or (place is None and origin.path in around.values):
        return object_of(text, origin, asked, "values", is_certain=False, gates=_GATES)
    if place in _KINDS:
        reading = object_of(text, origin, asked, _KINDS[place], defaults=_HELMFILE if place == HELMFILE else _PLAIN)
        brought = [one for one in reading.missing if around.charts.brings(origin.path, one.name.rpartition("/")[2])]
        return replace(reading, missing=tuple(one for one in reading.missing if one not in brought))
    reader = helpers_of if place == HELPERS and next(defined(text), None) is not None else manifests_of
    scope = around.charts.scope(origin.path) if is_template(text) else None
    if scope is None:
        return reader(text, origin, asked)
    named = around.charts.named(origin.path, lambda source: _read_file(source, asked, around).usages)
    return reader(text, origin, asked, Defaults(scope, named))


_GATES = ("enabled", "create")
"""By these charts leave out what else stands in the same mapping of their values."""
_PLAIN = Defaults()
_HELMFILE = Defaults({"Environment": {}})
"""Its actions ask for variables of the environment and mostly say what there is without one."""
_KINDS = {KUSTOMIZE: "Kustomization", CHART: "Chart", HELMFILE: "Helmfile"}


def _unread(path: str, refused: Refused) -> Reading:
    return Reading(state="unread", problems=(problem(path, refused),))
