"""The sheet ``survey`` read back: which row is which part of a study, and who is asked it.

A row says in ``role`` what it is; without one its type tells, as far as it can. Groups, notes and rows that
serve the form alone are passed over. Constraints and appearances are the form's own; how many options may
be chosen stands in ``most``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from survey.language import listing
from survey.xlsform.conditions import routing
from survey.xlsform.parts import Choices, code_in
from survey.xlsform.sheets import FormRow
from survey.xlsform.tables import Field, Role
from survey.xlsform.tree import Tree
from survey.yaml_lines import Location

_LABEL = Field("label", "text")
_ROLES: tuple[str, ...] = get_args(Role)
_INFERRED = {
    "select_one": "item",
    "select_multiple": "choice_question",
    "rank": "choice_question",
    "text": "open_question",
}
# Types that ask nothing, and metadata.
_FORM_ONLY = frozenset(
    {"begin_group", "end_group", "begin", "end", "note", "start", "today", "deviceid", "calculate", "hidden"}
    | {"username", "email", "phonenumber", "audit", "start-geopoint", "background-audio"}
)
_KINDS = {"select_multiple": "multiple", "rank": "ranking"}


def read_survey(rows: Sequence[FormRow], choices: Choices, tree: Tree) -> None:
    """Read every row of ``survey`` into the part of the study it belongs to."""
    for row in rows:
        command, _, rest = row.word("type").partition(" ")
        role = row.word("role") or _INFERRED.get(command, "")
        if role not in _ROLES and (row.word("role") or command not in _FORM_ONLY):
            values = {"role": row.word("role"), "type": row.word("type"), "known": listing(_ROLES)}
            tree.note("form_role" if role else "form_role_absent", row.place("role"), **values)
        elif role == "item":
            _read_item(row, command, rest, choices, tree)
        elif role == "open_question":
            _read_question(row, "open_questions", tree)
        elif role == "choice_question":
            _read_choice(row, command, rest, choices, tree)
        elif role == "column":
            _read_column(row, rest, choices, tree)


def _read_question(row: FormRow, part: str, tree: Tree) -> Location:
    """Read what every question has: id, wording, label and routing."""
    location = tree.entry((part,), row.place("name"))
    tree.scalar((*location, "id"), row.get("name"), row.place("name"))
    tree.field(location, row, _LABEL, "text")
    tree.field(location, row, Field("short", "text"), "label")
    if condition := row.word("relevant"):
        place = row.place("relevant")
        gate = routing(condition)
        if gate is None:
            tree.note("form_relevant", place, condition=condition)
        else:
            tree.mapping((*location, "asked_if"), place)
            tree.scalar((*location, "asked_if", "item"), gate[0], place)
            for answer in gate[1]:
                tree.add((*location, "asked_if", "answers"), answer, place)
    return location


def _read_item(row: FormRow, command: str, rest: str, choices: Choices, tree: Tree) -> None:
    location = _read_question(row, "items", tree)
    listed, scale = (rest if command == "select_one" else ""), row.word("scale")
    if command not in ("select_one", "integer"):
        tree.note("form_item_type", row.place("type"), type=row.word("type"))
    elif listed and scale and listed != scale:
        tree.note("form_scale_differs", row.place("type"), scale=scale, listed=listed)
    if listed:
        choices.used.add(listed)
        tree.scalar((*location, "scale"), listed, row.place("type"))
    else:
        tree.scalar((*location, "scale"), row.get("scale"), row.place("scale"))
    tree.field(location, row, Field("reversed", "flag"))


def _read_choice(row: FormRow, command: str, rest: str, choices: Choices, tree: Tree) -> None:
    location = _read_question(row, "choice_questions", tree)
    if command not in _KINDS:
        tree.note("form_choice_type", row.place("type"), type=row.word("type"))
        return
    tree.scalar((*location, "kind"), _KINDS[command], row.place("type"))
    tree.field(location, row, Field("most"))
    if rest not in choices.lists:
        tree.note("form_list_absent", row.place("type"), name=rest)
    for choice in choices.take(rest):
        option = tree.entry((*location, "options"), choice.place())
        tree.scalar((*option, "code"), code_in(choice, "name", tree), choice.place("name"))
        tree.field(option, choice, _LABEL)
        tree.field(option, choice, Field("open", "flag"))
        tree.field(option, choice, Field("exclusive", "flag"))


def _read_column(row: FormRow, rest: str, choices: Choices, tree: Tree) -> None:
    """Read the wording of a column; all else of it stands on the sheet ``columns``."""
    name = row.word("name")
    columns = tree.root.children.get("columns")
    for number, column in (columns.children if columns is not None else {}).items():
        identifier = column.children.get("id")
        if identifier is not None and str(identifier.value) == name:
            choices.used.add(rest)
            tree.field(("columns", number), row, _LABEL, "text")
            return
    tree.note("form_column_undeclared", row.place("name"), name=name)
