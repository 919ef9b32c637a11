"""Dockerfiles and Compose files: the images that they start from, and the settings that name a provider's things.

Images and settings go by the names that they have in Kubernetes: ``image/<registry host>/<repository>``,
``env/AWS_REGION``. Nothing is built, pulled or started.
"""

from __future__ import annotations

from collections.abc import Sequence

from portability.discovery import Tree
from portability.interest import Interest
from portability.model import Reading, Source
from portability.parsers.containers import compose, dockerfile
from portability.parsers.kubernetes.documents import Refused
from portability.parsers.yaml_files import text_of, unread
from portability.settings import DEFAULT, Settings

__all__ = ["read", "units"]


def units(paths: Sequence[str], tree: Tree, interest: Interest, settings: Settings) -> list[tuple[str, ...]]:
    """Each file is read by itself."""
    return [(path,) for path in paths]


def read(unit: Sequence[Source], interest: Interest, settings: Settings = DEFAULT) -> dict[str, Reading]:
    """Read each file of a unit by itself. Never raises for what a file holds."""
    return {source.path: _read_file(source, interest) for source in unit}


def _read_file(source: Source, interest: Interest) -> Reading:
    try:
        text, problems = text_of(source)
    except Refused as refused:
        return unread(source, refused)
    read_text = compose.read if source.path.lower().endswith((".yaml", ".yml")) else dockerfile.read
    return read_text(source, text, problems, interest)
