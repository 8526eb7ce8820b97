"""Workbooks that are too large, damaged or hostile are refused whole, each with its reason."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable
from itertools import chain, repeat
from pathlib import Path

import pytest
from books import MB, cells_of, refused
from drawing import (
    BOOK,
    BOOK_RELS,
    DEFAULTS,
    HEAD,
    OLE,
    RELS,
    STRINGS,
    TAIL,
    build,
    c,
    cut,
    flip,
    raw,
    row,
    sheet,
    text,
)

from survey.archive import Limits
from survey.errors import ImportProblems
from survey.workbook import read_workbook

# -- size and structure ---------------------------------------------------------------------------


def test_one_gigabyte_of_spaces_is_refused(p: Path) -> None:
    path = build(p, sheet=chain([HEAD], repeat(b" " * MB, 70), [TAIL]))
    assert refused(path) == ["workbook_limit_ratio"]
    assert refused(path, limits=Limits(part_bytes=64 * MB)) == ["workbook_limit_part"]
    assert refused(path, limits=Limits(all_bytes=64 * MB)) == ["workbook_limit_all"]


def test_a_text_beyond_the_limit_is_refused(p: Path) -> None:
    opening = b'<row r="1"><c r="A1" t="inlineStr"><is><t>'
    path = build(p, sheet=chain([HEAD, opening], repeat(b"A" * MB, 8), [b"</t></is></c></row>", TAIL]))
    assert refused(path) == ["workbook_limit_text"]
    strings = chain([STRINGS.split("hello")[0].encode()], repeat(b"A" * MB, 8), [b"</t></si></sst>"])
    assert refused(build(p, strings=strings)) == ["workbook_limit_text"]
    texts = sheet(row(1, text("A1", "abcde"), text("B1", "abcde")))
    assert refused(build(p, sheet=texts), limits=Limits(all_text=9)) == ["workbook_limit_all_text"]


def test_shared_texts_beyond_the_limit_are_refused(p: Path) -> None:
    strings = chain(
        [STRINGS.split("<si>")[0].encode()], repeat(b"<si><t>x</t></si>" * 10_000, 6), [b"</sst>"]
    )
    assert refused(build(p, strings=strings), limits=Limits(strings=50_000)) == ["workbook_limit_strings"]


def test_cells_beyond_the_limit_are_refused(p: Path) -> None:
    block = (b"<row>" + b"<c><v>5</v></c>" * 20 + b"</row>") * 1000
    path = build(p, sheet=chain([HEAD], repeat(block, 5), [TAIL]))
    assert refused(path, limits=Limits(cells=50_000)) == ["workbook_limit_cells"]
    assert sum(len(r.cells) for r in read_workbook(path).sheets[0].rows()) == 100_000


def test_a_cell_at_the_far_corner_costs_one_entry(p: Path) -> None:
    path = build(p, sheet=sheet(row(1, c("A1", 1)), row(1048576, c("XFD1048576", 2))))
    assert cells_of(path) == {"A1": 1, "XFD1048576": 2}


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


def test_formatted_empty_cells_are_no_cells(p: Path) -> None:
    empty = (row(i, *(c(f"{x}{i}", s=1) for x in "ABCDEFGHIJ")).encode() for i in range(2, 5_000))
    assert cells_of(build(p, sheet=chain([HEAD, row(1, c("A1", 1)).encode()], empty, [TAIL]))) == {"A1": 1}
    assert cells_of(build(p, sheet=sheet(row(1, c("A1", 1)), row(2000, c("AD2000", s=1))))) == {"A1": 1}


def dtd_bombs(tmp_path: Path) -> dict[str, dict[str, str]]:
    nine = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    declared = {
        "nested": (f'<!DOCTYPE z [{nine}<!ENTITY l0 "x">]>', "&l9;"),
        "long": (f'<!DOCTYPE z [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 50_000),
        "external": (f'<!DOCTYPE z [<!ENTITY x SYSTEM "{(tmp_path / "canary").as_uri()}">]>', "&x;"),
    }
    bombs = {
        f"{name} in strings": {"strings": STRINGS.replace("<sst", doctype + "<sst").replace("hello", use)}
        for name, (doctype, use) in declared.items()
    }
    for part in ("sheet", "styles", "book", "rels", "book_rels"):
        bombs[f"in {part}"] = {part: re.sub(r"(\?>\n)", r"\1<!DOCTYPE z>", DEFAULTS[part])}
    return bombs


@pytest.mark.parametrize("bomb", sorted(dtd_bombs(Path("/"))))
def test_a_document_type_is_refused_in_every_part(tmp_path: Path, p: Path, bomb: str) -> None:
    (tmp_path / "canary").write_text("secret")
    with pytest.raises(ImportProblems) as caught:
        cells_of(build(p, **dtd_bombs(tmp_path)[bomb]))
    assert [problem.code for problem in caught.value.problems] == ["workbook_dtd"]
    assert "secret" not in str(caught.value)


def test_deep_nesting_and_a_thousand_attributes_do_no_harm(p: Path) -> None:
    assert refused(build(p, sheet=sheet(post="<a>" * 200_000))) == ["workbook_part_broken"]
    attributes = " ".join(f'a{i}="1"' for i in range(200_000))
    assert cells_of(build(p, sheet=sheet(row(1, c("A1", 1), attrs=attributes)))) == {"A1": 1}
    endless = sheet(row(1, c("A1", 1), attrs=f'a="{"x" * 5 * MB}"'))
    assert refused(build(p, sheet=endless)) == ["workbook_limit_token"]


def test_a_range_over_the_whole_grid_is_only_a_range(p: Path) -> None:
    post = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    path = build(p, sheet=sheet(row(1, c("A1", 5)), post=post))
    assert cells_of(path) == {"A1": 5}
    assert [str(span) for span in read_workbook(path).sheets[0].merged()] == ["A1:XFD1048576"]


# -- damage ---------------------------------------------------------------------------------------


def sized(path: Path) -> Path:
    """Make the zip directory claim that the sheet holds 100 bytes."""
    content = bytearray(path.read_bytes())
    at = -1
    while content[(at := content.index(b"PK\x01\x02", at + 1)) + 46 :][:24] != b"xl/worksheets/sheet1.xml":
        pass
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    return raw(path, bytes(content))


def flagged(path: Path) -> Path:
    """Flag the first entry as encrypted."""
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return raw(path, bytes(content))


def flipped(path: Path) -> Path:
    return flip(path, zipfile.ZipFile(path).getinfo("xl/worksheets/sheet1.xml").header_offset + 60)


def doubled(path: Path) -> Path:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/workbook.xml", BOOK)
    return path


DAMAGE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "size in the directory": (lambda p: sized(build(p)), "workbook_part_damaged"),
    "cut in half": (lambda p: cut(build(p), 0.5), "workbook_damaged"),
    "one byte inverted": (lambda p: flipped(build(p)), "workbook_part_damaged"),
    "bytes before": (lambda p: raw(p, b"JUNK" * 100 + build(p).read_bytes()), "workbook_extra_bytes"),
    "bytes before that look right": (
        lambda p: raw(p, b"PK\x03\x04" + build(p).read_bytes()),
        "workbook_extra_bytes",
    ),
    "few bytes behind": (lambda p: raw(p, build(p).read_bytes() + b"J" * 10), "workbook_extra_bytes"),
    "many bytes behind": (lambda p: raw(p, build(p).read_bytes() + b"J" * 70_000), "workbook_damaged"),
    "empty": (lambda p: raw(p, b""), "workbook_empty_file"),
    "entry encrypted": (lambda p: flagged(build(p)), "workbook_part_encrypted"),
    "bzip2": (lambda p: build(p, method=zipfile.ZIP_BZIP2), "workbook_part_method"),
    "lzma": (lambda p: build(p, method=zipfile.ZIP_LZMA), "workbook_part_method"),
    "too many parts": (
        lambda p: build(p, extra={f"xl/x{i}.xml": "<a/>" for i in range(1_001)}),
        "workbook_limit_parts",
    ),
    "part twice": (lambda p: doubled(build(p)), "workbook_part_twice"),
    "password": (
        lambda p: raw(p, OLE + b"\0" * 1000 + "EncryptedPackage".encode("utf-16-le")),
        "workbook_password",
    ),
    "old xls": (
        lambda p: raw(p, OLE + b"\0" * 1000 + "Workbook".encode("utf-16-le")),
        "workbook_old_damaged",
    ),
    "png": (lambda p: raw(p, b"\x89PNG\r\n\x1a\n" + b"\0" * 100), "workbook_wrong_type"),
    "pdf": (lambda p: raw(p, b"%PDF-1.7\n"), "workbook_wrong_type"),
    "web page": (lambda p: raw(p, b"\xef\xbb\xbf <HTML><table>"), "workbook_wrong_type"),
    "zip of something": (lambda p: build(p, types=None), "workbook_none"),
    "no workbook in it": (lambda p: build(p, book=None), "workbook_none"),
    "a document": (lambda p: build(p, book="<document/>"), "workbook_none"),
    "opendocument": (
        lambda p: build(p, types=None, extra={"mimetype": "x", "content.xml": "<a/>"}),
        "workbook_old_damaged",
    ),
    "binary": (
        lambda p: build(p, rels=RELS.replace(".xml", ".bin"), extra={"xl/workbook.bin": b"\0"}),
        "workbook_old_damaged",
    ),
    "sheet part absent": (lambda p: build(p, sheet=None), "workbook_sheet_absent"),
    "sheet elsewhere": (
        lambda p: build(
            p,
            book_rels=BOOK_RELS.replace(
                'Target="worksheets/sheet1.xml"', 'TargetMode="External" Target="http://127.0.0.1:9/x.xml"'
            ),
        ),
        "workbook_sheet_absent",
    ),
    "sheet is something else": (lambda p: build(p, sheet="<chartsheet/>"), "workbook_sheet_none"),
    "shared texts absent": (lambda p: build(p, strings=None), "workbook_strings_absent"),
    "not in its encoding": (
        lambda p: build(p, sheet=sheet(row(1, text("A1", "XX"))).encode().replace(b"XX", b"\xff\xfe\xc3(")),
        "workbook_part_broken",
    ),
    "unknown encoding": (
        lambda p: build(p, sheet=DEFAULTS["sheet"].replace("UTF-8", "x-user")),
        "workbook_part_encoding",
    ),
    "control byte": (lambda p: build(p, sheet=sheet(row(1, text("A1", "a\x08b")))), "workbook_part_broken"),
    "control character": (
        lambda p: build(p, sheet=sheet(row(1, text("A1", "XX"))).replace("XX", "&#0;")),
        "workbook_part_broken",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_or_foreign_file_is_refused_for_what_it_is(p: Path, damage: str) -> None:
    make, code = DAMAGE[damage]
    assert refused(make(p)) == [code]


def test_a_file_that_is_absent_or_too_large_is_refused(tmp_path: Path, p: Path) -> None:
    assert refused(tmp_path / "none.xlsx") == ["workbook_not_found"]
    assert refused(tmp_path) == ["workbook_is_folder"]
    assert refused(build(p), limits=Limits(file_bytes=100)) == ["workbook_limit_file"]


def test_a_refusal_names_part_and_line(p: Path) -> None:
    with pytest.raises(ImportProblems, match=r"xl/worksheets/sheet1.xml is not valid XML in line 2"):
        cells_of(build(p, sheet=sheet(row(1, text("A1", "a\x08b")))))
