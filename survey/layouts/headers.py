"""What layouts ask of a header and of the rows below it.

A header stays as it stands and is addressed by its column; only for comparison is it brought into the
form of ``wording.matching``. Rows that are not there prove nothing: a question about cells is answered
from those that hold a value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from survey.cells import CellValue, Row, column_letters, raw_text
from survey.errors import Place, Problem
from survey.layouts.export import Dialect, Export, ExportColumn, Meta, RowState, SheetLike
from survey.layouts.moments import moment_of
from survey.wording import matching, tidy, without_question_number

Own: TypeAlias = Meta | Literal["contact"]

_SLASHED = re.compile(r"\s*(\d{1,2})/(\d{1,2})/(?:\d{4}|\d{2})\b", re.ASCII)


def shown(row: Row, column: int) -> str:
    """Return the text of a cell, empty when it is blank or holds nothing but spaces."""
    text = raw_text(row.cells.get(column))
    return text if tidy(text) else ""


def columns_of(*rows: Row) -> list[int]:
    """Return the columns that are not blank in each of ``rows``, in order."""
    return sorted({column for row in rows for column in row.cells if shown(row, column)})


def headers_of(row: Row) -> dict[int, str]:
    """Return the text of each cell of a header that is not blank."""
    return {column: shown(row, column) for column in columns_of(row)}


def forms_of(row: Row) -> dict[str, int]:
    """Return the first column of each header, by its form for comparison without underscores."""
    found: dict[str, int] = {}
    for column, header in headers_of(row).items():
        found.setdefault(matching(header).replace("_", ""), column)
    return found


def values_below(rows: Sequence[Row], column: int) -> list[CellValue]:
    """Return what stands in a column, without its blanks."""
    return [row.cells[column] for row in rows if shown(row, column)]


def texts_below(rows: Sequence[Row], column: int) -> list[str]:
    """Return what stands in a column, without its blanks, in the form for comparison."""
    return [matching(raw_text(value)) for value in values_below(rows, column)]


def row_after(header: Row, rows: Sequence[Row]) -> int:
    """Return the number of the first row of answers, whether or not there is one."""
    return rows[0].number if rows else header.number + 1


def under_one_header(
    layout: str,
    head: Sequence[Row],
    columns: Iterable[ExportColumn],
    dialect: Dialect,
    states: Mapping[int, Mapping[str, RowState]] | None = None,
    remarks: Iterable[Problem] = (),
) -> Export:
    """Return the export whose header is the first row of ``head``; ``columns`` may come in any order."""
    header, rows = head[0], head[1:]
    ordered = tuple(sorted(columns, key=lambda column: column.column))
    first_row = row_after(header, rows)
    return Export(layout, (header.number,), first_row, ordered, dialect, states or {}, remarks=tuple(remarks))


def wordings(*texts: str | None) -> tuple[str, ...]:
    """Return the texts under which a question may be known: each without its number, then as it is."""
    found: dict[str, None] = {}
    for text in texts:
        if text and tidy(text):
            found |= dict.fromkeys(filter(None, (without_question_number(text), text)))
    return tuple(found)


def part_wordings(stem: str, part: str, *others: str | None) -> tuple[str, ...]:
    """Return the texts under which a row of a matrix may be known: its label, with its stem, others."""
    together = f"{stem} {part}" if tidy(stem) and tidy(part) else ""
    return tuple(dict.fromkeys(text for text in (part, together, *others) if text and tidy(text)))


def own(column: int, header: str, what: Own, *names: str) -> ExportColumn:
    """Return a column that the platform adds by itself; a study may name it, but for states of rows.

    It has no key: ``status`` or ``progress`` may be the id of something else in a study.
    """
    if what == "contact":
        return ExportColumn(column, header, role="contact")
    known = () if what == "status" else tuple(dict.fromkeys(filter(None, names or (header,))))
    return ExportColumn(column, header, known, role="meta", meta=what)


def asked(column: int, header: str, key: str | None = None) -> ExportColumn:
    """Return a column that is a question by itself."""
    return ExportColumn(column, header, wordings(header), key)


def in_brackets(text: str) -> tuple[str, str] | None:
    """Return what stands before the square brackets that close a text, and what stands in them.

    >>> in_brackets("Rate us [Staff [any]]"), in_brackets("Rate us"), in_brackets("[Staff]")
    (('Rate us', 'Staff [any]'), None, None)
    """
    text = text.rstrip()
    depth = 0
    for at in range(len(text) - 1 if text.endswith("]") else -1, 0, -1):
        depth += (text[at] == "]") - (text[at] == "[")
        if depth == 0:
            return (text[:at].rstrip(), text[at + 1 : -1].strip()) if text[:at].strip() else None
    return None


def distinct(name: str, column: int, taken: Iterable[str]) -> str:
    """Return ``name``, with the letters of its first column where another question has the same one."""
    return f"{name} ({column_letters(column)})" if name in set(taken) else name


def repeated(names: Iterable[str]) -> set[str]:
    """Return what occurs more than once."""
    return {name for name, times in Counter(names).items() if times > 1}


def is_time(value: CellValue) -> bool:
    """Return whether a cell holds a day with a time, in whichever order its date is written."""
    return (moment_of(value) or moment_of(value, month_first=True)) is not None


def hold_times(rows: Sequence[Row], column: int) -> bool:
    """Return whether a column holds days with times and nothing else; days alone are none.

    A spreadsheet stores a day as its midnight, so at least one cell must show another hour.
    """
    values = values_below(rows, column)
    midnights = [isinstance(value, datetime) and value.time() == datetime.min.time() for value in values]
    return not all(midnights) and all(map(is_time, values))


def month_first(rows: Sequence[Row], columns: Iterable[int], *, otherwise: bool) -> bool:
    """Return whether dates such as ``10/9/2026`` begin with the month, as the days above 12 show.

    ``otherwise`` holds where no date decides.
    """
    for column in columns:
        for value in values_below(rows, column):
            found = _SLASHED.match(raw_text(value))
            if found and max(map(int, found.groups())) > 12:
                return int(found[2]) > 12
    return otherwise


def remark(code: str, file: str, sheet: SheetLike, **values: object) -> Problem:
    """Return a warning about a whole sheet."""
    return Problem(code, Place(file, sheet=sheet.name or None), values, "warning")
