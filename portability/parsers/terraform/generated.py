"""What a ``generate`` block of Terragrunt writes: Terraform, with the places where it stands.

Terragrunt fills in the heredoc first. What it comes to is known where its names are; the rest stays a name that nobody
knows, so that the text can be read as Terraform.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from tree_sitter import Node

from portability.parsers.terraform import syntax
from portability.parsers.terraform.body import Block
from portability.parsers.terraform.conversion import to_string
from portability.parsers.terraform.evaluate import evaluate
from portability.parsers.terraform.files import File
from portability.parsers.terraform.sources import ROOT
from portability.parsers.terraform.text import Positions
from portability.parsers.terraform.values import unwrapped
from portability.patterns import regex

_HEREDOC_HEAD = regex(rb"<<-?[^\n]*\n")
_UNKNOWN: Final = b"${unknown}"


def generated(file: File, block: Block, known: dict[tuple[str, int, bytes], File]) -> File | None:
    """The file that a block writes, where its heredoc stands in it. ``known`` are those that were made before."""
    node = block.body.expression("contents")
    inner = unwrapped(node) if node is not None else None
    if inner is None or inner.type != "heredoc_template":
        return None
    # The block's nodes count from where its piece of the file begins.
    piece = block.body.data
    head = _HEREDOC_HEAD.match(piece, inner.start_byte, inner.end_byte)
    if head is None:
        return None
    base = 0 if piece is file.data else block.start
    end = head.end() + max(piece[head.end() : inner.end_byte].rstrip().rfind(b"\n"), 0)
    text, pieces = _filled(block, inner, head.end(), end, base)
    key = file.path, block.start, text
    if key not in known:
        positions, blocks = _Inside(file.positions, pieces), syntax.parse(text).blocks
        known[key] = file._replace(data=text, positions=positions, blocks=blocks)
    return known[key]


def _filled(block: Block, heredoc: Node, start: int, end: int, base: int) -> tuple[bytes, list[tuple[int, int]]]:
    """The text between two offsets with what its interpolations come to, and pairs of an offset in it and the offset
    in the file where the same stands."""
    data = block.body.data
    parts, pieces, length, position = [], [(0, base + start)], 0, start
    for hole in heredoc.named_children:
        if hole.type != "template_interpolation" or not start <= hole.start_byte < end:
            continue
        inner = [child for child in hole.named_children if child.type == "expression"]
        value = to_string(evaluate(inner[0], data, scope=block.body.scope)) if len(inner) == 1 else None
        known = isinstance(value, str) and ROOT not in value
        quoted = data[data.rfind(b"\n", 0, hole.start_byte) + 1 : hole.start_byte].count(b'"') % 2
        filled = str(value).encode() if known else _UNKNOWN if quoted else _UNKNOWN[2:-1]
        parts += [data[position : hole.start_byte], filled]
        length += hole.start_byte - position + len(filled)
        position = hole.end_byte
        pieces += [(length - len(filled), base + hole.start_byte), (length, base + position)]
    parts.append(data[position:end])
    return b"".join(parts).replace(b"$${", b"${ "), pieces


class _Inside(Positions):
    """Positions in a file of offsets in a text that was made of a part of it."""

    def __init__(self, outer: Positions, pieces: Sequence[tuple[int, int]]) -> None:
        self._outer = outer
        self._pieces = pieces

    def at(self, offset: int) -> tuple[int, int]:
        """``(line, column)`` in the file."""
        here, there = self._pieces[max(0, bisect_right(self._pieces, (offset, 1 << 62)) - 1)]
        return self._outer.at(there + offset - here)
