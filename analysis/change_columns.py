"""The parts of a change of the index, tested: columns of leaves that go up the tree, or to groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.change_parts import Columns, GroupPart, split_change
from analysis.estimate import LinearEstimates, comparisons, linear_estimates
from analysis.index import person_parts
from analysis.results import Comparison
from analysis.sample import Booleans, Floats, Integers
from analysis.tracking import IndexData

# Contributions of leaves to people's index (n, k), and what their means are multiplied by (k,).
_Leaves = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Rules:
    """How sure, and how discreet: level of intervals, false discovery rate, disclosure limit."""

    level: float = 0.95
    fdr: float = 0.05
    disclosure_limit: int = 10


@dataclass(frozen=True, slots=True)
class Parts:
    """What something did to the index, in points of the index: the parts sum to ``total``.

    ``mix`` is ``None`` where no segment was asked for (it is then part of ``score``), ``weight`` where both
    waves have the same weights.
    """

    total: Comparison
    score: Comparison
    mix: Comparison | None
    weight: Comparison | None


class ChangeColumns:
    """The parts of a change as columns of leaves, ready to be summed over the tree or by group.

    ``data`` is the sample under the weights of the earlier and of the later wave, ``waves`` their rows,
    ``ends`` the index at both ends, ``codes`` (n,) the group of every respondent, 0 to ``groups`` − 1.
    """

    def __init__(
        self,
        data: tuple[IndexData, IndexData],
        waves: tuple[Booleans, Booleans],
        ends: tuple[LinearEstimates, LinearEstimates],
        codes: Integers,
        groups: int,
        rules: Rules,
    ) -> None:
        self.sample, self.design = data[0].sample, data[0].design
        self.data, self.waves, self.ends = data, waves, ends
        self.rules = rules
        self.tree = data[0].tree
        self.rebased = not np.array_equal(data[0].tree.effective, data[1].tree.effective)
        self._centre = float(ends[0].values[0] + ends[1].values[0]) / 2
        # Groups absent from both waves would be columns without rows.
        codes = np.where(waves[0] | waves[1], np.minimum(codes, groups - 1), 0)
        self.codes, self.groups = codes, groups
        self._scaled, ahead = (self._leaves_around(self._centre + step) for step in (0.0, 1.0))
        self._splits = self._split(self._scaled)
        # Where people are scored first, parts move with the centre; means of items do not.
        self._ahead = self._split(ahead) if self.tree.rollup == "respondent" else self._splits
        self._of_centre = self._centre_contributions()
        self.score, self.mix = (self._by_column(kind) for kind in (0, 1))
        self.weight = self._reweighted(ahead) if self.rebased else None

    def _leaves_around(self, centre: float) -> list[_Leaves]:
        return [self._leaves(one, centre) for one in (self.data if self.rebased else self.data[:1])]

    def _leaves(self, data: IndexData, centre: float) -> _Leaves:
        """What leaves add to the index less a centre, (n, k), and what to multiply their means by, (k,)."""
        tree = data.tree
        leaf = [j for j, node in enumerate(tree.nodes) if node.item is not None]
        if tree.rollup == "aggregate":
            return data.scores - centre, tree.effective[leaf]
        return person_parts(tree, data.scores, centre)[:, leaf], np.ones(len(leaf))

    def _split(self, leaves: Sequence[_Leaves]) -> list[tuple[GroupPart, GroupPart]]:
        return [split_change(self.design.weights, x, self.codes, self.groups, self.waves) for x, _ in leaves]

    def _centre_contributions(self) -> Floats:
        """What respondents contribute to the middle of the two indices, (n,)."""
        ends = zip((self._scaled[0], self._scaled[-1]), self.waves, strict=True)
        return np.asarray(
            sum(_means(self.design.weights, x, rows).z @ scale for (x, scale), rows in ends) / 2
        )

    def _around(self, here: Columns, ahead: Columns) -> Columns:
        """Add the error of the centre to parts, which are linear in it: ``ahead`` are they one point up."""
        return Columns(here.values, here.z + np.outer(self._of_centre, ahead.values - here.values))

    def _by_column(self, kind: int) -> Columns:
        """Score (0) or mix (1) of every leaf, (k,): the average of the splits under both sets of weights."""
        scales = [scale for _, scale in self._scaled]
        here, ahead = (
            _mean([one[kind].by_column().times(scale) for one, scale in zip(splits, scales, strict=True)])
            for splits in (self._splits, self._ahead)
        )
        return here if self._ahead is self._splits else self._around(here, ahead)

    def _reweighted(self, ahead: Sequence[_Leaves]) -> Columns:
        return self._around(*(self._between(leaves) for leaves in (self._scaled, ahead)))

    def _between(self, leaves: Sequence[_Leaves]) -> Columns:
        """Means of both waves under the later weights less those under the earlier."""
        old, new = (
            _mean([_means(self.design.weights, x, rows).times(scale) for rows in self.waves])
            for x, scale in leaves
        )
        return new.plus(old.times(-1.0))

    def by_group(self) -> tuple[Columns, Columns]:
        """Score and mix of every group, (G,)."""
        scales, found = [scale for _, scale in self._scaled], []
        for kind in (0, 1):
            here, ahead = (
                _mean([one[kind].by_group(scale) for one, scale in zip(splits, scales, strict=True)])
                for splits in (self._splits, self._ahead)
            )
            found.append(here if self._ahead is self._splits else self._around(here, ahead))
        return found[0], found[1]

    def link(self) -> Comparison | None:
        """The later wave under its own weights less the same under the earlier ones."""
        if not self.rebased:
            return None
        old = self.data[0].index(self.waves[1])
        new = self.ends[1]
        difference = replace(new, values=new.values - old.values, totals=new.totals - old.totals)
        return self._tested(replace(difference, simple=np.full(1, np.nan)))[0]

    def parts(self, matrix: Floats, *, mixed: bool) -> list[Parts]:
        """Parts of sums of leaves, ``matrix`` (k, m)."""
        score, mix = self.score.summed(matrix), self.mix.summed(matrix)
        weight = None if self.weight is None else self.weight.summed(matrix)
        if not mixed:
            score = score.plus(mix)
        total = score.plus(mix) if mixed else score
        if weight is not None:
            total = total.plus(weight)
        kinds = [self._tested(self._columns(one, matrix)) for one in (total, score)]
        nothing: list[Comparison | None] = [None] * matrix.shape[1]
        mixes = [*self._tested(self._columns(mix, matrix))] if mixed else nothing
        weights = nothing if weight is None else [*self._tested(self._columns(weight, matrix))]
        return [
            Parts(whole, own, between, other)
            for whole, own, between, other in zip(*kinds, mixes, weights, strict=True)
        ]

    def group_parts(self, columns: Columns) -> list[Comparison]:
        """Test columns of groups, whose base is the group in both waves."""
        member = self.codes[:, None] == np.arange(self.groups)
        return self._tested(self._linear(columns, member & self._people()[:, None], member))

    def shares(self) -> tuple[Floats, Floats]:
        """Groups' shares of the weight of those with a part in the index, in both waves, (G,)."""
        found = []
        for wave, one in zip(self.waves, self.data, strict=True):
            rows = wave & one.answered
            weight = np.bincount(self.codes[rows], self.design.weights[rows], self.groups)
            found.append(np.asarray(weight / weight.sum()))
        return found[0], found[1]

    def _people(self) -> Booleans:
        first, second = (wave & one.answered for wave, one in zip(self.waves, self.data, strict=True))
        return np.asarray(first | second)

    def _columns(self, columns: Columns, matrix: Floats) -> LinearEstimates:
        used = (matrix > 0).astype(np.float64)
        answered = np.isfinite(self._scaled[0][0]) & self._people()[:, None]
        asked = np.ones(answered.shape, dtype=bool)
        if self.tree.rollup == "aggregate":
            asked = ~self.data[0].structural
        return self._linear(columns, np.asarray(answered @ used > 0), np.asarray(asked @ used > 0))

    def _linear(self, columns: Columns, base: Booleans, asked: Booleans) -> LinearEstimates:
        rows = np.flatnonzero(self.waves[0] | self.waves[1])
        found = linear_estimates(self.design, columns.values, columns.z[rows], base[rows], rows, asked[rows])
        # Parts were got by subtracting indices, and carry the rounding of these.
        size = found.size + self.ends[0].size[0] + self.ends[1].size[0]
        return replace(found, simple=np.full(len(found), np.nan), size=size)

    def _tested(self, linear: LinearEstimates) -> list[Comparison]:
        found = comparisons(linear, self.rules.level, self.rules.fdr)
        return [one for one in found if one is not None]


def _mean(parts: Sequence[Columns]) -> Columns:
    """Return the mean of one or two sets of columns."""
    return parts[0] if len(parts) == 1 else parts[0].plus(parts[1]).times(0.5)


def _means(weights: Floats, x: Floats, rows: Booleans) -> Columns:
    base = np.isfinite(x) & rows[:, None]
    w = np.where(base, weights[:, None], 0.0)
    weight = w.sum(axis=0)
    safe = np.where(weight > 0, weight, 1.0)
    filled = np.where(base, x, 0.0)
    means = (w * filled).sum(axis=0) / safe
    return Columns(means, w / safe * (filled - means))
