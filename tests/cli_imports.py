"""Projects that files are imported into by the command line, and what they hold then."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
from cli import Run, csat
from drawing import KEYED, small_study

from survey.store import Store
from survey.study import Study

KEYED_STUDY = small_study("Q1", "Q2", **KEYED)
BAD_ROWS = "id Q1 Q2\na 5 4\nb 9 4\nc ok 3\nd 1 1\na 2 2\n~ 3 3\ne ~ ~"


def make(folder: Path, study: Study) -> Path:
    (folder / "study.yaml").write_text(json.dumps(study.document()), encoding="utf-8")
    return folder


def import_it(
    project: Path, file: Path, *words: object, wave: str = "w1", code: int = 0, language: str = "en"
) -> Run:
    return csat("import", file, "--wave", wave, "--project", project, *words, code=code, language=language)


def answers(project: Path, wave: str = "w1") -> list[list[int]]:
    with Store.open(project / "csat.db", read_only=True) as store:
        found: list[list[int]] = store.load(wave).codes.tolist()
        return found


def correct(path: Path, cells: dict[int, dict[str, object]]) -> None:
    """Correct cells of a file of refused rows, by row of the original and header."""
    book = openpyxl.load_workbook(path)
    [page] = book.worksheets
    headers = {str(cell.value): n for n, cell in enumerate(page[1], 1)}
    number = next(n for header, n in headers.items() if header.startswith("csat") and "row" in header)
    rows = {page.cell(n, number).value: n for n in range(2, page.max_row + 1)}
    for original, values in cells.items():
        for header, value in values.items():
            page.cell(rows[original], headers[header]).value = value
    book.save(path)
