"""No small group can be seen, nor worked out from what is shown."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.distribution import item_distributions
from analysis.drivers import driver_results
from analysis.index import IndexTree, Node, flat_tree
from analysis.outcome_kinds import OutcomeKind
from analysis.outcome_trend import outcome_results
from analysis.quality_statement import quality
from analysis.results import DriverResults, Estimate, TooFew
from analysis.sample import Floats, Groups
from analysis.segments import index_by_segment
from analysis.suppression import derivable, hidden_groups, protect_figures
from analysis.tabular import sample_from_frame
from analysis.tracking import hidden_items, index_by_wave

LIMIT = 10


def groups(*sizes: int, outside: int = 0) -> Groups:
    codes = np.repeat(np.arange(len(sizes)), sizes)
    return Groups(
        tuple(f"g{j}" for j in range(len(sizes))),
        np.concatenate([codes, np.full(outside, -1)]).astype(np.int64),
    )


def hidden(*sizes: int, outside: int = 0) -> dict[str, str]:
    found = groups(*sizes, outside=outside)
    return dict(hidden_groups({"s": found}, np.ones(len(found.codes), dtype=bool), LIMIT)["s"])


def test_one_small_group_takes_the_smallest_shown_one_with_it() -> None:
    assert hidden(4, 50, 12, 30) == {"g0": "disclosure", "g2": "complementary"}


def test_two_small_groups_protect_each_other_if_they_are_enough_together() -> None:
    assert hidden(6, 7, 50, 60) == {"g0": "disclosure", "g1": "disclosure"}
    assert hidden(3, 4, 50, 60) == {"g0": "disclosure", "g1": "disclosure", "g2": "complementary"}


def test_few_people_without_a_group_are_a_remainder_too() -> None:
    assert hidden(40, 50, 30, outside=3) == {"g2": "complementary"}
    assert hidden(40, 50, 30, outside=30) == {}


def test_people_without_a_group_protect_a_small_one() -> None:
    assert hidden(4, 50, 60, outside=20) == {"g0": "disclosure"}


def test_groups_in_which_nobody_answered_need_no_protection() -> None:
    assert hidden(0, 50, 60) == {}


def test_a_region_does_not_give_its_province_away() -> None:
    # Region north holds provinces a (4) and b (30); region south holds c (20) and d (25).
    province = groups(4, 30, 20, 25)
    region = Groups(("north", "south"), np.repeat([0, 1], [34, 45]))
    everyone = np.ones(79, dtype=bool)
    found = hidden_groups({"province": province, "region": region}, everyone, LIMIT)
    # Without b, north less b would be a.
    assert found["province"]["g1"] == "complementary"


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, Groups], int]:
    n = draw(st.integers(30, 200))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    made: dict[str, Groups] = {}
    fine = None
    for name in ("province", "tier", "region")[: draw(st.integers(1, 3))]:
        count = draw(st.integers(2, 8))
        codes = rng.choice(count, n, p=rng.dirichlet(np.full(count, 0.6)))
        if name == "region" and fine is not None:
            codes = fine // 2  # provinces nest in regions
            count = int(codes.max()) + 1
        if draw(st.booleans()):
            codes = np.where(rng.random(n) < 0.03, -1, codes)
        fine = codes if name == "province" and codes.min() >= 0 else fine
        made[name] = Groups(tuple(f"{name}{j}" for j in range(count)), codes.astype(np.int64))
    return made, n


def shown_figures(segments: dict[str, Groups], n: int) -> tuple[Floats, list[Floats]]:
    """Return the shown figures and the small groups, over respondents instead of atoms."""
    found = hidden_groups(segments, np.ones(n, dtype=bool), LIMIT)
    shown, small = [np.ones(n)], []
    for name, segment in segments.items():
        for code, value in enumerate(segment.values):
            members = (segment.codes == code).astype(np.float64)
            if value not in found[name]:
                shown.append(members)
            elif 0 < members.sum() < LIMIT:
                small.append(members)
    return np.array(shown), small


@settings(max_examples=30, deadline=None)
@given(tables())
def test_no_combination_of_shown_figures_gives_a_small_group(table: tuple[dict[str, Groups], int]) -> None:
    segments, n = table
    shown, small = shown_figures(segments, n)
    rank = np.linalg.matrix_rank(shown)
    for members in small:
        assert np.linalg.matrix_rank(np.vstack([shown, members])) == rank + 1


@settings(max_examples=30, deadline=None)
@given(tables())
def test_no_difference_of_shown_figures_is_a_small_group(table: tuple[dict[str, Groups], int]) -> None:
    segments, n = table
    shown, _ = shown_figures(segments, n)
    assert all(members.sum() == 0 or members.sum() >= LIMIT for members in shown)
    for one, other in combinations(shown, 2):
        for left in (one - other, other - one):
            if left.min() == 0:
                assert left.sum() == 0 or left.sum() >= LIMIT


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.just(0) | st.integers(LIMIT, 60), min_size=1, max_size=8),
    st.just(0) | st.integers(LIMIT, 40),
)
def test_nothing_small_means_nothing_hidden(sizes: list[int], outside: int) -> None:
    if sum(sizes) + outside:
        assert hidden(*sizes, outside=outside) == {}


def test_a_change_is_shown_only_where_both_waves_show_the_group() -> None:
    rng = np.random.default_rng(1)
    # Group a has 30 then 5 answers, b 5 then 30, c and d enough in both.
    codes = np.concatenate(
        [np.repeat([0, 1, 2, 3], [30, 5, 40, 50]), np.repeat([0, 1, 2, 3], [5, 30, 40, 50])]
    )
    wave = np.repeat([0, 1], [125, 125])
    frame = pd.DataFrame(
        {
            "q1": rng.uniform(0, 100, 250),
            "s": np.array(list("abcd"))[codes],
            "w": np.array(["w1", "w2"])[wave],
        }
    )
    sample = sample_from_frame(frame, ["q1"], wave="w", scale=None, segments=["s"])
    found = {g.value: g for g in index_by_segment(sample, flat_tree({"q1": 1}), "s").groups}
    # In w2 a is small, and b goes with it as the smallest shown; in w1 b is small, and a goes.
    assert found["a"].score == TooFew(5, "disclosure")
    assert found["b"].score == TooFew(30, "complementary")
    assert found["b"].change is None
    assert found["c"].change is not None
    assert [g.value for g in index_by_segment(sample, flat_tree({"q1": 1}), "s").groups][2:] == ["a", "b"]


def test_a_hidden_total_of_two_leaves_hides_both() -> None:
    # total = ½ a + ½ b: hiding a alone would leave 2·total − b.
    figures = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
    assert protect_figures(figures, [4, 90, 95], ["leaf", "leaf", "total"], LIMIT, fixed=[2]) == {
        0: "disclosure",
        1: "complementary",
    }


@st.composite
def trees(draw: st.DrawFn) -> tuple[IndexTree, list[int]]:
    """Two levels of branches with one to four leaves each, and how many answered every leaf."""
    nodes: list[Node] = []
    weight = st.sampled_from([0.5, 1.0, 1.0, 3.0])
    for branch in range(draw(st.integers(1, 3))):
        nodes.append(Node(f"b{branch}", None, None, draw(weight)))
        nodes += [
            Node(
                f"q{branch}{leaf}",
                f"b{branch}",
                f"q{branch}{leaf}",
                draw(weight if leaf == 0 else weight | st.just(0.0)),
            )
            for leaf in range(draw(st.integers(1, 4)))
        ]
    tree = IndexTree(tuple(nodes))
    answers = st.integers(1, LIMIT - 1) | st.integers(LIMIT, 80)
    return tree, draw(st.lists(answers, min_size=len(tree.items), max_size=len(tree.items)))


@settings(max_examples=30, deadline=None)
@given(trees())
def test_no_combination_of_shown_means_gives_an_item_with_few_answers(
    case: tuple[IndexTree, list[int]],
) -> None:
    tree, answers = case
    used = tree.matrix > 0
    # The first n people answered a leaf, so a branch has the n of its leaf with most answers.
    counts = [int(np.array(answers)[column].max()) for column in used.T]
    assume(counts[-1] >= LIMIT)
    scores = np.random.default_rng(1).uniform(0, 100, (80, len(answers)))
    for j, n in enumerate(answers):
        scores[n:, j] = np.nan
    sample = sample_from_frame(pd.DataFrame(scores, columns=list(tree.items)), tree.items, scale=None)
    _, nodes = index_by_wave(sample, tree, disclosure_limit=LIMIT)
    # Every shown mean, the index among them, by the weights of the leaves in it.
    shown = np.array(
        [tree.matrix[:, -1]]
        + [tree.matrix[:, j] for j, node in enumerate(nodes) if isinstance(node.score, Estimate)]
    )
    rank = np.linalg.matrix_rank(shown)
    for j in range(len(nodes)):
        if counts[j] < LIMIT:
            assert np.linalg.matrix_rank(np.vstack([shown, tree.matrix[:, j]])) == rank + 1


def test_derivable_by_hand() -> None:
    shown = np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
    assert derivable(shown, np.array([1.0, 0.0, 1.0]))
    assert not derivable(shown, np.array([1.0, 0.0, 0.0]))


def test_shown_groups_are_estimates() -> None:
    frame = pd.DataFrame({"q1": np.arange(60.0), "s": ["a"] * 20 + ["b"] * 40})
    sample = sample_from_frame(frame, ["q1"], scale=None, segments=["s"])
    assert all(
        isinstance(g.score, Estimate) for g in index_by_segment(sample, flat_tree({"q1": 1}), "s").groups
    )


def test_an_outcome_made_of_a_hidden_item_is_hidden_with_it() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.uniform(0, 100, (400, 3)), columns=list("abc"))
    frame["wave"] = np.repeat(["w1", "w2"], 200)
    frame.loc[205:, "c"] = np.nan  # five answers in the last wave; a goes with it
    frame["sat"], frame["loyal"] = frame["b"], frame["a"]
    sample = sample_from_frame(frame, list("abc"), scale=None, wave="wave", outcomes=["sat", "loyal"])
    tree = flat_tree({"a": 2, "b": 1, "c": 1})
    assert hidden_items(sample, tree, "w2") == {"c": "disclosure", "a": "complementary"}
    kinds = [
        OutcomeKind("sat", "satisfaction", items=("b",)),
        OutcomeKind("loyal", "loyalty", items=("a",)),
    ]
    found = {outcome.id: outcome for outcome in outcome_results(sample, kinds, tree=tree)}
    # The index less half of a and a quarter of b would be a quarter of c. So a is hidden, here too.
    assert found["loyal"].series[1] == TooFew(200, "complementary")
    assert isinstance(found["loyal"].series[0], Estimate)
    assert found["loyal"].change is None
    assert found["sat"].change is not None


def test_another_reading_of_the_index_needs_people_too() -> None:
    frame = pd.DataFrame(np.full((40, 3), np.nan), columns=list("abc"))
    frame.loc[:30, "a"], frame.loc[25:, "b"], frame.loc[32:, "c"] = 40.0, 70.0, 90.0
    tree = flat_tree(dict.fromkeys("abc", 1.0))
    sample = sample_from_frame(frame, list("abc"), scale=None)
    # Fourteen people answered two of three items or more.
    assert quality(sample, tree).index_respondent is not None
    assert quality(sample, tree, disclosure_limit=15).index_respondent is None
    assert quality(sample, tree, disclosure_limit=41).index_without_flagged is None


def test_an_item_that_would_give_a_small_one_away_is_hidden_everywhere() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.integers(1, 11, (200, 4)), columns=list("abcd")).astype(float)
    frame["sat"] = frame[list("abc")].sum(axis=1) * 3.0
    frame.loc[5:, "d"] = np.nan  # five answers
    frame.loc[150:, "c"] = np.nan  # the smallest of the others
    sample = sample_from_frame(frame, list("abcd"), scale=(1, 10), outcomes=["sat"])
    tree = flat_tree(dict.fromkeys("abcd", 1.0))
    assert hidden_items(sample, tree, "all") == {"d": "disclosure", "c": "complementary"}
    scales = dict.fromkeys("abcd", range(1, 11))
    tops = {d.item: d.top for d in item_distributions(sample, scales, tree=tree)}
    assert (tops["c"], tops["d"]) == (TooFew(150, "complementary"), TooFew(5, "disclosure"))
    assert isinstance(tops["a"], Estimate)
    alone = {d.item: d.top for d in item_distributions(sample, scales)}
    assert isinstance(alone["c"], Estimate)
    drivers = driver_results(sample, "sat", ["a", "b", "c"], replicates=50, tree=tree)
    assert isinstance(drivers, DriverResults)
    by_item = {driver.item: driver for driver in drivers.drivers}
    assert by_item["c"].performance == TooFew(150, "complementary")
    assert by_item["c"].quadrant is None
    # The line would give it away: it is the mean of the shown ones.
    shown = [float(sample.column(item).mean()) for item in "ab"]
    assert drivers.performance_line == pytest.approx(sum(shown) / 2)
