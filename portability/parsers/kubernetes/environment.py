"""The variables of the environment that YAML hands to programs: manifests, values of charts, Compose and their like."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.model import Handed, Source
from portability.parsers.guards import MAX_BYTES
from portability.parsers.kubernetes.documents import Refused, compose, decode, split
from portability.parsers.kubernetes.nodes import entries, get, is_open, text


def handed(source: Source, names: Collection[str]) -> Iterator[Handed]:
    """What a file hands in under these names, as ``X: value``, ``X=value`` and ``name: X, value: …``.

    What refers to a value elsewhere under the same name says nothing, since it is found there.
    """
    if len(source.data) > MAX_BYTES:
        return
    try:
        documents = list(split(decode(source.data)[0]))
    except Refused:
        return
    for document in documents:
        try:
            root = compose(document)
        except Refused:
            continue
        for name, value in _pairs(root) if root is not None else ():
            if name in names:
                yield Handed(name=name, path=source.path, value=value)


def _pairs(root: Node) -> Iterator[tuple[str, str]]:
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, SequenceNode):
            todo.extend(reversed(node.value))
        elif isinstance(node, ScalarNode):
            name, sign, value = node.value.partition("=")
            if sign:
                yield name, value
        elif isinstance(node, MappingNode):
            below = dict(entries(node))
            todo.extend(reversed(list(below.values())))
            yield from ((key.value, _written(value)) for key, value in below.items() if _is_value(value))
            yield from _named(node)


def _named(node: MappingNode) -> Iterator[tuple[str, str]]:
    """``{name: X, value: …}``; empty for what is taken from under another name."""
    name = text(get(node, "name"))
    value = get(node, "value")
    if name and value is not None:
        yield name, _written(value)
    elif name and (source := get(node, "valueFrom")) is not None:
        keys = (text(get(source, kind, "key")) for kind in ("configMapKeyRef", "secretKeyRef"))
        if name not in keys:
            yield name, ""


def _is_value(node: Node) -> bool:
    return isinstance(node, ScalarNode) or _is_made(node)


def _written(node: Node) -> str:
    """A scalar, or nothing where it is made of something else: by a template, by ``!Ref``."""
    return "" if _is_made(node) or is_open(text(node)) else text(node)


def _is_made(node: Node) -> bool:
    return (node.tag or "").startswith("!")
