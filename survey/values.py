"""From a cell to an answer: what each distinct raw value of a column means.

Answers are codes or declared wordings, never similar wordings; nothing is clipped or rounded. A
column has few distinct values, so each is read once and the rest is a dictionary look-up. Cells of
one column that mean the same need not look the same: every difference is counted under the name of
the change that was made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from survey.cells import CellValue, Fault, raw_text
from survey.layouts.export import Dialect
from survey.platform_cells import PlatformCells
from survey.questions import BlankKind, Item, OpenQuestion, Scale
from survey.wording import Wordings, matching, number_in, plain

if TYPE_CHECKING:
    from survey.decisions import Meaning

EMPTY = -32768
BAD = -32767
_SHOWN = 40
_CODE_THEN_LABEL = re.compile(r"(-?\d+)\s*[.、,:=()-]*\s*(.*\S)", re.ASCII)
_LABEL_THEN_CODE = re.compile(r"(.*\S)\s*[(\[](-?\d+)[)\]]", re.ASCII)
_NUMBER_THEN_UNIT = re.compile(r"(-?\d+(?:\.\d+)?)\s*(.+)", re.ASCII)

T = TypeVar("T")


class Unreadable(Exception):
    """A raw value that is no answer. ``code`` and ``values`` make the problem."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass
class ColumnReading(Generic[T]):
    """The values of one column, row by row, and what happened on the way.

    ``bad`` maps the positions of unreadable cells to their problem's code and values; ``changes``
    counts the cells that were changed to be read, by change.
    """

    values: list[T]
    bad: dict[int, Unreadable] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)


Read = Callable[[CellValue], tuple[T, str | None]]


def read_column(raw: Sequence[CellValue | None], read: Read[T], empty: T, bad: T) -> ColumnReading[T]:
    """Read every cell of a column: ``empty`` where there is none, ``bad`` where it makes no sense.

    ``read`` returns the value and the name of the change that was needed, or raises ``Unreadable``.
    """
    cells: Sequence[object] = raw
    distinct: dict[object, CellValue | None]
    if bool in set(map(type, raw)):  # True would be found under 1
        cells = [("flag", cell) if type(cell) is bool else cell for cell in raw]
        distinct = dict(zip(cells, raw, strict=True))
    else:
        distinct = {cell: cell for cell in dict.fromkeys(raw)}
    meaning: dict[object, T] = {None: empty}
    failed: dict[object, Unreadable] = {}
    changed: dict[object, str] = {}
    for key, cell in distinct.items():
        if cell is None:
            continue
        try:
            meaning[key], change = read(cell)
        except Unreadable as error:
            meaning[key], failed[key] = bad, error
        else:
            if change:
                changed[key] = change
    reading = ColumnReading(list(map(meaning.__getitem__, cells)))
    if failed:
        reading.bad = {n: failed[key] for n, key in enumerate(cells) if key in failed}
    if changed:
        for key in cells:
            if key in changed:
                reading.changes[changed[key]] = reading.changes.get(changed[key], 0) + 1
    return reading


def shown(value: CellValue) -> str:
    """Return a raw value short enough for a message."""
    text = " ".join(raw_text(value).split())
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def refuse_faults(cell: CellValue, **values: Any) -> None:
    """Raise for a cell that holds no value at all, or one that Excel made into a date."""
    if isinstance(cell, Fault):
        raise Unreadable(f"import_cell_{cell.kind}", value=cell.raw[:_SHOWN], **values)
    if isinstance(cell, datetime):
        raise Unreadable("import_cell_date", value=shown(cell), **values)


class ItemReader:
    """Reads the answers of one item: codes, wordings of either language, declared blanks.

    ``cells`` reads what the platform itself writes. ``positions`` gives the code of each option by its
    position in the platform's list, where numbers are positions and no codes.
    """

    def __init__(
        self,
        item: Item,
        scale: Scale,
        cells: PlatformCells | None = None,
        positions: Mapping[int, Meaning] | None = None,
    ) -> None:
        self._scale = scale
        self._cells = cells or PlatformCells(Dialect())
        self._positions = positions
        self._about = {
            "item": item.id,
            "label": item.label,
            "low": scale.ends[0],
            "high": scale.ends[1],
            "admitted": _admitted(scale),
        }
        self._wordings = Wordings(scale_wordings(scale))
        units = scale.unit and (scale.unit.zh, scale.unit.en)
        self._units = tuple(matching(unit) for unit in units or ())

    def __call__(self, cell: CellValue) -> tuple[int, str | None]:
        """Return the code, or the kind of a declared blank, or ``EMPTY``; and the change made."""
        refuse_faults(cell, **self._about)
        if isinstance(cell, bool):
            raise Unreadable("import_not_an_answer", value=shown(cell), **self._about)
        if isinstance(cell, (int, float)):
            return self._typed(cell, cell, None)
        return self._text(self._cells.text(str(cell)))

    def _typed(self, number: int | float, cell: CellValue, change: str | None) -> tuple[int, str | None]:
        """Read a number as it was typed: a code, or the position of an option."""
        if number not in self._scale.blanks and (blank := self._cells.blank(cell)) is not None:
            return int(blank), "platform"
        if self._positions is None:
            return self._number(number, cell), change
        code = self._positions.get(int(number)) if number == int(number) else None
        if code is None:
            values = {"value": shown(cell), "n": len(self._positions), **self._about}
            raise Unreadable("import_not_a_position", **values)
        return self._number(int(code), cell), "position"

    def _number(self, number: int | float, cell: CellValue) -> int:
        if number in self._scale.blanks:
            return int(BlankKind[self._scale.blanks[int(number)].kind.upper()])
        if isinstance(number, float):
            raise Unreadable("import_not_whole", value=shown(cell), **self._about)
        if number not in self._scale.codes:
            raise Unreadable("import_out_of_range", value=shown(cell), **self._about)
        return number

    def _text(self, cell: str) -> tuple[int, str | None]:
        text = plain(cell)
        if not text:
            return EMPTY, "spaces"
        number = number_in(text)
        if number is not None:
            return self._typed(number, cell, None if text == cell else "tidied")
        meant = self._cells.find(self._wordings, text)
        if meant is not None:
            return self._number(meant, cell), "wording"
        if (bare := self._cells.dialect.unmarked(text)) != text and bare:
            return self._text(bare)
        if (blank := self._cells.blank(cell)) is not None:
            return int(blank), "platform"
        measured = _NUMBER_THEN_UNIT.fullmatch(text)
        number = number_in(measured[1]) if measured and matching(measured[2]) in self._units else None
        if number is not None:
            return self._number(number, cell), "unit"
        return self._both(text, cell), "wording"

    def _both(self, text: str, cell: str) -> int:
        """Read ``Very satisfied (10)`` or ``10 非常满意``, where both parts must agree."""
        first = _CODE_THEN_LABEL.fullmatch(text)
        last = _LABEL_THEN_CODE.fullmatch(text)
        pairs = [(first[1], first[2])] if first else []
        pairs += [(last[2], last[1])] if last else []
        for code, label in pairs:
            meant = self._cells.find(self._wordings, label)
            if meant is not None and meant != int(code):
                raise Unreadable("import_contradiction", value=shown(cell), **self._about)
            if meant is not None:
                return self._number(meant, cell)
        raise Unreadable("import_not_an_answer", value=shown(cell), **self._about)


def scale_wordings(scale: Scale) -> Iterator[tuple[str, int]]:
    """Yield every declared wording of a code with that code, blanks and both languages included."""
    texts = [(code, label) for code, label in scale.labels.items()]
    texts += [(code, blank.label) for code, blank in scale.blanks.items() if blank.label]
    yield from ((wording, code) for code, text in texts for wording in (text.zh, text.en))
    yield from ((alias, code) for code, aliases in scale.aliases.items() for alias in aliases)


def _admitted(scale: Scale) -> dict[str, str]:
    """Return, by language, the wordings that count as answers, for a message."""
    texts = [*scale.labels.values(), *(blank.label for blank in scale.blanks.values() if blank.label)]
    codes = "–".join(map(str, scale.ends))
    return {
        "zh": "、".join([codes, *(f"“{text.zh}”" for text in texts)]),
        "en": ", ".join([codes, *(f"“{text.en}”" for text in texts)]),
    }


class CommentReader:
    """Reads what respondents wrote, as written: text is never tidied."""

    def __init__(self, question: OpenQuestion, cells: PlatformCells | None = None) -> None:
        self._cells = cells or PlatformCells(Dialect())
        self._about: dict[str, Any] = {"item": question.id, "label": question.label}

    def __call__(self, cell: CellValue) -> tuple[str, str | None]:
        """Return the text; spaces alone count as nothing written."""
        if isinstance(cell, Fault):
            refuse_faults(cell, **self._about)
        if self._cells.blank(cell) is not None:
            return "", "platform"
        text = self._cells.text(raw_text(cell))
        return (text, None) if plain(text) else ("", "spaces")
