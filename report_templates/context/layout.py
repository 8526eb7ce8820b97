"""How high a block will be, so that one chart a page can take the room that is left.

A page is a stack of blocks; all but one have the height of their words. Heights are measured with the
report's own fonts and kept a little generous: a page that ends a few millimetres early is fine, a page
that runs over is not. Lengths are in chart units (0.75 pt).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from report_templates import measure, theme
from report_templates.context.figures import drawn
from report_templates.context.model import Callout, Chart, Phrases, Side, Table

BODY = theme.mm(255)
FULL = theme.mm(242)
"""How far down a page is filled: the reference pages end at 92–95 % of the body."""
GAP = theme.pt(14)
ROW = theme.mm(5.5)
CALLOUT_WIDTH = theme.mm(55.3)


def lines(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """Return how many lines ``text`` (size in points) takes within ``width``."""
    return len(measure.wrap(text, width, theme.pt(size), bold=bold)) if text else 0


def head(title: Phrases, language: str) -> float:
    """Return the height of rule, bar, title and subtitle, with the space below."""
    text = (" " if language == "en" else "").join(title)
    one = measure.width(text, theme.pt(17), bold=True) <= theme.FULL_WIDTH
    return theme.mm(15.4) + theme.pt(22) * (1 if one else 2)


def caption(text: str, width: float = theme.FULL_WIDTH) -> float:
    """Return the height of a caption with the space above it."""
    return theme.mm(1.4) + lines(text, width, 8) * theme.pt(12)


def table(table: Table | None, width: float = theme.FULL_WIDTH) -> float:
    """Return the height of a table whose cells take one line each, with its heads and note."""
    if table is None:
        return 0.0
    heads = ROW * (2 if any(column.span for column in table.columns) else 1)
    above = theme.pt(14) + theme.mm(1.6) if table.head else 0.0
    below = caption(table.note, width) if table.note else 0.0
    return above + heads + ROW * len(table.rows) + below + theme.mm(0.5)


def callouts(remarks: Sequence[Callout]) -> float:
    """Return the height of a row of callouts: that of the longest."""
    if not remarks:
        return 0.0
    longest = max(
        lines(remark.head, CALLOUT_WIDTH, 11, bold=True) * theme.pt(14)
        + lines(remark.text, CALLOUT_WIDTH, 8.5) * theme.pt(13)
        for remark in remarks
    )
    return theme.mm(3.2) + longest


def side(side: Side) -> float:
    """Return the height of the list beside the priority map."""
    rows = sum(1 + len(group.entries) for group in side.groups)
    return (
        theme.mm(9)
        + rows * theme.pt(14)
        + len(side.groups) * theme.mm(2.4)
        + lines(side.note, theme.mm(55.3), 8) * theme.pt(12)
    )


def stacked(*heights: float) -> float:
    """Return the height of blocks with a gap between each two; absent blocks have height 0."""
    present = [height for height in heights if height > 0]
    return sum(present) + GAP * len(present)


def height(chart: Chart) -> float:
    """Return the height a chart will have."""
    return drawn(chart).height


def fitted(make: Callable[[float], Chart], available: float, least: float, most: float) -> Chart:
    """Return the chart whose height comes nearest to ``available`` from below.

    ``make`` builds the chart from one size (a row height or a height) between ``least`` and ``most``;
    its height grows in a straight line with that size.
    """
    low, high = height(make(least)), height(make(most))
    if high <= low:
        return make(least)
    size = least + (available - low) / (high - low) * (most - least)
    return make(max(least, min(most, size)))


def halves(tables: Sequence[Table], note: str) -> float:
    """Return the height of narrow tables side by side with a head above and a note below."""
    if not tables:
        return 0.0
    return theme.pt(14) + theme.mm(1.6) + max(table(each) for each in tables) + (caption(note) if note else 0.0)
