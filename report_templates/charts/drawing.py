"""Shapes on a sheet, and the one function that writes them as SVG.

A ``Drawing`` is a frozen list of shapes in units of 0.75 pt, so a test can ask where a bar ends without
reading markup. The dialect is narrow because three renderers must agree on it: presentation attributes
only, flat fills, no ``style``, no ``class``, no ids; the title is the finding and becomes the text read
aloud. Every text is escaped here and nowhere else.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

from report_templates import theme
from report_templates.measure import width

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

ASCENT = 0.88
DESCENT = 0.13
CENTRING = 0.36
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: left, top, right, bottom. Labels are kept apart by their boxes."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """Return the area that both cover."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across * down if across > 0 and down > 0 else 0.0

    def inside(self, other: Box) -> bool:
        """Whether this box lies within ``other``."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )

    def grown(self, by: float) -> Box:
        """Return the box with ``by`` units more on every side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def crosses(self, start: Point, end: Point) -> bool:
        """Whether the line from ``start`` to ``end`` touches the box (Liang–Barsky)."""
        (x1, y1), (x2, y2) = start, end
        dx, dy = x2 - x1, y2 - y1
        first, last = 0.0, 1.0
        for step, room in (
            (-dx, x1 - self.left),
            (dx, self.right - x1),
            (-dy, y1 - self.top),
            (dy, self.bottom - y1),
        ):
            if step == 0:
                if room < 0:
                    return False
            elif step < 0:
                first = max(first, room / step)
            else:
                last = min(last, room / step)
        return first <= last


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    stroke: str = theme.INK
    width: float = 0.8
    dash: str | None = None
    opacity: float = 1.0
    role: str = ""


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled rectangle, outlined when ``stroke`` is given."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str | None = None
    stroke_width: float = 0.8
    opacity: float = 1.0
    role: str = ""


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed filled shape."""

    points: tuple[Point, ...]
    fill: str
    opacity: float = 1.0
    role: str = ""


@dataclass(frozen=True, slots=True)
class Polyline:
    """An open line through points."""

    points: tuple[Point, ...]
    stroke: str = theme.INK
    width: float = 1.8
    opacity: float = 1.0
    role: str = ""


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle."""

    x: float
    y: float
    radius: float
    fill: str
    stroke: str | None = None
    stroke_width: float = 1.2
    role: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text on the baseline ``y``. ``ground`` lays a light plate of that colour behind it."""

    x: float
    y: float
    text: str
    size: float = theme.LABEL
    fill: str = theme.INK
    bold: bool = False
    anchor: Anchor = "start"
    ground: str | None = None
    role: str = ""

    @property
    def box(self) -> Box:
        """What the text covers, measured with the report's own fonts."""
        wide = width(self.text, self.size, bold=self.bold)
        left = self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        return Box(left, self.y - ASCENT * self.size, left + wide, self.y + DESCENT * self.size)


Shape = Line | Rect | Polygon | Polyline | Circle | Text


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished chart: its size in units, the finding as one sentence, its shapes from back to front.

    ``bleed`` is how far marks reach over the left and right edge; the page sets the chart that much
    further out, so that a dot on the edge stays whole and the line still starts where the text does.
    """

    width: float
    height: float
    title: str
    shapes: tuple[Shape, ...]
    bleed: float = 0.0

    def texts(self, role: str | None = None) -> tuple[Text, ...]:
        """Return the texts, all of them or those of one role."""
        return tuple(s for s in self.shapes if isinstance(s, Text) and role in (None, s.role))


def centred(
    x: float,
    middle: float,
    text: str,
    size: float = theme.LABEL,
    fill: str = theme.INK,
    *,
    bold: bool = False,
    anchor: Anchor = "start",
    role: str = "",
) -> Text:
    """Return a text whose figures are centred on the height ``middle``."""
    return Text(x, middle + CENTRING * size, text, size, fill, bold=bold, anchor=anchor, role=role)


def svg(drawing: Drawing) -> Markup:
    """Write a drawing as one ``<svg>`` that is safe to place in a page.

    The size in the markup is the size on paper. Control and direction characters are dropped, because a
    single one would make the whole document unreadable or turn its letters round.
    """
    wide, high = _number(drawing.width + 2 * drawing.bleed), _number(drawing.height)
    body = Markup("").join(_markup(shape) for shape in drawing.shapes)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{w}" height="{h}" viewBox="{x} 0 {w} {h}"'
        ' font-family="{family}, sans-serif"><title>{title}</title>{body}</svg>'
    ).format(
        x=_number(-drawing.bleed), w=wide, h=high, family=theme.FAMILY, title=_plain(drawing.title), body=body
    )


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value} has no place on a chart")
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _plain(text: str) -> str:
    return _UNPRINTABLE.sub("", text)


def _element(name: str, **attributes: float | str | None) -> Markup:
    pairs = [
        f' {key.replace("_", "-")}="{escape(value if isinstance(value, str) else _number(value))}"'
        for key, value in attributes.items()
        if value is not None
    ]
    return Markup(f"<{name}{''.join(pairs)}/>")  # noqa: S704 - names are ours, values were escaped above


def _places(points: tuple[Point, ...]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _unless_one(opacity: float) -> float | None:
    return None if opacity == 1 else opacity


def _markup(shape: Shape) -> Markup:
    match shape:
        case Text():
            return _text(shape)
        case Line():
            return _element(
                "line",
                x1=shape.x1,
                y1=shape.y1,
                x2=shape.x2,
                y2=shape.y2,
                stroke=shape.stroke,
                stroke_width=shape.width,
                stroke_dasharray=shape.dash,
                stroke_opacity=_unless_one(shape.opacity),
            )
        case Rect():
            return _element(
                "rect",
                x=shape.x,
                y=shape.y,
                width=shape.width,
                height=shape.height,
                fill=shape.fill,
                fill_opacity=_unless_one(shape.opacity),
                stroke=shape.stroke,
                stroke_width=shape.stroke_width if shape.stroke else None,
            )
        case Polygon():
            opacity = _unless_one(shape.opacity)
            return _element("polygon", points=_places(shape.points), fill=shape.fill, fill_opacity=opacity)
        case Polyline():
            return _element(
                "polyline",
                points=_places(shape.points),
                fill="none",
                stroke=shape.stroke,
                stroke_width=shape.width,
                stroke_linejoin="round",
                stroke_opacity=_unless_one(shape.opacity),
            )
        case Circle():
            return _element(
                "circle",
                cx=shape.x,
                cy=shape.y,
                r=shape.radius,
                fill=shape.fill,
                stroke=shape.stroke,
                stroke_width=shape.stroke_width if shape.stroke else None,
            )


def _text(shape: Text) -> Markup:
    if not shape.text:
        return Markup("")
    plate = Markup("")
    if shape.ground is not None:
        box = shape.box
        plate = _markup(
            Rect(
                box.left - 2,
                box.top,
                box.right - box.left + 4,
                box.bottom - box.top,
                shape.ground,
                opacity=0.85,
            )
        )
    weight = Markup(' font-weight="bold"') if shape.bold else ""
    anchor = Markup(' text-anchor="{}"').format(shape.anchor) if shape.anchor != "start" else ""
    return plate + Markup('<text x="{}" y="{}" font-size="{}" fill="{}"{}{}>{}</text>').format(
        _number(shape.x),
        _number(shape.y),
        _number(shape.size),
        shape.fill,
        weight,
        anchor,
        _plain(shape.text),
    )
