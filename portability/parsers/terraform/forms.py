"""Files beside configurations that say what they use: Terragrunt's, those of stacks, and queries.

Each is read as a module of its own, and calls the module whose source it names, with its inputs. What a ``generate``
block of Terragrunt writes is Terraform, and is read as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Final, NamedTuple

from portability.interest import Interest
from portability.model import Missing, Usage
from portability.parsers.terraform import syntax
from portability.parsers.terraform.backends import is_partial
from portability.parsers.terraform.body import Block, Body
from portability.parsers.terraform.configuration import Around, Budget, Call, File, Module, configure
from portability.parsers.terraform.names import module_symbol, source_name
from portability.parsers.terraform.providers import providers_of
from portability.parsers.terraform.sources import Sources
from portability.parsers.terraform.text import Positions
from portability.parsers.terraform.usages import usages
from portability.parsers.terraform.values import unwrapped
from portability.patterns import regex

_RUNNING: Final = ("terraform", "component", "unit", "stack")
_HEREDOC_HEAD = regex(rb"<<-?[^\n]*\n")


def is_form(path: str) -> bool:
    """Whether a file is one of these."""
    return path.endswith(".hcl") and not is_partial(path)


class Form(NamedTuple):
    """One such file, and what its names stand for."""

    file: File
    module: Module


def form(file: File, around: Around) -> Form:
    """A file with a module of its own."""
    directory = file.path.rpartition("/")[0]
    return Form(file, configure({directory: [file]}, {}, around)[directory])


def calls(forms: Sequence[Form], around: Around) -> list[tuple[str, Call]]:
    """The directories that forms run, and with what."""
    found = []
    for one in forms:
        here = one.module.directory
        for block, inputs, complete in _calls(one):
            targets = {here} if block.keyword == "inputs" else _targets(one, block, around)
            call = Call(one.module, block, one.file.location(block), inputs, complete)
            found += [(target, call) for target in sorted(targets)]
    return found


def _calls(form: Form) -> Iterator[tuple[Block, Body, bool]]:
    """What runs a module: a block with a source, its inputs, and whether those are all. Terragrunt's file runs what it
    stands beside where it names no source, and takes inputs of the files that it includes."""
    blocks = form.file.blocks
    for block in blocks:
        if block.keyword == "component" and "source" in block.body.attributes:
            yield block, *_inputs(block.body, form)
    if not form.file.path.endswith("terragrunt.hcl"):
        return
    top = syntax.attributes(form.file.data)
    inputs, complete = _inputs(top, form)
    run = next((one for one in blocks if one.keyword == "terraform" and "source" in one.body.attributes), None)
    alone = "include" not in top.blocks and not (run is not None and run.body.children("extra_arguments"))
    if run is None:
        start, end = next(((node.start_byte, node.end_byte) for node in top.attributes.values()), (0, 0))
        run = Block("inputs", (), Body(b""), start, end, end)
    yield run, inputs, complete and alone


def _targets(form: Form, block: Block, around: Around) -> set[str]:
    """The directories that a source may mean by what is written."""
    sources = block.body.outcomes("source")
    return {one for source in sources if (one := around.sources.target(form.module.directory, source)) is not None}


def _inputs(body: Body, form: Form) -> tuple[Body, bool]:
    """The ``inputs`` that a body sets, and whether all of them are written out."""
    node = body.expression("inputs")
    if node is None:
        return Body(b""), True
    inner = unwrapped(node)
    if inner is None or inner.type != "object":
        return Body(b""), False
    return Body.of_object(inner, body.data_of("inputs"), form.module.scope), True


def form_usages(form: Form, interest: Interest) -> Iterator[Usage]:
    """The wanted usages of one such file, and of what it generates."""
    for part in (form.file, *_generated(form.file)):
        module = form.module
        if part is not form.file:
            module = configure({"": [part]}, {}, Around(Sources({}, {}, {}), (), {}, Budget()))[""]
        yield from usages(part, module, providers_of([module])[module], interest)


def unfollowed(form: Form, known: Set[str], around: Around, interest: Interest) -> Iterator[Missing]:
    """The sources outside ``known`` directories that a form names, and of which nobody says what they make."""
    for block in form.file.blocks:
        if block.keyword not in _RUNNING or "source" not in block.body.attributes:
            continue
        symbol = module_symbol(block.body)
        if known.isdisjoint(_targets(form, block, around)) and not (
            symbol and interest.wants("terraform-module", symbol)
        ):
            yield Missing(kind="module", name=source_name(block.body), location=form.file.location(block))


def _generated(file: File) -> Iterator[File]:
    """Terraform in heredocs, with the places where it stands."""
    for block in file.blocks:
        node = block.body.expression("contents") if block.keyword == "generate" else None
        inner = unwrapped(node) if node is not None else None
        if inner is None or inner.type != "heredoc_template":
            continue
        # The block's nodes count from where its piece of the file begins.
        piece = block.body.data
        head = _HEREDOC_HEAD.match(piece, inner.start_byte, inner.end_byte)
        if head is None:
            continue
        base = (0 if piece is file.data else block.start) + head.end()
        text = piece[head.end() : inner.end_byte]
        text = text[: max(text.rstrip().rfind(b"\n"), 0)]
        yield file._replace(data=text, positions=_Inside(file.positions, base), blocks=syntax.parse(text).blocks)


class _Inside(Positions):
    """Positions in a file of offsets that count from a place inside it."""

    def __init__(self, outer: Positions, base: int) -> None:
        self._outer = outer
        self._base = base

    def at(self, offset: int) -> tuple[int, int]:
        """``(line, column)`` in the file."""
        return self._outer.at(self._base + offset)
