"""What is noted while a workbook is read: problems that stop the import, and warnings that do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from survey.errors import ImportProblems, Place, Problem

MOST_PROBLEMS = 50_000


@dataclass
class Notes:
    """Problems and warnings in the order in which they were found; of each at most ``MOST_PROBLEMS``."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def note(self, problem: Problem) -> None:
        """Note one problem or warning."""
        listed = self.problems if problem.severity == "error" else self.warnings
        if len(listed) < MOST_PROBLEMS:
            listed.append(problem)

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
