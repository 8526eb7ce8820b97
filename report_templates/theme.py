"""Colours, sizes and units of every page and chart.

One unit of a chart is one CSS pixel, 0.75 pt on paper, so a chart 658 units wide fills the body of an
A4 page and a size in points is the same size in the chart. Colour means a difference that a test found;
everything else is ink and grey. ``report.css`` repeats these colours; a test keeps the two equal.
"""

from __future__ import annotations

FAMILY = "Csat Sans SC"

INK = "#18222f"
SECONDARY = "#475467"
MUTED = "#5b6778"
BETTER = "#0b4f94"
WORSE = "#c2410c"
SAME = "#828c9b"
RULE = "#c9d1db"
GRID = "#e4e8ee"
PANEL = "#f3f6fa"
NAVY = "#14304d"
WHITE = "#ffffff"
ON_NAVY_SECONDARY = "#c9d1db"
ON_NAVY_RULE = "#8fa1b5"

LIKERT = ("#9a3d00", "#f0a868", "#e1e5ea", "#8dbbe4", "#0b4f94")
LIKERT_TEXT = (WHITE, INK, INK, INK, WHITE)

FULL_WIDTH = 658.0
TWO_THIRDS = 434.0
HALF = 321.0
THIRD = 209.0


def pt(points: float) -> float:
    """Return a size in points as units."""
    return points / 0.75


def mm(millimetres: float) -> float:
    """Return a length in millimetres as units."""
    return millimetres * 96 / 25.4


CAPTION = pt(8)
LABEL = pt(8.5)
END_VALUE = pt(14)
QUADRANT = pt(11)
