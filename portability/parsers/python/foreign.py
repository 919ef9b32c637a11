"""Statements that the running Python refuses, as syntax trees all the same: newer syntax, Python 2, broken statements.

tree-sitter's grammar takes what any Python takes, and goes on behind what none does. Its nodes become those of ``ast``,
with the positions that ``ast`` would give. What means nothing to a reading is simplified: patterns of ``match`` to the
names that they bind, ``print x`` to ``x``, what stands in backticks to a text that nobody knows. Parameters of types
go. A simple statement with an error in it, or the head of a compound one, is left out with what hangs on it.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import tree_sitter_python
from tree_sitter import Language, Node, Parser

from portability.patterns import regex

MAX_PIECE: Final = 500_000
"""Bytes of one piece. A parser that is fed rubbish takes several hundred times as much memory."""

_LANGUAGE: Final = Language(tree_sitter_python.language())
_BESIDE: Final = frozenset({"comment", "line_continuation"})
_SUITES: Final = frozenset(
    {"block", "elif_clause", "else_clause", "except_clause", "finally_clause", "case_clause"}
    | {"function_definition", "class_definition"}
)
"""What may hold an error, and is looked into all the same."""
_PREFIX: Final = regex(r"([A-Za-z]*)('''|\"\"\"|'|\"|`)")
_OPERATORS: Final[dict[str, type[ast.operator]]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "@": ast.MatMult, "/": ast.Div, "%": ast.Mod, "**": ast.Pow,
    "<<": ast.LShift, ">>": ast.RShift, "|": ast.BitOr, "^": ast.BitXor, "&": ast.BitAnd, "//": ast.FloorDiv,
}  # fmt: skip
_UNARY: Final[dict[str, type[ast.unaryop]]] = {"-": ast.USub, "+": ast.UAdd, "~": ast.Invert}
_COMPARISONS: Final[dict[str, type[ast.cmpop]]] = {
    "==": ast.Eq, "!=": ast.NotEq, "<>": ast.NotEq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE,
    "is": ast.Is, "is not": ast.IsNot, "in": ast.In, "not in": ast.NotIn,
}  # fmt: skip
_NAMED: Final = {"true": True, "false": False, "none": None, "ellipsis": ...}


_Made = TypeVar("_Made", bound=ast.AST)


class Statements(NamedTuple):
    """Statements of one piece, and the spans of lines, from 1, that were left out."""

    body: list[ast.stmt]
    lost: list[tuple[int, int]]


def statements(data: bytes, lines_before: int = 0) -> Statements:
    """Read a piece of UTF-8 with lines that end in ``\\n``; ``lines_before`` it are others in its file."""
    reader = _Reader(data, lines_before)
    root = Parser(_LANGUAGE).parse(data).root_node
    body = reader.suite(root)
    return Statements(body, reader.lost)


class _Unreadable(Exception):
    """A node is no Python, or none that is known here."""


class _Reader:
    def __init__(self, data: bytes, lines_before: int) -> None:
        self._data = data
        self._before = lines_before
        self.lost: list[tuple[int, int]] = []
        self._statements: dict[str, Callable[[Node], ast.stmt]] = {
            "expression_statement": self._expression_statement,
            "return_statement": lambda node: ast.Return(self._optional(node)),
            "delete_statement": lambda node: ast.Delete(_stored(self._elements(_parts(node)[0]), ast.Del)),
            "raise_statement": self._raise,
            "pass_statement": lambda _: ast.Pass(),
            "break_statement": lambda _: ast.Break(),
            "continue_statement": lambda _: ast.Continue(),
            "global_statement": lambda node: ast.Global([self._text(it) for it in _parts(node)]),
            "nonlocal_statement": lambda node: ast.Nonlocal([self._text(it) for it in _parts(node)]),
            "import_statement": lambda node: ast.Import(self._aliases(node)),
            "import_from_statement": self._import_from,
            "future_import_statement": lambda node: ast.ImportFrom("__future__", self._aliases(node), 0),
            "assert_statement": self._assert,
            "print_statement": self._said,
            "exec_statement": self._said,
            "type_alias_statement": self._type_alias,
            "if_statement": self._if,
            "for_statement": self._for,
            "while_statement": lambda node: ast.While(
                self.expression(_field(node, "condition")), self._body(node), self._else(node)
            ),
            "try_statement": self._try,
            "with_statement": self._with,
            "function_definition": self._function,
            "class_definition": self._class,
            "decorated_definition": self._decorated,
            "match_statement": self._match,
        }
        self._expressions: dict[str, Callable[[Node], ast.expr]] = {
            "identifier": lambda node: ast.Name(self._text(node), ast.Load()),
            "integer": self._number,
            "float": self._number,
            "string": self._string,
            "concatenated_string": self._string,
            "binary_operator": self._binary,
            "unary_operator": lambda node: ast.UnaryOp(
                _UNARY[self._text(_field(node, "operator"))](), self.expression(_field(node, "argument"))
            ),
            "not_operator": lambda node: ast.UnaryOp(ast.Not(), self.expression(_field(node, "argument"))),
            "boolean_operator": self._boolean,
            "comparison_operator": self._comparison,
            "lambda": self._lambda,
            "conditional_expression": self._conditional,
            "named_expression": lambda node: ast.NamedExpr(
                _store(self.expression(_field(node, "name"))), self.expression(_field(node, "value"))
            ),
            "await": lambda node: ast.Await(self.expression(_parts(node)[0])),
            "yield": self._yield,
            "attribute": lambda node: ast.Attribute(
                self.expression(_field(node, "object")), self._text(_field(node, "attribute")), ast.Load()
            ),
            "subscript": self._subscript,
            "slice": self._slice,
            "call": self._call,
            "list": lambda node: ast.List(self._all(_parts(node)), ast.Load()),
            "set": lambda node: ast.Set(self._all(_parts(node))),
            "tuple": lambda node: ast.Tuple(self._all(_parts(node)), ast.Load()),
            "expression_list": lambda node: ast.Tuple(self._all(_parts(node)), ast.Load()),
            "pattern_list": lambda node: ast.Tuple(self._all(_parts(node)), ast.Load()),
            "tuple_pattern": self._unpacked,
            "list_pattern": lambda node: ast.List(self._all(_parts(node)), ast.Load()),
            "dictionary": self._dict,
            "list_comprehension": lambda node: ast.ListComp(*self._comprehended(node)),
            "set_comprehension": lambda node: ast.SetComp(*self._comprehended(node)),
            "generator_expression": lambda node: ast.GeneratorExp(*self._comprehended(node)),
            "dictionary_comprehension": self._dict_comprehension,
            "list_splat": lambda node: ast.Starred(self.expression(_parts(node)[0]), ast.Load()),
            "list_splat_pattern": lambda node: ast.Starred(self.expression(_parts(node)[0]), ast.Load()),
            "splat_type": lambda node: ast.Starred(self.expression(_parts(node)[0]), ast.Load()),
            "generic_type": self._generic,
            "union_type": self._union,
            "member_type": lambda node: ast.Attribute(
                self.expression(_parts(node)[0]), self._text(_parts(node)[1]), ast.Load()
            ),
        }

    # What all nodes have

    def _text(self, node: Node) -> str:
        return self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _placed(self, made: _Made, node: Node, last: Node | None = None) -> _Made:
        first, end = node.start_point, (last or node).end_point
        places = (first[0] + 1 + self._before, first[1], end[0] + 1 + self._before, end[1])
        for name, place in zip(ast.expr._attributes, places, strict=True):
            setattr(made, name, place)
        return made

    # Statements

    def suite(self, node: Node) -> list[ast.stmt]:
        """The statements of a block. What cannot be read is noted as lost, and the next one is read."""
        body: list[ast.stmt] = []
        for child in _parts(node):
            lost = len(self.lost)
            try:
                read = self._statement(child)
            except (_Unreadable, LookupError, ValueError, RecursionError):
                del self.lost[lost:]
                self.lost.append((child.start_point[0] + 1 + self._before, _last_line(child) + self._before))
            else:
                body.append(read)
        return body

    def _statement(self, node: Node) -> ast.stmt:
        if node.type not in self._statements:
            raise _Unreadable
        _check(node)
        made = self._statements[node.type](node)
        return made if hasattr(made, "lineno") else self._ended(self._placed(made, node))

    def _ended(self, made: _Made) -> _Made:
        """A compound statement ends with the last one in it. The grammar counts comments behind that too."""
        for part in ("finalbody", "orelse", "handlers", "cases", "body"):
            if inner := getattr(made, part, None):
                last = inner[-1].body[-1] if part == "cases" and inner[-1].body else inner[-1]
                if hasattr(last, "end_lineno"):
                    for name in ("end_lineno", "end_col_offset"):
                        setattr(made, name, getattr(last, name))
                break
        return made

    def _body(self, node: Node, field: str = "body") -> list[ast.stmt]:
        found = node.child_by_field_name(field)
        return self.suite(found) if found is not None else []

    def _else(self, node: Node) -> list[ast.stmt]:
        found = node.child_by_field_name("alternative")
        return self._body(found) if found is not None else []

    def _expression_statement(self, node: Node) -> ast.stmt:
        parts = _parts(node)
        if len(parts) == 1 and parts[0].type == "assignment":
            return self._assignment(parts[0])
        if len(parts) == 1 and parts[0].type == "augmented_assignment":
            left, operator, right = (_field(parts[0], name) for name in ("left", "operator", "right"))
            made = ast.AugAssign(
                _store(self.expression(left)), _OPERATORS[self._text(operator)[:-1]](), self.expression(right)
            )
            return self._placed(made, parts[0])
        if len(parts) > 1 or node.child_count > len(node.children) or self._text(node).rstrip().endswith(","):
            return ast.Expr(self._placed(ast.Tuple(self._all(parts), ast.Load()), node))
        return ast.Expr(self.expression(parts[0]))

    def _assignment(self, node: Node) -> ast.stmt:
        left, annotation, right = (node.child_by_field_name(name) for name in ("left", "type", "right"))
        if left is None:
            raise _Unreadable
        if annotation is not None:
            value = self.expression(right) if right is not None else None
            made = ast.AnnAssign(
                _store(self.expression(left)), self.expression(annotation), value, int(left.type == "identifier")
            )
            return self._placed(made, node)
        targets = [_store(self.expression(left))]
        while right is not None and right.type == "assignment":
            targets.append(_store(self.expression(_field(right, "left"))))
            right = right.child_by_field_name("right")
        if right is None:
            raise _Unreadable
        return self._placed(ast.Assign(targets, self.expression(right), None), node)

    def _raise(self, node: Node) -> ast.stmt:
        cause = node.child_by_field_name("cause")
        parts = [part for part in _parts(node) if part != cause]
        raised = self.expression(parts[0]) if parts else None
        return ast.Raise(raised, self.expression(cause) if cause is not None else None)

    def _assert(self, node: Node) -> ast.stmt:
        test, *message = self._all(_parts(node))
        return ast.Assert(test, message[0] if message else None)

    def _said(self, node: Node) -> ast.stmt:
        """``print x, y`` and ``exec x in y`` of Python 2: what is handed over, as Python 3 would call it."""
        name = self._placed(ast.Name(node.type.partition("_")[0], ast.Load()), node.children[0])
        parts = [_parts(part)[0] if part.type == "chevron" else part for part in _parts(node)]
        return ast.Expr(self._placed(ast.Call(name, self._all(parts), []), node))

    def _type_alias(self, node: Node) -> ast.stmt:
        left = _parts(_field(node, "left"))[0]
        name = _parts(left)[0] if left.type == "generic_type" else left
        if name.type != "identifier":  # ``type(x).name = 1``
            raise _Unreadable
        return ast.Assign([_store(self.expression(name))], self.expression(_field(node, "right")), None)

    def _if(self, node: Node) -> ast.stmt:
        made = ast.If(self.expression(_field(node, "condition")), self._body(node, "consequence"), [])
        last, chain = made, []
        for other in node.children_by_field_name("alternative"):
            _check(other)
            if other.type == "elif_clause":
                inner = ast.If(self.expression(_field(other, "condition")), self._body(other, "consequence"), [])
                last.orelse = [self._placed(inner, other)]
                chain.append(last := inner)
            else:
                last.orelse = self._body(other)
        for inner in reversed(chain):
            self._ended(inner)
        return made

    def _for(self, node: Node) -> ast.stmt:
        kind = ast.AsyncFor if node.children[0].type == "async" else ast.For
        target, over = _store(self.expression(_field(node, "left"))), self.expression(_field(node, "right"))
        return kind(target, over, self._body(node), self._else(node), None)

    def _try(self, node: Node) -> ast.stmt:
        made = ast.Try(self._body(node), [], [], [])
        kind: type[ast.Try] = ast.Try
        for part in _parts(node):
            if part.type.startswith("except"):
                if any(it.type in ("except*", "*") for it in part.children):
                    kind = getattr(ast, "TryStar", ast.Try)
                made.handlers.append(self._handler(part))
            elif part.type in ("else_clause", "finally_clause"):
                block = next((it for it in part.named_children if it.type == "block"), None)
                found = self.suite(block) if block is not None else []
                setattr(made, "orelse" if part.type == "else_clause" else "finalbody", found)
        return kind(made.body, made.handlers, made.orelse, made.finalbody)

    def _handler(self, node: Node) -> ast.ExceptHandler:
        """``except A, e:`` binds a name in Python 2 and takes two classes in Python 3.14: a name in small letters that
        ends the list is taken for the former."""
        _check(node)
        *caught, block = _parts(node)
        name = None
        alias = node.child_by_field_name("alias")
        if alias is not None:
            caught.remove(alias)
            name = self._text(alias)
        elif len(caught) == 1 and caught[0].type == "as_pattern":
            name = self._text(_field(caught[0], "alias"))
            caught = [_parts(caught[0])[0]]
        elif len(caught) == 2 and caught[1].type == "identifier" and self._text(caught[1]).islower():
            name = self._text(caught.pop())
        found = self._all(caught)
        kind = found[0] if len(found) == 1 else None
        if len(found) > 1:
            kind = self._placed(ast.Tuple(found, ast.Load()), caught[0], caught[-1])
        return self._ended(self._placed(ast.ExceptHandler(kind, name, self.suite(block)), node))

    def _with(self, node: Node) -> ast.stmt:
        items = []
        clause = next(part for part in _parts(node) if part.type == "with_clause")
        values = [_field(item, "value") for item in _parts(clause)]
        if len(values) == 1 and values[0].type == "tuple":  # ``with (a(), b()):``
            values = _parts(values[0])
        for value in map(_inside, values):
            if value.type == "as_pattern":
                entered = _parts(_field(value, "alias"))[0]
                items.append(ast.withitem(self.expression(_parts(value)[0]), _store(self.expression(entered))))
            else:
                items.append(ast.withitem(self.expression(value), None))
        kind = ast.AsyncWith if node.children[0].type == "async" else ast.With
        return kind(items, self._body(node), None)

    def _function(self, node: Node) -> ast.stmt:
        returns = node.child_by_field_name("return_type")
        kind = ast.AsyncFunctionDef if node.children[0].type == "async" else ast.FunctionDef
        return kind(
            name=self._text(_field(node, "name")),
            args=self._parameters(_field(node, "parameters")),
            body=self._body(node),
            decorator_list=[],
            returns=self.expression(returns) if returns is not None else None,
            type_comment=None,
            **_NO_TYPE_PARAMETERS,
        )

    def _class(self, node: Node) -> ast.stmt:
        above = node.child_by_field_name("superclasses")
        bases, keywords = self._arguments(above) if above is not None else ([], [])
        name = self._text(_field(node, "name"))
        return ast.ClassDef(name, bases, keywords, self._body(node), [], **_NO_TYPE_PARAMETERS)

    def _decorated(self, node: Node) -> ast.stmt:
        definition = _field(node, "definition")
        decorators = [self.expression(_parts(it)[0]) for it in _parts(node) if it.type == "decorator"]
        made = self._statement(definition)
        if isinstance(made, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made.decorator_list = decorators
        return made

    def _match(self, node: Node) -> ast.stmt:
        subjects = node.children_by_field_name("subject")
        found = self._all(subjects)
        subject = found[0]
        if len(found) > 1:
            subject = self._placed(ast.Tuple(found, ast.Load()), subjects[0], subjects[-1])
        cases = []
        for case in _parts(_field(node, "body")):
            _check(case)
            patterns = [part for part in _parts(case) if part.type == "case_pattern"]
            guard = case.child_by_field_name("guard")
            test = self.expression(_parts(guard)[0]) if guard is not None else None
            cases.append(ast.match_case(self._pattern(patterns, case), test, self._body(case, "consequence")))
        return ast.Match(subject, cases)

    def _pattern(self, patterns: list[Node], case: Node) -> ast.pattern:
        """The names that a pattern binds, and nothing else of it."""
        captures: list[ast.pattern] = []
        todo = [*patterns]
        while todo:
            node = todo.pop()
            if node.type == "identifier" or (node.type == "dotted_name" and node.named_child_count == 1):
                captures.append(self._placed(ast.MatchAs(None, self._text(node)), node))
            elif node.type in ("class_pattern", "keyword_pattern"):
                todo += _parts(node)[1:]
            elif node.type != "dotted_name":
                todo += _parts(node)
        return self._placed(ast.MatchSequence(captures), case)

    # Imports

    def _import_from(self, node: Node) -> ast.stmt:
        module = _field(node, "module_name")
        dots = 0
        name: str | None = self._text(module)
        if module.type == "relative_import":
            dots = len(self._text(module.children[0]))
            below = [part for part in _parts(module) if part.type == "dotted_name"]
            name = self._text(below[0]) if below else None
        stars = [part for part in _parts(node) if part.type == "wildcard_import"]
        names = [self._placed(ast.alias("*", None), stars[0])] if stars else self._aliases(node)
        return ast.ImportFrom(name, names, dots)

    def _aliases(self, node: Node) -> list[ast.alias]:
        found = []
        for part in node.children_by_field_name("name"):
            as_name = part.child_by_field_name("alias")
            name = _field(part, "name") if as_name is not None else part
            alias = ast.alias(_joined(self._text(name)), self._text(as_name) if as_name is not None else None)
            found.append(self._placed(alias, part))
        if not found:
            raise _Unreadable
        return found

    # Expressions

    def expression(self, node: Node) -> Any:
        """One expression. Brackets around it are passed over, as the compiler does."""
        while node.type in ("parenthesized_expression", "type", "parenthesized_list_splat"):
            node = _parts(node)[0]
        if node.type in _NAMED:
            return self._placed(ast.Constant(_NAMED[node.type]), node)
        make = self._expressions.get(node.type)
        if make is None:
            raise _Unreadable
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

    def _all(self, nodes: Sequence[Node]) -> list[Any]:
        return [self.expression(node) for node in nodes]

    def _optional(self, node: Node) -> Any:
        parts = _parts(node)
        return self.expression(parts[0]) if parts else None

    def _elements(self, node: Node) -> list[ast.expr]:
        found = self.expression(node)
        return found.elts if node.type == "expression_list" and isinstance(found, ast.Tuple) else [found]

    def _unpacked(self, node: Node) -> Any:
        found = self._all(_parts(node))
        is_tuple = len(found) != 1 or any(it.type == "," for it in node.children)
        return ast.Tuple(found, ast.Load()) if is_tuple else found[0]

    def _number(self, node: Node) -> ast.expr:
        text = self._text(node).rstrip("lL")
        old_octal = re.fullmatch(r"0[0-7]+", text)
        try:
            return ast.Constant(int(text, 8) if old_octal else ast.literal_eval(text))
        except (SyntaxError, ValueError):
            raise _Unreadable from None

    def _binary(self, node: Node) -> ast.expr:
        left, right = self.expression(_field(node, "left")), self.expression(_field(node, "right"))
        return ast.BinOp(left, _OPERATORS[self._text(_field(node, "operator"))](), right)

    def _union(self, node: Node) -> ast.expr:
        """``A | B | C`` in an annotation, which the grammar reads from the right."""
        left, right = _parts(node)
        made = self.expression(left)
        while (inner := _parts(right)[0] if right.type == "type" else right).type == "union_type":
            middle, right = _parts(inner)
            made = self._placed(ast.BinOp(made, ast.BitOr(), self.expression(middle)), node, middle)
        return self._placed(ast.BinOp(made, ast.BitOr(), self.expression(right)), node)

    def _boolean(self, node: Node) -> ast.expr:
        word = self._text(_field(node, "operator"))
        values = []
        left = node
        while left.type == "boolean_operator" and self._text(_field(left, "operator")) == word:
            values.append(self.expression(_field(left, "right")))
            left = _field(left, "left")
        return ast.BoolOp(ast.And() if word == "and" else ast.Or(), [self.expression(left), *reversed(values)])

    def _comparison(self, node: Node) -> ast.expr:
        first, *others = self._all(_parts(node))
        words = [re.sub(r"\s+", " ", self._text(it)) for it in node.children_by_field_name("operators")]
        return ast.Compare(first, [_COMPARISONS[word]() for word in words], others)

    def _lambda(self, node: Node) -> ast.expr:
        parameters = node.child_by_field_name("parameters")
        return ast.Lambda(self._parameters(parameters), self.expression(_field(node, "body")))

    def _conditional(self, node: Node) -> ast.expr:
        body, test, other = self._all(_parts(node))
        if _parts(node)[0].type == "named_expression":  # ``a := b if c else d``, in which the grammar takes ``a := b``
            value = _field(_parts(node)[0], "value")
            return ast.NamedExpr(body.target, self._placed(ast.IfExp(test, body.value, other), value, node))
        return ast.IfExp(test, body, other)

    def _yield(self, node: Node) -> ast.expr:
        if any(it.type == "from" for it in node.children):
            return ast.YieldFrom(self.expression(_parts(node)[0]))
        return ast.Yield(self._optional(node))

    def _subscript(self, node: Node) -> ast.expr:
        keys = node.children_by_field_name("subscript")
        return ast.Subscript(self.expression(_field(node, "value")), self._key(keys, node), ast.Load())

    def _generic(self, node: Node) -> ast.expr:
        name, arguments = _parts(node)
        return ast.Subscript(self.expression(name), self._key(_parts(arguments), arguments), ast.Load())

    def _key(self, keys: Sequence[Node], around: Node) -> Any:
        found = self._all(keys)
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
            elif part.type not in _BESIDE:
                bounds[-1] = self.expression(part)
        return ast.Slice(*[*bounds, None, None][:3])

    def _call(self, node: Node) -> ast.expr:
        called, given = self.expression(_field(node, "function")), _field(node, "arguments")
        places, keywords = self._arguments(given) if given.type == "argument_list" else ([self.expression(given)], [])
        return ast.Call(called, places, keywords)

    def _arguments(self, node: Node) -> tuple[list[ast.expr], list[ast.keyword]]:
        places, keywords = [], []
        for part in _parts(node):
            if part.type == "keyword_argument":
                value = self.expression(_field(part, "value"))
                keywords.append(self._placed(ast.keyword(self._text(_field(part, "name")), value), part))
            elif part.type == "dictionary_splat":
                keywords.append(self._placed(ast.keyword(None, self.expression(_parts(part)[0])), part))
            else:
                places.append(self.expression(part))
        return places, keywords

    def _dict(self, node: Node) -> ast.expr:
        keys: list[ast.expr | None] = []
        values = []
        for part in _parts(node):
            if part.type == "dictionary_splat":
                keys.append(None)
                values.append(self.expression(_parts(part)[0]))
            else:
                keys.append(self.expression(_field(part, "key")))
                values.append(self.expression(_field(part, "value")))
        return ast.Dict(keys, values)

    def _dict_comprehension(self, node: Node) -> ast.expr:
        pair = _field(node, "body")
        key, value = self.expression(_field(pair, "key")), self.expression(_field(pair, "value"))
        return ast.DictComp(key, value, self._clauses(node))

    def _comprehended(self, node: Node) -> tuple[ast.expr, list[ast.comprehension]]:
        return self.expression(_field(node, "body")), self._clauses(node)

    def _clauses(self, node: Node) -> list[ast.comprehension]:
        found: list[ast.comprehension] = []
        for part in _parts(node):
            if part.type == "for_in_clause":
                over = self._all(part.children_by_field_name("right"))
                target = _store(self.expression(_field(part, "left")))
                found.append(ast.comprehension(target, over[0], [], int(part.children[0].type == "async")))
            elif part.type == "if_clause":
                found[-1].ifs.append(self.expression(_parts(part)[0]))
        return found

    def _parameters(self, node: Node | None) -> ast.arguments:
        made = ast.arguments([], [], None, [], [], None, [])
        by_name = False
        for part in _parts(node) if node is not None else ():
            kind = part.type
            if kind == "positional_separator":
                made.posonlyargs, made.args = made.args, []
            elif kind == "keyword_separator":
                by_name = True
            else:
                argument, stars = self._parameter(part)
                default = part.child_by_field_name("value")
                value = self.expression(default) if default is not None else None
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
        inner = node.child_by_field_name("name") or (_parts(node)[0] if node.type == "typed_parameter" else node)
        stars = {"list_splat_pattern": 1, "dictionary_splat_pattern": 2}.get(inner.type, 0)
        name = _parts(inner)[0] if stars else inner
        if name.type not in ("identifier", "tuple_pattern"):
            raise _Unreadable
        text = self._text(name) if name.type == "identifier" else ""
        made = ast.arg(text, self.expression(annotation) if annotation is not None else None, None)
        placed = self._placed(made, name, annotation)
        return placed, stars

    # Texts

    def _string(self, node: Node) -> ast.expr:
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
        strings = _parts(node) if node.type == "concatenated_string" else [node]
        return any(not {"f", "t", "`"}.isdisjoint(self._text(it.children[0]).lower()) for it in strings)

    def _pieces(self, node: Node) -> Iterator[str | bytes | ast.expr]:
        if node.type == "concatenated_string":
            for part in _parts(node):
                yield from self._pieces(part)
            return
        start, *inner, end = node.children
        if (found := _PREFIX.fullmatch(self._text(start))) is None:
            raise _Unreadable
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
        text = self._data[start:end].decode("utf-8", "replace")
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
        shown = _field(node, "expression")
        value = self.expression(shown)
        conversion = node.child_by_field_name("type_conversion")
        kind = ord(self._text(conversion)[1]) if conversion is not None else -1
        spec = node.child_by_field_name("format_specifier")
        named = next((it for it in node.children if it.type == "="), None)
        if named is not None:
            behind = re.match(r"\s*", self._data[named.end_byte :][:100].decode("utf-8", "replace"))
            yield self._data[node.start_byte + 1 : named.end_byte].decode("utf-8", "replace") + (
                behind[0] if behind else ""
            )
            kind = ord("r") if conversion is None and spec is None else kind
        form = self._specifier(spec) if spec is not None else None
        yield self._placed(ast.FormattedValue(value, kind, form), node)

    def _specifier(self, node: Node) -> ast.JoinedStr:
        values: list[ast.expr] = []
        at = node.start_byte + 1
        for part in [it for it in _parts(node) if it.type in ("interpolation", "format_expression")]:
            if part.start_byte > at:
                values.append(self._placed(ast.Constant(self._data[at : part.start_byte].decode()), node))
            values += [it for it in self._interpolated(part) if not isinstance(it, str)]
            at = part.end_byte
        if node.end_byte > at:
            text = self._data[at : node.end_byte].decode("utf-8", "replace")
            values.append(self._placed(ast.Constant(text), node))
        return self._placed(ast.JoinedStr(values), node)


_NO_TYPE_PARAMETERS: Final[dict[str, Any]] = {"type_params": []} if "type_params" in ast.ClassDef._fields else {}


def _parts(node: Node) -> list[Node]:
    """The named children, comments left aside."""
    return [child for child in node.named_children if child.type not in _BESIDE]


def _inside(node: Node) -> Node:
    """What stands in brackets that may hold ``a as b``."""
    while node.type == "parenthesized_expression" and _parts(node)[0].type == "as_pattern":
        node = _parts(node)[0]
    return node


def _check(node: Node) -> None:
    """Whether nothing is wrong with a simple statement, or with what is no suite in a compound one."""
    if node.has_error and any(it.is_error or (it.has_error and it.type not in _SUITES) for it in node.children):
        raise _Unreadable


def _field(node: Node, name: str) -> Node:
    found = node.child_by_field_name(name)
    if found is None:
        raise _Unreadable
    return found


def _last_line(node: Node) -> int:
    row, column = node.end_point
    return row + (column > 0 or row == node.start_point[0])


def _joined(name: str) -> str:
    return re.sub(r"\s+", "", name)


def _store(target: Any) -> Any:
    """A target as the compiler marks it, with everything in it."""
    return _stored([target], ast.Store)[0]


def _stored(targets: list[Any], context: type[ast.expr_context]) -> list[Any]:
    todo = [*targets]
    while todo:
        target = todo.pop()
        if hasattr(target, "ctx"):
            target.ctx = context()
        if isinstance(target, ast.Tuple | ast.List):
            todo += target.elts
        elif isinstance(target, ast.Starred):
            todo.append(target.value)
    return targets
