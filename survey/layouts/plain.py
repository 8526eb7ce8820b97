"""The plain layout: one row per respondent under one header row, possibly below a title.

The header is the row that names most of the study; a note sheet that lists the questions downwards
names one per row and so is never taken for it. Of several sheets exactly one must fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from survey.cells import Range, Row, address, raw_text
from survey.errors import ImportProblems, Place, Problem
from survey.language import listing
from survey.mapping import HeaderIndex, Target
from survey.workbook import Sheet, Workbook

_SEARCHED = 50


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with its header found.

    ``headers`` holds the header text of each column, ``found`` the targets it names (several when it
    is ambiguous). Data begins below ``header_row``.
    """

    sheet: Sheet
    header_row: int
    headers: dict[int, str]
    found: dict[int, tuple[Target, ...]]

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header that hold a value."""
        return (row for row in self.sheet.rows() if row.number > self.header_row)

    def place(self, row: int, column: int) -> Place:
        """Return where a cell stands."""
        return self.sheet.place(row, address(row, column))

    @property
    def targets(self) -> set[Target]:
        """Every target that some column names."""
        return {target for targets in self.found.values() for target in targets}

    def missing(self, index: HeaderIndex) -> list[Target]:
        """Return the required targets that no column names."""
        present = self.targets
        return [target for target in index.targets if target.required and target not in present]


def find_table(
    workbook: Workbook, index: HeaderIndex, sheet: str | None, header_row: int | None
) -> tuple[Table, list[Sheet]]:
    """Return the one table that fits the study, and the visible sheets left unread that resemble it.

    Raises ``ImportProblems`` when no sheet names any part of the study, when two do so equally well,
    or when ``sheet`` or ``header_row`` do not exist.
    """
    tables = [t for s in _candidates(workbook, sheet) if (t := read_table(s, index, header_row))]
    if not tables:
        raise ImportProblems([_nothing_found(workbook, index, sheet, header_row)])
    whole = [table for table in tables if not table.missing(index)]
    most = max(len(table.targets) for table in tables)
    best = whole or [table for table in tables if len(table.targets) == most]
    best = [table for table in best if any(True for _ in table.rows())] or best
    if len(best) > 1:
        names = listing(f"“{table.sheet.name}”" for table in best)
        raise ImportProblems([Problem("import_two_sheets", Place(workbook.file), {"sheets": names})])
    alike = [t.sheet for t in tables if t is not best[0] and 2 * len(t.targets) >= len(best[0].targets)]
    return best[0], alike


def _candidates(workbook: Workbook, name: str | None) -> list[Sheet]:
    if name is None:
        return [sheet for sheet in workbook.sheets if sheet.visibility == "visible"]
    try:
        return [workbook.sheet(name)]
    except KeyError:
        names = listing(f"“{sheet.name}”" for sheet in workbook.sheets)
        values = {"sheet_name": name, "sheets": names}
        raise ImportProblems([Problem("import_sheet_unknown", Place(workbook.file), values)]) from None


def _nothing_found(
    workbook: Workbook, index: HeaderIndex, sheet: str | None, header_row: int | None
) -> Problem:
    if header_row is not None:
        return Problem("import_header_row_wrong", Place(workbook.file, sheet=sheet), {"row": header_row})
    hidden = [s.name for s in workbook.sheets if s.visibility != "visible" and read_table(s, index, None)]
    if hidden:
        return Problem("import_only_hidden", Place(workbook.file), {"sheet_name": hidden[0]})
    first = index.targets[0]
    values = {"id": first.id, "label": first.label, "n": _SEARCHED}
    return Problem("import_no_header", Place(workbook.file), values)


def read_table(sheet: Sheet, index: HeaderIndex, header_row: int | None) -> Table | None:
    """Return the table on ``sheet``, or ``None`` when no row names enough of the study.

    A row must name two targets, so that a sentence on a note sheet is no header; a study that requires
    one column needs one. Rows below that name nearly as much, such as ids under wordings, belong to the
    header.
    """
    head = list(islice(sheet.rows(), _SEARCHED))
    if header_row is not None:
        head = [row for row in head if row.number <= header_row]
    named = [(row, _named(row, index)) for row in head]
    scores = [len({target for found in names.values() for target in found}) for _, names in named]
    if not scores:
        return None
    at = scores.index(max(scores)) if header_row is None else len(scores) - 1
    enough = min(2, sum(target.required for target in index.targets))
    if scores[at] < enough or header_row not in (None, head[at].number):
        return None
    block = [at]
    while header_row is None and block[-1] + 1 < len(head) and scores[block[-1] + 1] * 2 > max(scores[at], 2):
        block.append(block[-1] + 1)
    table = _table(sheet, [head[n] for n in block], index)
    if table.missing(index) and (merged := sheet.merged()):
        block_rows = [_spread(head[n], head, merged) for n in block]
        table = _table(sheet, block_rows, index)
    return table


def _named(row: Row, index: HeaderIndex) -> dict[int, tuple[Target, ...]]:
    named = {column: index.find(raw_text(value)) for column, value in row.cells.items()}
    return {column: found for column, found in named.items() if found}


def _table(sheet: Sheet, block: list[Row], index: HeaderIndex) -> Table:
    headers: dict[int, str] = {}
    found: dict[int, dict[Target, None]] = {}
    for row in block:
        for column, value in sorted(row.cells.items()):
            headers.setdefault(column, raw_text(value))
        for column, targets in sorted(_named(row, index).items()):
            found.setdefault(column, {}).update(dict.fromkeys(targets))
    return Table(sheet, block[-1].number, headers, {column: tuple(names) for column, names in found.items()})


def _spread(row: Row, head: list[Row], merged: tuple[Range, ...]) -> Row:
    """Return a header row in which the text of a merged range holds for every cell of it."""
    cells = dict(row.cells)
    by_number = {other.number: other for other in head}
    width = max(column for other in head for column in other.cells)
    for span in merged:
        if span.first_row <= row.number <= span.last_row and span.first_row in by_number:
            text = by_number[span.first_row].cells.get(span.first_column)
            for column in range(span.first_column, min(span.last_column, width) + 1):
                if text is not None:
                    cells.setdefault(column, text)
    return Row(row.number, row.hidden, cells)
