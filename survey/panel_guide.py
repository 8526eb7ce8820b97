"""The first sheet of a panel workbook: what experts are asked to do, and what the parts of the index are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from survey.language import Language, catalogue
from survey.panel import Family, PanelMethod
from survey.sheet_style import CENTRED, HEAD_FILL, STRONG_FONT, TITLE_FONT, UNDERLINE, WRAPPED
from survey.study import Study
from survey.written_workbook import print_wide, put

_WIDTHS = (6, 30, 34, 70)


def write_panel_guide(
    sheet: Worksheet,
    study: Study,
    families: Sequence[Family],
    method: PanelMethod,
    language: Language,
    *,
    number: int,
    sheet_name: str | None,
) -> None:
    """Write the instructions for round ``number``, and every part of the index with its wording.

    ``sheet_name`` is the only sheet to fill in; ``None`` where every expert has one.
    """
    words = catalogue("survey")
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    title = words("panel.guide_title", language, title=study.title[language])
    put(sheet, 1, 1, title).font = TITLE_FONT
    row = 2
    for row, step in enumerate(_steps(study, method, language, number, sheet_name), start=3):
        put(sheet, row, 1, row - 2).alignment = CENTRED
        put(sheet, row, 2, step).alignment = WRAPPED
        sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=len(_WIDTHS))
        sheet.row_dimensions[row].height = 34
    row += 2
    for column, key in enumerate(("group", "part", "about"), start=2):
        cell = put(sheet, row, column, words(f"panel.head_{key}", language))
        cell.font, cell.fill = STRONG_FONT, HEAD_FILL
    for family in families:
        for member in family.members:
            row += 1
            sheet.row_dimensions[row].height = 30
            about = (family.label[language], member.label[language], member.about[language])
            for column, text in enumerate(about, start=2):
                cell = put(sheet, row, column, text)
                cell.alignment, cell.border = WRAPPED, UNDERLINE
    print_wide(sheet, one_page=True)


def _steps(
    study: Study, method: PanelMethod, language: Language, number: int, sheet: str | None
) -> Iterator[str]:
    words = catalogue("survey")
    yield words("panel.step_why", language, index=study.index.label[language])
    if number > 1:
        yield words("panel.step_round", language, n=number)
    which = (
        words("panel.own_sheet", language)
        if sheet is None
        else words("panel.one_sheet", language, sheet=sheet)
    )
    yield words("panel.step_name", language, sheet=which)
    if method == "ahp":
        yield words("panel.step_ahp", language)
        yield words("panel.step_skip", language)
        yield words("panel.step_coherent", language)
    else:
        yield words("panel.step_budget", language)
    yield words("panel.step_return", language, method=method if number == 1 or method == "ahp" else "delphi")
