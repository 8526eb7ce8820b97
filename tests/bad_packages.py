"""Bad inputs in the file itself: size and structure of the package, and files that are not what they say."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from bad_kinds import (
    ANSWERED,
    HEADER,
    WHOLE,
    BadInput,
    Draw,
    Read,
    Refused,
    Section,
    with_bytes,
    with_parts,
    with_sheet,
)
from drawing import BOOK, DEFAULTS, HEAD, STRINGS, TAIL, Part, build, c, cut, flip, raw, row, sheet

MB = 1 << 20
CANARY = "the canary sang"


def streamed(*blocks: Sequence[bytes] | Callable[[], Iterable[bytes]]) -> Draw:
    """Draw a workbook whose sheet is made of blocks, so that a large one needs no memory."""

    def draw(p: Path) -> Path:
        pieces = (block() if callable(block) else block for block in blocks)
        return build(p, sheet=chain([HEAD], *pieces, [TAIL]))

    return draw


def empty_rows() -> Iterator[bytes]:
    """Yield 3,000 rows of ten cells that have a format and no value."""
    for n in range(3, 3_003):
        yield row(n, *(c(f"{letter}{n}", s=1) for letter in "ABCDEFGHIJ")).encode()


def with_strings(doctype: str, use: str) -> Draw:
    """Draw a workbook whose shared texts begin with a document type."""
    strings = STRINGS.replace("<sst", f"{doctype}<sst").replace("hello", use)
    return lambda p: build(p, strings=strings)


def external_entity(p: Path) -> Path:
    canary = p.with_name("canary.txt")
    canary.write_text(CANARY)
    return with_strings(f'<!DOCTYPE z [<!ENTITY x SYSTEM "{canary.as_uri()}">]>', "&x;")(p)


def too_small_in_directory(p: Path) -> Path:
    """Make the zip directory claim that the sheet holds 100 bytes."""
    content = bytearray(build(p, sheet=WHOLE).read_bytes())
    at = -1
    while content[(at := content.index(b"PK\x01\x02", at + 1)) + 46 :][:24] != b"xl/worksheets/sheet1.xml":
        pass
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    return raw(p, bytes(content))


def flagged_as_encrypted(p: Path) -> Path:
    content = bytearray(build(p, sheet=WHOLE).read_bytes())
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return raw(p, bytes(content))


def one_byte_inverted(p: Path) -> Path:
    build(p, sheet=WHOLE)
    return flip(p, zipfile.ZipFile(p).getinfo("xl/worksheets/sheet1.xml").header_offset + 60)


def part_twice(p: Path) -> Path:
    with zipfile.ZipFile(build(p, sheet=WHOLE), "a") as archive:
        archive.writestr("XL/workbook.xml", BOOK)
    return p


def around(before: bytes, after: bytes) -> Draw:
    """Draw a workbook with bytes before and after it."""
    return lambda p: raw(p, before + build(p, sheet=WHOLE).read_bytes() + after)


MANY = {f"xl/x{n}.xml": "<a/>" for n in range(1_001)}
NESTED = (
    "<!DOCTYPE z ["
    + "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    + '<!ENTITY l0 "x">]>'
)
ROWS_WITHOUT_ADDRESSES = (b"<row>" + b"<c><v>5</v></c>" * 20 + b"</row>") * 1000
ONE_TEXT = b'<row r="1"><c r="A1" t="inlineStr"><is><t>'
SHARED: Part = f"{STRINGS.split('<si>')[0]}{'<si><t>x</t></si>' * 30_000}</sst>"
WHOLE_GRID = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(50_000))

PACKAGES = Section(
    "A",
    "文件的大小与结构",
    "Size and structure of the package",
    (
        BadInput(
            1,
            "很小的压缩文件解压后变得极大（压缩炸弹）",
            "A small file that grows without end when it is unpacked",
            Refused("workbook_limit_ratio"),
            {"spaces": streamed([b" " * MB] * 5)},
            lowered=("ratio_from", 4 * MB),
        ),
        BadInput(
            2,
            "一段极长的文字",
            "One text without end",
            Refused("workbook_limit_text"),
            {"one text": streamed([ONE_TEXT], [b"A" * MB] * 2, [b"</t></is></c></row>"])},
        ),
        BadInput(
            3,
            "几百万条共享文本",
            "Millions of shared texts",
            Refused("workbook_limit_strings"),
            {"strings": lambda p: build(p, strings=SHARED)},
            lowered=("strings", 20_000),
        ),
        BadInput(
            4,
            "几千万个有值的单元格",
            "Tens of millions of cells",
            Refused("workbook_limit_cells"),
            {"cells": streamed([HEADER.encode()], [ROWS_WITHOUT_ADDRESSES] * 2)},
            lowered=("cells", 30_000),
        ),
        BadInput(
            5,
            "远在表格之外的一个单元格（XFD1048576）",
            "One cell far away from the table (XFD1048576)",
            Read(("import_stray_cell",), codes=[[5]]),
            {"far corner": with_sheet(*ANSWERED, row(1_048_576, c("XFD1048576", 2)))},
        ),
        BadInput(
            6,
            "工作表声明的范围与实际内容不符",
            "A sheet that states a wrong extent",
            Read(codes=[[5]]),
            {
                "too small": lambda p: build(p, sheet=sheet(*ANSWERED, dim="A1")),
                "too large": lambda p: build(p, sheet=sheet(*ANSWERED, dim="A1:XFD1048576")),
            },
        ),
        BadInput(
            7,
            "单元格地址或行号超出表格的最大范围",
            "A cell or row beyond the edge of any sheet",
            Refused("workbook_reference"),
            {"column": with_sheet(HEADER, row(2, c("XFE2", 2)))},
        ),
        BadInput(
            8,
            "不是地址的地址",
            "An address that is none",
            Refused("workbook_reference"),
            {
                "digit first": with_sheet(HEADER, row(2, c("1A", 2))),
                "no digit": with_sheet(HEADER, row(2, c("A", 2))),
                "another row": with_sheet(HEADER, row(2, c("A3", 2))),
            },
        ),
        BadInput(
            8,
            "不合法的行号（0、负数、重复、倒序、越界）",
            "A row number that is none: 0, negative, repeated, out of order, off the sheet",
            Refused("workbook_row_number"),
            {
                "zero": with_sheet(row(0, c("A0", 2))),
                "negative": with_sheet(row(-5, c("A1", 2))),
                "again": with_sheet(*ANSWERED, row(2, c("B2", 2))),
                "off the sheet": with_sheet(*ANSWERED, row(1_048_577, c("A1048577", 2))),
            },
        ),
        BadInput(
            8,
            "同一单元格出现两次",
            "A cell that is there twice",
            Refused("workbook_cell_twice"),
            {"twice": with_sheet(HEADER, row(2, c("A2", 1), c("A2", 2)))},
        ),
        BadInput(
            9,
            "表格下方有上万行只有格式、没有内容的单元格",
            "Thousands of rows below the table that have a format and no value",
            Read(codes=[[5]]),
            {"rows": streamed(["".join(ANSWERED).encode()], empty_rows)},
        ),
        BadInput(
            10,
            "远处一个只有格式的空单元格",
            "A formatted empty cell far away",
            Read(codes=[[5]]),
            {"cell": with_sheet(*ANSWERED, row(2000, c("AD2000", s=1)))},
        ),
        BadInput(
            11,
            "层层展开的 XML 实体（实体炸弹）",
            "XML entities that multiply",
            Refused("workbook_dtd"),
            {
                "nine levels": with_strings(NESTED, "&l9;"),
                **{
                    f"a document type in {part}": with_parts(
                        **{part: re.sub(r"(\?>\n)", r"\1<!DOCTYPE z>", DEFAULTS[part])}
                    )
                    for part in ("sheet", "styles", "book", "rels", "book_rels")
                },
            },
        ),
        BadInput(
            12,
            "一个很长的 XML 实体被引用上万次",
            "One long XML entity that is used over and over",
            Refused("workbook_dtd"),
            {"long": with_strings(f'<!DOCTYPE z [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 50_000)},
        ),
        BadInput(
            13,
            "引用本机文件的 XML 实体",
            "An XML entity that names a file of this computer",
            Refused("workbook_dtd", secret=CANARY),
            {"external": external_entity},
        ),
        BadInput(
            14,
            "压缩目录中登记的大小比实际小",
            "A size in the zip directory that is smaller than the part",
            Refused("workbook_part_damaged"),
            {"size": too_small_in_directory},
        ),
        BadInput(
            15,
            "下载中断，文件只有一半",
            "Half a file, as after a download that broke off",
            Refused("workbook_damaged"),
            {"half": lambda p: cut(build(p, sheet=WHOLE), 0.5)},
        ),
        BadInput(
            16,
            "文件中有一个字节损坏",
            "One damaged byte",
            Refused("workbook_part_damaged"),
            {"inverted": one_byte_inverted},
        ),
        BadInput(
            17,
            "工作簿前后有多余的内容",
            "Something before or after the workbook",
            Refused("workbook_extra_bytes"),
            {
                "before": around(b"JUNK" * 100, b""),
                "before, and it looks right": around(b"PK\x03\x04", b""),
                "a little behind": around(b"", b"J" * 10),
            },
        ),
        BadInput(
            17,
            "工作簿后面有大量多余的内容",
            "Much behind the workbook",
            Refused("workbook_damaged"),
            {"behind": around(b"", b"J" * 70_000)},
        ),
        BadInput(
            18,
            "空文件（0 字节）",
            "An empty file",
            Refused("workbook_empty_file"),
            {"xlsx": with_bytes(b"")},
        ),
        BadInput(
            19,
            "压缩包中有加密的部件",
            "A part that is marked as encrypted",
            Refused("workbook_part_encrypted"),
            {"flag": flagged_as_encrypted},
        ),
        BadInput(
            20,
            "电子表格软件不用的压缩方式",
            "Packed in a way that no spreadsheet program uses",
            Refused("workbook_part_method"),
            {
                "bzip2": with_parts(method=zipfile.ZIP_BZIP2),
                "lzma": with_parts(method=zipfile.ZIP_LZMA),
            },
        ),
        BadInput(
            21,
            "上千个部件",
            "More than a thousand parts",
            Refused("workbook_limit_parts"),
            {"parts": with_parts(extra=MANY)},
        ),
        BadInput(
            21,
            "同名的部件出现两次",
            "A part that is there twice",
            Refused("workbook_part_twice"),
            {"twice": part_twice},
        ),
        BadInput(
            22,
            "几万层嵌套的元素",
            "Elements nested tens of thousands deep",
            Refused("workbook_part_broken"),
            {"nested": lambda p: build(p, sheet=sheet(*ANSWERED, post="<a>" * 50_000))},
        ),
        BadInput(
            22,
            "一行带有几万个属性",
            "A row with tens of thousands of attributes",
            Read(codes=[[5]]),
            {"attributes": with_sheet(HEADER, row(2, c("A2", 5), attrs=ATTRIBUTES))},
        ),
        BadInput(
            22,
            "一个极长的标签",
            "One tag without end",
            Refused("workbook_limit_token"),
            {"tag": with_sheet(HEADER, row(2, c("A2", 5), attrs=f'a="{"x" * 5 * MB}"'))},
        ),
        BadInput(
            23,
            "合并了整张表的单元格",
            "A merged range over the whole sheet",
            Read(("import_merged",), codes=[[5]]),
            {"merged": lambda p: build(p, sheet=sheet(*ANSWERED, post=WHOLE_GRID))},
        ),
    ),
)
