"""Parts of a workbook of which the plain stretches never reach the XML parser.

What is plain is for a grammar to say (``plain_cells``, ``plain_texts``). Here is what both rest on: the text
is UTF-8, and before the first comment, processing instruction or CDATA section nothing can look like an
element and be none; from there on everything goes to the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator

MOST_PENDING = 1 << 18
"""Most bytes that may be held back for the end of what they begin."""

# Yields what the parser must see of a stretch, and returns the end of it that is not complete.
Step = Callable[[bytes], Generator[bytes, None, bytes]]

_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^<>]*\?>)?\s*(?=<)")
_ENCODING = re.compile(rb"encoding\s*=\s*['\"](?!utf-8['\"])", re.IGNORECASE)


def without_plain(chunks: Iterator[bytes], step: Step) -> Iterator[bytes]:
    """Yield what the parser must see of a part; ``step`` takes what is plain.

    When ``step`` is called, the parser has seen everything before its stretch. Something is yielded for every
    chunk, be it nothing. The first chunk holds the declaration.
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
        plain = plain and not _holds_markup(data)
        if plain:
            pending = yield from step(data)
        else:
            yield data
    yield pending


def _holds_markup(data: bytes) -> bool:
    """Return whether a comment, processing instruction or CDATA section begins in ``data``.

    To look for one byte takes a tenth of what it takes to look for two.
    """
    return (b"!" in data and b"<!" in data) or (b"?" in data and b"<?" in data)
