"""What the change of the index is made of: floating bars that add up from 0 to the change.

Bars show changes, so they start at 0; drawing the levels instead would cut the axis. What is no one's
opinion (weights, mix of customers) is grey, below a dashed line. Figures stand in columns, never on bars.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from report_templates import theme
from report_templates.charts import marks
from report_templates.charts.axis import Axis
from report_templates.charts.drawing import Circle, Drawing, Line, Rect, Shape, Text, centred
from report_templates.measure import balanced, width


@dataclass(frozen=True, slots=True)
class Step:
    """One contribution: ``value`` moves the bar, ``figure`` and ``interval`` are printed.

    ``mark`` gives the bar its colour; ``same`` leaves it pale, ``None`` (no test made) grey.
    ``technical`` draws it grey whatever the mark: a change of method or of mix rather than of opinion.
    Technical steps come last.
    """

    label: str
    value: float
    figure: str
    interval: str = ""
    mark: marks.Mark | None = None
    technical: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A row that ends the waterfall: the wave, its level (``76.64``) and the interval of the level."""

    label: str
    figure: str
    interval: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """The last row: the wave, the whole change, and the level reached, printed beside the bar."""

    label: str
    value: float
    figure: str
    interval: str = ""
    level: str = ""
    mark: marks.Mark | None = None


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Input of the waterfall. The steps must sum to ``end.value``, otherwise ``ValueError``.

    Attributes
    ----------
    title : the finding as one sentence.
    label_head, figure_head, interval_head : column heads; units belong here.
    start_head : words above the zero line, such as ``2025 年三季度 76.64``.
    axis : from ``axis_around([0, *running sums], write_signed)``.
    row_height : units a row, 38 by default; 28 to 44 look well.
    """

    title: str
    label_head: str
    figure_head: str
    interval_head: str
    start_head: str
    start: Level
    steps: tuple[Step, ...]
    end: Total
    axis: Axis
    width: float = theme.FULL_WIDTH
    row_height: float = 38.0


_BAR_SHARE = 20 / 38
_HEAD = 24.0
_FOOT = 22.0
_LABEL_LIMIT = 170.0


@dataclass(frozen=True, slots=True)
class _Columns:
    """Left edge and right edge of the plot, and where marks and figures stand."""

    left: float
    right: float
    mark: float
    figure: float
    interval: float


def draw(chart: Waterfall) -> Drawing:
    """Lay the waterfall out.

    Raises ``ValueError`` when the steps do not sum to the total: a bar would end in the wrong place.
    """
    total = math.fsum(step.value for step in chart.steps)
    # The sum of a dozen doubles in points of 100; anything larger is a part that was left out.
    if abs(total - chart.end.value) > 1e-6:
        raise ValueError(f"the steps sum to {total}, the total is {chart.end.value}")
    columns = _columns(chart)
    rows = len(chart.steps) + 2
    bottom = _HEAD + rows * chart.row_height
    shapes = _frame(chart, columns, bottom) + _heads(chart, columns)
    shapes += _rows(chart, columns)
    return Drawing(chart.width, bottom + _FOOT, chart.title, tuple(shapes))


def _columns(chart: Waterfall) -> _Columns:
    figures = [chart.start.figure, chart.end.figure, *(step.figure for step in chart.steps)]
    intervals = [chart.start.interval, chart.end.interval, *(step.interval for step in chart.steps)]
    labels = [chart.start.label, chart.end.label, *(step.label for step in chart.steps)]
    interval = max(_widest(intervals, theme.LABEL), width(chart.interval_head, theme.CAPTION))
    figure = max(_widest(figures, theme.LABEL, bold=True), width(chart.figure_head, theme.CAPTION))
    figure_edge = chart.width - interval - 22
    mark = figure_edge - _widest(figures, theme.LABEL, bold=True) - 18
    left = min(_LABEL_LIMIT, _widest(labels, theme.LABEL, bold=True)) + 18
    right = min(mark - 14, figure_edge - figure - 14)
    right = _leaving_room(chart, left, right)
    return _Columns(left, right, mark, figure_edge, chart.width)


def _leaving_room(chart: Waterfall, left: float, right: float) -> float:
    """Return the right edge at which the level still fits beside the end of the total's bar."""
    share = chart.axis.place(max(chart.end.value, 0.0), 0, 1)
    level = width(chart.end.level, theme.LABEL, bold=True) + 22 if chart.end.level else 0.0
    if share <= 0 or left + share * (right - left) + level <= right:
        return right
    return left + (right - level - left) / share


def _widest(texts: list[str], size: float, *, bold: bool = False) -> float:
    return max((width(text, size, bold=bold) for text in texts), default=0.0)


def _x(chart: Waterfall, columns: _Columns, value: float) -> float:
    return chart.axis.place(value, columns.left, columns.right)


def _frame(chart: Waterfall, columns: _Columns, bottom: float) -> list[Shape]:
    shapes: list[Shape] = []
    for tick in chart.axis.ticks:
        x = _x(chart, columns, tick.value)
        shapes.append(Line(x, _HEAD, x, bottom, theme.GRID, 0.75))
        shapes.append(
            Text(x, bottom + 15, tick.label, theme.CAPTION, theme.MUTED, anchor="middle", role="tick")
        )
    last = len(chart.steps) + 1
    for number in range(1, last):
        y = _HEAD + number * chart.row_height
        first_technical = (
            number > 1 and chart.steps[number - 1].technical and not chart.steps[number - 2].technical
        )
        if first_technical:
            shapes.append(Line(0, y, chart.width, y, theme.SAME, 0.9, dash="3 2", role="technical"))
        else:
            shapes.append(Line(0, y, chart.width, y, theme.GRID, 0.7))
    edges = (_HEAD, bottom - chart.row_height, bottom)
    shapes += [Line(0, y, chart.width, y, theme.INK, 0.8) for y in edges]
    zero = _x(chart, columns, 0.0)
    shapes.append(Line(zero, _HEAD, zero, bottom, theme.INK, 0.9, role="zero"))
    return shapes


def _heads(chart: Waterfall, columns: _Columns) -> list[Shape]:
    zero = _x(chart, columns, 0.0)
    half = width(chart.start_head, theme.CAPTION) / 2
    low = width(chart.label_head, theme.CAPTION) + 12 + half
    high = columns.figure - width(chart.figure_head, theme.CAPTION) - 12 - half
    middle = max(low, min(zero, high))
    return [
        Text(0, _HEAD - 9, chart.label_head, theme.CAPTION, theme.MUTED, role="head"),
        Text(middle, _HEAD - 9, chart.start_head, theme.CAPTION, theme.INK, anchor="middle", role="head"),
        Text(
            columns.figure,
            _HEAD - 9,
            chart.figure_head,
            theme.CAPTION,
            theme.MUTED,
            anchor="end",
            role="head",
        ),
        Text(
            columns.interval,
            _HEAD - 9,
            chart.interval_head,
            theme.CAPTION,
            theme.MUTED,
            anchor="end",
            role="head",
        ),
    ]


def _rows(chart: Waterfall, columns: _Columns) -> list[Shape]:
    half = _BAR_SHARE * chart.row_height / 2
    middle = _HEAD + chart.row_height / 2
    zero = _x(chart, columns, 0.0)
    shapes = _words(columns, middle, chart.start.label, chart.start.figure, chart.start.interval, bold=True)
    shapes.append(Circle(zero, middle, 4.4, theme.INK, role="start"))
    reached = 0.0
    for step in chart.steps:
        middle += chart.row_height
        shapes += _words(columns, middle, step.label, step.figure, step.interval)
        if step.mark:
            shapes.append(marks.mark(step.mark, columns.mark, middle))
        here, there = _x(chart, columns, reached), _x(chart, columns, reached + step.value)
        shapes.append(Line(here, middle - chart.row_height + half, here, middle - half, theme.INK, 0.8))
        shapes.append(_step_bar(step, here, there, middle, half))
        reached += step.value
    here, middle = _x(chart, columns, reached), middle + chart.row_height
    shapes.append(Line(here, middle - chart.row_height + half, here, middle - half, theme.INK, 0.8))
    shapes.append(_bar(zero, here, middle, half, theme.INK, "total"))
    shapes += _words(columns, middle, chart.end.label, chart.end.figure, chart.end.interval, bold=True)
    if chart.end.mark:
        shapes.append(marks.mark(chart.end.mark, columns.mark, middle))
    shapes.append(centred(max(zero, here) + 8, middle, chart.end.level, bold=True, role="level"))
    return shapes


def _step_bar(step: Step, start: float, end: float, middle: float, half: float) -> Rect:
    """Return a bar in the colour of its verdict; pale with an outline where no difference was found."""
    if step.mark == "same" and not step.technical:
        left, wide = min(start, end), abs(end - start)
        return Rect(left, middle - half, wide, 2 * half, theme.GRID, theme.SAME, 0.9, role="bar")
    fill = marks.COLOURS[step.mark] if step.mark and not step.technical else theme.SAME
    return _bar(start, end, middle, half, fill, "bar")


def _bar(start: float, end: float, middle: float, half: float, fill: str, role: str) -> Rect:
    return Rect(min(start, end), middle - half, abs(end - start), 2 * half, fill, role=role)


def _words(
    columns: _Columns, middle: float, label: str, figure: str, interval: str, *, bold: bool = False
) -> list[Shape]:
    lines = balanced(label, columns.left - 18, theme.LABEL, bold=bold)
    first = middle - 7 * (len(lines) - 1)
    shapes: list[Shape] = [
        centred(0, first + 14 * number, line, bold=bold, role="label") for number, line in enumerate(lines)
    ]
    shapes.append(centred(columns.figure, middle, figure, bold=True, anchor="end", role="figure"))
    shapes.append(
        centred(columns.interval, middle, interval, fill=theme.SECONDARY, anchor="end", role="interval")
    )
    return shapes
