"""Answers to choice questions: several options in one cell, or one column per option.

An option may itself hold the mark that separates options, so the longest wordings are recognised first
and whatever is left is a problem. Nothing is taken for an option because it is similar to one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from survey.cells import CellValue, raw_text
from survey.mapping import OptionPart
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

    ``bad`` maps positions to (column or ``None`` for the only one, problem).
    """

    values: list[Choice]
    typed: list[str]
    bad: dict[int, list[tuple[int | None, Unreadable]]] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)

    def complain(self, row: int, error: Unreadable, column: int | None = None) -> None:
        """Note that the answer of one row makes no sense."""
        self.bad.setdefault(row, []).append((column, error))

    def count(self, change: str) -> None:
        """Count one cell that was changed to be read."""
        self.changes[change] = self.changes.get(change, 0) + 1


class ChoiceReader:
    """Reads the answers of one choice question as one platform writes them."""

    def __init__(
        self, question: ChoiceQuestion, cells: PlatformCells, options: Mapping[int, int] | None = None
    ) -> None:
        self.question, self.cells, self.positions = question, cells, options
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
        self.about: dict[str, Any] = {
            "item": question.id,
            "label": question.label,
            "admitted": {
                "zh": "、".join(f"“{option.label.zh}”" for option in question.options),
                "en": ", ".join(f"“{option.label.en}”" for option in question.options),
            },
        }

    # -- one cell ---------------------------------------------------------------------------------

    def joined(self, raw: Sequence[CellValue | None]) -> ChoiceReading:
        """Read a column in which one cell holds all options that were chosen, or ranked in order."""
        reading = ChoiceReading([NO_CHOICE] * len(raw), [""] * len(raw))
        known: dict[object, tuple[Choice, str, str | None] | Unreadable] = {}
        for row, cell in enumerate(raw):
            if cell is None:
                continue
            if (cell, type(cell)) not in known:
                known[cell, type(cell)] = _attempt(self._cell, cell)
            found = known[cell, type(cell)]
            if isinstance(found, Unreadable):
                reading.complain(row, found)
            else:
                reading.values[row], reading.typed[row], change = found
                if change:
                    reading.count(change)
        return reading

    def _cell(self, cell: CellValue) -> tuple[Choice, str, str | None]:
        refuse_faults(cell, **self.about)
        blank = self.cells.blank(cell)
        if blank is not None:
            return blank, "", "platform"
        text = self.cells.text(raw_text(cell))
        if not plain(text):
            return NO_CHOICE, "", "spaces"
        codes: list[int] = []
        typed: list[str] = []
        for piece in self._pieces(text):
            option, beside = self.cells.typed(piece)
            code = self._option(option)
            if code is None and self._types_freely():
                code, beside = self.open[0], option.strip()
            if code is None:
                raise Unreadable("import_not_an_option", value=shown(option), **self.about)
            if beside and code not in self.open:
                raise Unreadable("import_option_typed", value=shown(beside), option=option, **self.about)
            codes.append(code)
            if beside:
                typed.append(beside)
        return self._checked(codes, cell), "; ".join(typed), "options"

    def _types_freely(self) -> bool:
        """Whether the platform puts what was typed beside the open option into the cell without a mark."""
        dialect = self.cells.dialect
        return len(self.open) == 1 and dialect.typed is None and bool(dialect.joins)

    def _option(self, text: str) -> int | None:
        found = self.cells.find(self.wordings, plain(text))
        number = number_in(plain(text))
        if found is not None or not isinstance(number, int):
            return found
        if self.cells.dialect.numbers == "codes":
            return number if number in self.codes else None
        return (self.positions or {}).get(number)

    def _pieces(self, text: str) -> Iterator[str]:
        """Yield the options that ``text`` names, the longest wordings first."""
        if self._names_one(text):
            yield text
            return
        used = [re.escape(mark) for mark in self.separators if mark in text]
        cuts = [match.span() for match in re.finditer("|".join(used), text)] if used else []
        starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
        at = 0
        while at < len(ends):
            wholes = range(len(ends) - 1, at, -1)
            last = next((n for n in wholes if self._names_one(text[starts[at] : ends[n]])), at)
            if plain(piece := text[starts[at] : ends[last]]):
                yield piece
            at = last + 1

    def _names_one(self, piece: str) -> bool:
        return self._option(self.cells.typed(piece).option) is not None

    def _checked(self, codes: list[int], cell: CellValue) -> Choice:
        """Return codes in order, none twice and no more than may be; exclusive options stand alone."""
        about = {"value": shown(cell), **self.about}
        if len(set(codes)) < len(codes):
            raise Unreadable("import_option_twice", **about)
        if self.question.most is not None and len(codes) > self.question.most:
            raise Unreadable("import_too_many_options", n=len(codes), most=self.question.most, **about)
        if len(codes) > 1 and self.exclusive & set(codes):
            raise Unreadable("import_exclusive_option", **about)
        return tuple(codes) if self.question.kind == "ranking" else tuple(sorted(codes))

    # -- one column per option --------------------------------------------------------------------

    def spread(
        self, raw: Mapping[int, Sequence[CellValue | None]], parts: Mapping[int, OptionPart]
    ) -> ChoiceReading:
        """Read options from a column each: marks for a multiple choice, ranks for a ranking."""
        n = len(next(iter(raw.values())))
        reading = ChoiceReading([NO_CHOICE] * n, [""] * n)
        for row in range(n):
            cells = {column: values[row] for column, values in raw.items() if values[row] is not None}
            if cells:
                self._row(row, cells, parts, reading)
        return reading

    def _row(
        self,
        row: int,
        cells: Mapping[int, CellValue | None],
        parts: Mapping[int, OptionPart],
        reading: ChoiceReading,
    ) -> None:
        ranks: dict[int, int] = {}
        blanks: list[BlankKind] = []
        typed: list[str] = []
        marked = False
        for column, cell in cells.items():
            try:
                mark = self._mark(cell, parts[column], blanks, typed)
            except Unreadable as error:
                reading.complain(row, error, column)
                continue
            marked = marked or mark is not None
            if mark:
                ranks[parts[column].code] = mark
        if ranks:
            try:
                reading.values[row] = self._ranked(ranks)
            except Unreadable as error:
                reading.complain(row, error)
            reading.typed[row] = "; ".join(typed)
        elif blanks and not marked:
            reading.values[row] = blanks[0]
            reading.count("platform")
        elif marked:
            reading.values[row] = ()

    def _mark(
        self, cell: CellValue | None, part: OptionPart, blanks: list[BlankKind], typed: list[str]
    ) -> int | None:
        """Return the rank of an option, 1 for one that was chosen, 0 for one that was not."""
        assert cell is not None  # noqa: S101 - tells the type checker what the caller knows
        refuse_faults(cell, **self.about)
        if (blank := self.cells.blank(cell)) is not None:
            blanks.append(blank)
            return None
        text = raw_text(cell)
        if not plain(text):
            return None
        if part.typed:
            typed.append(self.cells.text(text))
            return 1
        if self.question.kind == "ranking":
            rank = number_in(plain(text))
            if not isinstance(rank, int) or not 0 <= rank <= len(self.codes):
                raise Unreadable("import_not_a_rank", value=shown(cell), n=len(self.codes), **self.about)
            return rank
        chosen = self.cells.chosen(cell)
        if chosen is not None:
            return int(chosen)
        option, beside = self.cells.typed(text)
        if self._option(option) == part.code:
            typed += [beside] if beside else []
            return 1
        if part.code in self.open and self.cells.dialect.option_text:
            typed.append(text)
            return 1
        raise Unreadable("import_not_a_mark", value=shown(cell), **self.about)

    def _ranked(self, ranks: Mapping[int, int]) -> Choice:
        if self.question.kind == "ranking" and len(set(ranks.values())) < len(ranks):
            value = ", ".join(str(rank) for rank in sorted(ranks.values()))
            raise Unreadable("import_rank_twice", value=value, **self.about)
        codes = sorted(ranks, key=lambda code: (ranks[code], code))
        return self._checked(codes, ", ".join(map(str, codes)))


def _attempt(
    read: Callable[[CellValue], tuple[Choice, str, str | None]], cell: CellValue
) -> tuple[Choice, str, str | None] | Unreadable:
    try:
        return read(cell)
    except Unreadable as error:
        return error
