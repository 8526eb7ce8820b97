"""What a line of the table of bad inputs says: how to draw it, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drawing import both, build, c, raw, row, sheet, small_study, text, workbook

from survey.archive import Limits
from survey.importing import ImportOptions
from survey.study import Study

Draw = Callable[[Path], Path]
Q1 = small_study("Q1")
WHY = small_study(
    "Q1",
    open_questions=[{"id": "why", "text": both("为什么？", "Why?"), "label": both("原因", "Reason")}],
)


@dataclass(frozen=True)
class Refused:
    """Nothing is imported. ``codes`` are those of all errors, in order; ``secret`` is said nowhere."""

    code: str
    more: tuple[str, ...] = ()
    secret: str = ""

    @property
    def codes(self) -> list[str]:
        """The codes of all errors."""
        return [self.code, *self.more]


@dataclass(frozen=True)
class NoAnswer:
    """The cell A2 is no answer: it stops the import, or is stored as invalid where that is asked for."""

    code: str


@dataclass(frozen=True)
class Read:
    """The file is read, with warnings of certain codes. What is ``None`` is not looked at.

    ``codes`` are the answers by row, ``changes`` counts cells that were changed to be read, ``comments``
    are those of the question ``why``, ``fact`` is the column ``fact`` of the first respondent.
    """

    warned: tuple[str, ...] = ()
    codes: list[list[int]] | None = None
    changes: Mapping[str, int] | None = None
    comments: tuple[str, ...] | None = None
    fact: object = None


@dataclass(frozen=True)
class Shown:
    """What happens after the import, in both languages, and the test (``file::name``) that shows it."""

    zh: str
    en: str
    by: str


@dataclass(frozen=True)
class BadInput:
    """One kind of bad input.

    ``number`` is its place in the list that the project was given. ``lowered`` names a limit and a value
    under which a small file stands for a large one.
    """

    number: int
    zh: str
    en: str
    ends: Refused | NoAnswer | Read | Shown
    cases: Mapping[str, Draw] = field(default_factory=dict)
    study: Study = Q1
    file: str = "wave.xlsx"
    lowered: tuple[str, int] | None = None
    options: ImportOptions = field(default_factory=ImportOptions)

    @property
    def limits(self) -> Limits:
        """The limits under which it is read."""
        return Limits(**dict([self.lowered] if self.lowered else []))


@dataclass(frozen=True)
class Section:
    """Kinds of bad input that belong together."""

    letter: str
    zh: str
    en: str
    inputs: tuple[BadInput, ...]


# -- drawing --------------------------------------------------------------------------------------

HEADER = row(1, text("A1", "Q1"))
ANSWERED = (HEADER, row(2, c("A2", 5)))
WHOLE = sheet(*ANSWERED)


def with_sheet(*rows: str, **parts: Any) -> Draw:
    """Draw a workbook of some rows; other parts of it may be given."""
    return lambda p: build(p, sheet=sheet(*rows), **parts)


def with_parts(**parts: Any) -> Draw:
    """Draw a workbook of one answer, 5, of which other parts are bad."""
    return lambda p: build(p, **{"sheet": WHOLE, **parts})


def with_bytes(content: bytes) -> Draw:
    """Draw a file of some bytes."""
    return lambda p: raw(p, content)


def answered_by(cell: str) -> Draw:
    """Draw a workbook in which Q1 is answered by ``cell``, which stands at A2."""
    return with_sheet(HEADER, row(2, cell))


def drawn_as(picture: str) -> Draw:
    """Draw a workbook as it looks on screen."""
    return lambda p: workbook(p.parent, picture)


def with_comment(written: str) -> Draw:
    """Draw a workbook of one answer with a comment."""
    return with_sheet(row(1, text("A1", "Q1"), text("B1", "why")), row(2, c("A2", 5), text("B2", written)))
