"""What a number in an export of 问卷星 is: a score, the position of an option, or a question to somebody."""

from __future__ import annotations

import pytest
from exports_cn import LEADING, PEOPLE, Mode, Rows, known, wenjuanxing, wenjuanxing_name

from survey.errors import Place
from survey.layouts.export import rows_differ

NO_REASON = [person for person in PEOPLE if not person.reasons]
ONLY_NUMBERS: Rows = [[*LEADING, "1、满意度", "2、推荐"], [1, *[None] * 5, 2, 9], [2, *[None] * 5, "1", "0"]]
ONLY_WORDS: Rows = [[*LEADING, "1、满意度"], [1, *[None] * 5, "满意"], [2, *[None] * 5, "满意"]]
FRACTIONS: Rows = [[*LEADING, "1、满意度"], [1, *[None] * 5, 2.5]]
TYPED_ONCE: Rows = [
    [*LEADING, "1、满意度", "2、建议"],
    [1, *[None] * 5, 2, "满意"],
    [2, *[None] * 5, 1, "满意"],
]


def joined(*cells: str, scale: tuple[int | str, ...] = (2, 1)) -> Rows:
    """Return rows with a scale and a multiple choice whose options stand in one cell."""
    rows = [
        [n, *[None] * 5, score, cell] for n, (score, cell) in enumerate(zip(scale, cells, strict=True), 1)
    ]
    return [[*LEADING, "1、满意度", "2、渠道"], *rows]


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize(
    ("mode", "numbers"), [("text", "codes"), ("scores", "codes"), ("options", "options")]
)
def test_name_and_values_agree(mode: Mode, numbers: str, old: bool) -> None:
    export = known(wenjuanxing(mode, "B"), wenjuanxing_name(mode, old=old))
    assert (export.dialect.numbers, export.rows) == (numbers, len(PEOPLE))


@pytest.mark.parametrize(
    ("rows", "named", "numbers"),
    [
        (wenjuanxing("scores"), None, "ask"),
        (wenjuanxing("options"), None, "ask"),
        (wenjuanxing("text"), None, "codes"),  # ┋ stands in texts alone
        (wenjuanxing("text"), "options", "codes"),
        (wenjuanxing("options"), "text", "ask"),  # no file of texts has columns of 0 and 1
        (wenjuanxing("text", people=NO_REASON), "text", "codes"),
        (ONLY_NUMBERS, None, "ask"),
        (ONLY_NUMBERS, "text", "codes"),
        (ONLY_NUMBERS, "scores", "codes"),
        (ONLY_NUMBERS, "options", "options"),
        (ONLY_WORDS, None, "codes"),
        (ONLY_WORDS, "options", "codes"),
        (FRACTIONS, "scores", "codes"),
        (FRACTIONS, "options", "ask"),  # no option has number 2.5
        (TYPED_ONCE, None, "ask"),  # a file of numbers may hold what people typed
        (joined("1┋3", "2"), None, "ask"),
        (joined("1┋3", "2"), "options", "options"),
        (joined("1┋3", "2"), "text", "ask"),  # no file of texts joins numbers
        (joined("1┋3", "2"), "scores", "codes"),
        (joined("1┋3", "2", scale=("2", "1")), None, "ask"),  # digits stored as text are digits
        (joined(" １ ┋ ３ ", "2"), None, "ask"),
        (joined("1→3", "3→1"), None, "ask"),
        (joined("1,3", "2"), "options", "options"),
        (joined("1┋3〖排队〗", "3〖人多〗"), None, "ask"),
        (joined("2〖排队〗", "1", scale=("2〖慢〗", "1")), "options", "options"),
        (joined("1┋3", "价格┋网络"), "options", "options"),  # somebody typed the mark
        (joined("电话┋短信", "短信"), None, "codes"),
        (joined("电话", "其他〖微信〗"), "options", "codes"),
        (joined("〖微信〗", "┋"), None, "ask"),  # no option stands there
        ([[*LEADING, "1、满意度"]], "options", "codes"),
        ([[*LEADING, "1、满意度"], [1, *[None] * 5, -3]], "options", "codes"),
        ([[*LEADING, "1、电话"], [1, *[None] * 5, 13800000000]], None, "codes"),
    ],
)
def test_positions_of_options_are_never_taken_for_scores(
    rows: Rows, named: Mode | None, numbers: str
) -> None:
    assert known(rows, wenjuanxing_name(named)).dialect.numbers == numbers


@pytest.mark.parametrize(
    ("file", "rows", "numbers"),
    [
        ("副本331954276_按序号_满意度调查_470_469.xlsx", 469, "options"),
        ("331954276_按分数_满意度_2026_3_2 (1).csv", 2, "codes"),
        ("满意度_12_12_2.xls", 12, "options"),
        ("满意度_12_12_1 - 副本.xlsx", 12, "codes"),
        ("按序号.xlsx", None, "ask"),
        ("满意度_2.xls", None, "ask"),
        ("", None, "ask"),
    ],
)
def test_names_of_files(file: str, rows: int | None, numbers: str) -> None:
    export = known(ONLY_NUMBERS, file)
    assert (export.rows, export.dialect.numbers) == (rows, numbers)


def test_a_file_with_another_number_of_rows_than_its_name_says_is_noted() -> None:
    export, place = known(wenjuanxing(), wenjuanxing_name("text", 469)), Place("f.xlsx", sheet="Sheet1")
    problem = rows_differ(export, place, 468)
    assert problem is not None
    assert (problem.severity, problem.values) == ("warning", {"named": 469, "found": 468})
    assert "469" in problem.line("zh")
    assert "468" in problem.line("en")
    assert rows_differ(export, place, 469) is None
    assert rows_differ(known(wenjuanxing()), place, 3) is None
