"""Budget allocation: several experts share 100 points among the children of a parent.

What a newcomer gets wrong: medians of items do not sum to 100, so they are renormalised, and what is
renormalised is no longer the median of anything.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from analysis.ahp import expert_shares
from analysis.sample import Floats

Pooling = Literal["mean", "median", "trimmed"]
TRIM = 0.2
# Points are typed with a decimal or two; what is further off was meant otherwise.
OFF_BY = 0.01


def pooled(
    points: Floats, *, how: Pooling = "mean", weights: Floats | None = None, trim: float = TRIM
) -> Floats:
    """Return the weights (n,), summing to 1, that experts' allocations hold together (see :func:`centre`).

    >>> pooled(np.array([[60.0, 40.0], [70.0, 30.0], [20.0, 80.0]]), how="median")
    array([0.6, 0.4])

    Raises
    ------
    ValueError
        Also if no item has a centre above 0: then the experts have nothing in common.
    """
    found = centre(points, how=how, weights=weights, trim=trim)
    if not found.any():
        raise ValueError("No item has a median above 0: the experts have nothing in common.")
    return np.asarray(found / found.sum())


def centre(
    points: Floats, *, how: Pooling = "mean", weights: Floats | None = None, trim: float = TRIM
) -> Floats:
    """Return the mean, median or trimmed mean (n,) of each item over experts, in points of 100.

    Parameters
    ----------
    points : (experts, n), 0 or more; each row sums to 100.
    weights : (experts,), above 0; equal by default. One who counts twice is as good as two who agree.
    trim : what a trimmed mean leaves out at each end, as a share of all experts' weight.

    Raises
    ------
    ValueError
        If a row is no allocation of 100 points.
    """
    if how not in get_args(Pooling):
        raise ValueError(f"Experts are pooled by {get_args(Pooling)}, found {how!r}.")
    if not 0 <= trim < 0.5:
        raise ValueError(f"A trimmed mean leaves out less than half at each end, found {trim!r}.")
    off = np.abs(points.sum(axis=1) - 100)
    if not (np.isfinite(points) & (points >= 0)).all() or (off > OFF_BY).any():
        raise ValueError("Every expert shares out 100 points, 0 or more to each item.")
    share = expert_shares(len(points), weights)
    cut = {"mean": 0.0, "median": 0.5, "trimmed": trim}[how]
    return np.array([_central(column, share, cut) for column in points.T])


def _central(values: Floats, share: Floats, cut: float) -> float:
    """Return the mean of the values whose cumulated weight lies between ``cut`` and 1 - ``cut``.

    At ``cut`` 0.5 that is the median: the value in the middle, or the mean of the two around it.
    """
    order = np.argsort(values, kind="stable")
    ends = np.cumsum(share[order])
    if cut == 0.5:
        # Sums of shares such as 3 · (1/3) miss a half by rounding.
        lower = int(np.flatnonzero(ends >= 0.5 - 1e-12)[0])
        upper = int(np.flatnonzero(ends > 0.5 + 1e-12)[0])
        return float((values[order][lower] + values[order][upper]) / 2)
    kept = np.clip(ends, cut, 1 - cut) - np.clip(ends - share[order], cut, 1 - cut)
    return float(kept @ values[order] / kept.sum())
