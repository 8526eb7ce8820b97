"""Elimination of columns from correlation matrices: once, or for every subset of players.

What is left of a matrix once columns are known is its Schur complement: the residual variance of the
outcome stands in the last place, and a regression is the elimination of all drivers. Each function takes
many matrices at once, the replicates on the last axis.

What a newcomer gets wrong: a column that others already explain has no variance left. Nothing is divided
by it; it adds nothing.

A *player* is a driver, or several columns that enter together (an item and the mark that somebody had
no answer to give; the items of one touchpoint).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np

from analysis.sample import Booleans, Floats

# On the scale of correlations: what elimination leaves of a column that others already explain.
ALIASED = 1e-10
# Numbers in a line of the cache.
CACHE_LINE = 8


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


def eliminate(matrix: Floats, width: int, room: Floats | None = None) -> Floats:
    """Eliminate the first ``width`` columns of (c, c, B): what is left of the others once these are known.

    A column that those before it explain fully is passed over. What is left is put into ``room``, if given.
    """
    for step in range(1, width + 1):
        factor = matrix[0, 1:] * _reciprocal(matrix[0, 0])
        taken = np.multiply(matrix[0, 1:, None], factor[None], out=room if step == width else None)
        matrix = np.subtract(matrix[1:, 1:], taken, out=taken)
    return matrix


def _reciprocal(pivot: Floats) -> Floats:
    """1/pivot, and 0 for a column that others already explain."""
    return np.divide(1.0, pivot, where=pivot > ALIASED, out=np.zeros_like(pivot))


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
    matrix = in_player_order(correlations, players)
    found = SubsetSweep(widths, matrix.shape[2]).gains(matrix)
    for k in range(len(widths)):
        half = 1 << k
        np.subtract(found[:half], found[half : 2 * half], out=found[half : 2 * half])
    return found


def in_player_order(correlations: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """Columns player by player, the outcome last."""
    order = [column for player in players for column in player] + [len(correlations) - 1]
    return np.ascontiguousarray(correlations[np.ix_(order, order)])


class SubsetSweep:
    """What the last player of every subset explains beyond the others in it, for matrices of one shape.

    Room and steps are laid out once: fresh memory costs more than the arithmetic done in it, and so do the
    slices of small arrays. ``rows`` hold row i of the matrix from its diagonal on, for every subset decided
    before it. A step puts what a function makes of two arrays into a third.
    """

    def __init__(self, widths: Sequence[int], replicates: int) -> None:
        owner = [k for k, width in enumerate(widths) for _ in range(width)]
        size = len(owner)
        self._rows = [aligned((size + 1 - i, 1 << player, replicates)) for i, player in enumerate(owner)]
        self._gains = aligned((1 << len(widths), replicates))
        most = max((size + 1 - i) << player for i, player in enumerate(owner)) * replicates
        self._factor, self._spare = aligned((most,)), aligned((most if max(widths) > 1 else 0,))
        self._steps: list[tuple[Callable[..., object], Floats | float, Floats, Floats]] = []
        start = 0
        for k, width in enumerate(widths):
            self._decide(k, start, start + width)
            start += width

    def gains(self, matrix: Floats) -> Floats:
        """Gains (2^P, B) of a matrix (c + 1, c + 1, B) whose columns stand player by player.

        The last player is the one with the highest bit; position 0 is the variance of the outcome. The next
        call overwrites them.
        """
        self._gains[0] = matrix[-1, -1]
        for i, row in enumerate(self._rows):
            row[:, 0] = matrix[i, i:]
        for function, one, other, out in self._steps:
            function(one, other, out)
        return self._gains

    def _decide(self, k: int, start: int, stop: int) -> None:
        """Lay out how the columns of player k are eliminated in every subset of the players before it."""
        half = 1 << k
        inside = [row[:, :half] for row in self._rows]
        gain = self._gains[half : 2 * half]
        for column in range(start, stop):
            pivot = inside[column]
            factor = self._divided(pivot)
            explained = gain if column == start else _front(self._spare, gain.shape)
            self._steps.append((np.multiply, pivot[-1], factor[-1], explained))
            if column > start:
                self._steps.append((np.add, gain, explained, gain))
            for i in range(column + 1, len(inside)):
                before = inside[i]
                if column == start:
                    inside[i] = np.empty_like(before) if i < stop else self._rows[i][:, half : 2 * half]
                taken = inside[i] if column == start else _front(self._spare, before.shape)
                self._steps.append((np.multiply, pivot[i - column :], factor[i - column - 1], taken))
                self._steps.append((np.subtract, before, taken, inside[i]))

    def _divided(self, pivot: Floats) -> Floats:
        """Lay out the division of a row by its diagonal."""
        room = _front(self._factor, pivot.shape)
        if len(pivot) == 2:
            self._steps.append((_divide, pivot[1], pivot[0], room[1]))
        else:
            self._steps.append((_divide, 1.0, pivot[0], room[0]))
            self._steps.append((np.multiply, pivot[1:], room[0], room[1:]))
        return room[1:]


def _front(room: Floats, shape: tuple[int, ...]) -> Floats:
    return room[: prod(shape)].reshape(shape)


def _divide(part: Floats | float, pivot: Floats, out: Floats) -> None:
    """Divide by a pivot; 0 for a column that others already explain."""
    if pivot.min() > ALIASED:
        np.divide(part, pivot, out)
    else:
        out[:] = part * _reciprocal(pivot)


def aligned(shape: tuple[int, ...]) -> Floats:
    """Room that starts on a line of the cache: arithmetic that straddles lines takes twice as long."""
    numbers = prod(shape)
    room = np.empty(numbers + CACHE_LINE)
    start = -(room.ctypes.data // room.itemsize) % CACHE_LINE
    return room[start : start + numbers].reshape(shape)
