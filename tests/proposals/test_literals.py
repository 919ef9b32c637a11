"""Literals, labels and comments, for any text there is."""

from __future__ import annotations

import re

import hcl2
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portability.proposals import literals
from portability.proposals.inputs import is_secret
from portability.proposals.layout import align
from tests.proposals.test_templates import _unescaped

TEXT = st.text(max_size=40) | st.text(alphabet="$%{}\"\\\n #:-&*[]'x", max_size=30)
LEAF = st.none() | st.booleans() | st.integers() | TEXT
NESTED = st.recursive(LEAF, lambda one: st.lists(one, max_size=3), max_leaves=6)


@given(TEXT)
def test_yaml_reads_a_text_back(text: str) -> None:
    literal = literals.yaml(text)
    assert yaml.safe_load(literal) == text
    assert list(yaml.safe_load_all(f"a:\n  - b: {literal}\n    c: 1\n")) == [{"a": [{"b": text, "c": 1}]}]


@given(TEXT)
@settings(max_examples=60)
def test_hcl_reads_a_text_back(text: str) -> None:
    literal = literals.hcl(text)
    assert "\n" not in literal
    assert _unescaped(literal[1:-1]) == text
    assert hcl2.loads(f"a = {literal}\nb = 1\n")["b"] == 1


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | TEXT, lambda one: st.lists(one, max_size=3), max_leaves=6)
)
def test_yaml_reads_lists_back(value: object) -> None:
    try:
        literal = literals.yaml(value)
    except literals.NotALiteral:
        assert "None" in repr(value)
    else:
        assert yaml.safe_load(literal) == value


@given(st.text())
def test_a_label_is_a_label(text: str) -> None:
    for limit in (22, 40):
        assert re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", literals.slug(text, limit))
        assert len(literals.slug(text, limit)) <= limit


@given(st.text())
def test_a_comment_is_one_line(text: str) -> None:
    comment = literals.comment(text)
    assert comment.isprintable()
    assert len(f"x{comment}".splitlines()) == 1
    assert len(comment) <= literals.MAX_COMMENT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password", "x"),
        ("db_passwd", 1),
        ("client_secret", "x"),
        ("", "AKIAIOSFODNN7EXAMPLE"),
        ("", "-----BEGIN RSA PRIVATE KEY-----\nabc"),
        ("", "postgres://clerk:letmein@db/register"),
        ("", "Server=x;Password=letmein"),
        ("", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"),
        ("", "wJalrXUtnFEMI/K7MDENG/bPxRfi4CY2EX1AMPLEKEY"),
        ("", ["plain", {"token": "x"}]),
    ],
)
def test_a_secret_is_seen(name: str, value: object) -> None:
    assert is_secret(name, value)


@pytest.mark.parametrize(
    "value",
    ["webshop", "ami-0123456789abcdef0", "db.t4g.medium", "https://example.nl/a", "secrets/payment", "x" * 9000],
)
def test_what_is_none_stays(value: str) -> None:
    assert not is_secret("name", value)


def test_attributes_stand_in_columns() -> None:
    given = 'a "b" {\n\nx = 1\n\n\n  long = "= {"\ny = {\nz = 2\n}\nw = 3\n}\n'
    assert align(given) == 'a "b" {\n  x = 1\n\n  long = "= {"\n  y = {\n    z = 2\n  }\n  w = 3\n}\n'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("line 9 calls `Blob`, not *this*", "line 9 calls `Blob`, not \\*this\\*"),
        ("`${CLASS}`: of yours", "`${CLASS}`: of yours"),
        ("an odd ` one", "an odd \\` one"),
        ("``a`` and `b`", "\\`\\`a\\`\\` and \\`b\\`"),
        ("a\n# b `c\nd`", "a # b `c d`"),
    ],
)
def test_a_sentence_shows_code_as_code_and_the_rest_as_it_is(text: str, shown: str) -> None:
    assert literals.prose(text) == shown
