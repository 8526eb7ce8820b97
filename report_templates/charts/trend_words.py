"""The words of a trend: figures at points, names of target and band, the last value.

Each is placed where it covers neither the line nor another word; what has no room is left out if the
caption says it too (the name of the band), and moved otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from report_templates import theme
from report_templates.charts.drawing import Anchor, Box, Point, Shape, Text, centred
from report_templates.charts.trend_parts import Frame, Trend, height_of, point_boxes, runs, segments
from report_templates.measure import width


def figures(chart: Trend, frame: Frame) -> list[Text]:
    """Set each figure ten units above its point, or where line and target leave room."""
    alone = {run[0][0] for run in runs(chart, frame) if len(run) == 1 and run[0][1].low is not None}
    obstacles = point_boxes(chart, frame)
    texts: list[Text] = []
    for x, point in zip(frame.xs, chart.points, strict=True):
        if point.value is None or not point.figure:
            continue
        height = height_of(chart, frame, point.value)
        options = _figure_places(x, height, point.figure, frame.ink, beside=x in alone)
        costs = [
            (_figure_cost(chart, frame, text.box, obstacles, height) + 8 * order, order)
            for order, text in enumerate(options)
        ]
        texts.append(options[min(costs)[1]])
        obstacles.append(texts[-1].box)
    return texts


def _figure_places(x: float, y: float, figure: str, ink: str, *, beside: bool) -> list[Text]:
    """Return the places of a figure from the best to the last; beside a whisker it stands at the right."""
    spots: list[tuple[float, float, Anchor]] = [
        (x, y - 10, "middle"),
        (x, y + 20, "middle"),
        (x - 3, y - 8, "end"),
        (x + 3, y - 8, "start"),
        (x - 3, y + 18, "end"),
        (x + 3, y + 18, "start"),
    ]
    if beside:
        spots = [(x + 8, y + 4, "start")]
    return [Text(left, base, figure, fill=ink, anchor=anchor, role="figure") for left, base, anchor in spots]


def _figure_cost(chart: Trend, frame: Frame, box: Box, obstacles: list[Box], point: float) -> float:
    cost = 100.0 * sum(box.crosses(*segment) for segment in segments(chart, frame))
    cost += 50.0 * sum(box.overlap(other) > 0 for other in obstacles)
    if chart.target is not None:
        height = height_of(chart, frame, chart.target)
        cost += 60.0 * box.grown(2).crosses((frame.left, height), (frame.right, height))
        # Nor may the target's line part a figure from its point.
        cost += 30.0 * (min(box.bottom, point) < height < max(box.top, point))
    return cost + 200.0 * (box.top < -2 or box.bottom > frame.bottom)


def target_words(chart: Trend, frame: Frame, taken: list[Box]) -> Text | None:
    """Name the target at its line: left above if that is free, else the freest of the other corners."""
    if chart.target is None or not chart.target_label:
        return None
    y = height_of(chart, frame, chart.target)
    joined = segments(chart, frame)
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
        tried.append((_cost(text.box, taken, joined), order, text))
    return min(tried, key=lambda one: one[:2])[2]


def _cost(box: Box, taken: list[Box], joined: list[tuple[Point, Point]]) -> float:
    covered = sum(box.overlap(other) for other in taken)
    return covered + 200 * sum(box.grown(1).crosses(*segment) for segment in joined)


def band_words(chart: Trend, frame: Frame, taken: list[Box]) -> Text | None:
    """Name the band inside it, below the line, where it has most room; ``None`` where it has none."""
    if not chart.band_label:
        return None
    half = width(chart.band_label, theme.LABEL) / 2
    joined = segments(chart, frame)
    found: list[tuple[float, int, Text]] = []
    for index in range(1, 2 * len(frame.xs) - 2):
        x = (frame.xs[index // 2] + frame.xs[(index + 1) // 2]) / 2
        edges = (x - half - 2, x, x + half + 2)
        lower, line = (_band_edge(chart, frame, edges, edge) for edge in ("low", "value"))
        if lower is None or line is None:
            continue
        top, bottom = max(line), min(lower)
        text = replace(centred(x, (top + bottom) / 2, chart.band_label), anchor="middle", role="band_label")
        rules = [height_of(chart, frame, tick.value) for tick in chart.axis.ticks]
        crossed = any(text.box.top < rule < text.box.bottom for rule in rules)
        if _cost(text.box, taken, joined) == 0 and bottom - top > theme.LABEL + 4:
            found.append((10 * crossed - (bottom - top), index, replace(text, fill=theme.SECONDARY)))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _band_edge(
    chart: Trend, frame: Frame, places: tuple[float, ...], edge: Literal["low", "value"]
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
                heights.append(height_of(chart, frame, first + share * (second - first)))
                break
        else:
            return None
    return heights


def end_words(chart: Trend, frame: Frame) -> list[Shape]:
    """Set the last value large at the height where the line ends, its interval beneath."""
    value = chart.points[-1].value
    if value is None or not chart.end_figure:
        return []
    middle = height_of(chart, frame, value)
    lowest = chart.height - (18 if chart.end_interval else 6)
    y = max(theme.END_VALUE, min(middle + 5, lowest))
    figure = Text(chart.width, y, chart.end_figure, theme.END_VALUE, theme.INK, True, "end", role="end")
    interval = Text(
        chart.width, y + 15, chart.end_interval, theme.CAPTION, theme.SECONDARY, anchor="end", role="end"
    )
    return [figure, interval]
