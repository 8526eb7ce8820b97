"""What a number in an export is: a code of the scale, or the position of an option in a list.

Platforms can export the position at which an option stood on the screen. Lists often begin with the best
answer, so a position is never taken for a score: whoever imports says which end came first, once. Lists that
have no ends, such as reasons, provinces or yes and no, have to be written down option by option.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from survey.cells import CellValue
from survey.column_map import ColumnMap
from survey.decisions import Decision, Decisions, Meaning, NumbersMean, decision_line
from survey.errors import Problem
from survey.grid import Grid
from survey.layouts.export import Dialect
from survey.mapping import Target
from survey.notes import Notes
from survey.questions import Scale
from survey.study import Study
from survey.table import Table
from survey.wording import number_in, plain

_SHOWN = 8
_LISTED = re.compile(r"\d{1,3}(?:\s*[┋→,，;；、|\s]\s*\d{1,3})*", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Positions:
    """What numbers were taken for.

    Attributes
    ----------
    by_column : column -> position in the platform's list of options -> code, or value of a category or flag.
    unsaid : columns whose numbers nobody has explained yet; reading them would be a guess.
    numbers : what numbers on scales are; ``None`` where nobody has said and nothing hangs on it.
    """

    by_column: Mapping[int, Mapping[int, Meaning]] = field(default_factory=dict)
    unsaid: frozenset[int] = frozenset()
    numbers: NumbersMean | None = None


def positions_of(scale: Scale, numbers: NumbersMean) -> dict[int, Meaning]:
    """Return the code of every position of a scale listed from one end to the other.

    >>> positions_of(Scale(ends=(1, 3)), "high-first")
    {1: 3, 2: 2, 3: 1}
    """
    codes = scale.codes if numbers == "low-first" else reversed(scale.codes)
    return dict(enumerate(codes, start=1))


def counts_itself(scale: Scale) -> bool:
    """Whether numbers on ``scale`` are answers and never positions: lists of options are counted from 1.

    >>> counts_itself(Scale(ends=(0, 10))), counts_itself(Scale(ends=(1, 5)))
    (True, False)
    """
    return scale.ends[0] == 0


def has_ends(scale: Scale) -> bool:
    """Whether the options of ``scale`` are listed from one end to the other; of two, either may come first.

    >>> has_ends(Scale(ends=(1, 2))), has_ends(Scale(ends=(1, 5)))
    (False, True)
    """
    return len(scale.codes) > 2


def numbers_mean(
    dialect: Dialect, remembered: NumbersMean | None, asked: NumbersMean | None
) -> NumbersMean | None:
    """Return what numbers on scales are, or ``None`` when somebody has to say.

    What is asked for now holds. What was decided about an earlier file of the layout holds only where this
    one does not say itself that it holds scores, or positions.
    """
    if asked is not None:
        return asked
    if dialect.numbers_said and dialect.numbers == "codes":
        return "codes"
    if dialect.numbers_said and remembered == "codes":
        return None
    return remembered or ("codes" if dialect.numbers == "codes" else None)


def settle_numbers(
    table: Table,
    study: Study,
    mapping: ColumnMap,
    decisions: Decisions,
    grid: Grid,
    notes: Notes,
    *,
    asked: NumbersMean | None = None,
) -> Positions:
    """Return what positions mean in each column; note a problem where nobody has said yet.

    ``asked`` is what whoever imports says now, ``decisions`` hold what was said before.
    """
    return _Settling(table, study, mapping, grid, notes).settle(decisions, asked)


class _Settling:
    """Goes through the columns that hold numbers."""

    def __init__(self, table: Table, study: Study, mapping: ColumnMap, grid: Grid, notes: Notes) -> None:
        self.table, self.study, self.mapping, self.grid, self.notes = table, study, mapping, grid, notes
        self.dialect = table.export.dialect
        self.found: dict[int, Mapping[int, Meaning]] = {}
        self.unsaid: set[int] = set()

    def settle(self, decisions: Decisions, asked: NumbersMean | None) -> Positions:
        decided = decisions.about(self.table.export.columns)
        self.found |= {column: d.options for column, d in decided.items() if d.options is not None}
        numbers = numbers_mean(self.dialect, decisions.numbers, asked)
        self._contradiction(numbers, asked)
        self._items(numbers)
        if self.dialect.positions or numbers != "codes":
            # Once the scales are settled, numbers of choices may be codes as well.
            unsure = numbers is None and not self.dialect.positions and self.dialect.numbers == "ask"
            self._lists(quiet=bool(self.unsaid) and not self.dialect.positions, unsure=unsure)
        told = None if self.dialect.numbers == "codes" and numbers == "codes" else numbers
        return Positions(self.found, frozenset(self.unsaid), told)

    # -- scales -----------------------------------------------------------------------------------

    def _items(self, numbers: NumbersMean | None) -> None:
        if numbers == "codes":
            return
        open_: list[tuple[int, set[int], Scale]] = []
        for target, column in self.mapping.columns.items():
            scale = self.study.scale_of(target.id) if target.kind == "item" else None
            if scale is None or column in self.found or counts_itself(scale):
                continue
            seen = _numbers(self.grid.raw[column]) - set(self.dialect.blank_codes) - set(scale.blanks)
            if numbers is not None and has_ends(scale):
                self.found[column] = positions_of(scale, numbers)
            elif seen and has_ends(scale):
                open_.append((column, seen, scale))
            elif seen:
                self._list_unsaid(
                    target, column, seen, unsure=numbers is None and self.dialect.numbers == "ask"
                )
        if open_:
            self._scales_unsaid(open_)

    def _scales_unsaid(self, open_: list[tuple[int, set[int], Scale]]) -> None:
        self.unsaid |= {column for column, _, _ in open_}
        column, seen, scale = open_[0]
        code = "import_numbers_unsaid" if self.dialect.numbers == "ask" else "import_positions_unsaid"
        values = {"low": scale.ends[0], "high": scale.ends[1], "n": len(open_), "seen": _shown(seen)}
        self._note(code, column, **values)

    def _contradiction(self, numbers: NumbersMean | None, asked: NumbersMean | None) -> None:
        """Warn where whoever imports says something else than the file does by its name or its texts."""
        told = "codes" if self.dialect.numbers == "codes" else "positions"
        said = "codes" if asked == "codes" else "positions"
        if asked is not None and self.dialect.numbers_said and told != said:
            place = self.table.sheet.place(self.table.header_row, None)
            self.notes.warn(f"import_numbers_against_{told}", place, numbers=str(numbers))

    # -- lists without ends -----------------------------------------------------------------------

    def _lists(self, *, quiet: bool, unsure: bool) -> None:
        """Note every choice, category and flag whose numbers are, or may be, positions in a list."""
        for target, column in self.mapping.columns.items():
            if column in self.found or not self._is_list(target):
                continue
            seen = self._listed(self.grid.raw[column]) - set(self.dialect.blank_codes)
            if seen and quiet:
                self.unsaid.add(column)
            elif seen:
                self._list_unsaid(target, column, seen, unsure=unsure)

    def _is_list(self, target: Target) -> bool:
        if target.kind != "column":
            return target.kind == "choice"
        column = self.study.column_by_id[target.id]
        return column.kind == "flag" or (column.kind == "category" and bool(column.categories))

    def _listed(self, raw: list[CellValue | None]) -> set[int]:
        """Return the whole numbers that stand in cells for options, whatever was typed beside them."""
        opening, closing = map(re.escape, self.dialect.typed or ("", ""))
        typed = re.compile(f"{opening}.*?{closing}" if opening else "(?!)", re.DOTALL)
        texts = {plain(typed.sub("", cell)) for cell in set(raw) if isinstance(cell, str)}
        several = (text for text in texts if _LISTED.fullmatch(text))
        return _numbers(raw) | {int(number) for text in several for number in _DIGITS.findall(text)}

    def _list_unsaid(self, target: Target, column: int, seen: set[int], *, unsure: bool) -> None:
        self.unsaid.add(column)
        source = self.table.columns[column]
        options = dict.fromkeys(sorted(seen)[:_SHOWN], "…")
        line = decision_line(Decision(source.header, target.id, source.key, options))
        about: dict[str, Any] = {"id": target.id, "label": target.label, "line": line}
        code = "import_options_unsure" if unsure else "import_options_unsaid"
        self._note(code, column, seen=_shown(seen), **about)

    def _note(self, code: str, column: int, **values: Any) -> None:
        about = {"header": self.table.headers[column], "layout": self.table.export.layout}
        self.notes.note(Problem(code, self.table.place(self.table.header_row, column), about | values))


def _shown(seen: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(seen)[:_SHOWN]))


def _numbers(raw: list[CellValue | None]) -> set[int]:
    """Return the whole numbers that stand alone in cells."""
    found = set()
    for cell in set(raw):
        number = number_in(plain(cell)) if isinstance(cell, str) else cell
        if isinstance(number, int) and not isinstance(number, bool):
            found.add(number)
    return found
