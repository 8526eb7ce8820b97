"""From a workbook to responses: everything is in, or every problem is listed.

The table is found, its columns are mapped to the study, and its rows are read in one pass. Columns that
the study does not name are never stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from survey.batch import Batch, BatchReader
from survey.cells import Row, column_number
from survey.coded_columns import use_codebook
from survey.column_map import READ_META, ColumnMap, Known, map_columns
from survey.decisions import Decisions, NumbersMean
from survey.errors import ImportProblems, Place, Problem
from survey.grid import Grid, read_grid, report_strays
from survey.import_report import ImportReport
from survey.interviews import interviews
from survey.language import listing
from survey.layouts import repeats
from survey.layouts.export import RowState, rows_differ
from survey.layouts.plain import PLAIN
from survey.mapping import HeaderIndex
from survey.notes import Notes
from survey.people import Duplicates, People, kept_of_repeated, respondents
from survey.positions import Positions, settle_numbers
from survey.problem_list import PROBLEM_SHEET
from survey.questions import BlankKind
from survey.responses import Responses
from survey.routed_answers import Routing
from survey.row_states import set_aside
from survey.study import Study
from survey.table import Places, Table, find_table, first_rows
from survey.values import BAD
from survey.workbook import Workbook


def undecided(layout: str, index: HeaderIndex) -> Decisions:
    """Return the decisions about a layout that nobody has decided anything about."""
    return Decisions(layout)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is to be read, where the file itself leaves it open.

    Attributes
    ----------
    sheet : the sheet to read; by default the one visible sheet that fits the study.
    header_row : number of the header row of a plain table; by default the row that names most of the study.
    layout : name of the layout; by default the one whose structure the sheet has.
    numbers : what numbers in cells are; by default what was decided before, else codes unless the platform
        writes positions.
    invalid : what becomes of cells of items that are no answers. ``refuse`` makes each a problem;
        ``blank`` stores each as ``BlankKind.INVALID`` and reports it as a warning.
    duplicates : which row of a respondent counts; by default a second row is a problem.
    accept_valid : import the rows in which nothing is wrong and leave out the others.
    skip_hidden : leave out rows that are hidden or filtered out.
    accept : take every proposed column as right.
    leave_out : leave out the columns of a platform's export that match nothing.
    not_asked : ids of items and columns that this questionnaire does not have; remembered.
    decisions : what was decided about a layout before.
    earlier : what headers and keys meant in earlier waves, by layout; see ``column_map.Known``.
    """

    sheet: str | None = None
    header_row: int | None = None
    layout: str | None = None
    numbers: NumbersMean | None = None
    invalid: Literal["refuse", "blank"] = "refuse"
    duplicates: Duplicates | None = None
    accept_valid: bool = False
    skip_hidden: bool = False
    accept: bool = False
    leave_out: bool = False
    not_asked: tuple[str, ...] = ()
    decisions: Callable[[str, HeaderIndex], Decisions] = undecided
    earlier: Callable[[str], Mapping[str, str]] = lambda layout: {}


@dataclass(frozen=True, slots=True)
class Imported:
    """Checked responses, the account of how they were read, and where each respondent stands.

    ``refused`` holds the problems of every row that was left out, ``decisions`` all that is decided about
    this layout now, ``table`` what was read.
    """

    responses: Responses
    report: ImportReport
    table: Table
    decisions: Decisions
    places: Sequence[Place] = ()
    refused: Mapping[int, Sequence[Problem]] = field(default_factory=dict)

    def refused_rows(self) -> Iterator[Row]:
        """Yield the rows that were left out because something in them is wrong."""
        return (row for row in self.table.rows() if row.number in self.refused)


_DEFAULT = ImportOptions()


def read_responses(workbook: Workbook, study: Study, wave: str) -> Responses:
    """Return the checked responses of ``wave``; see ``read_answers``."""
    return read_answers(workbook, study, wave).responses


def read_answers(workbook: Workbook, study: Study, wave: str, options: ImportOptions = _DEFAULT) -> Imported:
    """Read the answers of ``wave`` from a workbook.

    Raises
    ------
    ImportProblems
        With every problem of the workbook, warnings after errors. Nothing is returned then.
    """
    if wave not in study.wave_by_id:
        values = {"wave": wave, "waves": listing(study.wave_by_id)}
        raise ImportProblems([Problem("import_wave_unknown", Place(workbook.file), values)])
    index = HeaderIndex(study)

    def decided(table: Table) -> bool:
        known = options.decisions(table.export.layout, index)
        return known.chosen if known.sheet is None else known.sheet == table.sheet.name

    try:
        table, others = find_table(
            workbook,
            index,
            sheet=options.sheet,
            header_row=options.header_row,
            layout=options.layout,
            decided=decided,
        )
    except ImportProblems as error:
        # How the file was read may be why nothing in it fits.
        raise ImportProblems([*error.problems, *workbook.warnings]) from error
    reader = _Import(workbook, study, wave, table, options)
    for other in others:
        reader.notes.warn("import_sheet_alike", Place(workbook.file), sheet_name=other.name)
    return reader.run()


@dataclass
class _Pass:
    """What one reading of the rows of a grid gave: those with an answer, and what was noted on the way."""

    grid: Grid
    batch: Batch
    people: People
    notes: Notes


class _Import:
    """The story of one table, from its header to responses."""

    def __init__(
        self, workbook: Workbook, study: Study, wave: str, table: Table, options: ImportOptions
    ) -> None:
        self.workbook, self.study, self.wave = workbook, study, wave
        self.table, self.options = table, options
        self.notes = Notes(workbook.file)
        layout = table.export.layout
        self.decisions = options.decisions(layout, table.index).without(options.not_asked)
        known = Known(self.decisions, options.earlier(layout), options.accept, options.leave_out)
        key = study.design.respondent
        self.key = None if key is None else table.index.by_id[key]
        self.mapping: ColumnMap = map_columns(table, study, known, self.notes)
        self.positions = Positions()
        self.filled = 0
        self.without: list[int] = []
        self.aside: dict[str, int] = {}
        self.states: dict[int, RowState] = {}
        self.refused: dict[int, Sequence[Problem]] = {}

    def run(self) -> Imported:
        """Read everything; raise with every problem or return the responses."""
        grid = self._grid()
        about = self.table, self.study, self.mapping, self.decisions, grid, self.notes
        self.positions = settle_numbers(*about, asked=self.options.numbers)
        use_codebook(self.table, self.study, self.mapping.columns, self.positions.by_column, grid, self.notes)
        read = self._pass(grid)
        if self.options.duplicates is not None:
            read = self._without_repeated(read, self.options.duplicates)
        if self.options.accept_valid:
            read = self._without_refused(read)
        self.notes = read.notes
        report_strays(grid, self.table, self.notes)
        self.notes.warnings += self._book_warnings(read.grid)
        self.notes.stop_if_wrong()
        return self._imported(read)

    def _grid(self) -> Grid:
        export = self.table.export
        grid = self._read_grid()
        if not grid.rows:
            self._nothing_to_read()
        self.filled = len(grid.rows)
        place = self.table.sheet.place(self.table.header_row, None)
        if (differ := rows_differ(export, place, self.filled)) is not None:
            self.notes.note(differ)
        grid, self.aside, self.states = set_aside(grid, export)
        if self.options.skip_hidden and any(grid.hidden):
            self.aside["hidden"] = sum(grid.hidden)
            grid = grid.only([not hidden for hidden in grid.hidden])
        if not grid.rows:
            self._nothing_to_read()
        return grid

    def _read_grid(self) -> Grid:
        """Read the cells; where nothing else can identify a respondent, take a digest of each whole row."""
        columns = {*self.mapping.read, *self.table.export.status_columns}
        own = self.mapping.meta.get("respondent", [])
        named = self.key is not None and self.key in self.mapping.columns
        plain = self.table.export.layout == PLAIN
        if plain and not named and self.mapping.original is not None:
            columns.add(self.mapping.original)
        nameless = not named and not plain
        grid = read_grid(self.table, columns, prints=nameless and not own)
        if nameless and own and not any(cell is not None for at in own for cell in grid.raw[at]):
            grid = read_grid(self.table, columns, prints=True)
        return grid

    def _pass(self, grid: Grid) -> _Pass:
        """Read the rows of ``grid``; those without any answer are left out."""
        notes = replace(self.notes, problems=[*self.notes.problems], warnings=[*self.notes.warnings], rows={})
        invalid = self.options.invalid == "blank"
        reader = BatchReader(
            self.table, self.study, self.mapping, self.positions, notes, keep_invalid=invalid
        )
        batch = reader.answers(grid)
        # A row of which only an unreadable answer is left is wrong and not without one.
        kept = [
            answered or row in notes.rows for row, answered in zip(grid.rows, batch.answered(), strict=True)
        ]
        # What nobody has explained yet was not read, and may be all that a row holds.
        if not all(kept) and not self.positions.unsaid:
            self._leave_out([row for row, keep in zip(grid.rows, kept, strict=True) if not keep], notes)
            grid, batch = grid.only(kept), batch.only(kept)
            reader.batch = batch
        if not grid.rows:
            self.notes = notes
            self._nothing_to_read()
        routing = Routing(self.table, self.study, self.mapping, grid, batch, notes)
        routing.settle(unread=self.positions.unsaid)
        reader.facts(grid)
        reader.count_blanks()
        people = respondents(self.study, self.table, self.mapping, grid, batch.facts)
        people.note_unknown(notes, grid, self.table)
        if self.key is not None and self.key not in self.mapping.columns:
            people = people.within(self.wave)
            batch.facts[self.key.id] = people.ids
        if self.options.duplicates is None:
            people.note_repeated(notes, grid, self.table)
        return _Pass(grid, batch, people, notes)

    def _leave_out(self, rows: Sequence[int], notes: Notes) -> None:
        """Say which rows hold no answer, in this pass and any further one."""
        self.without += rows
        for row in rows:
            for noted in (self.notes, notes):
                noted.warn("import_row_without_answers", self.table.sheet.place(row, f"A{row}"))

    def _without_repeated(self, read: _Pass, rule: Duplicates) -> _Pass:
        """Read again without the rows that the rule for repeated respondents leaves out."""
        chosen = kept_of_repeated(read.people.ids, rule)
        if all(chosen):
            return read
        self.aside["repeated"] = len(chosen) - sum(chosen)
        return self._pass(read.grid.only(chosen))

    def _without_refused(self, read: _Pass) -> _Pass:
        """Read again without the rows in which something is wrong, where anything is left then."""
        wrong: dict[int, Sequence[Problem]] = {**read.people.twins(read.grid, self.table), **read.notes.rows}
        if not read.notes.rows or not read.notes.only_rows or len(wrong) == len(read.grid.rows):
            return read
        self.refused = wrong
        return self._pass(read.grid.only([row not in wrong for row in read.grid.rows]))

    def _nothing_to_read(self) -> None:
        place = self.table.sheet.place(self.table.header_row, None)
        if n := sum(self.aside.values()):
            self.notes.problem("import_no_rows_left", place, n=n)
        else:
            self.notes.problem("import_no_rows", place)
        self.notes.stop_if_wrong()

    # -- the account ------------------------------------------------------------------------------

    def _imported(self, read: _Pass) -> Imported:
        grid, batch = read.grid, read.batch
        codes = batch.codes
        codes[codes == BAD] = BlankKind.INVALID
        items = tuple(item.id for item in self.study.items)
        if self.mapping.absent:
            present = [n for n, item in enumerate(items) if item not in self.mapping.absent]
            codes, items = codes[:, present], tuple(items[n] for n in present)
        paradata = interviews(self.table, self.mapping, grid, self.notes)
        people = read.people.unique()
        responses = Responses(
            self.wave, people, items, codes, batch.facts, batch.comments, batch.choices, paradata
        )
        places = Places(self.table, grid.rows, read.people.column or 1)
        decisions = self._remembered()
        decisions = decisions.settled(self.table.export.columns, self.mapping.decided)
        return Imported(responses, self._report(read), self.table, decisions, places, self.refused)

    def _book_warnings(self, grid: Grid) -> list[Problem]:
        sheet = self.table.sheet
        warnings = [*self.table.export.remarks, *self.workbook.warnings]
        others = (other for other in self.workbook.sheets if other is not sheet)
        found = (repeats(self.workbook.file, other, first_rows(other)) for other in others)
        warnings += [problem for problem in found if problem is not None]
        place = sheet.place(self.table.header_row, None)
        if hidden := sum(grid.hidden):
            warnings.append(Problem("import_hidden_rows", place, {"n": hidden}, "warning"))
        merged = [span for span in sheet.merged() if span.last_row > self.table.header_row]
        if merged:
            shown = listing(merged[:5])
            warnings.append(Problem("import_merged", place, {"n": len(merged), "ranges": shown}, "warning"))
        return warnings

    def _remembered(self) -> Decisions:
        """Return what was decided before, and by the options of this import."""
        known, asked = self.decisions, self.options
        return replace(
            known,
            numbers=asked.numbers or known.numbers,
            sheet=asked.sheet or known.sheet,
            chosen=known.chosen or asked.layout is not None,
        )

    def _report(self, read: _Pass) -> ImportReport:
        grid = read.grid
        rows = grid.last - self.table.export.first_row + 1
        sheets = (sheet for sheet in self.workbook.sheets if sheet.name != PROBLEM_SHEET)
        others = tuple(sheet.name for sheet in sheets if sheet is not self.table.sheet)
        return ImportReport(
            file=self.workbook.file,
            sha256=self.workbook.sha256,
            format=self.workbook.format,
            encoding=self.workbook.encoding,
            sheet=self.table.sheet.name,
            header_row=self.table.header_row,
            rows=rows,
            imported=len(grid.rows),
            empty_rows=rows - self.filled,
            without_answers=tuple(self.without),
            hidden_rows=sum(grid.hidden),
            columns=tuple(sorted(read.batch.columns, key=lambda column: column_number(column.column))),
            left_out=tuple(self.mapping.left_out),
            sheets_left_out=others,
            warnings=tuple(self.notes.warnings),
            layout=self.table.export.layout,
            refused=tuple(sorted(self.refused)),
            aside={why: n for why, n in self.aside.items() if n},
            numbers=self.positions.numbers,
            paradata=self._paradata(),
            known_by=read.people.known_by,
            marked=dict(Counter(self.states[row] for row in grid.rows if row in self.states)),
        )

    def _paradata(self) -> dict[str, str]:
        """Return the header of the column from which each of the platform's notes was taken."""
        used = set(READ_META) - ({"respondent"} if self.key in self.mapping.columns else set())
        first = {name: columns[0] for name, columns in self.mapping.meta.items() if name in used}
        return {name: self.table.headers[column] for name, column in first.items()}
