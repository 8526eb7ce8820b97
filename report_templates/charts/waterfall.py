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
from report_templates.charts.drawing import Drawing, Line, Rect, Shape, Text, centred
from report_templates.measure import balanced, width


@dataclass(frozen=True, slots=True)
class Step:
    """One contribution: ``value`` moves the bar, ``figure`` and ``interval`` are printed.

    ``mark`` is ``None`` where no test is made. ``technical`` draws the bar grey: a change of method or
    of mix rather than of opinion. Technical steps come last.
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
