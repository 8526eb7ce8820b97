"""Columns of forms that an XLSForm describes, as KoboToolbox and ODK Central export them.

A header is the path of a question through its groups. Where a question with several choices has a column
for each of them, those are read, and the column that joins the names of the chosen ones is set aside: it
says the same again, and only as long as no name holds a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from survey.cells import Row
from survey.layouts.export import Dialect, ExportColumn
from survey.layouts.headers import Own, hold_times, own, repeated, texts_below, wordings

DIALECT = Dialect(
    joins=(" ",),
    ranks=(" ",),
    chosen=frozenset({"1", "true"}),
    unchosen=frozenset({"0", "false"}),
)

# Metadata that a form may ask for, under the names that XLSForm gives as examples.
_ASKED_FOR: Mapping[str, Own] = {
    "today": "other",
    "deviceid": "other",
    "simserial": "other",
    "subscriberid": "other",
    "audit": "other",
    "phonenumber": "contact",
    "username": "contact",
}
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_CHOSEN = frozenset({"0", "1", "true", "false"})


def form_times(headers: Mapping[int, str], rows: Sequence[Row], received: int) -> dict[int, Own]:
    """Return which columns hold the times of an answer.

    A device may send an answer days after it was given, so the form's own ``end`` comes before the time
    at which the server received it in column ``received``.
    """
    timed = {text: column for column, text in headers.items() if text in ("start", "end")}
    times: dict[int, Own] = {timed["start"]: "started"} if _timed(timed.get("start"), rows) else {}
    if _timed(timed.get("end"), rows):
        return times | {timed["end"]: "submitted", received: "other"}
    return times | {received: "submitted"}


def _timed(column: int | None, rows: Sequence[Row]) -> bool:
    return column is not None and hold_times(rows, column)


def form_columns(
    headers: Mapping[int, str], rows: Sequence[Row], owned: Mapping[int, Own], group_mark: str
) -> Iterator[ExportColumn]:
    """Yield a column for each header; ``group_mark`` stands between the groups of a path."""
    owned = {column: _ASKED_FOR[text] for column, text in headers.items() if text in _ASKED_FOR} | dict(owned)
    asked = {column: text for column, text in headers.items() if column not in owned}
    options = _options(asked, rows)
    split = {path for path, _ in options.values()}
    joined = {column for column, text in asked.items() if text in split}
    last = {column: text.rpartition(group_mark)[2] for column, text in asked.items() if column not in options}
    last |= {column: path.rpartition(group_mark)[2] for column, (path, _) in options.items()}
    twice = repeated({asked[column]: name for column, name in last.items() if column not in options}.values())
    for column, text in headers.items():
        if column in owned:
            yield own(column, text, owned[column])
        elif column in joined:
            yield ExportColumn(column, text, role="meta", meta="other")
        elif column in options:
            path, option = options[column]
            yield _option(column, text, path, option, _names(path, last[column], group_mark, twice))
        else:
            names = _names(text, last[column], group_mark, twice)
            yield ExportColumn(column, text, wordings(*names), _key(names[0], group_mark, text))


def _option(column: int, header: str, path: str, option: str, stems: Sequence[str]) -> ExportColumn:
    # A choice that is a name is the code of the option, and the label of none.
    code = option if _NAME.fullmatch(option) or option.isdecimal() else None
    key = header if _is_path(header, "/") else None
    return ExportColumn(
        column,
        header,
        (header,),
        key,
        question=path,
        stems=wordings(*stems),
        part=option,
        part_code=code,
    )


def _options(headers: Mapping[int, str], rows: Sequence[Row]) -> dict[int, tuple[str, str]]:
    """Return question and choice of each column of a choice: ``q/choice`` beside ``q``, holding 0 or 1.

    Without ``q``, several columns that differ behind the slash alone and hold both 0 and 1 are choices too.
    """
    cut = {column: text.rpartition("/") for column, text in headers.items() if "/" in text}
    blocks: dict[str, list[int]] = {}
    for column, (path, _, choice) in cut.items():
        if path and choice:
            blocks.setdefault(path, []).append(column)
    whole = set(headers.values())
    found: dict[int, tuple[str, str]] = {}
    for path, columns in blocks.items():
        held = {text for column in columns for text in texts_below(rows, column)}
        if held <= _CHOSEN and (path in whole or (len(columns) > 1 and {"0", "1"} <= held)):
            found |= {column: (path, cut[column][2]) for column in columns}
    return found


def _names(path: str, last: str, mark: str, twice: Iterable[str]) -> tuple[str, ...]:
    """Return the texts under which a question may be known, its name alone only where it stands once.

    A slash never stands in a name, while a hyphen may: the whole path comes first where it may be a name.
    """
    if last == path or last in twice:
        return (path,)
    return (last, path) if mark == "/" and _is_path(path, mark) else (path, last)


def _key(name: str, mark: str, path: str) -> str | None:
    return name if _is_path(path, mark) else None


def _is_path(text: str, mark: str) -> bool:
    return all(map(_NAME.fullmatch, text.split(mark)))
