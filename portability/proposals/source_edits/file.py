"""One Python file while it is edited: what stands where, the changes that edits ask for, and the patch of them all.

LibCST keeps everything that no edit touches as it was, to the byte.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor, RemoveImportsVisitor
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider, Scope, ScopeProvider

from portability.model import Finding, Location
from portability.patterns import regex
from portability.proposals.patches import unified
from portability.proposals.source_edits.exposed import exposed
from portability.proposals.source_edits.imports import in_groups, with_imports

NodeT = TypeVar("NodeT", bound=cst.CSTNode)
Change: TypeAlias = Callable[[Any], cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[Any]]
"""A node as it is by then, with what changed inside it → what takes its place."""
_DEFINED = regex(r"^def (\w+)", re.MULTILINE)
_MARK = "\ufeff"
_ONE_BYTE = ("iso-8859-", "cp125", "ascii")
_SOLD_AS = {"botocore": "boto3"}
"""Distributions by the packages that they bring, where these are called otherwise."""
_FAULTS = (cst.ParserSyntaxError, SyntaxError, tokenize.TokenError, UnicodeError, RecursionError, ValueError)


class Unreadable(ValueError):
    """A file that cannot be edited, and why."""


class SourceFile:
    """A file's tree and what is to become of it. Raises Unreadable where it has none that would come back the same.

    An edit looks first and asks for changes only when it is sure of all that belong together. ``borrowed`` are names
    that the file uses of others, ``owned`` are those that may mean something else now, so that no other may use them.
    ``moved`` are services whose data is elsewhere for this file from now on.
    """

    def __init__(self, path: str, source: bytes) -> None:
        self.path = path
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
            self._is_unicode = encoding.startswith("utf-8")
            if not self._is_unicode and not encoding.startswith(_ONE_BYTE):
                raise Unreadable(f"The file is in {encoding}; only UTF-8 and encodings of one byte are edited.")
            whole = source.decode("utf-8" if self._is_unicode else encoding)
            self.text = whole.removeprefix(_MARK)
            self._mark = whole.removesuffix(self.text)
            # A tree fresh from the parser holds no node twice, so it needs no copy.
            self._wrapper = MetadataWrapper(cst.parse_module(self.text), unsafe_skip_copy=True)
        except _FAULTS as error:
            if isinstance(error, Unreadable):
                raise
            raise Unreadable("The file does not parse as Python.") from error
        self.module = self._wrapper.module
        if self.module.code != self.text:
            raise Unreadable("The file would not come back as it is.")
        self.edited: list[Finding] = []
        self.left: dict[Location, str] = {}
        self.decisions: list[str] = []
        self.borrowed: set[str] = set()
        self.owned: set[str] = set()
        self.moved: set[str] = set()
        self._retired: list[tuple[cst.Assign, str, Finding | None]] = []
        self._removed: dict[cst.CSTNode, set[cst.CSTNode]] = {}
        self._changes: dict[cst.CSTNode, Change] = {}
        self._needed: list[tuple[str, str | None]] = []
        self._dropped: list[tuple[str, str | None]] = []
        self._helpers: list[str] = []

    def at(self, place: Location, kind: type[NodeT]) -> NodeT | None:
        """The outermost node of a kind at exactly this place."""
        span = (place.line, place.column - 1, place.end_line, place.end_column - 1)
        return next((node for node in self._by_span.get(span, ()) if isinstance(node, kind)), None)

    def says(self, name: str) -> bool:
        """Whether a name is used for anything."""
        return any(one.value == name for one in self.all(cst.Name))

    def imports(self, module: str) -> bool:
        """Whether the file imports a module, or something of it."""
        return module in self.imported

    @property
    def imported(self) -> list[str]:
        """The modules that the file imports, or imports from, by their names; relative ones without their dots."""
        named = [alias.name for one in self.all(cst.Import) for alias in one.names]
        named += [one.module for one in self.all(cst.ImportFrom) if one.module is not None]
        return [self.source(one) for one in named]

    @property
    def installs(self) -> set[str]:
        """The distributions that it imports from now on and did not before, of those that an edit asks for."""
        before = {name.partition(".")[0] for name in self.imported}
        needed = {name.partition(".")[0] for name, _ in self._needed} - before
        return {_SOLD_AS.get(name, name) for name in needed if name not in sys.stdlib_module_names}

    def line(self, node: cst.CSTNode) -> int:
        """Where a node begins, from 1."""
        return int(self._positions[node].start.line)

    def lines(self, node: cst.CSTNode) -> range:
        """The lines of a node, from 1."""
        span = self._positions[node]
        return range(span.start.line, span.end.line + 1)

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """What a node stands in."""
        parent: cst.CSTNode = self._parents[node]
        return parent

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """What a node stands in, from the inside out; the module comes last."""
        while not isinstance(node, cst.Module):
            node = self.parent(node)
            yield node

    def scope(self, node: cst.CSTNode) -> Scope | None:
        """The scope that a name stands in; None where LibCST knows none."""
        scope: Scope | None = self._scopes.get(node)
        return scope

    def margin(self, node: cst.CSTNode) -> str:
        """What the line of a node is indented by."""
        line = self.text.split("\n")[self.line(node) - 1]
        return line[: len(line) - len(line.lstrip())]

    def source(self, node: cst.CSTNode) -> str:
        """A node as it is written."""
        return self.module.code_for_node(node)

    def change(self, node: cst.CSTNode, change: Change) -> None:
        """Put something in the place of a node."""
        self._changes[node] = change

    def replace(self, node: cst.CSTNode, code: str) -> None:
        """Put an expression in the place of a node."""
        self.change(node, lambda _: cst.parse_expression(code))

    def remove(self, holder: cst.CSTNode) -> None:
        """Take away a statement of its own, an entry of a dict or an argument."""
        parent = self.parent(holder)
        if isinstance(parent, cst.SimpleStatementLine):
            self.change(parent if len(parent.body) == 1 else holder, lambda _: cst.RemoveFromParent())
        else:
            self._removed.setdefault(parent, set()).add(holder)
            self.change(parent, self._without(parent))

    def _without(self, parent: cst.CSTNode) -> Change:
        """What takes entries out of a dict or a call, and leaves the bracket where it is."""
        name = "elements" if isinstance(parent, cst.Dict) else "args"
        old = getattr(parent, name)

        def change(node: Any) -> Any:
            gone = self._removed[parent]
            kept = [new for was, new in zip(old, getattr(node, name), strict=True) if was not in gone]
            if kept and old[-1] in gone:
                last: Any = old[-1]
                kept[-1] = kept[-1].with_changes(comma=last.comma)
            return node.with_changes(**{name: kept})

        return change

    def all(self, kind: type[NodeT]) -> Iterator[NodeT]:
        """Every node of a kind."""
        return (node for node in self._positions if isinstance(node, kind))

    def retire(self, statement: cst.Assign, lent: str, finding: Finding | None = None) -> None:
        """Take a statement away, unless another file borrows what it binds; with it goes what was found in it."""
        self._retired.append((statement, lent, finding))

    def follow(self, statement: cst.SimpleStatementLine, *codes: str) -> None:
        """Put statements behind one."""
        new = [cst.parse_statement(code, self.module.config_for_parsing) for code in codes]
        self.change(statement, lambda node: cst.FlattenSentinel([node, *new]))

    def import_(self, module: str, name: str | None = None) -> None:
        """Import a module or a name of it, once."""
        self._needed.append((module, name))

    def drop_import(self, module: str, name: str | None = None) -> None:
        """Take an import away where nothing uses it any more."""
        self._dropped.append((module, name))

    def define(self, code: str) -> None:
        """Define something behind the imports, once."""
        if code not in self._helpers:
            self._helpers.append(code)

    @property
    def defines(self) -> list[str]:
        """The names of the functions that it defines from now on and did not before."""
        return [name for code in self._helpers for name in _DEFINED.findall(code)]

    def decide(self, text: str) -> None:
        """Leave a decision to a person."""
        if text not in self.decisions:
            self.decisions.append(text)

    def done(self, *findings: Finding) -> None:
        """Say that the changes take these findings away."""
        self.edited += [finding for finding in findings if finding not in self.edited]

    def leave(self, finding: Finding, why: str) -> None:
        """Say why nothing is changed for a finding."""
        self.left.setdefault(finding.location, why)

    def patch(self, borrowed: Collection[str] = ()) -> str:
        """A unified diff that ``git apply`` takes; empty where nothing is to change.

        ``borrowed`` are names that other files use. Raises Unreadable where the result would not parse, and where the
        patch would show a secret.
        """
        if not self._changes:
            return ""
        if shared := sorted(self.owned.intersection(borrowed)):
            raise Unreadable(f"Another file uses `{shared[0]}` as it is.")
        for statement, lent, finding in self._retired:
            line = self.parent(statement)
            if lent not in borrowed and isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
                self.change(line, lambda _: cst.RemoveFromParent())
                self.done(*filter(None, [finding]))
        try:
            after = self._after()
            ast.parse(after)
            patch = unified(self.path, self._mark + self.text, self._mark + after)
            secret = exposed(self.text, patch)
        except _FAULTS as error:
            raise Unreadable("The file would not parse any more.") from error
        if not self._is_unicode and not patch.isascii():
            raise Unreadable("A line beside an edit is not ASCII, and the file not UTF-8, as patches are.")
        if secret:
            raise Unreadable(f"What looks like a secret stands in line {secret}; a patch would show it: move it first.")
        return patch

    def _after(self) -> str:
        module = with_imports(self._wrapper.visit(_Changes(self._changes)), self._needed)
        context = CodemodContext()
        for name, part in self._needed:
            AddImportsVisitor.add_needed_import(context, name, part)
        module = AddImportsVisitor(context).transform_module(module)
        if self._dropped and not self.path.endswith("__init__.py"):  # what is imported there may be for others
            for name, part in self._dropped:
                RemoveImportsVisitor.remove_unused_import(context, name, part)
            module = in_groups(module, RemoveImportsVisitor(context).transform_module(module))
        return _defined(module, self._helpers).code

    @cached_property
    def _positions(self) -> Any:
        return self._wrapper.resolve(PositionProvider)

    @cached_property
    def _parents(self) -> Any:
        return self._wrapper.resolve(ParentNodeProvider)

    @cached_property
    def _scopes(self) -> Any:
        return self._wrapper.resolve(ScopeProvider)

    @cached_property
    def _by_span(self) -> dict[tuple[int, int, int, int], list[cst.CSTNode]]:
        found: dict[tuple[int, int, int, int], list[cst.CSTNode]] = {}
        for node, span in self._positions.items():
            key = (span.start.line, span.start.column, span.end.line, span.end.column)
            found.setdefault(key, []).append(node)
        return found


class _Changes(cst.CSTTransformer):
    def __init__(self, changes: dict[cst.CSTNode, Change]) -> None:
        super().__init__()
        self._by_node = changes

    def on_leave(self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT) -> Any:
        change = self._by_node.get(original_node)
        return updated_node if change is None else change(updated_node)


def _defined(module: cst.Module, helpers: list[str]) -> cst.Module:
    """A module with definitions behind the imports at its top."""
    body = list(module.body)
    behind = next((at for at, one in enumerate(body) if not _opens(one)), len(body))
    new = [one for code in helpers for one in _statements(module, code)]
    rest = body[behind:]
    if new and rest and isinstance(first := rest[0], cst.SimpleStatementLine | cst.BaseCompoundStatement):
        blank = 2 - next((at for at, line in enumerate(first.leading_lines) if line.comment), len(first.leading_lines))
        lines = [*[cst.EmptyLine(indent=False)] * blank, *first.leading_lines]
        rest = [first.with_changes(leading_lines=lines), *rest[1:]]
    return module.with_changes(body=[*body[:behind], *new, *rest])


def _statements(module: cst.Module, code: str) -> Sequence[cst.BaseStatement | cst.SimpleStatementLine]:
    parsed = cst.parse_module(code.replace("\n", module.default_newline), module.config_for_parsing)
    first, *others = parsed.body
    lines = [*parsed.header, *first.leading_lines] if isinstance(first, cst.FunctionDef) else []
    return [first.with_changes(leading_lines=lines), *others]


def _opens(statement: cst.BaseStatement | cst.BaseSmallStatement) -> bool:
    """Whether a statement belongs to the top of a module: its docstring, imports, and tries at imports."""
    match statement:
        case cst.SimpleStatementLine(body=parts):
            return all(isinstance(part, cst.Import | cst.ImportFrom | cst.Expr) for part in parts) and not any(
                isinstance(part, cst.Expr) and not isinstance(part.value, cst.SimpleString) for part in parts
            )
        case cst.Try(body=cst.IndentedBlock(body=parts)) | cst.If(body=cst.IndentedBlock(body=parts)):
            return all(_opens(part) for part in parts)
    return False
