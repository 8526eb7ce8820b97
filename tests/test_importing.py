"""From a drawn workbook to responses, or to every problem at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawing import (
    both,
    build,
    c,
    row,
    sheet,
    small_study,
    text,
    workbook,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imports import KEYED_Q1, Q1, Q1_Q2, cell_q1, codes, imported, placed, problems

from survey.definition import load_study
from survey.importing import read_answers
from survey.questions import BlankKind
from survey.workbook import read_workbook

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
        (c("A2", 0), "import_out_of_range"),
        (c("A2", -1), "import_out_of_range"),
        (c("A2", 1, t="b"), "import_not_an_answer"),
        *((text("A2", x), "import_not_an_answer") for x in ("1-2", "٣", "5²", "③", "③ 满意", "½", "五")),
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
