"""Who answered: the identifier of every row, and what becomes of somebody who answered twice.

Where the study names no identifying column, a platform's own number of the answer identifies it; where the
platform has none, a digest of the whole row does; and the row number does in a plain table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from survey.cells import CellValue, raw_text
from survey.column_map import ColumnMap
from survey.errors import Problem
from survey.facts import identifier
from survey.grid import Grid, only
from survey.import_report import KnownBy
from survey.notes import Notes
from survey.responses import Value
from survey.study import Study
from survey.table import Table
from survey.values import Unreadable, shown
from survey.wording import plain

Duplicates = Literal["first", "last", "both"]


@dataclass(frozen=True, slots=True)
class People:
    """The identifier of every row, ``None`` where it is missing, and the column it stands in, if any.

    ``own`` are the columns of the platform's own id, where that is what identifies them; ``known_by`` says
    what does.
    """

    ids: tuple[str | None, ...]
    column: int | None
    own: tuple[int, ...] = ()
    known_by: KnownBy = "column"

    def within(self, wave: str) -> People:
        """Return identifiers that hold in one wave only."""
        return replace(self, ids=tuple(None if id_ is None else f"{wave}/{id_}" for id_ in self.ids))

    def note_unknown(self, notes: Notes, grid: Grid, table: Table) -> None:
        """Note every row of which the platform's own id is blank, an error, or rounded by a spreadsheet."""
        for n, row in enumerate(grid.rows if self.own else ()):
            if self.ids[n] is None:
                place, about = table.place(row, self.own[0]), {"header": table.headers[self.own[0]]}
                notes.note_row(row, Problem("import_platform_id_blank", place, about))
            for column in self.own:
                try:
                    _part_of_id(grid.raw[column][n], table.headers[column])
                except Unreadable as error:
                    notes.note_row(row, Problem(error.code, table.place(row, column), error.values))

    def only(self, kept: Sequence[bool]) -> People:
        """Return the rows that are ``kept``."""
        return replace(self, ids=tuple(only(self.ids, kept)))

    def note_repeated(self, notes: Notes, grid: Grid, table: Table) -> None:
        """Note every row of somebody who stands in an earlier row."""
        for first, again in self._repeated():
            problem = self._twice("import_respondent_twice", again, first, grid, table)
            notes.note_row(grid.rows[again], problem)

    def twins(self, grid: Grid, table: Table) -> dict[int, Sequence[Problem]]:
        """Return the first row of everybody who stands in a later one too, with what is wrong with it.

        Where nobody said which row counts, the first one is as doubtful as the others.
        """
        return {
            grid.rows[first]: [self._twice("import_respondent_again", first, again, grid, table)]
            for first, again in self._repeated()
        }

    def _repeated(self) -> Iterator[tuple[int, int]]:
        """Yield the positions of the first row of somebody and of each further one."""
        if len(set(self.ids)) == len(self.ids):
            return
        first: dict[str, int] = {}
        for n, respondent in enumerate(self.ids):
            known = respondent is not None and self.column is not None
            if known and first.setdefault(str(respondent), n) != n:
                yield first[str(respondent)], n

    def _twice(self, code: str, n: int, other: int, grid: Grid, table: Table) -> Problem:
        values = {"respondent": shown(str(self.ids[n])), "row": grid.rows[other]}
        return Problem(code, table.place(grid.rows[n], self.column or 1), values)

    def unique(self) -> tuple[str, ...]:
        """Return the identifiers, a further row of somebody marked ``7#2``, or ``7#3`` where that is one."""
        given = ["" if respondent is None else respondent for respondent in self.ids]
        taken = set(given)
        if len(taken) == len(given):
            return tuple(given)
        seen: Counter[str] = Counter()
        names = []
        for name in given:
            seen[name] += 1
            unique = name
            while seen[name] > 1 and unique in taken:
                unique = f"{name}#{seen[name]}"
                seen[name] += unique in taken
            taken.add(unique)
            names.append(unique)
        return tuple(names)


def respondents(
    study: Study, table: Table, mapping: ColumnMap, grid: Grid, facts: Mapping[str, Sequence[Value]]
) -> People:
    """Return who stands in each row of ``grid``."""
    key = study.design.respondent
    column = mapping.columns.get(table.index.by_id[key]) if key is not None else None
    if key is not None and column is not None:
        return People(tuple(None if v is None else str(v) for v in facts[key]), column)
    own = tuple(mapping.meta.get("respondent", ()))
    if own and not grid.prints:
        parts = zip(*(grid.raw[column] for column in own), strict=True)
        return People(tuple(map(_platform_id, parts)), own[0], own, "platform")
    # Where the study names a column that is absent, that is noted already and stops the import.
    if grid.prints:
        return People(tuple(grid.prints), None, known_by="platform")
    if (original := mapping.original) in grid.raw:
        # Corrected rows are known by where they stood when they were refused.
        ids = tuple(None if cell is None else plain(raw_text(cell)) for cell in grid.raw[original])
        return People(ids, original, (original,), "row")
    return People(tuple(map(str, grid.rows)), None, known_by="row")


def _platform_id(cells: Sequence[CellValue | None]) -> str | None:
    texts = [plain(raw_text(cell)) for cell in cells]
    return "/".join(texts) if any(texts) else None


def _part_of_id(cell: CellValue | None, header: str) -> None:
    if cell is not None:
        identifier(cell, {"item": header, "label": header})


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
