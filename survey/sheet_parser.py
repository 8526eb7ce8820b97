"""One worksheet of an .xlsx file, streamed row by row in constant memory.

The handlers run ten million times for a large workbook, so they are closures over plain variables
and the common case comes first. Cell references are believed only when they follow the grammar
``A1`` to ``XFD1048576``; the letters of a column are looked up in a dictionary that only that
grammar fills.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from survey.archive import Archive, local_name, refusal
from survey.cells import (
    LAST_COLUMN,
    LAST_ROW,
    CellValue,
    Fault,
    Kind,
    Range,
    Row,
    column_letters,
    column_number,
)
from survey.plain_blocks import NOTHING, PlainBlocks
from survey.plain_cells import PlainCells, Rows, without_plain_rows
from survey.runs import Run
from survey.shared_text import TextCounter

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_MOST_RANGES = 100_000
_WINDOWS_EPOCH = datetime(1899, 12, 30)  # Excel believes that 1900 was a leap year
_MAC_EPOCH = datetime(1904, 1, 1)
_LAST_DAY = datetime(9999, 12, 31, 23, 59, 59)


class Book(Protocol):
    """What the cells of a sheet refer to."""

    date1904: bool
    counter: TextCounter

    @property
    def texts(self) -> list[str] | None:
        """Shared texts by number, ``None`` when there are none."""

    @property
    def date_styles(self) -> frozenset[str]:
        """Numbers of the cell styles that show a date."""


@dataclass
class SheetFacts:
    """What was noticed while a sheet was read; ``complete`` once its end was reached."""

    complete: bool = False
    filtered: bool = False
    hidden_rows: int = 0
    controls: int = 0
    merged: list[Range] = field(default_factory=list)


def number_value(text: str) -> CellValue:
    """Return a stored number; whole values become ``int``, and whatever is no number a ``Fault``.

    >>> number_value("5.0"), number_value("-0"), number_value("4.5"), number_value("1e400").kind
    (5, 0, 4.5, <Kind.REFUSED: 'refused'>)
    """
    if _WHOLE.fullmatch(text):
        return int(text)
    if not _NUMBER.fullmatch(text):
        return Fault(Kind.REFUSED, text)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        return Fault(Kind.REFUSED, text)
    return int(value) if value.is_integer() else value


def date_value(number: CellValue, date1904: bool) -> CellValue:
    """Return the date that a serial number stands for, to the second."""
    if isinstance(number, (Fault, str, datetime)):
        return number
    base = _MAC_EPOCH if date1904 else _WINDOWS_EPOCH
    if not 0 <= number < 2_958_466:
        return Fault(Kind.REFUSED, str(number))
    if not date1904 and 1 <= number < 60:
        number += 1  # before the day that never was
    moment = base + timedelta(seconds=round(number * 86_400))
    return moment if moment <= _LAST_DAY else Fault(Kind.REFUSED, str(number))


def _iso_date(text: str) -> CellValue:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return Fault(Kind.REFUSED, text)


def _boolean(text: str) -> CellValue:
    if text in ("1", "true"):
        return True
    return False if text in ("0", "false") else Fault(Kind.REFUSED, text)


def parse_range(text: str) -> Range | None:
    """Return the range called ``text``, or ``None`` when it is none on the grid."""
    ends = [_REFERENCE.fullmatch(end) for end in text.split(":")]
    if not 1 <= len(ends) <= 2 or None in ends:
        return None
    (column, row), (last_column, last_row) = ((m[1], int(m[2])) for m in (ends[0], ends[-1]) if m)
    found = Range(row, column_number(column), last_row, column_number(last_column))
    in_order = found.first_row <= found.last_row and found.first_column <= found.last_column
    return found if in_order and found.last_row <= LAST_ROW and found.last_column <= LAST_COLUMN else None


def merged_ranges(archive: Archive, part: str) -> tuple[Range, ...]:
    """Return the merged ranges of a sheet, which stand behind its cells, by reading it through."""
    facts = SheetFacts()
    archive.parse(part, lambda name, attributes: _note(facts, name, attributes))
    return tuple(facts.merged)


def _note(facts: SheetFacts, name: str, attributes: dict[str, str]) -> None:
    if name == "mergeCell" and len(facts.merged) < _MOST_RANGES:
        if found := parse_range(attributes.get("ref", "")):
            facts.merged.append(found)
    elif name == "autoFilter":
        facts.filtered = True


def sheet_runs(archive: Archive, part: str, sheet: str, book: Book, facts: SheetFacts) -> Iterator[Row | Run]:
    """Yield the rows of a sheet that hold a value, plain ones many at once; ``facts`` fills on the way."""
    rows: list[Row | Run] = []
    parser = archive.parser(part)
    start, end, characters, plain_rows = _handlers(archive, sheet, book, facts, rows)
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = characters
    for _ in archive.feed(part, parser, lambda chunks: without_plain_rows(chunks, plain_rows)):
        if rows:
            yield from rows
            rows.clear()
    facts.complete = True


_Handlers = tuple[
    Callable[[str, dict[str, str]], None],
    Callable[[str], None],
    Callable[[str], None],
    Rows,
]


def _handlers(
    archive: Archive, sheet: str, book: Book, facts: SheetFacts, rows: list[Row | Run]
) -> _Handlers:
    counter, date_styles, date1904 = book.counter, book.date_styles, book.date1904
    most_cells, most_text = archive.limits.cells, archive.limits.text
    columns: dict[str, int] = {}
    numbers: dict[str, CellValue] = {str(n): n for n in range(1000)}
    cells: dict[int, CellValue] = {}
    count = depth = row = column = 0
    row_text = ""
    row_hidden = row_open = in_rows = in_cell = in_value = in_phonetic = formula = False
    cell_type: str | None = None
    style: str | None = None
    text: str | None = None

    def refuse(code: str, **values: Any) -> None:
        raise refusal(archive.file, code, sheet=sheet, **values)

    def open_row(attributes: dict[str, str]) -> None:
        nonlocal row, row_text, row_hidden, row_open, column, cells
        number = attributes.get("r")
        if number is None:
            number = str(row + 1)
        if not (number.isascii() and number.isdigit() and len(number) <= 7 and row < int(number) <= LAST_ROW):
            refuse("workbook_row_number", row=number, after=row)
        row, row_text, column, cells = int(number), str(int(number)), 0, {}
        row_hidden = attributes.get("hidden") in ("1", "true")
        row_open = True

    def place(reference: str) -> int:
        found = _REFERENCE.fullmatch(reference)
        if found is None or column_number(found[1]) > LAST_COLUMN or found[2] != row_text:
            refuse("workbook_reference", reference=reference[:40], row=row)
        number = column_number(reference[: -len(row_text)])
        columns[column_letters(number)] = number
        return number

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, column, cell_type, style, text, formula, in_rows, in_cell, in_value, in_phonetic
        tag = name if name in ("c", "v") else local_name(name)
        if tag == "c" and in_rows:
            reference = attributes.get("r")
            if reference is None:
                column += 1
                if column > LAST_COLUMN:
                    refuse("workbook_reference", reference=f"{column}", row=row)
            elif reference.endswith(row_text):
                column = columns.get(reference[: -len(row_text)]) or place(reference)
            else:
                place(reference)
            cell_type, style, text, formula = attributes.get("t"), attributes.get("s"), None, False
            in_cell = True
        elif in_cell and (tag == "v" or (tag == "t" and not in_phonetic)):
            in_value = True
            text = text or ""
        elif tag == "row" and in_rows:
            open_row(attributes)
        elif in_cell and tag == "f":
            formula = True
        elif tag == "rPh":
            in_phonetic = True
        elif tag == "sheetData":
            in_rows = True
        elif depth == 0 and tag != "worksheet":
            refuse("workbook_sheet_none", sheet_name=sheet)
        else:
            _note(facts, tag, attributes)
        depth = 1

    def characters(data: str) -> None:
        nonlocal text
        if in_value:
            text = text + data if text else data
            if len(text) > most_text:
                counter.check(len(text))

    def value(
        cell_type: str | None, style: str | None, text: str | None, formula: bool = False
    ) -> CellValue | None:
        if text is None or (text == "" and formula and cell_type in (None, "n")):
            return Fault(Kind.FORMULA, "") if formula else None
        if cell_type is None or cell_type == "n":
            number = numbers.get(text)
            if number is None:
                if not text.strip(" \t\r\n"):
                    return None
                number = number_value(text.strip(" \t\r\n"))
            return date_value(number, date1904) if style in date_styles else number
        if cell_type == "s":
            return shared(text)
        if cell_type in ("inlineStr", "str"):
            before = counter.controls_dropped
            cleaned = counter.clean(text)
            facts.controls += counter.controls_dropped - before
            return cleaned or None
        if cell_type == "b":
            return _boolean(text)
        if cell_type == "e":
            return Fault(Kind.ERROR, text)
        return _iso_date(text) if cell_type == "d" else Fault(Kind.REFUSED, text)

    def shared(number: str) -> CellValue | None:
        texts = book.texts
        if texts is None:
            raise refusal(archive.file, "workbook_strings_absent", sheet=sheet)
        if number.isascii() and number.isdigit() and len(number) < 10 and int(number) < len(texts):
            return texts[int(number)] or None
        return Fault(Kind.REFUSED, number)

    def keep(found: CellValue | None) -> None:
        nonlocal count
        if found is None:
            return
        if column in cells:
            refuse("workbook_cell_twice", cell_name=f"{column_letters(column)}{row}")
        cells[column] = found
        count += 1
        if count > most_cells:
            refuse("workbook_limit_cells", limit=most_cells)

    plain = PlainCells(value)
    blocks = PlainBlocks(value, lambda: book.texts, date_styles)
    stretch, block = b"", NOTHING

    def find(data: bytes) -> list[tuple[int, int]]:
        nonlocal stretch, block
        stretch, block = data, blocks.read(data)
        return block.rows

    def take_all() -> bool:
        nonlocal row, count
        found = block.run(row) if in_rows and not row_open else None
        if found is None:
            return False
        run, row = found
        if run.numbers:
            rows.append(run)
            facts.hidden_rows += sum(run.hidden)
            count += len(run.values)
            if count > most_cells:
                refuse("workbook_limit_cells", limit=most_cells)
        return True

    def take(number: bytes | None, hidden: bool, content: slice) -> bool:
        nonlocal row, count
        this = row + 1 if number is None else int(number)
        if not in_rows or row_open or not row < this <= LAST_ROW:
            return False
        found = block.row(content.start)
        if found is None:
            found = plain.of_row(stretch[content], str(this))
        if found is None:
            return False
        row = this
        if found:
            rows.append(Row(row, hidden, found))
            facts.hidden_rows += hidden
            count += len(found)
            if count > most_cells:
                refuse("workbook_limit_cells", limit=most_cells)
        return True

    def end(name: str) -> None:
        nonlocal cells, row_open, in_value, in_cell, in_rows, in_phonetic
        tag = name if name in ("c", "v") else local_name(name)
        if tag == "v" or tag == "t":
            in_value = False
        elif tag == "c" and in_cell:
            in_cell = False
            keep(value(cell_type, style, text, formula))
        elif tag == "row":
            row_open = False
            if cells:
                rows.append(Row(row, row_hidden, cells))
                facts.hidden_rows += row_hidden
                cells = {}
        elif tag == "rPh":
            in_phonetic = False
        elif tag == "sheetData":
            in_rows = False

    return start, end, characters, Rows(find, take_all, take)
