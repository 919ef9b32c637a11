"""HCL → blocks with their places, also from files with syntax errors.

A parser that meets an unfinished quote loses the rest of the file, or half of it. But people write top-level blocks
from column 1: a file with errors is read again in pieces, each from one such header to the next, and an error stays in
its piece.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from tree_sitter import Node, Tree

from portability.parsers.terraform.body import Block, Body, Parts, children, labels, name_at
from portability.parsers.terraform.grammar import tree_of
from portability.patterns import regex

LABELS: Final = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "action": 2,
    "module": 1,
    "variable": 1,
    "output": 1,
    "locals": 0,
    "list": 2,
    "component": 1,
    "deployment": 1,
    "unit": 1,
    "stack": 1,
    "generate": 1,
    "remote_state": 0,
    "provider": 1,
    "backend": 1,
    "check": 1,
    "terraform": 0,
    "cloud": 0,
    "required_providers": 0,
}
"""The blocks that are read, and how many labels they have."""

NESTED: Final[dict[str, tuple[str, ...]]] = {
    "terraform": ("backend", "cloud", "required_providers"),
    "check": ("data",),
}
"""Blocks that count as top-level ones although they stand inside another."""

MAX_WHOLE: Final = 200_000
"""Bytes of a file that is parsed at once. A larger one is read block by block."""
MAX_PIECE: Final = 2_000_000
"""Bytes of one block. A parser that is fed rubbish takes several hundred times as much memory."""

_TOP = rb"resource|data|ephemeral|action|module|provider|terraform|variable|output|locals|moved|removed|import|check"
_HALF_HEADER = regex(rb'(\w+)[ \t]+"?([\w-]+)"?(?:[ \t]+"?([\w-]+)"?)?[ \t\r]*(?:\{|$)', re.MULTILINE)
"""A header that may want a quote or its brace: enough to know what the block is."""

_BARE_HEADER = regex(rb'^[ \t]*([A-Za-z_][\w-]*)(?>(?:[ \t]+(?:"[^"\n]*"|[\w-]+))*)[ \t\r]*$', re.MULTILINE)
"""A line of words and strings: text, a name in a list, or a header without its brace."""

_LANDMARK = regex(
    rb"(?P<header>^(?:%b)\b[ \t]*(?=[\"A-Za-z_{]))"
    rb"|(?:\#|//)[^\n]*"
    rb'|"(?>(?:[^"\\\n]|\\.)*)"?'
    rb"|(?P<comment>/\*)"
    rb"|<<-?(?P<heredoc>[\w-]+)[ \t\r]*$" % _TOP,
    re.MULTILINE,
)
_HEREDOC_START = regex(rb"<<-?([\w-]+)[ \t\r]*$", re.MULTILINE)
_LONE_WORD = regex(rb"^[ \t]*([\w-]+)[ \t\r]*$", re.MULTILINE)


class Parsed(NamedTuple):
    """The blocks of a file in order, and the byte offsets of its first syntax error and of the first block that is too
    large to be read, if it has one."""

    blocks: list[Block]
    error: int | None = None
    large: int | None = None


def parse(data: bytes) -> Parsed:
    """Read a file of HCL. ``data`` is valid UTF-8 and not deeply nested."""
    if len(data) <= MAX_WHOLE:
        tree = tree_of(data)
        if _error(tree, data) is None:
            return Parsed(list(blocks_of(tree, data)))
    blocks: list[Block] = []
    errors: list[int] = []
    large: list[int] = []
    for start, end in _pieces(data):
        if end - start > MAX_PIECE:
            large.append(start)
            continue
        piece = data[start:end]
        tree = tree_of(piece)
        found = list(blocks_of(tree, piece, start))
        if (error := _error(tree, piece)) is not None:
            errors.append(start + error)
            sound = tree.root_node.has_error and any(block.start == start and _has_its_labels(block) for block in found)
            if not sound:
                found = _from_header(piece, start) or found
        blocks += found
    return Parsed(blocks, min(errors, default=None), min(large, default=None))


def attributes(data: bytes) -> Body:
    """The attributes of a file that has no blocks, as ``terraform.tfvars``."""
    return Body.of_fragment(tree_of(data).root_node, data)


def _error(tree: Tree, data: bytes) -> int | None:
    """The byte offset of what is wrong, if anything is. The grammar lets a header go on over lines, and Terraform does
    not: one that lacks its brace would take in the next."""
    if tree.root_node.has_error:
        return first_error(tree)
    for found in _BARE_HEADER.finditer(data):
        word = tree.root_node.descendant_for_byte_range(found.start(1), found.end(1))
        if word is not None and (block := word.parent) is not None and block.type == "block":
            return found.start(1)
    return None


def first_error(tree: Tree) -> int:
    """The byte offset of the first place that the grammar could not take. What is missing at the end of something, a
    closing quote or brace, is said where that begins."""
    cursor = tree.walk()
    while (node := cursor.node) is not None and not node.is_error and cursor.goto_first_child():
        start = node.start_byte
        while (child := cursor.node) is not None and not child.has_error and cursor.goto_next_sibling():
            pass
        if child is not None and child.start_byte == child.end_byte:
            return start
    return cursor.node.start_byte if cursor.node is not None else 0


def blocks_of(tree: Tree, data: bytes, base: int = 0) -> Iterator[Block]:
    """The top-level blocks of a tree over ``data``, which begins at ``base`` of the file. In a broken one they also lie
    in error nodes."""
    for node in children(tree.root_node):
        for child in children(node) if node.type in ("body", "ERROR") else (node,):
            if child.type == "block":
                yield from _block(child, data, base)


def _block(node: Node, data: bytes, base: int) -> Iterator[Block]:
    """A block and those inside it that count. Of a block that nobody asks about, the keyword will do."""
    keyword = name_at(data, node.start_byte)
    if keyword not in LABELS:
        yield Block(keyword, (), Body(b""), base + node.start_byte, base + node.end_byte, base + node.end_byte)
        return
    start, end = node.start_byte, node.end_byte
    body = Body.of_block(node, data) if node.has_error else Body(b"", parse=lambda: _again(data[start:end]))
    if keyword == "locals":  # of which every expression may ask, at any time
        body.keep()
    opens = next((child.start_byte for child in node.children if child.type == "block_start"), node.end_byte)
    yield Block(keyword, labels(node, data), body, base + start, base + opens, base + end)
    for name in NESTED.get(keyword, ()):
        for nested in Body.of_block(node, data).blocks.get(name, ()):
            yield from _block(nested, data, base)


def _again(text: bytes) -> Parts:
    """The parts of a block without errors, from its text."""
    block = next(child for node in children(tree_of(text).root_node) for child in children(node))
    return Body.of_block(block, text).parts


def _has_its_labels(block: Block) -> bool:
    return len(block.labels) == LABELS.get(block.keyword, 0)


def _from_header(piece: bytes, start: int) -> list[Block]:
    """The block that a piece is about when the grammar does not see it: what its header says, and what the rest of the
    piece sets."""
    header = _HALF_HEADER.match(piece)
    if header is None:
        return []
    keyword, *names = (part.decode() for part in header.groups() if part is not None)
    rest = piece[header.end() :].rstrip().removesuffix(b"}")
    body = Body.of_fragment(tree_of(rest).root_node, rest)
    return [Block(keyword, tuple(names), body, start, start + header.end(), start + len(piece.rstrip()))]


def _pieces(data: bytes) -> list[tuple[int, int]]:
    """Spans from one block header in column 1 to the next, and what stands before the first."""
    cuts = sorted({0, *_headers(data), len(data)})
    return list(pairwise(cuts))


def _headers(data: bytes) -> Iterator[int]:
    """Offsets of block headers in column 1 that lie in no comment and no heredoc. What never ends hides nothing."""
    heredocs = _Heredocs(data)
    position, comments_end = 0, True
    while found := _LANDMARK.search(data, position):
        position = found.end()
        if found["header"] is not None:
            yield found.start()
        elif found["comment"] and comments_end:
            closed = data.find(b"*/", position)
            comments_end = closed >= 0
            position = closed + 2 if comments_end else position
        elif found["heredoc"]:
            position = heredocs.end(found["heredoc"], position)


class _Heredocs:
    """Where heredocs end, found in one pass: a hostile file may begin a million of them."""

    def __init__(self, data: bytes) -> None:
        self._starts = _by_word(_HEREDOC_START, data)
        self._stops = _by_word(_LONE_WORD, data)

    def end(self, word: bytes, start: int) -> int:
        """The end of the heredoc that begins at ``start`` and stops at ``word``; ``start`` if it has none. If another
        of the same word begins before, the stop is more likely that one's."""
        stop = _next(self._stops.get(word, ()), start)
        restart = _next(self._starts.get(word, ()), start)
        return start if stop is None or (restart is not None and restart < stop) else stop


def _by_word(pattern: re.Pattern[bytes], data: bytes) -> dict[bytes, list[int]]:
    ends: dict[bytes, list[int]] = {}
    for found in pattern.finditer(data):
        ends.setdefault(found[1], []).append(found.end())
    return ends


def _next(offsets: Sequence[int], after: int) -> int | None:
    index = bisect_right(offsets, after)
    return offsets[index] if index < len(offsets) else None
