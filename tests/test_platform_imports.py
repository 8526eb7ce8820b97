"""The same people answer in every form that platforms export, and the same answers come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from exports_cn import LEADING, PEOPLE, Mode, Person, Variant, tencent, wenjuanxing, wenjuanxing_name
from platform_imports import (
    ORDER,
    STUDY,
    answers_of,
    everything,
    expected,
    platform_study,
    read_rows,
    refusal,
    refused,
    warned,
    without_typed,
)

from survey.questions import BlankKind

TEXT_ONLY = ("A", "B", "C", "D", "E")
# Tencent's blanks to fill in are no part of the study, nor is a line beside an item.
TENCENT = {"leave_out": True}


# -- 问卷星 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("variant", TEXT_ONLY)
def test_answers_in_words(tmp_path: Path, variant: Variant, kind: str) -> None:
    file = tmp_path / wenjuanxing_name("text", kind=kind)
    found = read_rows(file, wenjuanxing("text", variant))
    assert found.report.layout == "wenjuanxing"
    assert answers_of(found.responses) == expected()


@pytest.mark.parametrize("variant", TEXT_ONLY)
@pytest.mark.parametrize(("mode", "numbers"), [("options", "high-first"), ("scores", None)])
def test_the_same_answers_in_numbers(
    tmp_path: Path, mode: Mode, numbers: str | None, variant: Variant
) -> None:
    file = tmp_path / wenjuanxing_name(mode, kind="csv")
    mapping = "columns:\n" + ORDER.replace("4、", "4. " if variant in "CE" else "4、")
    found = read_rows(file, wenjuanxing(mode, variant), mapping=mapping, numbers=numbers)
    assert answers_of(found.responses) == without_typed(expected())


def test_paradata_and_keys_are_those_of_the_platform(tmp_path: Path) -> None:
    for rows, options in ((wenjuanxing(), {}), (tencent(), TENCENT)):
        responses = read_rows(tmp_path / "w.xlsx", rows, **options).responses
        assert responses.respondents == ("1", "2", "3", "4")
        assert responses.paradata["seconds"] == (
            (31.0, 32.0, 33.0, 34.0) if not options else (11.0, 12.0, 13.0, 14.0)
        )
        assert responses.paradata["submitted"][0] == f"2026-09-03T12:01:{'00' if not options else '11'}"
        assert responses.paradata["source"] == (("微信",) * 4 if not options else (None,) * 4)


def test_a_ranking_in_numbers_is_never_guessed_from_the_order_of_the_study(tmp_path: Path) -> None:
    file = tmp_path / wenjuanxing_name("scores")
    [problem] = refusal(file, wenjuanxing("scores", "B"))
    assert (problem.code, problem.place.cell) == ("import_options_unsaid", "M1")
    line = "- {header: 4、请排序, key: Q4(请排序), is: ranked, options: {1: …, 2: …, 3: …}}"
    assert problem.values["line"] == line
    assert "mappings/wenjuanxing.yaml" in problem.message("en")
    # What is asked for, filled in, settles it.
    mapping = "columns:\n" + line.replace("1: …, 2: …, 3: …", "1: 30, 2: 20, 3: 10")
    found = read_rows(file, wenjuanxing("scores", "B"), mapping=mapping)
    assert found.responses.choices["ranked"][0] == (20, 30, 10)


@pytest.mark.parametrize("mark", ["(跳过)", "(空)"])
def test_marks_of_skipped_and_blank_answers_are_checked_against_the_routing(
    tmp_path: Path, mark: str
) -> None:
    people = [Person(1, (), (1, 1), (1, 2, 3), 9), PEOPLE[1]]  # the first one was asked for reasons
    rows = wenjuanxing("text", "B", people=people)
    rows[1][7] = mark
    if mark == "(空)":
        assert read_rows(tmp_path / "w.xlsx", rows).responses.choices["reasons"][0] is BlankKind.BLANK
        return
    assert refused(tmp_path / "w.xlsx", rows) == [("import_was_asked", "H2", "error")]
    free = platform_study(choice_questions=[{**question, "asked_if": None} for question in _questions()])
    found = read_rows(tmp_path / "w.xlsx", rows, free)
    assert found.responses.choices["reasons"][0] is BlankKind.NOT_ASKED
    assert warned(found) == [("import_not_asked_unrouted", "H1")]


def _questions() -> list[dict[str, Any]]:
    return [question.model_dump(mode="json") for question in STUDY.choice_questions]


def test_an_answer_behind_a_filter_that_rules_it_out_is_a_problem_for_choices_and_a_warning_for_texts(
    tmp_path: Path,
) -> None:
    people = [Person(3, (1,), (1, 1), (1, 2, 3), 9, remark="说明"), Person(None, (1,), (1, 1), (1, 2, 3), 9)]
    remark = {**STUDY.open_questions[0].model_dump(mode="json")}
    remark["asked_if"] = {"item": "overall", "answers": [1]}
    study = platform_study(open_questions=[remark])
    assert refused(tmp_path / "w.xlsx", wenjuanxing("text", "B", people=people), study) == [
        ("import_not_asked", "H2", "error"),
        ("import_filter_blank", "H3", "warning"),
        ("import_comment_not_asked", "M2", "warning"),
    ]


def test_leading_columns_may_be_empty_but_not_in_some_rows(tmp_path: Path) -> None:
    rows = wenjuanxing("text", "B", empty=LEADING)
    found = read_rows(tmp_path / "w.xlsx", rows).responses
    assert answers_of(found) == expected()
    assert all(len(name) == 24 for name in found.respondents)  # digests of rows
    rows = wenjuanxing("text", "B")
    rows[2][0] = None
    assert refused(tmp_path / "w.xlsx", rows) == [("import_platform_id_blank", "A3", "error")]


def test_a_number_of_an_answer_twice_is_a_problem(tmp_path: Path) -> None:
    rows = wenjuanxing("text", "B")
    rows[2][0] = 1
    assert refused(tmp_path / "w.xlsx", rows) == [("import_respondent_twice", "A3", "error")]


KEY = {"id": "customer", "label": {"zh": "客户编号", "en": "Customer"}, "kind": "key"}


def test_a_respondent_column_that_the_export_lacks_is_made_of_the_platforms_number(tmp_path: Path) -> None:
    study = platform_study(columns=[KEY], design={"respondent": "customer"})
    found = read_rows(tmp_path / "w.xlsx", wenjuanxing("text", "B"), study)
    # A running number says nothing about other waves, so nobody may be taken for somebody there.
    assert found.responses.respondents == ("w1/1", "w1/2", "w1/3", "w1/4")
    assert found.responses.columns["customer"] == found.responses.respondents
    assert warned(found) == [("import_key_of_platform", "A1")]
    rows = wenjuanxing("text", "B", parameter="客户编号")
    found = read_rows(tmp_path / "w.xlsx", rows, study)
    assert found.responses.respondents == ("p1", "p2", "p3", "p4")
    assert warned(found) == []


# -- 腾讯问卷 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("letters", [True, False])
@pytest.mark.parametrize("since_2024", [True, False])
def test_answers_of_tencent(tmp_path: Path, since_2024: bool, letters: bool, kind: str) -> None:
    rows = tencent(since_2024=since_2024, letters=letters)
    found = read_rows(tmp_path / f"1.{kind}", rows, leave_out=True)
    assert found.report.layout == "tencent"
    assert answers_of(found.responses) == expected()


def test_answers_that_the_platform_calls_invalid_are_imported_and_counted(tmp_path: Path) -> None:
    found = read_rows(tmp_path / "1.xlsx", tencent(rejected=[2, 3]), leave_out=True)
    assert found.report.marked == {"invalid": 2}
    assert len(found.responses) == 4
    assert found.report.reconciles


def test_what_stands_in_columns_that_match_nothing_stops_the_import(tmp_path: Path) -> None:
    found = refused(tmp_path / "1.xlsx", tencent())
    assert found == [("import_question_unknown", cell, "error") for cell in ("F1", "Q1", "R1")]


# -- contact details ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "secrets"),
    [(wenjuanxing(), ["113.90.1.2"]), (tencent(), ["192.0.2.7", "小王"])],
    ids=["wenjuanxing", "tencent"],
)
def test_contact_details_are_nowhere(tmp_path: Path, rows: Any, secrets: list[str]) -> None:
    kept = everything(read_rows(tmp_path / "w.xlsx", rows, leave_out=True))
    assert "比较满意" not in kept
    assert not [secret for secret in secrets if secret in kept]
