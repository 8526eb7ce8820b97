"""The fast way through a large sheet: rows in the form that spreadsheet programs write.

Nearly every row of a real workbook is ``<row r="2">`` with cells like ``<c r="B2" s="1"><v>5</v></c>``, and
without the number of the row the same few cells come again and again. So each is looked up by what it looks
like, and one that is new is held against a regular expression. That is a grammar, not a guess: a row that
holds anything else goes to the XML parser whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple, cast

from survey.cells import LAST_COLUMN, CellValue, column_number
from survey.plain_parts import MOST_PENDING, without_plain

# Texts and attributes are printable ASCII without the characters that XML reserves.
_ATTRIBUTES = rb"""((?: [A-Za-z0-9:]+="[ !#-%'-;=?-~]*")*)>"""
_ROW_TAG = re.compile(rb'<row(?: r="([1-9][0-9]{0,6})")?' + _ATTRIBUTES)
_ROW_TAG_END = re.compile(_ATTRIBUTES)
_ATTRIBUTE = re.compile(rb' ([^=]+)="([^"]*)"')
_DIGITS = re.compile(r"[0-9.]+").fullmatch
_ROW_NUMBER = "§"  # stands for the number of the row and the quotation mark behind it; a plain row is ASCII
_CELL = re.compile(
    rf'(?: r="([A-Z]{{1,3}}){_ROW_NUMBER})?(?: s="([0-9]{{1,6}})")?(?: t="(n|s|b|e|str)")?'
    r"(?:/>|>(?:<v>([ -%'-;=-\\^-~]*)</v>)?</c>)"
)
_MOST_KNOWN, _LONGEST_KNOWN = 20_000, 100

Value = Callable[[str | None, str | None, str | None], CellValue | None]


class NotPlain(Exception):
    """A row holds something other than plain cells."""


class PlainCells(dict[str, tuple[int, CellValue | None]]):
    """The column and value of the plain cells met so far; column 0 has a cell without an address.

    ``value`` returns what a cell of a type, a style and a stored text holds.
    """

    def __init__(self, value: Value) -> None:
        self._value = value
        self._heads: dict[str, tuple[int, str | None, str | None]] = {}
        # Sheets end in thousands of rows that have a format and no value, one like the other.
        self._empty = ""

    def __missing__(self, cell: str) -> tuple[int, CellValue | None]:
        head, _, rest = cell.partition("<v>")
        # Nearly every text that is new holds digits alone: the number of a shared text, or an amount.
        text: str | None = rest.removesuffix("</v></c>")
        known = self._heads.get(head) if rest != text and rest[:1].isdigit() and _DIGITS(rest[:-8]) else None
        if known is None:
            known, text = self._apart(cell, head)
        column, type_, style = known
        meaning = column, self._value(type_, style, text)
        # A text may hold control characters, which are counted as often as they occur.
        if type_ != "str" and len(self) < _MOST_KNOWN and len(cell) < _LONGEST_KNOWN:
            self[cell] = meaning
        return meaning

    def _apart(self, cell: str, head: str) -> tuple[tuple[int, str | None, str | None], str | None]:
        """Return column, type and style of a cell, and its stored text; remember what stands before it."""
        found = _CELL.fullmatch(cell)
        if found is None:
            raise NotPlain
        letters, style, type_, text = found.groups()
        column = column_number(letters or "")
        if column > LAST_COLUMN:
            raise NotPlain
        known = column, type_, style
        if text is not None and len(self._heads) < _MOST_KNOWN and len(head) < _LONGEST_KNOWN:
            self._heads[head] = known
        return known, text

    def of_row(self, content: bytes, row: str) -> dict[int, CellValue] | None:
        """Return the cells of a row by column, or ``None`` when ``content`` is not plain cells of ``row``."""
        if not content.isascii():
            return None
        text = content.decode("ascii").replace(f'{row}"', _ROW_NUMBER)
        if text == self._empty:
            return {}
        before, *cells = text.split("<c")
        try:
            found = dict(map(self.__getitem__, cells))
            if found.keys() == {0} and len(cells) <= LAST_COLUMN:
                found = {n: self[cell][1] for n, cell in enumerate(cells, 1)}
        except NotPlain:
            return None
        if before or len(found) != len(cells) or 0 in found:
            return None
        if None not in found.values():
            return cast(dict[int, CellValue], found)
        kept = {column: value for column, value in found.items() if value is not None}
        if not kept and "<v>" not in text:
            self._empty = text
        return kept


class Rows(NamedTuple):
    """How the rows of a sheet are found and taken.

    ``find`` returns where the opening and the closing tag of each complete row in a stretch begin.
    ``take_all`` takes all of these, or none and returns ``False``. ``take`` is given the number of one of
    these rows, if it has one, whether it is hidden, and from where to where in the stretch stands what it
    holds; it returns whether it took the row.
    """

    find: Callable[[bytes], Sequence[tuple[int, int]]]
    take_all: Callable[[], bool]
    take: Callable[[bytes | None, bool, slice], bool]


def without_plain_rows(chunks: Iterator[bytes], rows: Rows) -> Iterator[bytes]:
    """Yield what the parser must see of a sheet; offer every row to ``rows`` first.

    When a row is offered, the parser has seen everything before it. It gets those that are not taken.
    Something is yielded for every chunk, be it nothing.
    """
    return without_plain(chunks, lambda data: _rows(data, rows))


def _rows(data: bytes, rows: Rows) -> Generator[bytes, None, bytes]:
    """Yield and offer the complete rows in ``data``; return what is left."""
    found = rows.find(data)
    position = found[0][0] if found else 0
    yield data[:position]
    if found and rows.take_all():
        position = found[-1][1] + len(b"</row>")
    for opening, closing in found:
        if opening < position:
            continue
        if opening > position:
            yield data[position:opening]
        position = closing + len(b"</row>")
        tag = _ROW_TAG.match(data, opening, closing)
        hidden = None if tag is None else _hidden(tag[2])
        if tag is None or hidden is None or not rows.take(tag[1], hidden, slice(tag.end(), closing)):
            yield data[opening:position]
    opening = data.find(b"<row", position)
    held = opening >= 0 and len(data) - opening <= MOST_PENDING
    cut = opening if held else _last_tag(data, position)
    yield data[position:cut]
    return data[cut:]


@lru_cache(maxsize=1024)
def row_is_hidden(rest: bytes) -> bool | None:
    """Return whether a row is hidden, by what its tag holds behind its number; ``None`` if not plain."""
    found = _ROW_TAG_END.fullmatch(rest)
    return None if found is None else _hidden(found[1])


@lru_cache(maxsize=64)
def _hidden(attributes: bytes) -> bool | None:
    """Return whether a row is hidden, or ``None`` where an attribute stands twice."""
    found = _ATTRIBUTE.findall(attributes)
    values = dict(found)
    return None if len(values) < len(found) or b"r" in values else values.get(b"hidden") in (b"1", b"true")


def _last_tag(data: bytes, position: int) -> int:
    """Return where a tag begins that is not complete, so that it stays whole; at most ``MOST_PENDING`` back.

    Otherwise the start of a row or of a comment could hide between two pieces.
    """
    cut = data.rfind(b"<", max(position, len(data) - MOST_PENDING))
    return len(data) if cut < 0 or data.find(b">", cut) >= 0 else cut
