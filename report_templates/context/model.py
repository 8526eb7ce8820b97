"""What a report page holds: ready strings and chart inputs, each field documented.

Templates place these values and do nothing else: no rounding, no thresholds, no words of their own. A
field that is ``None`` or empty is a block that this report does not have. In every string the signs
▲ ▼ ○ ● stand for the drawn marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from report_templates.charts.forest import Forest
from report_templates.charts.likert import Likert
from report_templates.charts.marks import Mark
from report_templates.charts.priority_map import PriorityMap
from report_templates.charts.small_multiples import SmallMultiples
from report_templates.charts.trend import Trend
from report_templates.charts.waterfall import Waterfall
from survey.language import Language

Phrases = tuple[str, ...]
"""A title as phrases that stay whole; a line ends only between them."""

Chart = Trend | Forest | Likert | PriorityMap | SmallMultiples | Waterfall
PageName = Literal[
    "summary",
    "trend",
    "scores",
    "causes",
    "answers",
    "priorities",
    "what_if",
    "groups",
    "checklist",
    "method",
]
Grade = Literal["full", "half", "empty"]
"""● ◐ ○ in ink: how far something can be relied on."""
RowKind = Literal["plain", "current", "group", "total", "act"]
Tone = Literal["plain", "strong", "quiet", "muted"]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above every page but the cover.

    ``number`` is the page's number, ``name`` the section in the running head, ``title`` the claim,
    ``subtitle`` measure, period and scale. ``anchor`` is where the contents point.
    """

    anchor: str
    number: str
    name: str
    title: Phrases
    subtitle: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its caption. ``label`` is ``图 3``; empty for a strip that repeats a figure."""

    label: str
    chart: Chart
    caption: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, its alignment, its tone, and its share of the width in per cent.

    ``span`` heads a group of columns in a row above: set on the first of them, with how many it heads.
    ``fold`` lets a column of words become as narrow as its longest word.
    """

    head: str
    right: bool = True
    tone: Tone = "plain"
    width: str = ""
    span: str = ""
    spans: int = 0
    fold: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, the mark before it, and whether the mark's colour tints the text."""

    text: str
    mark: Mark | None = None
    tinted: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``current`` and ``act`` stand on panel grey, ``group`` and ``total`` are bold."""

    cells: tuple[Cell, ...]
    kind: RowKind = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a note below. ``head`` is the line above it, or empty."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    head: str = ""


@dataclass(frozen=True, slots=True)
class Callout:
    """One of up to three short remarks in a row: a head and a sentence or two."""

    head: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What to improve first, as one sentence: ``head`` names it, ``text`` says how sure and what it brings.

    ``reference`` is the figure that shows it, or empty.
    """

    head: str
    text: str
    reference: str = ""

    def sentence(self, language: Language) -> str:
        """The whole as it stands in running text."""
        return self.head + (" " if language == "en" else "") + self.text


@dataclass(frozen=True, slots=True)
class Facing:
    """One line of the cover: what the index is compared with, by how much, and whether it differs."""

    label: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the contents: page number, section, and the anchor it points to."""

    number: str
    name: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page: who, when, what; the index with its interval; the series; the contents.

    ``chart`` is ``None`` where there is one wave only; ``scores`` then lists names with their scores.
    ``answer`` is the sentence of the summary, ``None`` where the study asks for no drivers. ``imprint`` names
    report, weights, date and classification.
    """

    organisation: str
    period: str
    title: Phrases
    scope: str
    index: str
    index_label: str
    interval: str
    facings: tuple[Facing, ...]
    chart: Trend | None
    scores: tuple[tuple[str, str], ...]
    answer: Answer | None
    contents: tuple[Entry, ...]
    imprint: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline figure: label, value with unit, interval, change with its mark, verdict in words."""

    label: str
    value: str
    unit: str
    interval: str
    change: Cell
    verdict: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: its number, the claim, the figures behind it, and the figure that shows it."""

    number: str
    head: str
    text: str
    reference: str


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """The page that stands alone.

    ``answer`` says what to improve first, ``None`` where the study asks for no drivers. ``strip`` is the
    series of the index, or the scores where there is one wave. ``decisions`` is ``None`` where the study
    declares no action for what the survey found.
    """

    head: Head
    answer: Answer | None
    tiles: tuple[Tile, ...]
    strip_head: str
    strip: Figure
    findings_head: str
    findings: tuple[Finding, ...]
    decisions: Table | None
    reading_head: str
    reading: str


@dataclass(frozen=True, slots=True)
class FigurePage:
    """A page of figures, tables and remarks in fixed order; used by every page after the summary.

    ``side`` stands beside the first figure where that is two thirds wide; ``second`` is another figure
    under the first; ``second_table`` follows the table; ``halves`` are narrow tables set side by side under
    ``halves_head``.
    """

    head: Head
    figure: Figure | None = None
    side: Side | None = None
    second: Figure | None = None
    table: Table | None = None
    second_table: Table | None = None
    halves_head: str = ""
    halves: tuple[Table, ...] = ()
    halves_note: str = ""
    callouts: tuple[Callout, ...] = ()


@dataclass(frozen=True, slots=True)
class SideGroup:
    """Entries under one quadrant: its mark and name, then names with their probability."""

    mark: Mark
    name: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Side:
    """The list beside the priority map: groups of names with probabilities, and what they mean."""

    head: str
    groups: tuple[SideGroup, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the quality statement; ``sign`` is ● ◐ or ○ in ink, ``verdict`` the same in words."""

    claim: str
    evidence: str
    limit: str
    sign: Grade
    verdict: str


@dataclass(frozen=True, slots=True)
class ChecklistPage:
    """What has to hold before a number is a headline: rows of what speaks against it, and what passes.

    ``claims_widths`` are the columns in per cent of the width; checks that pass stand in the ``halves``, or
    by name in the note where the page is full.
    """

    head: Head
    claims_head: tuple[str, str, str, str]
    claims_widths: tuple[int, int, int, int]
    claims: tuple[Claim, ...]
    claims_note: str
    halves_head: str
    halves: tuple[Table, ...]
    halves_note: str


@dataclass(frozen=True, slots=True)
class Facts:
    """A list of facts under a head: names with their values."""

    head: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MethodPage:
    """How far the figures can be trusted, how they were made, and how to make them again.

    ``claims_widths`` are the columns of the claims in per cent of the width; a ``tight`` page has less
    space between its blocks, because its words would not fit else.
    """

    head: Head
    claims_head: tuple[str, str, str, str]
    claims_widths: tuple[int, int, int, int]
    claims: tuple[Claim, ...]
    claims_note: str
    facts: tuple[Facts, ...]
    notes: tuple[Callout, ...]
    reproduce: str
    tight: bool


@dataclass(frozen=True, slots=True)
class ReportContext:
    """A whole report. ``pages`` stand in reading order after cover and summary, checklist and method last.

    ``running`` is the line above every page, ``foot`` the one below; ``document_title``, ``author`` and
    ``description`` go into the file's properties; ``created`` is the last day of fieldwork, or empty.
    """

    language: Language
    document_title: str
    author: str
    description: str
    created: str
    running: str
    foot: str
    cover: Cover
    summary: SummaryPage
    pages: tuple[FigurePage, ...]
    checklist: ChecklistPage
    method: MethodPage
