"""What names stand for in a module, and inside a block of which there may be several instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from portability.model import UNKNOWN
from portability.parsers.terraform.body import Body
from portability.parsers.terraform.steps import SPLAT, Step, after, entries, joined

if TYPE_CHECKING:
    from portability.parsers.terraform.configuration import Module

_MAX_INSTANCES: Final = 50
_OF_EACH: Final = "[*]"


class ModuleScope:
    """The names of a module."""

    def __init__(self, module: Module, *, firm: bool, bound: Mapping[str, Any] | None = None) -> None:
        self.module = module
        self._firm = firm
        self._bound = bound or {}

    def firmly(self) -> ModuleScope:
        """The same names, with defaults of variables left out."""
        return ModuleScope(self.module, firm=True, bound=self._bound)

    def bind(self, names: Mapping[str, Any]) -> ModuleScope:
        """With names of a ``for`` or a ``dynamic`` block."""
        return ModuleScope(self.module, firm=self._firm, bound={**self._bound, **names})

    def enter(self) -> bool:
        """Whether the budget allows another step down."""
        allowed = self.module.budget.enter()
        self.module.overspent |= self.module.budget.steps <= 0
        return allowed

    def spend(self, steps: int) -> None:
        """Charge the budget."""
        self.module.budget.steps -= steps

    def file(self, path: str) -> str | None:
        """The text of a file that was read along."""
        return self.module.text(path)

    def call(self, name: str, arguments: list[Any]) -> Any:
        """What a function comes to here."""
        return self.module.function(name, arguments)

    def leave(self) -> None:
        """End a step."""
        self.module.budget.level -= 1

    def reference(self, name: str, steps: Sequence[Step]) -> Any:
        """The value of a reference in this module."""
        if name in self._bound:
            return after(self._bound[name], steps)
        if not steps or not isinstance(steps[0], str):
            return UNKNOWN
        first, rest = steps[0], steps[1:]
        match name:
            case "var":
                return after(self.module.variable(first, firm=self._firm), rest)
            case "local":
                return after(self.module.local(first, firm=self._firm), rest)
            case "module" | "component":
                return self._output(first, rest)
            case "data" | "ephemeral":
                return self._attribute(name, first, rest)
            case "each" | "count" | "path" | "terraform" | "self":
                return UNKNOWN
            case _:
                return self._attribute("resource", name, steps)

    def _attribute(self, keyword: str, type_: str, steps: Sequence[Step]) -> Any:
        if not steps or not isinstance(steps[0], str):
            return UNKNOWN
        return self.module.attribute(keyword, (type_, steps[0]), steps[1:], firm=self._firm)

    def _output(self, name: str, steps: Sequence[Step]) -> Any:
        if name not in self.module.calls:
            return UNKNOWN
        call, called = self.module.calls[name]
        repeated = "count" in call.block.body.attributes or "for_each" in call.block.body.attributes
        steps = steps[1:] if repeated and steps and steps[0] is not SPLAT else steps
        if not steps or not isinstance(steps[0], str):
            return UNKNOWN
        return after(called.output(steps[0], firm=self._firm), steps[1:])


class InstanceScope(ModuleScope):
    """The names inside a resource or module block: those of its module, and ``each`` where all instances agree."""

    def __init__(self, module: Module, body: Body, *, firm: bool, bound: Mapping[str, Any] | None = None) -> None:
        super().__init__(module, firm=firm, bound=bound)
        self._body = body

    def firmly(self) -> InstanceScope:
        """The same names, with defaults of variables left out."""
        return InstanceScope(self.module, self._body, firm=True, bound=self._bound)

    def bind(self, names: Mapping[str, Any]) -> InstanceScope:
        """With names of a ``for`` or a ``dynamic`` block."""
        return InstanceScope(self.module, self._body, firm=self._firm, bound={**self._bound, **names})

    def instances(self) -> list[InstanceScope]:
        """The names of each instance, in their order; empty where it is not known how many there are."""
        body = self._body.within(self.module.firm if self._firm else self.module.scope)
        bound: list[dict[str, Any]] = [{}]
        if "count" in body.attributes:
            count = body.evaluated("count")
            known = isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= _MAX_INSTANCES
            bound = [{"count": {"index": index}} for index in range(count)] if known else []
        elif "for_each" in body.attributes:
            pairs = entries(body.evaluated("for_each")) or []
            bound = [{"each": {"key": key, "value": value}} for key, value in pairs[: _MAX_INSTANCES + 1]]
        return [self.bind(names) for names in bound] if len(bound) <= _MAX_INSTANCES else []

    def reference(self, name: str, steps: Sequence[Step]) -> Any:
        """The value of a reference in this block."""
        if name in self._bound or name != "each" or not steps or steps[0] not in ("key", "value"):
            return super().reference(name, steps)
        scope = self.module.firm if self._firm else self.module.scope
        pairs = entries(self._body.within(scope).evaluated("for_each"))
        if not pairs or len(pairs) > _MAX_INSTANCES:
            return UNKNOWN
        side = 0 if steps[0] == "key" else 1
        return joined([after(pair[side], steps[1:]) for pair in pairs])


def values_at(body: Body, path: str) -> list[Any]:
    """As :meth:`Body.value`; a path that ends with ``[*]`` finds a list, of what each instance of the block has there,
    where it is known how many there are."""
    if not path.endswith(_OF_EACH):
        return body.value(path)
    scopes = body.scope.instances() if isinstance(body.scope, InstanceScope) else []
    found = [body.within(scope).value(path.removesuffix(_OF_EACH)) for scope in scopes]
    return [[one[0] for one in found]] if found and all(found) else []
