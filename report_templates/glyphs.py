"""Which characters the report's fonts have.

A character without a glyph prints as a box or, worse, in a stranger's font, so every text is checked
before rendering and a missing character is a problem that names it. Both weights have the same
characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from importlib import resources

REGULAR = "CsatSansSC-Regular.otf"
BOLD = "CsatSansSC-Bold.otf"
FILES = (REGULAR, BOLD)

# Blank or invisible by definition: their absence from a font shows nowhere.
_INVISIBLE = frozenset("\t\n\r\u00ad\u2007\u2009\u200b\u2060\u202f\ufeff")
_UNSEEN_ELEMENTS = frozenset({"style", "script", "title"})


@cache
def characters() -> frozenset[str]:
    """Return every character the fonts can print; the font tool lists them, so no font is opened here."""
    listed = resources.files("report_templates") / "fonts" / "characters.txt"
    return frozenset(listed.read_text(encoding="utf-8").removesuffix("\n"))


def missing(text: str) -> tuple[str, ...]:
    """Return the characters of ``text`` that would not print, each once, in order.

    >>> missing("龘𬭎a")
    ('龘',)
    """
    return tuple(dict.fromkeys(one for one in text if one not in characters() and one not in _INVISIBLE))


class _Reader(HTMLParser):
    """Collects what a page shows as text, element by element."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unseen += tag in _UNSEEN_ELEMENTS

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN_ELEMENTS

    def handle_data(self, data: str) -> None:
        if not self._unseen and data.strip():
            self.texts.append(data)


def shown_texts(html: str) -> Iterator[str]:
    """Yield the pieces of text that a page shows, without styles, scripts and titles."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    yield from reader.texts


def missing_in_page(html: str) -> tuple[tuple[str, str], ...]:
    """Return each character that a page would not print with the text in which it first stands."""
    found: dict[str, str] = {}
    for text in shown_texts(html):
        for one in missing(text):
            found.setdefault(one, text.strip())
    return tuple(found.items())
