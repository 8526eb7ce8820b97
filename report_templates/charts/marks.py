"""The marks that say better, worse, not different, decided: one shape each, drawn alike everywhere.

The arrow shows the direction, the colour shows good or bad; they part company where less is better
(churn, complaints). Marks are drawn, because the same signs as characters come out in other sizes.
"""

from __future__ import annotations

import math
from typing import Literal

from markupsafe import Markup

from report_templates import theme
from report_templates.charts.drawing import Circle, Drawing, Polygon, Shape, svg

Mark = Literal["better", "worse", "better_down", "worse_up", "same", "decided"]
"""``better`` ▲ blue, ``worse`` ▼ orange, ``better_down`` ▼ blue and ``worse_up`` ▲ orange for measures
where less is better, ``same`` ○ hollow (not different, undecided), ``decided`` ● (named, but neutral)."""

SIGNS: dict[Mark, str] = {
    "better": "▲",
    "worse": "▼",
    "better_down": "▼",
    "worse_up": "▲",
    "same": "○",
    "decided": "●",
}
COLOURS: dict[Mark, str] = {
    "better": theme.BETTER,
    "worse": theme.WORSE,
    "better_down": theme.BETTER,
    "worse_up": theme.WORSE,
    "same": theme.SAME,
    "decided": theme.SECONDARY,
}
TEXT_COLOURS: dict[Mark, str] = {**COLOURS, "same": theme.SECONDARY}
"""The colour of a figure that stands beside the mark: ``same`` is too light for text."""

IN_COLUMN = 4.0
ON_WHISKER = 4.8
ON_MAP = 5.5
IN_TEXT = 4.6


def mark(name: Mark, x: float, y: float, half: float = IN_COLUMN) -> Shape:
    """Return mark ``name`` centred on (x, y), ``half`` its width to each side."""
    colour = COLOURS[name]
    if name == "same":
        return Circle(x, y, 0.74 * half, theme.WHITE, stroke=colour, stroke_width=1.5, role="mark")
    if name == "decided":
        return Circle(x, y, 0.8 * half, colour, role="mark")
    rise = 0.85 * half if SIGNS[name] == "▲" else -0.85 * half
    points = ((x - half, y + rise), (x + half, y + rise), (x, y - rise))
    return Polygon(points, colour, role="mark")


def inline(name: Mark) -> Markup:
    """Return a mark for a line of text or a table cell: 10 by 10 units, read aloud as its sign."""
    return svg(Drawing(10, 10, SIGNS[name], (mark(name, 5, 5, IN_TEXT),)))


Grade = Literal["full", "half", "empty"]
GRADE_SIGNS: dict[Grade, str] = {"full": "●", "half": "◐", "empty": "○"}


def grade(name: Grade) -> Markup:
    """Return how firm something is, ● ◐ or ○ in ink, for a line of text."""
    fill = theme.INK if name == "full" else theme.WHITE
    shapes: list[Shape] = [Circle(5, 5, 3.4, fill, stroke=theme.INK, stroke_width=1.2)]
    if name == "half":
        steps = [math.pi * (0.5 + number / 16) for number in range(17)]
        left = tuple((5 + 3.4 * math.cos(angle), 5 - 3.4 * math.sin(angle)) for angle in steps)
        shapes.append(Polygon(left, theme.INK))
    return svg(Drawing(10, 10, GRADE_SIGNS[name], tuple(shapes)))
