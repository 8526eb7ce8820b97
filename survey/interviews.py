"""What a platform noted about each interview: when it was submitted, how long it took, where it came from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from survey.cells import CellValue, raw_text
from survey.column_map import ColumnMap
from survey.grid import Grid, by_value
from survey.layouts.export import Meta
from survey.layouts.moments import moment_of, seconds_of
from survey.notes import Notes
from survey.responses import Value
from survey.table import Table


def interviews(table: Table, mapping: ColumnMap, grid: Grid, notes: Notes) -> dict[str, tuple[Value, ...]]:
    """Return the paradata of ``Responses``; what cannot be read is ``None`` and counted in a warning."""
    month_first = table.export.dialect.month_first

    def moment(cell: CellValue) -> str | None:
        return moment_of(cell, month_first=month_first)

    found: dict[str, tuple[Value, ...]] = {}
    if (submitted := _column("submitted", moment, table, mapping, grid, notes)) is not None:
        found["submitted"] = submitted
    if (seconds := _column("seconds", seconds_of, table, mapping, grid, notes)) is not None:
        found["seconds"] = seconds
    if "seconds" not in found and "submitted" in found:
        started = _column("started", moment, table, mapping, grid, notes)
        if started is not None:
            ends = found["submitted"]
            found["seconds"] = tuple(_between(a, b) for a, b in zip(started, ends, strict=True))
    if sources := mapping.meta.get("source", []):
        found["source"] = tuple(raw_text(cell) or None for cell in grid.raw[sources[0]])
    return found


def _column(
    meta: Meta,
    read: Callable[[CellValue], str | float | None],
    table: Table,
    mapping: ColumnMap,
    grid: Grid,
    notes: Notes,
) -> tuple[Value, ...] | None:
    columns = mapping.meta.get(meta, [])
    if not columns:
        return None
    raw = grid.raw[columns[0]]
    values = by_value(raw, lambda cell: None if cell is None else read(cell))
    unread = [cell for cell, value in zip(raw, values, strict=True) if cell is not None and value is None]
    # ``[not completed]`` says something of the row and is no time gone wrong.
    if lost := sum(table.export.state(columns[0], cell) is None for cell in unread):
        place = table.place(table.header_row, columns[0])
        notes.warn("import_paradata_unread", place, header=table.headers[columns[0]], n=lost)
    return tuple(values)


def _between(start: Value, end: Value) -> float | None:
    if not isinstance(start, str) or not isinstance(end, str):
        return None
    seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    return seconds if seconds >= 0 else None
