"""What is noted while a workbook is read: problems that stop the import, and warnings that do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from survey.errors import ImportProblems, Place, Problem

MOST_PROBLEMS = 50_000


@dataclass
class Notes:
    """Problems and warnings in the order in which they were found; of each at most ``MOST_PROBLEMS``.

    ``rows`` are the problems of single rows of answers, by row; without those rows they would not be.
    """

    file: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    rows: dict[int, list[Problem]] = field(default_factory=dict)

    def note(self, problem: Problem) -> None:
        """Note one problem or warning."""
        listed = self.problems if problem.severity == "error" else self.warnings
        if len(listed) < MOST_PROBLEMS:
            listed.append(problem)

    def note_row(self, row: int, problem: Problem) -> None:
        """Note one problem or warning of one row of answers."""
        self.note(problem)
        if problem.severity == "error":
            self.rows.setdefault(row, []).append(problem)

    @property
    def only_rows(self) -> bool:
        """Whether every problem is one of a single row."""
        return len(self.problems) == sum(map(len, self.rows.values())) < MOST_PROBLEMS

    def problem(self, code: str, place: Place, **values: Any) -> None:
        """Note what stops the import."""
        self.note(Problem(code, place, values))

    def warn(self, code: str, place: Place, **values: Any) -> None:
        """Note what does not stop the import."""
        self.note(Problem(code, place, values, "warning"))

    def stop_if_wrong(self) -> None:
        """Raise ``ImportProblems`` with everything noted, when there is a problem."""
        if not self.problems:
            return
        listed = [*self.problems, *self.warnings]
        if len(self.problems) >= MOST_PROBLEMS:
            listed.append(Problem("import_too_many", Place(self.file), {"n": MOST_PROBLEMS}))
        raise ImportProblems(listed)
