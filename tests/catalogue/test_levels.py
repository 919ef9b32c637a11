"""The levels and roles that decide the default gate are written down, and what is written holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portability.catalogue import Catalogue

TABLE = (Path(__file__).parents[2] / "docs" / "levels.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| `([\w/-]+)` \| ([\w-]+) \| (\w+) \| .{20,} \|$", TABLE, re.MULTILINE)


def test_the_table_has_every_type_that_decides_the_default_gate() -> None:
    assert len(ROWS) == TABLE.count("\n| `") == 16


@pytest.mark.parametrize(("name", "service", "role", "level"), ROWS)
def test_a_row_says_what_the_catalogue_says(
    catalogue: Catalogue, name: str, service: str, role: str, level: str
) -> None:
    claim = catalogue.claim("terraform", name)
    assert claim is not None
    assert (claim.service, claim.role, catalogue.service(claim.service).lock_in) == (service, role, level)
