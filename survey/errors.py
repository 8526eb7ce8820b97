"""Problems that a person can repair: where, what, what would have been right, what to do.

A problem is data, not a sentence: the catalogue turns it into Chinese or English when it is shown.
Functions collect every problem before they raise, so that one run shows them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from survey.language import Language, catalogue, two_parts

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem stands: a line and key of a study file, or a sheet and cell of a workbook."""

    file: str
    line: int | None = None
    key: str | None = None
    sheet: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        """``study.yaml:12, items[3].scale`` or ``wave1.xlsx, Sheet1!B2``."""
        if self.sheet is not None:
            return f"{self.file}, {self.sheet}!{self.cell}" if self.cell else f"{self.file}, {self.sheet}"
        spot = f"{self.file}:{self.line}" if self.line is not None else self.file
        return f"{spot}, {self.key}" if self.key else spot


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place.

    ``code`` names the sentence ``problem.<code>`` of the survey catalogue. That sentence says what is
    wrong, what would have been right and what to do; ``values`` fill it in. A value may be a mapping
    of language to text, so that wordings appear in the reader's language.
    """

    code: str
    place: Place
    values: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "error"

    def message(self, language: Language) -> str:
        """Return what is wrong and how to repair it, without the place."""
        return catalogue("survey")(f"problem.{self.code}", language, **self.told(language))

    def parts(self, language: Language) -> tuple[str, str]:
        """Return the first sentence of the message, which says what is wrong, and the rest."""
        wrong, rest = two_parts(catalogue("survey")[f"problem.{self.code}"][language])
        told = self.told(language)
        return wrong.format(**told), rest.format(**told)

    def told(self, language: Language) -> dict[str, object]:
        """Return the values as the sentences of ``language`` show them."""
        return {name: _in(value, language) for name, value in self.values.items()}

    def line(self, language: Language) -> str:
        """Return place and message on one line."""
        return f"{self.place}: {self.message(language)}"


def _in(value: object, language: Language) -> object:
    if isinstance(value, Mapping):
        return value[language]
    text = getattr(value, language, None)
    return value if text is None else text


class ProblemsError(Exception):
    """Every problem found in one input; nothing of that input was used."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.line("en") for problem in self.problems))


class StudyProblems(ProblemsError):
    """A study file that cannot be used."""


class ImportProblems(ProblemsError):
    """A workbook that cannot be imported."""


class PanelProblems(ProblemsError):
    """Workbooks of experts that hold no weights yet."""


class StoreProblems(ProblemsError):
    """A project file that cannot be opened, written or trusted."""


class WeightProblems(ProblemsError):
    """A weight set that cannot be read, or is not for the index of the study."""
