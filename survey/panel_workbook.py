"""A workbook for a panel of experts: one sheet for each, with comparisons in pairs or points to share out.

Everything but the cells to fill in is protected, without a password. The first column is hidden and holds
the ids by which ``panel_reader`` knows the rows, so that wordings may change between rounds. From round 2
on, every row shows what the expert said before and where the panel lies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from openpyxl.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from survey.language import Language, catalogue
from survey.list_sheet import ListSheet, protect
from survey.panel import (
    EXPERT_ROW,
    TOTAL_POINTS,
    Family,
    Head,
    Member,
    PanelMethod,
    degree_words,
    judgement_words,
    panel_families,
)
from survey.panel_guide import write_panel_guide
from survey.sheet_style import (
    HEAD_FILL,
    HEADING,
    NOTE_FONT,
    OPEN_FILL,
    STRONG_FONT,
    TEXT_FONT,
    TITLE_FONT,
    UNDERLINE,
)
from survey.study import Study
from survey.written_workbook import Written, new_workbook, print_wide, put, workbook_bytes

# Columns, the same for writing and reading. Feedback and the reason follow from round 2 on.
ID, NUMBER, FIRST, SECOND, WHICH, DEGREE = 1, 2, 3, 4, 5, 6
POINTS = WHICH
AFTER = {"ahp": DEGREE + 1, "budget": POINTS + 1}
FEEDBACK = ("own", "median", "middle")

_WIDTHS = {"ahp": (2, 6, 27, 27, 30, 27), "budget": (2, 6, 30, 60, 14)}
_FEEDBACK_WIDTHS = {"ahp": (26, 26, 34, 40), "budget": (13, 13, 16, 40)}
_QUESTION = Font("Calibri", 12, bold=True, color="22384F")
_BOX = Border(*(Side(style="thin", color="B9A76A"),) * 4)
_WRONG = DifferentialStyle(fill=PatternFill("solid", bgColor="F6C9B0"))
_NUMBERED = Alignment(horizontal="center", vertical="center")
_RIGHT = Alignment(horizontal="right", vertical="center")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


class Told(NamedTuple):
    """What a row of a later round shows: the expert's own answer before, the median, the middle half.

    Points of 100 for a budget; for a comparison how many times as important the first member is. ``own`` is
    ``None`` for somebody who gave no answer.
    """

    own: float | None
    median: float
    low: float
    high: float


# Per expert, per id of a row.
Feedback = Mapping[str, Mapping[str, Told]]


@dataclass(frozen=True)
class _Book:
    """What all sheets of a workbook share."""

    study: Study
    method: PanelMethod
    language: Language
    round: int
    families: tuple[Family, ...]
    lists: ListSheet

    def text(self, key: str, **values: object) -> str:
        return catalogue("survey")(f"panel.{key}", self.language, **values)


def write_panel_workbook(
    study: Study,
    method: PanelMethod,
    language: Language,
    path: Path,
    *,
    experts: Sequence[str] = (),
    number: int = 1,
    feedback: Feedback | None = None,
) -> None:
    """Write a workbook for experts to fill in.

    Parameters
    ----------
    experts : whose sheets it holds; without any, one sheet that an expert puts a name on.
    number : the round, from 1.
    feedback : what rows show from round 2 on; an expert without any sees the panel's answers alone.
    path : the .xlsx file to write. The same arguments give the same bytes.

    Raises
    ------
    ValueError
        If no family of the index has two members.
    """
    families = panel_families(study)
    if not families:
        raise ValueError("No part of the index has two children or more, so there is nothing to weigh.")
    words = catalogue("survey")
    book, guide = new_workbook(words("panel.sheet_guide", language))
    titles = _titles(experts or (words("panel.sheet_expert", language),), guide.title)
    sheets = [book.create_sheet(title) for title in titles]
    shared = _Book(
        study, method, language, number, families, ListSheet(book, words("panel.sheet_lists", language))
    )
    only = titles[0] if len(titles) == 1 else None
    write_panel_guide(guide, study, families, method, language, number=number, sheet_name=only)
    for place, sheet in enumerate(sheets):
        name = experts[place] if experts else None
        _write_sheet(sheet, shared, name, (feedback or {}).get(name or "", {}))
    for protected in (guide, *sheets, shared.lists.sheet):
        protect(protected)
    book.active = 1
    guide.sheet_view.tabSelected = False
    path.write_bytes(workbook_bytes(book, None))


def _titles(names: Sequence[str], taken: str) -> list[str]:
    """Return names that Excel takes for sheets: 31 characters, none forbidden, none twice."""
    found: list[str] = []
    used = {taken.casefold()}
    for name in names:
        plain = _FORBIDDEN.sub(" ", name).strip("' ")[:31] or "Expert"
        title, copy = plain, 2
        while title.casefold() in used:
            end = f" {copy}"
            title, copy = plain[: 31 - len(end)] + end, copy + 1
        used.add(title.casefold())
        found.append(title)
    return found


def _write_sheet(sheet: Worksheet, book: _Book, expert: str | None, told: Mapping[str, Told]) -> None:
    widths: list[float] = [*_WIDTHS[book.method], *(_FEEDBACK_WIDTHS[book.method] if book.round > 1 else ())]
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.column_dimensions[get_column_letter(ID)].hidden = True
    row = _write_top(sheet, book, expert)
    for family in book.families:
        row = _write_head(sheet, book, family, row + 2)
        block = _write_pairs if book.method == "ahp" else _write_points
        row = block(sheet, book, family, row, told)
    print_wide(sheet, one_page=True)
    sheet.freeze_panes = "A4"


def _write_top(sheet: Worksheet, book: _Book, expert: str | None) -> int:
    title = book.text(f"title_{book.method}", index=book.study.index.label[book.language])
    heading = f"{title}  {book.text('round', n=book.round)}"
    put(sheet, 1, NUMBER, heading).font = TITLE_FONT
    put(sheet, 1, ID, str(Head(book.method, book.round, book.study.index.id)))
    put(sheet, 2, NUMBER, workload(book.families, book.method, book.language)).font = NOTE_FONT
    put(sheet, 3, ID, EXPERT_ROW)
    put(sheet, 3, NUMBER, book.text("expert")).font = STRONG_FONT
    _open(put(sheet, 3, SECOND, expert))
    for row, height in ((1, 26), (2, 20), (3, 22)):
        sheet.row_dimensions[row].height = height
    return 3


def workload(families: Sequence[Family], method: PanelMethod, language: Language) -> str:
    """Return how much there is to judge, in all and by family."""
    words = catalogue("survey")
    counts = [len(family.pairs) if method == "ahp" else len(family.members) for family in families]
    parts = [
        words("panel.workload_part", language, label=family.label[language], n=count)
        for family, count in zip(families, counts, strict=True)
    ]
    n = sum(counts) if method == "ahp" else len(families)
    told = words("simulate.list_mark", language).join(parts)
    return words(f"panel.workload_{method}", language, n=n, families=told)


def _write_head(sheet: Worksheet, book: _Book, family: Family, row: int) -> int:
    """Write the question about a family and the headings; return the first row below."""
    asked = book.text(f"ask_{book.method}", label=family.label[book.language])
    put(sheet, row, NUMBER, asked).font = _QUESTION
    sheet.row_dimensions[row].height = 22
    keys: tuple[str, ...] = (
        ("number", "first", "second", "which", "degree")
        if book.method == "ahp"
        else ("number", "part", "about", "points")
    )
    keys += (*FEEDBACK, "reason") if book.round > 1 else ()
    for column, key in enumerate(keys, start=NUMBER):
        cell = put(sheet, row + 1, column, book.text(f"head_{key}"))
        cell.font, cell.fill, cell.alignment = STRONG_FONT, HEAD_FILL, HEADING
    sheet.row_dimensions[row + 1].height = 20 if book.round == 1 else 34
    return row + 2


def _write_pairs(sheet: Worksheet, book: _Book, family: Family, row: int, told: Mapping[str, Told]) -> int:
    first, equal = row, book.text("equal")
    degrees = book.lists.reference(tuple(degree_words(book.language)))
    for number, pair in enumerate(family.pairs, start=1):
        names = tuple(family.names[member.id][book.language] for member in pair)
        _write_row(sheet, book, row, (family.row(*pair), number, *names))
        for column, answers in ((WHICH, book.lists.reference((*names, equal))), (DEGREE, degrees)):
            cell = _open(put(sheet, row, column, None))
            rule = DataValidation("list", formula1=answers)
            _refuse(sheet, rule, book.text("refused_list"), book.text("refused_title"), cell.coordinate)
        if book.round > 1:
            at = told.get(family.row(*pair))
            _write_feedback(sheet, row, AFTER["ahp"], at and _pair_words(book, family, pair, at), book)
        row += 1
    _tint_pairs(sheet, first, row - 1, equal)
    _progress(sheet, book, first, row - 1)
    return row


def _tint_pairs(sheet: Worksheet, first: int, last: int, equal: str) -> None:
    """Tint rows that are half filled in, or say both equally and more."""
    which, degree = f"${get_column_letter(WHICH)}{first}", f"${get_column_letter(DEGREE)}{first}"
    one = f'LEFT({degree},1)="1"'
    same = f'{which}="{equal}"'
    more = f'AND({which}<>"",NOT({same}),OR({degree}="",{one}))'
    much = f'AND({degree}<>"",NOT({one}),OR({which}="",{same}))'
    area = f"{get_column_letter(WHICH)}{first}:{get_column_letter(DEGREE)}{last}"
    sheet.conditional_formatting.add(area, Rule("expression", dxf=_WRONG, formula=[f"OR({more},{much})"]))


def _progress(sheet: Worksheet, book: _Book, first: int, last: int) -> None:
    """Show, beside the question, how many comparisons are answered."""
    which, degree = (
        f"{get_column_letter(column)}{first}:{get_column_letter(column)}{last}" for column in (WHICH, DEGREE)
    )
    done = f'=SUMPRODUCT(--(({which}<>"")+({degree}<>"")>0))&" / {last - first + 1} {book.text("done")}"'
    cell = sheet.cell(first - 2, DEGREE, done)
    cell.alignment, cell.font = _RIGHT, NOTE_FONT


def _write_points(sheet: Worksheet, book: _Book, family: Family, row: int, told: Mapping[str, Told]) -> int:
    first = row
    for number, member in enumerate(family.members, start=1):
        label, about = member.label[book.language], member.about[book.language]
        _write_row(sheet, book, row, (family.row(member), number, label, about))
        cell = _open(put(sheet, row, POINTS, None))
        cell.number_format = "0.##"
        rule = DataValidation("decimal", operator="between", formula1="0", formula2=str(TOTAL_POINTS))
        _refuse(sheet, rule, book.text("refused_points"), book.text("refused_title"), cell.coordinate)
        if book.round > 1:
            at = told.get(family.row(member))
            _write_feedback(sheet, row, AFTER["budget"], at and _point_words(book, at), book)
        row += 1
    _write_sum(sheet, book, first, row)
    return row + 1


def _write_sum(sheet: Worksheet, book: _Book, first: int, row: int) -> None:
    letter = get_column_letter(POINTS)
    points, total = f"{letter}{first}:{letter}{row - 1}", f"ROUND(SUM({letter}{first}:{letter}{row - 1}),2)"
    put(sheet, row, FIRST, book.text("sum")).font = STRONG_FONT
    sheet.cell(row, POINTS, f'=IF(COUNT({points})=0,"",{total})').font = STRONG_FONT
    left, over = book.text("left"), book.text("over")
    says = (
        f'=IF(COUNT({points})=0,"",IF({total}={TOTAL_POINTS},"✓",'
        f'IF({total}<{TOTAL_POINTS},"{left}"&({TOTAL_POINTS}-{total}),"{over}"&({total}-{TOTAL_POINTS}))))'
    )
    cell = sheet.cell(row, SECOND, says)
    cell.alignment, cell.font = _RIGHT, NOTE_FONT
    wrong = f"AND(COUNT({points})>0,{total}<>{TOTAL_POINTS})"
    area = f"{get_column_letter(SECOND)}{row}:{letter}{row}"
    sheet.conditional_formatting.add(area, Rule("expression", dxf=_WRONG, formula=[_fixed(wrong)]))


def _fixed(formula: str) -> str:
    """Return a formula whose references do not move from cell to cell."""
    return re.sub(r"\b([A-Z])(\d+)\b", r"$\1$\2", formula)


def _write_row(sheet: Worksheet, book: _Book, row: int, values: Sequence[Written]) -> None:
    sheet.row_dimensions[row].height = 20 if book.round == 1 and book.method == "ahp" else 30
    for column, value in enumerate(values, start=ID):
        cell = put(sheet, row, column, value)
        cell.font, cell.alignment, cell.border = TEXT_FONT, HEADING, UNDERLINE
    sheet.cell(row, NUMBER).alignment = _NUMBERED


def _open(cell: Cell) -> Cell:
    """Let a cell be filled in, and show it."""
    cell.protection, cell.fill, cell.border = Protection(locked=False), OPEN_FILL, _BOX
    cell.font, cell.alignment = TEXT_FONT, HEADING
    return cell


def _refuse(sheet: Worksheet, rule: DataValidation, why: str, title: str, cell: str) -> None:
    rule.error, rule.errorTitle, rule.showErrorMessage = why, title, True
    rule.add(cell)
    sheet.add_data_validation(rule)


def _pair_words(book: _Book, family: Family, pair: tuple[Member, Member], at: Told) -> tuple[str, ...]:
    own, median, low, high = (
        "–" if ratio is None else judgement_words(family, pair, ratio, book.language) for ratio in at
    )
    return own, median, low if low == high else book.text("middle", low=low, high=high)


def _point_words(book: _Book, at: Told) -> tuple[str, ...]:
    own, median, low, high = ("–" if points is None else f"{points:.4g}" for points in at)
    return own, median, low if low == high else book.text("middle", low=low, high=high)


def _write_feedback(
    sheet: Worksheet, row: int, column: int, words: tuple[str, ...] | None, book: _Book
) -> None:
    for place, text in enumerate(words or ("–",) * len(FEEDBACK)):
        cell = put(sheet, row, column + place, text)
        cell.font, cell.alignment, cell.border = TEXT_FONT, HEADING, UNDERLINE
    _open(put(sheet, row, column + len(FEEDBACK), None))
