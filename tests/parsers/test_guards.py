"""The guard in front of parsers that die of deep nesting."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portability.parsers.guards import too_deep

brackets = st.lists(st.sampled_from([b"(", b")", b"[", b"]", b"{", b"}", b"\n", b"x"]), max_size=60).map(b"".join)


@pytest.mark.parametrize("opener", [b"(", b"[", b"{"])
def test_ten_thousand_open_brackets_are_refused(opener: bytes) -> None:
    assert too_deep(opener * 10_000) == 1


def test_the_limit_itself_is_allowed_and_one_more_is_not() -> None:
    assert too_deep(b"[" * 200 + b"]" * 200) is None
    assert too_deep(b"\n" * 4 + b"[" * 201 + b"]" * 201) == 5


def test_width_is_not_depth() -> None:
    assert too_deep(b"f(a[0], {})\n" * 50_000) is None


def test_surplus_closers_do_not_buy_depth() -> None:
    assert too_deep(b")" * 10_000 + b"(" * 201) == 1


@pytest.mark.parametrize(
    "pair",
    [b"[\n# ]\n", b"(\n// )\n", b'{"}":', b"[ ']',\n", b'["\\"]",\n'],
    ids=["hash", "slashes", "double-quoted", "single-quoted", "escaped quote"],
)
def test_closers_in_comments_and_strings_do_not_hide_depth(pair: bytes) -> None:
    assert too_deep(pair * 10_000) is not None


def test_brackets_in_the_prose_of_an_ordinary_file_are_harmless() -> None:
    smileys = b"# first (of two\n# don't :( https://example.org/a(b\nx = f(')')\n" * 60
    assert too_deep(smileys) is None


@pytest.mark.parametrize(
    "data",
    [b'"' * 5_000_000, b"'\\" * 2_500_000, b"([)]" * 3_000 + b'\\" ' * 1_600_000, b"([)]" * 1_250_000],
    ids=["quotes", "apostrophes", "unfinished strings", "only brackets"],
)
def test_no_file_takes_long(data: bytes) -> None:
    began = time.process_time()
    too_deep(data)
    assert time.process_time() - began < 10  # a quadratic scan of 5 MB takes hours


@given(brackets, st.integers(min_value=0, max_value=20))
def test_it_agrees_with_counting(data: bytes, limit: int) -> None:
    depth, expected = 0, None
    for index, byte in enumerate(data):
        depth = max(0, depth + (byte in b"([{") - (byte in b")]}"))
        if depth > limit:
            expected = data.count(b"\n", 0, index) + 1
            break
    assert too_deep(data, limit) == expected


@given(st.binary(max_size=400))
def test_any_bytes_are_answered(data: bytes) -> None:
    assert too_deep(data, 3) in {None, *range(1, data.count(b"\n") + 2)}
