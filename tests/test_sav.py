"""An .sav is read as codes with their dictionary, and the dictionary is held against the study."""

from __future__ import annotations

import importlib.util
import math
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from books import refused, warned
from drawing import both, raw, small_study
from imports import imported, problems

from survey.cells import Fault, Kind, Row
from survey.codebook import Variable, codebook
from survey.errors import Place
from survey.spss_child import _moment, _values
from survey.workbook import read_workbook


def sav(p: Path, columns: dict[str, list[Any]], *, zipped: bool = False, **told: Any) -> Path:
    """Write a file; ``told`` holds ``column_labels``, ``variable_value_labels``, ``missing_ranges``."""
    pyreadstat.write_sav(pd.DataFrame(columns), str(p), compress=zipped, **told)
    return p


LABELS: dict[int | float | str, str] = {1: "非常不满意", 5: "非常满意", 98: "不清楚"}
TOLD: dict[str, Any] = {
    "column_labels": {"V1": "您对Q1满意吗？"},
    "variable_value_labels": {"V1": LABELS, "grp": {"x": "Group X"}},
    "missing_ranges": {"V1": [98, {"lo": 96, "hi": 97}], "money": [{"lo": -math.inf, "hi": 0}], "grp": ["x"]},
}
COLUMNS: dict[str, list[Any]] = {
    "V1": [5, 98, None],
    "money": [1.5, 2, -1],
    "grp": ["", "x", "乙"],
    "day": [date(2026, 9, 3), None, date(1582, 10, 15)],
    "moment": [datetime(2026, 9, 3, 12, 0, 38), None, None],
    "took": [time(0, 1, 20), None, None],
}


@pytest.mark.parametrize("zipped", [False, True])
def test_cells_are_codes_days_and_texts(p: Path, zipped: bool) -> None:
    book = read_workbook(sav(p, COLUMNS, zipped=zipped, **TOLD))
    [sheet] = book.sheets
    assert (book.format, book.encoding, sheet.visibility, sheet.merged()) == ("sav", "UTF-8", "visible", ())
    assert list(sheet.rows()) == [
        Row(0, False, dict(enumerate(COLUMNS, 1))),
        Row(1, False, {1: 5, 2: 1.5, 4: datetime(2026, 9, 3), 5: datetime(2026, 9, 3, 12, 0, 38), 6: 80}),
        Row(2, False, {1: 98, 2: 2, 3: "x"}),
        Row(3, False, {2: -1, 3: "乙", 4: datetime(1582, 10, 15)}),
    ]
    assert type(next(row for row in sheet.rows() if row.number == 1).cells[1]) is int
    assert warned(book) == []


def test_places_are_cases_and_variables(p: Path) -> None:
    [sheet] = read_workbook(sav(p, COLUMNS, **TOLD)).sheets
    assert str(sheet.place(2, "A2")) == "book.xlsx:2, V1"
    assert sheet.place(0, "B0") == Place("book.xlsx", key="money")
    assert sheet.place(3, None) == Place("book.xlsx", line=3)


def test_the_dictionary_is_kept(p: Path) -> None:
    known = codebook(read_workbook(sav(p, COLUMNS, **TOLD)).sheets[0])
    assert known[1] == Variable("V1", "您对Q1满意吗？", LABELS, ((96, 97), (98, 98)))
    assert known[2] == Variable("money", missing=((-math.inf, 0),))
    assert known[3] == Variable("grp", labels={"x": "Group X"}, missing=(("x", "x"),))
    assert [known[n].name for n in known] == list(COLUMNS)


def test_what_a_variable_says_of_a_cell() -> None:
    known = Variable("V1", labels={1: "yes", "x": "Group X"}, missing=((96, 97), (-math.inf, 0), ("x", "x")))
    assert [known.wording(v) for v in (1, "x", 2, True, None)] == ["yes", "Group X", None, None, None]
    codes = (96, 97, 96.5, 98, -5, 1, "x", "y", True, None)
    assert [known.is_missing(code) for code in codes] == [True] * 3 + [False, True, False, True] + [False] * 3


def test_other_sheets_have_no_codebook() -> None:
    assert codebook(object()) == {}


@pytest.mark.parametrize(("format_", "dated"), [("DATE11", 1), ("DATETIME20", 1), ("MOYR8", 1), ("TIME8", 0)])
def test_seconds_become_days_where_the_format_says_so(format_: str, dated: int) -> None:
    [found, nothing] = _values([86_400.0, None], format_)
    assert (found, nothing) == (datetime(1582, 10, 15) if dated else 86_400.0, None)
    assert not isinstance(_moment(1e300), datetime)


def test_a_moment_out_of_reach_costs_one_cell(p: Path) -> None:
    path = sav(p, {"day": [1e15, 86_400.0]}, variable_format={"day": "DATE11"})
    [_, far, near] = read_workbook(path).sheets[0].rows()
    assert isinstance(far.cells[1], Fault)
    assert far.cells[1].kind is Kind.REFUSED
    assert near.cells == {1: datetime(1582, 10, 15)}


# -- files that are not read -----------------------------------------------------------------------


def test_what_reads_it_may_be_absent(p: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sav(p, COLUMNS)
    found = importlib.util.find_spec
    monkeypatch.setattr("survey.spss.find_spec", lambda name: None if name == "pyreadstat" else found(name))
    assert refused(path) == ["sav_extra"]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_damaged_files_are_refused(p: Path, share: float) -> None:
    content = sav(p, COLUMNS, **TOLD).read_bytes()
    assert refused(raw(p, content[: int(len(content) * share)])) == ["sav_damaged"]


def test_an_encoding_that_does_not_fit_is_refused(p: Path) -> None:
    path = sav(p, COLUMNS, **TOLD)
    assert refused(path, encoding="ASCII") == ["sav_encoding"]
    assert refused(path, encoding="klingon") == ["sav_encoding"]
    assert read_workbook(path, encoding="utf-8").encoding == "utf-8"


# -- imports ---------------------------------------------------------------------------------------

CATEGORIES = [
    {"value": "east", "label": both("华东", "East")},
    {"value": "south", "label": both("华南", "South")},
]
STUDY = small_study(
    "Q1",
    columns=[{"id": "region", "label": both("地区", "Region"), "kind": "category", "categories": CATEGORIES}],
)


def answers(p: Path, labels: dict[Any, str]) -> Path:
    told = {"V1": "您对Q1满意吗？", "where": "地区"}
    regions = {1: "华东", 2: "South"}
    values = {"V1": labels, "where": regions}
    columns: dict[str, list[Any]] = {"V1": [5, 98, 1], "where": [2, 1, 1], "weighting": [1.0, 1.0, 1.0]}
    return sav(p, columns, column_labels=told, variable_value_labels=values)


def test_columns_are_known_by_their_labels_and_categories_by_their_wordings(p: Path) -> None:
    done = imported(answers(p, LABELS), STUDY)
    assert done.responses.codes[:, 0].tolist() == [5, -3, 1]
    assert done.responses.columns["region"] == ("south", "east", "east")
    assert [str(place) for place in done.places][:1] == ["book.xlsx:1, V1"]
    assert (done.report.rows, done.report.imported) == (3, 3)


def test_columns_are_known_by_their_names(p: Path) -> None:
    path = sav(p, {"Q1": [4, 5]}, column_labels={"Q1": "somewhat different"})
    assert imported(path).responses.codes[:, 0].tolist() == [4, 5]


def test_a_scale_turned_round_in_the_file_stops_the_import(p: Path) -> None:
    found = problems(answers(p, {1: "非常满意", 5: "非常不满意"}), STUDY)
    assert [(problem.code, str(problem.place), problem.values["meant"]) for problem in found] == [
        ("sav_code_means", "book.xlsx, V1", 5),
        ("sav_code_means", "book.xlsx, V1", 1),
    ]


def test_facts_that_the_file_codes_are_read_by_what_it_calls_the_codes(p: Path) -> None:
    study = small_study(
        "Q1",
        columns=[{"id": "lost", "label": both("流失", "Lost"), "kind": "flag"}],
        open_questions=[{"id": "why", "text": both("为何", "Why?"), "label": both("原因", "Why")}],
    )
    columns: dict[str, list[Any]] = {"Q1": [5, 4], "lost": [0, 1], "why": ["x", "a"]}
    labels: dict[str, Any] = {"lost": {0: "是", 1: "否"}, "why": {"x": "nothing"}}
    found = imported(sav(p, columns, variable_value_labels=labels), study).responses
    # The file calls 0 yes; and what somebody wrote is nothing to be looked up.
    assert found.columns["lost"] == (True, False)
    assert found.comments["why"] == ("x", "a")
