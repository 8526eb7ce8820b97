"""Who answered: the identifier of every row, and what becomes of somebody who answered twice.

Where the study names no identifying column, a platform's own number of the answer identifies it; where the
platform has none, a digest of the whole row does; and the row number does in a plain table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from survey.cells import raw_text
from survey.column_map import ColumnMap
from survey.errors import Problem
from survey.grid import Grid, only
from survey.notes import Notes
from survey.responses import Value
from survey.study import Study
from survey.table import Table
from survey.values import shown
from survey.wording import plain

Duplicates = Literal["first", "last", "both"]


@dataclass(frozen=True, slots=True)
class People:
    """The identifier of every row, ``None`` where it is missing, and the column it stands in, if any."""

    ids: tuple[str | None, ...]
    column: int | None

    def only(self, kept: Sequence[bool]) -> People:
        """Return the rows that are ``kept``."""
        return People(tuple(only(self.ids, kept)), self.column)

    def note_repeated(self, notes: Notes, grid: Grid, table: Table) -> None:
        """Note every row of somebody who stands in an earlier row."""
        first: dict[str, int] = {}
        for row, respondent in zip(grid.rows, self.ids, strict=True):
            if respondent is None or self.column is None:
                continue
            if first.setdefault(respondent, row) != row:
                values = {"respondent": shown(respondent), "row": first[respondent]}
                place = table.place(row, self.column)
                notes.note_row(row, Problem("import_respondent_twice", place, values))

    def unique(self) -> tuple[str, ...]:
        """Return the identifiers, a further row of somebody marked as ``7#2``."""
        seen: Counter[str] = Counter()
        names = []
        for respondent in self.ids:
            name = "" if respondent is None else respondent
            seen[name] += 1
            names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
        return tuple(names)


def respondents(
    study: Study, table: Table, mapping: ColumnMap, grid: Grid, facts: Mapping[str, Sequence[Value]]
) -> People:
    """Return who stands in each row of ``grid``."""
    key = study.design.respondent
    target = table.index.by_id[key] if key is not None else None
    if target is not None and target in mapping.columns:
        values = facts[target.id]
        return People(tuple(None if v is None else str(v) for v in values), mapping.columns[target])
    own = mapping.meta.get("respondent", [])
    if target is None and own:
        parts = zip(*(grid.raw[column] for column in own), strict=True)
        ids = tuple("/".join(plain(raw_text(cell)) for cell in row) for row in parts)
        return People(ids, own[0])
    if target is None and grid.prints:
        return People(tuple(grid.prints), None)
    # Where the study names a column that is absent, that is noted already and stops the import.
    return People(tuple(str(row) for row in grid.rows), None)


def kept_of_repeated(ids: Sequence[str | None], rule: Duplicates) -> list[bool]:
    """Return which rows count where somebody stands in several.

    >>> kept_of_repeated(["a", "b", "a"], "last"), kept_of_repeated(["a", "b", "a"], "both")
    ([False, True, True], [True, True, True])
    """
    if rule == "both":
        return [True] * len(ids)
    ordered = list(enumerate(ids)) if rule == "first" else list(enumerate(ids))[::-1]
    chosen: dict[str | None, int] = {}
    for n, respondent in ordered:
        chosen.setdefault(respondent, n)
    return [respondent is None or chosen[respondent] == n for n, respondent in enumerate(ids)]
