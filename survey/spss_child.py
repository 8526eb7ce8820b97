"""What the limited child does with an .sav: pyreadstat reads it, and its cells and dictionary are packed.

Runs in the child alone, see ``limited``; nothing else imports it. Days and moments are counted here from
their seconds, because one date out of reach would cost pyreadstat the whole file.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from pyreadstat import PyreadstatError, ReadstatError, metadata_container, read_sav

from survey.packed import Packer, packed

# Formats of numbers that are seconds since the calendar was reformed; TIME and DTIME are durations.
_DAYS = ("DATE", "ADATE", "EDATE", "SDATE", "JDATE", "QYR", "MOYR", "WKYR", "YMDHMS")
_REFORM = datetime(1582, 10, 14)


def read(request: bytes, output: BinaryIO) -> None:
    """Write the one sheet of a file.

    ``request`` is a line of JSON, ``{"encoding": null}`` or the name of the encoding of its texts, and the
    bytes of the file behind it.
    """
    options, _, data = request.partition(b"\n")
    packer = Packer(output)
    try:
        columns, told = read_sav(
            io.BytesIO(data),
            encoding=json.loads(options)["encoding"],
            user_missing=True,
            disable_datetime_conversion=True,
            output_format="dict",
        )
    except (ReadstatError, PyreadstatError) as error:
        packer.refused(_refusal(str(error)))
        return
    variables = [_variable(name, told) for name in told.column_names]
    packer.sheet("", "visible", variables=variables, encoding=told.file_encoding)
    packer.row(0, told.column_names)
    made = [_values(list(columns[name]), told.original_variable_types.get(name)) for name in columns]
    for number, values in enumerate(zip(*made, strict=True), 1):
        packer.row(number, values)
    packer.end()


def _refusal(reason: str) -> str:
    if "allocate" in reason:
        raise MemoryError
    text = "encoding" in reason or "character set" in reason
    return "sav_encoding" if text else "sav_damaged"


def _variable(name: str, told: metadata_container) -> list[Any]:
    labels = told.variable_value_labels.get(name, {})
    ranges = [
        (span["lo"], span["hi"]) for span in told.missing_ranges.get(name, ()) if isinstance(span, dict)
    ]
    return [
        name,
        told.column_names_to_labels.get(name) or "",
        [[packed(code), wording] for code, wording in labels.items()],
        [[_end(low), _end(high)] for low, high in ranges],
    ]


def _end(code: float | str) -> object:
    """Return the end of a range; an open one is ``None``."""
    return None if isinstance(code, float) and (math.isinf(code) or abs(code) > 1e300) else packed(code)


def _values(values: list[Any], format_: str | None) -> list[Any]:
    letters = (format_ or "").rstrip("0123456789.")
    read: Callable[[float], object] | None = _moment if letters.startswith(_DAYS) else None
    return [value if value is None or read is None else read(value) for value in values]


def _moment(seconds: float) -> object:
    try:
        return _REFORM + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return complex(seconds)  # no moment: refused with its seconds
