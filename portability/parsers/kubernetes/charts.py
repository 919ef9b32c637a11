"""The charts of a unit: which files belong to one, and the values that its templates are installed with by default."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from portability.discovery import Tree
from portability.model import Source, Usage
from portability.parsers.guards import MAX_BYTES
from portability.parsers.kubernetes.documents import Refused, compose, decode, split
from portability.parsers.kubernetes.nodes import plain

CHART: Final = "Chart.yaml"
VALUES: Final = "values.yaml"
_TEMPLATES: Final = "templates"
_WITHIN: Final = "charts"
_MAX_WITHIN: Final = 5
"""Charts within charts."""


def folder_of(path: str, is_file: Callable[[str], bool]) -> str | None:
    """The folder of the chart that a template belongs to, or None where the file is no template of a chart."""
    parts = path.split("/")
    for at in range(len(parts) - 2, -1, -1):
        if parts[at] == _TEMPLATES and is_file("/".join((*parts[:at], CHART))):
            return "/".join(parts[:at])
    return None


def files_of(folder: str, is_file: Callable[[str], bool]) -> list[str]:
    """What tells the values of a chart's templates: its own files, and those of the charts that it lies in."""
    found: list[str] = []
    for place in _outwards(folder, is_file):
        found += [path for path in (_in(place, CHART), _in(place, VALUES)) if is_file(path)]
    return found


def vendored(folder: str, tree: Tree) -> list[str]:
    """The charts that a chart brings along, as their ``Chart.yaml`` or archive."""
    within = _in(folder, _WITHIN)
    unpacked = (f"{within}/{name}/{CHART}" for name in tree.folders(within))
    return [path for path in unpacked if tree.read(path) is not None] + [
        path for path in tree.beside(within) if path.endswith(".tgz")
    ]


def _outwards(folder: str, is_file: Callable[[str], bool]) -> Iterable[str]:
    for _ in range(_MAX_WITHIN):
        yield folder
        above, _, _name = folder.rpartition("/")
        if above != "charts" and not above.endswith("/charts"):
            return
        folder = above.removesuffix("charts").rstrip("/")
        if not is_file(_in(folder, CHART)):
            return


def _in(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


class Charts:
    """The charts among the files of a unit."""

    def __init__(self, unit: Iterable[Source]) -> None:
        self._files = {source.path: source for source in unit}
        self._scopes: dict[str, Mapping[str, Any] | None] = {}
        self._named: dict[str, frozenset[str]] = {}

    def scope(self, path: str) -> Mapping[str, Any] | None:
        """What ``.Values`` and ``.Chart`` are in a template, by default; None where the file is none."""
        folder = folder_of(path, self._has)
        if folder is None:
            return None
        if folder not in self._scopes:
            self._scopes[folder] = self._scope(folder)
        return self._scopes[folder]

    def named(self, path: str, usages: Callable[[Source], Iterable[Usage]]) -> frozenset[str]:
        """The symbols that ``usages`` finds in the files that hold the values of a template."""
        folder = folder_of(path, self._has)
        files = [one for one in files_of(folder, self._has) if one.endswith(VALUES)] if folder is not None else []
        for one in files:
            if one not in self._named:
                self._named[one] = frozenset(usage.symbol for usage in usages(self._files[one]))
        return frozenset[str]().union(*(self._named[one] for one in files))

    def _has(self, path: str) -> bool:
        return path in self._files

    def _scope(self, folder: str) -> Mapping[str, Any] | None:
        values = self._values(folder)
        if values is None:
            return None
        about = self._data(_in(folder, CHART)) or {}
        chart = {name[:1].upper() + name[1:]: value for name, value in about.items()}
        return {"Values": values, "Chart": chart}

    def _values(self, folder: str) -> Mapping[str, Any] | None:
        """The chart's values with what each chart around it says of them, the outermost last."""
        values: Mapping[str, Any] = {}
        shared: Mapping[str, Any] = {}
        name = ""
        for place in reversed(list(_outwards(folder, self._has))):
            path = _in(place, VALUES)
            own = self._data(path) if path in self._files else {}
            if own is None:
                return None
            given = values.get(place.rpartition("/")[2]) if name else None
            shared = _merged(own.get("global"), shared)
            values = {**_merged(own, given), "global": shared}
            name = place
        return values

    def _data(self, path: str) -> dict[str, Any] | None:
        """The first document of a file, or None where it is no mapping that can be read."""
        source = self._files.get(path)
        if source is None or len(source.data) > MAX_BYTES:
            return None
        try:
            text, _ = decode(source.data)
            document = next(split(text), None)
            root = compose(document) if document is not None else None
        except Refused:
            return None
        data = plain(root) if root is not None else {}
        return data if isinstance(data, dict) else {} if data is None else None


def _merged(own: Any, over: Any) -> dict[str, Any]:
    """Two mappings of values, the second of which counts; Helm merges them level by level, and null takes away."""
    merged = dict(own) if isinstance(own, Mapping) else {}
    for key, value in over.items() if isinstance(over, Mapping) else ():
        inner = merged.get(key)
        merged[key] = _merged(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
    return merged
