"""What a number in an export is: a code of the scale, or the position of an option in a list.

Platforms can export the position at which an option stood on the screen. Lists often begin with the best
answer, so a position is never taken for a score: whoever imports says which end came first, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey.cells import CellValue
from survey.column_map import ColumnMap
from survey.decisions import Decisions, NumbersMean
from survey.errors import Problem
from survey.grid import Grid
from survey.notes import Notes
from survey.questions import Scale
from survey.study import Study
from survey.table import Table
from survey.wording import number_in, plain

Positions = Mapping[int, Mapping[int, int]]
"""Column -> position in the platform's list of options -> code."""


def positions_of(scale: Scale, numbers: NumbersMean) -> dict[int, int]:
    """Return the code of every position of a scale listed from one end to the other.

    >>> positions_of(Scale(ends=(1, 3)), "high-first")
    {1: 3, 2: 2, 3: 1}
    """
    codes = scale.codes if numbers == "low-first" else reversed(scale.codes)
    return dict(enumerate(codes, start=1))


def counts_itself(scale: Scale) -> bool:
    """Whether numbers on ``scale`` are answers and never positions: lists of options are counted from 1.

    >>> counts_itself(Scale(ends=(0, 10))), counts_itself(Scale(ends=(1, 5)))
    (True, False)
    """
    return scale.ends[0] == 0


def settle_numbers(
    table: Table, study: Study, mapping: ColumnMap, decisions: Decisions, grid: Grid, notes: Notes
) -> Positions:
    """Return what positions mean in each column; note a problem where nobody has said yet."""
    by_column = _decided(table, decisions)
    numbers = decisions.numbers
    if numbers is None and table.export.dialect.numbers != "codes":
        _note_unsaid(table, study, mapping, grid, notes, set(by_column))
    if numbers is None or numbers == "codes":
        return by_column
    items = ((column, target.id) for target, column in mapping.columns.items() if target.kind == "item")
    scales = {column: study.scale_of(item) for column, item in items}
    found = {c: positions_of(scale, numbers) for c, scale in scales.items() if not counts_itself(scale)}
    return found | by_column


def _decided(table: Table, decisions: Decisions) -> dict[int, Mapping[int, int]]:
    found = decisions.about(table.export.columns)
    return {column: decision.options for column, decision in found.items() if decision.options is not None}


def _note_unsaid(
    table: Table, study: Study, mapping: ColumnMap, grid: Grid, notes: Notes, decided: set[int]
) -> None:
    """Note that somebody has to say what numbers are, where there are any that could be positions."""
    open_: list[tuple[int, set[int], Scale]] = []
    for target, column in mapping.columns.items():
        if target.kind != "item" or column in decided:
            continue
        scale, found = study.scale_of(target.id), _numbers(grid.raw[column])
        if found & set(scale.codes) and not counts_itself(scale):
            open_.append((column, found, scale))
    if not open_:
        return
    column, found, scale = open_[0]
    values: dict[str, Any] = {
        "header": table.headers[column],
        "seen": ", ".join(map(str, sorted(found)[:8])),
        "low": scale.ends[0],
        "high": scale.ends[1],
        "n": len(open_),
        "layout": table.export.layout,
    }
    code = "import_numbers_unsaid" if table.export.dialect.numbers == "ask" else "import_positions_unsaid"
    notes.note(Problem(code, table.place(table.header_row, column), values))


def _numbers(raw: list[CellValue | None]) -> set[int]:
    found = set()
    for cell in set(raw):
        number = number_in(plain(cell)) if isinstance(cell, str) else cell
        if isinstance(number, int) and not isinstance(number, bool):
            found.add(number)
    return found
