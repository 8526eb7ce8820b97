"""Do some columns tell the levels of an outcome apart without error?

If they do, slopes grow without end, and what a program prints is where it gave up. Whether they do is a
question of geometry, and is decided by a linear programme, not by the size of an estimate.

What a newcomer gets wrong: *some* levels are enough. If nobody with a blank ever left, the slope of the mark
"blank" has no value, however well the other columns behave.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import optimize

from analysis.cumulative_logit import LevelData, LevelFits
from analysis.sample import Floats

# Without separation, slopes of standardised columns stay far below this (convention), and so does what
# they add up to for anybody; beyond, it is worth asking the linear programme.
LARGE_SLOPE, LARGE_SUM = 15.0, 10.0
# What the linear programme calls zero, of numbers up to 1; it holds its bounds to 1e-7.
_ZERO = 1e-6
# Rows put into it at a time.
_AT_ONCE = 1000


def separating(data: LevelData, fit: LevelFits, names: Sequence[str]) -> tuple[str, ...]:
    """Names of the columns that separate levels, of a fit with all of them; empty if none does.

    Columns that do so alone, or else all that do it together. A column is also named where its slope
    exceeds 15 on standardised columns: there is a maximum, and it means nothing.
    """
    slopes = fit.values[0, data.cuts :]
    large = np.abs(slopes) > LARGE_SLOPE
    reach = float(np.abs(data.x @ slopes).max(initial=0.0))
    if not large.any() and reach < LARGE_SUM and fit.settled[0]:
        return ()
    alone = np.array([_separates(data, column) for column in data.x.T])
    together = np.zeros(0) if alone.any() else np.abs(separation_direction(data)) > _ZERO
    found = next((named for named in (alone, together, large) if named.any()), large)
    return tuple(names[j] for j in np.flatnonzero(found).tolist())


def _separates(data: LevelData, column: Floats) -> bool:
    """Say whether no level reaches beyond the start of the next in one column, upwards or downwards."""
    low = np.minimum.reduceat(column, data.bounds[:-1])
    high = np.maximum.reduceat(column, data.bounds[:-1])
    return bool((high[:-1] <= low[1:]).all() or (low[:-1] >= high[1:]).all())


def separation_direction(data: LevelData) -> Floats:
    r"""Slopes (c,) along which the likelihood never falls and somewhere rises; zeros if there are none.

    Maximises :math:`\sum_i s_i` over thresholds and slopes within ±1, with :math:`s_i \ge 0` how far somebody
    moves into the own level: :math:`\tau_y - x'd \ge 0` from above, :math:`x'd - \tau_{y-1} \ge 0` from
    below.
    Of many people only those are asked who turn out to be in the way.

    References
    ----------
    Albert, A. & Anderson, J. (1984). Biometrika 71. Konis, K. (2007). *Linear Programming Algorithms for
    Detecting Separated Data in Binary Logistic Regression Models*. R: ``detectseparation``.
    """
    moves = _moves(data)
    goal = moves.mean(axis=0)
    asked = np.zeros(len(moves), dtype=bool)
    asked[:: max(1, len(moves) // _AT_ONCE)] = True
    while True:
        bound = np.zeros(int(asked.sum()))
        found = optimize.linprog(-goal, A_ub=-moves[asked], b_ub=bound, bounds=(-1, 1), method="highs")
        if found.x is None or goal @ found.x <= _ZERO:
            return np.zeros(data.columns)
        against = (moves @ found.x < -_ZERO) & ~asked
        if not against.any():
            return np.asarray(found.x[data.cuts :])
        worst = np.argsort(moves @ found.x)[:_AT_ONCE]
        asked[worst] |= against[worst]


def _moves(data: LevelData) -> Floats:
    """How thresholds and slopes move everybody into the own level, (r, m); who is alike stands once."""
    parts = []
    for level in range(data.cuts + 1):
        x = np.unique(data.x[data.bounds[level] : data.bounds[level + 1]], axis=0)
        for cut, sign in ((level, -1.0), (level - 1, 1.0)):
            if 0 <= cut < data.cuts:
                threshold = np.zeros((len(x), data.cuts))
                threshold[:, cut] = -sign
                parts.append(np.hstack([threshold, sign * x]))
    return np.vstack(parts)
