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

from analysis.cores import on_all_cores
from analysis.sample import Booleans, Floats, Integers

# All subsets are visited for this many players in every replicate, and for more where there is one matrix.
MOST_PLAYERS, MOST_ALONE = 20, 27
# On the scale of correlations: what elimination leaves of a column that others already explain.
ALIASED = 1e-10
# Numbers in the last stage of a sweep: larger stages fall out of the processor's cache. Replicates taken
# at a time: enough that arithmetic outweighs the calls, few enough that several players fit in a leaf.
_CACHED = 1 << 17
_REPLICATES = 128


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
    widths = [len(player) for player in players]
    matrix = _in_order(correlations, players)
    return _swept(matrix, widths, _Room(widths, matrix.shape[2])).copy()


def _in_order(correlations: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """Columns player by player, the outcome last."""
    order = [column for player in players for column in player] + [len(correlations) - 1]
    return np.ascontiguousarray(correlations[np.ix_(order, order)])


class _Room:
    """Room for a sweep, asked for once: fresh memory costs more than the arithmetic done in it.

    ``rows`` hold row i of the matrix from its diagonal on, for every subset decided before it.
    """

    def __init__(self, widths: Sequence[int], replicates: int) -> None:
        owner = [k for k, width in enumerate(widths) for _ in range(width)] + [len(widths)]
        size = len(owner)
        self.rows = [np.empty((size - i, 1 << player, replicates)) for i, player in enumerate(owner)]
        self._factor = np.empty(max((size - i) << player for i, player in enumerate(owner[:-1])) * replicates)

    def factor(self, pivot: Floats) -> Floats:
        """Divide a row by its diagonal; 0 for a column that others already explain."""
        shape = pivot.shape
        room = self._factor[: pivot.size].reshape(shape)
        room[0] = 0.0
        np.divide(1.0, pivot[0], out=room[0], where=pivot[0] > ALIASED)
        return np.asarray(np.multiply(pivot[1:], room[0], out=room[1:]))


def _swept(matrix: Floats, widths: Sequence[int], room: _Room) -> Floats:
    """Residual variances (2^P, B) of a matrix whose columns stand player by player; a view into ``room``."""
    size, start, rows = len(matrix), 0, room.rows
    for i, row in enumerate(rows):
        row[:, 0] = matrix[i, i:]
    for k, width in enumerate(widths):
        stop, half = start + width, 1 << k
        inside = {i: rows[i][:, :half] for i in range(start, size)}
        for column in range(start, stop):
            pivot = inside[column]
            factor = room.factor(pivot)
            for i in range(column + 1, size):
                if column > start:
                    inside[i] -= pivot[i - column :] * factor[i - column - 1]
                    continue
                behind = rows[i][:, half : 2 * half] if i >= stop else np.empty_like(inside[i])
                np.multiply(pivot[i - column :], factor[i - column - 1], out=behind)
                inside[i] = np.subtract(inside[i], behind, out=behind)
        start = stop
    return np.asarray(rows[-1][0])


def eliminate(matrix: Floats, width: int) -> Floats:
    """Eliminate the first ``width`` columns of (c, c, B): what is left of the others once these are known.

    A column that those before it explain fully is passed over.
    """
    for _ in range(width):
        factor = matrix[0, 1:] * _reciprocal(matrix[0, 0])
        matrix = matrix[1:, 1:] - matrix[0, 1:, None] * factor[None]
    return matrix


def _reciprocal(pivot: Floats) -> Floats:
    """1/pivot, and 0 for a column that others already explain."""
    return np.divide(1.0, pivot, where=pivot > ALIASED, out=np.zeros_like(pivot))


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
    leave, either = _subset_weights(players)
    sizes = _sizes(players)
    everywhere = np.einsum("t,tb->b", leave[sizes], residuals)
    return np.asarray(everywhere - _sums_with(residuals * either[sizes][:, None])[0])


def lmg(correlations: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """LMG of every player in every replicate, (P, B), exact.

    Subsets share their first players on the way down a tree; below, a sweep decides the last players for
    all replicates of a block at once, in arrays that stay in the processor's cache. About 100 million
    subsets a second on one core; blocks go to all cores.

    Raises
    ------
    ValueError
        For no player or more than 20; more than 27 where there is a single matrix.
    """
    most = MOST_ALONE if correlations.shape[2] == 1 else MOST_PLAYERS
    if not 1 <= len(players) <= most:
        raise ValueError(
            f"Driver shares are exact for 1 to {most} drivers, found {len(players)}. "
            "Name fewer drivers, or let the items of one touchpoint enter as one."
        )
    matrix = _in_order(correlations, players)
    widths = [len(player) for player in players]
    found = np.empty((len(players), matrix.shape[2]))

    def fill(start: int) -> None:
        block = np.ascontiguousarray(matrix[:, :, start : start + _REPLICATES])
        found[:, start : start + _REPLICATES] = _Tree(widths, block.shape[2]).shares(block)

    on_all_cores(fill, range(0, matrix.shape[2], _REPLICATES))
    return found


class _Tree:
    """The Shapley sum over all subsets, gathered leaf by leaf.

    The first players are decided one by one on the way down; a leaf holds every subset of the last ones.
    """

    def __init__(self, widths: Sequence[int], replicates: int) -> None:
        players = len(widths)
        last = max(1, min(players, (_CACHED // replicates).bit_length() - 1))
        self.widths, self.first = widths, players - last
        self.room = _Room(widths[self.first :], replicates)
        self.weighted = np.empty((1 << last, replicates))
        self.sizes = _sizes(last)
        self.leave, self.either = _subset_weights(players)
        self.total = np.zeros(replicates)
        self.holding = np.zeros((players, replicates))

    def shares(self, matrix: Floats) -> Floats:
        """LMG of every player, (P, B)."""
        self._descend(matrix, ())
        return self.total - self.holding

    def _descend(self, matrix: Floats, chosen: tuple[bool, ...]) -> None:
        depth = len(chosen)
        if depth == self.first:
            self._gather(_swept(matrix, self.widths[depth:], self.room), chosen)
            return
        width = self.widths[depth]
        self._descend(matrix[width:, width:], (*chosen, False))
        self._descend(eliminate(matrix, width), (*chosen, True))

    def _gather(self, residuals: Floats, chosen: tuple[bool, ...]) -> None:
        sizes = self.sizes + sum(chosen)
        self.total += np.einsum("t,tb->b", self.leave[sizes], residuals)
        weighted = np.multiply(residuals, self.either[sizes][:, None], out=self.weighted)
        inside, everything = _sums_with(weighted)
        self.holding[self.first :] += inside
        self.holding[np.flatnonzero(chosen)] += everything


def _subset_weights(players: int) -> tuple[Floats, Floats]:
    """Weight of a subset for those not in it, and that plus its weight for those in it, by its size."""
    leave = np.array([1.0 / (players * comb(players - 1, s)) for s in range(players)] + [0.0])
    return leave, leave + np.append(0.0, leave[:-1])


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
        [_sums_with(explained * (sizes == s)[:, None])[0] for s in range(players + 1)]
    )  # (sizes, players, B)
    found = np.empty((players, players, residuals.shape[1]))
    for s in range(players):
        found[:, s] = (holding[s + 1] - (total[s] - holding[s])) / comb(players - 1, s)
    return found


def complete_dominance(residuals: Floats) -> Floats:
    """How often driver i adds more than driver j, over all subsets without both, (P, P, B).

    1 where i always does (complete dominance), 0.5 on the diagonal. Equal increments count half.
    """
    players, replicates = len(residuals).bit_length() - 1, residuals.shape[1]
    found = np.full((players, players, replicates), 0.5)
    for j in range(players):
        for i in range(j):
            # Bits from the highest to the lowest: those above j, j itself, between, i itself, below i.
            cube = residuals.reshape(1 << (players - 1 - j), 2, 1 << (j - 1 - i), 2, 1 << i, replicates)
            gap = cube[:, 1, :, 0] - cube[:, 0, :, 1]
            more = np.count_nonzero(gap > ALIASED, axis=(0, 1, 2))
            less = np.count_nonzero(gap < -ALIASED, axis=(0, 1, 2))
            found[i, j] = 0.5 + (more - less) / (2 << (players - 2))
            found[j, i] = 1.0 - found[i, j]
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


def _sums_with(values: Floats) -> tuple[Floats, Floats]:
    """Sum values (2^P, B) over the subsets that contain each player, (P, B), and over all, (B,).

    ``values`` are overwritten.
    """
    players = len(values).bit_length() - 1
    found = np.empty((players, values.shape[1]))
    for j in reversed(range(players)):
        half = 1 << j
        found[j] = values[half:].sum(axis=0)
        values[:half] += values[half:]
        values = values[:half]
    return found, values[0]
