"""One pass over the rows of a table: what each respondent answered, or every problem by row.

Nothing is corrected on the way. A cell is an answer as the study declares it, a declared blank, or a
problem with its address; cells that had to be tidied to be read are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from survey.alike_keys import alike
from survey.cells import CellValue, column_letters, raw_text
from survey.choice_answers import ChoiceReader, ChoiceReading
from survey.choice_columns import OptionColumns, together
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
_OFTEN = 5  # people who typed the same

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
        """Return, by row, whether any question is answered; to choose no option at all is no answer."""
        blank = (EMPTY, BlankKind.BLANK)
        kept: npt.NDArray[np.bool_] = np.any(~np.isin(self.codes, blank), axis=1) | self.told
        for texts in self.comments.values():
            kept |= np.array([bool(text) for text in texts], dtype=np.bool_)
        for choices in self.choices.values():
            kept |= np.array([choice not in ((), *blank) for choice in choices], dtype=np.bool_)
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
                told |= np.array([self._told_by(cell) for cell in grid.raw[number]], dtype=np.bool_)
        return told

    def _told_by(self, cell: CellValue | None) -> bool:
        return cell is not None and bool(plain(raw_text(cell))) and self.cells.blank(cell) is None

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

    def report(self, column: int, target: Target, changes: Mapping[str, int]) -> None:
        """Account for a column that was read; blanks are counted when routing is settled."""
        source = self.table.columns[column]
        names = (column_letters(column), source.header, target.id, target.kind)
        how = self.mapping.how[column]
        self.batch.columns.append(ColumnReport(*names, changes, {}, how=how, key=source.key))

    # -- kinds of question ------------------------------------------------------------------------

    def _items(self, grid: Grid) -> None:
        for n, item in enumerate(self.study.items):
            if self.target[item.id] not in self.mapping.columns:
                continue
            column = self.mapping.columns[self.target[item.id]]
            if column in self.positions.unsaid:
                continue
            meant = self.positions.by_column.get(column)
            reader = ItemReader(item, self.study.scale_of(item.id), self.cells, meant)
            reading = self._read(grid, self.target[item.id], reader, EMPTY, BAD, self.severity)
            self.batch.codes[:, n] = reading.values
            self.report(column, self.target[item.id], reading.changes)

    def _comments(self, grid: Grid) -> None:
        for question in self.study.open_questions:
            target = self.target[question.id]
            self.batch.comments[question.id] = ("",) * len(grid.rows)
            if target in self.mapping.columns:
                reading = self._read(grid, target, CommentReader(question, self.cells), "", "")
                self.batch.comments[question.id] = tuple(reading.values)
                self._note_long_texts(grid, target, reading.values)
                self.report(self.mapping.columns[target], target, reading.changes)

    def _note_long_texts(self, grid: Grid, target: Target, texts: Iterable[str]) -> None:
        for row, text in zip(grid.rows, texts, strict=True):
            if len(text) > _LONGEST_CELL:
                place = self.table.place(row, self.mapping.columns[target])
                self.notes.warn("import_long_text", place, n=len(text), limit=_LONGEST_CELL)

    def _choices(self, grid: Grid) -> None:
        for question in self.study.choice_questions:
            reading = self._choice(grid, question)
            columns = self._columns_of(question)
            for n, errors in sorted(reading.bad.items()):
                for column, error in errors:
                    self._complain(grid.rows[n], column or columns[0], error)
            self.batch.choices[question.id] = tuple(reading.values)
            typed = self._typed(grid, question.id, reading.typed, keep=question.open)
            if question.open:
                self.batch.comments[question.id] = typed
            for column in columns:
                changes = {change: n for (at, change), n in reading.changes.items() if at in (None, column)}
                self.report(column, self.target[question.id], changes)

    def _typed(self, grid: Grid, id_: str, typed: Iterable[str], *, keep: bool) -> tuple[str, ...]:
        """Return what was written beside open options, in the cells themselves or in a column of its own.

        Unless the study is to ``keep`` it, every text in a column of its own is a problem.
        """
        about = {"item": id_, "label": self.target[id_].label}
        texts = [[text] for text in typed]
        for column in self.mapping.typed.get(self.target[id_], ()):
            self.report(column, self.target[id_], {})
            option = self.table.headers[column]
            for row, found, cell in zip(grid.rows, texts, grid.raw[column], strict=True):
                text = self.cells.text(raw_text(cell))
                found.append(text)
                if plain(text) and not keep:
                    error = Unreadable("import_option_typed", value=shown(text), option=option, **about)
                    self._complain(row, column, error)
        whole = tuple("; ".join(filter(None, found)) for found in texts)
        self._note_often_typed(id_, whole)
        return whole

    def _note_often_typed(self, id_: str, texts: Iterable[str]) -> None:
        """Warn where a platform writes typed texts like options and one of them may be an option."""
        column = self.mapping.columns.get(self.target[id_])
        if column is None or not self.cells.dialect.types_freely:
            return
        often = [(text, n) for text, n in Counter(filter(None, texts)).most_common(3) if n >= _OFTEN]
        for text, n in often:
            place = self.table.place(self.table.header_row, column)
            about = {"item": id_, "label": self.target[id_].label, "value": shown(text)}
            self.notes.warn("import_often_typed", place, n=n, **about)

    def _columns_of(self, question: ChoiceQuestion) -> list[int]:
        target = self.target[question.id]
        single = [self.mapping.columns[target]] if target in self.mapping.columns else []
        return [*single, *sorted(self.mapping.parts.get(target, ()))]

    def _choice(self, grid: Grid, question: ChoiceQuestion) -> ChoiceReading:
        target = self.target[question.id]
        single, parts = self.mapping.columns.get(target), self.mapping.parts.get(target)
        if single in self.positions.unsaid or (single is None and parts is None):
            return ChoiceReading.blank(len(grid.rows))
        meant = None if single is None else self.positions.by_column.get(single)
        reader = ChoiceReader(question, self.cells, meant)
        joined = None if single is None else reader.joined(grid.raw[single])
        if parts is None and joined is not None:
            return joined
        columns = OptionColumns(reader, parts or {})
        spread = columns.read({column: grid.raw[column] for column in parts or ()})
        return spread if joined is None else together(joined, spread, columns)

    # -- what goes with the answers ---------------------------------------------------------------

    def facts(self, grid: Grid) -> None:
        """Read the facts about the respondents."""
        for column in self.study.columns:
            self.batch.facts[column.id] = (None,) * len(grid.rows)
            if any(category.open for category in column.categories):
                self.batch.comments[column.id] = ("",) * len(grid.rows)
            number = self.mapping.columns.get(self.target[column.id])
            if number is not None and number not in self.positions.unsaid:
                self._fact(grid, column.id)

    def _fact(self, grid: Grid, id_: str) -> None:
        column, target, bad = self.study.column_by_id[id_], self.target[id_], object()
        number = self.mapping.columns[target]
        weight = id_ == self.study.design.weight
        meant = self.positions.by_column.get(number)
        read = FactReader(column, self.cells, positive=weight, positions=meant)
        reading: ColumnReading[Any] = self._read(grid, target, read, None, bad)
        self._note_blanks(grid, target, reading.values, optional=column.optional)
        values = tuple(None if value is bad else value for value in reading.values)
        self.batch.facts[id_] = values
        if column.kind == "key":
            self._note_alike(grid, target, values)
        kept = id_ in self.batch.comments
        if kept or target in self.mapping.typed:
            typed = self._typed(grid, id_, map(read.typed, grid.raw[number]), keep=kept)
            if kept:
                self.batch.comments[id_] = typed
        self.report(number, target, reading.changes)

    def _note_blanks(self, grid: Grid, target: Target, values: Iterable[object], *, optional: bool) -> None:
        design = self.study.design
        if optional and target.id != design.respondent:
            return
        values = list(values)
        if None not in values:
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

    def count_blanks(self) -> None:
        """Add to the account of every column how many of its answers are blank, by kind.

        Of a question in several columns the first holds the count: its blanks belong to the question.
        """
        place = {item.id: n for n, item in enumerate(self.study.items)}
        counted: set[str] = set()
        for n, column in enumerate(self.batch.columns):
            if column.target not in counted:
                self.batch.columns[n] = column.with_blanks(self._blanks(column, place.get(column.target)))
            counted.add(column.target)

    def _blanks(self, column: ColumnReport, item: int | None) -> dict[str, int]:
        if item is not None:
            return _blank_counts(self.batch.codes[:, item])
        if column.kind == "choice":
            kinds = (choice for choice in self.batch.choices[column.target] if isinstance(choice, BlankKind))
            return {kind.name.lower(): n for kind, n in sorted(Counter(kinds).items())}
        blank = sum(value is None for value in self.batch.facts.get(column.target, ()))
        return {"blank": blank} if blank else {}


def _blank_counts(column: Codes) -> dict[str, int]:
    kinds, counts = np.unique(column[(column < 0) & (column != BAD)], return_counts=True)
    named = {BlankKind(int(kind)).name.lower(): int(n) for kind, n in zip(kinds, counts, strict=True)}
    bad = int((column == BAD).sum())
    return named | ({"invalid": bad} if bad else {})
