"""Rows with a mark and a whisker against one line: provinces, importances, scenarios.

Rows arrive sorted and carry no rank, because neighbours rarely differ. Each row has its own expected
range, which widens as its base shrinks. The axis need not start at 0, so it is always labelled.
"""

from __future__ import annotations

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
    base. ``rule_above`` sets a dark line above the row (a total); ``bold`` sets its name bold.
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
