"""Opens the user's workbook with openpyxl, marks it and writes the copy: what a limited child runs.

openpyxl loads a workbook whole and fails on what it does not understand, so it never does this in the
process of a command or a server. The user's own cells, formulas and formats go into the copy as they are;
pictures and shapes do not, and macros are left behind.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO

import openpyxl.cell._writer as cell_writer
from openpyxl import Workbook, load_workbook
from openpyxl.compat import safe_string
from openpyxl.worksheet.worksheet import Worksheet

from survey.cells import Row
from survey.marking import Mark, mark, unmark
from survey.problem_list import ProblemList, is_problem_sheet
from survey.problem_sheet import draw_problem_sheet


def work(request: bytes, output: BinaryIO) -> None:
    """Write the marked copy.

    ``request`` is JSON: ``path`` of the workbook, the names of its ``sheets``, the ``marks`` by sheet and
    address, and the ``list`` of problems. Raises ``ValueError`` when openpyxl does not find all sheets.
    """
    asked = json.loads(request)
    vars(cell_writer)["safe_string"] = exact
    # Plain text would lose the bold words inside a cell.
    book = load_workbook(asked["path"], rich_text=True)
    _remove_listing(book)
    if absent := set(asked["sheets"]) - {sheet.title for sheet in book.worksheets}:
        raise ValueError(f"These sheets were not found: {sorted(absent)}")
    for sheet in book.worksheets:
        unmark(sheet)
        marks = asked["marks"].get(sheet.title, {})
        mark(sheet, {at: Mark(severity, text) for at, (severity, text) in marks.items()})
    draw_problem_sheet(book, ProblemList.from_document(asked["list"]))
    book.template = False
    book.save(output)


def exact(value: Any) -> Any:
    """Return a number as text with all its digits; openpyxl itself writes no more than 16."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value - value == 0:
        return repr(value)
    return safe_string(value)


def _remove_listing(book: Workbook) -> None:
    """Take away the listing of an earlier copy."""
    for sheet in book.worksheets:
        if isinstance(sheet, Worksheet) and is_problem_sheet(sheet.title, [_first_row(sheet)]):
            book.remove(sheet)


def _first_row(sheet: Worksheet) -> Row:
    return Row(1, False, {1: str(sheet["A1"].value or "")})
