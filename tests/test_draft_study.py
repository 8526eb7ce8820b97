"""A study drafted from an export: it passes its own rules, and the same export imports with it."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from drawing import workbook
from exports_cn import PEOPLE, Mode, tencent, wenjuanxing, wenjuanxing_name, write_rows
from exports_intl import EXPORTS, write_export
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.any_export import any_export
from survey.decisions import Decisions
from survey.definition import dump_study, examine
from survey.draft_order import as_listed, naturally
from survey.draft_parts import STAND_IN
from survey.draft_study import DraftedStudy, draft_study
from survey.draft_values import guess
from survey.errors import ImportProblems
from survey.importing import Imported, ImportOptions, read_answers
from survey.layouts.export import Dialect
from survey.workbook import read_workbook

REAL = Path(os.environ.get("CSAT_REAL", Path(__file__).resolve().parents[2] / "shared" / "real"))


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
        (["无", "无", "无", "很好", "太慢", "太贵", "太远", "太吵"], "open", None),
        (["无", "无", "无", "无"], "open", None),
        (["电话、短信", "电话", "短信", "短信、网站", "网站"], "multiple", None),
        (["好、快", "慢、贵", "远、吵"], "open", None),
        (["North, East"] * 3 + ["South, West"] * 3, "category", None),
        ([1, 2] * 10, "category", None),
        ([2, 2, 2], "scale", (1, 5)),
        ([None, None], "empty", None),
    ],
)
def test_what_values_look_like(values: list, looks: str, ends: tuple[int, int] | None) -> None:
    found = guess(values, Dialect())
    assert found.looks == looks
    assert (found.scale and found.scale.scale.ends) == ends


def test_blank_codes_and_blank_words_are_no_answers() -> None:
    numbers, words = guess([1, 5, 98, 99], Dialect()), guess(["满意", "一般", "未参与，不评价"], Dialect())
    assert numbers.scale is not None
    assert {code: blank.kind for code, blank in numbers.scale.scale.blanks.items()} == {
        98: "dont_know",
        99: "not_applicable",
    }
    assert words.scale is not None
    assert Counter(blank.kind for blank in words.scale.scale.blanks.values()) == {"not_applicable": 1}


@pytest.mark.parametrize(
    ("header", "values", "looks", "ends"),
    [
        ("推荐可能性（0-10分）", [3, 9], "scale", (0, 10)),
        ("Rate us from 1 to 7", [2, 5], "scale", (1, 7)),
        ("您会推荐我们吗", [6, 9], "scale", (0, 10)),
        ("Rate us from 1 to 3", [2, 5], "scale", (1, 5)),
        ("您的年龄", [1, 3, 5], "category", None),
        ("对各地区服务的满意度", [1, 3, 5], "scale", (1, 5)),
        ("总体满意吗", [1, 2] * 10, "scale", (1, 2)),
        ("您的建议", ["无", "很好"] * 5, "open", None),
    ],
)
def test_a_header_says_what_its_values_leave_open(
    header: str, values: list, looks: str, ends: tuple[int, int] | None
) -> None:
    found = guess(values, Dialect(), header)
    assert found.looks == looks
    assert (found.scale and found.scale.scale.ends) == ends


@settings(max_examples=20)
@given(st.permutations(["18岁以下", "18-25岁", "26-45岁", "46岁以上", "其他", "不清楚"]), st.data())
def test_no_count_and_no_order_of_rows_changes_a_natural_order(words: list[str], data: st.DataObject) -> None:
    counts = {word: data.draw(st.integers(1, 9)) for word in words}
    assert naturally(counts)[:4] == ("18岁以下", "18-25岁", "26-45岁", "46岁以上")
    assert set(naturally(counts)[4:]) == {"其他", "不清楚"}


@settings(max_examples=20)
@given(st.lists(st.lists(st.sampled_from("abcdef"), unique=True), max_size=12))
def test_every_option_is_listed_once(cells: list[list[str]]) -> None:
    assert sorted(as_listed(cells)) == sorted({option for cell in cells for option in cell})


@settings(max_examples=20)
@given(st.permutations(range(5)), st.lists(st.sets(st.integers(0, 4), min_size=2), min_size=1))
def test_options_stand_as_in_the_cells(form: list[int], chosen: list[set[int]]) -> None:
    cells = [[str(form[n]) for n in sorted(some)] for some in chosen]
    found = as_listed(cells)
    for cell in cells:
        assert [found.index(option) for option in cell] == sorted(found.index(option) for option in cell)


def test_rows_of_a_matrix_share_the_widest_scale_and_the_words_of_all(tmp_path: Path) -> None:
    path = write_rows(tmp_path / wenjuanxing_name("text"), wenjuanxing("text", "C"))
    study = drafted(path).study
    matrix = [item for item in study.items if item.id.startswith("Q3")]
    assert [item.text.zh for item in matrix] == ["请评价以下各项 — 外观", "请评价以下各项 — 功能"]
    assert len({item.scale for item in matrix}) == 1
    assert study.scale_of(matrix[0].id).labels[2].zh == "比较不满意"


def test_what_people_wrote_is_never_repeated(tmp_path: Path) -> None:
    path = workbook(tmp_path, "编号 满意度 意见\n1 5 张三的服务好\n2 4 李四太慢\n3 4 价格太高")
    draft = drafted(path)
    texts = [
        note.text("zh") for notes in (*draft.evidence.values(), *draft.confirm.values()) for note in notes
    ]
    assert any("3 种写法" in text for text in texts)
    assert not any("张三" in text for text in texts)


def test_options_with_a_column_each_count_who_answered(tmp_path: Path) -> None:
    path = write_rows(tmp_path / wenjuanxing_name("scores"), wenjuanxing("scores", "A"))
    draft = drafted(path)
    [reasons] = [question for question in draft.study.choice_questions if question.kind == "multiple"]
    [seen] = draft.evidence[reasons.id]
    assert (seen.values["n"], seen.values["blank"]) == (3, 1)
    assert reasons.text.zh == "第2题"
    assert "stem_lost" in {note.key for note in draft.confirm[reasons.id]}


def test_numbered_ranks_are_a_ranking(tmp_path: Path) -> None:
    path = write_rows(tmp_path / wenjuanxing_name("scores"), wenjuanxing("scores", "B"))
    draft = drafted(path)
    [order] = [question for question in draft.study.choice_questions if question.kind == "ranking"]
    assert [option.label.zh for option in order.options] == ["1", "2", "3"]
    assert imported(path, draft).responses.choices[order.id][0] == (2, 1, 3)


@pytest.mark.parametrize("mode", ["scores", "options"])
def test_numbers_of_facts_are_categories_and_no_scores(tmp_path: Path, mode: Mode) -> None:
    rows = wenjuanxing(mode, "B", people=PEOPLE * 6)
    rows = [[*row, *([n % 2 + 1] if n else ["7、您的性别"])] for n, row in enumerate(rows)]
    path = write_rows(tmp_path / wenjuanxing_name(mode, len(rows) - 1), rows)
    draft = drafted(path, "high-first" if mode == "options" else None)
    sound(draft)
    assert "Q7" not in [item.id for item in draft.study.items]
    assert imported(path, draft).responses.columns["Q7"][:3] == ("2", "1", "2")


@pytest.mark.parametrize(
    ("sheet", "header"),
    [
        ("三季度\n客户编号 满意度 城市\nK1 5 广州\nK2 4 深圳", ["客户编号", "满意度", "城市"]),
        ("id a ~ b c d\n1 x y z x y\n2 x y z x y", ["id", "a", "b", "c", "d"]),
    ],
)
def test_the_first_full_row_is_the_header(tmp_path: Path, sheet: str, header: list[str]) -> None:
    _, export = any_export(read_workbook(workbook(tmp_path, sheet)))
    assert [column.header for column in export.columns] == header
    assert export.columns[0].meta == "respondent"


def test_a_number_that_repeats_tells_no_respondents_apart(tmp_path: Path) -> None:
    rows = "\n".join(f"K{n % 55} 5 广州" for n in range(60))
    draft = drafted(workbook(tmp_path, f"客户编号 满意度 城市\n{rows}"))
    sound(draft)
    assert draft.study.design.respondent is None


def test_notes_are_no_table(tmp_path: Path) -> None:
    with pytest.raises(ImportProblems):
        drafted(workbook(tmp_path, "会议纪要\n下周开会 负责人\n结论\n继续"))


def test_a_header_of_spaces_goes_by_its_letter(tmp_path: Path) -> None:
    draft = drafted(workbook(tmp_path, "满意度 _\n5 4\n4 3\n3 5"), "codes")
    sound(draft)
    assert "B" in [item.text.zh for item in draft.study.items]


def test_a_running_number_is_nobodys_name(tmp_path: Path) -> None:
    draft = drafted(workbook(tmp_path, "序号 满意度 城市\n1 5 广州\n2 4 深圳"))
    sound(draft)
    assert draft.study.design.respondent is None


def test_a_question_may_be_called_like_the_item_that_stands_in(tmp_path: Path) -> None:
    draft = drafted(workbook(tmp_path, "总体满意度 编号\n很好很好 7\n马马虎虎 8\n不太满意吧 9"), "codes")
    sound(draft)
    assert draft.study.items[0].id == STAND_IN


def test_options_told_apart_by_hand_are_imported_as_such(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, "编号 满意度 渠道\n1 5 电话、短信\n2 4 电话\n3 4 短信\n4 3 短信、网站\n5 3 网站"
    )
    draft = drafted(path)
    sound(draft)
    [channels] = draft.study.choice_questions
    assert [option.label.zh for option in channels.options] == ["电话", "短信", "网站"]
    assert imported(path, draft).responses.choices[channels.id][0] == (1, 2)


@pytest.mark.parametrize(
    ("name", "numbers", "people"),
    [
        ("wenjuanxing_by_text.xls", None, 800),
        ("qualtrics_sample.csv", "codes", 1),
        ("mobile_ecsi.xlsx", None, 250),
    ],
)
def test_real_files_import_with_their_own_draft(name: str, numbers: str | None, people: int) -> None:
    if not (REAL / name).is_file():
        pytest.skip("the real survey files are not here")
    draft = drafted(REAL / name, numbers)
    sound(draft)
    report = imported(REAL / name, draft).report
    assert report.reconciles
    assert report.imported == people
    assert draft.study.design.respondent == "respondent"
