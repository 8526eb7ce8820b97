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
    if len(block) == 1:
        header = " / ".join(filter(None, (stem, parts[block[0]])))
        yield ExportColumn(block[0], header, wordings(stem, f"{stem} {parts[block[0]]}"))
        return
    question = distinct(stem, block[0], taken)
    typed = _typed_column(block, parts, rows)
    contacts = len(_CONTACTS & {matching(part) for part in parts.values()}) >= 3
    for column, part in parts.items():
        header = " / ".join(filter(None, (stem, part)))
        if contacts and matching(part) in _CONTACTS:
            yield own(column, header, "contact")
        elif matching(part) == "response":
            yield ExportColumn(column, header, wordings(stem, f"{stem} {part}"))
        else:
            yield ExportColumn(
                column,
                header,
                (f"{stem} {part}",) if column == typed else part_wordings(stem, part, header),
                question=question,
                stems=wordings(stem),
                part=part,
                typed=column == typed,
            )


def _typed_column(block: Sequence[int], parts: Mapping[int, str], rows: Sequence[Row]) -> int | None:
    """Return the column of what was typed, always the last one: by its words, or by its answers.

    A column of an option holds the text of that option or nothing.
    """
    *options, last = block
    if _OPEN_OPTION.fullmatch(matching(parts[last])):
        return last
    held = {column: set(texts_below(rows, column)) for column in block}
    own_text = {column: {matching(parts[column])} for column in block}
    chosen = [column for column in options if held[column]]
    if chosen and all(held[column] == own_text[column] for column in chosen):
        return None if held[last] <= own_text[last] else last
    return None
