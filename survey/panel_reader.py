"""What experts filled in, read back: every sheet of every file, with every problem at once.

Rows are known by the ids in the column of the sheet's mark. A sheet on which nothing was filled in is an
expert who has not answered: it is counted, and is no problem. Choices may stand in either language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath
from typing import Any

from survey.cells import CellValue, Row, address
from survey.errors import PanelProblems, Place, Problem
from survey.language import LANGUAGES, Language, catalogue, listing
from survey.panel import (
    EXPERT_ROW,
    TOTAL_POINTS,
    Family,
    Head,
    Member,
    Panel,
    PanelMethod,
    PanelSheet,
    panel_families,
    read_head,
)
from survey.panel_workbook import AFTER, DEGREE, FEEDBACK, ID, POINTS, SECOND, WHICH
from survey.study import Study
from survey.values import Unreadable, refuse_faults, shown
from survey.wording import matching, plain
from survey.workbook import Sheet, Workbook

_SEARCHED = 20
_DEGREE = re.compile(r"([1-9])(?!\S*[\d/.,:])(?:\D.*)?", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_OFF_BY = 0.01
_EQUAL = ""


def read_panel(workbooks: Sequence[Workbook], study: Study) -> Panel:
    """Return what experts filled in, of one file or many, with one sheet or many each.

    Raises
    ------
    PanelProblems
        With every problem of every file: no sheet of a panel, one for another index or method, answers that
        cannot be read, half-filled rows, points that do not sum to 100, rows that are absent, and the same
        expert twice in a round.
    """
    families = {family.top: family for family in panel_families(study)}
    problems: list[Problem] = []
    found: list[PanelSheet] = []
    empty: list[tuple[int, str]] = []
    for workbook in workbooks:
        of_file = [read for sheet in workbook.sheets if (read := _read_sheet(sheet, study, families))]
        if not of_file:
            problems.append(Problem("panel_no_sheet", Place(workbook.file)))
        for reading in of_file:
            name = reading.name or _name_of(workbook, reading, alone=len(of_file) == 1)
            problems += reading.problems
            if reading.filled:
                found.append(reading.answers(name))
            elif not reading.problems:
                empty.append((reading.head.round, name))
    problems += _twice(found)
    if problems:
        raise PanelProblems(problems)
    return Panel(workbooks[0].file if workbooks else "", tuple(found), tuple(empty))


def _name_of(workbook: Workbook, reading: _Reading, *, alone: bool) -> str:
    """Return how an expert without a name goes: by the file that holds no other, else by the sheet."""
    return PurePath(workbook.file).stem if alone else reading.sheet.name


def _twice(found: Sequence[PanelSheet]) -> Iterator[Problem]:
    first: dict[tuple[int, str, str], Place] = {}
    for sheet in found:
        key = (sheet.round, sheet.method, matching(sheet.expert))
        if key in first:
            values = {"expert": sheet.expert, "round": sheet.round, "other": str(first[key])}
            yield Problem("panel_expert_twice", sheet.place, values)
        else:
            first[key] = sheet.place


@dataclass
class _Reading:
    """A sheet on its way: what was read so far, and what is wrong with it."""

    sheet: Sheet
    head: Head
    place: Place
    offset: int
    name: str | None = None
    filled: bool = False
    judgements: dict[str | None, dict[tuple[str, str], float]] = field(default_factory=dict)
    points: dict[str | None, dict[str, float]] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def cell(self, row: Row, column: int) -> CellValue | None:
        """Return a cell by its place in our own sheet; text without anything to see is blank."""
        value = row.cells.get(column + self.offset)
        return None if isinstance(value, str) and not plain(value) else value

    def complain(self, code: str, row: int, column: int, values: Mapping[str, Any]) -> None:
        """Note what is wrong with a cell."""
        place = self.sheet.place(row, address(row, column + self.offset))
        self.problems.append(Problem(code, place, values))

    def answers(self, name: str) -> PanelSheet:
        """Return what was read, as said by ``name``."""
        method: PanelMethod = "ahp" if self.head.method == "ahp" else "budget"
        return PanelSheet(
            name, method, self.head.round, self.place, self.judgements, self.points, self.reasons
        )


def _read_sheet(sheet: Sheet, study: Study, families: Mapping[str, Family]) -> _Reading | None:
    """Return what a sheet holds, ``None`` for one that is not of a panel."""
    reading = next(filter(None, (_headed(sheet, row) for row in islice(sheet.rows(), _SEARCHED))), None)
    if reading is None or sheet.visibility != "visible":
        return None
    head = reading.head
    if head.method not in AFTER or head.index != study.index.id or head.round < 1:
        values = {"head": str(head), "index": study.index.id}
        reading.problems.append(Problem("panel_other_index", reading.place, values))
        return reading
    rows: dict[str, tuple[Family, tuple[Member, ...]]] = {}
    for family in families.values():
        parts = family.pairs if head.method == "ahp" else tuple((member,) for member in family.members)
        rows |= {family.row(*members): (family, members) for members in parts}
    for row in sheet.rows():
        _read_row(reading, row, rows)
    if absent := [id_ for id_ in rows if id_ not in reading.seen]:
        reading.problems.append(Problem("panel_rows_absent", reading.place, {"rows": listing(absent)}))
    if head.method == "budget" and reading.filled:
        for family in families.values():
            _check_points(reading, family)
    return reading


def _headed(sheet: Sheet, row: Row) -> _Reading | None:
    for column, value in row.cells.items():
        if isinstance(value, str) and (head := read_head(value)):
            place = sheet.place(row.number, address(row.number, column))
            return _Reading(sheet, head, place, column - ID)
    return None


def _read_row(reading: _Reading, row: Row, rows: Mapping[str, tuple[Family, tuple[Member, ...]]]) -> None:
    id_ = reading.cell(row, ID)
    if id_ == EXPERT_ROW:
        name = reading.cell(row, SECOND)
        reading.name = shown(name) if name is not None else None
    if not isinstance(id_, str) or id_ == EXPERT_ROW or read_head(id_):
        return
    if id_ not in rows:
        reading.complain("panel_row_unknown", row.number, ID, {"row": id_})
        return
    if id_ in reading.seen:
        reading.complain("panel_row_twice", row.number, ID, {"row": id_, "first": reading.seen[id_]})
        return
    reading.seen[id_] = row.number
    family, members = rows[id_]
    columns = (WHICH, DEGREE) if reading.head.method == "ahp" else (POINTS,)
    if any(reading.cell(row, column) is not None for column in columns):
        reading.filled = True
        read = _read_pair if reading.head.method == "ahp" else _read_points
        read(reading, row, family, members)
    if reading.head.round > 1:
        reason = reading.cell(row, AFTER[reading.head.method] + len(FEEDBACK))
        if reason is not None:
            reading.reasons[id_] = str(reason)


def _read_pair(reading: _Reading, row: Row, family: Family, members: tuple[Member, ...]) -> None:
    first, second = members
    told = {"first": first.label, "second": second.label}
    which = _value(reading, row, WHICH, told, lambda cell: _which(cell, family, members))
    degree = _value(reading, row, DEGREE, told, _degree)
    if isinstance(which, Unreadable) or isinstance(degree, Unreadable):
        return
    if which is None and degree != 1:
        reading.complain("panel_which_blank", row.number, WHICH, told)
    elif degree is None and which != _EQUAL:
        reading.complain("panel_degree_blank", row.number, DEGREE, told)
    elif (which in (None, _EQUAL)) != (degree in (None, 1)):
        reading.complain("panel_equal_or_more", row.number, DEGREE, {**told, "degree": degree})
    else:
        size = float(degree or 1)
        ratio = 1 / size if which == second.id else size
        reading.judgements.setdefault(family.parent, {})[first.id, second.id] = ratio


def _value(reading: _Reading, row: Row, column: int, told: Mapping[str, Any], read: Any) -> Any:
    """Return what ``read`` makes of a cell, ``None`` where it is blank; complain where it is no answer."""
    cell = reading.cell(row, column)
    if cell is None:
        return None
    try:
        refuse_faults(cell, item=reading.cell(row, ID), label=_label(told))
        return read(cell)
    except Unreadable as error:
        reading.complain(error.code, row.number, column, {**told, **error.values})
        return error


def _label(told: Mapping[str, Any]) -> Mapping[Language, str]:
    found: dict[Language, str] = {}
    for language in LANGUAGES:
        found[language] = " – ".join(text[language] for text in told.values())
    return found


def _which(cell: CellValue, family: Family, members: tuple[Member, ...]) -> str:
    words = catalogue("survey")["panel.equal"]
    names: dict[str, str] = {matching(words[language]): _EQUAL for language in LANGUAGES}
    for member in members:
        labels = (family.names[member.id][language] for language in LANGUAGES)
        names |= {matching(name): member.id for name in (member.id, *labels)}
    if not isinstance(cell, str) or matching(cell) not in names:
        raise Unreadable("panel_which_unknown", value=shown(cell))
    return names[matching(cell)]


def _degree(cell: CellValue) -> int:
    if isinstance(cell, str) and (found := _DEGREE.fullmatch(plain(cell))):
        return int(found[1])
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell in range(1, 10):
        return int(cell)
    raise Unreadable("panel_degree_unknown", value=shown(cell))


def _read_points(reading: _Reading, row: Row, family: Family, members: tuple[Member, ...]) -> None:
    [member] = members
    points = _value(reading, row, POINTS, {"part": member.label}, _points)
    if points is not None and not isinstance(points, Unreadable):
        reading.points.setdefault(family.parent, {})[member.id] = points


def _points(cell: CellValue) -> float:
    number = cell
    if isinstance(cell, str) and _NUMBER.fullmatch(plain(cell)):
        number = float(plain(cell))
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= TOTAL_POINTS:
        raise Unreadable("panel_points_wrong", value=shown(cell))
    return float(number)


def _check_points(reading: _Reading, family: Family) -> None:
    """Complain about blanks beside points, and about points that do not sum to 100."""
    given = reading.points.get(family.parent, {})
    rows = {member.id: reading.seen.get(family.row(member)) for member in family.members}
    refused = {problem.place.cell for problem in reading.problems}
    cells = {id_: address(row, POINTS + reading.offset) for id_, row in rows.items() if row is not None}
    if refused & set(cells.values()) or not given:
        return
    told = {"family": family.label}
    blank = [member for member in family.members if member.id not in given and rows[member.id]]
    for member in blank:
        reading.complain("panel_points_blank", rows[member.id] or 0, POINTS, {**told, "part": member.label})
    total = sum(given.values())
    if not blank and abs(total - TOTAL_POINTS) > _OFF_BY:
        last = max(row for row in rows.values() if row is not None)
        reading.complain("panel_points_sum", last, POINTS, {**told, "total": f"{total:.6g}"})
