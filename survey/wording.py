"""Forms of texts that mean the same: ``matching`` for headers and labels, ``plain`` for numbers and ids.

``matching`` serves comparison only: it turns ① into 1 and … into three full stops, so nothing in that
form is ever stored and no number is read from it. ``plain`` changes nothing but width and spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")

_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-"})
_SPACES = re.compile(r"\s+")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | _INVISIBLE
_TRAILING = "?!.:;,。、*·… "
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_QUESTION_NUMBER = re.compile(
    r"(?:第\s*\d{1,3}\s*题|[a-z]{0,2}\d{1,3}(?:[-_.]\d{1,3}){0,2})(?:\s*[、:.)\]](?!\d)|\s+|(?=\())\s*",
    re.ASCII,
)


def tidy(text: str) -> str:
    r"""Return ``text`` with full-width forms and invisible spaces resolved and its ends trimmed.

    >>> tidy("\u3000５ \u200b")
    '5'
    """
    if text.isascii():
        return _SPACES.sub(" ", text).strip()
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text).translate(_INVISIBLE)).strip()


def plain(text: str) -> str:
    r"""Return ``text`` with full-width ASCII, invisible characters and odd spaces resolved, and no more.

    >>> plain("\u3000Ａ-５ \u200b"), plain("③"), plain("5²")
    ('A-5', '③', '5²')
    """
    if text.isascii():
        return text if text.isalnum() else _SPACES.sub(" ", text).strip()
    return _SPACES.sub(" ", text.translate(_HALF_WIDTH)).strip()


def matching(text: str) -> str:
    """Return the form in which two wordings are compared: no case, no spaces, no closing mark.

    >>> matching("您对 网络质量 满意吗？") == matching("您对网络质量满意吗")
    True
    """
    form = tidy(text).translate(_QUOTES).casefold().replace(" ", "")
    return form.rstrip(_TRAILING) or form


def without_question_number(text: str) -> str | None:
    """Return a header without the question number it opens with, or ``None`` when it opens with none.

    >>> without_question_number("Q12 总体满意度"), without_question_number("2024年度满意度")
    ('总体满意度', None)
    """
    form = tidy(text)
    found = _QUESTION_NUMBER.match(form.casefold())
    return form[found.end() :] if found and found.end() < len(form) else None


def number_in(text: str) -> int | float | None:
    """Return the number that a plain text is, or ``None``; ``1_000``, ``1e3`` and ``nan`` are none."""
    if not _NUMBER.fullmatch(text) or len(text) > 18:
        return None
    value = float(text) if "." in text else int(text)
    return int(value) if value == int(value) else value


class Wordings(Generic[T]):
    """What declared wordings mean: as they are declared, else in the form of ``matching``.

    A form that two meanings share (``A`` and ``A*``) means neither.
    """

    def __init__(self, declared: Iterable[tuple[str, T]]) -> None:
        self._exact: dict[str, T] = {}
        self._forms: dict[str, T | None] = {}
        for wording, meaning in declared:
            self._exact.setdefault(tidy(wording), meaning)
            form = matching(wording)
            shared = self._forms.get(form, meaning) != meaning
            self._forms[form] = None if shared else meaning

    def find(self, text: str) -> T | None:
        """Return what ``text`` means, or ``None``."""
        found = self._exact.get(tidy(text))
        return self._forms.get(matching(text)) if found is None else found
