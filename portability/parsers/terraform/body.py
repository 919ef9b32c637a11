"""What stands between a block's braces, in either syntax, and what a dotted path finds there."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any, ClassVar, Final, NamedTuple

from tree_sitter import Node

from portability.model import UNKNOWN
from portability.parsers.terraform.conversion import Set
from portability.parsers.terraform.evaluate import Scope, evaluate, key_of, may_be_null, outcomes
from portability.parsers.terraform.partial import document, template
from portability.parsers.terraform.steps import entries
from portability.parsers.terraform.values import MAX_DEPTH, elements, sole
from portability.patterns import regex

_QUOTED = regex(r'"\$\{([^"{}]*)\}"|"([^"]*)"')
_CLEAN_END = regex(rb"[ \t\r]*(?:[\n},\]#/]|\Z)")
_MAX_GENERATED = 50
MAX_KEPT: Final = 300
"""Bodies whose syntax trees are kept."""
_NAME = regex(rb"[\w-]+")


class Block(NamedTuple):
    """One block: ``resource "aws_sqs_queue" "q" { … }`` has that keyword and two labels.

    ``start``, ``opens`` and ``end`` are byte offsets in the file: of the block's first character, of its body's opening
    bracket, and just after the block.
    """

    keyword: str
    labels: tuple[str, ...]
    body: Body
    start: int
    opens: int
    end: int


class Parts:
    """Nodes of attributes and nested blocks by name, over ``data``; what an override set is over ``own_data``."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.attributes: dict[str, Node] = {}
        self.blocks: dict[str, list[Node]] = {}
        self.own_data: dict[str, bytes] = {}
        self.generated: dict[Scope | None, dict[str, list[tuple[Body, bool]]]] = {}


class Content:
    """The parts of a body. Those that can be had again are let go when many others were asked for: a syntax tree takes
    a hundred times the memory of its text."""

    _kept: ClassVar[deque[tuple[Content, Callable[[], Parts]]]] = deque()

    def __init__(self, parts: Parts | Callable[[], Parts]) -> None:
        self.pinned = False
        self._parts = parts

    @property
    def parts(self) -> Parts:
        """The parts, parsed again where they were let go."""
        if isinstance(self._parts, Parts):
            return self._parts
        parse, self._parts = self._parts, self._parts()
        self._kept.append((self, parse))
        if len(self._kept) > MAX_KEPT:
            old, again = self._kept.popleft()
            old._let_go(again)
        return self._parts

    def _let_go(self, parse: Callable[[], Parts]) -> None:
        if not self.pinned:
            self._parts = parse


class Body:
    """Attributes and nested blocks by name, from nodes of a tree over ``data``. Values are computed when asked for.

    ``scope`` says what the names in its expressions stand for. ``broken`` says that a syntax error lies inside: what is
    not found is unknown if the text seems to hold it.
    """

    def __init__(
        self,
        data: bytes,
        whole: Node | None = None,
        *,
        broken: bool = False,
        scope: Scope | None = None,
        parse: Callable[[], Parts] | None = None,
    ) -> None:
        self.scope = scope
        self._content = Content(parse or Parts(data))
        self.broken = broken or (whole is not None and whole.has_error)
        self._span = (whole.start_byte, whole.end_byte) if whole is not None else (0, len(data))

    @property
    def parts(self) -> Parts:
        """All that is in it."""
        return self._content.parts

    @property
    def data(self) -> bytes:
        """The bytes over which its nodes were parsed, but for what an override set."""
        return self._content.parts.data

    @property
    def attributes(self) -> dict[str, Node]:
        """Nodes of attributes by name."""
        return self._content.parts.attributes

    @property
    def blocks(self) -> dict[str, list[Node]]:
        """Nodes of nested blocks by name."""
        return self._content.parts.blocks

    @classmethod
    def of_block(cls, block: Node, data: bytes, scope: Scope | None = None) -> Body:
        """From a block node of HCL."""
        body = cls(data, block, scope=scope)
        for part in block.named_children:
            if part.type == "body":
                body._add(part)
        return body

    @classmethod
    def of_fragment(cls, root: Node, data: bytes) -> Body:
        """From what stands between braces of which one was lost."""
        body = cls(data, broken=True)
        for part in children(root):
            if part.type in ("body", "ERROR"):
                body._add(part)
        return body

    def within(self, scope: Scope) -> Body:
        """The same body where names stand for something else."""
        body = copy(self)
        body.scope = scope
        return body

    def keep(self) -> None:
        """Never let its syntax tree go."""
        self._content.pinned = True

    def override(self, other: Body) -> None:
        """Take over what another body sets: each of its attributes, and all nested blocks of each of its names."""
        self.keep()
        own = self.parts
        for name in (*other.attributes, *other.blocks):
            own.attributes.pop(name, None)
            own.blocks.pop(name, None)
            own.own_data[name] = other.data_of(name)
        own.attributes.update(other.attributes)
        own.blocks.update(other.blocks)
        self.broken = self.broken or other.broken

    def data_of(self, name: str) -> bytes:
        """The bytes over which the nodes of a name were parsed."""
        parts = self._content.parts
        return parts.own_data.get(name, parts.data)

    def _add(self, body: Node) -> None:
        for child in children(body):
            kind = child.type
            if kind == "attribute":
                self.attributes[name_at(self.data, child.start_byte)] = child
            elif kind == "block":
                self.blocks.setdefault(name_at(self.data, child.start_byte), []).append(child)

    @classmethod
    def of_object(cls, node: Node, data: bytes, scope: Scope | None = None) -> Body:
        """From an object node of JSON, where nested blocks look like any other value."""
        body = cls(data, node, scope=scope)
        for key, value in elements(node):
            name = key_of(key, data)
            if name is not None and name != "//":
                body.attributes[name] = value
        return body

    def expression(self, name: str) -> Node | None:
        """The expression that an attribute is set to."""
        node = self.attributes.get(name)
        if node is None or node.type != "attribute":
            return node
        return next((child for child in node.named_children if child.type == "expression"), None)

    def source(self, name: str) -> str:
        """An attribute's expression as written, without the quotes and ``${ }`` around it; empty when not set."""
        node = self.expression(name)
        text = "" if node is None else self.data_of(name)[node.start_byte : node.end_byte].decode()
        quoted = _QUOTED.fullmatch(text)
        return (quoted[1] or quoted[2] or "").strip() if quoted else text

    def evaluated(self, name: str) -> Any:
        """An attribute's value; UNKNOWN when it is not set, or is in doubt."""
        node = self.expression(name)
        return UNKNOWN if node is None or self._doubts(name) else evaluate(node, self.data_of(name), scope=self.scope)

    def template(self, name: str) -> str:
        """What is known of an attribute's text, as ``evaluate.template`` says it; a default of a variable is not."""
        node = self.expression(name)
        return "" if node is None or self.scope is None else template(node, self.data_of(name), self.scope.firmly())

    def firmly(self, name: str) -> Any:
        """An attribute's value where no default of a variable stands behind it; UNKNOWN otherwise."""
        return UNKNOWN if self.scope is None else self.within(self.scope.firmly()).evaluated(name)

    def literal(self, name: str) -> Any:
        """An attribute's value as far as its own expression says it; UNKNOWN when it is not set."""
        node = self.expression(name)
        return UNKNOWN if node is None or self._doubts(name) else evaluate(node, self.data_of(name))

    def outcomes(self, name: str) -> list[Any]:
        """What an attribute can come to by its own expression; empty when it is not set."""
        node = self.expression(name)
        return [] if node is None else outcomes(node, self.data_of(name))

    def may_be_null(self, name: str) -> bool:
        """Whether an attribute's expression says that it may come to null."""
        node = self.expression(name)
        return node is not None and may_be_null(node, self.data_of(name))

    def value(self, path: str) -> list[Any]:
        """At most one value: what is found at a dotted path, and a list of the values if several blocks set it."""
        found = [list(value) if isinstance(value, Set) else value for value in self.find(path.split("."))]
        if len(found) > 1:
            return [found]
        return found or ([UNKNOWN] if self.broken and self._mentions(path) else [])

    def _mentions(self, path: str) -> bool:
        """Whether the text seems to set what the tree of a broken body does not have."""
        name = path.partition(".")[0].encode()
        return re.compile(rb'(?<![\w-])%b"?\s*[=:{]' % re.escape(name)).search(self.data, *self._span) is not None

    def _doubts(self, name: str) -> bool:
        """Whether an attribute of a broken body may be set to more, or else, than its expression shows."""
        if not self.broken:
            return False
        attribute = self.attributes[name]
        return attribute.has_error or not _CLEAN_END.match(self.data_of(name), attribute.end_byte)

    def find(self, path: Sequence[str], depth: int = 0) -> list[Any]:
        """Every value at a path, which enters blocks, ``dynamic`` blocks and objects alike.

        A block that the path ends at is an object, or True if it is empty: being there is what it says.
        """
        name, *rest = path
        found = []
        data = self.data_of(name)
        if (node := self.expression(name)) is not None:
            value = UNKNOWN if self._doubts(name) else evaluate(node, data, scope=self.scope)
            if rest and not self._doubts(name):
                value = document(value, node, data, self.scope)
            found += _inside(value, rest)
        for block in self.blocks.get(name, ()):
            inner = Body.of_block(block, data, self.scope)
            found += inner.find(rest, depth) if rest else [inner.as_object(depth) or True]
        for content, certain in self._generated.get(name, ()):
            values = content.find(rest, depth) if rest else [content.as_object(depth) or True]
            found += values if certain else [UNKNOWN] * len(values)
        return found

    def as_object(self, depth: int = 0) -> Any:
        """All of the body as one object; a list stands for the blocks of one name if there are several."""
        if depth > MAX_DEPTH:
            return UNKNOWN
        whole: dict[str, Any] = {}
        for name in {**self.attributes, **self.blocks, **self._generated}:
            found = self.find([name], depth + 1)
            if found:
                whole[name] = found[0] if len(found) == 1 else found
        return whole

    @property
    def _generated(self) -> dict[str, list[tuple[Body, bool]]]:
        """The contents of ``dynamic`` blocks by the name they generate, and whether at least one surely comes of it."""
        known = self._content.parts.generated
        if self.scope not in known:
            known[self.scope] = self._generate()
        return known[self.scope]

    def _generate(self) -> dict[str, list[tuple[Body, bool]]]:
        generated: dict[str, list[tuple[Body, bool]]] = {}
        for name, dynamic in self._dynamic():
            for content, certain in _contents(name, dynamic):
                generated.setdefault(name, []).append((content, certain))
        return generated

    def _dynamic(self) -> list[tuple[str, Body]]:
        found = []
        data = self.data_of("dynamic")
        for block in self.blocks.get("dynamic", ()):
            found += [(label, Body.of_block(block, data, self.scope)) for label in labels(block, data)]
        if (node := self.attributes.get("dynamic")) is not None and node.type == "expression":
            for labelled in objects(node):
                for name, body in Body.of_object(labelled, data, self.scope).attributes.items():
                    found += [(name, Body.of_object(inner, data, self.scope)) for inner in objects(body)]
        return found

    def nested(self) -> Iterator[tuple[str, int, Body]]:
        """Nested blocks and what ``dynamic`` ones make: name, the offset in ``data`` where it begins, content."""
        for name, blocks in self.blocks.items():
            for block in blocks if name != "dynamic" else ():
                yield name, block.start_byte, Body.of_block(block, self.data_of(name), self.scope)
        for name, generated in self._generated.items():
            yield from ((name, content._span[0], content) for content, _ in generated)

    def children(self, name: str) -> list[Body]:
        """The nested blocks of a name, in either syntax."""
        data = self.data_of(name)
        if name in self.blocks:
            return [Body.of_block(block, data, self.scope) for block in self.blocks[name]]
        node = self.expression(name)
        return [] if node is None else [Body.of_object(inner, data, self.scope) for inner in objects(node)]


def _contents(name: str, dynamic: Body) -> Iterator[tuple[Body, bool]]:
    """What a ``dynamic`` block makes: a content for each element where those are known, else one that may come."""
    given = dynamic.evaluated("for_each")
    pairs = entries(given)
    contents = dynamic.children("content")
    if dynamic.scope is None or pairs is None or len(pairs) > _MAX_GENERATED:
        certain = pairs is not None and len(pairs) > 0
        yield from ((content, certain) for content in contents)
        return
    iterator = dynamic.source("iterator") or name
    for key, value in pairs:
        scope = dynamic.scope.bind({iterator: {"key": key, "value": value}})
        for content in contents:
            yield content.within(scope), True


def children(node: Node) -> Iterator[Node]:
    """A node's children one by one: a broken file may have millions, of which none should outstay its turn."""
    cursor = node.walk()
    more = cursor.goto_first_child()
    while more:
        if cursor.node is not None:
            yield cursor.node
        more = cursor.goto_next_sibling()


def name_at(data: bytes, offset: int) -> str:
    """The identifier that starts at an offset."""
    found = _NAME.match(data, offset)
    return found[0].decode() if found else ""


def labels(block: Node, data: bytes) -> tuple[str, ...]:
    """The labels of an HCL block, quoted or not."""
    found = []
    for child in block.children[1:]:
        if child.type not in ("identifier", "string_lit"):
            if child.type == "comment":
                continue
            break
        found.append(data[child.start_byte : child.end_byte].decode().strip('"'))
    return tuple(found)


def objects(node: Node, depth: int = 0) -> list[Node]:
    """The object nodes that an expression of JSON stands for: itself, or those in its arrays."""
    inner: Node | None = node
    while inner is not None and inner.type in ("expression", "collection_value"):
        inner = sole(inner)
    if inner is None or depth > MAX_DEPTH:
        return []
    if inner.type == "tuple":
        return [found for item in inner.named_children for found in objects(item, depth + 1)]
    return [inner] if inner.type == "object" else []


def _inside(value: Any, path: Sequence[str]) -> list[Any]:
    """What a path finds inside a value. A list is entered element by element."""
    if not path or value is UNKNOWN:
        return [value]
    if isinstance(value, list):
        return [found for item in value for found in _inside(item, path)]
    # A key may have dots of its own, as those of labels and annotations do.
    keys = ((".".join(path[:end]), path[end:]) for end in range(1, len(path) + 1)) if isinstance(value, dict) else ()
    return next((_inside(value[key], rest) for key, rest in keys if key in value), [])
