"""Text that respondents wrote, put into files that other programs open: it stays text there.

A spreadsheet runs what begins with ``=`` as a formula, and in a text file also what begins with ``+``,
``-`` or ``@``. In a workbook the type of a cell prevents that and the text stays as it is. In a text file
nothing has a type, so an apostrophe is put before such a text: at this last step only, because ``=x`` and
``'=x`` are different answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from survey.cells import CellValue, Fault, Kind, raw_text

LONGEST_CELL = 32_767  # characters that a cell of a spreadsheet holds

# Tab and line feed are text; a carriage return would come back as a line feed.
_LINE_ENDS = re.compile(r"\r\n?")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NEGATIVE = re.compile(r"-[0-9]+(?:\.[0-9]+)?")


def clean(text: str) -> tuple[str, int]:
    r"""Return ``text`` without the characters that no workbook can hold, and how many those were.

    Line ends become line feeds, which is what a workbook gives back.

    >>> clean("a\x07b\r\nc")
    ('ab\nc', 1)
    """
    return _UNWRITABLE.subn("", _LINE_ENDS.sub("\n", text))


def shortened(text: str, limit: int = LONGEST_CELL) -> str:
    """Return ``text`` cut to ``limit`` characters, the last of them an ellipsis where something is left out.

    Whoever may not lose text asks ``len`` first and puts it into a file of its own.
    """
    return text if len(text) <= limit else text[: limit - 1] + "…"


def workbook_text(text: str) -> str:
    """Return ``text`` as it is stored in a workbook, so that every program shows it as it is.

    ``_x0041_`` is how a workbook writes the letter A, so a text that looks like this is escaped. The
    result has no characters that a workbook cannot hold and at most ``LONGEST_CELL`` of the others.
    """
    return _ESCAPE.sub("_x005F_", shortened(clean(text)[0]))


def put_text(cell: Any, text: str) -> None:
    """Store ``text`` in a cell of openpyxl as a text, whatever it looks like."""
    cell.value = workbook_text(text)
    cell.data_type = "s"  # openpyxl takes =1+1 for a formula and #N/A for an error


def put_value(cell: Any, value: CellValue | None) -> None:
    """Store a value that was read from a workbook in a cell of openpyxl, of the kind that it was.

    A formula whose result was never stored, and whatever was refused, is stored as its text.
    """
    if value is None:
        return
    if isinstance(value, Fault) and value.kind is Kind.ERROR:
        cell.value = value.raw
        cell.data_type = "e"
    elif isinstance(value, (Fault, str)):
        put_text(cell, raw_text(value))
    elif isinstance(value, (bool, datetime)):
        cell.value = value
        if raw_text(value) == str(value)[:10]:
            cell.number_format = "yyyy-mm-dd"
    else:
        cell.value = repr(value)  # openpyxl writes no more than 16 digits of a number
        cell.data_type = "n"


def csv_text(text: str) -> str:
    """Return ``text`` so that a spreadsheet which opens the text file shows it and runs nothing.

    A plain negative number needs no apostrophe: it is what it says.

    >>> csv_text("=1+1"), csv_text("-3"), csv_text("-3+1"), csv_text("fine")
    ("'=1+1", '-3', "'-3+1", 'fine')
    """
    kept = _UNWRITABLE.sub("", text)
    return f"'{kept}" if kept.startswith(_LIVE) and not _NEGATIVE.fullmatch(kept) else kept


def csv_line(values: Iterable[CellValue | None]) -> str:
    """Return one record of a text file, every field quoted, ended as Excel ends it.

    >>> print(csv_line(["=1", 'a "b" c', None, -4.5]).rstrip())
    "'=1","a ""b"" c","","-4.5"
    """
    return ",".join(_fields(values)) + "\r\n"


def _fields(values: Iterable[CellValue | None]) -> Iterator[str]:
    for value in values:
        text = csv_text(raw_text(value)).replace('"', '""')
        yield f'"{text}"'
