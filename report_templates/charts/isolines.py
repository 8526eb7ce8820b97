"""Straight lines through a map along which something is the same, each with its words on the line.

A label stands on its line as on a contour, where nothing else is written; where no place is free there is
none, for the lines are evenly spaced and the next one tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from report_templates import theme
from report_templates.charts.axis import Axis
from report_templates.charts.drawing import Box, Line, Point, Text, centred

_PLACES = (0.08, 0.92, 0.16, 0.84, 0.24, 0.76, 0.5)
_CLEARANCE = 3.0


@dataclass(frozen=True, slots=True)
class Isoline:
    """``y = intercept + slope · x`` in the units of the axes, and its words."""

    intercept: float
    slope: float
    label: str


def clipped(line: Isoline, x_axis: Axis, y_axis: Axis) -> tuple[Point, Point] | None:
    """Return the ends of the part of a rising line that the axes show; ``None`` where they show none.

    >>> axis = Axis(0.0, 10.0, ())
    >>> clipped(Isoline(-5.0, 1.0, ""), axis, axis)
    ((5.0, 0.0), (10.0, 5.0))
    """
    left = max(x_axis.low, (y_axis.low - line.intercept) / line.slope)
    right = min(x_axis.high, (y_axis.high - line.intercept) / line.slope)
    if left >= right:
        return None
    return (left, line.intercept + line.slope * left), (right, line.intercept + line.slope * right)


def drawn(
    lines: Sequence[Isoline],
    x_axis: Axis,
    y_axis: Axis,
    at: Callable[[float, float], Point],
    frame: Box,
    taken: Sequence[Box],
) -> tuple[list[Line], list[Text]]:
    """Return the lines within ``frame``, and their words off all that is ``taken`` and off one another."""
    shapes: list[Line] = []
    words: list[Text] = []
    for line in lines:
        ends = clipped(line, x_axis, y_axis)
        if ends is None:
            continue
        (x1, y1), (x2, y2) = at(*ends[0]), at(*ends[1])
        shapes.append(Line(x1, y1, x2, y2, theme.MUTED, 0.7, dash="2 3", opacity=0.8, role="isoline"))
        for share in _PLACES:
            x, y = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
            text = centred(x, y, line.label, theme.CAPTION, theme.MUTED, anchor="middle", role="isoline")
            room = text.box.grown(_CLEARANCE)
            if room.inside(frame) and not any(
                room.overlap(box) for box in (*taken, *(word.box for word in words))
            ):
                words.append(replace(text, ground=theme.WHITE))
                break
    return shapes, words
