"""Raking: factors for cells, one margin after the other, until all margins hold.

Respondents of the same cells get the same factor, so the work is done once for each combination that
occurs, not once a respondent; limits on weights tell apart base weights as well.

What a newcomer gets wrong: cutting large weights after raking breaks the margins again. Here a
weight at its limit stays there, and the others of its cell take up what it gave away, until margins and
limits hold together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.sample import Floats, Integers

# No step moves the weights of a cell further than this: cells at their limits would have no end.
_STRIDE = 8.0
_LARGEST = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class Raked:
    """Factors (n,) on the base weights, sweeps it took, and whether all margins hold."""

    factors: Floats
    sweeps: int
    converged: bool


def rake_cells(
    base: Floats, margins: Sequence[Integers], targets: Sequence[Floats], tolerance: float, most: int
) -> Raked:
    r"""Multiply by cell factors until :math:`\max |A_g / T_g - 1|` is below ``tolerance``.

    Parameters
    ----------
    base : (n,) weights to start from.
    margins : cell numbers (n,) of every margin, none negative.
    targets : (L,) totals of every margin's cells; cells with a target of 0 have no respondents.
    most : sweeps over all margins after which it gives up.

    References
    ----------
    Deming, W. E. & Stephan, F. F. (1940). Ann. Math. Stat. 11. R: ``survey::rake``.
    """
    first, of_row = _combinations(margins, [len(target) for target in targets])
    units = [cells[first] for cells in margins]
    mass = _sums(of_row, base, len(first))
    factors = np.ones(len(mass))
    weights = mass.copy()
    for sweep in range(1, most + 1):
        for cells, target in zip(units, targets, strict=True):
            achieved = _sums(cells, weights, len(target))
            step = np.divide(target, achieved, out=np.zeros_like(target), where=achieved > 0)[cells]
            factors *= step
            weights *= step
        if _largest_miss(weights, units, targets) < tolerance:
            return Raked(factors[of_row], sweep, True)
    return Raked(factors[of_row], most, False)


def rake_within(
    base: Floats,
    start: Floats,
    margins: Sequence[Integers],
    targets: Sequence[Floats],
    low: Floats,
    high: Floats,
    tolerance: float,
    most: int,
) -> Raked:
    r"""Rake with every factor kept between ``low`` and ``high``, (n,) each.

    ``start`` (n,) are the factors of raking without limits, from where it is not far.

    The factors are :math:`\min(h_i, \max(l_i, \prod_g \lambda_g))`: of all weights that hold the margins
    within the limits, those nearest to the base weights in the multiplicative distance. Each step moves
    the λ of a margin's cells, with the weights that are at a limit left there. Where limits and margins
    contradict each other, what came nearest to all margins is returned.

    References
    ----------
    Deville, J.-C. & Särndal, C.-E. (1992). JASA 87, on distances with bounded ratios.
    """
    limits = [np.unique(limit, return_inverse=True)[1] for limit in (low, high)]
    sizes = [*(len(target) for target in targets), *(int(limit.max()) + 1 for limit in limits)]
    first, of_row = _combinations([*margins, *limits], sizes)
    units = [cells[first] for cells in margins]
    mass = _sums(of_row, base, len(first))
    below, above = low[first], high[first]
    free, least = start[first], np.inf
    held = np.clip(free, below, above)
    for sweep in range(1, most + 1):
        for cells, target in zip(units, targets, strict=True):
            free = free * _lambdas(mass, free, held, cells, target)[cells]
            held = np.clip(free, below, above)
        if _largest_miss(mass * held, units, targets) < tolerance:
            return Raked(held[of_row], sweep, True)
        # Not the largest miss: one cell that cannot be met at all would hide how far off the others are.
        if (miss := _people_missed(mass * held, units, targets)) < least:
            nearest, least = held, miss
    return Raked(nearest[of_row], most, False)


def _combinations(columns: Sequence[Integers], sizes: Sequence[int]) -> tuple[Integers, Integers]:
    """Return a row of each combination that occurs (u,), and the combination of every row (n,)."""
    key, size = columns[0], sizes[0]
    for column, more in zip(columns[1:], sizes[1:], strict=True):
        if size * more > _LARGEST:
            known, key = np.unique(key, return_inverse=True)
            size = len(known)
        key, size = key * more + column, size * more
    _, first, of_row = np.unique(key, return_index=True, return_inverse=True)
    return first, of_row.astype(np.int64)


def _sums(cells: Integers, weights: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(cells, weights, size), dtype=np.float64)


def _largest_miss(weights: Floats, units: Sequence[Integers], targets: Sequence[Floats]) -> float:
    found = 0.0
    for cells, target in zip(units, targets, strict=True):
        used = target > 0
        achieved = _sums(cells, weights, len(target))[used]
        found = max(found, float(np.abs(achieved / target[used] - 1).max()))
    return found


def _people_missed(weights: Floats, units: Sequence[Integers], targets: Sequence[Floats]) -> float:
    """Return how many people all cells are off by together."""
    pairs = zip(units, targets, strict=True)
    return sum(float(np.abs(_sums(cells, weights, len(t)) - t).sum()) for cells, t in pairs)


def _lambdas(mass: Floats, free: Floats, held: Floats, cells: Integers, target: Floats) -> Floats:
    """Factors (L,) that bring the limited weights of every cell to its target, or nearer to it.

    One step of Newton's method: what is missing is taken up by the weights that are at no limit. Solving
    each cell to the end would not save a sweep, as the other margins move it again.
    """
    size = len(target)
    gap = target - _sums(cells, mass * held, size)
    slope = _sums(cells, np.where(held == free, mass * free, 0.0), size)
    step = 1 + np.divide(gap, slope, out=_STRIDE * np.sign(gap), where=slope > 0)
    return np.asarray(np.clip(step, 1 / _STRIDE, _STRIDE))
