"""What respondents see: questions in order and numbered, runs of items on one scale, the answers offered.

Facts from the customer system are no part of it: a column is asked only if the study gives it a wording.
The one thing a newcomer would get wrong: a blank code without a wording is a code for data, not an answer
to offer, and neither are ``blank`` and ``not_asked``, which nobody chooses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from survey.questions import AskedIf, ChoiceQuestion, Column, Item, OpenQuestion, Scale, Text
from survey.study import Study

Question = Item | ChoiceQuestion | OpenQuestion | Column

LIST_ANSWERS = 31  # a scale with more answers is typed, not chosen from a list

_NOT_CHOSEN = frozenset({"blank", "not_asked"})


@dataclass(frozen=True, slots=True)
class Offered:
    """An answer that a scale offers: its code, its wording if it has one, and whether it is a blank."""

    code: int
    label: Text | None
    blank: bool


@dataclass(frozen=True, slots=True)
class Block:
    """One question, or neighbouring items on one scale put to the same people.

    ``scale`` is the id of that scale, ``None`` for whatever is no item.
    """

    questions: tuple[Question, ...]
    scale: str | None
    asked_if: AskedIf | None

    @property
    def matrix(self) -> bool:
        """Whether several items share the scale."""
        return len(self.questions) > 1


def asked(study: Study) -> tuple[Question, ...]:
    """Return every question in the order in which it is put: about the respondent comes last."""
    columns = tuple(column for column in study.columns if column.text is not None)
    return (*study.items, *study.choice_questions, *study.open_questions, *columns)


def numbered(study: Study) -> Mapping[str, int]:
    """Return the number of each question by id, from 1."""
    return {question.id: number for number, question in enumerate(asked(study), start=1)}


def blocks(study: Study) -> Iterator[Block]:
    """Yield the questions, items on one scale under one condition together."""
    for (scale, asked_if), items in groupby(study.items, key=lambda item: (item.scale, item.asked_if)):
        yield Block(tuple(items), scale, asked_if)
    for question in asked(study)[len(study.items) :]:
        yield Block((question,), None, getattr(question, "asked_if", None))


def wording(question: Question) -> Text:
    """Return the full wording of a question."""
    return question.text or question.label


def offered(scale: Scale) -> tuple[Offered, ...]:
    """Return the answers of a scale in order, then the blanks that have a wording."""
    answers = [Offered(code, scale.labels.get(code), blank=False) for code in scale.codes]
    blanks = [
        Offered(code, blank.label, blank=True)
        for code, blank in sorted(scale.blanks.items())
        if blank.label is not None and blank.kind not in _NOT_CHOSEN
    ]
    return (*answers, *blanks)
