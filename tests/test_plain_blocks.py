"""Rows that are read by the thousand are the rows that are read one by one, and nearly all are read so."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawing import build, c, row, sheet, text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imports import Q1_Q2

from survey import sheet_parser
from survey.cells import Row, column_letters
from survey.errors import ImportProblems
from survey.grid import Grid, read_grid
from survey.mapping import HeaderIndex
from survey.runs import Run
from survey.table import Table, find_table
from survey.workbook import read_workbook

DATE = 1  # the style of ``drawing`` that shows a date

numbers = st.one_of(
    st.integers(-3, 12).map(str),
    st.integers(0, 10**10).map(str),
    st.decimals(0, 99_999, places=2).map(str),
    st.sampled_from(["", " ", "5.0", "007", "5.", ".5", "-0", "1E2", "1e400", "4.5.6", "5 ", "x", "&amp;"]),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
# Type, style and stored text; as usual most cells hold a number and nothing else.
contents = st.one_of(
    st.tuples(st.none(), st.none(), numbers),
    st.tuples(st.sampled_from([None, "n"]), st.sampled_from([None, DATE, 7, 123456]), numbers),
    st.tuples(st.just("s"), st.sampled_from([None, 7]), st.sampled_from(["0", "1", "00", "9", "x", ""])),
    st.tuples(st.sampled_from(["b", "e", "str", "d"]), st.none(), st.sampled_from(["1", "#N/A", "_x0007_"])),
    st.tuples(st.none(), st.sampled_from([None, 7]), st.none()),
)


@st.composite
def cells(draw: st.DrawFn, number: int) -> str:
    """Draw the cells of a row: mostly in order and under its number."""
    odd = draw(st.integers(0, 9))
    columns = draw(st.lists(st.sampled_from([1, 2, 3, 26, 27, 702, 703, 16_384]), max_size=5))
    columns = columns if odd == 1 else sorted(set(columns))
    own = number + 1 if odd == 2 else number
    found = []
    for column in columns:
        type_, style, stored = draw(contents)
        bare = odd == 3 or (odd == 4 and draw(st.booleans()))
        cell = c(None if bare else f"{column_letters(column)}{own}", stored, type_, style)
        closed = draw(st.integers(0, 3)) == 0
        found.append(cell.replace("></c>", "/>") if closed else cell)
    return "".join(found) + (text(f"XFD{number}", "满意") if odd == 5 else " " if odd == 6 else "")


@st.composite
def sheets(draw: st.DrawFn) -> str:
    """Draw a sheet whose rows nearly always follow one another."""
    number, rows = 0, []
    for _ in range(draw(st.integers(1, 8))):
        number += draw(st.sampled_from([1, 1, 1, 1, 2, 95, 0]))
        attributes = draw(st.sampled_from(["", "", 'spans="1:3"', 'hidden="1"', 'r="4"', "a='1'"]))
        drawn = row(number, draw(cells(number)), attrs=attributes)
        odd = draw(st.integers(0, 19))
        rows.append(drawn.replace(f' r="{number}"', "", 1) if odd == 0 else drawn + " " * (odd == 1))
    return sheet(*rows)


def read(path: Path) -> object:
    try:
        return [repr(found) for found in read_workbook(path).sheets[0].rows()]
    except ImportProblems as error:
        return {problem.code for problem in error.problems}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=sheets())
def test_many_rows_at_once_are_what_the_parser_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    path = build(tmp_path / "wave.xlsx", sheet=part)
    fast = read(path)
    with monkeypatch.context() as patch:
        patch.setattr(sheet_parser, "without_plain_rows", lambda chunks, _: chunks)
        assert read(path) == fast


def runs(path: Path) -> list[Row | Run]:
    return list(read_workbook(path).sheets[0].runs())


@pytest.mark.parametrize(
    "part",
    [
        sheet(*(row(n, c(f"A{n}", n), c(f"B{n}", 0, t="s", s=7), c(f"C{n}", "4.25")) for n in range(8, 120))),
        sheet(*(row(n, c(f"A{n}", n, t="n"), c(f"AB{n}", s=1), attrs='spans="1:2"') for n in range(1, 120))),
        sheet(*("<row>" + "<c><v>5</v></c>" * 20 + "</row>" for _ in range(100))),
        sheet(*(row(n, c(f"A{n}", 1.5), c(f"B{n}", 44197 + n, s=DATE)) for n in range(1, 120))),
    ],
)
def test_plain_rows_are_read_all_at_once(tmp_path: Path, part: str) -> None:
    [found] = runs(build(tmp_path / "wave.xlsx", sheet=part))
    assert isinstance(found, Run)
    assert len(found.numbers) >= 100


def test_one_odd_row_does_not_slow_down_those_behind_the_next_chunk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.archive._CHUNK", 2_000)
    rows = [row(n, c(f"A{n}", n)) for n in range(1, 500)]
    rows[9] = row(10, text("A10", "满意"))
    found = runs(build(tmp_path / "wave.xlsx", sheet=sheet(*rows)))
    assert 20 < sum(isinstance(one, Row) for one in found) < 120
    assert sum(len(one.numbers) if isinstance(one, Run) else 1 for one in found) == 499


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    filled=st.lists(
        st.lists(st.sampled_from([1, 2, 2, 3, 5, 40]), min_size=1, max_size=4, unique=True).map(sorted),
        min_size=1,
        max_size=12,
    )
)
def test_what_stands_outside_the_table_is_found_in_many_rows_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filled: list[list[int]]
) -> None:
    rows = [
        row(n, *(c(f"{column_letters(at)}{n}", n + at) for at in columns))
        for n, columns in zip(range(2, 99, 2), filled, strict=False)
    ]
    header = row(1, text("A1", "Q1"), text("B1", "Q2"), text("C1", "Q9"))
    path = build(tmp_path / "wave.xlsx", sheet=sheet(header, *rows))

    def found() -> Grid:
        table, _ = find_table(read_workbook(path), HeaderIndex(Q1_Q2))
        return read_grid(table, {1, 2})

    with monkeypatch.context() as patch:
        patch.setattr("survey.ooxml._FEW_ROWS", 0)  # the rows of so short a sheet would be kept
        fast = found()
        patch.setattr(Table, "runs", Table.rows)
        assert found() == fast
