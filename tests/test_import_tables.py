"""Which sheet, which row and which columns of a workbook hold the answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawing import (
    KEYED,
    both,
    build,
    c,
    drawn_rows,
    row,
    sheet,
    small_study,
    text,
    two_sheets,
    workbook,
)
from imports import KEYED_Q1, Q1, Q1_Q2, codes, imported, placed, problems, warnings

from survey.errors import ImportProblems
from survey.importing import read_responses
from survey.workbook import read_workbook


@pytest.mark.parametrize(
    "header",
    [
        "Q1",
        "q1",
        "Q1满意度",
        "Q1_satisfaction",
        "您对Q1满意吗",
        "B3._How_satisfied_are_you_with_Q1?",
        "网速",
        "12、网速",
    ],
)
def test_an_item_is_found_by_id_wording_label_or_alias(tmp_path: Path, header: str) -> None:
    study = small_study({"id": "Q1", "aliases": ["网速"]}, **KEYED)
    assert codes(workbook(tmp_path, f"编号 {header}\na 4"), study) == [[4]]


def test_a_question_number_is_no_id(tmp_path: Path) -> None:
    study = small_study({"id": "Q1"}, {"id": "Q2", "aliases": ["网速"]})
    assert codes(workbook(tmp_path, "Q1_网速 Q1\n4 5"), study) == [[5, 4]]


def test_the_header_may_stand_below_titles(tmp_path: Path) -> None:
    path = workbook(tmp_path, "2026年三季度客户满意度调查\n填表说明：1–5_分\nid Q1\nx 5")
    result = imported(path, KEYED_Q1)
    assert (result.report.header_row, result.responses.respondents) == (3, ("x",))


def test_wordings_over_ids_are_one_header(tmp_path: Path) -> None:
    assert codes(workbook(tmp_path, "Q1满意度 Q2满意度\nQ1 Q2\n5 4"), Q1_Q2) == [[5, 4]]


def test_a_header_row_may_be_named(tmp_path: Path) -> None:
    path = workbook(tmp_path, "Q1 Q2\n5 4\nQ1 Q2\n3 2")
    assert codes(path, Q1_Q2, header_row=3) == [[3, 2]]
    assert placed(path, Q1_Q2, header_row=2) == [("import_header_row_wrong", None)]
    assert placed(path, Q1_Q2, header_row=9) == [("import_header_row_wrong", None)]


def test_merged_headers_hold_for_their_whole_range(tmp_path: Path) -> None:
    rows = [
        row(1, text("A1", "id"), text("B1", "Service")),
        row(2, text("B2", "Q1"), text("C2", "Q2")),
        row(3, text("A3", "x"), c("B3", 5), c("C3", 4)),
    ]
    post = '<mergeCells count="2"><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells>'
    result = imported(
        build(tmp_path / "m.xlsx", sheet=sheet(*rows, post=post)), small_study("Q1", "Q2", **KEYED)
    )
    assert result.responses.respondents == ("x",)
    assert result.responses.codes.tolist() == [[5, 4]]
    assert result.report.warnings == ()


def test_empty_columns_and_rows_around_the_table_do_not_matter(tmp_path: Path) -> None:
    path = build(
        tmp_path / "e.xlsx", sheet=sheet(row(3, text("B3", "Q1")), row(4, c("B4", 5)), row(6, c("B6", 9)))
    )
    assert placed(path) == [("import_out_of_range", "B6")]


def test_the_same_header_twice_is_refused(tmp_path: Path) -> None:
    [problem] = problems(workbook(tmp_path, "Q1 Q1\n5 4"))
    assert (problem.code, problem.place.cell, problem.values["first"]) == ("import_column_twice", "B1", "A")


def test_a_header_that_names_two_items_is_refused(tmp_path: Path) -> None:
    study = small_study({"id": "Q1", "aliases": ["网速"]}, {"id": "Q2", "aliases": ["网速"]})
    assert placed(workbook(tmp_path, "Q1 Q2 网速\n5 4 3"), study) == [("import_header_ambiguous", "C1")]


def test_missing_columns_are_refused_and_a_near_miss_is_shown(tmp_path: Path) -> None:
    study = small_study("Q1", "Q2", {"id": "network", "text": both("您对网络质量满意吗", "Network quality?")})
    [problem] = problems(workbook(tmp_path, "Q1 Q2 网络质量您满意吗\n5 4 3"), study)
    assert (problem.code, problem.values["column"]) == ("import_column_missing_near", "C")
    assert placed(workbook(tmp_path, "Q1 Q2满意度\n5 4"), small_study("Q1", "Q2", "Q3")) == [
        ("import_column_missing", None)
    ]


def test_columns_outside_the_study_are_left_out_and_said(tmp_path: Path) -> None:
    path = workbook(tmp_path, "编号 联系电话 E-mail 备注2 Q1\n7 13800000000 a@b.c x 5")
    result = imported(path, KEYED_Q1)
    assert [(out.column, out.contact) for out in result.report.left_out] == [
        ("B", True),
        ("C", True),
        ("D", False),
    ]
    assert "13800000000" not in str(result.responses)
    assert warnings(path, KEYED_Q1) == [
        ("import_contact_left_out", "B1"),
        ("import_contact_left_out", "C1"),
        ("import_column_left_out", "D1"),
    ]


def test_a_blank_header_over_data_is_named_by_its_letter(tmp_path: Path) -> None:
    path = workbook(tmp_path, "Q1 ~ Q2\n5 9 4\n5 8 4")
    assert warnings(path, Q1_Q2) == [("import_unnamed_column", "B2")]
    assert codes(path, Q1_Q2) == [[5, 4], [5, 4]]


def test_a_cell_far_away_is_named_and_left_out(tmp_path: Path) -> None:
    path = build(
        tmp_path / "far.xlsx",
        sheet=sheet(row(1, text("A1", "Q1")), row(2, c("A2", 5)), row(1048576, c("XFD1048576", 2))),
    )
    assert warnings(path) == [("import_stray_cell", "XFD1048576")]
    assert imported(path).report.rows == 1


def test_a_header_without_answers_is_refused(tmp_path: Path) -> None:
    assert placed(workbook(tmp_path, "Q1 Q2"), Q1_Q2) == [("import_no_rows", None)]
    assert placed(workbook(tmp_path, "id Q1\nx ~\ny ~"), KEYED_Q1) == [("import_no_rows", None)]


def test_a_file_that_has_nothing_to_do_with_the_study_is_refused(tmp_path: Path) -> None:
    assert placed(workbook(tmp_path, "a b\n5 4")) == [("import_no_header", None)]


def test_an_unknown_wave_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportProblems, match="no wave “w9”"):
        read_responses(read_workbook(workbook(tmp_path, "Q1\n5")), Q1, "w9")


def test_rows_reconcile(tmp_path: Path) -> None:
    rows = [row(1, text("A1", "id"), text("B1", "Q1")), row(2, text("A2", "x"), c("B2", 5))]
    rows += [row(5, text("A5", "y")), row(6, text("A6", "z"), c("B6", 4))]
    path = build(tmp_path / "r.xlsx", sheet=sheet(*rows))
    report = imported(path, KEYED_Q1).report
    assert (report.rows, report.imported, report.empty_rows, report.without_answers) == (5, 2, 2, (5,))
    assert report.reconciles
    assert ("import_row_without_answers", "A5") in warnings(path, KEYED_Q1)


def test_two_sheets_that_fit_are_refused_and_one_can_be_named(tmp_path: Path) -> None:
    path = two_sheets(tmp_path, "Q1 Q2\n5 4", "Q1 Q2\n1 2")
    [problem] = problems(path, Q1_Q2)
    assert (problem.code, problem.values["sheets"]) == (
        "import_two_sheets",
        {"zh": "“S1”、“S2”", "en": "“S1”, “S2”"},
    )
    assert codes(path, Q1_Q2, sheet="S2") == [[1, 2]]
    assert placed(path, Q1_Q2, sheet="S3") == [("import_sheet_unknown", None)]


@pytest.mark.parametrize(
    "note",
    ["说明\nQ1 您对Q1满意吗？ 1–5\nQ2 您对Q2满意吗？ 1–5", "Q1 Q2", "Q1 其他\n3 4", "x\ny"],
)
def test_a_note_sheet_does_not_disturb(tmp_path: Path, note: str) -> None:
    for pictures in (("Q1 Q2\n5 4", note), (note, "Q1 Q2\n5 4")):
        assert codes(two_sheets(tmp_path, *pictures), Q1_Q2) == [[5, 4]]


def test_a_sheet_that_nearly_fits_is_said_not_to_be_read(tmp_path: Path) -> None:
    path = two_sheets(tmp_path, "Q1 Q2 Q3\n5 4 3", "Q1 Q2\n1 2")
    assert warnings(path, small_study("Q1", "Q2", "Q3")) == [("import_sheet_alike", None)]


def test_hidden_sheets_are_not_merged_in(tmp_path: Path) -> None:
    assert codes(two_sheets(tmp_path, "Q1 Q2\n5 4", "Q1 Q2\n1 2", state="hidden"), Q1_Q2) == [[5, 4]]
    only = two_sheets(tmp_path, "x", "Q1 Q2\n1 2", state="hidden")
    assert placed(only, Q1_Q2) == [("import_only_hidden", None)]
    assert codes(only, Q1_Q2, sheet="S2") == [[1, 2]]


def test_hidden_rows_are_imported_and_counted(tmp_path: Path) -> None:
    rows = [row(1, text("A1", "Q1")), row(2, c("A2", 1)), row(3, c("A3", 2), attrs='hidden="1"')]
    path = build(tmp_path / "h.xlsx", sheet=sheet(*rows))
    assert codes(path) == [[1], [2]]
    assert warnings(path) == [("import_hidden_rows", None)]


def test_merged_cells_among_the_answers_are_reported(tmp_path: Path) -> None:
    rows = drawn_rows("Q1 Q2\n5 4\n~ 3")
    post = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    path = build(tmp_path / "m.xlsx", sheet=sheet(*rows, post=post))
    assert codes(path, Q1_Q2) == [[5, 4], [-1, 3]]
    assert warnings(path, Q1_Q2) == [("import_merged", None)]


def test_what_the_workbook_itself_warned_of_is_in_the_report(tmp_path: Path) -> None:
    path = workbook(tmp_path, "Q1\n5", extra={"xl/vbaProject.bin": b"\0"}, styles=None)
    assert [code for code, _ in warnings(path)] == ["workbook_macros", "workbook_styles"]


def test_text_files_are_imported_alike(tmp_path: Path) -> None:
    path = tmp_path / "wave.csv"
    path.write_bytes("编号,Q1,备注,\nx,非常满意,好,\ny,9,,\n".encode("gb18030"))
    [problem] = problems(path, KEYED_Q1)
    assert problem.line("en").startswith("wave.csv:3, B: 9 is not an answer to Q1")
    path.write_bytes("编号,Q1,备注,\nx,非常满意,好,\ny,４,,\n".encode("gb18030"))
    result = imported(path, KEYED_Q1)
    assert result.responses.codes.tolist() == [[5], [4]]
    assert (result.report.format, result.report.encoding) == ("csv", "gb18030")
