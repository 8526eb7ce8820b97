"""What the questionnaire's template places: words and field names, nothing left to decide.

A field is named as the column that its answer goes to: the id of the question, ``reasons/1`` for an option,
``reasons/8/text`` for what is written beside one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from survey.language import Language

Width = Literal["narrow", "medium", "wide"]
Columns = Literal["one", "two", "four", "across"]
Marked = Literal["one", "several", "rank"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to choose: its field and value, and what stands there.

    ``beside`` is the field of a line to write on; ``ranked`` asks for a rank instead of a mark.
    """

    name: str
    value: str
    label: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Heads:
    """The head of a scale: codes with their labels, and the blanks apart from them.

    ``labels`` are empty where not every code has a wording; the ends' stand in ``low`` and ``high``, over the
    first ``half`` of the codes and over the rest. Widths are in mm; ``tight`` where a word is wider than its
    column and must be broken.
    """

    codes: tuple[str, ...]
    labels: tuple[str, ...]
    low: str
    high: str
    blanks: tuple[str, ...]
    blank_codes: tuple[str, ...]
    code_width: int
    blank_widths: tuple[int, ...]
    tight: bool

    @property
    def half(self) -> int:
        """How many codes the wording of the low end spans."""
        return max(1, len(self.codes) // 2)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its number, id, wording, and what to do after it."""

    number: int
    id: str
    text: str
    jump: str = ""


@dataclass(frozen=True, slots=True)
class BlockView:
    """One block of the form.

    Attributes
    ----------
    kind : ``scale`` a table of items; ``one`` and ``several`` options to mark; ``rank`` options to rank;
        ``open`` a field of lines; ``short`` one line.
    questions : one, or the rows of the table.
    condition : to whom it is put, empty for everybody.
    note : how to answer.
    heads : of a table.
    answers : of a list, in ``columns``; ``across`` puts all of them on one line.
    unit : behind a line.
    width : of a line.
    """

    kind: Marked | Literal["scale", "open", "short"]
    questions: tuple[Asked, ...]
    condition: str = ""
    note: str = ""
    heads: Heads | None = None
    answers: tuple[Answer, ...] = ()
    columns: Columns = "one"
    unit: str = ""
    width: Width = "medium"


@dataclass(frozen=True, slots=True)
class Form:
    """The whole questionnaire. ``identity`` is the field of the respondent's identifier, if there is one."""

    language: Language
    document_title: str
    organisation: str
    title: str
    subtitle: str
    running: str
    section: str
    foot: str
    introduction: tuple[str, ...]
    guide: str
    identity: Asked | None
    identity_note: str
    blocks: tuple[BlockView, ...]
    closing: str
