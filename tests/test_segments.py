"""Groups are compared as if each were estimated by itself, tested together, and never given away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import IndexTree, Node, Sample, flat_tree, index_by_segment, sample_from_frame
from analysis.adjustment import Adjustment
from analysis.compare import change
from analysis.estimate import LinearEstimates, comparisons, estimates, side_by_side
from analysis.grouped import group_columns
from analysis.joint_tests import groups_differ
from analysis.results import Comparison, Estimate, GroupResult, TooFew
from analysis.sample import Groups
from analysis.segments import SegmentRules, nodes_by_segment, pairs_by_segment
from analysis.tracking import IndexData, index_data

GOLDENS = Path(__file__).parent / "goldens" / "survey"
ITEMS = [f"q{j}" for j in range(1, 7)]


def tree(rollup: Any = "aggregate") -> IndexTree:
    return IndexTree(
        (
            Node("product", None, None, 3),
            Node("service", None, None, 1),
            *(Node(f"n{j}", "product", f"q{j}", j) for j in (1, 2, 3)),
            *(Node(f"n{j}", "service", f"q{j}", 1) for j in (4, 5, 6)),
        ),
        rollup,
    )


@pytest.fixture(scope="module")
def sample() -> Sample:
    return sample_from_frame(
        pd.read_csv(GOLDENS / "survey.csv"),
        ITEMS,
        scale=(1, 10),
        weights="weight",
        cluster="account",
        strata="province",
        wave="wave",
        segments=["province", "size"],
    )


def known(found: Estimate | TooFew) -> Estimate:
    assert isinstance(found, Estimate)
    return found


def difference(group: GroupResult) -> Comparison:
    assert group.difference is not None
    return group.difference


def equal(found: LinearEstimates, expected: LinearEstimates, *, simple: bool) -> None:
    # Only the order of addition differs; a covariance is a sum of squares of what was added.
    np.testing.assert_allclose(found.values, expected.values, rtol=1e-12)
    np.testing.assert_allclose(found.totals, expected.totals, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.variances, expected.variances, rtol=1e-11, atol=1e-13)
    np.testing.assert_array_equal(found.present, expected.present)
    np.testing.assert_array_equal(found.n, expected.n)
    np.testing.assert_allclose(found.weight, expected.weight, rtol=1e-12)
    np.testing.assert_allclose(found.weight_squares, expected.weight_squares, rtol=1e-12)
    if simple:
        np.testing.assert_allclose(found.simple, expected.simple, rtol=1e-11)


def one_by_one(
    data: IndexData, wave: str, segment: str
) -> tuple[list[LinearEstimates], list[LinearEstimates]]:
    groups, domain = data.sample.segments[segment], data.sample.in_wave(wave)
    rows = [domain & (groups.codes == g) for g in range(len(groups.values))]
    return [data.columns(members) for members in rows], [data.columns(domain & ~members) for members in rows]


@pytest.mark.parametrize("rollup", ["aggregate", "respondent"])
@pytest.mark.parametrize("segment", ["province", "size"])
@pytest.mark.parametrize("calibrated", [False, True])
def test_all_groups_at_once_equal_each_by_itself(
    sample: Sample, rollup: str, segment: str, calibrated: bool
) -> None:
    if calibrated:
        rng = np.random.default_rng(1)
        margins = (sample.segments["size"].codes, rng.integers(0, 4, len(sample)))
        base = sample.weights * rng.uniform(0.5, 2, len(sample))
        sample = replace(sample, adjustment=Adjustment(base, margins))
    data = index_data(sample, tree(rollup))
    groups, wave = sample.segments[segment], "2026Q3"
    count, nodes = len(groups.values), len(data.tree.nodes) + 1
    found = group_columns(data, sample.in_wave(wave), groups.codes, count, range(nodes))
    own, others = one_by_one(data, wave, segment)
    everything = range(count * nodes)
    equal(found.own.take(everything), side_by_side(own), simple=True)
    equal(found.others.take(everything), side_by_side(others), simple=False)


def test_a_segment_equals_estimates_made_one_by_one(sample: Sample) -> None:
    segment = index_by_segment(sample, tree(), "province", nodes=True)
    data = index_data(sample, tree())
    values = data.sample.segments["province"].values
    columns = {wave: one_by_one(data, wave, "province") for wave in sample.waves}
    own, others = (side_by_side([part.take([8]) for part in side]) for side in columns["2026Q3"])
    before = side_by_side([part.take([8]) for part in columns["2026Q2"][0]])
    expected = zip(values, estimates(own), comparisons(own.against(others)), change(before, own), strict=True)
    found = {group.value: group for group in segment.groups}
    for value, score, gap, moved in expected:
        group = found[value]
        assert known(group.score).value == pytest.approx(known(score).value, rel=1e-12)
        assert known(group.score).se == pytest.approx(known(score).se, rel=1e-11)
        assert known(group.score).deff == pytest.approx(known(score).deff, rel=1e-10)
        assert gap is not None
        assert difference(group).p == pytest.approx(gap.p, rel=1e-8)
        assert moved is not None
        assert group.change is not None
        assert group.change.estimate.se == pytest.approx(moved.estimate.se, rel=1e-10)
        assert [known(part).value for part in group.series] == pytest.approx(
            [known(estimates(columns[wave][0][values.index(value)])[8]).value for wave in sample.waves]
        )
    joint = groups_differ(own)
    assert segment.test is not None
    assert joint is not None
    assert segment.test.p == pytest.approx(joint.p, rel=1e-9)


def test_nodes_are_compared_and_tested_as_one_family(sample: Sample) -> None:
    nodes = nodes_by_segment(sample, tree(), "province", leaves=True)
    assert [part.node for part in nodes] == [node.id for node in tree().nodes]
    data = index_data(sample, tree())
    own, others = one_by_one(data, "2026Q3", "province")
    groups = sample.segments["province"].values
    raw = [
        comparisons(own[g].take([j]).against(others[g].take([j])))[0]
        for j in range(8)
        for g in range(len(groups))
    ]
    found = [group.difference for part in nodes for group in part.groups]
    for one, other in zip(found, raw, strict=True):
        assert one is not None
        assert other is not None
        assert one.p == pytest.approx(other.p, rel=1e-8)
        assert one.q is not None
        assert one.q >= (one.p or 0)
    assert max(part.test.p for part in nodes if part.test) <= 1
    branches = index_by_segment(sample, tree(), "province", nodes=True)
    assert [part.node for part in branches.nodes] == ["product", "service"]
    assert [g.value for g in branches.nodes[0].groups] == [g.value for g in branches.groups]
    flat = index_by_segment(sample, flat_tree(dict.fromkeys(ITEMS, 1.0)), "size", nodes=True)
    assert [part.node for part in flat.nodes] == ITEMS


def test_a_group_stands_outside_its_range_where_its_p_is_small(sample: Sample) -> None:
    for part in nodes_by_segment(sample, tree("respondent"), "province"):
        for group in part.groups:
            assert group.expected_low is not None
            assert group.expected_high is not None
            outside = not group.expected_low <= known(group.score).value <= group.expected_high
            assert outside == ((difference(group).p or 0) < 0.05)


def test_pairs_are_one_family(sample: Sample) -> None:
    pairs = pairs_by_segment(sample, tree(), "province")
    assert [(pair.first, pair.second) for pair in pairs[:2]] == [("Gansu", "Guangdong"), ("Gansu", "Jiangsu")]
    assert len(pairs) == 6
    scores = {g.value: known(g.score) for g in index_by_segment(sample, tree(), "province").groups}
    for pair in pairs:
        found = pair.difference.estimate
        assert found.value == pytest.approx(scores[pair.first].value - scores[pair.second].value)
        # Provinces are strata, so no account lies in two of them.
        se = np.hypot(scores[pair.first].se or 0, scores[pair.second].se or 0)
        assert found.se == pytest.approx(float(se), rel=1e-10)
    assert min(pair.difference.q or 1 for pair in pairs) >= min(pair.difference.p or 1 for pair in pairs)


def test_groups_that_do_not_differ_are_rarely_said_to() -> None:
    rng = np.random.default_rng(12)
    found = []
    for _ in range(60):
        frame = pd.DataFrame(rng.integers(1, 11, (300, 2)).astype(float), columns=["a", "b"])
        frame["place"], frame["w"] = rng.integers(0, 10, 300), rng.uniform(0.5, 2, 300)
        made = sample_from_frame(frame, ["a", "b"], scale=(1, 10), weights="w", segments=["place"])
        test = index_by_segment(made, flat_tree({"a": 1, "b": 1}), "place").test
        assert test is not None
        found.append(test.p)
    # Of 60 tests at 5 % three are expected, and more than nine once in a thousand such series.
    assert sum(p < 0.05 for p in found) <= 9
    assert 0.3 < np.mean(found) < 0.7


def test_a_node_few_of_a_group_answered_is_hidden_with_what_gives_it_away() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.integers(1, 11, (200, 3)).astype(float), columns=["q1", "q2", "q3"])
    frame["place"] = np.repeat(["a", "b", "c", "d"], 50)
    frame.loc[[60, 61, 120], "q1"] = np.nan
    frame.loc[4:49, "q2"] = np.nan  # four answers in group a
    made = sample_from_frame(frame, ["q1", "q2", "q3"], scale=(1, 10), segments=["place"])
    nodes = nodes_by_segment(made, flat_tree({"q1": 1, "q2": 1, "q3": 1}), "place")
    hidden = {
        (part.node, group.value): group.score.reason
        for part in nodes
        for group in part.groups
        if isinstance(group.score, TooFew)
    }
    assert hidden[("q2", "a")] == "disclosure"
    # Shown are the index of every group and all items of everybody: q2 in a must not follow from them.
    atoms = {(place, item): j for j, (place, item) in enumerate(product("abcd", ("q1", "q2", "q3")))}
    shown = [[float(place == at) for at, _ in atoms] for place in "abcd"]
    n = frame.groupby("place")[["q1", "q2", "q3"]].count()
    shown += [
        [float(n.loc[at, item]) if item == part else 0.0 for at, item in atoms] for part in ("q1", "q2", "q3")
    ]
    shown += [np.eye(12)[atoms[cell]].tolist() for cell in atoms if (cell[1], cell[0]) not in hidden]
    rank = np.linalg.matrix_rank(np.array(shown))
    assert np.linalg.matrix_rank(np.array([*shown, np.eye(12)[atoms["a", "q2"]]])) == rank + 1
    assert all(
        group.difference is None and group.change is None
        for part in nodes
        for group in part.groups
        if isinstance(group.score, TooFew)
    )


@st.composite
def surveys(draw: st.DrawFn) -> pd.DataFrame:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = 160
    frame = pd.DataFrame(rng.integers(1, 11, (n, 2)).astype(float), columns=["a", "b"])
    frame = frame.mask(pd.DataFrame(rng.random((n, 2)) < 0.1, columns=["a", "b"]))
    frame["account"], frame["wave"] = rng.integers(0, 40, n), rng.choice(["w1", "w2"], n)
    frame["place"], frame["w"] = rng.choice(["x", "y", "z"], n), rng.integers(1, 4, n)
    return frame


def facts(frame: pd.DataFrame, weights: str | None, rename: Mapping[str, str]) -> dict[str, list[float]]:
    frame = frame.assign(place=frame["place"].map(rename))
    made = sample_from_frame(
        frame,
        ["a", "b"],
        scale=(1, 10),
        weights=weights,
        cluster="account",
        wave="wave",
        segments=["place"],
    )
    found = index_by_segment(made, flat_tree({"a": 2, "b": 1}), "place", disclosure_limit=1)
    assert found.test is not None
    back = {new: old for old, new in rename.items()}
    numbers = {"": [found.test.f, found.test.ndf, found.test.ddf]}
    for group in found.groups:
        gap, moved = difference(group), group.change
        assert moved is not None
        numbers[back[group.value]] = [
            known(group.score).value,
            known(group.score).se or 0,
            gap.estimate.value,
            gap.estimate.se or 0,
            gap.q or 0,
            moved.estimate.value,
            moved.estimate.se or 0,
        ]
    return numbers


SAME = {"x": "x", "y": "y", "z": "z"}


@settings(max_examples=15, deadline=None)
@given(surveys())
def test_order_names_repetition_and_blank_people_do_not_matter(frame: pd.DataFrame) -> None:
    one = facts(frame, "w", SAME)
    repeated = frame.loc[frame.index.repeat(frame["w"])].reset_index(drop=True)
    blank = pd.concat([frame, frame.head(5).assign(a=np.nan, b=np.nan, w=7)], ignore_index=True)
    others = [
        facts(frame.sample(frac=1, random_state=3), "w", SAME),
        facts(frame, "w", {"x": "north", "y": "east", "z": "south"}),
        facts(repeated, None, SAME),
        facts(blank, "w", SAME),
    ]
    for other in others:
        for name, numbers in one.items():
            # Sums are in another order; q is a tail of a distribution, which magnifies the last digits.
            np.testing.assert_allclose(other[name], numbers, rtol=1e-7, atol=1e-9)


def test_people_without_a_group_are_among_everybody_else(sample: Sample) -> None:
    groups = sample.segments["size"]
    without = Groups(groups.values, np.where(groups.codes == 0, -1, groups.codes))
    made = replace(sample, segments={"size": without})
    whole = {g.value: g for g in index_by_segment(sample, tree(), "size").groups}
    for group in index_by_segment(made, tree(), "size").groups:
        if group.value != groups.values[0]:
            assert difference(group).p == pytest.approx(difference(whole[group.value]).p, rel=1e-9)


def test_rules_are_those_of_the_caller(sample: Sample) -> None:
    strict = nodes_by_segment(sample, tree(), "province", SegmentRules(0.8, 0.01, 10, 62))
    assert known(strict[0].groups[0].score).level == 0.8
    assert {g.small for g in strict[0].groups} == {True, False}


def test_a_wave_in_which_no_group_may_be_shown_is_no_obstacle() -> None:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.integers(1, 11, (80, 2)).astype(float), columns=["a", "b"])
    frame["wave"] = np.repeat(["w1", "w2"], [20, 60])
    frame["place"] = np.where(frame["wave"] == "w1", [f"p{j % 4}" for j in range(80)], "p0")
    frame.loc[50:, "place"] = "p1"
    made = sample_from_frame(frame, ["a", "b"], scale=(1, 10), wave="wave", segments=["place"])
    found = index_by_segment(made, flat_tree({"a": 1, "b": 1}), "place", nodes=True)
    shown = [group for group in found.groups if isinstance(group.score, Estimate)]
    assert {group.value for group in shown} == {"p0", "p1"}
    for group in shown:
        assert isinstance(group.series[0], TooFew)
        assert group.change is None
    nobody = sample_from_frame(frame.head(20), ["a", "b"], scale=(1, 10), segments=["place"])
    empty = index_by_segment(nobody, flat_tree({"a": 1, "b": 1}), "place", nodes=True)
    assert (empty.test, empty.nodes) == (None, ())
    assert pairs_by_segment(nobody, flat_tree({"a": 1, "b": 1}), "place") == ()
