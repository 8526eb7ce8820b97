"""From a workbook to responses: everything is in, or every problem is listed.

Nothing is corrected on the way. A cell is an answer as the study declares it, a declared blank, or a
problem with its address; cells that had to be tidied to be read are counted. Columns that the study
does not name are never stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np

from survey.alike_keys import alike
from survey.cells import column_letters, column_number
from survey.column_map import columns_left_out, map_columns
from survey.errors import ImportProblems, Place, Problem, Severity
from survey.grid import Grid, only, read_grid, report_strays
from survey.import_report import ColumnReport, ImportReport, LeftOut
from survey.language import listing
from survey.layouts.plain import Table, find_table
from survey.mapping import HeaderIndex, Target
from survey.notes import Notes
from survey.questions import BlankKind
from survey.responses import Codes, Responses, Value
from survey.routing import apply_routing
from survey.study import Study
from survey.values import (
    BAD,
    EMPTY,
    ColumnReading,
    CommentReader,
    FactReader,
    ItemReader,
    Read,
    read_column,
    shown,
)
from survey.workbook import Sheet, Workbook

_LONGEST_CELL = 32_767  # characters that Excel shows in a cell

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Imported:
    """Checked responses, the account of how they were read, and where each respondent stands."""

    responses: Responses
    report: ImportReport
    places: tuple[Place, ...] = ()


def read_responses(workbook: Workbook, study: Study, wave: str) -> Responses:
    """Return the checked responses of ``wave``; see ``read_answers``."""
    return read_answers(workbook, study, wave).responses


def read_answers(
    workbook: Workbook,
    study: Study,
    wave: str,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    invalid: Literal["refuse", "blank"] = "refuse",
) -> Imported:
    """Read the answers of ``wave`` from a workbook.

    Parameters
    ----------
    sheet : the sheet to read; by default the one visible sheet that fits the study.
    header_row : number of the header row; by default the row that names most of the study.
    invalid : what becomes of cells of items that are no answers. ``refuse`` makes each a problem;
        ``blank`` stores each as ``BlankKind.INVALID`` and reports it as a warning.

    Raises
    ------
    ImportProblems
        With every problem of the workbook, warnings after errors. Nothing is returned then.
    """
    if wave not in study.wave_by_id:
        values = {"wave": wave, "waves": listing(study.wave_by_id)}
        raise ImportProblems([Problem("import_wave_unknown", Place(workbook.file), values)])
    index = HeaderIndex(study)
    try:
        table, others = find_table(workbook, index, sheet, header_row)
    except ImportProblems as error:
        # How the file was read may be why nothing in it fits.
        raise ImportProblems([*error.problems, *workbook.warnings]) from error
    reader = _Reader(workbook, study, wave, table, index, invalid)
    for other in others:
        reader.notes.warn("import_sheet_alike", Place(workbook.file), sheet_name=other.name)
    return reader.read()


class _Reader:
    """One pass over one table, collecting problems instead of stopping at them."""

    def __init__(
        self, workbook: Workbook, study: Study, wave: str, table: Table, index: HeaderIndex, invalid: str
    ) -> None:
        self.workbook, self.study, self.wave = workbook, study, wave
        self.table, self.index, self.keep_invalid = table, index, invalid == "blank"
        self.notes = Notes(workbook.file)
        self.columns: list[ColumnReport] = []
        self.mapping = map_columns(table, index, self.notes)

    # -- columns ----------------------------------------------------------------------------------

    def _read(
        self, grid: Grid, target: Target, read: Read[T], empty: T, bad: T, severity: Severity = "error"
    ) -> ColumnReading[T] | None:
        column = self.mapping.get(target)
        if column is None:
            return None
        reading = read_column(grid.raw[column], read, empty, bad)
        for n, error in reading.bad.items():
            place = self.table.place(grid.rows[n], column)
            self.notes.note(Problem(error.code, place, error.values, severity))
        return reading

    def _note_column(self, target: Target, changes: dict[str, int], blanks: dict[str, int]) -> None:
        column = self.mapping[target]
        header = self.table.headers[column]
        self.columns.append(
            ColumnReport(column_letters(column), header, target.id, target.kind, changes, blanks)
        )

    # -- the story --------------------------------------------------------------------------------

    def read(self) -> Imported:
        """Read everything; raise with every problem or return the responses."""
        grid = read_grid(self.table, self.mapping.values())
        if not grid.rows:
            self._nothing_to_read()
        targets = {target.id: target for target in self.mapping}
        codes, item_changes = self._items(grid, targets)
        comments = self._comments(grid, targets)
        kept = (codes != EMPTY).any(axis=1)
        for texts in comments.values():
            kept |= np.array([bool(text) for text in texts])
        without = self._without_answers(grid, kept)
        if not kept.all():
            codes, grid = codes[kept], grid.only(kept)
            comments = {question: tuple(only(texts, kept)) for question, texts in comments.items()}
        if not grid.rows:
            self._nothing_to_read()
        self._route(grid, codes, targets)
        columns = self._facts(grid, targets)
        respondents = self._respondents(grid, columns)
        for target, changes in item_changes:
            self._note_column(target, changes, _blank_counts(codes[:, self._position(target)]))
        report_strays(grid, self.table, self.notes)
        left_out = columns_left_out(self.table, self.notes)
        self.notes.warnings += self._book_warnings(grid)
        self.notes.stop_if_wrong()
        codes[codes == BAD] = BlankKind.INVALID
        items = tuple(item.id for item in self.study.items)
        responses = Responses(self.wave, respondents, items, codes, columns, comments)
        return Imported(responses, self._report(grid, without, left_out), self._places(grid))

    def _nothing_to_read(self) -> None:
        self.notes.problem("import_no_rows", self.table.sheet.place(self.table.header_row, None))
        self.notes.stop_if_wrong()

    def _position(self, target: Target) -> int:
        return [item.id for item in self.study.items].index(target.id)

    def _items(
        self, grid: Grid, targets: dict[str, Target]
    ) -> tuple[Codes, list[tuple[Target, dict[str, int]]]]:
        codes = np.full((len(grid.rows), len(self.study.items)), EMPTY, dtype=np.int16)
        changes = []
        severity: Severity = "warning" if self.keep_invalid else "error"
        for n, item in enumerate(self.study.items):
            if item.id not in targets:
                continue
            reader = ItemReader(item, self.study.scale_of(item.id))
            reading = self._read(grid, targets[item.id], reader, EMPTY, BAD, severity)
            if reading is not None:
                codes[:, n] = reading.values
                changes.append((targets[item.id], reading.changes))
        return codes, changes

    def _comments(self, grid: Grid, targets: dict[str, Target]) -> dict[str, tuple[str, ...]]:
        comments = {}
        for question in self.study.open_questions:
            comments[question.id] = ("",) * len(grid.rows)
            if question.id in targets:
                reading = self._read(grid, targets[question.id], CommentReader(question), "", "")
                if reading is not None:
                    comments[question.id] = tuple(reading.values)
                    self._note_long_texts(grid, targets[question.id], reading.values)
                    self._note_column(targets[question.id], reading.changes, {})
        return comments

    def _note_long_texts(self, grid: Grid, target: Target, texts: list[str]) -> None:
        for row, text in zip(grid.rows, texts, strict=True):
            if len(text) > _LONGEST_CELL:
                place = self.table.place(row, self.mapping[target])
                self.notes.warn("import_long_text", place, n=len(text), limit=_LONGEST_CELL)

    def _facts(self, grid: Grid, targets: dict[str, Target]) -> dict[str, tuple[Value, ...]]:
        facts: dict[str, tuple[Value, ...]] = {}
        used = self.study.design.columns
        for column in self.study.columns:
            facts[column.id] = (None,) * len(grid.rows)
            if column.id not in targets:
                continue
            weight = column.id == self.study.design.weight
            target, bad = targets[column.id], object()
            reading: ColumnReading[Any] | None = self._read(
                grid, target, FactReader(column, positive=weight), None, bad
            )
            if reading is None:
                continue
            if not column.optional or column.id == self.study.design.respondent:
                code = "import_design_blank" if column.id in used else "import_column_blank"
                for n, value in enumerate(reading.values):
                    if value is None:
                        place = self.table.place(grid.rows[n], self.mapping[target])
                        self.notes.problem(code, place, item=column.id, label=column.label)
            facts[column.id] = tuple(None if value is bad else value for value in reading.values)
            if column.kind == "key":
                self._note_alike(grid, target, facts[column.id])
            blank = sum(value is None for value in reading.values)
            self._note_column(target, reading.changes, {"blank": blank} if blank else {})
        return facts

    def _note_alike(self, grid: Grid, target: Target, keys: tuple[Value, ...]) -> None:
        if pairs := alike(keys):
            first, second = pairs[0]
            values: dict[str, Any] = {"n": len(pairs), "row": grid.rows[first]}
            values |= {"first": shown(str(keys[first])), "second": shown(str(keys[second]))}
            place = self.table.place(grid.rows[second], self.mapping[target])
            self.notes.warn("import_keys_alike", place, item=target.id, label=target.label, **values)

    def _without_answers(self, grid: Grid, kept: Any) -> tuple[int, ...]:
        rows = tuple(row for row, keep in zip(grid.rows, kept, strict=True) if not keep)
        for row in rows:
            self.notes.warn("import_row_without_answers", self.table.sheet.place(row, f"A{row}"))
        return rows

    def _route(self, grid: Grid, codes: Codes, targets: dict[str, Target]) -> None:
        by_item = self.study.item_by_id
        for finding in apply_routing(self.study, codes):
            item = finding.item
            if item.id not in targets or item.asked_if is None or item.asked_if.item not in targets:
                continue
            cause = by_item[item.asked_if.item]
            about: dict[str, Any] = {
                "item": item.id,
                "label": item.label,
                "filter": cause.id,
                "filter_label": cause.label,
            }
            column = self.mapping[targets[item.id]]
            about["filter_column"] = column_letters(self.mapping[targets[cause.id]])
            for code, positions in (
                ("import_not_asked", finding.answered),
                ("import_was_asked", finding.due),
                ("import_filter_blank", finding.unfiltered),
            ):
                severity: Severity = "warning" if code == "import_filter_blank" else "error"
                for n in positions:
                    self.notes.note(Problem(code, self.table.place(grid.rows[n], column), about, severity))

    def _respondents(self, grid: Grid, columns: dict[str, tuple[Value, ...]]) -> tuple[str, ...]:
        key = self.study.design.respondent
        column = next((self.mapping[target] for target in self.mapping if target.id == key), None)
        # Where the study names a column that is absent, that is noted already and stops the import.
        if key is None or column is None:
            return tuple(str(row) for row in grid.rows)
        first: dict[Value, int] = {}
        for row, respondent in zip(grid.rows, columns[key], strict=True):
            if respondent is not None and first.setdefault(respondent, row) != row:
                place = self.table.place(row, column)
                self.notes.problem(
                    "import_respondent_twice", place, respondent=shown(respondent), row=first[respondent]
                )
        return tuple(str(respondent) for respondent in columns[key])

    def _places(self, grid: Grid) -> tuple[Place, ...]:
        named = (
            column for target, column in self.mapping.items() if target.id == self.study.design.respondent
        )
        column = next(named, 1)
        return tuple(self.table.place(row, column) for row in grid.rows)

    def _book_warnings(self, grid: Grid) -> list[Problem]:
        sheet: Sheet = self.table.sheet
        warnings = list(self.workbook.warnings)
        place = sheet.place(self.table.header_row, None)
        if grid.hidden:
            warnings.append(Problem("import_hidden_rows", place, {"n": grid.hidden}, "warning"))
        merged = [span for span in sheet.merged() if span.last_row > self.table.header_row]
        if merged:
            shown = listing(merged[:5])
            warnings.append(Problem("import_merged", place, {"n": len(merged), "ranges": shown}, "warning"))
        return warnings

    def _report(self, grid: Grid, without: tuple[int, ...], left_out: tuple[LeftOut, ...]) -> ImportReport:
        rows = grid.last - self.table.header_row
        others = tuple(sheet.name for sheet in self.workbook.sheets if sheet is not self.table.sheet)
        return ImportReport(
            file=self.workbook.file,
            sha256=self.workbook.sha256,
            format=self.workbook.format,
            encoding=self.workbook.encoding,
            sheet=self.table.sheet.name,
            header_row=self.table.header_row,
            rows=rows,
            imported=len(grid.rows),
            empty_rows=rows - len(grid.rows) - len(without),
            without_answers=without,
            hidden_rows=grid.hidden,
            columns=tuple(sorted(self.columns, key=lambda read: column_number(read.column))),
            left_out=left_out,
            sheets_left_out=others,
            warnings=tuple(self.notes.warnings),
        )


def _blank_counts(column: Codes) -> dict[str, int]:
    kinds, counts = np.unique(column[(column < 0) & (column != BAD)], return_counts=True)
    named = {BlankKind(int(kind)).name.lower(): int(n) for kind, n in zip(kinds, counts, strict=True)}
    bad = int((column == BAD).sum())
    return named | ({"invalid": bad} if bad else {})
