"""Storage classes that stand in the tree itself: claims of these keep them, with what they say of their volumes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from portability.discovery import printable
from portability.model import Finding, Location
from portability.parsers.kubernetes.nodes import get, text
from portability.proposals.manifest_edits.reading import documents

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
    for document, origin in documents(root, lambda path: path.endswith(_ENDINGS), _KIND.encode()):
        if text(get(document, "kind")) == _KIND:
            yield text(get(document, "metadata", "name")), printable(origin.path)
