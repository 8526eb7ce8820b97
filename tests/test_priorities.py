"""Where drivers are placed, what comes first by gap, and what people say against what was found."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
import sample_answers
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from analysis.design import design_of
from analysis.driver_pipeline import driver_survey
from analysis.driver_settings import ModelSettings, wave_model
from analysis.drivers import driver_results
from analysis.pipeline import index_tree
from analysis.prepare import prepare
from analysis.priorities import Lines, gap_priorities, performance_lines, placements
from analysis.replicate_estimates import ReplicateBase
from analysis.replicates import replication
from analysis.results import DriverResults, Estimate, TooFew
from analysis.sample import Floats
from analysis.stated_importance import rank_correlations
from analysis.tabular import sample_from_frame
from survey.study import Drivers

NAMES = ["a", "b", "c", "d"]
ASKED = {name: f"says_{name}" for name in NAMES}
BASE = ReplicateBase(n=500, n_effective=500.0, df=99, level=0.95)
RULES = [Lines(), Lines("midpoint"), Lines("target", 72.0), Lines("target", 72.0, {"a": 80.0, "d": 60.0})]


def drawn(seed: int, drivers: int = 4, replicates: int = 60) -> tuple[Floats, Floats]:
    """Shares that sum to 1 and scores, with the full sample first."""
    rng = np.random.default_rng(seed)
    centre = rng.dirichlet([2.0] * drivers)[:, None]
    shares = np.abs(centre + rng.normal(0, 0.02, (drivers, 1 + replicates)))
    scores = rng.uniform(50, 90, (drivers, 1)) + rng.normal(0, 2, (drivers, 1 + replicates))
    return shares / shares.sum(axis=0), scores


@cache
def frame() -> pd.DataFrame:
    """Customers who answer twice; d matters and nobody says so, c is said to matter and does not."""
    rng = np.random.default_rng(5)
    n = 600
    customer = np.repeat(np.arange(n // 2), 2)
    x = 0.6 * rng.normal(size=(n // 2, 1))[customer] + rng.normal(size=(n, 4))
    table = pd.DataFrame(
        {name: np.clip(level + 9 * x[:, j], 0, 100) for j, (name, level) in enumerate(LEVELS)}
    )
    table["sat"] = x @ [3.0, 1.5, 0.2, 3.0] + 2 * rng.normal(size=n)
    for name, told in zip(NAMES, (93, 60, 92, 55), strict=True):
        table[ASKED[name]] = np.clip(told + 12 * rng.normal(size=n), 0, 100)
    table["customer"] = customer
    table["wave"] = "w1"
    return table


LEVELS = [("a", 65), ("b", 80), ("c", 60), ("d", 78)]


def found(
    lines: Lines | None = None, stated: dict[str, str] | None = None, changes: dict[str, Floats] | None = None
) -> DriverResults:
    table = frame().assign(**(changes or {}))
    sample = sample_from_frame(
        table,
        [*NAMES, *ASKED.values()],
        scale=None,
        cluster="customer",
        wave="wave",
        outcomes=["sat"],
    )
    result = driver_results(
        sample, "sat", NAMES, replicates=200, seed=3, lines=lines or Lines(), stated=stated
    )
    assert isinstance(result, DriverResults)
    return result


def replicated(columns: list[str]) -> tuple[Floats, Floats]:
    """Shares and scores in every replicate, by the slow way: means and LMG of re-weighted customers."""
    sample = sample_from_frame(
        frame(), [*NAMES, *ASKED.values()], scale=None, cluster="customer", wave="wave", outcomes=["sat"]
    )
    plan = replication(design_of(sample), sample.cluster_ids, 200, 3)
    model = wave_model(sample, "sat", NAMES, "w1", plan, None, ModelSettings())
    assert not isinstance(model, TooFew)
    weights = np.vstack([np.ones(300), plan.weights()])[:, plan.design.unit]
    scores = weights @ frame()[columns].to_numpy() / weights.sum(axis=1, keepdims=True)
    return model.shares, scores.T


@pytest.mark.parametrize("lines", RULES, ids=["means", "midpoint", "target", "own"])
@given(seed=st.integers(0, 10_000))
def test_probabilities_sum_to_one_under_every_rule(lines: Lines, seed: int) -> None:
    shares, scores = drawn(seed)
    for place in placements(shares, scores, performance_lines(scores, NAMES, lines)):
        assert sum(place.quadrants.values()) == pytest.approx(1.0)
        assert place.quadrant is None or place.quadrants[place.quadrant] >= 0.8


def test_a_quadrant_is_named_only_when_probable() -> None:
    rng = np.random.default_rng(0)
    importance = np.array([0.5, 0.3, 0.15, 0.05])[:, None] + rng.normal(0, 0.01, (4, 300))
    performance = np.array([60.0, 80.0, 80.0, 73.3])[:, None] + rng.normal(0, 1.0, (4, 300))
    found = placements(importance, performance, performance_lines(performance, "abcd", Lines()), 0.8)
    for place in found:
        assert sum(place.quadrants.values()) == pytest.approx(1.0)
    assert [place.quadrant for place in found] == ["improve", "keep", "maintain", None]


@pytest.mark.parametrize("lines", RULES[:3], ids=["means", "midpoint", "target"])
@given(seed=st.integers(0, 10_000))
def test_identical_items_share_a_cell_and_a_gap(lines: Lines, seed: int) -> None:
    shares, scores = drawn(seed)
    shares[1], scores[1] = shares[0], scores[0]
    one, two, *_ = placements(shares, scores, performance_lines(scores, NAMES, lines))
    assert one == two
    first, second, *_ = gap_priorities(shares, scores, BASE)
    assert first is not None
    assert second is not None
    assert first.gap == second.gap
    assert (first.rank_low, first.rank_high) == (second.rank_low, second.rank_high)


@given(seed=st.integers(0, 10_000))
def test_deviations_from_mean_lines_sum_to_nothing(seed: int) -> None:
    _, scores = drawn(seed)
    away = scores - performance_lines(scores, NAMES, Lines())
    np.testing.assert_allclose(away.sum(axis=0), 0, atol=1e-10)


def test_a_driver_without_a_score_moves_no_mean_and_has_no_gap() -> None:
    shares, scores = drawn(1)
    scores[2] = np.nan
    lines = performance_lines(scores, NAMES, Lines())
    np.testing.assert_allclose(lines[0], np.delete(scores, 2, axis=0).mean(axis=0))
    assert sum(placements(shares, scores, lines)[2].quadrants.values()) == 0
    gaps = gap_priorities(shares, scores, BASE)
    assert gaps[2] is None
    assert sorted(gap.rank for gap in gaps if gap) == [1, 2, 3]


def test_lines_at_targets_need_every_target() -> None:
    with pytest.raises(ValueError, match="there is none for c, d"):
        performance_lines(np.ones((4, 3)), NAMES, Lines("target", None, {"a": 1.0, "b": 2.0}))
    with pytest.raises(ValueError, match="e"):
        performance_lines(np.ones((4, 3)), NAMES, Lines("target", 5.0, {"e": 1.0}))


@pytest.mark.parametrize("lines", RULES, ids=["means", "midpoint", "target", "own"])
def test_quadrants_equal_a_count_over_replicates(lines: Lines) -> None:
    result = found(lines)
    shares, scores = replicated(NAMES)
    line = {"means": scores.mean(axis=0), "midpoint": 50.0, "target": 72.0}[lines.rule]
    for driver in result.drivers:
        j = NAMES.index(driver.item)
        own = lines.targets.get(driver.item)
        good = scores[j, 1:] >= (own or np.broadcast_to(line, 201)[1:])
        important = shares[j, 1:] >= 0.25
        counted = {
            "improve": (important & ~good).mean(),
            "keep": (important & good).mean(),
            "minor": (~important & ~good).mean(),
            "maintain": (~important & good).mean(),
        }
        assert driver.quadrants == pytest.approx(counted)
        assert driver.line == pytest.approx(own or np.broadcast_to(line, 201)[0])
    assert result.lines == lines.rule
    assert (result.performance_line is None) == bool(lines.targets)


def test_gaps_are_recomputed_from_the_replicates() -> None:
    result = found()
    shares, scores = replicated(NAMES)
    gaps = 100 * shares / shares.max(axis=0) - scores
    for driver in result.drivers:
        j, gap = NAMES.index(driver.item), driver.gap
        assert gap is not None
        low, high = np.quantile(gaps[j, 1:], [0.025, 0.975])
        # The same sums in another order.
        assert (gap.gap.value, gap.gap.low, gap.gap.high) == pytest.approx((gaps[j, 0], low, high), rel=1e-9)
        assert gap.first == pytest.approx((gaps[:, 1:].argmax(axis=0) == j).mean())
        assert gap.rank == 1 + (gaps[:, 0] > gaps[j, 0]).sum()
        assert gap.rank_low <= gap.rank <= gap.rank_high
    assert max(driver.gap.importance.value for driver in result.drivers if driver.gap) == 100


def test_stated_importance_is_compared_in_the_same_replicates() -> None:
    result = found(stated=ASKED)
    stated = result.stated
    assert stated is not None
    shares, said = replicated(list(ASKED.values()))
    along = np.array([spearmanr(shares[:, b], said[:, b]).statistic for b in range(201)])
    assert stated.correlation is not None
    assert stated.correlation.value == pytest.approx(along[0])
    assert stated.correlation.low == pytest.approx(np.quantile(along[1:], 0.025))
    high_share = shares[:, 1:] >= 0.25 - 1e-12
    high_said = said[:, 1:] >= said[:, 1:].mean(axis=0)
    for row in stated.drivers:
        j = NAMES.index(row.driver)
        assert row.stated.value.value == pytest.approx(frame()[row.asked].mean())
        assert row.kinds == pytest.approx(
            {
                "key": (high_share[j] & high_said[j]).mean(),
                "hidden": (high_share[j] & ~high_said[j]).mean(),
                "expected": (~high_share[j] & high_said[j]).mean(),
                "minor": (~high_share[j] & ~high_said[j]).mean(),
            }
        )
    assert {row.driver: row.kind for row in stated.drivers} == {
        "a": "key",
        "b": "minor",
        "c": "expected",
        "d": "hidden",
    }
    assert [row.derived.rank for row in stated.drivers] == [1, 2, 3, 4]


def test_what_everybody_calls_most_important_crowds_at_the_top() -> None:
    usual = found(stated=ASKED).stated
    assert usual is not None
    assert usual.crowded == ()
    top = {ASKED["a"]: np.where(np.arange(600) % 2 == 0, 100.0, 70.0)}
    stated = found(stated=ASKED, changes=top).stated
    assert stated is not None
    assert stated.crowded == ("a",)
    assert {row.driver: row.top for row in stated.drivers}["a"] == pytest.approx(0.5)


def test_a_stated_mean_of_few_takes_no_part() -> None:
    few = {ASKED["b"]: np.where(np.arange(600) < 8, 50.0, np.nan)}
    stated = found(stated=ASKED, changes=few).stated
    assert stated is not None
    assert [row.driver for row in stated.drivers if row.driver == "b"] == []
    assert stated.hidden == (("b", TooFew(8, "disclosure")),)
    fewer = few | {ASKED["c"]: np.full(600, np.nan)}
    assert found(stated=ASKED, changes=fewer).stated is None


def test_a_survey_that_asks_none_compares_none() -> None:
    assert found().stated is None
    assert isinstance(found().drivers[0].performance, Estimate)


@given(seed=st.integers(0, 10_000))
def test_rank_correlations_equal_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, two = rng.integers(0, 4, (6, 3)).astype(float), rng.random((6, 3))
    mine = rank_correlations(one, two)
    for b in range(3):
        if np.ptp(one[:, b]) == 0:
            assert np.isnan(mine[b])
        else:
            assert mine[b] == pytest.approx(spearmanr(one[:, b], two[:, b]).statistic)


def test_a_study_declares_lines_and_who_asks_importance() -> None:
    declared = {"outcomes": ["satisfaction"], "lines": "target", "targets": {"reliability": 90.0}}
    # The sample asks no importance; what was expected stands in for it.
    asked = {"reliability": "expect_product", "advice": "expect_pre_sales", "ordering": "expect_in_sales"}
    usual = sample_answers.study()
    assert usual.drivers is not None
    told = Drivers.model_validate(declared | {"stated": asked})
    of = usual.model_copy(update={"drivers": told})
    sample = prepare([sample_answers.answers("2026Q3")], of)
    (found,) = driver_survey(sample, of, index_tree(of.index)).found
    lines = {driver.item: driver.line for driver in found.drivers}
    assert lines.pop("reliability") == 90.0
    assert set(lines.values()) == {of.reporting.target}
    assert found.stated is not None
    assert {row.driver for row in found.stated.drivers} == set(asked)
