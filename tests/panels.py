"""Fills in workbooks for experts as experts do: choosing from lists and typing numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from survey.language import Language, catalogue
from survey.panel import Family, degree_words
from survey.panel_workbook import DEGREE, ID, POINTS, SECOND, WHICH

# Per pair of ids, how many times as important the first is; per child, its points.
Ratios = Mapping[tuple[str, str], float]
Points = Mapping[str, float]


def rows(sheet: Worksheet) -> dict[str, int]:
    """Return the rows of a sheet by their ids."""
    return {str(sheet.cell(row, ID).value): row for row in range(1, sheet.max_row + 1)}


def name_expert(sheet: Worksheet, name: str) -> None:
    """Put a name on a sheet."""
    sheet.cell(3, SECOND, name)


def judge(sheet: Worksheet, family: Family, ratios: Ratios, language: Language = "en") -> None:
    """Choose from the drop-downs what says ``ratios``; a pair that is not in it stays blank."""
    at, degrees = rows(sheet), list(degree_words(language))
    for pair in family.pairs:
        ratio = ratios.get((pair[0].id, pair[1].id))
        if ratio is None:
            continue
        row = at[family.row(*pair)]
        more = pair[0] if ratio > 1 else pair[1]
        equal = catalogue("survey")("panel.equal", language)
        sheet.cell(row, WHICH, equal if ratio == 1 else family.names[more.id][language])
        sheet.cell(row, DEGREE, degrees[round(max(ratio, 1 / ratio)) - 1])


def allot(sheet: Worksheet, family: Family, points: Points) -> None:
    """Type points beside the members of a family."""
    at = rows(sheet)
    for member in family.members:
        if member.id in points:
            sheet.cell(at[family.row(member)], POINTS, points[member.id])


def edited(path: Path, edit: Any) -> Path:
    """Let ``edit`` change a workbook, and save it."""
    book = load_workbook(path)
    edit(book)
    book.save(path)
    return path
