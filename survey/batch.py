"""One pass over the rows of a table: what each respondent answered, or every problem by row.

Nothing is corrected on the way. A cell is an answer as the study declares it, a declared blank, or a
problem with its address; cells that had to be tidied to be read are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from survey.alike_keys import alike
from survey.cells import column_letters, raw_text
from survey.choice_answers import ChoiceReader, ChoiceReading
from survey.column_map import ColumnMap
from survey.errors import Problem, Severity
from survey.facts import FactReader
from survey.grid import Grid, only
from survey.import_report import ColumnReport
from survey.mapping import Target
from survey.notes import Notes
from survey.platform_cells import PlatformCells
from survey.positions import Positions
from survey.questions import BlankKind, ChoiceQuestion
from survey.responses import Choice, Codes, Value
from survey.routing import apply_routing, asked_of
from survey.study import Study
from survey.table import Table
from survey.values import (
    BAD,
    EMPTY,
    ColumnReading,
    CommentReader,
    ItemReader,
    Read,
    Unreadable,
    read_column,
    shown,
)
from survey.wording import plain

_LONGEST_CELL = 32_767  # characters that Excel shows in a cell

T = TypeVar("T")


@dataclass
class Batch:
    """Answers of the rows of a grid, row by row.

    ``codes`` are (n, k) in the order of the study's items; ``told`` says who answered a question about facts.
    """

    codes: Codes
    facts: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    comments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    choices: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    columns: list[ColumnReport] = field(default_factory=list)
    told: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def only(self, kept: Sequence[bool]) -> Batch:
        """Return the rows that are ``kept``."""
        return Batch(
            self.codes[np.asarray(kept, dtype=bool)],
            {name: tuple(only(values, kept)) for name, values in self.facts.items()},
            {name: tuple(only(texts, kept)) for name, texts in self.comments.items()},
            {name: tuple(only(choices, kept)) for name, choices in self.choices.items()},
            self.columns,
            self.told[np.asarray(kept, dtype=bool)],
        )

    def answered(self) -> npt.NDArray[np.bool_]:
        """Return, by row, whether any question is answered."""
        kept: npt.NDArray[np.bool_] = (self.codes != EMPTY).any(axis=1) | self.told
        for texts in self.comments.values():
            kept |= np.array([bool(text) for text in texts])
        for choices in self.choices.values():
            kept |= np.array([choice is not BlankKind.BLANK for choice in choices])
        return kept


class BatchReader:
    """Reads the answers of a grid, collecting problems instead of stopping at them."""

    def __init__(
        self,
        table: Table,
        study: Study,
        mapping: ColumnMap,
        positions: Positions,
        notes: Notes,
        *,
        keep_invalid: bool = False,
    ) -> None:
        self.table, self.study, self.mapping = table, study, mapping
        self.positions, self.notes = positions, notes
        self.severity: Severity = "warning" if keep_invalid else "error"
        self.cells = PlatformCells(table.export.dialect)
        self.target = table.index.by_id
        self.batch = Batch(np.empty((0, 0), dtype=np.int16))

    def answers(self, grid: Grid) -> Batch:
        """Read items, comments and choices; what follows from routing is not settled yet."""
        self.batch = Batch(np.full((len(grid.rows), len(self.study.items)), EMPTY, dtype=np.int16))
        self._items(grid)
        self._comments(grid)
        self._choices(grid)
        self.batch.told = self._told(grid)
        return self.batch

    def _told(self, grid: Grid) -> npt.NDArray[np.bool_]:
        """Return, by row, whether respondents answered any fact that they themselves are asked."""
        told = np.zeros(len(grid.rows), dtype=np.bool_)
        for column in self.study.columns:
            number = self.mapping.columns.get(self.target[column.id])
            if column.text is not None and number is not None:
                told |= np.array(
                    [cell is not None and bool(plain(raw_text(cell))) for cell in grid.raw[number]]
                )
        return told

    # -- one column -------------------------------------------------------------------------------

    def _read(
        self, grid: Grid, target: Target, read: Read[T], empty: T, bad: T, severity: Severity = "error"
    ) -> ColumnReading[T]:
        column = self.mapping.columns[target]
        reading = read_column(grid.raw[column], read, empty, bad)
        for n, error in reading.bad.items():
            self._complain(grid.rows[n], column, error, severity)
        return reading

    def _complain(self, row: int, column: int, error: Unreadable, severity: Severity = "error") -> None:
        self.notes.note_row(row, Problem(error.code, self.table.place(row, column), error.values, severity))

    def report(self, target: Target, changes: Mapping[str, int], blanks: Mapping[str, int]) -> None:
        """Account for a column that was read."""
        single = self.mapping.columns.get(target)
        columns = [single] if single is not None else sorted(self.mapping.parts[target])
        for n, column in enumerate(columns):
            counts = (changes, blanks) if n == 0 else ({}, {})
            source = self.table.columns[column]
            names = (column_letters(column), source.header, target.id, target.kind)
            how = self.mapping.how[column]
            self.batch.columns.append(ColumnReport(*names, *counts, how=how, key=source.key))

    # -- kinds of question ------------------------------------------------------------------------

    def _items(self, grid: Grid) -> None:
        for n, item in enumerate(self.study.items):
            if self.target[item.id] not in self.mapping.columns:
                continue
            column = self.mapping.columns[self.target[item.id]]
            reader = ItemReader(item, self.study.scale_of(item.id), self.cells, self.positions.get(column))
            reading = self._read(grid, self.target[item.id], reader, EMPTY, BAD, self.severity)
            self.batch.codes[:, n] = reading.values
            self.report(self.target[item.id], reading.changes, {})

    def _comments(self, grid: Grid) -> None:
        for question in self.study.open_questions:
            target = self.target[question.id]
            self.batch.comments[question.id] = ("",) * len(grid.rows)
            if target in self.mapping.columns:
                reading = self._read(grid, target, CommentReader(question, self.cells), "", "")
                self.batch.comments[question.id] = tuple(reading.values)
                self._note_long_texts(grid, target, reading.values)
                self.report(target, reading.changes, {})

    def _note_long_texts(self, grid: Grid, target: Target, texts: Iterable[str]) -> None:
        for row, text in zip(grid.rows, texts, strict=True):
            if len(text) > _LONGEST_CELL:
                place = self.table.place(row, self.mapping.columns[target])
                self.notes.warn("import_long_text", place, n=len(text), limit=_LONGEST_CELL)

    def _choices(self, grid: Grid) -> None:
        for question in self.study.choice_questions:
            reading = self._choice(grid, question)
            self.batch.choices[question.id] = tuple(reading.values)
            if question.open:
                self.batch.comments[question.id] = self._typed(grid, question.id, reading.typed)
            if self._columns_of(question):
                self.report(self.target[question.id], reading.changes, {})

    def _typed(self, grid: Grid, id_: str, typed: Iterable[str]) -> tuple[str, ...]:
        """Return what was written beside open options, in the cells themselves or in a column of its own."""
        column = self.mapping.typed.get(self.target[id_])
        if column is None:
            return tuple(typed)
        own = (self.cells.text(raw_text(cell)) for cell in grid.raw[column])
        return tuple("; ".join(filter(None, pair)) for pair in zip(typed, own, strict=True))

    def _columns_of(self, question: ChoiceQuestion) -> list[int]:
        target = self.target[question.id]
        single = self.mapping.columns.get(target)
        return [single] if single is not None else sorted(self.mapping.parts.get(target, ()))

    def _choice(self, grid: Grid, question: ChoiceQuestion) -> ChoiceReading:
        columns = self._columns_of(question)
        if not columns:
            return ChoiceReading([BlankKind.BLANK] * len(grid.rows), [""] * len(grid.rows))
        reader = ChoiceReader(question, self.cells, self.positions.get(columns[0]))
        parts = self.mapping.parts.get(self.target[question.id])
        if parts and self.target[question.id] not in self.mapping.columns:
            reading = reader.spread({column: grid.raw[column] for column in columns}, parts)
        else:
            reading = reader.joined(grid.raw[columns[0]])
        for n, errors in sorted(reading.bad.items()):
            for column, error in errors:
                self._complain(grid.rows[n], column or columns[0], error)
        return reading

    # -- what goes with the answers ---------------------------------------------------------------

    def facts(self, grid: Grid) -> None:
        """Read the facts about the respondents."""
        for column in self.study.columns:
            self.batch.facts[column.id] = (None,) * len(grid.rows)
            if any(category.open for category in column.categories):
                self.batch.comments[column.id] = ("",) * len(grid.rows)
            if self.target[column.id] in self.mapping.columns:
                self._fact(grid, column.id)

    def _fact(self, grid: Grid, id_: str) -> None:
        column, target, bad = self.study.column_by_id[id_], self.target[id_], object()
        number = self.mapping.columns[target]
        weight = id_ == self.study.design.weight
        read = FactReader(column, self.cells, positive=weight, positions=self.positions.get(number))
        reading: ColumnReading[Any] = self._read(grid, target, read, None, bad)
        self._note_blanks(grid, target, reading.values, optional=column.optional)
        values = tuple(None if value is bad else value for value in reading.values)
        self.batch.facts[id_] = values
        if column.kind == "key":
            self._note_alike(grid, target, values)
        if id_ in self.batch.comments:
            typed = [self.cells.typed(raw_text(cell)).text for cell in grid.raw[number]]
            self.batch.comments[id_] = self._typed(grid, id_, typed)
        blank = sum(value is None for value in reading.values)
        self.report(target, reading.changes, {"blank": blank} if blank else {})

    def _note_blanks(self, grid: Grid, target: Target, values: Iterable[object], *, optional: bool) -> None:
        design = self.study.design
        if optional and target.id != design.respondent:
            return
        code = "import_design_blank" if target.id in design.columns else "import_column_blank"
        for n, value in enumerate(values):
            if value is None:
                place = self.table.place(grid.rows[n], self.mapping.columns[target])
                about = {"item": target.id, "label": target.label}
                self.notes.note_row(grid.rows[n], Problem(code, place, about))

    def _note_alike(self, grid: Grid, target: Target, keys: tuple[Value, ...]) -> None:
        if pairs := alike(keys):
            first, second = pairs[0]
            values: dict[str, Any] = {"n": len(pairs), "row": grid.rows[first]}
            values |= {"first": shown(str(keys[first])), "second": shown(str(keys[second]))}
            place = self.table.place(grid.rows[second], self.mapping.columns[target])
            self.notes.warn("import_keys_alike", place, item=target.id, label=target.label, **values)

    def route(self, grid: Grid) -> None:
        """Settle which blanks were never asked, and note answers that do not fit the routing."""
        for finding in apply_routing(self.study, self.batch.codes):
            item = finding.item
            if item.asked_if is None or self.target[item.asked_if.item] not in self.mapping.columns:
                continue
            if self.target[item.id] not in self.mapping.columns:
                continue
            column = self.mapping.columns[self.target[item.id]]
            about = self._about_routing(item.id, item.label, item.asked_if.item)
            for code, rows in (
                ("import_not_asked", finding.answered),
                ("import_was_asked", finding.due),
                ("import_filter_blank", finding.unfiltered),
            ):
                severity: Severity = "warning" if code == "import_filter_blank" else "error"
                for n in rows:
                    place = self.table.place(grid.rows[n], column)
                    self.notes.note_row(grid.rows[n], Problem(code, place, about, severity))
        self._route_choices(grid)

    def _about_routing(self, id_: str, label: Any, gate: str) -> dict[str, Any]:
        cause = self.study.item_by_id[gate]
        about: dict[str, Any] = {"item": id_, "label": label, "filter": gate, "filter_label": cause.label}
        about["filter_column"] = column_letters(self.mapping.columns[self.target[gate]])
        return about

    def _route_choices(self, grid: Grid) -> None:
        for question in self.study.choice_questions:
            columns = self._columns_of(question)
            gate = question.asked_if and self.target[question.asked_if.item]
            if question.asked_if is None or gate not in self.mapping.columns or not columns:
                continue
            asked, unknown = asked_of(self.study, self.batch.codes, question.asked_if)
            choices = list(self.batch.choices[question.id])
            for n, choice in enumerate(choices):
                given = isinstance(choice, tuple) and bool(choice)
                if not given and not asked[n] and not unknown[n]:
                    choices[n] = BlankKind.NOT_ASKED
                elif given and not asked[n] and not unknown[n]:
                    place = self.table.place(grid.rows[n], columns[0])
                    about = self._about_routing(question.id, question.label, question.asked_if.item)
                    self.notes.note_row(grid.rows[n], Problem("import_not_asked", place, about))
            self.batch.choices[question.id] = tuple(choices)

    def count_blanks(self) -> None:
        """Add to the account of every item how many of its cells are blank, by kind."""
        place = {item.id: n for n, item in enumerate(self.study.items)}
        self.batch.columns = [
            column.with_blanks(_blank_counts(self.batch.codes[:, place[column.target]]))
            if column.kind == "item"
            else column
            for column in self.batch.columns
        ]


def _blank_counts(column: Codes) -> dict[str, int]:
    kinds, counts = np.unique(column[(column < 0) & (column != BAD)], return_counts=True)
    named = {BlankKind(int(kind)).name.lower(): int(n) for kind, n in zip(kinds, counts, strict=True)}
    bad = int((column == BAD).sum())
    return named | ({"invalid": bad} if bad else {})
