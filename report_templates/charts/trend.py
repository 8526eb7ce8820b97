"""The index over the waves: a line with its band, the target, the last value large at the line's end.

The band shows how sure each wave is; it is not the test of a change, which has an interval of its own
and is printed elsewhere. A wave without a figure breaks the line; one wave alone becomes a dot with a
whisker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from report_templates import theme
from report_templates.charts.axis import Axis
from report_templates.charts.drawing import (
    Box,
    Circle,
    Drawing,
    Line,
    Point,
    Polygon,
    Polyline,
    Rect,
    Shape,
    Text,
    centred,
)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One wave. ``value`` is ``None`` where there is no figure; ``low`` and ``high`` where no interval.

    ``figure`` is printed at the point (empty: nothing), ``wave`` under the axis, ``year`` below that,
    once for neighbours that share it (empty: no year row).
    """

    value: float | None
    low: float | None
    high: float | None
    wave: str
    year: str = ""
    figure: str = ""


@dataclass(frozen=True, slots=True)
class TrendEvent:
    """Something that changed at wave number ``at`` (0 is the first), said in one or two short lines.

    ``old_value`` draws a hollow point: what the wave would have been under the old rule.
    ``breaks`` interrupts the line before this wave, where the figures cannot be compared.
    """

    at: int
    lines: tuple[str, ...]
    old_value: float | None = None
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Trend:
    """Input of the trend chart.

    Attributes
    ----------
    title : the finding as one sentence; read aloud.
    points : one a wave, in time order, at least one.
    axis : from ``axis_around([*values, *lows, *highs, target], write)``.
    end_figure, end_interval : the last wave's value, large, and its interval beneath.
    target, target_label : the dashed line and its words; ``None`` draws none.
    band_label : words set inside the band where there is room; left out where there is none.
    style : ``page`` for white pages (leave ``figure`` empty for the strip of the summary page),
        ``cover`` for white on navy, without axis.
    height : units; about 330 on the trend page, 200 in the summary, 330 on the cover.
    """

    title: str
    points: tuple[TrendPoint, ...]
    axis: Axis
    end_figure: str
    end_interval: str = ""
    target: float | None = None
    target_label: str = ""
    band_label: str = ""
    events: tuple[TrendEvent, ...] = ()
    style: Literal["page", "cover"] = "page"
    width: float = theme.FULL_WIDTH
    height: float = 330.0
