"""Exports of 问卷星 (Wenjuanxing): running number, times, source and address, then the questions.

Any of the leading columns may be empty in every row. The platform writes the same answers in three ways, and
only two of them can be scored: see ``number_reading``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from survey.cells import CellValue, Row, raw_text
from survey.layouts.export import (
    Dialect,
    Export,
    ExportColumn,
    Meta,
    Numbers,
    Role,
    SheetLike,
    without_labels,
)
from survey.layouts.question_headers import QuestionHeader, neat, read_headers
from survey.questions import BlankName
from survey.wording import number_in, plain

NAME = "wenjuanxing"

_SIGNATURE: Mapping[str, Meta | None] = {
    "序号": "respondent",
    "提交答卷时间": "submitted",
    "所用时间": "seconds",
    "来源": "source",
    "来源详情": "source",
    "来自IP": None,
}
# 用户ID names a person, not the answer: 序号 is the key, and a study that wants the person names the column.
_FURTHER: Mapping[str, Meta] = {"总分": "other", "用户ID": "other"}
_KNOWN: Mapping[str, Meta | None] = {**_SIGNATURE, **_FURTHER}
_ENOUGH = 5

_BLANKS: Mapping[str, BlankName] = {"(跳过)": "not_asked", "(空)": "blank"}
_BLANK_CODES: Mapping[int, BlankName] = {-3: "not_asked", -2: "blank"}
_DIALECT = Dialect(joins=("┋",), ranks=("→",), typed=("〖", "〗"), blanks=_BLANKS)
# Of numbers; an option's text may hold a comma, and -3 be what somebody typed.
_NUMBERED = replace(_DIALECT, ranks=("→", ","), blank_codes=_BLANK_CODES)

Mode = Literal["text", "scores", "options"]
_MODES: tuple[Mode, ...] = ("text", "scores", "options")
_NEW_MODES: Mapping[str, Mode] = {"文本": "text", "分数": "scores", "序号": "options"}
_COPY = r"(?:\s*[(（]\d+[)）]|\s*-\s*副本)*\.\w+$"
_NEW_NAME = re.compile(r"_按(文本|分数|序号)_")
_NEW_COUNT = re.compile(rf"_\d{{1,7}}_(\d{{1,7}}){_COPY}", re.ASCII)
_OLD_NAME = re.compile(rf"_\d{{1,7}}_(\d{{1,7}})_([012]){_COPY}", re.ASCII)
_TYPED = re.compile("〖[^〖〗]*〗")
_LARGEST = 999  # options and scores have few digits; what has more is a phone number, a year, an amount


@dataclass(frozen=True, slots=True)
class NameHint:
    """What the name of a file says: how answers are written, and how many there are."""

    mode: Mode | None = None
    rows: int | None = None


def recognise(file: str, sheet: SheetLike, head: Sequence[Row]) -> Export | None:
    """Return the export on ``sheet``: five of the six columns that every export begins with name it."""
    for at, row in enumerate(head):
        headers = {column: raw_text(value) for column, value in sorted(row.cells.items())}
        if len(_SIGNATURE.keys() & set(map(neat, headers.values()))) >= _ENOUGH:
            columns = _columns({column: header for column, header in headers.items() if neat(header)})
            hint, rows = name_hint(file), head[at + 1 :]
            dialect = _dialect(hint.mode, columns, rows)
            columns = without_labels(columns, _ticked(columns, rows))
            return Export(NAME, (row.number,), row.number + 1, columns, dialect, rows=hint.rows)
    return None


def name_hint(file: str) -> NameHint:
    """Return what the name of a file says, which is ``…_按文本_…_469_469.xlsx`` or once ``…_469_469_0.xls``.

    >>> name_hint("副本331954276_按序号_满意度调查_470_469.xlsx"), name_hint("满意度_12_12_2.xls")
    (NameHint(mode='options', rows=469), NameHint(mode='options', rows=12))
    """
    new, old = _NEW_NAME.search(file), _OLD_NAME.search(file)
    if new:
        count = _NEW_COUNT.search(file)
        return NameHint(_NEW_MODES[new[1]], int(count[1]) if count else None)
    return NameHint(_MODES[int(old[2])], int(old[1])) if old else NameHint()


# -- columns --------------------------------------------------------------------------------------


def _columns(headers: dict[int, str]) -> tuple[ExportColumn, ...]:
    columns: list[ExportColumn] = []
    known: set[str] = set()
    asked: dict[int, str] = {}
    for column, header in headers.items():
        name = neat(header)
        if name in known or name not in _KNOWN:
            asked[column] = header
            continue
        known.add(name)
        role: Role = "meta" if _KNOWN[name] else "contact"
        columns.append(ExportColumn(column, header, (name,), role=role, meta=_KNOWN[name]))
    columns += _questions(asked)
    return tuple(sorted(columns, key=lambda column: column.column))


def _questions(headers: dict[int, str]) -> list[ExportColumn]:
    read = read_headers(list(headers.values()))
    keys = [_key(header) for header in read]
    repeated = Counter(keys)
    runs: dict[int | None, list[int]] = {}
    columns = []
    for column, header, key in zip(headers, read, keys, strict=True):
        asked = ExportColumn(column, headers[column], _names(header), key if repeated[key] == 1 else None)
        if header.part is not None:
            earlier = runs.setdefault(header.number, [])
            earlier += [] if header.run in earlier else [header.run]
            question = f"Q{header.number}" + (f"/{len(earlier)}" if len(earlier) > 1 else "")
            # Only what a study wrote itself: its own Q7 need not be question 7 of the platform.
            stems = tuple(stem for stem in (header.stem, f"第{header.number}题") if stem)
            asked = replace(asked, question=question, stems=stems, part=header.part)
        columns.append(asked)
    return columns


def _key(header: QuestionHeader) -> str | None:
    """Return number and text: a number alone becomes another question's when one is put in before it."""
    text = header.text if header.part is None else header.part
    return f"Q{header.number}({text})" if header.number is not None and text else None


def _names(header: QuestionHeader) -> tuple[str, ...]:
    if header.part is None:
        names = [header.text, header.header]
    else:
        together = [f"{header.stem}—{header.part}", f"{header.stem}({header.part})"] if header.stem else []
        names = [header.part, *together, header.header]
    return tuple(dict.fromkeys(name for name in names if name))


# -- numbers --------------------------------------------------------------------------------------


def _dialect(mode: Mode | None, columns: Sequence[ExportColumn], rows: Sequence[Row]) -> Dialect:
    """Return how answers are written. A choice has no score, so every file of numbers holds its position."""
    numbers = number_reading(mode, columns, rows)
    if _holds_texts(columns, rows):
        return replace(_DIALECT, numbers=numbers, numbers_said=True)
    texts = mode == "text" and numbers == "codes"
    said = texts or mode == "scores" or (mode == "options" and numbers == "options")
    return replace(_NUMBERED, numbers=numbers, numbers_said=said, positions=not texts)


def number_reading(mode: Mode | None, columns: Sequence[ExportColumn], rows: Sequence[Row]) -> Numbers:
    """Return what a number in the cell of a scale is: ``mode`` is what the file name says, if anything.

    The platform exports option texts, scores, or positions of options. Positions must never be taken for
    scores, because a list from 非常满意 to 非常不满意 is numbered from 1 too. The first of these holds:

    1. no column of a question holds small whole or decimal numbers alone: there is nothing to ask, ``codes``;
    2. wordings of options joined by ``┋``, or with a text in ``〖〗`` behind one: such a file holds texts, so
       a number in it (a recommendation from 0 to 10, a slider) is what the questionnaire shows, ``codes``.
       Numbers written like that (``1┋3``, ``3〖排队〗``) are positions, and a file with any holds no texts;
    3. the name says texts: ``codes``, unless numbers are joined, or options of one question stand in columns
       of 0 and 1, which no file of texts has;
    4. the name says scores: ``codes``; no number can contradict it;
    5. the name says positions and all numbers are whole and not negative: ``options``;
    6. otherwise somebody has to say: ``ask``.

    Texts that stand alone prove nothing, because a file of numbers holds what people typed. Codes of blanks
    are no numbers here.
    """
    answers = [_answers(column.column, rows) for column in columns if column.role == "question"]
    numbers = [number for cells in answers for number in _numbers(cells)]
    if not numbers or _holds_texts(columns, rows):
        return "codes"
    if mode == "text":
        return "ask" if _ticked(columns, rows) or any(_marked(columns, rows)) else "codes"
    if mode == "scores":
        return "codes"
    if mode == "options" and all(number >= 0 and number == int(number) for number in numbers):
        return "options"
    return "ask"


def _holds_texts(columns: Sequence[ExportColumn], rows: Sequence[Row]) -> bool:
    marked = list(_marked(columns, rows))
    return bool(marked) and not any(marked)


def _marked(columns: Sequence[ExportColumn], rows: Sequence[Row]) -> Iterator[bool]:
    """Yield of every cell with ``┋`` or ``〖〗`` whether a number stands there for an option."""
    asked = [column.column for column in columns if column.role == "question"]
    for cell in (row.cells.get(column) for column in asked for row in rows):
        if not isinstance(cell, str) or not ("┋" in cell or _TYPED.search(cell)):
            continue
        options = [option for piece in _TYPED.sub("", cell).split("┋") if (option := plain(piece))]
        if options:
            yield any(number_in(option) is not None for option in options)


def _answers(column: int, rows: Sequence[Row]) -> list[CellValue]:
    cells = (row.cells.get(column) for row in rows)
    return [cell for cell in cells if cell is not None and raw_text(cell).strip() not in ("", *_BLANKS)]


def _numbers(cells: Sequence[CellValue]) -> list[float]:
    """Return the numbers of a column that holds nothing but small numbers, and else none."""
    numbers = []
    for cell in cells:
        number = number_in(plain(_TYPED.sub("", cell))) if isinstance(cell, str) else cell
        if isinstance(number, bool) or not isinstance(number, (int, float)) or abs(number) > _LARGEST:
            return []
        if number not in _BLANK_CODES:
            numbers.append(float(number))
    return numbers


def _ticked(columns: Sequence[ExportColumn], rows: Sequence[Row]) -> set[str]:
    """Return the questions that have several columns which hold 0 and 1 and nothing else."""
    found: dict[str, list[list[float]]] = {}
    for column in columns:
        if column.question is not None:
            found.setdefault(column.question, []).append(_numbers(_answers(column.column, rows)))
    return {
        question
        for question, parts in found.items()
        if len(parts) > 1 and all(parts) and {number for part in parts for number in part} == {0.0, 1.0}
    }
