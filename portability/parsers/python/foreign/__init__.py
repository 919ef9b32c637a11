"""Statements that the running Python refuses, as syntax trees all the same: newer syntax, Python 2, broken statements.

tree-sitter's grammar takes what any Python takes, and goes on behind what none does. Its nodes become those of ``ast``,
with the positions that ``ast`` would give. What means nothing to a reading is simplified: patterns of ``match`` to the
names that they bind, ``print x`` to ``x``, what stands in backticks to a text that nobody knows. Parameters of types
go. A simple statement with an error in it, or the head of a compound one, is left out with what hangs on it.
"""

from __future__ import annotations

import ast
from typing import Final, NamedTuple

import tree_sitter_python
from tree_sitter import Language, Parser

from portability.parsers.python.foreign.nodes import Piece
from portability.parsers.python.foreign.statements import Suites

MAX_PIECE: Final = 500_000
"""Bytes of one piece. A parser that is fed rubbish takes several hundred times as much memory."""

_LANGUAGE: Final = Language(tree_sitter_python.language())


class Statements(NamedTuple):
    """Statements of one piece, and the spans of lines, from 1, that were left out."""

    body: list[ast.stmt]
    lost: list[tuple[int, int]]


def statements(data: bytes, lines_before: int = 0) -> Statements:
    """Read a piece of UTF-8 with lines that end in ``\\n``; ``lines_before`` it are others in its file."""
    suites = Suites(Piece(data, lines_before))
    body = suites.suite(Parser(_LANGUAGE).parse(data).root_node)
    return Statements(body, suites.lost)
