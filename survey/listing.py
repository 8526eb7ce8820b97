"""Problems by what there is to do: a column of wrong cells is one thing to repair, not a thousand.

Cells of one column that are wrong for the same reason make one group, whatever stands in them; the group
says which values those are. A sentence ``group.<code>`` tells of several cells what ``problem.<code>``
tells of one, and what it does not name may differ inside the group. Groups come in the order of repair:
the file, its headers, its columns from left to right and each from its first cell down, its rows; the values
of a group come in the order of its cells. Problems of a study file keep their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from string import Formatter
from typing import Any

from survey.cells import column_letters
from survey.errors import Place, Problem, Severity
from survey.language import LANGUAGES, Language, catalogue, listing, two_parts
from survey.spots import Spot, spans, spot_of

SPANS_SHOWN = 5
VALUES_SHOWN = 8

_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
# What tells the problems of a group apart, where that is not the value of a cell; and its wording.
_APART: dict[str, tuple[str, ...]] = {
    "change_added": ("id", "label"),
    "change_gone": ("id", "label"),
    "change_moved": ("id", "label"),
    "change_renamed": ("id", "label"),
    "csv_ragged": ("found",),
    "import_column_absent": ("id", "label"),
    "import_column_left_out": ("header",),
    "import_column_left_out_decided": ("header",),
    "import_column_missing": ("id", "label"),
    "import_contact_left_out": ("header",),
    "import_option_unknown": ("option",),
    "import_question_unknown": ("header",),
    "import_respondent_twice": ("respondent",),
}
_OF_HEADERS = frozenset(
    {
        "import_column_left_out",
        "import_column_left_out_decided",
        "import_column_twice",
        "import_contact_left_out",
        "import_header_ambiguous",
        "import_option_unknown",
        "import_question_proposed",
        "import_question_unknown",
        "import_unnamed_column",
    }
)
# Groups that run across columns.
_ACROSS = (_OF_HEADERS & _APART.keys()) | {"import_not_a_mark", "import_not_a_rank", "import_stray_cell"}
_OF_ROWS = frozenset({"import_row_without_answers", "import_stray_cell"})


@dataclass(frozen=True)
class ProblemGroup:
    """Problems that one repair settles; never empty. The first is the one to look at."""

    problems: tuple[Problem, ...]

    @property
    def code(self) -> str:
        """The code that they share."""
        return self.problems[0].code

    @property
    def severity(self) -> Severity:
        """The severity that they share."""
        return self.problems[0].severity

    @property
    def place(self) -> Place:
        """Where the first of them stands."""
        return self.problems[0].place

    @cached_property
    def spots(self) -> tuple[Spot, ...]:
        """The cells, where the problems have cells."""
        found = (spot_of(problem.place) for problem in self.problems)
        return tuple(dict.fromkeys(spot for spot in found if spot is not None))

    @property
    def tabular(self) -> bool:
        """Whether this is about a table of answers, and not about a study file."""
        return _is_tabular(self.problems[0])

    @cached_property
    def values(self) -> dict[str, tuple[Problem, ...]]:
        """The problems by the value that is wrong, in the order of their cells; empty where there is none."""
        found: dict[str, list[Problem]] = {}
        for problem in self.problems:
            apart = _APART.get(problem.code, ("value",))
            if apart[0] in problem.values:
                found.setdefault(str(problem.values[apart[0]]), []).append(problem)
        return {value: tuple(problems) for value, problems in found.items()}

    def parts(self, language: Language) -> tuple[str, str]:
        """Return what is wrong, and what to do about it; the second may be empty."""
        first = self.problems[0]
        template = _group_template(self.code, language)
        if len(self.problems) == 1 or (template is None and len(self.values) < 2):
            return first.parts(language)
        if template is None:
            wrong, remedy = first.parts(language)
            others = list(self.values)[1:]
            likewise = catalogue("survey")("listing.likewise", language, values=self._told(others, language))
            return f"{wrong}{_gap(language)}{likewise}", remedy
        if "values" in _names(template) and len(self.values) < 2:
            return first.parts(language)
        told = first.told(language) | {
            "values": self._told(list(self.values), language),
            "count": len(self.problems),
        }
        wrong, remedy = two_parts(template)
        return wrong.format(**told), remedy.format(**told)

    def message(self, language: Language) -> str:
        """Return what is wrong and how to repair it, without the places."""
        return _gap(language).join(part for part in self.parts(language) if part)

    def line(self, language: Language, *, shown: int = SPANS_SHOWN) -> str:
        """Return the message with the first places and how many there are."""
        if len(self.problems) == 1:
            return self.problems[0].line(language)
        text, message, n = catalogue("survey"), self.message(language), len(self.problems)
        if not self.spots and self.place.sheet is None and self.place.line is not None:
            lines = _cut([str(problem.place.line) for problem in self.problems], shown, language)
            return text("listing.lines", language, file=self.place.file, lines=lines, n=n, message=message)
        if not self.spots:
            return text("listing.of_file", language, place=self.place, message=message)
        places = listing(self.spans[:shown])[language] + (" …" if len(self.spans) > shown else "")
        sheet = f"{self.place.sheet}!" if self.place.sheet is not None else ""
        where = f"{self.place.file}, {sheet}{places}"
        return text("listing.cells", language, places=where, n=n, message=message)

    @property
    def spans(self) -> list[str]:
        """Where the cells are, neighbours as ranges: ``B2:B8``."""
        return spans(self.spots)

    def document(self) -> dict[str, Any]:
        """Return the group as JSON values, with every cell and every value."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.place.file,
            "sheet": self.place.sheet,
            "columns": [column_letters(column) for column in sorted({spot.column for spot in self.spots})],
            "count": len(self.problems),
            "cells": self.spans,
            "values": [
                {"value": value, "count": len(problems), "cells": ProblemGroup(problems).spans}
                for value, problems in self.values.items()
            ],
            "wrong": {language: self.parts(language)[0] for language in LANGUAGES},
            "remedy": {language: self.parts(language)[1] for language in LANGUAGES},
        }

    def _told(self, values: Sequence[str], language: Language) -> str:
        """Return values with the number of their cells, as many as fit into a sentence."""
        text = catalogue("survey")
        told = []
        for value in values[:VALUES_SHOWN]:
            problems = self.values[value]
            shown = self._shown(value, problems[0], language)
            n = len(problems)
            told.append(text("listing.value", language, value=shown, n=n) if n > 1 else shown)
        return _cut(told, VALUES_SHOWN, language, len(values))

    def _shown(self, value: str, problem: Problem, language: Language) -> str:
        if len(_APART.get(self.code, ())) > 1:
            return catalogue("survey")(
                "listing.named", language, id=value, label=problem.told(language)["label"]
            )
        return value if _NUMBER.fullmatch(value) else f"“{value}”"


def group_problems(problems: Iterable[Problem]) -> tuple[ProblemGroup, ...]:
    """Group problems that one repair settles; errors come first, then what is to be repaired first."""
    found = list(problems)
    sheets = {
        sheet: n for n, sheet in enumerate(dict.fromkeys(p.place.sheet for p in found if p.place.sheet))
    }
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for problem in sorted(found, key=lambda problem: _order(problem, sheets)):
        groups.setdefault(_shared(problem), []).append(problem)
    return tuple(ProblemGroup(tuple(group)) for group in groups.values())


def _order(problem: Problem, sheets: Mapping[str, int]) -> tuple[int, ...]:
    warning, sheet = int(problem.severity != "error"), sheets.get(problem.place.sheet or "", -1)
    spot = spot_of(problem.place)
    if spot is None:
        return warning, sheet, 0, 0, 0
    rank = 1 if problem.code in _OF_HEADERS else 3 if problem.code in _OF_ROWS else 2
    return warning, sheet, rank, spot.column, spot.row


def _is_tabular(problem: Problem) -> bool:
    return problem.place.sheet is not None or problem.code.startswith(
        ("import_", "change_", "csv_", "workbook_")
    )


def _shared(problem: Problem) -> tuple[object, ...]:
    """Return what the problems of a group have in common."""
    place, template = problem.place, _group_template(problem.code, "en")
    if not _is_tabular(problem):
        return problem.code, problem.severity, place, problem.message("en")
    spot = spot_of(place)
    column = None if spot is None or problem.code in _ACROSS else spot.column
    where = place.file, place.sheet, spot is None, column
    blanked = dict(problem.values) | dict.fromkeys(_APART.get(problem.code, ("value",)), "")
    if template is None:
        said = Problem(problem.code, place, blanked).message("en")
    else:
        said = template.format(**(problem.told("en") | {"values": "", "count": ""}))
    return problem.code, problem.severity, where, said


def _group_template(code: str, language: Language) -> str | None:
    sentence = catalogue("survey").get(f"group.{code}")
    return None if sentence is None else sentence[language]


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def _gap(language: Language) -> str:
    return "" if language == "zh" else " "


def _cut(words: Sequence[str], shown: int, language: Language, n: int | None = None) -> str:
    """Return the first words in a row, and how many more there are."""
    more = (len(words) if n is None else n) - shown
    told = listing(words[:shown])[language]
    return told if more <= 0 else catalogue("survey")("listing.more", language, words=told, n=more)
