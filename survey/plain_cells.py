"""The fast way through a large sheet: cells in the form that spreadsheet programs write.

Nearly every cell of a real workbook looks like ``<c r="B2" s="1"><v>5</v></c>``, and without the number
of its row the same few cells come again and again. So each is looked up by what it looks like, and one
that is new is held against a regular expression. That is a grammar, not a guess: a row that holds
anything else goes to the XML parser whole, and so does everything from the first comment, processing
instruction or CDATA section on, because only inside one of those could something look like a row and be
none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator

from survey.cells import LAST_COLUMN, CellValue, column_number

_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^<>]*\?>)?\s*(?=<)")
_ENCODING = re.compile(rb"encoding\s*=\s*['\"](?!utf-8['\"])", re.IGNORECASE)
_OPENING = '<c r="'
_ROW = "§"  # stands for the number of the row and the quotation mark behind it; a plain row is ASCII
# A cell behind its opening. Texts are printable ASCII without the characters that XML reserves.
_CELL = re.compile(
    rf'([A-Z]{{1,3}}){_ROW}(?: s="([0-9]{{1,6}})")?(?: t="(n|s|b|e|str)")?'
    r"(?:/>|>(?:<v>([ -%'-;=-\\^-~]*)</v>)?</c>)"
)
_MOST_KNOWN, _LONGEST_KNOWN = 20_000, 100
_MOST_PENDING = 1 << 18

Value = Callable[[str | None, str | None, str | None], CellValue | None]


class NotPlain(Exception):
    """A row holds something other than plain cells."""


class PlainRows(dict[str, tuple[int, CellValue | None]]):
    """Rows of plain cells, and the column and value of the cells met so far.

    ``value`` returns what a cell of a type, a style and a stored text holds.
    """

    def __init__(self, value: Value) -> None:
        self._value = value

    def __missing__(self, cell: str) -> tuple[int, CellValue | None]:
        found = _CELL.fullmatch(cell)
        if found is None:
            raise NotPlain
        letters, style, type_, text = found.groups()
        column = column_number(letters)
        if column > LAST_COLUMN:
            raise NotPlain
        meaning = column, self._value(type_, style, text)
        # A text may hold control characters, which are counted as often as they occur.
        if type_ != "str" and len(self) < _MOST_KNOWN and len(cell) < _LONGEST_KNOWN:
            self[cell] = meaning
        return meaning

    def cells(self, content: bytes, row: str) -> dict[int, CellValue] | None:
        """Return the cells of a row by column, or ``None`` when ``content`` is not plain cells of ``row``."""
        if not content.isascii():
            return None
        before, *cells = content.decode("ascii").replace(f'{row}"', _ROW).split(_OPENING)
        try:
            found = dict(map(self.__getitem__, cells))
        except NotPlain:
            return None
        if before or len(found) != len(cells):
            return None
        return {column: value for column, value in found.items() if value is not None}


def without_cells(chunks: Iterator[bytes], take: Callable[[bytes], bool]) -> Iterator[bytes]:
    """Yield what the parser must see of a sheet; offer the content of every row to ``take`` first.

    When ``take`` is called, the parser has seen everything before that content, including the start
    tag of its row. It returns whether it took the content; the parser gets it otherwise.
    """
    pending = b""
    plain: bool | None = None
    for chunk in chunks:
        data = pending + chunk
        pending = b""
        if plain is None:
            head = _DECLARATION.match(data)
            plain = head is not None and not _ENCODING.search(head[0])
            if head is not None:
                yield head[0]
                data = data[head.end() :]
        plain = plain and b"<!" not in data and b"<?" not in data
        if plain:
            pending = yield from _rows(data, take)
        else:
            yield data
    yield pending


def _rows(data: bytes, take: Callable[[bytes], bool]) -> Generator[bytes, None, bytes]:
    """Yield and offer the complete rows in ``data``; return what is left."""
    position = 0
    while (opening := data.find(b"<row ", position)) >= 0:
        closing = data.find(b"</row>", opening)
        if closing < 0:
            break
        content = data.find(b">", opening) + 1
        yield data[position:content]
        if not take(data[content:closing]):
            yield data[content:closing]
        position = closing
    if len(data) - position <= _MOST_PENDING:
        return data[position:]
    # The last tag stays whole, so that the start of a comment cannot hide between two pieces; a tag that
    # is too long itself holds none.
    cut = data.rfind(b"<")
    cut = cut if cut > position else len(data)
    yield data[position:cut]
    return data[cut:]
