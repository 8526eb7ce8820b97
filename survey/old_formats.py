"""Workbooks that are no .xlsx: .xls, .xlsb and .ods, read by calamine in a limited child.

The cells are right, but some of what an .xlsx tells is lost on the way: error cells and formulas without
a result arrive as blanks, hidden rows like the others. That is said once per file. Times without a day
fall on 1899-12-30, and the days of January and February 1900 are a day off, as for an .xlsx, because
Excel counts a 29th of February 1900 that never was.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Literal

from survey.archive import Archive, Limits, refusal
from survey.errors import Place, Problem
from survey.spool import Spool, SpooledSheet

OldFormat = Literal["xls", "xlsb", "ods"]

_READ = "survey.calamine_child:read"
_BIFF8_BOOK = bytes.fromhex("0908100000060500")
_FILE_PASS = 0x2F


@dataclass
class OldBook:
    """The sheets that are read, and what should be known about the file."""

    file: str
    format: OldFormat
    sheets: tuple[SpooledSheet, ...]
    hidden_by_macro: list[str] = field(default_factory=list)

    def warnings(self) -> list[Problem]:
        """Return what should be known about the workbook as far as it has been read."""
        place = Place(self.file)
        noticed = [Problem("workbook_old_format", place, {"format": f".{self.format}"}, "warning")]
        noticed += [
            Problem("workbook_sheet_very_hidden", place, {"sheet_name": name}, "warning")
            for name in self.hidden_by_macro
        ]
        if controls := sum(sheet.controls for sheet in self.sheets):
            noticed.append(Problem("workbook_controls", place, {"n": controls}, "warning"))
        return noticed


def read_old_xls(file: str, data: bytes, limits: Limits) -> OldBook:
    """Read the .xls in the compound file ``data``.

    Raises ``ImportProblems`` when it is protected, damaged, no workbook, or asks for too much.
    """
    if "EncryptedPackage".encode("utf-16-le") in data or _is_locked(data):
        raise refusal(file, "workbook_password")
    return _read(file, data, "xls", limits)


def read_old_package(archive: Archive, data: bytes, format_: Literal["xlsb", "ods"]) -> OldBook:
    """Read the .xlsb or .ods in the zip ``data``, which ``archive`` has opened; raises like the above."""
    if "xl/workbook.xml" in archive:  # two workbooks in one; calamine would choose
        raise refusal(archive.file, "workbook_old_damaged")
    manifest = "META-INF/manifest.xml"
    for part in archive.names():
        for _ in archive.chunks(part):  # counts what is inflated
            pass
    if manifest in archive and b"encryption-data" in b"".join(archive.chunks(manifest)):
        raise refusal(archive.file, "workbook_password")
    return _read(archive.file, data, format_, archive.limits)


def _read(file: str, data: bytes, format_: OldFormat, limits: Limits) -> OldBook:
    sheets = Spool(file, _READ, data, limits).sheets()
    if not sheets:
        raise refusal(file, "workbook_old_damaged")
    shown = tuple(sheet for sheet in sheets if sheet.visibility != "very_hidden")
    return OldBook(file, format_, shown, [sheet.name for sheet in sheets if sheet not in shown])


def _is_locked(data: bytes) -> bool:
    """Whether one of the first records of the book says that the rest is encrypted."""
    at = data.find(_BIFF8_BOOK)
    for _ in range(8):
        if at < 0 or at + 4 > len(data):
            return False
        kind, length = struct.unpack_from("<HH", data, at)
        if kind == _FILE_PASS:
            return True
        at += 4 + length
    return False
