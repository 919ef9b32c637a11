"""Files beside configurations that say what they use: Terragrunt's, those of stacks, and queries.

Each is read as a module of its own. What a ``generate`` block of Terragrunt writes is Terraform, and is read as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from portability.model import Usage
from portability.parsers.terraform import syntax
from portability.parsers.terraform.backends import is_partial
from portability.parsers.terraform.configuration import Around, Budget, File, configure
from portability.parsers.terraform.providers import providers_of
from portability.parsers.terraform.sources import Sources
from portability.parsers.terraform.text import Positions
from portability.parsers.terraform.usages import Question, usages
from portability.parsers.terraform.values import unwrapped

_HEREDOC_HEAD = re.compile(rb"<<-?[^\n]*\n")


def is_form(path: str) -> bool:
    """Whether a file is one of these."""
    return path.endswith(".hcl") and not is_partial(path)


def form_usages(file: File, question: Question) -> Iterator[Usage]:
    """The wanted usages of one such file, and of what it generates."""
    for part in (file, *_generated(file)):
        module = configure({"": [part]}, {}, Around(Sources({}, {}, {}), (), {}, Budget()))[""]
        yield from usages(part, module, providers_of([module])[module], question)


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
