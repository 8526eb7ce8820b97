"""Text files: the encoding follows a rule, and every row is as wide as the header."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.archive import Limits
from survey.cells import CellValue
from survey.delimited import find_delimiter, read_delimited
from survey.errors import ImportProblems
from survey.workbook import read_workbook


def rows_of(content: bytes, **options: Any) -> list[tuple[int, dict[int, CellValue]]]:
    sheet, _, _ = read_delimited("a.csv", content, options.get("limits", Limits()), options.get("encoding"))
    return [(row.number, row.cells) for row in sheet.rows()]


def refused(content: bytes, **options: Any) -> list[tuple[str, int | None]]:
    with pytest.raises(ImportProblems) as caught:
        rows_of(content, **options)
    return [(problem.code, problem.place.line) for problem in caught.value.problems]


TABLE = "姓名,满意度\n张三,5\n"
READ = [(1, {1: "姓名", 2: "满意度"}), (2, {1: "张三", 2: "5"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_accepted_encodings(encoding: str) -> None:
    assert rows_of(TABLE.encode(encoding)) == READ


def test_an_encoding_beyond_the_rule_shows_what_it_made_of_the_text() -> None:
    _, used, [warning] = read_delimited("a.csv", TABLE.encode("gb18030"), Limits(), None)
    assert used == "gb18030"
    assert "张三" in warning.message("zh")
    assert read_delimited("a.csv", TABLE.encode(), Limits(), None)[2] == []


def test_at_most_three_cells_show_what_an_encoding_made_of_the_text() -> None:
    text = "编号,一,二\n1,三,四\n2,五," + "长" * 50 + "\n"
    _, _, [warning] = read_delimited("a.csv", text.encode("gb18030"), Limits(), None)
    assert warning.values == {"encoding": "gb18030", "samples": "编号 · 一 · 二"}
    assert read_delimited("a.csv", TABLE.encode("utf-16"), Limits(), None)[2] == []
    assert read_delimited("a.csv", TABLE.encode(), Limits(), "UTF8")[1:] == ("utf-8", [])


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", "utf-8-sig"), ("utf-16-le", "utf-16-le")])
def test_a_byte_order_mark_is_never_part_of_a_header(encoding: str, mark: str) -> None:
    content = TABLE.encode(mark) if mark != encoding else ("\ufeff" + TABLE).encode(mark)
    assert rows_of(content, encoding=encoding) == READ


@pytest.mark.parametrize("encoding", ["klingon", "hex", "rot13", "a\0b", ""])
def test_what_is_no_encoding_of_text_is_refused(encoding: str) -> None:
    if encoding:
        assert refused(TABLE.encode(), encoding=encoding) == [("csv_encoding_name", None)]
    else:
        assert rows_of(TABLE.encode(), encoding=encoding) == READ


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode("utf-8-sig") + b"\xff",
        TABLE.encode("utf-16")[:-1],
        "姓名".encode("gb18030") + b",\xff\n",
        "满".encode()[:2] + b"\xff",
    ],
)
def test_half_a_character_is_not_guessed(content: bytes) -> None:
    assert refused(content) == [("csv_encoding_none", None)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_every_end_of_line_is_one(end: str) -> None:
    text = f'a,b{end}1,"x{end}y"{end}2,3{end}'
    read = rows_of(text.encode())
    assert [cells for _, cells in read] == [
        {1: "a", 2: "b"},
        {1: "1", 2: "x\n\ny" if end == "\r\r\n" else "x\ny"},
        {1: "2", 2: "3"},
    ]


def test_control_characters_are_dropped_and_counted() -> None:
    sheet, _, [warning] = read_delimited("a.csv", b"a,b\n1\x08,\x1bx\ty\n", Limits(), None)
    assert list(sheet.rows())[1].cells == {1: "1", 2: "x\ty"}
    assert (warning.code, warning.values["n"]) == ("workbook_controls", 2)


@pytest.mark.parametrize("mark", [*",;|^", "\t"])
@pytest.mark.parametrize("line", ["sep={}\n", "sep={}\r\n", "SEP={}\n", '"sep={}"\n'])
def test_a_first_line_may_name_the_delimiter_as_excel_writes_it(line: str, mark: str) -> None:
    text = f'{line.format(mark)}"a,;|^\tb"{mark}c\n1{mark}2\n'
    assert rows_of(text.encode()) == [(2, {1: "a,;|^\tb", 2: "c"}), (3, {1: "1", 2: "2"})]


def test_the_named_delimiter_beats_the_most_frequent() -> None:
    assert rows_of(b"sep=;\na,b,c;d\n1,0;2\n") == [(2, {1: "a,b,c", 2: "d"}), (3, {1: "1,0", 2: "2"})]
    assert refused(b"sep=;\na;b\n1\n") == [("csv_ragged", 3)]
    assert refused(b'sep=;\na;b\n1;"2\n') == [("csv_quote", 3)]
    assert rows_of(b"sep=a\n1\n") == [(1, {1: "sep=a"}), (2, {1: "1"})]


def test_an_export_of_kobo_is_read_by_its_semicolons() -> None:
    header = '"start";"M1/price, net";"_id"\n'
    assert rows_of(f'{header}"2026-09-03T11:58:00.000+08:00";"1";"41"\n'.encode()) == [
        (1, {1: "start", 2: "M1/price, net", 3: "_id"}),
        (2, {1: "2026-09-03T11:58:00.000+08:00", 2: "1", 3: "41"}),
    ]


def test_a_named_encoding_is_taken_at_its_word() -> None:
    assert rows_of("café,1\n".encode("latin-1"), encoding="latin-1") == [(1, {1: "café", 2: "1"})]
    assert refused(TABLE.encode("gb18030"), encoding="utf-8") == [("csv_encoding_wrong", None)]
    assert refused(TABLE.encode(), encoding="klingon") == [("csv_encoding_name", None)]


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (b"Q1,Q2\n\xff\xff,4\n", [("csv_encoding_none", None)]),
        (b'a,"b\n1,2\n3,4\n', [("csv_quote", 1)]),
        (b'a,b\n1,2\n3,"4\n', [("csv_quote", 3)]),
        (b"a,b,c\n1,2\n1,2,3,4\n", [("csv_ragged", 2), ("csv_ragged", 3)]),
        (b"a,b\n1\0,2\n", [("csv_nul", 2)]),
        (b'a,b\n1,"' + b"x" * (1 << 21) + b'"\n', [("csv_field_long", 2)]),
    ],
)
def test_what_cannot_be_read_without_guessing_is_refused_with_its_line(
    content: bytes, problems: list[tuple[str, int | None]]
) -> None:
    assert refused(content) == problems


def test_only_the_first_ragged_rows_are_listed() -> None:
    assert len(refused(b"a,b\n" + b"1\n" * 100)) == 20


def test_long_fields_quotes_and_blank_lines() -> None:
    assert rows_of(b'a,b\n1,"' + b"x" * 140_000 + b'"\n')[1][1] == {1: "1", 2: "x" * 140_000}
    assert rows_of(b'a,b\n\n"1\n2","say ""x"""\n3,\n') == [
        (1, {1: "a", 2: "b"}),
        (3, {1: "1\n2", 2: 'say "x"'}),
        (5, {1: "3"}),
    ]


def test_cells_are_counted() -> None:
    assert refused(b"a,b\n1,2\n", limits=Limits(cells=3)) == [("workbook_limit_cells", None)]


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [
        ("a,b;c,d", ","),
        ("a;b;c,d", ";"),
        ("a\tb", "\t"),
        ("a|b|c", "|"),
        ('"a;b;c",d', ","),
        ("\n\na;b", ";"),
        ("a", ","),
        ('5" pipe;6" pipe,a;b', ";"),
        ('"say ""x;y;z""",b', ","),
    ],
)
def test_the_delimiter_is_the_most_frequent_outside_quotes(line: str, delimiter: str) -> None:
    assert find_delimiter(line + "\nx;;;;;y") == delimiter


def test_text_is_text_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "answers.xlsx"
    path.write_bytes(TABLE.encode())
    book = read_workbook(path)
    assert (book.format, book.encoding, [w.code for w in book.warnings]) == (
        "csv",
        "utf-8",
        ["workbook_is_text"],
    )
    assert str(book.sheets[0].place(2, "B2")) == "answers.xlsx:2, B"


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@given(st.lists(st.lists(words, min_size=3, max_size=3), min_size=1, max_size=5))
def test_what_csv_writes_is_read_back(table: list[list[str]]) -> None:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *table])
    read = [[cells.get(column, "") for column in (1, 2, 3)] for _, cells in rows_of(file.getvalue().encode())]
    assert read[1:] == [fields for fields in table if any(fields)]
