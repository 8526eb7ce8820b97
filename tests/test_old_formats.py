"""What comes out of .xls, .xlsb and .ods files, and what becomes of those that cannot be read."""

from __future__ import annotations

import gc
import os
import random
import struct
import sys
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from books import refused, warned
from drawing import OLE, raw
from old_formats import (
    Date,
    Err,
    Made,
    Moment,
    Table,
    Written,
    bof,
    compound,
    ods,
    xls,
    xls_far,
    xls_stream,
    xlsb,
)

from survey.archive import Limits
from survey.cells import CellValue, Fault, Kind, Row
from survey.errors import ImportProblems
from survey.limited import ChildFailed
from survey.packed import packed
from survey.spool import Spool
from survey.workbook import read_workbook

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a child")
REAL = Path(os.environ.get("CSAT_REAL", Path(__file__).resolve().parents[2] / "shared" / "real"))


def rows_of(path: Path, sheet: int = 0) -> list[Row]:
    return list(read_workbook(path).sheets[sheet].rows())


def cells_of(path: Path) -> dict[int, dict[int, CellValue]]:
    return {row.number: row.cells for row in rows_of(path)}


FIVE = '<table:table-cell office:value-type="float" office:value="5"/>'
ANSWERS = Table(
    "答卷", [[], [None, "编号", "Q1"], [None, 7, 4.5, True, False, "  满意 "], [None, -0.0, 1e15]]
)
READ: dict[int, dict[int, CellValue]] = {
    2: {2: "编号", 3: "Q1"},
    3: {2: 7, 3: 4.5, 4: True, 5: False, 6: "  满意 "},
    4: {2: 0, 3: 10**15},
}


@pytest.mark.parametrize("write", [xls, xlsb, ods])
def test_cells_stand_where_they_stood_and_are_what_they_were(p: Path, write: type) -> None:
    path = write(p, ANSWERS)
    read = cells_of(path)
    assert read == READ
    assert [type(value) for value in read[3].values()] == [int, float, bool, bool, str]
    assert type(read[4][2]) is int  # a spreadsheet knows one kind of number


@pytest.mark.parametrize("write", [xls, xlsb, ods])
def test_the_format_is_recognised_by_content_and_its_gaps_are_said(p: Path, write: type) -> None:
    book = read_workbook(write(p, ANSWERS))
    assert (book.format, book.encoding) == (write.__name__, None)
    assert warned(book) == ["workbook_old_format"]
    [warning] = book.warnings
    for language in ("zh", "en"):
        assert f".{write.__name__}" in warning.message(language)
    assert str(book.sheets[0].place(3, "B3")) == "book.xlsx, 答卷!B3"


def test_days_and_times_of_an_xls(p: Path) -> None:
    serials = [1, 59, 60, 61, 43000, 43000.25, 43000.5000001, 0.75, 2958465, 2958466]
    assert cells_of(xls(p, Table("S", [[Date(serial) for serial in serials]])))[1] == {
        1: datetime(1900, 1, 1),
        2: datetime(1900, 2, 28),
        3: datetime(1900, 2, 28),  # Excel's 29th of February
        4: datetime(1900, 3, 1),
        5: datetime(2017, 9, 22),
        6: datetime(2017, 9, 22, 6),
        7: datetime(2017, 9, 22, 12),
        8: datetime(1899, 12, 30, 18),
        9: datetime(9999, 12, 31),
        10: 2958466,
    }
    since_1904 = xls(p, Table("S", [[Date(1), Date(60), Date(42735)]]), date1904=True)
    assert list(cells_of(since_1904)[1].values()) == [
        datetime(1904, 1, 2),
        datetime(1904, 3, 1),
        datetime(2021, 1, 1),
    ]


def test_moments_out_of_the_ordinary() -> None:
    found = [timedelta(hours=36), timedelta(days=60), timedelta.max, datetime.max, time(9, 30, 0, 600_000)]
    assert [packed(value) for value in found] == [
        {"date": "1900-01-01T12:00:00"},
        {"date": "1900-02-28T00:00:00"},
        {"refused": str(timedelta.max)},
        {"refused": str(datetime.max)},
        {"date": "1899-12-30T09:30:01"},
    ]


def test_days_and_times_of_an_ods(p: Path) -> None:
    day, moment = Moment("date", "2026-09-03"), Moment("date", "2026-09-03T12:00:37.800")
    read = cells_of(ods(p, Table("S", [[day, moment, Moment("time", "PT09H30M00S")]])))[1]
    assert list(read.values()) == [
        datetime(2026, 9, 3),
        datetime(2026, 9, 3, 12, 0, 38),
        datetime(1899, 12, 30, 9, 30),
    ]


def test_what_these_formats_cannot_tell_arrives_blank(p: Path) -> None:
    made: list[Written] = [
        Made(3),
        Made("abc"),
        Made(True),
        Made(None),
        Made(Err("#REF!")),
        Err("#N/A"),
        "#N/A",
        "end",
    ]
    expected = {1: 3, 2: "abc", 3: True, 7: "#N/A", 8: "end"}
    assert cells_of(xls(p, Table("S", [made]))) == {1: expected}
    assert cells_of(ods(p, Table("S", [made]))) == {1: expected}
    assert cells_of(xlsb(p, Table("S", [[1, Err("#N/A"), 2]]))) == {1: {1: 1, 3: 2}}


def test_numbers_that_are_none_are_refused_cells(p: Path) -> None:
    read = cells_of(ods(p, Table("S", [[float("nan"), float("inf"), 5]])))[1]
    assert read == {1: Fault(Kind.REFUSED, "nan"), 2: Fault(Kind.REFUSED, "inf"), 3: 5}


def test_text_of_several_lines_and_control_characters(p: Path) -> None:
    assert cells_of(ods(p, Table("S", [["a\nb"]]))) == {1: {1: "a\nb"}}
    book = read_workbook(xls(p, Table("S", [["a\x08b", "\x01", "_x0008_", "a\r\nb"]])))
    assert [row.cells for row in book.sheets[0].rows()] == [{1: "ab", 3: "_x0008_", 4: "a\nb"}]
    assert [(warning.code, warning.values.get("n")) for warning in book.warnings] == [
        ("workbook_old_format", None),
        ("workbook_controls", 2),
    ]


def test_sheets_hidden_and_empty_and_merged_ranges(p: Path) -> None:
    tables = [
        Table("一", [["Q1"]], merged=[(0, 0, 0, 3), (1, 0, 2, 0)]),
        Table("空", []),
        Table("二", [[5]], 1),
    ]
    book = read_workbook(xls(p, *tables, Table("宏", [["secret"]], 2)))
    assert [(sheet.name, sheet.visibility) for sheet in book.sheets] == [
        ("一", "visible"),
        ("空", "visible"),
        ("二", "hidden"),
    ]
    assert [str(span) for span in book.sheets[0].merged()] == ["A1:D1", "A2:A3"]
    assert [list(sheet.rows()) for sheet in book.sheets[1:]] == [[], [Row(1, False, {1: 5})]]
    assert warned(book) == ["workbook_old_format", "workbook_sheet_very_hidden"]
    book = read_workbook(ods(p, *tables))
    assert [sheet.visibility for sheet in book.sheets] == ["visible", "visible", "hidden"]
    assert book.sheets[0].merged() == ()


def test_repeated_cells_of_an_ods(p: Path) -> None:
    five = FIVE.replace("/>", ' table:number-columns-repeated="3"/>')
    far = '<table:table-cell table:number-columns-repeated="16000"/>'
    rows = f'<table:table-row table:number-rows-repeated="2">{five}{far}</table:table-row>'
    end = f'<table:table-row table:number-rows-repeated="1048000">{far}</table:table-row>'
    path = ods(p, f'<table:table table:name="S">{rows}{end}</table:table>')
    assert rows_of(path) == [Row(n, False, {1: 5, 2: 5, 3: 5}) for n in (1, 2)]


def test_sheets_are_read_in_turn_and_again(p: Path) -> None:
    tables = [Table(name, [[f"{name}{n}" * 20] for n in range(200)]) for name in "AB"]
    first, second = read_workbook(ods(p, *tables)).sheets
    together = [(one.cells[1], two.cells[1]) for one, two in zip(first.rows(), second.rows(), strict=True)]
    assert together == [(f"A{n}" * 20, f"B{n}" * 20) for n in range(200)]
    assert next(first.rows()) == next(first.rows())


def test_nothing_is_left_open_when_the_workbook_is_gone(p: Path) -> None:
    book = read_workbook(xls(p, ANSWERS))
    stream = book.sheets[0].spool._stream  # type: ignore[attr-defined]  # a spooled sheet
    del book
    gc.collect()
    assert stream.closed


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no book": (
        lambda p: raw(p, OLE + b"\0" * 1000 + "Workbook".encode("utf-16-le")),
        "workbook_old_damaged",
    ),
    "a document": (lambda p: raw(p, compound(b"text", "WordDocument")), "workbook_old_damaged"),
    "cut": (lambda p: raw(p, compound(xls_stream([ANSWERS]))[:2500]), "workbook_old_damaged"),
    "locked xls": (lambda p: xls(p, ANSWERS, locked=True), "workbook_password"),
    "locked ods": (lambda p: ods(p, ANSWERS, manifest="<m:encryption-data/>"), "workbook_password"),
    "broken ods": (lambda p: ods(p, content="<office:document-content"), "workbook_old_damaged"),
    "bomb": (lambda p: ods(p, content=b" " * (70 << 20)), "workbook_limit_ratio"),
}


@pytest.mark.parametrize("damage", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_for_what_it_is(p: Path, damage: str) -> None:
    make, code = REFUSED[damage]
    assert refused(make(p)) == [code]


@LINUX
@pytest.mark.parametrize(("columns", "code"), [(20, "child_memory"), (16_384, "workbook_old_damaged")])
def test_an_ods_that_unfolds_without_end_is_refused(p: Path, columns: int, code: str) -> None:
    cell = FIVE.replace("/>", f' table:number-columns-repeated="{columns}"/>')
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    assert refused(ods(p, f'<table:table table:name="S">{rows}</table:table>')) == [code]


@LINUX
def test_a_cell_at_the_far_corner_of_an_xls_needs_more_than_is_allowed(p: Path) -> None:
    stream = xls_stream([ANSWERS])
    corner = xls_far(ANSWERS, 65535, 255)
    at = stream.rindex(bof(0x10))
    path = raw(p, compound(stream[:at] + corner))
    assert refused(path) == ["child_memory"]


def test_mutated_workbooks_are_read_or_refused(p: Path) -> None:
    chance = random.Random(20260103)
    outcomes = []
    for _ in range(10):
        content = bytearray(xls(p, ANSWERS).read_bytes())
        at = chance.randrange(1536, 2048)  # the records of the book
        content[at : at + 4] = struct.pack("<I", chance.choice([0, 1, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF]))
        outcomes.append(outcome(raw(p, bytes(content))))
    assert len(set(outcomes)) > 2


def outcome(path: Path) -> str:
    try:
        return str(sum(len(row.cells) for sheet in read_workbook(path).sheets for row in sheet.rows()))
    except ImportProblems as refusal:
        return refusal.problems[0].code


def test_cells_and_texts_are_counted(p: Path) -> None:
    path = xls(p, ANSWERS)
    assert refused(path, limits=Limits(cells=3)) == ["workbook_limit_cells"]
    assert refused(path, limits=Limits(text=1)) == ["workbook_limit_text"]
    assert refused(path, limits=Limits(all_text=3)) == ["workbook_limit_all_text"]


@pytest.mark.parametrize("reason", ["memory", "time", "size", "broken"])
def test_a_child_that_gave_nothing_is_a_problem_with_a_remedy(
    p: Path, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ChildFailed(reason)  # type: ignore[arg-type]  # each of them

    monkeypatch.setattr("survey.spool.run_limited_into", fail)
    code = "child_memory" if reason == "size" else f"child_{reason}"
    assert refused(xls(p, ANSWERS)) == [code]


ROW = b'["sheet","S","visible",{}]\n[1,[1],["a"]]\n'


@pytest.mark.parametrize(
    "written",
    [
        b"",
        ROW,
        ROW + b'["end"',
        b'["refused","anything"]\n',
        b'["sheet","S"]\n["end"]\n',
        b'["sheet","S","visible",{}]\n[1,[1,2],["a"]]\n["end"]\n',
        b'["sheet","S","visible",{}]\n[1,[0.5],["a"]]\n["end"]\n',
        b'["sheet","S","visible",{}]\n[1,[1],[null]]\n["end"]\n',
        b'["sheet","S","visible",{}]\n[1,[1],[{"date":"soon"}]]\n["end"]\n',
        b'["sheet","S","visible",{}]\n[1,[99999],["a"]]\n["end"]\n',
        b'["sheet","S","visible",{}]\nnonsense\n["end"]\n',
        b'["sheet","S","visible",{}]\n\xff\xff\n["end"]\n',
    ],
)
def test_what_a_confused_child_wrote_is_not_believed(written: bytes) -> None:
    with pytest.raises(ImportProblems, match="broke off"):
        list(Spool("a.xls", "child_jobs:repeat", written, Limits()).sheets()[0].rows())


def test_real_export_of_wenjuanxing() -> None:
    path = REAL / "wenjuanxing_by_text.xls"
    if not path.exists():
        pytest.skip("the folder of real files is not here")
    header, *answers = rows_of(path)
    assert len(answers) == 800
    assert header.cells[3] == "所用时间"
    assert [row.cells[1] for row in answers] == list(range(1, 801))
    assert answers[0].cells[12] == "运动┋影视┋购物"
