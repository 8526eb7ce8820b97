"""How sure an index is when both its sample and its weights are in doubt: frozen, JSON-able.

``analysis.sensitivity`` finds it. Every figure is told three ways where that makes sense: from the sampling
alone (weights as in the reference), from the weights alone (answers as they are), and from both at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.suppression import Hidden


@dataclass(frozen=True, slots=True)
class Interval:
    """Limits between which the middle ``level`` of the draws lies, points."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Probability:
    """Share of draws in which a statement that the reference makes is still true, 0 to 1."""

    both: float
    sampling: float
    weights: float


@dataclass(frozen=True, slots=True)
class VarianceParts:
    """Where the variance of a figure (points²) comes from; the parts sum to ``total``.

    ``sampling`` is who happened to answer, ``spread`` the perturbation of weights around a set, ``choice``
    which set or roll-up was chosen, ``interaction`` what only sampling and weights together bring.
    ``exact`` says that the parts follow from moments of the draws; otherwise (people scored first) they
    are differences between three runs, and the interaction may come out slightly below 0.
    """

    total: float
    sampling: float
    spread: float
    choice: float
    interaction: float
    exact: bool

    @property
    def weighting(self) -> float:
        """What comes from weights alone."""
        return self.spread + self.choice


@dataclass(frozen=True, slots=True)
class Figure:
    """An index under the reference (full sample), and how far it moves.

    ``reach`` is what *any* weights within the spread of any of the sets can give on these answers, exactly;
    ``None`` for a Dirichlet perturbation, where people are scored first, and where an item has fewer answers
    than may be shown, whose mean it would tell.
    """

    value: float
    both: Interval
    sampling: Interval
    weights: Interval
    reach: Interval | None
    variance: VarianceParts


@dataclass(frozen=True, slots=True)
class WaveFigure:
    """The index of one wave; ``rose`` how surely its change from the wave before has its sign.

    ``change`` is under the reference; both are ``None`` in the first wave, and where a change of exactly 0
    has no sign. ``reached`` is how surely it is on its side of the threshold.
    """

    wave: str
    index: Figure
    change: float | None
    rose: Probability | None
    reached: Probability | None


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """One group in the ranking, 1 the highest.

    ``rank_low`` and ``rank_high`` bound the rank by simultaneous intervals of pairwise differences over
    both sources. ``same``, ``first``, ``last`` and ``top`` are shares of draws (both sources) in which the
    rank is that of the reference, the first, the last, among the top. ``mean_change`` is mean |Δrank| over
    both sources, ``weights_change`` over the weights alone.
    """

    value: str
    index: Figure
    rank: int
    rank_low: int
    rank_high: int
    same: float
    first: float
    last: float
    top: float
    mean_change: float
    weights_change: float
    reached: Probability | None
    small: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Neighbours in the ranking of the reference, and how surely ``upper`` stands above ``lower``.

    ``tie`` says that they change places in more than a quarter of the draws.
    """

    upper: str
    lower: str
    gap: float
    above: Probability
    tie: bool


@dataclass(frozen=True, slots=True)
class WithoutItem:
    """The ranking with one item left out and the rest of its family filling up.

    ``change`` is of the index, in points. ``moved`` is the group whose rank changes most, ``before`` and
    ``after`` its ranks; ``None`` where none changes. Without groups there is no rank to speak of.
    """

    item: str
    change: float
    mean_change: float | None
    moved: str | None
    before: int | None
    after: int | None
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class SobolShare:
    """One input's share in the variance of one result, 0 to 1, with bootstrap standard errors."""

    input: str
    kind: Literal["sampling", "weights", "set", "rollup", "node"]
    first: float
    first_se: float
    total: float
    total_se: float


@dataclass(frozen=True, slots=True)
class SobolResult:
    """Shares of all inputs in one result: the index, that of a group, or mean |Δrank|, by total share.

    ``weights`` among the inputs stands for all nodes together. Nothing is listed where nothing varies.
    """

    target: Literal["index", "group", "rank_change"]
    group: str | None
    variance: float
    shares: tuple[SobolShare, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The groups of a segment in the reported wave, in the order of the reference.

    ``top_size`` is how many groups count as the top; ``top_kept`` how surely the same groups are there.
    ``first`` and ``last`` tell how surely the groups at the ends stay there. ``mean_change`` is mean |Δrank|
    over all groups and both sources, ``weights_change`` over the weights alone. ``hidden`` may not be shown;
    ``unranked`` have an index, but no error that could be estimated (one cluster).
    """

    segment: str
    groups: tuple[GroupFigure, ...]
    pairs: tuple[Pair, ...]
    first: Probability
    last: Probability
    top_size: int
    top_kept: Probability
    mean_change: float
    weights_change: float
    hidden: tuple[tuple[str, Hidden], ...]
    unranked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """One Monte-Carlo over sampling, weights and method.

    ``reference`` is the set whose statements are tested; ``sets`` and ``rollups`` are those that draws
    choose from. ``failed`` counts draws that were left out because a replicate left an item without
    answers. ``warnings`` are catalogue keys with values.
    """

    reference: str
    sets: tuple[str, ...]
    rollups: tuple[str, ...]
    spread: float
    concentration: float | None
    threshold: float | None
    wave: str
    level: float
    draws: int
    failed: int
    seed: int
    sobol_runs: int
    waves: tuple[WaveFigure, ...]
    ranking: Ranking | None
    without: tuple[WithoutItem, ...]
    sobol: tuple[SobolResult, ...]
    warnings: tuple[tuple[str, Mapping[str, float]], ...]

    @property
    def current(self) -> WaveFigure:
        """The reported wave."""
        return self.waves[-1]
