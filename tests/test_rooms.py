"""Data flows one way: each room knows the nouns and what comes before it, and no parser knows a rule."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "portability"
NOUNS = {"model", "interest", "settings", "names", "digests", "patterns"}
MAY_KNOW = {
    "names": {"names"},
    "discovery": {"discovery", "parsers.guards"},
    "parsers": {"discovery", "parsers"},
    "catalogue": {"catalogue", "parsers.guards"},
    "reading": {"discovery", "parsers", "reading"},
    "engine": {"catalogue", "engine", "policy"},
    "assessment": {"assessment", "catalogue", "engine.identity"},
    "proposals": {
        "catalogue",
        "proposals",
        "engine.equivalents",
        "assessment",
        "discovery",
        "parsers.kubernetes",
        "parsers.whereabouts",
    },
    "gate": {"gate", "configuration", "policy", "audit", "assessment", "catalogue", "discovery", "parsers.guards"},
}


@pytest.mark.parametrize("room", MAY_KNOW)
def test_a_room_knows_only_what_comes_before_it(room):
    place = PACKAGE / room
    for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
        for name in _imported(file):
            known = NOUNS | MAY_KNOW[room]
            assert any(name == one or name.startswith(f"{one}.") for one in known), f"{file.name} imports {name}"


def _imported(file: Path):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("portability."):
            yield node.module.removeprefix("portability.")
        elif isinstance(node, ast.ImportFrom) and node.module == "portability":
            yield from (alias.name for alias in node.names)


def test_no_group_is_repeated_possessively():
    """Python before 3.11.5 mistakes ``(…)*+`` where the group may go back (python/cpython#106052); ``(?>(…)*)`` works
    everywhere."""
    repeated = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+")
    for file in sorted(PACKAGE.rglob("*.py")):
        for line in file.read_text(encoding="utf-8").splitlines():
            assert not (re.search(r"\br?b?r?[\"'].*\(\?", line) and repeated.search(line)), f"{file.name}: {line}"


def test_every_file_among_the_rules_is_one_that_is_read():
    """What a merge or an editor leaves behind would lie among a thousand rules unseen."""
    rules = PACKAGE.parent / "rules"
    assert {file.suffix for file in rules.rglob("*") if file.is_file()} == {".yaml", ".j2"}
