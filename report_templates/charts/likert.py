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
