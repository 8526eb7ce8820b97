"""Problems that one repair settles are one paragraph, in the order of repair; others keep their own."""

from __future__ import annotations

import doctest
import json
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import language, spots
from survey.errors import Place, Problem, Severity
from survey.language import LANGUAGES, catalogue
from survey.listing import VALUES_SHOWN, group_problems
from survey.spots import Spot, spans, spot_of

ABOUT: dict[str, Any] = {"item": "Q1", "label": "Speed", "low": 1, "high": 5}


def wrong(cell: str, value: str = "9", severity: Severity = "error", **more: Any) -> Problem:
    values = ABOUT | {"value": value} | more
    return Problem("import_out_of_range", Place("a.xlsx", sheet="S1", cell=cell), values, severity)


def at(code: str, cell: str | None, **values: Any) -> Problem:
    return Problem(code, Place("a.xlsx", sheet="S1", cell=cell), values)


def test_equal_problems_of_one_column_are_one_line() -> None:
    cells = [wrong(f"B{n}") for n in range(2, 9)]
    groups = group_problems([*cells, wrong("C2")])
    assert [len(group.problems) for group in groups] == [7, 1]
    line = groups[0].line("en")
    assert line.startswith("a.xlsx, S1!B2:B8 (7 cells): 9 is not an answer to Q1")
    assert groups[1].line("zh") == wrong("C2").line("zh")


def test_different_wrong_values_of_one_column_are_one_line_that_says_which() -> None:
    cells = [wrong("O9", "12"), wrong("O4", "11"), wrong("O6", "11"), wrong("O7", "ok")]
    [group] = group_problems(cells)
    assert group.line("en") == (
        "a.xlsx, S1!O4, O6:O7, O9 (4 cells): These are not answers to Q1 “Speed” (scale 1–5): 11 (2 cells), "
        "“ok”, 12. Correct them, or list those that mean a missing answer under blanks of that scale in "
        "study.yaml."
    )
    assert group.line("zh").startswith("a.xlsx, S1!O4、O6:O7、O9（4 个单元格）：这些不是 Q1（Speed）的答案")
    assert group.parts("zh")[1].startswith("请改正；")


def test_a_group_is_one_scale_of_one_column() -> None:
    groups = group_problems([wrong("B2", "7"), wrong("B3", "8", high=6), wrong("C2", "7")])
    assert [[p.place.cell for p in group.problems] for group in groups] == [["B2"], ["B3"], ["C2"]]


def test_long_lists_are_cut_and_say_how_much_is_left_out() -> None:
    [group] = group_problems([wrong(f"B{2 * n}", str(10 + n)) for n in range(1, 41)])
    line = group.line("en")
    assert "S1!B2, B4, B6, B8, B10 … (40 cells)" in line
    assert f"17, 18 and {40 - VALUES_SHOWN} more. Correct them" in line
    assert len(line) < 400


def test_a_code_without_a_sentence_for_groups_is_grouped_all_the_same() -> None:
    assert "group.import_wave_unknown" not in catalogue("survey")
    cells = [
        Problem("import_cell_formula", Place("a.xlsx", sheet="S", cell=f"B{n}"), ABOUT | {"value": f"=A{n}"})
        for n in (2, 3)
    ]
    [group] = group_problems(cells)
    assert "The same goes for “=A3”." in group.line("en")


def test_problems_come_in_the_order_of_repair() -> None:
    given = [
        at("import_respondent_twice", "A9", respondent="x", row=3),
        wrong("AA4"),
        wrong("B5", severity="warning"),
        wrong("C4"),
        at("import_column_twice", "D1", id="Q1", label="Speed", first="B"),
        at("import_column_missing", None, id="Q2", label="Care", text="Care?"),
    ]
    ordered = [(group.code.removeprefix("import_"), group.place.cell) for group in group_problems(given)]
    assert ordered == [
        ("column_missing", None),
        ("column_twice", "D1"),
        ("respondent_twice", "A9"),
        ("out_of_range", "C4"),
        ("out_of_range", "AA4"),
        ("out_of_range", "B5"),
    ]


def test_values_come_in_the_order_of_the_cells_shown() -> None:
    [group] = group_problems([wrong("H206", "3.9"), wrong("H207", "3.9"), wrong("H7", "3.5")])
    assert "H7, H206:H207 (3 cells)" in group.line("en")
    assert "3.5, 3.9 (2 cells)." in group.line("en")


def test_groups_of_one_column_begin_at_its_first_cell() -> None:
    given = [
        wrong("A15", "6", high=4),
        at("import_respondent_twice", "A5", respondent="x", row=3),
        wrong("A20", "9"),
        wrong("A7", "8"),
    ]
    assert [group.place.cell for group in group_problems(given)] == ["A5", "A7", "A15"]
    assert group_problems(given) == group_problems(given[::-1])


def test_missing_columns_are_told_together() -> None:
    absent = [at("import_column_missing", None, id=f"Q{n}", label=f"Item {n}", text="?") for n in (1, 2)]
    [group] = group_problems(absent)
    assert group.line("en").startswith(
        "a.xlsx, S1: There are no columns for Q1 “Item 1”, Q2 “Item 2”, 2 in all. Add"
    )


def test_columns_left_out_are_told_together() -> None:
    headers = [at("import_column_left_out", f"{letter}1", header=f"note {letter}") for letter in "FGI"]
    [group] = group_problems(headers)
    assert "S1!F1:G1, I1 (3 cells)" in group.line("en")
    assert "“note F”, “note G”, “note I”" in group.line("en")


def test_no_problem_is_lost_and_errors_come_first() -> None:
    listed = [wrong("B2", severity="warning"), wrong("B3"), wrong("B4", severity="warning")]
    groups = group_problems(listed)
    assert [[p.place.cell for p in group.problems] for group in groups] == [["B3"], ["B2", "B4"]]


def test_lines_of_text_files_are_grouped_by_column() -> None:
    places = [Place("a.csv", line=n, key=key) for n, key in ((2, "B"), (3, "B"), (3, "C"))]
    groups = group_problems(
        [Problem("import_out_of_range", place, ABOUT | {"value": "9"}) for place in places]
    )
    assert [len(group.problems) for group in groups] == [2, 1]
    assert groups[0].line("en").startswith("a.csv, B2:B3 (2 cells): 9 is not")
    ragged = [
        Problem("csv_ragged", Place("a.csv", line=n), {"found": n, "expected": 9, "last": "I"})
        for n in (4, 6)
    ]
    [group] = group_problems(ragged)
    assert group.line("en").startswith("a.csv, lines 4, 6 (2 lines): These rows have other numbers of fields")


def test_problems_of_a_study_file_keep_their_order_and_their_lines() -> None:
    lines = [Problem("study_tab", Place("study.yaml", line=n, key=f"items[{n}]")) for n in (7, 3, 5)]
    assert [group.problems for group in group_problems(lines)] == [(line,) for line in lines]


def test_a_group_as_json_holds_every_cell_and_value() -> None:
    [group] = group_problems([wrong("B2", "7"), wrong("B3", "8"), wrong("B4", "8")])
    document = json.loads(json.dumps(group.document()))
    assert document["cells"] == ["B2:B4"]
    assert document["values"] == [
        {"value": "7", "count": 1, "cells": ["B2"]},
        {"value": "8", "count": 2, "cells": ["B3:B4"]},
    ]
    assert (document["columns"], document["count"]) == (["B"], 3)
    assert set(document["wrong"]) == set(document["remedy"]) == set(LANGUAGES)


def names(key: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(catalogue("survey")[key]["en"]) if name is not None}


def test_a_sentence_for_several_names_only_what_the_sentence_for_one_does() -> None:
    keys = [key for key in catalogue("survey") if key.startswith("group.")]
    assert keys
    for key in keys:
        assert names(key) - {"values", "count"} <= names(key.replace("group.", "problem."))


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), unique=True))
def test_ranges_hold_exactly_the_cells_they_stand_for(cells: list[tuple[int, int]]) -> None:
    found: list[tuple[int, int]] = []
    for span in spans(Spot("", row, column) for row, column in cells):
        ends = [spot_of(Place("a", sheet="", cell=end)) for end in span.split(":")]
        first, last = ends[0], ends[-1]
        assert first is not None
        assert last is not None
        rows, columns = range(first.row, last.row + 1), range(first.column, last.column + 1)
        found += [(row, column) for row in rows for column in columns]
    assert sorted(found) == sorted(cells)


def test_only_cells_are_spots() -> None:
    assert spot_of(Place("a.csv", line=3, key="C")) == Spot("", 3, 3)
    assert spot_of(Place("a.xlsx", sheet="S", cell="C3")) == Spot("S", 3, 3)
    for place in (
        Place("study.yaml", line=3, key="items[2]"),
        Place("a.xlsx", sheet="S"),
        Place("a.csv", line=3),
    ):
        assert spot_of(place) is None


@pytest.mark.parametrize("module", [language, spots], ids=lambda module: module.__name__)
def test_examples_in_the_documentation(module: Any) -> None:
    assert doctest.testmod(module).failed == 0
