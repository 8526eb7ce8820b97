"""Sheets on their way out of a limited child: one JSON list per line, plain data and nothing else.

A sheet line opens a sheet, row lines follow it, and an end line closes the whole, so that a result cut
short is never taken for a short file::

    ["sheet", "Sheet1", "visible", {"merged": [[1, 1, 1, 2]]}]
    [1, [1, 2], ["Q1", "Q2"]]
    [2, [1, 2], [5, {"date": "2026-09-03T00:00:00"}]]
    ["end"]

Instead of all that a child may write ``["refused", code]``, the code of the problem it met. Both sides of
the pipe use this module, so it imports as little as the child may.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from survey.cells import LAST_COLUMN, LAST_ROW, Fault, Kind, Row

# A spreadsheet shows a time without a day on the day before its days begin, and believes in a 29th of
# February 1900; so does the reader of .xlsx.
_NO_DAY = date(1899, 12, 30)
_HALF_SECOND = timedelta(milliseconds=500)
_PLAIN = frozenset({str, bool, int})
_CELL_TYPES = frozenset({*_PLAIN, float, datetime, Fault})
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class Malformed(ValueError):
    """A line that no child of ours writes."""


class Packer:
    """Writes sheets row by row; used inside the child."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output

    def _line(self, content: list[Any]) -> None:
        self._output.write(_encode(content).encode("utf-8", "replace") + b"\n")

    def sheet(self, name: str, visibility: str, **facts: Any) -> None:
        """Open a sheet; ``facts`` are plain data about it."""
        self._line(["sheet", name, visibility, facts])

    def row(self, number: int, values: Sequence[object]) -> None:
        """Write the values of a row from its first column on; ``None`` and empty texts are blanks."""
        columns, kept = [], []
        for column, value in enumerate(values, 1):
            if value is None or value == "":
                continue
            columns.append(column)
            kept.append(value if type(value) in _PLAIN else packed(value))
        if kept:
            self._line([number, columns, kept])

    def refused(self, code: str) -> None:
        """Say instead of everything else which problem makes the file unreadable."""
        self._line(["refused", code])

    def end(self) -> None:
        """Say that everything was written."""
        self._line(["end"])


def packed(value: object) -> object:
    """Return a value as plain data: whole numbers as ``int``, moments to the second, else a refusal.

    >>> packed(5.0), packed(time(9, 30)), packed(math.inf)
    (5, {'date': '1899-12-30T09:30:00'}, {'refused': 'inf'})
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, float):
        if value.is_integer():
            return int(value)
        return value if math.isfinite(value) else {"refused": str(value)}
    try:
        moment = _moment(value)
    except OverflowError:  # after the year 9999
        moment = None
    return {"refused": str(value)} if moment is None else {"date": moment.isoformat(timespec="seconds")}


def _moment(value: object) -> datetime | None:
    if isinstance(value, time):
        value = datetime.combine(_NO_DAY, value)
    elif isinstance(value, timedelta):
        shift = timedelta(days=1) if timedelta(days=1) <= value < timedelta(days=60) else timedelta()
        value = datetime.combine(_NO_DAY, time()) + shift + value
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return value.replace(tzinfo=None) + _HALF_SECOND if isinstance(value, datetime) else None


def unpack_row(line: bytes) -> Row:
    """Return the row that a line holds; raises ``Malformed`` when it holds none."""
    content = unpack(line)
    if not isinstance(content, list) or len(content) != 3 or not isinstance(content[1], list):
        raise Malformed
    number, columns, values = content
    if type(number) is not int or not 0 <= number <= LAST_ROW or set(map(type, columns)) != {int}:
        raise Malformed
    if min(columns) < 1 or max(columns) > LAST_COLUMN or not isinstance(values, list):
        raise Malformed
    if len(columns) != len(values) or not set(map(type, values)) <= _CELL_TYPES:
        raise Malformed
    return Row(number, False, dict(zip(columns, values, strict=True)))


def _special(found: dict[str, Any]) -> Any:
    match found:
        case {"date": str(text)} if len(found) == 1:
            return datetime.fromisoformat(text)
        case {"refused": str(text)} if len(found) == 1:
            return Fault(Kind.REFUSED, text)
    return found


_decode = json.JSONDecoder(object_hook=_special).decode


def unpack(line: bytes) -> Any:
    """Return what a line holds, dates and refused values as such; raises ``Malformed``."""
    try:
        return _decode(line.decode("utf-8"))
    except ValueError as error:
        raise Malformed from error
