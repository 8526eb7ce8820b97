"""What gaps between expectation and performance come to: frozen results and the limits of their warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.coefficients import Coefficient
from analysis.results import Comparison, Estimate, JointTest, TooFew

Warned = tuple[str, Mapping[str, str | float]]
NoModel = Literal["no_satisfaction", "small_base", "no_spread"]


@dataclass(frozen=True, slots=True)
class GapPair:
    """One thing asked twice: what was expected of it and how it was; perhaps compared directly as well."""

    expectation: str
    performance: str
    disconfirmation: str | None = None


@dataclass(frozen=True, slots=True)
class GapDimension:
    """Pairs of one dimension; ``weight`` is relative to the other dimensions."""

    id: str
    weight: float
    pairs: tuple[GapPair, ...]


@dataclass(frozen=True, slots=True)
class GapPlan:
    """What is compared. ``satisfaction`` is the outcome to explain, ``disconfirmation`` asks of it all."""

    dimensions: tuple[GapDimension, ...]
    satisfaction: str | None = None
    disconfirmation: str | None = None


@dataclass(frozen=True, slots=True)
class GapRules:
    """From where on gaps are warned of. Conventions.

    ``reliable``: least reliability of a difference; ``ceiling``: largest share of expectations at the top
    of the scale; ``smallest_base``: people that a model needs; ``agreement``: least correlation between the
    gap that is worked out and the one that people state.
    """

    reliable: float = 0.70
    ceiling: float = 0.40
    smallest_base: int = 50
    agreement: float = 0.30


@dataclass(frozen=True, slots=True)
class Direct:
    """Disconfirmation as people state it.

    ``score`` in points of 100, ``against`` its distance from the middle of the scale ("as expected"),
    tested; ``agreement`` its correlation with the gap worked out for the same people.
    """

    item: str
    score: Estimate | TooFew
    against: Comparison | None
    agreement: float | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Expectation, performance and the gap between them, in points of 100.

    ``gap`` is performance less expectation over people who answered both of a pair, tested against 0; the
    means stand each on its own base. ``TooFew`` and ``None`` where they may not be shown.
    """

    expectation: Estimate | TooFew
    performance: Estimate | TooFew
    gap: Comparison | None


@dataclass(frozen=True, slots=True)
class PairGap:
    """The gap of one pair. ``ceiling`` is the share of expectations at the top of the scale, 0 to 1."""

    pair: GapPair
    figures: Gap
    ceiling: Estimate | TooFew
    direct: Direct | None


@dataclass(frozen=True, slots=True)
class DifferenceReliability:
    """How reliable a difference of two sums is: both alphas, their correlation, and what follows."""

    expectation: float
    performance: float
    correlation: float
    value: float
    n: int


@dataclass(frozen=True, slots=True)
class DimensionGap:
    """The gap of one dimension: means over its pairs. ``weight`` is its part of SERVQUAL, they sum to 1.

    ``reliability`` is ``None`` for a single pair, and where moments could not be had.
    """

    id: str
    weight: float
    figures: Gap
    reliability: DifferenceReliability | None
    pairs: tuple[PairGap, ...]


@dataclass(frozen=True, slots=True)
class GapModel:
    r"""Satisfaction by expectation and performance, :math:`S = b_0 + b_1 E + b_2 P`.

    A gap stands for both only if :math:`b_1 = -b_2`: ``sum`` estimates :math:`b_1 + b_2`, ``equal`` tests
    that it is 0. ``curved`` adds :math:`E^2, EP, P^2` (around the middle of the scale), ``curvature`` tests
    them together. ``usable`` says that the test leaves room for a gap: not rejected, b₁ < 0 < b₂.
    """

    outcome: str
    linear: tuple[Coefficient, ...]
    curved: tuple[Coefficient, ...]
    sum: Estimate
    equal: JointTest | None
    curvature: JointTest | None
    r_squared: float
    r_squared_curved: float
    n: int
    usable: bool


@dataclass(frozen=True, slots=True)
class GapReport:
    """Gaps of one wave. ``servqual`` is the weighted gap, beside it weighted performance alone (SERVPERF).

    ``model`` is ``None`` where ``no_model`` says why. ``left_pairs`` were put to nobody. ``warnings`` are
    keys with values: see ``analysis.gaps``.
    """

    wave: str
    servqual: Gap
    dimensions: tuple[DimensionGap, ...]
    direct: Direct | None
    model: GapModel | None
    no_model: NoModel | None
    left_pairs: tuple[GapPair, ...]
    warnings: tuple[Warned, ...]
