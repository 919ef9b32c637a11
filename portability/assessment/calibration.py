"""Estimates held against what the work really took, and the table of sizes that would have fitted."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from statistics import median
from typing import NamedTuple

import msgspec

from portability.assessment.spreadsheet import TableError, number, rows
from portability.catalogue.schema import EffortTable
from portability.model import Assessment, DaysRange

ENOUGH = 3
"""Fewer actuals than this say nothing about the table."""


class ActualsError(Exception):
    """A file of actuals that cannot be used: which line, why, and what to do."""


class Actual(NamedTuple):
    """What moving one service to one target took, and what was estimated for it."""

    service: str
    target: str
    days: float
    estimate: DaysRange

    @property
    def ratio(self) -> float:
        """Days to the geometric mean of the estimate: 1 is in its middle."""
        return self.days / sqrt(self.estimate.low * self.estimate.high)

    @property
    def inside(self) -> bool:
        """Whether the days were within the estimate."""
        return self.estimate.low <= self.days <= self.estimate.high


def read(path: Path, assessment: Assessment) -> list[Actual]:
    """The actuals of a CSV file with the columns ``service``, ``target`` and ``days``, each with its estimate.

    Raises ActualsError, or OSError where the file cannot be opened.
    """
    try:
        filled = rows(path)
    except TableError as error:
        raise ActualsError(str(error)) from error
    if not filled:
        wanted = "its first line names the columns service, target and days, each line below it one move"
        raise ActualsError(f"{path} has no actuals: {wanted}, as in aws/sqs,ovhcloud,6.5")
    services = {name.lower(): one for one in assessment.services for name in (one.service, one.name)}
    found = []
    for line, row in enumerate(filled, 2):
        if missing := [name for name in ("service", "target", "days") if name not in row]:
            raise ActualsError(f"{path} has no column {missing[0]}; its first line names service, target and days")
        where = f"{path}:{line}"
        service = services.get(row["service"].lower())
        target = row["target"].lower()
        if service is None:
            raise ActualsError(f"{where}: {row['service'] or 'no service'} is not in the report")
        if target not in assessment.targets:
            there = ", ".join(assessment.targets)
            raise ActualsError(f"{where}: {target or 'no target'} is not in the report; it has {there}")
        try:
            days = number(row["days"])
        except ValueError as error:
            raise ActualsError(f"{where}: days must be a number, as in 3.5 or 3,5") from error
        estimate = service.effort[target]
        if not 0 < days < float("inf"):
            raise ActualsError(f"{where}: days must be above 0")
        if estimate is None or not estimate.low:
            raise ActualsError(f"{where}: {service.service} has no estimate to hold against it")
        found.append(Actual(service.service, target, days, estimate))
    return found


def factor(actuals: Sequence[Actual]) -> float | None:
    """By how much the table was off, as the median ratio; None where there are too few to tell.

    One factor for all sizes: a handful of moves says how fast people are, not what each size is.
    """
    return round(median(one.ratio for one in actuals), 2) if len(actuals) >= ENOUGH else None


def scaled(table: EffortTable, by: float) -> EffortTable:
    """The table with every size multiplied."""
    sizes = {size: (round(low * by, 2), round(high * by, 2)) for size, (low, high) in table.sizes.items()}
    return msgspec.structs.replace(table, sizes=sizes)
