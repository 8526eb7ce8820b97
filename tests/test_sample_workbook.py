"""Workbooks written for people read back as the responses they were written from."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.default_truth import load_truth
from survey.definition import load_study
from survey.importing import Imported, read_answers
from survey.responses import Responses
from survey.sample_workbook import WorkbookStyle, write_workbook
from survey.simulate import simulate
from survey.study import Study
from survey.truth import Truth
from survey.workbook import read_workbook

SAMPLE = Path(__file__).parents[1] / "sample_surveys" / "key_accounts"
PLAN = yaml.safe_load((SAMPLE / "workbooks.yaml").read_text(encoding="utf-8"))


@cache
def key_accounts() -> tuple[Study, Truth]:
    study = load_study(SAMPLE / "study.yaml")
    return study, load_truth(SAMPLE / "truth.yaml", study)


@cache
def few() -> Responses:
    return simulate(*key_accounts(), "2026Q3", 60, 5).responses


def same(one: Responses, other: Responses) -> None:
    np.testing.assert_array_equal(one.codes, other.codes)
    assert one.wave == other.wave
    assert one.respondents == other.respondents
    assert one.items == other.items
    assert one.columns == other.columns
    assert one.comments == other.comments


def imported(path: Path, wave: str) -> Imported:
    return read_answers(read_workbook(path), key_accounts()[0], wave)


@pytest.mark.parametrize("wave", PLAN["waves"])
def test_committed_workbook_is_the_simulated_survey(wave: str) -> None:
    path = SAMPLE / f"{wave}.xlsx"
    assert path.stat().st_size < 300_000
    found = imported(path, wave)
    same(found.responses, simulate(*key_accounts(), wave, PLAN["waves"][wave]["n"], PLAN["seed"]).responses)
    left_out = [column.header for column in found.report.left_out]
    assert left_out == (["序号"] if PLAN["waves"][wave]["style"].get("numbered") else [])
    assert len(found.report.warnings) == len(left_out)


def test_committed_workbooks_look_as_people_send_them() -> None:
    book = openpyxl.load_workbook(SAMPLE / "2026Q3.xlsx", read_only=False)
    assert book.sheetnames == ["说明", "答卷数据"]
    sheet = book["答卷数据"]
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:L1"]
    headers = [cell.value for cell in sheet[3]]
    assert sum(str(header).startswith("Q") for header in headers) == 37
    values = [cell.value for row in sheet.iter_rows(min_row=4) for cell in row if cell.value is not None]
    assert {"发生过", "投诉过", "肯定会", "战略客户", "是", 98, 99} <= set(values)
    assert any(isinstance(value, str) and value in "１２３４５６７８９" for value in values)
    assert any(isinstance(value, str) and value in "123456789" for value in values)


ITEMS = st.frozensets(st.sampled_from([item.id for item in key_accounts()[0].items]), max_size=12)
STYLES = st.builds(
    WorkbookStyle,
    language=st.sampled_from(["zh", "en"]),
    title=st.booleans(),
    notes=st.sampled_from(["none", "front", "behind"]),
    labels=ITEMS,
    codes_with_labels=ITEMS,
    with_unit=ITEMS,
    alias_headers=ITEMS,
    alias_values=st.frozensets(st.sampled_from(["province", "tier", "contract"])),
    blanks=st.sampled_from(["code", "label"]),
    last=st.lists(st.sampled_from(["province", "fit", "weight"]), unique=True).map(tuple),
    as_text=st.floats(0, 0.5),
    full_width=st.floats(0, 0.5),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(style=STYLES)
def test_every_habit_is_read(style: WorkbookStyle, tmp_path: Path) -> None:
    path = tmp_path / "survey.xlsx"
    write_workbook(few(), key_accounts()[0], path, style, seed=1)
    found = imported(path, "2026Q3")
    same(found.responses, few())
    assert not found.report.warnings


def test_the_same_responses_are_the_same_bytes(tmp_path: Path) -> None:
    style = WorkbookStyle.model_validate(PLAN["waves"]["2026Q3"]["style"])
    paths = [tmp_path / name for name in ("one.xlsx", "other.xlsx")]
    for path in paths:
        write_workbook(few(), key_accounts()[0], path, style, seed=3)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    write_workbook(few(), key_accounts()[0], paths[1], style, seed=4)
    assert paths[0].read_bytes() != paths[1].read_bytes()  # other cells are untidy
