"""Routing in words: who a question is for, and where to go on after a question that leaves others out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from survey.language import Language, catalogue
from survey.questionnaire import Question, asked, numbered, offered
from survey.questions import AskedIf, Item
from survey.study import Study

_NAMED = 2  # more answers to skip on are told by what was not chosen


def condition(study: Study, asked_if: AskedIf | None, language: Language) -> str:
    """Return for whom a question is, empty where it is for everybody."""
    if asked_if is None:
        return ""
    number = numbered(study)[asked_if.item]
    answers = _answers(study, asked_if.item, sorted(set(asked_if.answers)), language)
    return catalogue("report_templates")("questionnaire.only_if", language, number=number, answers=answers)


def jumps(study: Study, language: Language) -> Mapping[str, str]:
    """Return, by id of the gate, where those go on who are not asked the questions right behind it."""
    questions, found = asked(study), {}
    for position, gate in enumerate(questions):
        behind = _behind(questions, position)
        put_to = [getattr(question, "asked_if", None) for question in behind]
        admitted = {frozenset(one.answers) for one in put_to if one is not None and one.item == gate.id}
        if isinstance(gate, Item) and len(admitted) == 1:
            onward = position + 1 + len(behind)
            number = onward + 1 if onward < len(questions) else None
            found[gate.id] = _jump(study, gate, admitted.pop(), number, language)
    return found


def _behind(questions: Sequence[Question], position: int) -> list[Question]:
    """Return the questions right behind a gate that depend on it, directly or through each other."""
    gates, behind = {questions[position].id}, []
    for question in questions[position + 1 :]:
        asked_if = getattr(question, "asked_if", None)
        if asked_if is None or asked_if.item not in gates:
            break
        gates.add(question.id)
        behind.append(question)
    return behind


def _jump(study: Study, gate: Item, admitted: frozenset[int], number: int | None, language: Language) -> str:
    say = catalogue("report_templates")
    others = [answer.code for answer in offered(study.scale_of(gate.id)) if answer.code not in admitted]
    if not others:
        return ""
    few = len(others) <= _NAMED
    answers = _answers(study, gate.id, others if few else sorted(admitted), language)
    target = say("questionnaire.to_number", language, number=number) if number else ""
    target = target or say("questionnaire.to_end", language)
    key = "questionnaire.jump" if few else "questionnaire.jump_unless"
    return say(key, language, answers=answers, target=target)


def _answers(study: Study, item: str, codes: Sequence[int], language: Language) -> str:
    """Return answers in words, a run of bare codes as a range."""
    say, scale = catalogue("report_templates"), study.scale_of(item)
    labels = {answer.code: answer.label for answer in offered(scale)}
    if len(codes) > _NAMED and list(codes) == list(range(codes[0], codes[-1] + 1)):
        return say("questionnaire.range", language, low=codes[0], high=codes[-1])
    shown = []
    for code in codes:
        label = labels.get(code)
        text = label[language] if label is not None else str(code)
        shown.append(say("questionnaire.quoted", language, answer=text))
    return say("questionnaire.or", language).join(shown)
