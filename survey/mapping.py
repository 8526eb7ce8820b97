"""Which column of a workbook holds which item, fact or question of a study.

A header finds its target by id, wording, label in either language, or declared alias, compared in the
form of ``wording.matching``, with or without a leading question number. Similar is not enough: a
near miss is only ever proposed, with how near it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from survey.questions import ChoiceQuestion, Option, Text
from survey.study import Study
from survey.wording import matching, without_question_number

SIMILAR = 0.6
"""Least similarity (``difflib.SequenceMatcher.ratio`` of the matching forms) of a proposal."""

_COMPARED = 120
_CONTACT_WORDS = (
    *("姓名", "电话", "手机", "邮箱", "邮件", "身份证", "微信", "昵称", "住址", "通讯地址", "qq号"),
    *("phone", "mobile", "e-mail", "email", "nickname", "ipaddress", "来自ip", "ip地址", "wechat"),
)
_CONTACT_HEADERS = frozenset(
    {
        *("name", "ip", "qq", "fullname", "firstname", "lastname", "contactname", "联系人", "联系方式"),
        *("联系地址", "详细地址", "家庭地址", "收货地址", "homeaddress", "mailingaddress", "postaladdress"),
    }
)

Kind = Literal["item", "column", "open", "choice"]


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What a column may hold. A missing ``required`` target stops the import.

    A target is itself and no other: each stands once in its ``HeaderIndex``.
    """

    kind: Kind
    id: str
    label: Text
    text: Text
    required: bool
    design: str | None = None  # the part of the design that may be left out of study.yaml with it


class OptionPart(NamedTuple):
    """One option of a choice question with a column of its own; ``typed`` holds what was written there."""

    target: Target
    code: int
    typed: bool


class Proposal(NamedTuple):
    """A target that a header might mean, and how alike they are, between ``SIMILAR`` and 1."""

    target: Target
    similarity: float


class HeaderIndex:
    """Targets of a study by every header under which they may arrive."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.targets: tuple[Target, ...] = tuple(_targets(study))
        self.by_id = {target.id: target for target in self.targets}
        self._by_form: dict[str, dict[Target, None]] = {}
        self._wordings: dict[str, dict[Target, None]] = {}
        for target, names in zip(self.targets, _names(study), strict=True):
            for name in names:
                self._by_form.setdefault(matching(name), {})[target] = None
                if name != target.id:
                    self._wordings.setdefault(matching(name), {})[target] = None
        self._parts = dict(self._option_headers(study.choice_questions))

    def find(self, header: str) -> tuple[Target, ...]:
        """Return the targets that ``header`` names: none, one, or several when it is ambiguous.

        A question number is no id, so what follows one is looked up among the wordings alone.
        """
        found = self._by_form.get(matching(header))
        if found is None and (rest := without_question_number(header)):
            found = self._wordings.get(matching(rest))
        return tuple(found or ())

    def find_option(self, header: str) -> OptionPart | None:
        """Return the option that ``header`` names: ``reasons/3``, ``reasons/3/text``, ``Why?(Price)``."""
        found = self._parts.get(matching(header))
        if found is None and (rest := without_question_number(header)):
            found = self._parts.get(matching(rest))
        return found

    def _option_headers(self, questions: Iterable[ChoiceQuestion]) -> Iterator[tuple[str, OptionPart]]:
        for question in questions:
            target = self.by_id[question.id]
            for option in question.options:
                for name in _option_names(question, option):
                    yield matching(name), OptionPart(target, option.code, typed=False)
                # XLSForm names hold no slash.
                for typed in (f"{question.id}/{option.code}/text", f"{question.id}_{option.code}_text"):
                    yield matching(typed), OptionPart(target, option.code, typed=True)


def _option_names(question: ChoiceQuestion, option: Option) -> Iterator[str]:
    yield f"{question.id}/{option.code}"
    wordings = dict.fromkeys((option.label.zh, option.label.en, *option.aliases))
    stems = (question.id, question.text.zh, question.text.en, question.label.zh, question.label.en)
    for stem in dict.fromkeys((*stems, *question.aliases)):
        for wording in wordings:
            for form in ("{}({})", "{}[{}]", "{}:{}", "{}—{}", "{}/{}"):
                yield form.format(stem, wording)


def _targets(study: Study) -> Iterable[Target]:
    roles = dict.fromkeys(study.design.stratum, "stratum")
    roles |= {study.design.cluster or "": "cluster", study.design.weight or "": "weight"}
    for item in study.items:
        yield Target("item", item.id, item.label, item.text, required=True)
    for column in study.columns:
        text = column.text or column.label
        yield Target("column", column.id, column.label, text, not column.optional, roles.get(column.id))
    for question in study.open_questions:
        yield Target("open", question.id, question.label, question.text, required=False)
    for choice in study.choice_questions:
        yield Target("choice", choice.id, choice.label, choice.text, required=False)


def _names(study: Study) -> Iterable[list[str]]:
    for part in study.part_by_id.values():
        texts = [text for text in (part.text, part.label) if text is not None]
        yield [part.id, *(wording for text in texts for wording in (text.zh, text.en)), *part.aliases]


def is_contact(header: str) -> bool:
    """Return whether a header announces a name, a number or an address of a person.

    >>> is_contact("联系电话"), is_contact("Name"), is_contact("Brand name"), is_contact("服务地址变更方便吗")
    (True, True, False, False)
    """
    form = matching(header)
    return form in _CONTACT_HEADERS or any(word in form for word in _CONTACT_WORDS)


def proposal(header: str, targets: Iterable[Target]) -> Proposal | None:
    """Return the target whose wording is most like ``header``, if one is like it at all."""
    form = matching(without_question_number(header) or header)[:_COMPARED]
    best = [(found, target) for target in targets if (found := _likeness(form, target)) > SIMILAR]
    if not best:
        return None
    likeness, target = max(best, key=lambda pair: pair[0])
    return Proposal(target, likeness)


def most_similar(target: Target, headers: Mapping[int, str]) -> int | None:
    """Return the column whose header is most like the wording of ``target``, if any is like it."""
    best, column = SIMILAR, None
    for number, header in headers.items():
        form = matching(without_question_number(header) or header)[:_COMPARED]
        if (found := _likeness(form, target, best)) > best:
            best, column = found, number
    return column


def _likeness(form: str, target: Target, least: float = SIMILAR) -> float:
    """Return how alike ``form`` and the wordings of ``target`` are; 0 unless more than ``least``."""
    best = 0.0
    wordings = {matching(w)[:_COMPARED] for text in (target.text, target.label) for w in (text.zh, text.en)}
    for wording in sorted(wordings | {matching(target.id)[:_COMPARED]}):
        compared = SequenceMatcher(None, wording, form, autojunk=False)
        if compared.real_quick_ratio() > least and compared.quick_ratio() > least:
            best = max(best, compared.ratio())
    return best if best > least else 0.0
