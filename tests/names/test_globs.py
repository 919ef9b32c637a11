"""Wildcards answer as the regular expression of the same meaning would."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portability.names.globs import Wildcard


@given(st.text("ab*", max_size=8), st.text("ab\n", max_size=10))
def test_a_wildcard_is_any_run_of_characters(pattern: str, name: str) -> None:
    regex = ".*".join(map(re.escape, pattern.split("*")))
    assert Wildcard(pattern).fits(name) == bool(re.fullmatch(regex, name, re.DOTALL))


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*.services.k8s.aws/*", "sqs.services.k8s.aws/Queue", True),
        ("ab*ba", "aba", False),  # the ends may not share a character
        ("a*b*b", "ab", False),
        ("a.c", "abc", False),
    ],
)
def test_nothing_else_is_special(pattern: str, name: str, fits: bool) -> None:
    assert Wildcard(pattern).fits(name) is fits
