"""Files with errors: what is sound in them is read, what is not is said, and nothing is made up."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portability.model import UNKNOWN
from tests.parsers.terraform.conftest import readings_of

BEFORE = 'resource "a_b" "before" {\n  x = "1"\n}\n\n'
AFTER = """
resource "a_b" "after" {
  x = "2"
  y = <<EOT
"quoted" ${text}
EOT
}

module "m" {
  source = "a/b/c"
}
"""
BROKEN = {
    "quote": 'resource "a_b" "broken" {\n  x = "1\n  y = 1\n}\n',
    "quote of a label": 'resource "a_b" "broken {\n  y = 1\n}\n',
    "first quote": 'resource a_b" "broken" {\n  y = 1\n}\n',
    "brace": 'resource "a_b" "broken" {\n  v {\n    x = 1\n  y = 1\n}\n',
    "opening brace": 'resource "a_b" "broken"\n  y = 1\n}\n',
    "all but the header": 'resource "a_b" "broken"\n',
    "opening brace of a block inside": 'resource "a_b" "broken" {\n  v\n  w {\n    y = 1\n  }\n}\n',
    "opening brace before a block": 'resource "a_b" "broken"\n  v {\n    y = 1\n  }\n}\n',
    "bracket": 'resource "a_b" "broken" {\n  x = [1\n  y = 1\n}\n',
    "heredoc": 'resource "a_b" "broken" {\n  x = <<EOF\n  y = 1\n}\n',
    "value": 'resource "a_b" "broken" {\n  x =\n  y = 1\n}\n',
    "comment": 'resource "a_b" "broken" {\n  y = 1\n  /* x\n}\n',
}


@pytest.mark.parametrize("what", BROKEN)
def test_an_error_costs_its_neighbours_nothing(reading, what):
    found = reading(BEFORE + BROKEN[what] + AFTER, {"a_b": ("x",)})
    addresses = [usage.address for usage in found.usages]
    assert addresses == ["a_b.before", "a_b.broken", "a_b.after", "module.m"]
    assert [usage.values for usage in found.usages if usage.address != "a_b.broken"] == [{"x": "1"}, {"x": "2"}, {}]
    assert found.usages[2].location.line == (BEFORE + BROKEN[what]).count("\n") + 2


UNFINISHED = (
    *(
        'x = "a',
        '"',
        "x = <<EOT",
        "x = <<-EOF",
        'x = "${',
        'x = "%{ if a }',
        "v {",
        "x = [",
        "x = {",
        "x = f(",
        "x =",
        "}",
    ),
    *('resource "a_b" "begun', 'resource "a_b" "begun"', 'resource "a_b" "begun" {'),
)
WRITTEN = [file.read_text() for file in sorted(Path(__file__).parents[3].glob("fixtures/*/*/*.tf"))]


@settings(max_examples=200, deadline=None)
@given(text=st.sampled_from(WRITTEN), place=st.integers(0, 10_000), line=st.sampled_from(UNFINISHED))
def test_an_unfinished_line_anywhere_costs_one_block_at_most(text, place, line):
    lines = text.splitlines(keepends=True)
    place %= len(lines) + 1
    found = blocks("".join([*lines[:place], f"  {line}\n" if line[0] != "r" else f"{line}\n", *lines[place:]]))
    others = {
        (address, start + (start > place)): end
        for (address, start), end in blocks(text).items()
        if not start <= place < end
    }
    assert others.keys() <= found.keys()
    assert len(found.keys() - others.keys()) <= 2  # the broken one, and one that was begun


def blocks(text):
    """Address and first line of every block that begins in the first column → its last line."""
    located = [(use.address, use.location) for use in readings_of({"main.tf": text})["main.tf"].usages]
    return {(address, at.line): at.end_line for address, at in located if at.column == 1}


@pytest.mark.parametrize("what", BROKEN)
def test_it_is_said_where_the_error_is(reading, what):
    found = reading(BEFORE + BROKEN[what] + AFTER)
    assert found.state == "partly"
    [problem] = found.problems
    assert problem.kind == "syntax"
    assert 5 <= problem.line <= 5 + BROKEN[what].count("\n")


def test_what_the_error_may_have_hidden_is_unknown_and_the_rest_absent(reading):
    code = 'resource "a_b" "c" {\n  x = [1\n  y = 2\n}\n'
    assert reading(code, {"a_b": ("x", "z")}).usages[0].values == {"x": UNKNOWN}


def test_a_block_that_a_header_without_its_brace_takes_in_is_unknown(reading):
    code = 'resource "a_b" "c" {\n  v "l"\n  w {\n    x = 1\n  }\n}\n'
    assert reading(code, {"a_b": ("w", "z")}).usages[0].values == {"w": UNKNOWN}


def test_words_alone_on_a_line_are_no_header(reading):
    code = 'resource "a_b" "c" {\n  x = [\n    y\n  ]\n  z = <<EOT\nsome words\n\nw {\nEOT\n}\n/*\nwords\n*/\n'
    assert reading(code).state == "read"


def test_a_value_cut_short_by_an_error_is_unknown(reading):
    found = reading('resource "a_b" "c" {\n  x = 12 34\n  y = 5\n}\n', {"a_b": ("x",)})
    assert found.state == "partly"
    assert found.usages[0].values == {"x": UNKNOWN}


def test_headers_in_heredocs_and_comments_of_a_broken_file_are_no_blocks(reading):
    hidden = 'resource "a_b" "hidden" {\n}\n'
    code = f"locals {{\n  t = <<EOT\n{hidden}EOT\n}}\n/*\n{hidden}*/\n# x = <<EOT\n{AFTER}" + BROKEN["quote"]
    assert [usage.address for usage in reading(code).usages] == ["a_b.after", "module.m", "a_b.broken"]


@pytest.mark.parametrize("code", ["this is not terraform", "}}}", "<html></html>"])
def test_a_file_of_something_else_is_unread(reading, code):
    found = reading(code)
    assert (found.state, found.usages) == ("unread", ())
    assert [problem.kind for problem in found.problems] == ["syntax"]


@pytest.mark.parametrize("code", ["", " \n\t\r\n", "# only a comment\n", "﻿"])
@pytest.mark.parametrize("path", ["a.tf", "a.tofu"])
def test_a_blank_file_is_read(reading, code, path):
    assert reading(code, path=path).state == "read"


def test_bytes_that_are_not_utf_8_are_replaced_and_named(reading):
    found = reading(b'# \xe9t\xe9\nresource "a_b" "c" {\n  x = "\xe9"\n}\n', {"a_b": ("x",)})
    assert (found.state, found.usages[0].values) == ("partly", {"x": "\ufffd"})
    assert [(problem.line, problem.kind) for problem in found.problems] == [(1, "encoding")]


@pytest.mark.parametrize("data", [b"\0\0\0", b'resource "a_b" "c" {}\n\0', b"\x7fELF\0\1"])
def test_what_is_not_text_is_unread(reading, data):
    found = reading(data)
    assert (found.state, [problem.kind for problem in found.problems]) == ("unread", ["binary"])
