"""Colours, sizes and units of every page and chart.

One unit of a chart is one CSS pixel, 0.75 pt on paper, so a chart 658 units wide fills the body of an
A4 page and a size in points is the same size in the chart. Colour means a difference that a test found;
everything else is ink and grey. Only ``navy``, the colour of covers and furniture, may be replaced.
"""

from __future__ import annotations

from dataclasses import dataclass

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
HEAT = ("#e8935a", "#f4bf98", "#fbe5d6", "#f4f5f7", "#d2e3f4", "#a3c6e8", "#6fa8dc")
GROUPS = ("#419aaf", "#59256d", "#34592a", "#e03667")

FULL_WIDTH = 658.0
TWO_THIRDS = 434.0
HALF = 321.0
THIRD = 209.0

SMALLEST_CONTRAST = 4.5


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


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` as WCAG 2 defines it, 0 to 1."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Return the WCAG 2 contrast of two colours, 1 to 21.

    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@dataclass(frozen=True, slots=True)
class Theme:
    """What an organisation may make its own: the colour of cover and furniture.

    Raises ``ValueError`` when white text on ``navy`` would fall under 4.5:1.
    """

    navy: str = NAVY

    def __post_init__(self) -> None:
        found = contrast(self.navy, WHITE)
        if found < SMALLEST_CONTRAST:
            raise ValueError(
                f"{self.navy} has a contrast of {found:.1f} with white; a report needs 4.5 or more"
            )
