"""Single figures: an estimate, why there is none, a comparison, a joint test.

What a newcomer gets wrong: a figure that cannot be made is a ``TooFew`` that says why, never a nan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with what is known about its error.

    ``se``, ``low`` and ``high`` are ``None`` where the design gives no degrees of freedom (one
    cluster). ``n`` counts respondents, unweighted; ``n_effective`` is Kish's; ``df`` is clusters less
    strata within the domain, or replicates' design df; ``deff`` compares with sampling with
    replacement. Intervals cover sampling error only: weights are taken as known.
    """

    value: float
    se: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    n_effective: float
    df: float
    deff: float | None = None
    method: str = "taylor"

    def summary(self) -> str:
        """One line for a terminal or a footnote: ``77.7 [76.2, 79.2], n = 412``."""
        if self.low is None or self.high is None:
            return f"{self.value:.4g}, no interval, n = {self.n}"
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}], n = {self.n}"


@dataclass(frozen=True, slots=True)
class TooFew:
    """A figure that is not shown. ``reason`` says why; ``n`` is for the analyst, never for print.

    ``complementary`` marks a group that is large enough itself but hidden because a smaller one
    could otherwise be found by subtraction. ``small_base`` marks a model that its base cannot carry,
    ``indefinite`` one whose pairwise correlations fit no population.
    """

    n: int
    reason: Literal["disclosure", "complementary", "no_answers", "no_spread", "small_base", "indefinite"]


Verdict = Literal["better", "worse", "same"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A difference and its test. ``q`` is ``p`` after Benjamini–Hochberg over its printed family.

    ``verdict`` is ``same`` unless ``q`` is below the study's false discovery rate. ``better`` means a
    higher value of a good thing: churn counts the other way.
    """

    estimate: Estimate
    p: float | None
    q: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class JointTest:
    """One test of several differences at once: ``f`` on ``ndf`` and ``ddf`` degrees of freedom."""

    f: float
    ndf: float
    ddf: float
    p: float
