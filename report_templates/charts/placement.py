"""Where labels go so that none touches another.

Labels at the ends of lines are moved up and down; labels of points in a plane try places around their
point. A label that finds no clean place is reported as ``None``, and the chart falls back to a number
and a key, because two labels on top of each other are worse than none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from report_templates.charts.drawing import Box, Point

DISTANCES = (9.0, 13.0, 19.0, 27.0, 38.0)
DIRECTIONS = 16
LEADER_FROM = 17.0
BESIDE, ABOVE = 6.0, 1.0


def spread(wanted: Sequence[tuple[float, float]], low: float, high: float) -> list[float]:
    """Return middles for labels of given (middle, height) so that none overlaps, moved as little as can be.

    Neighbours that touch are merged into a block centred on the mean of where its members wanted to be;
    blocks are kept between ``low`` and ``high``. More labels than fit there overlap evenly.

    >>> spread([(50, 10), (52, 10)], 0, 100)
    [46.0, 56.0]
    """
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index][0], index))
    blocks: list[list[int]] = []
    for index in order:
        blocks.append([index])
        while len(blocks) > 1 and _top(blocks[-1], wanted, low, high) < _bottom(
            blocks[-2], wanted, low, high
        ):
            last = blocks.pop()
            blocks[-1] += last
    middles = [0.0] * len(wanted)
    for block in blocks:
        top = _top(block, wanted, low, high)
        for index in block:
            middles[index] = top + wanted[index][1] / 2
            top += wanted[index][1]
    return middles


def _top(block: list[int], wanted: Sequence[tuple[float, float]], low: float, high: float) -> float:
    total = sum(wanted[index][1] for index in block)
    offset, ideal = 0.0, 0.0
    for index in block:
        ideal += wanted[index][0] - (offset + wanted[index][1] / 2)
        offset += wanted[index][1]
    return max(low, min(ideal / len(block), high - total))


def _bottom(block: list[int], wanted: Sequence[tuple[float, float]], low: float, high: float) -> float:
    return _top(block, wanted, low, high) + sum(wanted[index][1] for index in block)


@dataclass(frozen=True, slots=True)
class Label:
    """A label to be placed beside ``point``, and its size."""

    point: Point
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a label stands, and the leader from its point when it stands apart."""

    box: Box
    leader: tuple[Point, Point] | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What labels must keep clear of.

    ``bounds`` hold every label. ``blocks`` (marks, other words) are never covered; ``lines`` (whiskers,
    leaders, reference lines) are crossed only where nothing else is free; ``fences`` are thin boxes that
    divide the plane, and a label should stand on its point's side of them.
    """

    bounds: Box
    blocks: tuple[Box, ...]
    lines: tuple[tuple[Point, Point], ...] = ()
    fences: tuple[Box, ...] = ()


_Options = list[tuple[float, Placed]]


def place_labels(labels: Sequence[Label], around: Surroundings, mark: float) -> list[Placed | None]:
    """Place each label beside its point; ``None`` where no place is clean.

    Hard rules: within the bounds, off every block, off every label already placed, off every point's
    mark (``mark`` is its half-width). Soft ones, weighed: lines crossed, distance, leaders through marks,
    and a second point as near to the label as its own. Several orders are tried; the one that leaves
    fewest labels over wins, then the cheapest.
    """
    points = [label.point for label in labels]
    options = [_ranked(label, index, points, around, mark) for index, label in enumerate(labels)]
    best: list[Placed | None] = [None] * len(labels)
    best_score = (len(labels) + 1, math.inf)
    for order in _orders(labels, options):
        # Labels that found no place go first in a second try of the same order.
        for _ in range(2):
            placed, cost = _one_round(labels, order, options)
            left = [index for index in order if placed[index] is None]
            if (len(left), cost) < best_score:
                best, best_score = placed, (len(left), cost)
            if not left:
                break
            order = left + [index for index in order if placed[index] is not None]
    return best


def _orders(labels: Sequence[Label], options: Sequence[_Options]) -> list[list[int]]:
    """Return orders in which to place labels: the crowded first, the constrained first, and sweeps."""
    points = [label.point for label in labels]
    everyone = range(len(labels))
    keys = (
        lambda index: -_crowding(points, index),
        lambda index: -(options[index][0][0] if options[index] else 0.0),
        lambda index: len(options[index]),
        lambda index: points[index][0],
        lambda index: -points[index][0],
        lambda index: points[index][1],
        lambda index: -points[index][1],
    )
    return [sorted(everyone, key=lambda index: (key(index), index)) for key in keys]


def _crowding(points: Sequence[Point], index: int) -> float:
    x, y = points[index]
    return sum(
        1 / (1 + math.hypot(x - other[0], y - other[1]))
        for number, other in enumerate(points)
        if number != index
    )


def _one_round(
    labels: Sequence[Label], order: Sequence[int], options: Sequence[_Options]
) -> tuple[list[Placed | None], float]:
    placed: list[Placed | None] = [None] * len(labels)
    taken, leaders, total = list[Box](), list[tuple[Point, Point]](), 0.0
    for index in order:
        # Options stand from the cheapest to the dearest, so the first that is free is the one.
        for cost, option in options[index]:
            if _free(option, taken, leaders):
                placed[index] = option
                taken.append(option.box)
                total += cost
                if option.leader:
                    leaders.append(option.leader)
                break
        else:
            total += 1000.0
    return placed, total


def _free(option: Placed, taken: Sequence[Box], leaders: Sequence[tuple[Point, Point]]) -> bool:
    """Whether an option keeps clear of the labels and leaders already placed.

    Side by side they need the air of a space and more, or two names read as one.
    """
    left, right = option.box.left - BESIDE, option.box.right + BESIDE
    top, bottom = option.box.top - ABOVE, option.box.bottom + ABOVE
    for box in taken:
        if box.left < right and left < box.right and box.top < bottom and top < box.bottom:
            return False
    if any(option.box.crosses(*leader) for leader in leaders):
        return False
    if option.leader is None:
        return True
    if any(_meet(option.leader, leader) for leader in leaders):
        return False
    return not any(box.crosses(*option.leader) for box in taken)


def _meet(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two leaders cross: the ends of each lie on both sides of the other."""

    def side(line: tuple[Point, Point], point: Point) -> float:
        (x1, y1), (x2, y2) = line
        return (x2 - x1) * (point[1] - y1) - (y2 - y1) * (point[0] - x1)

    apart = side(one, other[0]) * side(one, other[1]) <= 0
    return apart and side(other, one[0]) * side(other, one[1]) <= 0


def _ranked(label: Label, own: int, points: Sequence[Point], around: Surroundings, mark: float) -> _Options:
    """Return the places of one label that the fixed surroundings allow, the cheapest first."""
    marks = [Box(x - mark, y - mark, x + mark, y + mark) for x, y in points]
    # A label beside other words needs the air of a space and more, or both read as one.
    words = [Box(b.left - BESIDE, b.top, b.right + BESIDE, b.bottom) for b in around.blocks]
    blocks = [*words, *marks]
    ranked: list[tuple[float, int, Placed]] = []
    for number, (option, gap) in enumerate(_options(label, mark)):
        if not option.box.inside(around.bounds) or any(option.box.overlap(block) for block in blocks):
            continue
        if option.leader and any(block.crosses(*option.leader) for block in around.blocks):
            continue
        ranked.append((_cost(option, gap, own, points, marks, around), number, option))
    ranked.sort(key=lambda one: one[:2])
    return [(cost, option) for cost, _, option in ranked]


def _options(label: Label, mark: float) -> list[tuple[Placed, float]]:
    """Return the places around a point, ring by ring, with the distance of the label's nearest edge."""
    (x, y), half_wide, half_high = label.point, label.width / 2, label.height / 2
    options: list[tuple[Placed, float]] = []
    for distance in DISTANCES:
        for number in range(DIRECTIONS):
            angle = 2 * math.pi * number / DIRECTIONS
            across, down = math.cos(angle), -math.sin(angle)
            # The label's middle lies where its edge, seen from the point, is ``distance`` away.
            cx = x + across * distance + _sign(across) * half_wide
            cy = y + down * distance + _sign(down) * half_high
            box = Box(cx - half_wide, cy - half_high, cx + half_wide, cy + half_high)
            edge = (max(box.left, min(x, box.right)), max(box.top, min(y, box.bottom)))
            gap = math.hypot(edge[0] - x, edge[1] - y)
            leader = None
            if gap >= LEADER_FROM:
                start = (x + (edge[0] - x) * (mark + 1) / gap, y + (edge[1] - y) * (mark + 1) / gap)
                leader = (start, edge)
            options.append((Placed(box, leader), gap))
    return options


def _sign(direction: float) -> float:
    """Return −1, 0 or 1; directions straight up or down centre the label."""
    return 0.0 if abs(direction) < 0.2 else math.copysign(1.0, direction)


def _cost(
    option: Placed,
    gap: float,
    own: int,
    points: Sequence[Point],
    marks: Sequence[Box],
    around: Surroundings,
) -> float:
    box = option.box
    crossed = sum(box.crosses(*line) for line in around.lines)
    rivals = sum(_gap(box, point) <= gap + 1 for number, point in enumerate(points) if number != own)
    centre = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
    strayed = sum(fence.crosses(points[own], centre) for fence in around.fences)
    cost = gap + 30 * crossed + 40 * rivals + 20 * strayed
    if option.leader:
        through = sum(mark.crosses(*option.leader) for number, mark in enumerate(marks) if number != own)
        cost += 6 + 60 * through
    return cost


def _gap(box: Box, point: Point) -> float:
    across = max(box.left - point[0], 0.0, point[0] - box.right)
    down = max(box.top - point[1], 0.0, point[1] - box.bottom)
    return math.hypot(across, down)
