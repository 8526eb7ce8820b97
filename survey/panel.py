"""A panel of experts: what it is asked about the index, family by family, and what it said.

A family is the children of one parent of the index. Experts either compare its members in pairs (AHP) or
share out 100 points among them (budget). What is written to a workbook and what is read from one go by the
same ids of rows, which stand here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Literal, NamedTuple

from survey.errors import Place
from survey.language import LANGUAGES, Language, catalogue, listing
from survey.questions import Text
from survey.study import IndexNode, Study
from survey.weight_set import node_id

PanelMethod = Literal["ahp", "budget"]

MOST_COMPARED = 9  # more than this, and nobody keeps the comparisons coherent
TOTAL_POINTS = 100
DEGREES = range(1, 10)
EXPERT_ROW = "expert"

_MARK = "csat panel 1"


class Member(NamedTuple):
    """One child of a parent: its id, its label, and what it is: an item's wording, a branch's children."""

    id: str
    label: Text
    about: Text


@dataclass(frozen=True)
class Family:
    """The children of ``parent`` (``None`` is the total), at least two, in the order of the index.

    ``top`` is the name under which the parent stands in ids of rows.
    """

    parent: str | None
    top: str
    label: Text
    members: tuple[Member, ...]

    @property
    def pairs(self) -> tuple[tuple[Member, Member], ...]:
        """Every comparison: the upper triangle, row by row."""
        return tuple(combinations(self.members, 2))

    @cached_property
    def names(self) -> Mapping[str, Mapping[Language, str]]:
        """How each member is called in drop-downs, by id: its label, with its id where labels are alike."""
        told: dict[str, dict[Language, str]] = {member.id: {} for member in self.members}
        for language in LANGUAGES:
            labels = [member.label[language] for member in self.members]
            for member, label in zip(self.members, labels, strict=True):
                told[member.id][language] = label if labels.count(label) == 1 else f"{label} ({member.id})"
        return told

    def row(self, *members: Member) -> str:
        """Return the id of the row about these members."""
        return "/".join((self.top, *(member.id for member in members)))


@dataclass(frozen=True, slots=True)
class PanelSheet:
    """What one expert said in one round.

    ``judgements`` maps a parent to pairs and how many times as important the first is; ``points`` maps it to
    its children's points. A family without any answer is absent. ``reasons`` are by id of the row.
    """

    expert: str
    method: PanelMethod
    round: int
    place: Place
    judgements: Mapping[str | None, Mapping[tuple[str, str], float]] = field(default_factory=dict)
    points: Mapping[str | None, Mapping[str, float]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Panel:
    """Sheets that hold answers, and the names on those that hold none, by round. ``file`` is the first."""

    file: str
    sheets: tuple[PanelSheet, ...]
    empty: tuple[tuple[int, str], ...]

    @property
    def rounds(self) -> tuple[int, ...]:
        """The rounds there are answers of, in order."""
        return tuple(sorted({sheet.round for sheet in self.sheets}))

    def of_round(self, number: int) -> tuple[PanelSheet, ...]:
        """Return the sheets of a round."""
        return tuple(sheet for sheet in self.sheets if sheet.round == number)


@dataclass(frozen=True, slots=True)
class Head:
    """What the mark of a sheet says: for which method, round and index it was handed out."""

    method: str
    round: int
    index: str

    def __str__(self) -> str:
        return f"{_MARK}; {self.method}; {self.round}; {self.index}"


def read_head(text: str) -> Head | None:
    """Return what a cell says about its sheet, ``None`` for any other text."""
    parts = [part.strip() for part in text.split(";")]
    if len(parts) != 4 or parts[0] != _MARK or not parts[2].isdecimal():
        return None
    return Head(parts[1], int(parts[2]), parts[3])


def panel_families(study: Study) -> tuple[Family, ...]:
    """Return the families of an index that need weights; an only child needs none."""
    found: list[Family] = []

    def visit(parent: str | None, label: Text, nodes: tuple[IndexNode, ...]) -> None:
        if len(nodes) > 1:
            members = tuple(_member(study, node) for node in nodes)
            found.append(Family(parent, parent or study.index.id, label, members))
        for node in nodes:
            visit(node_id(node), _member(study, node).label, node.children)

    visit(None, study.index.label, study.index.children)
    return tuple(found)


def _member(study: Study, node: IndexNode) -> Member:
    if node.item is not None:
        item = study.item_by_id[node.item]
        return Member(node_id(node), node.label or item.label, item.text)
    if node.label is None:
        raise ValueError(f"Branch {node.id!r} of the index has no label.")
    labels = [_member(study, child).label for child in node.children]
    about = {language: listing(label[language] for label in labels)[language] for language in LANGUAGES}
    return Member(node_id(node), node.label, Text(**about))


def degree_words(language: Language) -> Iterator[str]:
    """Yield the degrees 1 to 9 as drop-downs offer them; each begins with its number."""
    words = catalogue("survey")
    for degree in DEGREES:
        yield f"{degree} {words(f'panel.degree_{degree}', language)}"


def judgement_words(family: Family, pair: tuple[Member, Member], ratio: float, language: Language) -> str:
    """Return a judgement as words: which matters more, and by how much to one decimal."""
    if round(max(ratio, 1 / ratio), 1) == 1:
        return catalogue("survey")("panel.equal", language)
    more = pair[0] if ratio > 1 else pair[1]
    return f"{family.names[more.id][language]} {max(ratio, 1 / ratio):.2g}"
