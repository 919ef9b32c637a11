"""The variables of the environment that a module hands to programs: ``QUEUE_URL = aws_sqs_queue.orders.url``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from tree_sitter import Node

from portability.model import Handed, Source
from portability.parsers.terraform.body import name_at
from portability.parsers.terraform.configuration import Around, Budget, Module, configure
from portability.parsers.terraform.evaluate import evaluate, key_of
from portability.parsers.terraform.opening import open_file
from portability.parsers.terraform.sources import Sources
from portability.parsers.terraform.syntax import tree_of
from portability.parsers.terraform.text import normalised
from portability.parsers.terraform.values import elements

_NAMES = ("name", "key")
"""What the name is called where name and value are two attributes of one thing."""


def handed(directory: str, sources: Sequence[Source], names: Collection[str]) -> Iterator[Handed]:
    """What the files of one directory hand in under these names, as ``X = value`` and as ``name = "X", value = …``."""
    opened = [file for source in sources if (file := open_file(source)[0]) is not None]
    module = configure({directory: opened}, {}, Around(Sources({}, {}, {}), [], {}, Budget()))[directory]
    for file in opened:
        for block in file.blocks:
            content = file.data[block.opens : block.end]
            if not file.path.endswith(".json") and any(name.encode() in content for name in names):
                for name, value in _pairs(tree_of(content).root_node, content):
                    if name in names:
                        yield _handed(name, value, content, file.path, module)


def _handed(name: str, value: Node, data: bytes, path: str, module: Module) -> Handed:
    text = evaluate(value, data, scope=module.scope)
    written = data[value.start_byte : value.end_byte]
    return Handed(
        name=name,
        path=path,
        value=text if isinstance(text, str) else "",
        references=module.references("", normalised(written)),
    )


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
