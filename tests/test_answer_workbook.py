"""The workbook to fill in: what is chosen or typed in it is what import reads."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from form_studies import every_feature
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from survey.answer_columns import admitted, answer_columns
from survey.answer_workbook import FIRST_ROW, ID_ROW, LAST_ROW, write_answer_workbook
from survey.importing import Imported, read_answers
from survey.language import LANGUAGES, Language
from survey.questionnaire import offered
from survey.questions import BlankKind
from survey.workbook import read_workbook

STUDY = every_feature()
WAVE = "2026Q1"


def opened(folder: Path, language: Language = "en") -> tuple[Path, Workbook]:
    path = folder / "answers.xlsx"
    write_answer_workbook(STUDY, WAVE, language, path)
    return path, load_workbook(path)


def fill(sheet: Worksheet, row: int, answers: dict[str, object]) -> None:
    columns = {cell.value: cell.column for cell in sheet[ID_ROW]}
    for name, value in answers.items():
        sheet.cell(row, columns[name], value)


def imported(path: Path) -> Imported:
    return read_answers(read_workbook(path), STUDY, WAVE)


PERSON = {"region": "East", "spend": 120.5}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_of_every_list_is_read_as_its_code(language: Language, tmp_path: Path) -> None:
    path, book = opened(tmp_path, language)
    columns = {column.id: column for column in answer_columns(STUDY, language)}
    items = [item.id for item in STUDY.items if columns[item.id].entry == "list" and item.asked_if is None]
    longest = max(len(columns[item].answers) for item in items)
    region = STUDY.column_by_id["region"].categories[1].label[language]
    for n in range(longest):
        given: dict[str, object] = {item: (*columns[item].answers, *[None] * longest)[n] for item in items}
        fill(book.worksheets[1], FIRST_ROW + n, {"customer": f"00{n}", "region": region, "spend": n, **given})
    book.save(path)
    found = imported(path).responses
    assert found.respondents == tuple(f"00{n}" for n in range(longest))
    assert set(found.columns["region"]) == {"华南 大区"}
    for item in items:
        scale = STUDY.scale_of(item)
        listed = [answer.code for answer in offered(scale)]
        typed = [answer.code for answer in offered(scale) if answer.label is not None]
        meant = [
            BlankKind[scale.blanks[code].kind.upper()] if code in scale.blanks else code
            for code in (*listed, *typed)
        ]
        read = found.codes[:, found.items.index(item)].tolist()
        assert read[: len(meant)] == meant
        assert set(read[len(meant) :]) <= {BlankKind.BLANK}


def test_choices_ranks_words_days_and_routing_are_read(tmp_path: Path) -> None:
    path, book = opened(tmp_path)
    sheet = book.worksheets[1]
    first = {"customer": "1", "had_fault": "2 No", "reasons/1": 1, "reasons/8": 1, "share": 40}
    first |= {"reasons/8/text": "a friend", "first_repairs/3": 1, "first_repairs/1": 2, "member": "Yes"}
    second = {"customer": "2", "had_fault": 1, "repair_speed": "10 Very good", "fault_text": "It broke."}
    second |= {"last_visit": date(2026, 3, 2), "gender": "Female", "age": 44, "city": "=x", "share": 998}
    fill(sheet, FIRST_ROW, {**PERSON, **first})
    fill(sheet, FIRST_ROW + 1, {**PERSON, **second})
    for row in sheet.iter_rows(min_row=FIRST_ROW):
        for cell in row:
            if cell.value == "=x":
                cell.data_type = "s"
    book.save(path)
    found = imported(path).responses
    assert found.choices["reasons"] == ((1, 8), BlankKind.BLANK)
    assert found.choices["first_repairs"] == ((3, 1), BlankKind.BLANK)
    assert found.comments["reasons"] == ("a friend", "")
    assert found.comments["fault_text"] == ("", "It broke.")
    assert found.columns["last_visit"] == (None, "2026-03-02")
    assert found.columns["gender"] == (None, "女")
    assert found.columns["city"] == (None, "=x")
    assert found.columns["member"] == (True, None)
    speed = found.codes[:, found.items.index("repair_speed")].tolist()
    assert speed == [BlankKind.NOT_ASKED, 10]
    assert found.codes[:, found.items.index("share")].tolist() == [40, BlankKind.DONT_KNOW]


def test_everything_has_a_column_and_a_line_of_instruction(tmp_path: Path) -> None:
    _, book = opened(tmp_path, "zh")
    ids = [cell.value for cell in book.worksheets[1][ID_ROW]]
    assert ids[0] == "customer"
    assert {"reasons/1", "reasons/8/text", "reasons/9", "first_repairs/4"} <= set(ids)
    named = {str(name).split("/")[0] for name in ids}
    assert named == {
        part.id
        for parts in (STUDY.columns, STUDY.items, STUDY.choice_questions, STUDY.open_questions)
        for part in parts
    }
    guide = {cell.value for row in book.worksheets[0].iter_rows() for cell in row}
    assert set(ids) <= guide
    assert any(f"--wave {WAVE}" in str(text) for text in guide)


def test_only_cells_for_answers_can_be_changed(tmp_path: Path) -> None:
    _, book = opened(tmp_path)
    guide, sheet, lists = book.worksheets
    assert lists.sheet_state == "hidden"
    for protected in (guide, sheet, lists):
        assert protected.protection.sheet
        assert not protected.protection.password
    assert sheet["A2"].protection.locked
    assert sheet["A3"].protection.locked
    assert not sheet.column_dimensions["A"].protection.locked
    assert not sheet.column_dimensions["S"].protection.locked
    assert sheet.freeze_panes == f"B{FIRST_ROW}"
    assert sheet.column_dimensions["A"].number_format == "@"


def test_drop_downs_and_limits_reach_every_prepared_row(tmp_path: Path) -> None:
    _, book = opened(tmp_path)
    sheet = book.worksheets[1]
    letters = {cell.value: cell.column_letter for cell in sheet[ID_ROW]}
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    kinds = {name: rules[f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}"].type for name, letter in letters.items()
             if f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}" in rules}  # fmt: skip
    assert kinds["greeting"] == kinds["gender"] == kinds["lost"] == kinds["reasons/1"] == "list"
    assert kinds["customer"] == kinds["share"] == "custom"
    assert kinds["age"] == "decimal"
    assert kinds["last_visit"] == "date"
    assert kinds["first_repairs/1"] == "whole"
    assert "comment" not in kinds
    for rule in rules.values():
        assert rule.error
        assert len(rule.error) <= 255  # Excel calls a workbook with more damaged


def test_a_gate_admits_what_its_cell_may_hold() -> None:
    gate = STUDY.item_by_id["repair_speed"].asked_if
    assert gate is not None
    assert admitted(STUDY, gate, "en") == ("1 Yes", "3 Not sure", 1, 3)


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    first, _ = opened(tmp_path)
    before = first.read_bytes()
    opened(tmp_path)
    assert first.read_bytes() == before
