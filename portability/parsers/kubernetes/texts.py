"""The text of a file → a reading of it: manifests, patches, and files that are one object without saying so."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from msgspec.structs import replace
from yaml.nodes import MappingNode, Node, ScalarNode

from portability.model import Missing, Pointer, Problem, Reading, Usage
from portability.parsers.kubernetes.asked import Asked
from portability.parsers.kubernetes.built import mark, scalar
from portability.parsers.kubernetes.documents import Document, Refused, split
from portability.parsers.kubernetes.kustomize import Generated
from portability.parsers.kubernetes.manifest import Manifest, manifests, patched, settings_in
from portability.parsers.kubernetes.nodes import entries, mappings
from portability.parsers.kubernetes.nodes import text as text_of
from portability.parsers.kubernetes.opening import Opened, opened_of
from portability.parsers.kubernetes.origin import Origin
from portability.parsers.kubernetes.templates import Off, defined, is_template, off, touches
from portability.parsers.kubernetes.ties import guessed, ties_of
from portability.patterns import regex

_DELIVERS: Final = regex(
    r"^[ \t-]*kind:[ \t]*[\"']?"
    r"(?:Application|ApplicationSet|HelmRelease|HelmChart|Kustomization|OCIRepository|Release)\b",
    re.MULTILINE,
)
"""Kinds that name a chart, which is a tie or a gap whatever else they say, or point at what they deploy."""
_CHARTS: Final = regex(r"^(?:helmCharts|dependencies|releases)[ \t]*:", re.MULTILINE)
"""Where kustomizations, charts and helmfiles name charts."""

_LINE: Final = regex(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)=(.*)$", re.MULTILINE)

Objects = Callable[[Node, Origin, Document], Iterable[Manifest]]


class Defaults(NamedTuple):
    """What a chart installs its templates with unless told otherwise: ``Values`` and ``Chart``, and the symbols that
    are found where these values stand."""

    scope: Mapping[str, Any] = MappingProxyType({})
    named: Collection[str] = ()


_NO_CHART = Defaults()


def manifests_of(text: str, origin: Origin, asked: Asked, defaults: Defaults = _NO_CHART) -> Reading:
    """What the manifests in a YAML or JSON text use; ``origin`` says where the text stands in which file.

    For whoever has manifests that are no file of their own: a rendered chart, a heredoc, a string of a program.
    """

    def objects(root: Node, at: Origin, document: Document) -> Iterable[Manifest]:
        return manifests(root, at, nested=document.text.count("apiVersion") > 1)

    return _reading(text, origin, asked, _is_worth_it, objects, defaults=defaults)


def helpers_of(text: str, origin: Origin, asked: Asked, defaults: Defaults = _NO_CHART) -> Reading:
    """What the templates use that a file defines for others to put in: parts of manifests, of which nothing says where
    they go."""
    reading = _reading(
        text, origin, asked, _names_something, _parts, is_certain=False, defaults=defaults, documents=_bodies(text)
    )
    return replace(reading, problems=reading.problems[:1])


def _bodies(text: str) -> Iterator[Document]:
    for start, end in defined(text):
        first = text.rfind("\n", 0, start) + 1
        before = text.count("\n", 0, first)
        for document in split(" " * (start - first) + text[start:end]):
            yield document._replace(line=before + document.line)


def _parts(root: Node, at: Origin, _document: Document) -> Iterable[Manifest]:
    if isinstance(root, MappingNode):
        return list(manifests(root, at)) or settings_in(root, "values", at, "values")
    items = [{key.value: value for key, value in entries(one)} for one in mappings([root])]
    if any("apiGroups" in item for item in items):
        return []
    whole = MappingNode("", [(_scalar(_place_of(root, items), 0, 0, 0), root)], root.start_mark, root.end_mark)
    return settings_in(whole, "values", at, "values")


def _place_of(root: Node, items: Sequence[Mapping[str, Node]]) -> str:
    """The key under which lists and scalars like this stand."""
    for key, fields in _FIELDS.items():
        if any(not item.keys().isdisjoint(fields) for item in items):
            return key
    if isinstance(root, ScalarNode):
        return "image"
    return "volumes" if items else "args"


_FIELDS: Final = {
    "env": ("value", "valueFrom"),
    "containers": ("image", "command"),
    "volumeMounts": ("mountPath",),
    "tolerations": ("operator", "effect"),
    "envFrom": ("configMapRef", "secretRef"),
}
"""What lists of a pod are of, by what only their items have."""


def patch_of(text: str, origin: Origin, asked: Asked, kind: str) -> Reading:
    """What a patch puts into what it changes; ``kind`` is that of its target, where the kustomization says so."""

    def objects(root: Node, at: Origin, _document: Document) -> Iterable[Manifest]:
        return patched(root, at, kind)

    return _reading(text, origin, asked, _names_something, objects)


def object_of(
    text: str,
    origin: Origin,
    asked: Asked,
    kind: str,
    *,
    is_certain: bool = True,
    gates: tuple[str, ...] = (),
    defaults: Defaults = _NO_CHART,
) -> Reading:
    """What a file says that is one object without ``apiVersion``: a kustomization, a chart's values, a helmfile.

    Whoever installs a chart may set other values, so none of those is certain. ``gates`` are keys that switch off what
    stands beside them where they are false.
    """

    def objects(root: Node, at: Origin, _document: Document) -> Iterable[Manifest]:
        # A folder of values may hold a manifest too.
        own = list(manifests(root, at)) if kind == "values" else []
        return own or (settings_in(root, kind, at, kind) if isinstance(root, MappingNode) else [])

    return _reading(
        text, origin, asked, _names_something, objects, is_certain=is_certain, gates=gates, defaults=defaults
    )


def generated_of(text: str, origin: Origin, asked: Asked, generated: Generated) -> Reading:
    """What a text says that becomes the data of a ConfigMap or Secret."""
    if not asked.is_in(text):
        return Reading()
    pairs = []
    if generated.by_line:
        for match in _LINE.finditer(text):
            line = text.count("\n", 0, match.start())
            first = text.rfind("\n", 0, match.start(1)) + 1
            pairs.append(tuple(_scalar(match[n], line, match.start(n) - first, match.end(n) - first) for n in (1, 2)))
    else:
        name = origin.path.rpartition("/")[2]
        pairs.append((_scalar(name, 0, 0, 0), ScalarNode("", text, mark(-1, 0), mark(-1, 0), style="|")))
    data = MappingNode("", pairs, mark(0, 0), mark(0, 0))
    root = MappingNode("", [(_scalar("data", 0, 0, 0), data)], mark(0, 0), mark(0, 0))
    made = Manifest(root, None, "ConfigMap", origin, f"ConfigMap/{generated.name}", 0)
    return Reading(usages=tuple(sorted(ties_of(made, asked).usages, key=lambda usage: (usage.location, usage.symbol))))


def _scalar(written: str, line: int, start: int, end: int) -> ScalarNode:
    return scalar(written, mark(line, start), mark(line, end))


def _reading(
    text: str,
    origin: Origin,
    asked: Asked,
    is_worth_it: Callable[[Document, Asked], bool],
    objects: Objects,
    *,
    is_certain: bool = True,
    defaults: Defaults = _NO_CHART,
    gates: tuple[str, ...] = (),
    documents: Iterable[Document] | None = None,
) -> Reading:
    left_out = list(off(text, defaults.scope)) if defaults.scope and is_template(text) else []
    problems: list[Problem] = []
    missing: list[Missing] = []
    pointers: list[Pointer] = []
    found: dict[tuple[str, int, int], Usage] = {}
    broken = sound = 0
    for document in split(text) if documents is None else documents:
        opened = opened_of(document, defaults.scope) if is_worth_it(document, asked) else Opened()
        if opened.refused is not None:
            problems.append(problem(origin.path, opened.refused, origin.line))
        is_broken = opened.refused is not None and opened.refused.kind != "template"
        broken += is_broken
        sound += not is_broken and not document.is_blank
        at = origin.of_document(document.line, opened.template)
        left_out += (off for root in opened.roots for off in _switched_off(root, gates, document.line))
        for manifest in (one for root in opened.roots for one in objects(root, at, document)):
            ties = ties_of(manifest, asked)
            for usage in ties.usages:
                # An anchor is read wherever an alias stands for it, and binds once.
                place = usage.location
                is_filled = touches(at.fills, place)
                if is_filled and usage.symbol in defaults.named:
                    continue  # It is told where the value stands, which is where it would be changed.
                said = usage if is_certain and not is_filled else guessed(usage)
                found.setdefault((usage.symbol, place.line, place.column), _switched(said, left_out))
            missing.extend(ties.missing)
            pointers.extend(manifest.pointers())
    return Reading(
        state="unread" if broken and not sound else "partly" if problems else "read",
        usages=tuple(sorted(found.values(), key=lambda usage: (usage.location, usage.symbol))),
        problems=tuple(sorted(problems)),
        missing=tuple(sorted(set(missing))),
        pointers=tuple(dict.fromkeys(pointers)),
    )


def _switched_off(root: Node, gates: tuple[str, ...], before: int) -> Iterator[Off]:
    """The lines of the mappings in which one of ``gates`` is false; all that a file has is only ``enabled`` or not."""
    todo: list[tuple[Node, tuple[str, ...]]] = [(root, ())] if gates else []
    while todo:
        node, path = todo.pop()
        if not isinstance(node, MappingNode):
            continue
        for key, value in entries(node):
            if key.value in gates and (path or key.value == "enabled") and text_of(value) == "false":
                end = node.end_mark.line + (node.end_mark.column > 0 and node.end_mark.line == node.start_mark.line)
                yield Off(before + node.start_mark.line, before + end, ".".join((*path, key.value)))
            todo.append((value, (*path, key.value)))


def _switched(usage: Usage, left_out: Sequence[Off]) -> Usage:
    line = usage.location.line - 1
    switch = next((one.switch for one in left_out if one.start <= line < one.end), None)
    return usage if switch is None else switched(usage, switch)


def switched(usage: Usage, switch: str) -> Usage:
    """A use that is there only where a value says so; one that is off for good stays that."""
    return usage if usage.active == "no" else replace(usage, active="unknown", switch=usage.switch or switch)


def _is_worth_it(document: Document, asked: Asked) -> bool:
    # A template does not show what it will be filled with, so it is looked at whatever words it holds.
    if not document.may_be_manifest:
        return False
    return asked.is_in(document.text) or document.is_template or _DELIVERS.search(document.text) is not None


def _names_something(document: Document, asked: Asked) -> bool:
    return asked.is_in(document.text) or _CHARTS.search(document.text) is not None


def problem(path: str, refused: Refused, before: int = 0) -> Problem:
    """What was refused, as a problem of a file; ``before`` counts the lines before the text."""
    return Problem(path=path, line=before + refused.line, kind=refused.kind, message=refused.message)
