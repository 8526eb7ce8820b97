"""Small .xls, .xlsb and .ods files, written record by record: no library installed here writes them.

A cell is ``None``, a number, a text, a truth, ``Err("#N/A")``, ``Made(value)``, a formula with its stored
result, or a moment: ``Date(serial)`` in .xls, ``Moment("date", "2026-09-03")`` in .ods. Rows are lists; the
first stands in row 1.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from drawing import BOOK_RELS, RELS, TYPES, XML


@dataclass(frozen=True)
class Err:
    code: str


@dataclass(frozen=True)
class Date:
    serial: float


@dataclass(frozen=True)
class Made:
    value: float | str | bool | Err | None


@dataclass(frozen=True)
class Moment:
    kind: str
    text: str


Written = None | int | float | str | bool | Err | Date | Made | Moment
ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}


@dataclass
class Table:
    name: str
    rows: Sequence[Sequence[Written]]
    state: int = 0
    merged: Sequence[tuple[int, int, int, int]] = ()


# -- .xls: records of BIFF8 in a compound file ------------------------------------------------------


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def string(text: str, length: str = "<H") -> bytes:
    """Return a text with its length, in UTF-16."""
    encoded = text.encode("utf-16-le")
    return struct.pack(length, len(encoded) // 2) + b"\x01" + encoded


def xls_cell(row: int, column: int, value: Written) -> bytes:
    at = struct.pack("<HHH", row, column, int(isinstance(value, Date)))
    match value:
        case None:
            return b""
        case bool():
            return record(0x205, at + bytes([value, 0]))
        case Err():
            return record(0x205, at + bytes([ERRORS[value.code], 1]))
        case str():
            return record(0x204, at + string(value))
        case Date():
            return record(0x203, at + struct.pack("<d", value.serial))
        case Made():
            return xls_formula(at, value.value)
        case Moment():
            raise TypeError("an .xls counts days")
    return record(0x203, at + struct.pack("<d", value))


def xls_formula(at: bytes, value: float | str | bool | Err | None) -> bytes:
    following = b""
    match value:
        case None:
            result = b"\x03" + bytes(5) + b"\xff\xff"
        case bool():
            result = bytes([1, 0, value, 0, 0, 0]) + b"\xff\xff"
        case Err():
            result = bytes([2, 0, ERRORS[value.code], 0, 0, 0]) + b"\xff\xff"
        case str():
            result, following = bytes(6) + b"\xff\xff", record(0x207, string(value))
        case _:
            result = struct.pack("<d", value)
    tokens = b"\x1e\x01\x00"  # the number 1
    return record(0x06, at + result + struct.pack("<HIH", 0, 0, len(tokens)) + tokens) + following


def xls_sheet(table: Table) -> bytes:
    cells = b"".join(xls_cell(y, x, value) for y, row in enumerate(table.rows) for x, value in enumerate(row))
    width = max(map(len, table.rows), default=0)
    size = record(0x200, struct.pack("<IIHHH", 0, len(table.rows), 0, width, 0))
    spans = b"".join(struct.pack("<HHHH", a, c, b, d) for a, b, c, d in table.merged)
    merged = record(0xE5, struct.pack("<H", len(table.merged)) + spans) if table.merged else b""
    return bof(0x10) + size + cells + merged + record(0x0A)


def xls_far(table: Table, row: int, column: int) -> bytes:
    """Return a sheet that also holds a number at a far place, counted from 0."""
    return xls_sheet(table).removesuffix(record(0x0A)) + xls_cell(row, column, 7) + record(0x0A)


def bof(kind: int) -> bytes:
    return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 1996, 0, 6))


def xls_stream(tables: Sequence[Table], *, date1904: bool = False, locked: bool = False) -> bytes:
    """Return the stream ``Workbook``; ``locked`` says that the rest is encrypted."""
    style = struct.pack("<HHHBBBBIIH", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    dated = style[:2] + struct.pack("<H", 14) + style[4:]
    head = bof(5) + (record(0x2F, struct.pack("<HHH", 1, 1, 1) + bytes(48)) if locked else b"")
    head += record(0x42, struct.pack("<H", 1200)) + record(0x22, struct.pack("<H", date1904))
    head += record(0xE0, style) + record(0xE0, dated)
    sheets = [xls_sheet(table) for table in tables]
    names = [string(table.name, "<B") for table in tables]
    at = len(head) + sum(10 + len(name) for name in names) + 4
    listed = b""
    for table, name, content in zip(tables, names, sheets, strict=True):
        listed += record(0x85, struct.pack("<IBB", at, table.state, 0) + name)
        at += len(content)
    return head + listed + record(0x0A) + b"".join(sheets)


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """Return a compound file that holds one stream of 4 KB or more, and at most 60 KB."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    assert sectors < 120
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    header += b"\xff\xff\xff\xff" * 108
    root = entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)
    folder = root + entry(name, 2, 2, len(stream)) + entry("", 0, 0, 0) * 2
    return header + fat + folder + stream


def entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    encoded = (name + "\0").encode("utf-16-le") if name else b""
    links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
    head = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), kind, 1) + links
    return head + bytes(36) + struct.pack("<IQ", start, size)


def xls(p: Path, *tables: Table, date1904: bool = False, locked: bool = False) -> Path:
    p.write_bytes(compound(xls_stream(tables, date1904=date1904, locked=locked)))
    return p


# -- .xlsb: the same idea in a zip ------------------------------------------------------------------


def part(*records: tuple[int, bytes]) -> bytes:
    """Return records whose kind and length are numbers of seven bits a byte."""
    return b"".join(sevens(kind) + sevens(len(content)) + content for kind, content in records)


def sevens(number: int) -> bytes:
    return bytes([number | 0x80, number >> 7]) if number > 127 else bytes([number])


def wide(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded


def xlsb_cell(column: int, value: Written) -> tuple[int, bytes]:
    at = struct.pack("<II", column, 0)
    match value:
        case bool():
            return 4, at + bytes([value])
        case Err():
            return 3, at + bytes([ERRORS[value.code]])
        case str():
            return 6, at + wide(value)
        case int() | float():
            return 5, at + struct.pack("<d", value)
    return 1, at  # a blank


def xlsb(p: Path, table: Table) -> Path:
    records = [(129, b""), (148, struct.pack("<IIII", 0, len(table.rows), 0, 20)), (145, b"")]
    for number, row in enumerate(table.rows):
        records.append((0, struct.pack("<IIHHB", number, 0, 300, 0, 0) + bytes(4)))
        records += [xlsb_cell(column, value) for column, value in enumerate(row)]
    sheet = part(*records, (146, b""), (130, b""))
    listed = struct.pack("<II", table.state, 1) + wide("rId1") + wide(table.name)
    with zipfile.ZipFile(p, "w") as package:
        package.writestr("[Content_Types].xml", TYPES.replace("workbook.xml", "workbook.bin"))
        package.writestr("_rels/.rels", RELS.replace("workbook.xml", "workbook.bin"))
        package.writestr(
            "xl/workbook.bin", part((131, b""), (143, b""), (156, listed), (144, b""), (132, b""))
        )
        package.writestr("xl/_rels/workbook.bin.rels", BOOK_RELS.replace("sheet1.xml", "sheet1.bin"))
        package.writestr("xl/worksheets/sheet1.bin", sheet)
    return p


# -- .ods: one XML file in a zip --------------------------------------------------------------------

OPEN = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = " ".join(f'xmlns:{name}="{OPEN}:{name}:1.0"' for name in ("office", "table", "text", "style"))
HIDDEN = (
    '<office:automatic-styles><style:style style:name="h" style:family="table">'
    '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
)


def ods_cell(value: Written) -> str:
    formula = ""
    if isinstance(value, Made):
        formula, value = ' table:formula="of:=1"', value.value
    kind, shown = "string", str(value)
    match value:
        case None:
            return f"<table:table-cell{formula}/>"
        case bool():
            kind = f'boolean" office:boolean-value="{str(value).lower()}'
        case Err():  # as LibreOffice writes it
            formula, kind, shown = ' table:formula="of:=1"', 'string" office:string-value="', value.code
        case Moment():
            kind = f'{value.kind}" office:{value.kind}-value="{value.text}'
        case int() | float():
            kind = f'float" office:value="{value}'
    lines = "</text:p><text:p>".join(escape(shown).split("\n"))
    return (
        f'<table:table-cell{formula} office:value-type="{kind}"><text:p>{lines}</text:p></table:table-cell>'
    )


def ods_table(table: Table) -> str:
    rows = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in table.rows)
    hidden = ' table:style-name="h"' if table.state else ""
    return f'<table:table table:name="{escape(table.name)}"{hidden}>{rows}</table:table>'


def ods(p: Path, *tables: Table | str, manifest: str = "<manifest/>", **extra: str | bytes) -> Path:
    """Write an .ods; a table may be given as its XML, and ``content`` replaces everything."""
    body = "".join(table if isinstance(table, str) else ods_table(table) for table in tables)
    sheets = f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
    content = f"{XML}<office:document-content {SPACES}>{HIDDEN}{sheets}</office:document-content>"
    with zipfile.ZipFile(p, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", manifest)
        package.writestr("content.xml", extra.get("content", content))
    return p
