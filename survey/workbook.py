"""Workbooks and text files as cells that know their kind and address.

What a file is follows from its first bytes, never from its name. A file that cannot be read without
guessing is refused whole; nothing in it is run, followed or fetched.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from survey.archive import Archive, Limits, refusal
from survey.cells import Cell, Range, Row
from survey.delimited import read_delimited
from survey.errors import Place, Problem
from survey.old_formats import OldBook, read_old_package, read_old_xls
from survey.ooxml import OoxmlBook, package_format
from survey.os_reasons import os_reason
from survey.runs import Run
from survey.spss import read_sav

__all__ = ["Cell", "Limits", "Row", "Sheet", "Workbook", "read_workbook"]

_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SAV = (b"$FL2", b"$FL3")
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
)

_DEFAULT = Limits()


class Sheet(Protocol):
    """One sheet. Rows may be streamed more than once."""

    name: str

    @property
    def visibility(self) -> str:
        """``visible`` or ``hidden``; sheets hidden by a macro are not read at all."""

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold a value, in order."""

    def runs(self) -> Iterator[Row | Run]:
        """Yield the same rows, many at once where that is quicker."""

    def merged(self) -> tuple[Range, ...]:
        """Return the merged ranges."""

    def place(self, row: int, cell: str | None) -> Place:
        """Return where a cell stands, for a message."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file that was opened: its sheets and its digest. ``encoding`` is that of a text file."""

    file: str
    sha256: str
    size: int
    format: Literal["xlsx", "xlsb", "xls", "ods", "sav", "csv"]
    encoding: str | None
    sheets: tuple[Sheet, ...]
    noticed: Callable[[], list[Problem]]

    @property
    def warnings(self) -> list[Problem]:
        """What should be known about the file; more turns up while its sheets are read."""
        return self.noticed()

    def sheet(self, name: str) -> Sheet:
        """Return the sheet called ``name``; raises ``KeyError`` when there is none."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)


def read_workbook(path: Path, *, limits: Limits = _DEFAULT, encoding: str | None = None) -> Workbook:
    """Open a workbook or text file; cells are read when a sheet's ``rows`` are.

    Raises ``ImportProblems`` when the file is absent, is not what it should be, is damaged, or asks
    for more than ``limits``. ``encoding`` overrides the rule for text files,
    and what an .sav says of its own.
    """
    # A name in bytes that are no text could be neither shown nor stored.
    file = os.fsencode(path.name).decode("utf-8", "replace")
    data = _bytes(path, file, limits)
    digest = hashlib.sha256(data).hexdigest()
    _refuse_others(file, data)
    if data.startswith((_ZIP, _OLE)):
        format_, book = _spreadsheet(file, data, limits)
        return Workbook(file, digest, len(data), format_, None, book.sheets, book.warnings)
    if data.startswith(_SAV):
        sav = read_sav(file, data, limits, encoding)
        return Workbook(file, digest, len(data), "sav", sav.encoding, sav.sheets, sav.warnings)
    sheet, used, warnings = read_delimited(file, data, limits, encoding)
    if path.suffix.casefold() not in (".csv", ".tsv", ".txt"):
        warnings.append(Problem("workbook_is_text", Place(file), {}, "warning"))
    return Workbook(file, digest, len(data), "csv", used, (sheet,), lambda: warnings)


def _spreadsheet(
    file: str, data: bytes, limits: Limits
) -> tuple[Literal["xlsx", "xlsb", "xls", "ods"], OoxmlBook | OldBook]:
    if data.startswith(_OLE):
        return "xls", read_old_xls(file, data, limits)
    archive = Archive(file, data, limits)
    format_ = package_format(archive)
    if format_ == "xlsx":
        return format_, OoxmlBook(archive)
    return format_, read_old_package(archive, data, format_)


def _bytes(path: Path, file: str, limits: Limits) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(limits.file_bytes + 1)
    except FileNotFoundError:
        raise refusal(file, "workbook_not_found", path=str(path.with_name(file))) from None
    except IsADirectoryError as error:
        raise refusal(file, "workbook_is_folder", path=str(path)) from error
    except OSError as error:
        raise refusal(file, "workbook_unreadable", reason=os_reason(error)) from error
    if not data:
        raise refusal(file, "workbook_empty_file")
    if len(data) > limits.file_bytes:
        raise refusal(file, "workbook_limit_file", limit=limits.file_bytes >> 20)
    return data


def _refuse_others(file: str, data: bytes) -> None:
    for magic, name in _OTHERS:
        if data.startswith(magic):
            raise refusal(file, "workbook_wrong_type", format=name)
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        raise refusal(file, "workbook_wrong_type", format="HTML / XML")
    if not data.startswith((_ZIP, _OLE)) and b"PK\x05\x06" in data[-70_000:]:
        raise refusal(file, "workbook_extra_bytes")
