"""Responses written as a workbook the way people send them.

Codes here, wordings there, a title above the header, a note sheet beside it, a few numbers typed as
text: every habit in it is one that import must read, and reading the workbook gives the same responses
back. The same responses give the same bytes: a workbook carries no clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import Field

from survey.language import Language, catalogue
from survey.questions import BlankKind, ChoiceQuestion, Column, Frozen, Identifier, Item
from survey.register import stream
from survey.responses import Responses, Value
from survey.study import Study
from survey.written_workbook import new_workbook, put, workbook_bytes

HEADER_ROW = 3
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


class WorkbookStyle(Frozen):
    """Habits of whoever fills the workbook in. Sets hold ids of items or columns.

    ``labels`` are written as wordings where the scale has one, ``codes_with_labels`` as code and
    wording ("10 Very satisfied"), ``with_unit`` with the unit of the scale ("8 points"). ``alias_headers``
    are headed by their first alias, ``alias_values`` filled with the first alias of each category.
    ``blanks`` of items appear as codes or as wordings. ``last`` are moved to the end. ``as_text`` and
    ``full_width`` are the shares of answers typed as text and in full-width digits.
    """

    language: Language = "zh"
    title: bool = True
    notes: str = Field("behind", pattern="^(none|front|behind)$")
    numbered: bool = Field(False, description="Whether a column counts the rows.")
    labels: frozenset[Identifier] = frozenset()
    codes_with_labels: frozenset[Identifier] = frozenset()
    with_unit: frozenset[Identifier] = frozenset()
    alias_headers: frozenset[Identifier] = frozenset()
    alias_values: frozenset[Identifier] = frozenset()
    blanks: str = Field("code", pattern="^(code|label)$")
    last: tuple[Identifier, ...] = ()
    as_text: float = Field(0.0, ge=0, le=1)
    full_width: float = Field(0.0, ge=0, le=1)


PLAIN = WorkbookStyle(title=False, notes="none")


def write_workbook(
    responses: Responses, study: Study, path: Path, style: WorkbookStyle = PLAIN, *, seed: int = 0
) -> None:
    """Write responses to an .xlsx file.

    Parameters
    ----------
    responses, study : what was answered, and the wordings.
    style : how it is written down; ``PLAIN`` is one header row over codes.
    seed : decides which cells are untidy.
    """
    book, sheet = new_workbook(catalogue("survey")("simulate.sheet_answers", style.language))
    _write_answers(sheet, responses, study, style, seed)
    if style.notes != "none":
        _write_notes(book, study, responses, style)
    path.write_bytes(workbook_bytes(book, study.wave_by_id[responses.wave].end))


def _write_answers(
    sheet: Worksheet, responses: Responses, study: Study, style: WorkbookStyle, seed: int
) -> None:
    columns = _columns(responses, study, style, seed)
    top = 1
    if style.title:
        _write_title(sheet, responses, study, style, len(columns))
        top = HEADER_ROW
    fill, bold = PatternFill("solid", fgColor="DDE5EE"), Font(bold=True)
    for number, (header, values, width) in enumerate(columns, start=1):
        cell = sheet.cell(top, number, header)
        cell.font, cell.fill = bold, fill
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        sheet.column_dimensions[get_column_letter(number)].width = width
        for row, value in enumerate(values, start=top + 1):
            put(sheet, row, number, value)
    sheet.row_dimensions[top].height = 62
    sheet.freeze_panes = f"C{top + 1}"


def _write_title(
    sheet: Worksheet, responses: Responses, study: Study, style: WorkbookStyle, width: int
) -> None:
    words, language, wave = catalogue("survey"), style.language, study.wave_by_id[responses.wave]
    sheet.cell(1, 1, f"{study.title[language]}  {wave.label[language]}").font = Font(bold=True, size=14)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=min(width, 12))
    day = f"{wave.end:%Y-%m-%d}" if wave.end else wave.label[language]
    sheet.cell(2, 1, words("simulate.export_note", language, day=day, n=len(responses))).font = Font(
        italic=True, size=9, color="667085"
    )


Written = tuple[str, Sequence[str | float | int | None], float]


def _columns(responses: Responses, study: Study, style: WorkbookStyle, seed: int) -> list[Written]:
    """Header, cells and width of every column, in the order in which they are written."""
    found: dict[str, Written] = {}
    if style.numbered:
        header = catalogue("survey")("simulate.row_number", style.language)
        found[""] = header, range(1, len(responses) + 1), 6
    for column in study.columns:
        values = [_fact(value, column, style) for value in responses.columns[column.id]]
        found[column.id] = _header(column, column.label[style.language], None, style), values, 13
    for number, item in enumerate(study.items, start=1):
        header = _header(item, item.text[style.language], number, style)
        found[item.id] = header, _answers(responses, study, item, style, seed), 16
    for number, question in enumerate(study.open_questions, start=len(study.items) + 1):
        header = _header(question, question.text[style.language], number, style)
        found[question.id] = header, [text or None for text in responses.comments[question.id]], 44
    for choice in study.choice_questions:
        found |= _options(choice, responses, style)
    order = [name for name in found if name not in style.last] + [
        name for name in style.last if name in found
    ]
    return [found[name] for name in order]


def _options(question: ChoiceQuestion, responses: Responses, style: WorkbookStyle) -> dict[str, Written]:
    """One column per option: 1 where it was chosen, its rank where options are ranked."""
    chosen = [choice if isinstance(choice, tuple) else () for choice in responses.choices[question.id]]
    ranked = question.kind == "ranking"
    found: dict[str, Written] = {}
    for option in question.options:
        cells = [(c.index(option.code) + 1 if ranked else 1) if option.code in c else None for c in chosen]
        header = f"{question.text[style.language]}({option.label[style.language]})"
        found[f"{question.id}/{option.code}"] = header, cells, 16
    return found


def _header(part: object, wording: str, number: int | None, style: WorkbookStyle) -> str:
    aliases: tuple[str, ...] = getattr(part, "aliases", ())
    if getattr(part, "id", None) in style.alias_headers and aliases:
        wording = aliases[0]
    return wording if number is None else f"Q{number} {wording}"


def _fact(value: Value, column: Column, style: WorkbookStyle) -> str | float | int | None:
    if isinstance(value, bool):
        return catalogue("survey")("simulate.yes" if value else "simulate.no", style.language)
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if column.id in style.alias_values:
        for category in column.categories:
            if category.value == value and category.aliases:
                return category.aliases[0]
    return value


def _answers(
    responses: Responses, study: Study, item: Item, style: WorkbookStyle, seed: int
) -> list[str | int | None]:
    """The cells of one item; a few numbers are typed as text, a few of those in full-width digits."""
    codes = responses.codes[:, responses.items.index(item.id)]
    wordings = {code: _wording(code, study, item, style) for code in {int(code) for code in codes}}
    untidy = stream(seed, "untidy", item.id, responses.wave).random(len(codes))
    cells = []
    for code, chance in zip(codes, untidy, strict=True):
        cell = wordings[int(code)]
        if isinstance(cell, int) and chance < style.full_width:
            cell = str(cell).translate(FULL_WIDTH)
        elif isinstance(cell, int) and chance < style.full_width + style.as_text:
            cell = str(cell)
        cells.append(cell)
    return cells


def _wording(code: int, study: Study, item: Item, style: WorkbookStyle) -> str | int | None:
    """How one code is written in the column of ``item``; ``None`` leaves the cell empty."""
    scale = study.scale_of(item.id)
    if code < 0:
        kind = BlankKind(code).name.lower()
        for number, blank in scale.blanks.items():
            if blank.kind == kind:
                return blank.label[style.language] if style.blanks == "label" and blank.label else number
        return None
    label = scale.labels[code][style.language] if code in scale.labels else None
    if label is not None and item.id in style.labels:
        return label
    if label is not None and item.id in style.codes_with_labels:
        return f"{code} {label}"
    if scale.unit is not None and item.id in style.with_unit:
        return f"{code}{scale.unit[style.language]}"
    return code


def _write_notes(book: Workbook, study: Study, responses: Responses, style: WorkbookStyle) -> None:
    title = catalogue("survey")("simulate.sheet_notes", style.language)
    sheet = book.create_sheet(title, 0 if style.notes == "front" else None)
    for row, line in enumerate(_notes(study, responses, style), start=1):
        sheet.cell(row, 1, line).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.cell(1, 1).font = Font(bold=True)
    sheet.column_dimensions["A"].width = 88


def _notes(study: Study, responses: Responses, style: WorkbookStyle) -> Iterator[str]:
    words, language = catalogue("survey"), style.language
    wave = study.wave_by_id[responses.wave]
    yield words("simulate.notes_head", language)
    if wave.start and wave.end:
        yield words("simulate.notes_period", language, start=wave.start, end=wave.end)
    yield words("simulate.notes_count", language, n=len(responses))
    codes = {
        code: blank.label[language]
        for scale in study.scales.values()
        for code, blank in scale.blanks.items()
        if blank.label
    }
    if codes:
        listed = words("simulate.list_mark", language).join(
            f"{code} {label}" for code, label in codes.items()
        )
        yield words("simulate.notes_codes", language, codes=listed)
    if study.design.weight:
        label = study.column_by_id[study.design.weight].label[language]
        yield words("simulate.notes_weight", language, column=label)
    yield words("simulate.notes_invented", language)
