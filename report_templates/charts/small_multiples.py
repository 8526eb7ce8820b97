"""Many short trends on one scale: the dimensions of the index, or provinces.

All panels share the axis, so heights compare across them; the thin grey line is the same reference in
each (the index, the nation). A panel without figures keeps its frame and says why.
"""

from __future__ import annotations

from dataclasses import dataclass

from report_templates import theme
from report_templates.charts import marks
from report_templates.charts.axis import Axis
from report_templates.charts.drawing import Circle, Drawing, Line, Point, Polygon, Polyline, Shape, Text
from report_templates.measure import balanced, width


@dataclass(frozen=True, slots=True)
class PanelPoint:
    """One wave in a panel; ``None`` where there is no figure or no interval."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: name, last figure in bold, mark and change beside it, the series.

    ``note`` stands in the plot of a panel without figures (``样本不足``).
    """

    name: str
    figure: str
    series: tuple[PanelPoint, ...]
    mark: marks.Mark | None = None
    change: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SmallMultiples:
    """Input of the small multiples.

    Attributes
    ----------
    title : the finding as one sentence.
    panels : in reading order; every series has one point a wave.
    axis : shared by all panels; ``axis_around(..., count=3)`` gives few enough ticks.
    reference : the grey line, one value a wave, or empty.
    first_wave, last_wave : the labels under the ends of each panel (``last_wave`` alone for one wave).
    columns : panels in a row; 0 chooses 3, 4 or 5 with the fewest gaps.
    plot_height : units of the plot within a panel, 84 by default.
    """

    title: str
    panels: tuple[Panel, ...]
    axis: Axis
    reference: tuple[float | None, ...] = ()
    first_wave: str = ""
    last_wave: str = ""
    columns: int = 0
    width: float = theme.FULL_WIDTH
    plot_height: float = 84.0


_GAP = 15.0
_LEADING = 15.0


def draw(chart: SmallMultiples) -> Drawing:
    """Lay the panels out in rows. Raises ``ValueError`` without panels."""
    if not chart.panels:
        raise ValueError("small multiples need at least one panel")
    columns = chart.columns or _columns(len(chart.panels))
    wide = (chart.width - _GAP * (columns - 1)) / columns
    names = [balanced(panel.name, wide, theme.LABEL, bold=True) for panel in chart.panels]
    shapes: list[Shape] = []
    top = 0.5
    for start in range(0, len(chart.panels), columns):
        row = range(start, min(start + columns, len(chart.panels)))
        head = _LEADING * max(len(names[index]) for index in row)
        for index in row:
            left = (index - start) * (wide + _GAP)
            shapes += _panel(chart, chart.panels[index], names[index], left, top, wide, head)
        top += head + chart.plot_height + 55
    return Drawing(chart.width, top - 10, chart.title, tuple(shapes))


def _columns(count: int) -> int:
    """Return 3, 4 or 5 columns, whichever leaves fewest gaps; the wider row where they tie."""
    if count <= 5:
        return max(count, 3)
    return min((5, 4, 3), key=lambda columns: (-count % columns, -columns))


def _panel(
    chart: SmallMultiples,
    panel: Panel,
    name: tuple[str, ...],
    left: float,
    top: float,
    wide: float,
    head: float,
) -> list[Shape]:
    shapes: list[Shape] = [Line(left, top, left + wide, top, theme.INK, 0.8)]
    for number, line in enumerate(name):
        shapes.append(Text(left, top + 14 + _LEADING * number, line, bold=True, role="name"))
    base = top + head + 18
    size = theme.pt(12)
    if panel.figure:
        shapes.append(Text(left, base, panel.figure, size, bold=True, role="figure"))
    reach = left + width(panel.figure, size, bold=True) + 8
    if panel.mark:
        shapes.append(marks.mark(panel.mark, reach + 5, base - 5, marks.IN_COLUMN + 0.4))
        reach += 14
    if panel.change:
        colour = marks.TEXT_COLOURS[panel.mark] if panel.mark else theme.SECONDARY
        shapes.append(Text(reach, base, panel.change, fill=colour, role="change"))
    return shapes + _plot(chart, panel, left, base + 12, wide)


def _plot(chart: SmallMultiples, panel: Panel, left: float, top: float, wide: float) -> list[Shape]:
    bottom, right = top + chart.plot_height, left + wide
    start = left + max((width(tick.label, theme.CAPTION) for tick in chart.axis.ticks), default=0.0) + 6
    shapes: list[Shape] = []
    for tick in chart.axis.ticks:
        y = chart.axis.place(tick.value, bottom, top)
        shapes.append(Line(start, y, right, y, theme.GRID, 0.75))
        shapes.append(Text(left, y + 4, tick.label, theme.CAPTION, theme.MUTED, role="tick"))
    shapes.append(Line(start, bottom, right, bottom, theme.INK, 0.8))
    ends = [(start, "start", chart.first_wave), (right, "end", chart.last_wave)]
    for x, anchor, label in ends:
        if label:
            shapes.append(
                Text(
                    x,
                    bottom + 14,
                    label,
                    theme.CAPTION,
                    theme.MUTED,
                    anchor="start" if anchor == "start" else "end",
                )
            )
    if panel.note:
        shapes.append(
            Text(start + 4, (top + bottom) / 2, panel.note, theme.CAPTION, theme.MUTED, role="note")
        )
    count = max(len(panel.series), len(chart.reference), 1)
    xs = [
        start + 7 + (right - start - 13) * (index / (count - 1) if count > 1 else 0.5)
        for index in range(count)
    ]
    shapes += _reference(chart, xs, top, bottom)
    return shapes + _series(chart, panel, xs, top, bottom)


def _reference(chart: SmallMultiples, xs: list[float], top: float, bottom: float) -> list[Shape]:
    runs = _runs(list(chart.reference))
    return [
        Polyline(
            tuple((xs[index], chart.axis.place(value, bottom, top)) for index, value in run),
            theme.SAME,
            1.2,
            role="reference",
        )
        for run in runs
        if len(run) > 1
    ]


def _runs(values: list[float | None]) -> list[list[tuple[int, float]]]:
    runs: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index, value))
    return [run for run in runs if run]


def _series(chart: SmallMultiples, panel: Panel, xs: list[float], top: float, bottom: float) -> list[Shape]:
    def y(value: float) -> float:
        return chart.axis.place(value, bottom, top)

    shapes: list[Shape] = []
    for run in _runs([point.value for point in panel.series]):
        upper: list[Point] = []
        lower: list[Point] = []
        for index, _ in run:
            point = panel.series[index]
            if point.low is not None and point.high is not None:
                upper.append((xs[index], y(point.high)))
                lower.append((xs[index], y(point.low)))
        if len(upper) > 1:
            shapes.append(Polygon((*upper, *reversed(lower)), theme.INK, opacity=0.10, role="band"))
        elif upper:
            shapes.append(Line(*upper[0], *lower[0], stroke=theme.SAME, width=1.6))
        if len(run) > 1:
            line = tuple((xs[index], y(value)) for index, value in run)
            shapes.append(Polyline(line, theme.INK, 1.8, role="series"))
    last = panel.series[-1].value if panel.series else None
    if last is not None:
        shapes.append(
            Circle(xs[len(panel.series) - 1], y(last), 3.4, theme.INK, theme.WHITE, 1.2, role="point")
        )
    return shapes
