"""Which column is read as what, and what is said about the columns that are not."""

from __future__ import annotations

from typing import Any

from survey.cells import column_letters
from survey.import_report import LeftOut
from survey.language import listing
from survey.layouts.plain import Table
from survey.mapping import HeaderIndex, Target, is_contact, most_similar
from survey.notes import Notes


def map_columns(table: Table, index: HeaderIndex, notes: Notes) -> dict[Target, int]:
    """Return the column of each target; note what is named twice, by nobody, or by two names."""
    mapping: dict[Target, int] = {}
    for column, targets in sorted(table.found.items()):
        place, header = table.place(table.header_row, column), table.headers[column]
        if len(targets) > 1:
            names = listing(target.id for target in targets)
            notes.problem("import_header_ambiguous", place, header=header, names=names)
        elif targets[0] in mapping:
            target, first = targets[0], column_letters(mapping[targets[0]])
            notes.problem("import_column_twice", place, id=target.id, label=target.label, first=first)
        else:
            mapping[targets[0]] = column
    present = table.targets
    for target in index.targets:
        if target not in present:
            _note_missing(table, target, notes)
    return mapping


def _note_missing(table: Table, target: Target, notes: Notes) -> None:
    free = {column: text for column, text in table.headers.items() if column not in table.found}
    place = table.sheet.place(table.header_row, None)
    values: dict[str, Any] = {"id": target.id, "label": target.label, "text": target.text}
    if not target.required:
        notes.warn("import_column_absent", place, **values)
        return
    kind = "column"
    if target.design is not None:
        kind = "design"
        values["part"] = target.design
    near = most_similar(target, free)
    if near is None:
        notes.problem(f"import_{kind}_missing", place, **values)
    else:
        near_by = {"column": column_letters(near), "header": free[near]}
        notes.problem(f"import_{kind}_missing_near", place, **values, **near_by)


def columns_left_out(table: Table, notes: Notes) -> tuple[LeftOut, ...]:
    """Return the columns with a header that the study does not name, and note each."""
    left = []
    for column, header in sorted(table.headers.items()):
        if column not in table.found:
            contact = is_contact(header)
            left.append(LeftOut(column_letters(column), header, contact))
            code = "import_contact_left_out" if contact else "import_column_left_out"
            notes.warn(code, table.place(table.header_row, column), header=header)
    return tuple(left)
