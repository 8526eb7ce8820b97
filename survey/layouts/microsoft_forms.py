"""Microsoft Forms: running number, two times, mail and name, then one column for each question.

Headers are translated, so the five columns are known by what stands in them; the English ones serve
where nobody has answered yet. Rows of a Likert question come without their stem. A question asked again
has a digit behind its text, which is left there: a text may end in a digit by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from survey.cells import Row
from survey.layouts.export import Dialect, Export, ExportColumn, SheetLike
from survey.layouts.headers import (
    Own,
    asked,
    headers_of,
    hold_times,
    month_first,
    own,
    texts_below,
    under_one_header,
    values_below,
)
from survey.wording import matching

NAME = "microsoft_forms"

_OWN: tuple[Own, ...] = ("respondent", "started", "submitted", "contact", "contact")
_HEADERS = (
    ("id", "starttime", "completiontime", "email", "name"),
    ("id", "开始时间", "完成时间", "电子邮件", "名称"),
    ("id", "开始时间", "完成时间", "电子邮件", "姓名"),
)
# Where nobody was asked to sign in, every cell says so in one word.
_MORE: Mapping[str, Own] = dict.fromkeys(
    (
        "totalpoints",
        "quizfeedback",
        "lastmodifiedtime",
        "language",
        "总分",
        "测验反馈",
        "上次修改时间",
        "语言",
    ),
    "other",
)
_MARK = " - "


def recognise(file: str, sheet: SheetLike, head: Sequence[Row]) -> Export | None:
    """Return what ``sheet`` is, or ``None`` when its first five columns are not those of Microsoft Forms."""
    if not head:
        return None
    header, rows = head[0], head[1:]
    headers = headers_of(header)
    known = tuple(matching(headers.get(column, "")) for column in range(1, 6)) in _HEADERS
    if list(headers)[:5] != [1, 2, 3, 4, 5] or len(headers) < 6 or not _fits(rows, known):
        return None
    owned: dict[int, Own] = dict(enumerate(_OWN, 1)) | _more(headers, rows)
    columns = [
        own(column, text, owned[column]) if column in owned else asked(column, text)
        for column, text in headers.items()
    ]
    dialect = Dialect(
        joins=(";",),
        ranks=(";",),
        types_freely=True,
        # In a workbook times are stored as such; only a text file writes them, month first.
        month_first=month_first(rows, (2, 3), otherwise=True),
    )
    return under_one_header(NAME, head, _without_derived(columns), dialect)


def _fits(rows: Sequence[Row], known: bool) -> bool:
    """Return whether numbers, times, mails and names stand in the first five columns."""
    if not rows:
        return known
    numbers, mails, names = (texts_below(rows, column) for column in (1, 4, 5))
    return (
        len(set(numbers)) == len(rows)
        and all(number.isdecimal() for number in numbers)
        and len(values_below(rows, 2)) == len(values_below(rows, 3)) == len(rows)
        and hold_times(rows, 2)
        and hold_times(rows, 3)
        and (known or bool(mails))
        and _are_mails(mails)
        and not any(name.isdecimal() for name in names)
    )


def _are_mails(texts: Sequence[str]) -> bool:
    """Return whether all texts are addresses, but for one word that says there is none."""
    words = {text for text in texts if "@" not in text}
    return len(words) < 2 and not any(character.isdecimal() for word in words for character in word)


def _more(headers: Mapping[int, str], rows: Sequence[Row]) -> dict[int, Own]:
    """Return the further columns of the platform, which stand between the five and the questions."""
    more: dict[int, Own] = {}
    for column in list(headers)[5:]:
        form = matching(headers[column])
        if form not in _MORE and not hold_times(rows, column):
            break
        more[column] = "other"
    return more


def _without_derived(columns: Sequence[ExportColumn]) -> tuple[ExportColumn, ...]:
    """Return the columns with points and feedback of a quiz marked: ``Points - Q`` right behind ``Q``."""
    marked: list[ExportColumn] = []
    question = ""
    for column in columns:
        if question and column.header.endswith(_MARK + question):
            marked.append(own(column.column, column.header, "other"))
            continue
        marked.append(column)
        question = column.header if column.role == "question" else ""
    return tuple(marked)
