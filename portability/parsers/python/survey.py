"""One pass over a syntax tree: which scopes there are, what every name is bound to, and where calls stand.

Nothing is evaluated here. The walk keeps its own stacks, so that depth costs memory and not the interpreter's stack.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TypeAlias

from portability.parsers.python.scopes import (
    CONSTRUCTED,
    Binding,
    Block,
    How,
    Import,
    Module,
    Scope,
    Site,
    module_name,
    order_of,
)

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_BESIDE = frozenset({"setter", "deleter", "overload"})
"""Decorators of a function that does not replace what its name holds."""

_OF_THE_LANGUAGE = frozenset({"property", "staticmethod", "classmethod", "cached_property", "abstractmethod"}) | _BESIDE

_LEAVES = frozenset({ast.Name, ast.Constant, type(None)})

_CHAINED = {
    ast.Attribute: attrgetter("value"),
    ast.Starred: attrgetter("value"),
    ast.Await: attrgetter("value"),
    ast.FormattedValue: attrgetter("value"),
    ast.UnaryOp: attrgetter("operand"),
}
"""Expression → the one that it is made of."""

_INSIDE = {
    ast.BoolOp: attrgetter("values"),
    ast.JoinedStr: attrgetter("values"),
    ast.List: attrgetter("elts"),
    ast.Tuple: attrgetter("elts"),
    ast.Set: attrgetter("elts"),
    ast.BinOp: attrgetter("left", "right"),
    ast.Subscript: attrgetter("value", "slice"),
    ast.Slice: attrgetter("lower", "upper", "step"),
    ast.IfExp: attrgetter("test", "body", "orelse"),
}
"""Expression → its parts. The others have methods below."""


def survey(tree: ast.Module, path: str) -> Module:
    """Walk the whole tree of a file once."""
    return _Survey(tree, path).run()


def _order(node: ast.stmt | ast.expr) -> int:
    return node.lineno << 32 | node.col_offset


class _Survey:
    def __init__(self, tree: ast.Module, path: str) -> None:
        self._path = path
        self._module = Scope("module", module_name(path), path=path)
        self._imports: list[Import] = []
        self._calls: list[tuple[ast.Call, Site]] = []
        self._todo: list[tuple[Sequence[ast.stmt], Scope, Block]] = [(tree.body, self._module, Block())]
        self._inner: list[tuple[Iterable[ast.expr], Site]] = []
        self._scopes = [self._module]
        self._parts: set[str] = set()

    def run(self) -> Module:
        statements: dict[type[ast.stmt], Callable[..., None]] = {
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated_assign,
            ast.AugAssign: self._augmented_assign,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Return: self._return,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.If: self._branches,
            ast.While: self._branches,
            ast.Try: self._try,
            ast.Match: self._match,
            ast.Global: self._global,
            ast.Nonlocal: self._nonlocal,
        }
        if hasattr(ast, "TryStar"):
            statements[ast.TryStar] = self._try
        while self._todo:
            suite, scope, block = self._todo.pop()
            for node in suite:
                site = Site(scope, block, _order(node))
                handle = statements.get(type(node))
                if handle is not None:
                    handle(node, site)
                else:
                    self._expressions(ast.iter_child_nodes(node), site)
                while self._inner:
                    self._expressions(*self._inner.pop())
        for scope in self._scopes:
            for bindings in scope.names.values():
                if len(bindings) > 1:  # suites are walked when their turn comes, which is not the order of the file
                    bindings.sort(key=order_of)
        return Module(self._module, self._imports, self._calls, self._scopes, frozenset(self._parts))

    def _scope(self, scope: Scope) -> Scope:
        self._scopes.append(scope)
        return scope

    # Expressions

    def _expressions(self, roots: Iterable[ast.AST | None], site: Site) -> None:
        """Note the calls in these expressions, and whatever in them opens a scope or binds a name."""
        stack = list(roots)
        calls = self._calls
        inside, chained = _INSIDE, _CHAINED
        while stack:
            node = stack.pop()
            kind = type(node)
            while kind in chained:
                node = chained[kind](node)
                kind = type(node)
            if kind in _LEAVES:
                continue
            if isinstance(node, ast.Call):
                calls.append((node, site))
                if type(node.func) is ast.Attribute and node.func.attr == "__init__":
                    site.scope.bind(CONSTRUCTED, Binding("value", site, node))
                stack.append(node.func)
                stack.extend(node.args)
                if node.keywords:
                    stack.extend([keyword.value for keyword in node.keywords])
            elif kind in inside:
                stack.extend(inside[kind](node))
            elif node is not None:
                stack.extend(self._rare(node, site))

    def _rare(self, node: ast.AST, site: Site) -> Iterable[ast.AST | None]:
        """The parts of an expression that opens a scope, binds a name or is seldom met."""
        match node:
            case ast.Lambda():
                self._lambda(node, site)
                return ()
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                self._comprehension(node, (node.elt,), site)
                return ()
            case ast.DictComp():
                self._comprehension(node, (node.key, node.value), site)
                return ()
            case ast.NamedExpr():
                site.scope.home.bind(node.target.id, Binding("value", site, node.value))
            case ast.Yield(value=ast.expr() as value) | ast.YieldFrom(value=value):
                site.scope.home.results.append((value, site))
        return ast.iter_child_nodes(node)

    def _lambda(self, node: ast.Lambda, site: Site) -> None:
        scope = self._scope(Scope("function", "<lambda>", site.scope, site=site, path=self._path))
        inner = Site(scope, Block(), site.order)
        site.scope.inner[node] = inner
        self._parameters(node.args, scope, site, "")
        scope.results.append((node.body, inner))
        self._inner.append(((node.body,), inner))

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, made: Iterable[ast.expr], site: Site
    ) -> None:
        scope = self._scope(Scope("comprehension", "", site.scope, site=site, path=self._path))
        inner = Site(scope, Block(), site.order)
        site.scope.inner[node] = inner
        for clause in node.generators:
            self._bind(clause.target, "element", clause.iter, inner)
            self._inner.append(((clause.iter, *clause.ifs), inner))
        self._inner.append((made, inner))

    # Binding

    def _bind(self, target: ast.expr, how: How, value: ast.expr | None, site: Site) -> None:
        """Bind a target, or every name inside a target that unpacks."""
        todo: list[tuple[ast.expr, Binding]] = [(target, Binding(how, site, value))]
        while todo:
            target, binding = todo.pop()
            if isinstance(target, ast.Name):
                site.scope.bind(target.id, binding)
            elif isinstance(target, ast.Tuple | ast.List):
                todo.extend(self._unpacked(target, binding, site))
            elif isinstance(target, ast.Starred):
                todo.append((target.value, Binding("opaque", site)))
            else:
                self._bind_place(target, binding, site)

    def _unpacked(
        self, target: ast.Tuple | ast.List, binding: Binding, site: Site
    ) -> Iterator[tuple[ast.expr, Binding]]:
        for index, part in enumerate(target.elts):
            if binding.how == "value":
                yield part, Binding("item", site, binding.node, index=index)
            elif binding.how == "element" and binding.index is None:
                yield part, Binding("element", binding.site, binding.node, index=index)
            else:
                yield part, Binding("opaque", site)

    def _bind_place(self, target: ast.expr, binding: Binding, site: Site) -> None:
        """Bind ``self.x``, ``x.y``, ``x["key"]`` or ``self.x["key"]``. Other places are nobody's name."""
        suffix = ""
        if isinstance(target, ast.Subscript):
            self._expressions((target.value, target.slice), site)
            suffix = f"[{target.slice.value!r}]" if isinstance(target.slice, ast.Constant) else "[*]"
            target = target.value
        if isinstance(target, ast.Name) and suffix:
            self._bind_part(target.id, suffix, binding, site)
        elif isinstance(target, ast.Attribute):
            if isinstance(target.value, ast.Name):
                owner = _class_of_receiver(target.value.id, site.scope)
                if owner is not None:
                    owner.attributes.setdefault(target.attr + suffix, []).append(binding)
                else:
                    self._bind_part(target.value.id, f".{target.attr}{suffix}", binding, site)
            else:
                self._expressions((target.value,), site)

    def _bind_part(self, name: str, part: str, binding: Binding, site: Site) -> None:
        site.scope.owning(name).bind(name + part, binding)
        self._parts.add(name + part)

    # Statements

    def _assign(self, node: ast.Assign, site: Site) -> None:
        for target in node.targets:
            if (
                isinstance(target, ast.Tuple | ast.List)
                and isinstance(node.value, ast.Tuple | ast.List)
                and len(target.elts) == len(node.value.elts)
            ):
                for part, value in zip(target.elts, node.value.elts, strict=True):
                    self._bind(part, "value", value, site)
            else:
                self._bind(target, "value", node.value, site)
        self._expressions((node.value,), site)

    def _annotated_assign(self, node: ast.AnnAssign, site: Site) -> None:
        binding = Binding("annotated", site, node.value, node.annotation)
        if isinstance(node.target, ast.Name):
            site.scope.bind(node.target.id, binding)
        else:
            self._bind_place(node.target, binding, site)
        self._expressions((node.value,), site)

    def _augmented_assign(self, node: ast.AugAssign, site: Site) -> None:
        self._bind(node.target, "opaque", None, site)
        self._expressions((node.value,), site)

    def _import(self, node: ast.Import, site: Site) -> None:
        for alias in node.names:
            self._imports.append(Import(alias.name, alias, site))
            bound = alias.asname or alias.name.partition(".")[0]
            name = alias.name if alias.asname else bound
            site.scope.bind(bound, Binding("import", site, name=name))

    def _import_from(self, node: ast.ImportFrom, site: Site) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            dot = "" if module.endswith(".") or not module else "."
            name = module if alias.name == "*" else f"{module}{dot}{alias.name}"
            self._imports.append(Import(name, alias, site))
            if alias.name == "*":
                self._module.stars.append(module)
            else:
                site.scope.bind(alias.asname or alias.name, Binding("import", site, name=name))

    def _function(self, node: FunctionNode, site: Site) -> None:
        scope = self._scope(Scope("function", node.name, site.scope, returns=node.returns, site=site, path=self._path))
        scope.decorators = frozenset(map(_last_name, node.decorator_list))
        is_method = site.scope.kind == "class" and "staticmethod" not in scope.decorators
        positional = [*node.args.posonlyargs, *node.args.args]
        self._parameters(node.args, scope, site, positional[0].arg if is_method and positional else "")
        if scope.decorators.isdisjoint(_BESIDE):
            site.scope.bind(node.name, Binding("function", site, scope=scope))
        self._decorators(node, site)
        self._todo.append((node.body, scope, Block()))

    def _decorators(self, node: FunctionNode | ast.ClassDef, site: Site) -> None:
        """A decorator is called, whether it is written as a call or not."""
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Attribute | ast.Name) and _last_name(decorator) not in _OF_THE_LANGUAGE:
                self._calls.append((ast.copy_location(ast.Call(decorator, [], []), decorator), site))
            self._expressions((decorator,), site)

    def _parameters(self, arguments: ast.arguments, scope: Scope, site: Site, receiver: str) -> None:
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + [*arguments.defaults]
        scope.parameters = [argument.arg for argument in positional]
        scope.receiver = receiver
        keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        for argument, default in (*zip(positional, defaults, strict=True), *keywords):
            how: How = "receiver" if argument.arg == receiver else "parameter"
            binding = Binding(how, site, default, argument.annotation, name=argument.arg, scope=scope)
            scope.bind(argument.arg, binding)
        for gathering in (arguments.vararg, arguments.kwarg):
            if gathering is not None:
                scope.bind(gathering.arg, Binding("opaque", site))
        self._expressions((*arguments.defaults, *arguments.kw_defaults), site)

    def _class(self, node: ast.ClassDef, site: Site) -> None:
        scope = self._scope(Scope("class", node.name, site.scope, bases=node.bases, site=site, path=self._path))
        site.scope.bind(node.name, Binding("class", site, scope=scope))
        self._decorators(node, site)
        self._expressions((*node.bases, *(word.value for word in node.keywords)), site)
        self._todo.append((node.body, scope, Block()))

    def _return(self, node: ast.Return, site: Site) -> None:
        if node.value is not None:
            site.scope.results.append((node.value, site))
            self._expressions((node.value,), site)

    def _for(self, node: ast.For | ast.AsyncFor, site: Site) -> None:
        inner = Block(site.block)
        self._bind(node.target, "element", node.iter, Site(site.scope, inner, site.order))
        self._expressions((node.iter,), site)
        self._todo.append((node.body, site.scope, inner))
        self._todo.append((node.orelse, site.scope, site.block))

    def _with(self, node: ast.With | ast.AsyncWith, site: Site) -> None:
        for item in node.items:
            if item.optional_vars is not None:
                self._bind(item.optional_vars, "entered", item.context_expr, site)
            self._expressions((item.context_expr,), site)
        self._todo.append((node.body, site.scope, site.block))

    def _branches(self, node: ast.If | ast.While, site: Site) -> None:
        self._expressions((node.test,), site)
        self._todo.append((node.body, site.scope, Block(site.block)))
        is_elif = len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)
        self._todo.append((node.orelse, site.scope, site.block if is_elif else Block(site.block)))

    def _try(self, node: ast.Try, site: Site) -> None:
        self._todo.append((node.body, site.scope, Block(site.block)))
        self._todo.append((node.orelse, site.scope, Block(site.block)))
        self._todo.append((node.finalbody, site.scope, site.block))
        for handler in node.handlers:
            inner = Block(site.block)
            if handler.name:
                site.scope.bind(handler.name, Binding("opaque", Site(site.scope, inner, _handler_order(handler))))
            self._expressions((handler.type,), site)
            self._todo.append((handler.body, site.scope, inner))

    def _match(self, node: ast.Match, site: Site) -> None:
        self._expressions((node.subject,), site)
        for case in node.cases:
            inner = Block(site.block)
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    site.scope.bind(name, Binding("opaque", Site(site.scope, inner, site.order)))
            self._expressions((case.guard,), site)
            self._todo.append((case.body, site.scope, inner))

    def _global(self, node: ast.Global, site: Site) -> None:
        for name in node.names:
            site.scope.elsewhere[name] = self._module

    def _nonlocal(self, node: ast.Nonlocal, site: Site) -> None:
        for name in node.names:
            scope = site.scope.parent
            while scope is not None and (scope.kind != "function" or name not in scope.names):
                scope = scope.parent
            if scope is not None:
                site.scope.elsewhere[name] = scope


def _handler_order(handler: ast.ExceptHandler) -> int:
    return handler.lineno << 32 | handler.col_offset


def _last_name(decorator: ast.expr) -> str:
    """``cached_property`` of ``@functools.cached_property`` and of ``@cached_property()``."""
    if isinstance(decorator, ast.Call):
        decorator = decorator.func
    return decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", "")


def _class_of_receiver(name: str, scope: Scope | None) -> Scope | None:
    """The class whose instance (or which itself) is called ``name`` here: usually ``self`` in a method."""
    while scope is not None:
        if scope.receiver == name:
            return scope.parent
        if name in scope.names:
            return None
        scope = scope.parent
    return None
