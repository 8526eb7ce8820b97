"""Every group of a segment and its complement at once, in one pass over the answers.

Thirty-one provinces and, for each, everybody else: taken one at a time that reads the answers sixty-two
times. Sums by group are made once here, what belongs to everybody else is the whole less the group, and
both are linear, so their covariances come along as always.

What a newcomer gets wrong: the complement of a group is not another group. It shares clusters with the
group wherever an account has people on both sides, and that covariance is part of the error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from analysis.estimate import LinearEstimates
from analysis.index import person_scores
from analysis.sample import Booleans, Floats, Integers
from analysis.tracking import IndexData


@dataclass(frozen=True, slots=True, eq=False)
class _Figures:
    """What nodes are made of, for r people: k scores with their weights in m nodes."""

    scores: Floats
    asked: Booleans
    matrix: Floats

    @property
    def used(self) -> Floats:
        return np.asarray(self.matrix > 0, dtype=np.float64)


def group_columns(
    data: IndexData, domain: Booleans, codes: Integers, groups: int, nodes: Sequence[int] | None = None
) -> GroupColumns:
    """Nodes of the index for every group in a domain (n,), and for everybody else in the domain.

    Parameters
    ----------
    codes : (n,) group of each respondent, 0 to ``groups`` − 1; −1 for those in no group that is asked for,
        who are among everybody else of all groups.
    nodes : positions of nodes of the tree, the number of nodes for the index itself; by default that alone.

    The same as ``data.columns`` of each group and of the domain without it, up to the order of addition.
    """
    rows = np.flatnonzero(domain)
    return GroupColumns(data, rows, codes[rows], groups, _figures(data, rows, nodes))


@dataclass(frozen=True, eq=False)
class GroupColumns:
    """Nodes of the index by group: ``own`` of the groups, ``others`` of everybody outside each.

    Both hold groups · nodes columns, group by group, and are made when they are asked for. ``simple`` of
    ``others`` is nan: it is there to be subtracted.
    """

    data: IndexData
    rows: Integers
    code: Integers
    groups: int
    figures: _Figures

    @property
    def nodes(self) -> int:
        """How many nodes were asked for."""
        return int(self.figures.matrix.shape[1])

    def column(self, node: int, group: int) -> int:
        """Position of a node of a group, by their places among those asked for."""
        return group * self.nodes + node

    @cached_property
    def own(self) -> LinearEstimates:
        """Every group by itself."""
        sums, w = self._sums, self._weights
        z = sums.contributions(0, self._deviation, self._weighted, self.code)
        by_group = _by_group(self.code, self.groups)
        squares = sums.node_weight[0] * (by_group @ (z**2 / w[:, None])) - (by_group @ z) ** 2
        count = sums.node_count[0]
        simple = np.where(count > 1, squares / np.maximum(count - 1, 1), np.nan)
        return sums.columns(0, self.data, self._totals(z), self._asked_inside > 0.5, simple)

    @cached_property
    def others(self) -> LinearEstimates:
        """Everybody outside each group: everybody, less what the group would contribute there."""
        sums, design = self._sums, self.data.design
        totals = sums.of_everybody(
            design.totals(self._deviation, self.rows), design.totals(self._weighted, self.rows)
        )
        totals -= self._totals(sums.contributions(1, self._deviation, self._weighted, self.code))
        outside = design.sums(self._asked, self.rows)[:, None, :] - self._asked_inside
        simple = np.full((self.groups, self.nodes), np.nan)
        return sums.columns(1, self.data, totals, outside > 0.5, simple)

    @cached_property
    def _weights(self) -> Floats:
        return self.data.design.weights[self.rows]

    @cached_property
    def _base(self) -> Booleans:
        return np.isfinite(self.figures.scores)

    @cached_property
    def _weighted(self) -> Floats:
        """Weights of those in the base of each score, (r, k)."""
        return np.asarray(self._weights[:, None] * self._base)

    @cached_property
    def _centre(self) -> Floats:
        """Means of everybody, (k,): what is subtracted before sums, for their digits."""
        whole = self._weighted.sum(axis=0)
        filled = np.where(self._base, self.figures.scores, 0.0)
        return np.asarray((self._weights @ filled) / np.where(whole > 0, whole, 1.0))

    @cached_property
    def _deviation(self) -> Floats:
        """Weighted distances of scores from the centre, (r, k); 0 for a blank."""
        filled = np.where(self._base, self.figures.scores, 0.0)
        return np.asarray(self._weighted * (filled - self._centre))

    @cached_property
    def _asked(self) -> Floats:
        return np.asarray(self.figures.asked @ self.figures.used > 0, dtype=np.float64)

    @cached_property
    def _asked_inside(self) -> Floats:
        """How many members of each group in each cluster were asked for each node, (U, G, m)."""
        return self._by_cluster(self._asked)

    @cached_property
    def _sums(self) -> _Sums:
        by_group, w = _by_group(self.code, self.groups), self._weights[:, None]
        in_node = np.asarray(self._base @ self.figures.used > 0, dtype=np.float64)
        scores = (self._weighted, self._base.astype(np.float64), self._deviation, np.abs(self._deviation))
        people = (in_node, w * in_node, w**2 * in_node)
        return _Sums(
            self.figures.matrix, self._centre, *(_sides(by_group, part) for part in (*scores, *people))
        )

    def _totals(self, z: Floats) -> Floats:
        """Cluster totals (U, G, m) of what people (r, m) contribute to their groups."""
        design = self.data.design
        if design.adjustment is None:
            return self._by_cluster(z)
        totals = np.empty((design.units, self.groups, z.shape[1]))
        for group in range(self.groups):
            members = np.flatnonzero(self.code == group)
            totals[:, group] = design.totals(z[members], self.rows[members])
        return totals

    def _by_cluster(self, values: Floats) -> Floats:
        """Sums of values (r, m) over the members of each group in each cluster, (U, G, m)."""
        units, members = self.data.design.units, np.flatnonzero(self.code >= 0)
        cell = self.data.design.unit[self.rows[members]] * self.groups + self.code[members]
        shape = (units * self.groups, len(self.code))
        summed = sparse.csr_array((np.ones(len(members)), (cell, members)), shape=shape) @ values
        return np.asarray(summed).reshape(units, self.groups, values.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums over each group (side 0) and over everybody outside it (side 1): of scores, (2, G, k), of nodes,
    (2, G, m).
    """

    matrix: Floats
    centre: Floats
    weight: Floats
    count: Floats
    deviation: Floats
    spread: Floats
    node_count: Floats
    node_weight: Floats
    node_squares: Floats

    def columns(
        self, side: int, data: IndexData, totals: Floats, present: Booleans, simple: Floats
    ) -> LinearEstimates:
        """Put what was found, totals and present (U, G, m), into columns, group by group."""
        count = np.rint(self.node_count[side])
        return LinearEstimates(
            data.design,
            self.values(side).ravel(),
            totals.reshape(len(totals), -1),
            present.reshape(len(present), -1),
            count.ravel().astype(np.int64),
            np.where(count > 0, self.node_weight[side], 0.0).ravel(),
            np.where(count > 0, self.node_squares[side], 0.0).ravel(),
            simple.ravel(),
            self.sizes(side).ravel(),
        )

    def _share(self, side: int) -> Floats:
        """1 over the weight of the base, 0 without one, (G, k)."""
        filled = self.count[side] > 0.5
        return np.asarray(np.where(filled, 1.0 / np.where(filled, self.weight[side], 1.0), 0.0))

    def _mean(self, side: int) -> Floats:
        """Means less the centre, (G, k); 0 without a base."""
        return np.asarray(self.deviation[side] * self._share(side))

    def values(self, side: int) -> Floats:
        """Nodes by group, (G, m); nan where an item with weight has no answer."""
        empty = np.asarray(self.count[side] < 0.5, dtype=np.float64)
        found = (self.centre + self._mean(side)) @ self.matrix
        return np.where(empty @ (self.matrix > 0) > 0, np.nan, found)

    def sizes(self, side: int) -> Floats:
        """How large the figures were that were added up, (G, m)."""
        spread = self.spread[side] * self._share(side) + np.abs(self._mean(side))
        return np.asarray(np.abs(np.nan_to_num(self.values(side))) + spread @ self.matrix)

    def contributions(self, side: int, deviation: Floats, weighted: Floats, code: Integers) -> Floats:
        """What people contribute to their own group, or would to its complement, (r, m)."""
        found, members = np.zeros((len(code), self.matrix.shape[1])), code >= 0
        mean, share = (part[code[members]] for part in (self._mean(side), self._share(side)))
        found[members] = ((deviation[members] - mean * weighted[members]) * share) @ self.matrix
        return found

    def of_everybody(self, deviation: Floats, weighted: Floats) -> Floats:
        """Cluster totals (U, G, m) as if everybody belonged to the complement of each group."""
        share = self._share(1)
        scaled = share[:, None, :] * self.matrix.T
        moved = (share * self._mean(1))[:, None, :] * self.matrix.T
        groups, m, k = scaled.shape
        found = deviation @ scaled.reshape(-1, k).T
        found -= weighted @ moved.reshape(-1, k).T
        return np.asarray(found.reshape(len(deviation), groups, m))


def _figures(data: IndexData, rows: Integers, nodes: Sequence[int] | None) -> _Figures:
    wanted = [len(data.tree.nodes)] if nodes is None else list(nodes)
    inside = data.scores[rows]
    if data.tree.rollup == "respondent":
        people = person_scores(data.tree, inside)[:, wanted]
        return _Figures(people, np.ones(people.shape, dtype=bool), np.eye(len(wanted)))
    return _Figures(inside, ~data.structural[rows], data.tree.matrix[:, wanted])


def _sides(by_group: sparse.csr_array, values: Floats) -> Floats:
    """Sums of values (r, k) over each group, and over everybody outside it, (2, G, k)."""
    inside = np.asarray(by_group @ values)
    return np.stack([inside, values.sum(axis=0) - inside])


def _by_group(code: Integers, groups: int) -> sparse.csr_array:
    """Return the (G, r) matrix that sums people by group."""
    members = np.flatnonzero(code >= 0)
    shape = (groups, len(code))
    return sparse.csr_array((np.ones(len(members)), (code[members], members)), shape=shape)
