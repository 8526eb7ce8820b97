"""A study read from its form workbook: every part in its cell, every problem with sheet, cell and remedy.

The cells become the document that a study file would be, and the rules of ``definition`` judge it, so a
workbook and a file can be wrong in the same ways and are told so in the same words.
"""

from __future__ import annotations

from survey.draft import draft
from survey.errors import Place, Problem, StudyProblems
from survey.rules import broken_rules
from survey.shape import shape_problems
from survey.study import Study
from survey.workbook import Workbook
from survey.xlsform import parts, tables
from survey.xlsform.questions import read_survey
from survey.xlsform.sheets import FormRow, find_sheet, read_rows
from survey.xlsform.tree import Tree

_NEEDED = ("survey", "choices", "study", "scales", "index", "waves")


def is_xlsform(workbook: Workbook) -> bool:
    """Whether a workbook is a form: a sheet ``survey`` whose header names ``type`` and ``name``."""
    sheet = find_sheet(workbook, "survey")
    head = next(iter(sheet.rows()), None) if sheet is not None else None
    headers = {str(value).strip().casefold() for value in head.cells.values()} if head else set()
    return {"type", "name"} <= headers


def read_xlsform(workbook: Workbook, file: str) -> Study:
    """Return the study that a form workbook holds.

    Parameters
    ----------
    workbook : as ``read_workbook`` opened it.
    file : the name that problems give.

    Raises
    ------
    StudyProblems
        With every problem of the workbook, in the order of its sheets.
    """
    tree = Tree(file)
    rows = _rows(workbook, file, tree)
    parts.read_study(rows["study"], tree)
    parts.read_plain(rows, tree)
    choices = parts.Choices(rows["choices"])
    parts.read_scales(rows["scales"], rows["codes"], choices, tree)
    parts.read_categories(rows["categories"], rows["columns"], choices, tree)
    parts.read_index(rows["index"], tree)
    parts.read_population(rows["population"], rows["waves"], tree)
    parts.read_drivers(rows["drivers"], tree)
    parts.read_strata(rows["strata"], tree)
    parts.read_costs(rows["costs"], tree)
    read_survey(rows["survey"], choices, tree)
    parts.read_aliases(rows["aliases"], tree)
    choices.note_unused(tree)
    document = tree.document()
    found, errors = draft(document)
    problems = [*tree.problems, *shape_problems(errors, document), *broken_rules(found, document)]
    wrong = [problem for problem in problems if problem.severity == "error"]
    if wrong:
        order = {sheet.name: number for number, sheet in enumerate(workbook.sheets)}
        raise StudyProblems(sorted(wrong, key=lambda problem: _order(problem, order)))
    return found.study


def _rows(workbook: Workbook, file: str, tree: Tree) -> dict[str, list[FormRow]]:
    """Return the rows of every sheet by its name; note the sheets that are needed and absent."""
    known = {table.sheet: table.headers for table in (*tables.PLAIN, *parts.OWN)}
    known |= {"survey": tables.SURVEY, "choices": tables.CHOICES}
    found: dict[str, list[FormRow]] = {}
    for name, headers in known.items():
        sheet = find_sheet(workbook, name)
        if sheet is None and name in _NEEDED:
            tree.note("form_no_sheet", Place(file), name=name)
        strict = name not in ("survey", "choices")
        rows = read_rows(sheet, file, headers, tree.problems, strict=strict) if sheet else ()
        found[name] = list(rows)
        if sheet is not None and name == "survey":
            tree.cells[("items",)] = Place(file, sheet=sheet.name)
        if sheet is not None and name in ("waves", "index"):
            tree.cells[(name,)] = Place(file, sheet=sheet.name)
    return found


def _order(problem: Problem, order: dict[str, int]) -> tuple[int, int, int, str]:
    place = problem.place
    cell = place.cell or ""
    return order.get(place.sheet or "", -1), place.line or 0, len(cell), cell
