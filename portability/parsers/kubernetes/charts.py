"""The charts of a unit: which files belong to one, and the values that its templates are installed with by default."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from portability.discovery import Tree
from portability.model import Source, Usage
from portability.parsers.guards import MAX_BYTES
from portability.parsers.kubernetes.archives import SUFFIX
from portability.parsers.kubernetes.documents import Refused, compose, decode, split
from portability.parsers.kubernetes.expressions import evaluate
from portability.parsers.kubernetes.nodes import plain
from portability.patterns import regex

CHART: Final = "Chart.yaml"
VALUES: Final = "values.yaml"
_REQUIREMENTS: Final = "requirements.yaml"
_OWN: Final = (CHART, VALUES, _REQUIREMENTS)
_TEMPLATES: Final = "templates"
_WITHIN: Final = "charts"
_MADE_OF: Final = frozenset({_TEMPLATES, _WITHIN, "crds", "files", "tests"})
_MAX_WITHIN: Final = 5
"""Charts within charts."""

_SAYS_WHERE = regex(
    rb"(?m)^[ \t]*(?:-[ \t]+name:[ \t]*)?[\"']?(?:\w+_)?(?:S3|AWS)_(?:\w+_)?ENDPOINT(?:_URL)?\b(?![^\n]*amazonaws)"
)
"""A variable that says where S3 is, which others answer to as well as Amazon."""

IsFile = Callable[[str], bool]


def folders_of(path: str, is_file: IsFile) -> list[str]:
    """The folders of the charts whose values decide over a file: the one that it is a template of, and those around
    that one or around the chart that it lies in. The innermost comes first."""
    parts = path.split("/")[:-1]
    places = [at for at, part in enumerate(parts) if part in (_TEMPLATES, _WITHIN)]
    folders = ["/".join(parts[:at]) for at in reversed(places)]
    return [folder for folder in folders if is_file(_in(folder, CHART))][:_MAX_WITHIN]


def chart_of(path: str, is_file: IsFile) -> str | None:
    """The ``Chart.yaml`` of the chart whose folder holds a file that may be values: none of what a chart is made of."""
    parts = path.split("/")[:-1]
    for end in range(len(parts), -1, -1):
        chart = _in("/".join(parts[:end]), CHART)
        if chart != path and is_file(chart):
            return None if parts[end : end + 1] and parts[end] in _MADE_OF else chart
    return None


def topmost(paths: Collection[str]) -> list[str]:
    """The folders of the charts among some files that lie in no other of them."""
    folders = [path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] == CHART]
    return [one for one in folders if not any(_in(one, "x").startswith(f"{_in(o, _WITHIN)}/") for o in folders)]


def files_of(folder: str, is_file: IsFile) -> list[str]:
    """The files of a chart that tell its values, and which charts it brings along."""
    return [path for path in (_in(folder, name) for name in _OWN) if is_file(path)]


def is_archive(path: str) -> bool:
    """Whether a path is that of a chart that lies packed in another."""
    return path.endswith(SUFFIX) and f"/{path}".rpartition("/")[0].endswith(f"/{_WITHIN}")


def vendored(folder: str, tree: Tree) -> list[str]:
    """The charts that a chart brings along, as their ``Chart.yaml`` or archive, and its values where one is packed."""
    within = _in(folder, _WITHIN)
    folders = [f"{within}/{name}/{CHART}" for name in tree.folders(within)]
    packed = [path for path in tree.beside(within) if is_archive(path)]
    return [path for path in (*folders, *packed, *([_in(folder, VALUES)] if packed else ())) if tree.is_file(path)]


def _in(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


class Charts:
    """The charts among the files of a unit."""

    def __init__(self, unit: Iterable[Source]) -> None:
        self._files = {source.path: source for source in unit}
        self._are_any = any(path.rpartition("/")[2] == CHART for path in self._files)
        self._folders: dict[str, tuple[str, ...]] = {}
        self._scopes: dict[tuple[str, ...], Mapping[str, Any] | None] = {}
        self._named: dict[str, frozenset[str]] = {}
        self._known: dict[str, dict[str, Any] | None] = {}
        self._where: dict[str, bool] = {}

    def scope(self, path: str) -> Mapping[str, Any] | None:
        """What ``.Values`` and ``.Chart`` are in a template, by default; None where the file is none."""
        folders = self._folders_of(path)
        if not folders or f"{_in(folders[0], _TEMPLATES)}/" not in path:
            return None
        if folders not in self._scopes:
            values = self._values(folders)
            about = self._data(_in(folders[0], CHART)) or {}
            chart = {name[:1].upper() + name[1:]: value for name, value in about.items()}
            self._scopes[folders] = None if values is None else {"Values": values, "Chart": chart}
        return self._scopes[folders]

    def brings(self, path: str, chart: str) -> bool:
        """Whether the chart of a ``Chart.yaml`` has another one of this name within itself."""
        within = _in(path.rpartition("/")[0], _WITHIN)
        packed = re.compile(rf"{re.escape(f'{within}/{chart}')}-v?\d[^/]*{re.escape(SUFFIX)}")
        return self._has(f"{within}/{chart}/{CHART}") or any(map(packed.fullmatch, self._files))

    def says_where(self, path: str) -> bool:
        """Whether some template of a template's chart sets a variable that says where S3 is."""
        folders = self._folders_of(path)
        templates = f"{_in(folders[0], _TEMPLATES)}/" if folders else ""
        if not folders or not path.startswith(templates):
            return False
        if templates not in self._where:
            texts = (source.data for file, source in self._files.items() if file.startswith(templates))
            self._where[templates] = any(_SAYS_WHERE.search(text) for text in texts)
        return self._where[templates]

    def gate(self, path: str) -> str | None:
        """The value that leaves out the chart in which a file lies, where one around that does so by default."""
        for folder in self._folders_of(path):
            within = f"{_in(folder, _WITHIN)}/"
            if path.startswith(within):
                switch = self._condition(folder, path.removeprefix(within).partition("/")[0])
                if switch is not None:
                    return switch
        return None

    def _condition(self, folder: str, name: str) -> str | None:
        """What the chart of a folder says of one in it by ``condition``, where that is false by default."""
        values = self._data(_in(folder, VALUES)) or {}
        listed = [(self._data(_in(folder, file)) or {}).get("dependencies") for file in (CHART, _REQUIREMENTS)]
        for one in (one for some in listed if isinstance(some, list) for one in some):
            if isinstance(one, dict) and name in (one.get("alias"), one.get("name")):
                for path in str(one.get("condition") or "").split(","):
                    if evaluate(f".Values.{path.strip()}", {"Values": values}) is False:
                        return f"Values.{path.strip()}"
        return None

    def named(self, path: str, usages: Callable[[Source], Iterable[Usage]]) -> frozenset[str]:
        """The symbols that ``usages`` finds in the files that hold the values of a template."""
        files = [_in(folder, VALUES) for folder in self._folders_of(path)]
        files = [one for one in files if one in self._files]
        for one in files:
            if one not in self._named:
                self._named[one] = frozenset(usage.symbol for usage in usages(self._files[one]))
        return frozenset[str]().union(*(self._named[one] for one in files))

    def _folders_of(self, path: str) -> tuple[str, ...]:
        if not self._are_any:
            return ()
        own = path.rpartition("/")[0]
        if own not in self._folders:
            self._folders[own] = tuple(folders_of(path, self._has))
        return self._folders[own]

    def _has(self, path: str) -> bool:
        return path in self._files

    def _values(self, folders: tuple[str, ...]) -> Mapping[str, Any] | None:
        """The values of the first of some charts, with what each chart around it says of those in it."""
        values: Mapping[str, Any] = {}
        shared: Mapping[str, Any] = {}
        for number, folder in enumerate(reversed(folders)):
            path = _in(folder, VALUES)
            own = self._data(path) if path in self._files else {}
            if own is None:
                return None
            given = values.get(folder.rpartition("/")[2]) if number else None
            shared = _merged(own.get("global"), shared)
            values = {**_merged(own, given), "global": shared}
        return values

    def _data(self, path: str) -> dict[str, Any] | None:
        """The first document of a file, or None where it is no mapping that can be read. Each is composed once."""
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: str) -> dict[str, Any] | None:
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
