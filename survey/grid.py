"""The raw values of the columns that are read, and what stands outside them.

Values are kept by column, because a column is read as a whole: it has few distinct values.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from survey.cells import LAST_COLUMN, CellValue, Row, column_letters, raw_text
from survey.notes import Notes
from survey.runs import Run
from survey.table import Table

_STRAY_SHOWN = 20
_BLOCK = 1_000

T = TypeVar("T")


@dataclass
class Grid:
    """Rows with a value in a column that is read: their numbers, and the values by column.

    ``hidden`` marks the rows that are hidden or filtered out, ``last`` is the last row of the sheet with a
    value in a column that is read. ``stray`` are cells (row, column) outside the table; of a column without
    a header only the first, and ``unnamed`` counts them. ``prints`` are digests of whole rows, where asked
    for.
    """

    rows: list[int]
    raw: dict[int, list[CellValue | None]]
    hidden: list[bool] = field(default_factory=list)
    prints: list[str] = field(default_factory=list)
    last: int = 0
    stray: list[tuple[int, int]] = field(default_factory=list)
    unnamed: Counter[int] = field(default_factory=Counter)

    def only(self, kept: Sequence[bool]) -> Grid:
        """Return the grid with the rows that are ``kept``."""
        raw = {column: only(values, kept) for column, values in self.raw.items()}
        rows, hidden = only(self.rows, kept), only(self.hidden, kept)
        prints = only(self.prints, kept) if self.prints else []
        return replace(self, rows=rows, hidden=hidden, raw=raw, prints=prints)


def only(values: Sequence[T], kept: Sequence[bool]) -> list[T]:
    """Return the values that are ``kept``."""
    return [value for value, keep in zip(values, kept, strict=True) if keep]


def by_value(raw: Sequence[CellValue | None], read: Callable[[CellValue | None], T]) -> list[T]:
    """Return what every cell means, each distinct value read once; ``True`` is not the number 1."""
    meaning: dict[object, T] = {}
    found = []
    for cell in raw:
        key = (cell,) if isinstance(cell, bool) else cell
        if key not in meaning:
            meaning[key] = read(cell)
        found.append(meaning[key])
    return found


def read_grid(table: Table, columns: Collection[int], *, prints: bool = False) -> Grid:
    """Read ``columns`` of a table; with ``prints`` take a digest of every whole row."""
    grid = Grid([], {column: [] for column in sorted(columns)})
    known = set(columns) | set(table.headers)
    taker = _RunTaker(grid, known)
    block: list[dict[int, CellValue]] = []
    for run in table.runs():
        if isinstance(run, Run) and not prints:
            _take(grid, block)
            if taker.take(run):
                continue
        for row in run.rows() if isinstance(run, Run) else (run,):
            if _inside(grid, row, known):
                if prints:
                    grid.prints.append(_print(row))
                block.append(row.cells)
        if len(block) >= _BLOCK:
            _take(grid, block)
    _take(grid, block)
    grid.last = grid.rows[-1] if grid.rows else table.export.first_row - 1
    return grid


def _inside(grid: Grid, row: Row, known: set[int]) -> bool:
    """Note a row and what of it stands outside the table; return whether it has a value that is read."""
    cells = row.cells
    if not cells.keys() <= known:
        _note_strays(grid, row.number, cells.keys() - known)
    if cells.keys().isdisjoint(grid.raw):
        grid.stray += [(row.number, column) for column in sorted(cells.keys() & known)]
        return False
    grid.rows.append(row.number)
    grid.hidden.append(row.hidden)
    return True


def _take(grid: Grid, block: list[dict[int, CellValue]]) -> None:
    """Move the cells of some rows into their columns: a column at a time is four times as fast."""
    for column, values in grid.raw.items():
        values += [cells.get(column) for cells in block]
    block.clear()


class _RunTaker:
    """Moves the cells of many rows into their columns at once."""

    def __init__(self, grid: Grid, known: set[int]) -> None:
        self._grid = grid
        self._place = np.full(LAST_COLUMN + 1, -1)
        self._place[list(grid.raw)] = np.arange(len(grid.raw))
        self._known = np.zeros(LAST_COLUMN + 1, np.bool_)
        self._known[list(known)] = True

    def take(self, run: Run) -> bool:
        """Take the cells of a run, or none and return ``False`` where a row has no value that is read."""
        grid, place = self._grid, self._place[run.columns]
        read = place >= 0
        if not np.all(np.bincount(run.at[read], minlength=len(run.numbers))):
            return False
        strange = ~self._known[run.columns]
        if strange.any():
            self._note_strays(run, strange)
        values = np.empty(len(run.values), object)
        values[:] = run.values
        cells = np.full((len(grid.raw), len(run.numbers)), None, object)
        cells[place[read], run.at[read]] = values[read]
        for column, found in zip(grid.raw.values(), cells.tolist(), strict=True):
            column += found
        grid.rows += run.numbers
        grid.hidden += run.hidden
        return True

    def _note_strays(self, run: Run, strange: npt.NDArray[np.bool_]) -> None:
        unnamed, stray = self._grid.unnamed, self._grid.stray
        columns, at = run.columns[strange], run.at[strange]
        counts = np.bincount(columns)
        found = np.flatnonzero(counts).tolist()
        new = [column for column in found if column not in unnamed]
        stray += sorted((run.numbers[at[np.argmax(columns == column)]], column) for column in new)
        unnamed.update(dict(zip(found, counts[found].tolist(), strict=True)))


def _print(row: Row) -> str:
    cells = "\0".join(f"{column}\0{raw_text(value)}" for column, value in sorted(row.cells.items()))
    return hashlib.sha256(cells.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _note_strays(grid: Grid, row: int, columns: set[int]) -> None:
    grid.stray += [(row, column) for column in sorted(columns - grid.unnamed.keys())]
    grid.unnamed.update(columns)


def report_strays(grid: Grid, table: Table, notes: Notes) -> None:
    """Note the cells that were left out because they stand outside the table."""
    for row, column in grid.stray[:_STRAY_SHOWN]:
        n = grid.unnamed[column]
        code = "import_unnamed_column" if n > 1 else "import_stray_cell"
        notes.warn(code, table.place(row, column), column=column_letters(column), n=n)
    if len(grid.stray) > _STRAY_SHOWN:
        notes.warn("import_stray_more", table.sheet.place(1, None), n=len(grid.stray) - _STRAY_SHOWN)
