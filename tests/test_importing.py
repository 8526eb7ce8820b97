"""From a drawn workbook to responses, or to every problem at once."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawing import (
    KEYED,
    both,
    build,
    c,
    drawn_rows,
    raw,
    row,
    sheet,
    small_study,
    text,
    two_sheets,
    workbook,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.definition import load_study
from survey.errors import ImportProblems, Problem
from survey.importing import Imported, read_answers, read_responses
from survey.study import BlankKind, Study
from survey.workbook import read_workbook

Q1 = small_study("Q1")
Q1_Q2 = small_study("Q1", "Q2")
KEYED_Q1 = small_study("Q1", **KEYED)


def imported(path: Path, study: Study = Q1, **options: Any) -> Imported:
    return read_answers(read_workbook(path), study, "w1", **options)


def problems(path: Path, study: Study = Q1, **options: Any) -> list[Problem]:
    """Return the errors of an import that is refused, each of which can be said in both languages."""
    with pytest.raises(ImportProblems) as caught:
        imported(path, study, **options)
    for problem in caught.value.problems:
        assert problem.line("zh") != problem.line("en")
    return [problem for problem in caught.value.problems if problem.severity == "error"]


def placed(path: Path, study: Study = Q1, **options: Any) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.place.cell) for problem in problems(path, study, **options)]


def codes(path: Path, study: Study = Q1, **options: Any) -> list[list[int]]:
    answers: list[list[int]] = imported(path, study, **options).responses.codes.tolist()
    return answers


def warnings(path: Path, study: Study = Q1, **options: Any) -> list[tuple[str, str | None]]:
    found = imported(path, study, **options).report.warnings
    for warning in found:
        assert warning.line("zh") != warning.line("en")
    return [(warning.code, warning.place.cell) for warning in found]


def cell_q1(folder: Path, cell: str) -> Path:
    """Build a workbook with item Q1 answered once, in A2, and once more by 5."""
    return build(folder / "one.xlsx", sheet=sheet(row(1, text("A1", "Q1")), row(2, cell), row(3, c("A3", 5))))


# -- answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "code", "changes"),
    [
        (c("A2", 5), 5, {}),
        (c("A2", "5.0"), 5, {}),
        (text("A2", "5"), 5, {}),
        (text("A2", "５"), 5, {"tidied": 1}),
        (text("A2", "\u00a05 "), 5, {"tidied": 1}),
        (text("A2", "\u200b5\u3000"), 5, {"tidied": 1}),
        (text("A2", "非常满意"), 5, {"wording": 1}),
        (text("A2", " very  Satisfied"), 5, {"wording": 1}),
        (text("A2", "Very satisfied (5)"), 5, {"wording": 1}),
        (text("A2", "非常满意（５）"), 5, {"wording": 1}),
        (text("A2", "5 非常满意"), 5, {"wording": 1}),
        (text("A2", "1=非常不满意"), 1, {"wording": 1}),
        (c("A2", 97), BlankKind.REFUSED, {}),
        (text("A2", "98"), BlankKind.DONT_KNOW, {}),
        (text("A2", "N/A"), BlankKind.DONT_KNOW, {"wording": 1}),
        (text("A2", "（跳过）"), BlankKind.NOT_ASKED, {"wording": 1}),
        (text("A2", "不适用"), BlankKind.NOT_APPLICABLE, {"wording": 1}),
        (c("A2", 2, f="1+1"), 2, {}),
    ],
)
def test_a_cell_is_read_as_the_study_declares(
    tmp_path: Path, cell: str, code: int, changes: dict[str, int]
) -> None:
    result = imported(cell_q1(tmp_path, cell))
    assert result.responses.codes.tolist() == [[code], [5]]
    assert result.report.columns[0].changes == changes


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (c("A2", 6), "import_out_of_range"),
        (c("A2", 0), "import_out_of_range"),
        (c("A2", -1), "import_out_of_range"),
        (text("A2", "６"), "import_out_of_range"),
        (c("A2", "4.5"), "import_not_whole"),
        (text("A2", "4.5"), "import_not_whole"),
        (c("A2", 44593, s=1), "import_cell_date"),
        (c("A2", "#N/A", t="e"), "import_cell_error"),
        (c("A2", f="1+1"), "import_cell_formula"),
        (c("A2", "NaN"), "import_cell_refused"),
        (c("A2", 99, t="s"), "import_cell_refused"),
        (c("A2", 5, t="zzz"), "import_cell_refused"),
        (c("A2", 1, t="b"), "import_not_an_answer"),
        (text("A2", "#N/A"), "import_not_an_answer"),
        (text("A2", "5分"), "import_not_an_answer"),
        (text("A2", "满意"), "import_not_an_answer"),
        (text("A2", "Very satisfied (4)"), "import_contradiction"),
        (text("A2", "1 非常满意"), "import_contradiction"),
        *((text("A2", x), "import_not_an_answer") for x in ("1_000", "nan", "infinity", "٣.٥", "1-2")),
        *((text("A2", x), "import_not_an_answer") for x in ("٣", "²", "5²", "③", "③ 满意", "½", "五")),
    ],
)
def test_what_is_no_answer_is_a_problem_and_never_clipped(tmp_path: Path, cell: str, code: str) -> None:
    path = cell_q1(tmp_path, cell)
    assert placed(path) == [(code, "A2")]
    kept = imported(path, invalid="blank")
    assert kept.responses.codes.tolist() == [[BlankKind.INVALID], [5]]
    assert [(w.code, w.severity) for w in kept.report.warnings] == [(code, "warning")]
    assert kept.report.blanks == {"invalid": 1}


def test_a_declared_unit_may_follow_the_number(tmp_path: Path) -> None:
    scale = {"five": {"ends": [1, 5], "unit": both("分", "points")}}
    result = imported(cell_q1(tmp_path, text("A2", "４ 分")), small_study("Q1", scales=scale))
    assert result.responses.codes.tolist() == [[4], [5]]
    assert result.report.changes == {"unit": 1}
    assert placed(cell_q1(tmp_path, text("A2", "④分")), small_study("Q1", scales=scale)) == [
        ("import_not_an_answer", "A2")
    ]


def test_wordings_that_differ_only_by_a_closing_mark_are_told_apart(tmp_path: Path) -> None:
    labels = {1: both("满意", "Good"), 2: both("满意*", "Good*"), 3: both("好", "Fine")}
    study = small_study("Q1", scales={"five": {"ends": [1, 5], "labels": labels}})
    assert codes(workbook(tmp_path, "Q1\n满意\nGood*\n好。"), study) == [[1], [2], [3]]
    assert placed(workbook(tmp_path, "Q1\nGOOD"), study) == [("import_not_an_answer", "A2")]


def test_true_is_not_one(tmp_path: Path) -> None:
    path = build(
        tmp_path / "b.xlsx",
        sheet=sheet(
            row(1, text("A1", "Q1")), row(2, c("A2", 1)), row(3, c("A3", 1, t="b")), row(4, c("A4", 1))
        ),
    )
    assert placed(path) == [("import_not_an_answer", "A3")]


def test_every_problem_is_listed_at_once_with_its_cell(tmp_path: Path) -> None:
    study = small_study("Q1", "Q3")
    found = problems(workbook(tmp_path, "Q1 Q3\n9 11\nok 4"), study)
    assert [(p.code, p.place.cell) for p in found] == [
        ("import_out_of_range", "A2"),
        ("import_not_an_answer", "A3"),
        ("import_out_of_range", "B2"),
    ]
    assert found[2].line("en") == (
        "wave.xlsx, S1!B2: 11 is not an answer to Q3 “Q3 satisfaction” (scale 1–5). "
        "Correct it, or list 11 under blanks of that scale in study.yaml."
    )


def test_spaces_alone_are_blank(tmp_path: Path) -> None:
    path = build(
        tmp_path / "b.xlsx",
        sheet=sheet(row(1, text("A1", "Q1"), text("B1", "Q2")), row(2, text("A2", " \u3000"), c("B2", 3))),
    )
    result = imported(path, Q1_Q2)
    assert result.responses.codes.tolist() == [[BlankKind.BLANK, 3]]
    assert result.report.changes == {"spaces": 1}


def test_kinds_of_blank_are_kept_apart_and_counted(tmp_path: Path) -> None:
    path = workbook(tmp_path, "Q1 Q2\n5 ~\n97 98\n99 3")
    result = imported(path, Q1_Q2)
    assert result.report.blanks == {"blank": 1, "refused": 1, "dont_know": 1, "not_applicable": 1}
    assert result.responses.blanks("Q1") == {BlankKind.REFUSED: 1, BlankKind.NOT_APPLICABLE: 1}


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        ("Q1\n5", [[5]]),
        ("Q1 Q2\n5 ~\n4 ~", [[5, -1], [4, -1]]),
        ("Q2 Q1\n5 3\n5 4", [[3, 5], [4, 5]]),
    ],
)
def test_answers_that_are_fine(tmp_path: Path, picture: str, expected: list[list[int]]) -> None:
    assert codes(workbook(tmp_path, picture), Q1_Q2 if "Q2" in picture else Q1) == expected


# -- headers, rows, sheets ------------------------------------------------------------------------


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


# -- routing --------------------------------------------------------------------------------------

ROUTED = small_study(
    {"id": "fault", "scale": "yes_no"},
    {"id": "repair", "asked_if": {"item": "fault", "answers": [1]}},
    {"id": "after", "asked_if": {"item": "repair", "answers": [1, 2]}},
)


def test_an_empty_cell_is_blank_only_where_the_item_was_asked(tmp_path: Path) -> None:
    path = workbook(tmp_path, "fault repair after\n1 2 5\n1 ~ ~\n1 5 ~\n2 ~ ~\n~ ~ ~\n是 1 ~")
    assert codes(path, ROUTED) == [
        [1, 2, 5],
        [1, BlankKind.BLANK, BlankKind.NOT_ASKED],
        [1, 5, BlankKind.NOT_ASKED],
        [2, BlankKind.NOT_ASKED, BlankKind.NOT_ASKED],
        [1, 1, BlankKind.BLANK],
    ]


def test_the_filter_may_stand_behind_what_it_decides(tmp_path: Path) -> None:
    study = small_study({"id": "b", "asked_if": {"item": "a", "answers": [5]}}, {"id": "a"})
    assert codes(workbook(tmp_path, "b a\n~ 5\n~ 4"), study) == [
        [BlankKind.BLANK, 5],
        [BlankKind.NOT_ASKED, 4],
    ]


@pytest.mark.parametrize(
    ("line", "code", "cell"),
    [
        ("2 3 ~", "import_not_asked", "B2"),
        ("2 97 ~", "import_not_asked", "B2"),
        ("1 96 ~", "import_was_asked", "B2"),
        ("1 5 4", "import_not_asked", "C2"),
        ("2 ~ 4", "import_not_asked", "C2"),
    ],
)
def test_an_answer_that_routing_rules_out_is_a_problem(
    tmp_path: Path, line: str, code: str, cell: str
) -> None:
    assert placed(workbook(tmp_path, f"fault repair after\n{line}"), ROUTED) == [(code, cell)]


@pytest.mark.parametrize("line", ["2 96 96", "2 99 ~", "1 1 99"])
def test_declared_blanks_that_agree_with_the_routing_stay(tmp_path: Path, line: str) -> None:
    assert imported(workbook(tmp_path, f"fault repair after\n{line}"), ROUTED).report.warnings == ()


def test_an_answer_behind_an_unanswered_filter_is_kept_and_reported(tmp_path: Path) -> None:
    study = small_study("a", {"id": "b", "asked_if": {"item": "a", "answers": [5]}})
    path = workbook(tmp_path, "a b\n~ 3\n97 2")
    assert codes(path, study) == [[BlankKind.BLANK, 3], [BlankKind.REFUSED, 2]]
    assert warnings(path, study) == [("import_filter_blank", "B2"), ("import_filter_blank", "B3")]


# -- facts about the respondent -------------------------------------------------------------------


def fact(kind: str, **parts: Any) -> Study:
    """Return a study of one item and one column of a kind, which is optional."""
    column = {"id": "fact", "label": both("属性", "Fact"), "kind": kind, "optional": True, **parts}
    return small_study("Q1", columns=[column])


TIERS = [
    {"value": "A", "label": both("战略", "Strategic"), "aliases": ["战略客户"]},
    {"value": "B", "label": both("重点", "Key")},
]


@pytest.mark.parametrize(
    ("study", "cell", "value"),
    [
        (fact("key"), text("B2", " Ａ-1 "), "A-1"),
        (fact("key"), c("B2", 1001), "1001"),
        (fact("category", categories=TIERS), text("B2", "a"), "A"),
        (fact("category", categories=TIERS), text("B2", "战略"), "A"),
        (fact("category", categories=TIERS), text("B2", "key "), "B"),
        (fact("category", categories=TIERS), text("B2", "战略客户"), "A"),
        (fact("category"), text("B2", " 华东  一区"), "华东 一区"),
        (fact("category"), c("B2", 2026), "2026"),
        (fact("number"), c("B2", "12.5"), 12.5),
        (fact("number"), text("B2", "１２"), 12.0),
        (fact("number", minimum=0, maximum=1), c("B2", 1), 1.0),
        *((fact("flag"), text("B2", yes), True) for yes in ("是", "Yes", "Y", "true", "1")),
        *((fact("flag"), text("B2", no), False) for no in ("否", "no", "N", "FALSE", "0")),
        (fact("flag"), c("B2", 1), True),
        (fact("flag"), c("B2", 0, t="b"), False),
        (fact("text"), text("B2", " as it is "), " as it is "),
        (fact("text"), text("B2", "  "), None),
        (fact("flag"), "", None),
    ],
)
def test_a_fact_is_read_as_its_kind(tmp_path: Path, study: Study, cell: str, value: object) -> None:
    path = build(
        tmp_path / "f.xlsx",
        sheet=sheet(row(1, text("A1", "Q1"), text("B1", "fact")), row(2, c("A2", 5), cell)),
    )
    found = imported(path, study).responses.columns["fact"]
    assert [(type(v), v) for v in found] == [(type(value), value)]


@pytest.mark.parametrize(
    ("study", "cell", "code"),
    [
        (fact("key"), c("B2", "1.5"), "import_not_a_key"),
        (fact("key"), c("B2", 44593, s=1), "import_not_a_key"),
        (fact("key"), c("B2", "110101199003074514"), "import_key_damaged"),
        (fact("category", categories=TIERS), text("B2", "C"), "import_not_a_category"),
        (fact("category", categories=TIERS), c("B2", 44593, s=1), "import_cell_date"),
        (fact("number"), text("B2", "1,000"), "import_not_a_number"),
        (fact("number"), c("B2", 1, t="b"), "import_not_a_number"),
        (fact("number"), c("B2", "1e400"), "import_cell_refused"),
        (fact("number", minimum=0), c("B2", -1), "import_number_range"),
        (fact("number", maximum=9), c("B2", 10), "import_number_range"),
        (fact("flag"), text("B2", "maybe"), "import_not_a_flag"),
        (fact("flag"), c("B2", 2), "import_not_a_flag"),
        (fact("flag"), c("B2", "#REF!", t="e"), "import_cell_error"),
        (fact("text"), c("B2", f="A1"), "import_cell_formula"),
        (fact("category", optional=False), "", "import_column_blank"),
    ],
)
def test_a_fact_that_is_none_is_a_problem(tmp_path: Path, study: Study, cell: str, code: str) -> None:
    path = build(
        tmp_path / "f.xlsx",
        sheet=sheet(row(1, text("A1", "Q1"), text("B1", "fact")), row(2, c("A2", 5), cell)),
    )
    assert placed(path, study) == [(code, "B2")]


def test_weights_are_positive(tmp_path: Path) -> None:
    weight = {"id": "w", "label": both("权重", "Weight"), "kind": "number"}
    study = small_study("Q1", columns=[weight], design={"weight": "w"})
    path = workbook(tmp_path, "Q1 w\n5 0\n4 -1\n3 ~\n2 0.5")
    assert placed(path, study) == [
        ("import_weight", "B2"),
        ("import_weight", "B3"),
        ("import_design_blank", "B4"),
    ]


def test_respondents_are_unique(tmp_path: Path) -> None:
    [problem] = problems(workbook(tmp_path, "id Q1\n7 5\n8 4\n７ 4"), KEYED_Q1)
    assert (problem.code, problem.place.cell, problem.values["row"]) == ("import_respondent_twice", "A4", 2)
    assert placed(workbook(tmp_path, "id Q1\n7 5\n~ 4"), KEYED_Q1) == [("import_design_blank", "A3")]


def test_identifiers_that_may_be_one_are_kept_apart_and_said(tmp_path: Path) -> None:
    result = imported(workbook(tmp_path, "id Q1\nA1 5\na1 4\nB_1 3\nb1 2\nc 1"), KEYED_Q1)
    assert result.responses.respondents == ("A1", "a1", "B 1", "b1", "c")
    [warning] = result.report.warnings
    assert (warning.code, warning.place.cell) == ("import_keys_alike", "A3")
    assert (warning.values["n"], warning.values["first"], warning.values["row"]) == (2, "A1", 2)


def test_identifiers_are_what_is_written_and_numbers_are_their_digits(tmp_path: Path) -> None:
    path = raw(tmp_path / "ids.csv", "id,Q1\n1,5\n01,4\n1.0,3\n①,2\n".encode())
    result = imported(path, KEYED_Q1)
    assert result.responses.respondents == ("1", "01", "1.0", "①")
    [warning] = result.report.warnings
    assert (warning.code, warning.values["n"]) == ("import_keys_alike", 2)
    one_twice = [row(2, c("A2", 1), c("B2", 5)), row(3, text("A3", "１"), c("B3", 5))]
    book = build(tmp_path / "i.xlsx", sheet=sheet(row(1, text("A1", "id"), text("B1", "Q1")), *one_twice))
    assert placed(book, KEYED_Q1) == [("import_respondent_twice", "A3")]


def test_dates_errors_and_formulas_are_no_identifiers(tmp_path: Path) -> None:
    cells = [c("A2", 44197, s=1), c("A3", 1, t="b"), c("A4", "#N/A", t="e"), c("A5", f="1+1"), c("A6", "1.5")]
    rows = [row(n, cell, c(f"B{n}", 5)) for n, cell in enumerate(cells, 2)]
    book = build(tmp_path / "i.xlsx", sheet=sheet(row(1, text("A1", "id"), text("B1", "Q1")), *rows))
    assert [code for code, _ in placed(book, KEYED_Q1)][:5] == [
        *(
            "import_not_a_key",
            "import_not_a_key",
            "import_cell_error",
            "import_cell_formula",
            "import_not_a_key",
        )
    ]


def test_a_name_that_is_no_text_can_be_shown_and_stored(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xe6\xbb\xa1.csv"))
    try:
        path.write_bytes(b"id,Q1\nx,5\n")
    except OSError:
        pytest.skip("this file system takes only names that are text")
    assert imported(path, KEYED_Q1).report.file == "\N{REPLACEMENT CHARACTER}满.csv"


def test_how_a_file_was_decoded_is_said_when_nothing_in_it_fits(tmp_path: Path) -> None:
    path = raw(tmp_path / "taiwan.csv", "編號,滿意度\nx,5\n".encode("big5"))
    with pytest.raises(ImportProblems) as caught:
        imported(path)
    assert [problem.code for problem in caught.value.problems] == ["import_no_header", "csv_encoding"]


def test_without_a_respondent_column_the_row_is_the_respondent(tmp_path: Path) -> None:
    assert imported(workbook(tmp_path, "Q1\n5\n~\n4")).responses.respondents == ("2", "4")


def test_absent_optional_columns_and_questions_are_blank(tmp_path: Path) -> None:
    study = small_study(
        "Q1",
        columns=[{"id": "fact", "label": both("属性"), "kind": "flag", "optional": True}],
        open_questions=[{"id": "why", "text": both("为什么？", "Why?"), "label": both("原因", "Reason")}],
    )
    path = workbook(tmp_path, "Q1\n5")
    result = imported(path, study).responses
    assert (result.columns, result.comments) == ({"fact": (None,)}, {"why": ("",)})
    assert warnings(path, study) == [("import_column_absent", None)] * 2


def test_comments_stay_as_they_were_written(tmp_path: Path) -> None:
    study = small_study(
        "Q1",
        open_questions=[{"id": "why", "text": both("为什么？", "Why?"), "label": both("原因", "Reason")}],
    )
    written = ["=1+1", " ＝好　\u202e①", '<script>alert(1)</script><img src="file:x">', "  ", "7"]
    rows = [row(n, c(f"A{n}", 5), text(f"B{n}", w)) for n, w in enumerate(written, 2)]
    path = build(tmp_path / "c.xlsx", sheet=sheet(row(1, text("A1", "Q1"), text("B1", "Q9 为什么")), *rows))
    assert imported(path, study).responses.comments["why"] == (*written[:3], "", "7")
    lost = build(
        tmp_path / "d.xlsx",
        sheet=sheet(
            row(1, text("A1", "Q1"), text("B1", "why")), row(2, c("A2", 5), c("B2", "#NAME?", t="e"))
        ),
    )
    assert placed(lost, study) == [("import_cell_error", "B2")]


def test_long_comments_are_kept_whole_and_reported(tmp_path: Path) -> None:
    study = small_study("Q1", open_questions=[{"id": "why", "text": both("为什么？"), "label": both("原因")}])
    rows = [row(1, text("A1", "Q1"), text("B1", "why")), row(2, c("A2", 5), text("B2", "长" * 100_000))]
    path = build(tmp_path / "l.xlsx", sheet=sheet(*rows))
    assert imported(path, study).responses.comments["why"] == ("长" * 100_000,)
    assert warnings(path, study) == [("import_long_text", "B2")]


def test_any_table_is_imported_or_refused_with_every_problem_placed(tmp_path: Path) -> None:
    """Random cells under the right header: responses that reconcile, or problems inside the table."""
    chance = random.Random(20260103)
    anything = ["6", "4.5", "满意", "~", "#N/A", "97", "96", "x_5", "-3", "2026-01-01", "是", "5分", "1_000"]
    fitting = {
        "编号": ["a"],
        "fault": ["2", "否", "2_否"],
        "repair": ["~", "（跳过）", "99"],
        "tier": ["A", "重点", "~"],
        "revenue": ["0", "１.5", "~"],
        "renewed": ["是", "n", "~", "1"],
    }
    study = small_study(
        {"id": "fault", "scale": "yes_no"},
        {"id": "repair", "asked_if": {"item": "fault", "answers": [1]}},
        columns=[
            {"id": "id", "label": both("编号"), "kind": "key"},
            {"id": "tier", "label": both("等级"), "kind": "category", "categories": TIERS, "optional": True},
            {"id": "revenue", "label": both("收入"), "kind": "number", "minimum": 0, "optional": True},
            {"id": "renewed", "label": both("续约"), "kind": "flag", "optional": True},
        ],
        design={"respondent": "id"},
    )
    outcomes = []
    for _ in range(150):
        header = list(fitting)
        table = [[chance.choice(fitting[name]) for name in header] for _ in range(chance.randrange(1, 4))]
        for n, line in enumerate(table):
            line[0] = f"r{n}"
        for _ in range(chance.randrange(3)):
            chance.choice(table)[chance.randrange(len(header))] = chance.choice(anything)
        path = workbook(tmp_path, "\n".join(" ".join(line) for line in [header, *table]))
        try:
            result = imported(path, study)
        except ImportProblems as refusal:
            outcomes.append("refused")
            placed_at = [p.place.cell for p in refusal.problems if p.code not in ("import_no_rows",)]
            outcomes += [cell for cell in placed_at if cell is None or not "A1" < cell < "G5"]
        else:
            outcomes.append("imported")
            if not result.report.reconciles or (result.responses.codes < -6).any():
                outcomes.append("an import that does not reconcile")
    assert set(outcomes) == {"refused", "imported"}


def test_a_row_with_only_a_comment_is_an_answer(tmp_path: Path) -> None:
    study = small_study(
        "Q1",
        open_questions=[{"id": "why", "text": both("为什么？", "Why?"), "label": both("原因", "Reason")}],
    )
    assert codes(workbook(tmp_path, "Q1 why\n5 ~\n~ bad"), study) == [[5], [BlankKind.BLANK]]


# -- the report -----------------------------------------------------------------------------------


def test_the_report_says_what_happened_in_both_languages(tmp_path: Path) -> None:
    rows = [row(1, text("A1", "编号"), text("B1", "Q1"), text("C1", "手机"))]
    rows += [row(2, text("A2", "x"), text("B2", "５"), c("C2", 1)), row(4, text("A4", "y"), c("B4", 97))]
    report = imported(build(tmp_path / "r.xlsx", sheet=sheet(*rows)), KEYED_Q1).report
    assert report.lines("en") == [
        "S1: header in row 1, 3 rows below it, 2 respondents imported.",
        "Empty rows: 1.",
        "Cells whose full-width characters or spaces were put right (1): B 1.",
        "Cells without an answer: refused 1.",
        "Contact columns not read (1): C “手机”.",
    ]
    assert len(report.lines("zh")) == 5
    document = report.document()
    assert (document["rows"], document["imported"], document["blanks"]) == (3, 2, {"refused": 1})
    assert document["columns"][0]["changes"] == {}


answers = st.sampled_from([1, 2, 3, 4, 5, 97, 98, 99, None])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(answers, answers), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_columns_does_not_matter_and_every_row_is_accounted_for(
    tmp_path: Path, table: list[tuple[int | None, int | None]], chance: Any
) -> None:
    def drawn(order: list[int]) -> Path:
        lines = [["Q1", "Q2"], *[["~" if v is None else str(v) for v in pair] for pair in table]]
        return workbook(tmp_path, "\n".join(" ".join(line[n] for n in order) for line in lines))

    if all(pair == (None, None) for pair in table):
        return
    first, second = imported(drawn([0, 1]), Q1_Q2), imported(drawn([1, 0]), Q1_Q2)
    np.testing.assert_array_equal(first.responses.codes, second.responses.codes)
    assert first.report.reconciles
    answered = [pair for pair in table if pair != (None, None)]
    assert len(first.responses) == len(answered)


ROOT = Path(__file__).resolve().parent.parent
REAL = Path(os.environ.get("CSAT_REAL", ROOT.parent / "shared" / "real"))


@pytest.mark.skipif(not (REAL / "mobile_ecsi.xlsx").exists(), reason="the real survey files are not here")
def test_the_real_ecsi_answers_import() -> None:
    ecsi = load_study(ROOT / "survey" / "presets" / "ecsi.yaml")
    result = read_answers(read_workbook(REAL / "mobile_ecsi.xlsx"), ecsi, "2004")
    responses = result.responses
    assert responses.codes.shape == (250, 24)
    assert (responses.codes >= 1).all()
    satisfaction = [responses.items.index(item) for item in ("CUSA1", "CUSA2", "CUSA3")]
    # The index published for these data with equal weights, to the hundredth.
    assert round(float((responses.codes[:, satisfaction] - 1).mean()) / 9 * 100, 2) == 71.97
    assert result.report.warnings == ()
