"""How high a block will be, so that one chart a page can take the room that is left.

A page is a stack of blocks; all but one have the height of their words. Heights are measured with the
report's own fonts and kept a little generous: a page that ends a few millimetres early is fine, a page
that runs over is not. Lengths are in chart units (0.75 pt).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from report_templates import measure, theme
from report_templates.context.figures import drawn
from report_templates.context.model import Callout, Chart, Claim, Phrases, Row, Side, Table

BODY = theme.mm(255)
FULL = theme.mm(241)
"""How far down a page is filled: the reference pages end at 92–95 % of the body."""
GAP = theme.pt(14)
ROW = theme.mm(5.5)
CALLOUT_WIDTH = theme.mm(55.3)
HALF_WIDTH = theme.mm(85)
PADDING = theme.mm(2)
APART = theme.mm(6)
NARROWEST = 10
WHOLE = 100
"""Least per cent of the width for a column of words."""


def lines(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """Return how many lines ``text`` (size in points) takes within ``width``."""
    return len(measure.wrap(text, width, theme.pt(size), bold=bold)) if text else 0


def head(title: Phrases, language: str, subtitle: str = "") -> float:
    """Return the height of rule, bar, title and subtitle, with the space below."""
    text = (" " if language == "en" else "").join(title)
    one = measure.width(text, theme.pt(17), bold=True) <= theme.FULL_WIDTH
    more = max(0, lines(subtitle, theme.FULL_WIDTH, 9.5) - 1)
    return theme.mm(15.4) + theme.pt(22) * (1 if one else 2) + theme.pt(14) * more


def caption(text: str, width: float = theme.FULL_WIDTH) -> float:
    """Return the height of a caption with the space above it."""
    return theme.mm(1.4) + lines(text, width, 8) * theme.pt(12)


def sized(table: Table, width: float = theme.FULL_WIDTH) -> Table:
    """Return the table with column widths in whole per cent, made from what the columns hold.

    Columns of figures get what they need; columns of words share the rest and wrap where it is short.
    """
    words = [
        number
        for number, column in enumerate(table.columns)
        if not column.right and not any(row.cells[number].mark for row in table.rows)
    ]
    shares = _shares(table, width)
    while sum(shares) > WHOLE and words and max(shares[each] for each in words) > NARROWEST:
        shares[max(words, key=lambda each: shares[each])] -= 1
    for number in range(WHOLE - sum(shares)):
        shares[number % len(shares)] += 1
    columns = (replace(c, width=f"{share}%") for c, share in zip(table.columns, shares, strict=True))
    return replace(table, columns=tuple(columns))


def spare(table: Table, width: float = theme.FULL_WIDTH) -> int:
    """Return how many per cent of ``width`` are left when no cell wraps; below 0 words have to."""
    return WHOLE - sum(_shares(table, width))


def _shares(table: Table, width: float) -> list[int]:
    return [math.ceil(WHOLE * need / width - 0.1) for need in _needs(table)]


def _needs(table: Table) -> list[float]:
    """Return the width each column needs; those under a common head need room for that too."""
    needs = [_need(table, number) for number in range(len(table.columns))]
    for number, column in enumerate(table.columns):
        spanned = sum(needs[number : number + column.spans])
        lacking = measure.width(column.span, theme.pt(8)) + PADDING - spanned
        for each in range(number, number + column.spans):
            needs[each] += max(0.0, lacking) / column.spans
    return needs


def _need(table: Table, number: int) -> float:
    column = table.columns[number]
    widest = measure.width(column.head, theme.pt(8))
    for row in table.rows:
        cell = row.cells[number]
        bold = column.tone == "strong" or (number == 0 and row.kind != "plain")
        mark = theme.mm(3.6) if cell.mark else 0.0
        for text in cell.text.split(" ") if column.fold else (cell.text,):
            widest = max(widest, mark + measure.width(text, theme.LABEL, bold=bold))
    return widest + theme.mm(0.4) + _padding(table, number)


def _padding(table: Table, number: int) -> float:
    """Return the space before a column: more where words follow figures that end at their right edge."""
    if number == 0:
        return 0.0
    after_figures = table.columns[number - 1].right and not table.columns[number].right
    return APART if after_figures else PADDING


def table(table: Table | None, width: float = theme.FULL_WIDTH) -> float:
    """Return the height of a table with its heads and note; words wrap within their columns."""
    if table is None:
        return 0.0
    heads = ROW * (2 if any(column.span for column in table.columns) else 1)
    above = lines(table.head, width, 11, bold=True) * theme.pt(14) + theme.mm(1.6) if table.head else 0.0
    below = caption(table.note, width) if table.note else 0.0
    rows = sum(ROW + theme.pt(12) * (_lines_of(table, row, width) - 1) for row in table.rows)
    return above + heads + rows + below + theme.mm(0.5)


def _lines_of(table: Table, row: Row, width: float) -> int:
    most = 1
    for number, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
        if column.right or not column.width:
            continue
        room = width * int(column.width[:-1]) / 100 - _padding(table, number)
        bold = column.tone == "strong" or (number == 0 and row.kind != "plain")
        most = max(most, lines(cell.text, room - (theme.mm(3.6) if cell.mark else 0.0), 8.5, bold=bold))
    return most


def claims(rows: Sequence[Claim], note: str, widths: Sequence[int]) -> float:
    """Return the height of a quality statement with its head and note; evidence and limit wrap."""
    if not rows:
        return caption(note) if note else 0.0
    rooms = [theme.FULL_WIDTH * share / 100 - PADDING for share in widths[:3]]
    height = sum(ROW + theme.pt(12) * (_claim_lines(row, rooms) - 1) for row in rows)
    return ROW + height + (caption(note) if note else 0.0)


def _claim_lines(row: Claim, rooms: Sequence[float]) -> int:
    name = lines(row.claim, rooms[0], 8.5, bold=True)
    return max(name, lines(row.evidence, rooms[1], 8.5), lines(row.limit, rooms[2], 8.5))


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
    return sum(present) + GAP * max(0, len(present) - 1)


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
    return (
        theme.pt(14)
        + theme.mm(1.6)
        + max(table(each, HALF_WIDTH) for each in tables)
        + (caption(note) if note else 0.0)
    )
