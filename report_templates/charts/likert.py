"""How people answered: five shares about an axis, the neutral answers in a column of their own.

The axis stands between dissatisfied and satisfied and never runs through the neutral: those took no
side. All three parts share one scale of units a percentage point.
"""

from __future__ import annotations

from dataclasses import dataclass

from report_templates import theme
from report_templates.charts import marks
from report_templates.charts.drawing import Drawing, Line, Rect, Shape, Text, centred
from report_templates.measure import balanced, width

Five = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class LikertItem:
    """One item: shares in per cent from the worst band to the best, and what is printed for each.

    ``shares`` is ``None`` for an item that may not be shown; ``note`` then says why. A printed share is
    left out where its segment is under 5 per cent or too narrow for it.
    """

    label: str
    shares: tuple[float, float, float, float, float] | None
    figures: Five = ("", "", "", "", "")
    top: str = ""
    interval: str = ""
    mark: marks.Mark | None = None
    change: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LikertGroup:
    """Items of one dimension under a band with its name and a few words (score, interval, weight)."""

    label: str
    note: str
    items: tuple[LikertItem, ...]


@dataclass(frozen=True, slots=True)
class Likert:
    """Input of the diverging chart.

    Attributes
    ----------
    title : the finding as one sentence.
    legend : names of the five bands from worst to best, the neutral in the middle.
    negative_head, positive_head : words over the two sides (``← 不满意``, ``满意 →``).
    neutral_head : words over the neutral column (``不计入两侧``).
    top_head, interval_head, change_head : column heads, each one or two lines.
    row_height : units an item, 41 by default; pass ``height`` instead to share out a given height.
    height : total units the chart should fill; rows stay between 22 and 44 units.
    """

    title: str
    groups: tuple[LikertGroup, ...]
    legend: Five
    negative_head: str
    positive_head: str
    neutral_head: str
    top_head: tuple[str, ...]
    interval_head: tuple[str, ...]
    change_head: tuple[str, ...]
    width: float = theme.FULL_WIDTH
    row_height: float = 41.0
    height: float | None = None


_BAND = 27.0
_BAR = 20.0
_INDENT = 6.0
_LABEL_LIMIT = 150.0
_LOWEST, _HIGHEST = 22.0, 44.0
_LEAST_PRINTED = 5.0
_LINE = 15.0


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where things stand: the axis, units a percentage point, the neutral column, right edges."""

    label_limit: float
    axis: float
    unit: float
    neutral: float
    top: float
    interval: float
    mark: float
    change: float
    stacked: bool


def draw(chart: Likert) -> Drawing:
    """Lay the chart out. Raises ``ValueError`` when no item has shares to show."""
    items = [item for group in chart.groups for item in group.items]
    if not any(item.shares for item in items):
        raise ValueError("a chart of answers needs at least one item with shares")
    columns = _columns(chart, items)
    head = _head_height(chart, columns)
    row = chart.row_height
    if chart.height is not None:
        rest = chart.height - head - _BAND * len(chart.groups) - 1
        row = max(_LOWEST, min(rest / len(items), _HIGHEST))
    shapes, y = _heads(chart, columns, head), head
    for group in chart.groups:
        shapes += _group(chart, columns, group, y, row)
        y += _BAND + row * len(group.items)
    shapes.append(Line(0, head, chart.width, head, theme.INK, 0.8))
    shapes.append(Line(0, y, chart.width, y, theme.INK, 0.8))
    return Drawing(chart.width, y + 1, chart.title, tuple(shapes))


def _columns(chart: Likert, items: list[LikertItem]) -> _Columns:
    change = _widest([item.change for item in items])
    mark = chart.width - 2 - change - 11
    # The head of the change column may reach over the marks but not to the interval's head.
    interval = min(mark - 12, chart.width - 2 - _widest(chart.change_head, theme.CAPTION) - 12)
    interval_wide = max(
        _widest([item.interval for item in items]), _widest(chart.interval_head, theme.CAPTION)
    )
    top = interval - interval_wide - 16
    top_wide = max(_widest([item.top for item in items], bold=True), _widest(chart.top_head, theme.CAPTION))
    label = _INDENT + min(_LABEL_LIMIT, _widest([item.label for item in items])) + 14
    shown = [item.shares for item in items if item.shares]
    left, right, neutral = (
        max(s[0] + s[1] for s in shown),
        max(s[3] + s[4] for s in shown),
        max(s[2] for s in shown),
    )
    room = top - top_wide - 18 - label - 18
    neutral_head = max(width(chart.neutral_head, theme.CAPTION), _swatch_row(chart.legend[2:3]))
    unit = room / max(left + right + neutral, 1)
    if neutral * unit < neutral_head:
        # The words over the neutral column are wider than its bars: they set its width.
        unit = (room - neutral_head) / max(left + right, 1)
    legend = _swatch_row(chart.legend[:2]) + 10
    axis = label + left * unit
    # The names of the two lower bands end at the axis; with long names they need a line of their own.
    wide = axis + 8 + _swatch_row(chart.legend[3:]) + 14 > axis + right * unit + 18
    stacked = legend > axis or wide
    return _Columns(
        label - 14 - _INDENT,
        axis,
        unit,
        axis + right * unit + 18,
        top,
        interval,
        mark,
        chart.width - 2,
        stacked,
    )


def _widest(texts: tuple[str, ...] | list[str], size: float = theme.LABEL, *, bold: bool = False) -> float:
    return max((width(text, size, bold=bold) for text in texts), default=0.0)


def _swatch_row(names: tuple[str, ...]) -> float:
    return sum(14 + width(name, theme.CAPTION) + 10 for name in names) - 10


def _head_height(chart: Likert, columns: _Columns) -> float:
    lines = max(2, len(chart.top_head), len(chart.interval_head), len(chart.change_head))
    return _LINE * (lines + columns.stacked) + 8


def _heads(chart: Likert, columns: _Columns, head: float) -> list[Shape]:
    """Write the heads: bottom lines of all columns on one baseline, the sides' words above their names."""
    low = head - 10
    shapes: list[Shape] = []
    for x, lines in (
        (columns.top, chart.top_head),
        (columns.interval, chart.interval_head),
        (columns.change, chart.change_head),
    ):
        for number, line in enumerate(lines):
            y = low - _LINE * (len(lines) - 1 - number)
            shapes.append(Text(x, y, line, theme.CAPTION, theme.MUTED, anchor="end", role="head"))
    sides = low if columns.stacked else low - _LINE
    shapes += [
        Text(
            columns.axis - 8,
            sides,
            chart.negative_head,
            theme.CAPTION,
            theme.MUTED,
            anchor="end",
            role="head",
        ),
        Text(columns.axis + 8, sides, chart.positive_head, theme.CAPTION, theme.MUTED, role="head"),
        Text(columns.neutral, sides, chart.neutral_head, theme.CAPTION, theme.MUTED, role="head"),
    ]
    return shapes + _legend(chart, columns, low)


def _legend(chart: Likert, columns: _Columns, low: float) -> list[Shape]:
    if columns.stacked:
        return _swatches(chart.legend, (0, 1, 2, 3, 4), 0, 11)
    return [
        *_swatches(chart.legend, (0, 1), columns.axis - 8 - _swatch_row(chart.legend[:2]), low),
        *_swatches(chart.legend, (2,), columns.neutral, low),
        *_swatches(chart.legend, (3, 4), columns.axis + 8, low),
    ]


def _swatches(legend: Five, bands: tuple[int, ...], x: float, baseline: float) -> list[Shape]:
    shapes: list[Shape] = []
    for band in bands:
        outline = theme.SAME if band == 2 else None
        shapes.append(Rect(x, baseline - 9, 9, 9, theme.LIKERT[band], outline, 1))
        shapes.append(Text(x + 14, baseline, legend[band], theme.CAPTION, theme.SECONDARY, role="legend"))
        x += 14 + width(legend[band], theme.CAPTION) + 10
    return shapes


def _group(chart: Likert, columns: _Columns, group: LikertGroup, top: float, row: float) -> list[Shape]:
    shapes: list[Shape] = [Rect(0, top, chart.width, _BAND, theme.PANEL, role="group")]
    shapes.append(centred(_INDENT, top + _BAND / 2, group.label, bold=True, role="group_label"))
    start = max(columns.axis + 8, _INDENT + width(group.label, theme.LABEL, bold=True) + 16)
    shapes.append(centred(start, top + _BAND / 2, group.note, fill=theme.SECONDARY, role="group_note"))
    y = top + _BAND
    foot = y + row * len(group.items)
    axis = Line(columns.axis, y, columns.axis, foot, theme.INK, 0.9, role="axis")
    for number, item in enumerate(group.items):
        if number:
            shapes.append(Line(0, y, chart.width, y, theme.GRID, 0.7))
        shapes += _item(columns, item, y + row / 2, row)
        y += row
    # Last, so that the bars that meet at the axis do not cover half of it.
    return [*shapes, axis]


def _item(columns: _Columns, item: LikertItem, middle: float, row: float) -> list[Shape]:
    lines = balanced(item.label, columns.label_limit, theme.LABEL)
    leading = min(14.0, row / len(lines))
    first = middle - leading * (len(lines) - 1) / 2
    shapes: list[Shape] = [
        centred(_INDENT, first + leading * number, line, role="label") for number, line in enumerate(lines)
    ]
    if item.shares is None:
        shapes.append(centred(columns.axis + 8, middle, item.note, fill=theme.SECONDARY, role="note"))
        return shapes
    shapes += _bars(columns, item, item.shares, middle, min(_BAR, row - 8))
    shapes.append(centred(columns.top, middle, item.top, bold=True, anchor="end", role="top"))
    shapes.append(
        centred(columns.interval, middle, item.interval, fill=theme.SECONDARY, anchor="end", role="interval")
    )
    if item.mark:
        shapes.append(marks.mark(item.mark, columns.mark, middle))
    colour = marks.TEXT_COLOURS[item.mark] if item.mark else theme.SECONDARY
    shapes.append(centred(columns.change, middle, item.change, fill=colour, anchor="end", role="change"))
    return shapes


def _bars(
    columns: _Columns, item: LikertItem, shares: tuple[float, ...], middle: float, high: float
) -> list[Shape]:
    """Draw the two sides outwards from the axis and the neutral share in its own column."""
    unit, axis = columns.unit, columns.axis
    lefts = (
        axis - (shares[0] + shares[1]) * unit,
        axis - shares[1] * unit,
        columns.neutral,
        axis,
        axis + shares[3] * unit,
    )
    shapes: list[Shape] = []
    for band, (left, share) in enumerate(zip(lefts, shares, strict=True)):
        wide = share * unit
        if wide <= 0:
            continue
        outline = theme.SAME if band == 2 else None
        shapes.append(
            Rect(left, middle - high / 2, wide, high, theme.LIKERT[band], outline, 1, role=f"band{band}")
        )
        fits = wide >= width(item.figures[band], theme.LABEL) + 4
        if share >= _LEAST_PRINTED and fits:
            colour = theme.LIKERT_TEXT[band]
            figure = centred(
                left + wide / 2, middle, item.figures[band], fill=colour, anchor="middle", role="share"
            )
            shapes.append(figure)
    return shapes
