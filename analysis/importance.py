r"""What weights do: how much every item and branch drives the index, beside what it was meant to weigh.

The nominal weight says what an item adds to the *level* of the index. How the index *varies* from person
to person is another matter: items that vary more, or go along with others, drive it more than their
weight says.

What a newcomer gets wrong: importance here is importance for the index, by its construction. Whether the
index matters for anything is what drivers are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.design import Design, design_of, effective_sample_size
from analysis.driver_data import CONSTANT
from analysis.estimate import domain_means, estimates
from analysis.index import IndexTree, person_parts, person_scores
from analysis.inputs import check_share, chosen_wave
from analysis.moments import replicate_sums, unit_sums
from analysis.replicates import replication
from analysis.results import Estimate, TooFew
from analysis.sample import Booleans, Floats, Integers, Sample
from analysis.suppression import Hidden
from analysis.tracking import IndexData, hidden_nodes, index_data
from analysis.weight_caveats import weight_interval

# Scores of more values than this are put into as many groups of equal size before means are taken over
# them; a branch has as many values as there are combinations of answers (convention).
GROUPS = 20

Reading = Literal["more", "as_meant", "less"]


@dataclass(frozen=True, slots=True)
class NodeImportance:
    """A node of the index tree and how much of the index it makes.

    ``weight`` is relative to its siblings, ``effective_weight`` the product down the tree.
    ``squared_correlation`` is that of the node's score with the index, ``first_order`` the part of the
    variance of the index between people with different scores of the node, however the relation bends;
    both lie between 0 and 1 and need not sum to 1. ``share`` is the squared correlation over the sum of it
    over all leaves, of a branch over its siblings, and is to be held against ``nominal``: for a leaf its
    effective weight, for a branch its relative one. ``reading`` says whether the interval of the share lies
    above ("more") or below it. ``covariance_share`` is the node's part of the variance of the index:
    children sum to their parent, top nodes to 1. ``contribution`` is its part of the level of the index, in
    points: children sum to their parent, top nodes to the index.
    """

    id: str
    parent: str | None
    item: str | None
    weight: float
    effective_weight: float
    nominal: float
    squared_correlation: Estimate | TooFew
    first_order: Estimate | TooFew
    share: Estimate | TooFew
    covariance_share: Estimate | TooFew
    contribution: Estimate | TooFew
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class Importance:
    """What the weights of an index do in one wave; nodes in the order of the tree.

    ``index`` is the index as it is published; ``deviation`` the standard deviation of people's indices and
    ``n`` how many have one.
    """

    wave: str
    index: Estimate | TooFew
    deviation: float
    n: int
    nodes: tuple[NodeImportance, ...]
    replicates: int
    seed: int


def index_importance(
    sample: Sample,
    tree: IndexTree,
    *,
    wave: str | None = None,
    replicates: int = 1000,
    seed: int = 1,
    level: float = 0.95,
    disclosure_limit: int = 10,
) -> Importance | TooFew:
    r"""Effective importance of every node in one wave, the last by default.

    Variances are among people, so everything but the contribution rests on people's own indices (the
    ``respondent`` roll-up, whatever the tree publishes): a person's weights are renormalised over what the
    person answered, and whoever answered too little has no index and no part in it.

    - squared correlation :math:`S_j = corr^2(x_j, I)` and first-order share
      :math:`Var(E[I | x_j]) / Var(I)`, on the people who have a score of the node. The latter is taken over
      the distinct scores, or over 20 groups of equal size where there are more; pure chance gives
      K groups (K − 1)/(n − 1), which is taken off (ε²), with Kish's effective n.
    - covariance share :math:`cov(p_j, I) / Var(I)` with :math:`p_j` what the node adds to the person's
      distance from the mean index: :math:`W_j (x_j - \bar I)` where nothing is blank.
    - contribution :math:`W_j m_j` under the roll-up of the tree.

    Intervals are percentiles of replicates, of contributions by linearisation. A node with fewer than
    ``disclosure_limit`` answers, or one that would give such a node away, is not shown, and not in the sum
    that shares refer to. ``TooFew`` where fewer people than that have an index, or none differs.

    References
    ----------
    Paruolo, P., Saisana, M. & Saltelli, A. (2013). JRSS-A 176. Becker, W. et al. (2017). Ecological
    Indicators 80. Kelley, T. (1935). PNAS 21 (ε²).
    """
    chosen = chosen_wave(sample, wave)
    check_share(level, "level of confidence")
    data, domain = index_data(sample, tree), sample.in_wave(chosen)
    people = _People.of(data, domain)
    if len(people.rows) < max(disclosure_limit, 2):
        return TooFew(len(people.rows), "disclosure")
    plan = replication(design_of(sample), sample.cluster_ids, replicates, seed)
    per_unit = unit_sums(people.products, plan.design, people.rows, people.columns)
    sums = np.vstack([per_unit.sum(axis=0), replicate_sums(per_unit, plan)]).T
    variance = _variance(sums[0], sums[1], sums[2])
    if not variance[0] > CONSTANT * max(1.0, people.centre**2):
        return TooFew(len(people.rows), "no_spread")
    hidden = hidden_nodes(tree, data.columns(domain), disclosure_limit)
    shown = np.array([j not in hidden for j in range(len(tree.nodes))])
    found = people.figures(sums)
    shares = _shares(tree, found.squared, shown)
    levels = _contributions(data, domain, level)
    describe = _Describe(plan.design, people, hidden, level)
    leaf = [node.item is not None for node in tree.nodes]
    nominal = np.where(leaf, tree.effective, tree.relative)
    nodes = []
    for j, node in enumerate(tree.nodes):
        share = describe(j, shares)
        nodes.append(
            NodeImportance(
                id=node.id,
                parent=node.parent,
                item=node.item,
                weight=float(tree.relative[j]),
                effective_weight=float(tree.effective[j]),
                nominal=float(nominal[j]),
                squared_correlation=describe(j, found.squared),
                first_order=describe(j, found.first_order),
                share=share,
                covariance_share=describe(j, found.covariance),
                contribution=TooFew(levels[j].n, hidden[j]) if j in hidden else levels[j],
                reading=_reading(share, float(nominal[j])),
            )
        )
    return Importance(
        wave=chosen,
        index=estimates(data.index(domain), level)[0],
        deviation=float(np.sqrt(variance[0])),
        n=len(people.rows),
        nodes=tuple(nodes),
        replicates=replicates,
        seed=seed,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Figures:
    """Figures of every node in the full sample and the replicates, (nodes, 1 + B) each."""

    squared: Floats
    first_order: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _People:
    """Everybody with an index: scores of the nodes (r, nodes), the index (r,), and what adds up to it.

    ``parts`` (r, nodes) are what the nodes add to the distance of the index from ``centre``; ``codes``
    (r, nodes) number the groups of equal scores, −1 for a blank, and ``groups`` (nodes,) counts them.
    """

    rows: Integers
    weights: Floats
    scores: Floats
    index: Floats
    parts: Floats
    centre: float
    codes: Integers
    groups: Integers

    @classmethod
    def of(cls, data: IndexData, domain: Booleans) -> _People:
        """Score the people of a domain."""
        inside = np.flatnonzero(domain)
        scores = person_scores(data.tree, data.scores[inside])
        known = np.isfinite(scores[:, -1])
        rows = inside[known]
        w, index = data.design.weights[rows], scores[known, -1]
        centre = float(w @ index / w.sum()) if len(rows) else 0.0
        nodes = scores[known, :-1]
        codes = np.column_stack([_groups(column, w) for column in nodes.T])
        parts = person_parts(data.tree, data.scores[rows], centre)
        return cls(rows, w, nodes, index, parts, centre, codes, codes.max(axis=0, initial=-1) + 1)

    @property
    def columns(self) -> int:
        """How many sums there are."""
        return int(3 + 8 * self.scores.shape[1] + 2 * self.groups.sum())

    def products(self, part: slice) -> Floats:
        """What is summed, for some of the people: see ``figures``."""
        y = (self.index[part] - self.centre)[:, None]
        x, parts, codes = self.scores[part], self.parts[part], self.codes[part]
        base = np.isfinite(x)
        z = np.where(base, x - np.round(self.centre), 0.0)
        inside = np.where(base, y, 0.0)
        member = np.hstack([codes[:, [j]] == np.arange(k) for j, k in enumerate(self.groups)])
        own = [base, z, z * z, inside, inside * y, z * y, parts, parts * y]
        return np.hstack([np.ones(y.shape), y, y * y, *own, member, member * y])

    def figures(self, sums: Floats) -> _Figures:
        """Return the figures of all nodes from sums (K, 1 + B)."""
        k = self.scores.shape[1]
        total, own = sums[:3], sums[3 : 3 + 8 * k].reshape(8, k, -1)
        base, z, zz, y, yy, zy, parts, crossed = own
        spread = _variance(base, z, zz)
        varies = spread > CONSTANT * np.maximum(1.0, self.centre**2)
        around = _variance(base, y, yy)
        joint = _over(zy, base) - _over(z, base) * _over(y, base)
        squared = _over(joint**2, np.where(varies, spread * around, 0.0))
        covariance = crossed / total[0] - parts / total[0] * (total[1] / total[0])
        first_order = np.array([self._first_order(j, sums, base[j], y[j], around[j]) for j in range(k)])
        shares = _over(covariance, np.broadcast_to(_variance(*total), covariance.shape))
        return _Figures(np.minimum(squared, 1.0), first_order, shares)

    def _first_order(self, j: int, sums: Floats, base: Floats, y: Floats, around: Floats) -> Floats:
        """Part of the variance between the groups of a node, less what chance gives, (1 + B,)."""
        start, k = 3 + 8 * self.scores.shape[1], int(self.groups[j])
        before, groups = int(self.groups[:j].sum()), int(self.groups.sum())
        weight = sums[start + before : start + before + k]
        inside = sums[start + groups + before : start + groups + before + k]
        between = _over(_over(inside**2, weight).sum(axis=0), base) - _over(y, base) ** 2
        ratio = np.minimum(_over(between, around), 1.0)
        n = np.full(len(ratio), effective_sample_size(self.weights[self.codes[:, j] >= 0]))
        # Multipliers have mean and variance 1, so a replicate is worth half as many people.
        n[1:] /= 2
        return np.asarray(np.maximum(1 - (1 - ratio) * (n - 1) / np.maximum(n - k, 1.0), 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class _Describe:
    """Turns figures into estimates."""

    design: Design
    people: _People
    hidden: dict[int, Hidden]
    level: float

    def __call__(self, j: int, figures: Floats) -> Estimate | TooFew:
        inside = self.people.codes[:, j] >= 0
        n, rows = int(inside.sum()), self.people.rows[inside]
        if j in self.hidden or n == 0:
            return TooFew(n, self.hidden.get(j, "no_answers"))
        present = np.zeros((self.design.units, 1), dtype=bool)
        present[self.design.unit[rows]] = True
        low, high = weight_interval(figures[[j]], self.level)
        return Estimate(
            value=float(figures[j, 0]),
            se=float(figures[j, 1:].std(ddof=1)),
            low=float(low[0]),
            high=float(high[0]),
            level=self.level,
            n=n,
            n_effective=effective_sample_size(self.design.weights[rows]),
            df=float(self.design.degrees_of_freedom(present)[0]),
            method="replicates",
        )


def _groups(x: Floats, weights: Floats) -> Integers:
    """Number the distinct scores, or twenty groups of about equal weight, in rising order; −1 for a blank."""
    codes = np.full(len(x), -1, dtype=np.int64)
    answered = np.isfinite(x)
    # Equal scores of branches may differ by rounding.
    values, position = np.unique(np.round(x[answered], 9), return_inverse=True)
    if len(values) > GROUPS:
        share = np.cumsum(np.bincount(position, weights[answered])) / weights[answered].sum()
        edges = np.searchsorted(share, np.arange(1, GROUPS) / GROUPS - CONSTANT)
        position = np.unique(np.searchsorted(edges, position), return_inverse=True)[1]
    codes[answered] = position
    return codes


def _shares(tree: IndexTree, squared: Floats, shown: Booleans) -> Floats:
    """Squared correlations over their sum over all shown leaves, of a branch over its shown siblings."""
    leaf = np.array([node.item is not None for node in tree.nodes])
    found = np.zeros_like(squared)
    for j, node in enumerate(tree.nodes):
        with_it = leaf if node.item is not None else np.isin(np.arange(len(leaf)), tree.children(node.parent))
        found[j] = _over(squared[j], squared[with_it & shown].sum(axis=0))
    return found


def _contributions(data: IndexData, domain: Booleans, level: float) -> Sequence[Estimate | TooFew]:
    """Part of every node in the level of the index, under the roll-up that is published."""
    if data.tree.rollup == "respondent":
        parts = np.full((len(data.sample), len(data.tree.nodes)), np.nan)
        parts[domain] = person_parts(data.tree, data.scores[domain], 0.0)
        return estimates(domain_means(data.design, parts, domain), level)
    columns = data.columns(domain)
    return estimates(columns.take(range(len(data.tree.nodes))).combine(np.diag(data.tree.effective)), level)


def _reading(share: Estimate | TooFew, nominal: float) -> Reading | None:
    if isinstance(share, TooFew) or share.low is None or share.high is None:
        return None
    if share.low > nominal:
        return "more"
    return "less" if share.high < nominal else "as_meant"


def _variance(weight: Floats, sums: Floats, squares: Floats) -> Floats:
    return np.maximum(_over(squares, weight) - _over(sums, weight) ** 2, 0.0)


def _over(part: Floats, whole: Floats) -> Floats:
    """Divide, 0 where there is nothing to divide by."""
    return np.divide(part, whole, where=whole > 0, out=np.zeros_like(part))
