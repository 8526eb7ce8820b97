"""Marks on cells of a workbook: a fill that says how serious it is, a comment that says what to do.

A copy may come back and be marked again, so the marks of the first time are known and taken away: by the
author of a comment and the colour of a fill. A comment that somebody else had written at the cell is kept
below ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from survey.errors import Problem, Severity
from survey.language import Language, catalogue
from survey.safe_export import clean, shortened
from survey.sheet_style import FILLS, width_of
from survey.spots import spot_of

AUTHOR = "csat"
MOST_COMMENTS = 10_000

_LONGEST = 2_000
_SEPARATOR = "\n————————\n"
_WIDTH, _LINE, _DIGITS = 340, 17, 46  # pixels of a comment, pixels of its lines, digits on a line
_OURS = {fill.fgColor.rgb for fill in FILLS.values()}


class Mark(NamedTuple):
    """What a cell gets; no comment where ``text`` is empty."""

    severity: Severity
    text: str


Marks = Mapping[str, Mapping[str, Mark]]


def marks_of(problems: Sequence[Problem], language: Language) -> dict[str, dict[str, Mark]]:
    """Return, by sheet and address, the marks that ``problems`` ask for; the first cells have comments."""
    found: dict[str, dict[str, list[Problem]]] = {}
    for problem in sorted(problems, key=lambda problem: problem.severity != "error"):
        spot = spot_of(problem.place)
        if spot is not None:
            found.setdefault(spot.sheet, {}).setdefault(spot.address, []).append(problem)
    room = MOST_COMMENTS
    marks: dict[str, dict[str, Mark]] = {}
    for sheet, cells in found.items():
        marks[sheet] = {}
        for at, listed in cells.items():
            marks[sheet][at] = Mark(listed[0].severity, _comment(listed, language) if room > 0 else "")
            room -= 1
    return marks


def _comment(problems: Sequence[Problem], language: Language) -> str:
    text = catalogue("survey")
    told = [
        text(
            "annotate.comment",
            language,
            level=text(f"annotate.level.{p.severity}", language),
            what=p.message(language),
        )
        for p in problems
    ]
    return shortened(clean("\n\n".join(dict.fromkeys(told)))[0], _LONGEST)


def mark(sheet: Worksheet, marks: Mapping[str, Mark]) -> None:
    """Mark cells of ``sheet``; of merged cells the one that has their value."""
    merged = {} if not sheet.merged_cells.ranges else _anchors(sheet)
    for at, (severity, text) in marks.items():
        cell = sheet[at]
        if isinstance(cell, MergedCell):
            cell = merged[at]
        cell.fill = FILLS[severity]
        if text:
            _attach(cell, text)


def _anchors(sheet: Worksheet) -> dict[str, Any]:
    """Return the cell that has the value of a merged range, by the addresses of its other cells."""
    anchors: dict[str, Any] = {}
    for merged in sheet.merged_cells.ranges:
        first = sheet.cell(merged.min_row, merged.min_col)
        anchors |= {sheet.cell(row, column).coordinate: first for row, column in merged.cells}
    return anchors


def _attach(cell: Cell, text: str) -> None:
    before = cell.comment
    if before is not None and before.author == AUTHOR:
        text = f"{before.text}\n\n{text}"
    elif before is not None:
        text = f"{text}{_SEPARATOR}{before.text}"
    lines = sum(1 + width_of(line) // _DIGITS for line in text.split("\n"))
    cell.comment = Comment(text, AUTHOR, height=min(420, _LINE * lines + 14), width=_WIDTH)


def unmark(sheet: Worksheet) -> None:
    """Take away the marks that an earlier copy was given."""
    # Only the cells that are there: to walk over all rows and columns would make the others.
    for cell in list(sheet._cells.values()):
        if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in _OURS:
            cell.fill = PatternFill()
        comment = cell.comment
        if comment is not None and comment.author == AUTHOR:
            _, _, theirs = comment.text.partition(_SEPARATOR)
            cell.comment = Comment(theirs, "") if theirs else None
