"""The workbook for experts: what is chosen or typed in it is what is read, and all that is wrong is told."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from panels import allot, edited, judge, name_expert, rows
from report_studies import key_accounts

from survey.errors import PanelProblems, Problem
from survey.language import LANGUAGES, Language
from survey.panel import Panel, PanelMethod, judgement_words, panel_families, read_head
from survey.panel_reader import read_panel
from survey.panel_workbook import AFTER, DEGREE, ID, POINTS, SECOND, WHICH, Told, write_panel_workbook
from survey.workbook import read_workbook

STUDY = key_accounts()
FAMILIES = panel_families(STUDY)
TOTAL, AFTER_SALES = FAMILIES[0], FAMILIES[4]
PAIR = ("product", "pre_sales")
ROW = "key_account_index/product/pre_sales"


def handed_out(folder: Path, method: PanelMethod = "ahp", language: Language = "en", **more: Any) -> Path:
    path = folder / f"{method}.xlsx"
    write_panel_workbook(STUDY, method, language, path, **more)
    return path


def read(*paths: Path) -> Panel:
    return read_panel([read_workbook(path) for path in paths], STUDY)


def refused(*paths: Path) -> list[Problem]:
    with pytest.raises(PanelProblems) as caught:
        read(*paths)
    for problem in caught.value.problems:
        assert all(problem.line(language) for language in LANGUAGES)
    return list(caught.value.problems)


def wrong(path: Path, cells: dict[tuple[str, int], Any]) -> list[tuple[str, str | None]]:
    """Return what is said of cells, given by the id of their row and their column."""

    def fill(book: Workbook) -> None:
        sheet = book.worksheets[1]
        at = rows(sheet)
        for (row, column), value in cells.items():
            sheet.cell(at[row], column, value)

    return [(problem.code, problem.place.cell) for problem in refused(edited(path, fill))]


scale = st.sampled_from([1 / k for k in range(9, 1, -1)] + list(range(1, 10)))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.sampled_from(LANGUAGES))
def test_judgements_come_back_as_they_were_chosen(
    tmp_path: Path, data: st.DataObject, language: Language
) -> None:
    said = {
        name: {
            family.parent: {
                pair: data.draw(scale)
                for pair in combinations([member.id for member in family.members], 2)
                if pair == ("product", "pre_sales") or data.draw(st.integers(0, 4))
            }
            for family in FAMILIES
        }
        for name in ("张三", "Li Si")
    }
    path = handed_out(tmp_path, language=language, experts=tuple(said))

    def fill(book: Workbook) -> None:
        for sheet, judged in zip(book.worksheets[1:], said.values(), strict=False):
            for family in FAMILIES:
                judge(sheet, family, judged[family.parent], language)

    found = read(edited(path, fill))
    assert found.empty == ()
    for sheet in found.sheets:
        asked = {parent: pairs for parent, pairs in said[sheet.expert].items() if pairs}
        assert sheet.judgements == {parent: pytest.approx(pairs) for parent, pairs in asked.items()}


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_points_come_back_as_they_were_typed(tmp_path: Path, data: st.DataObject) -> None:
    given_points: dict[str | None, dict[str, float]] = {}
    for family in FAMILIES:
        cuts = sorted(data.draw(st.integers(0, 200)) / 2 for _ in family.members[1:])
        ends = [0.0, *cuts, 100.0]
        parts = [high - low for low, high in pairwise(ends)]
        given_points[family.parent] = {
            member.id: part for member, part in zip(family.members, parts, strict=True)
        }
    path = handed_out(tmp_path, "budget")

    def fill(book: Workbook) -> None:
        for family in FAMILIES:
            allot(book.worksheets[1], family, given_points[family.parent])

    [sheet] = read(edited(path, fill)).sheets
    assert sheet.points == given_points
    assert sheet.expert == "budget"  # nobody put a name on it, so the file names the expert


def test_files_and_sheets_are_one_panel_and_empty_sheets_are_counted(tmp_path: Path) -> None:
    together = handed_out(tmp_path, experts=("A", "B", "C"))
    (tmp_path / "own").mkdir()
    alone = handed_out(tmp_path / "own", language="zh")

    def first(book: Workbook) -> None:
        judge(book.worksheets[1], TOTAL, {PAIR: 3})
        judge(book.worksheets[3], TOTAL, {PAIR: 1 / 5})

    def second(book: Workbook) -> None:
        name_expert(book.worksheets[1], "丁")
        judge(book.worksheets[1], TOTAL, {PAIR: 1}, "zh")

    found = read(edited(together, first), edited(alone, second))
    said = {sheet.expert: sheet.judgements[None][PAIR] for sheet in found.sheets}
    assert said == {"A": 3, "C": pytest.approx(1 / 5), "丁": 1}
    assert found.empty == ((1, "B"),)
    assert found.rounds == (1,)


@pytest.mark.parametrize(
    ("which", "degree", "ratio"),
    [
        ("product", 4, 4),
        ("产品质量", "4", 4),
        ("  PRODUCT   quality ", 4.0, 4),
        ("Pre-sales service", "４ 介于 3 与 5 之间", 1 / 4),
        ("Equally important", None, 1),
        ("同样重要", 1, 1),
        (None, "1 equally", 1),
    ],
)
def test_a_judgement_may_be_typed_in_either_language(
    which: str | None, degree: Any, ratio: float, tmp_path: Path
) -> None:
    def fill(book: Workbook) -> None:
        row = rows(book.worksheets[1])[ROW]
        book.worksheets[1].cell(row, WHICH, which)
        book.worksheets[1].cell(row, DEGREE, degree)

    [sheet] = read(edited(handed_out(tmp_path), fill)).sheets
    assert sheet.judgements == {None: {PAIR: pytest.approx(ratio)}}


def test_all_that_is_wrong_with_comparisons_is_told_at_once(tmp_path: Path) -> None:
    ids = [TOTAL.row(*pair) for pair in TOTAL.pairs]
    found = wrong(
        handed_out(tmp_path),
        {
            (ids[0], WHICH): "Network", (ids[0], DEGREE): 3,
            (ids[1], WHICH): "product", (ids[1], DEGREE): "1/3",
            (ids[2], WHICH): "product",
            (ids[3], DEGREE): 5,
            (ids[4], WHICH): "Equally important", (ids[4], DEGREE): 5,
            (ids[5], WHICH): "pre_sales", (ids[5], DEGREE): 1,
            (ids[6], WHICH): "pre_sales", (ids[6], DEGREE): 10,
            (ids[7], WHICH): "in_sales", (ids[7], DEGREE): "=2+2",
            (ids[8], WHICH): True, (ids[8], DEGREE): 2.5,
        },
    )  # fmt: skip
    assert found == [
        ("panel_which_unknown", "E7"),
        ("panel_degree_unknown", "F8"),
        ("panel_degree_blank", "F9"),
        ("panel_which_blank", "E10"),
        ("panel_equal_or_more", "F11"),
        ("panel_equal_or_more", "F12"),
        ("panel_degree_unknown", "F13"),
        ("import_cell_formula", "F14"),
        ("panel_which_unknown", "E15"),
        ("panel_degree_unknown", "F15"),
    ]


def test_all_that_is_wrong_with_points_is_told_at_once(tmp_path: Path) -> None:
    def at(member: str) -> tuple[str, int]:
        return f"key_account_index/{member}", POINTS

    of_family = {("product/reliability", POINTS): 70, ("product/fit", POINTS): 40}
    blank = {("after_sales/billing", POINTS): 50, ("after_sales/fault_handling", POINTS): 50}
    unread = {at("product"): "many", at("pre_sales"): -1, at("in_sales"): 100.5, at("after_sales"): "=1/0"}
    found = wrong(handed_out(tmp_path, "budget"), {**of_family, **blank, **unread})
    assert found == [
        ("panel_points_wrong", "E7"),
        ("panel_points_wrong", "E8"),
        ("panel_points_wrong", "E9"),
        ("import_cell_formula", "E10"),
        ("panel_points_sum", "E18"),
        ("panel_points_blank", "E39"),
    ]


def test_a_changed_study_a_deleted_row_and_a_doubled_one_are_told(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        sheet = book.worksheets[1]
        judge(sheet, TOTAL, {PAIR: 3})
        sheet.cell(rows(sheet)["product/reliability/fit"], ID, "product/reliability/colour")
        sheet.cell(rows(sheet)["pre_sales/information/advice"], ID, ROW)

    found = refused(edited(handed_out(tmp_path), change))
    assert [problem.code for problem in found] == [
        "panel_row_unknown", "panel_row_twice", "panel_rows_absent",
    ]  # fmt: skip
    assert "product/reliability/fit, pre_sales/information/advice" in found[2].message("en")


def test_what_is_no_workbook_of_this_panel_is_told(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "Q1"  # type: ignore[index]
    book.save(tmp_path / "other.xlsx")

    def change(opened: Workbook) -> None:
        opened.worksheets[1].cell(1, ID, "csat panel 1; ahp; 1; another_index")

    other = edited(handed_out(tmp_path), change)
    codes = [(problem.code, problem.place.file) for problem in refused(tmp_path / "other.xlsx", other)]
    assert codes == [("panel_no_sheet", "other.xlsx"), ("panel_other_index", "ahp.xlsx")]


def test_one_expert_has_one_sheet_in_a_round(tmp_path: Path) -> None:
    def answer(book: Workbook) -> None:
        for sheet in book.worksheets[1:3]:
            judge(sheet, TOTAL, {PAIR: 3})

    path = edited(handed_out(tmp_path, experts=("A", "a ")), answer)
    [problem] = refused(path)
    assert problem.code == "panel_expert_twice"
    assert "ahp.xlsx, A!A1" in problem.message("en")


def test_later_rounds_show_what_was_said_and_take_reasons(tmp_path: Path) -> None:
    told = {"A": {ROW: Told(3, 1 / 2, 1 / 4, 1)}}
    path = handed_out(tmp_path, experts=("A", "B"), number=2, feedback=told)
    own, silent = load_workbook(path).worksheets[1:3]
    row = rows(own)[ROW]
    shown = [own.cell(row, AFTER["ahp"] + place).value for place in range(3)]
    assert shown == [
        "Product quality 3", "Pre-sales service 2", "Pre-sales service 4 to Equally important",
    ]  # fmt: skip
    assert silent.cell(row, AFTER["ahp"]).value == "–"

    def answer(book: Workbook) -> None:
        judge(book.worksheets[1], TOTAL, {PAIR: 3})
        book.worksheets[1].cell(row, AFTER["ahp"] + 3, "Networks decide.")

    found = read(edited(path, answer))
    [sheet] = found.sheets
    assert (sheet.round, sheet.reasons) == (2, {ROW: "Networks decide."})
    assert found.empty == ((2, "B"),)


def test_the_sheet_says_how_much_there_is_to_judge(tmp_path: Path) -> None:
    sheet = load_workbook(handed_out(tmp_path)).worksheets[1]
    assert sheet["B2"].value == (
        "Comparisons in all: 19 (Key account satisfaction 10, Product quality 1, Pre-sales service 1, "
        "In-sales service 1, After-sales service 3, Account manager 3)."
    )


@pytest.mark.parametrize("method", ["ahp", "budget"])
def test_only_answers_can_be_changed_and_each_has_a_rule(method: PanelMethod, tmp_path: Path) -> None:
    book = load_workbook(handed_out(tmp_path, method, experts=("A", "B")))
    guide, first, second, lists = book.worksheets
    assert lists.sheet_state == "hidden"
    for sheet in (guide, first, second, lists):
        assert sheet.protection.sheet
        assert not sheet.protection.password
    columns = (WHICH, DEGREE) if method == "ahp" else (POINTS,)
    at = rows(first)
    asked = {row for id_, row in at.items() if "/" in id_}
    open_cells = {cell.coordinate for row in first.iter_rows() for cell in row if not cell.protection.locked}
    expected = {first.cell(row, column).coordinate for row in asked for column in columns}
    assert open_cells == expected | {first.cell(3, SECOND).coordinate}
    ruled = {str(rule.sqref) for rule in first.data_validations.dataValidation}
    assert ruled == expected
    assert len(asked) == (19 if method == "ahp" else 17)
    assert first.column_dimensions["A"].hidden


def test_instructions_name_the_only_sheet_and_no_one_of_several(tmp_path: Path) -> None:
    alone, together = (
        load_workbook(handed_out(tmp_path, experts=names)).worksheets[0]["B4"].value
        for names in (("Fang",), ("Fang", "Qiang"))
    )
    assert "the sheet “Fang”" in alone
    assert "Fang" not in together
    assert "bears your name" in together


def test_names_become_sheets_that_excel_takes(tmp_path: Path) -> None:
    names = ("Li/Wang: [1]", "x" * 40, "x" * 40 + "y", "Instructions", "'")
    titles = load_workbook(handed_out(tmp_path, experts=names)).sheetnames[1:-1]
    assert titles == ["Li Wang   1", "x" * 31, "x" * 29 + " 2", "Instructions 2", "Expert"]


def test_the_same_panel_gives_the_same_bytes(tmp_path: Path) -> None:
    before = handed_out(tmp_path, experts=("A",)).read_bytes()
    assert handed_out(tmp_path, experts=("A",)).read_bytes() == before


def test_words_for_judgements_and_marks() -> None:
    pair = AFTER_SALES.pairs[0]
    assert judgement_words(AFTER_SALES, pair, 1.02, "zh") == "同样重要"
    assert judgement_words(AFTER_SALES, pair, 1 / 2.5, "en") == "Ease of fault reporting 2.5"
    assert read_head("csat panel 1; ahp; one; x") is None
    assert read_head("Q1") is None
