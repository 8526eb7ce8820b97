"""To which inputs the index and its ranking owe their spread: sampling, each node's weight, the method.

What a newcomer gets wrong: a node's share is of its raw weight, before the family is normalised. It says
whose weight deserves an argument, not how much the node weighs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from analysis.cores import on_all_cores
from analysis.ranking_draws import RankedGroups
from analysis.ranks import ranks
from analysis.replicates import replication
from analysis.sample import Floats
from analysis.sensitivity_draws import Choices, IndexModel
from analysis.sensitivity_results import SobolResult, SobolShare
from analysis.sobol import SobolShares, mixtures, sobol_shares
from analysis.tracking import IndexData

Kind = Literal["sampling", "weights", "set", "rollup", "node"]
Factor = tuple[str, Kind, tuple[int, ...]]


def sobol_results(
    data: IndexData,
    choices: Choices,
    groups: RankedGroups,
    focus: str | None,
    *,
    after: int,
    runs: int,
    seed: int,
) -> tuple[SobolResult, ...]:
    """Shares of every input in the index of the last wave, in that of ``focus``, and in mean |Δrank|.

    Takes ``runs`` × (inputs + 2) evaluations. Replicates come ``after`` those that were drawn before, so
    that the two parts of the Monte-Carlo share no draw. Sampling is one input: a replicate as a whole.
    """
    factors = _factors(choices)
    domain = data.sample.in_wave(data.sample.waves[-1])
    model = IndexModel.of(data.design, choices, data.scores, [domain, *groups.rows.values()])
    found = _evaluate(data, model, factors, after, runs, seed)
    names = list(groups.rows)
    wanted: list[tuple[Literal["index", "group", "rank_change"], str | None, Floats]] = [
        ("index", None, found[:, :, 0])
    ]
    if focus in names:
        wanted.append(("group", focus, found[:, :, 1 + names.index(str(focus))]))
    if len(names) > 1:
        wanted.append(("rank_change", None, _rank_changes(found[:, :, 1:])))
    values = np.stack([part for _, _, part in wanted], axis=2)
    whole = np.isfinite(values).all(axis=(0, 2))
    shares = sobol_shares(values[:, whole], seed=seed)
    return tuple(
        SobolResult(target, group, float(shares.variance[t]), _sorted(factors, shares, t))
        for t, (target, group, _) in enumerate(wanted)
    )


def _factors(choices: Choices) -> list[Factor]:
    """The inputs that can vary: nodes with a weight and a sibling, all weights, set, roll-up, sampling."""
    nodes, relative = choices.tree.nodes, choices.relative
    free = [
        j
        for j, node in enumerate(nodes)
        if any(
            weights[j] > 0 and (weights[list(choices.tree.children(node.parent))] > 0).sum() > 1
            for weights in relative
        )
    ]
    found: list[Factor] = [("sampling", "sampling", (choices.columns,))]
    if choices.perturbation.varies and free:
        found.append(("weights", "weights", tuple(range(len(nodes)))))
        found += [(nodes[j].id, "node", (j,)) for j in free]
    if len(relative) > 1:
        found.append(("set", "set", (choices.columns - 2,)))
    if len(choices.rollups) > 1:
        found.append(("rollup", "rollup", (choices.columns - 1,)))
    return found


def _evaluate(
    data: IndexData, model: IndexModel, factors: Sequence[Factor], after: int, runs: int, seed: int
) -> Floats:
    """Indices (F + 2, N, T) of all runs; the last input column is the replicate."""
    columns = model.choices.columns
    uniforms = np.random.default_rng([seed, 1]).random((2, runs, columns))
    plan = replication(data.design, data.sample.cluster_ids, after + 2 * runs, seed)
    taken = mixtures([place for _, _, place in factors], columns + 1)
    domains = model.sampled(np.ones((1, model.units)))
    found = np.empty((len(taken), runs, model.reference(domains).shape[1]))
    starts = range(0, runs, max(1, min(model.block, plan.block) // 2))

    def work(first: int) -> None:
        rows = slice(first, min(first + starts.step, runs))
        sampled = [
            model.sampled(plan.weights(start + rows.start, start + rows.stop))
            for start in (after, after + runs)
        ]
        for run, second in zip(found, taken, strict=True):
            mixed = np.where(second[:-1], uniforms[1, rows], uniforms[0, rows])
            run[rows] = model.index(sampled[int(second[-1])], mixed)

    on_all_cores(work, starts)
    return found


def _rank_changes(values: Floats) -> Floats:
    """Mean |Δrank| of every run, (F + 2, N), from indices of groups in the order of the reference."""
    runs, size, groups = values.shape
    found = ranks(values.reshape(-1, groups).T)
    moved = np.abs(found - np.arange(1, groups + 1)[:, None]).mean(axis=0)
    blank = np.isnan(values).any(axis=2)
    return np.where(blank, np.nan, moved.reshape(runs, size))


def _sorted(factors: Sequence[Factor], shares: SobolShares, target: int) -> tuple[SobolShare, ...]:
    rows = np.stack([shares.first, shares.first_se, shares.total, shares.total_se], axis=2)[:, target]
    found = [
        SobolShare(name, kind, *row)
        for (name, kind, _), row in zip(factors, rows.tolist(), strict=True)
        if np.isfinite(row).all()
    ]
    return tuple(sorted(found, key=lambda share: -share.total))
