"""Google Forms: a time stamp, perhaps a mail address and a score, then one column for each question.

There is no id: an answer is known by its content alone. The header of the first column is translated; a
sheet counts as an export when that header is the word for it in a language known here, or when the times
below are written as only Google writes them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from survey.cells import Row, raw_text
from survey.layouts.export import Dialect, Export, ExportColumn, SheetLike
from survey.layouts.headers import (
    Own,
    asked,
    headers_of,
    hold_times,
    in_brackets,
    month_first,
    own,
    part_wordings,
    texts_below,
    under_one_header,
    values_below,
    wordings,
)
from survey.wording import matching, plain

NAME = "google_forms"

_STAMPS = frozenset(
    {
        *("timestamp", "时间戳记", "时间戳", "時間戳記", "タイムスタンプ", "타임스탬프", "zeitstempel"),
        *("horodateur", "marcatemporal", "carimbodedata/hora", "informazionicronologiche", "tijdstempel"),
        *("отметкавремени", "sygnaturaczasowa", "tidsstämpel", "tidsstempel", "aikaleima", "zamandamgası"),
        *("dấuthờigian", "časováznačka", "időbélyeg", "stempelwaktu", "позначкачасу"),
    }
)
_SCORES = frozenset({"score", "totalscore", "分数", "得分", "总分"})
# ``2026/09/27 3:00:00 PM GMT+3`` and ``2025-12-5 下午12:10:19``.
_ITS_TIMES = re.compile(
    r"\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d\d:\d\d [AP]M GMT[+-]\d{1,2}(?::\d\d)?"
    r"|\d{4}[-/]\d{1,2}[-/]\d{1,2} ?[上下]午 ?\d{1,2}:\d\d:\d\d",
    re.ASCII,
)
_SCORE = re.compile(r"-?\d+(?:\.\d+)? */ *\d+(?:\.\d+)?|--", re.ASCII)


def recognise(file: str, sheet: SheetLike, head: Sequence[Row]) -> Export | None:
    """Return what ``sheet`` is, or ``None`` when its first column is no time stamp of Google's."""
    if not head:
        return None
    header, rows = head[0], head[1:]
    headers = headers_of(header)
    if 1 not in headers or len(headers) < 2 or not _stamped(headers[1], rows):
        return None
    owned = _owned(headers, rows)
    columns = [own(column, headers[column], what) for column, what in owned.items()]
    columns += _questions({column: text for column, text in headers.items() if column not in owned})
    dialect = Dialect(joins=(", ",), types_freely=True, month_first=month_first(rows, (1,), otherwise=False))
    return under_one_header(NAME, head, columns, dialect)


def _stamped(header: str, rows: Sequence[Row]) -> bool:
    if matching(header) in _STAMPS:
        return not values_below(rows, 1) or hold_times(rows, 1)
    stamps = [plain(raw_text(value)) for value in values_below(rows, 1)]
    return len(stamps) == len(rows) > 0 and all(map(_ITS_TIMES.fullmatch, stamps))


def _owned(headers: Mapping[int, str], rows: Sequence[Row]) -> dict[int, Own]:
    """Return the columns that Google adds: the time stamp, and mail address and score right behind it."""
    owned: dict[int, Own] = {1: "submitted"}
    for column in list(headers)[1:3]:
        texts = texts_below(rows, column)
        if matching(headers[column]) == "emailaddress" or (texts and all("@" in text for text in texts)):
            owned[column] = "contact"
        elif matching(headers[column]) in _SCORES and all(map(_SCORE.fullmatch, texts)):
            owned[column] = "other"
        else:
            break
    return owned


def _questions(headers: Mapping[int, str]) -> Iterator[ExportColumn]:
    """Yield the questions; ``Question [Row]`` is the row of a grid where another one has the same stem.

    Beside a column with the stem alone, brackets hold what a quiz derives from it.
    """
    whole = set(headers.values())
    found = {column: in_brackets(header) for column, header in headers.items()}
    rows = Counter(parts[0] for parts in found.values() if parts)
    for column, header in headers.items():
        parts = found[column]
        if parts and parts[0] in whole:
            yield own(column, header, "other")
        elif parts and rows[parts[0]] > 1:
            stem, row = parts
            names = part_wordings(stem, row, header)
            yield ExportColumn(column, header, names, question=stem, stems=wordings(stem), part=row)
        else:
            yield asked(column, header)
