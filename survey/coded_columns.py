"""Columns of a file with a codebook: its wordings beside those of the study.

An item keeps the codes of the file, so the file must mean the same by them: one that words a code as the
study words another is a problem, because nothing else would show that somebody turned the scale round.
Options, categories and flags have no such order; there the
wording of a code stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping

from survey.cells import CellValue
from survey.codebook import Variable, codebook, contradictions
from survey.decisions import Meaning
from survey.grid import Grid
from survey.mapping import Target
from survey.notes import Notes
from survey.study import Study
from survey.table import Table
from survey.values import scale_wordings
from survey.wording import Wordings


def use_codebook(
    table: Table,
    study: Study,
    columns: Mapping[Target, int],
    positions: Mapping[int, Mapping[int, Meaning]],
    grid: Grid,
    notes: Notes,
) -> None:
    """Compare the codes of items with the study, and put the wordings of other codes into ``grid``.

    Columns in ``positions`` hold numbers of which somebody has said what they mean.
    """
    variables = codebook(table.sheet)
    for target, column in columns.items():
        variable = variables.get(column)
        if variable is None or not variable.labels or column in positions:
            continue
        if target.kind == "item":
            _compare(table, study, target, column, variable, notes)
        elif target.kind == "choice" or _is_list(study, target):
            grid.raw[column] = [_worded(value, variable) for value in grid.raw[column]]


def _is_list(study: Study, target: Target) -> bool:
    """Whether a fact is one of a list: a category, or yes and no, which a file may code in either way."""
    return target.kind == "column" and study.column_by_id[target.id].kind in ("category", "flag")


def _compare(
    table: Table, study: Study, target: Target, column: int, variable: Variable, notes: Notes
) -> None:
    find = Wordings(scale_wordings(study.scale_of(target.id))).find
    for found in contradictions(variable, find):
        place = table.place(table.header_row, column)
        values = {"number": found.code, "wording": found.wording, "meant": found.meant}
        notes.problem("sav_code_means", place, item=target.id, label=target.label, **values)


def _worded(value: CellValue | None, variable: Variable) -> CellValue | None:
    wording = variable.wording(value)
    return value if wording is None else wording
