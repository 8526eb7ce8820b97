"""How sure a ranking is.

What a newcomer gets wrong: the middle 95 % of the ranks in the replicates is too short near ties. A
rank is bounded by the differences that are clear, all pairs judged together.
"""

from __future__ import annotations

import numpy as np

from analysis.sample import Floats, Integers


def ranks(values: Floats) -> Integers:
    """Rank of every row (P, B) within its column, 1 for the largest; ties in the order of the rows."""
    order = np.argsort(-values, axis=0, kind="stable")
    found = np.empty(values.shape, dtype=np.int64)
    np.put_along_axis(found, order, np.arange(1, len(values) + 1)[:, None], axis=0)
    return found


def rank_intervals(value: Floats, replicates: Floats, level: float = 0.95) -> tuple[Integers, Integers]:
    r"""Lowest and highest rank each value may have, (P,) and (P,).

    For all pairs at once the largest standardised deviation of a difference in the replicates has a
    quantile c. A difference is clear if it exceeds c of its own standard errors; a rank lies from
    1 + #{clearly above} to P − #{clearly below}.

    Parameters
    ----------
    value : (P,) full-sample values.
    replicates : (P, B) the same in every replicate.

    References
    ----------
    Goldstein, H. & Spiegelhalter, D. (1996). JRSS-A 159. Klein, M., Wright, T. & Wieczorek, J. (2020).
    JRSS-A 183. Mogstad, M. et al. (2024). Rev. Econ. Stud. 91.
    """
    players = len(value)
    if players == 1 or replicates.shape[1] < 2:
        return np.ones(players, dtype=np.int64), np.full(players, players)
    one, other = np.triu_indices(players, 1)
    differences = replicates[one] - replicates[other]
    centred = differences - differences.mean(axis=1, keepdims=True)
    se = centred.std(axis=1, ddof=1)
    moving = se > 0
    largest = np.abs(centred[moving] / se[moving, None]).max(axis=0, initial=0.0)
    critical = float(np.quantile(largest, level))
    gap = value[one] - value[other]
    above, below = np.zeros(players, dtype=np.int64), np.zeros(players, dtype=np.int64)
    for pair in np.flatnonzero(np.abs(gap) > critical * se):
        upper, lower = (one[pair], other[pair]) if gap[pair] > 0 else (other[pair], one[pair])
        above[lower] += 1
        below[upper] += 1
    return 1 + above, players - below
