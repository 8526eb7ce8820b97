"""Answers to choice questions that stand in one cell: several options, or a ranking, joined by marks.

An option may itself hold the mark that separates options, so the longest wordings are recognised first
and whatever is left is a problem. Nothing is taken for an option because it is similar to one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from survey.cells import CellValue, raw_text
from survey.decisions import Meaning
from survey.platform_cells import PlatformCells
from survey.questions import BlankKind, ChoiceQuestion
from survey.responses import Choice
from survey.values import Unreadable, refuse_faults, shown
from survey.wording import Wordings, number_in, plain

_SEPARATORS = ("┋", "→", ";", "；", "|", "\n", "、", ",", "，")
NO_CHOICE: Choice = BlankKind.BLANK


@dataclass
class ChoiceReading:
    """Answers of one choice question, and what was typed beside its open options, row by row.

    ``bad`` maps positions to (column, problem), where ``None`` is the one column of a question that has no
    other; ``changes`` counts the cells that were changed to be read, by column and change.
    """

    values: list[Choice]
    typed: list[str]
    bad: dict[int, list[tuple[int | None, Unreadable]]] = field(default_factory=dict)
    changes: Counter[tuple[int | None, str]] = field(default_factory=Counter)

    @classmethod
    def blank(cls, n: int) -> ChoiceReading:
        """Return ``n`` rows without an answer."""
        return cls([NO_CHOICE] * n, [""] * n)

    def complain(self, row: int, error: Unreadable, column: int | None = None) -> None:
        """Note that the answer of one row makes no sense."""
        self.bad.setdefault(row, []).append((column, error))


class ChoiceReader:
    """Reads the answers of one choice question as one platform writes them.

    ``positions`` gives the code of each option by its position in the platform's list; without it a number
    is the code of an option.
    """

    def __init__(
        self, question: ChoiceQuestion, cells: PlatformCells, positions: Mapping[int, Meaning] | None = None
    ) -> None:
        self.question, self.cells, self.positions = question, cells, positions
        self.open = [option.code for option in question.options if option.open]
        self.exclusive = frozenset(option.code for option in question.options if option.exclusive)
        names = [
            (name, option.code)
            for option in question.options
            for name in (option.label.zh, option.label.en, *option.aliases)
        ]
        self.wordings = Wordings(names)
        self.codes = frozenset(option.code for option in question.options)
        dialect = cells.dialect
        self.separators = (*dialect.joins, *dialect.ranks) or _SEPARATORS
        self._most_marks = max(sum(map(name.count, self.separators)) for name, _ in names)
        self.about: dict[str, Any] = {
            "item": question.id,
            "label": question.label,
            "admitted": {
                "zh": "、".join(f"“{option.label.zh}”" for option in question.options),
                "en": ", ".join(f"“{option.label.en}”" for option in question.options),
            },
        }

    def joined(self, raw: Sequence[CellValue | None]) -> ChoiceReading:
        """Read a column in which one cell holds all options that were chosen, or ranked in order."""
        reading = ChoiceReading.blank(len(raw))
        known: dict[object, tuple[Choice, str, str | None] | Unreadable] = {}
        for row, cell in enumerate(raw):
            if cell is None:
                continue
            key = (cell, type(cell))
            if key not in known:
                known[key] = self._attempt(cell)
            found = known[key]
            if isinstance(found, Unreadable):
                reading.complain(row, found)
                continue
            reading.values[row], reading.typed[row], change = found
            if change:
                reading.changes[None, change] += 1
        return reading

    def _attempt(self, cell: CellValue) -> tuple[Choice, str, str | None] | Unreadable:
        try:
            return self._cell(cell)
        except Unreadable as error:
            return error

    def _cell(self, cell: CellValue) -> tuple[Choice, str, str | None]:
        refuse_faults(cell, **self.about)
        if (blank := self.cells.blank(cell)) is not None:
            return blank, "", "platform"
        text = self.cells.text(raw_text(cell))
        if not plain(text):
            return NO_CHOICE, "", "spaces"
        codes: list[int] = []
        typed: list[str] = []
        for piece in self._whole(self._pieces(text)):
            option, beside = self.cells.typed(piece)
            code = self.option(option)
            if code is None and self._types_freely:
                code, beside = self.open[0], option.strip()
            if code is None:
                raise self.no_option(option)
            if beside and code not in self.open:
                raise Unreadable("import_option_typed", value=shown(beside), option=option, **self.about)
            codes.append(code)
            typed += [beside] if beside else []
        return self.checked(codes, cell), "; ".join(typed), "options"

    @property
    def _types_freely(self) -> bool:
        return self.cells.dialect.types_freely and len(self.open) == 1

    def no_option(self, text: str) -> Unreadable:
        """Return what is wrong with the text of a cell that names no option."""
        if self.positions is not None and number_in(plain(text)) is not None:
            listed = ", ".join(map(str, self.positions))
            return Unreadable("import_position_unlisted", value=shown(text), listed=listed, **self.about)
        return Unreadable("import_not_an_option", value=shown(text), **self.about)

    def option(self, text: str) -> int | None:
        """Return the code of the option that ``text`` is: a wording, or a number that is code or position."""
        number = number_in(plain(text))
        if self.positions is not None and number is not None:
            return int(self.positions[int(number)]) if number in self.positions else None
        found = self.cells.find(self.wordings, plain(text))
        if found is not None or not isinstance(number, int):
            return found
        return number if number in self.codes else None

    def _pieces(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield the options that ``text`` names, the longest wordings first, each with the mark before it."""
        if self._names_one(text):
            yield text, ""
            return
        used = [re.escape(mark) for mark in self.separators if mark in text]
        cuts = [match.span() for match in re.finditer("|".join(used), text)] if used else []
        starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
        at = 0
        while at < len(ends):
            # No wording holds more marks than that, so longer pieces need not be looked up.
            wholes = range(min(len(ends) - 1, at + self._most_marks), at, -1)
            last = next((n for n in wholes if self._names_one(text[starts[at] : ends[n]])), at)
            if plain(piece := text[starts[at] : ends[last]]):
                yield piece, text[ends[at - 1] : starts[at]] if at else ""
            at = last + 1

    def _names_one(self, piece: str) -> bool:
        return self.option(self.cells.typed(piece).option) is not None

    def _whole(self, pieces: Iterable[tuple[str, str]]) -> Iterator[str]:
        """Yield the pieces; what somebody typed freely stays whole although it holds the mark."""
        pending = ""
        for piece, mark in pieces:
            if not self._types_freely or self._names_one(piece):
                if pending:
                    yield pending
                pending = ""
                yield piece
            else:
                pending += mark * bool(pending) + piece
        if pending:
            yield pending

    def checked(self, codes: list[int], cell: CellValue) -> Choice:
        """Return codes in order, none twice and no more than may be; exclusive options stand alone."""
        about = {"value": shown(cell), **self.about}
        if len(set(codes)) < len(codes):
            raise Unreadable("import_option_twice", **about)
        if self.question.most is not None and len(codes) > self.question.most:
            raise Unreadable("import_too_many_options", n=len(codes), most=self.question.most, **about)
        if len(codes) > 1 and self.exclusive & set(codes):
            raise Unreadable("import_exclusive_option", **about)
        return tuple(codes) if self.question.kind == "ranking" else tuple(sorted(codes))
