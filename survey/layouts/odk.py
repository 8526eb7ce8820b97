"""ODK Central: ``SubmissionDate`` first, then the questions by path, and ``KEY`` behind them.

Groups are joined by a hyphen, which may also stand in a name. Repeats come in a file of their own, whose
rows belong to one answer each and are set aside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from survey.cells import Row
from survey.layouts.export import Export, RowState, SheetLike
from survey.layouts.headers import Own, headers_of, under_one_header
from survey.layouts.xlsform_columns import DIALECT, form_columns, form_times

NAME = "odk"

_OWN: Mapping[str, Own] = {
    "KEY": "respondent",
    "SubmitterName": "contact",
    "ReviewState": "status",
    **dict.fromkeys(("meta-instanceID", "meta-instanceName", "SubmitterID", "AttachmentsPresent"), "other"),
    **dict.fromkeys(("AttachmentsExpected", "Status", "DeviceID", "Edits", "FormVersion"), "other"),
}
_REVIEW: Mapping[str, RowState] = {"rejected": "invalid"}
_PLACE = re.compile(r".+-(?:Latitude|Longitude|Altitude|Accuracy)")


def recognise(file: str, sheet: SheetLike, head: Sequence[Row]) -> Export | None:
    """Return what ``sheet`` is, or ``None`` when it does not run from ``SubmissionDate`` to ``KEY``."""
    headers = headers_of(head[0]) if head else {}
    if headers.get(1) != "SubmissionDate" or "KEY" not in headers.values():
        return None
    rows = head[1:]
    owned: dict[int, Own] = {}
    for column, text in headers.items():
        if text in _OWN:
            owned[column] = _OWN[text]
        elif _PLACE.fullmatch(text):
            owned[column] = "contact"
    owned |= form_times(headers, rows, 1)
    status = [column for column, what in owned.items() if what == "status"]
    columns = form_columns(headers, rows, owned, "-")
    return under_one_header(NAME, head, columns, DIALECT, dict.fromkeys(status, _REVIEW))


def repeats(head: Sequence[Row]) -> bool:
    """Return whether a sheet holds the repeats of a form, one row for each."""
    return bool(head) and {"PARENT_KEY", "KEY"} <= set(headers_of(head[0]).values())
