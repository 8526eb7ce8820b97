"""Draws the listing of problems on the first sheet of a workbook."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from survey.problem_list import PROBLEM_SHEET, ListedGroup, ProblemList
from survey.safe_export import put_text
from survey.sheet_style import (
    CENTRED,
    FILLS,
    HEADER_FILL,
    HEADER_FONT,
    HEADING,
    LINK_FONT,
    NOTE_FONT,
    STRONG_FONT,
    TEXT_FONT,
    TITLE_FONT,
    UNDERLINE,
    WRAPPED,
    width_of,
)

# number, level, sheet, link, count, cells, values; then what is wrong and what to do, twice
_WIDTHS = (5, 10, 13, 9, 8, 21, 21, 38, 36, 38, 36)
_LINE_HEIGHT = 14.5


def draw_problem_sheet(book: Workbook, content: ProblemList) -> Worksheet:
    """Put ``content`` on a sheet of its own before all others, and show that one first."""
    sheet: Worksheet = book.create_sheet(PROBLEM_SHEET, 0)
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    top = _draw_head(sheet, content)
    for number, group in enumerate(content.groups, start=1):
        _draw_group(sheet, top + number, number, group)
    sheet.freeze_panes = f"A{top + 1}"
    sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(_WIDTHS))}{top + len(content.groups)}"
    sheet.sheet_properties.tabColor = "D92D20"
    sheet.sheet_view.showGridLines = False
    _set_up_print(sheet, top)
    _show_first(book)
    return sheet


def _draw_head(sheet: Worksheet, content: ProblemList) -> int:
    """Draw title, notes and headings; return the row of the headings."""
    put_text(sheet["A1"], content.title)
    sheet["A1"].font = TITLE_FONT
    sheet.row_dimensions[1].height = 24
    for row, note in enumerate(content.notes, start=2):
        put_text(sheet.cell(row, 1), note)
        sheet.cell(row, 1).font, sheet.cell(row, 1).alignment = NOTE_FONT, WRAPPED
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(_WIDTHS))
        lines = 1 + int(width_of(note) / (sum(_WIDTHS) * 0.95))
        sheet.row_dimensions[row].height = _LINE_HEIGHT * lines + 3
    top = len(content.notes) + 2
    for column, heading in enumerate(content.headings, start=1):
        cell = sheet.cell(top, column)
        put_text(cell, heading or "#")
        cell.font, cell.fill, cell.alignment = HEADER_FONT, HEADER_FILL, HEADING
        cell.border = UNDERLINE
    sheet.row_dimensions[top].height = 2 * _LINE_HEIGHT + 4
    return top


def _draw_group(sheet: Worksheet, row: int, number: int, group: ListedGroup) -> None:
    sheet.cell(row, 1, number)
    sheet.cell(row, 5, group.count)
    texts = {2: group.level, 3: group.sheet, 4: group.link, 6: group.cells, 7: group.values}
    for column, text in (texts | dict(enumerate(group.texts, start=8))).items():
        if text:
            put_text(sheet.cell(row, column), text)
    for column in range(1, len(_WIDTHS) + 1):
        cell = sheet.cell(row, column)
        cell.font, cell.border = TEXT_FONT, UNDERLINE
        cell.alignment = CENTRED if column in (1, 2, 4, 5) else WRAPPED
    sheet.cell(row, 2).fill, sheet.cell(row, 2).font = FILLS[group.severity], STRONG_FONT
    if group.link:
        cell = sheet.cell(row, 4)
        target = f"{quote_sheetname(group.sheet)}!{group.link}"
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=target)
        cell.font = LINK_FONT
    sheet.row_dimensions[row].height = _LINE_HEIGHT * _lines(group) + 4


def _lines(group: ListedGroup) -> int:
    """Return how many lines the highest cell of a row takes; Excel shows no more than 26."""
    texts = (group.level, group.sheet, "", "", group.cells, group.values, *group.texts)
    return min(26, max(_wrapped(text, width) for text, width in zip(texts, _WIDTHS[1:], strict=True)))


def _wrapped(text: str, width: float) -> int:
    return 1 + int(width_of(text) / (1.05 * width))


def _set_up_print(sheet: Worksheet, top: int) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{top}:{top}"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5
    footer = sheet.oddFooter
    if footer is not None and footer.center is not None:
        footer.center.text = "&P / &N"


def _show_first(book: Workbook) -> None:
    """Select the first sheet alone: with several selected, what is typed into one goes into all."""
    for n, sheet in enumerate((*book.worksheets, *book.chartsheets)):
        views: Any = sheet.views if isinstance(sheet, Worksheet) else getattr(sheet, "sheetViews", None)
        for view in views.sheetView:
            view.tabSelected = n == 0
    book.active = 0
