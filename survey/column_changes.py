"""What became of the questions since an earlier wave: renamed, moved, added, gone.

Answers of two waves are compared as if the same had been asked, so whatever changed in between is said
before anything is committed. Columns are compared by what they were read as, never by their letters.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from survey.errors import Place, Problem
from survey.import_report import ColumnReport
from survey.study import Study
from survey.wording import matching, without_question_number

Change = Literal["renamed", "moved", "added", "gone"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A column of a wave: what it was read as, under which header, in which order."""

    target: str
    header: str
    key: str | None = None


def asked_then(report: Mapping[str, Any]) -> tuple[Asked, ...]:
    """Return the columns of an import from the account that the project file keeps of it."""
    columns = report.get("columns", ())
    return tuple(Asked(c["target"], c["header"], c.get("key")) for c in columns)


def asked_now(columns: Sequence[ColumnReport]) -> tuple[Asked, ...]:
    """Return the columns of an import that was just read."""
    return tuple(Asked(column.target, column.header, column.key) for column in columns)


def column_changes(
    before: Sequence[Asked], after: Sequence[Asked], study: Study, file: str, wave: str
) -> tuple[Problem, ...]:
    """Return a warning for every part of the study that came in otherwise than in wave ``wave``.

    Facts from the customer system are compared by whether they are there; questions by wording and order too.

    Parameters
    ----------
    before, after : columns of that wave and of the present file, in the order of their sheets.
    file : name of the present file, for the places of warnings.
    """
    then, now = _by_target(before), _by_target(after)
    asked = [target for target in now if target in then and _is_question(study, target)]
    order = {target: n for n, target in enumerate(then)}
    still = _in_order([order[target] for target in asked])
    found: list[tuple[str, dict[str, Any]]] = []
    for n, target in enumerate(asked):
        found += [(code, {"id": target} | told) for code, told in _reworded(then[target], now[target])]
        if n not in still:
            found.append(("change_moved", {"id": target, "header": now[target][0].header}))
    found += [("change_added", {"id": t, "header": now[t][0].header}) for t in now if t not in then]
    found += [("change_gone", {"id": t, "before": then[t][0].header}) for t in then if t not in now]
    about = {"wave": wave}
    return tuple(
        Problem(code, Place(file), values | about | {"label": _label(study, values["id"])}, "warning")
        for code, values in found
    )


def _by_target(columns: Sequence[Asked]) -> dict[str, list[Asked]]:
    """Return the columns of every target, in the order of the first ones."""
    found: dict[str, list[Asked]] = {}
    for column in columns:
        found.setdefault(column.target, []).append(column)
    return found


def _reworded(then: Sequence[Asked], now: Sequence[Asked]) -> list[tuple[str, dict[str, Any]]]:
    """Return what became of the headers of one question: of several columns, which are new and which gone."""
    before, after = ({_form(column): column.header for column in columns} for columns in (then, now))
    if len(then) == len(now) == 1:
        headers = {"before": then[0].header, "header": now[0].header}
        return [("change_renamed", headers)] if before.keys() != after.keys() else []
    changed = [("change_option_added", {"header": after[form]}) for form in after if form not in before]
    return changed + [
        ("change_option_gone", {"before": before[form]}) for form in before if form not in after
    ]


def _form(column: Asked) -> str:
    """Return the wording without its question number: renumbering a form renames nothing."""
    return matching(without_question_number(column.header) or column.header)


def _is_question(study: Study, target: str) -> bool:
    """Whether respondents are asked: how a customer system heads its columns changes no answer."""
    column = study.column_by_id.get(target)
    return column is None or column.text is not None


def _label(study: Study, target: str) -> Any:
    return study.part_by_id[target].label if target in study.part_by_id else target


def _in_order(places: Sequence[int]) -> set[int]:
    """Return the positions of a longest ascending part of ``places``: what stands there did not move.

    >>> sorted(_in_order([0, 3, 1, 2]))
    [0, 2, 3]
    """
    tails: list[int] = []
    ends: list[int] = []
    back: list[int] = []
    for n, place in enumerate(places):
        at = bisect_left(tails, place)
        back.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(place)
            ends.append(n)
        else:
            tails[at], ends[at] = place, n
    kept = set()
    n = ends[-1] if ends else -1
    while n >= 0:
        kept.add(n)
        n = back[n]
    return kept
