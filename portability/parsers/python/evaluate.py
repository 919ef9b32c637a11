"""Names → what they hold, across the files of a program. What cannot be told is opaque, and no chain is followed for
ever."""

from __future__ import annotations

import ast
import builtins
from bisect import bisect_left
from collections.abc import Iterator

import msgspec

from portability.parsers.python.annotations import Annotations
from portability.parsers.python.answers import NOTHING_GIVEN, Answers, Given, Key
from portability.parsers.python.calls import Calls
from portability.parsers.python.classes import Classes, Heir
from portability.parsers.python.displays import Displays, is_plain
from portability.parsers.python.functions import Functions
from portability.parsers.python.handles import MANY, STARRED, gives_own, holds_own
from portability.parsers.python.held import (
    NOTHING,
    Class,
    Client,
    Constant,
    Display,
    Function,
    Gathered,
    Held,
    Imported,
    Instance,
    Local,
    Member,
    Object,
    Opaque,
    Parameter,
    Resource,
    Session,
    Waiting,
    doubted,
    is_named,
    join,
    literal,
    tells,
)
from portability.parsers.python.program import Program
from portability.parsers.python.scopes import MOST_BINDINGS, Binding, Scope, Site, order_of
from portability.parsers.python.sdk import Sdk

_MOST_STARS = 20

_ENTERING = frozenset({"enter_context", "enter_async_context"})
_BUILT_IN = frozenset({"super", "getattr", "enumerate", "next", "list", "tuple", "sorted", "iter", "reversed"})

_OUTSIDE = (Opaque, Imported)
"""What may still have something put under its names by the tree: what that is, only an assignment tells."""


class Evaluator:
    """Answers what an expression may hold, for one file that is asked about. Nothing is run; every answer is kept.

    Another file gets an evaluator of its own, and shares what would be the same for both, so that what is found in one
    does not hang on which was read before. ``given`` is what callers are known to hand in. ``seen_by``: what is asked
    is asked of one class, and what it has from others is what it is for that class.
    """

    def __init__(self, program: Program, given: Given = NOTHING_GIVEN, seen_by: Heir | None = None) -> None:
        self._program = program
        self._answers = Answers(program.settled if seen_by is None else {}, given)
        self.seen_by = seen_by
        self.sdk = Sdk(self)
        self.displays = Displays(self)
        self.calls = Calls(self)
        self.annotations = Annotations(self)
        self.functions = Functions(self, program, self._answers)
        self.classes = Classes(self, program, self._answers)
        self.nested = 0

    def let_go(self) -> None:
        """Forget every answer. The evaluator and its helpers hold each other, and would keep what they know."""
        self._answers.let_go()
        self.classes.let_go()
        self.displays.dicts.clear()

    def hung_on(self) -> frozenset[Key]:
        """The parameters on which hangs what was asked since the last call of this."""
        return self._answers.hung_on()

    def hold(self, node: ast.expr | None, site: Site) -> tuple[Held, ...]:
        """Everything the expression may hold at this place."""
        if isinstance(node, ast.Name):
            return self.name(node.id, site)
        if isinstance(node, ast.Constant):
            return (Constant(node.value),) if is_plain(node.value) else NOTHING
        if not self._answers.step():
            return NOTHING
        found = self._compound(node, site)
        self._answers.depth -= 1
        return found

    def _compound(self, node: ast.expr | None, site: Site) -> tuple[Held, ...]:
        match node:
            case ast.Attribute():
                return self._attribute(node, site)
            case ast.Call():
                return self._call(node, site)
            case ast.Await() | ast.NamedExpr():
                return self.hold(node.value, site)
            case ast.IfExp():
                return join(self.hold(node.body, site), self.hold(node.orelse, site))
            case ast.BoolOp():
                return join(*(self.hold(value, site) for value in node.values))
            case ast.Subscript():
                return self._subscript(node, site)
            case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
                return (Display(node, site),)
            case ast.DictComp():
                return (Gathered(node.value, site.scope.inner[node]),)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return (Gathered(node.elt, site.scope.inner[node]),)
            case ast.JoinedStr() | ast.BinOp(op=ast.Add()):
                return self.displays.concatenated(node, site)
            case ast.Lambda():
                return (Function(site.scope.inner[node].scope),)
        return NOTHING

    def _attribute(self, node: ast.Attribute, site: Site) -> tuple[Held, ...]:
        found = join(*[self.member(held, node.attr) for held in self.hold(node.value, site)])
        for held in found:
            if not isinstance(held, _OUTSIDE):
                return found
        return self._stored_under(f".{node.attr}", node.value, site) or found

    def argument(self, call: ast.Call, name: str, index: int | None = None) -> ast.expr | None:
        """The expression that is handed over by this keyword, or in this place."""
        for keyword in call.keywords:
            if keyword.arg == name:
                return keyword.value
        if index is not None and index < len(call.args):
            before = call.args[: index + 1]
            return None if any(isinstance(argument, ast.Starred) for argument in before) else call.args[index]
        return None

    def unpacked(self, call: ast.Call, site: Site) -> Iterator[tuple[ast.expr, Display | None]]:
        """Each ``**mapping`` of a call, with the dict that it is when the file shows it."""
        for keyword in call.keywords:
            if keyword.arg is None:
                shown = [held for held in self.hold(keyword.value, site) if isinstance(held, Display)]
                yield keyword.value, shown[0] if len(shown) == 1 else None

    def stored(self, mapping: ast.expr, display: Display, key: str, site: Site) -> tuple[Held, ...]:
        """What a visible dict holds under a key, or what was stored there since; empty when nothing is."""
        later = self._stored(mapping, key, site)
        return later if later else self.displays.element(display, key)

    def given_more(self, scope: Scope, given: Given) -> tuple[Held, ...]:
        """What a function gives with these arguments."""
        inner = Evaluator(self._program, {**self._answers.given, **given}, self.seen_by)
        inner._answers.depth, inner.nested = self._answers.depth, self.nested + 1
        found = inner.functions.results(scope)
        self._answers.lean_on(inner._answers)
        inner.let_go()
        return found

    def in_code(self, possible: tuple[Held, ...]) -> tuple[Held, ...]:
        """Without what callers hand in: the names that they do are of AWS's services, and some are Google's too."""
        parameters = [it for it in possible if isinstance(it, Parameter)]
        handed = {held for it in parameters for held in self._answers.handed_in(it.scope, it.name)}
        return tuple(it for it in possible if it not in handed)

    def for_heir(self, heir: Heir) -> Evaluator:
        """An evaluator of what a class has from others."""
        inner = Evaluator(self._program, self._answers.given, heir)
        inner._answers.depth, inner.nested = self._answers.depth, self.nested + 1
        return inner

    def take_over(self, inner: Evaluator) -> None:
        """Note that what is being answered came from an evaluator for an heir."""
        self._answers.take_over(inner._answers)

    # Names

    def name(self, name: str, site: Site | None) -> tuple[Held, ...]:
        """What a name holds that is read at this place."""
        scope: Scope | None = site.scope if site else None
        while scope is not None:
            if scope.kind != "class" or (site is not None and site.scope is scope):
                owner = scope.elsewhere.get(name, scope)
                if bindings := owner.names.get(name):
                    here = site if site is not None and owner is site.scope else None
                    return self._read(bindings, here)
            site = scope.site if scope.kind == "comprehension" else None
            if scope.parent is None:
                found = self._starred(scope, name)
                return (Imported(f"builtins.{name}"),) if found == NOTHING and name in _BUILT_IN else found
            scope = scope.parent
        return NOTHING

    def _starred(self, module: Scope, name: str) -> tuple[Held, ...]:
        """What ``from package import *`` brings under a name."""
        if not module.stars:
            return NOTHING
        for star in module.stars[:_MOST_STARS]:
            if not name.startswith("_") and (found := self._program.find(module.path, star)) and not found[1]:
                held = self._exported(found[0], name)
                if held != NOTHING:
                    return held
        return self._starred_from_outside(module, name)

    def _starred_from_outside(self, module: Scope, name: str) -> tuple[Held, ...]:
        """A name of a package that is known to have it, or a class's that only one package can have brought."""
        stars = [star for star in module.stars[:_MOST_STARS] if self._program.find(module.path, star) is None]
        for star in stars:
            if name in STARRED.get(star, ()):
                return (Imported(f"{star}.{name}"),)
        is_class = name[:1].isupper() and not hasattr(builtins, name)
        if is_class and len(stars) == 1 and stars[0] not in STARRED and self._program.is_root(stars[0]):
            return (Imported(f"{stars[0]}.{name}"),)
        return NOTHING

    def imported(self, name: str, path: str) -> tuple[Held, ...]:
        """What an import statement of a file binds: something of the tree, or a name from outside."""
        found = self._program.find(path, name)
        if found is None:
            return (Imported(name, path if "." not in name else ""),)
        held: tuple[Held, ...] = (Local(found[0]),)
        for part in found[1]:
            held = join(*(self.member(it, part) for it in held))
        return held

    def _exported(self, path: str, name: str) -> tuple[Held, ...]:
        """What a module of the tree holds under a name once it is imported."""
        if not self._answers.step():
            return NOTHING
        found = self._answers.found((path, name), self._left_behind)
        self._answers.depth -= 1
        return found

    def _left_behind(self, asked: tuple[str, str]) -> tuple[Held, ...]:
        path, name = asked
        module = self._program.module(path)
        found = NOTHING
        if module is not None:
            bindings = module.scope.names.get(name)
            found = self._read(bindings, None) if bindings else self._starred(module.scope, name)
        if found == NOTHING and (below := self._program.layout.below(path, name)) is not None:
            found = (Local(below),)
        return found

    def _read(self, bindings: list[Binding], site: Site | None) -> tuple[Held, ...]:
        """Join the bindings that a read at this place can see: back to the last one that must have happened."""
        if len(bindings) == 1:
            return self.binding(bindings[0])
        chosen: list[Binding] = []
        if site is not None:
            for index in range(bisect_left(bindings, site.order, key=order_of) - 1, -1, -1):
                chosen.append(bindings[index])
                if bindings[index].site.block.encloses(site.block) or len(chosen) > MOST_BINDINGS:
                    break
        seen = [self.binding(binding) for binding in (chosen or bindings[-MOST_BINDINGS:])]
        if len(chosen or bindings) > MOST_BINDINGS:
            seen.append(NOTHING)
        return join(*seen) or NOTHING

    def binding(self, binding: Binding) -> tuple[Held, ...]:
        """What one way of binding a name gives it."""
        known = self._answers.known(binding)
        if known is None:
            if not self._answers.step():
                return NOTHING
            known = self._answers.find(binding, self._bind)
            self._answers.depth -= 1
        return known

    def _bind(self, binding: Binding) -> tuple[Held, ...]:
        match binding.how:
            case "import":
                return self.imported(binding.name, binding.site.scope.path)
            case "function" if binding.scope:
                return (Function(binding.scope),)
            case "class" if binding.scope:
                return (Class(binding.scope),)
            case "receiver" if binding.scope and binding.scope.parent:
                of = binding.scope.parent
                return (Object(self.seen_by.scope if self.seen_by and of in self.seen_by.above else of),)
            case "parameter" if binding.scope:
                return self._parameter(binding, binding.scope)
            case "value":
                return self.hold(binding.node, binding.site)
            case "annotated":
                found = self.hold(binding.node, binding.site) if binding.node else ()
                if binding.annotation is not None:
                    found = self.annotations.narrowed(found, binding.annotation, binding.site)
                return found or NOTHING
            case "item":
                return join(
                    *(self.displays.element(held, binding.index) for held in self.hold(binding.node, binding.site))
                )
            case "element":
                return join(*(self.iterated(held, binding.index) for held in self.hold(binding.node, binding.site)))
            case "entered":
                return join(*(self._entered(held) for held in self.hold(binding.node, binding.site)))
        return NOTHING

    def _parameter(self, binding: Binding, scope: Scope) -> tuple[Held, ...]:
        promised = self.annotations.promised(binding.annotation, binding.site) if binding.annotation is not None else ()
        if any(map(is_named, promised)):
            return promised
        if self.seen_by is not None and (handed := self.seen_by.handed.get((scope, binding.name))):
            return handed if tells(handed) else (Parameter(scope, binding.name), *promised)
        handed_in = tuple(map(doubted, self._answers.handed_in(scope, binding.name))) or promised
        if (fixture := self._fixture(binding.name, scope)) is not None:
            return tuple(map(doubted, self.functions.results(fixture)))
        parameter = Parameter(scope, binding.name)
        if binding.node is None:
            return (parameter, *handed_in)
        return join((parameter,), tuple(map(doubted, self.hold(binding.node, binding.site))), handed_in)

    def _fixture(self, name: str, scope: Scope) -> Scope | None:
        """The pytest fixture that a test, or another fixture, asks for by the name of a parameter."""
        if not scope.name.startswith("test") and "fixture" not in scope.decorators:
            return None
        above = scope.parent
        while above is not None:
            if (found := _fixture_of(above, name)) is not None and found is not scope:
                return found
            above = above.parent
        for path in self._program.layout.fixtures(scope.path):
            module = self._program.module(path)
            if module is not None and (found := _fixture_of(module.scope, name)) is not None:
                return found
        return None

    # Parts

    def member(self, held: Held, name: str) -> tuple[Held, ...]:
        """What ``held.name`` may hold."""
        match held:
            case Opaque():
                return NOTHING
            case Imported(origin=origin) if origin:
                longer = f"{held.name}.{name}"
                found = self._program.find(origin, longer)
                return (Imported(longer, origin),) if found is None else self.imported(longer, origin)
            case Imported():
                return (Imported(f"{held.name}.{name}"),)
            case Local():
                return self._exported(held.path, name)
            case Session() | Client() | Resource() | Waiting():
                return self.sdk.member(held, name)
            case Instance(name=kind) if kind.endswith(MANY):
                return NOTHING
            case Instance() | Display() | Gathered():
                return (Member(held, name),)
            case Constant() if name == "value":
                return (held,)  # a member of an enumeration
            case Member(owner=Resource() as owner, name="meta") if name == "client":
                return (Client(owner.service, owner.endpoint, owner.sure, owner.places),)
            case Member(owner=Instance()):
                return (Member(held.owner, f"{held.name}.{name}"),)
            case Object() | Class():
                return self.classes.attribute(held, name)
        return NOTHING

    def _subscript(self, node: ast.Subscript, site: Site) -> tuple[Held, ...]:
        key = literal(self.hold(node.slice, site))
        known = key if isinstance(key, str | int) else None
        if stored := self._stored(node.value, known, site):
            return stored
        return join(*(self._element(held, known) for held in self.hold(node.value, site))) or NOTHING

    def _element(self, held: Held, key: int | str | None) -> tuple[Held, ...]:
        """What stands under a key or a number."""
        if isinstance(held, Instance) and held.name.endswith(MANY):
            return (msgspec.structs.replace(held, name=held.name.removesuffix(MANY)),)
        return self.displays.element(held, key)

    def iterated(self, held: Held, index: int | str | None) -> tuple[Held, ...]:
        """What a loop over ``held`` yields, or the element ``index`` of what it yields."""
        if isinstance(held, Resource):
            return self.sdk.iterated(held)
        if isinstance(held, Instance) and held.name.endswith(MANY):
            return self._element(held, None)
        if isinstance(held, Instance) and held.own is not None and holds_own(held.name):
            return (Object(held.own),)
        if isinstance(held, Object) and any(map(gives_own, self.classes.derived_from(held.scope))):
            return (held,)
        return self.displays.iterated(held, index)

    def _stored(self, place: ast.expr, key: str | int | None, site: Site) -> tuple[Held, ...]:
        """What was assigned to ``place[key]``, else under a key that only a run could tell."""
        found = self._stored_under(f"[{key!r}]", place, site) if key is not None else ()
        return found or self._stored_under("[*]", place, site)

    def _stored_under(self, name: str, place: ast.expr, site: Site) -> tuple[Held, ...]:
        if isinstance(place, ast.Name):
            module = self._program.module(site.scope.path)
            if module is None or not (place.id + name in module.parts or module.scope.stars):
                return ()
            found = self.name(place.id + name, site)
            return () if found == NOTHING else found
        if isinstance(place, ast.Attribute):
            owners = [held for held in self.hold(place.value, site) if isinstance(held, Object)]
            found = join(*(self.classes.attribute(held, place.attr + name) for held in owners))
            return () if found == NOTHING else found
        return ()

    def _entered(self, held: Held) -> tuple[Held, ...]:
        if isinstance(held, Object):
            methods = (*self.classes.attribute(held, "__enter__"), *self.classes.attribute(held, "__aenter__"))
            return join(*(self.functions.results(it.scope) for it in methods if isinstance(it, Function))) or NOTHING
        return (held,)

    # Calls

    def _call(self, node: ast.Call, site: Site) -> tuple[Held, ...]:
        known = self._answers.known(node)
        return self._answers.find(node, lambda call: self._made(call, site)) if known is None else known

    def _made(self, node: ast.Call, site: Site) -> tuple[Held, ...]:
        if isinstance(node.func, ast.Attribute) and node.func.attr in _ENTERING and node.args:
            made = [self._entered(it) for it in self.hold(node.args[0], site)]
        else:
            possible = self.hold(node.func, site)
            if possible == NOTHING:
                return NOTHING
            made = [self.calls.made(held, node, site) for held in possible]
        return join(*made) or NOTHING


def _fixture_of(scope: Scope, name: str) -> Scope | None:
    for binding in scope.names.get(name, ()):
        if binding.scope is not None and binding.how == "function" and "fixture" in binding.scope.decorators:
            return binding.scope
    return None
