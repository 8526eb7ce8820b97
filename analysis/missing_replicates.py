"""Moments with blanks in every replicate of a design: where the error of a reliability comes from.

Rows are summed to clusters within each pattern of blanks, once; a block of replicates is one product per
pattern, and EM then runs on all replicates of the block together, from the full sample's solution.

What a newcomer gets wrong: replicates weight clusters, not rows, and the clusters of the whole design keep
their multipliers when only one wave is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.cores import on_all_cores
from analysis.em import PatternSums, normal_moments, patterns_of
from analysis.moments import unit_moments
from analysis.replicates import Replication
from analysis.sample import Booleans, Floats, Integers

# Replicates differ by hundredths of a standard deviation and are compared with one another alone.
_TOLERANCE = 1e-5
_MOST_STEPS = 300
# Numbers of packed pattern sums in one block of replicates (64 MB).
_BLOCK = 8_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Answers whose covariances are wanted in every replicate.

    Attributes
    ----------
    x : (n, k) nan where blank, of people with any answer; every item varies.
    rows : (n,) which rows of the design these people are.
    means, covariance : (k,), (k, k) what the full sample gave.
    """

    x: Floats
    rows: Integers
    means: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Means (B', k) and covariances (B', k, k) of the replicates that gave any; ``settled`` (B,) says which.

    A replicate fails where an item loses its spread or EM does not settle.
    """

    means: Floats
    covariances: Floats
    settled: Booleans

    @property
    def failed(self) -> float:
        """Share of the replicates that gave no moments."""
        return 1.0 - float(self.settled.mean())


@dataclass(frozen=True, slots=True, eq=False)
class _Pattern:
    """Clusters with rows of one pattern, (u,), and the packed sums of these rows, (u, K)."""

    units: Integers
    packed: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """One set of answers, summed to patterns and clusters in standard units, and where it is written to."""

    shift: Floats
    scale: Floats
    start: tuple[Floats, Floats]
    seen: Booleans
    patterns: list[_Pattern]
    means: Floats
    found: Floats
    good: Booleans

    def fill(self, multipliers: Floats, place: slice) -> None:
        """Write the moments under some multipliers (b, U)."""
        sums = _weighted(multipliers, self.seen, self.patterns)
        fit = normal_moments(sums, self.start, tolerance=_TOLERANCE, most_steps=_MOST_STEPS)
        self.means[place] = self.shift + fit.means * self.scale
        self.found[place] = fit.covariances * np.outer(self.scale, self.scale)
        self.good[place] = fit.converged


def replicate_covariances(answered: Sequence[Answered], plan: Replication) -> list[Draws]:
    """Moments of several sets of answers in every replicate; multipliers are drawn once for all."""
    jobs = [_job(part, plan) for part in answered]
    widest = max((job.seen.size * job.seen.shape[1] for job in jobs), default=1)
    width = max(1, min(plan.block, _BLOCK // widest))

    def fill(first: int) -> None:
        stop = min(first + width, plan.replicates)
        multipliers = plan.weights(first, stop)
        for job in jobs:
            job.fill(multipliers, slice(first, stop))

    if jobs:
        on_all_cores(fill, range(0, plan.replicates, width))
    return [Draws(job.means[job.good], job.found[job.good], job.good) for job in jobs]


def _job(part: Answered, plan: Replication) -> _Job:
    k = len(part.means)
    scale = np.sqrt(np.diag(part.covariance))
    seen, patterns = _summed((part.x - part.means) / scale, part.rows, plan)
    start = (np.zeros(k), part.covariance / np.outer(scale, scale))
    means, found = np.empty((plan.replicates, k)), np.empty((plan.replicates, k, k))
    return _Job(part.means, scale, start, seen, patterns, means, found, np.zeros(plan.replicates, dtype=bool))


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
