"""Which nodes of the index may be shown by group, so that no few answers can be worked out.

A group of fifty of whom three were asked a question is large enough, and its mean of that question is not.
The mean must not follow from the group's other nodes, from the other groups, nor from the group's index
under other weights.

What a newcomer gets wrong: two indices of one group with different weights are two equations in the same
item means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.grouped import GroupColumns
from analysis.sample import Booleans, Floats, Integers
from analysis.suppression import Hidden, derivable, protect_figures
from analysis.tracking import IndexData


@dataclass(frozen=True, slots=True, eq=False)
class GroupAnswers:
    """Whose answers stand behind the nodes of G shown groups and of all people together.

    Figures are sums over atoms, the means of k items in each group and among the rest, (G + 1) · k.
    ``matrix`` (k, nodes + 1) are the weights of items in nodes and the index, ``shares`` (G + 1, k) what part
    of the answers to an item comes from where.
    """

    matrix: Floats
    shares: Floats

    @classmethod
    def of(cls, data: IndexData, domain: Booleans, codes: Integers, groups: int) -> GroupAnswers:
        """Count the answers of a domain (n,); ``codes`` (n,) are groups, −1 for the rest."""
        rows = np.flatnonzero(domain)
        weighted = data.sample.weights[rows, None] * np.isfinite(data.scores[rows])
        found = np.zeros((groups + 1, weighted.shape[1]))
        np.add.at(found, np.where(codes[rows] < 0, groups, codes[rows]), weighted)
        whole = found.sum(axis=0)
        return cls(data.tree.matrix, np.asarray(found / np.where(whole > 0, whole, 1.0)))

    @property
    def groups(self) -> int:
        """How many groups are shown, G."""
        return len(self.shares) - 1

    def hidden_nodes(
        self, columns: GroupColumns, wanted: Sequence[int], limit: int
    ) -> dict[tuple[int, int], Hidden]:
        """Which (node, group) show nothing, of the nodes ``wanted``, whose columns are given.

        What all people think of a node is shown too, and is the mean of the groups weighted by their answers:
        so a node of one group must not follow from all the others, nor from its siblings.
        """
        n = columns.own.n
        if not ((n > 0) & (n < limit)).any():
            return {}
        cells, figures = self._cells(wanted), self._shown(wanted)
        rest = len(figures) - len(cells)
        counts = [*n.tolist(), *[limit] * rest]
        families = [*(j for j, _ in cells), *[None] * rest]
        found = protect_figures(figures, counts, families, limit, fixed=range(len(cells), len(figures)))
        return {cells[row]: reason for row, reason in found.items()}

    def given_away(self, columns: GroupColumns, further: Sequence[Floats], limit: int) -> set[int]:
        """Groups whose indices under ``further`` weights of items (k,) may not stand beside the first.

        ``columns`` are of all nodes. Whatever of them is shown of a group counts as known. The index of a
        single group that is left out would follow from those of all people and of the others: the
        smallest of these is then left out as well.
        """
        wanted = range(self.matrix.shape[1] - 1)
        hidden = self.hidden_nodes(columns, wanted, limit)
        found = set()
        for j, g in (cell for cell, reason in hidden.items() if reason == "disclosure"):
            nodes = [self.matrix[:, node] for node in wanted if (node, g) not in hidden]
            if derivable(np.array([*nodes, self.matrix[:, -1], *further]), self.matrix[:, j]):
                found.add(g)
        n = columns.own.n.reshape(self.groups, -1).max(axis=1)
        others = [g for g in range(self.groups) if g not in found]
        if len(found) == 1 and others and not self.shares[-1].any():
            found.add(min(others, key=lambda g: (int(n[g]), g)))
        return found

    def _cells(self, wanted: Sequence[int]) -> list[tuple[int, int]]:
        return [(j, g) for g in range(self.groups) for j in range(len(wanted))]

    def _shown(self, wanted: Sequence[int]) -> Floats:
        """Nodes by group, then nodes and index of all people, then the index of every group."""
        by_group = [self._in_group(self.matrix[:, wanted[j]], g) for j, g in self._cells(wanted)]
        overall = [(self.shares * node).ravel() for node in self.matrix.T]
        return np.array(
            [*by_group, *overall, *(self._in_group(self.matrix[:, -1], g) for g in range(self.groups))]
        )

    def _in_group(self, weights: Floats, group: int) -> Floats:
        found = np.zeros_like(self.shares)
        found[group] = weights
        return found.ravel()
