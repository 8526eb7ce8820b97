"""Rows that were refused, in a file of their own: unchanged, with the reasons, ready to be corrected."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from drawing import KEYED, small_study, workbook
from exports_intl import write_export

from survey.cells import Row
from survey.errors import ImportProblems, Place, Problem
from survey.importing import read_answers
from survey.layouts import recognised
from survey.our_headers import is_our_header, our_headers
from survey.refused_rows import write_refused
from survey.safe_export import LONGEST_CELL
from survey.spots import spot_of
from survey.workbook import read_workbook

STUDY = small_study("Q1", "Q2", **KEYED)


def refused(source: Path) -> tuple[list[Row], dict[int, list[Problem]]]:
    """Return the rows of a workbook and, by row, what is wrong with them."""
    with pytest.raises(ImportProblems) as caught:
        read_answers(read_workbook(source), STUDY, "w1")
    by_row: dict[int, list[Problem]] = {}
    for problem in caught.value.problems:
        spot = spot_of(problem.place)
        assert spot is not None
        by_row.setdefault(spot.row, []).append(problem)
    return list(read_workbook(source).sheets[0].rows()), by_row


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_refused_rows_are_imported_once_corrected(tmp_path: Path, suffix: str) -> None:
    source = workbook(tmp_path, "id Q1 Q2\na1 5 4\na2 9 ok\na3 3 98\na4 7 2")
    rows, wrong = refused(source)
    path = tmp_path / f"refused{suffix}"
    assert write_refused(path, [rows[0].cells], rows[1:], wrong, "en").rows == 2
    header, first, second = read_workbook(path).sheets[0].rows()
    assert list(header.cells.values())[:3] == [*our_headers("en"), "id"]
    assert [str(value) for value in first.cells.values()][2:] == ["a2", "9", "ok"]
    assert str(first.cells[1]) == "3"
    assert "9 is not an answer to Q1" in str(first.cells[2])
    assert "“ok” is not an answer to Q2" in str(first.cells[2])
    assert str(second.cells[1]) == "5"

    if suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        sheet = book.worksheets[0]
        for at, value in (("D2", 2), ("E2", 3), ("D3", 1)):
            sheet[at].value = value
        book.save(path)
    else:
        lines = path.read_text(encoding="utf-8-sig")
        path.write_text(
            lines.replace('"9","ok"', '"2","3"').replace('"7","2"', '"1","2"'), encoding="utf-8-sig"
        )
    again = read_answers(read_workbook(path), STUDY, "w1")
    assert again.responses.codes.tolist() == [[2, 3], [1, 2]]
    assert again.responses.respondents == ("a2", "a4")


def test_reasons_stand_in_the_language_of_the_reader_and_wrong_cells_are_coloured(tmp_path: Path) -> None:
    rows, wrong = refused(workbook(tmp_path, "id Q1 Q2\na2 9 4"))
    path = tmp_path / "refused.xlsx"
    write_refused(path, [rows[0].cells], rows[1:], wrong, "zh")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert "9 不是 Q1（Q1满意度）的答案" in str(sheet["B2"].value)
    assert sheet["D2"].fill.fgColor.rgb == "00FFC48A"
    assert sheet["E2"].fill.fill_type is None
    assert sheet.freeze_panes == "C2"


def test_what_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    evil = Row(2, False, {1: "=1+1", 2: "@x", 3: "-3", 4: 'a "b"\nc', 5: -4})
    problem = Problem("import_row_without_answers", Place("a.csv", line=2, key="A"))
    for suffix in (".xlsx", ".csv"):
        write_refused(tmp_path / f"r{suffix}", [{1: "=h"}, {2: "x"}], [evil], {2: [problem]}, "en")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[0]
    assert [(cell.value, cell.data_type) for cell in sheet[3]][2:] == [
        ("=1+1", "s"),
        ("@x", "s"),
        ("-3", "s"),
        ('a "b"\nc', "s"),
        (-4, "n"),
    ]
    assert sheet["C1"].data_type == "s"
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        records = list(csv.reader(file, strict=True))
    assert records[0][2:] == ["'=h", "", "", "", ""]
    assert records[2][2:] == ["'=1+1", "'@x", "-3", 'a "b"\nc', "-4"]


def test_what_cannot_be_written_as_it_was_is_counted(tmp_path: Path) -> None:
    rows = [Row(2, False, {1: "a\x07b", 2: "c" * 40_000}), Row(3, False, {1: "fine"})]
    wrong = {2: [Problem("import_row_without_answers", Place("a.xlsx", sheet="S", cell="A2"))]}
    done = write_refused(tmp_path / "r.xlsx", [{1: "h"}], rows, wrong, "en")
    assert (done.rows, done.controls, done.shortened) == (1, 1, ((2, 2),))
    assert len(str(openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[0]["D2"].value)) == LONGEST_CELL
    assert write_refused(tmp_path / "r.csv", [{1: "h"}], rows, wrong, "en").shortened == ()


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportProblems) as caught:
        write_refused(tmp_path / "r.pdf", [], [], {}, "en")
    assert ".pdf" in caught.value.problems[0].message("zh")
    assert not (tmp_path / "r.pdf").exists()


@pytest.mark.parametrize(
    "name",
    [
        "qualtrics",
        "qualtrics, legacy",
        "surveymonkey",
        "limesurvey, codes",
        "microsoft forms",
        "google forms",
        "redcap",
        "kobo",
        "odk",
    ],
)
def test_a_platforms_export_is_still_known_as_one(tmp_path: Path, name: str) -> None:
    source = write_export(tmp_path / "a.csv", name)
    sheet = read_workbook(source).sheets[0]
    [export] = recognised(source.name, sheet, list(sheet.rows()))
    headers = [row.cells for row in sheet.rows() if row.number in export.header_rows]
    rows = [row for row in sheet.rows() if row.number >= export.first_row]
    wrong = {
        row.number: [Problem("import_row_without_answers", sheet.place(row.number, None))] for row in rows
    }
    path = tmp_path / "refused.csv"
    write_refused(path, headers, rows, wrong, "zh", behind=True)
    written = read_workbook(path).sheets[0]
    [again] = recognised(path.name, written, list(written.rows()))
    assert again.layout == export.layout
    assert [column.header for column in again.columns[-2:]] == list(our_headers("zh"))
    assert again.columns[:-2] == export.columns


def test_our_columns_are_known_in_both_languages() -> None:
    assert all(is_our_header(name) for language in ("zh", "en") for name in our_headers(language))
    assert not is_our_header("1、总体满意度")
