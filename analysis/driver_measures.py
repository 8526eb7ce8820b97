"""Other measures of importance beside LMG, in the full sample and in every replicate.

``first`` is what a player explains alone, ``last`` what is lost without it, Pratt's product shares R² out
by coefficient and correlation, Johnson's relative weights (Genizi's decomposition) and CAR scores by columns
made uncorrelated.

What a newcomer gets wrong: these are not votes. Only LMG, Johnson's weights, Pratt and CAR sum to R², Pratt's
may be negative, and where they rank differently the drivers are too alike to be ranked.

References
----------
Johnson, J. (2000). Multivar. Behav. Res. 35. Pratt, J. (1987). Proc. 2nd Tampere Conf. Statist. Zuber, V.
& Strimmer, K. (2011). Stat. Appl. Genet. Mol. Biol. 10(1). R: ``relaimpo::calc.relimp(type =
c("first", "last", "pratt", "genizi", "car"))``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.elimination import eliminate
from analysis.relative_weights import car_scores, relative_weights
from analysis.sample import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """Parts of the outcome's variance, (P, B) each: a part of all variance, not of what is explained."""

    first: Floats
    last: Floats
    pratt: Floats
    johnson: Floats
    car: Floats


def measures(correlations: Floats, players: Sequence[Sequence[int]], beta: Floats) -> Measures:
    """Measure players by correlations (c + 1, c + 1, B), the outcome last, and coefficients ``beta`` (c, B).

    Columns of one player are taken together: ``first`` and ``last`` are of all its columns, and its parts of
    the others add up.
    """
    products = beta * correlations[:-1, -1]
    return Measures(
        first=correlations[-1, -1] - left_by_each(correlations, players),
        last=left_without_each(correlations, players) - left_by_all(correlations, players),
        pratt=np.array([products[list(player)].sum(axis=0) for player in players]),
        johnson=relative_weights(correlations, players),
        car=car_scores(correlations, players),
    )


def left_by_each(correlations: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """Residual variance of the outcome given each player alone, (P, B)."""
    last = len(correlations) - 1
    return np.array([_left(correlations[np.ix_([*own, last], [*own, last])]) for own in players])


def left_by_all(correlations: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """Residual variance of the outcome given all players, (B,)."""
    order = [column for player in players for column in player] + [len(correlations) - 1]
    return _left(correlations[np.ix_(order, order)])


def left_without_each(correlations: Floats, players: Sequence[Sequence[int]]) -> Floats:
    """Residual variance of the outcome given all players but one, (P, B).

    Players are halved: one half is eliminated for all of the other half at once, so that p eliminations cost
    hardly more than two.
    """
    if len(players) == 1:
        return np.asarray(correlations[-1, -1][None])
    half = len(players) // 2
    found = []
    for kept, gone in ((players[:half], players[half:]), (players[half:], players[:half])):
        away = [column for player in gone for column in player]
        stay = [column for player in kept for column in player]
        order = [*away, *stay, len(correlations) - 1]
        left = eliminate(correlations[np.ix_(order, order)], len(away))
        starts = np.cumsum([0, *(len(player) for player in kept)])
        renumbered = [range(a, b) for a, b in pairwise(starts)]
        found.append(left_without_each(left, renumbered))
    return np.concatenate(found)


def _left(correlations: Floats) -> Floats:
    return np.asarray(eliminate(correlations, len(correlations) - 1)[0, 0])
