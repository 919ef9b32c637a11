"""What is edited in Python sources: a module an edit. A file laid here is an edit; nothing else names it.

``SERVICES`` are those whose findings it is told, ``INTERFACE`` is what the target's product for them must serve, by the
names that products have under ``serves``. ``edit`` looks at one file and its findings and asks the file for changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from portability.model import Finding
from portability.proposals.source_edits.file import SourceFile


class Edit(Protocol):
    """What a module here offers."""

    SERVICES: frozenset[str]
    INTERFACE: str

    def edit(self, file: SourceFile, findings: Sequence[Finding]) -> None:
        """Change what is understood in full, and say of the rest why it is left."""


def _found() -> tuple[Edit, ...]:
    edits: list[Edit] = []
    for name in sorted(module.name for module in iter_modules(__path__)):
        edit: Edit = import_module(f"{__name__}.{name}")
        edits.append(edit)
    return tuple(edits)


EDITS = _found()
