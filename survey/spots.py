"""Where in a table a problem stands, whether it came from a workbook or a text file.

A place of a workbook has a sheet and a cell, one of a text file a line and the letters of a column; both
become a row and a column here. Places of a study file are no spots.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from string import ascii_uppercase
from typing import NamedTuple

from survey.cells import Range, address, column_number
from survey.errors import Place

_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,9})")
_LETTERS = re.compile(r"[A-Z]{1,3}")


class Spot(NamedTuple):
    """A sheet (its name is empty for a text file), a row and a column."""

    sheet: str
    row: int
    column: int

    @property
    def address(self) -> str:
        """``B2``."""
        return address(self.row, self.column)


def spot_of(place: Place) -> Spot | None:
    """Return where in a table ``place`` is, ``None`` for a whole file or sheet and for a study file."""
    if place.sheet is not None:
        found = _CELL.fullmatch(place.cell or "")
        return Spot(place.sheet, int(found[2]), column_number(found[1])) if found else None
    if place.line is None or place.key is None or not _LETTERS.fullmatch(place.key):
        return None
    return Spot("", place.line, column_number(place.key))


def row_of(at: str) -> int:
    """Return the row of an address: 2 of ``B2``."""
    return int(at.lstrip(ascii_uppercase))


def spans(spots: Iterable[Spot]) -> list[str]:
    """Return the addresses of cells of one sheet, neighbours in a column or else in a row as one range.

    >>> spans([Spot("", 4, 2), Spot("", 6, 2), Spot("", 5, 2), Spot("", 1, 5), Spot("", 1, 6)])
    ['B4:B6', 'E1:F1']
    """
    cells = sorted({(spot.column, spot.row) for spot in spots})
    runs: list[tuple[int, int, int, int]] = []
    for _, run in groupby(enumerate(cells), lambda numbered: (numbered[1][0], numbered[1][1] - numbered[0])):
        found = [cell for _, cell in run]
        runs.append((*found[0], *found[-1]))
    joined: list[tuple[int, int, int, int]] = []
    for column, row, last_column, last_row in runs:
        before = joined[-1] if joined else None
        if before and before[1] == before[3] == row == last_row and before[2] + 1 == column:
            joined[-1] = (before[0], row, last_column, row)
        else:
            joined.append((column, row, last_column, last_row))
    return [
        address(row, column)
        if (column, row) == (last_column, last_row)
        else str(Range(row, column, last_row, last_column))
        for column, row, last_column, last_row in joined
    ]
