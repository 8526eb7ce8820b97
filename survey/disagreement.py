"""What is said when a file answers differently from what its wave holds already.

A second file for a wave is usually the wrong wave or a corrected export, so one summary comes first and
the respondents after it are examples, not a list to work through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from survey.errors import Place, Problem
from survey.language import listing

if TYPE_CHECKING:
    from survey.responses import Responses
    from survey.store import ImportSource

SHOWN = 20
_NAMES_SHOWN = 5


def disagreements(
    new: Responses, differing: Mapping[int, Sequence[str]], fresh: int, source: ImportSource
) -> list[Problem]:
    """Return the summary of what differs, then the first respondents that do.

    Parameters
    ----------
    new : the answers of the file.
    differing : position in ``new`` -> what differs from the answers held; not empty.
    fresh : how many respondents of ``new`` are not held yet.
    source : where ``new`` comes from; its ``places`` say where each respondent stands.
    """
    counts: dict[str, Any] = {"wave": new.wave, "n": len(differing), "total": len(new)}
    counts |= {"equal": len(new) - len(differing) - fresh, "fresh": fresh}
    design, place = source.study.design, Place(source.file)
    if design.respondent is None:
        return [Problem("store_rows_differ", place, counts)]
    if {name for names in differing.values() for name in names} == {design.weight}:
        return [Problem("store_weights_differ", place, counts | {"weight": design.weight})]
    first = list(differing.items())[:SHOWN]
    shown = [_respondent(new, n, names, source) for n, names in first]
    code = "store_answers_differ_more" if len(differing) > SHOWN else "store_answers_differ"
    return [Problem(code, place, counts | {"shown": len(shown)}), *shown]


def _respondent(new: Responses, n: int, names: Sequence[str], source: ImportSource) -> Problem:
    more = ["…"] if len(names) > _NAMES_SHOWN else []
    shown = source.shown or new.respondents
    values = {"respondent": shown[n], "wave": new.wave}
    place = source.places[n] if source.places else Place(source.file)
    return Problem(
        "store_respondent_differs", place, values | {"names": listing([*names[:_NAMES_SHOWN], *more])}
    )
