"""The first sheet of a workbook to fill in: how to fill it, what each column is, how to import it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from survey.answer_columns import AnswerColumn
from survey.language import Language, catalogue
from survey.questionnaire import offered
from survey.questions import AskedIf
from survey.study import Study, Wave
from survey.written_workbook import print_wide, put

_WIDTHS = (8, 24, 58, 58, 34)
_TOP = Alignment(wrap_text=True, vertical="top")


def write_guide(
    sheet: Worksheet, study: Study, wave: Wave, columns: Sequence[AnswerColumn], language: Language
) -> None:
    """Write the instructions for ``columns`` in ``language``."""
    words = catalogue("survey")
    for number, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    title = words("fill.guide_title", language, title=study.title[language], wave=wave.label[language])
    put(sheet, 1, 1, title).font = Font(bold=True, size=14)
    row = 3
    for row, step in enumerate(_steps(study, wave, columns, language), start=3):
        put(sheet, row, 1, row - 2).alignment = _TOP
        put(sheet, row, 2, step).alignment = _TOP
        sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=len(_WIDTHS))
        sheet.row_dimensions[row].height = 32
    head = row + 2
    for number, key in enumerate(("column", "id", "question", "answers", "asked"), start=1):
        cell = put(sheet, head, number, words(f"fill.guide_{key}", language))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE5EE")
    line = Border(bottom=Side(style="hair", color="C9D1DB"))
    for number, column in enumerate(columns, start=1):
        about = (
            get_column_letter(number),
            column.id,
            column.heading,
            _answers(column, language),
            _asked(study, column.asked_if, language),
        )
        for place, text in enumerate(about, start=1):
            cell = put(sheet, head + number, place, text)
            cell.alignment, cell.border = _TOP, line
    sheet.freeze_panes = f"A{head + 1}"
    print_wide(sheet, one_page=True)


def _steps(study: Study, wave: Wave, columns: Sequence[AnswerColumn], language: Language) -> Iterator[str]:
    words = catalogue("survey")
    sheet = words("simulate.sheet_answers", language)
    yield words("fill.step_rows", language, sheet=sheet)
    yield words("fill.step_choose", language)
    blanks = {
        f"{answer.code} {answer.label[language]}"
        for scale in study.scales.values()
        for answer in offered(scale)
        if answer.blank and answer.label is not None
    }
    key = "fill.step_blank_codes" if blanks else "fill.step_blank"
    yield words(key, language, codes=words("simulate.list_mark", language).join(sorted(blanks)))
    if any(column.asked_if is not None for column in columns):
        yield words("fill.step_routing", language)
    if study.choice_questions:
        yield words("fill.step_options", language)
    yield words("fill.step_import", language, wave=wave.id)


def _answers(column: AnswerColumn, language: Language) -> str:
    words = catalogue("survey")
    low, high = ("" if end is None else f"{end:.15g}" for end in (column.low, column.high))
    mark = words("simulate.list_mark", language)
    if column.entry == "list":
        shown = list(dict.fromkeys(_once(column)))
        text = mark.join(shown if len(shown) <= 40 else [*shown[:39], "…"])
    else:
        limits = "".join("01"[bool(end)] for end in (low, high)) if column.entry == "number" else ""
        key = f"fill.entry_{column.entry}{f'_{limits}' if limits else ''}"
        text = words(key, language, low=low, high=high, codes=mark.join(map(str, column.answers)))
    return text if not column.required else words("fill.required", language, text=text)


def _once(column: AnswerColumn) -> Iterator[str]:
    """The answers with their wordings, without the bare codes that repeat them."""
    worded = {str(answer).split(" ")[0] for answer in column.answers if isinstance(answer, str)}
    for answer in column.answers:
        if isinstance(answer, str) or str(answer) not in worded:
            yield str(answer)


def _asked(study: Study, asked_if: AskedIf | None, language: Language) -> str:
    words = catalogue("survey")
    if asked_if is None:
        return words("fill.asked_all", language)
    scale = study.scale_of(asked_if.item)
    answers = [
        f"{code} {scale.labels[code][language]}" if code in scale.labels else str(code)
        for code in asked_if.answers
    ]
    label = study.item_by_id[asked_if.item].label[language]
    listed = words("simulate.list_mark", language).join(answers)
    return words("fill.asked_if", language, question=label, answers=listed)
