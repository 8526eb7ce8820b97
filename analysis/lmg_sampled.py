"""Driver shares of many drivers: orders of entry drawn at random instead of all of them.

With the drivers in one order, each adds an increment to R². LMG is the mean increment over all orders;
a few hundred orders drawn in antithetic pairs (an order and its reverse) come close, and the error that
drawing leaves is known.

What a newcomer gets wrong: this error is not sampling error. It shrinks with more orders, the
interval does not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.elimination import ALIASED
from analysis.lmg import MOST_ALONE, MOST_PLAYERS, lmg
from analysis.sample import Floats, Integers

ORDERS, REPLICATED_ORDERS = 4000, 200
_BATCH = 500


def random_orders(players: int, pairs: int, seed: int) -> Integers:
    """Draw orders of entry in antithetic pairs, (2 · pairs, players)."""
    random = np.random.default_rng([seed, players, 0x6F72646572])
    forward = random.permuted(np.tile(np.arange(players), (pairs, 1)), axis=1)
    return np.stack([forward, forward[:, ::-1]], axis=1).reshape(2 * pairs, players)


def increments(correlations: Floats) -> Floats:
    """What each column adds to R² after those before it, (c, B), from matrices with the outcome last.

    A column that those before it explain fully (pivot at most 1e-10) adds nothing.
    """
    a = correlations.copy()
    last = len(a) - 1
    found = np.zeros((last, a.shape[2]))
    for k in range(last):
        usable = a[k, k] > ALIASED
        inverse = usable / np.where(usable, a[k, k], 1.0)
        found[k] = a[last, k] ** 2 * inverse
        factor = a[k + 1 :, k] * inverse
        a[k + 1 :, k + 1 :] -= factor[:, None] * a[k, k + 1 :][None]
    return found


def sampled_lmg(
    correlations: Floats, players: Sequence[Sequence[int]], orders: Integers
) -> tuple[Floats, Floats]:
    """LMG of every player from drawn orders, (P, B), and the error of drawing, (P, B).

    ``orders`` come in antithetic pairs from :func:`random_orders`; the error is that of the mean of pairs.
    """
    count, batch = len(players), correlations.shape[2]
    total, squares = np.zeros((count, batch)), np.zeros((count, batch))
    for pair in orders.reshape(-1, 2, count):
        mean = np.zeros((count, batch))
        for order in pair:
            columns = [column for player in order for column in players[player]]
            owner = np.array([player for player in order for _ in players[player]])
            index = [*columns, len(correlations) - 1]
            np.add.at(mean, owner, increments(correlations[np.ix_(index, index)]) / 2)
        total += mean
        squares += mean**2
    pairs = len(orders) // 2
    variance = np.maximum(squares / pairs - (total / pairs) ** 2, 0.0)
    return total / pairs, np.sqrt(variance / max(pairs - 1, 1))


def lmg_everywhere(
    correlations: Floats, players: Sequence[Sequence[int]], seed: int, most_alone: int = MOST_ALONE
) -> tuple[Floats, float]:
    """LMG in the full sample (cell 0) and in every replicate, (P, 1 + B), and the largest error of drawing.

    Exact for up to 20 players. For more, every replicate uses 200 orders, shifted by what those are off in
    the full sample; the full sample is exact for up to ``most_alone`` (27) players and uses 4,000 orders
    beyond. The error is that of the full sample, 0 where it is exact.
    """
    if len(players) <= MOST_PLAYERS:
        return lmg(correlations, players), 0.0
    orders = random_orders(len(players), ORDERS // 2, seed)
    rough = sampled_lmg(correlations, players, orders[:REPLICATED_ORDERS])[0]
    full = np.ascontiguousarray(correlations[:, :, :1])
    if len(players) <= most_alone:
        best, error = lmg(full, players), 0.0
    else:
        best, spread = _all_orders_at_once(full[:, :, 0], players, orders)
        error = float(spread.max())
    return rough + (best - rough[:, :1]), error


def _all_orders_at_once(
    matrix: Floats, players: Sequence[Sequence[int]], orders: Integers
) -> tuple[Floats, Floats]:
    """Run through many orders of one matrix with the orders on the last axis."""
    parts = np.empty((len(orders), len(players)))
    for start in range(0, len(orders), _BATCH):
        block = orders[start : start + _BATCH]
        columns = np.array([[c for p in order for c in players[p]] for order in block])
        owner = np.array([[p for p in order for _ in players[p]] for order in block])
        index = np.column_stack([columns, np.full(len(block), len(matrix) - 1)]).T
        stacked = matrix[index[:, None], index[None]]
        found = np.zeros((len(block), len(players)))
        np.add.at(found, (np.arange(len(block))[:, None], owner), increments(stacked).T)
        parts[start : start + _BATCH] = found
    pairs = parts.reshape(-1, 2, len(players)).mean(axis=1)
    return pairs.mean(axis=0)[:, None], pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs))
