"""How far a person's answers lie from everybody else's, and how far is too far.

What a newcomer gets wrong: where most people are satisfied, the distance alone marks honest low raters.
So a pattern is unusual only if its mirror image would be as well: then it is the pattern that is odd, not
the side of the scale it lies on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from survey.careless import Booleans, Floats

# Correlation matrices with an eigenvalue below this part of the largest have items that follow from others.
_COLLINEAR = 1e-9
# With fewer people than this per item the squared distance does not follow a χ² distribution.
PEOPLE_PER_ITEM = 5


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """Squared distances of n people from the mean of those who answered every item.

    Attributes
    ----------
    squared : (n,) Mahalanobis D²; nan for people with a blank.
    mirrored : (n,) D² of their answers mirrored at the middle of the scale, from the same mean.
    base : people who answered every item.
    items : items in the set.
    rank : independent items among them, the degrees of freedom. 0 where there are too few people.
    """

    squared: Floats
    mirrored: Floats
    base: int
    items: int
    rank: int

    def beyond(self, level: float) -> Booleans:
        """Return whose pattern is unusual on either side of the scale, (n,): both D² above the χ² point."""
        if not self.rank:
            return np.zeros(len(self.squared), dtype=np.bool_)
        nearer = np.minimum(self.squared, self.mirrored)
        return np.asarray(nearer > chi_square_quantile(level, self.rank))


def distances(positions: Floats) -> Distances:
    r"""Return Mahalanobis distances of answers (n, k) from their mean.

    .. math:: D^2 = (x - \bar x)'\, S^{-}\, (x - \bar x)

    Parameters
    ----------
    positions : answers as positions on their scales, 0 the low end and 1 the high end, nan for a blank.

    Mean and covariance are those of the people who answered every item; nobody else has a distance. The
    inverse is taken on the independent part of the correlation matrix: an item that everybody answered
    alike, or that follows from others, adds nothing. With fewer than five such people per item there are
    no distances (rank 0, all nan).

    References
    ----------
    Meade, A. & Craig, S. (2012). Identifying careless responses in survey data. Psychol. Methods 17.
    """
    n, k = positions.shape
    complete = np.isfinite(positions).all(axis=1)
    base = int(complete.sum())
    unknown = np.full(n, np.nan)
    if k == 0 or base < PEOPLE_PER_ITEM * k:
        return Distances(unknown, unknown.copy(), base, k, 0)
    people = positions[complete]
    mean, spread = people.mean(axis=0), people.std(axis=0, ddof=1)
    varied = spread > 0
    whiten = _whitening((people - mean)[:, varied] / spread[varied])
    found = []
    for answers in (people, 1.0 - people):
        standard = (answers - mean)[:, varied] / spread[varied] @ whiten
        squared = unknown.copy()
        squared[complete] = np.einsum("nk,nk->n", standard, standard)
        found.append(squared)
    return Distances(found[0], found[1], base, k, whiten.shape[1])


def _whitening(standard: Floats) -> Floats:
    """Return the matrix (k, rank) that makes standardised answers (n, k) uncorrelated, with variance 1."""
    if not standard.shape[1]:
        return np.zeros((0, 0))
    values, vectors = np.linalg.eigh(standard.T @ standard / (len(standard) - 1))
    kept = values > _COLLINEAR * values[-1]
    return np.asarray(vectors[:, kept] / np.sqrt(values[kept]))


def chi_square_quantile(level: float, df: int) -> float:
    r"""Return the value that a χ² variable with ``df`` degrees of freedom stays below with ``level``.

    Whole degrees of freedom have a finite sum of positive terms for the upper tail, with y = x/2:

    .. math:: Q(x) = e^{-y} \sum_{i < df/2} \frac{y^i}{i!} \quad\text{or}\quad
              \operatorname{erfc}\sqrt y + e^{-y} \sum_{i=1}^{(df-1)/2} \frac{y^{i-1/2}}{\Gamma(i + 1/2)}

    for even and odd df; the quantile is found by halving. The 99 % point of 2 degrees is −2 ln 0.01:

    >>> round(chi_square_quantile(0.99, 2), 10) == round(-2 * math.log(0.01), 10)
    True

    References
    ----------
    Abramowitz, M. & Stegun, I. (1964). *Handbook of Mathematical Functions*, 26.4.4–26.4.5.
    """
    if not 0 < level < 1 or df < 1:
        raise ValueError(f"A level lies between 0 and 1 and df from 1 up; found {level!r} and {df!r}.")
    low, high = 0.0, float(df)
    while _upper_tail(high, df) > 1 - level:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if _upper_tail(middle, df) > 1 - level else (low, middle)
    return high


def _upper_tail(x: float, df: int) -> float:
    y = x / 2
    if y == 0:
        return 1.0
    powers = [i + 0.5 * (df % 2) for i in range(df // 2)]
    terms = (math.exp(power * math.log(y) - y - math.lgamma(power + 1)) for power in powers)
    return (math.erfc(math.sqrt(y)) if df % 2 else 0.0) + math.fsum(terms)
