"""Whoever stops an audit gets a report of what was read, which says that it is a part."""

from __future__ import annotations

import pytest

from portability.audit import audit
from portability.gate import judge
from portability.reports import FORMATS, Report

TREE = {f"m{number}/main.tf": 'resource "aws_sqs_queue" "q" {}\n' for number in range(5)}


def after_two(done: int, _total: int, _found: int) -> None:
    if done == 2:
        raise KeyboardInterrupt


def test_a_stopped_audit_covers_what_was_read_and_counts_the_rest(tree, catalogue):
    assessment = audit(tree(TREE), catalogue, ("ovhcloud",), jobs=1, progress=after_two, stoppable=True)
    assert assessment.coverage.stopped == 3
    assert 0 < len(assessment.findings) <= 2


@pytest.mark.parametrize(
    ("format", "said"),
    [
        ("html", "A part of the code: 3 files were not read"),
        ("text", "In short, of the part that was read: 1 service in use"),
        ("markdown", "Of the part that was read: 1 service in use"),
    ],
)
def test_the_verdict_of_a_part_says_that_it_is_one(tree, catalogue, format, said):
    """A reader of the first words alone must not take “none is hard to leave” for the whole."""
    part = audit(tree(TREE), catalogue, ("ovhcloud",), jobs=1, progress=after_two, stoppable=True)
    whole = audit(tree(TREE), catalogue, ("ovhcloud",), jobs=1)
    texts = [
        FORMATS[format](Report(assessment=one, verdict=judge(one, {}), catalogue=catalogue)) for one in (part, whole)
    ]
    assert [said in text for text in texts] == [True, False]


def test_a_check_that_is_stopped_passes_nothing(tree, catalogue):
    with pytest.raises(KeyboardInterrupt):
        audit(tree(TREE), catalogue, ("ovhcloud",), jobs=1, progress=after_two)
