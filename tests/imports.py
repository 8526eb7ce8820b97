"""What an import of a drawn workbook brings: answers, or problems and warnings by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from drawing import (
    KEYED,
    build,
    c,
    row,
    sheet,
    small_study,
    text,
)

from survey.errors import ImportProblems, Problem
from survey.importing import Imported, ImportOptions, read_answers
from survey.study import Study
from survey.workbook import read_workbook

Q1 = small_study("Q1")
Q1_Q2 = small_study("Q1", "Q2")
KEYED_Q1 = small_study("Q1", **KEYED)


def imported(path: Path, study: Study = Q1, **options: Any) -> Imported:
    return read_answers(read_workbook(path), study, "w1", ImportOptions(**options))


def problems(path: Path, study: Study = Q1, **options: Any) -> list[Problem]:
    """Return the errors of an import that is refused, each of which can be said in both languages."""
    with pytest.raises(ImportProblems) as caught:
        imported(path, study, **options)
    for problem in caught.value.problems:
        assert problem.line("zh") != problem.line("en")
    return [problem for problem in caught.value.problems if problem.severity == "error"]


def placed(path: Path, study: Study = Q1, **options: Any) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.place.cell) for problem in problems(path, study, **options)]


def codes(path: Path, study: Study = Q1, **options: Any) -> list[list[int]]:
    answers: list[list[int]] = imported(path, study, **options).responses.codes.tolist()
    return answers


def warnings(path: Path, study: Study = Q1, **options: Any) -> list[tuple[str, str | None]]:
    found = imported(path, study, **options).report.warnings
    for warning in found:
        assert warning.line("zh") != warning.line("en")
    return [(warning.code, warning.place.cell) for warning in found]


def cell_q1(folder: Path, cell: str) -> Path:
    """Build a workbook with item Q1 answered once, in A2, and once more by 5."""
    return build(folder / "one.xlsx", sheet=sheet(row(1, text("A1", "Q1")), row(2, cell), row(3, c("A3", 5))))
