"""Workbooks as we write them: texts stay texts, and the same contents give the same bytes.

openpyxl turns ``=x`` into a formula and ``#N/A`` into an error cell, and stamps the moment of saving on the
file. Whatever we hand out goes through here instead.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

EARLIEST = date(1980, 1, 1)  # the first day that a zip archive can name

Written = str | int | float | date | None

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def new_workbook(first: str) -> tuple[Workbook, Worksheet]:
    """Return a workbook with one sheet called ``first``, and that sheet."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("A new workbook has a worksheet.")
    sheet.title = first
    return book, sheet


def put(sheet: Worksheet, row: int, column: int, value: Written) -> Cell:
    """Write one cell and return it; ``None`` leaves it empty.

    A text that looks like a formula or an error stays a text. Control characters, which no sheet can
    hold, are left out.
    """
    if isinstance(value, str):
        # Excel reads _x0041_ as A, so an underscore that would begin such an escape is escaped itself.
        value = _ESCAPE.sub("_x005F_", _CONTROL.sub("", value))
    cell = sheet.cell(row, column, value)
    if not isinstance(cell, Cell):
        raise TypeError("Only the first cell of a merged range can be written.")
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def print_wide(sheet: Worksheet, *, one_page: bool) -> None:
    """Let a sheet print in landscape; ``one_page`` wide."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"  # A4
    if one_page:
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToHeight = False


def workbook_bytes(book: Workbook, day: date | None) -> bytes:
    """Return a workbook as bytes that depend on its contents and ``day`` alone."""
    noon = datetime.combine(day or EARLIEST, time(12))
    book.properties.creator = "csat"
    book.properties.created = noon
    drawn, fixed = io.BytesIO(), io.BytesIO()
    book.save(drawn)
    stamp = f"{noon:%Y-%m-%dT%H:%M:%SZ}".encode()
    with (
        zipfile.ZipFile(drawn) as old,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in sorted(old.namelist()):
            part = old.read(name)
            if name == "docProps/core.xml":  # openpyxl writes the moment of saving here
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, part)
            entry = zipfile.ZipInfo(name, max(noon, datetime.combine(EARLIEST, time())).timetuple()[:6])
            entry.compress_type, entry.external_attr, entry.create_system = (
                zipfile.ZIP_DEFLATED,
                0o600 << 16,
                3,
            )
            new.writestr(entry, part)
    return fixed.getvalue()
