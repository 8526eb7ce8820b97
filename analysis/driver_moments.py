"""Correlations of a driver model in the full sample and in every replicate, blanks and covariates settled.

Rows are summed to clusters once, and a replicate is one row of a matrix product; where answers are missing
and EM is declared, each replicate settles the missing ones anew; declared pairwise, each correlation rests on
those who answered both, and a replicate whose correlations fit no population is left out. What covariates
explain is taken off here, so that everything behind shares out the rest.

What a newcomer gets wrong: with EM the number of replicates may be smaller than asked for. Every pattern of
blanks costs time in every replicate, and a survey with many has fewer replicates, never worse ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.driver_data import DriverData
from analysis.elimination import eliminate
from analysis.em import normal_moments, pattern_sums, patterns_of
from analysis.missing_replicates import Answered, replicate_covariances
from analysis.moment_guards import MomentsRefused, check_definite, check_pairs, definite
from analysis.moments import Moments, replicate_blocks
from analysis.pair_moments import replicate_pair_moments
from analysis.replicates import Replication
from analysis.sample import Booleans, Floats

# Patterns of blanks times replicates that EM is run on (some twenty seconds on two cores), and replicates
# below which there is no interval worth printing.
_PATTERNS, _FEWEST = 100_000, 100


@dataclass(frozen=True, slots=True, eq=False)
class DriverMoments:
    """Correlations (c + 1, c + 1, 1 + B) of all columns, the outcome last, with nothing taken off.

    ``spread`` (c + 1, 1 + B) are their deviations. ``plan`` are the replicates that were made and ``settled``
    (1 + B,) those that have moments.
    """

    correlations: Floats
    spread: Floats
    plan: Replication
    settled: Booleans


def driver_moments(data: DriverData, plan: Replication) -> DriverMoments | None:
    """Correlations of complete rows, or as declared where rows have blanks.

    ``None`` where EM does not settle, and where correlations by pairs fit no population or lack a pair.
    """
    if not np.isnan(data.x).any():
        return complete_moments([data], plan)[0]
    if data.blanks == "em":
        return _em_moments(data, plan)
    try:
        return _pair_moments(data, plan)
    except MomentsRefused:
        return None


def complete_moments(models: Sequence[DriverData], plan: Replication) -> list[DriverMoments]:
    """Correlations of the complete rows of several models, replicates drawn once for all of them."""
    parts = [data.moments(plan.design.weights, plan.design.unit, plan.design.units) for data in models]
    blocks = replicate_blocks([part.packed for part in parts], plan)
    found = []
    for data, part, packed in zip(models, parts, blocks, strict=True):
        cells = Moments(part.names, part.shift, packed)
        settled = np.ones(1 + plan.replicates, dtype=bool)
        found.append(_moments_of(data, cells.covariance, cells.mean, plan, settled))
    return found


def _moments_of(
    data: DriverData, covariance: Floats, mean: Floats, plan: Replication, settled: Booleans
) -> DriverMoments:
    """Correlations and deviations from covariances, which are changed in place."""
    correlations = data.correlations(covariance, mean)
    spread = np.sqrt(np.einsum("iib->ib", covariance).clip(0.0))
    return DriverMoments(correlations, spread, plan, settled)


def _em_moments(data: DriverData, plan: Replication) -> DriverMoments | None:
    x, place = _distinct(data.x)
    seen, weights = np.isfinite(x), plan.design.weights[data.rows]
    shift, scale = _standard(x, seen, weights)
    fit = normal_moments(pattern_sums((x - shift) / scale, weights))
    if not fit.converged[0]:
        return None
    mean, covariance = shift + fit.means[0] * scale, fit.covariances[0] * np.outer(scale, scale)
    patterns = len(patterns_of(seen)[0])
    plan = replace(plan, replicates=min(plan.replicates, max(_PATTERNS // patterns, _FEWEST)))
    draws = replicate_covariances([Answered(x, data.rows, mean, covariance)], plan)[0]
    settled = np.append(True, draws.settled)
    means, covariances = np.empty((len(settled), len(mean))), np.empty((len(settled), *covariance.shape))
    means[:], covariances[:] = mean, covariance
    means[1:][draws.settled], covariances[1:][draws.settled] = draws.means, draws.covariances
    stacked = np.ascontiguousarray(np.moveaxis(covariances, 0, 2)[np.ix_(place, place)])
    return _moments_of(data, stacked, means.T[place], plan, settled)


def _pair_moments(data: DriverData, plan: Replication) -> DriverMoments:
    """Correlations of each pair of columns, scaled by the deviations of everybody who answered."""
    x, place = _distinct(data.x)
    seen, weights = np.isfinite(x), plan.design.weights[data.rows]
    pairs = seen.astype(np.int64)
    check_pairs(tuple(map(str, range(x.shape[1]))), pairs.T @ pairs)
    shift, scale = _standard(x, seen, weights)
    found = replicate_pair_moments((x - shift) / scale, data.rows, plan)
    deviations = np.sqrt(np.einsum("bii->bi", found.covariance).clip(0.0))
    varied = deviations[0] > 0
    covariance = found.correlation * deviations[:, :, None] * deviations[:, None]
    check_definite(covariance[0], found.correlation[0], varied)
    settled = definite(found.correlation[np.ix_(np.arange(1 + plan.replicates), varied, varied)])
    means = shift + found.means * scale
    stacked = np.ascontiguousarray(np.moveaxis(covariance * np.outer(scale, scale), 0, 2))
    return _moments_of(data, stacked[np.ix_(place, place)], means.T[place], plan, settled)


def _standard(x: Floats, seen: Booleans, weights: Floats) -> tuple[Floats, Floats]:
    """Weighted mean and deviation (k,) of the answers that are there."""
    shift = np.array([np.average(c[s], weights=weights[s]) for c, s in zip(x.T, seen.T, strict=True)])
    squares = (x - shift) ** 2
    spread = [np.average(c[s], weights=weights[s]) for c, s in zip(squares.T, seen.T, strict=True)]
    return shift, np.sqrt(spread)


def _distinct(x: Floats) -> tuple[Floats, list[int]]:
    """Columns without repetitions, and where each of all stands: items of one routing share their mark."""
    kept: list[int] = []
    place = []
    for j, column in enumerate(x.T):
        twin = next((n for n, i in enumerate(kept) if np.array_equal(x[:, i], column)), len(kept))
        if twin == len(kept):
            kept.append(j)
        place.append(twin)
    return x[:, kept], place


@dataclass(frozen=True, slots=True, eq=False)
class TakenOff:
    """What covariates leave: correlations (c + 1, c + 1, 1 + B) without them, drivers again of variance 1.

    The outcome keeps the variance that they leave of it, 1 where there are none, so parts of R² stay parts
    of all its variance. ``spread`` (c, 1 + B) is the deviation that they left of each driver.
    """

    correlations: Floats
    spread: Floats


def take_off(correlations: Floats, always: int) -> TakenOff:
    """Take the first ``always`` columns off all others. R: ``relaimpo::calc.relimp(always = )``."""
    columns = len(correlations) - always - 1
    if not always:
        return TakenOff(correlations, np.ones((columns, correlations.shape[2])))
    left = eliminate(correlations, always)
    outcome = left[-1:, -1:]
    spread = np.sqrt(np.einsum("iib->ib", left)[:-1].clip(0.0))
    found = np.append(spread, np.ones((1, spread.shape[1])), axis=0)
    inverse = np.divide(1.0, found, where=found > 1e-5, out=np.zeros_like(found))
    scaled = left * inverse[:, None] * inverse[None]
    diagonal = np.arange(columns)
    scaled[diagonal, diagonal] = (spread > 1e-5).astype(np.float64)
    scaled[-1:, -1:] = outcome
    return TakenOff(np.ascontiguousarray(scaled), spread)
