"""How far an item can move before it leaves what some group of customers shows today.

What a newcomer gets wrong: a model says nothing about levels that nobody has reached. A move that would lift
an item above its best group is a guess, however narrow the interval around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from analysis.estimate import domain_means, estimates
from analysis.index import IndexTree, flat_tree
from analysis.lifts import HIGHEST, LOWEST, Ground, corners
from analysis.results import Estimate, TooFew
from analysis.sample import Floats, Sample
from analysis.segments import GroupMean, leaf_means
from analysis.tracking import hidden_items, index_data
from analysis.whatif_results import Reach


def item_reach(
    sample: Sample,
    tree: IndexTree,
    wave: str,
    ground: Ground,
    *,
    level: float = 0.95,
    disclosure_limit: int = 10,
    minimum_base: int = 30,
) -> tuple[Reach, ...]:
    """Reach of every item of ``ground``, in its order.

    Groups are those of every segment of the sample that may be shown, with at least ``minimum_base`` answers
    to the item. An item whose mean may not be shown does not move: how far it could go, or really goes, would
    give the mean away.
    """
    hidden = hidden_items(sample, tree, wave, disclosure_limit)
    groups = _groups(sample, tree, wave, ground.items, disclosure_limit)
    means = _means(ground, level)
    found = []
    for item, now in zip(ground.items, means, strict=True):
        if isinstance(now, TooFew) or item in hidden or now.n < disclosure_limit:
            few = TooFew(now.n, hidden.get(item, "disclosure"))
            found.append(Reach(item, few, None, None, None, None, 0.0, 0.0, _asked(ground, item)))
            continue
        known = [mean for mean in groups.get(item, ()) if mean.n >= max(minimum_base, disclosure_limit)]
        found.append(_reach(ground, item, now, known))
    return tuple(found)


def _means(ground: Ground, level: float) -> tuple[Estimate | TooFew, ...]:
    """Means of all items now, each over those who answered it."""
    size = (len(ground.design), len(ground.items))
    scores, asked = np.full(size, np.nan), np.zeros(size, dtype=bool)
    scores[ground.rows], asked[ground.rows] = ground.x, ground.has
    return estimates(domain_means(ground.design, scores, asked), level)


def _asked(ground: Ground, item: str) -> float:
    """Weighted share of the people who have an item."""
    return float(ground.weights @ ground.has[:, ground.items.index(item)] / ground.weights.sum())


def _reach(ground: Ground, item: str, now: Estimate, groups: Sequence[GroupMean]) -> Reach:
    j = ground.items.index(item)
    best = max(groups, key=lambda group: group.value, default=None)
    worst = min(groups, key=lambda group: group.value, default=None)
    answers, weights = ground.x[:, j], ground.weights
    return Reach(
        item=item,
        now=now,
        best=best.value if best else None,
        best_group=(best.segment, best.group) if best else None,
        worst=worst.value if worst else None,
        worst_group=(worst.segment, worst.group) if worst else None,
        most=points_to(answers, weights, best.value if best else HIGHEST),
        least=-points_to(HIGHEST - answers, weights, HIGHEST - (worst.value if worst else LOWEST)),
        asked=_asked(ground, item),
    )


def points_to(answers: Floats, weights: Floats, level: float) -> float:
    """Points by which all answers have to rise until their mean is ``level``; 0 where it is there already.

    Where the level is the top of the scale, what lifts the lowest answer there.

    >>> points_to(np.array([50.0, 90.0]), np.ones(2), 77.5)
    7.5
    >>> points_to(np.array([50.0, 90.0]), np.ones(2), 85.0)
    20.0
    """
    known = np.isfinite(answers)
    if not known.any():
        return 0.0
    wanted = level - float(np.average(answers[known], weights=weights[known]))
    points, means = corners(answers, weights, HIGHEST - LOWEST)
    if wanted <= 0:
        return 0.0
    # Beyond the last rise the means stay; the first of equal ones is the point wanted.
    first = int(np.searchsorted(means, min(wanted, float(means[-1])) - 1e-12))
    return float(np.interp(wanted, means[: first + 1], points[: first + 1]))


def _groups(
    sample: Sample, tree: IndexTree, wave: str, items: Sequence[str], limit: int
) -> Mapping[str, list[GroupMean]]:
    """Means of every item by the groups that may show it; items outside the index have an own tree."""
    found: dict[str, list[GroupMean]] = {}
    for own in _trees(tree, items):
        data = index_data(sample, own)
        for segment in sample.segments:
            for mean in leaf_means(data, wave, segment, limit):
                found.setdefault(mean.item, []).append(mean)
    return found


def _trees(tree: IndexTree, items: Sequence[str]) -> Iterator[IndexTree]:
    yield tree
    if outside := [item for item in items if item not in tree.items]:
        yield flat_tree(dict.fromkeys(outside, 1.0))
