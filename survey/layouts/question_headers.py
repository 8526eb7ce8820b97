"""Headers that hold a question's number, its stem and the label of one part of it.

``第7题(服务态度)``; ``11. 题干？（）(选项一)``, then ``11(选项二)``; ``8、请评价—外观``, then ``8、功能``.
The stem may stand once or nowhere, so no header can be read without its neighbours: ``1、您的姓名（可选）``
alone is one question. Positions are found in a form without full-width characters, but texts are returned
as they were written, because they may become the words of a study.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_NUMBER = re.compile(
    r"(?:第 ?(?P<named>\d{1,3}) ?题[、:.]?|(?P<plain>\d{1,3})(?:[、:]|\.(?!\d)| ?(?=\())) ?", re.ASCII
)
_DASH = re.compile("(?<!—)—(?!—)")


class Numbered(NamedTuple):
    """A header taken apart: ``mark`` and ``text`` together are the header; ``mark`` says ``number``."""

    mark: str
    number: int | None
    text: str


@dataclass(frozen=True, slots=True)
class QuestionHeader:
    """One header, read with its neighbours.

    Attributes
    ----------
    header : the header with its spaces tidied.
    number : number of the question, or ``None``.
    text : the header without the number.
    stem : text of the question that this column is a part of; empty when it stands nowhere.
    part : label of the part, ``None`` when the column is a question of its own.
    run : which run of neighbours with one number the column belongs to; a part's question is its run.
    """

    header: str
    number: int | None
    text: str
    stem: str = ""
    part: str | None = None
    run: int = 0


def neat(header: str) -> str:
    r"""Return a header without invisible characters, line breaks and spaces to spare.

    >>> neat("3、性别 \n"), neat("\u3000总体\u00a0 满意度")
    ('3、性别', '总体 满意度')
    """
    return " ".join(header.translate(_INVISIBLE).split())


def split_number(header: str) -> Numbered:
    """Return the number a header opens with and what follows it.

    A number is ``第N题``, or N followed by ``、`` or ``:``, by ``.`` with no digit after it, or by ``(``.

    >>> split_number("12、网速"), split_number("3.5公里内有营业厅")
    (Numbered(mark='12、', number=12, text='网速'), Numbered(mark='', number=None, text='3.5公里内有营业厅'))
    """
    text = neat(header)
    found = _NUMBER.match(_folded(text))
    if found is None:
        return Numbered("", None, text)
    number = int(found["named"] or found["plain"])
    return Numbered(text[: found.end()], number, text[found.end() :])


def split_bracket(text: str) -> tuple[str, str] | None:
    """Return the stem and the label in the last balanced bracket, if that closes the text.

    >>> split_bracket("题干？（）(选项一)"), split_bracket("(ACG文化(动漫、游戏等))"), split_bracket("5)")
    (('题干？（）', '选项一'), ('', 'ACG文化(动漫、游戏等)'), None)
    """
    form, depth = _folded(text), 0
    if not form.endswith(")"):
        return None
    for at in range(len(form) - 1, -1, -1):
        depth += (form[at] == ")") - (form[at] == "(")
        if depth == 0:
            label = text[at + 1 : -1].strip()
            return (text[:at].rstrip(), label) if label else None
    return None


def split_dash(text: str) -> tuple[str, str] | None:
    """Return the stem and the label of ``stem—row``. A double dash is punctuation of the stem.

    >>> split_dash("请评价——逐项—外观"), split_dash("请评价——逐项")
    (('请评价——逐项', '外观'), None)
    """
    for found in reversed(list(_DASH.finditer(text))):
        stem, label = text[: found.start()].rstrip(), text[found.end() :].lstrip()
        if stem and label:
            return stem, label
    return None


def read_headers(headers: Sequence[str]) -> list[QuestionHeader]:
    """Return every header of a row, in order, read with its neighbours.

    Columns side by side with one number are a run. The label in a bracket is taken when there is no stem
    before it, or when the whole run agrees on the stem; ``stem—row`` is taken when the number is repeated.
    """
    numbered = [split_number(header) for header in headers]
    read: list[QuestionHeader] = []
    for run, (number, together) in enumerate(_runs(numbered)):
        parts = _parts([split.text for split in together])
        for split, (stem, part) in zip(together, parts, strict=True):
            read.append(QuestionHeader(split.mark + split.text, number, split.text, stem, part, run))
    return read


def _runs(numbered: Sequence[Numbered]) -> list[tuple[int | None, list[Numbered]]]:
    runs: list[tuple[int | None, list[Numbered]]] = []
    for number, group in groupby(numbered, key=lambda split: split.number):
        if number is None:
            runs += [(None, [split]) for split in group]
        else:
            runs.append((number, list(group)))
    return runs


def _parts(texts: list[str]) -> list[tuple[str, str | None]]:
    """Return stem and part for the texts of one run."""
    bare = [_bare(text) for text in texts]
    if len(texts) > 1 and bare[0] is None:
        agreed = _in_brackets(texts, bare) or _in_rows(texts, bare)
        if agreed:
            return agreed
    return [("", label) for label in bare]


def _bare(text: str) -> str | None:
    """Return the label of a text that is nothing but a bracket, whether or not brackets in it match."""
    split = split_bracket(text)
    if split is not None:
        return None if split[0] else split[1]
    form = _folded(text)
    return (text[1:-1].strip() or None) if form.startswith("(") and form.endswith(")") else None


def _in_brackets(texts: list[str], bare: list[str | None]) -> list[tuple[str, str | None]] | None:
    first = split_bracket(texts[0])
    if first is None:
        return None
    stem = first[0]
    labels: list[str | None] = []
    for text, label in zip(texts, bare, strict=True):
        split = split_bracket(text)
        labels.append(split[1] if split and split[0] == stem else label)
    return None if None in labels else [(stem, label) for label in labels]


def _in_rows(texts: list[str], bare: list[str | None]) -> list[tuple[str, str | None]] | None:
    first = split_dash(texts[0])
    if first is None:
        return None
    stem = first[0]
    repeated = re.compile(re.escape(stem) + " ?— ?")
    rows: list[tuple[str, str | None]] = [first]
    for text, label in zip(texts[1:], bare[1:], strict=True):
        again = repeated.match(text)
        rows.append((stem, label or (text[again.end() :] if again else text) or None))
    return rows


def _folded(text: str) -> str:
    """Return ``text`` with characters of equal meaning unified, as far as that keeps every position."""
    if text.isascii():
        return text
    forms = ((character, unicodedata.normalize("NFKC", character)) for character in text)
    return "".join(form if len(form) == 1 else character for character, form in forms)
