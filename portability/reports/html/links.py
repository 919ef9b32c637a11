"""A picture of what leans on what: services on two sides, joined by bands as wide as they are frequent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from portability.model import Edge

WIDTH, LEFT, RIGHT = 1000, 330, 670
_BANDS = 24
_WIDEST, _LEAST = 22.0, 2.0
_GAP = 14.0
_NAME = 18.0
"""Height that a name takes, however thin its bands are."""


class Node(NamedTuple):
    """A service at one side: its name's place, and the bar beside it."""

    service: str
    x: float
    y: float
    top: float
    height: float


class Band(NamedTuple):
    """An edge as the path of a curve, and its width."""

    edge: Edge
    path: str
    width: float


class Picture(NamedTuple):
    """The most frequent edges, drawn; ``more`` are not."""

    height: float
    nodes: list[Node]
    bands: list[Band]
    more: int


def picture(edges: Sequence[Edge]) -> Picture:
    """The picture of edges that are sorted by how frequent they are."""
    drawn = edges[:_BANDS]
    most = max((edge.times for edge in drawn), default=1)
    widths = {edge: max(_LEAST, _WIDEST * edge.times / most) for edge in drawn}
    left, low = _side(widths, "source", LEFT)
    right, lower = _side(widths, "target", RIGHT)
    at_left = {node.service: node.top for node in left}
    at_right = {node.service: node.top for node in right}
    bands = []
    for edge, width in sorted(widths.items(), key=lambda item: (at_right[item[0].target], at_left[item[0].source])):
        start, end = at_left[edge.source] + width / 2, at_right[edge.target] + width / 2
        at_left[edge.source] += width
        at_right[edge.target] += width
        middle = (LEFT + RIGHT) / 2
        path = f"M{LEFT + 8} {start:.1f}C{middle} {start:.1f} {middle} {end:.1f} {RIGHT - 8} {end:.1f}"
        bands.append(Band(edge, path, round(width, 1)))
    return Picture(round(max(low, lower), 1), [*left, *right], bands, len(edges) - len(drawn))


def _side(widths: dict[Edge, float], end: str, x: float) -> tuple[list[Node], float]:
    """The nodes of one side from top to bottom, the widest first, and where they end."""
    totals: dict[str, float] = {}
    for edge, width in widths.items():
        service = getattr(edge, end)
        totals[service] = totals.get(service, 0) + width
    nodes = []
    y = 0.0
    for service, total in sorted(totals.items(), key=lambda item: (-item[1], item[0])):
        room = max(total, _NAME)
        nodes.append(Node(service, x, round(y + room / 2 + 4, 1), round(y + (room - total) / 2, 1), round(total, 1)))
        y += room + _GAP
    return nodes, y
