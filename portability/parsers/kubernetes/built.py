"""Nodes of YAML for objects that another language writes: what is no document still has places and placeholders."""

from __future__ import annotations

from typing import Final

import yaml
from yaml.nodes import ScalarNode

UNTOLD: Final = "$(_)"
"""What stands where only a run could tell. It is a placeholder in every style of YAML."""
_LONGEST: Final = 200
"""Characters within a placeholder, as it is told."""


def untold(length: int) -> str:
    """A placeholder as long as what it stands for, so that places on its line stay right."""
    return f"$({'_' * min(length - 3, _LONGEST)})"


def mark(line: int, column: int) -> yaml.Mark:
    """A place, both counted from 0."""
    return yaml.Mark("", 0, line, column, None, 0)


def scalar(written: str, start: yaml.Mark, end: yaml.Mark, style: str | None = None) -> ScalarNode:
    """A scalar between two places; without ``style`` it may be a number or a truth value."""
    return ScalarNode("", written, start, end, style=style)


def field(name: str) -> str:
    """A field as manifests call it, for one with its words joined by underscores: ``serviceAccountName``."""
    first, *rest = name.removeprefix("_").split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)
