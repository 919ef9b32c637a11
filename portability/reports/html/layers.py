"""A picture of what leans on what: nodes in columns from left to right, joined by curves, the frequent ones wider."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from portability.reports.html.joined import Node, Row

WIDTH = 1000
_MARGIN = 40
"""What curves between nodes of the last column take."""
_COLUMNS = 4
_WIDEST_BOX = 230
_GAPS = {1: 0, 2: 280, 3: 150, 4: 76}
"""Between columns, by how many there are."""
_BOX, _SPACE = 42, 14
_LETTER = 7.6
"""About what a letter of a label takes."""
_SWEEPS = 8


Neighbours = Mapping[Node, set[Node]]


class Box(NamedTuple):
    """A node with its place; ``short`` is as much of its label as fits."""

    node: Node
    x: float
    y: float
    width: float
    short: str

    @property
    def height(self) -> int:
        """The same for all."""
        return _BOX


class Curve(NamedTuple):
    """A row as the path of a curve, and its width."""

    row: Row
    path: str
    width: float


class Picture(NamedTuple):
    """All of it, in units of which ``WIDTH`` are its width."""

    height: float
    boxes: list[Box]
    curves: list[Curve]


def picture(rows: Sequence[Row]) -> Picture:
    """The picture of some rows; the same rows give the same picture, in any order."""
    rows = sorted(rows, key=lambda row: (-row.times, row.source.key, row.target.key))
    if not rows:
        return Picture(0, [], [])
    column = _columns(rows)
    order = _ordered(rows, column)
    boxes = _placed(order)
    height = max(box.y + _BOX for box in boxes.values()) + 2
    return Picture(round(height, 1), list(boxes.values()), _curves(rows, boxes))


def _columns(rows: Sequence[Row]) -> dict[Node, int]:
    """Whoever leans stands left of what it leans on, as far as there are columns and no circle."""
    after: dict[Node, set[Node]] = defaultdict(set)
    before: dict[Node, set[Node]] = defaultdict(set)
    nodes = dict.fromkeys(node for row in rows for node in (row.source, row.target))
    for row in rows:
        if not _leads(after, row.target, row.source):  # else it would close a circle
            after[row.source].add(row.target)
            before[row.target].add(row.source)
    column = _steps(nodes, before, after)
    if max(column.values()) >= _COLUMNS:
        column = _apart(nodes, before, after)
    for node in nodes:
        if not before[node] and after[node] and not node.is_program:
            column[node] = max(0, min(column[other] for other in after[node]) - 1)
    used = {number: place for place, number in enumerate(sorted(set(column.values())))}
    return {node: used[number] for node, number in column.items()}


def _steps(nodes: Collection[Node], before: Neighbours, after: Neighbours) -> dict[Node, int]:
    """How many steps lead to each node at most. There is no circle."""
    steps: dict[Node, int] = {}
    waiting = {node: len(before[node]) for node in nodes}
    ready = [node for node in nodes if not waiting[node]]
    for node in ready:  # it grows
        steps[node] = max((steps[other] + 1 for other in before[node]), default=0)
        for other in sorted(after[node], key=lambda other: other.key):
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return steps


def _apart(nodes: Collection[Node], before: Neighbours, after: Neighbours) -> dict[Node, int]:
    """Where there are more steps than columns: what people wrote has the first, and of the services those that nothing
    leans on stand left, those that lean on nothing right, and the others between."""
    made = [node for node in nodes if not node.is_program]
    leaning = {node: {other for other in before[node] if not other.is_program} for node in made}
    leant_on = {node: after[node] for node in made}
    from_left, from_right = _steps(made, leaning, leant_on), _steps(made, leant_on, leaning)
    first = int(len(made) < len(nodes))
    last = _COLUMNS - 1 - first
    column = dict.fromkeys(nodes, 0)
    for node in made:
        whole = from_left[node] + from_right[node]
        column[node] = first + (round(last * from_left[node] / whole) if whole else 0)
    return column


def _leads(after: Mapping[Node, set[Node]], start: Node, end: Node) -> bool:
    todo, seen = [start], {start}
    while todo:
        node = todo.pop()
        if node == end:
            return True
        new = after.get(node, set()) - seen
        seen |= new
        todo.extend(new)
    return False


def _ordered(rows: Sequence[Row], column: Mapping[Node, int]) -> list[list[Node]]:
    """The nodes of each column from top to bottom, so that few curves cross: each near the middle of its neighbours."""
    columns: list[list[Node]] = [[] for _ in range(max(column.values()) + 1)]
    neighbours: dict[Node, list[tuple[Node, int]]] = defaultdict(list)
    for row in rows:
        neighbours[row.source].append((row.target, row.times))
        neighbours[row.target].append((row.source, row.times))
    for node in sorted(column, key=lambda node: (-sum(times for _, times in neighbours[node]), node.key)):
        columns[column[node]].append(node)
    for sweep in range(_SWEEPS):
        step = 1 if sweep % 2 == 0 else -1
        height = _heights(columns)
        for nodes in columns[::step]:
            middle = {node: _middle([(height[other], times) for other, times in neighbours[node]]) for node in nodes}
            nodes.sort(key=lambda node: (middle[node], node.key))
            height |= _heights([nodes])
    return columns


def _middle(places: Sequence[tuple[float, int]]) -> float:
    return sum(place * times for place, times in places) / sum(times for _, times in places)


def _heights(columns: Sequence[Sequence[Node]]) -> dict[Node, float]:
    """How far down each node stands, from 0 to 1."""
    return {node: (place + 0.5) / len(nodes) for nodes in columns for place, node in enumerate(nodes)}


def _placed(columns: Sequence[Sequence[Node]]) -> dict[Node, Box]:
    gap = _GAPS[len(columns)]
    whole = WIDTH - _MARGIN
    width = min(_WIDEST_BOX, (whole - gap * (len(columns) - 1)) / len(columns))
    step = (whole - width) / max(1, len(columns) - 1)
    tallest = max(map(len, columns))
    letters = int((width - 26) / _LETTER)
    boxes = {}
    for number, nodes in enumerate(columns):
        top = (tallest - len(nodes)) * (_BOX + _SPACE) / 2 + 1
        for place, node in enumerate(nodes):
            y = top + place * (_BOX + _SPACE)
            boxes[node] = Box(node, round(number * step, 1), round(y, 1), round(width, 1), _short(node.label, letters))
    return boxes


def _short(label: str, letters: int) -> str:
    """The end of a path or an address tells more than its beginning; of whole parts, where they fit."""
    parts = label.split("/")
    while len(parts) > 1 and len(label) > letters:
        parts = parts[1:]
        label = "/".join(parts)
    return label if len(label) <= letters else f"…{label[len(label) - letters + 1 :]}"


def _curves(rows: Sequence[Row], boxes: Mapping[Node, Box]) -> list[Curve]:
    most = max(row.times for row in rows)
    leaving: dict[Node, list[Row]] = defaultdict(list)
    coming: dict[Node, list[Row]] = defaultdict(list)
    for row in rows:
        leaving[row.source].append(row)
        coming[row.target].append(row)
    starts = {(row.source, row.target): y for node in leaving for row, y in _ports(boxes[node], leaving[node], boxes)}
    ends = {(row.source, row.target): y for node in coming for row, y in _ports(boxes[node], coming[node], boxes)}
    curves = []
    for row in rows:
        one, other = boxes[row.source], boxes[row.target]
        start, end = starts[row.source, row.target], ends[row.source, row.target]
        x = one.x + one.width
        if other.x > one.x:
            bend = (other.x - x) * 0.45
            to, out, back = other.x, x + bend, other.x - bend
        else:  # beside or back: around on the right
            to = other.x + other.width
            out = back = max(x, to) + _MARGIN
        path = f"M{x:.1f} {start:.1f}C{out:.1f} {start:.1f} {back:.1f} {end:.1f} {to:.1f} {end:.1f}"
        curves.append(Curve(row, path, round(1.5 + 4.5 * sqrt(row.times / most), 1)))
    return curves


def _ports(box: Box, rows: Sequence[Row], boxes: Mapping[Node, Box]) -> list[tuple[Row, float]]:
    """Where each curve meets a side of a box: spread, in the order of their other ends."""

    def far(row: Row) -> tuple[float, float]:
        other = boxes[row.target if boxes[row.source] is box else row.source]
        return other.y, other.x

    return [(row, box.y + _BOX * (place + 1) / (len(rows) + 1)) for place, row in enumerate(sorted(rows, key=far))]
