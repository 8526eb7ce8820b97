"""REDCap: field names as headers, one column ``field___code`` for each box of a checkbox field.

A row is a record at an event, and one repeat of a form there, so it takes all of them to name an answer.
``<form>_complete`` says 0 for a form that nobody finished.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from survey.cells import Row, raw_text
from survey.errors import Problem
from survey.language import listing
from survey.layouts.export import Dialect, Export, ExportColumn, RowState, SheetLike
from survey.layouts.headers import (
    Own,
    headers_of,
    own,
    remark,
    texts_below,
    under_one_header,
    values_below,
    wordings,
)
from survey.wording import matching

NAME = "redcap"

_OWN: Mapping[str, Own] = {
    "redcap_event_name": "respondent",
    "redcap_repeat_instrument": "respondent",
    "redcap_repeat_instance": "respondent",
    "redcap_data_access_group": "other",
    "redcap_survey_identifier": "other",
}
_BOX = re.compile(r"(?P<field>[a-z][a-z0-9_]*?)___(?P<code>\w+)")
_FIELD = re.compile(r"[a-z]\w*", re.ASCII)
_STATUS: Mapping[str, RowState] = {"0": "partial", "incomplete": "partial"}
_STATUS_TEXTS = frozenset({"0", "1", "2", "incomplete", "unverified", "complete"})
_UNTIMED: Mapping[str, RowState] = {matching("[not completed]"): "partial"}

DIALECT = Dialect(chosen=frozenset({"1", "checked"}), unchosen=frozenset({"0", "unchecked"}))


def recognise(file: str, sheet: SheetLike, head: Sequence[Row]) -> Export | None:
    """Return what ``sheet`` is, or ``None`` when no header is REDCap's own."""
    if not head:
        return None
    header, rows = head[0], head[1:]
    headers = {column: text.strip() for column, text in headers_of(header).items()}
    if not _is_redcap(headers):
        return None
    places = {text: column for column, text in headers.items()}
    timed = _timestamps(headers)
    finished = [column for column, text in headers.items() if _tells_status(text, rows, column)]
    owned = _owned(headers, timed, finished)
    columns = [own(column, headers[column], what) for column, what in owned.items()]
    columns += _questions({column: text for column, text in headers.items() if column not in owned})
    states = {**dict.fromkeys(finished, _STATUS), **dict.fromkeys(timed, _UNTIMED)}
    return under_one_header(NAME, head, columns, DIALECT, states, _remarks(file, sheet, places, rows))


def _is_redcap(headers: Mapping[int, str]) -> bool:
    texts = set(headers.values())
    if texts & {"redcap_event_name", "redcap_survey_identifier", "redcap_repeat_instrument"}:
        return True
    boxes = any(_BOX.fullmatch(text) for text in texts)
    return boxes and any(text.endswith("_complete") for text in texts) and all(map(_FIELD.fullmatch, texts))


def _timestamps(headers: Mapping[int, str]) -> list[int]:
    """Return the columns that say when a form was sent: ``visit_timestamp`` beside ``visit_complete``."""
    forms = {text.removesuffix("_complete") for text in headers.values() if text.endswith("_complete")}
    return [
        column
        for column, text in headers.items()
        if text.endswith("_timestamp") and text.removesuffix("_timestamp") in forms
    ]


def _tells_status(text: str, rows: Sequence[Row], column: int) -> bool:
    return text.endswith("_complete") and set(texts_below(rows, column)) <= _STATUS_TEXTS


def _owned(headers: Mapping[int, str], timed: Sequence[int], finished: Sequence[int]) -> dict[int, Own]:
    owned: dict[int, Own] = {min(headers): "respondent"}
    owned |= {column: _OWN[text] for column, text in headers.items() if text in _OWN}
    owned |= dict.fromkeys(finished, "status")
    # A record with several forms has several times; the first form is the one that opens the survey.
    owned |= {column: "submitted" if column == timed[0] else "other" for column in timed}
    return owned


def _questions(headers: Mapping[int, str]) -> Iterator[ExportColumn]:
    for column, text in headers.items():
        box = _BOX.fullmatch(text)
        if box is None:
            yield ExportColumn(column, text, wordings(text), text)
            continue
        # A field name has no minus sign, so the code -1 is written as a further underscore.
        code = re.sub(r"^_(?=\d)", "-", box["code"])
        yield ExportColumn(
            column,
            text,
            (text,),
            text,
            question=box["field"],
            stems=(box["field"],),
            part=code,
            part_code=code,
        )


def _remarks(
    file: str, sheet: SheetLike, places: Mapping[str, int], rows: Sequence[Row]
) -> Iterator[Problem]:
    events = [raw_text(value) for value in values_below(rows, places.get("redcap_event_name", 0))]
    if len(set(events)) > 1:
        yield remark("layout_several_events", file, sheet, events=listing(dict.fromkeys(events)))
    if values_below(rows, places.get("redcap_repeat_instrument", 0)):
        yield remark("layout_repeated_forms", file, sheet)
