"""The reader knows what every cell holds, and refuses what nobody can read without guessing."""

from __future__ import annotations

import random
import re
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from books import cells_of, one, warned
from drawing import (
    BOOK,
    BOOK_RELS,
    DEFAULTS,
    STRINGS,
    STYLES,
    build,
    c,
    raw,
    row,
    sheet,
    strict,
    text,
    two_sheets,
    workbook,
)
from fuzzing import mutated

from survey import sheet_parser
from survey.cells import Cell, CellValue, Fault, Kind
from survey.errors import ImportProblems
from survey.ooxml import is_date_format
from survey.workbook import read_workbook

# -- cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (c("A2"), None),
        (c("A2", 5), 5),
        (c("A2", "5.0"), 5),
        (c("A2", "5E0"), 5),
        (c("A2", "-0"), 0),
        (c("A2", "4.5"), 4.5),
        (c("A2", " 5 "), 5),
        (c("A2", "110101199003074514"), 110101199003074514),
        (c("A2", "NaN"), Fault(Kind.REFUSED, "NaN")),
        (c("A2", "INF"), Fault(Kind.REFUSED, "INF")),
        (c("A2", "1e400"), Fault(Kind.REFUSED, "1e400")),
        (c("A2", "5abc"), Fault(Kind.REFUSED, "5abc")),
        (c("A2", "1_000"), Fault(Kind.REFUSED, "1_000")),
        (c("A2", "٣"), Fault(Kind.REFUSED, "٣")),
        (c("A2", 0, t="s"), "hello"),
        (c("A2", 99, t="s"), Fault(Kind.REFUSED, "99")),
        (c("A2", -1, t="s"), Fault(Kind.REFUSED, "-1")),
        (c("A2", "x", t="str", f="A1"), "x"),
        (c("A2", "", t="str", f="A1"), None),
        (c("A2", 1, t="b"), True),
        (c("A2", "false", t="b"), False),
        (c("A2", "yes", t="b"), Fault(Kind.REFUSED, "yes")),
        (c("A2", "#N/A", t="e"), Fault(Kind.ERROR, "#N/A")),
        (c("A2", "#DIV/0!", t="e", f="1/0"), Fault(Kind.ERROR, "#DIV/0!")),
        (text("A2", "#N/A"), "#N/A"),
        (c("A2", f="1+1"), Fault(Kind.FORMULA, "")),
        (c("A2", "", f="1+1"), Fault(Kind.FORMULA, "")),
        (c("A2", 2, f="1+1"), 2),
        (c("A2", 5, t="zzz"), Fault(Kind.REFUSED, "5")),
        (c("A2", "2026-09-03", t="d"), datetime(2026, 9, 3)),
        (c("A2", "nonsense", t="d"), Fault(Kind.REFUSED, "nonsense")),
        (c("A2", 44593, s=1), datetime(2022, 2, 1)),
        (c("A2", "44593.5", s=1), datetime(2022, 2, 1, 12)),
        (c("A2", 1, s=1), datetime(1900, 1, 1)),
        (c("A2", 61, s=1), datetime(1900, 3, 1)),
        (c("A2", -1, s=1), Fault(Kind.REFUSED, "-1")),
        (c("A2", 5, s=99), 5),
        (text("A2", "a_x0008_b"), "ab"),
        (text("A2", "a_x000D_\nb"), "a\nb"),
        (text("A2", "_x005F_x0008_"), "_x0008_"),
        (text("A2", "_xD83D__xDE00_"), "😀"),
        (text("A2", "_xD83D_x"), "x"),
        (text("A2", "\u202egnp.exe 👩\u200d👩\u200d👧"), "\u202egnp.exe 👩\u200d👩\u200d👧"),
        (text("A2", "长" * 100_000), "长" * 100_000),
        (text("A2", ""), None),
    ],
)
def test_a_cell_is_what_was_stored(p: Path, cell: str, expected: CellValue | None) -> None:
    found = one(p, cell)
    assert (type(found), found) == (type(expected), expected)


def test_a_cell_knows_its_place_kind_and_raw_text() -> None:
    cell = Cell("S1", 2, 28, Fault(Kind.ERROR, "#N/A"))
    assert (cell.address, cell.kind, cell.raw) == ("AB2", Kind.ERROR, "#N/A")
    assert [Cell("S", 1, 1, v).raw for v in (None, True, 4.5, datetime(2022, 2, 1))] == [
        *("", "TRUE", "4.5", "2022-02-01")
    ]


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("<r><t>very </t></r><r><t>good</t></r>", "very good"),
        ("<t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh>", "東京"),
        ("<t><![CDATA[a<b]]></t>", "a<b"),
    ],
)
def test_rich_text_is_joined_and_readings_are_left_out(p: Path, string: str, expected: str) -> None:
    assert one(p, c("A2", 0, t="s"), strings=STRINGS.replace("<t>hello</t>", string)) == expected
    assert one(p, f'<c r="A2" t="inlineStr"><is>{string}</is></c>') == expected


def test_control_characters_that_come_to_light_are_counted(p: Path) -> None:
    book = read_workbook(build(p, sheet=sheet(row(1, text("A1", "a_x0008_b"), text("B1", "c_x0000_")))))
    assert warned(book) == ["workbook_controls"]
    assert book.warnings[0].values["n"] == 2


def test_dates_of_a_1904_workbook_fall_on_the_right_day(p: Path) -> None:
    book = BOOK.replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert one(p, c("A2", 42735, s=1), book=book) == datetime(2021, 1, 1)


@pytest.mark.parametrize(
    "code", ["yyyy-mm-dd", 'yyyy"年"m"月"', "[$-804]d mmm", "h:mm", "[h]:mm", "m/d", "AM/PM s"]
)
def test_formats_of_dates(code: str) -> None:
    assert is_date_format(code)


@pytest.mark.parametrize(
    "code", ["General", "0.00", '0" days"', "[Red]0", "#,##0_d", "0.0E+00", "[DBNum1]0", "\\d0"]
)
def test_formats_of_numbers(code: str) -> None:
    assert not is_date_format(code)


def test_custom_formats_decide_about_dates(p: Path) -> None:
    custom = '<numFmts><numFmt numFmtId="170" formatCode="yyyy/m/d"/></numFmts><fonts>'
    styles = STYLES.replace("<fonts>", custom).replace(
        '<xf numFmtId="14"/></cellXfs>', '<xf numFmtId="170"/></cellXfs>'
    )
    assert one(p, c("A2", 44593, s=1), styles=styles) == datetime(2022, 2, 1)


def test_cells_and_rows_without_addresses_are_placed_by_order(p: Path) -> None:
    path = build(
        p, sheet=sheet(row(None, text(None, "Q1"), text(None, "Q2")), row(None, c(None, 5), c(None, 4)))
    )
    assert cells_of(path) == {"A1": "Q1", "B1": "Q2", "A2": 5, "B2": 4}


def test_addresses_are_those_of_the_spreadsheet(p: Path) -> None:
    assert cells_of(build(p, sheet=sheet(row(3, text("B3", "Q1")), row(4, c("B4", 5))))) == {
        "B3": "Q1",
        "B4": 5,
    }


# -- the same workbook in other clothes ------------------------------------------------------------

PLAIN = {"A1": "hello", "B1": 7, "C1": datetime(2021, 1, 1)}


def test_the_default_workbook_reads(p: Path) -> None:
    assert cells_of(build(p)) == PLAIN


def test_strict_workbooks_read_alike(p: Path) -> None:
    assert cells_of(build(p, **{name: strict(part) for name, part in DEFAULTS.items()})) == PLAIN


def test_prefixed_elements_read_alike(p: Path) -> None:
    prefixed = re.sub(r"<(/?)(\w)", r"<\1x:\2", DEFAULTS["sheet"]).replace("xmlns=", "xmlns:x=")
    assert cells_of(build(p, sheet=prefixed)) == PLAIN


def test_part_names_in_other_case_or_with_backslashes_read_alike(p: Path) -> None:
    original = build(p).read_bytes()
    assert cells_of(raw(p, original.replace(b"xl/sharedStrings.xml", b"xl/SharedStrings.xml"))) == PLAIN
    assert cells_of(raw(p, original.replace(b"xl/worksheets/", b"xl\\worksheets\\"))) == PLAIN


def test_absolute_and_roundabout_targets_read_alike(p: Path) -> None:
    for target in ("/xl/worksheets/sheet1.xml", "../xl/./worksheets/sheet1.xml"):
        assert cells_of(build(p, book_rels=BOOK_RELS.replace("worksheets/sheet1.xml", target))) == PLAIN


@pytest.mark.parametrize("styles", ["<styleSheet><broken", "", None])
def test_broken_styles_cost_the_dates_only(p: Path, styles: str | None) -> None:
    path = build(p, styles=styles)
    assert cells_of(path) == {**PLAIN, "C1": 44197}
    assert warned(read_workbook(path)) == ["workbook_styles"]


# -- sheets ---------------------------------------------------------------------------------------


def test_hidden_sheets_are_listed_and_those_hidden_by_macros_are_not_read(tmp_path: Path) -> None:
    hidden = read_workbook(two_sheets(tmp_path, "Q1\n5", "Q1\n4", state="hidden"))
    assert [(s.name, s.visibility) for s in hidden.sheets] == [("S1", "visible"), ("S2", "hidden")]
    very_hidden = read_workbook(two_sheets(tmp_path, "Q1\n5", "Q1\n4", state="veryHidden"))
    assert [s.name for s in very_hidden.sheets] == ["S1"]
    assert warned(very_hidden) == ["workbook_sheet_very_hidden"]


def test_chart_sheets_hold_no_answers(tmp_path: Path) -> None:
    path = two_sheets(tmp_path, "Q1\n5", "Q1\n4")
    content = zipfile.ZipFile(path).read("xl/_rels/workbook.xml.rels").decode()
    charts = re.sub(r'(Id="rId4" Type="[^"]*/)worksheet', r"\1chartsheet", content)
    again = workbook(tmp_path, "Q1\n5", name="charts.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(again, "w") as target:
        for name in source.namelist():
            target.writestr(name, charts if name.endswith("workbook.xml.rels") else source.read(name))
    assert [s.name for s in read_workbook(again).sheets] == ["S1"]


def test_hidden_rows_say_so(p: Path) -> None:
    path = build(p, sheet=sheet(row(1, c("A1", 1)), row(2, c("A2", 2), attrs='hidden="1"')))
    assert [(r.number, r.hidden) for r in read_workbook(path).sheets[0].rows()] == [(1, False), (2, True)]


def test_rows_may_be_read_twice_and_given_up_half_way(p: Path) -> None:
    only = read_workbook(build(p, sheet=sheet(*(row(n, c(f"A{n}", n)) for n in range(1, 100))))).sheets[0]
    assert next(only.rows()).number == 1
    assert [r.number for r in only.rows()] == [r.number for r in only.rows()] == list(range(1, 100))


def both_ways(p: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[object, object]:
    """Read a workbook with the fast way through plain cells, and with the XML parser alone."""

    def read() -> object:
        try:
            book = read_workbook(p)
            return [list(found.rows()) for found in book.sheets], [w.code for w in book.warnings]
        except ImportProblems:
            return "refused"

    fast = read()
    with monkeypatch.context() as patch:
        patch.setattr(sheet_parser, "without_plain_rows", lambda chunks, _: chunks)
        return fast, read()


def test_the_fast_way_through_a_sheet_finds_what_the_parser_finds(
    p: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(20260102)
    plain = sheet(
        row(1, c("A1", 0, t="s"), c("B1", 7), c("C1", 44197, s=1), c("D1", s=1)),
        row(30, c("A30", 0, t="s"), c("B30", "4.5"), c("D30", "#N/A", t="e"), attrs='hidden="1" spans="1:4"'),
        row(31, c("A31", 0, t="s"), c("B31", "4.5"), c("C31", 44197, s=1), c("D31", "30")),
        row(44, c("A44", 1, t="b"), c("B44", "x y", t="str"), text("C44", "满意"), c("D44", 2, f="1+1")),
        row(45, c("A45", 99, t="s"), c("B45"), c("C45", "1e400"), c("XFD45", 1)),
        post='<mergeCells><mergeCell ref="A1:B2"/></mergeCells>',
    )
    # Tokens that could make a row look like one where it is none, or change what follows it.
    tokens = [
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?x",
        "?>",
        "<row r='9'>",
        "<c>",
        "&lt;",
        "</row>",
        "<row/>",
    ]
    refused_twice = 0
    for n in range(500):
        part = plain if n == 0 else mutated(plain, chance)
        for _ in range(chance.randrange(2)):
            at = chance.randrange(len(part))
            part = part[:at] + chance.choice(tokens) + part[at:]
        build(p, sheet=part, method=zipfile.ZIP_STORED)
        fast, slow = both_ways(p, monkeypatch)
        assert fast == slow, part
        refused_twice += fast == "refused"
    assert 25 < refused_twice < 475  # both outcomes are tried


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_where_the_bytes_are_split_does_not_matter(
    p: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    rows = [row(n, c(f"A{n}", n), c(f"B{n}", 0, t="s"), text(f"C{n}", "长" * n)) for n in range(1, 30)]
    path = build(p, sheet=sheet(*rows, post="<!-- <row r='99'><c r='A99'><v>1</v></c></row> -->"))
    whole = cells_of(path)
    monkeypatch.setattr("survey.archive._CHUNK", size)
    monkeypatch.setattr("survey.plain_cells.MOST_PENDING", size * 20)
    assert cells_of(path) == whole
    assert len(whole) == 87
