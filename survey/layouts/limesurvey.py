"""LimeSurvey: ``id``, ``submitdate``, ``lastpage``, ``startlanguage``, then questions under one header row.

Headings are codes (``Q2[SQ001]`` or ``Q2_SQ001``), texts, texts cut after 15 characters, or code and text
together. The first four columns are known by their codes or, where headings are translated texts, by what
stands in them. An answer without a day of submission was never finished.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from survey.cells import Row
from survey.layouts.export import Dialect, Export, ExportColumn, RowState, SheetLike
from survey.layouts.headers import (
    Own,
    headers_of,
    hold_times,
    own,
    part_wordings,
    remark,
    texts_below,
    under_one_header,
    wordings,
)
from survey.layouts.limesurvey_headings import Heading, read_headings
from survey.wording import matching

NAME = "limesurvey"

_OWN: Mapping[str, Own] = {
    "id": "respondent",
    "submitdate": "submitted",
    "lastpage": "other",
    "startlanguage": "other",
    "seed": "other",
    "token": "other",
    "startdate": "started",
    "datestamp": "other",
    "ipaddr": "contact",
    "refurl": "source",
    "firstname": "contact",
    "lastname": "contact",
    "email": "contact",
    "interviewtime": "seconds",
}
# Headings of the same columns where questions are exported as texts, in English.
_OWN_TEXTS: Mapping[str, str] = {
    "responseid": "id",
    "datesubmitted": "submitdate",
    "lastpage": "lastpage",
    "startlanguage": "startlanguage",
    "seed": "seed",
    "token": "token",
    "accesscode": "token",
    "datestarted": "startdate",
    "datelastaction": "datestamp",
    "ipaddress": "ipaddr",
    "referrerurl": "refurl",
    "firstname": "firstname",
    "lastname": "lastname",
    "emailaddress": "email",
    "totaltime": "interviewtime",
}
_FIRST = ("id", "submitdate", "lastpage", "startlanguage")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]+)*")
_SEED = re.compile(r"\d{5,}")
_TIMING = re.compile(r"groupTime\d+|(?:Group|Question) time: .*", re.IGNORECASE)
_COMMENTED = re.compile(r"(?P<part>.*?)_?comment", re.IGNORECASE)

_CHOSEN = frozenset({"y", "yes", "是"})

DIALECT = Dialect(
    chosen=_CHOSEN | {"1"},
    # Y and N may be recoded to numbers, by default to 1 and 2.
    unchosen=frozenset({"n", "no", "否", "0", "2"}),
    guard="'",
)


@dataclass(frozen=True, slots=True)
class _Group:
    """What the columns of one question have in common."""

    size: int
    whole: bool  # one of the columns is the question itself
    options: bool  # the parts are plainly options
    labels: Mapping[str, str]  # of its parts, by their codes


def recognise(file: str, sheet: SheetLike, head: Sequence[Row]) -> Export | None:
    """Return what ``sheet`` is, or ``None`` when its first four columns are not those of LimeSurvey."""
    if not head:
        return None
    header, rows = head[0], head[1:]
    headings = read_headings(headers_of(header), _FIRST)
    if headings is None and _first_four(header, rows):
        headings = read_headings(headers_of(header), None)
    if headings is None:
        return None
    owned = _owned(headings, rows)
    submitted = next((column for column, what in owned.items() if what == "submitted"), None)
    asked = {column: heading for column, heading in headings.items() if column not in owned}
    columns = [own(column, headings[column].header, what) for column, what in owned.items()]
    columns += _questions(asked, rows)
    cut = any(".. " in heading.header or heading.header.endswith("..") for heading in asked.values())
    states: Mapping[int, Mapping[str, RowState]] = {submitted: {"": "partial"}} if submitted else {}
    remarks = [remark("layout_headings_cut", file, sheet)] if cut else []
    return under_one_header(NAME, head, columns, DIALECT, states, remarks)


def _first_four(header: Row, rows: Sequence[Row]) -> bool:
    """Return whether numbers, times, page numbers and languages stand in the first four columns."""
    numbers, pages, languages = (texts_below(rows, column) for column in (1, 3, 4))
    return (
        len(headers_of(header)) > 4
        and len(set(numbers)) == len(rows) > 0
        and hold_times(rows, 2)
        and all(number.isdecimal() for number in [*numbers, *pages])
        and len(languages) == len(rows)
        and all(_LANGUAGE.fullmatch(language) for language in languages)
    )


def _owned(headings: Mapping[int, Heading], rows: Sequence[Row]) -> dict[int, Own]:
    """Return the columns that LimeSurvey adds, by code, by English text, or by what stands in them."""
    owned: dict[int, Own] = {}
    codes = {heading.code for heading in headings.values() if heading.code}
    places = {} if codes else _translated(rows)
    for column, heading in headings.items():
        code = heading.code or _OWN_TEXTS.get(matching(heading.header).replace("_", ""), "")
        code = places.get(column, code)
        if code in _OWN:
            owned[column] = _OWN[code]
        elif _is_timing(heading, codes):
            owned[column] = "other"
    return owned


def _translated(rows: Sequence[Row]) -> dict[int, str]:
    """Return the codes of the first columns where headings are texts in some language.

    Behind the four come a seed, if the survey has one, then the times of beginning and last action.
    """
    places = dict(enumerate(_FIRST, 1))
    at = len(places) + 1
    seeds = texts_below(rows, at)
    if seeds and all(map(_SEED.fullmatch, seeds)) and hold_times(rows, at + 1):
        places[at] = "seed"
        at += 1
    for code in ("startdate", "datestamp"):
        if hold_times(rows, at):
            places[at] = code
            at += 1
    return places


def _is_timing(heading: Heading, codes: set[str]) -> bool:
    if heading.code:
        timed = heading.code.removesuffix("Time")
        return bool(_TIMING.fullmatch(heading.code)) or (timed != heading.code and timed in codes)
    return bool(_TIMING.fullmatch(heading.header.replace("_", " ")))


def _questions(headings: Mapping[int, Heading], rows: Sequence[Row]) -> Iterator[ExportColumn]:
    questions: dict[str, dict[int, Heading]] = {}
    for column, heading in headings.items():
        questions.setdefault(heading.question, {})[column] = heading
    groups = {question: _group(ours, rows) for question, ours in questions.items()}
    for column, heading in headings.items():
        group = groups[heading.question]
        if not heading.divided or (not heading.code and group.size == 1):
            names = wordings(heading.stem, heading.header, heading.code)
            yield ExportColumn(column, heading.header, names, heading.key)
        else:
            yield _part(column, heading, group)


def _group(headings: Mapping[int, Heading], rows: Sequence[Row]) -> _Group:
    parts = {column: heading for column, heading in headings.items() if heading.divided}
    labels = {h.part_code: h.part for h in parts.values() if h.part_code and h.part}
    given = [column for column, heading in parts.items() if not _typed(heading)]
    held = {text for column in given for text in texts_below(rows, column)}
    return _Group(
        size=len(headings),
        whole=len(parts) < len(headings),
        # A matrix has no open row, and what is not chosen is left blank.
        options=any(_is_other(heading) for heading in parts.values()) or (bool(held) and held <= _CHOSEN),
        labels=labels,
    )


def _is_other(heading: Heading) -> bool:
    return matching(heading.part_code or heading.part) in ("other", "其他", "其它")


def _typed(heading: Heading) -> bool:
    return _is_other(heading) or bool(_COMMENTED.fullmatch(heading.part_code or ""))


def _part(column: int, heading: Heading, group: _Group) -> ExportColumn:
    code = heading.part_code
    if code and (commented := _COMMENTED.fullmatch(code)):
        code = commented["part"] or code
    typed = _typed(heading) or (group.whole and not heading.code)
    names: tuple[str, ...] = (heading.header,)
    if typed:
        # ``Question [Other]`` would name the option itself.
        names = (f"{heading.stem} {heading.part}" if heading.part else heading.code,)
    elif not group.options:
        names = part_wordings(heading.stem, heading.part, heading.header)
    if group.size == 1:
        names += wordings(heading.stem)
    return ExportColumn(
        column,
        heading.header,
        tuple(dict.fromkeys(names)),
        heading.key,
        question=heading.question,
        stems=wordings(heading.stem, heading.base),
        part=group.labels.get(code or "", heading.part) or code,
        part_code=code,
        typed=typed,
    )
