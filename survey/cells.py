"""Cells of a spreadsheet as they were stored: an address, a kind and a raw value.

Rows are dictionaries from column number to value, because a sheet may hold one cell at A1 and one at
XFD1048576. A value's Python type is its kind: a blank is absent, and whatever has no usable value is
a ``Fault``. The one thing to get wrong: ``True == 1`` in Python, so test ``type(value)``, never
equality, before taking a value for a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Literal, NamedTuple

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384


class Kind(StrEnum):
    """What a cell holds. ``FORMULA`` is a formula whose result was never stored."""

    BLANK = "blank"
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    ERROR = "error"
    FORMULA = "formula"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell without a usable value: an error such as ``#N/A``, a formula never computed, or junk."""

    kind: Literal[Kind.ERROR, Kind.FORMULA, Kind.REFUSED]
    raw: str

    def __str__(self) -> str:
        return self.raw


CellValue = int | float | str | bool | datetime | Fault

_KINDS: dict[type, Kind] = {
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    str: Kind.TEXT,
    bool: Kind.BOOLEAN,
    datetime: Kind.DATE,
}


class Row(NamedTuple):
    """One row: its number as the spreadsheet shows it, and its cells by column number (A is 1)."""

    number: int
    hidden: bool
    cells: dict[int, CellValue]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell with its place. ``value`` is ``None`` when blank."""

    sheet: str
    row: int
    column: int
    value: CellValue | None

    @property
    def address(self) -> str:
        """``B2``."""
        return address(self.row, self.column)

    @property
    def kind(self) -> Kind:
        """What the cell holds."""
        return kind_of(self.value)

    @property
    def raw(self) -> str:
        """The value as text, empty when blank."""
        return raw_text(self.value)


class Range(NamedTuple):
    """A rectangle of cells, ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def __str__(self) -> str:
        return f"{address(self.first_row, self.first_column)}:{address(self.last_row, self.last_column)}"


def kind_of(value: CellValue | None) -> Kind:
    """Return what a stored value is."""
    if value is None:
        return Kind.BLANK
    if isinstance(value, Fault):
        return value.kind
    return _KINDS[type(value)]


def raw_text(value: CellValue | None) -> str:
    """Return a value as a person would see it typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        shown = value.date() if value.hour == value.minute == value.second == 0 else value
        return shown.isoformat(" ") if isinstance(shown, datetime) else shown.isoformat()
    if isinstance(value, float):
        return repr(value)
    return str(value)


@cache
def column_letters(column: int) -> str:
    """Return the letters of a column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """Return the address of a cell: ``B2``."""
    return f"{column_letters(column)}{row}"


def column_number(letters: str) -> int:
    """Return the number of the column called ``letters`` (A to Z only), which may lie off the grid."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
