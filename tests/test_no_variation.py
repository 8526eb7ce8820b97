"""Where nothing varies but rounding, nothing is significant: equal waves, shifted waves, equal answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import Sample, flat_tree, index_by_segment, index_by_wave, sample_from_frame, target_gap
from analysis.design import Design
from analysis.estimate import ROUNDING_NOISE, domain_means, p_values
from analysis.index import RollUp
from analysis.results import Comparison, Estimate, NodeResult, WaveIndex
from analysis.sample import Floats

WEIGHTS = {"a": 0.3, "b": 0.5, "c": 0.2}
ROLLUPS = pytest.mark.parametrize("rollup", ["aggregate", "respondent"])


def two_waves(shift: float, *, account: bool = True, answers: Floats | None = None) -> Sample:
    """The same people with the same answers, in the second wave ``shift`` points higher."""
    rng = np.random.default_rng(4)
    n = 120
    first = rng.integers(0, 91, (n, 3)) / 1.1 if answers is None else answers
    first = np.where((rng.random(first.shape) < 0.1) & (answers is None), np.nan, first)
    table = pd.DataFrame(np.vstack([first, first + shift]), columns=list(WEIGHTS))
    table["weight"] = np.tile(rng.uniform(0.3, 3, len(first)), 2)
    table["wave"] = np.repeat(["w1", "w2"], len(first))
    table["person"] = np.tile(np.arange(len(first)), 2)
    table["place"] = np.tile(np.arange(len(first)) % 2, 2)
    return sample_from_frame(
        table,
        list(WEIGHTS),
        scale=None,
        weights="weight",
        wave="wave",
        cluster="person" if account else None,
        segments=["place"],
    )


def moves(trend: tuple[WaveIndex, ...], nodes: tuple[NodeResult, ...]) -> list[Comparison]:
    """Every comparison that two waves bring."""
    found = [trend[-1].change, *(c for node in nodes for c in (node.change, node.contribution))]
    assert len(found) == 1 + 2 * len(WEIGHTS)
    return [comparison for comparison in found if comparison is not None]


@ROLLUPS
def test_the_same_answers_twice_are_no_change(rollup: RollUp) -> None:
    found = moves(*index_by_wave(two_waves(0.0), flat_tree(WEIGHTS, rollup)))
    assert len(found) == 1 + 2 * len(WEIGHTS)
    for comparison in found:
        assert (comparison.p, comparison.q, comparison.verdict) == (1.0, 1.0, "same")
        estimate = comparison.estimate
        assert (estimate.value, estimate.se, estimate.low, estimate.high) == (0, 0, 0, 0)


@ROLLUPS
def test_the_same_answers_of_other_people_are_no_change_with_an_interval(rollup: RollUp) -> None:
    for comparison in moves(*index_by_wave(two_waves(0.0, account=False), flat_tree(WEIGHTS, rollup))):
        assert (comparison.p, comparison.verdict, comparison.estimate.value) == (1.0, "same", 0.0)
        assert comparison.estimate.se is not None
        assert comparison.estimate.se > 0.01


def test_a_change_that_is_the_same_for_everybody_has_no_error_and_no_test() -> None:
    for comparison in moves(*index_by_wave(two_waves(7.0), flat_tree(WEIGHTS))):
        estimate = comparison.estimate
        assert estimate.value > 1
        assert estimate.df > 0
        assert (comparison.p, comparison.q, comparison.verdict) == (None, None, "same")
        assert (estimate.se, estimate.low, estimate.high) == (None, None, None)


@ROLLUPS
def test_one_answer_everywhere_is_the_target_itself_and_no_group_differs(rollup: RollUp) -> None:
    level = 100 * 7 / 9  # no finite double: sums of it round
    sample, tree = two_waves(0.0, answers=np.full((120, 3), level)), flat_tree(WEIGHTS, rollup)
    gap = target_gap(sample, tree, level)
    found = moves(*index_by_wave(sample, tree))
    found += [g.difference for g in index_by_segment(sample, tree, "place").groups if g.difference]
    assert len(found) == 3 + 2 * len(WEIGHTS)
    for comparison in [gap, *found]:
        assert comparison is not None
        assert (comparison.p, comparison.verdict, comparison.estimate.value) == (1.0, "same", 0.0)
    index = index_by_wave(sample, tree)[0][-1].index
    assert (index.se, index.deff) == (0.0, None)


def test_a_small_difference_between_large_figures_is_still_tested() -> None:
    # Noise is judged by the size of what was added up; here a millionth of it is real.
    rng = np.random.default_rng(1)
    design = Design(np.ones(400), np.zeros(400, dtype=np.int64), np.arange(400))
    late = np.arange(400) >= 200
    scores = 1e6 + np.where(late, 1.0, 0.0)[:, None] + rng.normal(0, 0.1, (400, 1))
    moved = domain_means(design, scores, late).minus(domain_means(design, scores, ~late))
    assert ROUNDING_NOISE * moved.size[0] < 1e-2
    assert p_values(moved)[0] < 1e-100


def test_figures_of_any_unit_are_judged_by_their_own_size() -> None:
    rng = np.random.default_rng(1)
    design = Design(np.ones(60), np.zeros(60, dtype=np.int64), np.arange(60))
    scores = rng.normal(1, 1, (60, 1))
    big, small = (p_values(domain_means(design, unit * scores))[0] for unit in (1.0, 1e-12))
    # Only the rounding of the unit differs.
    assert small == pytest.approx(big, rel=1e-9)


def test_a_wave_of_few_clusters_still_has_no_test() -> None:
    sample = two_waves(0.0)
    one = sample_from_frame(
        pd.DataFrame({"a": sample.scores[:, 0], "w": sample.wave, "c": 0}),
        ["a"],
        scale=None,
        wave="w",
        cluster="c",
    )
    change = index_by_wave(one, flat_tree({"a": 1}))[0][-1].change
    assert change is not None
    assert isinstance(change.estimate, Estimate)
    assert (change.p, change.estimate.se) == (None, None)
