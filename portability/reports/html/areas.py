"""Directories as a treemap: rectangles whose area is a count, in a squarified layout (Bruls and others, 2000)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from portability.assessment.uses import finding_level, moves
from portability.model import Finding, LockIn

WIDTH = 1000
_TILES = 120
_HEIGHTS = ((3, 180), (8, 300), (1000, 440))
"""Height of the map up to a number of tiles; few large ones would shout."""


class Area(NamedTuple):
    """A directory, its places and the hardest level of what moves there; or ``others``, each too small to draw."""

    directory: str
    places: int
    lock_in: LockIn
    others: bool


class Tile(NamedTuple):
    """An area and its rectangle."""

    area: Area
    x: float
    y: float
    width: float
    height: float


def areas(findings: Iterable[Finding]) -> list[Area]:
    """Directories with the most places; small ones go together by the top directory."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        found[finding.location.path.rpartition("/")[0] or "."].append(finding)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    rest: dict[str, list[Finding]] = defaultdict(list)
    for directory, inside in ranked[_TILES:]:
        rest[directory.partition("/")[0]].extend(inside)
    rows = [Area(directory, len(inside), _level(inside), False) for directory, inside in ranked[:_TILES]]
    rows += [Area(directory, len(inside), _level(inside), True) for directory, inside in rest.items()]
    return sorted(rows, key=lambda area: (-area.places, area.directory, area.others))


def _level(findings: Sequence[Finding]) -> LockIn:
    return finding_level([finding for finding in findings if moves(finding)] or findings)


def height(shown: Sequence[Area]) -> int:
    """The map's height, where ``WIDTH`` is its width."""
    return next(tall for most, tall in _HEIGHTS if len(shown) <= most)


def tiles(shown: Sequence[Area]) -> list[Tile]:
    """The rectangles of areas that are sorted by size, rounded to a tenth."""
    total = sum(area.places for area in shown)
    scale = WIDTH * height(shown) / total if total else 0
    return list(_squarified(shown, scale, 0, 0, WIDTH, height(shown)))


def _squarified(rest: Sequence[Area], scale: float, x: float, y: float, width: float, height: float) -> Iterator[Tile]:
    while rest:
        side = min(width, height)
        taken = 1
        while taken < len(rest) and _worst(rest[: taken + 1], scale, side) <= _worst(rest[:taken], scale, side):
            taken += 1
        row, rest = rest[:taken], rest[taken:]
        depth = sum(area.places for area in row) * scale / side if side else 0
        along = 0.0
        for area in row:
            length = area.places * scale / depth if depth else 0
            if width >= height:
                yield _tile(area, x, y + along, depth, length)
            else:
                yield _tile(area, x + along, y, length, depth)
            along += length
        if width >= height:
            x, width = x + depth, width - depth
        else:
            y, height = y + depth, height - depth


def _worst(row: Sequence[Area], scale: float, side: float) -> float:
    """The aspect ratio of the row's least square rectangle."""
    total = sum(area.places for area in row) * scale
    ratios = (side**2 * area.places * scale / total**2 for area in row)
    return max(max(ratio, 1 / ratio) for ratio in ratios)


def _tile(area: Area, x: float, y: float, width: float, height: float) -> Tile:
    return Tile(area, round(x, 1), round(y, 1), round(width, 1), round(height, 1))
