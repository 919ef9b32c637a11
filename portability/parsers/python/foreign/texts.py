"""Literals of text and of bytes, with what is put into them."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Final

from tree_sitter import Node

from portability.parsers.python.foreign.nodes import Piece, UnreadableError, children, needed
from portability.patterns import regex

_PREFIX: Final = regex(r"([A-Za-z]*)('''|\"\"\"|'|\"|`)")


class Texts:
    """Reads the literals of a piece. ``expression`` reads what stands in their braces."""

    def __init__(self, piece: Piece, expression: Callable[[Node], Any]) -> None:
        self._piece = piece
        self._text, self._placed = piece.text, piece.placed
        self._expression = expression

    def string(self, node: Node) -> ast.expr:
        """A literal, or several side by side, as one constant or a text that is put together."""
        parts = [*self._pieces(node)]
        texts = [part for part in parts if isinstance(part, str)]
        if len(texts) == len(parts) and not self._is_formatted(node):
            return ast.Constant("".join(texts))
        raw = [part for part in parts if isinstance(part, bytes)]
        if raw and len(raw) == len(parts):
            return ast.Constant(b"".join(raw))
        values: list[ast.expr] = []
        text = ""
        for part in parts:
            if isinstance(part, ast.expr):
                values += [self._placed(ast.Constant(text), node)] if text else []
                values.append(part)
                text = ""
            else:
                text += part if isinstance(part, str) else part.decode("latin-1")
        values += [self._placed(ast.Constant(text), node)] if text else []
        return ast.JoinedStr(values)

    def _is_formatted(self, node: Node) -> bool:
        strings = children(node) if node.type == "concatenated_string" else [node]
        return any(not {"f", "t", "`"}.isdisjoint(self._text(it.children[0]).lower()) for it in strings)

    def _pieces(self, node: Node) -> Iterator[str | bytes | ast.expr]:
        if node.type == "concatenated_string":
            for part in children(node):
                yield from self._pieces(part)
            return
        start, *inner, end = node.children
        if (found := _PREFIX.fullmatch(self._text(start))) is None:
            raise UnreadableError
        if found[2] == "`":
            return
        prefix = "".join(sorted(set(found[1].lower()) - {"u", "f", "t"}))
        formatted = not {"f", "t"}.isdisjoint(found[1].lower())
        at = start.end_byte
        for part in inner:
            if part.type == "interpolation":
                yield self._literal(prefix, found[2], at, part.start_byte, formatted)
                yield from self._interpolated(part)
                at = part.end_byte
        yield self._literal(prefix, found[2], at, end.start_byte, formatted)

    def _literal(self, prefix: str, quote: str, start: int, end: int, formatted: bool) -> str | bytes:
        text = self._piece.data[start:end].decode("utf-8", "replace")
        if formatted:
            text = text.replace("{{", "{").replace("}}", "}")
        if "\\" not in text or "r" in prefix:
            return text.encode() if "b" in prefix else text
        escaped = "\\" if text.endswith(quote[0]) and not text.endswith(f"\\{quote[0]}") else ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                value: str | bytes = ast.literal_eval(f"{prefix}{quote}{text[:-1]}{escaped}{text[-1]}{quote}")
            except (SyntaxError, ValueError):
                return text
        return value

    def _interpolated(self, node: Node) -> Iterator[str | ast.expr]:
        shown = needed(node, "expression")
        value = self._expression(shown)
        conversion = node.child_by_field_name("type_conversion")
        kind = ord(self._text(conversion)[1]) if conversion is not None else -1
        spec = node.child_by_field_name("format_specifier")
        named = next((it for it in node.children if it.type == "="), None)
        if named is not None:
            behind = re.match(r"\s*", self._piece.data[named.end_byte :][:100].decode("utf-8", "replace"))
            yield self._piece.data[node.start_byte + 1 : named.end_byte].decode("utf-8", "replace") + (
                behind[0] if behind else ""
            )
            kind = ord("r") if conversion is None and spec is None else kind
        form = self._specifier(spec) if spec is not None else None
        yield self._placed(ast.FormattedValue(value, kind, form), node)

    def _specifier(self, node: Node) -> ast.JoinedStr:
        values: list[ast.expr] = []
        at = node.start_byte + 1
        for part in [it for it in children(node) if it.type in ("interpolation", "format_expression")]:
            if part.start_byte > at:
                values.append(self._placed(ast.Constant(self._piece.data[at : part.start_byte].decode()), node))
            values += [it for it in self._interpolated(part) if not isinstance(it, str)]
            at = part.end_byte
        if node.end_byte > at:
            text = self._piece.data[at : node.end_byte].decode("utf-8", "replace")
            values.append(self._placed(ast.Constant(text), node))
        return self._placed(ast.JoinedStr(values), node)
