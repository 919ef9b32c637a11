"""What a file says that its module cannot mean: names that nothing declares, and locals that lead to themselves.

Terraform would refuse them. Here their values count as unknown, and whoever reads the report is told why.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from portability.model import Problem
from portability.parsers.terraform.configuration import Module
from portability.parsers.terraform.files import File
from portability.parsers.terraform.grammar import tree_of
from portability.parsers.terraform.syntax import MAX_WHOLE
from portability.patterns import regex

_NAMED: Final = regex(rb"(?<![\w.\-])(var|local)\.([A-Za-z_][\w-]*)")
_SHOWN: Final = 3


def faults(module: Module, *, whole: bool) -> Iterator[Problem]:
    """The faults of a module, each told once. ``whole`` says that all of its files could be read: else what is not
    declared may be so where nothing was read."""
    # Terragrunt may write declarations before it runs a module.
    if whole and not any(call.inputs is not None for call in module.callers):
        undeclared = [(file, found) for file in module.files if (found := _undeclared(file, module))]
        for file, found in undeclared[:1]:
            names = list(dict.fromkeys(name for _, more in undeclared for name in more))
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            what = "declared nowhere in this directory, and so unknown. Is a file missing, or written at a run?"
            yield _problem(file, min(found.values()), f"{', '.join(names[:_SHOWN])}{more}: {what}")
    circle = [f"local.{name}" for name in reversed(module.circular)]
    for file in module.files if circle else ():
        for block in file.blocks:
            if block.keyword == "locals" and module.circular[0] in block.body.attributes:
                what = "each is defined by the next, so that they count as unknown."
                yield _problem(file, block.start, f"{' → '.join(circle)}: {what}")


def _undeclared(file: File, module: Module) -> dict[str, int]:
    """Name → where an expression of a file first refers to it."""
    if file.path.endswith(".json") or len(file.data) > MAX_WHOLE:
        return {}
    places: dict[str, list[int]] = {}
    for name in _NAMED.finditer(file.data):
        kind, own = name[1].decode(), name[2].decode()
        if own not in (module.variables if kind == "var" else module.locals):
            places.setdefault(f"{kind}.{own}", []).append(name.start())
    if not places:
        return {}
    root = tree_of(file.data).root_node
    referred = {name: [start for start in starts if _is_reference(root, start)] for name, starts in places.items()}
    return {name: starts[0] for name, starts in referred.items() if starts}


def _is_reference(root: Node, start: int) -> bool:
    """Whether an expression stands at an offset, and no comment or text."""
    node = root.descendant_for_byte_range(start, start + 1)
    return node is not None and node.parent is not None and node.parent.type == "variable_expr"


def _problem(file: File, start: int, message: str) -> Problem:
    line, _ = file.positions.at(start)
    return Problem(path=file.path, line=line, kind="name", message=message)
