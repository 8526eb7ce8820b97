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
