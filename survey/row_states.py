"""What a platform says of whole rows: previews and tests are nobody's answers, partial ones are marked."""

from __future__ import annotations

from collections import Counter

from survey.grid import Grid
from survey.layouts.export import Export, RowState

_ASIDE: tuple[RowState, ...] = ("preview", "test", "spam")


def set_aside(grid: Grid, export: Export) -> tuple[Grid, dict[str, int], dict[str, int]]:
    """Return the rows that are answers, and how many rows were set aside or are only marked, by state."""
    found: list[RowState | None] = [None] * len(grid.rows)
    for column in export.status_columns:
        meaning = {cell: export.state(column, cell) for cell in set(grid.raw[column])}
        for n, cell in enumerate(grid.raw[column]):
            if meaning[cell] is not None and found[n] not in _ASIDE:
                found[n] = meaning[cell]
    counts: Counter[str] = Counter(state for state in found if state is not None)
    aside: dict[str, int] = {state: counts[state] for state in _ASIDE if counts[state]}
    marked = {state: n for state, n in counts.items() if state not in _ASIDE}
    if aside:
        grid = grid.only([state not in _ASIDE for state in found])
    return grid, aside, marked
