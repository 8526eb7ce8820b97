"""The one table of a workbook that holds the answers: which sheet, which header, which layout.

Sheets of a known platform are recognised by their structure; any other sheet is a plain table when its
header names the study. Of several sheets exactly one must fit, or whoever imports has to say which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import overload

from survey.cells import Row, address
from survey.errors import ImportProblems, Place, Problem
from survey.language import listing
from survey.layouts import LAYOUTS, recognised, repeats
from survey.layouts.export import Export, ExportColumn
from survey.layouts.plain import PLAIN, SEARCHED, read_plain
from survey.mapping import HeaderIndex, Target
from survey.problem_list import answer_sheets
from survey.runs import Run
from survey.workbook import Sheet, Workbook


@dataclass(frozen=True)
class Table:
    """A sheet whose header was found."""

    sheet: Sheet
    export: Export
    index: HeaderIndex

    @property
    def header_row(self) -> int:
        """The number of the last row of the header."""
        return self.export.header_rows[-1]

    @cached_property
    def columns(self) -> dict[int, ExportColumn]:
        """What the layout says of each column."""
        return {column.column: column for column in self.export.columns}

    @cached_property
    def headers(self) -> dict[int, str]:
        """The header text of each column that has one."""
        return {column.column: column.header for column in self.export.columns}

    @cached_property
    def named(self) -> frozenset[Target]:
        """Every target that some column names, by itself or as part of a choice question."""
        found = (found for column in self.export.columns for found in named_by(column, self.index))
        return frozenset(found)

    @cached_property
    def whole(self) -> bool:
        """Whether every required target is named."""
        return all(target in self.named for target in self.index.targets if target.required)

    def rows(self) -> Iterator[Row]:
        """Yield the rows of answers that hold a value."""
        return (row for row in self.sheet.rows() if row.number >= self.export.first_row)

    def runs(self) -> Iterator[Row | Run]:
        """Yield the same rows, many at once where that is quicker."""
        first = self.export.first_row
        for run in self.sheet.runs():
            if isinstance(run, Row):
                if run.number >= first:
                    yield run
            elif run.numbers[0] >= first:
                yield run
            else:
                yield from (row for row in run.rows() if row.number >= first)

    def place(self, row: int, column: int) -> Place:
        """Return where a cell stands."""
        return self.sheet.place(row, address(row, column))


@dataclass(frozen=True)
class Places(Sequence[Place]):
    """Where the cells of one column of a table stand, by row; made when they are asked for."""

    table: Table
    rows: Sequence[int]
    column: int

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, n: int) -> Place: ...

    @overload
    def __getitem__(self, n: slice) -> Places: ...

    def __getitem__(self, n: int | slice) -> Place | Places:
        if isinstance(n, slice):
            return replace(self, rows=self.rows[n])
        return self.table.place(self.rows[n], self.column)


def named_by(column: ExportColumn, index: HeaderIndex) -> tuple[Target, ...]:
    """Return the targets that a column names: those of its best name that names any."""
    for name in (*column.names, *((column.key,) if column.key else ())):
        if found := index.find(name):
            return found
        if option := index.find_option(name):
            return (option.target,)
    for stem in column.stems:
        if found := tuple(target for target in index.find(stem) if target.kind == "choice"):
            return found
    return ()


def find_table(
    workbook: Workbook,
    index: HeaderIndex,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    layout: str | None = None,
    decided: Callable[[Table], bool] = lambda table: False,
) -> tuple[Table, list[Sheet]]:
    """Return the table to read, and the visible sheets left unread that resemble it.

    Parameters
    ----------
    sheet : name of the sheet; by default the one visible sheet that fits.
    header_row : number of the last header row of a plain table; by default the row that names most.
    layout : name of the layout; by default the one that recognises the sheet.
    decided : whether a person once decided for a table, where another one fits as well.

    Raises
    ------
    ImportProblems
        When no sheet fits, several fit equally well, a sheet is an export of two platforms at once, or
        ``sheet``, ``header_row`` or ``layout`` do not fit the file.
    """
    if layout is not None and layout not in _layouts():
        values = {"layout": layout, "known": listing(_layouts())}
        raise ImportProblems([Problem("import_layout_unknown", Place(workbook.file), values)])
    found = [_tables(workbook, one, index, header_row, layout) for one in _candidates(workbook, sheet)]
    tables = [table for of_sheet in found for table in of_sheet]
    if not tables:
        raise ImportProblems([_nothing_found(workbook, index, sheet, header_row, layout)])
    best = _best(tables)
    best = [table for table in best if len(best) > 1 and decided(table)] or best
    if len(best) > 1:
        raise ImportProblems([_undecided(workbook, best)])
    [only] = best
    alike = [t.sheet for t in tables if t.sheet is not only.sheet and 2 * len(t.named) >= len(only.named)]
    return only, list({sheet.name: sheet for sheet in alike}.values())


def first_rows(sheet: Sheet) -> list[Row]:
    """Return the rows in which a header is looked for."""
    return list(islice(sheet.rows(), SEARCHED))


def _tables(
    workbook: Workbook, sheet: Sheet, index: HeaderIndex, header_row: int | None, layout: str | None
) -> list[Table]:
    """Return the readings of one sheet: one for each platform it may come from, or a plain one."""
    head = first_rows(sheet)
    exports: Sequence[Export] = ()
    if header_row is None and layout != PLAIN:
        exports = recognised(workbook.file, sheet, head)
        exports = [export for export in exports if layout in (None, export.layout)]
    if not exports and layout in (None, PLAIN):
        plain = read_plain(sheet, head, index, header_row)
        exports = [plain] if plain else []
    return [Table(sheet, export, index) for export in exports]


def _best(tables: list[Table]) -> list[Table]:
    whole = [table for table in tables if table.whole]
    most = max(len(table.named) for table in tables)
    best = whole or [table for table in tables if len(table.named) == most]
    return [table for table in best if any(True for _ in table.rows())] or best


def _undecided(workbook: Workbook, best: list[Table]) -> Problem:
    place = Place(workbook.file)
    if len({table.sheet.name for table in best}) == 1:
        layouts = listing(table.export.layout for table in best)
        first = best[0].export.layout
        return Problem("import_two_layouts", place, {"layouts": layouts, "first": first})
    names = listing(f"“{table.sheet.name}”" for table in best)
    return Problem("import_two_sheets", place, {"sheets": names, "first": best[0].sheet.name})


def _candidates(workbook: Workbook, name: str | None) -> list[Sheet]:
    if name is None:
        visible = [sheet for sheet in workbook.sheets if sheet.visibility == "visible"]
        return answer_sheets(visible, workbook.file)
    try:
        return [workbook.sheet(name)]
    except KeyError:
        names = listing(f"“{sheet.name}”" for sheet in workbook.sheets)
        values = {"sheet_name": name, "sheets": names}
        raise ImportProblems([Problem("import_sheet_unknown", Place(workbook.file), values)]) from None


def _nothing_found(
    workbook: Workbook, index: HeaderIndex, sheet: str | None, header_row: int | None, layout: str | None
) -> Problem:
    if header_row is not None:
        return Problem("import_header_row_wrong", Place(workbook.file, sheet=sheet), {"row": header_row})
    if layout not in (None, PLAIN):
        return Problem("import_layout_wrong", Place(workbook.file, sheet=sheet), {"layout": layout})
    repeated = (repeats(workbook.file, one, first_rows(one)) for one in _candidates(workbook, sheet))
    if (found := next(filter(None, repeated), None)) is not None:
        return replace(found, severity="error")
    hidden = [one for one in workbook.sheets if one.visibility != "visible"]
    fitting = [one.name for one in hidden if _tables(workbook, one, index, None, layout)]
    if fitting and sheet is None:
        return Problem("import_only_hidden", Place(workbook.file), {"sheet_name": fitting[0]})
    first = index.targets[0]
    values = {"id": first.id, "label": first.label, "n": SEARCHED}
    return Problem("import_no_header", Place(workbook.file), values)


def _layouts() -> tuple[str, ...]:
    return (PLAIN, *(layout.NAME for layout in LAYOUTS))
