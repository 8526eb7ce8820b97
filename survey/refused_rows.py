"""The rows that an import refused, in a file of their own: correct them there and import that file.

It holds the headers and the cells of those rows as they were, and two columns of ours: the row in the
original file, and what is wrong. They stand before the others; behind them in the export of a platform,
which is known by what its first columns are. They may stay when the file is imported: ``is_our_header``
tells them from a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from survey.cells import CellValue, Row
from survey.errors import ImportProblems, Place, Problem
from survey.language import Language, catalogue
from survey.our_headers import our_headers
from survey.safe_export import LONGEST_CELL, clean, csv_line, put_text, put_value
from survey.sheet_style import BOLD, FILLS, HEADING, OUR_FILL, WRAPPED
from survey.spots import spot_of

_WIDTH = 16
_OUR_WIDTHS = (12, 64)

Cells = Mapping[int, CellValue]


@dataclass(frozen=True, slots=True)
class RefusedRows:
    """What was written: how many rows, and what could not be written as it was.

    ``controls`` counts the characters that no file can show. ``shortened`` are the cells (row and column
    of the original) that hold more than a cell of a workbook can; a ``.csv`` file holds them whole.
    """

    rows: int
    controls: int
    shortened: tuple[tuple[int, int], ...] = ()


@dataclass
class _Written:
    headers: Sequence[Cells]
    rows: list[Row]
    reasons: dict[int, list[str]]
    behind: bool
    marked: dict[tuple[int, int], Problem] = field(default_factory=dict)

    @property
    def ours(self) -> tuple[int, int]:
        """Where our two columns are."""
        return (self.width + 1, self.width + 2) if self.behind else (1, 2)

    def column(self, column: int) -> int:
        """Return where a column of the original is."""
        return column if self.behind else column + len(self.ours)

    def line(self, ours: Sequence[CellValue | None], cells: Cells) -> str:
        """Return one record of a text file."""
        theirs = [cells.get(column) for column in range(1, self.width + 1)]
        return csv_line([*theirs, *ours] if self.behind else [*ours, *theirs])

    @cached_property
    def width(self) -> int:
        return max(
            (max(cells, default=0) for cells in (*self.headers, *(row.cells for row in self.rows))), default=0
        )

    def texts(self) -> Iterable[tuple[int, int, str]]:
        for row in self.rows:
            yield from ((row.number, n, value) for n, value in row.cells.items() if isinstance(value, str))


def write_refused(
    path: Path,
    headers: Sequence[Cells],
    rows: Iterable[Row],
    problems: Mapping[int, Sequence[Problem]],
    language: Language,
    *,
    behind: bool = False,
) -> RefusedRows:
    """Write the rows that have problems, with their headers and the reasons, to ``path``.

    Parameters
    ----------
    path : ``.xlsx`` or ``.csv``; what is there is replaced.
    headers : the header rows of the table, each by column number.
    rows : the rows of the table; those without problems are passed over.
    problems : number of a row in the original -> its problems.
    language : of our headers and of the reasons.
    behind : put our columns behind the others, as the export of a platform needs it.

    Raises
    ------
    ImportProblems
        When the name of the file ends in neither ``.xlsx`` nor ``.csv``.
    """
    refused = [row for row in rows if row.number in problems]
    reasons = {row.number: _reasons(problems[row.number], language) for row in refused}
    written = _Written(headers, refused, reasons, behind, _marked(problems))
    suffix = path.suffix.casefold()
    if suffix == ".csv":
        path.write_bytes(_csv(written, language).encode("utf-8-sig"))
    elif suffix == ".xlsx":
        _workbook(written, language).save(path)
    else:
        raise ImportProblems([Problem("refused_suffix", Place(path.name), {"suffix": path.suffix})])
    texts = list(written.texts())
    long = [(row, column) for row, column, text in texts if suffix == ".xlsx" and len(text) > LONGEST_CELL]
    return RefusedRows(len(refused), sum(clean(text)[1] for *_, text in texts), tuple(long))


def _reasons(problems: Sequence[Problem], language: Language) -> list[str]:
    """Return each reason once, errors first."""
    ordered = sorted(problems, key=lambda problem: problem.severity != "error")
    return list(dict.fromkeys(problem.message(language) for problem in ordered))


def _marked(problems: Mapping[int, Sequence[Problem]]) -> dict[tuple[int, int], Problem]:
    marked: dict[tuple[int, int], Problem] = {}
    for row, found in problems.items():
        for problem in found:
            spot = spot_of(problem.place)
            if spot is not None and (problem.severity == "error" or (row, spot.column) not in marked):
                marked[row, spot.column] = problem
    return marked


def _csv(written: _Written, language: Language) -> str:
    ours = [our_headers(language), *[("", "")] * len(written.headers)]
    lines = [written.line(names, cells) for names, cells in zip(ours, written.headers, strict=False)]
    lines += [
        written.line((row.number, " | ".join(written.reasons[row.number])), row.cells) for row in written.rows
    ]
    return "".join(lines)


def _workbook(written: _Written, language: Language) -> Workbook:
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("A new workbook has a worksheet.")
    sheet.title = catalogue("survey")("refused.sheet", language)
    for column in range(1, written.width + 1):
        sheet.column_dimensions[get_column_letter(written.column(column))].width = _WIDTH
    for column, width in zip(written.ours, _OUR_WIDTHS, strict=True):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for at, cells in enumerate(written.headers, start=1):
        _put_header(sheet, at, our_headers(language) if at == 1 else ("", ""), cells, written)
    for at, row in enumerate(written.rows, start=len(written.headers) + 1):
        _put_row(sheet, at, row, written)
    sheet.freeze_panes = f"{'A' if written.behind else 'C'}{len(written.headers) + 1}"
    book.properties.creator = "csat"
    return book


def _put_header(sheet: Worksheet, at: int, ours: tuple[str, str], cells: Cells, written: _Written) -> None:
    for column, header in zip(written.ours, ours, strict=True):
        if header:
            put_text(sheet.cell(at, column), header)
    for column, value in cells.items():
        put_value(sheet.cell(at, written.column(column)), value)
    for cell in sheet[at]:
        cell.font, cell.fill, cell.alignment = BOLD, OUR_FILL, HEADING


def _put_row(sheet: Worksheet, at: int, row: Row, written: _Written) -> None:
    number, reasons = written.ours
    put_value(sheet.cell(at, number), row.number)
    put_text(sheet.cell(at, reasons), "\n".join(written.reasons[row.number]))
    for column in written.ours:
        sheet.cell(at, column).fill, sheet.cell(at, column).alignment = OUR_FILL, WRAPPED
    for column, value in row.cells.items():
        put_value(sheet.cell(at, written.column(column)), value)
    for column in range(1, written.width + 1):
        if (row.number, column) in written.marked:
            sheet.cell(at, written.column(column)).fill = FILLS[written.marked[row.number, column].severity]
