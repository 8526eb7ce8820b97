"""The index over the waves: a line with its band, the target, the last value large at the line's end.

The band shows how sure each wave is; it is not the test of a change, which has an interval of its own
and is printed elsewhere. A wave without a figure breaks the line; one wave alone becomes a dot with a
whisker.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from report_templates import theme
from report_templates.charts.axis import Axis
from report_templates.charts.drawing import (
    Anchor,
    Box,
    Circle,
    Drawing,
    Line,
    Point,
    Polygon,
    Polyline,
    Shape,
    Text,
    centred,
)
from report_templates.charts.placement import spread
from report_templates.measure import width


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One wave. ``value`` is ``None`` where there is no figure; ``low`` and ``high`` where no interval.

    ``figure`` is printed at the point (empty: nothing), ``wave`` under the axis, ``year`` below that,
    once for neighbours that share it (empty: no year row).
    """

    value: float | None
    low: float | None
    high: float | None
    wave: str
    year: str = ""
    figure: str = ""


@dataclass(frozen=True, slots=True)
class TrendEvent:
    """Something that changed at wave number ``at`` (0 is the first), said in one or two short lines.

    ``old_value`` draws a hollow point: what the wave would have been under the old rule.
    ``breaks`` interrupts the line before this wave, where the figures cannot be compared.
    """

    at: int
    lines: tuple[str, ...]
    old_value: float | None = None
    breaks: bool = False


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
    events: tuple[TrendEvent, ...] = ()
    style: Literal["page", "cover"] = "page"
    width: float = theme.FULL_WIDTH
    height: float = 330.0


@dataclass(frozen=True, slots=True)
class _Frame:
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


def draw(chart: Trend) -> Drawing:
    """Lay the trend out.

    Raises ``ValueError`` when there is no wave, or no wave with a figure.
    """
    if not any(point.value is not None for point in chart.points):
        raise ValueError("a trend needs at least one wave with a figure")
    shapes = _cover(chart) if chart.style == "cover" else _page(chart)
    return Drawing(chart.width, chart.height, chart.title, tuple(shapes))


def _page(chart: Trend) -> list[Shape]:
    frame = _page_frame(chart)
    lines = _lines(chart, frame)
    shapes = _grid(chart, frame) + _wave_axis(chart, frame)
    shapes += _band(chart, frame) + lines + _points(chart, frame)
    figures = _figures(chart, frame)
    taken = [text.box for text in figures] + _point_boxes(chart, frame)
    events = _events(chart, frame, taken)
    taken += [shape.box for shape in events if isinstance(shape, Text)]
    shapes += figures + events
    for words in (_target_words(chart, frame, taken), _band_words(chart, frame, taken)):
        if words is not None:
            shapes.append(words)
            taken.append(words.box)
    return shapes + _end(chart, frame)


def _page_frame(chart: Trend) -> _Frame:
    labels = max((width(tick.label, theme.CAPTION) for tick in chart.axis.ticks), default=0.0)
    end = max(width(chart.end_figure, theme.END_VALUE, bold=True), width(chart.end_interval, theme.CAPTION))
    left, right = labels + 8, chart.width - end - 20
    bottom = chart.height - (32 if any(point.year for point in chart.points) else 18)
    return _Frame(left, right, 8, bottom, _spread(left + 18, right - 11, len(chart.points)))


def _spread(first: float, last: float, count: int) -> tuple[float, ...]:
    if count == 1:
        return ((first + last) / 2,)
    return tuple(first + index * (last - first) / (count - 1) for index in range(count))


def _y(chart: Trend, frame: _Frame, value: float) -> float:
    return chart.axis.place(value, frame.bottom, frame.top)


def _grid(chart: Trend, frame: _Frame) -> list[Shape]:
    shapes: list[Shape] = []
    for tick in chart.axis.ticks:
        y = _y(chart, frame, tick.value)
        shapes.append(Line(frame.left, y, frame.right, y, theme.GRID, 0.75))
        shapes.append(centred(0, y, tick.label, theme.CAPTION, theme.MUTED, role="tick"))
    if chart.target is not None:
        y = _y(chart, frame, chart.target)
        shapes.append(Line(frame.left, y, frame.right, y, theme.SECONDARY, 1, dash="5 3", role="target"))
    return shapes


def _wave_axis(chart: Trend, frame: _Frame) -> list[Shape]:
    shapes: list[Shape] = [Line(frame.left, frame.bottom, frame.right, frame.bottom, theme.INK, 1)]
    last = len(chart.points) - 1
    for index, (point, x) in enumerate(zip(chart.points, frame.xs, strict=True)):
        shapes.append(Line(x, frame.bottom, x, frame.bottom + 3, theme.INK, 0.8))
        colour = theme.INK if index == last else theme.MUTED
        wave = Text(x, frame.bottom + 14, point.wave, theme.CAPTION, colour, index == last, "middle")
        shapes.append(wave)
    return shapes + _years(chart, frame)


def _years(chart: Trend, frame: _Frame) -> list[Shape]:
    """Name each year once, centred under its waves, with a short rule between two years."""
    shapes: list[Shape] = []
    start = 0
    for index in range(1, len(chart.points) + 1):
        if index < len(chart.points) and chart.points[index].year == chart.points[start].year:
            continue
        middle = (frame.xs[start] + frame.xs[index - 1]) / 2
        year = chart.points[start].year
        half = width(year, theme.CAPTION) / 2
        middle = max(half, min(middle, chart.width - half))
        shapes.append(Text(middle, frame.bottom + 28, year, theme.CAPTION, theme.MUTED, anchor="middle"))
        if index < len(chart.points):
            x = (frame.xs[index - 1] + frame.xs[index]) / 2
            shapes.append(Line(x, frame.bottom + 20, x, frame.bottom + 30, theme.RULE, 0.8))
        start = index
    return shapes


def _runs(chart: Trend, frame: _Frame) -> list[list[tuple[float, TrendPoint]]]:
    """Return the stretches of waves that one line may join."""
    broken = {event.at for event in chart.events if event.breaks}
    runs: list[list[tuple[float, TrendPoint]]] = [[]]
    for index, (x, point) in enumerate(zip(frame.xs, chart.points, strict=True)):
        if index in broken or point.value is None:
            runs.append([])
        if point.value is not None:
            runs[-1].append((x, point))
    return [run for run in runs if run]


def _band(chart: Trend, frame: _Frame) -> list[Shape]:
    shapes: list[Shape] = []
    for run in _runs(chart, frame):
        ends = [(x, p.low, p.high) for x, p in run if p.low is not None and p.high is not None]
        if len(ends) == 1:
            x, low, high = ends[0]
            shapes.append(Line(x, _y(chart, frame, low), x, _y(chart, frame, high), frame.soft, 1.6))
        if len(ends) > 1:
            upper = [(x, _y(chart, frame, high)) for x, _, high in ends]
            lower = [(x, _y(chart, frame, low)) for x, low, _ in reversed(ends)]
            points = (*upper, *lower)
            shapes.append(Polygon(points, frame.ink, opacity=frame.band_opacity, role="band"))
    return shapes


def _lines(chart: Trend, frame: _Frame) -> list[Shape]:
    return [
        Polyline(tuple(_at(chart, frame, x, p) for x, p in run), frame.ink, 2.67, role="series")
        for run in _runs(chart, frame)
        if len(run) > 1
    ]


def _at(chart: Trend, frame: _Frame, x: float, point: TrendPoint) -> Point:
    assert point.value is not None  # noqa: S101 - runs hold waves with a figure alone
    return x, _y(chart, frame, point.value)


def _points(chart: Trend, frame: _Frame) -> list[Shape]:
    spots = [_at(chart, frame, x, point) for run in _runs(chart, frame) for x, point in run]
    return [Circle(x, y, 3.4, frame.ink, frame.ground, 1.2, role="point") for x, y in spots]


def _point_boxes(chart: Trend, frame: _Frame) -> list[Box]:
    spots = [_at(chart, frame, x, point) for run in _runs(chart, frame) for x, point in run]
    return [Box(x - 4, y - 4, x + 4, y + 4) for x, y in spots]


def _segments(chart: Trend, frame: _Frame) -> list[tuple[Point, Point]]:
    pairs: list[tuple[Point, Point]] = []
    for run in _runs(chart, frame):
        spots = [_at(chart, frame, x, point) for x, point in run]
        pairs += list(pairwise(spots))
    return pairs


def _figures(chart: Trend, frame: _Frame) -> list[Text]:
    """Set each figure ten units above its point, or below where the line or a second mark is above."""
    second = {event.at: event.old_value for event in chart.events if event.old_value is not None}
    segments, texts = _segments(chart, frame), list[Text]()
    for index, (x, point) in enumerate(zip(frame.xs, chart.points, strict=True)):
        if point.value is None or not point.figure:
            continue
        y = _y(chart, frame, point.value)
        above = Text(x, y - 10, point.figure, fill=frame.ink, anchor="middle", role="figure")
        below = Text(x, y + 20, point.figure, fill=frame.ink, anchor="middle", role="figure")
        blocked = index in second and second[index] >= point.value
        # The figure of the point itself always touches its own two segments at the point, not above it.
        crossed = any(above.box.crosses(*segment) for segment in segments)
        room_below = below.box.bottom < frame.bottom and not any(below.box.crosses(*s) for s in segments)
        texts.append(below if blocked or (crossed and room_below) or above.box.top < -4 else above)
    return texts


def _target_words(chart: Trend, frame: _Frame, taken: list[Box]) -> Text | None:
    """Name the target at its line: left above if that is free, else the freest of the other corners."""
    if chart.target is None or not chart.target_label:
        return None
    y = _y(chart, frame, chart.target)
    segments = _segments(chart, frame)
    tried: list[tuple[float, int, Text]] = []
    places = [
        (frame.left + 4, y - 6),
        (frame.left + 4, y + 14),
        (frame.right - 4, y - 6),
        (frame.right - 4, y + 14),
    ]
    for order, (x, baseline) in enumerate(places):
        anchor: Anchor = "start" if order < 2 else "end"
        text = Text(x, baseline, chart.target_label, fill=theme.SECONDARY, anchor=anchor, role="target_label")
        tried.append((_cost(text.box, taken, segments), order, text))
    return min(tried, key=lambda one: one[:2])[2]


def _cost(box: Box, taken: list[Box], segments: list[tuple[Point, Point]]) -> float:
    covered = sum(box.overlap(other) for other in taken)
    return covered + 200 * sum(box.grown(1).crosses(*segment) for segment in segments)


def _band_words(chart: Trend, frame: _Frame, taken: list[Box]) -> Text | None:
    """Name the band inside it, below the line, where it is high enough; ``None`` where it never is."""
    if not chart.band_label:
        return None
    half = width(chart.band_label, theme.LABEL) / 2
    segments = _segments(chart, frame)
    for index in range(1, 2 * len(frame.xs) - 2):
        x = (frame.xs[index // 2] + frame.xs[(index + 1) // 2]) / 2
        lower = _band_edge(chart, frame, (x - half - 2, x, x + half + 2), "low")
        line = _band_edge(chart, frame, (x - half - 2, x, x + half + 2), "value")
        if lower is None or line is None or x - half < frame.left:
            continue
        room_top, room_bottom = max(line), min(lower)
        text = centred(
            x,
            (room_top + room_bottom) / 2,
            chart.band_label,
            fill=theme.SECONDARY,
            anchor="middle",
            role="band_label",
        )
        free = _cost(text.box, taken, segments) == 0
        if free and room_bottom - room_top > theme.LABEL + 6:
            return text
    return None


def _band_edge(
    chart: Trend, frame: _Frame, places: tuple[float, ...], edge: Literal["low", "value"]
) -> list[float] | None:
    """Return the heights of an edge of the band at ``places``, ``None`` where it does not exist."""
    heights: list[float] = []
    for place in places:
        for left, right in zip(range(len(frame.xs) - 1), range(1, len(frame.xs)), strict=True):
            if frame.xs[left] <= place <= frame.xs[right]:
                first, second = getattr(chart.points[left], edge), getattr(chart.points[right], edge)
                if first is None or second is None:
                    return None
                share = (place - frame.xs[left]) / (frame.xs[right] - frame.xs[left])
                heights.append(_y(chart, frame, first + share * (second - first)))
                break
        else:
            return None
    return heights


def _events(chart: Trend, frame: _Frame, taken: list[Box]) -> list[Shape]:
    """Write each event above the axis under its wave, with a line up to the band."""
    shapes: list[Shape] = []
    for event in chart.events:
        point, x = chart.points[event.at], frame.xs[event.at]
        foot = frame.bottom - 6 - 15 * (len(event.lines) - 1)
        half = max((width(line, theme.LABEL) for line in event.lines), default=0.0) / 2
        middle = max(frame.left + half + 4, min(x, frame.right - half))
        for number, line in enumerate(event.lines):
            shapes.append(
                Text(middle, foot + 15 * number, line, fill=theme.SECONDARY, anchor="middle", role="event")
            )
        reach = point.low if point.low is not None else point.value
        top = frame.top if reach is None else _y(chart, frame, reach) + 4
        if foot - 14 > top:
            shapes.append(Line(x, top, x, foot - 14, theme.SECONDARY, 0.9))
        if event.old_value is not None:
            y = _y(chart, frame, event.old_value)
            shapes.append(Circle(x, y, 3.4, theme.WHITE, theme.SECONDARY, 1.5, role="old"))
            taken.append(Box(x - 5, y - 5, x + 5, y + 5))
    return shapes


def _end(chart: Trend, frame: _Frame) -> list[Shape]:
    value = chart.points[-1].value
    if value is None or not chart.end_figure:
        return []
    middle = _y(chart, frame, value)
    lowest = chart.height - (18 if chart.end_interval else 6)
    y = max(theme.END_VALUE, min(middle + 5, lowest))
    figure = Text(chart.width, y, chart.end_figure, theme.END_VALUE, theme.INK, True, "end", role="end")
    interval = Text(
        chart.width, y + 15, chart.end_interval, theme.CAPTION, theme.SECONDARY, anchor="end", role="end"
    )
    return [figure, interval]


def _cover(chart: Trend) -> list[Shape]:
    """Lay the series out in white on navy: no axis, the figures at their points, the waves beneath."""
    last = width(chart.end_figure, theme.END_VALUE, bold=True) + 12
    frame = _Frame(
        0,
        chart.width,
        6,
        chart.height - 34,
        _spread(0, chart.width - last - 10, len(chart.points)),
        theme.WHITE,
        theme.ON_NAVY_SECONDARY,
        theme.NAVY,
        0.14,
    )
    shapes = _band(chart, frame)
    if chart.target is not None:
        y = _y(chart, frame, chart.target)
        shapes.append(Line(0, y, chart.width, y, theme.WHITE, 1, dash="5 3", role="target"))
    shapes += _lines(chart, frame) + _points(chart, frame)
    shapes += [_inside(text, chart.width) for text in _figures(chart, frame)]
    return shapes + _cover_waves(chart, frame) + _cover_end(chart, frame)


def _inside(text: Text, right: float) -> Text:
    """Return a centred text moved until it stands within the chart."""
    half = width(text.text, text.size, bold=text.bold) / 2
    return replace(text, x=max(half, min(text.x, right - half)))


def _cover_waves(chart: Trend, frame: _Frame) -> list[Shape]:
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


def _cover_end(chart: Trend, frame: _Frame) -> list[Shape]:
    """Set the last value and the target's name at the right edge, apart from each other."""
    shapes: list[Shape] = []
    value = chart.points[-1].value
    wanted: list[tuple[float, float]] = []
    if value is not None:
        y = _y(chart, frame, value)
        shapes.append(Circle(frame.xs[-1], y, 5, theme.WHITE, theme.NAVY, 1.2, role="point"))
        wanted.append((y, 1.25 * theme.END_VALUE))
    if chart.target is not None and chart.target_label:
        y = _y(chart, frame, chart.target)
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
