"""The sheets ``survey`` and ``choices``: the questionnaire as ODK and KoboToolbox field it.

Items whose scale has few answers become a table of neighbours (``table-list``); longer scales would not fit
across a phone, so each item packs its codes in rows (``columns-pack``) on one page with its neighbours.
Scales too long for a list are typed as whole numbers. The identifier of the respondent is a text question,
put first: an invitation can fill it in through its link (``d[/data/contact]=…``), and whoever has no such
link types it. No other fact from the customer system is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from survey.language import LANGUAGES, catalogue
from survey.questionnaire import LIST_ANSWERS, Block, Question, blocks, offered, wording
from survey.questions import AskedIf, ChoiceQuestion, Column, Item, OpenQuestion, Option, Scale, Text
from survey.study import Study
from survey.written_workbook import Written
from survey.xlsform.conditions import chosen, exclusive, limits, relevant
from survey.xlsform.tables import text_header

Row = dict[str, Written]

TABLE_ANSWERS = 7  # more do not fit side by side on a phone
_TYPES = {"key": "text", "category": "text", "number": "decimal", "date": "date", "text": "text"}


@dataclass(frozen=True, slots=True)
class Lists:
    """Names of the lists on ``choices``: scales have their own id, all others a name beside those."""

    scales: frozenset[str]
    taken: frozenset[str]

    @classmethod
    def of(cls, study: Study) -> Lists:
        """Return the names for a study."""
        parts = (study.items, study.columns, study.choice_questions, study.open_questions)
        return cls(frozenset(study.scales), frozenset(q.id.casefold() for part in parts for q in part))

    def options(self, question: str) -> str:
        """Return the list with the options of a choice question or the categories of a column."""
        return _free(f"{question}_options", self.scales)

    @property
    def yes_no(self) -> str:
        """The list of yes and no."""
        return _free("yes_no", self.scales)

    def name(self, wanted: str) -> str:
        """Return a name for a row that is no question of the study."""
        return _free(wanted, self.taken)


def _free(name: str, taken: frozenset[str]) -> str:
    while name.casefold() in taken or name in taken:
        name += "_"
    return name


def survey_rows(study: Study) -> Iterator[Row]:
    """Yield the rows of the sheet ``survey``."""
    lists = Lists.of(study)
    for metadata in ("start", "end"):  # when the interview began and ended
        if metadata not in lists.taken:
            yield {"type": metadata, "name": metadata}
    yield from _respondent(study)
    for number, block in enumerate(blocks(study), start=1):
        rows = [row for question in block.questions for row in _question_rows(study, question, lists)]
        yield from _grouped(study, block, rows, lists.name(f"group_{number}")) if block.matrix else rows


def _respondent(study: Study) -> Iterator[Row]:
    column = study.column_by_id.get(study.design.respondent or "")
    if column is not None and column.text is None:
        hint = _words("form.respondent_hint")
        yield {
            "type": "text",
            "name": column.id,
            **_texts("label", column.label),
            **_texts("hint", hint),
            "required": "yes",
            "role": "respondent",
        }


def _grouped(study: Study, block: Block, rows: Sequence[Row], name: str) -> Iterator[Row]:
    scale = study.scales[block.scale or ""]
    if len(offered(scale)) > LIST_ANSWERS:
        yield from rows
        return
    appearance = "table-list" if len(offered(scale)) <= TABLE_ANSWERS else "field-list"
    head = {"type": "begin_group", "name": name, **_texts("label", scale_text(scale))}
    yield head | {"appearance": appearance, "relevant": _relevant(study, block.asked_if)}
    for row in rows:
        yield row | {"appearance": None} if appearance == "table-list" else row
    yield {"type": "end_group", "name": name}


def scale_text(scale: Scale) -> Text:
    """Return how a scale is answered: ``1 = Very dissatisfied … 10 = Very satisfied``."""
    low, high = scale.ends
    ends = [scale.labels.get(code) for code in (low, high)]
    if None in ends or len(scale.labels) > 2:
        return _words("form.scale_codes", low=low, high=high)
    return _words("form.scale_ends", low=low, high=high, worst=ends[0], best=ends[1])


def _question_rows(study: Study, question: Question, lists: Lists) -> Iterator[Row]:
    row: Row = {"name": question.id, **_texts("label", wording(question))}
    row |= _texts("short", question.label)
    if isinstance(question, Item):
        yield row | _item(study, question)
    elif isinstance(question, OpenQuestion):
        condition = _relevant(study, question.asked_if)
        yield row | {
            "type": "text",
            "appearance": "multiline",
            "relevant": condition,
            "role": "open_question",
        }
    elif isinstance(question, Column):
        yield row | _column(question, lists)
    else:
        yield from _choice(study, question, row, lists)


def _item(study: Study, item: Item) -> Row:
    scale = study.scales[item.scale]
    answers = offered(scale)
    row: Row = {
        "relevant": _relevant(study, item.asked_if),
        "role": "item",
        "scale": item.scale,
        "reversed": "yes" if item.reversed else None,
    }
    if len(answers) <= LIST_ANSWERS:
        packed = "columns-pack" if len(answers) > TABLE_ANSWERS else None
        return row | {"type": f"select_one {item.scale}", "appearance": packed}
    low, high = scale.ends
    blanks = [answer.code for answer in answers if answer.blank]
    message = _words("form.whole_number", low=low, high=high)
    row |= {"type": "integer", "constraint": limits(low, high, blanks), **_texts("hint", scale_text(scale))}
    return row | _texts("constraint_message", message)


def _column(column: Column, lists: Lists) -> Row:
    row: Row = {"type": _TYPES.get(column.kind), "role": "column"}
    row["required"] = None if column.optional else "yes"
    if column.kind == "flag":
        row["type"] = f"select_one {lists.yes_no}"
    elif column.categories:
        row["type"] = f"select_one {lists.options(column.id)}"
        row["appearance"] = "minimal" if len(column.categories) > TABLE_ANSWERS else None
    elif column.minimum is not None or column.maximum is not None:
        row["constraint"] = limits(column.minimum, column.maximum)
        low, high = ("" if end is None else f"{end:.15g}" for end in (column.minimum, column.maximum))
        row |= _texts("constraint_message", _words("form.number", low=low, high=high))
    return row


def _choice(study: Study, question: ChoiceQuestion, row: Row, lists: Lists) -> Iterator[Row]:
    command = "rank" if question.kind == "ranking" else "select_multiple"
    condition = _relevant(study, question.asked_if)
    row |= {"type": f"{command} {lists.options(question.id)}", "relevant": condition}
    row |= {"role": "choice_question", "most": question.most}
    if question.kind == "multiple":
        row |= _limited(question)
    elif question.most is not None:
        row |= _texts("hint", _words("form.rank_most", most=question.most))
    yield row
    for option in question.options:
        if option.open:
            shown = chosen(question.id, [option.code]) if question.kind == "multiple" else condition
            beside: Row = {"type": "text", "name": lists.name(f"{question.id}_{option.code}_text")}
            label = _words("form.beside", option=option.label)
            yield beside | _texts("label", label) | {"relevant": shown, "role": "beside"}


def _limited(question: ChoiceQuestion) -> Row:
    """The constraint of a multiple choice and the sentences that explain it."""
    alone = [option for option in question.options if option.exclusive]
    constraint = exclusive(question.most, [option.code for option in alone])
    if constraint is None:
        return {}
    said: dict[str, str] = {}
    for language in LANGUAGES:
        words, sentences = catalogue("survey"), []
        if question.most is not None:
            sentences.append(words("form.most", language, most=question.most))
        sentences += [words("form.exclusive", language, option=option.label[language]) for option in alone]
        said[language] = ("" if language == "zh" else " ").join(sentences)
    message = Text.model_validate(said)
    row: Row = {"constraint": constraint, **_texts("constraint_message", message)}
    return row | (_texts("hint", _words("form.most", most=question.most)) if question.most else {})


def _relevant(study: Study, asked_if: AskedIf | None) -> str | None:
    if asked_if is None:
        return None
    typed = len(offered(study.scale_of(asked_if.item))) > LIST_ANSWERS
    return relevant(asked_if, typed=typed)


def _texts(key: str, text: Text) -> Row:
    return {text_header(key, language): text[language] for language in LANGUAGES}


def _words(key: str, **values: object) -> Text:
    """Return a sentence of the catalogue in both languages."""
    said = {}
    for language in LANGUAGES:
        shown = {
            name: value[language] if isinstance(value, Text) else value for name, value in values.items()
        }
        said[language] = catalogue("survey")(key, language, **shown)
    return Text.model_validate(said)


def choice_rows(study: Study) -> Iterator[Row]:
    """Yield the rows of the sheet ``choices``: scales, options, categories, yes and no."""
    lists = Lists.of(study)
    for name, scale in study.scales.items():
        if len(offered(scale)) <= LIST_ANSWERS:
            yield from _scale_rows(name, scale)
    for question in study.choice_questions:
        for option in question.options:
            yield _option_row(lists.options(question.id), option)
    for column in study.columns:
        for category in column.categories if column.text is not None else ():
            row: Row = {"list_name": lists.options(column.id), "name": category.value}
            yield row | _texts("label", category.label)
    if any(column.kind == "flag" and column.text is not None for column in study.columns):
        for code, key in ((1, "simulate.yes"), (0, "simulate.no")):
            yield {"list_name": lists.yes_no, "name": code, **_texts("label", _words(key))}


def _scale_rows(name: str, scale: Scale) -> Iterator[Row]:
    """A scale of which only some codes have a wording shows the code before it, else wordings alone.

    A code without a wording is labelled by its number, typed as a number.
    """
    partial = any(code not in scale.labels for code in scale.codes)
    for answer in offered(scale):
        row: Row = {"list_name": name, "name": answer.code}
        before = f"{answer.code} " if partial and not answer.blank else ""
        for language in LANGUAGES:
            label = answer.label
            row[text_header("label", language)] = f"{before}{label[language]}" if label else answer.code
        yield row | {"missing": scale.blanks[answer.code].kind if answer.blank else None}


def _option_row(name: str, option: Option) -> Row:
    row: Row = {"list_name": name, "name": option.code, **_texts("label", option.label)}
    return row | {
        "open": "yes" if option.open else None,
        "exclusive": "yes" if option.exclusive else None,
    }
