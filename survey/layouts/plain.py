"""The plain layout: one row per respondent under one header row, possibly below a title.

The header is the row that names most of the study; a note sheet that lists the questions downwards
names one per row and so is never taken for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from survey.cells import Range, Row, raw_text
from survey.codebook import Variable, codebook
from survey.layouts.export import Export, ExportColumn, Meta
from survey.mapping import HeaderIndex, Target, is_contact
from survey.wording import matching
from survey.workbook import Sheet

PLAIN = "plain"
SEARCHED = 50
_META_HEADERS: Mapping[Meta, tuple[str, ...]] = {
    "submitted": (
        *("提交答卷时间", "提交时间", "提交日期", "填写时间", "答卷时间"),
        *("submitted", "submissiontime", "submitdate"),
    ),
    "started": ("开始答题时间", "开始时间", "started", "starttime", "startdate"),
    "seconds": (
        *("所用时间", "用时", "耗时", "答题时长", "答题用时", "答题耗时", "作答时长", "作答用时", "时长秒"),
        *("用时秒", "耗时秒", "durationinseconds", "durationseconds", "seconds"),
    ),
}
_META = {header: meta for meta, headers in _META_HEADERS.items() for header in headers}


def read_plain(
    sheet: Sheet, head: Sequence[Row], index: HeaderIndex, header_row: int | None
) -> Export | None:
    """Return the table on ``sheet``, or ``None`` when no row of ``head`` names enough of the study.

    A row must name two targets, so that a sentence on a note sheet is no header; a study that requires
    one column needs one. Rows below that name nearly as much, such as ids under wordings, belong to the
    header.
    """
    if variables := codebook(sheet):
        return _described(variables, index)
    if header_row is not None:
        head = [row for row in head if row.number <= header_row]
    scores = [_score(row, index) for row in head]
    if not scores:
        return None
    at = scores.index(max(scores)) if header_row is None else len(scores) - 1
    enough = min(2, sum(target.required for target in index.targets))
    if scores[at] < enough or header_row not in (None, head[at].number):
        return None
    block = [at]
    while header_row is None and block[-1] + 1 < len(head) and scores[block[-1] + 1] * 2 > max(scores[at], 2):
        block.append(block[-1] + 1)
    export = _export([head[n] for n in block], index)
    if not _whole(export, index) and (merged := sheet.merged()):
        export = _export([_spread(head[n], head, merged) for n in block], index)
    return export


def _described(variables: Mapping[int, Variable], index: HeaderIndex) -> Export | None:
    """Return the table of a file that names its columns and says what they ask."""
    told = {column: [known.name, *filter(None, [known.label])] for column, known in variables.items()}
    columns = _columns(told, index)
    named = [column for column in columns if any(_names(name, index) for name in column.names)]
    return Export(PLAIN, (0,), 1, columns) if named else None


def _names(text: str, index: HeaderIndex) -> bool:
    return bool(index.find(text) or index.find_option(text))


def _score(row: Row, index: HeaderIndex) -> int:
    """Return how many targets a row names."""
    named: set[Target] = set()
    for value in row.cells.values():
        text = raw_text(value)
        named.update(index.find(text))
        if option := index.find_option(text):
            named.add(option.target)
    return len(named)


def _whole(export: Export, index: HeaderIndex) -> bool:
    named = {target for column in export.columns for name in column.names for target in index.find(name)}
    return all(target in named for target in index.targets if target.required)


def _export(block: Sequence[Row], index: HeaderIndex) -> Export:
    headers: dict[int, list[str]] = {}
    for row in block:
        for column, value in row.cells.items():
            headers.setdefault(column, []).append(raw_text(value))
    columns = _columns(headers, index)
    return Export(PLAIN, tuple(row.number for row in block), block[-1].number + 1, columns)


def _columns(headers: Mapping[int, list[str]], index: HeaderIndex) -> tuple[ExportColumn, ...]:
    return tuple(
        plain_column(column, texts, [text for text in texts if _names(text, index)])
        for column, texts in sorted(headers.items())
    )


def plain_column(column: int, texts: Sequence[str], known: Sequence[str] = ()) -> ExportColumn:
    """Return what the header ``texts`` of a column say; ``known`` are those that name a part of the study."""
    meta = next((_META[form] for text in texts if (form := _bare(text)) in _META), None)
    if not known and meta is not None:
        return ExportColumn(column, texts[0], role="meta", meta=meta)
    contact = not known and any(map(is_contact, texts))
    names = tuple(known or texts)
    return ExportColumn(column, texts[0], names, role="contact" if contact else "question")


def _bare(header: str) -> str:
    return "".join(character for character in matching(header) if character.isalnum())


def _spread(row: Row, head: Sequence[Row], merged: Sequence[Range]) -> Row:
    """Return a header row in which the text of a merged range holds for every cell of it."""
    cells = dict(row.cells)
    by_number = {other.number: other for other in head}
    width = max(column for other in head for column in other.cells)
    for span in merged:
        if span.first_row <= row.number <= span.last_row and span.first_row in by_number:
            text = by_number[span.first_row].cells.get(span.first_column)
            for column in range(span.first_column, min(span.last_column, width) + 1):
                if text is not None:
                    cells.setdefault(column, text)
    return Row(row.number, row.hidden, cells)
