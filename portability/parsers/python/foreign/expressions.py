"""Expressions, and what calls and functions have in brackets."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from tree_sitter import Node

from portability.parsers.python.foreign.nodes import BESIDE, Piece, UnreadableError, children, needed, store
from portability.parsers.python.foreign.texts import Texts

OPERATORS: Final[dict[str, type[ast.operator]]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "@": ast.MatMult, "/": ast.Div, "%": ast.Mod, "**": ast.Pow,
    "<<": ast.LShift, ">>": ast.RShift, "|": ast.BitOr, "^": ast.BitXor, "&": ast.BitAnd, "//": ast.FloorDiv,
}  # fmt: skip
_UNARY: Final[dict[str, type[ast.unaryop]]] = {"-": ast.USub, "+": ast.UAdd, "~": ast.Invert}
_COMPARISONS: Final[dict[str, type[ast.cmpop]]] = {
    "==": ast.Eq, "!=": ast.NotEq, "<>": ast.NotEq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE,
    "is": ast.Is, "is not": ast.IsNot, "in": ast.In, "not in": ast.NotIn,
}  # fmt: skip
_NAMED: Final = {"true": True, "false": False, "none": None, "ellipsis": ...}


class Expressions:
    """Reads the expressions of a piece. None is read in part: UnreadableError, LookupError or ValueError says that one
    cannot be."""

    def __init__(self, piece: Piece) -> None:
        self._text, self._placed = piece.text, piece.placed
        texts = Texts(piece, self.read)
        self._makers: dict[str, Callable[[Node], ast.expr]] = {
            "identifier": lambda node: ast.Name(self._text(node), ast.Load()),
            "integer": self._number,
            "float": self._number,
            "string": texts.string,
            "concatenated_string": texts.string,
            "binary_operator": self._binary,
            "unary_operator": lambda node: ast.UnaryOp(
                _UNARY[self._text(needed(node, "operator"))](), self.read(needed(node, "argument"))
            ),
            "not_operator": lambda node: ast.UnaryOp(ast.Not(), self.read(needed(node, "argument"))),
            "boolean_operator": self._boolean,
            "comparison_operator": self._comparison,
            "lambda": self._lambda,
            "conditional_expression": self._conditional,
            "named_expression": lambda node: ast.NamedExpr(
                store(self.read(needed(node, "name"))), self.read(needed(node, "value"))
            ),
            "await": lambda node: ast.Await(self.read(children(node)[0])),
            "yield": self._yield,
            "attribute": lambda node: ast.Attribute(
                self.read(needed(node, "object")), self._text(needed(node, "attribute")), ast.Load()
            ),
            "subscript": self._subscript,
            "slice": self._slice,
            "call": self._call,
            "list": lambda node: ast.List(self.all(children(node)), ast.Load()),
            "set": lambda node: ast.Set(self.all(children(node))),
            "tuple": lambda node: ast.Tuple(self.all(children(node)), ast.Load()),
            "expression_list": lambda node: ast.Tuple(self.all(children(node)), ast.Load()),
            "pattern_list": lambda node: ast.Tuple(self.all(children(node)), ast.Load()),
            "tuple_pattern": self._unpacked,
            "list_pattern": lambda node: ast.List(self.all(children(node)), ast.Load()),
            "dictionary": self._dict,
            "list_comprehension": lambda node: ast.ListComp(*self._comprehended(node)),
            "set_comprehension": lambda node: ast.SetComp(*self._comprehended(node)),
            "generator_expression": lambda node: ast.GeneratorExp(*self._comprehended(node)),
            "dictionary_comprehension": self._dict_comprehension,
            "list_splat": lambda node: ast.Starred(self.read(children(node)[0]), ast.Load()),
            "list_splat_pattern": lambda node: ast.Starred(self.read(children(node)[0]), ast.Load()),
            "splat_type": lambda node: ast.Starred(self.read(children(node)[0]), ast.Load()),
            "generic_type": self._generic,
            "union_type": self._union,
            "member_type": lambda node: ast.Attribute(
                self.read(children(node)[0]), self._text(children(node)[1]), ast.Load()
            ),
        }

    def read(self, node: Node) -> Any:
        """One expression. Brackets around it are passed over, as the compiler does."""
        while node.type in ("parenthesized_expression", "type", "parenthesized_list_splat"):
            node = children(node)[0]
        if node.type in _NAMED:
            return self._placed(ast.Constant(_NAMED[node.type]), node)
        make = self._makers.get(node.type)
        if make is None:
            raise UnreadableError
        made = make(node)
        placed = made if hasattr(made, "lineno") else self._placed(made, node)
        field = "func" if isinstance(made, ast.Call) else "value"
        if isinstance(made, ast.Call | ast.Attribute | ast.Subscript) and isinstance(
            inner := getattr(made, field), ast.Starred
        ):  # ``[*a.b(c)]``: the grammar unpacks before it goes on
            setattr(made, field, inner.value)
            made.lineno, made.col_offset = inner.value.lineno, inner.value.col_offset
            return self._placed(ast.Starred(made, ast.Load()), node)
        return placed

    def all(self, nodes: Sequence[Node]) -> list[Any]:
        """Several expressions."""
        return [self.read(node) for node in nodes]

    def optional(self, node: Node) -> Any:
        """What a statement hands on, or None."""
        parts = children(node)
        return self.read(parts[0]) if parts else None

    def elements(self, node: Node) -> list[ast.expr]:
        """The expressions of a list without brackets, or the one that stands there."""
        found = self.read(node)
        return found.elts if node.type == "expression_list" and isinstance(found, ast.Tuple) else [found]

    def _unpacked(self, node: Node) -> Any:
        found = self.all(children(node))
        is_tuple = len(found) != 1 or any(it.type == "," for it in node.children)
        return ast.Tuple(found, ast.Load()) if is_tuple else found[0]

    def _number(self, node: Node) -> ast.expr:
        text = self._text(node).rstrip("lL")
        old_octal = re.fullmatch(r"0[0-7]+", text)
        try:
            return ast.Constant(int(text, 8) if old_octal else ast.literal_eval(text))
        except (SyntaxError, ValueError):
            raise UnreadableError from None

    def _binary(self, node: Node) -> ast.expr:
        left, right = self.read(needed(node, "left")), self.read(needed(node, "right"))
        return ast.BinOp(left, OPERATORS[self._text(needed(node, "operator"))](), right)

    def _union(self, node: Node) -> ast.expr:
        """``A | B | C`` in an annotation, which the grammar reads from the right."""
        left, right = children(node)
        made = self.read(left)
        while (inner := children(right)[0] if right.type == "type" else right).type == "union_type":
            middle, right = children(inner)
            made = self._placed(ast.BinOp(made, ast.BitOr(), self.read(middle)), node, middle)
        return self._placed(ast.BinOp(made, ast.BitOr(), self.read(right)), node)

    def _boolean(self, node: Node) -> ast.expr:
        word = self._text(needed(node, "operator"))
        values = []
        left = node
        while left.type == "boolean_operator" and self._text(needed(left, "operator")) == word:
            values.append(self.read(needed(left, "right")))
            left = needed(left, "left")
        return ast.BoolOp(ast.And() if word == "and" else ast.Or(), [self.read(left), *reversed(values)])

    def _comparison(self, node: Node) -> ast.expr:
        first, *others = self.all(children(node))
        words = [re.sub(r"\s+", " ", self._text(it)) for it in node.children_by_field_name("operators")]
        return ast.Compare(first, [_COMPARISONS[word]() for word in words], others)

    def _lambda(self, node: Node) -> ast.expr:
        parameters = node.child_by_field_name("parameters")
        return ast.Lambda(self.parameters(parameters), self.read(needed(node, "body")))

    def _conditional(self, node: Node) -> ast.expr:
        body, test, other = self.all(children(node))
        if (
            children(node)[0].type == "named_expression"
        ):  # ``a := b if c else d``, in which the grammar takes ``a := b``
            value = needed(children(node)[0], "value")
            return ast.NamedExpr(body.target, self._placed(ast.IfExp(test, body.value, other), value, node))
        return ast.IfExp(test, body, other)

    def _yield(self, node: Node) -> ast.expr:
        if any(it.type == "from" for it in node.children):
            return ast.YieldFrom(self.read(children(node)[0]))
        return ast.Yield(self.optional(node))

    def _subscript(self, node: Node) -> ast.expr:
        keys = node.children_by_field_name("subscript")
        return ast.Subscript(self.read(needed(node, "value")), self._key(keys, node), ast.Load())

    def _generic(self, node: Node) -> ast.expr:
        name, arguments = children(node)
        return ast.Subscript(self.read(name), self._key(children(arguments), arguments), ast.Load())

    def _key(self, keys: Sequence[Node], around: Node) -> Any:
        found = self.all(keys)
        commas = [it for it in around.children if it.type == ","]
        if not commas:
            return found[0]
        last = max(keys[-1], commas[-1], key=lambda it: it.end_byte)
        return self._placed(ast.Tuple(found, ast.Load()), keys[0], last)

    def _slice(self, node: Node) -> ast.expr:
        bounds: list[ast.expr | None] = [None]
        for part in node.children:
            if part.type == ":":
                bounds.append(None)
            elif part.type not in BESIDE:
                bounds[-1] = self.read(part)
        return ast.Slice(*[*bounds, None, None][:3])

    def _call(self, node: Node) -> ast.expr:
        called, given = self.read(needed(node, "function")), needed(node, "arguments")
        places, keywords = self.arguments(given) if given.type == "argument_list" else ([self.read(given)], [])
        return ast.Call(called, places, keywords)

    def arguments(self, node: Node) -> tuple[list[ast.expr], list[ast.keyword]]:
        """What a call hands over, by place and by name."""
        places, keywords = [], []
        for part in children(node):
            if part.type == "keyword_argument":
                value = self.read(needed(part, "value"))
                keywords.append(self._placed(ast.keyword(self._text(needed(part, "name")), value), part))
            elif part.type == "dictionary_splat":
                keywords.append(self._placed(ast.keyword(None, self.read(children(part)[0])), part))
            else:
                places.append(self.read(part))
        return places, keywords

    def _dict(self, node: Node) -> ast.expr:
        keys: list[ast.expr | None] = []
        values = []
        for part in children(node):
            if part.type == "dictionary_splat":
                keys.append(None)
                values.append(self.read(children(part)[0]))
            else:
                keys.append(self.read(needed(part, "key")))
                values.append(self.read(needed(part, "value")))
        return ast.Dict(keys, values)

    def _dict_comprehension(self, node: Node) -> ast.expr:
        pair = needed(node, "body")
        key, value = self.read(needed(pair, "key")), self.read(needed(pair, "value"))
        return ast.DictComp(key, value, self._clauses(node))

    def _comprehended(self, node: Node) -> tuple[ast.expr, list[ast.comprehension]]:
        return self.read(needed(node, "body")), self._clauses(node)

    def _clauses(self, node: Node) -> list[ast.comprehension]:
        found: list[ast.comprehension] = []
        for part in children(node):
            if part.type == "for_in_clause":
                over = self.all(part.children_by_field_name("right"))
                target = store(self.read(needed(part, "left")))
                found.append(ast.comprehension(target, over[0], [], int(part.children[0].type == "async")))
            elif part.type == "if_clause":
                found[-1].ifs.append(self.read(children(part)[0]))
        return found

    def parameters(self, node: Node | None) -> ast.arguments:
        """What a function takes."""
        made = ast.arguments([], [], None, [], [], None, [])
        by_name = False
        for part in children(node) if node is not None else ():
            kind = part.type
            if kind == "positional_separator":
                made.posonlyargs, made.args = made.args, []
            elif kind == "keyword_separator":
                by_name = True
            else:
                argument, stars = self._parameter(part)
                default = part.child_by_field_name("value")
                value = self.read(default) if default is not None else None
                if stars == 1:
                    made.vararg, by_name = argument, True
                elif stars:
                    made.kwarg = argument
                elif by_name:
                    made.kwonlyargs.append(argument)
                    made.kw_defaults.append(value)
                else:
                    made.args.append(argument)
                    made.defaults += [value] if value is not None else []
        return made

    def _parameter(self, node: Node) -> tuple[ast.arg, int]:
        """A parameter and the stars before it. One that Python 2 takes apart gets a name that nothing says."""
        annotation = node.child_by_field_name("type")
        inner = node.child_by_field_name("name") or (children(node)[0] if node.type == "typed_parameter" else node)
        stars = {"list_splat_pattern": 1, "dictionary_splat_pattern": 2}.get(inner.type, 0)
        name = children(inner)[0] if stars else inner
        if name.type not in ("identifier", "tuple_pattern"):
            raise UnreadableError
        text = self._text(name) if name.type == "identifier" else ""
        made = ast.arg(text, self.read(annotation) if annotation is not None else None, None)
        placed = self._placed(made, name, annotation)
        return placed, stars
