"""SurveyMonkey: two header rows, in which each question stands once, above its first column.

Below it the second row names options, rows or things ranked, and ``Response`` where there is one column
only. Whether somebody finished is not exported, so that it has to be settled before the export.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from survey.cells import Row
from survey.layouts.export import Dialect, Export, ExportColumn, SheetLike
from survey.layouts.headers import (
    Own,
    columns_of,
    distinct,
    forms_of,
    month_first,
    own,
    part_wordings,
    remark,
    row_after,
    shown,
    texts_below,
    wordings,
)
from survey.wording import matching

NAME = "surveymonkey"

_OWN: Mapping[str, Own] = {
    "respondentid": "respondent",
    "collectorid": "source",
    "startdate": "started",
    "datecreated": "started",
    "enddate": "submitted",
    "datemodified": "submitted",
    "ipaddress": "contact",
    "emailaddress": "contact",
    "email": "contact",
    "firstname": "contact",
    "lastname": "contact",
}
_CUSTOM = re.compile(r"custom(?:data)?\d*")
# The block of contact details that authors insert as one question.
_CONTACTS = frozenset(
    {"name", "address", "address2", "zip", "zip/postalcode", "emailaddress", "phonenumber", "email", "phone"}
)
_OPEN_OPTION = re.compile(r"(?:other|其他|其它)[(:,].*|.*\((?:pleasespecify|请注明|请说明|请填写)\)")


def recognise(file: str, sheet: SheetLike, head: Sequence[Row]) -> Export | None:
    """Return what ``sheet`` is, or ``None`` when it does not begin with the ids of answer and collector."""
    if not head:
        return None
    first, rest = head[0], head[1:]
    ids = [forms_of(first).get(form, 0) for form in ("respondentid", "collectorid")]
    if ids != [1, 2]:
        return None
    # Below the ids the second header row is blank, and answers never are.
    second = rest[0] if rest and not any(shown(rest[0], column) for column in ids) else Row(0, False, {})
    header = (first, second) if second.number else (first,)
    rows = rest[len(header) - 1 :]
    owned = dict(_owned(first))
    columns = [own(column, shown(first, column), what) for column, what in owned.items()]
    for block in _questions(first, second, after=max(owned)):
        columns += _question(block, first, second, rows, {column.question or "" for column in columns})
    times = [column for column, what in owned.items() if what in ("started", "submitted")]
    return Export(
        NAME,
        tuple(row.number for row in header),
        row_after(header[-1], rows),
        tuple(columns),
        # Cells hold texts or positions in the list of options, as whoever exports chooses.
        Dialect(
            joins=(", ",),
            option_text=True,
            month_first=month_first(rows, times, otherwise=False),
            numbers="ask",
        ),
        remarks=(remark("layout_partial_unknown", file, sheet),),
    )


def _owned(first: Row) -> Iterator[tuple[int, Own]]:
    """Yield the columns of the platform, which end where the first question begins."""
    for column in columns_of(first):
        form = matching(shown(first, column)).replace("_", "")
        what = _OWN.get(form, "other" if _CUSTOM.fullmatch(form) else None)
        if what is None:
            return
        yield column, what


def _questions(first: Row, second: Row, after: int) -> Iterator[list[int]]:
    """Yield the columns of each question: one with a text in the first row, and those without behind it."""
    block: list[int] = []
    for column in columns_of(first, second):
        if column <= after:
            continue
        if shown(first, column) and block:
            yield block
            block = []
        block.append(column)
    if block:
        yield block


def _question(
    block: Sequence[int], first: Row, second: Row, rows: Sequence[Row], taken: set[str]
) -> Iterator[ExportColumn]:
    stem = shown(first, block[0])
    parts = {column: shown(second, column) for column in block}
    headers = {column: " / ".join(filter(None, (stem, part))) for column, part in parts.items()}
    contacts = len(_CONTACTS & {matching(part) for part in parts.values()}) >= 3
    whole = {column for column, part in parts.items() if len(block) == 1 or matching(part) == "response"}
    chosen = {column for column in block if _is_option(parts[column], rows, column)}
    typed = _typed(parts, rows, chosen, whole)
    question = distinct(stem, block[0], taken)
    for column, part in parts.items():
        if contacts and matching(part) in _CONTACTS:
            yield own(column, headers[column], "contact")
        elif column in whole:
            yield ExportColumn(column, headers[column], wordings(stem, headers[column]))
        else:
            names = (headers[column],) if chosen else part_wordings(stem, part, headers[column])
            yield ExportColumn(
                column,
                headers[column],
                # ``Question / Other`` would name the option itself.
                (f"{stem} {part}",) if column in typed else names,
                question=question,
                stems=wordings(stem),
                part=part,
                typed=column in typed,
            )


def _is_option(part: str, rows: Sequence[Row], column: int) -> bool:
    """Return whether a column holds its own text and nothing else, as that of an option does."""
    return set(texts_below(rows, column)) == {matching(part)}


def _typed(parts: Mapping[int, str], rows: Sequence[Row], chosen: set[int], whole: set[int]) -> set[int]:
    """Return the columns of what was typed, known by their words or by their neighbours.

    Beside a column of single answers nothing else stands; behind options it is the last one, and its
    answers are not its own text.
    """
    if whole:
        return set(parts) - whole
    *_, last = parts
    behind = bool(chosen) and bool(texts_below(rows, last)) and last not in chosen
    return {last} if behind or _OPEN_OPTION.fullmatch(matching(parts[last])) else set()
