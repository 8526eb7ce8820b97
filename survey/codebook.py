"""What a data file says about its own columns: the question behind a name, the wording behind a code.

Cells of an .sav are codes, and its dictionary says what they mean there. The study alone says what they
mean here, so the two are compared, never mixed: where the file calls 1 what the study calls 5, somebody
turned the scale round, and the answers would be stored upside down without a word.

``codebook(sheet)`` gives the variables by column number; a sheet of any other format has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from survey.cells import CellValue

Code = int | float | str
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Variable:
    """One column as its file describes it.

    Attributes
    ----------
    name : name of the variable, unique in the file; the header of the column.
    label : the question in words, empty when there is none.
    labels : code -> its wording.
    missing : ranges of codes, ends included, that whoever made the file declared to be no answers. Why they
        are none is for the study to say; a range open at one end has an infinite one.
    """

    name: str
    label: str = ""
    labels: Mapping[Code, str] = field(default_factory=dict)
    missing: tuple[tuple[Code, Code], ...] = ()

    def wording(self, value: CellValue | None) -> str | None:
        """Return what the file calls a cell, ``None`` where it does not say."""
        return self.labels.get(value) if type(value) in (int, float, str) else None  # type: ignore[arg-type]  # as just asked

    def is_missing(self, value: CellValue | None) -> bool:
        """Whether the file declares a cell to be no answer."""
        if isinstance(value, str):
            return any(low == value for low, _ in self.missing)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        ranges = ((low, high) for low, high in self.missing if not isinstance(low, str))
        return any(low <= value <= high for low, high in ranges if not isinstance(high, str))


class Contradiction(NamedTuple):
    """A code of the file whose wording has another meaning in the study."""

    code: Code
    wording: str
    meant: object


def codebook(sheet: object) -> Mapping[int, Variable]:
    """Return the variables of a sheet by column number; none where its format describes none."""
    found: Mapping[int, Variable] = getattr(sheet, "dictionary", {})
    return found


def contradictions(variable: Variable, find: Callable[[str], T | None]) -> Iterator[Contradiction]:
    """Yield the codes that the file words as something which ``find`` knows under another code.

    >>> turned = Variable("Q1", labels={1: "very satisfied", 5: "very dissatisfied", 3: "so-so"})
    >>> [found.code for found in contradictions(turned, {"very satisfied": 5, "so-so": 3}.get)]
    [1]
    """
    for code, wording in variable.labels.items():
        meant = find(wording)
        if meant is not None and meant != code:
            yield Contradiction(code, wording, meant)
