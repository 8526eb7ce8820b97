"""Which column of a workbook holds which item, fact or open question of a study.

A header finds its target by id, wording, label in either language, or declared alias, compared in the
form of ``wording.matching``, with or without a leading question number. Similar is not enough: a
near miss is only ever shown as a suggestion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from survey.questions import Column, Item, OpenQuestion, Text
from survey.study import Study
from survey.wording import matching, without_question_number

_SIMILAR = 0.6
_COMPARED = 120
_CONTACT_WORDS = (
    *("姓名", "电话", "手机", "邮箱", "邮件", "身份证", "微信", "昵称", "住址", "通讯地址", "qq号"),
    *("phone", "mobile", "e-mail", "email", "nickname", "ipaddress", "来自ip", "ip地址", "wechat"),
)
_CONTACT_HEADERS = frozenset(
    {"name", "ip", "qq", "fullname", "firstname", "lastname", "contactname", "联系人", "联系方式"}
)


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What a column may hold. A missing ``required`` target stops the import.

    A target is itself and no other: each stands once in its ``HeaderIndex``.
    """

    kind: Literal["item", "column", "open"]
    id: str
    label: Text
    text: Text
    required: bool
    design: str | None = None  # the part of the design that may be left out of study.yaml with it


class HeaderIndex:
    """Targets of a study by every header under which they may arrive."""

    def __init__(self, study: Study) -> None:
        self.targets: tuple[Target, ...] = tuple(_targets(study))
        self._by_form: dict[str, dict[Target, None]] = {}
        self._wordings: dict[str, dict[Target, None]] = {}
        for target, names in zip(self.targets, _names(study), strict=True):
            for name in names:
                self._by_form.setdefault(matching(name), {})[target] = None
                if name != target.id:
                    self._wordings.setdefault(matching(name), {})[target] = None

    def find(self, header: str) -> tuple[Target, ...]:
        """Return the targets that ``header`` names: none, one, or several when it is ambiguous.

        A question number is no id, so what follows one is looked up among the wordings alone.
        """
        found = self._by_form.get(matching(header))
        if found is None and (rest := without_question_number(header)):
            found = self._wordings.get(matching(rest))
        return tuple(found or ())


def _targets(study: Study) -> Iterable[Target]:
    roles = dict.fromkeys(study.design.stratum, "stratum")
    roles |= {study.design.cluster or "": "cluster", study.design.weight or "": "weight"}
    for item in study.items:
        yield Target("item", item.id, item.label, item.text, required=True)
    for column in study.columns:
        role = roles.get(column.id)
        yield Target("column", column.id, column.label, column.label, not column.optional, role)
    for question in study.open_questions:
        yield Target("open", question.id, question.label, question.text, required=False)


def _names(study: Study) -> Iterable[list[str]]:
    parts: tuple[Item | Column | OpenQuestion, ...] = (*study.items, *study.columns, *study.open_questions)
    for part in parts:
        texts = [part.label] if isinstance(part, Column) else [part.text, part.label]
        yield [part.id, *(wording for text in texts for wording in (text.zh, text.en)), *part.aliases]


def is_contact(header: str) -> bool:
    """Return whether a header announces a name, a number or an address of a person.

    >>> is_contact("联系电话"), is_contact("Name"), is_contact("Brand name")
    (True, True, False)
    """
    form = matching(header)
    return form in _CONTACT_HEADERS or any(word in form for word in _CONTACT_WORDS)


def most_similar(target: Target, headers: Mapping[int, str]) -> int | None:
    """Return the column whose header is most like the wording of ``target``, if any is like it."""
    wordings = {matching(w)[:_COMPARED] for text in (target.text, target.label) for w in (text.zh, text.en)}
    wordings.add(matching(target.id)[:_COMPARED])
    best, column = _SIMILAR, None
    for number, header in headers.items():
        form = matching(without_question_number(header) or header)[:_COMPARED]
        for wording in wordings:
            compared = SequenceMatcher(None, wording, form, autojunk=False)
            if compared.real_quick_ratio() > best and compared.ratio() > best:
                best, column = compared.ratio(), number
    return column
