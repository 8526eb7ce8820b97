"""Exports of 腾讯问卷 (Tencent): four leading columns, then questions and what the platform adds to them.

Until 2021 or so the platform's further columns stood before the questions, later behind them; both are known
by their names, so their place does not matter. Options of one question, rows of one matrix and things ranked
each have a column headed ``21.题干？:选项``; the last column has no header and is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from survey.cells import Row, raw_text
from survey.layouts.export import (
    Dialect,
    Export,
    ExportColumn,
    Meta,
    Role,
    RowState,
    SheetLike,
    without_labels,
)
from survey.layouts.question_headers import neat
from survey.wording import matching

NAME = "tencent"

_SIGNATURE: Mapping[str, Meta] = {
    "编号": "respondent",
    "开始答题时间": "started",
    "结束答题时间": "submitted",
    "答题时长": "seconds",
}
_FURTHER: Mapping[str, Meta | None] = {
    "清洗数据结果": "status",
    "自定义字段": "source",
    **dict.fromkeys(("昵称", "IP")),
    **dict.fromkeys(("语言", "智能清洗数据无效概率", "用户类型", "用户标识", "UA", "Referrer"), "other"),
    **dict.fromkeys(("地理位置国家和地区", "地理位置省", "地理位置市"), "other"),
    **dict.fromkeys(("中奖时间", "中奖金额", "审核状态"), "other"),
}
_REJECTED: Mapping[str, RowState] = {matching("无效"): "invalid"}
_META: Mapping[str, Meta | None] = {**_SIGNATURE, **_FURTHER}

# Unlike elsewhere a digit may follow: the platform numbers every question, ``4.5G网络`` is number 4.
_NUMBER = re.compile(r"(\d{1,3})\. ?", re.ASCII)
_TYPED = "[选项填空]"
_LINE = r"_*\{fillblank-[^{}]*\}"
_BLANK = re.compile(r"(.*)_(填空\d{1,3})", re.ASCII)
_DIALECT = Dialect(option_text=True, marks=rf"^[A-Z]\.|{_LINE}")


@dataclass(frozen=True, slots=True)
class _Asked:
    """The header of a question: what stands behind the number, without the marks of typed text."""

    column: int
    header: str
    number: int | None
    text: str
    typed: bool


def recognise(file: str, sheet: SheetLike, head: Sequence[Row]) -> Export | None:
    """Return the export on ``sheet``: number, start, end and duration together name it.

    Rejected answers are marked, never left out: they are those whose 清洗数据结果 contains 无效.
    """
    for at, row in enumerate(head):
        headers = {column: raw_text(value) for column, value in sorted(row.cells.items())}
        if _SIGNATURE.keys() <= set(map(neat, headers.values())):
            columns = _columns({column: header for column, header in headers.items() if neat(header)})
            columns = without_labels(columns, _options(columns, head[at + 1 :]))
            status = {column.column for column in columns if column.meta == "status"}
            within = dict.fromkeys(status, _REJECTED)
            return Export(NAME, (row.number,), row.number + 1, columns, _DIALECT, states_within=within)
    return None


def _options(columns: Sequence[ExportColumn], rows: Sequence[Row]) -> set[str]:
    """Return the questions whose columns hold their own option and nothing else."""
    found: dict[str, set[bool]] = {}
    for column in columns:
        if column.question is not None and column.part is not None and not column.typed:
            cells = (row.cells.get(column.column) for row in rows)
            texts = (_DIALECT.unmarked(raw_text(cell)) for cell in cells if cell is not None)
            same = found.setdefault(column.question, set())
            same |= {matching(text) == matching(column.part) for text in texts if text}
    return {question for question, same in found.items() if same == {True}}


def _columns(headers: dict[int, str]) -> tuple[ExportColumn, ...]:
    columns: list[ExportColumn] = []
    asked: list[_Asked] = []
    known: set[str] = set()
    for column, header in headers.items():
        name = neat(header)
        if name in known or name not in _META:
            asked.append(_asked(column, header))
            continue
        known.add(name)
        role: Role = "meta" if _META[name] else "contact"
        columns.append(ExportColumn(column, header, (name,), role=role, meta=_META[name]))
    for number, group in groupby(asked, key=lambda header: header.number):
        run = list(group)
        columns += _question(run) if number is not None else map(_single, run)
    repeated = Counter(column.key for column in columns)
    columns = [column if repeated[column.key] == 1 else replace(column, key=None) for column in columns]
    return tuple(sorted(columns, key=lambda column: column.column))


def _asked(column: int, header: str) -> _Asked:
    name = neat(header)
    found = _NUMBER.match(name)
    text = name[found.end() :] if found else name
    number = int(found[1]) if found else None
    typed = text.endswith(_TYPED)
    text = re.sub(_LINE, "", text.removesuffix(_TYPED)).strip()
    return _Asked(column, header, number, text, typed)


def _question(run: list[_Asked]) -> list[ExportColumn]:
    """Return the columns of neighbours that have one number."""
    texts = list(dict.fromkeys(header.text for header in run))
    blanks = [_BLANK.fullmatch(text) for text in texts]
    first = blanks[0]
    if first and all(blank and blank[1] == first[1] for blank in blanks):
        return [_part(header, first[1], header.text[first.end(1) + 1 :]) for header in run]
    cut = _last_common_colon(texts)
    if cut is None:
        return [_single(header) for header in run]
    return [_part(header, header.text[:cut].strip(), header.text[cut + 1 :].strip()) for header in run]


def _last_common_colon(texts: list[str]) -> int | None:
    """Return where the last colon up to which all of several texts are the same stands."""
    colons = [at for at, character in enumerate(texts[0]) if character == ":"] if len(texts) > 1 else []
    common = (at for at in reversed(colons) if all(text.startswith(texts[0][: at + 1]) for text in texts))
    return next(common, None)


def _part(header: _Asked, stem: str, part: str) -> ExportColumn:
    """Return a part of a question, or what was typed beside it."""
    question = f"Q{header.number}"
    own = [] if header.typed or _BLANK.fullmatch(header.text) else [part]
    names = dict.fromkeys([*own, header.text + _TYPED * header.typed, neat(header.header)])
    return ExportColumn(
        header.column,
        header.header,
        tuple(name for name in names if name),
        f"{question}({part})" + _TYPED * header.typed,
        question=question,
        stems=tuple(filter(None, (stem,))),
        part=part,
        typed=header.typed,
    )


def _single(header: _Asked) -> ExportColumn:
    """Return a question of its own, or what was typed beside whichever of its options was chosen."""
    names = tuple(filter(None, dict.fromkeys((header.text + _TYPED * header.typed, neat(header.header)))))
    column = ExportColumn(header.column, header.header, names)
    if header.number is None:
        return column
    # A number alone becomes another question's when one is put in before it.
    column = replace(column, key=f"Q{header.number}({header.text})" + _TYPED * header.typed)
    if not header.typed:
        return column
    return replace(
        column, question=f"Q{header.number}", stems=tuple(filter(None, (header.text,))), typed=True
    )
