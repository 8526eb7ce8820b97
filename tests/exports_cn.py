"""Exports of 问卷星 and 腾讯问卷 drawn by code: the answers of a few people in every form there is.

``wenjuanxing("options", "B")`` and its kin return rows of cells, the header first, ``None`` for a blank;
``write_rows`` makes a workbook or a text file of them. The people are the same in every form, so what is
read from one form can be compared with what is read from another.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from drawing import build, c, row, sheet, text

from survey.cells import CellValue, Row, address
from survey.layouts import recognised
from survey.layouts.export import Export, ExportColumn

Cell = str | int | float | None
Rows = list[list[Cell]]
Mode = Literal["text", "scores", "options"]
Variant = Literal["A", "B", "C", "D", "E"]

# Best first, as questionnaires often list them: position 1 is the score 5.
SCALE = ("非常满意", "比较满意", "一般", "比较不满意", "非常不满意")
REASONS = ("价格", "网络", "其他【请注明】")
ROWS = ("外观", "功能")
LEADING = ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP")
MODE_NAMES: dict[Mode, tuple[str, str]] = {
    "text": ("文本", "0"),
    "scores": ("分数", "1"),
    "options": ("序号", "2"),
}


@dataclass(frozen=True)
class Person:
    """What one person answered: positions in ``SCALE`` and ``REASONS`` from 1; ``None`` is no answer."""

    overall: int | None
    reasons: tuple[int, ...]
    rows: tuple[int | None, int | None]
    order: tuple[int, ...]
    recommend: int | None
    typed: str = ""
    remark: str = ""


PEOPLE = (
    Person(2, (1, 3), (2, 1), (2, 1, 3), 9, typed="排队", remark="无"),
    Person(1, (2,), (1, 1), (1, 2, 3), 10),
    Person(5, (1, 2), (4, 5), (3, 2, 1), 0, remark="请尽快改进"),
    Person(3, (), (3, None), (1, 3, 2), 7),
)

# Header of a scale, of one option, of the first and of a further row of a matrix, of a blank to fill in.
_HEADERS: dict[Variant, tuple[str, str, str, str, str]] = {
    "A": ("{n}、{stem} ", "第{n}题({part})", "第{n}题({part})", "第{n}题({part})", "{n}：{stem}"),
    "B": ("{n}、{stem}", "{n}、({part})", "{n}、({part})", "{n}、({part})", "{n}、{stem}"),
    "C": ("{n}. {stem}", "{n}({part})", "{n}、{stem}—{part}", "{n}、{part}", "{n}. {stem}"),
    "D": ("{n}、{stem}", "{n} ({part})", "{n}、{stem}：—{part}：", "{n}、{part}：", "{n}、{stem}："),
    "E": ("{n}. {stem}：", "{n}、({part})", "{n}.{stem}—{part}", "{n}.{part}", "{stem}"),
}


def wenjuanxing(
    mode: Mode = "text",
    variant: Variant = "A",
    *,
    people: Sequence[Person] = PEOPLE,
    leading: Sequence[str] = LEADING,
    empty: Sequence[str] = (),
    parameter: str | None = None,
) -> Rows:
    """Return an export of 问卷星.

    ``leading`` are its leading columns, of which ``empty`` hold nothing; ``parameter`` is the name of a
    hidden question that stands in the middle and holds a link parameter.
    """
    plain, option, first, further, open_ = _HEADERS[variant]
    reasons = [option.format(n=2, part=part) for part in REASONS]
    if variant == "C":
        reasons[0] = "2. 不满意的原因？（）(价格)"
    header = [
        *leading,
        plain.format(n=1, stem="总体满意度"),
        *(reasons if mode != "text" else [plain.format(n=2, stem="不满意的原因")]),
        *([parameter] if parameter else []),
        first.format(n=3, stem="请评价以下各项", part=ROWS[0]),
        further.format(n=3, stem="请评价以下各项", part=ROWS[1]),
        plain.format(n=4, stem="请排序"),
        plain.format(n=5, stem="推荐可能性（0-10分）"),
        open_.format(n=6, stem="您的建议（可选）"),
    ]
    rows: Rows = [list(header)]
    for n, person in enumerate(people, 1):
        meta: dict[str, Cell] = {
            "序号": n,
            "用户ID": f"u{n:04}",
            "提交答卷时间": f"2026/09/03 12:{n:02}:00",
            "所用时间": f"{30 + n}秒",
            "来源": "微信",
            "来源详情": "N/A",
            "来自IP": "113.90.1.2(广东-深圳)",
            "总分": 60 + n,
        }
        answers = _text_answers(person) if mode == "text" else _number_answers(person, mode)
        if parameter:
            answers.insert(len(answers) - 5, f"p{n}")
        rows.append([None if name in empty else meta[name] for name in leading] + answers)
    return rows


def _text_answers(person: Person) -> list[Cell]:
    chosen = [REASONS[n - 1] + (f"〖{person.typed}〗" if n == 3 else "") for n in person.reasons]
    return [
        person.overall and SCALE[person.overall - 1],
        "┋".join(chosen) or "(跳过)",
        *(n and SCALE[n - 1] for n in person.rows),
        "→".join(REASONS[n - 1] for n in person.order),
        person.recommend,
        person.remark or "(空)",
    ]


def _number_answers(person: Person, mode: Mode) -> list[Cell]:
    codes = {n: 6 - n if mode == "scores" else n for n in range(1, 6)}
    return [
        -2 if person.overall is None else codes[person.overall],
        *(int(n in person.reasons) if person.reasons else -3 for n in range(1, 4)),
        *(-2 if n is None else codes[n] for n in person.rows),
        ",".join(map(str, person.order)),
        person.recommend,
        person.remark or None,
    ]


def wenjuanxing_name(
    mode: Mode | None, rows: int = len(PEOPLE), *, old: bool = False, kind: str = "xlsx"
) -> str:
    """Return the name the platform gives a file; ``None`` is one that somebody renamed."""
    if mode is None:
        return f"三季度.{kind}"
    new_name, old_name = MODE_NAMES[mode]
    if old:
        return f"满意度调查_{rows}_{rows}_{old_name}.{kind}"
    return f"331954276_按{new_name}_满意度调查_{rows + 1}_{rows}.{kind}"


def blanks_to_fill() -> Rows:
    """Return an export of 问卷星 with several blanks in one question, and irregular headers around it."""
    questions = ("1. 您的年龄段：", "您的姓名", "2、收货地址：—收货人姓名：", "2、所在地区：", "2、详细地址:")
    return [[*LEADING, *questions], [1, None, None, None, None, None, "30-39", "王", "李", "广东", "一路"]]


TENCENT_BEFORE = ("编号", "开始答题时间", "结束答题时间", "答题时长")
TENCENT_PLACES = ("地理位置国家和地区", "地理位置省", "地理位置市")
TENCENT_BEHIND = (
    *(
        "语言",
        "清洗数据结果",
        "智能清洗数据无效概率",
        *TENCENT_PLACES,
        "用户类型",
        "用户标识",
        "昵称",
        "自定义字段",
    ),
    *("IP", "UA", "Referrer", "中奖时间", "中奖金额", "审核状态"),
)
_LINE = "____{fillblank-345b}"
TENCENT_QUESTIONS = (
    "1.您对服务满意吗？",
    "1.您对服务满意吗？[选项填空]",
    "2.不满意的原因？:价格",
    "2.不满意的原因？:网络",
    f"2.不满意的原因？:其他{_LINE}",
    f"2.不满意的原因？:其他{_LINE}[选项填空]",
    *(f"3.请评价以下各项:{part}" for part in ROWS),
    *(f"4.请排序:{part}" for part in ("价格", "网络", "其他")),
    "5.推荐可能性",
    "6.你来自于：_填空1",
    "6.你来自于：_填空2",
    "7.建议(60字以内)",
)


def tencent(
    *,
    since_2024: bool = True,
    people: Sequence[Person] = PEOPLE,
    rejected: Sequence[int] = (),
    letters: bool = True,
) -> Rows:
    """Return an export of 腾讯问卷; ``rejected`` are numbers of answers that the platform marked invalid."""
    before = TENCENT_BEFORE if since_2024 else (*TENCENT_BEFORE, *TENCENT_PLACES, "自定义字段")
    behind = TENCENT_BEHIND if since_2024 else ()
    rows: Rows = [[*before, *TENCENT_QUESTIONS, *behind, None]]
    for n, person in enumerate(people, 1):
        day = "2026/9/3" if since_2024 else "03-Sep-2026"
        meta: dict[str, Cell] = {
            "编号": str(n),
            "开始答题时间": f"{day} 12:{n:02}:00",
            "结束答题时间": f"{day} 12:{n:02}:{10 + n}",
            "答题时长": str(10 + n),
            "语言": "简体中文",
            "清洗数据结果": "系统判定无效" if n in rejected else "有效",
            "智能清洗数据无效概率": "0.1",
            "昵称": "小王",
            "IP": "192.0.2.7",
            **dict.fromkeys(TENCENT_PLACES, "中国"),
        }
        answers = _tencent_answers(person, letters)
        rows.append(
            [*(meta.get(name) for name in before), *answers, *(meta.get(name) for name in behind), None]
        )
    return rows


def _tencent_answers(person: Person, letters: bool) -> list[Cell]:
    def option(n: int | None, words: Sequence[str]) -> str | None:
        return None if n is None else (f"{'ABCDE'[n - 1]}." if letters else "") + words[n - 1]

    reasons = ("价格", "网络", f"其他{_LINE}")
    return [
        option(person.overall, SCALE),
        None,
        *(option(n, reasons) if n in person.reasons else None for n in range(1, 4)),
        person.typed or None,
        *(option(n, SCALE) for n in person.rows),
        *(str(person.order.index(n) + 1) for n in range(1, 4)),
        None if person.recommend is None else str(person.recommend),
        "广东",
        "深圳",
        person.remark or None,
    ]


class Named:
    """A sheet that has a name and nothing else."""

    name = "Sheet1"


def head_of(rows: Rows) -> list[Row]:
    """Return rows as a reader gives them: blank cells are absent, and so are blank rows."""
    filled: list[dict[int, CellValue]] = [
        {n: cell for n, cell in enumerate(cells, 1) if cell is not None} for cells in rows
    ]
    return [Row(n, False, cells) for n, cells in enumerate(filled, 1) if cells]


def known(rows: Rows, file: str = "wave.xlsx") -> Export:
    """Return what the one layout that knows a sheet says of it."""
    (export,) = recognised(file, Named(), head_of(rows))
    return export


def questions(export: Export) -> list[ExportColumn]:
    """Return the columns that hold answers."""
    return [column for column in export.columns if column.role == "question"]


def write_rows(path: Path, rows: Rows, *, encoding: str = "utf-8-sig") -> Path:
    """Write rows as a workbook, or as a text file with every field quoted when ``path`` ends in ``.csv``."""
    if path.suffix == ".csv":
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(rows)
        return path
    drawn = []
    for n, cells in enumerate(rows, 1):
        places = ((address(n, column), cell) for column, cell in enumerate(cells, 1) if cell is not None)
        drawn.append(
            row(n, *(text(at, cell) if isinstance(cell, str) else c(at, cell) for at, cell in places))
        )
    return build(path, sheet=sheet(*drawn))
