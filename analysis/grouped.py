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

import numpy as np
from scipy import sparse

from analysis.estimate import LinearEstimates
from analysis.index import person_scores
from analysis.sample import Booleans, Floats, Integers
from analysis.tracking import IndexData


@dataclass(frozen=True, slots=True, eq=False)
class GroupColumns:
    """Nodes of the index by group: ``own`` of the groups, ``others`` of everybody outside each.

    Both hold groups · nodes columns, group by group. ``simple`` of ``others`` is nan: it is there to be
    subtracted.
    """

    nodes: int
    own: LinearEstimates
    others: LinearEstimates

    def column(self, node: int, group: int) -> int:
        """Position of a node of a group, by their places among those asked for."""
        return group * self.nodes + node


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
    design, rows = data.design, np.flatnonzero(domain)
    figures, code, w = _figures(data, rows, nodes), codes[rows], design.weights[rows]
    base = np.isfinite(figures.scores)
    filled = np.where(base, figures.scores, 0.0)
    weighted = w[:, None] * base
    whole = weighted.sum(axis=0)
    centre = (w @ filled) / np.where(whole > 0, whole, 1.0)
    deviation = weighted * (filled - centre)
    in_node = np.asarray(base @ figures.used > 0, dtype=np.float64)
    by_group = _by_group(code, groups)
    sums = _Sums(
        figures.matrix,
        centre,
        *(_sides(by_group, part) for part in (weighted, base, deviation, np.abs(deviation))),
        *(_sides(by_group, part * in_node) for part in (1.0, w[:, None], w[:, None] ** 2)),
    )
    asked = np.asarray(figures.asked @ figures.used > 0, dtype=np.float64)
    z, taken = (sums.contributions(side, deviation, weighted, code) for side in (0, 1))
    own, less = (_totals(data, rows, code, groups, part) for part in (z, taken))
    inside = _sums_by_cluster(data, rows, code, groups, asked)
    everybody = sums.of_everybody(design.totals(deviation, rows), design.totals(weighted, rows))
    outside = design.sums(asked, rows)[:, None, :] - inside
    squares = sums.node_weight[0] * (by_group @ (z**2 / w[:, None])) - (by_group @ z) ** 2
    simple = squares / np.maximum(sums.node_count[0] - 1, 1)
    return GroupColumns(
        figures.matrix.shape[1],
        sums.columns(0, data, own, inside > 0.5, np.where(sums.node_count[0] > 1, simple, np.nan)),
        sums.columns(1, data, everybody - less, outside > 0.5, np.full(simple.shape, np.nan)),
    )


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
        inside = np.maximum(code, 0)
        mean, share = self._mean(side)[inside], self._share(side)[inside]
        return np.asarray(((deviation - mean * weighted) * share) @ self.matrix)

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


def _totals(data: IndexData, rows: Integers, code: Integers, groups: int, z: Floats) -> Floats:
    """Cluster totals (U, G, m) of what people (r, m) contribute to their groups."""
    design = data.design
    if design.adjustment is None:
        return _sums_by_cluster(data, rows, code, groups, z)
    totals = np.empty((design.units, groups, z.shape[1]))
    for group in range(groups):
        members = np.flatnonzero(code == group)
        totals[:, group] = design.totals(z[members], rows[members])
    return totals


def _sums_by_cluster(data: IndexData, rows: Integers, code: Integers, groups: int, values: Floats) -> Floats:
    """Sums of values (r, m) over the members of each group in each cluster, (U, G, m)."""
    units, members = data.design.units, np.flatnonzero(code >= 0)
    cell = data.design.unit[rows[members]] * groups + code[members]
    shape = (units * groups, len(code))
    summed = sparse.csr_array((np.ones(len(members)), (cell, members)), shape=shape) @ values
    return np.asarray(summed).reshape(units, groups, values.shape[1])
