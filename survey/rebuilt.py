"""A workbook written anew from the cells that were read, where the user's own cannot be copied.

That is so for text files and for formats and sizes that openpyxl does not take. Every cell is where it
was, so problems and their repair have the same address. Of a file that is too large only the header and
the rows with problems are written, the rest is not shown.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from openpyxl import Workbook as Book
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from survey.cells import CellValue, Row
from survey.marking import Marks, mark
from survey.problem_list import ProblemList
from survey.problem_sheet import draw_problem_sheet
from survey.safe_export import put_value
from survey.sheet_style import BOLD, OUR_FILL, WRAPPED, width_of
from survey.spots import row_of
from survey.workbook import Sheet

MOST_CELLS = 300_000

_CODE = re.compile(r"-?[1-9][0-9]{0,8}|0")
_FORBIDDEN = re.compile(r"[\\/*?:\[\]\x00-\x1f]")
_HEAD = 3
_MEASURED = 200
_NARROWEST, _WIDEST = 8, 42


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Rows by sheet, of which ``whole`` tells whether they are all there are."""

    rows: list[tuple[Sheet, list[Row]]]
    whole: bool


def holds_more(sheets: Iterable[Sheet], limit: int) -> bool:
    """Tell whether there are more cells with a value than ``limit``; reads no further than that."""
    for sheet in sheets:
        for row in sheet.rows():
            limit -= len(row.cells)
            if limit < 0:
                return True
    return False


def gather(sheets: Iterable[Sheet], concerned: Mapping[str, set[int]], header_row: int | None) -> Rebuilt:
    """Return all rows, or the header and the rows that are ``concerned`` where all would be too many."""
    sheets = list(sheets)
    if not holds_more(sheets, MOST_CELLS):
        return Rebuilt([(sheet, list(sheet.rows())) for sheet in sheets], whole=True)
    part, room = [], MOST_CELLS
    for sheet in sheets:
        kept = concerned.get(sheet.name, set()) | set(range(1, (header_row or _HEAD) + 1))
        if sheet.name in concerned:
            rows = list(_within((row for row in sheet.rows() if row.number in kept), room))
            room -= sum(len(row.cells) for row in rows)
            part.append((sheet, rows))
    return Rebuilt(part, whole=False)


def _within(rows: Iterator[Row] | Iterable[Row], room: int) -> Iterator[Row]:
    """Yield rows until they would hold more than ``room`` cells, that last one included."""
    for row in rows:
        yield row
        room -= len(row.cells)
        if room <= 0:
            return


def titles_of(sheets: Iterable[Sheet], stem: str) -> dict[str, str]:
    """Return, by name, what each sheet can be called in a workbook; the sheet of a text file is ``stem``."""
    titles: dict[str, str] = {}
    for sheet in sheets:
        wanted = _FORBIDDEN.sub(" ", sheet.name or stem).strip("' ")[:31] or "Sheet"
        title, n = wanted, 1
        while title.casefold() in {taken.casefold() for taken in titles.values()}:
            n += 1
            title = f"{wanted[:27]} ({n})"
        titles[sheet.name] = title
    return titles


def write_rebuilt(
    rebuilt: Rebuilt, titles: Mapping[str, str], marks: Marks, content: ProblemList, header_row: int | None
) -> tuple[bytes, int]:
    """Return the workbook with its marks, the listing before it, and how many cells are marked."""
    book, marked = Book(), 0
    for blank in book.worksheets:
        book.remove(blank)
    for source, rows in rebuilt.rows:
        sheet: Worksheet = book.create_sheet(titles[source.name])
        _write(sheet, rows, header_row)
        sheet.sheet_state = "visible" if source.visibility == "visible" else "hidden"
        if not rebuilt.whole:
            _show_only(sheet, rows)
        here = {row.number for row in rows}
        found = {at: made for at, made in marks.get(source.name, {}).items() if row_of(at) in here}
        mark(sheet, found)
        marked += len(found)
    draw_problem_sheet(book, content)
    book.properties.creator = "csat"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue(), marked


def _write(sheet: Worksheet, rows: list[Row], header_row: int | None) -> None:
    widths: dict[int, int] = {}
    for n, row in enumerate(rows):
        for column, value in row.cells.items():
            put_value(sheet.cell(row.number, column), _typed(value))
            if n < _MEASURED:
                widths[column] = max(widths.get(column, _NARROWEST), min(_WIDEST, width_of(str(value)) + 2))
        if row.hidden:
            sheet.row_dimensions[row.number].hidden = True
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
    if header_row is not None and rows:
        sheet.freeze_panes = f"A{header_row + 1}"
        for cell in sheet[header_row]:
            cell.font, cell.fill, cell.alignment = BOLD, OUR_FILL, WRAPPED


def _typed(value: CellValue) -> CellValue:
    """Return a code from a text file as the number that it is, so that no program complains of it."""
    return int(value) if isinstance(value, str) and _CODE.fullmatch(value) else value


def _show_only(sheet: Worksheet, rows: list[Row]) -> None:
    """Hide the rows that are not there, so that those which are stand together."""
    sheet.sheet_format.zeroHeight = True
    for row in rows:
        sheet.row_dimensions[row.number].height = 15
