"""The index over waves: what a report prints, with every figure that may be shown.

What a newcomer gets wrong: each headline change was tested once, when its wave was reported, and is
a family of its own. The nodes of the tree are printed as a table, and are tested as families.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.compare import change
from analysis.design import Design, design_of
from analysis.estimate import LinearEstimates, comparisons, estimates
from analysis.index import IndexTree, contribution_columns, index_columns, person_scores
from analysis.inputs import check_known, check_points
from analysis.results import Comparison, Estimate, NodeResult, TooFew, WaveIndex
from analysis.sample import Booleans, Floats, Sample
from analysis.suppression import Hidden, protect_figures


@dataclass(frozen=True, slots=True, eq=False)
class IndexData:
    """A sample seen through one tree: the leaves' scores, and who has an index at all."""

    sample: Sample
    tree: IndexTree
    design: Design
    scores: Floats
    structural: Booleans
    answered: Booleans

    def columns(self, domain: Booleans) -> LinearEstimates:
        """Every node and, last, the index of ``domain`` (n,)."""
        return index_columns(self.design, self.tree, self.scores, domain, self.structural)

    def index(self, domain: Booleans) -> LinearEstimates:
        """The index of ``domain`` alone."""
        return index_columns(self.design, self.tree, self.scores, domain, self.structural, total_only=True)


def index_data(sample: Sample, tree: IndexTree) -> IndexData:
    """Prepare a sample for its index.

    A person has a part in it if any leaf with weight is answered (aggregate), or enough of them
    (respondent).
    """
    check_known(tree.items, sample.items, "item")
    position = [sample.items.index(item) for item in tree.items]
    scores = sample.scores[:, position]
    if tree.rollup == "respondent":
        base = np.isfinite(person_scores(tree, scores)[:, -1:])
    else:
        base = np.isfinite(scores[:, tree.matrix[:, -1] > 0])
    answered = np.asarray(base.any(axis=1))
    return IndexData(sample, tree, design_of(sample), scores, sample.structural[:, position], answered)


def index_by_wave(
    sample: Sample, tree: IndexTree, level: float = 0.95, fdr: float = 0.05, *, disclosure_limit: int = 10
) -> tuple[tuple[WaveIndex, ...], tuple[NodeResult, ...]]:
    """Index of every wave and every node of the tree; the last wave of the sample is the reported one.

    Earlier waves in which the index does not exist (an item with weight was not in the questionnaire,
    or fewer than ``disclosure_limit`` people answered) are left out of the trend; in ``series`` of the
    nodes every wave keeps its place. A change of the index is a family of one; the branches are one
    family, the leaves another.

    Raises
    ------
    ValueError
        If the reported wave itself has no index.
    """
    data = index_data(sample, tree)
    columns = [data.columns(sample.in_wave(wave)) for wave in sample.waves]
    known = [bool(np.isfinite(found.values[-1]) and found.n[-1] >= disclosure_limit) for found in columns]
    if not known[-1]:
        raise ValueError(_why_not(data, columns[-1], disclosure_limit))
    trend = _trend(sample.waves, columns, known, level, fdr)
    return trend, _nodes(data, columns, known, level, fdr, disclosure_limit)


def _trend(
    waves: Sequence[str], columns: Sequence[LinearEstimates], known: Sequence[bool], level: float, fdr: float
) -> tuple[WaveIndex, ...]:
    found: list[WaveIndex] = []
    for t, (wave, nodes) in enumerate(zip(waves, columns, strict=True)):
        if not known[t]:
            continue
        index = nodes.take([len(nodes) - 1])
        estimate = estimates(index, level)[0]
        if not isinstance(estimate, Estimate):
            continue
        since = None
        if t and known[t - 1]:
            since = change(columns[t - 1].take([len(nodes) - 1]), index, level, fdr)[0]
        found.append(
            WaveIndex(wave, estimate, since, estimate.n, estimate.n_effective, int(index.clusters[0]))
        )
    return tuple(found)


def _nodes(
    data: IndexData,
    columns: Sequence[LinearEstimates],
    known: Sequence[bool],
    level: float,
    fdr: float,
    limit: int,
) -> tuple[NodeResult, ...]:
    tree = data.tree
    series = [_visible(tree, found, level, limit) for found in columns]
    changes: dict[int, Comparison | None] = {}
    contributions: dict[int, Comparison | None] = {}
    if len(columns) > 1:
        both = [
            j
            for j in range(len(tree.nodes))
            if isinstance(series[-1][j], Estimate) and isinstance(series[-2][j], Estimate)
        ]
        moved = columns[-1].minus(columns[-2])
        changes = _by_family(tree, both, moved, level, fdr)
        if known[-2]:
            domains = (data.sample.in_wave(data.sample.waves[-2]), data.sample.in_wave(data.sample.waves[-1]))
            parts = contribution_columns(data.design, tree, data.scores, (columns[-2], columns[-1]), domains)
            contributions = _by_family(tree, both, parts, level, fdr)
    return tuple(
        NodeResult(
            id=node.id,
            parent=node.parent,
            item=node.item,
            weight=float(relative),
            effective_weight=float(effective),
            series=tuple(wave[j] for wave in series),
            change=changes.get(j),
            contribution=contributions.get(j),
        )
        for j, (node, relative, effective) in enumerate(
            zip(tree.nodes, tree.relative, tree.effective, strict=True)
        )
    )


def _visible(tree: IndexTree, columns: LinearEstimates, level: float, limit: int) -> list[Estimate | TooFew]:
    """Return a wave's nodes, without those whose base is too small or that would give one away."""
    found = list(estimates(columns, level))
    for j, reason in hidden_nodes(tree, columns, limit).items():
        found[j] = TooFew(int(columns.n[j]), reason)
    return found[:-1]


def hidden_nodes(tree: IndexTree, columns: LinearEstimates, limit: int) -> dict[int, Hidden]:
    """Positions of the nodes whose figures may not be shown, and why; ``columns`` end with the index."""
    families = [*(node.parent for node in tree.nodes), object()]
    counts = [int(n) for n in columns.n]
    return protect_figures(tree.matrix.T, counts, families, limit, fixed=(len(tree.nodes),))


def _by_family(
    tree: IndexTree, shown: Sequence[int], columns: LinearEstimates, level: float, fdr: float
) -> dict[int, Comparison | None]:
    found: dict[int, Comparison | None] = {}
    for leaf in (True, False):
        family = [j for j in shown if (tree.nodes[j].item is not None) == leaf]
        if family:
            found |= zip(family, comparisons(columns.take(family), level, fdr), strict=True)
    return found


def _why_not(data: IndexData, columns: LinearEstimates, limit: int) -> str:
    wave = data.sample.waves[-1]
    if columns.n[-1] < limit:
        return f"Wave {wave!r} has {int(columns.n[-1])} people with an index; at least {limit} are needed."
    empty = [
        node.item
        for j, node in enumerate(data.tree.nodes)
        if node.item is not None and columns.n[j] == 0 and node.weight > 0
    ]
    return f"The index of wave {wave!r} needs answers to every item with weight; {empty} have none."


def hidden_items(sample: Sample, tree: IndexTree, wave: str, disclosure_limit: int = 10) -> dict[str, Hidden]:
    """Items of the tree whose means may not be shown in a wave, and why.

    Besides items with too small a base these are items without which the index would give such a one
    away. Whatever else is printed about an item's answers has to respect it.
    """
    columns = index_data(sample, tree).columns(sample.in_wave(wave))
    hidden = hidden_nodes(tree, columns, disclosure_limit)
    return {
        node.item: hidden[j] for j, node in enumerate(tree.nodes) if node.item is not None and j in hidden
    }


def target_gap(
    sample: Sample, tree: IndexTree, target: float, level: float = 0.95, fdr: float = 0.05
) -> Comparison | None:
    """Index of the last wave less a target (0 to 100), tested against zero; the target has no error."""
    check_points(target, "target")
    index = index_data(sample, tree).index(sample.in_wave(sample.waves[-1]))
    return comparisons(replace(index, values=index.values - target), level, fdr)[0]
