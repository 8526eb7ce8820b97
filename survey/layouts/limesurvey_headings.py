"""Headings of LimeSurvey taken apart: the code of a question, its text, and the part in brackets.

``Q2[SQ001]. What matters? [Price]`` says everything twice; a heading of codes or of texts alone says half
of it. Whether there are codes is read off the first column, whose code is always ``id``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from survey.layouts.headers import in_brackets

_CODE = re.compile(r"(?P<base>[A-Za-z][A-Za-z0-9]*)(?P<rest>(?:\[[^\]]*\])*|(?:_[A-Za-z0-9]+)*)")
_SEPARATED = re.compile(r"id(?P<mark>\W+)\S")
_PIECES = re.compile(r"[^\[\]_]+")
_KEPT = re.compile(r"attribute_\d+")


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading.

    Attributes
    ----------
    header : the heading as it stands.
    code : the code of the column in one spelling (``Q2_SQ001``), empty where headings are texts.
    base : the code of the question alone.
    part_code : what follows it, ``None`` for a question of one column.
    stem : the text of the question, without the part in brackets; empty where headings are codes.
    part : the part in brackets.
    """

    header: str
    code: str = ""
    base: str = ""
    part_code: str | None = None
    stem: str = ""
    part: str = ""

    @property
    def key(self) -> str | None:
        """The id of the column, the same in whichever way headings are exported with codes."""
        return self.code or None

    @property
    def question(self) -> str:
        """What the columns of one question have in common."""
        return self.base or self.stem

    @property
    def divided(self) -> bool:
        """Whether the column is one part of a question."""
        return self.part_code is not None or (not self.code and bool(self.part))


def read_headings(headers: Mapping[int, str], first: Sequence[str] | None) -> dict[int, Heading] | None:
    """Return the headings by column.

    ``first`` are the codes that the first columns must have; ``None`` says that headings are texts.
    The result is ``None`` when the codes are not there.
    """
    spaced = not any(" " in header.strip() for header in headers.values())
    if first is None:
        return {column: _of_text(header, header, spaced) for column, header in headers.items()}
    separated = _SEPARATED.match(headers.get(1, ""))
    mark = separated["mark"] if separated else None
    begin = [headers.get(column, "") for column in range(1, len(first) + 1)]
    if [header.partition(mark)[0] if mark else header for header in begin] != list(first):
        return None
    return {column: _of_code(header, mark) for column, header in headers.items()}


def _of_code(header: str, mark: str | None) -> Heading:
    code, _, text = header.partition(mark) if mark else (header, "", "")
    # Where spaces of texts were turned into underscores, those of the first column were as well.
    heading = _of_text(header, text, bool(mark) and " " not in text)
    found = _CODE.fullmatch(code.strip())
    if _KEPT.fullmatch(code.strip()) or found is None:
        return Heading(header, code.strip(), code.strip(), None, heading.stem or text, "")
    pieces = _PIECES.findall(found["rest"])
    part_code = "_".join(pieces) if found["rest"] else None
    stem, part = (heading.stem, heading.part) if part_code is not None else (text, "")
    return Heading(header, "_".join([found["base"], *pieces]), found["base"], part_code, stem.strip(), part)


def _of_text(header: str, text: str, underscored: bool) -> Heading:
    shown = text.replace("_", " ") if underscored else text
    stem, parts = shown.rstrip(), []
    while found := in_brackets(stem):
        stem = found[0]
        parts.append(found[1])
    return Heading(header, stem=stem, part=" - ".join(part for part in reversed(parts) if part))
