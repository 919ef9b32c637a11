"""Kustomize, as far as a tie needs it: which overlays lead to a file, and which of them rewrite what it says.

Nothing is rendered. A tie is found where it is written, be that a base, a patch or an ``images:`` entry; the steps
upwards from there tell which overlays have it. That answers what whoever leaves asks, and costs a walk for each tie.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from posixpath import dirname, join, normpath
from typing import NamedTuple

from msgspec.structs import replace
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.model import MAX_RELATED, Location, Missing, Reading, Source, Usage
from portability.parsers.guards import MAX_BYTES
from portability.parsers.kubernetes.documents import Refused, decode, split
from portability.parsers.kubernetes.images import images
from portability.parsers.kubernetes.nodes import get, is_open, mappings, scalars, text
from portability.parsers.kubernetes.opening import opened_of
from portability.parsers.kubernetes.origin import Origin
from portability.parsers.kubernetes.patches import Object, Patch, Span

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_TREES = ("resources", "bases", "components")
_FILES = (*_TREES, "patches", "patchesStrategicMerge", "patchesJson6902", "transformers", "generators")
_GENERATORS = ("configMapGenerator", "secretGenerator")


class Lead(NamedTuple):
    """A file that a kustomization names, and the words that name it."""

    path: str
    location: Location


class Generated(NamedTuple):
    """What a text becomes: the data of a ConfigMap or Secret of this name, line by line (``KEY=value``) or whole."""

    name: str
    by_line: bool


class Documents:
    """The documents of files, each composed when somebody asks. What cannot be read has none."""

    def __init__(self, files: Mapping[str, Source]) -> None:
        self._files = files
        self._known: dict[str, list[tuple[Node, Origin]]] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._files

    def of(self, path: str) -> list[tuple[Node, Origin]]:
        """The root of each document of a file, and where it stands."""
        if path not in self._known:
            source = self._files.get(path)
            with suppress(Refused):
                if source is not None and len(source.data) <= MAX_BYTES:
                    text, _ = decode(source.data)
                    self._known[path] = list(_roots(text, Origin(path, text.split("\n"))))
        return self._known.setdefault(path, [])

    def objects(self, path: str) -> Iterator[Object]:
        """The objects of a file, those of its lists too."""
        for root, origin in self.of(path):
            listed = get(root, "items") if text(get(root, "kind")).endswith("List") else None
            for one in mappings([root if listed is None else listed]):
                yield Object(one, origin)


class Layer:
    """One kustomization: what it takes in, what it changes, what it generates."""

    def __init__(self, root: Node, origin: Origin, files: Documents) -> None:
        self.path = origin.path
        self.leads: list[Lead] = []
        self.missing: list[Missing] = []
        self.patches: dict[str, str] = {}
        self.generated: dict[str, Generated] = {}
        self.components: list[str] = []
        self.images: dict[str, Location] = {}
        self.changes: list[Patch] = []
        self._origin, self._files = origin, files
        for field in _FILES:
            for entry in _entries(get(root, field)):
                self._take(field, entry)
        for field in _GENERATORS:
            for generator in _entries(get(root, field)):
                self._generate(generator)
        for image in _entries(get(root, "images")):
            self._rename(image)

    def _take(self, field: str, entry: Node) -> None:
        named = get(entry, "path") if isinstance(entry, MappingNode) else entry
        if field.startswith("patches"):
            written = get(entry, "patch") or named
            if isinstance(written, ScalarNode):
                self._patch(written, get(entry, "target"))
        if not isinstance(named, ScalarNode) or not named.value or "\n" in named.value:
            return
        place = self._origin.location(named)
        path = self._found(named.value)
        if path is None and field in _TREES and not is_open(named.value):
            self.missing.append(Missing(kind="base", name=named.value, location=place))
        elif path is not None:
            self.leads.append(Lead(path, place))
            if field.startswith("patches"):
                self.patches[path] = text(get(entry, "target", "kind"))
            elif field == "components":
                self.components.append(path)

    def _patch(self, written: ScalarNode, target: Node | None) -> None:
        """A patch, as a text that stands here or a file that has it."""
        is_here = "\n" in written.value
        path = None if is_here else self._found(written.value)
        if is_here:
            roots: Iterable[tuple[Node, Origin]] = _roots(written.value, self._origin.within(written))
        else:
            roots = self._files.of(path) if path is not None else ()
        self.changes.extend(Patch(root, origin, target) for root, origin in roots)

    def _generate(self, generator: Node) -> None:
        for field in ("files", "envs", "env"):
            named = get(generator, field)
            for one in scalars(named) if named is not None else ():
                path = self._found(one.value.rpartition("=")[2])
                if path is not None:
                    self.leads.append(Lead(path, self._origin.location(one)))
                    self.generated[path] = Generated(text(get(generator, "name")), field != "files")

    def _rename(self, image: Node) -> None:
        old, new = get(image, "name"), get(image, "newName")
        if isinstance(old, ScalarNode) and isinstance(new, ScalarNode):
            before, after = (next((found.symbol for found in images(one)), "") for one in (old, new))
            if before and after != before:
                self.images[before] = self._origin.location(new)

    def _found(self, written: str) -> str | None:
        """The file that a name leads to, or the kustomization of the folder."""
        path = normpath(join(dirname(self.path), written))
        if path in self._files:
            return path
        folder = "" if path == "." else path
        return next((one for name in NAMES if (one := join(folder, name)) in self._files and one != self.path), None)


class Overlays:
    """Kustomizations that lead to each other, seen from below."""

    def __init__(self, layers: Iterable[Layer], files: Documents) -> None:
        self._layers = {layer.path: layer for layer in layers}
        self._files = files
        self._spans: dict[tuple[int, str], list[Span]] = {}
        self._above: dict[str, list[tuple[Layer, Location]]] = defaultdict(list)
        for layer in self._layers.values():
            for lead in layer.leads:
                self._above[lead.path].append((layer, lead.location))

    def settled(self, path: str, reading: Reading) -> Reading:
        """The reading of a file, with what the kustomizations around it make of it."""
        layer = self._layers.get(path)
        missing = tuple(sorted([*reading.missing, *layer.missing])) if layer is not None else reading.missing
        return replace(reading, usages=tuple(map(self._settled, reading.usages)), missing=missing)

    def _settled(self, usage: Usage) -> Usage:
        """The use with the overlays that have it as ``related``: the entries by which those that nobody takes in lead
        here. One that all of them rewrite is not active, and the places that rewrite it are ``related`` instead."""
        kept: list[Location] = []
        rewritten: list[Location] = []
        seen: set[str] = set()
        todo = [usage.location.path]
        while todo:
            path = todo.pop()
            if path in seen:
                continue
            seen.add(path)
            for layer, place in self._above.get(path, ()):
                change = self._change(layer, usage, set())
                if change is not None:
                    rewritten.append(change)
                elif layer.path in self._above:
                    todo.append(layer.path)
                else:
                    kept.append(place)
        if rewritten and not kept:
            return replace(usage, active="no", related=_some(rewritten))
        own = dirname(usage.location.path)
        elsewhere = [place for place in kept if dirname(place.path) != own]
        return replace(usage, related=_some(elsewhere)) if elsewhere else usage

    def _change(self, layer: Layer, usage: Usage, seen: set[str]) -> Location | None:
        """Where a layer, or a component that it takes in, puts something else in the place of a use."""
        if layer.path in seen:
            return None
        seen.add(layer.path)
        if usage.symbol in layer.images:
            return layer.images[usage.symbol]
        kind, place = usage.address.partition("/")[0], usage.location
        for patch in layer.changes:
            if patch.path != place.path and patch.kind in ("", kind):
                changed = next((span.by for span in self._changed(patch, place.path) if span.holds(place)), None)
                if changed is not None:
                    return changed
        below = (self._layers[path] for path in layer.components if path in self._layers)
        return next((found for one in below if (found := self._change(one, usage, seen)) is not None), None)

    def _changed(self, patch: Patch, path: str) -> list[Span]:
        """The parts of a file that a patch replaces."""
        key = (id(patch), path)
        if key not in self._spans:
            self._spans[key] = [span for one in self._files.objects(path) for span in patch.spans(one)]
        return self._spans[key]


def _roots(written: str, origin: Origin) -> Iterator[tuple[Node, Origin]]:
    for document in split(written):
        opened = opened_of(document)
        for root in opened.roots:
            yield root, origin.of_document(document.line, opened.template)


def _entries(node: Node | None) -> list[Node]:
    return node.value if isinstance(node, SequenceNode) else []


def _some(places: list[Location]) -> tuple[Location, ...]:
    return tuple(sorted(set(places)))[:MAX_RELATED]
