"""Columns of forms that an XLSForm describes, as KoboToolbox and ODK Central export them.

A header is the path of a question through its groups. Where a question with several choices has a column
for each of them, those are read, and the column that joins the names of the chosen ones is set aside: it
says the same again, and only as long as no name holds a space.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

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
    paths = {text for column, text in asked.items() if column not in options} | split
    names = _names(paths, group_mark)
    for column, text in headers.items():
        if column in owned:
            yield own(column, text, owned[column])
        elif column in options:
            path, option = options[column]
            yield _option(column, text, path, option, names[path])
        elif text in split:
            yield ExportColumn(column, text, role="meta", meta="other")
        else:
            key = names[text][0] if _is_path(text, group_mark) else None
            yield ExportColumn(column, text, wordings(*names[text]), key)


def _option(column: int, header: str, path: str, option: str, stems: Sequence[str]) -> ExportColumn:
    # A choice that is a name is the code of the option; a label is not.
    code = option if _NAME.fullmatch(option) or option.isdecimal() else None
    return ExportColumn(
        column,
        header,
        (header,),
        header if _is_path(path, "/") and code else None,
        question=path,
        stems=wordings(*stems),
        part=option,
        part_code=code,
    )


def _options(headers: Mapping[int, str], rows: Sequence[Row]) -> dict[int, tuple[str, str]]:
    """Return question and choice of each column of a choice: ``q/choice`` beside ``q``, holding 0 or 1.

    Without ``q``, several columns that differ behind the slash alone and hold both 0 and 1 are choices too.
    """
    whole = set(headers.values())
    blocks: dict[str, dict[int, str]] = {}
    for column, text in headers.items():
        path, choice = _cut(text, whole)
        if path and choice:
            blocks.setdefault(path, {})[column] = choice
    found: dict[int, tuple[str, str]] = {}
    for path, choices in blocks.items():
        held = {text for column in choices for text in texts_below(rows, column)}
        if held <= _CHOSEN and (path in whole or (len(choices) > 1 and {"0", "1"} <= held)):
            found |= {column: (path, choice) for column, choice in choices.items()}
    return found


def _cut(text: str, whole: Collection[str]) -> tuple[str, str]:
    """Return what stands before and behind the slash of a choice, whose label may hold slashes itself."""
    pieces = text.split("/")
    cuts = [("/".join(pieces[:n]), "/".join(pieces[n:])) for n in range(len(pieces) - 1, 0, -1)]
    return next((cut for cut in cuts if cut[0] in whole), cuts[0] if cuts else ("", ""))


def _names(paths: Collection[str], mark: str) -> dict[str, tuple[str, ...]]:
    """Return the texts under which each question may be known: its path, and its name where that is one.

    A name counts where it stands once, and a label where others share what stands before it. A slash never
    stands in a name, while a hyphen may: then the whole path comes first.
    """
    groups = Counter(path.rpartition(mark)[0] for path in paths)
    twice = repeated(path.rpartition(mark)[2] for path in paths)
    found: dict[str, tuple[str, ...]] = {}
    for path in paths:
        group, _, name = path.rpartition(mark)
        is_path = _is_path(path, mark)
        if not group or name in twice or not (is_path or groups[group] > 1):
            found[path] = (path,)
        else:
            found[path] = (name, path) if is_path and mark == "/" else (path, name.strip())
    return found


def _is_path(text: str, mark: str) -> bool:
    return all(map(_NAME.fullmatch, text.split(mark)))
