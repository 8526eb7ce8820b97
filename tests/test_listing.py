"""A column of wrong cells is one line; other problems keep their own."""

from __future__ import annotations

from survey.errors import Place, Problem, Severity
from survey.listing import group_problems


def wrong(cell: str, value: str = "9", severity: Severity = "error") -> Problem:
    values = {"item": "Q1", "label": "Speed", "low": 1, "high": 5, "value": value}
    return Problem("import_out_of_range", Place("a.xlsx", sheet="S1", cell=cell), values, severity)


def test_equal_problems_of_one_column_are_one_line() -> None:
    cells = [wrong(f"B{n}") for n in range(2, 9)]
    groups = group_problems([*cells, wrong("C2"), wrong("B9", "8")])
    assert [len(group.problems) for group in groups] == [7, 1, 1]
    line = groups[0].line("en", shown=3)
    assert line.startswith("a.xlsx, S1!B2, B3, B4 … 7 cells: 9 is not an answer to Q1")
    assert groups[1].line("zh") == wrong("C2").line("zh")


def test_no_problem_is_lost_and_errors_come_first() -> None:
    listed = [wrong("B2", severity="warning"), wrong("B3"), wrong("B4", severity="warning")]
    groups = group_problems(listed)
    assert [[p.place.cell for p in group.problems] for group in groups] == [["B3"], ["B2", "B4"]]


def test_lines_of_text_files_are_grouped_by_column() -> None:
    places = [Place("a.csv", line=n, key=key) for n, key in ((2, "B"), (3, "B"), (3, "C"))]
    groups = group_problems([Problem("import_no_rows", place) for place in places])
    assert [len(group.problems) for group in groups] == [2, 1]
    assert groups[0].line("en").startswith("a.csv:2, B, 3 … 2 cells: ")
