"""Files that no parser reads and that name a provider."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portability.discovery import Finder, gather, mentions
from portability.model import Mention

WORDS = {"aws": ("aws_", "amazonaws.com", "arn:aws:"), "azure": ("azurerm_",), "nobody": ()}


def test_files_are_counted_by_kind_and_provider_with_the_first_path_as_sample() -> None:
    files = [
        ("z.sh", "shell", b"\n\ncurl https://s3.amazonaws.com"),
        ("b.go", "Go", b'"aws_x" + "azurerm_y"'),
        ("a.sh", "shell", b"#!/bin/sh\necho arn:aws:sns"),
        ("c.sh", "shell", b"echo hello"),
    ]
    expected = (
        Mention(kind="Go", provider="aws", files=1, sample={"path": "b.go", "line": 1}),
        Mention(kind="Go", provider="azure", files=1, sample={"path": "b.go", "line": 1}),
        Mention(kind="shell", provider="aws", files=2, sample={"path": "a.sh", "line": 2}),
    )
    assert mentions(files, WORDS) == expected
    assert mentions(reversed(files), WORDS) == expected


def test_words_match_letter_case() -> None:
    assert Finder(WORDS).providers(b"AWS_ AmazonAWS.com") == {}


def test_utf16_as_windows_tools_write_it_is_read() -> None:
    assert Finder(WORDS).providers("one\r\naws_two".encode("utf-16")) == {"aws": 2}
    assert Finder(WORDS).providers(b"\xff\xfeodd") == {}


def test_no_words_find_nothing() -> None:
    assert Finder({}).providers(b"aws_") == {}
    assert Finder({"aws": ("",)}).providers(b"aws_") == {}


def test_a_word_inside_another_word_names_nobody() -> None:
    finder = Finder({"aws": ("aws", "AWS")})
    assert finder.providers(b"laws of jaws, LAWS") == {}
    assert finder.providers(b"laws\nuseAws @aws-sdk") == {"aws": 2}
    assert finder.providers(b"theAWSClient") == {"aws": 1}


def test_odd_names_are_printable_in_the_sample() -> None:
    (found,) = mentions([("a\udcff\x1b.sh", "shell", b"aws_")], WORDS)
    assert found.sample["path"] == r"a\xff\x1b.sh"


letters = st.text(alphabet="ab.*", min_size=1, max_size=4)


@given(
    st.dictionaries(st.sampled_from("pqr"), st.lists(letters, max_size=6), max_size=3),
    st.text(alphabet="ab.*\n", max_size=40),
)
def test_it_agrees_with_looking_for_each_word(words: dict[str, list[str]], text: str) -> None:
    expected = {}
    for provider in sorted(words):
        places = [
            start
            for word in words[provider]
            for start in range(len(text))
            if text.startswith(word, start) and not (text[start - 1 : start].islower() and word[0].islower())
        ]
        if places:
            expected[provider] = text.count("\n", 0, min(places)) + 1
    assert Finder(words).providers(text.encode()) == expected


@given(st.binary(max_size=80))
def test_any_bytes_are_answered(data: bytes) -> None:
    finder = Finder(WORDS)
    gather(finder.hits("x", "shell", data))
