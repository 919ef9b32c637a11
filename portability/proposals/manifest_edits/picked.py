"""Images that kustomizations pick out by name: where manifests call one otherwise, what picks it out does too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from posixpath import basename

from yaml.nodes import ScalarNode, SequenceNode

from portability.model import Location
from portability.parsers.kubernetes.images import images
from portability.parsers.kubernetes.kustomize import NAMES
from portability.parsers.kubernetes.nodes import get
from portability.proposals.manifest_edits.reading import documents


def picked(root: Path) -> Mapping[str, list[tuple[str, Location]]]:
    """By file, each image (``image/<host>/<repository>``) to which a kustomization gives a tag or another name, and
    where it names it."""
    found: dict[str, list[tuple[str, Location]]] = defaultdict(list)
    for document, origin in documents(root, lambda path: basename(path) in NAMES, b"images"):
        listed = get(document, "images")
        for entry in listed.value if isinstance(listed, SequenceNode) else ():
            if isinstance(name := get(entry, "name"), ScalarNode):
                found[origin.path] += [(image.symbol, origin.location(name)) for image in images(name)]
    return found
