"""Qualtrics: three header rows, the third of them JSON with an ``ImportId`` that outlives every wave.

The first row names the columns, the second holds the texts in the language of the survey, so only the
third is understood. ``QID20_3`` is row or option 3 of question 20, ``QID5_8_TEXT`` what was typed beside
option 8 of question 5. Orders of display, timings, browsers and topics derived from texts are no answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from survey.cells import Row
from survey.layouts.export import Dialect, Export, ExportColumn, RowState, SheetLike
from survey.layouts.headers import (
    Own,
    columns_of,
    own,
    repeated,
    row_after,
    shown,
    texts_below,
    wordings,
)
from survey.layouts.stems import Spoken, question_columns

NAME = "qualtrics"

# Status codes above 8 are sums: a preview marked as spam, one that was taken offline.
STATUS: Mapping[str, RowState] = {
    **dict.fromkeys(
        ("1", "17", "surveypreview", "offlinesurveypreview", "offlineresponsepreview"), "preview"
    ),
    **dict.fromkeys(("2", "surveytest"), "test"),
    **dict.fromkeys(("8", "9", "12", "40", "spam", "possiblespam", "surveypreviewspam"), "spam"),
    **dict.fromkeys(("importedspam", "importedpossiblespam", "exspam"), "spam"),
}
FINISHED: Mapping[str, RowState] = {"0": "partial", "false": "partial"}
_DIALECT = Dialect(joins=(",",), blank_codes={-99: "blank"}, option_text=True)

_OWN: Mapping[str, Own] = {
    "startDate": "started",
    "endDate": "submitted",
    "status": "status",
    "ipAddress": "contact",
    "progress": "other",
    "duration": "seconds",
    "finished": "status",
    "recordedDate": "other",
    "_recordId": "respondent",
    "recipientLastName": "contact",
    "recipientFirstName": "contact",
    "recipientEmail": "contact",
    "externalDataReference": "other",
    "locationLatitude": "contact",
    "locationLongitude": "contact",
    "distributionChannel": "source",
    "userLanguage": "other",
}
_MARK = " - "
_QUESTION = re.compile(r"(?P<id>(?:[^_]+_)?QID\d+(?:#\d+)?)(?P<rest>_.+)?")
# Order of display of a block, of a branch of the survey flow, or of the options of a question.
_ORDER = re.compile(r"(?:FL_\d+|BL_\w+|(?:[^_]+_)?QID\d+(?:#\d+)?)_DO")
_DERIVED = re.compile(
    r"_(?:NPS_GROUP|FIRST_CLICK|LAST_CLICK|PAGE_SUBMIT|CLICK_COUNT|BROWSER|VERSION|OS|RESOLUTION|REGIONS"
    r"|FILE_(?:ID|NAME|SIZE|TYPE)|(?:\w+_)?TEXT_.+)"
)
_TYPED = re.compile(r"_(?P<part>\w+)_TEXT")
_PART = re.compile(r"(?P<row>(?:_x?\d+)*)_(?P<part>x?\d+)")
_SCORE = re.compile(r"SC_?\w*|Q_\w+")


@dataclass(frozen=True, slots=True)
class _Head:
    """What the three header rows say of one column; ``clicked`` marks where on a picture somebody clicked."""

    column: int
    shown: str
    name: str
    text: str
    id: str | None
    choice: str | None
    clicked: bool

    @property
    def header(self) -> str:
        return " / ".join(dict.fromkeys(text for text in (self.shown, self.text) if text))

    @property
    def key(self) -> str | None:
        return f"{self.id}_{self.choice}" if self.id and self.choice else self.id


def recognise(file: str, sheet: SheetLike, head: Sequence[Row]) -> Export | None:
    """Return what ``sheet`` is, or ``None`` when no row below the first holds import ids in JSON."""
    at = next((n for n, row in enumerate(head) if n and _holds_ids(row)), None)
    if at is None:
        return None
    block = head[max(at - 2, 0) : at + 1]
    rows = head[at + 1 :]
    heads = [_read(block, column) for column in columns_of(*block)]
    # A name that stands twice tells nothing; the texts and the ids still do.
    twice = repeated(head.name for head in heads)
    heads = [replace(head, name="") if head.name in twice else head for head in heads]
    columns = sorted(_columns(heads), key=lambda column: column.column)
    states = {head.column: STATUS for head in heads if head.id == "status"}
    states |= {head.column: FINISHED for head in heads if head.id == "finished"}
    return Export(
        NAME,
        tuple(row.number for row in block),
        row_after(block[-1], rows),
        tuple(columns),
        dialect_of(rows, states),
        states,
    )


def dialect_of(rows: Sequence[Row], states: Iterable[int]) -> Dialect:
    """Return how answers are written; the columns of ``states`` show whether as texts or as numbers.

    Numbers are recode values, which are the positions of options unless somebody set others.
    """
    texts = [text for column in states for text in texts_below(rows, column)]
    return replace(_DIALECT, numbers="codes" if any(not text.isdecimal() for text in texts) else "ask")


def _ids(cell: str) -> dict[str, Any] | None:
    """Return what a cell of the third row says, or ``None`` when it is none."""
    if not cell.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("ImportId"), str) else None


def _holds_ids(row: Row) -> bool:
    cells = [shown(row, column) for column in columns_of(row)]
    # A column that somebody added has no id of its own, so not every cell need be JSON.
    return 2 * sum(_ids(cell) is not None for cell in cells) > len(cells)


def _read(block: Sequence[Row], column: int) -> _Head:
    name, text, cell = (shown(row, column) for row in (block[0], block[-2], block[-1]))
    ids = _ids(cell) or {}
    choice = str(ids["choiceId"]) if "choiceId" in ids else None
    return _Head(column, name, name.strip(), text.strip(), ids.get("ImportId"), choice, "coord" in ids)


def _columns(heads: Sequence[_Head]) -> Iterator[ExportColumn]:
    questions: dict[str, list[Spoken]] = {}
    for head in heads:
        what = _own(head)
        if what is not None:
            yield own(head.column, head.header, what, head.name, head.text)
            continue
        found = _QUESTION.fullmatch(head.id or "")
        if found is None:
            yield ExportColumn(head.column, head.header, wordings(head.name, head.text), head.key)
        else:
            question, spoken = _spoken(head, found["id"], found["rest"] or "")
            questions.setdefault(question, []).append(spoken)
    for question, columns in questions.items():
        yield from question_columns(question, columns, _MARK)


def _own(head: _Head) -> Own | None:
    if head.id is None:
        return None
    if head.clicked or _ORDER.fullmatch(head.id) or _SCORE.fullmatch(head.id):
        return "other"
    found = _QUESTION.fullmatch(head.id)
    return "other" if found and _DERIVED.fullmatch(found["rest"] or "") else _OWN.get(head.id)


def _spoken(head: _Head, question: str, rest: str) -> tuple[str, Spoken]:
    """Return the question that a column belongs to, and what the column says of itself."""
    column = Spoken(head.column, head.header, head.name, head.text or head.name, head.key or "")
    if rest == "_TEXT":
        return question + rest, column
    if typed := _TYPED.fullmatch(rest):
        return question, replace(column, part_code=typed["part"], typed=True)
    if head.choice is not None:
        return question + rest, replace(column, part_code=head.choice, option=True)
    if part := _PART.fullmatch(rest):
        return question + part["row"], replace(column, part_code=part["part"])
    return question + rest, column
