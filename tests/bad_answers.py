"""Bad inputs in headers, rows and cells; the item is Q1 on 1–5 unless a line says otherwise."""

from __future__ import annotations

from pathlib import Path

from bad_kinds import (
    HEADER,
    WHY,
    BadInput,
    Draw,
    NoAnswer,
    Read,
    Refused,
    Section,
    answered_by,
    drawn_as,
    with_comment,
    with_sheet,
)
from drawing import BOOK, KEYED, STRINGS, both, build, c, row, sheet, small_study, text

from survey.importing import ImportOptions
from survey.questions import BlankKind

Q1_Q2 = small_study("Q1", "Q2")
KEYED_Q1 = small_study("Q1", **KEYED)
ZERO_TO_FIVE = small_study("Q1", scales={"five": {"ends": [0, 5]}})
FACT = {"id": "fact", "label": both("事实", "Fact"), "kind": "text", "optional": True}
TWO_LINES = (
    row(1, text("A1", "Service")),
    row(2, text("A2", "Q1"), text("B2", "Q2")),
    row(3, c("A3", 5), c("B3", 4)),
)
COMMENTED = row(1, text("A1", "Q1"), text("B1", "why"))
OVER_BOTH = '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'


def two_line_header(p: Path) -> Path:
    return build(p, sheet=sheet(*TWO_LINES, post=OVER_BOTH))


HEADERS = Section(
    "C",
    "表头与行",
    "Headers and rows",
    (
        BadInput(
            43,
            "两列的表头相同",
            "The same header twice",
            Refused("import_column_twice"),
            {"twice": drawn_as("Q1 Q1\n5 4")},
        ),
        BadInput(
            44,
            "有数据却没有表头的一列",
            "A column with values and without a header",
            Read(("import_unnamed_column",), codes=[[5, 4], [5, 3]]),
            {"blank": drawn_as("Q1 ~ Q2\n5 9 4\n5 8 3")},
            study=Q1_Q2,
        ),
        BadInput(
            45,
            "合并的或两行的表头",
            "A merged header, or one of two lines",
            Read(codes=[[5, 4]]),
            {"two lines": two_line_header, "ids below": drawn_as("Q1满意度 Q2满意度\nQ1 Q2\n5 4")},
            study=Q1_Q2,
        ),
        BadInput(
            45,
            "不止一行像是表头，而指定的那一行不是",
            "More than one row that could be the header, and a row named that is none",
            Refused("import_header_row_wrong"),
            {"wrong row": drawn_as("Q1 Q2\n5 4\nQ1 Q2\n3 2")},
            study=Q1_Q2,
            options=ImportOptions(header_row=2),
        ),
        BadInput(
            46,
            "表格上方有空行，左边有空列",
            "Blank rows above the table, an empty column beside it",
            Read(codes=[[5]]),
            {"offset": with_sheet(row(3, text("B3", "Q1")), row(4, c("B4", 5)))},
        ),
        BadInput(
            47,
            "单元格和行没有写地址",
            "Cells and rows without addresses",
            Read(codes=[[5, 4]]),
            {
                "by order": with_sheet(
                    row(None, text(None, "Q1"), text(None, "Q2")), row(None, c(None, 5), c(None, 4))
                )
            },
            study=Q1_Q2,
        ),
        BadInput(
            48,
            "只有表头，没有答卷",
            "A header and no answers",
            Refused("import_no_rows"),
            {"header only": drawn_as("Q1 Q2"), "blanks only": drawn_as("Q1 Q2\n~ ~")},
            study=Q1_Q2,
        ),
        BadInput(
            48,
            "所有行都隐藏，而隐藏的行不导入（`--skip-hidden`）",
            "All rows hidden, and hidden rows are to be left out (`--skip-hidden`)",
            Refused("import_no_rows_left"),
            {"hidden": with_sheet(COMMENTED, row(2, c("A2", 5), text("B2", "x"), attrs='hidden="1"'))},
            study=WHY,
            options=ImportOptions(skip_hidden=True),
        ),
        BadInput(
            48,
            "与这项调查无关的文件",
            "A file that has nothing to do with the study",
            Refused("import_no_header"),
            {"others": drawn_as("a b\n5 4")},
        ),
        BadInput(
            49,
            "同一受访者有两份答卷",
            "Two answers of one respondent",
            Refused("import_respondent_twice"),
            {"twice": drawn_as("id Q1\n7 5\n7 4")},
            study=KEYED_Q1,
        ),
        BadInput(
            51,
            "18 位编号被存成了数字，末几位已丢失",
            "An 18-digit id stored as a number, which has lost its last digits",
            Refused("import_key_damaged"),
            {
                "number": with_sheet(
                    row(1, text("A1", "id"), text("B1", "Q1")),
                    row(2, c("A2", 110101199003074514), c("B2", 5)),
                )
            },
            study=KEYED_Q1,
        ),
    ),
)


def shared_text(string: str) -> Draw:
    """Draw a workbook whose one comment is a shared text, written as ``string``."""
    rows = sheet(row(1, text("A1", "Q1"), text("B1", "why")), row(2, c("A2", 5), c("B2", 0, t="s")))
    strings = STRINGS.replace("<t>hello</t>", string)
    return lambda p: build(p, sheet=rows, strings=strings)


def text_as(*texts: str) -> dict[str, Draw]:
    """Draw each text as the answer to Q1."""
    return {ascii(written): answered_by(text("A2", written)) for written in texts}


RICH = "<r><t>very </t></r><r><t>good</t></r>"
PHONETIC = '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh>'
MAC = BOOK.replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
IN_1904 = sheet(row(1, text("A1", "Q1"), text("B1", "fact")), row(2, c("A2", 5), c("B2", 42735, s=1)))
WITH_XX = sheet(HEADER, row(2, text("A2", "XX")))
OVERRIDE = "\u202egnp.exe 👩\u200d👩\u200d👧"
SCRIPT = '<script>alert(1)</script><img src="file:x">'

CELLS = Section(
    "D",
    "单元格（题目 Q1，量表 1–5）",
    "Cells (item Q1 on 1–5)",
    (
        BadInput(
            52,
            "公式没有保存计算结果",
            "A formula whose result was never stored",
            NoAnswer("import_cell_formula"),
            {"none": answered_by(c("A2", f="1+1")), "empty": answered_by(c("A2", "", f="1+1"))},
        ),
        BadInput(
            53,
            "错误值（#N/A、#DIV/0!）",
            "An error (#N/A, #DIV/0!)",
            NoAnswer("import_cell_error"),
            {
                "#N/A": answered_by(c("A2", "#N/A", t="e")),
                "#DIV/0!": answered_by(c("A2", "#DIV/0!", t="e", f="1/0")),
            },
        ),
        BadInput(
            53,
            "手工输入的文字“#N/A”",
            "The text “#N/A”, typed by hand",
            NoAnswer("import_not_an_answer"),
            text_as("#N/A"),
        ),
        BadInput(
            54,
            "存成数字、却不是数字的内容（NaN、INF、1e400、5abc）",
            "A number that is none (NaN, INF, 1e400, 5abc)",
            NoAnswer("import_cell_refused"),
            {x: answered_by(c("A2", x)) for x in ("NaN", "INF", "1e400", "5abc")},
        ),
        BadInput(
            55,
            "同一个数的不同写法（−0、5.0、5E0）",
            "A number written otherwise (−0, 5.0, 5E0)",
            Read(codes=[[0], [5], [5]], changes={}),
            {
                "three": with_sheet(
                    HEADER, *(row(n, c(f"A{n}", x)) for n, x in ((2, "-0"), (3, "5.0"), (4, "5E0")))
                )
            },
            study=ZERO_TO_FIVE,
        ),
        BadInput(
            56,
            "指向不存在的共享文本",
            "A shared text that does not exist",
            NoAnswer("import_cell_refused"),
            {str(n): answered_by(c("A2", n, t="s")) for n in (99, -1)},
        ),
        BadInput(
            57,
            "未知的单元格类型",
            "A cell of an unknown type",
            NoAnswer("import_cell_refused"),
            {"zzz": answered_by(c("A2", 5, t="zzz"))},
        ),
        BadInput(
            58,
            "超出量表的数（6）",
            "A number beyond the scale (6)",
            NoAnswer("import_out_of_range"),
            {"number": answered_by(c("A2", 6)), "text": answered_by(text("A2", "６"))},
        ),
        BadInput(
            59,
            "整数量表上的小数（4.5）",
            "A fraction on a scale of whole numbers (4.5)",
            NoAnswer("import_not_whole"),
            {"number": answered_by(c("A2", "4.5")), "text": answered_by(text("A2", "4.5"))},
        ),
        BadInput(
            60,
            "全角数字、多余的空格和看不见的字符",
            "Full-width digits, stray spaces, invisible characters",
            Read(codes=[[5]], changes={"tidied": 1}),
            text_as("５", " 5 ", "\u00a05", "5\u3000", "\u200b5"),
        ),
        BadInput(
            61,
            "没有声明过的写法（“5分”“满意”）",
            "A wording that the study does not declare (“5分”, “satisfied”)",
            NoAnswer("import_not_an_answer"),
            text_as("5分", "满意", "satisfied"),
        ),
        BadInput(
            61,
            "声明过的选项文字（“非常满意”“Very satisfied (5)”）",
            "A wording that the study declares (“非常满意”, “Very satisfied (5)”)",
            Read(codes=[[5]], changes={"wording": 1}),
            text_as("非常满意", "Very satisfied (5)", "5 非常满意"),
        ),
        BadInput(
            61,
            "编号与文字互相矛盾（“Very satisfied (4)”）",
            "A code and a wording that contradict each other (“Very satisfied (4)”)",
            NoAnswer("import_contradiction"),
            text_as("Very satisfied (4)", "1 非常满意"),
        ),
        BadInput(
            62,
            "程序认作数字、人却不这样写的文字（1_000、nan、²）",
            "What programs take for numbers and people do not write (1_000, nan, ²)",
            NoAnswer("import_not_an_answer"),
            text_as("1_000", "nan", "infinity", "٣.٥", "²"),
        ),
        BadInput(
            63,
            "声明为“不清楚”的写法（N/A、98）",
            "What the study declares as “don't know” (N/A, 98)",
            Read(codes=[[int(BlankKind.DONT_KNOW)]]),
            {**text_as("N/A", "98"), "number": answered_by(c("A2", 98))},
        ),
        BadInput(
            63,
            "声明为“未问到”的写法（“(跳过)”）",
            "What the study declares as “not asked” (“(skipped)”)",
            Read(codes=[[int(BlankKind.NOT_ASKED)]]),
            text_as("(跳过)", "（跳过）", "(skipped)"),
        ),
        BadInput(
            64,
            "被 Excel 改成日期的答案（1-2）",
            "An answer that Excel turned into a date (1-2)",
            NoAnswer("import_cell_date"),
            {"date": answered_by(c("A2", 44593, s=1))},
        ),
        BadInput(
            65,
            "采用 1904 日期系统的工作簿",
            "A workbook that counts days from 1904",
            Read(codes=[[5]], fact="2021-01-01"),
            {"1904": lambda p: build(p, book=MAC, sheet=IN_1904)},
            study=small_study("Q1", columns=[FACT]),
        ),
        BadInput(
            66,
            "文字中的控制字符（_x0008_ 等）",
            "Control characters in a text (_x0008_)",
            Read(("workbook_controls",), comments=("ab",)),
            {"back": with_comment("a_x0008_b"), "nul": with_comment("a_x0000_b")},
            study=WHY,
        ),
        BadInput(
            67,
            "XML 中的控制字节",
            "A control byte in the XML",
            Refused("workbook_part_broken"),
            {
                "byte": answered_by(text("A2", "a\x08b")),
                "reference": lambda p: build(p, sheet=WITH_XX.replace("XX", "&#0;")),
            },
        ),
        BadInput(
            68,
            "分段设置格式的文字",
            "A text in several formats",
            Read(comments=("very good",)),
            {"runs": shared_text(RICH)},
            study=WHY,
        ),
        BadInput(
            68,
            "带注音的文字",
            "A text with a reading aid",
            Read(comments=("東京",)),
            {"phonetic": shared_text(PHONETIC)},
            study=WHY,
        ),
        BadInput(
            69,
            "留言中的反向书写符、组合表情",
            "Right-to-left marks and joined emoji in a comment",
            Read(comments=(OVERRIDE,)),
            {"marks": with_comment(OVERRIDE)},
            study=WHY,
        ),
        BadInput(
            70,
            "十万字的留言",
            "A comment of 100,000 characters",
            Read(("import_long_text",), comments=("长" * 100_000,)),
            {"long": with_comment("长" * 100_000)},
            study=WHY,
        ),
        BadInput(
            71,
            "留言中的网页代码",
            "Code of a web page in a comment",
            Read(comments=(SCRIPT,)),
            {"script": with_comment(SCRIPT)},
            study=WHY,
        ),
        BadInput(
            72,
            "留言中的公式（=1+1、@SUM(1)）",
            "A formula in a comment (=1+1, @SUM(1))",
            Read(comments=("=1+1",)),
            {"formula": with_comment("=1+1")},
            study=WHY,
        ),
    ),
)
