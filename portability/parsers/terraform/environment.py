"""The variables of the environment that modules hand to programs: ``QUEUE_URL = aws_sqs_queue.orders.url``.

A value is followed through locals, through the inputs of a module to those that call it, and through outputs.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from tree_sitter import Node

from portability.model import Handed, Source
from portability.parsers.terraform.body import name_at
from portability.parsers.terraform.budget import Budget
from portability.parsers.terraform.configuration import Around, Module, configure
from portability.parsers.terraform.evaluate import evaluate, key_of
from portability.parsers.terraform.grammar import tree_of
from portability.parsers.terraform.opening import open_file
from portability.parsers.terraform.partial import template
from portability.parsers.terraform.sources import Sources
from portability.parsers.terraform.text import normalised
from portability.parsers.terraform.values import elements
from portability.patterns import regex

_NAMES = ("name", "key")
"""What the name is called where name and value are two attributes of one thing."""
_WORD = regex(rb"[A-Za-z_]\w*")
_SOURCE = regex(rb'source\s*=\s*"(\.{1,2}/[^"$]*)"')
_OUTPUT = regex(rb"(?<![\w.-])module ?\. ?([\w-]+)(?: ?\[[^\]]*\])? ?\. ?([\w-]+)")
_LOCAL = regex(rb"(?<![\w.-])local ?\. ?([\w-]+)")
_INPUT = regex(rb"(?<![\w.-])var ?\. ?([\w-]+)")
_STEPS = 3
"""How far the modules are that are opened, from one that names a variable."""
_MOST_DIRECTORIES = 300
_MOST_EXPRESSIONS = 200
"""Expressions that one value is followed through."""


def handed(modules: Mapping[str, Sequence[Source]], naming: Sequence[str], names: Collection[str]) -> Iterator[Handed]:
    """What the directories that name a variable hand in, as ``X = value`` and as ``name = "X", value = …``.

    ``modules`` are the sources of every directory; of these only those are opened that values may come from.
    """
    wanted = {name.encode() for name in names}
    near = _around(modules, naming)
    opened = {one: [file for it in modules[one] if (file := open_file(it)[0]) is not None] for one in near}
    known = configure(opened, {}, Around(Sources({}, {}, {}), [], {}, Budget()))
    for directory in naming:
        for file in opened.get(directory, ()):
            for block in file.blocks:
                content = file.data[block.opens : block.end]
                if not file.path.endswith(".json") and not wanted.isdisjoint(_WORD.findall(content)):
                    for name, value in _pairs(tree_of(content).root_node, content):
                        if name in names:
                            yield _handed(name, value, content, file.path, known[directory])


def _around(modules: Mapping[str, Sequence[Source]], naming: Sequence[str]) -> list[str]:
    """The directories that name a variable, those that they call and are called by, and so on for some steps."""
    calls = {
        directory: {
            posixpath.normpath(posixpath.join(directory, source.decode("utf-8", "replace"))).removeprefix("./")
            for one in sources
            for source in _SOURCE.findall(one.data)
        }
        for directory, sources in modules.items()
    }
    near = dict.fromkeys(naming[:_MOST_DIRECTORIES])
    for _ in range(_STEPS):
        called = {other for directory in near for other in calls[directory]}
        calling = {directory for directory, others in calls.items() if not others.isdisjoint(near)}
        near |= dict.fromkeys(sorted((called & modules.keys()) | calling))
        if len(near) > _MOST_DIRECTORIES:
            break
    return list(near)[:_MOST_DIRECTORIES]


def _handed(name: str, value: Node, data: bytes, path: str, module: Module) -> Handed:
    text = evaluate(value, data, scope=module.scope)
    return Handed(
        name=name,
        path=path,
        value=text if isinstance(text, str) else template(value, data, module.scope.firmly()),
        references=tuple(sorted(_leads_to(module, data[value.start_byte : value.end_byte]))),
    )


def _leads_to(module: Module, written: bytes) -> set[tuple[str, str]]:
    """Directory and address of the blocks that an expression of a module comes from."""
    found: set[tuple[str, str]] = set()
    todo = [(module, normalised(written))]
    for here, content in todo:  # it grows
        found.update((here.directory, address) for address in here.references("", content))
        for step in islice(_steps(here, content), _MOST_EXPRESSIONS):
            if len(todo) < _MOST_EXPRESSIONS and step not in todo:
                todo.append(step)
    return found


def _steps(module: Module, content: bytes) -> Iterator[tuple[Module, bytes]]:
    """The expressions behind the locals, outputs and inputs in one, each in its module."""
    for name in _LOCAL.findall(content):
        if (local := module.locals.get(name.decode())) is not None:
            yield module, normalised(local.source(name.decode()).encode())
    for call, output in _OUTPUT.findall(content):
        _, called = module.calls.get(call.decode(), (None, None))
        if called is not None and (body := called.outputs.get(output.decode())) is not None:
            yield called, normalised(body.source("value").encode())
    for name in _INPUT.findall(content):
        for call in module.callers:
            yield call.caller, normalised(call.block.body.source(name.decode()).encode())


def _pairs(root: Node, data: bytes) -> Iterator[tuple[str, Node]]:
    """Names and the values that they get. No recursion: a hostile file is deep."""
    todo = [root]
    while todo:
        node = todo.pop()
        todo.extend(reversed(node.named_children))
        if node.type == "object":
            pairs = {key_of(key, data) or "": value for key, value in elements(node)}
        elif node.type == "body":
            pairs = {
                name_at(data, child.start_byte): child.named_children[-1]
                for child in node.named_children
                if child.type == "attribute" and len(child.named_children) > 1
            }
        else:
            continue
        yield from pairs.items()
        for key in _NAMES:
            if key in pairs and "value" in pairs and isinstance(name := evaluate(pairs[key], data), str):
                yield name, pairs["value"]
