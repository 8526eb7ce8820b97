"""What a platform says of whole rows: previews and tests are nobody's answers, partial ones are marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from survey.cells import raw_text
from survey.grid import Grid
from survey.layouts.export import RowState
from survey.wording import matching

_ASIDE: tuple[RowState, ...] = ("preview", "test", "spam")


def set_aside(
    grid: Grid, states: Mapping[int, Mapping[str, RowState]]
) -> tuple[Grid, dict[str, int], dict[str, int]]:
    """Return the rows that are answers, and how many rows were set aside or are only marked, by state."""
    found: list[RowState | None] = [None] * len(grid.rows)
    for column, meanings in states.items():
        if column in grid.raw:
            for n, cell in enumerate(grid.raw[column]):
                state = meanings.get(matching(raw_text(cell)))
                if state is not None and found[n] not in _ASIDE:
                    found[n] = state
    counts: Counter[str] = Counter(state for state in found if state is not None)
    aside: dict[str, int] = {state: counts[state] for state in _ASIDE if counts[state]}
    marked = {state: n for state, n in counts.items() if state not in _ASIDE}
    if aside:
        grid = grid.only([state not in _ASIDE for state in found])
    return grid, aside, marked
