"""The export in a file of which nothing is known yet: a platform's, or a table under its likeliest header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from survey.cells import Row, raw_text
from survey.errors import ImportProblems, Place, Problem
from survey.language import listing
from survey.layouts import recognised
from survey.layouts.export import Export, ExportColumn
from survey.layouts.plain import PLAIN, plain_column
from survey.problem_list import answer_sheets
from survey.table import first_rows
from survey.wording import matching
from survey.workbook import Sheet, Workbook

# 序号 and its like number the rows of one file, and the same number in another is somebody else.
_RESPONDENT = re.compile(
    r"(客户|用户|会员|账户|员工|受访者|样本|问卷|答卷)?(编号|代码|id)|(客户|用户|账)号|工号"
    r"|(respondent|response|customer|client|account|user|member|employee|case)_?(id|no|number|code)"
    r"|account|respondent|受访者"
)
_NEARLY = 0.8  # of the most texts in a row: a header may have a blank cell, where answers have none


def any_export(
    workbook: Workbook, *, sheet: str | None = None, layout: str | None = None
) -> tuple[Sheet, Export]:
    """Return the sheet that holds answers, and what it says of itself.

    Raises
    ------
    ImportProblems
        When no sheet holds a table, or several do and ``sheet`` does not say which; when a sheet is an
        export of two platforms and ``layout`` does not say which.
    """
    visible = answer_sheets((s for s in workbook.sheets if s.visibility == "visible"), workbook.file)
    chosen = [one for one in visible if sheet in (None, one.name)]
    if sheet is not None and not chosen:
        values = {"sheet_name": sheet, "sheets": listing(f"“{one.name}”" for one in visible)}
        raise ImportProblems([Problem("import_sheet_unknown", Place(workbook.file), values)])
    found = [(one, export) for one in chosen for export in _exports(workbook, one, layout)]
    known = [pair for pair in found if pair[1].layout != PLAIN] or found
    if not known:
        raise ImportProblems([Problem("draft_no_table", Place(workbook.file))])
    if len({one.name for one, _ in known}) > 1:
        values = {"sheets": listing(f"“{one.name}”" for one, _ in known), "first": known[0][0].name}
        raise ImportProblems([Problem("import_two_sheets", Place(workbook.file), values)])
    if len(known) > 1:
        values = {"layouts": listing(export.layout for _, export in known), "first": known[0][1].layout}
        raise ImportProblems([Problem("import_two_layouts", Place(workbook.file), values)])
    return known[0]


def _exports(workbook: Workbook, sheet: Sheet, layout: str | None) -> list[Export]:
    head = first_rows(sheet)
    exports = [] if layout == PLAIN else recognised(workbook.file, sheet, head)
    exports = [export for export in exports if layout in (None, export.layout)]
    plain = plain_guess(head) if not exports and layout in (None, PLAIN) else None
    return [plain] if plain is not None else exports


def plain_guess(head: Sequence[Row]) -> Export | None:
    """Return a plain table under its likeliest header, or ``None`` where there is none.

    The header is the first row with nearly as many texts as any other: a title above it has few. Below it
    some row must have two values, or these are notes. The first column that is headed like a number of
    respondents, and repeats none, is taken for one.
    """
    counts = [sum(isinstance(value, str) for value in row.cells.values()) for row in head]
    if not counts or max(counts) < 2:
        return None
    at = next(n for n, count in enumerate(counts) if count >= max(2, _NEARLY * max(counts)))
    header, below = head[at], head[at + 1 :]
    if not any(len(row.cells) > 1 for row in below):
        return None
    columns = [plain_column(number, [raw_text(value)]) for number, value in sorted(header.cells.items())]
    keys = (n for n, column in enumerate(columns) if _counts_respondents(column, below))
    if (key := next(keys, None)) is not None:
        columns[key] = replace(columns[key], role="meta", meta="respondent")
    return Export(PLAIN, (header.number,), header.number + 1, tuple(columns))


def _counts_respondents(column: ExportColumn, rows: Sequence[Row]) -> bool:
    numbers = [raw_text(value) for row in rows if (value := row.cells.get(column.column)) is not None]
    return bool(_RESPONDENT.fullmatch(matching(column.header))) and len(set(numbers)) == len(numbers) > 0
