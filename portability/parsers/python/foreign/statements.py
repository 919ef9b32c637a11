"""Statements, imports among them. One that cannot be read is left out with what hangs on it, and the next is read."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Final, TypeVar

from tree_sitter import Node

from portability.parsers.python.foreign.expressions import OPERATORS, Expressions
from portability.parsers.python.foreign.nodes import (
    Piece,
    UnreadableError,
    check,
    children,
    joined,
    last_line,
    needed,
    store,
    stored,
    unbracketed,
)

_Made = TypeVar("_Made", bound=ast.AST)
_NO_TYPE_PARAMETERS: Final[dict[str, Any]] = {"type_params": []} if "type_params" in ast.ClassDef._fields else {}


class Suites:
    """Reads the statements of a piece. ``lost`` are the spans of lines, from 1, that were left out."""

    def __init__(self, piece: Piece) -> None:
        self._piece = piece
        self._text, self._placed = piece.text, piece.placed
        self._expressions = Expressions(piece)
        self._read = self._expressions.read
        self.lost: list[tuple[int, int]] = []
        self._makers: dict[str, Callable[[Node], ast.stmt]] = {
            "expression_statement": self._expression_statement,
            "return_statement": lambda node: ast.Return(self._expressions.optional(node)),
            "delete_statement": lambda node: ast.Delete(stored(self._expressions.elements(children(node)[0]), ast.Del)),
            "raise_statement": self._raise,
            "pass_statement": lambda _: ast.Pass(),
            "break_statement": lambda _: ast.Break(),
            "continue_statement": lambda _: ast.Continue(),
            "global_statement": lambda node: ast.Global([self._text(it) for it in children(node)]),
            "nonlocal_statement": lambda node: ast.Nonlocal([self._text(it) for it in children(node)]),
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
                self._read(needed(node, "condition")), self._body(node), self._else(node)
            ),
            "try_statement": self._try,
            "with_statement": self._with,
            "function_definition": self._function,
            "class_definition": self._class,
            "decorated_definition": self._decorated,
            "match_statement": self._match,
        }

    def suite(self, node: Node) -> list[ast.stmt]:
        """The statements of a block. What cannot be read is noted as lost, and the next one is read."""
        body: list[ast.stmt] = []
        for child in children(node):
            lost = len(self.lost)
            try:
                read = self._statement(child)
            except (UnreadableError, LookupError, ValueError, RecursionError):
                del self.lost[lost:]
                self.lost.append(
                    (child.start_point[0] + 1 + self._piece.lines_before, last_line(child) + self._piece.lines_before)
                )
            else:
                body.append(read)
        return body

    def _statement(self, node: Node) -> ast.stmt:
        if node.type not in self._makers:
            raise UnreadableError
        check(node)
        made = self._makers[node.type](node)
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
        parts = children(node)
        if len(parts) == 1 and parts[0].type == "assignment":
            return self._assignment(parts[0])
        if len(parts) == 1 and parts[0].type == "augmented_assignment":
            left, operator, right = (needed(parts[0], name) for name in ("left", "operator", "right"))
            made = ast.AugAssign(
                store(self._read(left)),
                OPERATORS[self._text(operator)[:-1]](),
                self._read(right),
            )
            return self._placed(made, parts[0])
        if len(parts) > 1 or node.child_count > len(node.children) or self._text(node).rstrip().endswith(","):
            return ast.Expr(self._placed(ast.Tuple(self._expressions.all(parts), ast.Load()), node))
        return ast.Expr(self._read(parts[0]))

    def _assignment(self, node: Node) -> ast.stmt:
        left, annotation, right = (node.child_by_field_name(name) for name in ("left", "type", "right"))
        if left is None:
            raise UnreadableError
        if annotation is not None:
            value = self._read(right) if right is not None else None
            made = ast.AnnAssign(
                store(self._read(left)),
                self._read(annotation),
                value,
                int(left.type == "identifier"),
            )
            return self._placed(made, node)
        targets = [store(self._read(left))]
        while right is not None and right.type == "assignment":
            targets.append(store(self._read(needed(right, "left"))))
            right = right.child_by_field_name("right")
        if right is None:
            raise UnreadableError
        return self._placed(ast.Assign(targets, self._read(right), None), node)

    def _raise(self, node: Node) -> ast.stmt:
        cause = node.child_by_field_name("cause")
        parts = [part for part in children(node) if part != cause]
        raised = self._read(parts[0]) if parts else None
        return ast.Raise(raised, self._read(cause) if cause is not None else None)

    def _assert(self, node: Node) -> ast.stmt:
        test, *message = self._expressions.all(children(node))
        return ast.Assert(test, message[0] if message else None)

    def _said(self, node: Node) -> ast.stmt:
        """``print x, y`` and ``exec x in y`` of Python 2: what is handed over, as Python 3 would call it."""
        name = self._placed(ast.Name(node.type.partition("_")[0], ast.Load()), node.children[0])
        parts = [children(part)[0] if part.type == "chevron" else part for part in children(node)]
        return ast.Expr(self._placed(ast.Call(name, self._expressions.all(parts), []), node))

    def _type_alias(self, node: Node) -> ast.stmt:
        left = children(needed(node, "left"))[0]
        name = children(left)[0] if left.type == "generic_type" else left
        if name.type != "identifier":  # ``type(x).name = 1``
            raise UnreadableError
        return ast.Assign([store(self._read(name))], self._read(needed(node, "right")), None)

    def _if(self, node: Node) -> ast.stmt:
        made = ast.If(self._read(needed(node, "condition")), self._body(node, "consequence"), [])
        last, chain = made, []
        for other in node.children_by_field_name("alternative"):
            check(other)
            if other.type == "elif_clause":
                inner = ast.If(self._read(needed(other, "condition")), self._body(other, "consequence"), [])
                last.orelse = [self._placed(inner, other)]
                chain.append(last := inner)
            else:
                last.orelse = self._body(other)
        for inner in reversed(chain):
            self._ended(inner)
        return made

    def _for(self, node: Node) -> ast.stmt:
        kind = ast.AsyncFor if node.children[0].type == "async" else ast.For
        target, over = (
            store(self._read(needed(node, "left"))),
            self._read(needed(node, "right")),
        )
        return kind(target, over, self._body(node), self._else(node), None)

    def _try(self, node: Node) -> ast.stmt:
        made = ast.Try(self._body(node), [], [], [])
        kind: type[ast.Try] = ast.Try
        for part in children(node):
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
        check(node)
        *caught, block = children(node)
        name = None
        alias = node.child_by_field_name("alias")
        if alias is not None:
            caught.remove(alias)
            name = self._text(alias)
        elif len(caught) == 1 and caught[0].type == "as_pattern":
            name = self._text(needed(caught[0], "alias"))
            caught = [children(caught[0])[0]]
        elif len(caught) == 2 and caught[1].type == "identifier" and self._text(caught[1]).islower():
            name = self._text(caught.pop())
        found = self._expressions.all(caught)
        kind = found[0] if len(found) == 1 else None
        if len(found) > 1:
            kind = self._placed(ast.Tuple(found, ast.Load()), caught[0], caught[-1])
        return self._ended(self._placed(ast.ExceptHandler(kind, name, self.suite(block)), node))

    def _with(self, node: Node) -> ast.stmt:
        items = []
        clause = next(part for part in children(node) if part.type == "with_clause")
        values = [needed(item, "value") for item in children(clause)]
        if len(values) == 1 and values[0].type == "tuple":  # ``with (a(), b()):``
            values = children(values[0])
        for value in map(unbracketed, values):
            if value.type == "as_pattern":
                entered = children(needed(value, "alias"))[0]
                items.append(ast.withitem(self._read(children(value)[0]), store(self._read(entered))))
            else:
                items.append(ast.withitem(self._read(value), None))
        kind = ast.AsyncWith if node.children[0].type == "async" else ast.With
        return kind(items, self._body(node), None)

    def _function(self, node: Node) -> ast.stmt:
        returns = node.child_by_field_name("return_type")
        kind = ast.AsyncFunctionDef if node.children[0].type == "async" else ast.FunctionDef
        return kind(
            name=self._text(needed(node, "name")),
            args=self._expressions.parameters(needed(node, "parameters")),
            body=self._body(node),
            decorator_list=[],
            returns=self._read(returns) if returns is not None else None,
            type_comment=None,
            **_NO_TYPE_PARAMETERS,
        )

    def _class(self, node: Node) -> ast.stmt:
        above = node.child_by_field_name("superclasses")
        bases, keywords = self._expressions.arguments(above) if above is not None else ([], [])
        name = self._text(needed(node, "name"))
        return ast.ClassDef(name, bases, keywords, self._body(node), [], **_NO_TYPE_PARAMETERS)

    def _decorated(self, node: Node) -> ast.stmt:
        definition = needed(node, "definition")
        decorators = [self._read(children(it)[0]) for it in children(node) if it.type == "decorator"]
        made = self._statement(definition)
        if isinstance(made, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made.decorator_list = decorators
        return made

    def _match(self, node: Node) -> ast.stmt:
        subjects = node.children_by_field_name("subject")
        found = self._expressions.all(subjects)
        subject = found[0]
        if len(found) > 1:
            subject = self._placed(ast.Tuple(found, ast.Load()), subjects[0], subjects[-1])
        cases = []
        for case in children(needed(node, "body")):
            check(case)
            patterns = [part for part in children(case) if part.type == "case_pattern"]
            guard = case.child_by_field_name("guard")
            test = self._read(children(guard)[0]) if guard is not None else None
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
                todo += children(node)[1:]
            elif node.type != "dotted_name":
                todo += children(node)
        return self._placed(ast.MatchSequence(captures), case)

    def _import_from(self, node: Node) -> ast.stmt:
        module = needed(node, "module_name")
        dots = 0
        name: str | None = self._text(module)
        if module.type == "relative_import":
            dots = len(self._text(module.children[0]))
            below = [part for part in children(module) if part.type == "dotted_name"]
            name = self._text(below[0]) if below else None
        stars = [part for part in children(node) if part.type == "wildcard_import"]
        names = [self._placed(ast.alias("*", None), stars[0])] if stars else self._aliases(node)
        return ast.ImportFrom(name, names, dots)

    def _aliases(self, node: Node) -> list[ast.alias]:
        found = []
        for part in node.children_by_field_name("name"):
            as_name = part.child_by_field_name("alias")
            name = needed(part, "name") if as_name is not None else part
            alias = ast.alias(joined(self._text(name)), self._text(as_name) if as_name is not None else None)
            found.append(self._placed(alias, part))
        if not found:
            raise UnreadableError
        return found
