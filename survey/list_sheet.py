"""The hidden sheet that holds the lists of drop-downs; lists in a cell's own rule end at 255 characters."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from survey.written_workbook import put


class ListSheet:
    """Lists of answers by column; equal lists stand there once."""

    def __init__(self, book: Workbook, name: str) -> None:
        self.sheet: Worksheet = book.create_sheet(name)
        self.sheet.sheet_state = "hidden"
        self._known: dict[tuple[str | int, ...], str] = {}

    def reference(self, answers: tuple[str | int, ...]) -> str:
        """Return the range that holds ``answers``."""
        if answers not in self._known:
            number = len(self._known) + 1
            for row, answer in enumerate(answers, start=1):
                put(self.sheet, row, number, answer)
            letter = get_column_letter(number)
            self._known[answers] = f"'{self.sheet.title}'!${letter}$1:${letter}${len(answers)}"
        return self._known[answers]


def protect(sheet: Worksheet) -> None:
    """Lock what is not unlocked, without a password; widths, sorting and filters stay free."""
    sheet.protection.sheet = True
    for free in ("formatCells", "formatColumns", "formatRows", "sort", "autoFilter"):
        setattr(sheet.protection, free, False)
