"""Files beside configurations that say what they use: Terragrunt's, those of stacks, and queries.

Each is read as a module of its own, and calls the module whose source it names, with its inputs. What a ``generate``
block of Terragrunt writes is Terraform, and is read as such. A file that units include is read once for each of them
(``terragrunt``), and says what it says to all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence, Set
from typing import Final, NamedTuple

from msgspec.structs import replace

from portability.interest import Interest
from portability.model import MAX_RELATED, UNKNOWN, Location, Missing, Usage
from portability.parsers.terraform.activity import either_active
from portability.parsers.terraform.backends import is_partial
from portability.parsers.terraform.body import Block, Body
from portability.parsers.terraform.budget import Budget
from portability.parsers.terraform.configuration import Around, Call, Given, Module, configure, told
from portability.parsers.terraform.files import File
from portability.parsers.terraform.names import DEFAULT_NAME, module_symbol, source_name
from portability.parsers.terraform.providers import providers_of
from portability.parsers.terraform.sources import ROOT, Sources
from portability.parsers.terraform.steps import joined
from portability.parsers.terraform.terragrunt import Files, View, is_terragrunt
from portability.parsers.terraform.usages import usages

_DEPLOYING: Final = ".tfdeploy.hcl"
_RUNNING: Final = ("terraform", "component", "unit", "stack")


def is_form(path: str) -> bool:
    """Whether a file is one of these."""
    return path.endswith(".hcl") and not is_partial(path)


class Form(NamedTuple):
    """One such file, what its names stand for, and as whom else it is read: for each unit that includes it, with where
    that is said."""

    file: File
    module: Module
    included: Sequence[tuple[View, Location]] = ()

    @property
    def readers(self) -> Sequence[tuple[Module, File]]:
        """As whom it is read: for each that includes it, else for itself."""
        return [(view, view.file) for view, _ in self.included] or [(self.module, self.file)]


def opened(files: Sequence[File], around: Around) -> list[Form]:
    """Files with modules of their own."""
    known = Files([file for file in files if is_terragrunt(file.path)], around)
    included: dict[str, list[tuple[View, Location]]] = defaultdict(list)
    for path in known.by_path:
        for one in known.view(path).includes.values():
            if one.view is not None:
                included[one.view.file.path].append((one.view, one.location))
    stacks = _stacks([file for file in files if file.path not in known.by_path], around)
    found = []
    for file in files:
        if file.path in known.by_path:
            view = known.view(file.path)
            if file.path.endswith(DEFAULT_NAME):
                view.blocks = [*view.blocks, *view.providers()]
            found.append(Form(view.file, view, included[file.path]))
        else:
            found.append(Form(file, stacks[file.path]))
    return found


def _stacks(files: Sequence[File], around: Around) -> dict[str, Module]:
    """Path → the module that a file of a stack, or a query, is of. What deploys a stack calls it."""
    of_kind: dict[bool, dict[str, list[File]]] = {True: defaultdict(list), False: defaultdict(list)}
    for file in files:
        of_kind[file.path.endswith(_DEPLOYING)][file.path.rpartition("/")[0]].append(file)
    deploying, declaring = (configure(of_kind[kind], {}, around) for kind in (True, False))
    for directory in sorted(deploying.keys() & declaring.keys()):
        caller = deploying[directory]
        for file in caller.files:
            declaring[directory].callers += [
                Call(caller, block, file.location(block), _given(block.body))
                for block in file.blocks
                if block.keyword == "deployment"
            ]
    modules = [*deploying.values(), *declaring.values()]
    return {file.path: module for module in modules for file in module.files}


def calls(forms: Sequence[Form], around: Around) -> list[tuple[str, Call]]:
    """The directories that forms run, and with what."""
    found = []
    for one in forms:
        for block in one.file.blocks:
            if block.keyword == "component" and "source" in block.body.attributes:
                call = Call(one.module, block, one.file.location(block), _given(block.body))
                found += [(target, call) for target in sorted(_targets(one.module, block, around))]
        if isinstance(one.module, View) and one.file.path.endswith(DEFAULT_NAME):
            found += _run(one, one.module, around)
    return found


def _run(form: Form, view: View, around: Around) -> Iterator[tuple[str, Call]]:
    """What a unit of Terragrunt runs: the source that it, or a file that it includes, names, or what it stands beside.
    A file that others include and that names none runs nothing itself."""
    for owner, location in view.effective():
        for block in owner.file.blocks:
            if block.keyword == "terraform" and "source" in block.body.attributes:
                call = Call(view, block, location or form.file.location(block), view.given)
                yield from ((target, call) for target in sorted(_targets(view, block, around)))
                return
    if not form.included:
        whole = Block("inputs", (), Body(b""), *view.outset)
        yield view.directory, Call(view, whole, form.file.location(whole), view.given)


def _targets(module: Module, block: Block, around: Around) -> set[str]:
    """The directories that a source may mean."""
    value = block.body.evaluated("source")
    found = set()
    for source in [value] if isinstance(value, str) else block.body.outcomes("source"):
        if isinstance(source, str) and source.startswith(ROOT):
            found.add(around.sources.target("", f"./{source.removeprefix(ROOT).partition('?')[0]}"))
        else:
            found.add(around.sources.target(module.directory, source))
    return {one for one in found if one is not None}


def completed_by(call: Call) -> Body | None:
    """What completes the backend of what a unit of Terragrunt runs."""
    state = call.caller.state() if isinstance(call.caller, View) and call.inputs is not None else None
    return None if state is None else state[1]


def _given(body: Body) -> Callable[[bool], Given]:
    """The ``inputs`` that a component sets."""

    def given(firm: bool) -> Given:
        if "inputs" not in body.attributes:
            return Given({}, complete=True)
        values = body.firmly("inputs") if firm else body.evaluated("inputs")
        return Given(values, complete=True) if isinstance(values, dict) else Given({}, complete=False)

    return given


def form_usages(form: Form, interest: Interest) -> Iterator[Usage]:
    """The wanted usages of one such file, and of what it generates: for several units what all agree on."""
    alike: dict[tuple[Location, str, str], list[Usage]] = defaultdict(list)
    known: dict[int, list[Usage]] = {}
    for module, file in form.readers:
        providers = providers_of([module, *(call.caller for call in module.callers)])[module]
        found = list(usages(file, module, providers, interest))
        for block in file.blocks:
            if block.keyword == "generate" and isinstance(module, View) and (made := module.generated(block)):
                if id(made) not in known:
                    known[id(made)] = list(_of_generated(made, interest))
                found += known[id(made)]
        for usage in found:
            alike[usage.location, usage.symbol, usage.address].append(usage)
    related = tuple(sorted({location for _, location in form.included}))[:MAX_RELATED]
    for found in alike.values():
        yield _agreed(found, len(form.readers), related)


def _of_generated(file: File, interest: Interest) -> Iterator[Usage]:
    module = configure({"": [file]}, {}, Around(Sources({}, {}, {}), (), {}, Budget()))[""]
    return usages(file, module, providers_of([module])[module], interest)


def _agreed(found: Sequence[Usage], readers: int, related: tuple[Location, ...]) -> Usage:
    """One usage of several that stand in the same place."""
    one = found[0]
    names = dict.fromkeys(name for usage in found for name in usage.values)
    values = {name: told(joined([usage.values.get(name, UNKNOWN) for usage in found])) for name in names}
    endpoints = [usage.endpoint for usage in found]
    active, switch = either_active([(usage.active, usage.switch) for usage in found])
    return replace(
        one,
        values=values,
        nullable=tuple(dict.fromkeys(name for usage in found for name in usage.nullable)),
        endpoint=None if all(endpoint is None for endpoint in endpoints) else told(joined(endpoints)),
        active=active if len(found) == readers or active == "no" else "unknown",
        switch=switch,
        places=tuple(dict.fromkeys(place for usage in found for place in usage.places if ROOT not in place)),
        related=related or one.related,
    )


def unfollowed(form: Form, known: Set[str], around: Around, interest: Interest) -> Iterator[Missing]:
    """The sources outside ``known`` directories that a form names, and of which nobody says what they make."""
    told_of: set[tuple[Location, str]] = set()
    for module, file in form.readers:
        for block in file.blocks:
            if block.keyword not in _RUNNING or "source" not in block.body.attributes:
                continue
            symbol = module_symbol(block.body)
            missing = Missing(kind="module", name=source_name(block.body), location=file.location(block))
            if (
                known.isdisjoint(_targets(module, block, around))
                and not (symbol and interest.wants("terraform-module", symbol))
                and (missing.location, missing.name) not in told_of
            ):
                told_of.add((missing.location, missing.name))
                yield missing
