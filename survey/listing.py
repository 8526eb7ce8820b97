"""Many equal problems on one line: a column of wrong cells is one thing to repair, not a thousand.

Only printing groups; machine-readable output holds every problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from survey.errors import Problem
from survey.language import Language, catalogue, listing

_DIGITS = re.compile(r"\d+$")


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """Problems that differ only in the row they stand in; never empty."""

    problems: tuple[Problem, ...]

    def line(self, language: Language, *, shown: int = 5) -> str:
        """Return the message with the first ``shown`` cells and how many there are."""
        first = self.problems[0]
        if len(self.problems) == 1:
            return first.line(language)
        rest = [problem.place.cell or str(problem.place.line) for problem in self.problems[1:shown]]
        places = listing([str(first.place), *rest])[language]
        return catalogue("survey")(
            "listing.cells", language, places=places, n=len(self.problems), message=first.message(language)
        )


def group_problems(problems: Iterable[Problem]) -> tuple[ProblemGroup, ...]:
    """Group problems of one column that say the same; errors come first, else the order is kept."""
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for problem in sorted(problems, key=lambda problem: problem.severity != "error"):
        place = problem.place
        repeats = place.cell is not None or (place.line is not None and place.sheet is None)
        column = _DIGITS.sub("", place.cell) if place.cell is not None else place.key
        where = (place.file, place.sheet, column) if repeats else (place,)
        groups.setdefault((problem.code, problem.severity, where, problem.message("en")), []).append(problem)
    return tuple(ProblemGroup(tuple(group)) for group in groups.values())
