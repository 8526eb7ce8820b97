"""What an analysis found: frozen, JSON-able, and complete enough to print without another thought.

Every figure carries its uncertainty and its base. A figure that cannot be made is a ``TooFew`` that
says why, never a silent nan. Words for all this are made later, in ``report_templates``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.check_facts import CheckFacts
from analysis.driver_parts import Dominance, DriverFacts
from analysis.figures import Comparison, Estimate, JointTest, TooFew, Verdict
from analysis.priority_parts import GapPriority, LineRule, StatedImportance
from analysis.provenance import Provenance
from analysis.whatif_results import WhatIf

# Single figures are looked for here by all who make results.
__all__ = [
    "CalibrationUsed",
    "Comparison",
    "Distribution",
    "Driver",
    "DriverResults",
    "Estimate",
    "GroupResult",
    "ImportanceParts",
    "JointTest",
    "MixEffect",
    "NodeResult",
    "OutcomeResult",
    "PairDifference",
    "Quadrant",
    "Quality",
    "SegmentNode",
    "SegmentResult",
    "StudyResults",
    "TooFew",
    "Verdict",
    "WaveIndex",
]


@dataclass(frozen=True, slots=True)
class WaveIndex:
    """The index in one wave, its change from the wave before (``None`` in the first), its base."""

    wave: str
    index: Estimate
    change: Comparison | None
    n: int
    n_effective: float
    clusters: int


@dataclass(frozen=True, slots=True)
class NodeResult:
    """A node of the index tree in the reported wave.

    ``weight`` is relative to its siblings (they sum to 1), ``effective_weight`` the product down the
    tree. ``series`` holds one estimate a wave in the order of ``StudyResults.waves``. ``contribution``
    is what the node's change did to the index (points of the index): contributions of the branches
    sum to the change of the index exactly.
    """

    id: str
    parent: str | None
    item: str | None
    weight: float
    effective_weight: float
    series: tuple[Estimate | TooFew, ...]
    change: Comparison | None
    contribution: Comparison | None

    @property
    def score(self) -> Estimate | TooFew:
        """The estimate in the reported wave."""
        return self.series[-1]


@dataclass(frozen=True, slots=True)
class Distribution:
    """How one item was answered in the reported wave.

    ``shares`` are weighted, of those who answered, by code from the worst answer to the best;
    ``bands`` are the same grouped in five from worst to best by equal parts of the scale (see
    ``analysis.distribution``), with ``band_codes`` the codes in each. ``top`` is the share of the two
    best bands, 0 to 1, ``bottom`` that of the two worst, ``top_change`` and ``bottom_change`` their
    changes from the wave before (a falling bottom share is better). ``blanks`` counts respondents by
    kind of blank.
    """

    item: str
    codes: tuple[int, ...]
    shares: tuple[float, ...]
    bands: tuple[float, ...]
    band_codes: tuple[tuple[int, ...], ...]
    top: Estimate | TooFew
    bottom: Estimate | TooFew
    top_change: Comparison | None
    bottom_change: Comparison | None
    n: int
    blanks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OutcomeResult:
    """An outcome in every wave. ``unit`` is points of 100, a share 0 to 1, or an NPS −100 to 100."""

    id: str
    kind: str
    unit: Literal["points", "share", "nps"]
    series: tuple[Estimate | TooFew, ...]
    change: Comparison | None


Quadrant = Literal["improve", "keep", "minor", "maintain"]


@dataclass(frozen=True, slots=True)
class ImportanceParts:
    """Measures of one driver's importance, each a part of all variance of the outcome, with its interval.

    ``lmg`` (Shapley, general dominance), ``johnson`` (relative weights, Genizi), ``car`` and ``pratt`` sum
    to R² less what covariates take; ``first`` is what the driver explains alone and ``last`` what is lost
    without it. Pratt's product may be negative. That the interval of a part that is never negative lies
    above 0 says nothing.
    """

    lmg: Estimate
    first: Estimate
    last: Estimate
    johnson: Estimate
    car: Estimate
    pratt: Estimate


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver of one outcome: an item, or a branch of the index whose ``items`` count as one.

    ``share`` is its LMG part of the explained variance, 0 to 1; shares sum to 1. ``rank_low`` and
    ``rank_high`` bound its rank by simultaneous intervals of pairwise differences; ``first`` and ``top3``
    are the shares of replicates in which it ranks there. ``correlation``, ``coefficient`` (standardised)
    and ``unique`` (loss of R² without it) stand beside the share so that a driver that borrows its importance
    shows. ``direction`` is ``conflicting`` where correlation and a clear coefficient disagree in sign.
    ``performance`` is the driver's mean on 0–100 in the same wave on its own base; ``quadrant`` is named only
    if ``quadrants`` gives it at least the declared probability. ``asked`` is the weighted share of
    respondents who could answer (reach). Drivers without a common letter in ``tie`` differ clearly;
    ``places`` are shares of replicates by rank. ``correlation``, ``coefficient`` and ``direction`` are
    ``None`` for a branch. ``line`` is the performance line that the driver is judged by, and ``gap`` its
    importance less its performance; both are ``None`` without a performance.
    """

    item: str
    share: Estimate
    rank: int
    rank_low: int
    rank_high: int
    first: float
    top3: float
    probe: bool
    correlation: float | None
    coefficient: Estimate | None
    unique: float
    direction: Literal["positive", "negative", "conflicting"] | None
    performance: Estimate | TooFew
    quadrant: Quadrant | None
    quadrants: Mapping[Quadrant, float]
    asked: float
    tie: str = ""
    places: tuple[float, ...] = ()
    parts: ImportanceParts | None = None
    items: tuple[str, ...] = ()
    line: float | None = None
    gap: GapPriority | None = None


@dataclass(frozen=True, slots=True)
class DriverResults:
    """Drivers of one outcome, most important first. ``r_squared`` is the variance explained.

    ``dropped`` names items left out and why. ``lines`` is the rule by which performance is divided, and
    ``performance_line`` where that is, ``None`` where drivers have targets of their own, see ``Driver.line``;
    ``importance_line`` is the mean share. ``warnings`` are catalogue keys with values, see
    ``analysis.checks``. ``stated`` compares shares with the importance that people state, where it is asked.
    """

    outcome: str
    wave: str
    drivers: tuple[Driver, ...]
    r_squared: Estimate
    performance_line: float | None
    importance_line: float
    n: int
    n_rows_lost: int
    clusters: int
    replicates: int
    failed: int
    dropped: tuple[tuple[str, str], ...]
    warnings: tuple[tuple[str, Mapping[str, float]], ...]
    facts: DriverFacts | None = None
    dominance: Dominance | None = None
    lines: LineRule = "means"
    stated: StatedImportance | None = None


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group of a segment in the reported wave.

    ``difference`` compares the group with everybody outside it. ``expected_low`` and ``expected_high``
    bound where the group's index would fall if it did not differ, given its design and base. ``series``
    holds the index of the group in every wave, in the order of ``StudyResults.waves``.
    """

    value: str
    score: Estimate | TooFew
    difference: Comparison | None
    expected_low: float | None
    expected_high: float | None
    change: Comparison | None
    small: bool
    series: tuple[Estimate | TooFew, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentNode:
    """One node of the index by one segment, groups in the order of the index.

    Differences of all nodes and groups of the segment are one family, their changes another.
    """

    node: str
    groups: tuple[GroupResult, ...]
    test: JointTest | None


@dataclass(frozen=True, slots=True)
class SegmentResult:
    """The index by one segment, highest first, hidden groups last.

    ``test`` is whether the shown groups differ at all. ``nodes`` hold the branches of the index (its items,
    where it has no branches) by the same groups.
    """

    id: str
    groups: tuple[GroupResult, ...]
    test: JointTest | None = None
    nodes: tuple[SegmentNode, ...] = ()


@dataclass(frozen=True, slots=True)
class PairDifference:
    """How the index of one group differs from that of another; all pairs shown are one family."""

    first: str
    second: str
    difference: Comparison


@dataclass(frozen=True, slots=True)
class MixEffect:
    """What the mix of a segment did to the index since the wave before, and what scores did within it.

    The two sum to the change of the index: see ``analysis.change_explained``.
    """

    segment: str
    score: Comparison
    mix: Comparison


@dataclass(frozen=True, slots=True)
class CalibrationUsed:
    """How the weights of the reported wave were brought to the population.

    ``margins`` are columns, crossed ones joined; ``limited`` counts respondents whose weight is held at a
    limit; ``spread`` is the largest weight in medians; ``warnings`` are codes with their values: see
    ``analysis.calibration``.
    """

    method: Literal["raking", "post_stratification"]
    margins: tuple[str, ...]
    sweeps: int
    limited: int
    spread: float
    warnings: tuple[tuple[str, Mapping[str, float | str]], ...] = ()


@dataclass(frozen=True, slots=True)
class Quality:
    """What the numbers rest on, in the reported wave.

    Counts of respondents, clusters, strata; ``response_rate`` where invitations are known; ``recurring``
    the clusters seen in the wave before as well; ``deff_weights`` Kish's design effect of weighting;
    ``item_nonresponse`` the share of due answers that are missing; ``structural`` the share of cells that
    had no answer to have; ``straightliners`` respondents whose rated items all have one code (flagged, never
    removed), at the worst, middle and best of the scale; ``index_respondent`` the index by the other
    roll-up, ``index_without_flagged`` without the flagged, each ``None`` on too small a base;
    ``calibration`` how the weights met the population, if they did.
    """

    n: int
    n_effective: float
    clusters: int
    strata: int
    lonely_strata: int
    invited: int | None
    response_rate: float | None
    recurring: int
    deff_weights: float
    item_nonresponse: float
    structural: float
    blanks: Mapping[str, int]
    straightliners: tuple[int, int, int]
    index_respondent: float | None
    index_without_flagged: float | None
    calibration: CalibrationUsed | None = None


@dataclass(frozen=True, slots=True)
class StudyResults:
    """Everything a report says about one wave of a study. ``waves`` end with the reported one.

    ``mixes`` say for every segment whether the index moved because other people answered.
    ``drivers_missing`` holds the outcomes whose answers cannot carry a driver model, and why. ``what_if``
    says what moving each driver goes with; ``None`` where the study names no drivers. ``checks`` are further
    figures for the checklist: see ``analysis.checks``.
    """

    wave: str
    waves: tuple[str, ...]
    trend: tuple[WaveIndex, ...]
    target_gap: Comparison | None
    nodes: tuple[NodeResult, ...]
    distributions: tuple[Distribution, ...]
    outcomes: tuple[OutcomeResult, ...]
    drivers: tuple[DriverResults, ...]
    drivers_missing: tuple[tuple[str, TooFew], ...]
    segments: tuple[SegmentResult, ...]
    quality: Quality
    provenance: Provenance
    mixes: tuple[MixEffect, ...] = ()
    what_if: WhatIf | None = None
    checks: CheckFacts | None = None

    @property
    def current(self) -> WaveIndex:
        """The reported wave."""
        return self.trend[-1]
