"""What deploys from a repository, and what of it: objects of Flux and Argo CD with the folders that they point at, and
the files of values that they, helmfiles and Kustomize name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from posixpath import dirname, join, normpath
from typing import Final

from yaml.nodes import MappingNode, Node, SequenceNode

from portability.discovery import HELMFILE, chart_place, read_place
from portability.model import Pointer
from portability.parsers.kubernetes.kustomize import Documents
from portability.parsers.kubernetes.nodes import PLACEHOLDER, entries, get, mappings, scalars, text
from portability.parsers.kubernetes.origin import Origin
from portability.patterns import regex

_NAMES_VALUES: Final = regex(rb"\b(?:valueFiles|valuesFiles?|additionalValuesFiles)\b")
_FILES_OF_VALUES: Final = frozenset({"valueFiles", "valuesFile", "valuesFiles", "additionalValuesFiles"})
_WORD: Final = regex(rb"[^\s\"'=,\[\]#]+\.(?:ya?ml|json|gotmpl)(?![\w.])")
_FOLDER: Final = regex(rb"\bpath[\"']?[ \t]*:[ \t]*[\"']?([^\s\"'#,}]+)")
_REFERENCE: Final = regex(r"\$[\w-]+/|/")
"""How a path begins that counts from the root of a repository: Argo CD's ``$values/``."""


def may_name_values(path: str, data: bytes) -> bool:
    """Whether a file can name files of values."""
    if (b"alueFiles" in data or b"aluesFile" in data) and _NAMES_VALUES.search(data) is not None:
        return True
    return _is_helmfile(path, data) and b"values" in data


def words_of(path: str, data: bytes, is_file: Callable[[str], bool]) -> Iterator[str]:
    """Files of the root that the words of a file may mean as values. Nothing is parsed."""
    if may_name_values(path, data):
        folders = [match[1].decode("utf-8", "replace") for match in _FOLDER.finditer(data)]
        for word in dict.fromkeys(_WORD.findall(data)):
            found = _found(word.decode("utf-8", "replace"), path, folders, is_file)
            if found is not None and read_place(found) is None:
                yield found


def values_of(path: str, data: bytes, files: Documents) -> Iterator[str]:
    """The files among some that a file names as values of a chart."""
    if not may_name_values(path, data):
        return
    is_helmfile = _is_helmfile(path, data)
    for root, _ in files.of(path):
        inside = list(_mappings(root))
        folders = [text(value) for one in inside for key, value in entries(one) if key.value == "path"]
        for one in inside:
            for key, value in entries(one):
                if key.value in _FILES_OF_VALUES or (is_helmfile and key.value == "values"):
                    for scalar in scalars(value):
                        found = _found(scalar.value, path, folders, files.__contains__)
                        if found is not None:
                            yield found


def pointers(api_version: str, kind: str, root: MappingNode, origin: Origin) -> Iterator[Pointer]:
    """What an object points at."""
    for folder, is_deep in _pointed(api_version.partition("/")[0], kind, root):
        place = _placed(PLACEHOLDER.sub("*", text(folder)))
        if place is not None and place != "*":
            yield Pointer(folder=place, is_deep=is_deep, location=origin.location(folder))


def _pointed(group: str, kind: str, root: MappingNode) -> Iterator[tuple[Node, bool]]:
    """The scalars that say a folder, and whether all below it counts."""
    if (group, kind) == ("kustomize.toolkit.fluxcd.io", "Kustomization"):
        yield from ((one, True) for one in _named(root, "spec", "path"))
    elif (group, kind) == ("helm.toolkit.fluxcd.io", "HelmRelease"):
        yield from ((one, True) for one in _named(root, "spec", "chart", "spec", "chart") if "/" in text(one))
    elif group == "argoproj.io" and kind in ("Application", "ApplicationSet"):
        spec = get(root, "spec", "template", "spec") if kind == "ApplicationSet" else get(root, "spec")
        for sources in ("source", "sources"):
            for source in mappings([found] if (found := get(spec, sources)) is not None else []):
                is_deep = text(get(source, "directory", "recurse")) == "true"
                yield from ((one, is_deep) for one in _named(source, "path"))
        if kind == "ApplicationSet":
            for one in _mappings(root):
                for key, value in entries(one):
                    if key.value == "directories":
                        yield from ((got, False) for each in mappings([value]) for got in _named(each, "path"))


def _named(node: Node, *keys: str) -> Iterator[Node]:
    found = get(node, *keys)
    if found is not None and text(found):
        yield found


def _mappings(root: Node) -> Iterator[MappingNode]:
    todo: list[Node] = [root]
    while todo:
        for mapping in mappings([todo.pop()]):
            yield mapping
            todo.extend(value for _, value in entries(mapping) if isinstance(value, MappingNode | SequenceNode))


def _found(written: str, path: str, folders: Sequence[str], is_file: Callable[[str], bool]) -> str | None:
    """The file that is meant: beside the one that names it, from the root, or in a folder that stands beside it."""
    plain = _REFERENCE.sub("", written, count=1) if _REFERENCE.match(written) else written
    for place in (_placed(join(dirname(path), plain)), _placed(plain), *(_placed(join(one, plain)) for one in folders)):
        if place is not None and is_file(place):
            return place
    return None


def _placed(written: str) -> str | None:
    """A path of the root, empty for the root itself, or None where it leads out."""
    place = normpath(written.lstrip("/")) if "\0" not in written else ".."
    return None if place == ".." or place.startswith("../") else "" if place == "." else place


def _is_helmfile(path: str, data: bytes) -> bool:
    return read_place(path) == HELMFILE or (b"releases:" in data and chart_place(data) == HELMFILE)
