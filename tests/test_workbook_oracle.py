"""On well-formed workbooks the reader and openpyxl agree, but for differences listed here with reasons."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.cells import CellValue, Fault, Kind, raw_text
from survey.workbook import read_workbook

ROOT = Path(__file__).resolve().parent.parent
REAL = Path(os.environ.get("CSAT_REAL", ROOT.parent / "shared" / "real"))
WORKBOOKS = sorted((ROOT / "sample_surveys").glob("*/*.xlsx"))[-1:] + sorted(REAL.glob("*.xlsx"))

Cells = dict[tuple[int, int], CellValue]


def ours(path: Path) -> dict[str, Cells]:
    return {
        sheet.name: {(row.number, n): v for row in sheet.rows() for n, v in row.cells.items()}
        for sheet in read_workbook(path).sheets
    }


def theirs(path: Path) -> dict[str, Cells]:
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: {
            (cell.row, cell.column): as_ours(cell)
            for line in sheet.iter_rows()
            for cell in line
            if cell.value is not None
        }
        for sheet in book.worksheets
    }


def as_ours(cell: Any) -> CellValue:
    value: Any = cell.value
    if cell.data_type == "e":  # openpyxl gives the text, so that typed and computed #N/A look alike
        return Fault(Kind.ERROR, value)
    if isinstance(value, float) and value.is_integer():  # a spreadsheet knows one kind of number
        return int(value)
    if isinstance(value, datetime):  # openpyxl keeps fractions of a second that are rounding
        return value.replace(microsecond=0)
    found: CellValue = value
    return found


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.name)
def test_real_workbooks_read_alike(path: Path) -> None:
    assert ours(path) == theirs(path)


# openpyxl leaves out characters that XML cannot hold and does not decode _x0041_; an empty text it reads
# as a text, where a person sees a blank cell.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1)
numbers = st.integers(-(10**15), 10**15) | st.floats(-1e300, 1e300)
# A number at the end of what a double holds is written as one beyond it: we refuse it, openpyxl has inf.
# Before March 1900 a spreadsheet counts a day that never was, and openpyxl gives midnight as a time.
dates = st.datetimes(datetime(1900, 3, 1), datetime(2100, 1, 1)).map(lambda d: d.replace(microsecond=0))
values = numbers | texts.filter(lambda t: "_x" not in t and not t.startswith("=")) | st.booleans() | dates
errors = st.sampled_from(["#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"])
tables = st.dictionaries(
    st.tuples(st.integers(1, 40), st.integers(1, 30)), values | errors, min_size=1, max_size=20
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables, st.booleans())
def test_drawn_workbooks_read_alike(tmp_path: Path, table: Cells, date1904: bool) -> None:
    book = openpyxl.Workbook()
    if date1904:
        book.epoch = openpyxl.utils.datetime.MAC_EPOCH
        table = {k: v for k, v in table.items() if not isinstance(v, datetime) or v.year > 1904}
    for (row, column), value in table.items():
        book.worksheets[0].cell(row, column, value)  # type: ignore[arg-type]  # every kind is writable
    book.save(tmp_path / "drawn.xlsx")
    assert ours(tmp_path / "drawn.xlsx") == theirs(tmp_path / "drawn.xlsx")


def test_what_openpyxl_shows_of_rows_and_sheets_is_seen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first.append(["Q1", None, 5])
    first.append([7])
    first.row_dimensions[2].hidden = True
    first.merge_cells("A1:B1")
    book.create_sheet("隐藏").sheet_state = "hidden"
    book.save(tmp_path / "book.xlsx")
    one, two = read_workbook(tmp_path / "book.xlsx").sheets
    assert [(row.number, row.hidden) for row in one.rows()] == [(1, False), (2, True)]
    assert [str(span) for span in one.merged()] == ["A1:B1"]
    assert (two.name, two.visibility, list(two.rows())) == ("隐藏", "hidden", [])


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (5, "5"), (4.5, "4.5"), (True, "TRUE"), (Fault(Kind.ERROR, "#N/A"), "#N/A")],
)
def test_raw_text(value: CellValue | None, text: str) -> None:
    assert raw_text(value) == text
