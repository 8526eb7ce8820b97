"""The index over the waves: a line with its band, the target, the last value large at the line's end.

The band shows how sure each wave is; it is not the test of a change, which has an interval of its own
and is printed elsewhere. A wave without a figure breaks the line; one wave alone becomes a dot with a
whisker.
"""

from __future__ import annotations

from dataclasses import replace

from report_templates import theme
from report_templates.charts.drawing import Circle, Drawing, Line, Shape, Text, centred
from report_templates.charts.placement import spread
from report_templates.charts.trend_parts import (
    Frame,
    Trend,
    TrendPoint,
    band,
    evenly,
    height_of,
    lines,
    point_boxes,
    points,
)
from report_templates.charts.trend_words import band_words, end_words, figures, target_words
from report_templates.measure import width

__all__ = ["Trend", "TrendPoint", "draw"]

COVER_BLEED = 6.0


def draw(chart: Trend) -> Drawing:
    """Lay the trend out.

    Raises ``ValueError`` when there is no wave, or no wave with a figure.
    """
    if not any(point.value is not None for point in chart.points):
        raise ValueError("a trend needs at least one wave with a figure")
    shapes = _cover(chart) if chart.style == "cover" else _page(chart)
    bleed = COVER_BLEED if chart.style == "cover" else 0.0
    return Drawing(chart.width, chart.height, chart.title, tuple(shapes), bleed)


def _page(chart: Trend) -> list[Shape]:
    frame = _page_frame(chart)
    shapes = _grid(chart, frame) + _wave_axis(chart, frame)
    shapes += band(chart, frame) + lines(chart, frame) + points(chart, frame)
    at_points = figures(chart, frame)
    taken = [text.box for text in at_points] + point_boxes(chart, frame)
    shapes += at_points
    for words in (target_words(chart, frame, taken), band_words(chart, frame, taken)):
        if words is not None:
            shapes.append(words)
            taken.append(words.box)
    return shapes + end_words(chart, frame)


def _page_frame(chart: Trend) -> Frame:
    labels = max((width(tick.label, theme.CAPTION) for tick in chart.axis.ticks), default=0.0)
    end = max(width(chart.end_figure, theme.END_VALUE, bold=True), width(chart.end_interval, theme.CAPTION))
    left, right = labels + 8, chart.width - end - 20
    bottom = chart.height - 18
    return Frame(left, right, 8, bottom, evenly(left + 18, right - 11, len(chart.points)))


def _grid(chart: Trend, frame: Frame) -> list[Shape]:
    shapes: list[Shape] = []
    for tick in chart.axis.ticks:
        y = height_of(chart, frame, tick.value)
        shapes.append(Line(frame.left, y, frame.right, y, theme.GRID, 0.75))
        shapes.append(centred(0, y, tick.label, theme.CAPTION, theme.MUTED, role="tick"))
    if chart.target is not None:
        y = height_of(chart, frame, chart.target)
        shapes.append(Line(frame.left, y, frame.right, y, theme.SECONDARY, 1, dash="5 3", role="target"))
    return shapes


def _wave_axis(chart: Trend, frame: Frame) -> list[Shape]:
    shapes: list[Shape] = [Line(frame.left, frame.bottom, frame.right, frame.bottom, theme.INK, 1)]
    last = len(chart.points) - 1
    for index, (point, x) in enumerate(zip(chart.points, frame.xs, strict=True)):
        shapes.append(Line(x, frame.bottom, x, frame.bottom + 3, theme.INK, 0.8))
        colour = theme.INK if index == last else theme.MUTED
        wave = Text(x, frame.bottom + 14, point.wave, theme.CAPTION, colour, index == last, "middle")
        shapes.append(wave)
    return shapes


def _cover(chart: Trend) -> list[Shape]:
    """Lay the series out in white on navy: no axis, the figures at their points, the waves beneath."""
    last = width(chart.end_figure, theme.END_VALUE, bold=True) + 12
    frame = Frame(
        0,
        chart.width,
        6,
        chart.height - 34,
        evenly(0, chart.width - last - 10, len(chart.points)),
        theme.WHITE,
        theme.ON_NAVY_SECONDARY,
        theme.NAVY,
        0.14,
    )
    shapes, ends = band(chart, frame), _cover_end(chart, frame)
    if chart.target is not None:
        y = height_of(chart, frame, chart.target)
        # Where the last value stands on the target's height, the line stops before the figure.
        struck = any(isinstance(s, Text) and s.box.crosses((0, y), (chart.width, y)) for s in ends)
        right = chart.width - last if struck else chart.width
        shapes.append(Line(0, y, right, y, theme.WHITE, 1, dash="5 3", role="target"))
    shapes += lines(chart, frame) + points(chart, frame)
    shapes += [_inside(text, chart.width) for text in figures(chart, frame)]
    return shapes + _cover_waves(chart, frame) + ends


def _inside(text: Text, right: float) -> Text:
    """Return a centred text moved until it stands within the chart."""
    half = width(text.text, text.size, bold=text.bold) / 2
    return replace(text, x=max(half, min(text.x, right - half)))


def _cover_waves(chart: Trend, frame: Frame) -> list[Shape]:
    last = len(chart.points) - 1
    return [
        _inside(
            Text(
                x,
                chart.height - 6,
                point.wave,
                theme.LABEL,
                theme.WHITE if index == last else theme.ON_NAVY_SECONDARY,
                index == last,
                "middle",
            ),
            chart.width,
        )
        for index, (point, x) in enumerate(zip(chart.points, frame.xs, strict=True))
    ]


def _cover_end(chart: Trend, frame: Frame) -> list[Shape]:
    """Set the last value and the target's name at the right edge, apart from each other."""
    shapes: list[Shape] = []
    value = chart.points[-1].value
    wanted: list[tuple[float, float]] = []
    if value is not None:
        y = height_of(chart, frame, value)
        shapes.append(Circle(frame.xs[-1], y, 5, theme.WHITE, theme.NAVY, 1.2, role="point"))
        wanted.append((y, 1.25 * theme.END_VALUE))
    if chart.target is not None and chart.target_label:
        y = height_of(chart, frame, chart.target)
        above = value is None or chart.target >= value
        wanted.append((y - 12 if above else y + 12, 17.0))
    middles = spread(wanted, 0, chart.height - 20)
    if value is not None:
        below = centred(chart.width, middles[0], chart.end_figure, theme.END_VALUE, theme.WHITE, bold=True)
        shapes.append(replace(below, anchor="end", role="end"))
    if len(middles) == len(wanted) and chart.target is not None and chart.target_label:
        words = centred(chart.width, middles[-1], chart.target_label, theme.LABEL, theme.ON_NAVY_SECONDARY)
        shapes.append(replace(words, anchor="end", role="target_label"))
    return shapes
