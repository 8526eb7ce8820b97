"""From a cell to a fact about the respondent: an identifier, a category, a number, yes or no, a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from survey.cells import CellValue, Fault, raw_text
from survey.layouts.export import Dialect
from survey.layouts.moments import moment_of
from survey.platform_cells import PlatformCells
from survey.questions import Column
from survey.responses import Value
from survey.values import Unreadable, refuse_faults, shown
from survey.wording import Wordings, number_in, plain

if TYPE_CHECKING:
    from survey.decisions import Meaning

_LONGEST_SAFE_NUMBER = 10**15
# How spreadsheets show, and write into text files, long numbers: the other digits are lost.
_SHORTENED = re.compile(r"-?\d(?:\.\d+)?E\+\d+", re.ASCII)
_YES = frozenset({"是", "有", "yes", "y", "true", "1", "t"})
_DAY = re.compile(r"((?:19|20)\d\d)([-/.年])(\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_NO = frozenset({"否", "无", "没有", "no", "n", "false", "0", "f"})


class FactReader:
    """Reads the cells of one column of facts about the respondent.

    ``positive`` demands more than the declared minimum: a weight of nothing is no weight. ``positions``
    gives the category or flag by its position in the platform's list, where numbers are positions.
    """

    def __init__(
        self,
        column: Column,
        cells: PlatformCells | None = None,
        *,
        positive: bool = False,
        positions: Mapping[int, Meaning] | None = None,
    ) -> None:
        self._column = column
        self._cells = cells or PlatformCells(Dialect())
        self._positive = positive
        self._positions = positions
        self._about: dict[str, Any] = {"item": column.id, "label": column.label}
        self._categories = Wordings(_categories(column))
        self._open = [category.value for category in column.categories if category.open]
        self._read: Callable[[CellValue], tuple[Value, str | None]] = getattr(self, f"_{column.kind}")

    def __call__(self, cell: CellValue) -> tuple[Value, str | None]:
        """Return the value as the kind of column demands it, ``None`` for spaces only."""
        if isinstance(cell, Fault):
            refuse_faults(cell, **self._about)
        if isinstance(cell, str) and not plain(cell):
            return None, "spaces"
        if self._cells.blank(cell) is not None:
            return None, "platform"
        return self._read(self._cells.text(cell) if isinstance(cell, str) else cell)

    def _key(self, cell: CellValue) -> tuple[Value, str | None]:
        return identifier(cell, self._about)

    def _at_position(self, cell: CellValue) -> Meaning | None:
        """Return what the position in a cell means; ``None`` where the cell holds none."""
        if self._positions is None:
            return None
        number = number_in(plain(self._cells.typed(raw_text(cell)).option))
        if number is None:
            return None
        if number not in self._positions:
            listed = ", ".join(map(str, self._positions))
            raise Unreadable("import_position_unlisted", value=shown(cell), listed=listed, **self._about)
        return self._positions[int(number)]

    def _category(self, cell: CellValue) -> tuple[Value, str | None]:
        refuse_faults(cell, **self._about)
        text = plain(raw_text(cell))
        meant = self._at_position(cell)
        if meant is None and not self._column.categories:
            return text, None if text == raw_text(cell) else "tidied"
        option, beside = self._cells.typed(text)
        value = self._cells.find(self._categories, option) if meant is None else str(meant)
        if beside and value is not None and value not in self._open:
            raise Unreadable("import_option_typed", value=shown(beside), option=option, **self._about)
        if meant is not None:
            return str(meant), "position"
        value = value or self._freely(text)
        if value is None:
            raise Unreadable(
                "import_not_a_category", value=shown(cell), admitted=self._admitted(), **self._about
            )
        return value, None if value == raw_text(cell) else "wording"

    def typed(self, cell: CellValue | None) -> str:
        """Return what was typed beside, or in place of, an open category; empty where nothing was."""
        if not self._open or not isinstance(cell, str):
            return ""
        if self._freely(cell) is not None:
            return cell.strip()
        return self._cells.typed(cell).text

    def _freely(self, text: str) -> str | None:
        """Return the one open category where the platform writes what was typed in its place."""
        known = self._cells.find(self._categories, self._cells.typed(plain(text)).option)
        free = self._cells.dialect.types_freely and len(self._open) == 1 and known is None
        return self._open[0] if free and plain(text) else None

    def _admitted(self) -> dict[str, str]:
        names = [category.label for category in self._column.categories]
        more = "…" if len(names) > 8 else ""
        return {
            "zh": "、".join(name.zh for name in names[:8]) + more,
            "en": ", ".join(name.en for name in names[:8]) + more,
        }

    def _flag(self, cell: CellValue) -> tuple[Value, str | None]:
        if isinstance(cell, bool):
            return cell, None
        if (meant := self._at_position(cell)) is not None:
            return bool(meant), "position"
        form = plain(raw_text(cell)).casefold()
        if form in _YES or form in _NO:
            return form in _YES, None
        raise Unreadable("import_not_a_flag", value=shown(cell), **self._about)

    def _number(self, cell: CellValue) -> tuple[Value, str | None]:
        refuse_faults(cell, **self._about)
        change = None
        number: int | float | None = None
        if isinstance(cell, str):
            text = plain(cell)
            number, change = number_in(text), None if text == cell else "tidied"
        elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
            number = cell
        if number is None:
            raise Unreadable("import_not_a_number", value=shown(cell), **self._about)
        low, high = self._column.minimum, self._column.maximum
        if self._positive and number <= 0:
            raise Unreadable("import_weight", value=shown(cell), **self._about)
        if (low is not None and number < low) or (high is not None and number > high):
            limits = _limits(low, high)
            raise Unreadable("import_number_range", value=shown(cell), limits=limits, **self._about)
        return float(number), change

    def _date(self, cell: CellValue) -> tuple[Value, str | None]:
        if isinstance(cell, datetime):
            return cell.date().isoformat(), None
        refuse_faults(cell, **self._about)
        text = plain(raw_text(cell))
        found = moment_of(text, month_first=self._cells.dialect.month_first) or day_of(text)
        if found is None:
            raise Unreadable("import_not_a_date", value=shown(cell), **self._about)
        return found[:10], None if found[:10] == cell else "date"

    def _text(self, cell: CellValue) -> tuple[Value, str | None]:
        return raw_text(cell), None


def identifier(cell: CellValue, about: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return a cell as an identifier: the text, or the digits of a number that no spreadsheet has rounded.

    Raises ``Unreadable`` for what is no identifier, and for long numbers whose digits may be lost.
    """
    # Most are plain codes; what begins with a letter is no number that was shortened.
    if isinstance(cell, str) and cell.isascii() and cell.isalnum() and cell[0].isalpha():
        return cell, None
    if isinstance(cell, (bool, float, datetime)):
        raise Unreadable("import_not_a_key", value=shown(cell), **about)
    if isinstance(cell, int):
        if abs(cell) >= _LONGEST_SAFE_NUMBER:
            raise Unreadable("import_key_damaged", value=shown(cell), **about)
        return str(cell), None
    refuse_faults(cell, **about)
    text = plain(raw_text(cell))
    if _SHORTENED.fullmatch(text):
        raise Unreadable("import_key_shortened", value=shown(cell), **about)
    return text, None if text == cell else "tidied"


def _categories(column: Column) -> Iterator[tuple[str, str]]:
    """Yield every wording of a category with its value, the values themselves first."""
    for category in column.categories:
        yield category.value, category.value
    for category in column.categories:
        for wording in (category.label.zh, category.label.en, *category.aliases):
            yield wording, category.value


def day_of(text: str) -> str | None:
    """Return a day written with the year first, as 2026-09-30; ``None`` for anything else.

    >>> day_of("2026/9/3"), day_of("2026年9月3日"), day_of("9/3/2026")
    ('2026-09-03', '2026-09-03', None)
    """
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[3]), int(found[4])).isoformat()
    except ValueError:
        return None


def _limits(low: float | None, high: float | None) -> str:
    """Return the numbers that are allowed: ``0–9``, ``≥ 0``, ``≤ 9``."""
    if low is None:
        return f"≤ {high:g}"
    return f"≥ {low:g}" if high is None else f"{low:g}–{high:g}"
