"""Bad inputs among text files of delimited values."""

from __future__ import annotations

from bad_kinds import WHY, BadInput, Read, Refused, Section, with_bytes
from drawing import both, small_study

NAMED = small_study(
    {"id": "Q1", "aliases": ["满意度"]},
    columns=[{"id": "name", "label": both("姓名代号", "Name"), "kind": "text", "aliases": ["代号"]}],
)
Q1_Q2 = small_study("Q1", "Q2")
CSV = "Q1,Q2\n5,4\n"

TEXTS = Section(
    "E",
    "CSV 文本",
    "Text files (CSV)",
    (
        BadInput(
            73,
            "GB18030（GBK）编码",
            "Encoded in GB18030 (GBK)",
            Read(("csv_encoding",), codes=[[5]]),
            {"gb18030": with_bytes("代号,满意度\n甲,5\n".encode("gb18030"))},
            study=NAMED,
            file="wave.csv",
        ),
        BadInput(
            74,
            "带字节顺序标记的 UTF-8 或 UTF-16",
            "UTF-8 or UTF-16 with a byte order mark",
            Read(codes=[[5, 4]]),
            {code: with_bytes(CSV.encode(code)) for code in ("utf-8-sig", "utf-16")},
            study=Q1_Q2,
            file="wave.csv",
        ),
        BadInput(
            75,
            "无法识别的编码",
            "An encoding that cannot be told",
            Refused("csv_encoding_none"),
            {"none": with_bytes(b"Q1,Q2\n\xff\xff,4\n")},
            file="wave.csv",
        ),
        BadInput(
            76,
            "引号没有闭合",
            "A quotation mark that is never closed",
            Refused("csv_quote"),
            {"first line": with_bytes(b'Q1,"Q2\n1,2\n3,4\n'), "last line": with_bytes(b'Q1,Q2\n1,2\n3,"4\n')},
            file="wave.csv",
        ),
        BadInput(
            77,
            "行的列数与表头不同",
            "Rows that are shorter or longer than the header",
            Refused("csv_ragged", ("csv_ragged",)),
            {"both": with_bytes(b"Q1,Q2,Q3\n1,2\n1,2,3,4\n")},
            file="wave.csv",
        ),
        BadInput(
            78,
            "空字符（NUL）",
            "A NUL character",
            Refused("csv_nul"),
            {"nul": with_bytes(b"Q1,Q2\n1\0,2\n")},
            file="wave.csv",
        ),
        BadInput(
            79,
            "十四万字符的字段",
            "A field of 140,000 characters",
            Read(("import_long_text",), comments=("x" * 140_000,)),
            {"long": with_bytes(b'Q1,why\n1,"' + b"x" * 140_000 + b'"\n')},
            study=WHY,
            file="wave.csv",
        ),
        BadInput(
            79,
            "超过一百万字符的字段",
            "A field of more than a million characters",
            Refused("csv_field_long"),
            {"too long": with_bytes(b'Q1,why\n1,"' + b"x" * (1 << 21) + b'"\n')},
            study=WHY,
            file="wave.csv",
        ),
        BadInput(
            80,
            "每行末尾多一个逗号",
            "A comma at the end of every line",
            Read(codes=[[1, 2]]),
            {"trailing": with_bytes(b"Q1,Q2,\n1,2,\n")},
            study=Q1_Q2,
            file="wave.csv",
        ),
    ),
)
