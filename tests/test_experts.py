"""Experts' allocations and their agreement, round by round, and what a panel says about a whole index."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from analysis.agreement import delphi_verdict, kendall_w, spread
from analysis.ahp_panel import ahp_panel
from analysis.budget import centre, pooled
from analysis.budget_panel import budget_panel
from analysis.index import IndexTree, Node
from analysis.pairwise import reciprocal_matrix
from analysis.sample import Floats

TREE = IndexTree(
    (
        Node("net", None, None, 1),
        Node("service", None, None, 1),
        Node("price", None, "price", 1),
        Node("speed", "net", "speed", 1),
        Node("range", "net", "range", 1),
        Node("staff", "service", "staff", 1),
    )
)


def allocations(n: int, experts: int) -> st.SearchStrategy[Floats]:
    row = st.lists(st.integers(1, 20), min_size=n, max_size=n)
    rows = st.lists(row, min_size=experts, max_size=experts)
    return rows.map(lambda found: np.array([np.array(one) * 100 / sum(one) for one in found]))


panels = st.tuples(st.integers(2, 6), st.integers(1, 7)).flatmap(lambda size: allocations(*size))


counted = st.integers(1, 5).flatmap(
    lambda m: st.tuples(allocations(3, m), st.lists(st.integers(1, 4), min_size=m, max_size=m))
)


# -- agreement --------------------------------------------------------------------------------------


def test_three_judges_of_three_items_agree_by_four_ninths() -> None:
    found = kendall_w(np.array([[1, 2, 3], [1, 3, 2], [2, 1, 3]]))
    assert found is not None
    assert found.w == pytest.approx(4 / 9, rel=1e-12)
    assert found.chi2 == pytest.approx(8 / 3, rel=1e-12)
    # Two degrees of freedom: the tail of chi-square is exp(-x/2).
    assert found.p == pytest.approx(np.exp(-4 / 3), rel=1e-12)


def test_judges_of_one_mind_agree_wholly_and_opposite_ones_not_at_all() -> None:
    same = kendall_w(np.tile([5.0, 1.0, 3.0], (4, 1)))
    opposed = kendall_w(np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
    assert same is not None
    assert opposed is not None
    assert same.w == pytest.approx(1)
    assert opposed.w == pytest.approx(0)


@given(st.lists(st.lists(st.integers(1, 4), min_size=4, max_size=4), min_size=2, max_size=6))
def test_ties_are_corrected_for_as_friedman_does(rows: list[list[int]]) -> None:
    scores = np.array(rows, dtype=float)
    found = kendall_w(scores)
    if all(len(set(row)) == 1 for row in rows):
        assert found is None
        return
    assert found is not None
    reference = scipy.stats.friedmanchisquare(*scores.T)
    # Sums of a few ranks.
    assert found.chi2 == pytest.approx(reference.statistic, abs=1e-9)
    assert found.p == pytest.approx(reference.pvalue, abs=1e-9)
    assert -1e-12 <= found.w <= 1 + 1e-12


def test_one_judge_or_one_item_shows_no_agreement() -> None:
    assert kendall_w(np.array([[1.0, 2.0]])) is None
    assert kendall_w(np.array([[1.0], [2.0]])) is None


def test_spread_is_that_of_a_calculation_by_hand() -> None:
    found = spread(np.array([[10.0, 0.0], [20.0, 0.0], [30.0, 0.0], [60.0, 0.0]]))
    assert found.median[0] == 25
    assert (found.q1[0], found.q3[0], found.iqr[0]) == (17.5, 37.5, 20)
    assert found.cv[0] == pytest.approx(np.sqrt(1400 / 3) / 30, rel=1e-12)
    assert found.cv[1] == 0
    assert spread(np.array([[10.0, 90.0]])).cv.tolist() == [0, 0]


# -- putting allocations together -------------------------------------------------------------------


@given(panels)
def test_pooled_allocations_equal_those_of_numpy_and_scipy(points: Floats) -> None:
    np.testing.assert_allclose(centre(points), points.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(centre(points, how="median"), np.median(points, axis=0), rtol=1e-12)
    for how in ("mean", "median", "trimmed"):
        assert pooled(points, how=how).sum() == pytest.approx(1)


@given(allocations(4, 5))
def test_a_trimmed_mean_of_five_leaves_out_the_two_ends(points: Floats) -> None:
    found = centre(points, how="trimmed", trim=0.2)
    np.testing.assert_allclose(found, scipy.stats.trim_mean(points, 0.2, axis=0), rtol=1e-9)


@given(counted)
def test_a_weight_of_two_is_an_expert_who_is_there_twice(drawn: tuple[Floats, list[int]]) -> None:
    points, counts = drawn
    repeated = np.repeat(points, counts, axis=0)
    for how in ("mean", "median", "trimmed"):
        here = centre(points, how=how, weights=np.array(counts, float))
        np.testing.assert_allclose(here, centre(repeated, how=how), rtol=1e-9)


@given(panels, st.randoms(use_true_random=False))
def test_the_order_of_experts_changes_nothing(points: Floats, random: st.DrawFn) -> None:
    order = random.sample(range(len(points)), len(points))  # type: ignore[attr-defined]
    for how in ("mean", "median", "trimmed"):
        here, there = centre(points, how=how), centre(points[order], how=how)
        np.testing.assert_allclose(there, here, rtol=1e-12)


def test_allocations_say_what_is_wrong_with_them() -> None:
    good = np.array([[50.0, 50.0]])
    with pytest.raises(ValueError, match="100 points"):
        centre(np.array([[50.0, 40.0]]))
    with pytest.raises(ValueError, match="100 points"):
        centre(np.array([[120.0, -20.0]]))
    with pytest.raises(ValueError, match="pooled by"):
        centre(good, how="mode")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="less than half"):
        centre(good, how="trimmed", trim=0.5)
    with pytest.raises(ValueError, match="nothing in common"):
        pooled(np.eye(3) * 100, how="median")


# -- rounds -----------------------------------------------------------------------------------------


def test_a_panel_stops_when_it_agrees_or_when_its_order_stands_still() -> None:
    apart = np.array([[70.0, 20.0, 10.0], [20.0, 70.0, 10.0], [40.0, 20.0, 40.0]])
    near = np.array([[50.0, 30.0, 20.0], [52.0, 29.0, 19.0], [48.0, 31.0, 21.0]])
    first = delphi_verdict([apart])
    assert (first.state, first.unsettled, first.before, first.moved) == ("open", (0, 1, 2), None, None)
    second = delphi_verdict([apart, near])
    assert (second.state, second.round, second.unsettled) == ("agreed", 2, ())
    assert second.moved == pytest.approx(10)
    still = delphi_verdict([apart, apart])
    assert (still.state, still.moved) == ("stable", 0)
    assert delphi_verdict([near, apart]).state == "open"
    assert delphi_verdict([apart], most_cv=1, most_iqr=60).state == "agreed"
    with pytest.raises(ValueError, match="at least one round"):
        delphi_verdict([])


# -- a whole index ----------------------------------------------------------------------------------


def judged(**pairs: float) -> Mapping[str | None, Floats]:
    """``net_service=3`` compares two children of the total; ``speed_range`` those of the network."""
    total = {
        (a, b): v
        for key, v in pairs.items()
        if (a := key.split("_")[0]) != "speed" and (b := key.split("_")[1])
    }
    found: dict[str | None, Floats] = {None: reciprocal_matrix(["net", "service", "price"], total)}
    if "speed_range" in pairs:
        found["net"] = reciprocal_matrix(["speed", "range"], {("speed", "range"): pairs["speed_range"]})
    return found


def test_a_panel_gives_weights_to_every_node() -> None:
    first = judged(net_service=2, net_price=6, service_price=3, speed_range=3)
    second = judged(net_service=2, net_price=6, service_price=3)
    derived = ahp_panel(TREE, {"Li": first, "Wang": second}).derived()
    expected = {"net": 0.6, "service": 0.3, "price": 0.1, "speed": 0.75, "range": 0.25, "staff": 1.0}
    assert derived.weights == pytest.approx(expected)
    assert not derived.blocked
    keys = {caveat.key: caveat.values for caveat in derived.caveats}
    assert keys["ahp"] == {"table": "saaty_newer"}
    assert keys["one_expert"] == {"parent": "net", "expert": "Li"}
    assert keys["experts_left_out"] == {"parent": "net", "experts": ("Wang",)}
    total = derived.evidence["families"][0]
    assert total["experts"][0]["judgements"] == [
        ["net", "service", 2.0], ["net", "price", 6.0], ["service", "price", 3.0],
    ]  # fmt: skip


def test_an_incoherent_expert_blocks_the_panel_until_left_out() -> None:
    sound = judged(net_service=2, net_price=6, service_price=3, speed_range=3)
    circle = judged(net_service=9, net_price=1 / 9, service_price=9, speed_range=3)
    panel = ahp_panel(TREE, {"Li": sound, "Wang": circle})
    [blocked] = panel.derived().blocked
    assert (blocked.key, blocked.values["expert"], blocked.values["parent"]) == ("ahp_blocked", "Wang", None)
    left = ahp_panel(TREE, {"Li": sound, "Wang": circle}, without=("Wang",)).derived()
    assert not left.blocked
    assert left.evidence["without"] == ["Wang"]
    assert any(caveat.key == "experts_dropped" for caveat in left.caveats)
    with pytest.raises(ValueError, match="did you mean"):
        ahp_panel(TREE, {"Li": sound}, without=("Lii",))


def test_an_expert_who_counts_twice_is_there_twice() -> None:
    one = judged(net_service=2, net_price=6, service_price=3, speed_range=3)
    other = judged(net_service=1, net_price=2, service_price=3, speed_range=1)
    for aggregation in ("judgements", "priorities"):
        for method in ("eigenvector", "geometric"):
            rule = {"aggregation": aggregation, "method": method}
            weighed = ahp_panel(TREE, {"a": one, "b": other}, expert_weights={"a": 2}, **rule)  # type: ignore[arg-type]
            doubled = ahp_panel(TREE, {"a": one, "a2": one, "b": other}, **rule)  # type: ignore[arg-type]
            assert weighed.derived().weights == pytest.approx(doubled.derived().weights, rel=1e-9)


def shared(total: list[float], net: list[float]) -> Mapping[str | None, Floats]:
    return {None: np.array(total), "net": np.array(net)}


def test_points_become_weights_and_rounds_are_kept() -> None:
    first = {"Li": shared([50, 30, 20], [60, 40]), "Wang": shared([30, 50, 20], [80, 20])}
    second = {"Li": shared([45, 35, 20], [60, 40]), "Wang": shared([43, 37, 20], [70, 30])}
    panel = budget_panel(TREE, [first, second], delphi=True)
    derived = panel.derived()
    expected = {"net": 0.44, "service": 0.36, "price": 0.2, "speed": 0.65, "range": 0.35, "staff": 1.0}
    assert derived.weights == pytest.approx(expected)
    assert derived.method == "delphi"
    assert panel.finished
    total = derived.evidence["families"][0]
    assert total["rounds"][0]["Wang"] == [30, 50, 20]
    assert total["moved"] == pytest.approx(4)
    assert derived.evidence["rounds"] == 2


def test_experts_who_differ_are_said_to_differ() -> None:
    given_points = {"Li": shared([80, 10, 10], [60, 40]), "Wang": shared([10, 80, 10], [60, 40])}
    keys = [caveat.key for caveat in budget_panel(TREE, [given_points]).derived().caveats]
    assert keys == ["budget", "experts_differ"]
    keys = [caveat.key for caveat in budget_panel(TREE, [given_points], delphi=True).derived().caveats]
    assert keys == ["delphi", "delphi_open"]


def test_a_median_of_nothing_blocks_the_panel() -> None:
    opposed = {
        "a": shared([100, 0, 0], [50, 50]),
        "b": shared([0, 100, 0], [50, 50]),
        "c": shared([0, 0, 100], [50, 50]),
    }
    derived = budget_panel(TREE, [opposed], how="median").derived()
    assert [caveat.key for caveat in derived.blocked] == ["budget_nothing_common"]
    assert not budget_panel(TREE, [opposed]).derived().blocked
