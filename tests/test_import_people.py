"""Who was asked what, and what is known of people: routing, facts, identifiers, comments."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest
from drawing import (
    both,
    build,
    c,
    raw,
    row,
    sheet,
    small_study,
    text,
    workbook,
)
from imports import KEYED_Q1, codes, imported, placed, problems, warnings

from survey.errors import ImportProblems
from survey.questions import BlankKind
from survey.study import Study

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
        (fact("key"), text("B2", "1.38E+10"), "import_key_shortened"),
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


def test_further_rows_of_somebody_never_take_the_name_of_somebody_else(tmp_path: Path) -> None:
    path = workbook(tmp_path, "id Q1\n7 3\n7 4\n7#2 5\n7 1")
    found = imported(path, KEYED_Q1, duplicates="both").responses
    assert found.respondents == ("7", "7#3", "7#2", "7#4")


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


# -- columns of the design ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "code"), [("contactref", "import_column_missing_near"), ("other", "import_column_missing")]
)
def test_an_absent_respondent_column_is_a_problem_that_is_named(
    tmp_path: Path, header: str, code: str
) -> None:
    study = small_study(
        "Q1",
        "Q2",
        "Q3",
        columns=[{"id": "contact", "label": both("客户编号", "Number"), "kind": "key"}],
        design={"respondent": "contact"},
    )
    [problem] = problems(workbook(tmp_path, f"{header} Q1 Q2 Q3\na 5 5 5\nb 4 4 4"), study)
    assert problem.code == code
    assert problem.values["id"] == "contact"
    assert code == "import_column_missing" or problem.values["header"] == header


def test_an_absent_weight_may_be_taken_out_of_the_design(tmp_path: Path) -> None:
    study = small_study(
        "Q1",
        "Q2",
        "Q3",
        columns=[{"id": "wt", "label": both("权重", "Weight"), "kind": "number"}],
        design={"weight": "wt"},
    )
    [problem] = problems(workbook(tmp_path, "Q1 Q2 Q3\n5 5 5\n4 4 4"), study)
    assert (problem.code, problem.values["part"]) == ("import_design_missing", "weight")
    assert "design" in problem.message("zh")
    [near] = problems(workbook(tmp_path, "Q1 Q2 Q3 wt1\n5 5 5 1\n4 4 4 1"), study)
    assert (near.code, near.values["header"]) == ("import_design_missing_near", "wt1")


WHY = {
    "id": "why",
    "label": both("原因", "Why"),
    "text": both("为什么？", "Why?"),
    "kind": "multiple",
    "options": [
        {"code": n, "label": both(*names)} for n, names in enumerate([("价格", "Price"), ("服务", "Service")])
    ],
}


def test_a_row_with_only_an_unreadable_answer_is_refused_and_counted_once(tmp_path: Path) -> None:
    study = small_study("Q1", choice_questions=[WHY])
    report = imported(
        workbook(tmp_path, "Q1 why\n5 Price\n~ Else\n~ ~\n4 Price"), study, accept_valid=True
    ).report
    assert (report.imported, report.refused, report.without_answers) == (2, (3,), ())
    assert (report.rows, report.empty_rows, report.reconciles) == (4, 1, True)
