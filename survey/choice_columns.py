"""Answers to choice questions in a column for each option: marks for a choice, ranks for a ranking.

A blank cell says that an option was not chosen as long as another column of the question says anything.
Where a file also holds the whole answer in one cell, the two have to agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from survey.cells import CellValue, raw_text
from survey.choice_answers import NO_CHOICE, ChoiceReader, ChoiceReading
from survey.mapping import OptionPart
from survey.questions import BlankKind
from survey.responses import Choice
from survey.values import Unreadable, refuse_faults, shown
from survey.wording import number_in, plain


@dataclass
class _Row:
    """What the cells of one row say: a rank by option, 0 where it was not chosen."""

    ranks: dict[int, int] = field(default_factory=dict)
    blanks: list[BlankKind] = field(default_factory=list)
    typed: list[tuple[int, int, str]] = field(default_factory=list)  # column, option, text
    bad: list[tuple[int | None, Unreadable]] = field(default_factory=list)
    changes: list[tuple[int, str]] = field(default_factory=list)
    value: Choice = NO_CHOICE

    @property
    def text(self) -> str:
        return "; ".join(text for _, _, text in self.typed)


class OptionColumns:
    """Reads the columns of one choice question; ``parts`` says which option each of them is."""

    def __init__(self, reader: ChoiceReader, parts: Mapping[int, OptionPart]) -> None:
        self.reader, self.parts = reader, parts
        self.ranking = reader.question.kind == "ranking"
        self.labels = {option.code: option.label for option in reader.question.options}
        self.covered = frozenset(part.code for part in parts.values() if not part.typed)

    def read(self, raw: Mapping[int, Sequence[CellValue | None]]) -> ChoiceReading:
        """Read the cells of ``raw`` by column; rows that look alike are read once."""
        columns = sorted(self.parts)
        rows = list(zip(*(raw[column] for column in columns), strict=True))
        reading = ChoiceReading.blank(len(rows))
        known: dict[object, _Row] = {}
        for n, cells in enumerate(rows):
            key = (cells, tuple(map(type, cells)))
            if key not in known:
                known[key] = self._row(dict(zip(columns, cells, strict=True)))
            found = known[key]
            reading.values[n], reading.typed[n] = found.value, found.text
            if found.bad:
                reading.bad[n] = list(found.bad)
            reading.changes.update(found.changes)
        return reading

    def _row(self, cells: Mapping[int, CellValue | None]) -> _Row:
        row = _Row()
        for column, cell in cells.items():
            if cell is None:
                continue
            try:
                self._cell(row, column, cell)
            except Unreadable as error:
                row.bad.append((column, error))
        self._typed(row)
        try:
            self._settle(row)
        except Unreadable as error:
            row.bad.append((None, error))
        return row

    def _cell(self, row: _Row, column: int, cell: CellValue) -> None:
        reader, part = self.reader, self.parts[column]
        refuse_faults(cell, **reader.about)
        if (blank := reader.cells.blank(cell)) is not None:
            row.blanks.append(blank)
            row.changes.append((column, "platform"))
            return
        text = reader.cells.text(raw_text(cell))
        if not plain(text):
            row.changes.append((column, "spaces"))
        elif part.typed:
            row.typed.append((column, part.code, text))
        elif self.ranking:
            row.ranks[part.code] = self._rank(cell)
        else:
            self._mark(row, column, cell, text)

    def _rank(self, cell: CellValue) -> int:
        rank, n = number_in(plain(raw_text(cell))), len(self.reader.codes)
        if not isinstance(rank, int) or not 0 <= rank <= n:
            raise Unreadable("import_not_a_rank", value=shown(cell), n=n, **self.reader.about)
        return rank

    def _mark(self, row: _Row, column: int, cell: CellValue, text: str) -> None:
        """Read whether an option was chosen: where its own text may say so, that comes before 0 and 1."""
        reader, code = self.reader, self.parts[column].code
        texts = reader.cells.dialect.option_text
        chosen = reader.cells.chosen(cell)
        option, beside = reader.cells.typed(text)
        if reader.cells.find(reader.wordings, plain(option)) == code and (texts or chosen is None):
            chosen = True
            row.changes.append((column, "options"))
            row.typed += [(column, code, beside)] if beside else []
        elif chosen is None and texts and code in reader.open:
            chosen = True
            row.typed.append((column, code, text))
        elif chosen is None:
            raise Unreadable("import_not_a_mark", value=shown(cell), **reader.about)
        row.ranks[code] = int(chosen)

    def _typed(self, row: _Row) -> None:
        """Take an option for chosen beside which something is typed, unless its own column says otherwise."""
        for column, code, text in row.typed:
            about = {"value": shown(text), "option": self.labels[code], **self.reader.about}
            if code not in self.reader.open:
                row.bad.append((column, Unreadable("import_option_typed", **about)))
            elif not self.ranking and not row.ranks.setdefault(code, 1):
                row.bad.append((column, Unreadable("import_typed_unchosen", **about)))

    def _settle(self, row: _Row) -> None:
        if row.ranks and BlankKind.NOT_ASKED in row.blanks:
            raise Unreadable("import_choice_half_asked", **self.reader.about)
        ranks = {code: rank for code, rank in row.ranks.items() if rank}
        if self.ranking and len(set(ranks.values())) < len(ranks):
            value = ", ".join(map(str, sorted(ranks.values())))
            raise Unreadable("import_rank_twice", value=value, **self.reader.about)
        if ranks:
            codes = sorted(ranks, key=lambda code: (ranks[code], code))
            row.value = self.reader.checked(codes, ", ".join(map(str, codes)))
        elif row.ranks:
            row.value = ()
        elif row.blanks:
            row.value = row.blanks[0]


def together(joined: ChoiceReading, spread: ChoiceReading, columns: OptionColumns) -> ChoiceReading:
    """Return the answers of one cell with what the columns of single options add; note where they differ."""
    for n, texts in enumerate(zip(joined.typed, spread.typed, strict=True)):
        joined.typed[n] = "; ".join(dict.fromkeys(filter(None, texts)))
    for n, errors in spread.bad.items():
        joined.bad[n] = [*joined.bad.get(n, ()), *errors]
    joined.changes += spread.changes
    for n, (whole, parts) in enumerate(zip(joined.values, spread.values, strict=True)):
        if n not in joined.bad and not _agree(whole, parts, columns):
            about = {"value": ", ".join(map(str, _codes(parts))), **columns.reader.about}
            joined.complain(n, Unreadable("import_choice_columns_differ", **about))
    return joined


def _codes(choice: Choice) -> tuple[int, ...]:
    return choice if isinstance(choice, tuple) else ()


def _agree(whole: Choice, parts: Choice, columns: OptionColumns) -> bool:
    """Whether the columns say of their options what the cell says; typed text only of chosen ones."""
    said = tuple(code for code in _codes(whole) if code in columns.covered)
    inferred = {code for code in _codes(parts) if code not in columns.covered}
    told = tuple(code for code in _codes(parts) if code in columns.covered)
    return inferred <= set(_codes(whole)) and said == told
