"""Sheets of a form workbook as rows of cells under known headers, each with its place.

The first row that holds a value is the header. A header is known by its word, whatever its case and
spaces; one over a text also by the code of its language, so ``label::Chinese(zh)`` is ours too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from survey.cells import CellValue, Fault, address
from survey.errors import Place, Problem
from survey.language import LANGUAGES, Language, listing
from survey.wording import tidy
from survey.workbook import Sheet, Workbook
from survey.xlsform.tables import TAGS, text_header

_LANGUAGE = re.compile(r"(?:([a-z_]+)\s*::\s*)?[^()]*\(\s*(zh|en)[-\w]*\s*\)")


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row: its number, its cells by header, and where each header's column stands."""

    file: str
    sheet: str
    number: int
    cells: dict[str, CellValue]
    columns: dict[str, int]

    def get(self, header: str) -> CellValue | None:
        """Return the value under ``header``; blank texts are ``None``."""
        value = self.cells.get(header)
        return None if isinstance(value, str) and not value.strip() else value

    def word(self, header: str) -> str:
        """Return the value under ``header`` as a word, empty when blank."""
        value = self.get(header)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else tidy(str(value))

    def text(self, key: str, language: Language) -> CellValue | None:
        """Return one language of a text."""
        return self.get(text_header(key, language))

    def place(self, header: str | None = None) -> Place:
        """Return where the cell under ``header`` stands; the row where there is no such column."""
        column = self.columns.get(header or "")
        cell = address(self.number, column) if column else f"A{self.number}"
        return Place(self.file, self.number, sheet=self.sheet, cell=cell)

    def text_place(self, key: str, language: Language) -> Place:
        """Return where one language of a text stands."""
        return self.place(text_header(key, language))


def find_sheet(workbook: Workbook, name: str) -> Sheet | None:
    """Return the sheet called ``name`` whatever its case, or ``None``."""
    return next((sheet for sheet in workbook.sheets if sheet.name.strip().casefold() == name), None)


def read_rows(
    sheet: Sheet, file: str, known: Sequence[str], problems: list[Problem], *, strict: bool
) -> Iterator[FormRow]:
    """Yield the rows below the header; ``strict`` sheets admit no header but ``known`` ones.

    Notes a cell that holds an error instead of a value, and leaves it out.
    """
    rows = iter(sheet.rows())
    head = next(rows, None)
    if head is None:
        return
    columns: dict[str, int] = {}
    for column, value in sorted(head.cells.items()):
        place = Place(file, head.number, sheet=sheet.name, cell=address(head.number, column))
        header = _header(str(value))
        if header in columns:
            problems.append(Problem("form_header_twice", place, {"header": str(value)}))
        elif header in known:
            columns[header] = column
        elif strict:
            guess = next(iter(get_close_matches(header, known, 1, 0.6)), None)
            values = {"header": str(value), "known": listing(known), "guess": guess}
            problems.append(Problem("form_header_near" if guess else "form_header", place, values))
    by_column = {column: header for header, column in columns.items()}
    for row in rows:
        found = FormRow(file, sheet.name, row.number, {}, columns)
        for column, value in row.cells.items():
            header = by_column.get(column, "")
            if header and isinstance(value, Fault):
                problems.append(Problem("form_fault", found.place(header), {"value": value.raw}))
            elif header:
                found.cells[header] = value
        if any(found.get(header) is not None for header in found.cells):
            yield found


def _header(text: str) -> str:
    form = tidy(text)
    if found := _LANGUAGE.fullmatch(form.casefold()):
        language: Language = "zh" if found[2] == "zh" else "en"
        return text_header(found[1], language) if found[1] else TAGS[language]
    if form in LANGUAGES:
        return TAGS["zh" if form == "zh" else "en"]
    return form.casefold()
