"""Any well-formed workbook, and two hands that write it: openpyxl, and XML in the forms that programs use.

A ``Drawn`` cell is a kind and a value; what the kinds are called is what stands in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import openpyxl
from drawing import BOOK, BOOK_RELS, LINKS, STRINGS, STYLES, TYPES, Part, build, c, row, sheet, text
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import MAC_EPOCH

from survey.cells import address

DATE, DURATION = 1, 2
# openpyxl looks for shared texts by this type alone.
TYPED = TYPES.replace(
    "</Types>",
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
)
NORMAL = '<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
DATED = STYLES.replace("</cellXfs>", f'<xf numFmtId="46"/></cellXfs>{NORMAL}')  # 46 is [h]:mm:ss


class Drawn(NamedTuple):
    kind: str
    value: Any


@dataclass(frozen=True)
class DrawnSheet:
    cells: dict[tuple[int, int], Drawn]
    state: str = "visible"
    hidden: frozenset[int] = frozenset()
    merged: tuple[str, ...] = ()


@dataclass(frozen=True)
class DrawnBook:
    sheets: tuple[DrawnSheet, ...]
    date1904: bool = False


def _draw(kind: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Drawn]:
    return values.map(lambda value: Drawn(kind, value))


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=12
).filter(lambda found: "_x" not in found and not found.startswith("="))
# What a double holds in full is the same number for every reader; ids beyond that have a test of their own.
numbers = st.integers(-(10**15), 10**15) | st.floats(-1e300, 1e300)
errors = st.sampled_from(["#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"])
serials = st.integers(61, 73_050) | st.integers(61 * 86_400, 73_050 * 86_400).map(lambda n: n / 86_400)
words = st.sampled_from(["很", "满意", "very", "good", "&", "<b>"])
# A run with a space at its end and nothing that says so is what calamine glues to the next.
runs = st.lists(words.map(lambda word: word + " ") | words, min_size=2, max_size=3).map(tuple)

BOTH_HANDS = (
    _draw("number", numbers)
    | _draw("text", texts)
    | _draw("boolean", st.booleans())
    | _draw("error", errors)
    | _draw("date", serials)
    | _draw("rich", runs)
    | st.just(Drawn("formula", None))
    | st.just(Drawn("styled", None))
)
OUR_HAND = (
    BOTH_HANDS
    | _draw("inline", texts)
    | _draw("inline rich", runs)
    | _draw("formula", numbers | texts | st.booleans())
    | _draw("formula error", errors)
    | _draw("escaped", st.sampled_from(["a_x0041_b", "_x005F_x0041_", "a_x000D_b", "x_x0008_y"]))
    | _draw("duration", st.integers(0, 10_000_000).map(lambda n: n / 86_400))
    | _draw("time", st.integers(0, 86_399).map(lambda n: n / 86_400))
    | _draw("early", st.integers(1, 60))
    | _draw("stored", st.sampled_from(["5.0", "5E0", "-0", "0.10", "1e3", "4.50"]))
    | st.sampled_from([Drawn("text", ""), Drawn("inline", ""), Drawn("phonetic", "東京")])
)

places = st.tuples(st.integers(1, 40), st.integers(1, 30))
merges = st.lists(st.sampled_from(["A50:B50", "C50:C53", "AA60:AC61"]), unique=True, max_size=2).map(tuple)


def _sheets(cell: st.SearchStrategy[Drawn]) -> st.SearchStrategy[DrawnSheet]:
    return st.builds(
        DrawnSheet,
        st.dictionaries(places, cell, min_size=1, max_size=20),
        st.sampled_from(["visible", "visible", "hidden"]),
        st.frozensets(st.integers(1, 40), max_size=3),
        merges,
    )


def books(cell: st.SearchStrategy[Drawn]) -> st.SearchStrategy[DrawnBook]:
    """Return any workbook of cells such as ``cell``; its first sheet is visible, as Excel demands."""
    first = st.dictionaries(places, cell, min_size=1, max_size=20).map(DrawnSheet)
    sheets = st.tuples(first) | st.tuples(first, _sheets(cell), _sheets(cell))
    return st.builds(DrawnBook, sheets, st.booleans())


# -- our own hand -----------------------------------------------------------------------------------


def _run(piece: str) -> str:
    return f"<r><t>{escape(piece)}</t></r>"


def _string(drawn: Drawn) -> str:
    """Return the content of a shared or inline string."""
    if drawn.kind.endswith("rich"):
        return "".join(map(_run, drawn.value))
    reading = '<rPh sb="0" eb="2"><t>トウキョウ</t></rPh>' if drawn.kind == "phonetic" else ""
    return f'<t xml:space="preserve">{escape(drawn.value)}</t>{reading}'


def _formula(ref: str, value: Any) -> str:
    match value:
        case bool():
            return c(ref, int(value), t="b", f="A1=1")
        case str():
            return c(ref, value, t="str", f="A1")
    return c(ref, None if value is None else repr(value), f="1+1")


_WRITE: dict[str, Callable[[str, Any], str]] = {
    "number": lambda ref, value: c(ref, repr(value)),
    "stored": lambda ref, value: c(ref, value),
    "boolean": lambda ref, value: c(ref, int(value), t="b"),
    "error": lambda ref, value: c(ref, value, t="e"),
    "formula error": lambda ref, value: c(ref, value, t="e", f="1/0"),
    "formula": _formula,
    "styled": lambda ref, value: c(ref, s=DATE),
    "duration": lambda ref, value: c(ref, repr(value), s=DURATION),
    **dict.fromkeys(("date", "early", "time"), lambda ref, value: c(ref, repr(value), s=DATE)),
    "inline": text,
}


def _cell(ref: str, drawn: Drawn, strings: list[str]) -> str:
    if drawn.kind in ("text", "rich", "escaped", "phonetic"):
        strings.append(f"<si>{_string(drawn)}</si>")
        return c(ref, len(strings) - 1, t="s")
    if drawn.kind == "inline rich":
        return f'<c r="{ref}" t="inlineStr"><is>{_string(drawn)}</is></c>'
    return _WRITE[drawn.kind](ref, drawn.value)


def _sheet(drawn: DrawnSheet, strings: list[str]) -> str:
    rows = []
    for n in sorted({n for n, _ in drawn.cells}):
        of_row = sorted((column, cell) for (at, column), cell in drawn.cells.items() if at == n)
        cells = [_cell(address(n, column), cell, strings) for column, cell in of_row]
        hidden = 'hidden="1"' if n in drawn.hidden else ""
        rows.append(row(n, *cells, attrs=hidden))
    spans = "".join(f'<mergeCell ref="{span}"/>' for span in drawn.merged)
    return sheet(*rows, post=f"<mergeCells>{spans}</mergeCells>" if spans else "")


def by_our_hand(p: Path, drawn: DrawnBook) -> Path:
    """Write a workbook as XML."""
    strings: list[str] = []
    parts = [_sheet(one, strings) for one in drawn.sheets]
    listed, linked, extra = "", "", {}
    for n, one in enumerate(drawn.sheets[1:], 2):
        listed += f'<sheet name="S{n}" sheetId="{n}" state="{one.state}" r:id="s{n}"/>'
        linked += f'<Relationship Id="s{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        extra[f"xl/worksheets/sheet{n}.xml"] = parts[n - 1]
    system = '<workbookPr date1904="1"/>' if drawn.date1904 else ""
    added: dict[str, Part] = dict(extra)
    return build(
        p,
        book=BOOK.replace("<sheets>", f"{system}<sheets>").replace("</sheets>", f"{listed}</sheets>"),
        book_rels=BOOK_RELS.replace("</Relationships>", f"{linked}</Relationships>"),
        strings=STRINGS.replace("<si><t>hello</t></si>", "".join(strings)),
        types=TYPED,
        styles=DATED,
        sheet=parts[0],
        extra=added,
    )


# -- openpyxl's -------------------------------------------------------------------------------------


def _moment(serial: float, date1904: bool) -> datetime:
    days = timedelta(seconds=round(serial * 86_400))
    return (datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30)) + days


def _rich(pieces: Iterable[str]) -> CellRichText:
    return CellRichText([TextBlock(InlineFont(b=True), piece) for piece in pieces])


def by_openpyxl(p: Path, drawn: DrawnBook) -> Path:
    """Write a workbook of ``BOTH_HANDS`` with openpyxl."""
    book = openpyxl.Workbook()
    if drawn.date1904:
        book.epoch = MAC_EPOCH
    for n, one in enumerate(drawn.sheets, 1):
        made: Any = book.worksheets[0] if n == 1 else book.create_sheet()
        made.title, made.sheet_state = f"S{n}", one.state
        for (at, column), cell in one.cells.items():
            value = cell.value
            if cell.kind == "date":
                value = _moment(value, drawn.date1904)
            elif cell.kind == "rich":
                value = _rich(value)
            elif cell.kind == "formula":
                value = "=1+1"
            made.cell(at, column, value)
            if cell.kind == "styled":
                made.cell(at, column).number_format = "yyyy-mm-dd"
        for hidden in one.hidden:
            made.row_dimensions[hidden].hidden = True
        for span in one.merged:
            made.merge_cells(span)
    book.save(p)
    return p
