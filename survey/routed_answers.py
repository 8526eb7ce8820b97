"""What follows from the routing of a study for the answers of an import, whatever kind a question is.

Blanks become ``NOT_ASKED`` where nobody asked. An answer where nobody asked, and a mark of not asked where
somebody did, contradict the study: one of the two is wrong, and only a person can say which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from survey.cells import column_letters
from survey.column_map import ColumnMap
from survey.errors import Problem, Severity
from survey.grid import Grid
from survey.mapping import Target
from survey.notes import Notes
from survey.questions import AskedIf, BlankKind, Text
from survey.responses import Choice
from survey.routing import Mask, apply_routing, asked_of
from survey.study import Study
from survey.table import Table

if TYPE_CHECKING:
    from survey.batch import Batch

_SEVERITY: dict[str, Severity] = {"import_filter_blank": "warning", "import_comment_not_asked": "warning"}


class Routing:
    """Settles the routing of a batch, noting what contradicts it."""

    def __init__(
        self, table: Table, study: Study, mapping: ColumnMap, grid: Grid, batch: Batch, notes: Notes
    ) -> None:
        self.table, self.study, self.mapping = table, study, mapping
        self.grid, self.batch, self.notes = grid, batch, notes
        self.unread: Collection[int] = ()

    def settle(self, *, unread: Collection[int] = ()) -> None:
        """Settle items first, since all else hangs on them; nothing follows from ``unread`` columns."""
        self.unread = unread
        self._items()
        self._choices()
        self._comments()

    def _column(self, id_: str) -> int | None:
        target = self.table.index.by_id[id_]
        first = min(self.mapping.parts.get(target, ()), default=None)
        column = self.mapping.columns.get(target, first)
        return None if column in self.unread else column

    # -- kinds of question ------------------------------------------------------------------------

    def _items(self) -> None:
        for finding in apply_routing(self.study, self.batch.codes):
            item = finding.item
            if item.asked_if is not None:
                self._note("import_not_asked", item.id, item.asked_if, finding.answered)
                self._note("import_was_asked", item.id, item.asked_if, finding.due)
                self._note("import_filter_blank", item.id, item.asked_if, finding.unfiltered)
        for n, item in enumerate(self.study.items):
            kinds = {blank.kind for blank in self.study.scale_of(item.id).blanks.values()}
            if item.asked_if is None and "not_asked" not in kinds:
                self._unrouted(item.id, int((self.batch.codes[:, n] == BlankKind.NOT_ASKED).sum()))

    def _choices(self) -> None:
        for question in self.study.choice_questions:
            choices = np.array([_kind(choice) for choice in self.batch.choices[question.id]], dtype=np.int16)
            if question.asked_if is None:
                self._unrouted(question.id, int((choices == BlankKind.NOT_ASKED).sum()))
                continue
            found = self._asked(question.id, question.asked_if)
            if found is None:
                continue
            asked, unknown = found
            given, marked = choices == _GIVEN, choices == BlankKind.NOT_ASKED
            self._note("import_not_asked", question.id, question.asked_if, _at(given & ~asked & ~unknown))
            self._note("import_was_asked", question.id, question.asked_if, _at(marked & asked))
            self._note("import_filter_blank", question.id, question.asked_if, _at(given & unknown))
            unasked = ~given & ~asked & ~unknown
            self.batch.choices[question.id] = tuple(
                BlankKind.NOT_ASKED if not_asked else choice
                for choice, not_asked in zip(self.batch.choices[question.id], unasked.tolist(), strict=True)
            )

    def _comments(self) -> None:
        for question in self.study.open_questions:
            found = question.asked_if and self._asked(question.id, question.asked_if)
            if found and question.asked_if is not None:
                asked, unknown = found
                given = np.array([bool(text) for text in self.batch.comments[question.id]])
                rows = _at(given & ~asked & ~unknown)
                self._note("import_comment_not_asked", question.id, question.asked_if, rows)

    # -- what is noted ----------------------------------------------------------------------------

    def _asked(self, id_: str, asked_if: AskedIf) -> tuple[Mask, Mask] | None:
        """Return who was asked, and of whom nobody can say; ``None`` where a column of the two is absent."""
        if self._column(id_) is None or self._column(asked_if.item) is None:
            return None
        return asked_of(self.study, self.batch.codes, asked_if)

    def _note(self, code: str, id_: str, asked_if: AskedIf, rows: Iterable[int]) -> None:
        column, gate = self._column(id_), self._column(asked_if.item)
        if column is None or gate is None:
            return
        cause = self.study.item_by_id[asked_if.item]
        about: dict[str, Any] = {"item": id_, "label": self._label(id_), "filter": cause.id}
        about |= {"filter_label": cause.label, "filter_column": column_letters(gate)}
        for n in rows:
            row = self.grid.rows[n]
            severity = _SEVERITY.get(code, "error")
            self.notes.note_row(row, Problem(code, self.table.place(row, column), about, severity))

    def _unrouted(self, id_: str, n: int) -> None:
        """Warn where the platform left out a question that the study puts to everybody."""
        column = self._column(id_)
        if n and column is not None:
            place = self.table.place(self.table.header_row, column)
            self.notes.warn("import_not_asked_unrouted", place, item=id_, label=self._label(id_), n=n)

    def _label(self, id_: str) -> Text:
        target: Target = self.table.index.by_id[id_]
        return target.label


_GIVEN = 1


def _kind(choice: Choice) -> int:
    """Return the kind of a blank, 0 where no option was chosen, or that some were."""
    if isinstance(choice, BlankKind):
        return int(choice)
    return _GIVEN if choice else 0


def _at(rows: Mask) -> list[int]:
    return [int(n) for n in np.flatnonzero(rows)]
