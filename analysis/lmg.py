"""How much of an outcome's variance each driver explains, averaged over all orders of entry.

Every subset of drivers has an R². One sweep computes them all: drivers are decided in or out one after
another, and all subsets that agree so far share the work. Each function takes many correlation
matrices at once, the replicates on the last axis.

What a newcomer gets wrong: a share is a part of the *explained* variance. With R² = 0.10, forty per
cent is four per cent of the variance.

A *player* is a driver, or several columns that enter together (an item and the mark that somebody had
no answer to give; the items of one touchpoint).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np

from analysis.sample import Booleans, Floats, Integers

MOST_PLAYERS = 20
# On the scale of correlations: what elimination leaves of a column that others already explain.
ALIASED = 1e-10
# Numbers in the last stage of a sweep; larger stages fall out of the processor's cache.
_CACHED = 1 << 18


def subset_residuals(correlations: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """Residual variance of the outcome given every subset of players, (2^P, B).

    Bit j of the position says whether player j is in; position 0 is the variance of the outcome.

    Parameters
    ----------
    correlations : (c + 1, c + 1, B), the outcome last. A column without variance has zeros, on its
        diagonal too.
    players : the columns of each player. Columns named by no player are left out.

    Notes
    -----
    Eliminating column k gives the Schur complement of the rows behind it. Row i is needed only until
    column i is decided, so it is kept for 2^i subsets and no more. A pivot at most 1e-10 belongs to a
    column that those already in explain fully: it adds nothing, and nothing is divided by it.
    """
    order = [column for player in players for column in player]
    size = len(order) + 1
    matrix = correlations[np.ix_([*order, len(correlations) - 1], [*order, len(correlations) - 1])]
    owner = [k for k, player in enumerate(players) for _ in player] + [len(players)]
    rows = [np.empty((size - i, 1 << owner[i], matrix.shape[2])) for i in range(size)]
    for i, row in enumerate(rows):
        row[:, 0] = matrix[i, i:]
    start = 0
    for k, player in enumerate(players):
        stop, half = start + len(player), 1 << k
        inside = {i: rows[i][:, :half] for i in range(start, size)}
        for column in range(start, stop):
            pivot = inside[column]
            usable = pivot[0] > ALIASED
            factor = pivot[1:] * (usable / np.where(usable, pivot[0], 1.0))
            for i in range(column + 1, size):
                if column > start:
                    inside[i] -= pivot[i - column :] * factor[i - column - 1]
                    continue
                behind = rows[i][:, half : 2 * half] if i >= stop else np.empty_like(inside[i])
                np.multiply(pivot[i - column :], factor[i - column - 1], out=behind)
                inside[i] = np.subtract(inside[i], behind, out=behind)
        start = stop
    return np.asarray(rows[-1][0])


def shapley(residuals: Floats) -> Floats:
    r"""LMG of every player, (P, B), from all subset residuals v (2^P, B).

    .. math:: \mathrm{LMG}_j = \sum_{S \not\ni j} \frac{|S|!\,(P-1-|S|)!}{P!} (v(S) - v(S \cup j))

    Parts sum to R²: the Shapley value, general dominance. Two orthogonal drivers get their squared
    correlations:

    >>> r = np.array([[1, 0, 0.6], [0, 1, 0.5], [0.6, 0.5, 1]])[..., None]
    >>> shapley(subset_residuals(r, [[0], [1]]))[:, 0].round(12)
    array([0.36, 0.25])

    References
    ----------
    Lindeman, R., Merenda, P. & Gold, R. (1980). Grömping, U. (2006). J. Stat. Software 17(1).
    """
    players = len(residuals).bit_length() - 1
    out = np.array([1.0 / (players * comb(players - 1, s)) for s in range(players)] + [0.0])
    into = np.append(0.0, out[:-1])
    sizes = _sizes(players)
    everywhere = np.einsum("t,tb->b", out[sizes], residuals)
    return np.asarray(everywhere - _sums_with(residuals * (out + into)[sizes][:, None]))


def lmg(correlations: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """LMG of every player in every replicate, (P, B), exact.

    Replicates are taken in blocks whose subsets stay in the cache: some 50 million subsets a second on
    one core, so 13 players and 1,000 replicates take a fraction of a second.
    """
    if not 1 <= len(players) <= MOST_PLAYERS:
        raise ValueError(
            f"Driver shares are exact for 1 to {MOST_PLAYERS} drivers, found {len(players)}. "
            "Name fewer drivers, or let the items of one touchpoint enter as one."
        )
    count = correlations.shape[2]
    step = max(1, _CACHED >> len(players))
    found = np.empty((len(players), count))
    for start in range(0, count, step):
        block = np.ascontiguousarray(correlations[:, :, start : start + step])
        found[:, start : start + step] = shapley(subset_residuals(block, players))
    return found


def conditional_dominance(residuals: Floats) -> Floats:
    """Mean increment of R² by number of drivers already in, (P, P, B); its mean over sizes is LMG.

    References
    ----------
    Azen, R. & Budescu, D. (2003). Psych. Methods 8.
    """
    players = len(residuals).bit_length() - 1
    sizes = _sizes(players)
    explained = residuals[0] - residuals
    total = np.array([explained[sizes == s].sum(axis=0) for s in range(players + 1)])
    holding = np.array(
        [_sums_with(explained * (sizes == s)[:, None]) for s in range(players + 1)]
    )  # (sizes, players, B)
    found = np.empty((players, players, residuals.shape[1]))
    for s in range(players):
        found[:, s] = (holding[s + 1] - (total[s] - holding[s])) / comb(players - 1, s)
    return found


def complete_dominance(residuals: Floats) -> Floats:
    """How often driver i adds more than driver j, over all subsets without both, (P, P, B).

    1 where i always does (complete dominance), 0.5 on the diagonal. Equal increments count half.
    """
    players = len(residuals).bit_length() - 1
    subset = np.arange(len(residuals))
    found = np.full((players, players, residuals.shape[1]), 0.5)
    for i in range(players):
        for j in range(players):
            if i != j:
                without = subset[((subset >> i) & 1 == 0) & ((subset >> j) & 1 == 0)]
                gap = residuals[without | 1 << j] - residuals[without | 1 << i]
                found[i, j] = (gap > ALIASED).mean(axis=0) + (np.abs(gap) <= ALIASED).mean(axis=0) / 2
    return found


def sweep(correlations: Floats) -> tuple[Floats, Floats, Floats, Booleans]:
    """Regress the outcome on all columns at once.

    Returns
    -------
    Standardised coefficients (c, B), the diagonal of the inverse of the predictors' correlations (c, B),
    which is the variance inflation factor, the residual variance (B,), and whether a column is fully
    explained by those before it (c, B): such a column has coefficient 0 and inflation infinity.
    """
    a = correlations.copy()
    columns = len(a) - 1
    aliased = np.zeros((columns, a.shape[2]), dtype=bool)
    for k in range(columns):
        aliased[k] = a[k, k] <= ALIASED
        inverse = np.where(aliased[k], 0.0, 1.0 / np.where(aliased[k], 1.0, a[k, k]))
        row = a[k] * inverse
        column = a[:, k].copy()
        a -= column[:, None] * row[None]
        a[k], a[:, k] = row, -column * inverse
        a[k, k] = inverse
    beta = np.where(aliased, 0.0, a[:columns, -1])
    inflation = np.where(aliased, np.inf, a[np.arange(columns), np.arange(columns)])
    return beta, inflation, a[-1, -1], aliased


def _sizes(players: int) -> Integers:
    """Size of every subset, by position."""
    found = np.zeros(1, dtype=np.int64)
    for _ in range(players):
        found = np.concatenate([found, found + 1])
    return found


def _sums_with(values: Floats) -> Floats:
    """Sum values (2^P, B) over the subsets that contain each player, (P, B), folding half cubes."""
    players = len(values).bit_length() - 1
    found = np.empty((players, values.shape[1]))
    for j in reversed(range(players)):
        half = 1 << j
        found[j] = values[half:].sum(axis=0)
        values = values[:half] + values[half:]
    return found
