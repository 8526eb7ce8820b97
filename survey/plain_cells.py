"""The fast way through a large sheet: cells in the form that spreadsheet programs write.

Nearly every cell of a real workbook looks like ``<c r="B2" s="1"><v>5</v></c>``. Such cells are taken
from the bytes of the sheet by one regular expression, and the XML parser sees all the rest. The
expression is a grammar, not a guess: a row that holds anything else goes to the parser whole, and
so does everything from the first comment, processing instruction or CDATA section on, because only
inside one of those could something look like a row and be none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple

_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^<>]*\?>)?\s*(?=<)")
_ENCODING = re.compile(rb"encoding\s*=\s*['\"](?!utf-8['\"])", re.IGNORECASE)
# Printable ASCII without the characters that mean something in XML.
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]{1,6})")?(?: t="(n|s|b|e|str)")?'
    r"(?:/>|>(?:<v>([ -%'-;=-\\^-~]*)</v>)?</c>)"
)
_GROUPS = _CELL.groups + 1
_MOST_PENDING = 1 << 18


class PlainCells(NamedTuple):
    """The cells of one row, taken apart: letters, row numbers, styles, types and stored texts."""

    letters: list[str]
    rows: list[str]
    styles: list[str | None]
    types: list[str | None]
    texts: list[str | None]


def plain_cells(content: bytes) -> PlainCells | None:
    """Return the cells that ``content`` consists of, or ``None`` when it holds anything else."""
    if not content.isascii():
        return None
    parts = _CELL.split(content.decode("ascii"))
    if any(parts[::_GROUPS]):
        return None
    return PlainCells(*(parts[n::_GROUPS] for n in range(1, _GROUPS)))


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
