"""The index equals R survey; its parts add up; its definitions are what they say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import Design
from analysis.estimate import LinearEstimates
from analysis.index import IndexTree, Node, contribution_columns, flat_tree, index_columns, person_scores
from analysis.results import Estimate, TooFew
from analysis.sample import Floats, Groups, Sample
from analysis.segments import index_by_segment
from analysis.tracking import index_by_wave

GOLDENS = Path(__file__).parent / "goldens" / "survey"
ITEMS = tuple(f"q{j}" for j in range(1, 7))
WEIGHTS = dict(zip(ITEMS, (0.30, 0.20, 0.15, 0.15, 0.10, 0.10), strict=True))
# Both sides are closed form; the reference is printed with 15 digits.
EXACT = {"rtol": 1e-10, "atol": 0.0}


def make_sample(
    scores: Floats,
    *,
    items: tuple[str, ...],
    wave: Any = 0,
    weights: Any = 1.0,
    strata: Any = 0,
    clusters: Any = None,
    waves: tuple[str, ...] = ("w1",),
    segments: Mapping[str, Groups] | None = None,
    structural: Any = False,
) -> Sample:
    n = len(scores)
    cluster = np.arange(n) if clusters is None else np.asarray(clusters)
    return Sample(
        items=items,
        scores=scores,
        codes=np.where(np.isfinite(scores), np.nan_to_num(scores), -1).astype(np.int16),
        structural=np.broadcast_to(structural, scores.shape).copy(),
        waves=waves,
        wave=np.broadcast_to(np.asarray(wave), n).astype(np.int64),
        weights=np.broadcast_to(np.asarray(weights, dtype=np.float64), n).copy(),
        strata=np.broadcast_to(np.asarray(strata), n).astype(np.int64),
        clusters=cluster.astype(np.int64),
        cluster_ids=tuple(f"C{c:05d}" for c in range(int(cluster.max()) + 1)),
        outcomes={},
        segments=segments or {},
    )


@pytest.fixture(scope="module")
def golden_sample() -> Sample:
    frame = pd.read_csv(GOLDENS / "survey.csv")
    provinces, names = pd.factorize(frame["province"])
    return make_sample(
        ((frame[list(ITEMS)] - 1) / 9 * 100).to_numpy(dtype=np.float64),
        items=ITEMS,
        wave=(frame["wave"] == "2026Q3").to_numpy(),
        weights=frame["weight"].to_numpy(),
        strata=provinces,
        clusters=pd.factorize(frame["account"])[0],
        waves=("2026Q2", "2026Q3"),
        segments={"province": Groups(tuple(names), provinces.astype(np.int64))},
    )


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDENS / "survey_ref.json").read_text(encoding="utf-8"))
    return found


def value(estimate: Estimate | TooFew) -> Estimate:
    assert isinstance(estimate, Estimate)
    return estimate


def test_the_index_and_its_change_equal_r_survey(golden_sample: Sample, reference: dict[str, Any]) -> None:
    trend, nodes = index_by_wave(golden_sample, flat_tree(WEIGHTS))
    for found in trend:
        golden = reference[f"index_{found.wave}"]
        np.testing.assert_allclose(
            [found.index.value, found.index.se], [golden["value"], golden["se"]], **EXACT
        )
    change = trend[-1].change
    assert change is not None
    golden = reference["index_change"]
    np.testing.assert_allclose(
        [change.estimate.value, change.estimate.se], [golden["value"], golden["se"]], rtol=1e-9
    )
    assert change.estimate.df == 113
    assert trend[-1].index.df == 93
    for node in nodes:
        score = value(node.score)
        golden = reference["means_q3"][node.id]
        np.testing.assert_allclose([score.value, score.se], [golden["mean"], golden["se"]], **EXACT)
        np.testing.assert_allclose([score.low, score.high], golden["ci"], **EXACT)


def test_the_respondent_roll_up_equals_r_survey(golden_sample: Sample, reference: dict[str, Any]) -> None:
    tree = flat_tree(dict.fromkeys(ITEMS, 1.0), "respondent", min_answered=4 / 6)
    trend, _ = index_by_wave(golden_sample, tree)
    for found in trend:
        golden = reference[f"score_{found.wave}"]
        np.testing.assert_allclose(
            [found.index.value, found.index.se], [golden["mean"], golden["se"]], **EXACT
        )
        assert found.n == golden["n"]
    change = trend[-1].change
    assert change is not None
    golden = reference["score_change"]
    assert change.estimate.se == pytest.approx(golden["se"], rel=1e-10)
    segment = index_by_segment(golden_sample, tree, "province")
    for group in segment.groups:
        score = value(group.score)
        expected = next(
            g for g in reference["by_province_wave"] if (g["province"], g["wave"]) == (group.value, "2026Q3")
        )
        np.testing.assert_allclose([score.value, score.se], [expected["mean"], expected["se"]], **EXACT)


def deep_tree(rollup: Any = "aggregate") -> IndexTree:
    return IndexTree(
        (
            Node("product", None, None, 3),
            Node("service", None, None, 1),
            Node("reliable", "product", "q1", 1),
            Node("fit", "product", "q2", 1),
            Node("after", "service", None, 2),
            Node("before", "service", "q3", 1),
            Node("repair", "after", "q4", 5),
            Node("bill", "after", "q5", 2),
            Node("call", "after", "q6", 1),
        ),
        rollup,
    )


def test_effective_weights_are_products_down_the_tree() -> None:
    tree = deep_tree()
    weights = dict(zip((node.id for node in tree.nodes), tree.effective, strict=True))
    assert weights["repair"] == pytest.approx(1 / 4 * 2 / 3 * 5 / 8)
    assert weights["product"] == pytest.approx(0.75)
    np.testing.assert_allclose(tree.matrix[:, -1].sum(), 1.0, rtol=1e-15)
    np.testing.assert_allclose(
        tree.matrix[:, -1],
        [weights[name] for name in ("reliable", "fit", "before", "repair", "bill", "call")],
    )


@pytest.mark.parametrize("rollup", ["aggregate", "respondent"])
def test_contributions_of_every_level_sum_to_the_change(golden_sample: Sample, rollup: str) -> None:
    tree = deep_tree(rollup)
    trend, nodes = index_by_wave(golden_sample, tree)
    parts = {node.id: node.contribution for node in nodes}
    assert trend[-1].change is not None
    for parent in (None, "product", "service", "after"):
        whole = trend[-1].change.estimate if parent is None else parts[parent].estimate
        children = [parts[node.id].estimate.value for node in nodes if node.parent == parent]
        # Sums of a few doubles of size 100.
        assert sum(children) == pytest.approx(whole.value, abs=1e-11)


def test_a_contribution_has_the_error_of_its_weighted_change(golden_sample: Sample) -> None:
    _, nodes = index_by_wave(golden_sample, deep_tree())
    for node in nodes:
        assert node.change is not None
        assert node.contribution is not None
        change, part = node.change.estimate, node.contribution.estimate
        assert change.se is not None
        assert part.value == pytest.approx(node.effective_weight * change.value, rel=1e-12)
        assert part.se == pytest.approx(node.effective_weight * change.se, rel=1e-12)


def test_without_blanks_both_definitions_agree() -> None:
    rng = np.random.default_rng(3)
    scores = rng.integers(0, 101, (80, 6)).astype(np.float64)
    sample = make_sample(scores, items=ITEMS, weights=rng.uniform(0.5, 2, 80), clusters=np.arange(80) // 2)
    one, two = (
        index_by_wave(sample, deep_tree(rollup))[0][0].index for rollup in ("aggregate", "respondent")
    )
    np.testing.assert_allclose([one.value, one.se, one.deff], [two.value, two.se, two.deff], rtol=1e-12)


def test_a_person_needs_half_of_the_weight_of_a_branch() -> None:
    tree = IndexTree(
        (
            Node("a", None, None, 1),
            Node("b", None, None, 1),
            Node("a1", "a", "q1", 3),
            Node("a2", "a", "q2", 1),
            Node("b1", "b", "q3", 1),
            Node("b2", "b", "q4", 1),
        ),
        "respondent",
    )
    nan = np.nan
    scores = np.array([[80, nan, 20, 40], [nan, 80, 20, nan], [nan, 80, nan, nan], [nan, nan, nan, nan]])
    found = person_scores(tree, scores)
    # 1: a = 80, b = 30, half each. 2: a lacks 3/4 of its weight, so b alone. 3, 4: nothing.
    np.testing.assert_array_equal(found[:, -1], [55.0, 20.0, nan, nan])
    np.testing.assert_array_equal(found[:, 0], [80.0, nan, nan, nan])


def test_a_group_without_answers_to_an_item_has_no_aggregate_index() -> None:
    scores = np.array([[50.0, 60.0]] * 20 + [[70.0, np.nan]] * 20)
    groups = Groups(("here", "there"), np.repeat([0, 1], 20))
    sample = make_sample(scores, items=("q1", "q2"), segments={"place": groups})
    found = {g.value: g for g in index_by_segment(sample, flat_tree({"q1": 1, "q2": 1}), "place").groups}
    assert found["there"].score == TooFew(20, "no_answers")
    assert found["there"].difference is None
    assert value(found["here"].score).value == 55.0


def test_an_item_new_in_this_wave_starts_the_series() -> None:
    rng = np.random.default_rng(5)
    scores = rng.integers(0, 101, (60, 2)).astype(np.float64)
    wave = np.repeat([0, 1], 30)
    scores[wave == 0, 1] = np.nan
    sample = make_sample(scores, items=("q1", "q2"), wave=wave, waves=("w1", "w2"))
    trend, nodes = index_by_wave(sample, flat_tree({"q1": 1, "q2": 1}))
    assert [(point.wave, point.change) for point in trend] == [("w2", None)]
    assert [isinstance(e, TooFew) for e in nodes[1].series] == [True, False]
    assert nodes[0].change is not None
    assert (nodes[1].change, nodes[0].contribution) == (None, None)


def test_no_index_in_the_reported_wave_is_refused() -> None:
    scores = np.full((20, 2), 50.0)
    scores[:, 1] = np.nan
    with pytest.raises(ValueError, match=r"\['q2'\] have none"):
        index_by_wave(make_sample(scores, items=("q1", "q2")), flat_tree({"q1": 1, "q2": 1}))


def test_a_leaf_with_few_answers_is_hidden_with_a_sibling() -> None:
    rng = np.random.default_rng(8)
    scores = rng.integers(0, 101, (60, 6)).astype(np.float64)
    scores[4:, 3] = np.nan  # repair: 4 answers
    scores[30:, 5] = np.nan  # call: 30 answers
    _, nodes = index_by_wave(make_sample(scores, items=ITEMS), deep_tree())
    found = {node.id: node.score for node in nodes}
    assert found["repair"] == TooFew(4, "disclosure")
    assert found["call"] == TooFew(30, "complementary")
    assert all(isinstance(found[name], Estimate) for name in ("after", "bill", "product", "before"))


def test_groups_stand_highest_first_and_outside_their_range_where_p_is_small() -> None:
    rng = np.random.default_rng(11)
    n = 900
    codes = rng.integers(0, 6, n)
    level = np.array([-6.0, 0, 0, 0, 0, 6])[codes]
    scores = np.clip(60 + level[:, None] + rng.normal(0, 15, (n, 2)), 0, 100)
    groups = Groups(tuple("abcdef"), codes)
    sample = make_sample(
        scores,
        items=("q1", "q2"),
        weights=rng.uniform(0.5, 2, n),
        clusters=np.arange(n),
        segments={"s": groups},
    )
    found = index_by_segment(sample, flat_tree({"q1": 1, "q2": 1}), "s").groups
    scores_found = [value(group.score).value for group in found]
    assert scores_found == sorted(scores_found, reverse=True)
    for group in found:
        assert group.difference is not None
        assert group.expected_low is not None
        assert group.expected_high is not None
        assert group.difference.p is not None
        outside = not group.expected_low <= value(group.score).value <= group.expected_high
        assert outside == (group.difference.p < 0.05)
    assert {group.difference.verdict for group in found if group.difference} == {"better", "same", "worse"}


def test_one_group_of_everybody_is_compared_with_nobody() -> None:
    sample = make_sample(
        np.arange(20.0)[:, None],
        items=("q1",),
        segments={"s": Groups(("all",), np.zeros(20, dtype=np.int64))},
    )
    (group,) = index_by_segment(sample, flat_tree({"q1": 1}), "s").groups
    assert value(group.score).value == 9.5
    assert (group.difference, group.expected_low) == (None, None)


@pytest.mark.parametrize(
    ("nodes", "complaint"),
    [
        ((Node("a", None, "q1", 1), Node("a", None, "q2", 1)), "'a' occurs twice"),
        ((Node("a", None, "q1", 1), Node("b", None, "q1", 1)), "'q1' occurs twice"),
        ((Node("a", "z", "q1", 1),), "'z' of node 'a' does not stand before"),
        ((Node("a", None, "q1", -1), Node("b", None, "q2", 2)), "weight of node 'a' is -1"),
        ((Node("a", None, "q1", 0),), "need a positive weight"),
        ((Node("a", None, None, 1),), "Children of a need a positive weight"),
        ((Node("a", None, "q1", 1), Node("b", "a", "q2", 1)), "lies below the leaf 'a'"),
    ],
)
def test_a_broken_tree_is_refused(nodes: tuple[Node, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        IndexTree(nodes)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["aggregate", "respondent"]))
def test_permuting_rows_and_scaling_weights_change_nothing(seed: int, rollup: Any) -> None:
    rng = np.random.default_rng(seed)
    n = 40
    scores = rng.integers(0, 101, (n, 6)).astype(np.float64)
    scores[rng.random(scores.shape) < 0.15] = np.nan
    design = Design(rng.uniform(0.2, 4, n), np.arange(n) % 2, np.arange(n) // 4 * 2 + np.arange(n) % 2)
    order = rng.permutation(n)
    other = Design(7 * design.weights[order], design.strata[order], design.clusters[order])
    one = index_columns(design, deep_tree(rollup), scores, np.ones(n, dtype=bool))
    two = index_columns(other, deep_tree(rollup), scores[order], np.ones(n, dtype=bool))
    # Only the order of addition differs.
    np.testing.assert_allclose(two.values, one.values, rtol=1e-11)
    np.testing.assert_allclose(two.variances, one.variances, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("rollup", ["aggregate", "respondent"])
def test_errors_of_contributions_are_those_of_numerical_derivatives(rollup: Any) -> None:
    """The middle of the two indices, from which people's parts are measured, is an estimate as well."""
    rng = np.random.default_rng(3)
    n, step = 80, 1e-4
    scores = np.clip(60 + 15 * rng.normal(size=(n, 6)), 0, 100)
    # Who leaves blanks changes between the waves, so people's weights do too.
    scores[rng.random(scores.shape) < np.where(np.arange(n) < 40, 0.05, 0.3)[:, None]] = np.nan
    waves = (np.arange(n) < 40, np.arange(n) >= 40)
    weights, clusters = rng.uniform(0.5, 2, n), np.arange(n) % 25

    def contributions(weights: Floats) -> LinearEstimates:
        design = Design(weights, clusters % 2, clusters)
        ends = [index_columns(design, deep_tree(rollup), scores, wave) for wave in waves]
        return contribution_columns(design, deep_tree(rollup), scores, (ends[0], ends[1]), waves)

    found = contributions(weights)
    slopes = np.array(
        [
            contributions(np.where(found.design.unit == unit, weights * (1 + step), weights)).values
            - contributions(np.where(found.design.unit == unit, weights * (1 - step), weights)).values
            for unit in range(found.design.units)
        ]
    )
    expected = found.design.variance_of_totals(slopes / (2 * step))
    # Central differences err by the square of the step.
    np.testing.assert_allclose(found.variances, expected, rtol=1e-6)


def test_the_index_of_one_point_more_everywhere_is_one_point_more() -> None:
    rng = np.random.default_rng(2)
    scores = rng.uniform(0, 90, (50, 6))
    scores[rng.random(scores.shape) < 0.2] = np.nan
    design = Design(np.ones(50), np.zeros(50, dtype=np.int64), np.arange(50))
    for rollup in ("aggregate", "respondent"):
        tree = deep_tree().with_rollup(rollup)
        one, two = (index_columns(design, tree, scores + d, np.ones(50, dtype=bool)) for d in (0, 1))
        np.testing.assert_allclose(two.values - one.values, 1.0, rtol=1e-11)
