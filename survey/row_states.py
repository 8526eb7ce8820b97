"""What a platform says of whole rows: previews and tests are nobody's answers, partial ones are marked."""

from __future__ import annotations

from collections import Counter
from functools import partial

from survey.grid import Grid, by_value
from survey.layouts.export import Export, RowState

_ASIDE: tuple[RowState, ...] = ("preview", "test", "spam")


def set_aside(grid: Grid, export: Export) -> tuple[Grid, dict[str, int], dict[int, RowState]]:
    """Return the rows that are answers, how many were set aside by state, and which rows are only marked."""
    found: list[RowState | None] = [None] * len(grid.rows)
    for column in export.status_columns:
        states = by_value(grid.raw[column], partial(export.state, column))
        found = [new if new and old not in _ASIDE else old for old, new in zip(found, states, strict=True)]
    aside = Counter(str(state) for state in found if state in _ASIDE)
    marked = {
        row: state for row, state in zip(grid.rows, found, strict=True) if state and state not in _ASIDE
    }
    if aside:
        grid = grid.only([state not in _ASIDE for state in found])
    return grid, dict(aside), marked
