"""The fast way through shared texts: those without markup, which is nearly all of them.

``<si><t>非常满意</t></si>`` is taken from the bytes by a regular expression; the XML parser sees the rest.
As for rows (``plain_cells``), the expression is a grammar: whatever else there is goes to the parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator

from survey.plain_parts import MOST_PENDING, without_plain

_CHARACTERS = rb"[^<>&\x00-\x08\x0b\x0c\x0e-\x1f]*"
_OPENING, _CLOSING = rb'<si><t(?: xml:space="preserve")?>', rb"</t></si>"
_ONE = re.compile(_OPENING + rb"(" + _CHARACTERS + rb")" + _CLOSING)
_RUN = re.compile(rb"(?:" + _OPENING + _CHARACTERS + _CLOSING + rb")+")
# Characters that XML has not, in UTF-8.
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")


def without_plain_texts(chunks: Iterator[bytes], take: Callable[[list[str]], None]) -> Iterator[bytes]:
    """Yield what the parser must see of the shared texts; give plain ones to ``take``, in their order.

    When ``take`` is called, the parser has seen everything before those texts.
    """
    return without_plain(chunks, lambda data: _runs(data, take))


def _runs(data: bytes, take: Callable[[list[str]], None]) -> Generator[bytes, None, bytes]:
    """Yield and take what is complete in ``data``; return what is left."""
    position = 0
    for run in _RUN.finditer(data):
        texts = _decoded(run[0])
        if texts is None:
            continue
        yield data[position : run.start()]
        take(texts)
        position = run.end()
    return (yield from _held(data, position))


def _held(data: bytes, position: int) -> Generator[bytes, None, bytes]:
    """Yield what is behind ``position`` up to where a plain text may have begun, and return the rest.

    A text that goes on and on is left to the parser, which counts it.
    """
    near = max(position, len(data) - MOST_PENDING)
    cut = data.rfind(b"<si", near)
    cut = data.rfind(b"<", near) if cut < 0 else cut
    cut = len(data) if cut < 0 else cut
    yield data[position:cut]
    return data[cut:]


def _decoded(run: bytes) -> list[str] | None:
    """Return the texts of a run, or ``None`` where they are not what they should be: the parser says so."""
    if any(character in run for character in _NO_CHARACTERS):
        return None
    try:
        return [text.decode() for text in _ONE.findall(run)]
    except UnicodeDecodeError:
        return None
