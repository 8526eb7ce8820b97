"""The form workbook of a study: what was written is read back, and form tools take it without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from drawing import both, small_study
from form_studies import any_form, every_feature
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from survey.definition import dump_study, load_study, parse_study
from survey.errors import Problem, StudyProblems
from survey.language import LANGUAGES
from survey.study import Study
from survey.workbook import read_workbook
from survey.xlsform import is_xlsform, read_xlsform, write_xlsform
from survey.xlsform.conditions import relevant, routing

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = [
    *sorted((ROOT / "survey" / "presets").glob("*.yaml")),
    *sorted((ROOT / "sample_surveys").glob("*/study.yaml")),
]


def there_and_back(study: Study, folder: Path) -> Study:
    path = folder / "form.xlsx"
    write_xlsform(study, path)
    return read_xlsform(read_workbook(path), path.name)


def shipped(path: Path) -> Study:
    return load_study(path)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name + "/" + path.stem)
def test_each_study_that_ships_comes_back_equal(path: Path, tmp_path: Path) -> None:
    study = shipped(path)
    assert there_and_back(study, tmp_path) == study


def test_a_study_with_every_feature_keeps_the_rules_and_comes_back_equal(tmp_path: Path) -> None:
    study = every_feature()
    assert parse_study(dump_study(study), "study.yaml") == study
    assert there_and_back(study, tmp_path) == study


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_any_study_comes_back_equal_and_form_tools_take_it(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    study, folder = any_form(seed), tmp_path_factory.mktemp("form")
    assert there_and_back(study, folder) == study
    assert convert(folder / "form.xlsx").warnings == []


def test_a_wording_that_is_a_number_is_no_missing_wording(tmp_path: Path) -> None:
    scale = {"ends": [1, 3], "labels": {2: both("2"), 3: both("3 很好", "3 good")}}
    study = small_study({"id": "a", "scale": "s"}, scales={"s": scale})
    assert there_and_back(study, tmp_path) == study


def converted(study: Study, folder: Path) -> str:
    path = folder / "form.xlsx"
    write_xlsform(study, path)
    result = convert(path)
    assert result.warnings == []
    return result.xform


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name + "/" + path.stem)
def test_form_tools_take_each_study_that_ships_without_a_warning(path: Path, tmp_path: Path) -> None:
    converted(shipped(path), tmp_path)


def test_form_tools_take_every_feature_without_a_warning(tmp_path: Path) -> None:
    xform = converted(every_feature(), tmp_path)
    for part in ("count-selected(.) &lt;= 3", "odk:rank", 'appearance="list-nolabel"', "columns-pack"):
        assert part in xform, part
    assert "relevant=\" /data/had_fault  = '1' or  /data/had_fault  = '3'\"" in xform
    # What the customer system knows is not asked; what identifies the respondent is.
    for absent in ("/data/spend", "/data/region", "/data/lost", "华东"):
        assert absent not in xform, absent
    assert "/data/customer" in xform


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_xlsform(every_feature(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_form_is_known_by_its_survey_sheet(tmp_path: Path) -> None:
    write_xlsform(every_feature(), tmp_path / "form.xlsx")
    assert is_xlsform(read_workbook(tmp_path / "form.xlsx"))
    sample = ROOT / "sample_surveys" / "key_accounts" / "2026Q3.xlsx"
    assert not is_xlsform(read_workbook(sample))


@pytest.mark.parametrize(
    ("condition", "meaning"),
    [
        ("${a} = '1'", ("a", (1,))),
        ("${ a }=1 or ${a} = 2", ("a", (1, 2))),
        ('selected(${a}, "3")', ("a", (3,))),
        ("(${a} = ‘1’) OR (selected(${a}，‘2’))", ("a", (1, 2))),
        ("${a} = '1' or ${b} = '1'", None),
        ("${a} = '1' and ${a} = '2'", None),
        ("${a} > 3", None),
        ("", None),
    ],
)
def test_conditions_that_a_study_can_say_are_read(condition: str, meaning: Any) -> None:
    assert routing(condition) == meaning


def test_a_condition_is_read_as_it_was_written() -> None:
    gate = every_feature().item_by_id["repair_speed"].asked_if
    assert gate is not None
    for typed in (False, True):
        assert routing(relevant(gate, typed=typed)) == (gate.item, gate.answers)


class Form:
    """The form of a study, whose cells can be found by what stands beside them, and changed."""

    def __init__(self, study: Study, folder: Path) -> None:
        self.path = folder / "form.xlsx"
        write_xlsform(study, self.path)
        self.book = load_workbook(self.path)

    def cell(self, sheet: str, header: str, **row: str) -> str:
        """Return the address under ``header`` in the row whose cells are as in ``row``."""
        found = self.book[sheet]
        columns = {cell.value: cell.column_letter for cell in found[1]}
        for number in range(2, found.max_row + 1):
            if all(str(found[f"{columns[key]}{number}"].value) == value for key, value in row.items()):
                return f"{columns[header]}{number}"
        raise AssertionError(f"no row of {sheet} has {row}")

    def read(self) -> Study:
        self.book.save(self.path)
        return read_xlsform(read_workbook(self.path), self.path.name)

    def problems(self) -> list[Problem]:
        with pytest.raises(StudyProblems) as caught:
            self.read()
        for problem in caught.value.problems:
            assert problem.place.file == "form.xlsx"
            for language in LANGUAGES:
                assert "{" not in problem.line(language).replace("${", "")
                assert "None" not in problem.line(language)
        return list(caught.value.problems)


EN = "label::English (en)"
CHANGES: list[tuple[str, str, dict[str, str], Any, str]] = [
    ("survey", EN, {"name": "advice"}, None, "study_missing_language"),
    ("survey", "relevant", {"name": "repair_speed"}, "${had_fault} > 1", "form_relevant"),
    ("survey", "relevant", {"name": "repair_result"}, "${had_falt} = '1'", "study_unknown_items_near"),
    ("survey", "role", {"name": "comment"}, "open", "form_role"),
    ("survey", "type", {"name": "share"}, "decimal", "form_item_type"),
    ("survey", "type", {"name": "greeting"}, "select_one fife", "form_scale_differs"),
    ("survey", "most", {"name": "reasons"}, 12, "study_most_options"),
    ("survey", "type", {"name": "first_repairs"}, "text", "form_choice_type"),
    ("survey", "reversed", {"name": "waiting"}, "perhaps", "form_flag"),
    ("survey", "name", {"name": "age"}, "years", "form_column_undeclared"),
    ("survey", "type", {"type": "start"}, "barcode", "form_role_absent"),
    ("choices", "name", {"name": "98", "list_name": "five"}, "x", "form_code"),
    ("choices", "name", {"name": "3", "list_name": "five"}, 2, "form_code_twice"),
    ("choices", EN, {"name": "4", "list_name": "five"}, None, "study_missing_language"),
    ("choices", "missing", {"name": "97", "list_name": "five"}, "lost", "study_not_allowed"),
    ("choices", "list_name", {"name": "女"}, "sexes", "form_list_unused"),
    ("study", "key", {"key": "reporting.target"}, "reporting.targets", "form_key_near"),
    ("study", "key", {"key": "reporting.seed"}, "shoe size", "form_key"),
    ("study", "key", {"key": "reporting.replicates"}, "reporting.level", "form_key_twice"),
    ("study", "value", {"key": "reporting.minimum_base"}, "high", "study_wrong_type"),
    ("scales", "low", {"id": "likely"}, 17, "study_ends_reversed"),
    ("scales", "unit::English (en)", {"id": "ten"}, None, "study_missing_language"),
    ("codes", "scale", {"code": "-3", "scale": "five"}, "four", "form_scale_unknown"),
    ("columns", "kind", {"id": "spend"}, "money", "study_not_allowed"),
    ("columns", "list", {"id": "gender"}, "genders", "form_list_absent"),
    ("categories", "column", {"value": "华东"}, "regions", "form_column_undeclared"),
    ("index", "parent", {"item": "greeting"}, "stuff", "form_parent"),
    ("index", "weight", {"item": "advice"}, -1, "study_negative_weight"),
    ("outcomes", "items", {"id": "overall"}, "overal", "study_unknown_items_near"),
    ("waves", "start", {"id": "2026Q1"}, "March", "study_bad_date"),
    ("actions", "due", {"item": "waiting"}, None, "study_missing_key"),
    ("population", "total", {"value": "华东"}, 0, "study_total_not_positive"),
    ("population", "wave", {"wave": "2026Q1"}, "2026Q9", "form_wave_unknown"),
    ("population", "wave", {"wave": "2026Q1"}, None, "form_total_twice"),
    ("strata", "stratum", {"stratum": "华南 大区"}, "华东", "form_stratum_twice"),
    ("strata", "clusters", {"stratum": "华东"}, 0.5, "study_stratum_empty"),
    ("drivers", "driver", {"driver": "advice"}, "greeting", "form_driver_twice"),
    ("drivers", "target", {"driver": "greeting"}, "high", "study_wrong_type"),
    ("drivers", "stated", {"driver": "greeting"}, "shares", "study_unknown_items_near"),
    ("costs", "item", {"item": "advice"}, "greeting", "form_cost_twice"),
    ("study", "value", {"key": "what_if.steps"}, "1; 1", "study_whatif_step_twice"),
    ("study", "value", {"key": "design.calibration.trim"}, 0.5, "study_trim_low"),
    ("study", "value", {"key": "design.calibration.margins"}, "spend×region", "study_margin_unknown"),
    ("aliases", "name", {"alias": "等候"}, "queue", "form_alias_of"),
    ("aliases", "alias", {"alias": "所在城市"}, None, "form_alias_blank"),
    ("waves", "invited", {"id": "2026Q1"}, "#N/A", "form_fault"),
    ("segments", "column", {"column": "column"}, "columns", "form_header_near"),
    ("paths", "to", {"to": "to"}, "remarks of mine", "form_header"),
    ("paths", "from", {"from": "from"}, "Remarks of mine ", "form_header"),
    ("switching_costs", "facet", {"facet": "facet"}, "id", "form_header_twice"),
    ("gap_pairs", "performance", {"dimension": "staff"}, "greetings", "study_unknown_items_near"),
    ("gap_pairs", "dimension", {"expectation": "repair_speed"}, "shops", "study_gap_dimension"),
    ("gap_dimensions", "weight", {"id": "shop"}, "heavy", "study_wrong_type"),
]


def test_all_that_is_wrong_is_told_at_once_each_at_its_cell(tmp_path: Path) -> None:
    form = Form(every_feature(), tmp_path)
    cells = {}
    for sheet, header, row, value, code in CHANGES:
        first = header if row == {header: header} else None
        heads = {cell.value: cell.coordinate for cell in form.book[sheet][1]}
        cells[code, sheet] = heads[first] if first else form.cell(sheet, header, **row)
        form.book[sheet][cells[code, sheet]] = value
    found = {(problem.code, problem.place.sheet, problem.place.line) for problem in form.problems()}
    rows = {(*key, int("".join(filter(str.isdigit, cell)))) for key, cell in cells.items()}
    assert rows <= found, (rows - found, sorted(found, key=str))
    (blank,) = [
        p for p in form.problems() if p.code == "study_missing_language" and p.place.sheet == "survey"
    ]
    assert blank.place.cell == cells["study_missing_language", "survey"]


def test_problems_stand_in_the_order_of_the_workbook(tmp_path: Path) -> None:
    form = Form(every_feature(), tmp_path)
    for sheet, cell in (("waves", "B2"), ("survey", "C8"), ("survey", "D6"), ("columns", "B3")):
        form.book[sheet][cell] = None
    order = [problem.place.sheet for problem in form.problems()]
    assert order == ["survey", "survey", "columns", "waves"]


def test_sheets_that_are_needed_are_named(tmp_path: Path) -> None:
    form = Form(every_feature(), tmp_path)
    for name in ("index", "study", "paths"):
        del form.book[name]
    problems = [problem for problem in form.problems() if problem.code == "form_no_sheet"]
    assert [problem.values["name"] for problem in problems] == ["study", "index"]


def test_a_form_that_was_edited_by_hand_is_read(tmp_path: Path) -> None:
    form = Form(every_feature(), tmp_path)
    survey = form.book["survey"]
    # Another spelling of the languages, a question without a role, a group and a note of one's own.
    for cell in survey[1]:
        cell.value = str(cell.value).replace("::English (en)", "::english(en)").replace("short", " Short ")
    heads = {str(cell.value).strip().casefold(): cell.column for cell in survey[1]}
    new = {"type": "text", "name": "why", "label::中文 (zh)": "为什么？", "label::english(en)": "Why?"}
    new |= {"short ::中文 (zh)": "原因何在", "short ::english(en)": "The reason"}
    new |= {"relevant": "selected(${had_fault}, '1')"}
    for row in (new, {"type": "note", "name": "thanks", "label::中文 (zh)": "谢谢"}):
        last = survey.max_row + 1
        for header, value in row.items():
            survey.cell(last, heads[header], value)
    form.book["waves"]["A2"] = 2025
    study = form.read()
    question = study.open_questions[-1]
    assert (question.id, question.label.en) == ("why", "The reason")
    assert question.asked_if is not None
    assert question.asked_if.answers == (1,)
    assert study.waves == every_feature().waves
