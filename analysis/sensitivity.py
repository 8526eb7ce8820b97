"""Would another defensible choice of weights tell another story?

One Monte-Carlo varies who answered (replicate weights) and what the items weigh (around a set, or between
sets) at once, and tells for every statement of the reference how often it survives: the index and its
interval, a rise or a fall, a threshold, and every rank.

What a newcomer gets wrong: "with any weights within ± 20 %" is a matter of arithmetic, not of draws. The
reach of an index is exact; the draws say how likely the inside of it is.

References
----------
Saisana, M., Saltelli, A. & Tarantola, S. (2005). JRSS-A 168. OECD/JRC (2008). *Handbook on Constructing
Composite Indicators*, step 7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypedDict

import numpy as np

from analysis.cores import one_thread_of_algebra
from analysis.index import IndexTree, RollUp
from analysis.inputs import check_known, check_points, check_replicates, check_share
from analysis.ranking_draws import TIE, RankedGroups, judged_ranking, without_items
from analysis.replicates import replication
from analysis.sample import Sample
from analysis.sensitivity_draws import Choices, Draws, IndexModel, Progress, draw
from analysis.sensitivity_figures import Judge
from analysis.sensitivity_results import Figure, Ranking, Sensitivity, WaveFigure
from analysis.sensitivity_sobol import sobol_results
from analysis.tracking import IndexData, index_data
from analysis.weight_comparison import check_same_nodes, shown_under_all
from analysis.weight_draws import Perturbation

# A group that more than this share of replicates leaves without answers to an item is not ranked.
_MOST_FAILED = 0.05
_WARN_FAILED = 0.01
# The group at an end of the ranking that changes in more than this share of draws is warned of.
_ENDS = 0.10


class SensitivitySettings(TypedDict, total=False):
    """What a caller may set: the parameters of :func:`weight_sensitivity` under their names."""

    perturbation: Perturbation
    rollups: Sequence[RollUp]
    focus: str | None
    draws: int
    sobol_runs: int
    top: int
    seed: int
    progress: Progress


def weight_sensitivity(
    sample: Sample,
    trees: Mapping[str, IndexTree],
    segment: str | None = None,
    *,
    perturbation: Perturbation | None = None,
    rollups: Sequence[RollUp] = (),
    threshold: float | None = None,
    focus: str | None = None,
    draws: int = 10_000,
    sobol_runs: int = 1_024,
    top: int = 3,
    seed: int = 0,
    level: float = 0.95,
    disclosure_limit: int = 10,
    minimum_base: int = 30,
    progress: Progress = lambda done, total: None,
) -> Sensitivity:
    """Vary sample and weights together and judge what the reference says.

    Parameters
    ----------
    trees : name -> tree; the first is the reference, and every draw starts from one of them, all equally
        likely.
    segment : whose groups are ranked in the last wave.
    perturbation : how far drawn weights lie from those of their set, ± 20 % by default.
    rollups : roll-ups that draws choose from, that of the reference by default.
    threshold : points; how surely each index is on its side of it.
    focus : group whose index gets Sobol shares of its own, if it may be ranked.
    top : how many groups count as the top.

    Blank answers are treated as the roll-up says, in every draw anew. A draw in which a replicate leaves an
    item of a wave or group without answers is left out, for all figures, and counted. Groups that may not
    be shown under one of the sets are not ranked, nor are groups in which no error can be estimated.

    Raises
    ------
    ValueError
        If the trees do not weigh the same nodes, the segment or its group is unknown, the reported wave has
        no index, or a number is out of range.
    """
    _check(trees, threshold, draws, sobol_runs, top, seed, level)
    check_known([segment] if segment else [], sample.segments, "segment")
    if focus is not None:
        check_known([focus], sample.segments[segment].values if segment else (), "group")
    reference = next(iter(trees.values()))
    data = tuple(index_data(sample, tree) for tree in trees.values())
    choices = Choices(
        reference,
        np.array([tree.relative for tree in trees.values()]),
        (reference.rollup, *(rollup for rollup in rollups if rollup != reference.rollup)),
        perturbation or Perturbation(),
    )
    waves = _waves(data, disclosure_limit)
    groups = RankedGroups({}) if segment is None else _groups(data, segment, disclosure_limit, minimum_base)
    with one_thread_of_algebra():
        found, groups, failed = _draw(data[0], choices, waves, groups, draws, seed, progress)
        judge = Judge(choices, found, level, _discreet(data[0], waves, groups, disclosure_limit))
        figures = judge.figures()
        series = _series(judge, figures[: len(waves)], sample, waves, threshold)
        ranking = None
        if segment is not None and len(groups.rows) > 1:
            ranking = judged_ranking(judge, figures[len(waves) :], segment, groups, threshold, top)
        return Sensitivity(
            reference=next(iter(trees)),
            sets=tuple(trees),
            rollups=tuple(choices.rollups),
            spread=choices.perturbation.spread,
            concentration=choices.perturbation.concentration,
            threshold=threshold,
            wave=sample.waves[-1],
            level=level,
            draws=draws,
            failed=failed,
            seed=seed,
            sobol_runs=sobol_runs,
            waves=series,
            ranking=ranking,
            without=without_items(data[0], choices, groups, disclosure_limit),
            sobol=sobol_results(data[0], choices, groups, focus, after=draws, runs=sobol_runs, seed=seed),
            warnings=_warnings(series[-1], ranking, failed, draws),
        )


def _check(
    trees: Mapping[str, IndexTree],
    threshold: float | None,
    draws: int,
    sobol_runs: int,
    top: int,
    seed: int,
    level: float,
) -> None:
    check_same_nodes(trees, least=1)
    check_replicates(draws, seed)
    check_share(level, "level of confidence")
    if threshold is not None:
        check_points(threshold, "threshold")
    if sobol_runs < 2:
        raise ValueError(f"Shares of variance need at least 2 runs, better 1,000; found {sobol_runs!r}.")
    if top < 1:
        raise ValueError(f"The top holds 1 group or more, found {top!r}.")


def _waves(data: Sequence[IndexData], limit: int) -> tuple[str, ...]:
    """Waves that have an index which may be shown under every set."""
    sample = data[0].sample
    found = []
    for wave in sample.waves:
        columns = [part.index(sample.in_wave(wave)) for part in data]
        if all(np.isfinite(part.values[0]) and part.n[0] >= limit for part in columns):
            found.append(wave)
    if sample.waves[-1] not in found:
        raise ValueError(
            f"Wave {sample.waves[-1]!r} has no index under one of the sets: an item with weight has no "
            f"answers, or fewer than {limit} people answered."
        )
    return tuple(found)


def _groups(data: Sequence[IndexData], segment: str, limit: int, minimum_base: int) -> RankedGroups:
    """Groups that may be shown under every set and whose error can be estimated."""
    rows, hidden = shown_under_all(data, data[0].sample.waves[-1], segment, limit)
    small, unranked = set(), []
    for value, domain in rows.items():
        columns = [part.index(domain) for part in data]
        if not all(np.isfinite(part.values[0]) and part.df[0] > 0 for part in columns):
            unranked.append(value)
        if columns[0].n[0] < minimum_base:
            small.add(value)
    ranked = {value: domain for value, domain in rows.items() if value not in unranked}
    return RankedGroups(ranked, frozenset(small), tuple(hidden.items()), tuple(unranked))


def _discreet(data: IndexData, waves: Sequence[str], groups: RankedGroups, limit: int) -> frozenset[int]:
    """Waves and groups in which an item has some answers, but fewer than may be shown."""
    domains = [*(data.sample.in_wave(wave) for wave in waves), *groups.rows.values()]
    counts = [np.isfinite(data.scores[domain]).sum(axis=0) for domain in domains]
    return frozenset(t for t, n in enumerate(counts) if ((n > 0) & (n < limit)).any())


def _draw(
    data: IndexData,
    choices: Choices,
    waves: Sequence[str],
    groups: RankedGroups,
    draws: int,
    seed: int,
    progress: Progress,
) -> tuple[Draws, RankedGroups, int]:
    """Draw waves, then groups in the order of the reference; leave out groups and draws that failed."""
    domains = [*(data.sample.in_wave(wave) for wave in waves), *groups.rows.values()]
    model = IndexModel.of(data.design, choices, data.scores, domains)
    found = draw(model, replication(data.design, data.sample.cluster_ids, draws, seed), seed, progress)
    lost = (np.isnan(found.both) | np.isnan(found.sampling)).mean(axis=0)
    first, names = len(waves), list(groups.rows)
    kept = sorted(
        (g for g in range(len(names)) if lost[first + g] <= _MOST_FAILED),
        key=lambda g: -found.value[first + g],
    )
    columns = np.array([*range(first), *(first + g for g in kept)], dtype=np.int64)
    whole = np.isfinite(found.both[:, columns] + found.sampling[:, columns]).all(axis=1)
    if whole.sum() < 2:
        raise ValueError("Nearly every replicate leaves an item of some wave without answers.")
    ranked = replace(
        groups,
        rows={names[g]: groups.rows[names[g]] for g in kept},
        unranked=(*groups.unranked, *(name for g, name in enumerate(names) if g not in kept)),
    )
    return found.take(np.flatnonzero(whole), columns), ranked, int((~whole).sum())


def _series(
    judge: Judge, figures: Sequence[Figure], sample: Sample, waves: Sequence[str], threshold: float | None
) -> tuple[WaveFigure, ...]:
    found = []
    for t, (wave, index) in enumerate(zip(waves, figures, strict=True)):
        place = sample.waves.index(wave)
        change, rose = judge.rose(t - 1, t) if t and waves[t - 1] == sample.waves[place - 1] else (None, None)
        found.append(WaveFigure(wave, index, change, rose, judge.reached(t, threshold)))
    return tuple(found)


def _warnings(
    current: WaveFigure, ranking: Ranking | None, failed: int, draws: int
) -> tuple[tuple[str, Mapping[str, float]], ...]:
    """Say what of the result deserves care, by the thresholds of the method."""
    found: list[tuple[str, Mapping[str, float]]] = []
    variance = current.index.variance
    if variance.weighting > variance.sampling:
        found.append(("weights_over_sampling", {"share": variance.weighting / variance.total}))
    if ranking is not None:
        if ties := sum(pair.tie for pair in ranking.pairs):
            found.append(("ties", {"ties": ties, "pairs": len(ranking.pairs), "share": TIE}))
        for key, kept in (("first_changes", ranking.first), ("last_changes", ranking.last)):
            if 1 - kept.both > _ENDS:
                found.append((key, {"share": 1 - kept.both, "weights": 1 - kept.weights}))
    if failed > _WARN_FAILED * draws:
        found.append(("failed", {"failed": failed, "draws": draws}))
    return tuple(found)
