"""Plain rows by the thousand: where their cells are and what stands in them, found for all at once.

A look-up per cell is what a large sheet costs. Here the positions of all tags of a stretch are found in one
step, and tags and digits are compared eight bytes at a time. The grammar is narrower than that of
``plain_cells``: ``<c r="B2" s="1" t="s"><v>5</v></c>`` or the same without a value, where the cells of a row
have its number or none of them an address. A row that holds anything else is not found here, and nothing of
it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from survey.cells import LAST_COLUMN, LAST_ROW, CellValue
from survey.plain_cells import row_is_hidden
from survey.runs import Run

Words = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Value = Callable[[str | None, str | None, str | None], CellValue | None]


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


_EIGHT = range(9)
# What of a word belongs to its first n bytes, and the zeros that fill n digits up to eight.
_FIRST = np.array([(1 << 8 * n) - 1 for n in _EIGHT], dtype=np.uint64)
_ZEROS = np.array([_word(b"0" * (8 - n)) for n in _EIGHT], dtype=np.uint64)
_SHIFTS = np.array([8 * (8 - n) % 64 for n in _EIGHT], dtype=np.uint64)
_ALL_ZEROS, _TO_TEN, _HIGH = _word(b"0" * 8), _word(b"\x76" * 8), _word(b"\x80" * 8)
_NO_WORDS = np.uint64(0), np.uint64(0)
_STEPS = tuple(
    (np.uint64(mask), np.uint64(factor), np.uint64(bits))
    for mask, factor, bits in (
        (0x0F0F0F0F0F0F0F0F, (10 << 8) + 1, 8),
        (0x00FF00FF00FF00FF, (100 << 16) + 1, 16),
        (0x0000FFFF0000FFFF, (10_000 << 32) + 1, 32),
    )
)
_PAD = bytes(32)  # a word can be read from any byte of a stretch
_TEXT = re.compile(rb"[ -%'-;=-\\^-~]*")
_HEAD = re.compile(rb'(?: s="([0-9]{1,6})")?(?: t="([ns])")?(/?)')
_LONGEST_HEAD, _MOST_HEADS = 16, 32
_NUMBER, _SHARED, _OTHER, _STRANGE = range(4)


@dataclass(frozen=True)
class Block:
    """The rows of a stretch, and the cells of the plain ones that have a value, one behind the other.

    ``rows`` are all complete rows, plain or not: where each opening and closing tag begins. ``spans`` says
    which cells are in the row whose content begins at a byte. ``orderly`` tells about the rows where all are
    plain, in order and with nothing between them; ``at`` is the row of each cell then.
    """

    rows: list[tuple[int, int]]
    spans: dict[int, tuple[int, int]]
    at: Numbers
    columns: Numbers
    values: list[CellValue]
    orderly: Orderly | None

    @cached_property
    def _columns(self) -> list[int]:
        columns: list[int] = self.columns.tolist()
        return columns

    def row(self, start: int) -> dict[int, CellValue] | None:
        """Return the cells of a row by column, or ``None`` where it is not among the plain ones."""
        span = self.spans.get(start)
        if span is None:
            return None
        first, last = span
        cells = dict(zip(self._columns[first:last], self.values[first:last], strict=True))
        return cells if len(cells) == last - first else None

    def run(self, after: int) -> tuple[Run, int] | None:
        """Return all rows at once, and the number of the last one; ``None`` where they must be looked at.

        ``after`` is the number of the row before.
        """
        if self.orderly is None:
            return None
        numbers, hidden = self.orderly
        if numbers is None:
            numbers = np.arange(after + 1, after + 1 + len(hidden))
        if not after < numbers[0] or numbers[-1] > LAST_ROW:
            return None
        filled = np.bincount(self.at, minlength=len(hidden)) > 0
        at = (np.cumsum(filled) - 1)[self.at]
        shown = list(compress(hidden, filled.tolist()))
        return Run(numbers[filled].tolist(), shown, at, self.columns, self.values), int(numbers[-1])


class Orderly(NamedTuple):
    """The numbers of rows, ``None`` where they have none, and whether each is hidden."""

    numbers: Numbers | None
    hidden: list[bool]


_NONE = np.zeros(0, np.int64)
NOTHING = Block([], {}, _NONE, _NONE, [], None)


class _Head(NamedTuple):
    """What may stand between the address of a cell and the end of its tag, and what it says of the cell."""

    length: int
    words: tuple[np.uint64, np.uint64]
    kind: int
    style: str | None = None
    empty: bool = False


class _Tags:
    """The tags of a stretch: where each begins, and the word that it begins with."""

    def __init__(self, data: bytes) -> None:
        padded = data + _PAD
        self.octets = np.frombuffer(padded, np.uint8)
        self.words: Words = np.ndarray((len(padded) - 7,), "<u8", padded, 0, (1,))
        self.at: Numbers = np.flatnonzero(self.octets == ord("<"))
        self.word: Words = self.words[self.at]

    def like(self, beginning: bytes) -> Flags:
        """Return which tags begin so."""
        found: Flags = (self.word & _FIRST[len(beginning)]) == _word(beginning)
        return found


class _Rows:
    """The rows of a stretch: the numbers of their tags, and how many digits their own number has."""

    def __init__(self, tags: _Tags) -> None:
        opening, closing = np.flatnonzero(tags.like(b"<row")), np.flatnonzero(tags.like(b"</row>"))
        behind = np.searchsorted(closing, opening)
        complete = behind < len(closing)
        self.opening, self.closing = opening[complete], closing[behind[complete]]
        self.single = np.ones(len(self.opening), np.bool_)
        self.single[:-1] = self.opening[1:] > self.closing[:-1]
        self.digits = np.zeros(len(self.opening), np.int64)
        # The number ends at the first byte that is no digit.
        numbered = tags.word[self.opening] == _word(b'<row r="')
        number: Words = tags.words[tags.at[self.opening] + 8]
        other = _not_digits(number ^ _ALL_ZEROS)
        for n in range(1, 8):
            self.digits[numbered & ((other & _FIRST[n]) == 0)] = n
        self.number = number & _FIRST[self.digits]


class _Cells:
    """The cells of complete rows: the number of their tag and row, and where their text is, if they are full.

    Full is what holds a ``<v>`` and nothing else, hollow what holds nothing and has a closing tag.
    """

    def __init__(self, tags: _Tags, rows: _Rows) -> None:
        found = np.flatnonzero(tags.like(b"<c"))
        row = np.searchsorted(rows.opening, found) - 1
        inside = (row >= 0) & (found < rows.closing[row])
        self.tag, self.row = found[inside], row[inside]
        last = len(tags.at) - 1
        texts, ends = self.tag + 1, np.minimum(self.tag + 2, last)
        self.behind = tags.at[texts]
        self.text, self.end = self.behind + 3, tags.at[ends]
        self.full = tags.like(b"<v>")[texts] & (tags.word[ends] == _word(b"</v></c>"))
        self.full &= tags.at[np.minimum(self.tag + 4, last)] == self.end + 8
        self.hollow = tags.like(b"</c>")[texts] & (tags.at[ends] == self.behind + 4)
        self.tags = np.where(self.full, 4, np.where(self.hollow, 2, 1))


class PlainBlocks:
    """Reads the stretches of one sheet, and learns what the tags of its cells say.

    ``value`` returns what a cell of a type, a style and a stored text holds; ``texts`` the shared texts;
    ``date_styles`` are the styles in which a number is a date.
    """

    def __init__(
        self, value: Value, texts: Callable[[], Sequence[str] | None], date_styles: frozenset[str]
    ) -> None:
        self._value, self._texts, self._date_styles = value, texts, date_styles
        self._heads = [_Head(-1, _NO_WORDS, _STRANGE), _Head(0, _NO_WORDS, _NUMBER)]

    def read(self, data: bytes) -> Block:
        """Return the rows of a stretch."""
        tags = _Tags(data)
        rows = _Rows(tags)
        if not len(rows.opening):
            return NOTHING
        cells = _Cells(tags, rows)
        columns, start, plain = _addresses(tags, rows, cells)
        heads = self._heads_of(data, tags, start, cells.behind - 1)
        kinds = np.array([head.kind for head in self._heads])[heads]
        empty = np.array([head.empty for head in self._heads])[heads]
        numbers, whole = _whole_numbers(tags.words[cells.text], cells.end - cells.text)
        texts = (self._texts() or ()) if _SHARED in kinds else ()
        plain &= (kinds != _STRANGE) & (empty == (cells.tags == 1))
        plain &= (kinds != _SHARED) | ~cells.full | (whole & (numbers < len(texts)))
        good = rows.single & _filled(rows, cells)
        good[cells.row[~plain]] = False

        kept = cells.full & good[cells.row]
        other = np.flatnonzero(kept & ((kinds == _OTHER) | ~whole))
        told, readable = self._told(data, tags, cells, heads, other)
        good[cells.row[other[~readable]]] = False
        kept &= good[cells.row]
        values: list[CellValue | None] = numbers[kept].tolist()
        for at in np.flatnonzero(kinds[kept] == _SHARED).tolist():
            values[at] = texts[cast(int, values[at])] or None
        place, stays = np.cumsum(kept) - 1, kept[other]
        for at, value in zip(place[other[stays]].tolist(), compress(told, stays.tolist()), strict=True):
            values[at] = value
        row, columns = cells.row[kept], columns[kept]
        if None in values:
            there = np.array([value is not None for value in values])
            row, columns, values = row[there], columns[there], [v for v in values if v is not None]
        ascending = not np.any((columns[1:] <= columns[:-1]) & (row[1:] == row[:-1]))
        orderly = _orderly(data, tags, rows) if ascending and good.all() else None
        ends = tags.at[rows.opening].tolist(), tags.at[rows.closing].tolist()
        spans = _spans(tags, rows, good, row)
        found = cast(list[CellValue], values)
        return Block(list(zip(*ends, strict=True)), spans, row, columns, found, orderly)

    def _heads_of(self, data: bytes, tags: _Tags, start: Numbers, end: Numbers) -> Numbers:
        """Return by cell the number of what stands between ``start`` and the end of its tag."""
        length = end - start
        closed = tags.octets[end] == ord(">")
        heads = np.where(closed & (length == 0), 1, 0)
        open_ = np.flatnonzero(closed & (length > 0) & (length <= _LONGEST_HEAD))
        begin, n = start[open_], length[open_]
        first = tags.words[begin] & _FIRST[np.minimum(n, 8)]
        second = tags.words[begin + 8] & _FIRST[np.maximum(n - 8, 0)]
        unknown = np.ones(len(open_), np.bool_)
        number = 2
        while number < _MOST_HEADS and unknown.any():
            if number == len(self._heads):
                at = int(np.argmax(unknown))
                words = first[at], second[at]
                self._heads.append(self._head(data[begin[at] : begin[at] + n[at]], words))
            head = self._heads[number]
            same = (n == head.length) & (first == head.words[0]) & (second == head.words[1])
            heads[open_[same]] = number
            unknown &= ~same
            number += 1
        return heads

    def _head(self, text: bytes, words: tuple[np.uint64, np.uint64]) -> _Head:
        found = _HEAD.fullmatch(text)
        if found is None:
            return _Head(len(text), words, _STRANGE)
        style = None if found[1] is None else found[1].decode()
        date = style in self._date_styles
        kind = _SHARED if found[2] == b"s" else _OTHER if date else _NUMBER
        return _Head(len(text), words, kind, style, found[3] == b"/")

    def _told(
        self, data: bytes, tags: _Tags, cells: _Cells, heads: Numbers, which: Numbers
    ) -> tuple[list[CellValue | None], Flags]:
        """Return what those cells hold that are dates or no short whole numbers, and which are plain."""
        begin, end = cells.text[which], cells.end[which]
        fractions, readable = _fractions(tags.words[begin], end - begin)
        readable &= np.array([head.kind == _NUMBER for head in self._heads])[heads[which]]
        told: list[CellValue | None] = fractions.tolist()
        for at in np.flatnonzero(~readable).tolist():
            text = data[begin[at] : end[at]]
            if _TEXT.fullmatch(text):
                readable[at] = True
                told[at] = self._value(None, self._heads[heads[which[at]]].style, text.decode())
        return told, readable


def _addresses(tags: _Tags, rows: _Rows, cells: _Cells) -> tuple[Numbers, Numbers, Flags]:
    """Return by cell its column, where its address ends, and whether that is plain."""
    at = tags.at[cells.tag]
    addressed = (tags.word[cells.tag] & _FIRST[6]) == _word(b'<c r="')
    letters = [tags.octets[at + n].astype(np.int64) - 64 for n in (6, 7, 8)]
    is_letter = [(letter >= 1) & (letter <= 26) for letter in letters]
    is_letter[2] &= is_letter[1]
    columns = letters[0]
    for letter, there in zip(letters[1:], is_letter[1:], strict=True):
        columns = np.where(there, columns * 26 + letter, columns)
    digits = at + 7 + is_letter[1] + is_letter[2]
    n = rows.digits[cells.row]
    plain = addressed & is_letter[0] & (n > 0) & (tags.octets[digits + n] == ord('"'))
    plain &= (tags.words[digits] & _FIRST[n]) == rows.number[cells.row]
    start = digits + n + 1
    if not addressed.all():
        without = np.bincount(cells.row, addressed, len(rows.opening)) == 0
        bare = without[cells.row]
        place = np.arange(len(at)) - np.searchsorted(cells.row, cells.row) + 1
        columns, start = np.where(bare, place, columns), np.where(bare, at + 2, start)
        plain |= bare
    return columns, start, plain & (columns <= LAST_COLUMN)


def _not_digits(word: Words) -> Words:
    """Return words in which a byte is not 0 where the byte is above 9, up to the first such byte."""
    return ((word + _TO_TEN) | word) & _HIGH


def _whole_numbers(word: Words, length: Numbers) -> tuple[Numbers, Flags]:
    """Return the numbers that one to eight digits make, and where there are such."""
    fits = (length >= 1) & (length <= 8)
    n = np.where(fits, length, 8)
    digits = ((word << _SHIFTS[n]) | _ZEROS[n]) ^ _ALL_ZEROS
    fits &= _not_digits(digits) == 0
    # Two digits make one, then four, then eight.
    for mask, factor, bits in _STEPS:
        digits = ((digits & mask) * factor) >> bits
    return digits.astype(np.int64), fits


def _fractions(word: Words, length: Numbers) -> tuple[npt.NDArray[np.float64], Flags]:
    """Return the numbers that up to eight bytes with a point among them make, and where there are such."""
    before = np.zeros(len(word), np.int64)
    for n in range(6, 0, -1):
        before[(word >> np.uint64(8 * n)) & np.uint64(0xFF) == ord(".")] = n
    digits = (word & _FIRST[before]) | ((word >> np.uint64(8)) & ~_FIRST[before])
    numbers, fits = _whole_numbers(digits, np.where(length <= 8, length - 1, 0))
    behind = length - 1 - before
    fits &= (before > 0) & (behind > 0)
    # Both are whole and below 2^53, so this is the nearest double, as reading the text gives it.
    found = numbers / 10.0 ** np.where(fits, behind, 0)
    return found, fits & (found != np.floor(found))


def _filled(rows: _Rows, cells: _Cells) -> Flags:
    """Return which rows hold plain cells and nothing between them."""
    found = np.bincount(cells.row, cells.tags, len(rows.opening))
    filled: Flags = found == rows.closing - rows.opening - 1
    return filled


def _orderly(data: bytes, tags: _Tags, rows: _Rows) -> Orderly | None:
    """Tell about plain rows in order, with nothing between them; ``None`` where they are not like that."""
    begin, end = tags.at[rows.opening], tags.at[rows.closing] + len(b"</row>")
    numbered = rows.digits > 0
    if np.any(begin[1:] != end[:-1]) or numbered.any() != numbered.all():
        return None
    numbers, whole = _whole_numbers(rows.number, np.where(numbered, rows.digits, 8))
    if numbered.all():
        rises = np.all(numbers[1:] > numbers[:-1])
        if not (whole.all() and rises and np.all((rows.number & _FIRST[1]) != ord("0"))):
            return None
    rest = np.where(numbered, begin + 9 + rows.digits, begin + 4).tolist()
    behind = tags.at[rows.opening + 1].tolist()
    hidden = [row_is_hidden(data[a:b]) for a, b in zip(rest, behind, strict=True)]
    if None in hidden:
        return None
    return Orderly(numbers if numbered.all() else None, cast(list[bool], hidden))


def _spans(tags: _Tags, rows: _Rows, good: Flags, row: Numbers) -> dict[int, tuple[int, int]]:
    counts = np.bincount(row, minlength=len(good))
    last = np.cumsum(counts)
    start = tags.at[rows.opening + 1]
    spans = zip((last - counts)[good].tolist(), last[good].tolist(), strict=True)
    return dict(zip(start[good].tolist(), spans, strict=True))
