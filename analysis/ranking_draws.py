"""The ranking of groups under all draws, and with one item left out at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.rank_stability import RankStability, rank_limits, rank_stability
from analysis.ranks import ranks
from analysis.sample import Booleans, Floats
from analysis.sensitivity_draws import Choices, IndexModel
from analysis.sensitivity_figures import Judge
from analysis.sensitivity_results import Figure, GroupFigure, Pair, Probability, Ranking, WithoutItem
from analysis.suppression import Hidden
from analysis.tracking import IndexData, hidden_items
from analysis.weight_draws import normalised

# Neighbours that change places in more than this share of the draws are a tie.
TIE = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class RankedGroups:
    """Groups that are ranked, in the order of the reference, with their rows (n,); and those that are not."""

    rows: Mapping[str, Booleans]
    small: frozenset[str] = frozenset()
    hidden: tuple[tuple[str, Hidden], ...] = ()
    unranked: tuple[str, ...] = ()


def judged_ranking(
    judge: Judge,
    figures: Sequence[Figure],
    segment: str,
    groups: RankedGroups,
    threshold: float | None,
    top: int,
) -> Ranking:
    """Judge the ranking of ``groups``, whose ``figures`` are of the last columns of the draws."""
    names, draws = tuple(groups.rows), judge.draws
    first = len(draws.value) - len(names)
    top = max(1, min(top, len(names) - 1))
    both, sampling, weights = (
        rank_stability(values[:, first:], top) for values in (draws.both, draws.sampling, draws.weights)
    )
    low, high = rank_limits(draws.value[first:], draws.both[:, first:], judge.level)
    found = tuple(
        GroupFigure(
            value=value,
            index=index,
            rank=g + 1,
            rank_low=int(low[g]),
            rank_high=int(high[g]),
            same=float(both.same[g]),
            first=float(both.first[g]),
            last=float(both.last[g]),
            top=float(both.top[g]),
            mean_change=float(both.change[g]),
            weights_change=float(weights.change[g]),
            reached=judge.reached(first + g, threshold),
            small=value in groups.small,
        )
        for g, (value, index) in enumerate(zip(names, figures, strict=True))
    )
    return Ranking(
        segment=segment,
        groups=found,
        pairs=_pairs(names, draws.value[first:], (both, sampling, weights)),
        first=Probability(*(float(part.first[0]) for part in (both, sampling, weights))),
        last=Probability(*(float(part.last[-1]) for part in (both, sampling, weights))),
        top_size=top,
        top_kept=Probability(both.top_kept, sampling.top_kept, weights.top_kept),
        mean_change=float(both.moved.mean()),
        weights_change=float(weights.moved.mean()),
        hidden=groups.hidden,
        unranked=groups.unranked,
    )


def _pairs(
    names: Sequence[str], value: Floats, found: tuple[RankStability, RankStability, RankStability]
) -> tuple[Pair, ...]:
    above = np.column_stack([part.above for part in found]).tolist()
    return tuple(
        Pair(names[g], names[g + 1], float(value[g] - value[g + 1]), Probability(*row), tie=1 - row[0] > TIE)
        for g, row in enumerate(above)
    )


def without_items(
    data: IndexData, choices: Choices, groups: RankedGroups, limit: int
) -> tuple[WithoutItem, ...]:
    """Index and ranking of the last wave with one item left out at a time, under the reference.

    The rest of the item's family fills up; a branch that has no other item leaves as a whole. Items whose
    mean may not be shown are not listed, because the change of the index would tell it.
    """
    tree, wave = choices.tree, data.sample.waves[-1]
    hidden = hidden_items(data.sample, tree, wave, limit)
    relative = choices.relative[0]
    leaves = [
        j
        for j, node in enumerate(tree.nodes)
        if node.item is not None and node.item not in hidden and relative[j]
    ]
    raw = np.tile(relative, (len(leaves) + 1, 1))
    raw[np.arange(1, len(leaves) + 1), leaves] = 0.0
    model = IndexModel.of(
        data.design, choices, data.scores, [data.sample.in_wave(wave), *groups.rows.values()]
    )
    sampled = model.sampled(np.ones((1, model.units)))[0]
    values = model.kernels[0].index(sampled, normalised(tree, raw))
    return tuple(
        _without(str(tree.nodes[j].item), values[0], row, tuple(groups.rows))
        for j, row in zip(leaves, values[1:], strict=True)
        if np.isfinite(row).all()
    )


def _without(item: str, before: Floats, after: Floats, names: Sequence[str]) -> WithoutItem:
    change = float(after[0] - before[0])
    if len(names) < 2:
        return WithoutItem(item, change, None, None, None, None, None, None)
    old, new = ranks(before[1:, None])[:, 0], ranks(after[1:, None])[:, 0]
    moved = np.abs(new - old)
    most = int(moved.argmax())
    return WithoutItem(
        item,
        change,
        mean_change=float(moved.mean()),
        moved=names[most] if moved[most] else None,
        before=int(old[most]) if moved[most] else None,
        after=int(new[most]) if moved[most] else None,
        first=names[int(new.argmin())],
        last=names[int(new.argmax())],
    )
