"""Numbers in exports: scores, or positions of options, and who says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from drawing import both, small_study, workbook
from exports_cn import LEADING, SCALE, Mode, Rows, wenjuanxing, wenjuanxing_name, write_rows
from hypothesis import given
from hypothesis import strategies as st
from imports import imported as imported_table
from platform_imports import (
    ORDER,
    answers_of,
    expected,
    platform_study,
    read_rows,
    refusal,
    refused,
    warned,
    without_typed,
)

from survey.any_export import any_export
from survey.decisions import NumbersMean
from survey.draft_study import DraftedStudy, draft_study
from survey.language import LANGUAGES
from survey.layouts.export import Dialect, Numbers
from survey.positions import numbers_mean, positions_of
from survey.questions import BlankKind, Scale
from survey.workbook import read_workbook

DECIDED = f"columns:\n{ORDER}"


# -- what numbers on scales are -------------------------------------------------------------------


@given(st.integers(1, 9), st.integers(1, 10))
def test_positions_run_from_one_end_to_the_other(low: int, more: int) -> None:
    scale = Scale(ends=(low, low + more))
    up, down = positions_of(scale, "low-first"), positions_of(scale, "high-first")
    assert list(up) == list(down) == list(range(1, more + 2))
    assert (up[1], down[1]) == scale.ends
    # Turning the list round turns the codes round.
    assert all(int(up[n]) + int(down[n]) == sum(scale.ends) for n in up)


@pytest.mark.parametrize(
    ("numbers", "said", "remembered", "asked", "meant"),
    [
        ("codes", False, None, None, "codes"),
        ("codes", False, "high-first", None, "high-first"),  # a plain table, of which somebody said so
        ("ask", False, None, None, None),
        ("ask", False, "low-first", None, "low-first"),
        ("ask", False, "codes", "high-first", "high-first"),
        ("options", True, None, None, None),
        ("options", True, "high-first", None, "high-first"),
        ("options", True, "codes", None, None),  # earlier files held scores, this one does not
        ("codes", True, "high-first", None, "codes"),  # and the other way round
        ("codes", True, None, "low-first", "low-first"),
        ("options", True, None, "codes", "codes"),
    ],
)
def test_what_is_said_now_counts_first_then_the_file_then_what_was_said_before(
    numbers: Numbers, said: bool, remembered: Any, asked: Any, meant: str | None
) -> None:
    assert numbers_mean(Dialect(numbers=numbers, numbers_said=said), remembered, asked) == meant


@pytest.mark.parametrize("name", ["三季度.xlsx", wenjuanxing_name("options")])
def test_somebody_has_to_say_what_numbers_are(tmp_path: Path, name: str) -> None:
    rows = wenjuanxing("options", "B")
    [problem] = refusal(tmp_path / name, rows, mapping=DECIDED)
    asked = "import_numbers_unsaid" if name.startswith("三") else "import_positions_unsaid"
    assert (problem.code, problem.place.cell) == (asked, "G1")
    # The recommendation from 0 to 10 is none of these three.
    assert (problem.values["n"], problem.values["seen"]) == (3, "1, 2, 3, 5")
    for numbers in (
        get_args(NumbersMean)[1:] if "unsaid" not in asked or "positions" in asked else get_args(NumbersMean)
    ):
        assert f"--numbers {numbers}" in problem.message("zh")
        assert f"--numbers {numbers}" in problem.message("en")


def test_numbers_read_each_way(tmp_path: Path) -> None:
    rows = wenjuanxing("options", "B")
    found = {
        numbers: read_rows(tmp_path / "三季度.xlsx", rows, FREE, mapping=DECIDED, numbers=numbers)
        for numbers in get_args(NumbersMean)
    }
    # First row: the second, second and first option of five, and 9 of 0 to 10.
    assert found["codes"].responses.codes[0].tolist() == [2, 2, 1, 9]
    assert found["low-first"].responses.codes[0].tolist() == [2, 2, 1, 9]
    assert found["high-first"].responses.codes[0].tolist() == [4, 4, 5, 9]
    assert found["high-first"].report.changes["position"] == 11
    assert {n: f.decisions.numbers for n, f in found.items()} == {n: n for n in found}
    assert {n: f.report.numbers for n, f in found.items()} == {n: n for n in found}


FREE = platform_study(
    choice_questions=[
        {**question.model_dump(mode="json"), "asked_if": None}
        for question in platform_study().choice_questions
    ]
)


def test_what_was_said_once_holds_for_the_next_file(tmp_path: Path) -> None:
    rows = wenjuanxing("options", "B")
    mapping = f"numbers: high-first\n{DECIDED}"
    for name in ("三季度.xlsx", wenjuanxing_name("options")):
        found = read_rows(tmp_path / name, rows, mapping=mapping)
        assert answers_of(found.responses) == without_typed(expected())
    # A file that says itself that it holds scores, or texts, is not turned round by it.
    scores = read_rows(tmp_path / wenjuanxing_name("scores"), wenjuanxing("scores", "B"), mapping=mapping)
    assert answers_of(scores.responses) == without_typed(expected())
    assert scores.decisions.numbers == "high-first"
    texts = read_rows(tmp_path / wenjuanxing_name("text"), wenjuanxing("text", "B"), mapping=mapping)
    assert answers_of(texts.responses) == expected()


def test_scores_remembered_do_not_make_scores_of_positions(tmp_path: Path) -> None:
    name, rows = wenjuanxing_name("options"), wenjuanxing("options", "B")
    found = refused(tmp_path / name, rows, mapping=f"numbers: codes\n{DECIDED}")
    assert found == [("import_positions_unsaid", "G1", "error")]


# -- a multiple choice in one cell ----------------------------------------------------------------

_AGES, _CHANNELS = ("18-25岁", "26-40岁", "41岁以上"), ("电话", "短信", "微信")
_ASKED = [*LEADING, "1、总体满意度", "2、响应速度的满意度", "3、年龄段", "4、联系渠道"]


def _joined_export(mode: Mode, *, typed: bool = False, people: int = 120) -> Rows:
    """Return the same people as texts or as positions, best option first; a multiple choice in one cell."""
    rows: Rows = [list(_ASKED)]
    for n in range(people):
        scales, age, channels = ((n * 7) % 5, (n // 5) % 5), n % 3, ((0, 2), (1,), (0, 1, 2))[n // 2 % 3]
        leading = [n + 1, f"2026/09/03 12:{n % 60:02}:00", "30秒", "微信", "N/A", "113.90.1.2"]
        if mode == "text":
            told = [*(SCALE[at] for at in scales), _AGES[age], "┋".join(_CHANNELS[at] for at in channels)]
        else:
            numbers = [at + 1 for at in (*scales, age)]
            told = [*(map(str, numbers) if typed else numbers), "┋".join(str(at + 1) for at in channels)]
        rows.append([*leading, *told])
    return rows


def _drafted(path: Path, rows: Rows) -> DraftedStudy:
    book = read_workbook(write_rows(path, rows))
    sheet, export = any_export(book)
    return draft_study(export, [row for row in sheet.rows() if row.number >= export.first_row], book.file)


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize("named", [None, "options"])
def test_positions_joined_in_one_cell_are_asked_about(
    tmp_path: Path, named: Mode | None, typed: bool
) -> None:
    study = _drafted(tmp_path / "t.xlsx", _joined_export("text")).study
    wave = study.waves[0].id
    texts = read_rows(tmp_path / "t.xlsx", _joined_export("text"), study, wave=wave).responses
    path, rows = tmp_path / wenjuanxing_name(named, 120), _joined_export("options", typed=typed)
    asked = "import_numbers_unsaid" if named is None else "import_positions_unsaid"
    lists = [("import_options_unsaid", f"{column}1") for column in "IJ"]
    found = refusal(path, rows, study, wave=wave)
    assert [(problem.code, problem.place.cell) for problem in found] == [(asked, "G1"), *lists]
    # The scales are settled by one word, the lists of the form by a line each.
    found = refusal(path, rows, study, wave=wave, numbers="high-first")
    assert [(problem.code, problem.place.cell) for problem in found] == lists
    assert [problem.values["seen"] for problem in found] == ["1, 2, 3", "1, 2, 3"]
    ages = ", ".join(f'{n}: "{age}"' for n, age in enumerate(_AGES, 1))
    ids = [study.columns[-1].id, study.choice_questions[0].id]
    assert study.choice_questions[0].options[1].label.zh == "短信"
    mapping = (
        f"columns:\n- {{header: 3、年龄段, is: {ids[0]}, options: {{{ages}}}}}\n"
        f"- {{header: 4、联系渠道, is: {ids[1]}, options: {{1: 1, 2: 2, 3: 3}}}}"
    )
    read = read_rows(path, rows, study, wave=wave, numbers="high-first", mapping=mapping)
    assert read.responses.codes.tolist() == texts.codes.tolist()
    assert read.responses.columns[ids[0]] == texts.columns[ids[0]]
    assert read.responses.choices == texts.choices
    assert not [code for code, _ in warned(read) if "against" in code]


@pytest.mark.parametrize("named", [None, "options"])
def test_a_draft_from_positions_says_that_numbers_may_be_positions(
    tmp_path: Path, named: Mode | None
) -> None:
    draft = _drafted(tmp_path / wenjuanxing_name(named, 120), _joined_export("options"))
    [note] = [note for note in draft.confirm[""] if note.key == "numbers"]
    for language in LANGUAGES:
        assert all(f"--numbers {numbers}" in note.text(language) for numbers in get_args(NumbersMean))
    assert not draft.reads_numbers


def test_whoever_contradicts_the_file_is_warned(tmp_path: Path) -> None:
    texts = read_rows(tmp_path / "w.xlsx", wenjuanxing("text", "B"), numbers="high-first")
    assert warned(texts) == [("import_numbers_against_codes", None)]
    rows = wenjuanxing("options", "B")
    found = read_rows(tmp_path / wenjuanxing_name("options"), rows, FREE, mapping=DECIDED, numbers="codes")
    assert warned(found)[0] == ("import_numbers_against_positions", None)


def test_a_position_that_the_list_does_not_have_is_a_problem(tmp_path: Path) -> None:
    rows = wenjuanxing("options", "B")
    rows[1][10] = 6
    options = {"mapping": DECIDED, "numbers": "high-first"}
    [problem] = refusal(tmp_path / "w.xlsx", rows, **options)
    assert (problem.code, problem.place.cell, problem.values["n"]) == ("import_not_a_position", "K2", 5)
    rows[1][10] = 0
    assert refused(tmp_path / "w.xlsx", rows, **options) == [("import_not_a_position", "K2", "error")]


def test_a_reversed_item_is_read_like_any_other(tmp_path: Path) -> None:
    # Reversal is scored later; which option stood first is all that matters here.
    items = [{"id": "a", "text": both("外观")}, {"id": "b", "text": both("功能"), "reversed": True}]
    study = small_study(*items)
    rows: Rows = [[*LEADING, "1、外观", "2、功能"], [1, *[None] * 5, 1, 2], [2, *[None] * 5, 5, 4]]
    found = read_rows(tmp_path / "w.xlsx", rows, study, numbers="high-first")
    assert found.responses.codes.tolist() == [[5, 4], [1, 2]]


def test_blanks_of_the_platform_are_no_positions(tmp_path: Path) -> None:
    rows: Rows = [[*LEADING, "1、Q1", "2、Q2"], [1, *[None] * 5, -3, -2], [2, *[None] * 5, 1, "1"]]
    found = read_rows(tmp_path / "w.xlsx", rows, small_study("Q1", "Q2"), numbers="high-first")
    assert found.responses.codes.tolist() == [[BlankKind.NOT_ASKED, BlankKind.BLANK], [5, 5]]
    # A study that declares -3 itself knows better.
    scales = {"five": {"ends": [1, 5], "blanks": {-3: {"kind": "refused"}}}}
    found = read_rows(tmp_path / "w.xlsx", rows, small_study("Q1", "Q2", scales=scales), numbers="codes")
    assert found.responses.codes[0].tolist() == [BlankKind.REFUSED, BlankKind.BLANK]


# -- lists without ends ---------------------------------------------------------------------------

TIER = {
    "id": "tier",
    "label": both("等级", "Tier"),
    "kind": "category",
    "categories": [
        {"value": "2", "label": both("战略", "Key")},
        {"value": "1", "label": both("其他", "Rest")},
    ],
}
LISTS = small_study(
    {"id": "fault", "scale": "yes_no", "text": both("有故障吗", "Any faults?")},
    "Q1",
    columns=[TIER, {"id": "renewed", "label": both("续约", "Renewed"), "kind": "flag"}],
)
LISTED: Rows = [
    [*LEADING, "1、有故障吗", "2、Q1", "3、等级", "4、续约"],
    [1, *[None] * 5, 1, 2, 1, 2],
    [2, *[None] * 5, 2, 5, 2, 1],
]


def test_lists_without_ends_are_asked_about_one_by_one(tmp_path: Path) -> None:
    # Yes stands before no whichever end satisfaction begins with; 1 is neither true nor the category 1.
    found = refusal(tmp_path / "w.xlsx", LISTED, LISTS, numbers="high-first")
    assert [(p.code, p.place.cell) for p in found] == [
        *(("import_options_unsaid", cell) for cell in ("G1", "I1", "J1")),
    ]
    lines = [problem.values["line"] for problem in found]
    filled = [
        line.replace("{1: …, 2: …}", meant)
        for line, meant in zip(lines, ("{1: 1, 2: 2}", "{1: 2, 2: 1}", "{1: true, 2: false}"), strict=True)
    ]
    mapping = "columns:\n" + "\n".join(filled)
    answers = read_rows(tmp_path / "w.xlsx", LISTED, LISTS, numbers="high-first", mapping=mapping).responses
    assert answers.codes.tolist() == [[1, 4], [2, 1]]
    assert answers.columns == {"tier": ("2", "1"), "renewed": (False, True)}


def test_what_was_typed_beside_a_position_goes_with_it(tmp_path: Path) -> None:
    categories = [
        {"value": "a", "label": both("门店", "Shop")},
        {"value": "b", "label": both("其他", "Other"), "open": True},
    ]
    place = {"id": "place", "label": both("地点", "Place"), "kind": "category", "categories": categories}
    rows: Rows = [[*LEADING, "1、Q1", "2、地点"], [1, *[None] * 5, 1, "2〖展会〗"], [2, *[None] * 5, 2, 1]]
    study = small_study("Q1", columns=[place])
    [problem] = refusal(tmp_path / "w.xlsx", rows, study, numbers="codes")
    assert (problem.code, problem.values["seen"]) == ("import_options_unsaid", "1, 2")
    mapping = "columns:\n- {header: 2、地点, is: place, options: {1: a, 2: b}}"
    answers = read_rows(tmp_path / "w.xlsx", rows, study, numbers="codes", mapping=mapping).responses
    assert (answers.columns["place"], answers.comments["place"]) == (("b", "a"), ("展会", ""))
    rows[1][-1] = "1〖展会〗"
    found = refused(tmp_path / "w.xlsx", rows, study, numbers="codes", mapping=mapping)
    assert found == [("import_option_typed", "H2", "error")]


def test_a_position_that_nobody_listed_is_a_problem(tmp_path: Path) -> None:
    mapping = (
        "columns:\n- {header: 1、有故障吗, is: fault, options: {1: 1}}\n"
        "- {header: 3、等级, is: tier, options: {1: 2}}\n"
        "- {header: 4、续约, is: renewed, options: {2: false}}"
    )
    assert refused(tmp_path / "w.xlsx", LISTED, LISTS, numbers="high-first", mapping=mapping) == [
        ("import_not_a_position", "G3", "error"),
        ("import_position_unlisted", "I3", "error"),
        ("import_position_unlisted", "J3", "error"),
    ]


def test_in_a_file_of_texts_numbers_are_texts(tmp_path: Path) -> None:
    name = wenjuanxing_name("text", 2)
    rows = [row[:] for row in LISTED]
    for row in rows[1:]:
        row[6] = "是"
        row[9] = "否"
    answers = read_rows(tmp_path / name, rows, LISTS).responses
    assert answers.columns["tier"] == ("1", "2")


def test_a_plain_table_holds_codes_unless_somebody_says_otherwise(tmp_path: Path) -> None:
    path = workbook(tmp_path, "Q1 fault\n1 1\n5 2")
    study = small_study("Q1", {"id": "fault", "scale": "yes_no"})
    assert imported_table(path, study).responses.codes.tolist() == [[1, 1], [5, 2]]
    with pytest.raises(Exception, match="positions of options of fault"):
        imported_table(path, study, numbers="high-first")
    alone = small_study("Q1", "fault")
    assert imported_table(path, alone, numbers="high-first").responses.codes.tolist() == [[5, 5], [1, 4]]
