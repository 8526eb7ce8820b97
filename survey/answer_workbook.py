"""A workbook to fill in: one row per respondent, drop-downs with wordings, and a sheet that explains it.

Everything but the cells for answers is protected, without a password, so that headers survive. What is
typed or chosen here is what ``read_answers`` reads; a question that routing leaves out turns grey.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from survey.answer_columns import AnswerColumn, admitted, answer_columns, gates
from survey.answer_guide import write_guide
from survey.language import Language, catalogue
from survey.list_sheet import ListSheet, protect
from survey.study import Study
from survey.written_workbook import new_workbook, print_wide, put, workbook_bytes

TITLE_ROW, HEADING_ROW, ID_ROW = 1, 2, 3
FIRST_ROW = ID_ROW + 1
LAST_ROW = FIRST_ROW + 9_999  # drop-downs reach this far; more rows can be typed below

_WIDTHS = {"prose": 44.0, "text": 18.0, "list": 16.0, "tick": 11.0, "rank": 11.0}
_FORMATS = {"key": "@", "text": "@", "prose": "@", "date": "yyyy-mm-dd"}
_HEAD = PatternFill("solid", fgColor="DDE5EE")
_LINE = Side(style="thin", color="C9D1DB")
_NOT_ASKED = DifferentialStyle(fill=PatternFill("solid", bgColor="D9DCE1"), font=Font(color="8A93A0"))
_WRONG = DifferentialStyle(fill=PatternFill("solid", bgColor="F6C9B0"))


def write_answer_workbook(study: Study, wave: str, language: Language, path: Path) -> None:
    """Write an empty workbook for the answers of a wave.

    Parameters
    ----------
    study : what is asked; facts about respondents have columns too.
    wave : id of a declared wave; raises ``KeyError`` for any other.
    language : of headings, drop-downs and instructions. Import reads both.
    path : the .xlsx file to write. The same study gives the same bytes.
    """
    columns = tuple(answer_columns(study, language))
    words = catalogue("survey")
    book, guide = new_workbook(words("fill.sheet_guide", language))
    write_guide(guide, study, study.wave_by_id[wave], columns, language)
    sheet = book.create_sheet(words("simulate.sheet_answers", language))
    lists = ListSheet(book, words("fill.sheet_lists", language))
    _write_head(sheet, study, wave, columns, language)
    for number, column in enumerate(columns, start=1):
        _prepare(sheet, number, column)
        _validate(sheet, number, column, lists, language)
    _format_by_rule(sheet, study, columns, lists, language)
    sheet.freeze_panes = f"B{FIRST_ROW}"
    for protected in (guide, sheet, lists.sheet):
        protect(protected)
    book.active = 1
    guide.sheet_view.tabSelected = False
    path.write_bytes(workbook_bytes(book, study.wave_by_id[wave].end))


def _write_head(
    sheet: Worksheet, study: Study, wave: str, columns: Sequence[AnswerColumn], language: Language
) -> None:
    title = f"{study.title[language]}  {study.wave_by_id[wave].label[language]}"
    put(sheet, TITLE_ROW, 1, title).font = Font(bold=True, size=14)
    edge = Border(bottom=_LINE)
    for number, column in enumerate(columns, start=1):
        heading = put(sheet, HEADING_ROW, number, column.heading)
        heading.font, heading.fill = Font(bold=True), _HEAD
        heading.alignment = Alignment(wrap_text=True, vertical="top")
        identifier = put(sheet, ID_ROW, number, column.id)
        identifier.font, identifier.fill = Font(size=8, color="667085"), _HEAD
        identifier.border = edge
    sheet.row_dimensions[TITLE_ROW].height = 24
    print_wide(sheet, one_page=False)
    sheet.print_title_rows, sheet.print_title_cols = f"{HEADING_ROW}:{ID_ROW}", "A:A"
    sheet.row_dimensions[HEADING_ROW].height = 78


def _prepare(sheet: Worksheet, number: int, column: AnswerColumn) -> None:
    """Unlock a column and set how its cells look; a style of the column costs nothing per row."""
    dimension = sheet.column_dimensions[get_column_letter(number)]
    dimension.width = _WIDTHS.get(column.entry, 14.0)
    dimension.protection = Protection(locked=False)
    dimension.number_format = _FORMATS.get(column.entry, "General")
    dimension.alignment = Alignment(wrap_text=column.entry == "prose", vertical="top")


def _area(number: int) -> str:
    letter = get_column_letter(number)
    return f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}"


def _validate(
    sheet: Worksheet, number: int, column: AnswerColumn, lists: ListSheet, language: Language
) -> None:
    rule = _rule(number, column, lists)
    if rule is None:
        return
    words = catalogue("survey")
    low, high = ("" if end is None else f"{end:.15g}" for end in (column.low, column.high))
    error = words(f"fill.refused_{'unique' if column.unique else column.entry}", language, low=low, high=high)
    rule.error, rule.errorTitle = error[:255], words("fill.refused_title", language)
    rule.showErrorMessage = True
    rule.add(_area(number))
    sheet.add_data_validation(rule)


def _rule(number: int, column: AnswerColumn, lists: ListSheet) -> DataValidation | None:
    cell = f"{get_column_letter(number)}{FIRST_ROW}"
    if column.unique:
        area = _area(number).replace(get_column_letter(number), f"${get_column_letter(number)}$")
        return DataValidation("custom", formula1=f"COUNTIF({area},{cell})=1")
    match column.entry:
        case "list":
            return DataValidation("list", formula1=lists.reference(column.answers))
        case "tick":
            return DataValidation("list", formula1='"1"')
        case "rank":
            return DataValidation("whole", operator="between", formula1="1", formula2=f"{column.high:g}")
        case "whole":
            within = (
                f"AND(ISNUMBER({cell}),{cell}>={column.low:g},{cell}<={column.high:g},{cell}=INT({cell}))"
            )
            also = "".join(f",{cell}={code}" for code in column.answers)
            return DataValidation("custom", formula1=f"OR({within}{also})")
        case "number":
            return _number(column.low, column.high)
        case "date":
            return DataValidation("date", operator="greaterThan", formula1="1")
    return None


def _number(low: float | None, high: float | None) -> DataValidation:
    if low is not None and high is not None:
        return DataValidation("decimal", operator="between", formula1=f"{low:.15g}", formula2=f"{high:.15g}")
    if high is not None:
        return DataValidation("decimal", operator="lessThanOrEqual", formula1=f"{high:.15g}")
    return DataValidation(
        "decimal", operator="greaterThanOrEqual", formula1="-1E+300" if low is None else f"{low:.15g}"
    )


def _format_by_rule(
    sheet: Worksheet,
    study: Study,
    columns: Sequence[AnswerColumn],
    lists: ListSheet,
    language: Language,
) -> None:
    """Grey what routing leaves out; tint choices that go beyond what may be chosen."""
    letters = {column.id: get_column_letter(number) for number, column in enumerate(columns, start=1)}
    for number, column in enumerate(columns, start=1):
        conditions = [
            f'AND(${letters[gate.item]}{FIRST_ROW}<>"",'
            f"ISNA(MATCH(${letters[gate.item]}{FIRST_ROW},{lists.reference(allowed)},0)))"
            for gate in gates(study, column.asked_if)
            if (allowed := admitted(study, gate, language))
        ]
        if conditions:
            rule = Rule("expression", dxf=_NOT_ASKED, formula=[f"OR({','.join(conditions)})"])
            sheet.conditional_formatting.add(_area(number), rule)
    for first, last, formula in _limits(study, letters):
        area = f"{first}{FIRST_ROW}:{last}{LAST_ROW}"
        sheet.conditional_formatting.add(area, Rule("expression", dxf=_WRONG, formula=[formula]))


def _limits(study: Study, letters: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """First and last column of each choice question, and what is wrong with a row there."""
    for question in study.choice_questions:
        cells = [f"${letters[f'{question.id}/{option.code}']}{FIRST_ROW}" for option in question.options]
        first = letters[f"{question.id}/{question.options[0].code}"]
        last = letters[f"{question.id}/{question.options[-1].code}"]
        count = f"COUNT({','.join(cells)})"
        wrong = [f"{count}>{question.most}"] if question.most is not None else []
        wrong += [
            f"AND({cell}=1,{count}>1)"
            for cell, option in zip(cells, question.options, strict=True)
            if option.exclusive
        ]
        if question.kind == "ranking":
            wrong.append(f"AND(ISNUMBER({first}{FIRST_ROW}),({_repeats(cells, first)})>1)")
        if wrong:
            yield first, last, f"OR({','.join(wrong)})"


def _repeats(cells: Sequence[str], first: str) -> str:
    """How many cells of the question hold the rank of the cell in view."""
    return "+".join(f"({cell}={first}{FIRST_ROW})" for cell in cells)
