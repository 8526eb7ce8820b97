"""What a trend is given, and the marks every trend draws: band, line, points.

The page, the cover and the words beside the line share one frame, so that all of them agree on where a
wave and a value stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from report_templates import theme
from report_templates.charts.axis import Axis
from report_templates.charts.drawing import Box, Circle, Line, Point, Polygon, Polyline, Shape


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One wave. ``value`` is ``None`` where there is no figure; ``low`` and ``high`` where no interval.

    ``figure`` is printed at the point (empty: nothing), ``wave`` under the axis.
    """

    value: float | None
    low: float | None
    high: float | None
    wave: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Trend:
    """Input of the trend chart.

    Attributes
    ----------
    title : the finding as one sentence; read aloud.
    points : one a wave, in time order, at least one.
    axis : from ``axis_around([*values, *lows, *highs, target], write)``.
    end_figure, end_interval : the last wave's value, large, and its interval beneath.
    target, target_label : the dashed line and its words; ``None`` draws none.
    band_label : words set inside the band where there is room; left out where there is none.
    style : ``page`` for white pages (leave ``figure`` empty for the strip of the summary page),
        ``cover`` for white on navy, without axis.
    height : units; about 330 on the trend page, 200 in the summary, 330 on the cover.
    """

    title: str
    points: tuple[TrendPoint, ...]
    axis: Axis
    end_figure: str
    end_interval: str = ""
    target: float | None = None
    target_label: str = ""
    band_label: str = ""
    style: Literal["page", "cover"] = "page"
    width: float = theme.FULL_WIDTH
    height: float = 330.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the plot stands and how it looks: the same drawing on white and on navy."""

    left: float
    right: float
    top: float
    bottom: float
    xs: tuple[float, ...]
    ink: str = theme.INK
    soft: str = theme.MUTED
    ground: str = theme.WHITE
    band_opacity: float = 0.12


def evenly(first: float, last: float, count: int) -> tuple[float, ...]:
    """Return ``count`` places from ``first`` to ``last``; one alone stands in the middle."""
    if count == 1:
        return ((first + last) / 2,)
    return tuple(first + index * (last - first) / (count - 1) for index in range(count))


def height_of(chart: Trend, frame: Frame, value: float) -> float:
    """Return the height at which ``value`` stands."""
    return chart.axis.place(value, frame.bottom, frame.top)


def runs(chart: Trend, frame: Frame) -> list[list[tuple[float, TrendPoint]]]:
    """Return the stretches of waves that one line may join."""
    runs: list[list[tuple[float, TrendPoint]]] = [[]]
    for x, point in zip(frame.xs, chart.points, strict=True):
        if point.value is None:
            runs.append([])
        if point.value is not None:
            runs[-1].append((x, point))
    return [run for run in runs if run]


def _spots(chart: Trend, frame: Frame, run: list[tuple[float, TrendPoint]]) -> list[Point]:
    return [(x, height_of(chart, frame, point.value)) for x, point in run if point.value is not None]


def band(chart: Trend, frame: Frame) -> list[Shape]:
    """Draw the interval: a band along each stretch of waves, a whisker for a wave alone."""
    shapes: list[Shape] = []
    for run in runs(chart, frame):
        ends = [(x, p.low, p.high) for x, p in run if p.low is not None and p.high is not None]
        if len(ends) == 1:
            x, low, high = ends[0]
            shapes.append(
                Line(x, height_of(chart, frame, low), x, height_of(chart, frame, high), frame.soft, 1.6)
            )
        if len(ends) > 1:
            upper = [(x, height_of(chart, frame, high)) for x, _, high in ends]
            lower = [(x, height_of(chart, frame, low)) for x, low, _ in reversed(ends)]
            points = (*upper, *lower)
            shapes.append(Polygon(points, frame.ink, opacity=frame.band_opacity, role="band"))
    return shapes


def lines(chart: Trend, frame: Frame) -> list[Shape]:
    """Draw the series, one line a stretch."""
    return [
        Polyline(tuple(_spots(chart, frame, run)), frame.ink, 2.67, role="series")
        for run in runs(chart, frame)
        if len(run) > 1
    ]


def points(chart: Trend, frame: Frame) -> list[Shape]:
    """Draw a dot for each wave that has a figure."""
    spots = [spot for run in runs(chart, frame) for spot in _spots(chart, frame, run)]
    return [Circle(x, y, 3.4, frame.ink, frame.ground, 1.2, role="point") for x, y in spots]


def point_boxes(chart: Trend, frame: Frame) -> list[Box]:
    """Return what the dots cover."""
    spots = [spot for run in runs(chart, frame) for spot in _spots(chart, frame, run)]
    return [Box(x - 4, y - 4, x + 4, y + 4) for x, y in spots]


def segments(chart: Trend, frame: Frame) -> list[tuple[Point, Point]]:
    """Return the pieces of the line between neighbouring waves."""
    pairs: list[tuple[Point, Point]] = []
    for run in runs(chart, frame):
        pairs += list(pairwise(_spots(chart, frame, run)))
    return pairs
