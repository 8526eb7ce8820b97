"""A study put into the words and fields of a form, in one language."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from report_templates.measure import pieces, width
from report_templates.questionnaire.model import Answer, Asked, BlockView, Columns, Form, Heads, Marked, Width
from report_templates.questionnaire.routing import condition, jumps
from report_templates.theme import CAPTION, mm, pt
from survey.language import Language, catalogue
from survey.questionnaire import LIST_ANSWERS, Block, Offered, blocks, numbered, offered, wording
from survey.questions import ChoiceQuestion, Column, Item, OpenQuestion, Scale
from survey.study import Study

_ACROSS = 600.0  # units: what fits beside each other on one line of the body
_MANY = 8  # answers or more stand in columns where they fit
_MARK = 46.0  # a circle and the space around it
_NARROW, _BLANK, _WIDEST = 6, 10, 22  # mm: of one column
_TOGETHER = 100  # mm: of all columns with codes


_WIDTHS: Mapping[str, Width] = {"number": "narrow"}


def form_context(study: Study, wave: str, language: Language) -> Form:
    """Return the questionnaire of a wave in one language.

    Raises ``KeyError`` where the study declares no such wave. Same study, same form: it knows no clock.
    """
    say, label = catalogue("report_templates"), study.wave_by_id[wave].label[language]
    title, organisation = study.title[language], study.organisation[language]
    count = len(numbered(study))
    return Form(
        language=language,
        document_title=f"{title} · {label}",
        organisation=organisation,
        title=title,
        subtitle=label,
        running=title,
        section=label,
        foot=f"{organisation}　{study.id}　{wave}",
        introduction=(
            say("questionnaire.invitation", language, organisation=organisation, n=count),
            say("questionnaire.privacy", language, limit=study.reporting.disclosure_limit),
        ),
        guide=say("questionnaire.guide", language),
        identity=_identity(study, language),
        identity_note=say("questionnaire.identity", language),
        blocks=tuple(_Views(study, language).all()),
        closing=say("questionnaire.closing", language),
    )


def _identity(study: Study, language: Language) -> Asked | None:
    column = study.column_by_id.get(study.design.respondent or "")
    if column is None or column.text is not None:
        return None
    return Asked(0, column.id, column.label[language])


def _columns(labels: Sequence[str], least: int) -> tuple[int, ...]:
    """Return widths in mm of columns that carry ``labels``: the longest word of each fits."""
    widths = []
    for label in labels:
        # A Han character may end a line, but five of them read better on one.
        whole = 0.0 if " " in label else min(width(label, CAPTION), 5 * CAPTION)
        needed = math.ceil(max(_longest_word(label), whole) / mm(1) + 1.5)
        widths.append(max(least, min(needed, _WIDEST, _TOGETHER // len(labels))))
    return tuple(widths)


def _longest_word(label: str) -> float:
    return max((width(piece.strip(), CAPTION) for piece in pieces(label)), default=0.0)


class _Views:
    """Turns the blocks of a questionnaire into what the template places."""

    def __init__(self, study: Study, language: Language) -> None:
        self.study, self.language = study, language
        self.say = catalogue("report_templates")
        self.numbers = numbered(study)
        self.jumps = jumps(study, language)

    def all(self) -> Iterator[BlockView]:
        """Yield the blocks in order."""
        for block in blocks(self.study):
            first = block.questions[0]
            if isinstance(first, Item):
                yield from self._items(block)
            elif isinstance(first, ChoiceQuestion):
                yield self._choice(first)
            elif isinstance(first, OpenQuestion):
                yield BlockView("open", (self._asked(first),), self._condition(first), width="wide")
            else:
                yield self._fact(first)

    def _asked(self, question: Item | ChoiceQuestion | OpenQuestion | Column) -> Asked:
        number, jump = self.numbers[question.id], self.jumps.get(question.id, "")
        return Asked(number, question.id, wording(question)[self.language], jump)

    def _condition(self, question: object) -> str:
        return condition(self.study, getattr(question, "asked_if", None), self.language)

    def _items(self, block: Block) -> Iterator[BlockView]:
        """A table; single questions with a wording for every answer are lists, long scales are lines."""
        scale = self.study.scales[block.scale or ""]
        answers, first = offered(scale), block.questions[0]
        asked = tuple(self._asked(question) for question in block.questions)
        if len(answers) > LIST_ANSWERS:
            for question in asked:
                yield self._line(scale, question, self._condition(first))
        elif not block.matrix and all(answer.label is not None for answer in answers):
            shown = tuple(Answer(asked[0].id, str(a.code), self._label(a)) for a in answers)
            yield self._list("one", asked[0], shown, self._condition(first), "")
        else:
            note = self.say("questionnaire.each_row", self.language) if block.matrix else ""
            yield BlockView("scale", asked, self._condition(first), note, self._heads(scale))

    def _line(self, scale: Scale, question: Asked, put_to: str) -> BlockView:
        """A number to write, and the blanks as marks behind it."""
        low, high = scale.ends
        ends = [scale.labels[code][self.language] if code in scale.labels else "" for code in (low, high)]
        blanks = tuple(
            Answer(f"{question.id}/{answer.code}", "1", self._label(answer))
            for answer in offered(scale)
            if answer.blank
        )
        key = "questionnaire.between_words" if all(ends) else "questionnaire.between"
        note = self.say(key, self.language, low=low, high=high, worst=ends[0], best=ends[1])
        unit = scale.unit[self.language] if scale.unit else ""
        return BlockView("short", (question,), put_to, note, answers=blanks, unit=unit, width="narrow")

    def _heads(self, scale: Scale) -> Heads:
        answers = [answer for answer in offered(scale) if not answer.blank]
        blanks = [answer for answer in offered(scale) if answer.blank]
        whole = all(answer.label is not None for answer in answers)
        labels = tuple(self._label(answer) for answer in answers) if whole else ()
        blank_labels = tuple(self._label(answer) for answer in blanks)
        code_width = max(_columns(labels, _NARROW), default=_NARROW)
        blank_widths = _columns(blank_labels, _BLANK)
        room = [*((label, code_width) for label in labels), *zip(blank_labels, blank_widths, strict=True)]
        return Heads(
            codes=tuple(str(answer.code) for answer in answers),
            labels=labels,
            low=self._label(answers[0]),
            high=self._label(answers[-1]),
            blanks=blank_labels,
            blank_codes=tuple(str(answer.code) for answer in blanks),
            code_width=code_width,
            blank_widths=blank_widths,
            tight=any(_longest_word(label) > mm(column - 1) for label, column in room),
        )

    def _label(self, answer: Offered) -> str:
        return answer.label[self.language] if answer.label is not None else ""

    def _choice(self, question: ChoiceQuestion) -> BlockView:
        kind: Marked = "rank" if question.kind == "ranking" else "several"
        most = question.most if question.most is not None and question.most < len(question.options) else None
        note = self.say(f"questionnaire.{kind}{'_most' if most else ''}", self.language, most=most)
        shown = []
        for option in question.options:
            label = option.label[self.language]
            if option.exclusive:
                label = self.say("questionnaire.alone", self.language, option=label)
            name = f"{question.id}/{option.code}"
            shown.append(Answer(name, "1", label, f"{name}/text" if option.open else ""))
        return self._list(kind, self._asked(question), tuple(shown), self._condition(question), note)

    def _list(
        self, kind: Marked, question: Asked, answers: tuple[Answer, ...], put_to: str, note: str
    ) -> BlockView:
        widths = [width(answer.label, pt(9.5)) + _MARK for answer in answers]
        columns: Columns = "one"
        if kind != "rank" and not any(answer.beside for answer in answers):
            if sum(widths) <= _ACROSS:
                columns = "across"
            elif len(answers) >= _MANY and max(widths) <= mm(164 / 2):
                columns = "four" if max(widths) <= mm(162 / 4) else "two"
        return BlockView(kind, (question,), put_to, note, answers=answers, columns=columns)

    def _fact(self, column: Column) -> BlockView:
        asked = self._asked(column)
        if column.kind == "flag":
            labels = (("1", "questionnaire.yes"), ("0", "questionnaire.no"))
            answers = tuple(Answer(column.id, code, self.say(key, self.language)) for code, key in labels)
            return self._list("one", asked, answers, "", "")
        if column.categories:
            answers = tuple(Answer(column.id, c.value, c.label[self.language]) for c in column.categories)
            return self._list("one", asked, answers, "", "")
        note = self.say("questionnaire.day", self.language) if column.kind == "date" else ""
        return BlockView(
            "short", (asked,), note=note, width="narrow" if column.kind == "number" else "medium"
        )
