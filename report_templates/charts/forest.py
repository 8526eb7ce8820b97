"""Rows with a mark and a whisker against one line: provinces, importances, scenarios.

Rows arrive sorted and carry no rank, because neighbours rarely differ. Each row has its own expected
range, which widens as its base shrinks. The axis need not start at 0, so it is always labelled.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from report_templates import theme
from report_templates.charts import marks
from report_templates.charts.axis import Axis
from report_templates.charts.drawing import Drawing, Line, Rect, Shape, Text, centred
from report_templates.measure import balanced, width


@dataclass(frozen=True, slots=True)
class Column:
    """A column of ready figures: its head in one or two lines, and whether it is the bold estimate."""

    head: tuple[str, ...]
    bold: bool = False


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One row. ``value`` is ``None`` for a row that is named but not shown: ``note`` says why.

    ``left`` and ``right`` hold one text a column (empty texts are allowed). ``dashed`` marks a small
    base. ``rule_above`` sets a dark line above the row (a total); ``bold`` sets its name bold. Of a
    ``quiet`` row nothing is claimed: its name and left figures are grey; ``faint`` numbers the right
    columns that are grey.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    mark: marks.Mark = "same"
    right: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    expected_low: float | None = None
    expected_high: float | None = None
    bold: bool = False
    dashed: bool = False
    rule_above: bool = False
    quiet: bool = False
    faint: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Forest:
    """Input of the forest.

    Attributes
    ----------
    title : the finding as one sentence.
    label_head : head of the names.
    rows : sorted by the caller, highest first, rows not shown last.
    axis : from ``axis_around`` over values, intervals and expected ranges.
    left, right : columns between the names and the plot, and at the right edge.
    plot_head : lines set over the plot when there is no reference label.
    reference, reference_label : the dark vertical line (the nation; 0 for effects) and its words.
    group : a light rule after so many rows; 1 rules every row, 0 none.
    row_height : units a row: 20.8 for 31 provinces, 31 for a few rows; pass ``height`` instead to
        share out a given height (rows stay between 15 and 34).
    gap : space between columns.
    """

    title: str
    label_head: str
    rows: tuple[ForestRow, ...]
    axis: Axis
    right: tuple[Column, ...]
    left: tuple[Column, ...] = ()
    plot_head: tuple[str, ...] = ()
    reference: float | None = None
    reference_label: str = ""
    group: int = 5
    width: float = theme.FULL_WIDTH
    row_height: float = 20.8
    height: float | None = None
    gap: float = 20.0


_HEAD_LINE = 15.0
_FOOT = 22.0
_LABEL_LIMIT = 170.0
_TICK_GAP = 6.0
_LOWEST, _HIGHEST = 15.0, 34.0


@dataclass(frozen=True, slots=True)
class _Places:
    """The plot's edges and the right edge of each column."""

    label_limit: float
    plot_left: float
    plot_right: float
    left: tuple[float, ...]
    right: tuple[float, ...]


def draw(chart: Forest) -> Drawing:
    """Lay the rows out. Raises ``ValueError`` without rows or when a row lacks a column's text."""
    if not chart.rows:
        raise ValueError("a forest needs at least one row")
    for row in chart.rows:
        if len(row.right) != len(chart.right) or len(row.left) != len(chart.left):
            raise ValueError(f"the row {row.label!r} does not have one text a column")
    head, high = _heights(chart)
    places = _places(chart)
    bottom = head + high * len(chart.rows)
    shown = _last_shown(chart)
    shapes = _expected(chart, places, head, high)
    shapes += _frame(chart, places, head, high)
    shapes += _heads(chart, places, head, head + high * shown)
    for number, row in enumerate(chart.rows):
        shapes += _row(chart, places, row, head + high * (number + 0.5), high)
    return Drawing(chart.width, bottom + _FOOT, chart.title, tuple(shapes))


def plot_width(chart: Forest) -> float:
    """Return how wide the plot between the columns will be; negative where the columns leave no room."""
    places = _places(chart)
    return places.plot_right - places.plot_left


def _heights(chart: Forest) -> tuple[float, float]:
    lines = max(
        len(column.head) for column in (*chart.left, *chart.right, Column(chart.plot_head), Column(("",)))
    )
    head = _HEAD_LINE * lines + 7
    if chart.height is None:
        return head, chart.row_height
    return head, max(_LOWEST, min((chart.height - head - _FOOT) / len(chart.rows), _HIGHEST))


def _places(chart: Forest) -> _Places:
    names = [width(row.label, theme.LABEL, bold=row.bold) for row in chart.rows]
    label = max(min(_LABEL_LIMIT, max(names)), width(chart.label_head, theme.CAPTION))
    edge, left = label, []
    for wide in _widths(chart.left, [row.left for row in chart.rows]):
        edge += chart.gap + wide
        left.append(edge)
    right_edge, right = chart.width, []
    for wide in reversed(_widths(chart.right, [row.right for row in chart.rows])):
        right.append(right_edge)
        right_edge -= wide + chart.gap
    return _Places(label, edge + 24, right_edge - 6, tuple(left), tuple(reversed(right)))


def _widths(columns: tuple[Column, ...], rows: list[tuple[str, ...]]) -> list[float]:
    return [
        max(
            *(width(row[index], theme.LABEL, bold=column.bold) for row in rows),
            *(width(line, theme.CAPTION) for line in column.head),
        )
        for index, column in enumerate(columns)
    ]


def _last_shown(chart: Forest) -> int:
    shown = [number for number, row in enumerate(chart.rows, 1) if row.value is not None]
    return max(shown, default=0)


def _x(chart: Forest, places: _Places, value: float) -> float:
    return chart.axis.place(value, places.plot_left, places.plot_right)


def _expected(chart: Forest, places: _Places, head: float, high: float) -> list[Shape]:
    shapes: list[Shape] = []
    for number, row in enumerate(chart.rows):
        if row.expected_low is not None and row.expected_high is not None and row.value is not None:
            left, right = (_x(chart, places, end) for end in (row.expected_low, row.expected_high))
            top = head + high * number
            shapes.append(Rect(left, top, right - left, high, theme.SAME, opacity=0.20, role="expected"))
    return shapes


def _frame(chart: Forest, places: _Places, head: float, high: float) -> list[Shape]:
    bottom = head + high * len(chart.rows)
    plot_end = head + high * _last_shown(chart)
    across = [_x(chart, places, tick.value) for tick in chart.axis.ticks]
    shapes: list[Shape] = [Line(x, head, x, plot_end, theme.GRID, 0.75) for x in across]
    shapes += _tick_labels(chart, across, bottom + 15)
    for number in range(1, len(chart.rows)):
        row, y = chart.rows[number], head + high * number
        first_hidden = row.value is None and chart.rows[number - 1].value is not None
        if row.rule_above:
            shapes.append(Line(0, y, chart.width, y, theme.INK, 0.8))
        elif first_hidden or (chart.group and number % chart.group == 0 and row.value is not None):
            colour = theme.GRID if chart.group == 1 else theme.RULE
            shapes.append(Line(0, y, chart.width, y, colour, 0.7))
    return shapes + [Line(0, y, chart.width, y, theme.INK, 0.8) for y in (head, bottom)]


def _heads(chart: Forest, places: _Places, head: float, plot_end: float) -> list[Shape]:
    shapes: list[Shape] = [Text(0, head - 9, chart.label_head, theme.CAPTION, theme.MUTED, role="head")]
    columns = [*zip(places.left, chart.left, strict=True), *zip(places.right, chart.right, strict=True)]
    for x, column in columns:
        for number, line in enumerate(column.head):
            y = head - 9 - _HEAD_LINE * (len(column.head) - 1 - number)
            shapes.append(Text(x, y, line, theme.CAPTION, theme.MUTED, anchor="end", role="head"))
    if chart.reference is not None:
        x = _x(chart, places, chart.reference)
        shapes.append(
            Line(
                x, head - 4 if chart.reference_label else head, x, plot_end, theme.INK, 0.9, role="reference"
            )
        )
        half = width(chart.reference_label, theme.CAPTION) / 2
        middle = max(places.plot_left - 12 + half, min(x, places.plot_right + 6 - half))
        shapes.append(
            Text(middle, head - 9, chart.reference_label, theme.CAPTION, anchor="middle", role="head")
        )
    for number, line in enumerate(chart.plot_head if not chart.reference_label else ()):
        y = head - 9 - _HEAD_LINE * (len(chart.plot_head) - 1 - number)
        shapes.append(Text(places.plot_left, y, line, theme.CAPTION, theme.MUTED, role="head"))
    return shapes


def _row(chart: Forest, places: _Places, row: ForestRow, middle: float, high: float) -> list[Shape]:
    lines = balanced(row.label, places.label_limit, theme.LABEL, bold=row.bold)
    leading = min(13.0, high / len(lines))
    first = middle - leading * (len(lines) - 1) / 2
    ink = theme.SECONDARY if row.quiet else theme.INK
    shapes: list[Shape] = [
        centred(0, first + leading * number, line, fill=ink, bold=row.bold, role="label")
        for number, line in enumerate(lines)
    ]
    grey = [row.quiet for _ in row.left] + [number in row.faint for number in range(len(row.right))]
    cells = [
        *zip(places.left, chart.left, row.left, strict=True),
        *zip(places.right, chart.right, row.right, strict=True),
    ]
    for (x, column, text), pale in zip(cells, grey, strict=True):
        bold = column.bold and not pale
        colour = theme.INK if bold else theme.SECONDARY
        shapes.append(centred(x, middle, text, fill=colour, bold=bold, anchor="end", role="cell"))
    if row.value is None:
        shapes.append(centred(places.plot_left + 8, middle, row.note, fill=theme.SECONDARY, role="note"))
        return shapes
    colour = marks.COLOURS[row.mark]
    if row.low is not None and row.high is not None:
        left, right = _x(chart, places, row.low), _x(chart, places, row.high)
        dash, wide = ("3 2.4", 1.6) if row.dashed else (None, 1.6)
        shapes.append(Line(left, middle, right, middle, colour, wide, dash, role="whisker"))
    half = min(marks.ON_WHISKER, high / 2 - 1.5)
    shapes.append(marks.mark(row.mark, _x(chart, places, row.value), middle, half))
    return shapes


def _tick_labels(chart: Forest, across: list[float], y: float) -> list[Text]:
    """Return the labels of every tick, or of every second, third …, 0 among them, so that none touch."""
    labels = [
        Text(x, y, tick.label, theme.CAPTION, theme.MUTED, anchor="middle", role="tick")
        for x, tick in zip(across, chart.axis.ticks, strict=True)
    ]
    zero = next((number for number, tick in enumerate(chart.axis.ticks) if tick.value == 0), 0)
    for step in range(1, len(labels)):
        kept = labels[zero % step :: step]
        if all(a.box.right + _TICK_GAP <= b.box.left for a, b in itertools.pairwise(kept)):
            return kept
    return labels[zero : zero + 1]
