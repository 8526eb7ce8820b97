"""What the reader makes of a drawn workbook: its cells, its refusals, its warnings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from drawing import (
    build,
    row,
    sheet,
)

from survey.cells import Cell, CellValue
from survey.errors import ImportProblems
from survey.workbook import Workbook, read_workbook

MB = 1 << 20


def cells_of(path: Path, **options: Any) -> dict[str, CellValue]:
    book = read_workbook(path, **options)
    [only] = book.sheets
    return {
        Cell(only.name, r.number, column, value).address: value
        for r in only.rows()
        for column, value in r.cells.items()
    }


def one(p: Path, cell: str, **parts: Any) -> CellValue | None:
    """Return what the reader makes of ``cell``, which stands at A2."""
    return cells_of(build(p, sheet=sheet(row(2, cell)), **parts)).get("A2")


def refused(path: Path, **options: Any) -> list[str]:
    """Return the codes with which a file is refused."""
    with pytest.raises(ImportProblems) as caught:
        cells_of(path, **options)
    for problem in caught.value.problems:
        for language in ("zh", "en"):
            assert problem.line(language)
    return [problem.code for problem in caught.value.problems]


def warned(book: Workbook) -> list[str]:
    for found in book.sheets:
        list(found.rows())
    return [problem.code for problem in book.warnings]
