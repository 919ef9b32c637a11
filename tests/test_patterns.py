"""Patterns are compiled when they are used, so a wrong one must be found here."""

from __future__ import annotations

import gc
import re
from importlib import import_module
from pathlib import Path

import pytest

import portability
from portability.patterns import _Later, regex

PACKAGE = Path(portability.__file__).parent
SERVERS = PACKAGE / "proposals" / "source_edits" / "servers"


def test_each_pattern_of_the_package_compiles():
    for file in PACKAGE.rglob("*.py"):
        parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
        if parts[-1] not in ("__main__", "lsp") and file.parent != SERVERS:
            import_module(".".join(parts).removesuffix(".__init__"))
    patterns = [one for one in gc.get_objects() if type(one) is _Later]
    assert len(patterns) > 200
    for one in patterns:
        assert one.pattern


def test_no_module_compiles_a_pattern_when_it_is_imported():
    """But for those that are copied beside somebody's handlers, and know nothing of this package."""
    for file in sorted(PACKAGE.rglob("*.py")):
        compiled = re.findall(r"^\w.*re\.compile\(.*", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert not compiled or file.name == "patterns.py" or file.parent == SERVERS, f"{file.name}: {compiled}"


def test_a_pattern_does_what_re_does_and_fails_at_its_first_use():
    assert regex("a+", re.IGNORECASE).findall("xAa") == re.compile("a+", re.IGNORECASE).findall("xAa")
    wrong = regex("(")
    with pytest.raises(re.error):
        wrong.search("")
