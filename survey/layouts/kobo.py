"""KoboToolbox: ``_uuid``, ``_submission_time`` and ``_index`` among columns named by the form.

Headers are names, or labels of one language; the platform's own begin with an underscore in either case.
Repeats stand on sheets of their own, which hold no answers of respondents and are set aside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from survey.cells import Row
from survey.layouts.export import Export, RowState, SheetLike
from survey.layouts.headers import Own, headers_of, remark, under_one_header
from survey.layouts.xlsform_columns import DIALECT, form_columns, form_times

NAME = "kobo"

_SIGNATURE = {"_uuid", "_submission_time", "_index"}
_OWN: Mapping[str, Own] = {
    "_uuid": "respondent",
    "_validation_status": "status",
    "_submitted_by": "contact",
    "_geolocation": "contact",
    **dict.fromkeys(("_id", "_index", "_notes", "_status", "__version__", "_tags", "_attachments"), "other"),
    **dict.fromkeys(("meta/instanceID", "meta/instanceName", "meta/rootUuid", "formhub/uuid"), "other"),
}
_VALIDATION: Mapping[str, RowState] = dict.fromkeys(
    ("validation_status_not_approved", "notapproved"), "invalid"
)
_PLACE = re.compile(r"(?P<before>.*/)?_(?P<name>.+)_(?:latitude|longitude|altitude|precision)", re.DOTALL)


def recognise(file: str, sheet: SheetLike, head: Sequence[Row]) -> Export | None:
    """Return what ``sheet`` is, or ``None`` when it lacks one of Kobo's three columns."""
    headers = _headers(head)
    if not set(headers.values()) >= _SIGNATURE:
        return None
    rows = head[1:]
    owned = {column: _OWN[text] for column, text in headers.items() if text in _OWN}
    received = next(column for column, text in headers.items() if text == "_submission_time")
    owned |= form_times(headers, rows, received) | _places(headers)
    status = [column for column, what in owned.items() if what == "status"]
    remarks = [remark("layout_versions_left_out", file, sheet)]
    columns = form_columns(headers, rows, owned, "/")
    return under_one_header(NAME, head, columns, DIALECT, dict.fromkeys(status, _VALIDATION), remarks)


def repeats(head: Sequence[Row]) -> bool:
    """Return whether a sheet holds the repeats of a form, one row for each."""
    return {"_parent_index", "_parent_table_name"} <= set(_headers(head).values())


def _headers(head: Sequence[Row]) -> dict[int, str]:
    return {column: text.strip() for column, text in headers_of(head[0]).items()} if head else {}


def _places(headers: Mapping[int, str]) -> dict[int, Own]:
    """Return the columns of a location: ``q``, which holds all of it, and ``_q_latitude`` and its kin."""
    texts = {text: column for column, text in headers.items()}
    places: dict[int, Own] = {}
    for column, text in headers.items():
        found = _PLACE.fullmatch(text)
        whole = texts.get((found["before"] or "") + found["name"]) if found else None
        if whole is not None:
            places |= {column: "contact", whole: "contact"}
    return places
