"""Workbooks drawn in a test's own folder: as they look on screen, or part by part when they are to be broken.

``workbook(folder, "Q1 Q3\n9 11\nok 7")`` draws a sheet, one word per cell, ``~`` for a blank.
``build`` writes an .xlsx from its XML; every part has a default that is meant for ``.replace``.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from survey.study import Study

Part = str | bytes | Iterable[bytes] | None

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = (
    f'{XML}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
RELS = (
    f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">'
    '<sheets><sheet name="S1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
BOOK_RELS = (
    f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{LINKS}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}"><fonts><font/></fonts>'
    '<fills><fill><patternFill patternType="none"/></fill></fills>'
    '<borders><border/></borders><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
)
STRINGS = f'{XML}<sst xmlns="{MAIN}"><si><t>hello</t></si></sst>'
_HEAD = f'{XML}<worksheet xmlns="{MAIN}" xmlns:r="{LINKS}"><sheetData>'
_TAIL = "</sheetData></worksheet>"
HEAD, TAIL = _HEAD.encode(), _TAIL.encode()
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def c(
    ref: str | None, v: object = None, t: str | None = None, s: int | None = None, f: str | None = None
) -> str:
    """Return one cell; ``ref`` None leaves out its address, ``v`` None its value."""
    attributes = "".join(f' {k}="{x}"' for k, x in (("r", ref), ("s", s), ("t", t)) if x is not None)
    formula = "" if f is None else f"<f>{escape(f)}</f>"
    return f"<c{attributes}>{formula}{'' if v is None else f'<v>{escape(str(v))}</v>'}</c>"


def text(ref: str | None, s: str) -> str:
    """Return one cell with an inline string."""
    at = "" if ref is None else f' r="{ref}"'
    return f'<c{at} t="inlineStr"><is><t xml:space="preserve">{escape(s)}</t></is></c>'


def row(n: int | None, *cells: str, attrs: str = "") -> str:
    """Return one row; ``n`` None leaves out its number."""
    number = "" if n is None else f' r="{n}"'
    return f"<row{number}{' ' + attrs if attrs else ''}>{''.join(cells)}</row>"


def sheet(*rows: str, dim: str | None = None, pre: str = "", post: str = "") -> str:
    """Return a worksheet; ``post`` stands behind the rows."""
    before = pre if dim is None else f'<dimension ref="{dim}"/>{pre}'
    head = _HEAD.replace("<sheetData>", before + "<sheetData>")
    return head + "".join(rows) + _TAIL.replace("</worksheet>", f"{post}</worksheet>")


DEFAULTS: dict[str, str] = {
    "types": TYPES,
    "rels": RELS,
    "book": BOOK,
    "book_rels": BOOK_RELS,
    "styles": STYLES,
    "strings": STRINGS,
    "sheet": sheet(row(1, c("A1", 0, t="s"), c("B1", 7), c("C1", 44197, s=1))),
}
_NAMES = {
    "types": "[Content_Types].xml",
    "rels": "_rels/.rels",
    "book": "xl/workbook.xml",
    "book_rels": "xl/_rels/workbook.xml.rels",
    "styles": "xl/styles.xml",
    "strings": "xl/sharedStrings.xml",
    "sheet": "xl/worksheets/sheet1.xml",
}


def build(
    p: Path, *, extra: dict[str, Part] | None = None, method: int = zipfile.ZIP_DEFLATED, **parts: Part
) -> Path:
    """Write a workbook of one sheet; a part given as None is left out."""
    contents: dict[str, Part] = {_NAMES[k]: v for k, v in {**DEFAULTS, **parts}.items() if v is not None}
    with zipfile.ZipFile(p, "w", method, compresslevel=1) as archive:
        for name, content in {**contents, **(extra or {})}.items():
            blocks = [content] if isinstance(content, (str, bytes)) else content or ()
            with archive.open(name, "w") as stream:
                for block in blocks:
                    stream.write(block.encode() if isinstance(block, str) else block)
    return p


def strict(part: str) -> str:
    """Return a part in the strict flavour of the format."""
    return part.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
        LINKS, "http://purl.oclc.org/ooxml/officeDocument/relationships"
    )


def raw(p: Path, content: bytes) -> Path:
    """Write bytes."""
    p.write_bytes(content)
    return p


def flip(p: Path, at: int) -> Path:
    """Invert one byte."""
    content = bytearray(p.read_bytes())
    content[at] ^= 0xFF
    return raw(p, bytes(content))


def cut(p: Path, share: float) -> Path:
    """Keep the first ``share`` of a file."""
    return raw(p, p.read_bytes()[: int(p.stat().st_size * share)])


def _drawn(word: str, ref: str) -> str:
    if word == "~":
        return ""
    if word.startswith("#") and word.isupper():
        return c(ref, word, t="e")
    is_number = re.fullmatch(r"-?\d+(\.\d+)?", word, re.ASCII)
    return c(ref, word) if is_number else text(ref, word.replace("_", " "))


def drawn_rows(picture: str) -> list[str]:
    """Return the rows of a drawn sheet; ``_`` stands for a space inside a word."""
    rows = []
    for n, line in enumerate(picture.strip("\n").split("\n"), 1):
        cells = [_drawn(word, f"{chr(64 + column)}{n}") for column, word in enumerate(line.split(), 1)]
        rows.append(row(n, *cells))
    return rows


def workbook(folder: Path, picture: str, *, name: str = "wave.xlsx", **parts: Part) -> Path:
    """Draw a workbook: one line per row, one word per cell, ``~`` blank, ``_`` a space.

    Words that are numbers become numbers, ``#N/A`` and its kin error cells, all others texts.
    """
    return build(folder / name, sheet=sheet(*drawn_rows(picture)), **parts)


def two_sheets(folder: Path, first: str, second: str, *, state: str = "visible") -> Path:
    """Draw a workbook with the sheets S1 and S2; ``state`` is that of S2."""
    book = BOOK.replace("</sheets>", f'<sheet name="S2" sheetId="2" state="{state}" r:id="rId4"/></sheets>')
    link = (
        f'<Relationship Id="rId4" Type="{LINKS}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>'
    )
    rels = BOOK_RELS.replace("</Relationships>", link)
    extra: dict[str, Part] = {"xl/worksheets/sheet2.xml": sheet(*drawn_rows(second))}
    return workbook(folder, first, book=book, book_rels=rels, extra=extra)


def both(zh: str, en: str | None = None) -> dict[str, str]:
    """Return a text in both languages."""
    return {"zh": zh, "en": en or zh}


def small_study(*items: dict[str, Any] | str, **parts: Any) -> Study:
    """Return a study of a few items; a name alone is an item on 1–5 with labelled ends.

    Any other part of a study may be given by keyword.
    """
    written = [{"id": item} if isinstance(item, str) else item for item in items]
    base = {
        "csat": 1,
        "id": "small",
        "title": both("小研究", "A small study"),
        "organisation": both("示例公司", "Example"),
        "scales": {
            "five": {
                "ends": [1, 5],
                "labels": {1: both("非常不满意", "Very dissatisfied"), 5: both("非常满意", "Very satisfied")},
                "blanks": {
                    97: {"kind": "refused", "label": both("拒答", "Refused")},
                    98: {"kind": "dont_know", "label": both("不清楚", "N/A")},
                    99: {"kind": "not_applicable", "label": both("不适用", "Not applicable")},
                    96: {"kind": "not_asked", "label": both("(跳过)", "(skipped)")},
                },
            },
            "yes_no": {"ends": [1, 2], "labels": {1: both("是", "Yes"), 2: both("否", "No")}},
        },
        "items": [
            {
                "scale": "five",
                "text": both(f"您对{item['id']}满意吗？", f"How satisfied are you with {item['id']}?"),
                "label": both(f"{item['id']}满意度", f"{item['id']} satisfaction"),
                **item,
            }
            for item in written
        ],
        "index": {"id": "index", "label": both("指数", "Index"), "version": "1"},
        "waves": [
            {"id": "w1", "label": both("一期", "Wave 1")},
            {"id": "w2", "label": both("二期", "Wave 2")},
        ],
    }
    base["index"] |= {"children": [{"item": written[0]["id"]}]}
    return Study.model_validate({**base, **parts})


KEYED: dict[str, Any] = {
    "columns": [{"id": "id", "label": both("编号", "Number"), "kind": "key"}],
    "design": {"respondent": "id"},
}
