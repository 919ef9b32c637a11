"""The strings that stand in a piece of HCL or JSON, as they will read, and where each stands.

A string is found by the grammar, so that comments are none; it comes with the names that lead to it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tree_sitter import Node

from portability.parsers.terraform.body import labels, name_at
from portability.parsers.terraform.evaluate import key_of
from portability.parsers.terraform.grammar import tree_of
from portability.parsers.terraform.values import elements
from portability.patterns import regex

MAX_TEXTS: Final = 20_000
"""Strings of one block that are looked at. Nobody writes as many."""

LISTED: Final = regex(r"args|program|command|execute", re.IGNORECASE)
"""Names of attributes that hold a command line word by word."""

_TEMPLATES: Final = frozenset({"string_lit", "quoted_template", "heredoc_template"})
_INSIDE_TEMPLATES: Final = frozenset({"template_interpolation", "template_directive"})
_HEREDOC_HEAD = regex(rb"<<-?[^\n]*\n?")
_HIDDEN = regex(rb"\\[ -~]|[$%]\{")
_JSON_PREFIX: Final = b"x="
_VARIABLE = regex(r"([$%])\{(?:[^{}]|\{[^{}]*\})*\}")
_VARIABLE_OR_ESCAPE = regex(_VARIABLE.pattern + r"|(\\[\"nt])")
_STAND_IN: Final = {"$": "*", "%": " ", '\\"': '"', "\\n": "\n", "\\t": "\t"}
"""For what a template puts there, for its directives, and for escapes."""


class Text(NamedTuple):
    """One string. ``text`` has a byte for each character and a stand-in for what only a run puts there; ``pieces`` are
    pairs of an offset in it and the offset in the file where the same stands. ``names`` lead to it: of blocks with
    their labels, attributes and keys. ``denied`` says that it lies in a statement of a policy that denies."""

    text: str
    pieces: Sequence[tuple[int, int]]
    names: tuple[str, ...] = ()
    denied: bool = False
    heredoc: bool = False

    def origin(self, offset: int) -> int:
        """Where in the file a character of the text stands."""
        here, there = self.pieces[max(0, bisect_right(self.pieces, (offset, 1 << 62)) - 1)]
        return there + offset - here


def text_of(data: bytes, base: int, *, escaped: bool = False) -> Text:
    """A text that is a string, a script or a template itself, and stands at ``base`` in its file."""
    source = data.decode("latin-1")
    parts: list[str] = []
    pieces: list[tuple[int, int]] = []
    length = position = 0
    for found in (_VARIABLE_OR_ESCAPE if escaped else _VARIABLE).finditer(source):
        kept = source[position : found.start()]
        stand_in = _STAND_IN[found[found.lastindex or 0]]
        pieces += [(length, base + position), (length + len(kept), base + found.start())]
        parts += [kept, stand_in]
        length += len(kept) + len(stand_in)
        position = found.end()
    pieces.append((length, base + position))
    parts.append(source[position:])
    return Text("".join(parts), pieces)


def texts(data: bytes, base: int, *, is_json: bool) -> Iterator[Text]:
    """Every string in a piece of a file that begins at ``base``, in the order of the piece."""
    source = _JSON_PREFIX + _HIDDEN.sub(b"__", data) if is_json else data
    shift = len(_JSON_PREFIX) if is_json else 0
    seen = _JSON_PREFIX + data if is_json else data
    for node, path, denied in _strings(tree_of(source).root_node, seen):
        start, end = node.start_byte, node.end_byte
        names = path[1:] if is_json else path
        if node.type not in _TEMPLATES:
            yield Text("*", ((0, base + start - shift),), names)
            continue
        heredoc = node.type == "heredoc_template"
        if heredoc:
            head = _HEREDOC_HEAD.match(seen, start, end)
            start = head.end() if head else start
            end = start + max(seen[start:end].rstrip().rfind(b"\n"), 0)
        else:
            start, end = start + 1, end - 1
        text = text_of(seen[start:end], base + start - shift, escaped=not heredoc)
        yield text._replace(names=names, denied=denied, heredoc=heredoc)


def _strings(root: Node, data: bytes) -> Iterator[tuple[Node, tuple[str, ...], bool]]:
    """String nodes with the names above them, and nodes of unknown words in a command line.

    No recursion: a hostile file is deep.
    """
    todo: list[tuple[Node, tuple[str, ...], bool]] = [(root, (), False)]
    count = 0
    while todo:
        node, names, denied = todo.pop()
        kind = node.type
        if kind == "comment":
            continue
        if kind in _TEMPLATES:
            count += 1
            if count > MAX_TEXTS:
                return
            yield node, names, denied
            todo.extend((part, names, denied) for part in node.named_children if part.type in _INSIDE_TEMPLATES)
            continue
        if kind == "object_elem":
            key, value = node.child_by_field_name("key"), node.child_by_field_name("val")
            if key is not None and value is not None:
                todo.append((value, (*names, key_of(key, data) or ""), denied))
                continue
        elif kind == "expression" and _is_unknown_word(node, names, data):
            yield node, names, denied
        elif kind in ("object", "body"):
            denied = denied or _denies(node, data)
        inside = node.named_children
        if kind == "block":
            names = (*names, name_at(data, node.start_byte), *labels(node, data))
            inside = [child for child in inside if child.type != "string_lit"]
        elif kind == "attribute":
            names = (*names, name_at(data, node.start_byte))
        elif kind == "function_call" and name_at(data, node.start_byte) == "run_cmd":
            names = (*names, "args")
        todo.extend([(child, names, denied) for child in reversed(inside)])


def _is_unknown_word(node: Node, names: tuple[str, ...], data: bytes) -> bool:
    """Whether a node is a word of a command line that only a run could tell."""
    if not names or not LISTED.fullmatch(names[-1]) or data[node.start_byte : node.start_byte + 1] in (b'"', b"<"):
        return False
    return node.parent is not None and node.parent.type == "tuple"


def _denies(node: Node, data: bytes) -> bool:
    """Whether an object or a block's body is a statement that forbids what it names."""
    if node.type == "object":
        pairs = [(key_of(key, data), value) for key, value in elements(node)]
    else:
        pairs = [
            (name_at(data, child.start_byte), child.named_children[-1])
            for child in node.named_children
            if child.type == "attribute" and len(child.named_children) > 1
        ]
    return any(
        name in ("Effect", "effect") and data[value.start_byte : value.end_byte].strip() == b'"Deny"'
        for name, value in pairs
    )
