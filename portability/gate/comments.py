"""The comments of a file, by language. What stands in a string, a heredoc or a block scalar is no comment."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

from portability.model import Language
from portability.parsers.guards import too_deep
from portability.patterns import regex

_SIGN = regex(r"^\s*(?:#+|/[/*]+|\*+(?!/))|\*+/\s*$")
"""What makes a line a comment in HCL, at its ends."""


class Comment(NamedTuple):
    """A comment's text without its sign, the line on which it begins, and whether code stands before it there."""

    line: int
    text: str
    trailing: bool


def comments(language: Language, path: str, data: bytes) -> list[Comment]:
    """Every comment of a file, in order; what cannot be parsed has none. Costs a parse, so ask only where it pays."""
    if path.endswith(".json") or too_deep(data) is not None:
        return []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return []
    if language == "terraform":
        return list(_terraform(text.encode()))
    if language == "python":
        return list(_python(text))
    if path.endswith((".yaml", ".yml")):
        return list(_yaml(text))
    return list(_whole_lines(text))


def _python(text: str) -> Iterator[Comment]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                yield Comment(line, token.string.lstrip("#").strip(), bool(token.line[:column].strip()))
    except (tokenize.TokenError, SyntaxError):
        return


def _terraform(data: bytes) -> Iterator[Comment]:
    import tree_sitter_hcl
    from tree_sitter import Language as Grammar
    from tree_sitter import Parser

    tree = Parser(Grammar(tree_sitter_hcl.language())).parse(data)
    lines = data.split(b"\n")
    cursor, deeper = tree.walk(), True
    while True:
        if deeper and cursor.node is not None and cursor.node.type == "comment":
            row, column = cursor.node.start_point
            said = data[cursor.node.start_byte : cursor.node.end_byte].decode()
            before = bool(lines[row][:column].strip())
            for number, text in enumerate(said.splitlines()):
                yield Comment(row + 1 + number, _SIGN.sub("", text).strip(), before)
        if (deeper and cursor.goto_first_child()) or cursor.goto_next_sibling():
            deeper = True
        elif cursor.goto_parent():
            deeper = False
        else:
            return


def _yaml(text: str) -> Iterator[Comment]:
    import yaml

    lines = text.splitlines()
    taken: dict[int, list[tuple[int, int]]] = {}
    last_row = len(lines)
    try:
        for token in yaml.scan(text, Loader=yaml.CSafeLoader):
            last_row = token.end_mark.line
            if isinstance(token, yaml.ScalarToken):
                start, end = token.start_mark, token.end_mark
                for row in range(start.line, end.line + (end.column > 0)):
                    first = start.column if row == start.line else 0
                    taken.setdefault(row, []).append((first, end.column if row == end.line else len(lines[row])))
        last_row = len(lines)
    except yaml.YAMLError:
        pass  # below the last token that was understood, a string could not be told from a comment
    for row, line in enumerate(lines[: last_row + 1]):
        for found in re.finditer(r"(?:^|(?<=[ \t]))#", line):
            column = found.start()
            if not any(first <= column < last for first, last in taken.get(row, ())):
                yield Comment(row + 1, line[column:].lstrip("#").strip(), bool(line[:column].strip()))
                break


def _whole_lines(text: str) -> Iterator[Comment]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            yield Comment(number, line.strip().lstrip("#").strip(), False)
