"""Several weight sets on the same answers: what the index, its trend and its ranking would be under each.

The first set is the reference; every other is compared with it. Both indices come from the same people, so
their difference has a far smaller error than either: it is tested as a column of the one design.

What a newcomer gets wrong: a difference between two sets that is significant need not matter, and one that
is not may still turn a ranking around. What flips is therefore listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Literal

import numpy as np

from analysis.comparison_results import (
    GroupUnderSets,
    NodeWeights,
    SegmentUnderSets,
    SwappedPair,
    WaveUnderSets,
    WeightComparison,
)
from analysis.estimate import LinearEstimates, comparisons, domain_means, side_by_side
from analysis.index import IndexTree
from analysis.results import Comparison, Estimate, GroupResult, TooFew
from analysis.sample import Booleans, Sample
from analysis.segments import given_away, index_by_segment, shown_in_wave
from analysis.suppression import Hidden, derivable
from analysis.tracking import IndexData, hidden_items, hidden_nodes, index_by_wave, index_data


def compare_weights(
    sample: Sample,
    trees: Mapping[str, IndexTree],
    segment: str | None = None,
    level: float = 0.95,
    fdr: float = 0.05,
    *,
    disclosure_limit: int = 10,
    minimum_base: int = 30,
) -> WeightComparison:
    """Compare weight sets, the first with every other, in every wave and in the groups of a segment.

    Blank answers are treated as each tree's roll-up says. A wave in which a set has no index, or in which
    its index next to the reference's would give a hidden item away, shows none for that set. A group that
    one set must hide is hidden under all.

    Raises
    ------
    ValueError
        If there are fewer than two trees, their nodes are not the same, or the reported wave has no index.
    """
    check_same_nodes(trees)
    data = tuple(index_data(sample, tree) for tree in trees.values())
    waves = _waves(data, level, fdr, disclosure_limit)
    return WeightComparison(
        names=tuple(trees),
        rollups=tuple(tree.rollup for tree in trees.values()),
        wave=sample.waves[-1],
        nodes=_nodes(tuple(trees.values())),
        waves=waves,
        segment=None
        if segment is None
        else _segment(data, tuple(trees), segment, level, fdr, disclosure_limit, minimum_base),
    )


def check_same_nodes(trees: Mapping[str, IndexTree], least: int = 2) -> None:
    """Refuse fewer than ``least`` trees, and trees that do not weigh the same nodes."""
    if len(trees) < least:
        raise ValueError(f"At least {least} weight sets are needed, found {len(trees)}.")
    (reference, tree), *others = trees.items()
    nodes = [(node.id, node.parent, node.item) for node in tree.nodes]
    for name, other in others:
        if [(node.id, node.parent, node.item) for node in other.nodes] != nodes:
            raise ValueError(f"Weight sets {reference!r} and {name!r} are for different indices.")


def shown_under_all(
    data: Sequence[IndexData], wave: str, segment: str, limit: int
) -> tuple[dict[str, Booleans], dict[str, Hidden]]:
    """Groups that may be shown in a wave whatever the set, with their rows (n,); and why others may not.

    Groups whose indices under several sets would together give away a few answers are not shown either.
    """
    found = [shown_in_wave(part, wave, segment, limit) for part in data]
    hidden = given_away(data, wave, segment, limit)
    for _, reasons in found:
        hidden |= {value: reason for value, reason in reasons.items() if value not in hidden}
    rows: dict[str, Booleans] = {}
    for value in found[0][0]:
        if all(value in shown for shown, _ in found) and value not in hidden:
            rows[value] = np.any([shown[value] for shown, _ in found], axis=0)
    return rows, hidden


def ranking(values: Mapping[str, float]) -> dict[str, int]:
    """Rank of every group, 1 for the highest; ties in the order given."""
    order = sorted(values, key=lambda name: -values[name])
    return {name: rank for rank, name in enumerate(order, start=1)}


def paired(other: LinearEstimates, reference: LinearEstimates) -> LinearEstimates:
    """Differences column by column of two estimates from the *same* people, whose base is theirs."""
    base = {name: np.maximum(getattr(other, name), getattr(reference, name)) for name in _BASE}
    return replace(other.minus(reference), **base)


_BASE = ("n", "weight", "weight_squares")


def _nodes(trees: Sequence[IndexTree]) -> tuple[NodeWeights, ...]:
    relative, effective = [tree.relative for tree in trees], [tree.effective for tree in trees]
    return tuple(
        NodeWeights(
            node.id,
            node.parent,
            node.item,
            tuple(float(weights[j]) for weights in relative),
            tuple(float(weights[j]) for weights in effective),
        )
        for j, node in enumerate(trees[0].nodes)
    )


def _waves(data: Sequence[IndexData], level: float, fdr: float, limit: int) -> tuple[WaveUnderSets, ...]:
    sample = data[0].sample
    trends = [
        {
            found.wave: found
            for found in index_by_wave(sample, part.tree, level, fdr, disclosure_limit=limit)[0]
        }
        for part in data
    ]
    shown = {wave: _shown_sets(data, trends, wave, limit) for wave in sample.waves}
    columns = {wave: [part.index(sample.in_wave(wave)) for part in data] for wave in sample.waves}
    found = []
    for before, wave in zip((None, *sample.waves), sample.waves, strict=False):
        now = shown[wave]
        then = shown[before] if before is not None else {}
        if not any(reason is None for reason in now.values()):
            continue
        both = [now[s] is None and then.get(s, "no_answers") is None for s in now]
        changes = [trends[s][wave].change if both[s] else None for s in now]
        moved = [columns[wave][s].minus(columns[before][s]) if before and both[s] else None for s in now]
        found.append(
            WaveUnderSets(
                wave,
                tuple(
                    trends[s][wave].index if reason is None else TooFew(int(columns[wave][s].n[0]), reason)
                    for s, reason in now.items()
                ),
                tuple(
                    _apart(columns[wave], s, level, fdr) if s and now[0] is now[s] is None else None
                    for s in now
                ),
                tuple(changes),
                tuple(_apart(moved, s, level, fdr) if s else None for s in now),
                tuple(_bound(data, s, wave, limit) if s and now[0] is now[s] is None else None for s in now),
                flipped=len({change.verdict for change in changes if change is not None}) > 1,
            )
        )
    return tuple(found)


def _apart(
    columns: Sequence[LinearEstimates | None], other: int, level: float, fdr: float
) -> Comparison | None:
    """One set's column less the reference's, a family of one as the headline change is."""
    reference, own = columns[0], columns[other]
    if reference is None or own is None:
        return None
    return comparisons(paired(own, reference), level, fdr)[0]


def _shown_sets(
    data: Sequence[IndexData], trends: Sequence[Mapping[str, object]], wave: str, limit: int
) -> dict[int, Hidden | Literal["no_answers"] | None]:
    """Why the index of each set may not be shown in a wave, ``None`` where it may.

    Two indices with different weights are two equations in the item means. Where an item is hidden
    together with one sibling, the second index would give both away.
    """
    found: dict[int, Hidden | Literal["no_answers"] | None] = {
        s: None if wave in trend else "no_answers" for s, trend in enumerate(trends)
    }
    reference = data[0]
    columns = reference.columns(reference.sample.in_wave(wave))
    hidden = hidden_nodes(reference.tree, columns, limit)
    figures = reference.tree.matrix.T
    small = [figures[j] for j, reason in hidden.items() if reason == "disclosure"]
    shown = [row for j, row in enumerate(figures) if j not in hidden and columns.n[j] > 0]
    for s, part in enumerate(data):
        if s == 0 or not small or found[s] is not None:
            continue
        more = [*shown, part.tree.matrix[:, -1]]
        if any(derivable(np.array(more), figure) for figure in small):
            found[s] = "complementary"
        else:
            shown = more
    return found


def _bound(data: Sequence[IndexData], other: int, wave: str, limit: int) -> float | None:
    r"""How far two weighted means of the same item means can lie apart, in points.

    .. math:: |I_a - I_b| \le \tfrac12 \sum_j |W_a - W_b| \, (\max_j m_j - \min_j m_j)

    Where the mean of an item may not be shown, the range is that of the scale, 100 points.
    """
    one, two = data[0], data[other]
    if one.tree.rollup != "aggregate" or two.tree.rollup != "aggregate":
        return None
    weights = [part.tree.matrix[:, -1] for part in (one, two)]
    used = (weights[0] > 0) | (weights[1] > 0)
    domain = one.sample.in_wave(wave)
    means = domain_means(one.design, one.scores[:, used], domain).values
    hidden = hidden_items(one.sample, one.tree, wave, limit)
    span = 100.0 if hidden else float(means.max() - means.min())
    return float(np.abs(weights[0] - weights[1]).sum() / 2 * span)


def _segment(
    data: Sequence[IndexData],
    names: Sequence[str],
    segment: str,
    level: float,
    fdr: float,
    limit: int,
    minimum_base: int,
) -> SegmentUnderSets:
    sample = data[0].sample
    printed = [
        {
            group.value: group
            for group in index_by_segment(sample, part.tree, segment, level, fdr, limit, minimum_base).groups
        }
        for part in data
    ]
    rows, hidden = shown_under_all(data, sample.waves[-1], segment, limit)
    values = [
        {value: score.value for value in rows if isinstance(score := found[value].score, Estimate)}
        for found in printed
    ]
    shown = [value for value in ranking(values[0]) if all(value in found for found in values)]
    values = [{value: found[value] for value in shown} for found in values]
    ranks = [ranking(found) for found in values]
    differences = _group_differences(data, {value: rows[value] for value in shown}, level, fdr)
    groups = []
    for value in [*shown, *(value for value in printed[0] if value not in shown)]:
        own = [found[value] for found in printed]
        there = value in values[0]
        verdicts = {group.difference.verdict for group in own if group.difference is not None}
        groups.append(
            GroupUnderSets(
                value,
                tuple(group.score if there else _reason(group, hidden.get(value)) for group in own),
                tuple(found.get(value) for found in ranks),
                tuple(found.get(value) for found in differences),
                tuple(group.difference if there else None for group in own),
                flipped=there and len(verdicts) > 1,
                small=own[0].small,
            )
        )
    ends = [list(ranking(found)) for found in values]
    return SegmentUnderSets(
        segment,
        tuple(groups),
        tuple(order[0] for order in ends if order),
        tuple(order[-1] for order in ends if order),
        _swapped(names, values),
    )


def _reason(group: GroupResult, hidden: Hidden | None) -> TooFew:
    if isinstance(group.score, TooFew):
        return group.score
    return TooFew(group.score.n, hidden or "no_answers")


def _group_differences(
    data: Sequence[IndexData], rows: Mapping[str, Booleans], level: float, fdr: float
) -> list[dict[str, Comparison | None]]:
    """Each set's groups less the same groups under the reference, a family a set."""
    if not rows:
        return [{} for _ in data]
    columns = [side_by_side([part.index(domain) for domain in rows.values()]) for part in data]
    return [
        dict(zip(rows, comparisons(paired(own, columns[0]), level, fdr), strict=True)) if s else {}
        for s, own in enumerate(columns)
    ]


def _swapped(names: Sequence[str], values: Sequence[Mapping[str, float]]) -> tuple[SwappedPair, ...]:
    reference = values[0]
    found = [
        SwappedPair(name, upper, lower, reference[upper] - reference[lower], own[upper] - own[lower])
        for name, own in zip(names[1:], values[1:], strict=True)
        for upper, lower in combinations(ranking(reference), 2)
        if own[upper] < own[lower]
    ]
    return tuple(sorted(found, key=lambda pair: (pair.set, -pair.reference_gap)))
