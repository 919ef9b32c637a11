"""Expressions → values, as far as the code says them: known, known in part, or unknown. Nothing is run.

Names are looked up in a scope; without one they are unknown. Every scope of a unit draws on one budget, so that no
configuration, however its names multiply each other, takes more than a bounded time.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Protocol

import msgspec
from tree_sitter import Node

from portability.model import UNKNOWN
from portability.parsers.terraform import conversion, functions
from portability.parsers.terraform.grammar import tree_of
from portability.parsers.terraform.steps import MAX_ELEMENTS, SPLAT, Step, after, entries, joined, misses
from portability.parsers.terraform.values import MAX_DEPTH, OTHER, elements, heredoc, literal, sole, string, unwrapped
from portability.patterns import regex

_FREE_SIZE: Final = 50
"""Parts of a value that cost nothing. What is larger costs as many steps as it has such pieces."""
_HERE: Final = {"path": {"module": ".", "root": UNKNOWN, "cwd": UNKNOWN}}
_PLACEHOLDER: Final = 0xF0000
_END: Final = "END-OF-TEMPLATE"
_LONE = regex(r"\$\{([^{}]*)\}")
_POSTFIX: Final = frozenset({"get_attr", "index", "splat"})


class Scope(Protocol):
    """What names stand for where an expression stands."""

    def reference(self, name: str, steps: Sequence[Step]) -> Any:
        """The value of ``name`` followed by steps; UNKNOWN where the code does not say it."""
        ...

    def bind(self, names: Mapping[str, Any]) -> Scope:
        """The same scope with names of its own, as in a ``for``."""
        ...

    def firmly(self) -> Scope:
        """The same scope where the defaults of variables are unknown: whoever runs the code may set another value."""
        ...

    def file(self, path: str) -> str | None:
        """The text of a file that was read along, by its path from the module; None for any other."""
        ...

    def call(self, name: str, arguments: list[Any]) -> Any:
        """What a function comes to."""
        ...

    def enter(self) -> bool:
        """Whether the budget allows another step down. Each that it allows is left again."""
        ...

    def spend(self, steps: int) -> None:
        """Charge the budget for the size of what a step came to."""
        ...

    def leave(self) -> None:
        """End a step that was allowed."""
        ...


def evaluate(node: Node, data: bytes, depth: int = 0, scope: Scope | None = None) -> Any:
    """The value of an expression node of a tree over ``data``."""
    plain = literal(data[node.start_byte : node.end_byte])
    if plain is not OTHER or depth > MAX_DEPTH:
        return UNKNOWN if plain is OTHER else plain
    if scope is None:
        return _evaluate(node, data, depth, None)
    if not scope.enter():
        return UNKNOWN
    try:
        value = _evaluate(node, data, depth, scope)
        size = conversion.size(value)
        scope.spend(size // _FREE_SIZE)
        return UNKNOWN if size > conversion.MAX_SIZE else value
    finally:
        scope.leave()


def outcomes(node: Node, data: bytes, depth: int = 0) -> list[Any]:
    """What the expression can come to by itself: its value, or for a conditional the values of its branches."""
    inner = unwrapped(node)
    if inner is not None and inner.type == "quoted_template" and len(inner.named_children) == 3:
        hole = inner.named_children[1]  # between the quotes
        inner = next((unwrapped(child) for child in hole.named_children if child.type == "expression"), None)
    if inner is None or inner.type != "conditional" or depth > MAX_DEPTH:
        return [evaluate(node, data)]
    branches = [child for child in inner.named_children if child.type == "expression"][1:]
    return [value for branch in branches for value in outcomes(branch, data, depth + 1)]


def may_be_null(node: Node, data: bytes, depth: int = 0) -> bool:
    """Whether the expression says by itself that it may come to null: in a branch, or where something is missing."""
    inner = unwrapped(node)
    if inner is None or depth > MAX_DEPTH:
        return False
    if inner.type == "conditional":
        parts = inner.named_children[1:]
    elif inner.type == "function_call" and data.startswith((b"try(", b"lookup("), inner.start_byte):
        parts = [part for holder in inner.named_children[1:] for part in holder.named_children][1:]
    else:
        return evaluate(node, data) is None
    return any(may_be_null(part, data, depth + 1) for part in parts if part.type == "expression")


def key_of(node: Node, data: bytes, scope: Scope | None = None) -> str | None:
    """The key that the left side of an object's element stands for, or None when only a run could tell."""
    text = data[node.start_byte : node.end_byte].decode()
    if text.isidentifier() or text.replace("-", "_").isidentifier():
        return text
    value = evaluate(node, data, scope=scope)
    if isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, int) else None


def _evaluate(node: Node, data: bytes, depth: int, scope: Scope | None) -> Any:
    inner = unwrapped(node)
    if inner is None:
        parts = [child for child in node.named_children if child.type != "comment"]
        return _chain(parts, data, depth, scope) if scope is not None else UNKNOWN
    if inner.type in ("numeric_lit", "bool_lit", "null_lit"):
        plain = literal(data[inner.start_byte : inner.end_byte])
        return UNKNOWN if plain is OTHER else plain
    if (structure := _STRUCTURES.get(inner.type)) is not None:
        return structure(inner, data, depth, scope)
    if scope is not None and (computed := _COMPUTED.get(inner.type)) is not None:
        return computed(inner, data, depth, scope)
    return UNKNOWN


def _chain(parts: Sequence[Node], data: bytes, depth: int, scope: Scope) -> Any:
    """``a.b[0].c``: what comes first, and the steps from there."""
    if not parts or any(part.type not in _POSTFIX for part in parts[1:]):
        return UNKNOWN
    steps = list(_steps(parts[1:], data, depth, scope))
    first = parts[0]
    if first.type == "variable_expr":
        return scope.reference(data[first.start_byte : first.end_byte].decode(), steps)
    return after(evaluate(first, data, depth + 1, scope), steps)


def _steps(nodes: Sequence[Node], data: bytes, depth: int, scope: Scope) -> Iterator[Step]:
    for node in nodes:
        if node.type == "get_attr":
            yield data[node.start_byte : node.end_byte].decode().lstrip(". \t\r\n")
        elif node.type == "splat":
            yield SPLAT
            for kind in node.named_children:
                yield from _steps(kind.named_children, data, depth, scope)
        else:
            inner = sole(node)
            index = sole(inner) if inner is not None and inner.type == "new_index" else None
            value = evaluate(index, data, depth + 1, scope) if index is not None else UNKNOWN
            yield value if isinstance(value, (str, int)) and not isinstance(value, bool) else UNKNOWN


def _string(node: Node, data: bytes, _depth: int, scope: Scope | None) -> Any:
    """A string without template sequences for the grammar: in JSON it may hold one that the grammar did not see."""
    text = data[node.start_byte + 1 : node.end_byte - 1].decode("utf-8", "replace")
    value = string(text)
    if value is not UNKNOWN or scope is None:
        return value
    try:
        text = msgspec.json.decode(f'"{text}"', type=str)
    except msgspec.DecodeError:
        return UNKNOWN
    if not (lone := _LONE.fullmatch(text)):
        return _filled(text, scope)
    source = b"x=" + lone[1].encode()
    tree = tree_of(source)
    expression = tree.root_node.descendant_for_byte_range(2, len(source))
    return UNKNOWN if tree.root_node.has_error or expression is None else evaluate(expression, source, 1, scope)


def _template(node: Node, data: bytes, depth: int, scope: Scope | None) -> Any:
    """A string or heredoc with interpolations. One that is nothing but an interpolation is that value itself."""
    holes = [child for child in node.named_children if child.type in ("template_interpolation", "template_directive")]
    raw = data[node.start_byte : node.end_byte]
    quoted = node.type == "quoted_template"
    if not holes:
        return string(raw[1:-1].decode()) if quoted else heredoc(raw.decode())
    if scope is None or len(holes) > MAX_ELEMENTS:
        return UNKNOWN
    values = [in_hole(hole, data, depth, scope) for hole in holes]
    if quoted and len(holes) == 1 and holes[0].end_byte - holes[0].start_byte == len(raw) - 2:
        return values[0]
    words = [conversion.to_string(value) for value in values]
    return UNKNOWN if UNKNOWN in words else filled_in(node, raw, holes, words)


def in_hole(hole: Node, data: bytes, depth: int, scope: Scope) -> Any:
    """What an interpolation comes to."""
    inner = [child for child in hole.named_children if child.type == "expression"]
    return evaluate(inner[0], data, depth + 1, scope) if len(inner) == 1 and _is_plain(hole, data) else UNKNOWN


def filled_in(node: Node, raw: bytes, holes: Sequence[Node], words: Sequence[str]) -> Any:
    """A template's text with words in the place of its holes; UNKNOWN where it is no good text."""
    pieces, position = [], 0
    for number, hole in enumerate(holes):
        pieces += [raw[position : hole.start_byte - node.start_byte].decode(), chr(_PLACEHOLDER + number)]
        position = hole.end_byte - node.start_byte
    pieces.append(raw[position:].decode())
    whole = "".join(pieces)
    value = string(whole[1:-1]) if node.type == "quoted_template" else heredoc(whole)
    if not isinstance(value, str):
        return UNKNOWN
    return value.translate({_PLACEHOLDER + number: word for number, word in enumerate(words)})


def _is_plain(hole: Node, data: bytes) -> bool:
    """Whether an interpolation leaves the white space around it alone."""
    return hole.type == "template_interpolation" and b"~" not in (
        data[hole.start_byte + 2 : hole.start_byte + 3],
        data[hole.end_byte - 2 : hole.end_byte - 1],
    )


def _object(node: Node, data: bytes, depth: int, scope: Scope | None) -> Any:
    values: dict[str, Any] = {}
    for key_node, value_node in elements(node):
        key = key_of(key_node, data, scope)
        if key is None:
            return UNKNOWN
        values[key] = evaluate(value_node, data, depth + 1, scope)
    return values


def _tuple(node: Node, data: bytes, depth: int, scope: Scope | None) -> Any:
    return [evaluate(item, data, depth + 1, scope) for item in node.named_children if item.type == "expression"]


def _variable(node: Node, data: bytes, _depth: int, scope: Scope) -> Any:
    return scope.reference(data[node.start_byte : node.end_byte].decode(), ())


def _unary(node: Node, data: bytes, depth: int, scope: Scope | None) -> Any:
    operand = sole(node)
    if operand is not None:
        value = evaluate(operand, data, depth + 1, scope)
    else:
        value = _chain(node.named_children, data, depth, scope) if scope is not None else UNKNOWN
    match data[node.start_byte : node.start_byte + 1], value:
        case b"!", bool():
            return not value
        case b"-", int() | float() if not isinstance(value, bool):
            return -value
        case _:
            return UNKNOWN


def _operand(parts: Sequence[Node], data: bytes, depth: int, scope: Scope) -> Any:
    if len(parts) == 1:
        return evaluate(parts[0], data, depth + 1, scope)
    return _chain(parts, data, depth, scope)


def _binary(node: Node, data: bytes, depth: int, scope: Scope) -> Any:
    sides: list[list[Node]] = [[]]
    sign = ""
    for child in node.children:
        if child.is_named:
            if child.type != "comment":
                sides[-1].append(child)
        elif child.type not in ("(", ")"):
            sign = child.type
            sides.append([])
    if len(sides) != 2 or not all(sides):
        return UNKNOWN
    one, other = (_operand(side, data, depth, scope) for side in sides)
    if sign in ("&&", "||"):
        decides = sign == "||"
        if one is decides or other is decides:
            return decides
        return not decides if isinstance(one, bool) and isinstance(other, bool) else UNKNOWN
    if sign in ("==", "!="):
        if not (conversion.known(one) and conversion.known(other)):
            return UNKNOWN
        return conversion.same(one, other) == (sign == "==")
    compute = _ARITHMETIC.get(sign)
    one, other = conversion.to_number(one), conversion.to_number(other)
    if compute is None or one is UNKNOWN or other is UNKNOWN:
        return UNKNOWN
    try:
        return conversion.computed(compute, one, other)
    except (ArithmeticError, ValueError):
        return UNKNOWN


_ARITHMETIC: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda one, other: Decimal(one) / other,
    "%": lambda one, other: Decimal(one) % other,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def _conditional(node: Node, data: bytes, depth: int, scope: Scope) -> Any:
    parts = [child for child in node.named_children if child.type == "expression"]
    if len(parts) != 3:
        return UNKNOWN
    condition = evaluate(parts[0], data, depth + 1, scope)
    if isinstance(condition, str):
        condition = {"true": True, "false": False}.get(condition, UNKNOWN)
    if isinstance(condition, bool):
        return evaluate(parts[1 if condition else 2], data, depth + 1, scope)
    return joined([evaluate(part, data, depth + 1, scope) for part in parts[1:]])


def _for(node: Node, data: bytes, depth: int, scope: Scope) -> Any:
    whole = sole(node)
    if whole is None:
        return UNKNOWN
    parts = [child for child in whole.named_children if child.type not in ("comment", "tuple_start", "tuple_end")]
    intro = next((part for part in parts if part.type == "for_intro"), None)
    results = [part for part in parts if part.type == "expression"]
    if intro is None:
        return UNKNOWN
    names = [
        data[part.start_byte : part.end_byte].decode() for part in intro.named_children if part.type == "identifier"
    ]
    source = next((part for part in intro.named_children if part.type == "expression"), None)
    pairs = entries(evaluate(source, data, depth + 1, scope)) if source is not None else None
    is_object = whole.type == "for_object_expr"
    if pairs is None or len(results) != (2 if is_object else 1) or not 1 <= len(names) <= 2:
        return UNKNOWN
    condition = next((sole(part) for part in parts if part.type == "for_cond"), None)
    grouped = any(part.type == "ellipsis" for part in parts)
    listed: list[Any] = []
    keyed: dict[str, Any] = {}
    for pair in pairs:
        inner = scope.bind(dict(zip(names, pair if len(names) == 2 else pair[1:], strict=True)))
        if condition is not None:
            kept = evaluate(condition, data, depth + 1, inner)
            if not isinstance(kept, bool):
                return UNKNOWN
            if not kept:
                continue
        values = [evaluate(result, data, depth + 1, inner) for result in results]
        if not is_object:
            listed.append(values[0])
            continue
        key = conversion.to_string(values[0])
        if not isinstance(key, str):
            return UNKNOWN
        keyed[key] = [*keyed.get(key, []), values[1]] if grouped else values[1]
    return keyed if is_object else listed


def _call(node: Node, data: bytes, depth: int, scope: Scope | None) -> Any:
    name, *rest = [child for child in node.named_children if child.type != "comment"]
    parts = [child for holder in rest for child in holder.named_children if child.type != "comment"]
    called = data[name.start_byte : name.end_byte].decode()
    if called in ("try", "can"):
        return _attempt(called, parts, data, depth, scope) if scope is not None else UNKNOWN
    if called in ("file", "templatefile"):
        return _read(parts, data, depth, scope) if scope is not None else UNKNOWN
    arguments = [evaluate(part, data, depth + 1, scope) for part in parts if part.type == "expression"]
    if any(part.type == "ellipsis" for part in parts):
        if not arguments or not isinstance(arguments[-1], list):
            return UNKNOWN
        arguments[-1:] = arguments[-1]
    return functions.call(called, arguments) if scope is None else scope.call(called, arguments)


def _attempt(called: str, parts: Sequence[Node], data: bytes, depth: int, scope: Scope) -> Any:
    """``try`` and ``can``: what the first expression comes to that does not fail, and whether one does not. That one
    fails is only said of what takes a step that is not there."""
    for part in parts:
        value = evaluate(part, data, depth + 1, scope)
        if value is not UNKNOWN:
            return value if called == "try" else True
        if not _fails(part, data, depth + 1, scope):
            return UNKNOWN
    return UNKNOWN if called == "try" else False


def _fails(node: Node, data: bytes, depth: int, scope: Scope) -> bool:
    """Whether an expression surely fails in a run. A resource may have attributes that nobody set."""
    inner = unwrapped(node)
    if depth > MAX_DEPTH:
        return False
    if inner is not None:
        if inner.type != "function_call" or data.startswith((b"try", b"can"), inner.start_byte):
            return False
        arguments = [part for holder in inner.named_children[1:] for part in holder.named_children]
        return any(_fails(part, data, depth + 1, scope) for part in arguments)
    first, *rest = [child for child in node.named_children if child.type != "comment"] or [node]
    if first.type != "variable_expr" or any(part.type not in _POSTFIX for part in rest):
        return False
    steps = list(_steps(rest, data, depth, scope))
    name = data[first.start_byte : first.end_byte].decode()
    for taken, step in enumerate(steps):
        value = scope.reference(name, steps[:taken])
        if step is SPLAT or step is UNKNOWN or (value is UNKNOWN and taken):
            return False
        if value is not UNKNOWN and misses(value, step):
            return True
    return False


def _read(parts: Sequence[Node], data: bytes, depth: int, scope: Scope) -> Any:
    """``file(path)`` and ``templatefile(path, names)``, where the file was read along."""
    path = evaluate(parts[0], data, depth + 1, scope.bind(_HERE)) if parts else UNKNOWN
    text = scope.file(path) if isinstance(path, str) else None
    if text is None or len(parts) < 2:
        return UNKNOWN if text is None else text
    names = evaluate(parts[1], data, depth + 1, scope)
    return _filled(text, scope.bind(names)) if isinstance(names, dict) else UNKNOWN


def _filled(text: str, scope: Scope) -> Any:
    """A template that stands by itself."""
    source = f"x=<<{_END}\n{text}\n{_END}\n".encode()
    tree = tree_of(source)
    whole = tree.root_node.descendant_for_byte_range(2, len(source) - 2)
    while whole is not None and whole.type not in ("heredoc_template", "expression"):
        whole = whole.parent
    if tree.root_node.has_error or whole is None or _END in text:
        return UNKNOWN
    value = evaluate(whole, source, 1, scope)
    return value.removesuffix("\n") if isinstance(value, str) else UNKNOWN


_STRUCTURES: Final[Mapping[str, Callable[[Node, bytes, int, Scope | None], Any]]] = {
    "string_lit": _string,
    "quoted_template": _template,
    "heredoc_template": _template,
    "tuple": _tuple,
    "object": _object,
    "unary_operation": _unary,
    "function_call": _call,
}
"""What is known at least in part without a scope."""

_COMPUTED: Final[Mapping[str, Callable[[Node, bytes, int, Scope], Any]]] = {
    "variable_expr": _variable,
    "binary_operation": _binary,
    "conditional": _conditional,
    "for_expr": _for,
}
