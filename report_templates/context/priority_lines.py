"""Where importance and performance are divided, in words and on the axes of the map.

The rule is the study's: the mean of the drivers, the middle of the scale, or targets. Where drivers have
targets of their own there is no one line, so the map shows how far each is from its target.
"""

from __future__ import annotations

import math

from analysis.results import Driver, DriverResults, Estimate
from report_templates import formatting
from report_templates.charts.axis import Axis, axis_around, round_step
from report_templates.charts.isolines import Isoline
from report_templates.context.labels import Labels

GAPS = 8
"""About how many lines of equal gap the map has."""
LEAST_SIDE = 0.24
"""Share of the axis that either side of a line has at least, so that a quadrant can hold its name."""


def line_of(found: DriverResults, driver: Driver) -> float | None:
    """Return the performance line of a driver; ``None`` without a performance."""
    return found.performance_line if driver.line is None else driver.line


def from_line(found: DriverResults, driver: Driver) -> float | None:
    """Return how far the performance of a driver is from its line; ``None`` without a performance."""
    line = line_of(found, driver)
    if line is None or not isinstance(driver.performance, Estimate):
        return None
    return driver.performance.value - line


def rule(words: Labels, found: DriverResults) -> str:
    """Return in a clause where both lines stand, and what of it is convention."""
    own = "own" if found.performance_line is None else found.lines
    return words(f"priorities.rule.{own}")


def divided(words: Labels, found: DriverResults) -> str:
    """Return where performance is divided, to end a subtitle with; nothing at the means, the usual rule."""
    if found.lines == "means":
        return ""
    if found.performance_line is None:
        return words("priorities.divided.own")
    return words(f"priorities.divided.{found.lines}", value=formatting.number(found.performance_line))


def score_axis(found: DriverResults, scores: list[float], room: float) -> Axis:
    """Return an axis that holds the scores, ``room`` more at the right, and both sides of the line.

    Scores are points of 100, or points from the target where drivers have targets of their own.
    """
    line = found.performance_line
    low, high = min([*scores, line or 0.0]), max([*scores, line or 0.0])
    right = high + room * (high - low)
    if line is None:
        return axis_around(_sides(low, right, 0.0), _signed, pad=0.06)
    axis = axis_around(_sides(low, min(100.0, right), line), formatting.number, pad=0.06)
    # The room beside a line may lie beyond the scale; figures may not.
    return Axis(axis.low, axis.high, tuple(tick for tick in axis.ticks if 0 <= tick.value <= 100))


def equal_gaps(words: Labels, found: DriverResults, scores: Axis, shares: Axis) -> tuple[Isoline, ...]:
    """Return lines along which importance less performance is the same, at round gaps.

    Importance counts 100 for the largest share, so a line rises by that share in a point of score. There are
    none where drivers have targets of their own: the axis then shows no scores.
    """
    largest = 100 * max((driver.share.value for driver in found.drivers), default=0.0)
    if found.performance_line is None or largest <= 0:
        return ()
    low, high = 100 * shares.low / largest - scores.high, 100 * shares.high / largest - scores.low
    step = round_step((high - low) / GAPS)
    return tuple(
        Isoline(
            gap * largest / 100,
            largest / 100,
            words("priorities.equal_gap", gap=formatting.signed(gap, 0) if gap else "0"),
        )
        for gap in (step * at for at in range(math.ceil(low / step), math.floor(high / step) + 1))
    )


def share_axis(found: DriverResults, shares: list[float]) -> Axis:
    """Return an axis from 0 that holds the shares, in per cent, and both sides of their mean."""
    line = 100 * found.importance_line
    return axis_around(_sides(0.0, max([*shares, line]), line), formatting.number, pad=0.08)


def _sides(low: float, high: float, line: float) -> list[float]:
    """Return the ends of a range, moved apart until ``line`` has its room on either side.

    >>> _sides(70, 80, 80)
    [70, 83.15789473684211]
    """
    rest = 1 - LEAST_SIDE
    low = min(low, (line - LEAST_SIDE * high) / rest) if line - low < LEAST_SIDE * (high - low) else low
    high = max(high, (line - LEAST_SIDE * low) / rest) if high - line < LEAST_SIDE * (high - low) else high
    return [low, high]


def _signed(value: float, decimals: int) -> str:
    return formatting.signed(value, decimals) if value else formatting.number(0.0, decimals)
