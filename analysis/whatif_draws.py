"""By how much answers and the index move, in the full sample and in every replicate.

What a newcomer gets wrong: the index moves by what those who have an item gain, an outcome by what everybody
gains on average. An item that a third of the customers met counts fully in the index and a third elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.index import IndexTree, person_scores
from analysis.lifts import Ground, Points, raised
from analysis.moments import replicate_blocks
from analysis.replicates import Replication
from analysis.sample import Floats, Sample


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Draws of one scenario, full sample first: ``everyone`` and ``among`` (m, 1 + B), ``index`` (1 + B,).

    The first two as in :class:`~analysis.lifts.Raised`; the index in points.
    """

    everyone: Floats
    among: Floats
    index: Floats


def scenario_draws(
    sample: Sample, plan: Replication, tree: IndexTree, ground: Ground, scenarios: Sequence[Sequence[Points]]
) -> list[Moved]:
    """Draw several scenarios, each some items and their points, with the same replicates.

    Under the aggregate roll-up the index moves by the weighted sum of ``among``, under the other by the mean
    of what it does to people's own indices. Both are exact: an index is linear in its answers.
    """
    single = list(dict.fromkeys(move for moves in scenarios for move in moves))
    blocks = [ground.sums(single)]
    if by_person := tree.rollup == "respondent":
        blocks.append(_people(sample, plan, tree, ground, scenarios))
    sums, *people = replicate_blocks(blocks, plan)
    found, place = raised(sums, len(single)), {move: position for position, move in enumerate(single)}
    weight = index_weights(tree)
    drawn = []
    for number, moves in enumerate(scenarios):
        at = [place[move] for move in moves]
        index = np.array([weight.get(item, 0.0) for item, _ in moves]) @ found.among[at]
        if by_person:
            base = people[0][:, -1]
            index = np.divide(people[0][:, number], base, where=base > 0, out=np.full(len(base), np.nan))
        drawn.append(Moved(found.everyone[at], found.among[at], np.asarray(index)))
    return drawn


def index_weights(tree: IndexTree) -> dict[str, float]:
    """Weight of every item in the index; they sum to 1."""
    pairs = zip(tree.nodes, tree.effective.tolist(), strict=True)
    return {node.item: weight for node, weight in pairs if node.item is not None}


def _people(
    sample: Sample, plan: Replication, tree: IndexTree, ground: Ground, scenarios: Sequence[Sequence[Points]]
) -> Floats:
    """Sums per cluster of what scenarios do to people's own index, and of people with one, (U, s + 1)."""
    scores = sample.scores[ground.rows][:, [sample.items.index(item) for item in tree.items]]
    now = person_scores(tree, scores)[:, -1]
    columns = []
    for moves in scenarios:
        moved = scores.copy()
        for item, points in moves:
            if item in tree.items:
                moved[:, tree.items.index(item)] += ground.gain(item, points)
        columns.append(np.nan_to_num(person_scores(tree, moved)[:, -1] - now))
    both = np.column_stack([*columns, np.isfinite(now)])
    return plan.design.sums(both * ground.weights[:, None], ground.rows)
