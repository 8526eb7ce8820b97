"""Times and durations as platforms write them.

A moment is local time as it stands: an offset or a zone is dropped, because what counts is the day and
the hour at which somebody answered. Nothing is guessed: whatever has two readings, such as ``1:20`` for a
duration or ``7/27/26`` where the day comes first, is not read at all.
"""

from __future__ import annotations

import re
from datetime import datetime
from math import isfinite

from survey.cells import CellValue
from survey.wording import number_in, plain

# What spreadsheets show of a time without a day, in their two counts of days.
_NO_DAY = (datetime(1899, 12, 30).date(), datetime(1904, 1, 1).date())

_UNITS = re.compile(
    r"(?:(?P<d>\d{1,4})天)?(?:(?P<h>\d{1,6})(?:个?小时|时))?(?:(?P<m>\d{1,6})分钟?)?"
    r"(?:(?P<s>\d{1,9}(?:\.\d{1,9})?)秒钟?)?",
    re.ASCII,
)
_CLOCK = re.compile(r"(?P<h>\d{1,6}):(?P<m>\d\d):(?P<s>\d\d(?:\.\d{1,9})?)", re.ASCII)
_LENGTHS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_MOST = {"h": 24, "m": 60, "s": 60}  # of a unit below another one

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DATES = (
    rf"{_YEAR}(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)",
    rf"(?P<day>\d\d?)-(?P<name>JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)-{_YEAR}",
    rf"(?P<first>\d\d?)/(?P<other>\d\d?)/(?:{_YEAR}|(?P<short>\d\d))",
)
_TIME = (
    r"(?P<before>上午|下午)?(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d{1,9})?)?"
    r"(?P<after>AM|PM)?(?:Z|(?:GMT|UTC)?(?:[+-]\d\d?(?::?\d\d)?)?)"
)
_MOMENTS = tuple(re.compile(rf"{date}(?:T| |(?=[上下])){_TIME}", re.ASCII) for date in _DATES)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
# Spaces that only set a time apart from its half of the day or its zone.
_LOOSE = re.compile(r"(?<=午) | (?=AM|PM|GMT|UTC)|(?<=\d) (?=[+-]\d)", re.ASCII)
_LONGEST = 60


def seconds_of(cell: CellValue | None) -> float | None:
    """Return how many seconds a cell says something took, or ``None`` when it says no such thing.

    Read are ``38秒``, ``1分20秒``, ``1小时2分3秒``, ``h:mm:ss``, a number of seconds as number or text, and
    a cell that a spreadsheet holds as a time of day. ``1:20`` is not read, because it may be minutes and
    seconds or hours and minutes. Nothing lasts less than no time.

    >>> seconds_of("1分20秒"), seconds_of("0:01:20"), seconds_of("80"), seconds_of("1:20")
    (80.0, 80.0, 80.0, None)
    """
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return float(cell) if cell >= 0 and isfinite(cell) else None
    if isinstance(cell, datetime):
        since = cell - datetime(cell.year, cell.month, cell.day)
        return since.total_seconds() if cell.date() in _NO_DAY else None
    if not isinstance(cell, str) or len(cell) > _LONGEST:
        return None
    text = plain(cell).replace(" ", "")
    number = number_in(text)
    if number is not None:
        return float(number) if number >= 0 else None
    found = _UNITS.fullmatch(text) or _CLOCK.fullmatch(text)
    return _total(found.groupdict()) if text and found else None


def _total(parts: dict[str, str | None]) -> float | None:
    amounts = {unit: float(amount) for unit, amount in parts.items() if amount is not None}
    largest = next(iter(amounts))
    if any(amount >= _MOST[unit] for unit, amount in amounts.items() if unit != largest):
        return None
    return sum(amount * _LENGTHS[unit] for unit, amount in amounts.items())


def moment_of(cell: CellValue | None, *, month_first: bool = False) -> str | None:
    """Return the local time that a cell holds, as ``2026-09-03T12:00:38``, or ``None`` when it holds none.

    A date that ends in its year is read day first unless ``month_first``; one that fits the other order
    only is not read, for then the rest of its column is in doubt as well. Years of two digits belong to
    this century. A day without a time, and a time without a day, are no moments.

    >>> moment_of("2025-12-5 下午12:10:19"), moment_of("10/9/2024 11:02", month_first=True)
    ('2025-12-05T12:10:19', '2024-10-09T11:02:00')
    >>> moment_of("7/27/26 19:06:23") is None
    True
    """
    if isinstance(cell, datetime):
        return None if cell.date() in _NO_DAY else cell.replace(tzinfo=None).isoformat(timespec="seconds")
    if not isinstance(cell, str) or len(cell) > _LONGEST:
        return None
    text = _LOOSE.sub("", plain(cell).upper())
    for pattern in _MOMENTS:
        found = pattern.fullmatch(text)
        if found:
            return _written(found.groupdict(""), month_first)
    return None


def _written(parts: dict[str, str], month_first: bool) -> str | None:
    month, day = parts.get("month", ""), parts.get("day", "")
    if name := parts.get("name"):
        month = str(_MONTHS.index(name) + 1)
    elif not month:
        first, other = parts["first"], parts["other"]
        month, day = (first, other) if month_first else (other, first)
    year = parts["year"] or f"20{parts['short']}"
    hour = _hour(int(parts["hour"]), parts["before"] or parts["after"])
    try:
        moment = datetime(
            int(year), int(month), int(day), hour, int(parts["minute"]), int(parts["second"] or 0)
        )
    except ValueError:
        return None
    return moment.isoformat()


def _hour(hour: int, half: str) -> int:
    """Return the hour of the day, 12 at noon; one that no clock of twelve hours shows is out of range."""
    if not half:
        return hour
    return 99 if hour > 12 else hour % 12 + (12 if half in ("下午", "PM") else 0)
