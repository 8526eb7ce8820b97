"""On every well-formed workbook our reader, openpyxl and calamine agree, but for the differences listed here.

Each difference has its reason, and a test shows that each is one: a list of excuses that nobody needs
would hide the next mistake.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from drawn_books import BOTH_HANDS, OUR_HAND, Drawn, DrawnBook, DrawnSheet, books, by_openpyxl, by_our_hand
from hypothesis import HealthCheck, given, settings
from python_calamine import CalamineWorkbook

from survey.cells import CellValue, Fault, Kind, raw_text
from survey.shared_text import without_controls
from survey.workbook import read_workbook

ROOT = Path(__file__).resolve().parent.parent
REAL = Path(os.environ.get("CSAT_REAL", ROOT.parent / "shared" / "real"))
WORKBOOKS = sorted((ROOT / "sample_surveys").glob("*/*.xlsx"))[-1:] + sorted(REAL.glob("*.xlsx"))

Place = tuple[str, int, int]
Ours = dict[Place, CellValue]
Theirs = dict[Place, Any]


class Error(NamedTuple):
    """An error cell of openpyxl, which gives the text, so that typed and computed ``#N/A`` look alike."""

    code: str


def ours(path: Path) -> Ours:
    return {
        (sheet.name, row.number, column): value
        for sheet in read_workbook(path).sheets
        for row in sheet.rows()
        for column, value in row.cells.items()
    }


def of_openpyxl(path: Path) -> Theirs:
    return {
        (sheet.title, cell.row, cell.column): Error(str(cell.value)) if cell.data_type == "e" else cell.value
        for sheet in openpyxl.load_workbook(path, data_only=True).worksheets
        for line in sheet.iter_rows()
        for cell in line
        if cell.value is not None
    }


def of_calamine(path: Path) -> Theirs:
    with CalamineWorkbook.from_path(path) as book:
        return {
            (name, row, column): value
            for name in book.sheet_names
            for row, values in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), 1)
            for column, value in enumerate(values, 1)
            if value != ""
        }


# -- what may differ --------------------------------------------------------------------------------


class Difference(NamedTuple):
    """``holds(ours, theirs)``: whether this is why a cell is not the same to both; blanks are ``None``."""

    reason: str
    holds: Callable[[Any, Any], bool]


ESCAPES = {"a_x0041_b": "aAb", "_x005F_x0041_": "_x0041_", "a_x000D_b": "a\nb", "x_x0008_y": "xy"}
_NO_DAY = datetime(1899, 12, 30)
_MAC_DAY = datetime(1904, 1, 1)


def to_the_second(moment: datetime) -> datetime:
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)


def is_fault(cell: Any, kind: Kind) -> bool:
    return isinstance(cell, Fault) and cell.kind is kind


def same_time(mine: Any, theirs: time | timedelta) -> bool:
    """Whether a moment is a time of day or a duration counted from where days begin."""
    span = theirs
    if isinstance(span, time):
        span = datetime.combine(_NO_DAY, span) - _NO_DAY
    # A spreadsheet counts a 29th of February 1900 that never was.
    day = timedelta(days=timedelta(days=1) <= span < timedelta(days=60))
    return mine in (to_the_second(_NO_DAY + day + span), to_the_second(_MAC_DAY + span))


DIFFERENCES = {
    "openpyxl": [
        Difference(
            "an error is a kind of cell, so that a typed #N/A is a text",
            lambda mine, theirs: is_fault(mine, Kind.ERROR) and theirs == Error(mine.raw),
        ),
        Difference(
            "a spreadsheet knows one kind of number: 5.0 is 5",
            lambda mine, theirs: type(mine) is int and type(theirs) is float and mine == theirs,
        ),
        Difference(
            "a formula without a result is no blank",
            lambda mine, theirs: is_fault(mine, Kind.FORMULA) and theirs is None,
        ),
        Difference(
            "fractions of a second in a date are rounding",
            lambda mine, theirs: type(theirs) is datetime and mine == to_the_second(theirs) != theirs,
        ),
        Difference(
            "a cell is one type, whether or not its moment has a day",
            lambda mine, theirs: isinstance(theirs, (time, timedelta)) and same_time(mine, theirs),
        ),
        Difference(
            "_x0041_ stands for A in a file",
            lambda mine, theirs: isinstance(theirs, str) and "_x" in theirs and mine == ESCAPES.get(theirs),
        ),
        Difference("an empty text looks blank", lambda mine, theirs: mine is None and theirs == ""),
    ],
    "calamine": [
        Difference(
            "an error is no blank", lambda mine, theirs: is_fault(mine, Kind.ERROR) and theirs is None
        ),
        Difference(
            "a formula without a result is no blank",
            lambda mine, theirs: is_fault(mine, Kind.FORMULA) and theirs is None,
        ),
        Difference(
            "5 is an int",
            lambda mine, theirs: type(mine) is int and type(theirs) is float and float(mine) == theirs,
        ),
        Difference(
            "a cell is one type, whether or not its moment has a time or a day",
            lambda mine, theirs: (
                same_time(mine, theirs)
                if isinstance(theirs, (time, timedelta))
                else type(theirs) is date and mine == datetime(theirs.year, theirs.month, theirs.day)
            ),
        ),
        Difference(
            "fractions of a second in a date are rounding",
            lambda mine, theirs: type(theirs) is datetime and mine == to_the_second(theirs) != theirs,
        ),
        Difference(
            "spaces between runs of rich text are part of it",
            lambda mine, theirs: isinstance(theirs, str) and mine != theirs == str(mine).replace(" ", ""),
        ),
        Difference(
            "control characters are dropped, a return is a line end",
            lambda mine, theirs: (
                isinstance(theirs, str) and mine == without_controls(theirs.replace("\r", "\n"))[0] != theirs
            ),
        ),
    ],
}
READERS = {"openpyxl": of_openpyxl, "calamine": of_calamine}


def same(mine: Any, theirs: Any) -> bool:
    return type(mine) is type(theirs) and mine == theirs


def differing(mine: Ours, theirs: Theirs, reader: str) -> Iterator[tuple[Place, Any, Any, list[str]]]:
    """Yield the cells that are not the same, with the reasons that explain it."""
    for place in sorted(mine.keys() | theirs.keys()):
        one, other = mine.get(place), theirs.get(place)
        if not same(one, other):
            yield place, one, other, [d.reason for d in DIFFERENCES[reader] if d.holds(one, other)]


def unexplained(path: Path) -> list[tuple[str, Place, Any, Any]]:
    read = ours(path)
    return [
        (reader, place, mine, theirs)
        for reader, read_by in READERS.items()
        for place, mine, theirs, reasons in differing(read, read_by(path), reader)
        if not reasons
    ]


def test_each_difference_is_one(p: Path) -> None:
    drawn = [
        Drawn("error", "#N/A"),
        Drawn("stored", "5.0"),
        Drawn("formula", None),
        Drawn("date", 43000.00001),
        Drawn("date", 43000),
        Drawn("time", 0.5),
        Drawn("escaped", "x_x0008_y"),
        Drawn("text", ""),
        Drawn("rich", ("very ", "good")),
    ]
    by_our_hand(p, DrawnBook((DrawnSheet({(1, n): cell for n, cell in enumerate(drawn, 1)}),)))
    for reader, listed in DIFFERENCES.items():
        found = differing(ours(p), READERS[reader](p), reader)
        met = {reason for *_, reasons in found for reason in reasons}
        assert met == {difference.reason for difference in listed}


# -- agreement --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.name)
def test_real_workbooks_read_alike(path: Path) -> None:
    assert unexplained(path) == []


ANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ANY
@given(books(BOTH_HANDS))
def test_workbooks_of_openpyxl_read_alike(p: Path, drawn: DrawnBook) -> None:
    assert unexplained(by_openpyxl(p, drawn)) == []
    assert shape(p) == shape_of_openpyxl(p)


@ANY
@given(books(OUR_HAND))
def test_workbooks_in_the_forms_of_other_programs_read_alike(p: Path, drawn: DrawnBook) -> None:
    assert unexplained(by_our_hand(p, drawn)) == []
    assert shape(p) == shape_of_openpyxl(p)


def shape(path: Path) -> list[tuple[str, str, list[int], list[str]]]:
    """Return the sheets: name, visibility, hidden rows that hold a value, merged ranges."""
    return [
        (
            sheet.name,
            sheet.visibility,
            [row.number for row in sheet.rows() if row.hidden],
            sorted(map(str, sheet.merged())),
        )
        for sheet in read_workbook(path).sheets
    ]


def shape_of_openpyxl(path: Path) -> list[tuple[str, str, list[int], list[str]]]:
    filled = {(name, row) for name, row, _ in ours(path)}
    return [
        (
            sheet.title,
            sheet.sheet_state,
            [
                n
                for n, row in sorted(sheet.row_dimensions.items())
                if row.hidden and (sheet.title, n) in filled
            ],
            sorted(map(str, sheet.merged_cells.ranges)),
        )
        for sheet in openpyxl.load_workbook(path, data_only=True).worksheets
    ]


def test_an_id_of_eighteen_digits_is_whole_here_alone(p: Path) -> None:
    number = 110101199003074514
    by_our_hand(p, DrawnBook((DrawnSheet({(1, 1): Drawn("stored", str(number))}),)))
    place = ("S1", 1, 1)
    assert (ours(p)[place], of_openpyxl(p)[place]) == (number, number)
    assert of_calamine(p)[place] == float(number) != number


@pytest.mark.parametrize(("stored", "openpyxl_says"), [("1e400", math.inf), ("-1e400", -math.inf)])
def test_a_number_beyond_every_double_is_refused_here_alone(
    p: Path, stored: str, openpyxl_says: float
) -> None:
    by_our_hand(p, DrawnBook((DrawnSheet({(1, 1): Drawn("stored", stored)}),)))
    place = ("S1", 1, 1)
    assert ours(p)[place] == Fault(Kind.REFUSED, stored)
    assert of_openpyxl(p)[place] == of_calamine(p)[place] == openpyxl_says


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (5, "5"), (4.5, "4.5"), (True, "TRUE"), (Fault(Kind.ERROR, "#N/A"), "#N/A")],
)
def test_raw_text(value: CellValue | None, text: str) -> None:
    assert raw_text(value) == text
