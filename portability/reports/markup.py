"""What scanned code says, as Markdown that shows it and does nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BAR = r"(?<!\\)\|"
_ESCAPED = r"\\|"


def text(said: str) -> str:
    """Text without markup, links, mentions or HTML of its own."""
    plain = re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(said.split()))
    return plain.replace("@", "@&#8203;").replace("\\<", "&lt;").replace("\\>", "&gt;")


def code(said: str) -> str:
    """Text as code."""
    return "`" + " ".join(said.split()).replace("`", "'") + "`"


def row(cells: Iterable[str]) -> str:
    """A row of a table, of cells that are Markdown already. In a table a bar ends a cell, within code too."""
    return f"| {' | '.join(re.sub(_BAR, _ESCAPED, cell) for cell in cells)} |"


def head(*columns: str, right: int = 0) -> tuple[str, str]:
    """The head of a table, whose last columns, as many as ``right``, are figures."""
    rules = ["---"] * (len(columns) - right) + ["---:"] * right
    return row(columns), f"|{'|'.join(rules)}|"
