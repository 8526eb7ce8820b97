"""Estimates whose error comes from replicates: a value in the full sample, and the same in each replicate.

What a newcomer gets wrong: a product of coefficients, a share or a rank is not symmetric around its value.
Such figures take their limits from the middle of the replicates; smooth ones, such as a coefficient, take
them from the standard error and the degrees of freedom of the design.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.design import Design, effective_sample_size
from analysis.estimate import t_quantile
from analysis.results import Estimate
from analysis.sample import Floats, Integers


@dataclass(frozen=True, slots=True)
class ReplicateBase:
    """What estimates of one model stand on: respondents, Kish's n, clusters less strata, and a level."""

    n: int
    n_effective: float
    df: int
    level: float

    def percentile(self, values: Floats) -> Estimate:
        """Value (cell 0 of ``values``, (1 + B,)) with the middle of its replicates as the interval."""
        low, high = np.quantile(values[1:], [(1 - self.level) / 2, (1 + self.level) / 2])
        return self._estimate(values, float(low), float(high), self.df)

    def symmetric(self, values: Floats, slopes: int) -> Estimate:
        """Value with a t interval on df less ``slopes``; no error and no interval where none is left."""
        left = self.df - slopes
        if left <= 0:
            return self._estimate(values, None, None, left)
        half = float(t_quantile(np.array(left), self.level)) * float(values[1:].std(ddof=1))
        return self._estimate(values, float(values[0]) - half, float(values[0]) + half, left)

    def _estimate(self, values: Floats, low: float | None, high: float | None, df: int) -> Estimate:
        return Estimate(
            value=float(values[0]),
            se=None if low is None else float(values[1:].std(ddof=1)),
            low=low,
            high=high,
            level=self.level,
            n=self.n,
            n_effective=self.n_effective,
            df=float(df),
            method="replicates",
        )


def replicate_base(design: Design, rows: Integers, level: float) -> ReplicateBase:
    """Return the base of a model that stands on ``rows`` of a design."""
    present = np.zeros((design.units, 1), dtype=bool)
    present[design.unit[rows]] = True
    df = int(design.degrees_of_freedom(present)[0])
    return ReplicateBase(len(rows), effective_sample_size(design.weights[rows]), df, level)
