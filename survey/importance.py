"""True importance: LMG shares of players that hold one column or several, by their definition.

This is the slow and plain route, one regression for each set of players, kept apart from the
estimator on purpose: a truth worked out by the code under test would prove nothing.

References
----------
Lindeman, R. H., Merenda, P. F. & Gold, R. Z. (1980). *Introduction to Bivariate and Multivariate
Analysis*. Scott Foresman.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial

import numpy as np

from survey.register import Floats, Integers, stream

EXACT = 14  # sets of players are listed up to here; beyond, orders are drawn
ORDERS = 1000


def importance_shares(correlations: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """Return the part of R² that each player brings, on average over all orders in which they enter.

    Parameters
    ----------
    correlations : (p + 1, p + 1) of the players' columns and, last, the outcome.
    players : the columns of each player; two players may hold the same column.

    Returns
    -------
    (players,) parts that are not negative and sum to R². Two drivers correlated .4 with r = .5, .3:

    >>> table = np.array([[1, 0.4, 0.5], [0.4, 1, 0.3], [0.5, 0.3, 1]])
    >>> importance_shares(table, [[0], [1]]).round(6).tolist()
    [0.210952, 0.050952]
    """
    p = len(players)
    if p > EXACT:
        return _drawn_orders(correlations, players)
    explained = _all_sets(correlations, players)
    masks = np.arange(2**p)
    size = np.array([int(mask).bit_count() for mask in masks])
    chance = np.array([factorial(s) * factorial(p - 1 - s) / factorial(p) for s in range(p)])
    shares = np.zeros(p)
    for player in range(p):
        without = masks[(masks >> player) & 1 == 0]
        gain = explained[without | (1 << player)] - explained[without]
        shares[player] = (chance[size[without]] * gain).sum()
    return shares


def _all_sets(correlations: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """R² of every set of players, by bit mask."""
    explained = np.zeros(2 ** len(players))
    by_size: dict[int, list[tuple[int, list[int]]]] = {}
    for mask in range(1, len(explained)):
        inside = sorted(
            {column for player, own in enumerate(players) if mask >> player & 1 for column in own}
        )
        by_size.setdefault(len(inside), []).append((mask, inside))
    for sets in by_size.values():
        masks = np.array([mask for mask, _ in sets])
        explained[masks] = _explained(correlations, np.array([inside for _, inside in sets]))
    return explained


def _explained(correlations: Floats, inside: Integers) -> Floats:
    """R² of the regressions on columns ``inside`` (m, s), (m,)."""
    table = correlations[inside[:, :, None], inside[:, None, :]]
    outcome = correlations[inside, -1]
    slopes = np.linalg.solve(table, outcome[:, :, None])[:, :, 0]
    return np.asarray((slopes * outcome).sum(axis=1))


def _drawn_orders(correlations: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """The same over orders drawn in pairs, each with its reverse.

    With columns in an order, the squared entries of :math:`L^{-1} r` are what each adds to R², where
    L is the Cholesky factor of their correlations and r those with the outcome.
    """
    random = stream(0, "orders")
    half = [random.permutation(len(players)) for _ in range(ORDERS // 2)]
    turns = [_columns_in_order(players, order) for order in [*half, *(order[::-1] for order in half)]]
    columns = np.array([[column for column, _ in turn] for turn in turns])
    owners = np.array([[player for _, player in turn] for turn in turns])
    factor = np.linalg.cholesky(correlations[columns[:, :, None], columns[:, None, :]])
    added = np.linalg.solve(factor, correlations[columns, -1][:, :, None])[:, :, 0] ** 2
    return np.bincount(owners.ravel(), added.ravel(), len(players)) / ORDERS


def _columns_in_order(players: Sequence[Sequence[int]], order: Integers) -> list[tuple[int, int]]:
    """Columns as they enter, each with the player who brings it first."""
    entered: dict[int, int] = {}
    for player in order:
        for column in players[player]:
            entered.setdefault(column, int(player))
    return list(entered.items())
