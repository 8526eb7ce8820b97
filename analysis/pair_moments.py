"""Moments of each pair of columns from the people who answered both, in the full sample and in replicates.

Everything is a function of four sums over rows, taken with masks of who answered: of weights, of values, of
their squares, and of products. Sums add up over clusters, so a replicate is one row of a matrix product.

What a newcomer gets wrong: every entry rests on other people, so the whole need not be the correlations of
any population. One with an eigenvalue below 0 is refused, never repaired.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.moment_guards import NO_SPREAD
from analysis.moments import replicate_blocks, unit_moments
from analysis.replicates import Replication
from analysis.sample import Floats, Integers


class PairMoments(NamedTuple):
    """Means (..., k) of all who answered; covariances and correlations (..., k, k) of those of each pair.

    The correlation beside a column without spread is 0.
    """

    means: Floats
    covariance: Floats
    correlation: Floats


def pair_moments(total: Floats, values: Floats, squares: Floats, products: Floats) -> PairMoments:
    """Moments from weighted sums (..., k, k) over the people who answered both of a pair.

    ``total`` of weights; ``values`` and ``squares`` of the first of the pair; ``products`` of the two.
    """
    first = values / total
    second = np.swapaxes(first, -1, -2)
    spare = squares / total - first**2
    covariance = products / total - first * second
    spread = np.sqrt(np.maximum(spare, 0.0) * np.maximum(np.swapaxes(spare, -1, -2), 0.0))
    varied = spread > NO_SPREAD
    correlation = np.where(varied, covariance / np.where(varied, spread, 1.0), 0.0)
    diagonal = np.arange(total.shape[-1])
    correlation[..., diagonal, diagonal] = 1.0
    return PairMoments(first[..., diagonal, diagonal], covariance, correlation)


def replicate_pair_moments(z: Floats, rows: Integers, plan: Replication) -> PairMoments:
    """Moments of columns z (n, k), nan where blank, in the full sample and every replicate, (1 + B, ...).

    ``rows`` (n,) of the design they belong to. Columns are best centred: sums of squares are taken of them.
    """
    k, design = z.shape[1], plan.design
    seen, mask = np.isfinite(z), _masks(z)
    filled = np.where(seen, z, 0.0)
    stacked = np.hstack([filled, filled**2, seen[:, mask.own]])
    names = tuple(map(str, range(stacked.shape[1])))
    weights, unit = design.weights[rows], design.unit[rows]
    each = unit_moments(names, stacked, weights, unit, design.units, np.zeros(len(names)))
    (packed,) = replicate_blocks([each.packed], plan)
    place = np.zeros((len(names), len(names)), dtype=np.int64)
    place[np.triu_indices(len(names))] = np.arange(1 + len(names), packed.shape[1])
    place = np.maximum(place, place.T)
    answered = 2 * k + mask.of

    def sums(one: Integers, other: Integers) -> Floats:
        return np.asarray(packed[:, place[np.ix_(one, other)]])

    value, square = np.arange(k), k + np.arange(k)
    return pair_moments(
        sums(answered, answered), sums(value, answered), sums(square, answered), sums(value, value)
    )


class _Masks(NamedTuple):
    """Columns with a mask of their own, and which of these masks each column (k,) has."""

    own: list[int]
    of: Integers


def _masks(z: Floats) -> _Masks:
    """Find who answered, once for all columns that the same people answered."""
    _, own, of = np.unique(np.isfinite(z), axis=1, return_index=True, return_inverse=True)
    return _Masks(own.tolist(), np.asarray(of).ravel())
