"""One Monte-Carlo over who answered, which weights were chosen, and how people are scored.

A draw is one replicate of the sample together with one choice of weights. The replicates are those of
every other interval here, coordinated by cluster; the weights come from one seeded stream, a row a draw.
Draws are worked out in blocks on all cores, each with the same digits whatever the number of cores.

What a newcomer gets wrong: sampling and weights are drawn independently, so their variances can be told
apart exactly; the same draw is then applied to all waves and groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from analysis.cores import on_all_cores
from analysis.design import Design
from analysis.index import IndexTree, RollUp
from analysis.index_draws import IndexDraws, index_draws
from analysis.replicates import Replication
from analysis.sample import Booleans, Floats, Integers
from analysis.weight_draws import Perturbation, leaf_weights, normalised

Progress = Callable[[int, int], None]

# At most this many numbers are held at a time on a core (32 MB).
_BLOCK = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """What weights a draw may have. ``relative`` (S, nodes) are the sets, the reference first.

    A draw is made from uniform numbers, one for every node, one for the set and one for the roll-up.
    """

    tree: IndexTree
    relative: Floats
    rollups: tuple[RollUp, ...]
    perturbation: Perturbation

    @property
    def columns(self) -> int:
        """How many uniform numbers a draw takes."""
        return int(self.relative.shape[1]) + 2

    def picked(self, uniforms: Floats) -> tuple[Integers, Integers]:
        """Which set and which roll-up each draw (b, columns) has, (b,) and (b,)."""
        sets, ways = len(self.relative), len(self.rollups)
        chosen = (uniforms[:, -2] * sets).astype(np.int64), (uniforms[:, -1] * ways).astype(np.int64)
        return np.minimum(chosen[0], sets - 1), np.minimum(chosen[1], ways - 1)

    def weights(self, uniforms: Floats) -> Floats:
        """Weights among siblings of every draw, (b, nodes)."""
        around = self.relative[self.picked(uniforms)[0]]
        return normalised(self.tree, self.perturbation.raw(uniforms[:, :-2], around))


@dataclass(frozen=True, slots=True, eq=False)
class IndexModel:
    """The index in T domains as a function of cluster multipliers and weights, by every roll-up in use."""

    choices: Choices
    kernels: tuple[IndexDraws, ...]
    units: int

    @classmethod
    def of(cls, design: Design, choices: Choices, scores: Floats, domains: Sequence[Booleans]) -> IndexModel:
        """Prepare the model of ``domains`` (n,)."""
        trees = [choices.tree.with_rollup(rollup) for rollup in choices.rollups]
        return cls(choices, tuple(index_draws(design, tree, scores, domains) for tree in trees), design.units)

    @property
    def block(self) -> int:
        """How many draws to work out at a time."""
        return max(1, _BLOCK // (self.units + sum(kernel.width for kernel in self.kernels)))

    def sampled(self, multipliers: Floats) -> tuple[Floats, ...]:
        """What every roll-up needs of replicates (b, U)."""
        return tuple(kernel.sampled(multipliers) for kernel in self.kernels)

    def index(self, sampled: Sequence[Floats], uniforms: Floats) -> Floats:
        """Index of draws, (b, T), from :meth:`sampled` and their uniform numbers (b, columns)."""
        relative, way = self.choices.weights(uniforms), self.choices.picked(uniforms)[1]
        if len(self.kernels) == 1:
            return self.kernels[0].index(sampled[0], relative)
        found: Floats | None = None
        for r, kernel in enumerate(self.kernels):
            rows = np.flatnonzero(way == r)
            own = sampled[r] if len(sampled[r]) == 1 else sampled[r][rows]
            part = kernel.index(own, relative[rows])
            if found is None:
                found = np.empty((len(relative), part.shape[1]))
            found[rows] = part
        return np.asarray(found)

    def reference(self, sampled: Sequence[Floats]) -> Floats:
        """Index under the reference as it stands, (b, T)."""
        return self.kernels[0].index(sampled[0], self.choices.relative[:1])


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Indices (B, T) of every draw: ``both`` sources, ``sampling`` alone, ``weights`` alone.

    ``value`` (T,) is the full sample under the reference; ``picked`` (B,) numbers the choice of set and
    roll-up; ``leaves`` (B, k) are the drawn weights. Where all draws weigh item means, ``items`` (T, k) are
    those of the full sample, ``means`` (T, k) and ``covariance`` (T, k, k) those over the replicates;
    otherwise ``None``.
    """

    value: Floats
    both: Floats
    sampling: Floats
    weights: Floats
    picked: Integers
    leaves: Floats
    items: Floats | None
    means: Floats | None
    covariance: Floats | None

    def take(self, rows: Integers, columns: Integers) -> Draws:
        """Return some draws of some targets."""

        def of(part: Floats | None) -> Floats | None:
            return None if part is None else part[columns]

        both, sampling, weights = (
            part[np.ix_(rows, columns)] for part in (self.both, self.sampling, self.weights)
        )
        return Draws(
            self.value[columns],
            both,
            sampling,
            weights,
            self.picked[rows],
            self.leaves[rows],
            of(self.items),
            of(self.means),
            of(self.covariance),
        )


def draw(
    model: IndexModel, plan: Replication, seed: int, progress: Progress = lambda done, total: None
) -> Draws:
    """Work out all ``plan.replicates`` draws of a model; weights come from ``seed``."""
    uniforms = np.random.default_rng([seed, 0]).random((plan.replicates, model.choices.columns))
    whole = model.sampled(np.ones((1, model.units)))
    value = model.reference(whole)[0]
    both, alone, weights = (np.empty((plan.replicates, len(value))) for _ in range(3))
    moments = _MeanMoments(whole[0][0]) if model.choices.rollups == ("aggregate",) else None
    starts = range(0, plan.replicates, min(model.block, plan.block))
    finished = count(1)

    def work(first: int) -> None:
        rows = slice(first, min(first + starts.step, plan.replicates))
        sampled = model.sampled(plan.weights(first, rows.stop))
        both[rows] = model.index(sampled, uniforms[rows])
        alone[rows] = model.reference(sampled)
        weights[rows] = model.index(whole, uniforms[rows])
        if moments is not None:
            moments.add(first, sampled[0])
        progress(next(finished), len(starts))

    on_all_cores(work, starts)
    means, covariance = (None, None) if moments is None else moments.result()
    chosen, way = model.choices.picked(uniforms)
    return Draws(
        value,
        both,
        alone,
        weights,
        chosen * len(model.kernels) + way,
        leaf_weights(model.choices.tree, model.choices.weights(uniforms)),
        None if moments is None else whole[0][0],
        means,
        covariance,
    )


class _MeanMoments:
    """Means and covariances of item means over replicates, added up in the order of the blocks."""

    def __init__(self, centre: Floats) -> None:
        self._centre = centre
        self._parts: dict[int, tuple[Floats, Floats, Floats]] = {}

    def add(self, first: int, means: Floats) -> None:
        """Add a block (b, T, k). A replicate that left an item without answers is left out of its group."""
        deviations = np.moveaxis(means - self._centre, 0, 1)
        whole = np.all(np.isfinite(deviations) | np.isnan(self._centre)[:, None, :], axis=2)
        filled = np.where(whole[:, :, None], np.nan_to_num(deviations), 0.0)
        self._parts[first] = (
            whole.sum(axis=1).astype(np.float64),
            filled.sum(axis=1),
            np.matmul(filled.swapaxes(1, 2), filled),
        )

    def result(self) -> tuple[Floats, Floats]:
        """Means (T, k) and covariances (T, k, k)."""
        n, first, second = (
            np.sum([self._parts[start][j] for start in sorted(self._parts)], axis=0) for j in range(3)
        )
        n = np.maximum(n, 2.0)[:, None]
        moved = first / n
        outer = moved[:, :, None] * moved[:, None, :]
        covariance = (second - n[:, :, None] * outer) / (n[:, :, None] - 1.0)
        return np.nan_to_num(self._centre) + moved, covariance
