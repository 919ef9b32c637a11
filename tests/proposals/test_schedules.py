"""Schedules: what five fields of cron can say is said, and nothing else is made up."""

from __future__ import annotations

from typing import Any

import pytest

from portability.proposals.schedules import cron_of


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("cron(0 6 * * ? *)", "0 6 * * *"),
        ("cron(15 10 ? * MON-FRI *)", "15 10 * * MON-FRI"),
        ("cron(0 8 ? * 2-6 *)", "0 8 * * 1-5"),
        ("cron(0 8 ? * 1,7 *)", "0 8 * * 0,6"),
        ("cron(0/30 * * * ? *)", "0/30 * * * *"),
        ("rate(5 minutes)", "*/5 * * * *"),
        ("rate(1 hour)", "0 * * * *"),
        ("rate(1 minute)", "* * * * *"),
        ("rate(12 hours)", "0 */12 * * *"),
        ("rate(1 day)", "0 0 * * *"),
        ("0 */5 * * * *", "*/5 * * * *"),
        ("30 4 * * 1", "30 4 * * 1"),
        # What five fields cannot say stays with a person.
        ("cron(0 6 * * ? 2027)", ""),
        ("cron(0 0 L * ? *)", ""),
        ("cron(0 0 15W * ? *)", ""),
        ("cron(0 0 ? * 6#3 *)", ""),
        ("rate(7 minutes)", ""),
        ("rate(7 days)", ""),
        ("at(2026-12-01T10:00:00)", ""),
        ("*/10 * * * * *", ""),
        ("@daily", ""),
        ("", ""),
        (None, ""),
        ("x" * 10_000, ""),
        ('0 6 * * "; rm -rf /', ""),
    ],
)
def test_five_fields(schedule: Any, expected: str) -> None:
    assert cron_of(schedule) == expected
