"""What respondents wrote comes back from a file as they wrote it, and never runs in a spreadsheet."""

from __future__ import annotations

import csv
import doctest
import io
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell

from survey import safe_export
from survey.cells import CellValue, Fault, Kind
from survey.safe_export import LONGEST_CELL, clean, csv_line, csv_text, put_text, put_value, workbook_text
from survey.workbook import read_workbook

LIVE = ["=1+1", "+1", "-1-1", "@SUM(A1)", "\t=1", "\n=1", "＝1", "＋1", "－1", "＠A1", "=cmd|' /C calc'!A0"]
DIFFICULT = [
    "#N/A",
    "_x0041_",
    "_x000D_",
    " a ",
    "\u3000",
    "'=1",
    "TRUE",
    "2026-09-30",
    "1e5",
    "\x1b[2J",
    "é\r\n",
]
texts = st.one_of(st.text(st.characters(codec=None), max_size=20), st.sampled_from(LIVE + DIFFICULT))


def written(path: Path, values: list[CellValue | None]) -> Path:
    """Write one column of values."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row, value in enumerate(values, 1):
        put_value(sheet.cell(row, 1), value)
    book.save(path)
    return path


def column(path: Path) -> list[CellValue | None]:
    [only] = read_workbook(path).sheets
    found = {row.number: row.cells.get(1) for row in only.rows()}
    return [found.get(number) for number in range(1, max(found, default=0) + 1)]


@settings(max_examples=25)
@given(st.lists(texts, min_size=1, max_size=20))
def test_any_text_comes_back_from_a_workbook(
    tmp_path_factory: pytest.TempPathFactory, given: list[str]
) -> None:
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    back = column(written(path, [*given, "end"]))
    assert back == [clean(text)[0] or None for text in given] + ["end"]
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@given(texts)
def test_cleaning_is_done_once_and_counted(text: str) -> None:
    cleaned, dropped = clean(text)
    assert clean(cleaned) == (cleaned, 0)
    assert len(cleaned) + dropped + text.count("\r\n") == len(text)


def test_values_keep_their_kind(tmp_path: Path) -> None:
    values: list[CellValue | None] = [
        5,
        -4.5,
        0.1 + 0.2,
        123456789012345678,
        True,
        datetime(2026, 9, 30),
        datetime(2026, 9, 30, 12, 0, 38),
        Fault(Kind.ERROR, "#DIV/0!"),
        None,
        "5",
    ]
    assert column(written(tmp_path / "a.xlsx", values)) == values


def test_what_had_no_value_is_written_as_its_text(tmp_path: Path) -> None:
    faults: list[CellValue | None] = [Fault(Kind.FORMULA, "=A1"), Fault(Kind.REFUSED, "1e400")]
    path = written(tmp_path / "a.xlsx", faults)
    assert column(path) == ["=A1", "1e400"]
    assert b"<f>" not in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")


def test_a_text_is_no_longer_than_a_cell() -> None:
    assert len(workbook_text("a" * 40_000)) == LONGEST_CELL
    assert workbook_text("a" * 40_000).endswith("a…")
    assert workbook_text("a" * LONGEST_CELL) == "a" * LONGEST_CELL


def test_openpyxl_would_have_taken_these_for_something_else() -> None:
    for text in ("=1+1", "#N/A"):
        cell = Cell(openpyxl.Workbook().create_sheet(), 1, 1, text)
        assert cell.data_type != "s"
        put_text(cell, text)
        assert (cell.data_type, cell.value) == ("s", text)


@given(st.lists(texts, min_size=1, max_size=6))
def test_nothing_in_a_text_file_begins_like_a_formula(values: list[str]) -> None:
    line = csv_line(values)
    [fields] = csv.reader(io.StringIO(line, newline=""), strict=True)
    assert line.startswith('"')
    assert line.endswith('"\r\n')
    for field, value in zip(fields, values, strict=True):
        assert field == csv_text(value)
        assert not field.startswith(("=", "+", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
        if field.startswith("-"):
            assert float(field) <= 0


@pytest.mark.parametrize("text", LIVE)
def test_an_apostrophe_stands_before_what_would_run(text: str) -> None:
    assert csv_text(text) == f"'{text}"


def test_examples_in_the_documentation() -> None:
    assert doctest.testmod(safe_export).failed == 0
