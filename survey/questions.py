"""What is asked: scales, items, questions with options, questions in words, and facts about respondents.

Words: an *item* is one question answered on a scale and may be scored; a *choice question* has options
that mean no order; a *column* is a fact about the respondent, most often from the customer system.
Everything is frozen, and nothing here reads files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import IntEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _iso(value: object) -> object:
    """Let only ``2026-09-30`` be a date; pydantic would take a number for seconds since 1970."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return date.fromisoformat(value)
    if not isinstance(value, date):
        raise ValueError("a date is written as 2026-09-30")
    return value


# A table of the project file has at most 2,000 columns, and one that was ever used stays.
MAX_COLUMNS = 1_900

ID_PATTERN = "[A-Za-z_][A-Za-z0-9_]*"
Identifier = Annotated[str, Field(pattern=f"^{ID_PATTERN}$", max_length=64)]
WaveIdentifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=32)]
Name = Annotated[str, Field(min_length=1)]
Day = Annotated[date, BeforeValidator(_iso)]


class BlankKind(IntEnum):
    """Why there is no answer. The numbers stand in the project file and never change meaning.

    The first three are answers that were due and are missing; the last two are answers that nobody
    could give: they are never imputed and never counted as nonresponse.
    """

    BLANK = -1
    REFUSED = -2
    DONT_KNOW = -3
    INVALID = -4
    NOT_APPLICABLE = -5
    NOT_ASKED = -6

    @property
    def structural(self) -> bool:
        """Whether there was no answer to have."""
        return self in (BlankKind.NOT_APPLICABLE, BlankKind.NOT_ASKED)


BlankName = Literal["blank", "refused", "dont_know", "not_applicable", "not_asked"]


class Frozen(BaseModel):
    """Base of every part of a study: immutable, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with other values; nothing that was worked out from the old ones goes along."""
        copied = super().model_copy(update=update, deep=deep)
        for name in set(copied.__dict__) - set(type(self).model_fields):
            del copied.__dict__[name]
        return copied


class Text(Frozen):
    """A text in both languages. Neither may be empty."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def __getitem__(self, language: str) -> str:
        return str(getattr(self, language))


class Blank(Frozen):
    """A code of a scale that says why there is no answer."""

    kind: BlankName
    label: Text | None = Field(None, description="Wording in the questionnaire; recognised at import.")


class Scale(Frozen):
    """The answers an item may have: whole numbers from ``ends[0]`` to ``ends[1]``, or blank codes.

    Scores use these theoretical ends, never the observed ones.
    """

    ends: tuple[int, int] = Field(description="Lowest and highest code, worst and best answer.")
    labels: Mapping[int, Text] = Field(default_factory=dict, description="Wording of codes.")
    aliases: Mapping[int, tuple[Name, ...]] = Field(
        default_factory=dict, description="Other wordings of codes, blanks included, recognised at import."
    )
    blanks: Mapping[int, Blank] = Field(default_factory=dict, description="Codes that are no answers.")
    unit: Text | None = None

    @property
    def codes(self) -> range:
        """Every code that is an answer."""
        return range(self.ends[0], self.ends[1] + 1)


class AskedIf(Frozen):
    """Routing: the item is put only to those who gave ``item`` one of ``answers``."""

    item: Identifier
    answers: tuple[int, ...] = Field(min_length=1)


class Item(Frozen):
    """One question. ``text`` is the full wording, ``label`` the few words for charts and tables."""

    id: Identifier
    text: Text
    label: Text
    scale: Identifier
    reversed: bool = Field(False, description="True when the low end of the scale is the good end.")
    asked_if: AskedIf | None = None
    aliases: tuple[Name, ...] = Field((), description="Other headers under which the item arrives.")


class OpenQuestion(Frozen):
    """A question answered in the respondent's own words. Never scored."""

    id: Identifier
    text: Text
    label: Text
    asked_if: AskedIf | None = None
    aliases: tuple[Name, ...] = ()


class Option(Frozen):
    """One option of a choice question.

    ``open`` marks one with a line to write on, ``exclusive`` one that excludes all others.
    """

    code: int = Field(ge=0, le=32_000)
    label: Text
    open: bool = False
    exclusive: bool = False
    aliases: tuple[Name, ...] = ()


class ChoiceQuestion(Frozen):
    """A question with a list of options, of which several may be chosen or put in order. Never scored.

    Codes name options and mean no order. What was written beside an open option is kept as a comment
    under the id of the question.
    """

    id: Identifier
    text: Text
    label: Text
    kind: Literal["multiple", "ranking"] = "multiple"
    options: tuple[Option, ...] = Field(min_length=2)
    most: int | None = Field(None, ge=1, description="Most options that may be chosen or ranked.")
    asked_if: AskedIf | None = None
    aliases: tuple[Name, ...] = ()

    @property
    def open(self) -> bool:
        """Whether an option has a line to write on."""
        return any(option.open for option in self.options)


ColumnKind = Literal["key", "category", "number", "flag", "date", "text"]


class Category(Frozen):
    """One value of a category column, as it stands in the workbook, with its name.

    ``open`` marks one with a line to write on; what was written is kept as a comment under the column.
    """

    value: str = Field(min_length=1)
    label: Text
    open: bool = False
    aliases: tuple[Name, ...] = ()


class Column(Frozen):
    """A fact about the respondent: account, province, tier, revenue, whether the contract was renewed.

    ``key`` is an identifier (account, contact); ``flag`` is yes or no; ``date`` is a day. Categories
    that list their values admit no other. A blank cell is a problem unless ``optional``. ``text`` is
    the wording where respondents themselves are asked.
    """

    id: Identifier
    label: Text
    text: Text | None = Field(None, description="Wording of the question, if respondents are asked.")
    kind: ColumnKind
    categories: tuple[Category, ...] = ()
    optional: bool = False
    minimum: float | None = None
    maximum: float | None = None
    aliases: tuple[Name, ...] = ()
