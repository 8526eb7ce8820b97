"""What a platform's export says about itself: which column is which question, and how answers are written.

A layout recognises a sheet by its structure and describes it as an ``Export``. It knows nothing of a
study: which question is which item, and what an answer means, is decided by the importer alone. Headers
may repeat, be blank or be translated, so a column is always addressed by its number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from survey.cells import CellValue, Row, raw_text
from survey.errors import Place, Problem
from survey.questions import BlankName
from survey.wording import matching

Role = Literal["question", "meta", "contact"]
Meta = Literal[
    "respondent",  # the platform's own number or id of the answer; several columns where it takes all of them
    "submitted",
    "started",
    "seconds",  # how long it took
    "source",  # channel, link parameter, collector
    "status",  # see Export.states
    "other",  # whatever else the platform adds: language, browser, progress, total score
]
RowState = Literal["preview", "test", "spam", "partial", "invalid"]
Numbers = Literal["codes", "options", "ask"]


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column of an export.

    Attributes
    ----------
    column : number on the sheet, A is 1.
    header : the header as it stands, rows of a higher header joined by `` / ``; kept for the audit.
    names : texts under which a study may know this column as a question of its own, best first: for a row of
        a matrix its label, then stem and label together, then the whole header; for a plain question its text
        without number, then the whole header. The label of what is plainly an option is no name: a reason
        ``价格`` is not the item ``价格``.
    key : the platform's id of this column, the same in every wave (``QID20_3``, ``Q1_SQ001``), if it has one.
    role : ``contact`` marks names, phones, mails and addresses of people, IP addresses included.
    meta : what a column of role ``meta`` holds.
    question : what all columns of one question share, unique within the export; ``None`` where the column is
        a question of its own.
    stems : texts under which a study may know that whole question, best first; its platform id is one.
    part : which part of the question this is: option of a multiple choice, row of a matrix, thing ranked.
    part_code : the platform's code of that part (``SQ001``, ``3``), if it has one.
    typed : whether the column holds what people typed beside the open option ``part``; without a ``part``,
        beside whichever open option of the question they chose.
    """

    column: int
    header: str
    names: tuple[str, ...] = ()
    key: str | None = None
    role: Role = "question"
    meta: Meta | None = None
    question: str | None = None
    stems: tuple[str, ...] = ()
    part: str | None = None
    part_code: str | None = None
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a platform writes answers into cells. All texts are compared in the form ``wording.matching``.

    Attributes
    ----------
    joins : what stands between several options in one cell (``┋``, ``;``).
    ranks : what stands between options in order of preference (``→``).
    typed : the brackets around what was typed beside an open option, as (opening, closing).
    types_freely : whether what was typed stands without a mark in the place of the open option.
    blanks : texts that say why there is no answer (``(跳过)`` -> ``not_asked``).
    blank_codes : numbers that say so (-3 -> ``not_asked``).
    chosen, unchosen : what stands in the column of an option that was or was not chosen (``1``, ``Checked``).
    option_text : whether a chosen option may instead be marked by its own text.
    marks : a regular expression for what the platform adds to the text of an option and is no part of it:
        its letter (``A.男``), a line to write on. A text is compared as it stands first; see ``unmarked``.
    guard : a character that the platform puts before texts beginning with ``=``; it is no part of them.
    month_first : whether ``10/9/2026`` is the 9th of October.
    numbers : what a number in the cell of a scale is: the code as the questionnaire shows it, the position
        of an option in its list (never a score), or one of the two, so that somebody has to say.
    numbers_said : whether the file itself says so, by its name or by texts that stand in no other file; what
        was decided about earlier files does not count then.
    positions : whether a number in the cell of a choice is the position of an option even where numbers on
        scales are scores.
    """

    joins: tuple[str, ...] = ()
    ranks: tuple[str, ...] = ()
    typed: tuple[str, str] | None = None
    types_freely: bool = False
    blanks: Mapping[str, BlankName] = field(default_factory=dict)
    blank_codes: Mapping[int, BlankName] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset({"1"})
    unchosen: frozenset[str] = frozenset({"0"})
    option_text: bool = False
    marks: str = ""
    guard: str = ""
    month_first: bool = False
    numbers: Numbers = "codes"
    numbers_said: bool = False
    positions: bool = False

    def unmarked(self, text: str) -> str:
        """Return the text of an option without the platform's ``marks``."""
        return re.sub(self.marks, "", text.strip()).strip() if self.marks else text


class SheetLike(Protocol):
    """What a layout needs of a sheet."""

    @property
    def name(self) -> str:
        """The name of the sheet."""


@dataclass(frozen=True, slots=True)
class Export:
    """A sheet that a layout recognised.

    Attributes
    ----------
    layout : name of the layout.
    header_rows : numbers of the rows that make the header, in order.
    first_row : number of the first row of answers.
    columns : every column with a header or a meaning, in order.
    dialect : how answers are written.
    states : column -> what a text in it says of its row, in the form ``wording.matching``; ``""`` is a blank
        cell. Previews, tests and spam are nobody's answers; partial and invalid rows are imported and marked.
    states_within : column -> what a text says of its row when it only contains the key (``无效``).
    rows : how many rows of answers the file says it holds, if it says so; see ``rows_differ``.
    remarks : what the user should know about exports of this kind, as warnings.
    """

    layout: str
    header_rows: tuple[int, ...]
    first_row: int
    columns: tuple[ExportColumn, ...]
    dialect: Dialect = Dialect()
    states: Mapping[int, Mapping[str, RowState]] = field(default_factory=dict)
    states_within: Mapping[int, Mapping[str, RowState]] = field(default_factory=dict)
    rows: int | None = None
    remarks: tuple[Problem, ...] = ()

    @property
    def status_columns(self) -> tuple[int, ...]:
        """The columns that say something of their row."""
        return tuple(sorted({*self.states, *self.states_within}))

    def state(self, column: int, cell: CellValue | None) -> RowState | None:
        """Return what the cell of a status column says of its row; ``None`` is an answer like any other."""
        form = matching(raw_text(cell))
        whole = self.states.get(column, {}).get(form)
        within = self.states_within.get(column, {}).items()
        return whole or next((state for part, state in within if part in form), None)


def rows_differ(export: Export, place: Place, found: int) -> Problem | None:
    """Return a warning when the file says that it holds another number of rows than were ``found``."""
    if export.rows in (None, found):
        return None
    return Problem("layout_rows_differ", place, {"named": export.rows, "found": found}, "warning")


def without_labels(columns: Iterable[ExportColumn], questions: Collection[str]) -> tuple[ExportColumn, ...]:
    """Return ``columns`` where the parts of ``questions`` are options, whose labels alone name nothing."""
    return tuple(
        replace(column, names=tuple(name for name in column.names if name != column.part))
        if column.question in questions
        else column
        for column in columns
    )


class Layout(Protocol):
    """A module of this package that knows one platform."""

    NAME: str

    def recognise(self, file: str, sheet: SheetLike, head: Sequence[Row]) -> Export | None:
        """Return what ``sheet`` is, or ``None`` when it is no export of this platform.

        ``head`` are its first rows with a value, up to 50. ``file`` is the name of the file: a hint where
        the structure leaves two readings, never a proof.
        """
