"""What the limited child does with an .xls, .xlsb or .ods: calamine reads it, and its cells are packed.

Runs in the child alone, see ``limited``; nothing else imports it. calamine delivers error cells and
formulas without a stored result as blanks; that is said to the user, because nothing here can tell.
"""

from __future__ import annotations

import io
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from survey.packed import Packer

# calamine's values know equality but no hash.
_VISIBILITY = [(SheetVisibleEnum.Hidden, "hidden"), (SheetVisibleEnum.VeryHidden, "very_hidden")]


def read(request: bytes, output: BinaryIO) -> None:
    """Write the sheets of the workbook whose bytes are ``request``."""
    packer = Packer(output)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(request))
        for sheet in book.sheets_metadata:
            if sheet.typ == SheetTypeEnum.WorkSheet:
                visibility = next((name for kind, name in _VISIBILITY if kind == sheet.visible), "visible")
                _write(packer, book.get_sheet_by_name(sheet.name), visibility)
    except PasswordError:
        packer.refused("workbook_password")
    except CalamineError:
        packer.refused("workbook_old_damaged")
    else:
        packer.end()


def _write(packer: Packer, sheet: CalamineSheet, visibility: str) -> None:
    # Counted from 0, rows before columns, ends included; .ods gives none.
    merged = [[a + 1, b + 1, c + 1, d + 1] for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
    packer.sheet(sheet.name, visibility, merged=merged)
    if visibility == "very_hidden":
        return
    # Left to itself, calamine drops empty rows and columns before the first cell, and addresses shift.
    for number, values in enumerate(sheet.to_python(skip_empty_area=False), 1):
        packer.row(number, values)
