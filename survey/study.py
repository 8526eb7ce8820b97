"""A study: what is asked, how answers become an index, and what the report may show.

These values are frozen and already consistent: ``definition.load_study`` is the only way in from a
file and lists every problem of that file first. Nothing here reads files. What is asked stands in
``questions``; a *node* is a branch of the index tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from survey.check_limits import Checks
from survey.gap_pairs import Gaps
from survey.margin_names import MarginName
from survey.questions import (
    ChoiceQuestion,
    Column,
    Day,
    Frozen,
    Identifier,
    Item,
    Name,
    OpenQuestion,
    Scale,
    Text,
    WaveIdentifier,
)
from survey.what_if import WhatIf


class IndexNode(Frozen):
    """A node of the index tree: either a leaf that names an item, or a branch with children.

    ``weight`` is relative to the other children of the same parent; it need not sum to anything. A leaf
    of weight 1 may be written as the item's id alone.
    """

    id: Identifier | None = None
    label: Text | None = None
    weight: float = Field(1.0, ge=0, le=1_000_000)
    item: Identifier | None = None
    children: tuple[IndexNode, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _leaf(cls, value: object) -> object:
        return {"item": value} if isinstance(value, str) else value

    def leaves(self) -> Iterator[IndexNode]:
        """Yield the leaves below this node, left to right; a leaf yields itself."""
        if self.item is not None:
            yield self
        for child in self.children:
            yield from child.leaves()


RollUp = Literal["aggregate", "respondent"]


class Index(Frozen):
    """The satisfaction index: a named, versioned tree of weights.

    ``aggregate`` averages items over those who answered each; ``respondent`` scores people first,
    needing answers on ``min_answered`` of each branch's weight.
    """

    id: Identifier
    label: Text
    version: Name = Field(description="Version of the weights, printed with every number.")
    rollup: RollUp = "aggregate"
    min_answered: float = Field(0.5, ge=0, le=1)
    children: tuple[IndexNode, ...] = Field(min_length=1)

    def leaves(self) -> Iterator[IndexNode]:
        """Yield every leaf of the tree, left to right."""
        for child in self.children:
            yield from child.leaves()


class Construct(Frozen):
    """Several items that measure one thing. Its score is the mean of its item scores (equal weights)."""

    id: Identifier
    label: Text
    items: tuple[Identifier, ...] = Field(min_length=1)
    mode: Literal["reflective", "formative"] = "reflective"


class Path(Frozen):
    """An arrow of the structural model, from one construct to another."""

    source: Identifier = Field(alias="from")
    target: Identifier = Field(alias="to")

    model_config = ConfigDict(populate_by_name=True)


OutcomeKind = Literal[
    "satisfaction",
    "affective_loyalty",
    "cognitive_loyalty",
    "behavioural_loyalty",
    "loyalty",
    "renewal_intention",
    "purchase_intention",
    "recommendation",
    "price_tolerance",
    "renewal",
    "churn",
    "complaint",
]


class Outcome(Frozen):
    """What satisfaction is supposed to bring about: the mean of some items, or a flag column."""

    id: Identifier
    label: Text
    kind: OutcomeKind
    items: tuple[Identifier, ...] = ()
    column: Identifier | None = None


Points = Annotated[float, Field(ge=0, le=100)]


class Drivers(Frozen):
    """What may drive the outcomes. ``items`` are the candidates; by default the leaves of the index.

    With ``groups: branches`` the items under one top branch of the index count as one driver. What the items
    or segments in ``always`` explain is taken off first. ``blanks`` says what becomes of people who left an
    item blank: left out (``listwise``), kept by their other answers (``em``) or for the pairs they answered
    (``pairwise``). ``lines`` says where performance is divided:
    at the mean of the drivers, the middle of the scale, or a target: that of ``targets``, else that of
    ``reporting``. ``stated`` names the item that asks how important a driver is. Where drivers are branches,
    targets and stated go by the id of the branch. The report's ``map`` of ``gaps`` draws lines of equal
    importance less performance through its quadrants.
    """

    items: tuple[Identifier, ...] = ()
    outcomes: tuple[Identifier, ...] = Field(min_length=1, description="Outcome ids, main one first.")
    groups: Literal["none", "branches"] = "none"
    always: tuple[Identifier, ...] = ()
    blanks: Literal["listwise", "em", "pairwise"] = "listwise"
    probability: float = Field(
        0.8, gt=0.5, lt=1, description="Least probability at which a quadrant is named."
    )
    lines: Literal["means", "midpoint", "target"] = "means"
    targets: Mapping[Identifier, Points] = Field(
        default_factory=dict, description="Targets of single drivers, in points of 100."
    )
    map: Literal["quadrants", "gaps"] = "quadrants"
    stated: Mapping[Identifier, Identifier] = Field(
        default_factory=dict, description="Items that ask for the importance of a driver, by driver."
    )


class Chain(Frozen):
    """From a dimension over satisfaction and loyalty to an outcome: which outcome stands at each step.

    A step that is left out is the first outcome of its kind (see ``survey.chain_parts``). The
    ``covariates``, items, outcomes, branches of the index, switching costs or segments, stand in every
    regression. ``blanks`` are as in ``Drivers``.
    """

    satisfaction: Identifier | None = None
    loyalty: Identifier | None = None
    outcome: Identifier | None = None
    covariates: tuple[Identifier, ...] = ()
    blanks: Literal["listwise", "em"] = "listwise"


class SwitchingCost(Frozen):
    """One facet of what it would cost the customer to leave."""

    id: Identifier
    label: Text
    facet: Literal["procedural", "financial", "relational"]
    items: tuple[Identifier, ...] = Field(min_length=1)


class Segment(Frozen):
    """A breakdown of respondents by a category column."""

    id: Identifier
    label: Text
    plural: Text | None = Field(None, description="Name of several groups: 'provinces'.")
    column: Identifier


class Calibration(Frozen):
    """How the weights of every wave are brought to the margins of the population.

    Limits are multiples: of the median weight (``trim``), of the weight before (ratio), of the mean weight.
    """

    method: Literal["raking", "post_stratification"] = "raking"
    margins: tuple[MarginName, ...] = Field((), description="Keys of population; all by default.")
    trim: float = Field(5.0, ge=0, description="Largest weight in medians; 0 for no limit.")
    least_ratio: float | None = Field(None, ge=0, lt=1)
    largest_ratio: float | None = Field(None, gt=1)
    least_weight: float | None = Field(None, ge=0, lt=1)
    largest_weight: float | None = Field(None, gt=1)
    unknown: Name | None = Field(None, description="Category under which population counts blanks.")


class Design(Frozen):
    """How respondents came into the survey, and how they are brought to the population.

    Blank parts mean: no weights (all 1), one stratum, every respondent a cluster of their own, weights
    as they are. A margin is a category column, or several joined by ``×``; its cells are then
    categories joined by `` × ``.
    """

    respondent: Identifier | None = Field(None, description="Column that identifies a respondent.")
    weight: Identifier | None = None
    stratum: tuple[Identifier, ...] = Field((), description="Columns whose crossing makes the strata.")
    cluster: Identifier | None = None
    population: Mapping[MarginName, Mapping[str, float]] = Field(
        default_factory=dict, description="Known totals or shares by category column."
    )
    calibration: Calibration | None = None
    lonely_stratum: Literal["grand_mean", "certainty", "average", "refuse"] = "grand_mean"
    stratum_clusters: Mapping[str, float] = Field(
        default_factory=dict, description="Clusters that each stratum of the population has."
    )

    @property
    def columns(self) -> frozenset[str]:
        """The columns that every respondent must have a value in."""
        named = (self.respondent, self.weight, self.cluster, *self.stratum)
        return frozenset(name for name in named if name is not None)


class Wave(Frozen):
    """One round of the survey. Waves stand in time order."""

    id: WaveIdentifier
    label: Text
    short: Text | None = Field(None, description="A few characters for axes: 26Q3.")
    start: Day | None = None
    end: Day | None = None
    invited: int | None = Field(None, ge=1, description="People invited; gives the response rate.")
    population: Mapping[MarginName, Mapping[str, float]] = Field(
        default_factory=dict, description="Margins that were others in this wave than in the design."
    )


class Action(Frozen):
    """What the operator would do about an item, if the survey asks for it."""

    item: Identifier
    what: Text
    owner: Text
    due: Day


ShareInterval = Literal["logit", "korn_graubard", "wilson", "likelihood"]


class Reporting(Frozen):
    """What may be printed, and when it is called different."""

    level: float = Field(0.95, gt=0.5, lt=1)
    disclosure_limit: int = Field(10, ge=1, description="Groups with fewer answers are never shown.")
    minimum_base: int = Field(30, ge=1, description="Groups with fewer answers are marked.")
    target: float | None = Field(None, ge=0, le=100)
    false_discovery_rate: float = Field(0.05, gt=0, lt=1)
    share_interval: ShareInterval = Field("logit", description="How shares and NPS get their intervals.")
    replicates: int = Field(1000, ge=200, le=20000)
    seed: int = Field(20260101, ge=0)
    classification: Text | None = None
    actions: tuple[Action, ...] = ()
    checks: Checks | None = Field(None, description="Limits of the checklist, where others than usual.")


class Study(Frozen):
    """A whole study. Every id in it is resolved: see ``definition`` for the rules."""

    csat: Literal[1] = Field(description="Version of this format.")
    id: Identifier
    title: Text
    organisation: Text
    population: Text | None = Field(None, description="Whom the survey speaks for.")
    scales: Mapping[Identifier, Scale]
    columns: tuple[Column, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)
    open_questions: tuple[OpenQuestion, ...] = ()
    choice_questions: tuple[ChoiceQuestion, ...] = ()
    index: Index
    constructs: tuple[Construct, ...] = ()
    paths: tuple[Path, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    drivers: Drivers | None = None
    chain: Chain | None = None
    switching_costs: tuple[SwitchingCost, ...] = ()
    gaps: Gaps | None = None
    what_if: WhatIf | None = None
    segments: tuple[Segment, ...] = ()
    design: Design = Design()
    waves: tuple[Wave, ...] = Field(min_length=1)
    reporting: Reporting = Reporting()

    @cached_property
    def part_by_id(self) -> Mapping[str, Item | Column | OpenQuestion | ChoiceQuestion]:
        """Everything that a workbook has columns for, by id."""
        parts: list[Item | Column | OpenQuestion | ChoiceQuestion] = [*self.items, *self.columns]
        parts += [*self.open_questions, *self.choice_questions]
        return {part.id: part for part in parts}

    @cached_property
    def item_by_id(self) -> Mapping[str, Item]:
        """Items by id, in the order of the questionnaire."""
        return {item.id: item for item in self.items}

    @cached_property
    def column_by_id(self) -> Mapping[str, Column]:
        """Columns by id."""
        return {column.id: column for column in self.columns}

    @cached_property
    def outcome_by_id(self) -> Mapping[str, Outcome]:
        """Outcomes by id."""
        return {outcome.id: outcome for outcome in self.outcomes}

    @cached_property
    def segment_by_id(self) -> Mapping[str, Segment]:
        """Segments by id."""
        return {segment.id: segment for segment in self.segments}

    @cached_property
    def wave_by_id(self) -> Mapping[str, Wave]:
        """Waves by id, in time order."""
        return {wave.id: wave for wave in self.waves}

    def scale_of(self, item: str) -> Scale:
        """Return the scale on which ``item`` is answered."""
        return self.scales[self.item_by_id[item].scale]

    def document(self) -> dict[str, Any]:
        """Return the study as plain values, the form that is stored and digested."""
        return self.model_dump(mode="json", by_alias=True)
