"""Data → YAML that fits where it lands: a scalar in the style of the old one, entries in a block or in brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.patterns import regex
from portability.proposals import literals

_PLAIN = regex(r"(?:\$\{[A-Z0-9_]+\}|[A-Za-z0-9/_])(?:[\w./@+-]|\$\{[A-Z0-9_]+\}|:(?=[^\s]))*", re.ASCII)


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's signature
        super().increase_indent(flow, indentless=False)  # items stand in from their key, as most write them


def _string(dumper: yaml.SafeDumper, value: str) -> ScalarNode:
    lines = value.split("\n")
    is_block = (
        len(lines) > 2 and not lines[-1] and all(line.isprintable() and line == line.strip("\t") for line in lines)
    )
    style = None if _is_plain(value) else "|" if is_block and not value[0].isspace() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _string)


def scalar(value: str, style: str | None, *, is_flow: bool) -> str:
    """A text in the quotes of the one whose place it takes, or in others where those cannot hold it."""
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if not style and _is_plain(value) and not (is_flow and "{" in value):
        return value
    return literals.yaml(value)


def block(entries: Mapping[str, Any]) -> str:
    """Entries as lines, without a line end behind the last."""
    return yaml.dump(
        dict(entries), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=False
    ).rstrip("\n")


def flow(entries: Mapping[str, Any], *, is_json: bool) -> str:
    """Entries as they stand in brackets, the brackets left out."""
    return ", ".join(
        f"{literals.yaml(key) if is_json or not _is_plain(key) else key}: {literals.yaml(value)}"
        for key, value in entries.items()
    )


def pairs(entries: Mapping[str, Any]) -> list[tuple[Node, Node]]:
    """Entries as nodes that say the same."""
    return [(_scalar(key), _node(value)) for key, value in entries.items()]


def _node(value: Any) -> Node:
    if isinstance(value, Mapping):
        return MappingNode("", pairs(value))
    if isinstance(value, list):
        return SequenceNode("", [_node(item) for item in value])
    return _scalar(value if isinstance(value, str) else literals.yaml(value))


def _scalar(value: str) -> ScalarNode:
    return ScalarNode("", value)


def _is_plain(value: str) -> bool:
    """Whether a text is read as itself without quotes."""
    return _PLAIN.fullmatch(value) is not None and not value.endswith(":") and yaml.safe_load(value) == value
