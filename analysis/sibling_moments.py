"""Weighted moments of siblings whose answers have gaps, in the full sample and in every replicate.

Weights that data suggest are functions of means, spreads and correlations among the children of one
parent. Each child is described on its own base, each pair on the people who answered both, so that a
question that few were asked costs the others nothing.

What a newcomer gets wrong: correlations of different pairs come from different people. A matrix of them
need not be one that any single group of people could have; whoever decomposes it has to look first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.design import Design
from analysis.driver_data import CONSTANT
from analysis.moments import replicate_sums, unit_sums
from analysis.replicates import Replication
from analysis.sample import Booleans, Floats, Integers


@dataclass(frozen=True, slots=True, eq=False)
class SiblingMoments:
    """Moments of k siblings in each of several cells: the full sample first, then the replicates.

    Attributes
    ----------
    people : respondents who answered any of them, unweighted.
    n : (k,) respondents who answered each.
    together : (k, k) respondents who answered both.
    low, high : (k,) smallest and largest answer; nan where nobody answered.
    mean, variance : (k, cells) on each sibling's own base, divisor Σw. A variance that is nothing but
        rounding is 0.
    inequality : (k, cells) Theil's T, Σw (x/m) ln(x/m) / Σw: 0 where all answers are equal, or all 0.
    correlation : (k, k, cells) on the people who answered both; 0 where either does not vary among them,
        1 on the diagonal.
    """

    people: int
    n: Integers
    together: Integers
    low: Floats
    high: Floats
    mean: Floats
    variance: Floats
    inequality: Floats
    correlation: Floats

    @property
    def covariance(self) -> Floats:
        """Covariances (k, k, cells): correlations of pairs times the deviations on each own base."""
        deviation = np.sqrt(self.variance)
        return np.asarray(self.correlation * deviation[:, None] * deviation[None])

    @property
    def varies(self) -> Booleans:
        """Which siblings have any spread in the full sample, (k,)."""
        return np.asarray(self.variance[:, 0] > 0)


def sibling_moments(
    x: Floats, design: Design, rows: Integers | None = None, plan: Replication | None = None
) -> SiblingMoments:
    """Moments of columns x (r, k), nan for a blank, of ``rows`` of a design (all rows by default).

    Answers are 0 or more. ``plan`` adds a cell for every replicate; without it there is one cell.

    Raises
    ------
    ValueError
        If an answer is below 0: shares of a total, on which the inequality rests, would have no meaning.
    """
    if np.nanmin(x, initial=0.0) < 0:
        raise ValueError(f"Answers are 0 or more here, found {float(np.nanmin(x))}.")
    used = np.arange(len(design)) if rows is None else rows
    answered = np.isfinite(x)
    shift = np.round(np.where(answered, x, 0.0).sum(axis=0) / np.maximum(answered.sum(axis=0), 1))
    k = x.shape[1]
    per_unit = unit_sums(lambda part: _products(x[part], shift), design, used, 4 * k + 6 * (k * (k - 1) // 2))
    cells = per_unit.sum(axis=0)[None]
    if plan is not None:
        cells = np.vstack([cells, replicate_sums(per_unit, plan)])
    counts = answered.astype(np.float64)
    together = np.asarray(np.rint(counts.T @ counts), dtype=np.int64)
    return SiblingMoments(
        people=int(answered.any(axis=1).sum()),
        n=np.diag(together).copy(),
        together=together,
        low=np.where(answered.any(axis=0), np.where(answered, x, np.inf).min(axis=0, initial=np.inf), np.nan),
        high=np.where(
            answered.any(axis=0), np.where(answered, x, -np.inf).max(axis=0, initial=-np.inf), np.nan
        ),
        **_described(cells.T, shift, k),
    )


def _products(x: Floats, shift: Floats) -> Floats:
    base = np.isfinite(x)
    filled = np.where(base, x, 0.0)
    z = np.where(base, x - shift, 0.0)
    first, second = np.triu_indices(x.shape[1], 1)
    both = base[:, first] & base[:, second]
    a, b = np.where(both, z[:, first], 0.0), np.where(both, z[:, second], 0.0)
    own = [base, z, z * z, special.xlogy(filled, filled)]
    return np.hstack([*own, both, a, b, a * a, b * b, a * b])


def _described(sums: Floats, shift: Floats, k: int) -> dict[str, Floats]:
    """Moments from sums (K, cells)."""
    weight, z, squares, logs = sums[: 4 * k].reshape(4, k, -1)
    mean, variance = _mean_and_variance(weight, z, squares)
    level = mean + shift[:, None]
    logs = logs / np.where(weight > 0, weight, 1.0)
    positive = level > CONSTANT
    safe = np.where(positive, level, 1.0)
    varies = variance > CONSTANT * np.maximum(1.0, level**2)
    # Rounding can leave a hair below 0, where the true value is at least 0 (Jensen).
    inequality = np.where(positive & varies, np.maximum(logs / safe - np.log(safe), 0.0), 0.0)
    return {
        "mean": level,
        "variance": np.where(varies, variance, 0.0),
        "inequality": inequality,
        "correlation": _correlations(sums[4 * k :], shift, k),
    }


def _correlations(sums: Floats, shift: Floats, k: int) -> Floats:
    first, second = np.triu_indices(k, 1)
    weight, a, b, aa, bb, ab = sums.reshape(6, len(first), -1)
    mean_a, variance_a = _mean_and_variance(weight, a, aa)
    mean_b, variance_b = _mean_and_variance(weight, b, bb)
    covariance = ab / np.where(weight > 0, weight, 1.0) - mean_a * mean_b
    varies = (variance_a > CONSTANT * np.maximum(1.0, (mean_a + shift[first, None]) ** 2)) & (
        variance_b > CONSTANT * np.maximum(1.0, (mean_b + shift[second, None]) ** 2)
    )
    scale = np.sqrt(np.where(varies, variance_a * variance_b, 1.0))
    found = np.zeros((k, k, sums.shape[1]))
    found[first, second] = np.where(varies, np.clip(covariance / scale, -1.0, 1.0), 0.0)
    found[second, first] = found[first, second]
    found[np.arange(k), np.arange(k)] = 1.0
    return found


def _mean_and_variance(weight: Floats, sums: Floats, squares: Floats) -> tuple[Floats, Floats]:
    safe = np.where(weight > 0, weight, 1.0)
    mean = sums / safe
    return mean, squares / safe - mean**2
