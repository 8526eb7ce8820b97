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

    Both hold nodes · groups columns, node by node. ``simple`` of ``others`` is nan: it is there to be
    subtracted.
    """

    groups: int
    own: LinearEstimates
    others: LinearEstimates

    def node(self, position: int) -> tuple[LinearEstimates, LinearEstimates]:
        """Groups and complements of the node at a position among those asked for."""
        columns = range(position * self.groups, (position + 1) * self.groups)
        return self.own.take(columns), self.others.take(columns)


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
    own, inside = _scattered(data, rows, code, groups, z, asked)
    less, _ = _scattered(data, rows, code, groups, taken, asked)
    everybody = sums.of_everybody(design.totals(deviation, rows), design.totals(weighted, rows))
    outside = design.sums(asked, rows)[:, :, None] - inside
    squares = sums.node_weight[0] * (by_group @ (z**2 / w[:, None])) - (by_group @ z) ** 2
    simple = squares / np.maximum(sums.node_count[0] - 1, 1)
    return GroupColumns(
        groups,
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
        """Put what was found, totals and present (U, m, G), into columns, node by node."""
        count = np.rint(self.node_count[side])
        return LinearEstimates(
            data.design,
            _flat(self.values(side)),
            totals.reshape(len(totals), -1),
            present.reshape(len(present), -1),
            _flat(count).astype(np.int64),
            _flat(np.where(count > 0, self.node_weight[side], 0.0)),
            _flat(np.where(count > 0, self.node_squares[side], 0.0)),
            _flat(simple),
            _flat(self.sizes(side)),
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
        """Cluster totals (U, m, G) as if everybody belonged to the complement of each group."""
        share = self._share(1)
        scaled = self.matrix.T[:, None, :] * share
        moved = scaled * self._mean(1)
        m, groups, k = scaled.shape
        found = deviation @ scaled.reshape(-1, k).T - weighted @ moved.reshape(-1, k).T
        return np.asarray(found.reshape(len(deviation), m, groups))


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


def _scattered(
    data: IndexData, rows: Integers, code: Integers, groups: int, z: Floats, asked: Floats
) -> tuple[Floats, Floats]:
    """Cluster totals (U, m, G) of contributions to each group, and how many were asked in each cluster."""
    design = data.design
    totals = np.empty((design.units, z.shape[1], groups))
    present = np.empty(totals.shape)
    order = np.argsort(code, kind="stable")
    ends = np.searchsorted(code[order], np.arange(groups + 1))
    for group in range(groups):
        members = order[ends[group] : ends[group + 1]]
        totals[:, :, group] = design.totals(z[members], rows[members])
        present[:, :, group] = design.sums(asked[members], rows[members])
    return totals, present


def _flat(by_group: Floats) -> Floats:
    """Put (G, m) into a row, node by node."""
    return np.ascontiguousarray(by_group.T).ravel()
