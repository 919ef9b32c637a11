"""Modules and what their names stand for: variables and what sets them, locals, outputs, calls of other modules.

A directory is a module. It has one scope for all calls that lead to it: a variable is known where they agree. What
nobody in the tree calls is a root, whose variables come from its files of values, or else from their defaults.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final, NamedTuple

from portability.model import MAX_RELATED, UNKNOWN, Location
from portability.parsers.terraform import functions
from portability.parsers.terraform.activity import Activity, active_of, both_active, either_active
from portability.parsers.terraform.body import Block, Body
from portability.parsers.terraform.budget import Budget, Names
from portability.parsers.terraform.evaluate import Scope
from portability.parsers.terraform.files import File
from portability.parsers.terraform.scopes import InstanceScope, ModuleScope
from portability.parsers.terraform.sources import ROOT, Sources, is_foreign
from portability.parsers.terraform.steps import SPLAT, Step, after, joined
from portability.parsers.terraform.text import normalised
from portability.parsers.terraform.types import declared
from portability.patterns import regex

_MAX_LOCALS: Final = 200
"""Locals that are followed for the references of one block."""
_SAMPLE = regex(r"(^|/)(examples?|samples?|demos?|docs?|tutorials?|tests?|testing|e2e|fixtures|testdata)(/|$)")
INDEX: Final = regex(r"\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\]")
"""The keys of instances in an address."""
_NAMED = regex(
    rb"(?<![\w.-])(?<!\. )(?:(?:data|ephemeral) ?\. ?[A-Za-z_][\w-]* ?\. ?|[A-Za-z_][\w-]* ?\. ?)[A-Za-z_][\w-]*"
)
_TYPED: Final = frozenset({"resource", "data", "ephemeral"})


class Given(NamedTuple):
    """Values of variables by name; unless ``complete``, others may be set too."""

    values: Mapping[str, Any]
    complete: bool


class Call(NamedTuple):
    """A ``module`` block that leads to a directory, or another that does: in which module it stands, and where.

    ``inputs`` are the arguments where they do not stand in the block itself, with or without what may be set elsewhere.
    """

    caller: Module
    block: Block
    location: Location
    inputs: Callable[[bool], Given] | None = None

    def argument(self, name: str, default: Any, *, firm: bool) -> Any:
        """What a variable of the directory is set to."""
        if self.inputs is not None:
            values, complete = self.inputs(firm)
            return told(values[name]) if name in values else default if complete else UNKNOWN
        body = self.block.body
        if name not in body.attributes:
            return default
        return body.firmly(name) if firm else body.evaluated(name)


class Around(NamedTuple):
    """What the modules of a unit share: where sources lead, files of values that were given on the command line, the
    texts that configurations read by their path, and what all expressions may take."""

    sources: Sources
    given: Sequence[Body]
    texts: Mapping[str, str]
    budget: Budget


class Module:
    """The files of one directory, with the calls that lead to it."""

    def __init__(
        self,
        directory: str,
        files: Sequence[File],
        values: Sequence[tuple[str, Body]],
        around: Around,
    ) -> None:
        self.directory = directory
        self.blocks = [block for file in files for block in file.blocks]
        self.files = files
        self.budget = around.budget
        self.callers: list[Call] = []
        self.calls: dict[str, tuple[Call, Module]] = {}
        self.overspent = False
        self._leaning: dict[str, list[str]] = {}
        self._values = values
        self._around = around
        self._names = Names(around.budget)
        self.scope = ModuleScope(self, firm=False)
        self.firm = ModuleScope(self, firm=True)
        for block in self.blocks:
            block.body.scope = self._scope_of(block)

    def _scope_of(self, block: Block) -> Scope:
        return InstanceScope(self, block.body, firm=False) if block.keyword in (*_TYPED, "module") else self.scope

    @cached_property
    def variables(self) -> Mapping[str, Body]:
        """Declared variables by name."""
        return {block.labels[0]: block.body for block in self.blocks if block.keyword == "variable" and block.labels}

    @cached_property
    def locals(self) -> Mapping[str, Body]:
        """The bodies that define locals, by name."""
        return {
            name: block.body for block in self.blocks if block.keyword == "locals" for name in block.body.attributes
        }

    @cached_property
    def outputs(self) -> Mapping[str, Body]:
        """Declared outputs by name."""
        return {block.labels[0]: block.body for block in self.blocks if block.keyword == "output" and block.labels}

    @cached_property
    def called(self) -> Mapping[str, Body]:
        """The bodies of calls of modules, by name."""
        return {block.labels[0]: block.body for block in self.blocks if block.keyword == "module" and block.labels}

    @cached_property
    def _declared(self) -> Mapping[tuple[str, ...], Body]:
        """Bodies of resources, data sources and ephemeral ones by keyword and labels."""
        typed = (block for block in self.blocks if block.keyword in _TYPED and len(block.labels) == 2)
        return {(block.keyword, *block.labels): block.body for block in typed}

    @cached_property
    def is_root(self) -> bool:
        """Whether it is run by itself, and not only through the calls in this tree."""
        if is_foreign(self.directory):
            return False
        if any(_is_automatic(path) for path, _ in self._values):
            return True
        by_forms = bool(self.callers) and all(call.inputs is not None for call in self.callers)
        for block in self.blocks:
            if block.keyword in ("backend", "cloud") and not (by_forms and not block.body.attributes):
                return True  # what a form runs may have an empty one, which the form completes
        return all(_SAMPLE.search(call.caller.directory) for call in self.callers)

    @cached_property
    def related(self) -> tuple[Location, ...]:
        """Every call that leads here, through any number of modules."""
        found: set[Location] = set()
        todo, seen = [self], {self.directory}
        while todo:
            for call in todo.pop().callers:
                found.add(call.location)
                if call.caller.directory not in seen:
                    seen.add(call.caller.directory)
                    todo.append(call.caller)
        return tuple(sorted(found))[:MAX_RELATED]

    @cached_property
    def called_when(self) -> Activity:
        """Whether anything leads here: a root is run by itself, another module when one of its calls is."""
        if self.is_root:
            return "yes", ""
        self.__dict__["called_when"] = ("yes", "")  # what leads back to itself adds nothing
        return either_active(
            [both_active(active_of(call.block.body), call.caller.called_when) for call in self.callers]
        )

    def references(self, address: str, content: bytes) -> tuple[str, ...]:
        """Addresses of the blocks of this module that a piece of code leans on, also through locals; none is its own.

        ``content`` is normalised.
        """
        names = _names_in(content)
        through = {name for name in names if name.startswith("local.")}
        for name in names:  # it grows
            if name in through and len(through) <= _MAX_LOCALS:
                more = self._names_of_local(name.removeprefix("local."))
                names += [one for one in more if one not in through]
                through.update(one for one in more if one.startswith("local."))
        return tuple(sorted({name for name in names if name in self._addresses} - {address}))

    def _names_of_local(self, name: str) -> list[str]:
        if name not in self._leaning:
            body = self.locals.get(name)
            self._leaning[name] = _names_in(normalised(body.source(name).encode())) if body is not None else []
        return self._leaning[name]

    @cached_property
    def circular(self) -> Sequence[str]:
        """The names of locals that lead to each other in a circle, if there is one; the first comes last again."""
        leaning = {
            name: self._names_of_local(name) for name, body in self.locals.items() if "local." in body.source(name)
        }
        edges = {name: [one.removeprefix("local.") for one in names] for name, names in leaning.items()}
        try:
            TopologicalSorter(
                {name: [one for one in others if one in edges] for name, others in edges.items()}
            ).prepare()
        except CycleError as error:
            return tuple(error.args[1])
        return ()

    @cached_property
    def _addresses(self) -> frozenset[str]:
        typed = {".".join(key).removeprefix("resource.") for key in self._declared}
        return frozenset(
            typed | {f"module.{block.labels[0]}" for block in self.blocks if block.keyword == "module" and block.labels}
        )

    def declares(self, address: str) -> bool:
        """Whether a block here, or in a module that is called from here, makes the instance of an address."""
        steps = INDEX.sub("", address).split(".")
        if steps[0] == "module" and len(steps) > 2:
            called = self.calls.get(steps[1])
            return called is not None and called[1].declares(".".join(steps[2:]))
        keyword = steps.pop(0) if steps[0] in ("data", "ephemeral") else "resource"
        return (keyword, *steps) in self._declared

    def function(self, name: str, arguments: list[Any]) -> Any:
        """What a function comes to."""
        return functions.call(name, arguments)

    def text(self, path: str) -> str | None:
        """The text of a file by its path from here, if it was read along."""
        return self._around.texts.get(posixpath.normpath(posixpath.join(self.directory, path)))

    def local(self, name: str, *, firm: bool) -> Any:
        """What a local stands for."""
        body = self.locals.get(name)
        return (
            UNKNOWN
            if body is None
            else self._names.once((firm, "local", name), lambda: self._with(body, firm).evaluated(name))
        )

    def output(self, name: str, *, firm: bool) -> Any:
        """What an output comes to, for every call alike."""
        body = self.outputs.get(name)
        if body is None or body.evaluated("sensitive") is True:
            return UNKNOWN
        return self._names.once((firm, "output", name), lambda: self._with(body, firm).evaluated("value"))

    def variable(self, name: str, *, firm: bool) -> Any:
        """What a variable is set to, where all that set it agree; ``firm`` leaves out defaults, which may change."""
        return self._names.once((firm, "variable", name), lambda: self._variable(name, firm=firm))

    def attribute(self, keyword: str, labels: tuple[str, str], steps: Sequence[Step], *, firm: bool) -> Any:
        """What an attribute of a resource was set to; what the provider computes is unknown."""
        body = self._declared.get((keyword, *labels))
        if body is None:
            return UNKNOWN
        if steps and steps[0] is not SPLAT and not (isinstance(steps[0], str) and steps[0] in body.attributes):
            steps = steps[1:] if "count" in body.attributes or "for_each" in body.attributes else ()
        if not steps or not isinstance(steps[0], str) or steps[0] not in body.attributes:
            return UNKNOWN
        name = steps[0]
        value = self._names.once(
            (firm, ".".join((keyword, *labels)), name), lambda: self._with(body, firm).evaluated(name)
        )
        return after(value, steps[1:])

    def _variable(self, name: str, *, firm: bool) -> Any:
        body = self.variables.get(name)
        if body is None or body.evaluated("sensitive") is True:
            return UNKNOWN
        default = UNKNOWN if firm else body.evaluated("default")
        given = [call.argument(name, default, firm=firm) for call in self.callers]
        if self.is_root:
            given.extend(self._from_files(name, default))
        if body.evaluated("nullable") is False:
            given = [default if value is None else value for value in given]
        convert = declared(body.source("type"))
        return joined([convert(value) for value in given])

    def _from_files(self, name: str, default: Any) -> list[Any]:
        """What a root's files of values say: those that were given, or else the automatic ones as Terraform ranks them,
        and each other that may be passed."""
        given = [value for body in self._around.given for value in body.value(name)]
        if given:
            return given[-1:]
        automatic = default
        passed = []
        for path, body in self._values:
            for value in body.value(name):
                if _is_automatic(path):
                    automatic = value
                else:
                    passed.append(value)
        return [automatic, *passed]

    def _with(self, body: Body, firm: bool) -> Body:
        return body.within(body.scope.firmly()) if firm and body.scope is not None else body


def configure(
    files: Mapping[str, Sequence[File]],
    values: Mapping[str, Sequence[tuple[str, Body]]],
    around: Around,
) -> dict[str, Module]:
    """Directory → its module, for directories that are read together; ``values`` are their files of variable values,
    as path and body."""
    modules = {
        directory: Module(directory, found, sorted(values.get(directory, ()), key=_rank), around)
        for directory, found in files.items()
    }
    for module in modules.values():
        for file in module.files:
            for block in file.blocks:
                if block.keyword == "module" and len(block.labels) == 1:
                    target = around.sources.target(module.directory, block.body.literal("source"))
                    if target in modules:
                        call = Call(module, block, file.location(block))
                        module.calls[block.labels[0]] = (call, modules[target])
                        modules[target].callers.append(call)
    return modules


def told(value: Any) -> Any:
    """A value without the paths in it of which only a run could tell where they begin."""
    if isinstance(value, str):
        return UNKNOWN if ROOT in value else value
    if isinstance(value, dict):
        return {key: told(one) for key, one in value.items()}
    return [told(one) for one in value] if type(value) is list else value


def _names_in(content: bytes) -> list[str]:
    """The first two or three parts of every reference in normalised code, none twice."""
    return list(dict.fromkeys(name.replace(b" ", b"").decode() for name in _NAMED.findall(content)))


def _is_automatic(path: str) -> bool:
    """Whether Terraform reads a file of values without being told to."""
    name = posixpath.basename(path)
    return name in ("terraform.tfvars", "terraform.tfvars.json") or name.endswith((".auto.tfvars", ".auto.tfvars.json"))


def _rank(found: tuple[str, Body]) -> tuple[int, str]:
    """Later files win: terraform.tfvars, terraform.tfvars.json, then the rest by name."""
    name = posixpath.basename(found[0])
    first = {"terraform.tfvars": 0, "terraform.tfvars.json": 1}
    return first.get(name, 2), name
