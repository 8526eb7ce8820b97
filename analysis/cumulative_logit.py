r"""The likelihood of ordered levels, at its maximum for many sets of columns at once.

A yes/no outcome is the case of two levels: one kernel serves the logit and the proportional-odds logit.

.. math:: P(y \le k) = F(\theta_k - x'\beta), \quad F(t) = 1 / (1 + e^{-t})

Because :math:`F(a) - F(b) = F(a)\,(1 - F(b))\,(1 - e^{b - a})`, the log likelihood is that of two yes/no
questions a respondent (at or below the own level? above the one below?) and a term of the thresholds alone.
It is concave, its derivatives are short, and that last term keeps the thresholds in order.

What a newcomer gets wrong: the sign. A positive slope moves people *up*, so thresholds are subtracted from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.cores import on_all_cores, one_thread_of_algebra
from analysis.sample import Booleans, Floats, Integers

# A step that promises less than this for the mean log likelihood is the last, and the promise is kept to
# 1e-13: what a quadratic leaves out is of the order of its 3/2th power. One fit is driven further.
SETTLED, EXACT = 1e-9, 1e-14
MOST_STEPS = 60
# Added to the diagonal of a scaled information matrix: columns that repeat others get no slope of their own.
_RIDGE = 1e-10
# Numbers of respondents times fits worked on at once: enough that arithmetic outweighs the calls.
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class LevelData:
    """Respondents ordered by level, columns standardised by weight.

    Attributes
    ----------
    x : (n, c) columns with weighted mean 0 and variance 1; ``centre`` and ``spread`` (c,) undo that.
    pairs : (n, c(c + 1)/2) products of columns.
    weights : (n,) sum 1, so that likelihoods are means per respondent.
    bounds : (K + 1,) where each level begins in the rows, and n.
    order : (n,) rows as given, in the order used here.
    """

    x: Floats
    pairs: Floats
    weights: Floats
    bounds: Integers
    order: Integers
    centre: Floats
    spread: Floats

    @classmethod
    def of(cls, x: Floats, codes: Integers, weights: Floats) -> LevelData:
        """Prepare columns (n, c), levels (n,) counted from 0 without a gap, and weights (n,)."""
        order = np.argsort(codes, kind="stable")
        w = weights[order] / weights.sum()
        given = x[order]
        centre = w @ given
        spread = np.sqrt(w @ (given - centre) ** 2)
        spread = np.where(spread > 0, spread, 1.0)
        standard = (given - centre) / spread
        one, other = np.triu_indices(x.shape[1])
        bounds = np.append(0, np.cumsum(np.bincount(codes)))
        return cls(standard, standard[:, one] * standard[:, other], w, bounds, order, centre, spread)

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return int(self.x.shape[1])

    @property
    def cuts(self) -> int:
        """How many thresholds there are: levels less one."""
        return len(self.bounds) - 2

    @property
    def shares(self) -> Floats:
        """Weighted share of each level, (K,)."""
        return np.asarray(np.add.reduceat(self.weights, self.bounds[:-1]))

    @property
    def null(self) -> Floats:
        """Thresholds (K − 1,) that fit without any column."""
        return np.asarray(special.logit(np.cumsum(self.shares)[:-1]))

    @property
    def null_log_likelihood(self) -> float:
        """Mean log likelihood without any column."""
        return float(special.xlogy(self.shares, self.shares).sum())

    @property
    def to_given(self) -> Floats:
        """Matrix (m, m) that turns thresholds and slopes into those of the columns as given."""
        found = np.diag(np.append(np.ones(self.cuts), 1.0 / self.spread))
        found[: self.cuts, self.cuts :] = self.centre / self.spread
        return np.asarray(found)


@dataclass(frozen=True, slots=True, eq=False)
class LevelFits:
    """Fits of S sets of columns: ``values`` (S, m) thresholds then slopes, of standardised columns.

    ``log_likelihood`` (S,) is the mean per respondent; ``settled`` (S,) whether a maximum was reached.
    """

    values: Floats
    log_likelihood: Floats
    settled: Booleans


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Mean log likelihood (S,), its gradient (S, m) and the information (S, m, m) at S points."""

    log_likelihood: Floats
    gradient: Floats
    information: Floats


def maximum(data: LevelData) -> LevelFits:
    """Fit with all columns."""
    start = np.append(data.null, np.zeros(data.columns))[None]
    with one_thread_of_algebra():
        return maximise(data, np.ones((1, data.columns), dtype=bool), start)


def derivatives(data: LevelData, values: Floats) -> Slopes:
    """Evaluate the likelihood at S points, ``values`` (S, m): thresholds, then slopes.

    Where thresholds do not increase, the likelihood is minus infinity.
    """
    cuts, count = data.cuts, len(values)
    theta = np.ascontiguousarray(values[:, :cuts].T)
    eta = data.x @ values[:, cuts:].T
    gaps = np.diff(theta, axis=0)
    ordered = (gaps > 0).all(axis=0)
    safe = np.where(gaps > 0, gaps, 1.0)
    likelihood = np.where(ordered, data.shares[1:-1] @ np.log(-np.expm1(-safe)), -np.inf)
    residual, gain = np.zeros_like(eta), np.zeros_like(eta)
    gradient = np.zeros((cuts + data.columns, count))
    information = np.zeros((cuts + data.columns, cuts + data.columns, count))
    for level in range(cuts + 1):
        rows = slice(data.bounds[level], data.bounds[level + 1])
        for cut, sign in ((level, 1.0), (level - 1, -1.0)):
            if not 0 <= cut < cuts:
                continue
            miss, loss = _logistic(sign * (eta[rows] - theta[cut]))
            w = data.weights[rows, None]
            likelihood -= data.weights[rows] @ loss
            pull = w * miss
            curve = pull * (1.0 - miss)
            residual[rows] -= sign * pull
            gain[rows] += curve
            gradient[cut] += sign * pull.sum(axis=0)
            information[cut, cut] += curve.sum(axis=0)
            information[cut, cuts:] -= data.x[rows].T @ curve
    _thresholds(data.shares[1:-1, None], safe, gradient, information)
    gradient[cuts:] = data.x.T @ residual
    one, other = np.triu_indices(data.columns)
    information[cuts + one, cuts + other] = data.pairs.T @ gain
    mirrored = np.moveaxis(np.triu(np.moveaxis(information, 2, 0), 1), 1, 2)
    whole = np.triu(np.moveaxis(information, 2, 0)) + mirrored
    return Slopes(likelihood, gradient.T, whole)


def scores(data: LevelData, values: Floats) -> Floats:
    """What every respondent adds to the gradient at one point (m,), without the weight, (n, m).

    Respondents stand in the order of ``data``.
    """
    found = np.zeros((len(data.x), len(values)))
    eta = data.x @ values[data.cuts :]
    for level in range(data.cuts + 1):
        rows = slice(data.bounds[level], data.bounds[level + 1])
        for cut, sign in ((level, 1.0), (level - 1, -1.0)):
            if 0 <= cut < data.cuts:
                miss = sign * _logistic(sign * (eta[rows] - values[cut]))[0]
                found[rows, cut] += miss
                found[rows, data.cuts :] -= miss[:, None] * data.x[rows]
        if 0 < level < data.cuts:
            push = 1.0 / np.expm1(values[level] - values[level - 1])
            found[rows, level] += push
            found[rows, level - 1] -= push
    return found


def _logistic(t: Floats) -> tuple[Floats, Floats]:
    """F(t) and log(1 + e^t), from one exponential."""
    small = np.abs(t)
    np.exp(np.negative(small, out=small), out=small)
    whole = 1.0 + small
    loss = np.log(whole)
    loss += np.maximum(t, 0.0)
    np.copyto(small, 1.0, where=t >= 0)
    small /= whole
    return small, loss


def _thresholds(shares: Floats, gaps: Floats, gradient: Floats, information: Floats) -> None:
    """Add what the distances between thresholds bring, for the levels that have two."""
    push = shares / np.expm1(gaps)
    curve = shares / (4.0 * np.sinh(gaps / 2.0) ** 2)
    for cut in range(len(gaps)):
        gradient[cut] -= push[cut]
        gradient[cut + 1] += push[cut]
        information[cut, cut] += curve[cut]
        information[cut + 1, cut + 1] += curve[cut]
        information[cut, cut + 1] -= curve[cut]


def maximise(data: LevelData, inside: Booleans, start: Floats, precision: float = EXACT) -> LevelFits:
    """Maximise the likelihood for S sets of columns, ``inside`` (S, c), from ``start`` (S, m).

    Newton's steps, shortened while the likelihood falls, until one promises less than ``precision``. A set
    that tells levels apart without error has no maximum: its likelihood still comes as close to its limit
    as the precision asks, its values mean nothing (see ``analysis.separation``).
    """
    values, best = start.copy(), np.full(len(start), -np.inf)
    free = np.hstack([np.ones((len(start), data.cuts), dtype=bool), inside])
    step, length = np.zeros_like(start), np.ones(len(start))
    at = np.arange(len(start))
    for _ in range(MOST_STEPS):
        trial = values[at] + length[at, None] * step[at]
        found = derivatives(data, trial)
        # Rounding in a sum of n terms is no fall.
        better = found.log_likelihood >= best[at] - 1e-13
        length[at[~better]] /= 4.0
        up = at[better]
        step[up], promise = _newton(found, free[up], better)
        values[up], best[up], length[up] = trial[better], found.log_likelihood[better], 1.0
        done = up[promise < precision]
        values[done] += step[done]
        best[done] += promise[promise < precision] / 2.0
        at = np.setdiff1d(at, done, assume_unique=True)
        if len(at) == 0:
            break
    settled = np.ones(len(start), dtype=bool)
    settled[at] = False
    return LevelFits(values, best, settled)


def _newton(found: Slopes, free: Booleans, which: Booleans) -> tuple[Floats, Floats]:
    """Newton's steps (s, m) at the points ``which``, and twice the gain that they promise (s,)."""
    gradient = np.where(free, found.gradient[which], 0.0)
    matrix = np.where(free[:, :, None] & free[:, None, :], found.information[which], 0.0)
    diagonal = np.arange(matrix.shape[1])
    size = matrix[:, diagonal, diagonal]
    scale = 1.0 / np.sqrt(np.where(size > 0, size, 1.0))
    matrix *= scale[:, :, None] * scale[:, None, :]
    matrix[:, diagonal, diagonal] = 1.0 + _RIDGE
    step = scale * np.linalg.solve(matrix, (scale * gradient)[:, :, None])[:, :, 0]
    return step, (step * gradient).sum(axis=1)


def maximise_subsets(data: LevelData, players: Sequence[Sequence[int]], subsets: Sequence[int]) -> LevelFits:
    """Maximise the likelihood for many sets of players, each from that of one with a player less.

    Parameters
    ----------
    players : the columns of each player.
    subsets : bit masks of players. For each but the empty one, some subset with one player less must be
        among them; the empty one must be.
    """
    place = {subset: position for position, subset in enumerate(subsets)}
    sizes = np.array([subset.bit_count() for subset in subsets])
    inside = np.zeros((len(subsets), data.columns), dtype=bool)
    for position, subset in enumerate(subsets):
        inside[position, [c for j, p in enumerate(players) if subset >> j & 1 for c in p]] = True
    values = np.zeros((len(subsets), data.cuts + data.columns))
    values[place[0], : data.cuts] = data.null
    likelihood, settled = np.zeros(len(subsets)), np.zeros(len(subsets), dtype=bool)
    width = max(1, _BLOCK // len(data.x))
    for size in range(len(players) + 1):
        level = np.flatnonzero(sizes == size)
        start = values[[_parent(subsets[position], place) for position in level.tolist()]]

        def fill(first: int, level: Integers = level, start: Floats = start) -> None:
            part = level[first : first + width]
            found = maximise(data, inside[part], start[first : first + width], SETTLED)
            values[part], likelihood[part] = found.values, found.log_likelihood
            settled[part] = found.settled

        on_all_cores(fill, range(0, len(level), width))
    return LevelFits(values, likelihood, settled)


def _parent(subset: int, place: Mapping[int, int]) -> int:
    """Position of a subset with one player less; of the empty one its own."""
    smaller = (subset & ~(1 << j) for j in range(subset.bit_length()) if subset >> j & 1)
    return next((place[other] for other in smaller if other in place), place[0])
