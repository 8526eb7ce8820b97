"""The columns of a workbook to fill in: which id heads each, what may stand below, and who is asked it.

A choice question takes a column for each option, ``reasons/1``, holding 1 or nothing, or the rank; what is
written beside an open option stands in ``reasons/8/text``. Everything else has one column under its id.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from survey.language import Language, catalogue
from survey.questionnaire import LIST_ANSWERS, offered
from survey.questions import AskedIf, ChoiceQuestion, Column, Item, Scale
from survey.study import Study

Entry = Literal["list", "whole", "number", "date", "key", "text", "prose", "tick", "rank"]
Answer = int | str


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """One column.

    Attributes
    ----------
    id : what heads it; import finds the column by it.
    heading : the wording above the id.
    entry : how it is filled in.
    answers : what a ``list`` offers; the blank codes of ``whole`` numbers.
    low, high : limits of numbers and ranks.
    asked_if : who is asked; everybody where it is ``None``.
    question : the choice question that it is an option of.
    unique : whether no two rows may agree, as for respondents.
    required : whether a blank cell is a problem.
    """

    id: str
    heading: str
    entry: Entry
    answers: tuple[Answer, ...] = ()
    low: float | None = None
    high: float | None = None
    asked_if: AskedIf | None = None
    question: str | None = None
    unique: bool = False
    required: bool = False


def answer_columns(study: Study, language: Language) -> Iterator[AnswerColumn]:
    """Yield every column in order: the respondent, other facts, items, choices, open questions."""
    first = study.design.respondent
    for column in sorted(study.columns, key=lambda column: column.id != first):
        yield _fact(column, language, unique=column.id == first)
    for item in study.items:
        yield _item(item, study.scales[item.scale], language)
    for question in study.choice_questions:
        yield from _options(question, language)
    for open_question in study.open_questions:
        heading = open_question.text[language]
        yield AnswerColumn(open_question.id, heading, "prose", asked_if=open_question.asked_if)


def _fact(column: Column, language: Language, *, unique: bool) -> AnswerColumn:
    words = catalogue("survey")
    entry: Entry = "text"
    answers: tuple[Answer, ...] = ()
    if column.kind == "flag":
        entry, answers = "list", (words("simulate.yes", language), words("simulate.no", language))
    elif column.categories:
        entry, answers = "list", tuple(category.label[language] for category in column.categories)
    elif column.kind in ("key", "number", "date"):
        entry = column.kind
    return AnswerColumn(
        column.id,
        column.label[language],
        entry,
        answers,
        column.minimum,
        column.maximum,
        unique=unique,
        required=not column.optional,
    )


def _item(item: Item, scale: Scale, language: Language) -> AnswerColumn:
    answers = scale_answers(scale, language)
    if len(offered(scale)) > LIST_ANSWERS:
        blanks = tuple(answer.code for answer in offered(scale) if answer.blank)
        low, high = map(float, scale.ends)
        heading = item.text[language]
        return AnswerColumn(item.id, heading, "whole", blanks, low, high, asked_if=item.asked_if)
    return AnswerColumn(item.id, item.text[language], "list", answers, asked_if=item.asked_if)


def scale_answers(scale: Scale, language: Language) -> tuple[Answer, ...]:
    """Return what a cell may hold: each code with its wording, then bare codes for those who type.

    >>> from survey.questions import Scale, Text
    >>> scale_answers(Scale(ends=(1, 3), labels={3: Text(zh="好", en="good")}), "en")
    (1, 2, '3 good', 3)
    """
    answers = offered(scale)
    shown = [f"{a.code} {a.label[language]}" if a.label is not None else a.code for a in answers]
    return (*shown, *(answer.code for answer in answers if answer.label is not None))


def admitted(study: Study, asked_if: AskedIf, language: Language) -> tuple[Answer, ...]:
    """Return what the cell of the gate holds when the question behind it is asked."""
    codes = frozenset(asked_if.answers)
    shown = zip(offered(study.scale_of(asked_if.item)), _shown(study, asked_if.item, language), strict=True)
    return (*(text for answer, text in shown if answer.code in codes), *sorted(codes))


def _shown(study: Study, item: str, language: Language) -> tuple[Answer, ...]:
    scale = study.scale_of(item)
    return scale_answers(scale, language)[: len(offered(scale))]


def _options(question: ChoiceQuestion, language: Language) -> Iterator[AnswerColumn]:
    words = catalogue("survey")
    entry: Entry = "rank" if question.kind == "ranking" else "tick"
    high = float(question.most or len(question.options)) if entry == "rank" else 1.0
    for option in question.options:
        about = {"question": question.label[language], "option": option.label[language]}
        yield AnswerColumn(
            f"{question.id}/{option.code}",
            words("fill.option_heading", language, **about),
            entry,
            low=1.0,
            high=high,
            asked_if=question.asked_if,
            question=question.id,
        )
        if option.open:
            yield AnswerColumn(
                f"{question.id}/{option.code}/text",
                words("fill.beside_heading", language, **about),
                "prose",
                asked_if=question.asked_if,
            )


def gates(study: Study, asked_if: AskedIf | None) -> Iterator[AskedIf]:
    """Yield the condition and every condition that its gate itself depends on."""
    seen: set[str] = set()
    while asked_if is not None and asked_if.item not in seen:
        seen.add(asked_if.item)
        yield asked_if
        asked_if = study.item_by_id[asked_if.item].asked_if
