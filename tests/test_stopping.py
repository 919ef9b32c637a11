"""Whoever stops an audit gets a report of what was read, which says that it is a part."""

from __future__ import annotations

import pytest

from portability.audit import audit

TREE = {f"m{number}/main.tf": 'resource "aws_sqs_queue" "q" {}\n' for number in range(5)}


def after_two(done: int, _total: int, _found: int) -> None:
    if done == 2:
        raise KeyboardInterrupt


def test_a_stopped_audit_covers_what_was_read_and_counts_the_rest(tree, catalogue):
    assessment = audit(tree(TREE), catalogue, ("ovhcloud",), jobs=1, progress=after_two, stoppable=True)
    assert assessment.coverage.stopped == 3
    assert 0 < len(assessment.findings) <= 2


def test_a_check_that_is_stopped_passes_nothing(tree, catalogue):
    with pytest.raises(KeyboardInterrupt):
        audit(tree(TREE), catalogue, ("ovhcloud",), jobs=1, progress=after_two)
