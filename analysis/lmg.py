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
from analysis.elimination import ALIASED, CACHE_LINE, SubsetSweep, aligned, eliminate, in_player_order
from analysis.sample import Floats, Integers

# All subsets are visited for this many players in every replicate, and for more where there is one matrix.
MOST_PLAYERS, MOST_ALONE = 20, 27
# Numbers in the last stage of a sweep: larger stages fall out of the processor's cache. Columns taken at a
# time: enough that arithmetic outweighs the calls, few enough that several players fit in a leaf.
_CACHED, _COLUMNS = 1 << 17, 1024
# Players beyond these are decided first, for as many subsets as make four blocks of columns for the cores.
_TOGETHER = 12


def shapley(residuals: Floats) -> Floats:
    r"""LMG of every player, (P, B), from all subset residuals v (2^P, B).

    .. math:: \mathrm{LMG}_j = \sum_{S \not\ni j} \frac{|S|!\,(P-1-|S|)!}{P!} (v(S) - v(S \cup j))

    Parts sum to R²: the Shapley value, general dominance. Two orthogonal drivers get their squared
    correlations:

    >>> from analysis.elimination import subset_residuals
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

    The first players are decided for a few subsets side by side, those behind them on the way down a tree,
    and a sweep decides the last ones, all for a block of columns at once, in arrays that stay in the
    processor's cache. About 100 million subsets a second on one core; blocks go to all cores.

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
    matrix, widths = in_player_order(correlations, players), [len(player) for player in players]
    early = max(0, min(len(widths) - _TOGETHER, (4 * _COLUMNS // matrix.shape[2]).bit_length() - 1))
    matrix, subsets = _begun(matrix, widths[:early])
    blocks = _blocks(matrix.shape[2])
    last = max(1, min(len(widths) - early, (_CACHED // blocks.shape[1]).bit_length() - 1))
    weights = [_weights_of_gains(len(widths), last, chosen) for chosen in range(len(widths) - last + 1)]
    chosen = np.repeat(_sizes(early)[subsets], correlations.shape[2])
    parts = np.empty((2 + len(widths) - early, *blocks.shape))

    def fill(task: int) -> None:
        tree = _Tree(widths[early:], weights, chosen[blocks[task]])
        parts[:, task] = tree.sums(matrix[:, :, blocks[task]])

    on_all_cores(fill, range(len(blocks)))
    sums = parts.reshape(len(parts), -1)[:, : matrix.shape[2]].reshape(len(parts), len(subsets), -1)
    inside = (subsets >> np.arange(early)[:, None]) & 1 == 1
    first = np.where(inside[:, :, None], sums[1], sums[0]).sum(axis=1)
    return np.concatenate([first, sums[2:].sum(axis=1)])


def _begun(matrix: Floats, widths: Sequence[int]) -> tuple[Floats, Integers]:
    """Decide players for every subset of them, side by side as if they were replicates, by size of subset.

    Returns
    -------
    What is left of the matrices, (c, c, 2^P * B), and the position of each subset, (2^P,).
    """
    for width in widths:
        matrix = np.concatenate([matrix[width:, width:], eliminate(matrix, width)], axis=2)
    subsets = np.argsort(_sizes(len(widths)), kind="stable")
    apart = matrix.reshape(*matrix.shape[:2], len(subsets), -1)
    return apart[:, :, subsets].reshape(matrix.shape), subsets


def _blocks(columns: int) -> Integers:
    """Columns of every block, the very last again until numbers fill the lines of the cache."""
    count = -(-columns // _COLUMNS)
    size = -(-columns // count)
    if size > CACHE_LINE:
        size += -size % CACHE_LINE
    return np.minimum(np.arange(count * size), columns - 1).reshape(count, size)


class _Tree:
    """The Shapley sum over all subsets, gathered leaf by leaf.

    The first players are decided one by one on the way down; a leaf holds every subset of the last ones.
    ``weights`` of a leaf go by the number of players in above it; ``begun`` (R,) are in from the start, in
    ascending order.
    """

    def __init__(self, widths: Sequence[int], weights: Sequence[Floats], begun: Integers) -> None:
        columns = len(begun)
        self.first = len(widths) + 2 - len(weights[0])
        self.widths, self.weights = widths, weights
        self.sweep = SubsetSweep(widths[self.first :], columns)
        left = sum(widths) + 1 - np.cumsum(widths[: self.first])
        self.rooms = [aligned((size, size, columns)) for size in left]
        sizes, starts = np.unique(begun, return_index=True)
        stops = [*starts[1:], columns]
        self.alike = [(int(s), slice(a, b)) for s, a, b in zip(sizes, starts, stops, strict=True)]
        self.leaf, self.found = np.empty((len(weights[0]), columns)), np.zeros((2 + len(widths), columns))

    def sums(self, matrix: Floats) -> Floats:
        """LMG (2 + P, R) of a player that was out from the start, of one that was in, and of these."""
        self._descend(matrix, ())
        return self.found

    def _descend(self, matrix: Floats, chosen: tuple[bool, ...]) -> None:
        depth = len(chosen)
        if depth == self.first:
            self._gather(matrix, chosen)
            return
        width = self.widths[depth]
        self._descend(matrix[width:, width:], (*chosen, False))
        self._descend(eliminate(matrix, width, self.rooms[depth]), (*chosen, True))

    def _gather(self, matrix: Floats, chosen: tuple[bool, ...]) -> None:
        gains, leaf, found = self.sweep.gains(matrix), self.leaf, self.found
        for begun, columns in self.alike:
            leaf[:, columns] = self.weights[begun + sum(chosen)] @ gains[:, columns]
        found[:2] += leaf[:2]
        found[2 : 2 + self.first] += leaf[np.array(chosen, dtype=np.int64)]
        found[2 + self.first :] += leaf[2:]


def _weights_of_gains(players: int, last: int, chosen: int) -> Floats:
    """Weights (2 + last, 2^last) of the gains of a leaf in LMG: of a player out above it, in, and its own.

    Weights of residual variances are summed over the subsets that a gain is taken from.
    """
    leave, either = _subset_weights(players)
    sizes = _sizes(last)
    held = np.array([(np.arange(1 << last) >> j) & 1 for j in range(last)]).reshape(last, -1)
    member = np.concatenate([np.zeros((1, 1 << last)), np.ones((1, 1 << last)), held])
    weights = leave[sizes + chosen] - member * either[sizes + chosen]
    found = np.empty_like(weights)
    for k in reversed(range(last)):
        half = 1 << k
        found[:, half : 2 * half] = -weights[:, half:]
        weights = weights[:, :half] + weights[:, half:]
    found[:, :1] = weights
    return found


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
