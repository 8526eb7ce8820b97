"""From a cell to a fact about the respondent: an identifier, a category, a number, yes or no, a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from survey.cells import CellValue, Fault, raw_text
from survey.layouts.export import Dialect
from survey.layouts.moments import moment_of
from survey.platform_cells import PlatformCells
from survey.questions import Column
from survey.responses import Value
from survey.values import Unreadable, refuse_faults, shown
from survey.wording import Wordings, number_in, plain

_LONGEST_SAFE_NUMBER = 10**15
_YES = frozenset({"是", "有", "yes", "y", "true", "1", "t"})
_DAY = re.compile(r"((?:19|20)\d\d)([-/.年])(\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_NO = frozenset({"否", "无", "没有", "no", "n", "false", "0", "f"})


class FactReader:
    """Reads the cells of one column of facts about the respondent.

    ``positive`` demands more than the declared minimum: a weight of nothing is no weight. ``positions``
    gives the category by its position in the platform's list, where numbers are positions.
    """

    def __init__(
        self,
        column: Column,
        cells: PlatformCells | None = None,
        *,
        positive: bool = False,
        positions: Mapping[int, int] | None = None,
    ) -> None:
        self._column = column
        self._cells = cells or PlatformCells(Dialect())
        self._positive = positive
        self._positions = positions or {}
        self._about: dict[str, Any] = {"item": column.id, "label": column.label}
        self._categories = Wordings(_categories(column))
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
        if isinstance(cell, (bool, float, datetime)):
            raise Unreadable("import_not_a_key", value=shown(cell), **self._about)
        if isinstance(cell, int):
            if abs(cell) >= _LONGEST_SAFE_NUMBER:
                raise Unreadable("import_key_damaged", value=shown(cell), **self._about)
            return str(cell), None
        text = plain(raw_text(cell))
        return text, None if text == cell else "tidied"

    def _category(self, cell: CellValue) -> tuple[Value, str | None]:
        refuse_faults(cell, **self._about)
        text = plain(raw_text(cell))
        if not self._column.categories:
            return text, None if text == raw_text(cell) else "tidied"
        option, beside = self._cells.typed(text)
        value = self._cells.find(self._categories, option)
        if beside and value is not None and not self._open(value):
            raise Unreadable("import_option_typed", value=shown(beside), option=option, **self._about)
        if value is None and self._cells.dialect.numbers != "codes":
            value = self._at(number_in(text))
        if value is None:
            raise Unreadable(
                "import_not_a_category", value=shown(cell), admitted=self._admitted(), **self._about
            )
        return value, None if value == raw_text(cell) else "wording"

    def _open(self, value: str) -> bool:
        return any(category.open for category in self._column.categories if category.value == value)

    def _at(self, number: int | float | None) -> str | None:
        """Return the category whose position in the platform's list is ``number``, if anybody said so."""
        position = self._positions.get(number) if isinstance(number, int) else None
        known = position is not None and 1 <= position <= len(self._column.categories)
        return self._column.categories[position - 1].value if position is not None and known else None

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
            limits = f"{'' if low is None else f'{low:g}'}–{'' if high is None else f'{high:g}'}"
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
