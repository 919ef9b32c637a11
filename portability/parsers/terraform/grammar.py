"""Text of HCL → its syntax tree."""

from __future__ import annotations

from typing import Final

import tree_sitter_hcl
from tree_sitter import Language, Parser, Tree

from portability.patterns import regex

_LANGUAGE: Final = Language(tree_sitter_hcl.language())
_EXPONENT = regex(rb"(?<=\d)[eE][+-]?(?=\d)")
"""The grammar does not know ``1e5``. Written as ``105`` it stays a number, and a name that holds it stays a name."""


def tree_of(data: bytes) -> Tree:
    """The syntax tree of HCL. Its offsets are those of ``data``; take text from there."""
    parser = Parser(_LANGUAGE)
    tree = parser.parse(data)
    if tree.root_node.has_error and _EXPONENT.search(data):
        return parser.parse(_EXPONENT.sub(lambda found: b"0" * len(found[0]), data))
    return tree
