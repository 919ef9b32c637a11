"""Terragrunt's files as a unit sees them: what they include and read, what they pass on, and what they generate.

What a unit includes is worked out for that unit: ``path_relative_to_include()`` is another in each, and
``find_in_parent_folders()`` looks from there. An absolute path begins with ROOT, which stands for the top of the tree;
it leads to files, but where the tree will lie when somebody runs it is unknown. So are outputs of dependencies: mocks
are no values.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any, Final, NamedTuple

from portability.model import UNKNOWN, Location
from portability.parsers.terraform import syntax
from portability.parsers.terraform.body import Block, Body, labels
from portability.parsers.terraform.configuration import Around, Given, Module
from portability.parsers.terraform.files import File
from portability.parsers.terraform.generated import generated
from portability.parsers.terraform.names import DEFAULT_NAME
from portability.parsers.terraform.sources import ROOT
from portability.parsers.terraform.steps import Step, after

_CONFIGURED: Final = ("terraform", "remote_state", "dependency", "generate", "dependencies", "feature", "include")
"""What may be asked of a file that was read, beside its locals and inputs."""
_SETS_VARIABLES: Final = (b"-var", b"var_files", b"TF_VAR_")


def is_terragrunt(path: str) -> bool:
    """Whether a file with attributes and blocks of no configuration is Terragrunt's, and no stack's or query's."""
    name = path.rpartition("/")[2]
    return name.endswith(".hcl") and not name.rpartition(".hcl")[0].rpartition(".")[2].startswith("tf")


class Files:
    """All files of Terragrunt that are read together, by path."""

    def __init__(self, files: Sequence[File], around: Around) -> None:
        self.around = around
        self.by_path = {file.path: file for file in files}
        self.generated: dict[tuple[str, int, bytes], File] = {}
        self._tops: dict[str, Body] = {}
        self._views: dict[str, View] = {}

    def top(self, path: str) -> Body:
        """What stands in no block of a file."""
        if path not in self._tops:
            self._tops[path] = syntax.attributes(self.by_path[path].data)
        return self._tops[path]

    def view(self, path: str) -> View:
        """A file as it sees itself."""
        if path not in self._views:
            self._views[path] = View(self, path, path.rpartition("/")[0])
        return self._views[path]


class Included(NamedTuple):
    """A file that a unit includes, as the unit sees it; None where nobody knows which. ``strategy`` says how what it
    sets is merged."""

    view: View | None
    strategy: str
    location: Location


class View(Module):
    """One file, as a unit sees it that stands in ``unit``."""

    def __init__(self, files: Files, path: str, unit: str, includer: View | None = None) -> None:
        file = files.by_path[path]
        self.file = file._replace(blocks=[block._replace(body=copy(block.body)) for block in file.blocks])
        super().__init__(unit, [self.file], (), files.around)
        self._home = path.rpartition("/")[0]
        self._files = files
        self._includer = includer
        self._top = files.top(path).within(self.scope)

    @property
    def outset(self) -> tuple[int, int, int]:
        """Where what it sets outside of blocks begins, begins again and ends."""
        start, end = next(((node.start_byte, node.end_byte) for node in self._top.attributes.values()), (0, 0))
        return start, end, end

    @cached_property
    def includes(self) -> Mapping[str, Included]:
        """What it includes by label, in order. What is included includes nothing."""
        self.__dict__["includes"] = found = {}
        try:
            for node in self._top.blocks.get("include", ()) if self._includer is None else ():
                body = Body.of_block(node, self._top.data, self.scope)
                path = self._found(body.evaluated("path"))
                view = None if path is None else View(self._files, path, self.directory, self)
                strategy = body.evaluated("merge_strategy")
                block = Block("include", (), body, node.start_byte, node.start_byte, node.end_byte)
                label = "".join(labels(node, self._top.data))
                found[label] = Included(
                    view, strategy if isinstance(strategy, str) else "shallow", self.file.location(block)
                )
        except BaseException:
            del self.__dict__["includes"]
            raise
        return found

    def effective(self) -> Iterator[tuple[View, Location | None]]:
        """Itself, and what it includes and merges, with where it does so: the first that says something wins."""
        yield self, None
        for one in reversed([*self.includes.values()]):
            if one.view is not None and one.strategy != "no_merge":
                yield one.view, one.location

    def given(self, firm: bool, /) -> Given:
        """The inputs, with those of what it includes, and whether these are all."""
        given = self._names.once((firm, "inputs", ""), lambda: self._given(firm))
        return given if isinstance(given, Given) else Given({}, complete=False)  # of what leads back to itself

    def _given(self, firm: bool) -> Given:
        values = self._with(self._top, firm).evaluated("inputs") if "inputs" in self._top.attributes else {}
        given = Given(values, complete=True) if isinstance(values, dict) else Given({}, complete=False)
        for one in reversed([*self.includes.values()]):
            if one.strategy != "no_merge":
                below = one.view.given(firm) if one.view is not None else Given({}, complete=False)
                given = _merged(below, given, deep=one.strategy == "deep")
        passes = any(
            any(word in block.body.data for word in _SETS_VARIABLES)
            for view, _ in self.effective()
            for block in view.blocks
            if block.keyword == "terraform" and block.body.children("extra_arguments")
        )
        return given._replace(complete=given.complete and not passes)

    def exposed(self, firm: bool, /) -> dict[str, Any]:
        """What another file may ask of it."""
        values, complete = self.given(firm)
        names = {name: self.local(name, firm=firm) for name in self.locals}
        return {**dict.fromkeys(_CONFIGURED, UNKNOWN), "locals": names, "inputs": values if complete else UNKNOWN}

    def state(self) -> tuple[str, Body] | None:
        """The kind of the backend that it keeps its state in, and what configures it, where that is written out."""
        for view, _ in self.effective():
            for block in view.blocks:
                if block.keyword == "remote_state":
                    kind, bodies = block.body.evaluated("backend"), block.body.children("config")
                    return (kind, bodies[0]) if isinstance(kind, str) and bodies else None
        return None

    def providers(self) -> list[Block]:
        """The ``provider`` blocks that it generates beside what it runs."""
        made: dict[str, File | None] = {}
        for view, _ in self.effective():
            for block in view.blocks:
                if block.keyword == "generate" and block.labels and block.labels[0] not in made:
                    made[block.labels[0]] = view.generated(block)
        modules = [Module("", [file], (), self._around) for file in made.values() if file is not None]
        return [block for module in modules for block in module.blocks if block.keyword == "provider"]

    def generated(self, block: Block) -> File | None:
        """What a ``generate`` block writes, one file for all units where they agree on its text."""
        return generated(self.file, block, self._files.generated)

    def attribute(self, keyword: str, labels: tuple[str, str], steps: Sequence[Step], *, firm: bool) -> Any:
        """What an included file says; of anything else only a run could tell."""
        if (keyword, labels[0]) != ("resource", "include"):
            return UNKNOWN
        one = self.includes.get(labels[1])
        if one is None:
            one, steps = self.includes.get(""), (labels[1], *steps)
        if one is None or one.view is None or not steps:
            return UNKNOWN
        if steps[0] == "locals" and len(steps) > 1 and isinstance(steps[1], str):
            return after(one.view.local(steps[1], firm=firm), steps[2:])
        return after(one.view.exposed(firm), steps)

    def text(self, path: str) -> str | None:
        """The text of a file that was read along, by its path from where this one stands."""
        place = self._place(path, self._home)
        return None if place is None else self._around.texts.get(place)

    def function(self, name: str, arguments: list[Any]) -> Any:
        """What a function comes to: Terragrunt's own are about files."""
        if (own := _FUNCTIONS.get(name)) is None:
            return super().function(name, arguments)
        try:
            return own(self, *arguments)
        except TypeError:
            return UNKNOWN

    def _place(self, path: Any, home: str | None = None) -> str | None:
        """Where a path leads in the tree, from the unit or another directory."""
        if not isinstance(path, str) or path.startswith("/"):
            return None
        top, here = path.startswith(ROOT), self.directory if home is None else home
        place = posixpath.normpath(path.removeprefix(ROOT).lstrip("/") if top else posixpath.join(here, path))
        return None if place.startswith("..") or ROOT in place else "" if place == "." else place

    def _found(self, path: Any) -> str | None:
        """The file of Terragrunt that a path leads to."""
        if (place := self._place(path)) is None:
            return None
        known = self._files.by_path
        return next((one for one in (place, f"{place}/{DEFAULT_NAME}".lstrip("/")) if one in known), None)

    def _home_of(self, label: str = "") -> str | None:
        """The directory of what is included, asked from either side."""
        if self._includer is not None:
            return self._home
        one = self.includes.get(label) or (next(iter(self.includes.values()), None) if not label else None)
        if one is None:
            return None if label else self.directory
        return None if one.view is None else one.view._home

    def _find_in_parent_folders(self, name: Any = DEFAULT_NAME, fallback: Any = UNKNOWN) -> Any:
        if not isinstance(name, str):
            return UNKNOWN
        directory = self.directory
        while directory:
            directory = directory.rpartition("/")[0]
            path = posixpath.normpath(posixpath.join(directory, name))
            if path in self._files.by_path or path in self._around.texts:
                return f"{ROOT}/{path}"
        return fallback

    def _read_terragrunt_config(self, path: Any, _default: Any = None) -> Any:
        if (found := self._found(path)) is None:
            return UNKNOWN
        return self._files.view(found).exposed(False)

    def _relative(self, label: str = "") -> Any:
        home = self._home_of(label)
        return UNKNOWN if home is None else posixpath.relpath(f"/{self.directory}", f"/{home}")

    def _relative_from(self, label: str = "") -> Any:
        home = self._home_of(label)
        return UNKNOWN if home is None else posixpath.relpath(f"/{home}", f"/{self.directory}")

    def _parent(self, label: str = "") -> Any:
        home = self._home_of(label)
        return UNKNOWN if home is None else _absolute(home)


def _absolute(directory: str) -> str:
    return f"{ROOT}/{directory}" if directory else ROOT


def _merged(below: Given, above: Given, *, deep: bool) -> Given:
    if not above.complete:
        return above  # anything of what lies below may be set anew
    values = _deep(below.values, above.values) if deep else {**below.values, **above.values}
    return Given(values, below.complete)


def _deep(below: Any, above: Any) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        return {**below, **{key: _deep(below[key], one) if key in below else one for key, one in above.items()}}
    if type(below) is list and type(above) is list:
        return [*below, *above]
    return UNKNOWN if UNKNOWN in (below, above) else above


_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "find_in_parent_folders": View._find_in_parent_folders,
    "path_relative_to_include": View._relative,
    "path_relative_from_include": View._relative_from,
    "get_parent_terragrunt_dir": View._parent,
    "get_terragrunt_dir": lambda view: _absolute(view.directory),
    "get_repo_root": lambda _: ROOT,
    "get_path_to_repo_root": lambda _: ROOT,
    "read_terragrunt_config": View._read_terragrunt_config,
}
