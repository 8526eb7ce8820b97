"""What is said when a file answers so differently from what its wave holds that it is not taken.

A few different answers are corrections; when most people answer differently, it is usually another wave or
a shifted export. One summary comes first and the respondents after it are examples, not a list to work
through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from survey.errors import Place, Problem
from survey.language import Language, listing

if TYPE_CHECKING:
    from survey.comparison import Comparison
    from survey.import_record import ImportRecord, ImportSource

SHOWN = 20
_NAMES_SHOWN = 5


def rows_differ(found: Comparison, source: ImportSource, current: Sequence[ImportRecord]) -> list[Problem]:
    """Return why a second file cannot correct a wave in which people are known by row number."""
    values: dict[str, Any] = {"wave": found.new.wave, "n": len(found.differing), "total": len(found.new)}
    return [Problem("store_rows_differ", Place(source.file), values | {"numbers": numbers(current)})]


def disagreements(found: Comparison, source: ImportSource) -> list[Problem]:
    """Return the summary of what differs, then the first respondents that do."""
    counts: dict[str, Any] = {"wave": found.new.wave, "n": len(found.differing), "total": len(found.new)}
    counts |= {"equal": found.unchanged, "fresh": len(found.fresh)}
    shown = [_respondent(found, n, source) for n in islice(found.differing, SHOWN)]
    code = "store_answers_differ_more" if len(found.differing) > SHOWN else "store_answers_differ"
    return [Problem(code, Place(source.file), counts | {"shown": len(shown)}), *shown]


def numbers(current: Sequence[ImportRecord]) -> Mapping[Language, str]:
    """Return the numbers of the imports to take back."""
    return listing(record.number for record in current)


def _respondent(found: Comparison, n: int, source: ImportSource) -> Problem:
    names = found.differing[n]
    more = ["…"] if len(names) > _NAMES_SHOWN else []
    shown = source.shown or found.new.respondents
    values = {"respondent": shown[n], "wave": found.new.wave}
    place = source.places[n] if source.places else Place(source.file)
    return Problem(
        "store_respondent_differs", place, values | {"names": listing([*names[:_NAMES_SHOWN], *more])}
    )
