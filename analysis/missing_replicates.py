"""Moments with blanks in every replicate of a design: where the error of a reliability comes from.

Rows are summed to clusters within each pattern of blanks, once; a block of replicates is one product per
pattern, and EM then runs on all replicates of the block together, from the full sample's solution.

What a newcomer gets wrong: replicates weight clusters, not rows, and the clusters of the whole design keep
their multipliers when only one wave is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.cores import on_all_cores
from analysis.em import PatternSums, normal_moments, patterns_of
from analysis.moments import unit_moments
from analysis.replicates import Replication
from analysis.sample import Booleans, Floats, Integers

# Replicates are compared with one another, not with a reference: a millionth of a standard deviation.
_TOLERANCE = 1e-6
_MOST_STEPS = 300
# Numbers of packed pattern sums in one block of replicates (64 MB).
_BLOCK = 8_000_000


@dataclass(frozen=True, slots=True, eq=False)
class _Pattern:
    """Clusters with rows of one pattern, (u,), and the packed sums of these rows, (u, K)."""

    units: Integers
    packed: Floats


def replicate_covariances(
    x: Floats, rows: Integers, plan: Replication, means: Floats, covariance: Floats
) -> tuple[Floats, Booleans]:
    """Covariances (B, k, k) of answers x (n, k), nan where blank, and which replicates gave any (B,).

    Parameters
    ----------
    x : answers of people with any answer, in whom every item varies.
    rows : (n,) which rows of the design these people are.
    means, covariance : (k,), (k, k) what the full sample gave.

    A replicate fails where an item loses its spread or EM does not settle.
    """
    scale = np.sqrt(np.diag(covariance))
    z = (x - means) / scale
    seen, patterns = _summed(z, rows, plan)
    start = (np.zeros(len(scale)), covariance / np.outer(scale, scale))
    found = np.full((plan.replicates, *covariance.shape), np.nan)
    good = np.zeros(plan.replicates, dtype=bool)
    width = max(1, min(plan.block, _BLOCK // max(seen.size * len(scale), 1)))

    def fill(first: int) -> None:
        stop = min(first + width, plan.replicates)
        sums = _weighted(plan.weights(first, stop), seen, patterns)
        fit = normal_moments(sums, start, tolerance=_TOLERANCE, most_steps=_MOST_STEPS)
        found[first:stop], good[first:stop] = fit.covariances, fit.converged

    on_all_cores(fill, range(0, plan.replicates, width))
    return found * np.outer(scale, scale), good


def _summed(z: Floats, rows: Integers, plan: Replication) -> tuple[Booleans, list[_Pattern]]:
    design, k = plan.design, z.shape[1]
    seen, position = patterns_of(np.isfinite(z))
    filled = np.nan_to_num(z)
    names = tuple(map(str, range(k)))
    patterns = []
    for number in range(len(seen)):
        here = np.flatnonzero(position == number)
        units, unit = np.unique(design.unit[rows[here]], return_inverse=True)
        own = unit_moments(names, filled[here], design.weights[rows[here]], unit, len(units), np.zeros(k))
        patterns.append(_Pattern(units.astype(np.int64), own.packed))
    return seen, patterns


def _weighted(multipliers: Floats, seen: Booleans, patterns: list[_Pattern]) -> PatternSums:
    """Sums of every pattern under each row of multipliers (b, U)."""
    k = seen.shape[1]
    packed = np.stack([multipliers[:, part.units] @ part.packed for part in patterns], axis=1)
    products = np.empty((*packed.shape[:2], k, k))
    i, j = np.triu_indices(k)
    products[..., i, j] = products[..., j, i] = packed[..., k + 1 :]
    return PatternSums(seen, packed[..., 0], packed[..., 1 : k + 1], products)
