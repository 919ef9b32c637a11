"""Schedules of the old provider → the five fields of cron, where these can say the same."""

from __future__ import annotations

import re

from portability.patterns import regex

_RATE = regex(r"rate\(\s*(\d{1,4})\s+(minute|hour|day)s?\s*\)")
_CRON = regex(r"cron\(([^()]{1,200})\)")
_FIELD = regex(r"[0-9A-Za-z*,/-]{1,80}")
_LAST = regex(r"(?:^|,)(?:LW?|\d+[LW])(?:,|$)", re.IGNORECASE)
"""The last day of something, or the nearest working day: cron has no word for these."""
_DAY = regex(r"(?<![\d/])([1-7])(?!\d)")
_WHOLE = {"minute": 60, "hour": 24, "day": 1}
"""How many of a unit the next greater one has, so that a step within it is even."""


def cron_of(schedule: object) -> str:
    """Five fields of cron; empty where they cannot say what the schedule says, or it is none.

    Amazon's six fields end with a year, count the days of a week from 1 and have ``?`` for no matter which; Azure's
    begin with a second. A rate counts from when it was made, and becomes a step from the full hour or from midnight.
    """
    if not isinstance(schedule, str) or len(schedule) > 200:
        return ""
    text = " ".join(schedule.split())
    if rate := _RATE.fullmatch(text):
        return _step(int(rate[1]), rate[2])
    if within := _CRON.fullmatch(text):
        fields = within[1].split()
        return _five(fields[:5], 1) if len(fields) == 6 and fields[5] in ("*", "?") else ""
    fields = text.split()
    if len(fields) == 6 and fields[0] == "0":
        return _five(fields[1:], 0)
    return _five(fields, 0) if len(fields) == 5 else ""


def _five(fields: list[str], first_day: int) -> str:
    fields = ["*" if field == "?" else field for field in fields]
    if not all(_FIELD.fullmatch(field) for field in fields) or any(_LAST.search(field) for field in fields[2::2]):
        return ""
    if first_day:
        fields[4] = _DAY.sub(lambda found: str(int(found[1]) - first_day), fields[4])
    return " ".join(fields)


def _step(every: int, unit: str) -> str:
    whole = _WHOLE[unit]
    if every < 1 or every > whole or whole % every:
        return ""
    step = "*" if every == 1 else f"*/{every}"
    return {
        "minute": "0 * * * *" if every == whole else f"{step} * * * *",
        "hour": "0 0 * * *" if every == whole else f"0 {step} * * *",
        "day": "0 0 * * *",
    }[unit]
