"""A text file of delimited values, read as a sheet whose cells are all text.

The encoding follows from a rule and is never guessed beyond it: a byte order mark, else strict UTF-8,
else strict GB18030, else whoever sent the file must say. GB18030 accepts some texts that are not
Chinese at all, so whenever it is used the import shows sample cells. The delimiter is the one that the
header uses, or that a first line ``sep=;`` names, as Excel writes it.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from survey.archive import Limits, refusal
from survey.cells import CellValue, Range, Row, column_letters
from survey.errors import ImportProblems, Place, Problem
from survey.shared_text import without_controls

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",;\t|"
_LONGEST_FIELD = 1 << 20
_LONGEST_HEADER = 1 << 20
_RAGGED_SHOWN = 20
_SAMPLES = 3
# In these a text of another encoding is an error, never a wrong text.
_SAFE = ("utf-8", "utf-16")
_SEPARATOR = re.compile(r'"?sep=([^"\w\n])"?\n', re.IGNORECASE)


@dataclass
class DelimitedSheet:
    """The one sheet of a text file. ``merged`` and hidden rows do not exist here."""

    file: str
    text: str
    delimiter: str
    first: int
    visibility: str = "visible"
    name: str = ""

    def rows(self) -> Iterator[Row]:
        """Yield the records that hold a value, numbered by the line they begin on."""
        for line, fields in _records(self.file, self.text, self.delimiter, self.first):
            cells: dict[int, CellValue] = {n: field for n, field in enumerate(fields, 1) if field != ""}
            if cells:
                yield Row(line, False, cells)

    def runs(self) -> Iterator[Row]:
        """Yield the same rows."""
        return self.rows()

    def merged(self) -> tuple[Range, ...]:
        """Return nothing: text has no merged cells."""
        return ()

    def place(self, row: int, cell: str | None) -> Place:
        """Return the line and the column letters of a cell."""
        return Place(self.file, line=row, key=cell.rstrip("0123456789") if cell else None)


def decode(file: str, data: bytes, encoding: str | None) -> tuple[str, str]:
    """Return the text of a file, its lines ended by a line feed alone, and the encoding it was read in.

    Raises ``ImportProblems`` when no accepted encoding fits, or a NUL shows that this is no text.
    """
    text, used = _decoded(file, data, encoding)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ImportProblems([Problem("csv_nul", Place(file, line=line))])
    return text, used


def _decoded(file: str, data: bytes, encoding: str | None) -> tuple[str, str]:
    marked = [name for mark, name in _MARKS if data.startswith(mark)]
    for name in [_known(file, encoding)] if encoding else (marked or ["utf-8", "gb18030"]):
        try:
            return data.decode(name), name.removesuffix("-sig")
        except UnicodeError:
            continue
    raise refusal(file, "csv_encoding_none" if encoding is None else "csv_encoding_wrong", encoding=encoding)


def _known(file: str, encoding: str) -> str:
    """Return the name that Python has for an encoding of text."""
    try:
        with contextlib.suppress(UnicodeError):
            b"0".decode(encoding)  # some codecs turn bytes into bytes
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise refusal(file, "csv_encoding_name", encoding=encoding[:40]) from None


def find_delimiter(text: str) -> str:
    """Return the delimiter that occurs most often outside quotes in the first line with text.

    A quotation mark counts where a field begins: the inches of ``5" pipe`` open nothing.
    """
    counts: Counter[str] = Counter()
    quoted = started = False
    before = ""
    for character in text[:_LONGEST_HEADER]:
        if character == '"':
            quoted = not quoted and (before == "" or before in _DELIMITERS + '\n"')
        elif quoted:
            continue
        elif character == "\n" and started:
            break
        elif character in _DELIMITERS:
            counts[character] += 1
        before = character
        started = started or not character.isspace()
    return max(_DELIMITERS, key=lambda delimiter: counts[delimiter])


def read_delimited(
    file: str, data: bytes, limits: Limits, encoding: str | None
) -> tuple[DelimitedSheet, str, list[Problem]]:
    """Return the sheet of a text file, the encoding used, and warnings.

    Raises ``ImportProblems`` for unknown encodings, NUL bytes, quotes that never close, and rows that
    are not as wide as the first one.
    """
    text, used = decode(file, data, encoding)
    text, controls = without_controls(text)
    named = _SEPARATOR.match(text)
    delimiter = named[1] if named else find_delimiter(text)
    sheet = DelimitedSheet(file, text, delimiter, first=2 if named else 1)
    samples = _checked(sheet, limits, enough=0 if used in _SAFE else _SAMPLES)
    warnings = []
    if used not in _SAFE:
        values = {"encoding": used, "samples": " · ".join(sample[:20] for sample in samples)}
        warnings.append(Problem("csv_encoding", Place(file), values, "warning"))
    if controls:
        warnings.append(Problem("workbook_controls", Place(file), {"n": controls}, "warning"))
    return sheet, used, warnings


def _checked(sheet: DelimitedSheet, limits: Limits, enough: int) -> list[str]:
    """Read every record once; return ``enough`` fields whose look tells whether the encoding is right."""
    width = cells = 0
    ragged: list[Problem] = []
    samples: list[str] = []
    for line, fields in _records(sheet.file, sheet.text, sheet.delimiter, sheet.first):
        width = width or len(fields)
        cells += len(fields)
        if cells > limits.cells:
            raise refusal(sheet.file, "workbook_limit_cells", limit=limits.cells)
        if len(fields) != width and len(ragged) < _RAGGED_SHOWN:
            values = {"found": len(fields), "expected": width, "last": column_letters(width)}
            ragged.append(Problem("csv_ragged", Place(sheet.file, line=line), values))
        if len(samples) < enough:
            samples += [field for field in fields if not field.isascii()][: enough - len(samples)]
    if ragged:
        raise ImportProblems(ragged)
    return samples


def _records(file: str, text: str, delimiter: str, first: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the records from line ``first`` on that hold anything, with the line they begin on."""
    # The limit belongs to the process; it is raised and never lowered.
    csv.field_size_limit(max(_LONGEST_FIELD, csv.field_size_limit()))
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    line = 1
    try:
        for fields in reader:
            if fields and line >= first:
                yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        too_long = "field larger" in str(error)
        code = "csv_field_long" if too_long else "csv_quote"
        raise ImportProblems([Problem(code, Place(file, line=line), {"limit": _LONGEST_FIELD})]) from error


def _lines(text: str) -> Iterator[str]:
    """Yield the lines with their ends, one at a time: all at once they take as much again as the text."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end
