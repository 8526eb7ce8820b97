"""Qualtrics as it exported until 2017: ``V1`` to ``V10``, then the questions, under two header rows.

The first row names the columns, the second holds ``ResponseID`` and its kin under the ``V`` and the texts
of the questions under their names. Stem and part of a text are joined by a plain hyphen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from survey.cells import Row
from survey.layouts.export import Export, ExportColumn, SheetLike
from survey.layouts.headers import Own, columns_of, forms_of, own, row_after, shown, wordings
from survey.layouts.qualtrics import FINISHED, STATUS, dialect_of
from survey.layouts.stems import Spoken, question_columns
from survey.wording import matching

NAME = "qualtrics_legacy"

_OWN: Mapping[str, Own] = {
    "responseid": "respondent",
    "responseset": "other",
    "name": "contact",
    "externaldatareference": "other",
    "emailaddress": "contact",
    "ipaddress": "contact",
    "status": "status",
    "startdate": "started",
    "enddate": "submitted",
    "finished": "status",
}
_PLACES = ("locationlatitude", "locationlongitude", "locationaccuracy")
_V = re.compile(r"V\d{1,2}")
_TYPED = re.compile(r"(?P<question>.+)_(?P<part>\d+)_TEXT")
_PART = re.compile(r"(?P<question>.+)_(?P<part>\d+)")


def recognise(file: str, sheet: SheetLike, head: Sequence[Row]) -> Export | None:
    """Return what ``sheet`` is, or ``None`` when ``V1`` does not stand above ``ResponseID``."""
    if len(head) < 2 or shown(head[0], 1) != "V1" or matching(shown(head[1], 1)) != "responseid":
        return None
    names, texts, rows = head[0], head[1], head[2:]
    columns = sorted(_columns(names, texts), key=lambda column: column.column)
    found = forms_of(texts)
    told = (("status", STATUS), ("finished", FINISHED))
    states = {found[form]: meanings for form, meanings in told if form in found}
    return Export(
        NAME,
        (names.number, texts.number),
        row_after(texts, rows),
        tuple(columns),
        dialect_of(rows, states),
        states,
    )


def _columns(names: Row, texts: Row) -> Iterator[ExportColumn]:
    present = {shown(names, column) for column in columns_of(names)}
    questions: dict[str, list[Spoken]] = {}
    for column in columns_of(names, texts):
        name, text = shown(names, column), shown(texts, column)
        header = " / ".join(dict.fromkeys(filter(None, (name, text))))
        what = _OWN.get(matching(text)) if _V.fullmatch(name) else None
        if matching(name) in _PLACES:
            what = "contact"
        if what is not None:
            yield own(column, header, what, name, text)
        else:
            question, spoken = _spoken(Spoken(column, header, name, text or name, name), present)
            questions.setdefault(question, []).append(spoken)
    for question, columns in questions.items():
        yield from _alone(columns) if len(columns) == 1 else question_columns(question, columns, "-")


def _spoken(column: Spoken, present: set[str]) -> tuple[str, Spoken]:
    typed, part = _TYPED.fullmatch(column.name), _PART.fullmatch(column.name)
    if typed and (typed["question"] in present or column.name.removesuffix("_TEXT") in present):
        return typed["question"], replace(column, part_code=typed["part"], typed=True)
    if part and part["question"] not in present:
        return part["question"], replace(column, part_code=part["part"])
    return column.name, column


def _alone(columns: Sequence[Spoken]) -> Iterator[ExportColumn]:
    """Return a column that shares its question with no other, whose hyphens mean nothing."""
    for column in columns:
        yield ExportColumn(column.column, column.header, wordings(column.text, column.name), column.key)
