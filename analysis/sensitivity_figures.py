"""What draws say of one index or one statement: intervals, parts of the variance, probabilities.

What a newcomer gets wrong: a probability here is the share of draws in which what the reference says is
still true. It is not the probability that the statement is true.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.sample import Booleans, Floats
from analysis.sensitivity_draws import Choices, Draws
from analysis.sensitivity_results import Figure, Interval, Probability, VarianceParts
from analysis.weight_draws import reach


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """Draws of T indices, and what is needed to judge by them.

    ``discreet`` are targets in which an item has so few answers that exact figures would tell its mean.
    """

    choices: Choices
    draws: Draws
    level: float
    discreet: frozenset[int] = frozenset()

    def survived(self, holds: Callable[[Floats], Booleans]) -> Probability:
        """How often a statement holds; ``holds`` says of indices (B, T) in which draws (B,) it does."""
        found = (self.draws.both, self.draws.sampling, self.draws.weights)
        return Probability(*(float(holds(values).mean()) for values in found))

    def reached(self, target: int, threshold: float | None) -> Probability | None:
        """How often an index is on that side of a threshold on which the reference has it."""
        if threshold is None:
            return None
        there = bool(self.draws.value[target] >= threshold)
        return self.survived(lambda values: (values[:, target] >= threshold) == there)

    def rose(self, earlier: int, later: int) -> tuple[float, Probability | None]:
        """Change under the reference, and how often it has the same sign; a change of 0 has none."""
        change = float(self.draws.value[later] - self.draws.value[earlier])
        if change == 0:
            return change, None
        return change, self.survived(
            lambda values: np.sign(values[:, later] - values[:, earlier]) == np.sign(change)
        )

    def figures(self) -> tuple[Figure, ...]:
        """Every index with its intervals and the parts of its variance, (T)."""
        draws = self.draws
        tails = [(1 - self.level) / 2, (1 + self.level) / 2]
        limits = [
            np.quantile(values, tails, axis=0).T.tolist()
            for values in (draws.both, draws.sampling, draws.weights)
        ]
        reaches = self._reach()
        return tuple(
            Figure(float(value), Interval(*both), Interval(*sampling), Interval(*weights), reached, parts)
            for value, both, sampling, weights, reached, parts in zip(
                draws.value, *limits, reaches, variance_parts(draws), strict=True
            )
        )

    def _reach(self) -> list[Interval | None]:
        """The exact range of every index, over all sets."""
        items, perturbation = self.draws.items, self.choices.perturbation
        if items is None or perturbation.concentration is not None:
            return [None] * len(self.draws.value)
        ends = [
            reach(self.choices.tree, relative, items, perturbation.spread)
            for relative in self.choices.relative
        ]
        low = np.min([low for low, _ in ends], axis=0)
        high = np.max([high for _, high in ends], axis=0)
        return [
            None if target in self.discreet else Interval(*pair)
            for target, pair in enumerate(zip(low.tolist(), high.tolist(), strict=True))
        ]


def variance_parts(draws: Draws) -> tuple[VarianceParts, ...]:
    r"""Tell the variance of every index by its sources, (T).

    For weights W drawn independently of the item means m, exactly

    .. math:: V(W'm) = \mu_W' V_m \mu_W + \mu_m' V_W \mu_m + \mathrm{tr}(V_W V_m)

    and :math:`V_W` is that within the sets plus that between them. Where people are scored first, weights
    depend on what a person answered and no such identity holds: then the variances of the three runs
    stand in, sampling at the weights of the reference.
    """
    if draws.means is None or draws.covariance is None:
        return _by_runs(draws)
    middle, within, between = _weight_moments(draws)
    found = []
    for means, covariance in zip(draws.means, draws.covariance, strict=True):
        parts = (
            float(middle @ covariance @ middle),
            float(means @ within @ means),
            float(means @ between @ means),
            float(np.sum((within + between) * covariance)),
        )
        found.append(VarianceParts(sum(parts), parts[0], parts[1], parts[2], parts[3], exact=True))
    return tuple(found)


def _weight_moments(draws: Draws) -> tuple[Floats, Floats, Floats]:
    """Mean (k,) of the drawn weights, and their covariances (k, k) within and between choices."""
    leaves, size = draws.leaves, len(draws.leaves)
    middle = leaves.mean(axis=0)
    within, between = np.zeros((2, len(middle), len(middle)))
    for choice in np.unique(draws.picked):
        own = leaves[draws.picked == choice]
        off = own.mean(axis=0) - middle
        centred = own - own.mean(axis=0)
        within += centred.T @ centred / size
        between += len(own) / size * np.outer(off, off)
    return middle, within, between


def _by_runs(draws: Draws) -> tuple[VarianceParts, ...]:
    size, middle = len(draws.weights), draws.weights.mean(axis=0)
    spread, choice = np.zeros((2, len(middle)))
    for picked in np.unique(draws.picked):
        own = draws.weights[draws.picked == picked]
        spread += len(own) / size * own.var(axis=0)
        choice += len(own) / size * (own.mean(axis=0) - middle) ** 2
    total, sampling = draws.both.var(axis=0), draws.sampling.var(axis=0)
    rest = total - sampling - spread - choice
    rows = np.column_stack([total, sampling, spread, choice, rest]).tolist()
    return tuple(
        VarianceParts(all_, drawn, near, far, left, exact=False) for all_, drawn, near, far, left in rows
    )
