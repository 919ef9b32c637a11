"""A text in an object's field → the manifests, settings, values or patches that it is."""

from __future__ import annotations

from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.parsers.kubernetes.asked import Asked
from portability.parsers.kubernetes.documents import split
from portability.parsers.kubernetes.manifest import Manifest, manifests, patched, settings_in
from portability.parsers.kubernetes.opening import opened_of
from portability.parsers.kubernetes.origin import Origin
from portability.patterns import regex

_MAX_WITHIN: Final = 3
"""Texts within texts."""
_PATCHES: Final = ("patch", "patches", "patchesStrategicMerge")
"""Keys of kustomizations, Kustomize's and Flux's, under which patches stand as texts."""
_FILES: Final = (".yaml", ".yml", ".json")
_LISTED: Final = {"env": "env", "ars": "env", "mes": "volumes"}
"""What lists are of, by how the keys end that charts have for them: ``extraEnvVars``, ``extraVolumes``."""
_IS_VALUES = regex(r"^valuesContent$|(?:^|[-_.])values(?:[-_.][\w.-]*)?\.ya?ml$")
"""Keys of texts that are the values of a chart."""
_SETTINGS = regex(
    r"(?>(?:[ \t]*(?:#[^\n]*|---[^\n]*|\{\{[^\n]*)?\n)*)[ \t]*(?:-[ \t]+)?[\w.\"'/$-]{1,200}:(?=[ \t\n]|\Z)"
)
"""How a text begins that may be a mapping in YAML."""


def held_in(scalar: ScalarNode, path: tuple[str, ...], holder: Manifest, asked: Asked) -> list[Manifest] | None:
    """The objects in a text that stands under a path of its holder. None where it holds nothing of the kind, or
    nothing that anybody asks for."""
    if holder.depth >= _MAX_WITHIN:
        return None
    key = path[-1]
    is_values = path[-2:] == ("helm", "values") or _IS_VALUES.search(key) is not None
    if not is_values and not asked.is_in(scalar.value):
        return None
    origin, depth = holder.origin.within(scalar), holder.depth + 1
    if key in _PATCHES:
        return [one for root, inner in _roots(scalar.value, origin) for one in patched(root, inner, "", depth)] or None
    if not (is_values or key.endswith(_FILES) or _may_be_yaml(scalar.value)):
        return None
    found: list[Manifest] = []
    for root, inner in _roots(scalar.value, origin):
        objects = list(manifests(root, inner, depth))
        held = _under(key, root) if isinstance(root, SequenceNode) else root
        if not objects and isinstance(held, MappingNode):
            objects = list(settings_in(held, "values" if is_values else "", inner, holder.address, depth))
        found.extend(objects)
    return found or None


def _may_be_yaml(written: str) -> bool:
    return ("apiVersion:" in written and "kind:" in written) or _SETTINGS.match(written) is not None


def _under(key: str, listed: SequenceNode) -> MappingNode:
    """A list as the value of what its key says, as charts take variables and volumes in."""
    named = ScalarNode("", _LISTED.get(key.lower()[-3:], key), listed.start_mark, listed.start_mark)
    return MappingNode("", [(named, listed)], listed.start_mark, listed.end_mark)


def _roots(written: str, origin: Origin) -> list[tuple[Node, Origin]]:
    opened = [(opened_of(document), document.line) for document in split(written)]
    if any(one.refused is not None and not one.roots for one, _ in opened):
        return []  # Not YAML after all: the text is looked at for what it says.
    return [(root, origin.of_document(line, one.template)) for one, line in opened for root in one.roots]
