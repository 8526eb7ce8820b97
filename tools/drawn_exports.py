"""Files of answers that the sessions of the documents import, drawn anew each time they are replayed.

One small invented service survey in the form in which a reader's platform would export it: 问卷星 for the
Chinese documents, Qualtrics for the English ones. The people are the same in both and in every quarter's
file they answer by rule, not by chance, so that the figures shown never move.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

Cell = str | int | None
PEOPLE = 48
_QUALTRICS = (
    *(("StartDate", "startDate"), ("EndDate", "endDate"), ("Status", "status"), ("Finished", "finished")),
    *(("ResponseId", "_recordId"), ("RecipientEmail", "recipientEmail")),
)
_FAULTY_ROWS = 60
_HURRIED = (10, 11)
_FAULTS: Mapping[str, Cell | date] = {
    "L5": 11,
    "M6": "7.5",
    "N7": "满易",
    "O8": "9分",
    "P9": date(2026, 1, 2),
    "Q10": "#N/A",
    "R13": "=1+1",
    "C14": "广东省分公司",
    "F15": "约5年",
    "G16": -3,
    "K17": 0,
    "I18": "可能",
    "Y20": 8,
    "S40": "非常满意（3）",
    "B41": 110101199003074514,
    "A42": None,
    "AP3": "Q31 便宜一成时，贵单位是否继续使用我们的服务？",
}


@dataclass(frozen=True)
class Words:
    """The survey in one language; lists run from the best answer to the worst, as on the screen."""

    overall: str
    reworded: str
    rate: str
    rows: tuple[str, ...]
    why: str
    reasons: tuple[str, ...]
    recommend: str
    remark: str
    scale: tuple[str, ...]
    remarks: tuple[str, ...]


ZH = Words(
    overall="您对我们的服务总体满意吗？",
    reworded="您对我们的服务总体是否满意？",
    rate="请评价以下各项",
    rows=("服务态度", "响应速度", "资费透明"),
    why="不满意的原因？",
    reasons=("等待太久", "没有解决", "说不清楚"),
    recommend="您有多大可能推荐我们（0-10分）",
    remark="您的建议",
    scale=("非常满意", "比较满意", "一般", "比较不满意", "非常不满意"),
    remarks=("请在{n}天内回电", "第{n}页账单看不懂"),
)
EN = Words(
    overall="How satisfied are you with our service overall?",
    reworded="How satisfied were you with the service overall?",
    rate="Please rate:",
    rows=("Courtesy of staff", "Speed of response", "Clear prices"),
    why="What went wrong?",
    reasons=("Waited too long", "Not solved", "Not explained"),
    recommend="How likely are you to recommend us?",
    remark="Anything else?",
    scale=(
        "Very satisfied",
        "Satisfied",
        "Neither satisfied nor dissatisfied",
        "Dissatisfied",
        "Very dissatisfied",
    ),
    remarks=("Please call back within {n} days", "I cannot read page {n} of the bill"),
)


@dataclass(frozen=True)
class Person:
    """Positions in the lists of answers, from 1; ``likely`` is a number from 0 to 10."""

    number: int
    overall: int
    rows: tuple[int, int, int]
    reasons: tuple[int, ...]
    likely: int


def people(shift: int) -> list[Person]:
    """Return who answered; another ``shift`` is another quarter."""
    found = []
    for n in range(1, PEOPLE + 1):
        mood = (n * 7 + shift) % 11
        overall = (1, 1, 2, 2, 2, 3, 1, 2, 4, 1, 5)[mood]
        rows = tuple(min(5, max(1, overall + (n * step + shift) % 3 - 1)) for step in (1, 2, 5))
        reasons = tuple(sorted({1 + n % 3, 1 + (n * 2) % 3})) if overall > 2 else ()
        found.append(Person(n, overall, (rows[0], rows[1], rows[2]), reasons, 11 - 2 * overall - n % 2))
    return found


def service_export(folder: Path, language: str, *, month: int, numbers: bool) -> Path:
    """Write a quarter of the survey as the platform of the reader exports it.

    With ``numbers`` answers are positions in the lists of options, and the first question is reworded.
    """
    draw = _wenjuanxing if language == "zh" else _qualtrics
    return draw(folder, people(month), month, numbers=numbers)


def _wenjuanxing(folder: Path, asked: Sequence[Person], month: int, *, numbers: bool) -> Path:
    words, form = ZH, "按序号" if numbers else "按文本"
    header: list[Cell] = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
    header += [f"1、{words.reworded if numbers else words.overall}", f"2、{words.rate}—{words.rows[0]}"]
    header += [f"2、{row}" for row in words.rows[1:]]
    first, *further = words.reasons
    ticked = [f"3、{words.why}({first})", *(f"3、({reason})" for reason in further)]
    header += [*(ticked if numbers else [f"3、{words.why}"]), f"4、{words.recommend}", f"5、{words.remark}"]
    rows: list[list[Cell]] = [header]
    for person in asked:
        when = f"2026/{month}/{1 + person.number % 27} 10:{person.number:02}:00"
        own: list[Cell] = [
            person.number,
            when,
            f"{95 + person.number}秒",
            "微信",
            "N/A",
            "192.0.2.7(广东-深圳)",
        ]
        rows.append([*own, *_answers(person, words, numbers=numbers, joined=True)])
    path = folder / f"331954276_{form}_服务满意度_{len(asked)}_{len(asked)}.xlsx"
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def _qualtrics(folder: Path, asked: Sequence[Person], month: int, *, numbers: bool) -> Path:
    words = EN
    heads: list[tuple[str, str, dict[str, str]]] = [
        *((name, name, {"ImportId": key}) for name, key in _QUALTRICS),
        ("Q1", words.reworded if numbers else words.overall, {"ImportId": "QID1"}),
    ]
    for n, row in enumerate(words.rows, 1):
        heads.append((f"Q2_{n}", f"{words.rate} - {row}", {"ImportId": f"QID2_{n}"}))
    for n, reason in enumerate(words.reasons, 1):
        heads.append((f"Q3_{n}", f"{words.why} - {reason}", {"ImportId": "QID3", "choiceId": str(n)}))
    heads += [("Q4", words.recommend, {"ImportId": "QID4"}), ("Q5", words.remark, {"ImportId": "QID5_TEXT"})]
    names, texts, keys = zip(*heads, strict=True)
    rows: list[list[Cell]] = [list(names), list(texts), [json.dumps(key) for key in keys]]
    for person in asked:
        when = f"2026-{month:02}-{1 + person.number % 27:02} 10:{person.number:02}"
        own: list[Cell] = [f"{when}:00", f"{when}:45", *(("0", "1") if numbers else ("IP Address", "True"))]
        own += [f"R_{month}x{person.number:03}", None]
        rows.append([*own, *_answers(person, words, numbers=numbers, joined=False)])
    path = folder / ("service-values.csv" if numbers else "service-texts.csv")
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def _answers(person: Person, words: Words, *, numbers: bool, joined: bool) -> list[Cell]:
    """Return the answers of a person; several options stand joined in one cell, or in a column each."""
    picked = [words.reasons[n - 1] for n in person.reasons]
    reasons: list[Cell]
    if joined and not numbers:
        reasons = ["┋".join(picked) or "(跳过)"]
    elif joined:
        reasons = [int(reason in picked) if picked else -3 for reason in words.reasons]
    else:
        reasons = [(1 if numbers else reason) if reason in picked else None for reason in words.reasons]
    chosen = [person.overall, *person.rows]
    scores: list[Cell] = [n if numbers else words.scale[n - 1] for n in chosen]
    remark = words.remarks[person.number % 2].format(n=person.number)
    blank = "(空)" if joined else None
    return [*scores, *reasons, person.likely, remark if person.overall > 3 else blank]


# -- a workbook with faults ------------------------------------------------------------------------


def faulty(path: Path, sample: Path) -> None:
    """Write the first rows of the sample's quarter with a fault of every kind, each in a row of its own."""
    book = load_workbook(sample)
    sheet = _answers_of(book)
    sheet.delete_rows(_FAULTY_ROWS + 1, sheet.max_row)
    for place, value in _FAULTS.items():
        sheet[place].value = value
        sheet[place].number_format = "yyyy-mm-dd" if isinstance(value, date) else "General"
    sheet["A12"].value = sheet["A11"].value
    book.save(path)


def hurried(path: Path, sample: Path) -> None:
    """Write the first rows of a quarter with the time each took; two people gave one answer in a minute."""
    book = load_workbook(sample)
    sheet = _answers_of(book)
    sheet.delete_rows(_FAULTY_ROWS + 1, sheet.max_row)
    seconds = sheet.max_column + 1
    sheet.cell(3, seconds).value = "所用时间"
    for row in range(4, _FAULTY_ROWS + 1):
        sheet.cell(row, seconds).value = 60 if row in _HURRIED else 300 + row
    for row in _HURRIED:
        for cell in sheet[row][11 : seconds - 1]:
            cell.value = 8 if cell.value in range(3, 11) else cell.value
    book.save(path)


def put_right(path: Path, sample: Path, only: str | None = None) -> None:
    """Write what the sample holds back over the faults of a workbook, or over one of them."""
    book, right = load_workbook(path), _answers_of(load_workbook(sample))
    for place in [only] if only else [*_FAULTS, "A12"]:
        cell = _answers_of(book)[place]
        cell.value, cell.number_format = right[place].value, right[place].number_format
    book.save(path)


def _answers_of(book: Workbook) -> Any:
    return max(book.worksheets, key=lambda sheet: sheet.max_row)
