"""Storage classes that stand in the tree itself: claims of these keep them, with what they say of their volumes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from yaml.nodes import Node

from portability.discovery import Seen, discover, look, printable
from portability.model import Finding, Location
from portability.parsers.kubernetes.documents import Refused, compose, decode, split
from portability.parsers.kubernetes.nodes import get, text

_KIND = "StorageClass"
_CLAIM = f"{_KIND}Name/"
_ENDINGS = (".yaml", ".yml", ".json")


def claims_of_own(root: Path, findings: Collection[Finding]) -> dict[Location, str]:
    """Why claims are left whose class the tree defines: it is answered where it stands, or it is nobody's already."""
    claims = [one for one in findings if one.symbol.startswith(_CLAIM)]
    if not claims:
        return {}
    classes = dict(_defined(root))
    return {
        one.location: f"The class of this name stands in {classes[name]}, and is answered there."
        for one in claims
        if (name := one.symbol.removeprefix(_CLAIM)) in classes
    }


def _defined(root: Path) -> Iterator[tuple[str, str]]:
    """The names of classes, each with its file."""
    for path, _ in discover(root).files:
        seen = look(root, path) if path.endswith(_ENDINGS) else None
        if not isinstance(seen, Seen) or _KIND.encode() not in seen.data:
            continue
        for document in _documents(seen.data):
            if text(get(document, "kind")) == _KIND:
                yield text(get(document, "metadata", "name")), printable(path)


def _documents(data: bytes) -> Iterator[Node | None]:
    """The documents of a file that parse."""
    with suppress(Refused):
        for document in split(decode(data)[0]):
            with suppress(Refused):
                yield compose(document)
