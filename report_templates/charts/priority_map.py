"""Importance against performance, each with its interval, so that a cross over a line reads as undecided.

The lines stand at the means, which is a convention and not a finding. Labels are placed beside their
points without touching one another; a point whose label finds no clean place carries a number, and the
key stands below the map.
"""

from __future__ import annotations

from dataclasses import dataclass

from report_templates import theme
from report_templates.charts import marks, placement
from report_templates.charts.axis import Axis
from report_templates.charts.drawing import Box, Circle, Drawing, Line, Point, Rect, Shape, Text, centred
from report_templates.measure import width


@dataclass(frozen=True, slots=True)
class MapPoint:
    """One driver: performance ``x`` and importance ``y`` with their intervals (``None`` where unknown).

    ``mark``: ``worse`` to repair first, ``better`` to keep, ``decided`` for the other two quadrants,
    ``same`` (hollow) where no quadrant is sure. ``bold`` sets the label bold.
    """

    label: str
    x: float
    y: float
    mark: marks.Mark
    x_low: float | None = None
    x_high: float | None = None
    y_low: float | None = None
    y_high: float | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class PriorityMap:
    """Input of the map.

    Attributes
    ----------
    title : the finding as one sentence.
    x_axis, y_axis : from ``axis_around`` over values and interval ends.
    x_title, y_title : set at the ends of the axes (``表现（得分，0–100）→``, ``↑ 重要度，%``).
    x_line, y_line : where the quadrants divide; ``x_line_label``, ``y_line_label`` their words.
    improve, keep, minor, maintain : names of the quadrants, upper left, upper right, lower left, lower
        right; only the first is tinted and bold.
    """

    title: str
    points: tuple[MapPoint, ...]
    x_axis: Axis
    y_axis: Axis
    x_title: str
    y_title: str
    x_line: float
    y_line: float
    x_line_label: str
    y_line_label: str
    improve: str
    keep: str
    minor: str
    maintain: str
    width: float = theme.TWO_THIRDS
    height: float = 440.0
