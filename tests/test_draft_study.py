"""A study drafted from an export: it passes its own rules, and the same export imports with it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from drawing import workbook
from exports_cn import PEOPLE, tencent, wenjuanxing, wenjuanxing_name, write_rows
from exports_intl import EXPORTS, write_export

from survey.any_export import any_export
from survey.decisions import Decisions
from survey.definition import dump_study, examine
from survey.draft_study import STAND_IN, DraftedStudy, draft_study
from survey.draft_values import guess
from survey.importing import Imported, ImportOptions, read_answers
from survey.layouts.export import Dialect
from survey.workbook import read_workbook


def drafted(path: Path, numbers: str | None = None) -> DraftedStudy:
    book = read_workbook(path)
    sheet, export = any_export(book)
    rows = [row for row in sheet.rows() if row.number >= export.first_row]
    return draft_study(export, rows, book.file, numbers)


def imported(path: Path, draft: DraftedStudy) -> Imported:
    def decisions(layout: str, _: object) -> Decisions:
        assert layout == draft.decisions.layout
        return draft.decisions

    wave = draft.study.waves[0].id
    return read_answers(read_workbook(path), draft.study, wave, ImportOptions(decisions=decisions))


def sound(draft: DraftedStudy) -> None:
    study, problems = examine(dump_study(draft.study), "study.yaml")
    assert [problem.line("en") for problem in problems if problem.severity == "error"] == []
    assert study == draft.study
    for notes in draft.confirm.values():
        for note in notes:
            assert note.text("zh") != note.text("en")


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_every_export_imports_with_its_own_draft(tmp_path: Path, name: str) -> None:
    path = write_export(tmp_path / "export.csv", name)
    draft = drafted(path, "codes")
    sound(draft)
    report = imported(path, draft).report
    assert report.reconciles
    assert report.imported > 0


@pytest.mark.parametrize("variant", ["A", "B", "C", "D", "E"])
@pytest.mark.parametrize("mode", ["text", "scores"])
def test_a_chinese_export_imports_with_its_own_draft(tmp_path: Path, mode: str, variant: str) -> None:
    path = write_rows(tmp_path / wenjuanxing_name(mode), wenjuanxing(mode, variant))
    draft = drafted(path)
    sound(draft)
    assert imported(path, draft).report.imported == len(PEOPLE)


def test_wording_scale_options_and_roles_are_what_was_asked(tmp_path: Path) -> None:
    path = write_rows(tmp_path / wenjuanxing_name("text"), wenjuanxing("text", "B", people=PEOPLE * 5))
    draft = drafted(path)
    study = draft.study
    overall = study.items[0]
    assert overall.text.zh == "总体满意度"
    assert study.scale_of(overall.id).ends == (1, 5)
    assert study.scale_of(overall.id).labels[5].zh == "非常满意"
    assert [outcome.kind for outcome in study.outcomes] == ["satisfaction", "recommendation"]
    [reasons] = [question for question in study.choice_questions if question.kind == "multiple"]
    assert {option.label.zh for option in reasons.options} == {"价格", "网络", "其他【请注明】"}
    assert [option.open for option in reasons.options if "其他" in option.label.zh] == [True]
    assert [wave.id for wave in study.waves] == ["2026Q3"]
    assert study.design.respondent == "respondent"


def test_positions_are_never_taken_for_scores(tmp_path: Path) -> None:
    path = write_rows(tmp_path / wenjuanxing_name("options"), wenjuanxing("options", "B"))
    draft = drafted(path)
    assert draft.decisions.numbers is None
    assert any(note.key == "numbers" for note in draft.confirm[""])


def test_tencent_letters_are_no_part_of_an_option(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "1.csv", tencent(people=PEOPLE * 3))
    draft = drafted(path)
    sound(draft)
    labels = draft.study.scale_of(draft.study.items[0].id).labels
    assert labels[5].zh == "非常满意"
    assert imported(path, draft).report.imported == 3 * len(PEOPLE)


def test_without_a_question_of_satisfaction_a_stand_in_says_so(tmp_path: Path) -> None:
    path = workbook(tmp_path, "编号 性别 城市\n1 男 广州\n2 女 深圳\n3 男 广州\n4 女 深圳\n5 男 广州")
    draft = drafted(path)
    sound(draft)
    assert [item.id for item in draft.study.items] == [STAND_IN]
    assert draft.decisions.absent == (STAND_IN,)
    result = imported(path, draft)
    assert result.responses.items == ()
    assert result.responses.respondents == ("1", "2", "3", "4", "5")
    assert result.responses.columns["c2"] == ("男", "女", "男", "女", "男")


def test_contacts_are_not_drafted(tmp_path: Path) -> None:
    path = workbook(tmp_path, "编号 您的姓名 联系电话 满意度\n1 王一 13800000000 5\n2 李二 13900000000 4")
    draft = drafted(path)
    assert [item.text.zh for item in draft.study.items] == ["满意度"]
    assert "王一" not in dump_study(draft.study)
    assert [decision.header for decision in draft.decisions.columns] == ["编号", "满意度"]


@pytest.mark.parametrize(
    ("values", "looks", "ends"),
    [
        ([1, 2, 5, 4], "scale", (1, 5)),
        ([0, 9, 10], "scale", (0, 10)),
        ([1, 10, 98], "scale", (1, 10)),
        (["3分", "5分"], "scale", (1, 5)),
        (["非常满意", "一般", "不清楚"], "scale", (1, 5)),
        ([3.5, 12000, 7], "number", None),
        (["2026-09-03", "2026/9/4"], "date", None),
        (["男", "女", "男", "女"], "category", None),
        (["网络太慢", "价格高", "服务好"], "open", None),
        (["满意", "比较满意", "非常满意", "满意", "比较满意", "非常满意"], "category", None),
        ([None, None], "empty", None),
    ],
)
def test_what_values_look_like(values: list, looks: str, ends: tuple[int, int] | None) -> None:
    found = guess(values, Dialect())
    assert found.looks == looks
    assert (found.scale and found.scale.ends) == ends


def test_blank_codes_and_blank_words_are_no_answers() -> None:
    numbers, words = guess([1, 5, 98, 99], Dialect()), guess(["满意", "一般", "未参与，不评价"], Dialect())
    assert numbers.scale is not None
    assert {code: blank.kind for code, blank in numbers.scale.blanks.items()} == {
        98: "dont_know",
        99: "not_applicable",
    }
    assert words.scale is not None
    assert Counter(blank.kind for blank in words.scale.blanks.values()) == {"not_applicable": 1}


def test_a_header_of_spaces_goes_by_its_letter(tmp_path: Path) -> None:
    draft = drafted(workbook(tmp_path, "满意度 _\n5 4\n4 3\n3 5"), "codes")
    sound(draft)
    assert "B" in [item.text.zh for item in draft.study.items]
