"""Limits and addresses of a workbook, beyond what the table of bad inputs shows."""

from __future__ import annotations

from itertools import chain, repeat
from pathlib import Path

import pytest
from books import MB, cells_of, refused
from drawing import (
    HEAD,
    STRINGS,
    TAIL,
    build,
    c,
    row,
    sheet,
    text,
)

from survey.archive import Limits
from survey.errors import ImportProblems
from survey.workbook import read_workbook


def test_a_part_may_grow_to_a_limit_and_all_of_them_together_too(p: Path) -> None:
    path = build(p, sheet=chain([HEAD], repeat(b" " * MB, 4), [TAIL]))
    assert refused(path, limits=Limits(part_bytes=3 * MB)) == ["workbook_limit_part"]
    assert refused(path, limits=Limits(all_bytes=3 * MB)) == ["workbook_limit_all"]


def test_a_text_beyond_the_limit_is_refused(p: Path) -> None:
    opening = b'<row r="1"><c r="A1" t="inlineStr"><is><t>'
    path = build(p, sheet=chain([HEAD, opening], repeat(b"A" * MB, 8), [b"</t></is></c></row>", TAIL]))
    assert refused(path) == ["workbook_limit_text"]
    strings = chain([STRINGS.split("hello")[0].encode()], repeat(b"A" * MB, 8), [b"</t></si></sst>"])
    assert refused(build(p, strings=strings)) == ["workbook_limit_text"]
    texts = sheet(row(1, text("A1", "abcde"), text("B1", "abcde")))
    assert refused(build(p, sheet=texts), limits=Limits(all_text=9)) == ["workbook_limit_all_text"]


def test_cells_beyond_the_limit_are_refused(p: Path) -> None:
    block = (b"<row>" + b"<c><v>5</v></c>" * 20 + b"</row>") * 1000
    path = build(p, sheet=chain([HEAD], [block], [TAIL]))
    assert refused(path, limits=Limits(cells=15_000)) == ["workbook_limit_cells"]
    assert sum(len(r.cells) for r in read_workbook(path).sheets[0].rows()) == 20_000


@pytest.mark.parametrize("n", [2, 1])
@pytest.mark.parametrize(
    "reference", ["XFE{n}", "1A", "A", "a{n}", "A0{n}", "A{n}9", "$A${n}", "A{n}\n", "ZZZZ{n}"]
)
def test_what_is_no_address_of_its_row_is_refused(p: Path, reference: str, n: int) -> None:
    assert refused(build(p, sheet=sheet(row(n, c(reference.format(n=n), 2))))) == ["workbook_reference"]


@pytest.mark.parametrize("number", ["0", "-5", "1048577", "x", "", "２"])
def test_what_is_no_row_number_is_refused(p: Path, number: str) -> None:
    assert refused(build(p, sheet=sheet(f'<row r="{number}"><c><v>1</v></c></row>'))) == [
        "workbook_row_number"
    ]


def test_rows_out_of_order_and_cells_given_twice_are_refused(p: Path) -> None:
    assert refused(build(p, sheet=sheet(row(2, c("A2", 1)), row(2, c("A2", 1))))) == ["workbook_row_number"]
    assert refused(build(p, sheet=sheet(row(1, c("A1", 1), c("A1", 2))))) == ["workbook_cell_twice"]


def test_a_file_that_is_absent_or_too_large_is_refused(tmp_path: Path, p: Path) -> None:
    assert refused(tmp_path / "none.xlsx") == ["workbook_not_found"]
    assert refused(tmp_path) == ["workbook_is_folder"]
    assert refused(build(p), limits=Limits(file_bytes=100)) == ["workbook_limit_file"]


def test_a_refusal_names_part_and_line(p: Path) -> None:
    with pytest.raises(ImportProblems, match=r"xl/worksheets/sheet1.xml is not valid XML in line 2"):
        cells_of(build(p, sheet=sheet(row(1, text("A1", "a\x08b")))))
