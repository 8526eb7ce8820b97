"""Quality of all scales of a survey in its last wave, with the trend of alpha and what doubtful items do.

What a newcomer gets wrong: an item that hardly fits its scale is a question to ask, not an item to drop.
What the index would be without it stands beside it, so that the choice is made in the open.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.index import IndexTree
from analysis.reliability import scale_quality
from analysis.results import TooFew
from analysis.sample import Sample
from analysis.scale_results import Block, IndexWithout, ScaleQuality, ScaleReport
from analysis.tracking import hidden_items, index_data

# Warnings that ask whether an item belongs to its scale.
DOUBTFUL = ("low_rest", "low_loading", "better_without")


def scale_report(
    sample: Sample,
    blocks: Sequence[Block],
    tree: IndexTree,
    weight_set: str,
    *,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    disclosure_limit: int = 10,
) -> ScaleReport:
    """Return the quality of ``blocks`` in the last wave of a sample, and alpha in the waves before.

    Items that the index may not show (see :func:`~analysis.tracking.hidden_items`) show nothing here.
    """
    wave = sample.waves[-1]
    found = scale_quality(
        sample,
        blocks,
        level=level,
        replicates=replicates,
        seed=seed,
        disclosure_limit=disclosure_limit,
        hidden={
            item: TooFew(0, reason)
            for item, reason in hidden_items(sample, tree, wave, disclosure_limit).items()
        },
    )
    return ScaleReport(
        wave=wave,
        waves=sample.waves,
        weight_set=weight_set,
        scales=found.scales,
        trend=found.trend,
        index_without=_without_doubtful(sample, tree, found.scales, disclosure_limit),
    )


def _without_doubtful(
    sample: Sample, tree: IndexTree, scales: Sequence[ScaleQuality], limit: int
) -> tuple[IndexWithout, ...]:
    """The index without each item that a scale warns of, if it is a part of the index."""
    domain = sample.in_wave(sample.waves[-1])
    warned = [str(values["item"]) for scale in scales for key, values in scale.warnings if key in DOUBTFUL]
    found = []
    for item in dict.fromkeys(warned):
        rest = _pruned(tree, item)
        if rest is None:
            continue
        now, then = (index_data(sample, used).index(domain) for used in (tree, rest))
        if min(now.n[0], then.n[0]) >= limit:
            found.append(IndexWithout(item, float(now.values[0]), float(then.values[0])))
    return tuple(found)


def _pruned(tree: IndexTree, item: str) -> IndexTree | None:
    """The tree without the leaf of ``item`` and branches that it leaves empty; ``None`` if nothing is left.

    ``None`` as well where the item has no weight in it, or its going would leave siblings without any.
    """
    weights = dict(zip((node.item for node in tree.nodes), tree.effective.tolist(), strict=True))
    if not weights.get(item):
        return None
    nodes = [node for node in tree.nodes if node.item != item]
    while True:
        parents = {node.parent for node in nodes}
        kept = [node for node in nodes if node.item is not None or node.id in parents]
        if len(kept) == len(nodes):
            break
        nodes = kept
    sums = {parent: sum(node.weight for node in nodes if node.parent == parent) for parent in parents}
    if not nodes or not all(sums.values()):
        return None
    return IndexTree(tuple(nodes), tree.rollup, tree.min_answered)
