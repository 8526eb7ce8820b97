"""Importance against performance, each with its interval, so that a cross over a line reads as undecided.

Where the lines stand is a rule of the study; at the means it is a convention and not a finding. Labels are
placed beside their points without touching one another; a point whose label finds no clean place carries a
number, and the key stands below the map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from report_templates import theme
from report_templates.charts import isolines, marks, placement
from report_templates.charts.axis import Axis
from report_templates.charts.drawing import Box, Circle, Drawing, Line, Point, Rect, Shape, Text, centred
from report_templates.charts.isolines import Isoline
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
        right; only the first is tinted and bold. Empty where nobody may act on the map: then nothing is.
    isolines : lines along which importance less performance is the same; none by default.
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
    isolines: tuple[Isoline, ...] = ()


_TOP = 22.0
_FOOT = 34.0
_CORNER = 9.0
_LABEL_HEIGHT = 13.0
_WIDENINGS = (0.0, 0.06, 0.12, 0.2)
_KEY_LINE = 15.0


@dataclass(frozen=True, slots=True)
class _Plot:
    """The plot's edges and the axes as they were used."""

    left: float
    top: float
    right: float
    bottom: float
    x_axis: Axis
    y_axis: Axis

    def at(self, x: float, y: float) -> Point:
        """Return where a value pair stands."""
        return self.x_axis.place(x, self.left, self.right), self.y_axis.place(y, self.bottom, self.top)


def draw(chart: PriorityMap) -> Drawing:
    """Lay the map out; widen the axes before any label is given up for a number.

    Raises ``ValueError`` without points.
    """
    if not chart.points:
        raise ValueError("a priority map needs at least one point")
    attempts = [_attempt(chart, share) for share in _WIDENINGS[:1]]
    while any(place is None for place in attempts[-1][1]) and len(attempts) < len(_WIDENINGS):
        attempts.append(_attempt(chart, _WIDENINGS[len(attempts)]))
    plot, places = min(attempts, key=lambda one: sum(place is None for place in one[1]))
    lines, told = _isolines(chart, plot)
    shapes = [*_ground(chart, plot), *lines, *_words(chart, plot, lines), *told]
    shapes += _crosses(chart, plot)
    shapes += _labels(chart, plot, places)
    numbers = _numbers(places)
    shapes += _marks(chart, plot, numbers)
    key = _key(chart, numbers)
    shapes += key
    foot = max((shape.y + 6 for shape in key if isinstance(shape, Text)), default=chart.height)
    return Drawing(chart.width, max(chart.height, foot), chart.title, tuple(shapes))


def _attempt(chart: PriorityMap, share: float) -> tuple[_Plot, list[placement.Placed | None]]:
    left = max((width(tick.label, theme.CAPTION) for tick in chart.y_axis.ticks), default=0.0) + 8
    widened = chart.y_axis.widened(share) if share else chart.y_axis
    # An importance is never negative: the axis starts at 0 and is only ever widened upwards.
    least = min(point.y if point.y_low is None else point.y_low for point in chart.points)
    low = 0.0 if chart.y_axis.low < 0 <= least else chart.y_axis.low
    y_axis = Axis(low, widened.high, chart.y_axis.ticks)
    x_axis = chart.x_axis.widened(share) if share else chart.x_axis
    plot = _Plot(left, _TOP, chart.width - 1, chart.height - _FOOT, x_axis, y_axis)
    words = [*_named(chart, plot), *(text.box for text in _isolines(chart, plot)[1])]
    lines = [((line.x1, line.y1), (line.x2, line.y2)) for line in _whiskers(chart, plot)]
    means = _means(chart, plot)
    lines += [((line.x1, line.y1), (line.x2, line.y2)) for line in means]
    fences = tuple(Box(line.x1, line.y1, line.x2, line.y2) for line in means)
    around = placement.Surroundings(
        Box(plot.left + 2, plot.top + 2, plot.right - 2, plot.bottom - 2), tuple(words), tuple(lines), fences
    )
    labels = [
        placement.Label(
            plot.at(point.x, point.y), width(point.label, theme.LABEL, bold=point.bold), _LABEL_HEIGHT
        )
        for point in chart.points
    ]
    return plot, placement.place_labels(labels, around, marks.ON_MAP)


def _named(chart: PriorityMap, plot: _Plot) -> list[Box]:
    """Return what the names of quadrants and lines cover."""
    return [
        shape.box for shape in _words(chart, plot) if isinstance(shape, Text) and shape.role == "quadrant"
    ]


def _isolines(chart: PriorityMap, plot: _Plot) -> tuple[list[Line], list[Text]]:
    points = [plot.at(point.x, point.y) for point in chart.points]
    taken = [Box(x, y, x, y).grown(marks.ON_MAP + 3) for x, y in points]
    taken += _named(chart, plot)
    taken += [Box(line.x1, line.y1, line.x2, line.y2).grown(0.5) for line in _means(chart, plot)]
    frame = Box(plot.left, plot.top, plot.right, plot.bottom)
    return isolines.drawn(chart.isolines, plot.x_axis, plot.y_axis, plot.at, frame, taken)


def _ground(chart: PriorityMap, plot: _Plot) -> list[Shape]:
    x, y = plot.at(chart.x_line, chart.y_line)
    shapes: list[Shape] = []
    if chart.improve:
        shapes.append(Rect(plot.left, plot.top, x - plot.left, y - plot.top, theme.PANEL, role="improve"))
    for tick in plot.x_axis.ticks:
        place = plot.at(tick.value, 0)[0]
        middle = min(place, chart.width - width(tick.label, theme.CAPTION) / 2)
        words = Text(middle, plot.bottom + 14, tick.label, theme.CAPTION, theme.MUTED, role="tick")
        shapes.append(Line(place, plot.top, place, plot.bottom, theme.GRID, 0.75))
        shapes.append(replace(words, anchor="middle"))
    for tick in plot.y_axis.ticks:
        height = plot.at(0, tick.value)[1]
        shapes.append(Line(plot.left, height, plot.right, height, theme.GRID, 0.75))
        shapes.append(centred(0, height, tick.label, theme.CAPTION, theme.MUTED, role="tick"))
    shapes.append(Line(plot.left, plot.bottom, plot.right, plot.bottom, theme.INK, 0.8))
    return shapes + list(_means(chart, plot))


def _means(chart: PriorityMap, plot: _Plot) -> list[Line]:
    x, y = plot.at(chart.x_line, chart.y_line)
    return [
        Line(x, plot.top, x, plot.bottom, theme.INK, 0.9, role="mean"),
        Line(plot.left, y, plot.right, y, theme.INK, 0.9, role="mean"),
    ]


def _words(chart: PriorityMap, plot: _Plot, crossing: Sequence[Line] = ()) -> list[Shape]:
    """Write the axes, the quadrants and the lines; a name that a line crosses stands on a plate."""
    x, y = plot.at(chart.x_line, chart.y_line)
    left, right, high, low = plot.left + 6, plot.right - 6, plot.top + 15, plot.bottom - 9

    def corner(at: float, base: float, name: str, *, end: bool, bold: bool = False) -> Text:
        colour = theme.INK if bold else theme.SECONDARY
        return Text(at, base, name, theme.QUADRANT, colour, bold, "end" if end else "start", role="quadrant")

    corners = [
        corner(left, high, chart.improve, end=False, bold=True),
        corner(right, high, chart.keep, end=True),
        corner(left, low, chart.minor, end=False),
        corner(right, low, chart.maintain, end=True),
    ]
    found: list[Shape] = [
        Text(0, 12, chart.y_title, theme.CAPTION, theme.SECONDARY, role="axis_title"),
        Text(plot.right, plot.bottom + 30, chart.x_title, theme.CAPTION, theme.SECONDARY, anchor="end"),
        *(name for name in corners if name.text),
        Text(
            x + 5,
            _beside(chart, plot, x),
            chart.x_line_label,
            theme.CAPTION,
            theme.SECONDARY,
            role="quadrant",
        ),
        _above(chart, plot, y),
    ]
    tint = _tint(chart, plot)
    return [_plated(shape, crossing, tint) if isinstance(shape, Text) else shape for shape in found]


def _tint(chart: PriorityMap, plot: _Plot) -> Point:
    """Return the lower right corner of the tinted quadrant; without one, the upper left of the map."""
    return plot.at(chart.x_line, chart.y_line) if chart.improve else (plot.left, plot.top)


def _above(chart: PriorityMap, plot: _Plot, y: float) -> Text:
    """Return the words of the horizontal line, at its left end or, where a cross is in the way, its right."""
    words = Text(plot.left + 6, y - 6, chart.y_line_label, theme.CAPTION, theme.SECONDARY, role="quadrant")
    ends = (words, replace(words, x=plot.right - 6, anchor="end"))
    whiskers = [((line.x1, line.y1), (line.x2, line.y2)) for line in _whiskers(chart, plot)]
    free = (text for text in ends if not any(text.box.crosses(*line) for line in whiskers))
    return next(free, words)


def _plated(text: Text, lines: Sequence[Line], tint: Point) -> Text:
    """Return a text with a light plate where a line crosses it, so that it stays legible."""
    if not any(text.box.crosses((line.x1, line.y1), (line.x2, line.y2)) for line in lines):
        return text
    tinted = text.box.right < tint[0] and text.box.bottom < tint[1]
    return replace(text, ground=theme.PANEL if tinted else theme.WHITE)


def _beside(chart: PriorityMap, plot: _Plot, x: float) -> float:
    """Return the base of the words of the vertical line: a row lower where a corner's name is in the way."""
    end = x + 5 + width(chart.x_line_label, theme.CAPTION) + 10
    taken = plot.right - 6 - width(chart.keep, theme.QUADRANT)
    return plot.top + (12 if end < taken else 31)


def _whiskers(chart: PriorityMap, plot: _Plot) -> list[Line]:
    lines: list[Line] = []
    for point in chart.points:
        x, y = plot.at(point.x, point.y)
        colour = marks.COLOURS[point.mark]
        if point.x_low is not None and point.x_high is not None:
            left, right = plot.at(point.x_low, 0)[0], plot.at(point.x_high, 0)[0]
            lines.append(Line(left, y, right, y, colour, 1.1, opacity=0.75, role="whisker"))
        if point.y_low is not None and point.y_high is not None:
            low, high = plot.at(0, point.y_low)[1], plot.at(0, point.y_high)[1]
            lines.append(Line(x, low, x, high, colour, 1.1, opacity=0.75, role="whisker"))
    return lines


def _crosses(chart: PriorityMap, plot: _Plot) -> list[Shape]:
    return list(_whiskers(chart, plot))


def _numbers(places: list[placement.Placed | None]) -> dict[int, int]:
    """Number the points without a label, in the order of the input."""
    left = [index for index, place in enumerate(places) if place is None]
    return {index: number for number, index in enumerate(left, 1)}


def _labels(chart: PriorityMap, plot: _Plot, places: list[placement.Placed | None]) -> list[Shape]:
    """Write the labels; one that had to cross a line gets a light plate, so that it stays legible."""
    tint = _tint(chart, plot)
    lines = [*_whiskers(chart, plot), *_means(chart, plot), *_isolines(chart, plot)[0]]
    shapes: list[Shape] = []
    for point, place in zip(chart.points, places, strict=True):
        if place is None:
            continue
        if place.leader:
            (x1, y1), (x2, y2) = place.leader
            shapes.append(Line(x1, y1, x2, y2, theme.SECONDARY, 0.7, role="leader"))
        middle = (place.box.top + place.box.bottom) / 2
        text = centred(place.box.left, middle, point.label, bold=point.bold, role="label")
        shapes.append(_plated(text, lines, tint))
    return shapes


def _marks(chart: PriorityMap, plot: _Plot, numbers: dict[int, int]) -> list[Shape]:
    """Draw the marks last, over crosses and leaders; a numbered point is a disc with its number."""
    shapes: list[Shape] = []
    for index, point in enumerate(chart.points):
        x, y = plot.at(point.x, point.y)
        if index not in numbers:
            shapes.append(marks.mark(point.mark, x, y, marks.ON_MAP))
            continue
        hollow = point.mark == "same"
        fill = theme.WHITE if hollow else marks.COLOURS[point.mark]
        shapes.append(
            Circle(x, y, 7.5, fill, marks.COLOURS[point.mark] if hollow else theme.WHITE, 1.2, role="mark")
        )
        colour = theme.INK if hollow else theme.WHITE
        shapes.append(
            centred(
                x, y, str(numbers[index]), theme.CAPTION, colour, bold=True, anchor="middle", role="number"
            )
        )
    return shapes


def _key(chart: PriorityMap, numbers: dict[int, int]) -> list[Shape]:
    """Name the numbered points in rows below the map, each with its mark."""
    shapes: list[Shape] = []
    x, y = 0.0, chart.height + 8
    for index, number in numbers.items():
        point = chart.points[index]
        wide = 16 + width(f"{number} {point.label}", theme.CAPTION) + 18
        if x and x + wide > chart.width:
            x, y = 0.0, y + _KEY_LINE
        shapes.append(marks.mark(point.mark, x + 5, y - 4, marks.IN_TEXT))
        shapes.append(Text(x + 14, y, f"{number} {point.label}", theme.CAPTION, theme.SECONDARY, role="key"))
        x += wide
    return shapes
