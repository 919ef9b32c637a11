"""Files of a tree that hold documents of YAML, each document composed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from yaml.nodes import Node

from portability.discovery import Seen, discover, look
from portability.parsers.kubernetes.documents import Refused, compose, decode, split
from portability.parsers.kubernetes.origin import Origin


def documents(root: Path, is_wanted: Callable[[str], bool], word: bytes) -> Iterator[tuple[Node, Origin]]:
    """The documents that parse, of files that are wanted by their paths and have a word in them."""
    for path, _ in discover(root).files:
        seen = look(root, path) if is_wanted(path) else None
        if not isinstance(seen, Seen) or word not in seen.data:
            continue
        with suppress(Refused):
            text = decode(seen.data)[0]
            origin = Origin(path, text.split("\n"))
            for document in split(text):
                with suppress(Refused):
                    if (node := compose(document)) is not None:
                        yield node, origin.of_document(document.line)
