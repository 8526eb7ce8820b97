"""The index of many waves and groups under many weights and many replicates at once.

A draw is a set of weights together with a replicate of the sample. Whatever does not depend on the draw
is summed beforehand: to clusters under the aggregate roll-up, where a draw is then a product of thin
matrices; to people of one pattern of blanks under the respondent roll-up, where weights are renormalised
over what a person answered and so are the same for all of one pattern.

What a newcomer gets wrong: a draw weighs all waves and groups alike. Drawn afresh for each of them, the
weights would look like noise in every comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import sparse

from analysis.design import Design
from analysis.index import ROUNDING, IndexTree
from analysis.sample import Booleans, Floats, Integers
from analysis.weight_draws import leaf_weights


class IndexDraws(Protocol):
    """How T indices follow from multipliers of clusters and weights of nodes."""

    @property
    def width(self) -> int:
        """How many numbers a draw holds in memory while it is worked out, beside its multipliers."""

    def sampled(self, multipliers: Floats) -> Floats:
        """What the index needs of b replicates of the U clusters (b, U), first axis b."""

    def index(self, sampled: Floats, relative: Floats) -> Floats:
        """Index of every draw, (b, T), nan where it does not exist; ``relative`` is (b, nodes).

        Either may have a single row, which then holds for all draws.
        """


def index_draws(
    design: Design, tree: IndexTree, scores: Floats, domains: Sequence[Booleans]
) -> AggregateDraws | RespondentDraws:
    """Prepare draws of the index in T domains (n,) by the roll-up of the tree.

    ``scores`` (n, k) are points of 100 in the order of ``tree.items``, nan where unanswered.
    """
    prepare = AggregateDraws if tree.rollup == "aggregate" else RespondentDraws
    return prepare.of(design, tree, scores, domains)


@dataclass(frozen=True, slots=True, eq=False)
class AggregateDraws:
    """Items first: ``sampled`` are item means, (b, T, k), nan where a replicate leaves nobody in a base.

    ``sums`` holds, for every domain, the clusters in it and their Σw·x and Σw by item, (u, 2k).
    """

    tree: IndexTree
    sums: tuple[tuple[Integers, Floats], ...]

    @classmethod
    def of(
        cls, design: Design, tree: IndexTree, scores: Floats, domains: Sequence[Booleans]
    ) -> AggregateDraws:
        """Sum answers to clusters, domain by domain."""
        found = []
        for domain in domains:
            rows = np.flatnonzero(domain)
            answered = np.isfinite(scores[rows])
            weight = design.weights[rows, None]
            both = np.hstack([weight * np.where(answered, scores[rows], 0.0), weight * answered])
            units, place = np.unique(design.unit[rows], return_inverse=True)
            n = len(rows)
            summing = sparse.csr_array((np.ones(n), (place, np.arange(n))), shape=(len(units), n))
            found.append((units, np.asarray(summing @ both)))
        return cls(tree, tuple(found))

    @property
    def width(self) -> int:
        """Means, and a copy of them."""
        return 2 * len(self.sums) * len(self.tree.items)

    def sampled(self, multipliers: Floats) -> Floats:
        """Item means in every replicate and domain, (b, T, k)."""
        k = len(self.tree.items)
        means = np.empty((len(multipliers), len(self.sums), k))
        for t, (units, sums) in enumerate(self.sums):
            both = multipliers[:, units] @ sums
            base = both[:, k:]
            means[:, t] = np.divide(both[:, :k], base, where=base > 0, out=np.full_like(base, np.nan))
        return means

    def index(self, sampled: Floats, relative: Floats) -> Floats:
        """Weighted sums of the item means, (b, T); items without weight need no answers."""
        weights = leaf_weights(self.tree, relative)
        blank = np.isnan(sampled)
        if not blank.any():
            return np.asarray((sampled @ weights[:, :, None])[:, :, 0])
        found = (np.where(blank, 0.0, sampled) @ weights[:, :, None])[:, :, 0]
        needed = (blank & (weights > 0)[:, None, :]).any(axis=2)
        return np.where(needed, np.nan, found)


@dataclass(frozen=True, slots=True, eq=False)
class RespondentDraws:
    """People first: ``sampled`` are weights of people times their cluster's multiplier, (b, people).

    People stand in the order of their pattern of blanks: pattern p holds people ``first[p]`` to
    ``first[p + 1]`` − 1. ``members`` (T, people) says who is in which domain.
    """

    tree: IndexTree
    weights: Floats
    unit: Integers
    scores: Floats
    patterns: Booleans
    first: Integers
    members: sparse.csr_array

    @classmethod
    def of(
        cls, design: Design, tree: IndexTree, scores: Floats, domains: Sequence[Booleans]
    ) -> RespondentDraws:
        """Put people of one pattern of blanks next to each other."""
        inside = np.flatnonzero(np.any(domains, axis=0) & np.isfinite(scores).any(axis=1))
        patterns, place = np.unique(np.isfinite(scores[inside]), axis=0, return_inverse=True)
        rows = inside[np.argsort(place, kind="stable")]
        return cls(
            tree,
            design.weights[rows],
            design.unit[rows],
            np.nan_to_num(scores[rows]),
            patterns,
            np.concatenate([[0], np.cumsum(np.bincount(place, minlength=len(patterns)))]),
            sparse.csr_array(np.array([domain[rows] for domain in domains], dtype=np.float64)),
        )

    @property
    def width(self) -> int:
        """Three numbers a person, three for every node and pattern."""
        return 3 * (len(self.unit) + len(self.patterns) * len(self.tree.nodes))

    def sampled(self, multipliers: Floats) -> Floats:
        """Weight of every person in every replicate, (b, people)."""
        # People first in memory, where what follows is fast.
        return np.asarray((multipliers.T[self.unit] * self.weights[:, None]).T)

    def index(self, sampled: Floats, relative: Floats) -> Floats:
        """Mean of the scores of people who have one under the draw's weights, (b, T)."""
        shares, scored = self._shares(relative)
        points = np.empty((len(self.unit), len(relative)))
        for p, (start, stop) in enumerate(zip(self.first[:-1], self.first[1:], strict=True)):
            np.matmul(self.scores[start:stop], shares[p], out=points[start:stop])
        mass = sampled.T
        if not scored.all():
            mass = mass * np.repeat(scored, np.diff(self.first), axis=0)
        total, base = self.members @ (points * mass), self.members @ mass
        index = np.full(total.shape, np.nan)
        np.divide(total, base, where=base > 0, out=index)
        return np.ascontiguousarray(index.T)

    def _shares(self, relative: Floats) -> tuple[Floats, Booleans]:
        """Weights of items for people of every pattern, (P, k, b), and whether they have an index, (P, b).

        The same rule as ``analysis.index.person_scores``, with weights that differ by draw.
        """
        tree, size = self.tree, (len(self.patterns), len(relative))
        there = np.zeros((len(tree.nodes), *size), dtype=bool)
        share = np.zeros((len(tree.nodes), *size))
        leaves = [j for j, node in enumerate(tree.nodes) if node.item is not None]
        there[leaves] = self.patterns.T[:, :, None]
        branches = [(j, node.id) for j, node in enumerate(tree.nodes) if node.item is None]
        scored = np.zeros(size, dtype=bool)
        for position, parent in [*reversed(branches), (None, None)]:
            children = list(tree.children(parent))
            weight = there[children] * relative[:, children].T[:, None, :]
            total = weight.sum(axis=0)
            enough = (total > 0) & (total >= tree.min_answered - ROUNDING)
            share[children] = np.where(enough, weight / np.where(enough, total, 1.0), 0.0)
            if position is None:
                scored = enough
            else:
                there[position] = enough
        for position, parent in branches:
            share[list(tree.children(parent))] *= share[position]
        return np.ascontiguousarray(share[leaves].swapaxes(0, 1)), scored
