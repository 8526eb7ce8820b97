"""The satisfaction index: a tree of weights over item means, in every wave.

Two definitions exist and differ where answers are missing. ``aggregate`` takes each item's mean over
those who answered it, then goes up the tree. ``respondent`` goes up the tree for every person, with
weights renormalised over what the person answered, then averages people. Both are linear in the
data, so every node comes with its linearised contributions, and a change, a gap or a contribution is
a sum of columns.

What a newcomer gets wrong: a weight is relative to the siblings of its node. The weight an item has
in the index is the product down the tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from analysis.design import Design
from analysis.estimate import (
    LinearEstimates,
    domain_means,
    linear_estimates,
    mean_contributions,
    side_by_side,
)
from analysis.sample import Booleans, Floats, Integers

RollUp = Literal["aggregate", "respondent"]

# Sums of weights such as 0.1 + 0.2 + 0.3 must not fail a declared threshold of 0.6.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Node:
    """A node below the total. ``item`` names the item of a leaf and is ``None`` for a branch."""

    id: str
    parent: str | None
    item: str | None
    weight: float


@dataclass(frozen=True, slots=True)
class IndexTree:
    """A tree of weights; parents stand before their children. The total itself is not listed.

    Raises
    ------
    ValueError
        If an id or an item occurs twice, a parent is unknown or follows its child, a leaf has children,
        a branch has none, weights are negative or sum to nothing under a parent, or the roll-up is neither
        ``aggregate`` nor ``respondent``.
    """

    nodes: tuple[Node, ...]
    rollup: RollUp = "aggregate"
    min_answered: float = 0.5

    def __post_init__(self) -> None:
        problems = _problems(self.nodes)
        if self.rollup not in get_args(RollUp):
            problems.append(f"The roll-up is 'aggregate' or 'respondent', found {self.rollup!r}.")
        if not 0 <= self.min_answered <= 1:
            problems.append(f"min_answered is a share from 0 to 1, found {self.min_answered!r}.")
        if problems:
            raise ValueError(" ".join(problems))

    @property
    def items(self) -> tuple[str, ...]:
        """Items of the leaves, in the order of the tree."""
        return tuple(node.item for node in self.nodes if node.item is not None)

    @property
    def relative(self) -> Floats:
        """Weights among siblings, (nodes,); they sum to 1 under every parent."""
        sums: dict[str | None, float] = {}
        for node in self.nodes:
            sums[node.parent] = sums.get(node.parent, 0.0) + node.weight
        return np.array([node.weight / sums[node.parent] for node in self.nodes])

    @property
    def effective(self) -> Floats:
        """Weights in the index, (nodes,): products down the tree. Those of the leaves sum to 1."""
        found: dict[str | None, float] = {None: 1.0}
        for node, weight in zip(self.nodes, self.relative.tolist(), strict=True):
            found[node.id] = found[node.parent] * weight
        return np.array([found[node.id] for node in self.nodes])

    @property
    def matrix(self) -> Floats:
        """Weights of the leaves' items (k,) in every node and, last, the total: (k, nodes + 1)."""
        nodes, relative, items = self.nodes, self.relative, self.items
        position = {node.id: j for j, node in enumerate(nodes)}
        matrix = np.zeros((len(items), len(nodes) + 1))
        for j in reversed(range(len(nodes))):
            node = nodes[j]
            if node.item is not None:
                matrix[items.index(node.item), j] = 1.0
            above = len(nodes) if node.parent is None else position[node.parent]
            matrix[:, above] += relative[j] * matrix[:, j]
        return matrix

    def children(self, parent: str | None) -> tuple[int, ...]:
        """Positions of the children of a node, or of the total for ``None``."""
        return tuple(j for j, node in enumerate(self.nodes) if node.parent == parent)

    def with_rollup(self, rollup: RollUp) -> IndexTree:
        """Return the same weights under the other definition."""
        return IndexTree(self.nodes, rollup, self.min_answered)


def flat_tree(
    weights: dict[str, float], rollup: RollUp = "aggregate", min_answered: float = 0.5
) -> IndexTree:
    """Return a tree of one level: items and their weights.

    >>> flat_tree({"q1": 3, "q2": 1}).effective
    array([0.75, 0.25])
    """
    nodes = tuple(Node(item, None, item, float(weight)) for item, weight in weights.items())
    return IndexTree(nodes, rollup, min_answered)


def index_columns(
    design: Design,
    tree: IndexTree,
    scores: Floats,
    domain: Booleans,
    structural: Booleans | None = None,
    *,
    total_only: bool = False,
) -> LinearEstimates:
    """Every node and, last, the index itself in one domain, with its linearised contributions.

    Parameters
    ----------
    scores : (n, k) points of 100, columns in the order of ``tree.items``; nan where unanswered.
    domain : (n,) whose index.
    structural : (n, k) where there was no answer to have; such people are outside an item's domain.
    total_only : return the index alone, one column.

    Under ``aggregate`` a blank leaves the base of its item only, and the index exists if every item
    with weight has an answer. Under ``respondent`` a person's score renormalises weights inside each
    parent over the answered children and is empty if less than ``min_answered`` of their weight is
    answered.
    """
    rows = np.flatnonzero(domain)
    inside = scores[rows]
    wanted = slice(-1, None) if total_only else slice(None)
    if tree.rollup == "respondent":
        people = person_scores(tree, inside)[:, wanted]
        means, z, base = mean_contributions(design.weights[rows], people)
        return linear_estimates(design, means, z, base, rows, np.ones(base.shape, dtype=bool))
    matrix = tree.matrix[:, wanted]
    means, z, base = mean_contributions(design.weights[rows], inside)
    asked = np.ones(inside.shape, dtype=bool) if structural is None else ~structural[rows]
    used = (matrix > 0).astype(np.float64)
    values = np.where(np.isnan(means) @ used > 0, np.nan, np.nan_to_num(means) @ matrix)
    return linear_estimates(design, values, z @ matrix, base @ used > 0, rows, asked @ used > 0)


def person_scores(tree: IndexTree, scores: Floats) -> Floats:
    """Score of every node and, last, the total for every person, (r, nodes + 1); nan where too empty.

    >>> tree = flat_tree({"q1": 1, "q2": 1, "q3": 2})
    >>> person_scores(tree, np.array([[50.0, 100.0, np.nan], [50.0, np.nan, np.nan]]))[:, -1]
    array([75., nan])
    """
    return _climb(tree, scores)[0]


def person_parts(tree: IndexTree, scores: Floats, centre: float) -> Floats:
    """What every node adds to a person's distance from ``centre``, (r, nodes); nan without a score.

    The part is the node's weight in this person's index, renormalised over what the person answered,
    times its score less the centre. Parts of the children sum to their parent, and those of the top
    nodes to the person's index less the centre.
    """
    found, share = _climb(tree, scores)
    weight: dict[str | None, Floats] = {None: np.ones(len(scores))}
    parts = np.zeros((len(scores), len(tree.nodes)))
    for j, node in enumerate(tree.nodes):
        weight[node.id] = weight[node.parent] * share[:, j]
        parts[:, j] = weight[node.id] * np.where(np.isnan(found[:, j]), 0.0, found[:, j] - centre)
    parts[np.isnan(found[:, -1])] = np.nan
    return parts


def _climb(tree: IndexTree, scores: Floats) -> tuple[Floats, Floats]:
    """Return node scores (r, nodes + 1) and renormalised weights among siblings (r, nodes)."""
    nodes, relative = tree.nodes, tree.relative
    found = np.full((len(scores), len(nodes) + 1), np.nan)
    share = np.zeros((len(scores), len(nodes)))
    for j, node in enumerate(nodes):
        if node.item is not None:
            found[:, j] = scores[:, tree.items.index(node.item)]
    parents = [*[(j, node.id) for j, node in enumerate(nodes) if node.item is None][::-1], (len(nodes), None)]
    for position, parent in parents:
        children = list(tree.children(parent))
        answered = np.isfinite(found[:, children]) * relative[children]
        weight = answered.sum(axis=1)
        enough = (weight > 0) & (weight >= tree.min_answered - ROUNDING)
        share[:, children] = np.where(enough[:, None], answered / np.where(enough, weight, 1.0)[:, None], 0.0)
        total = (share[:, children] * np.nan_to_num(found[:, children])).sum(axis=1)
        found[:, position] = np.where(enough, total, np.nan)
    return found, share


def contribution_columns(
    design: Design,
    tree: IndexTree,
    scores: Floats,
    waves: tuple[LinearEstimates, LinearEstimates],
    domains: tuple[Booleans, Booleans],
) -> LinearEstimates:
    r"""What every node's change did to the index, (nodes,) columns in points of the index.

    Aggregate: :math:`W_j (m_j^1 - m_j^0)` with effective weights W. Respondent: the change of the mean
    of :func:`person_parts` around the middle of the two indices, so that a person who was not asked an
    item counts neither for nor against it. Either way the top nodes sum to the change of the index.
    ``waves`` are the :func:`index_columns` of the earlier and the later wave, over ``domains``.
    """
    before, after = waves
    nodes = len(tree.nodes)
    if tree.rollup == "aggregate":
        weights = np.diag(tree.effective)
        change = side_by_side([before.take(range(nodes)), after.take(range(nodes))])
        return change.combine(np.vstack([-weights, weights]))
    centre = float(before.values[-1] + after.values[-1]) / 2
    moved, ahead = (_moved_parts(design, tree, scores, at, domains) for at in (centre, centre + 1.0))
    # The centre is an estimate too, and parts are linear in it.
    of_centre = (before.totals[:, -1] + after.totals[:, -1]) / 2
    return replace(
        moved,
        totals=moved.totals + np.outer(of_centre, ahead.values - moved.values),
        # Parts were got by subtracting indices, and carry the rounding of these.
        size=moved.size + before.size[-1] + after.size[-1],
    )


def _moved_parts(
    design: Design, tree: IndexTree, scores: Floats, centre: float, domains: tuple[Booleans, Booleans]
) -> LinearEstimates:
    """Change of the mean of what nodes add to people's distance from ``centre``, (nodes,)."""
    earlier, later = (
        domain_means(
            design,
            _spread(person_parts(tree, scores[domain], centre), np.flatnonzero(domain), len(design)),
            domain,
        )
        for domain in domains
    )
    return later.minus(earlier)


def _spread(values: Floats, rows: Integers, n: int) -> Floats:
    """Put values of some rows back among all n, nan elsewhere."""
    full = np.full((n, values.shape[1]), np.nan)
    full[rows] = values
    return full


def _problems(nodes: Sequence[Node]) -> list[str]:
    found: list[str] = []
    ids = [node.id for node in nodes]
    items = [node.item for node in nodes if node.item is not None]
    found += [f"Node {name!r} occurs twice." for name in sorted({i for i in ids if ids.count(i) > 1})]
    found += [f"Item {name!r} occurs twice." for name in sorted({i for i in items if items.count(i) > 1})]
    leaves = {node.id for node in nodes if node.item is not None}
    seen: set[str | None] = {None}
    for node in nodes:
        if node.parent not in seen:
            found.append(f"The parent {node.parent!r} of node {node.id!r} does not stand before it.")
        if node.parent in leaves:
            found.append(f"Node {node.id!r} lies below the leaf {node.parent!r}.")
        if not (np.isfinite(node.weight) and node.weight >= 0):
            found.append(f"The weight of node {node.id!r} is {node.weight}; it must be 0 or more.")
        seen.add(node.id)
    for parent in [None, *(node.id for node in nodes if node.item is None)]:
        weights = [node.weight for node in nodes if node.parent == parent]
        if not sum(weights) > 0:
            found.append(f"Children of {parent or 'the total'} need a positive weight, found {weights}.")
    return found
