"""What drafted questions are called: their wording, a short label, an id that a person can type.

An export names a question by a code, a number, its wording or several of these; headers of options and rows
may leave the question itself out. The export has one language, so both languages of a text are the same.
"""

from __future__ import annotations

import re
from unicodedata import east_asian_width

from survey.cells import column_letters
from survey.draft_notes import Note
from survey.layouts.export import ExportColumn
from survey.layouts.question_headers import neat, split_number
from survey.questions import Text
from survey.wording import plain

STEM_LOST = re.compile(r"第\d+题")
"""What stands where an export gives the number of a question instead of its wording."""

_LABEL = {"zh": 12, "en": 26}
_WORDS_OF_AN_ID = 4


def both(text: str) -> Text:
    """Return the same text for both languages."""
    return Text(zh=text, en=text)


def wording_of(column: ExportColumn) -> str:
    """Return what was asked: stem and row of a matrix, else the header without its number."""
    stem = next((stem for stem in column.stems if not is_code(stem)), None)
    if column.part is not None and stem is not None:
        return f"{stem_text(stem)} — {neat(column.part)}"
    names = [name for name in column.names if not is_code(name)]
    wording = neat(next(iter(names or column.names), column.header)) or neat(column.header)
    return _unnumbered(wording) or column_letters(column.column)


def _unnumbered(wording: str) -> str:
    """Return a wording without the number of the question; 24:00 is a time."""
    mark, _, text = split_number(wording)
    kept = not text or (mark.endswith((":", "：")) and text[:1].isdigit())
    return wording if kept else text


def stem_text(stem: str) -> str:
    """Return a stem without the empty brackets that some forms leave behind it.

    >>> stem_text("不满意的原因？（）")
    '不满意的原因？'
    """
    return re.sub(r"\s*[(（]\s*[)）]$", "", neat(stem))


def is_code(text: str) -> bool:
    """Return whether a platform's name for a question stands instead of its wording: ``Q7_1``, ``第7题``."""
    return re.fullmatch(r"[A-Za-z]{1,4}[0-9_]+", text) is not None or STEM_LOST.fullmatch(text) is not None


def stem_lost(column: ExportColumn) -> tuple[Note, ...]:
    """Return that the export left the wording of a question out, where it did."""
    if column.part is None or any(not is_code(stem) for stem in column.stems):
        return ()
    lost = next(filter(STEM_LOST.fullmatch, column.stems), None)
    return () if lost is None else (Note("stem_lost", {"header": plain(column.header)}),)


def short(wording: str) -> Text:
    """Return the beginning of a wording, as long as fits beside a figure; words are kept whole.

    >>> short("How satisfied are you with the front desk?").en
    'How satisfied are you…'
    """
    wide = any(east_asian_width(character) in "WF" for character in wording)
    limit = _LABEL["zh" if wide else "en"]
    if len(wording) <= limit:
        return both(wording)
    whole = wording[:limit] if wide else wording[:limit].rpartition(" ")[0]
    return both((whole or wording[:limit])[: limit - 1].rstrip(" ,.:;-") + "…")


def id_of(column: ExportColumn) -> str:
    """Return an id: the platform's code of the question where it is one, else its number, else its words."""
    key = re.sub(r"[^\w]+", "_", column.key or "", flags=re.ASCII).strip("_")
    numbered = re.match(r"Q\d+(?=\()", column.key or "")
    if numbered:
        return numbered[0]
    if key and re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII):
        return key
    number = re.match(r"(?:第\s*)?(\d{1,3})", column.header)
    return f"Q{number[1]}" if number else _slug(column.header) or f"c{column.column}"


def _slug(header: str) -> str | None:
    """Return the first words of an English header as an id: ``delivery_on_time``."""
    words = re.findall(r"[a-z0-9]+", header.casefold()) if header.isascii() else []
    name = "_".join(words[:_WORDS_OF_AN_ID])
    return name if re.match(r"[a-z]", name) else None
