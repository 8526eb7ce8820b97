"""What a column is: options that stand twice or nowhere, texts without a home, sheets like others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from drawing import both, build, c, row, sheet, small_study, text, workbook
from exports_cn import LEADING, TENCENT_BEFORE, Rows
from exports_form_tools import kobo, kobo_repeats, odk_repeats
from imports import imported, placed, warnings
from platform_imports import read_rows, refused, warned

from survey.errors import ImportProblems
from survey.importing import ImportOptions, read_answers
from survey.questions import BlankKind
from survey.study import Study
from survey.workbook import read_workbook

_LEAVE = ImportOptions(leave_out=True)


def choosing(*items: str, open_: bool = True, **parts: Any) -> Study:
    options = [
        {"code": 1, "label": both("价格", "Price")},
        {"code": 2, "label": both("网络", "Network")},
        {"code": 3, "label": both("其他", "Other"), "open": open_},
    ]
    why = {"id": "why", "text": both("为何", "Why?"), "label": both("原因", "Reasons"), "options": options}
    return small_study(*(items or ("Q1",)), choice_questions=[why], **parts)


# -- options --------------------------------------------------------------------------------------


def test_options_in_columns_of_a_plain_table(tmp_path: Path) -> None:
    study = choosing()
    found = imported(
        workbook(tmp_path, "Q1 why/1 why/2 why/3 why/3/text\n5 1 0 1 排队\n4 0 0 0 ~\n3 ~ ~ ~ ~"), study
    )
    assert found.responses.choices["why"] == ((1, 3), (), BlankKind.BLANK)
    assert found.responses.comments["why"] == ("排队", "", "")
    headed = imported(workbook(tmp_path, "Q1 为何(价格) 为何[网络] Why?:Other\n5 1 0 1"), study)
    assert headed.responses.choices["why"] == ((1, 3),)


def test_two_columns_for_one_option_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, "Q1 why/1 why/2 why/3 为何(价格)\n5 1 0 0 0")
    assert placed(path, choosing()) == [("import_column_twice", "E1")]
    rows: Rows = [[*TENCENT_BEFORE, "1.Q1", *(f"2.为何:{o}" for o in ("价格", "网络", "其他", "价格 "))]]
    rows.append([1, "2026/9/3 12:00:00", "2026/9/3 12:01:00", 60, 5, "价格", None, None, None])
    found = refused(tmp_path / "1.xlsx", rows, choosing())
    assert found == [("import_column_twice_export", "I1", "error")]


def test_options_without_a_column_are_said(tmp_path: Path) -> None:
    path = workbook(tmp_path, "Q1 why/1 why/2\n5 1 0")
    assert warnings(path, choosing()) == [("import_options_absent", "B1")]
    # Where one cell holds the whole answer nothing is missing.
    path = workbook(tmp_path, "Q1 why\n5 价格")
    assert warnings(path, choosing()) == []


def test_a_whole_answer_and_its_options_must_agree(tmp_path: Path) -> None:
    picture = "Q1 why why/1 why/2 why/3\n5 价格;其他 1 0 1\n4 网络 0 1 0"
    found = imported(workbook(tmp_path, picture), choosing())
    assert found.responses.choices["why"] == ((1, 3), (2,))
    assert [column.column for column in found.report.columns] == ["A", "B", "C", "D", "E"]
    path = workbook(tmp_path, picture.replace("0 1 0", "1 1 0"))
    assert placed(path, choosing()) == [("import_choice_columns_differ", "B3")]


def test_what_is_typed_where_the_study_keeps_no_text_is_refused(tmp_path: Path) -> None:
    closed = choosing(open_=False)
    path = workbook(tmp_path, "Q1 why/1 why/2 why/3 why/3/text\n5 1 0 1 排队")
    assert placed(path, closed) == [("import_option_typed", "E2")]
    tier = {"id": "tier", "label": both("等级"), "kind": "category", "optional": True}
    tier["categories"] = [{"value": "A", "label": both("甲")}, {"value": "B", "label": both("乙")}]
    study = small_study("Q1", columns=[tier])
    rows: Rows = [[*TENCENT_BEFORE, "1.Q1", "2.等级", "2.等级[选项填空]"]]
    rows.append([1, "2026/9/3 12:00:00", "2026/9/3 12:01:00", 60, 5, "甲", "很高"])
    assert refused(tmp_path / "1.xlsx", rows, study) == [("import_option_typed", "G2", "error")]
    tier["categories"][0]["open"] = True
    found = read_rows(tmp_path / "1.xlsx", rows, small_study("Q1", columns=[tier]))
    assert found.responses.columns["tier"] == ("A",)
    assert found.responses.comments["tier"] == ("很高",)


def test_options_of_a_question_are_no_items_of_the_same_name(tmp_path: Path) -> None:
    # Of the first rows none has chosen anything, so that the columns could be a matrix too.
    study = small_study(
        {"id": "Q1"},
        {"id": "price", "text": both("价格", "Price")},
        scales={"five": {"ends": [0, 10]}},
        choice_questions=[{**choosing().choice_questions[0].model_dump(mode="json"), "aliases": ["第2题"]}],
    )
    header = [*LEADING, "1、Q1", "2、(价格)", "2、(网络)", "2、(其他)", "3、价格"]
    rows: Rows = [header, *([n, *[None] * 5, 5, -3, -3, -3, 7] for n in range(1, 55))]
    rows.append([55, *[None] * 5, 5, 1, 0, 0, 7])
    found = read_rows(tmp_path / "三季度.xlsx", rows, study, numbers="codes")
    assert found.responses.codes[:, 1].tolist() == [7] * 55
    assert found.responses.choices["why"][-1] == (1,)


# -- plain tables ---------------------------------------------------------------------------------


def test_a_plain_table_may_have_the_platforms_own_columns(tmp_path: Path) -> None:
    rows = [
        row(1, text("A1", "开始时间"), text("B1", "提交时间"), text("C1", "Q1"), text("D1", "Q2")),
        row(2, text("A2", "2026/9/3 12:00:00"), text("B2", "2026/9/3 12:01:30"), c("C2", 5), c("D2", 4)),
        row(3, text("A3", "昨天"), text("B3", "2026-09-03T12:01:30"), c("C3", 5), c("D3", 4)),
    ]
    path = build(tmp_path / "w.xlsx", sheet=sheet(*rows))
    found = imported(path, small_study("Q1", "Q2"))
    assert found.report.layout == "plain"
    assert found.responses.paradata == {
        "submitted": ("2026-09-03T12:01:30", "2026-09-03T12:01:30"),
        "seconds": (90.0, None),
    }
    assert [(w.code, w.values["n"]) for w in found.report.warnings] == [("import_paradata_unread", 1)]
    # What was read beside the answers is named.
    assert found.report.paradata == {"started": "开始时间", "submitted": "提交时间"}
    assert "Read about each answer besides: when it was begun “开始时间”" in found.report.lines("en")[1]


def test_a_column_that_the_study_names_is_its_own_first(tmp_path: Path) -> None:
    opened = {"id": "since", "label": both("开始时间", "Customer since"), "kind": "date"}
    path = workbook(tmp_path, "开始时间 Q1\n2020-01-01 5")
    found = imported(path, small_study("Q1", columns=[opened]))
    assert found.responses.columns == {"since": ("2020-01-01",)}
    # How long a contract runs is no time that it took to answer.
    path = workbook(tmp_path, "Duration Q1 Q2\n24 5 4")
    assert imported(path, small_study("Q1", "Q2")).responses.paradata == {}
    assert warnings(path, small_study("Q1", "Q2")) == [("import_column_left_out", "A1")]


# -- sheets ---------------------------------------------------------------------------------------


def _two(path: Path, first: Rows, second: Rows) -> Path:
    book = openpyxl.Workbook()
    for name, rows in (("main", first), ("repeats", second)):
        page = book.create_sheet(name)
        for line in rows:
            page.append(line)
    del book["Sheet"]
    book.save(path)
    return path


def test_a_sheet_of_repeats_is_said_not_to_be_read(tmp_path: Path) -> None:
    study = small_study({"id": "N1"}, "N2")
    found = read_answers(
        read_workbook(_two(tmp_path / "k.xlsx", kobo(), kobo_repeats())), study, "w1", _LEAVE
    )
    assert found.responses.codes.tolist() == [[5, 4], [5, 4]]
    assert "layout_repeats" in [code for code, _ in warned(found)]


@pytest.mark.parametrize("rows", [kobo_repeats(), odk_repeats()])
def test_a_file_of_repeats_alone_is_refused_as_such(tmp_path: Path, rows: Rows) -> None:
    with pytest.raises(ImportProblems) as caught:
        read_rows(tmp_path / "r.xlsx", rows)
    assert [(p.code, p.severity) for p in caught.value.problems] == [("layout_repeats", "error")]


def test_a_layout_may_be_named_or_denied(tmp_path: Path) -> None:
    rows: Rows = [[*LEADING, "1、Q1满意度"], [7, *[None] * 5, 5]]
    study = small_study("Q1")
    found = read_rows(tmp_path / "w.xlsx", rows, study, layout="plain")
    assert (found.report.layout, found.responses.respondents) == ("plain", ("2",))
    with pytest.raises(ImportProblems, match="No sheet has the structure of a “kobo” export"):
        read_rows(tmp_path / "w.xlsx", rows, study, layout="kobo")
