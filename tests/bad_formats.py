"""Bad inputs that are not what they say: foreign files, and workbooks in unusual clothes."""

from __future__ import annotations

import re
import zipfile
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
from drawing import (
    BOOK,
    BOOK_RELS,
    DEFAULTS,
    OLE,
    RELS,
    STRINGS,
    STYLES,
    TYPES,
    build,
    c,
    raw,
    row,
    sheet,
    small_study,
    strict,
    two_sheets,
)
from old_formats import Table, ods, xls, xlsb

OLD = Table("S1", [["Q1"], [5]])


def zip_of_something(p: Path) -> Path:
    with zipfile.ZipFile(p, "w") as archive:
        archive.writestr("a.txt", "x")
    return p


def old_xls(stream: str) -> bytes:
    """Return the beginning of a file of the old format with a stream of that name."""
    return OLE + b"\0" * 1000 + stream.encode("utf-16-le")


CSV = b"Q1,Q2\n5,4\n"
MACROS = TYPES.replace(
    "openxmlformats-officedocument.spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main"
)
LINKED = {
    "xl/externalLinks/externalLink1.xml": "<externalLink/>",
    "xl/externalLinks/_rels/externalLink1.xml.rels": RELS.replace(
        "xl/workbook.xml", "http://127.0.0.1:9/x.xlsx"
    ),
}
ELSEWHERE = BOOK_RELS.replace(
    'Target="worksheets/sheet1.xml"', 'TargetMode="External" Target="http://127.0.0.1:9/x.xml"'
)
SHARED_Q1 = {
    "strings": STRINGS.replace("hello", "Q1"),
    "sheet": sheet(row(1, c("A1", 0, t="s")), row(2, c("A2", 5))),
}


def hidden(state: str) -> Draw:
    """Draw answers on one sheet and other answers on a sheet that is hidden."""
    return lambda p: two_sheets(p.parent, "Q1\n5", "Q1\n4", state=state)


def only_sheet(state: str) -> Draw:
    """Draw a workbook whose only sheet is hidden."""
    return with_parts(book=BOOK.replace('sheetId="1"', f'sheetId="1" state="{state}"'))


def in_strict(p: Path) -> Path:
    return build(p, **{name: strict(part) for name, part in {**DEFAULTS, **SHARED_Q1}.items()})


def prefixed(p: Path) -> Path:
    return build(p, sheet=re.sub(r"<(/?)(\w)", r"<\1x:\2", WHOLE).replace("xmlns=", "xmlns:x="))


def named_otherwise(old: bytes, new: bytes) -> Draw:
    """Draw a workbook in which a part goes by another name."""
    return lambda p: raw(p, build(p, **SHARED_Q1).read_bytes().replace(old, new))


FORMATS = Section(
    "B",
    "名不副实的文件",
    "Not the file it says it is",
    (
        BadInput(
            24,
            "有密码保护的工作簿",
            "A workbook that is protected by a password",
            Refused("workbook_password"),
            {"encrypted": with_bytes(old_xls("EncryptedPackage"))},
        ),
        BadInput(
            25,
            "旧版 .xls 文件，即使扩展名是 .xlsx；.xlsb 和 .ods 文件",
            "A file of the old format (.xls), even if it is named .xlsx; .xlsb and .ods files",
            Read(("workbook_old_format",), codes=[[5]]),
            {"xls": lambda p: xls(p, OLD), "xlsb": lambda p: xlsb(p, OLD), "ods": lambda p: ods(p, OLD)},
        ),
        BadInput(
            25,
            "损坏的 .xls、.xlsb、.ods 文件，或另一种 Office 文件",
            "A damaged .xls, .xlsb or .ods file, or an Office file of another kind",
            Refused("workbook_old_damaged"),
            {
                "no workbook": with_bytes(old_xls("WordDocument")),
                "xlsb": with_parts(rels=RELS.replace(".xml", ".bin"), extra={"xl/workbook.bin": b"\0"}),
                "ods": with_parts(types=None, extra={"mimetype": "x", "content.xml": "<a/>"}),
            },
        ),
        BadInput(
            26,
            "扩展名是 .xlsx、内容是 CSV 的文件",
            "A CSV file named .xlsx",
            Read(("workbook_is_text",), codes=[[5, 4]]),
            {"csv": with_bytes(CSV)},
            study=small_study("Q1", "Q2"),
        ),
        BadInput(
            27,
            "图片、PDF 或网页改名而成的 .xlsx",
            "A picture, a PDF or a web page named .xlsx",
            Refused("workbook_wrong_type"),
            {
                "pdf": with_bytes(b"%PDF-1.7\n"),
                "jpeg": with_bytes(b"\xff\xd8\xff\xe0" + b"\0" * 100),
                "png": with_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
                "web page": with_bytes(b"\xef\xbb\xbf <HTML><table>"),
            },
        ),
        BadInput(
            28,
            "不是工作簿的压缩包",
            "A zip archive that is no workbook",
            Refused("workbook_none"),
            {
                "something": zip_of_something,
                "no book": with_parts(book=None),
                "a document": with_parts(book="<document/>"),
            },
        ),
        BadInput(
            29,
            "带宏的工作簿（.xlsm）",
            "A workbook with macros (.xlsm)",
            Read(("workbook_macros",), codes=[[5]]),
            {"macros": with_parts(types=MACROS, extra={"xl/vbaProject.bin": b"\0" * 600})},
        ),
        BadInput(
            30,
            "链接到其他工作簿或数据源",
            "Links to other workbooks or data sources",
            Read(codes=[[5]]),
            {"links": with_parts(extra=LINKED)},
        ),
        BadInput(
            31,
            "“严格 OOXML”格式",
            "The strict flavour of the format",
            Read(codes=[[5]]),
            {"strict": in_strict},
        ),
        BadInput(
            32,
            "XML 元素带命名空间前缀",
            "XML elements with a prefix",
            Read(codes=[[5]]),
            {"prefix": prefixed},
        ),
        BadInput(
            33,
            "部件名大小写不同，或用反斜杠",
            "Part names in other case, or with backslashes",
            Read(codes=[[5]]),
            {
                "case": named_otherwise(b"xl/sharedStrings.xml", b"xl/SharedStrings.xml"),
                "slash": named_otherwise(b"xl/worksheets/", b"xl\\worksheets\\"),
            },
        ),
        BadInput(
            34,
            "样式缺失或损坏",
            "Styles that are broken, empty or absent",
            Read(("workbook_styles",), codes=[[5]]),
            {
                "broken": with_parts(styles="<styleSheet><broken"),
                "empty": with_parts(styles=""),
                "absent": with_parts(styles=None),
            },
        ),
        BadInput(
            35,
            "未知的填充、字体或样式编号",
            "Unknown fills, fonts or style numbers",
            Read(codes=[[5]]),
            {
                "fill": with_parts(styles=STYLES.replace("none", "zigzag")),
                "number": with_sheet(HEADER, row(2, c("A2", 5, s=99))),
            },
        ),
        BadInput(
            36,
            "工作表的内容不在文件里",
            "A sheet whose content is not in the file",
            Refused("workbook_sheet_absent"),
            {"absent": with_parts(sheet=None)},
        ),
        BadInput(
            36,
            "工作表的内容不是工作表",
            "A sheet whose content is something else",
            Refused("workbook_sheet_none"),
            {"chart": with_parts(sheet="<chartsheet/>")},
        ),
        BadInput(
            37,
            "工作表的内容指向网络地址",
            "A sheet whose content is somewhere on the network",
            Refused("workbook_sheet_absent"),
            {"external": with_parts(book_rels=ELSEWHERE)},
        ),
        BadInput(
            38,
            "单元格的文字不在文件里",
            "Cells whose texts are not in the file",
            Refused("workbook_strings_absent"),
            {"strings": with_parts(sheet=sheet(row(1, c("A1", 0, t="s"))), strings=None)},
        ),
        BadInput(
            39,
            "内容与声明的编码不符",
            "Content that is not in the encoding it declares",
            Refused("workbook_part_broken"),
            {"bytes": with_parts(sheet=WHOLE.encode().replace(b"Q1", b"\xff\xfe\xc3("))},
        ),
        BadInput(
            39,
            "没有软件使用的编码",
            "An encoding that no program uses",
            Refused("workbook_part_encoding"),
            {"encoding": with_parts(sheet=WHOLE.replace("UTF-8", "x-user"))},
        ),
        BadInput(
            39,
            "按 UTF-16 声明并写入的部件",
            "A part in UTF-16 that says so",
            Read(codes=[[5]]),
            {"utf-16": with_parts(sheet=WHOLE.replace("UTF-8", "UTF-16").encode("utf-16"))},
        ),
        BadInput(
            40,
            "隐藏的工作表里也有答卷",
            "More answers on a hidden sheet",
            Read(codes=[[5]]),
            {"hidden": hidden("hidden")},
        ),
        BadInput(
            40,
            "被宏深度隐藏的工作表",
            "A sheet that a macro has hidden",
            Read(("workbook_sheet_very_hidden",), codes=[[5]]),
            {"very hidden": hidden("veryHidden")},
        ),
        BadInput(
            40,
            "答卷只在隐藏的工作表里",
            "Answers on a hidden sheet only",
            Refused("import_only_hidden"),
            {"hidden": only_sheet("hidden")},
        ),
        BadInput(
            41,
            "两张工作表都像是答卷",
            "Two sheets that fit the study",
            Refused("import_two_sheets"),
            {"two": lambda p: two_sheets(p.parent, "Q1\n5", "Q1\n4")},
        ),
        BadInput(
            42,
            "隐藏的行、正在筛选的表格",
            "Hidden rows, a filter that is on",
            Read(("import_hidden_rows",), codes=[[5], [4]]),
            {"rows": with_sheet(*ANSWERED, row(3, c("A3", 4), attrs='hidden="1"'))},
        ),
    ),
)
